// Prelude, part 8: requests, checked whatever they hold.

// --- copied from here

/** The data categories, ascending, and the plain values of a request. */
function readRequest(p: Program, request: unknown): readonly [readonly number[], Values] {
  const values: Values = p.variables.map(() => undefined);
  const numbers = new Map(p.variables.map((variable, number) => [variable.key, number]));
  let data: unknown = undefined;
  let facts: unknown = undefined;
  for (const [key, value] of entries("", request)) {
    const number = typeof key === "string" ? numbers.get(key) : undefined;
    if (key === "facts") {
      facts = value;
    } else if (key === "data") {
      data = value;
    } else if (number === undefined || variableAt(p, number).path !== key) {
      throw unknownKey("", "key", key);
    } else if (value !== undefined) {
      values[number] = plainOf(variableAt(p, number), value);
    }
  }
  if (facts !== undefined) {
    readFacts(p, numbers, facts, values);
  }
  return [categories(variableAt(p, 0), data), values];
}

function readFacts(
  p: Program,
  numbers: ReadonlyMap<string, number>,
  facts: unknown,
  values: Values,
): void {
  for (const [key, value] of entries("facts", facts)) {
    const number = typeof key === "string" ? numbers.get(key) : undefined;
    if (number === undefined || variableAt(p, number).path === key) {
      throw unknownKey("facts", "fact", key);
    }
    const variable = variableAt(p, number);
    if (value === null && !variable.optional) {
      const problem = "it is never none; leave it out if it is not known";
      throw new RequestError("never-none", variable.path, problem);
    }
    if (value !== undefined) {
      values[number] = value === null ? null : plainOf(variable, value);
    }
  }
}

/**
 * What a plain object holds itself, each key with its value, read once.
 *
 * Nothing is ever read from a prototype, and an object of a class is no request. A value that is
 * undefined counts as left out, as it does in JSON.
 */
function entries(path: string, value: unknown): (readonly [string | symbol, unknown])[] {
  if (!isRecord(value)) {
    throw wrongType(path, "an object", value);
  }
  return Reflect.ownKeys(value).map((key) => [key, value[key]]);
}

function isRecord(value: unknown): value is Record<string | symbol, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function categories(variable: Variable, data: unknown): readonly number[] {
  if (data === undefined) {
    throw new RequestError("missing-data", "data", "the data categories are needed");
  }
  const numbers = leavesOf(variable, data);
  if (numbers.length === 0) {
    throw new RequestError("empty-data", "data", "at least one data category is needed");
  }
  return sorted(numbers);
}

function leavesOf(variable: Variable, value: unknown): number[] {
  if (!Array.isArray(value)) {
    throw wrongType(variable.path, "a list of names", value);
  }
  const found = new Set<number>();
  for (const item of value as readonly unknown[]) {
    const leaf = leafOf(variable, item);
    if (found.has(leaf)) {
      const problem = `${shown(item)} stands in it twice`;
      throw new RequestError("duplicate-name", variable.path, problem);
    }
    found.add(leaf);
  }
  return Array.from(found);
}

function leafOf(variable: Variable, value: unknown): number {
  if (typeof value !== "string") {
    throw wrongType(variable.path, "the name of a value", value);
  }
  const number = variable.numbers.get(value);
  if (number !== undefined) {
    return number;
  }
  const branch = variable.branches.find(([name]) => name === value);
  if (branch === undefined) {
    const problem = `there is no value that is a leaf, called ${shown(value)}`;
    throw new RequestError("unknown-name", variable.path, problem);
  }
  const below = variable.members.slice(branch[1], branch[2]);
  const named = below.slice(0, 12).join(", ") + (below.length > 12 ? ", ..." : "");
  const problem = `${shown(value)} has values below it; name those that are meant: ${named}`;
  throw new RequestError("unknown-name", variable.path, problem);
}

/** A value that is neither missing nor none, made plain. */
function plainOf(variable: Variable, value: unknown): Plain {
  switch (variable.kind) {
    case "boolean":
      return truth(variable.path, "true or false", value);
    case "attested":
      return attested(variable, value);
    case "integer":
      return whole(variable, "a whole number", value);
    case "duration":
      return whole(variable, "a whole number of days", value);
    case "date":
      return day(variable, value);
    case "text":
      return text(variable.path, value);
    case "leaf":
      return leafOf(variable, value);
    case "set":
      return new Set(leavesOf(variable, value));
  }
}

function truth(path: string, wanted: string, value: unknown): boolean {
  if (typeof value !== "boolean") {
    throw wrongType(path, wanted, value);
  }
  return value;
}

function attested(variable: Variable, value: unknown): boolean {
  if (!isRecord(value)) {
    return truth(variable.path, 'true, false or {"value": ..., "by": ..., "at": ...}', value);
  }
  let stated: unknown = null;
  for (const [key, part] of entries(variable.path, value)) {
    if (key === "value") {
      stated = part;
    } else if (key !== "by" && key !== "at") {
      throw unknownKey(variable.path, "key", key);
    } else if (part !== undefined) {
      text(`${variable.path}.${key}`, part);
    }
  }
  return truth(`${variable.path}.value`, "true or false", stated);
}

function whole(variable: Variable, wanted: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw wrongType(variable.path, wanted, value);
  }
  if (!Number.isSafeInteger(value) || value < variable.low || value > variable.high) {
    throw outOfRange(variable, variable.low, variable.high);
  }
  return value === 0 ? 0 : value;
}

function day(variable: Variable, value: unknown): number {
  const found = typeof value === "string" ? dayOf(value) : null;
  if (found === null) {
    throw wrongType(variable.path, 'a date such as "2026-03-01"', value);
  }
  if (found < FIRST_DAY || found > LAST_DAY) {
    throw outOfRange(variable, "1700-01-01", "9899-12-31");
  }
  return found;
}

function outOfRange(variable: Variable, low: number | string, high: number | string): RequestError {
  const problem = `it must lie between ${low} and ${high}, both included`;
  return new RequestError("out-of-range", variable.path, problem);
}

function text(path: string, value: unknown): string {
  if (typeof value !== "string") {
    throw wrongType(path, "a text", value);
  }
  if (/[\ud800-\udfff]/u.test(value)) {
    const problem = "the text holds half a character (a lone surrogate)";
    throw new RequestError("not-text", path, problem);
  }
  return value;
}

// --- to here
