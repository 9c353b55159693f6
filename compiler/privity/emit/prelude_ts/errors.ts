// Prelude, part 1: what is wrong with a request, said once and safely.

// --- copied from here

/**
 * A request that the policy cannot be asked about.
 *
 * `code` is stable; `path` is the offending key, dotted, empty for the request as a whole.
 */
class RequestError extends Error {
  readonly code: string;
  readonly path: string;
  readonly problem: string;

  constructor(code: string, path: string, problem: string) {
    super(path === "" ? problem : `${path}: ${problem}`);
    this.name = "RequestError";
    this.code = code;
    this.path = path;
    this.problem = problem;
  }
}

/** What was found, for a message: short, on one line, without hidden characters. */
function shown(value: unknown): string {
  if (typeof value === "string") {
    return value.length <= 60 ? quoted(value) : `${quoted(value.slice(0, 60))}...`;
  }
  if (value === null || value === undefined || typeof value === "boolean") {
    return String(value);
  }
  if (value instanceof Inexact) {
    return `the number ${value.digits}`;
  }
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? String(value) : `the number ${value}`;
  }
  return Array.isArray(value) ? "a list" : `a value of type ${typeof value}`;
}

/** A text in quotes, in ASCII. */
function quoted(text: string): string {
  const escaped = Array.from(JSON.stringify(text), (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code >= 0x20 && code < 0x7f ? character : `\\u{${code.toString(16)}}`;
  });
  return escaped.join("");
}

function wrongType(path: string, wanted: string, found: unknown): RequestError {
  return new RequestError("wrong-type", path, `${wanted} is needed, not ${shown(found)}`);
}

function unknownKey(path: string, kind: string, key: string | symbol): RequestError {
  const name = typeof key === "string" ? quoted(key.slice(0, 80)).slice(1, -1) : "?";
  const place = path === "" ? name : `${path}.${name}`;
  const called = typeof key === "string" ? shown(key) : "of that kind";
  return new RequestError("unknown-key", place, `there is no ${kind} ${called}`);
}

/** A number as JSON text has it that is not written as a whole number. */
class Inexact {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits.slice(0, 40);
  }
}

/** What cannot be: a defect of the generator, never the caller's. */
function defect(what: string): never {
  throw new Error(`defect in a generated checker: ${what}`);
}

// --- to here
