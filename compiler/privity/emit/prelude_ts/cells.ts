// Prelude, part 4: the cells of what is missing.

// --- copied from here

/** The rules whose scope may match for one of the categories, by number. */
function liveRules(p: Program, data: readonly number[], values: Values): number[] {
  const v = values.slice();
  const matches = (scope: number): boolean => {
    const { reads, test } = atomAt(p, scope);
    const variable = reads[0] ?? defect("a scope about nothing");
    if (variable !== 0) {
      return v[variable] === undefined || test(v);
    }
    return data.some((category) => {
      v[0] = category;
      return test(v);
    });
  };
  return p.rules.flatMap((rule, number) => (rule.scope.every(matches) ? [number] : []));
}

/** Whether cells do not settle it: it is a free boolean. */
function isOpaque(atom: Atom, v: Values): boolean {
  if (atom.kind !== "sum" && atom.kind !== "same_text") {
    return false;
  }
  const [first, ...others] = missingIn(atom.reads, v);
  return others.length > 0 || (first !== undefined && atom.unsteady.includes(first));
}

/** Each cell's representative. Sets have groups instead: here, `none` and the empty set. */
function cellsOf(p: Program, number: number, about: readonly Atom[], v: Values): Plain[] {
  const found: Plain[] = variableAt(p, number).optional ? [null] : [];
  return found.concat(knownCells(variableAt(p, number), number, about, v));
}

function knownCells(of: Variable, number: number, about: readonly Atom[], v: Values): Plain[] {
  switch (of.kind) {
    case "boolean":
    case "attested":
      return [false, true];
    case "leaf":
      return leafGroups(of, number, about);
    case "date":
      return starts(number, FIRST_DAY, LAST_DAY, about, v);
    case "integer":
    case "duration":
      return starts(number, of.low, of.high, about, v);
    case "text":
      return texts(number, about, v);
    case "set":
      return [new Set()];
  }
}

function leafGroups(of: Variable, number: number, about: readonly Atom[]): number[] {
  if (about.some((atom) => atom.kind === "same_leaf")) {
    return of.members.map((_, leaf) => leaf);
  }
  const within = about.filter((atom) => atom.kind === "within");
  return Array.from(firsts(of, number, within, (leaf) => leaf).values());
}

/** The first leaf of each group that some `contains` tells from the others. */
function chosenLeaves(of: Variable, number: number, about: readonly Atom[]): number[] {
  const contains = about.filter((atom) => atom.kind === "contains");
  const groups = firsts(of, number, contains, (leaf) => new Set([leaf]));
  return Array.from(groups).flatMap(([held, leaf]) => (held.includes("1") ? [leaf] : []));
}

/** From what the atoms say of a leaf to the first leaf of which they say that. */
function firsts(
  of: Variable,
  number: number,
  atoms: readonly Atom[],
  value: (leaf: number) => Plain,
): Map<string, number> {
  const found = new Map<string, number>();
  const v: Values = [];
  of.members.forEach((_, leaf) => {
    v[number] = value(leaf);
    const held = atoms.map((atom) => (atom.test(v) ? "1" : "0")).join("");
    if (!found.has(held)) {
      found.set(held, leaf);
    }
  });
  return found;
}

function starts(
  number: number,
  low: number,
  high: number,
  about: readonly Atom[],
  v: Values,
): number[] {
  const found = new Set([low]);
  for (const atom of about) {
    const others = atom.reads.filter((read) => read !== number);
    const known = others.every((other) => v[other] !== undefined && v[other] !== null);
    if (atom.kind === "sum" && known && !atom.unsteady.includes(number)) {
      passes(atom, number, low, high, v).forEach((passed) => found.add(passed));
    }
  }
  return Array.from(found).sort((a, b) => a - b);
}

/** The values at which the sum, monotone in this variable, passes its bounds. */
function passes(atom: Atom, number: number, low: number, high: number, of: Values): number[] {
  const v = of.slice();
  const total = atom.total ?? defect("a sum without its total");
  const at = (value: number): number => {
    v[number] = value;
    return total(v);
  };
  const sign = at(low) <= at(high) ? 1 : -1;
  return atom.bounds.flatMap((bound) => {
    // Rising, the first value past the bound; falling, the first that is back within it.
    const first = sign === 1 ? bound + 1 : -bound;
    const passed = bisect(low, high, (value) => sign * at(value) >= first);
    return passed > low && passed <= high ? [passed] : [];
  });
}

/** The least value from which on `holds` is true; `high` + 1 if it never is. */
function bisect(low: number, high: number, holds: (value: number) => boolean): number {
  if (!holds(high)) {
    return high + 1;
  }
  let [from, to] = [low, high];
  while (from < to) {
    const middle = from + Math.floor((to - from) / 2);
    [from, to] = holds(middle) ? [from, middle] : [middle + 1, to];
  }
  return to;
}

function texts(number: number, about: readonly Atom[], v: Values): string[] {
  const known = new Set<string>();
  for (const { kind, text, reads } of about) {
    if (kind === "text_is") {
      known.add(text);
    } else if (kind === "same_text") {
      for (const other of reads) {
        const value = other === number ? undefined : v[other];
        if (typeof value === "string") {
          known.add(value);
        }
      }
    }
  }
  let other = "another text";
  while (known.has(other)) {
    other += ".";
  }
  return [...Array.from(known).sort(), other];
}

// --- to here
