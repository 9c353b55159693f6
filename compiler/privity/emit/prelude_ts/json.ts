// Prelude, part 9: JSON text. Stricter than JSON.parse.

// --- copied from here

const MOST_CHARACTERS = 1_000_000;
const MOST_DIGITS = 20;
const DEEPEST = 16;

/** What a JSON text holds: no key twice, bounded size, depth and numbers. */
class JsonText {
  private readonly text: string;
  private place = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The value that is all of the text. Raises RequestError. */
  whole(): unknown {
    const found = this.value();
    if (this.next() !== "") {
      throw this.wrong();
    }
    return found;
  }

  private value(): unknown {
    const first = this.next();
    switch (first) {
      case "{":
        return this.nested(() => this.object());
      case "[":
        return this.nested(() => this.list());
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  /** The next character that is not blank; empty at the end. */
  private next(): string {
    this.token(/[ \t\n\r]*/y);
    return this.text.charAt(this.place);
  }

  /** What stands here and matches; null if nothing does. */
  private token(pattern: RegExp): string | null {
    pattern.lastIndex = this.place;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) {
      return null;
    }
    this.place += found.length;
    return found;
  }

  private nested<T>(inside: () => T): T {
    this.place += 1;
    this.depth += 1;
    if (this.depth > DEEPEST) {
      throw new RequestError("too-deep", "", `more than ${DEEPEST} levels of brackets`);
    }
    const found = inside();
    this.depth -= 1;
    return found;
  }

  private object(): unknown {
    const found = Object.create(null) as Record<string, unknown>;
    this.items("}", () => {
      if (this.next() !== '"') {
        throw this.wrong();
      }
      const key = this.string();
      if (Object.hasOwn(found, key)) {
        throw new RequestError("duplicate-key", "", `the key ${shown(key)} stands twice`);
      }
      this.expect(":");
      found[key] = this.value();
    });
    return found;
  }

  private list(): unknown[] {
    const found: unknown[] = [];
    this.items("]", () => found.push(this.value()));
    return found;
  }

  private items(close: string, item: () => void): void {
    if (this.next() !== close) {
      item();
      while (this.next() === ",") {
        this.place += 1;
        item();
      }
    }
    this.expect(close);
  }

  private expect(character: string): void {
    if (this.next() !== character) {
      throw this.wrong();
    }
    this.place += 1;
  }

  private string(): string {
    const start = this.place;
    this.place += 1;
    // A run of plain characters or one escape at a time, so that no text takes long.
    while (this.token(/[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y) !== null);
    if (this.text.charAt(this.place) !== '"') {
      throw this.wrong();
    }
    this.place += 1;
    return JSON.parse(this.text.slice(start, this.place)) as string;
  }

  private number(): unknown {
    const found = this.token(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y);
    if (found === null) {
      throw this.wrong();
    }
    if (/[.eE]/.test(found)) {
      return new Inexact(found);
    }
    if (found.length > MOST_DIGITS) {
      throw new RequestError("out-of-range", "", "a number has too many digits");
    }
    return Number(found);
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.place)) {
      throw this.wrong();
    }
    this.place += word.length;
    return value;
  }

  private wrong(): RequestError {
    return new RequestError("not-json", "", `this is not JSON, from character ${this.place} on`);
  }
}

function readJson(text: unknown): unknown {
  if (typeof text !== "string") {
    throw wrongType("", "JSON text", text);
  }
  if (text.length > MOST_CHARACTERS) {
    const problem = `more than ${MOST_CHARACTERS} characters`;
    throw new RequestError("too-large", "", problem);
  }
  const found = new JsonText(text).whole();
  if (!isRecord(found)) {
    throw wrongType("", "an object", found);
  }
  return found;
}

// Of these, each policy uses what it needs.
void [among, atom, duty, meets, number, shift];

// --- to here
