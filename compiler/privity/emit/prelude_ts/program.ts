// Prelude, part 3: the policy as tables.

// --- copied from here

type Outcome = "permit" | "deny" | "unknown";

/**
 * A value made plain: booleans, whole numbers, days, numbers of leaves, texts, sets of leaves;
 * null is `none`, undefined is missing.
 */
type Plain = boolean | number | string | ReadonlySet<number> | null | undefined;

/** Plain values by number of variable; number 0 is the data category in question. */
type Values = Plain[];

/** A set of completions, a bit each. */
type Mask = bigint;

type Kind = "boolean" | "attested" | "integer" | "date" | "duration" | "text" | "leaf" | "set";

/** A role or a fact. `branches`: values above leaves, from the first to before the last leaf. */
interface Variable {
  readonly key: string;
  readonly path: string;
  readonly kind: Kind;
  readonly optional: boolean;
  readonly members: readonly string[];
  readonly numbers: ReadonlyMap<string, number>;
  readonly branches: readonly Branch[];
  readonly low: number;
  readonly high: number;
  readonly label: string | null;
}

type Branch = readonly [name: string, first: number, end: number];

interface Details {
  readonly optional?: boolean;
  readonly members?: readonly string[];
  readonly branches?: readonly Branch[];
  readonly low?: number;
  readonly high?: number;
  readonly label?: string;
}

function variable(key: string, kind: Kind, details: Details = {}): Variable {
  const members = details.members ?? [];
  return {
    key,
    path: key.includes(".") ? `facts.${key}` : key,
    kind,
    optional: details.optional ?? false,
    members,
    numbers: new Map(members.map((member, number) => [member, number])),
    branches: details.branches ?? [],
    low: details.low ?? 0,
    high: details.high ?? 0,
    label: details.label ?? null,
  };
}

/**
 * A comparison. `test` takes plain values; those of the variables `reads` are not missing.
 *
 * A sum compares `total`, a monotone function of each variable but those `unsteady`; its truth
 * changes where that passes one of `bounds`. `text` is what a text is compared with.
 */
interface Atom {
  readonly kind: AtomKind;
  readonly reads: readonly number[];
  readonly test: (v: Values) => boolean;
  readonly text: string;
  readonly total: ((v: Values) => number) | null;
  readonly bounds: readonly number[];
  readonly unsteady: readonly number[];
}

type AtomKind =
  | "holds"
  | "is_none"
  | "within"
  | "same_leaf"
  | "contains"
  | "text_is"
  | "same_text"
  | "sum";

type AtomDetails = Partial<Pick<Atom, "text" | "total" | "bounds" | "unsteady">>;

function atom(
  kind: AtomKind,
  reads: readonly number[],
  test: (v: Values) => boolean,
  details: AtomDetails = {},
): Atom {
  return { kind, reads, test, text: "", total: null, bounds: [], unsteady: [], ...details };
}

/** `deadline` computes a day from the variables `reads`; null where there is none. */
interface DutyOfRule {
  readonly name: string;
  readonly label: string | null;
  readonly reads: readonly number[];
  readonly deadline: ((v: Values) => number) | null;
}

function duty(
  name: string,
  label: string | null,
  reads: readonly number[] = [],
  deadline: ((v: Values) => number) | null = null,
): DutyOfRule {
  return { name, label, reads, deadline };
}

/** `scope`: the atoms of its scope; `atoms`: these and those of its conditions. */
interface Rule {
  readonly effect: "permit" | "forbid";
  readonly name: string;
  readonly label: string | null;
  readonly citations: readonly string[];
  readonly scope: readonly number[];
  readonly atoms: readonly number[];
  readonly duties: readonly DutyOfRule[];
}

/** The completions that are permitted, and those in which each rule applies, in order. */
interface Applied {
  readonly permitted: Mask;
  readonly rules: readonly Mask[];
}

/** Where nested comparisons end: the outcome and the rules that decide, by number. */
interface End {
  readonly outcome: "permit" | "deny";
  readonly rules: readonly number[];
}

/**
 * A policy. `apply` is its rules over masks. `walk` decides one data category by nested
 * comparisons; `OPEN` where it meets what is missing. It is null where they would be too many.
 * `walksPartial`: what it settles of a partial request is what all completions say.
 */
interface Program {
  readonly policy: { readonly name: string; readonly sha256: string };
  readonly otherwise: "permit" | "deny";
  readonly variables: readonly Variable[];
  readonly atoms: readonly Atom[];
  readonly rules: readonly Rule[];
  readonly apply: (atom: (number: number) => Mask, full: Mask) => Applied;
  readonly walk: ((v: Values) => End | typeof OPEN) | null;
  readonly walksPartial: boolean;
  readonly read: readonly number[];
}

const OPEN = "open";

function variableAt(p: Program, number: number): Variable {
  return p.variables[number] ?? defect("no such variable");
}

function atomAt(p: Program, number: number): Atom {
  return p.atoms[number] ?? defect("no such atom");
}

function ruleAt(p: Program, number: number): Rule {
  return p.rules[number] ?? defect("no such rule");
}

/** A date, a number or the number of a leaf that is known and not none. */
function number(v: Values, variable: number): number {
  const value = v[variable];
  return typeof value === "number" ? value : defect("a number is needed");
}

/** Whether a role or fact has one of the leaves from `first` to `last`; none has none. */
function among(v: Values, variable: number, first: number, last: number): boolean {
  const value = v[variable];
  return value !== null && first <= number(v, variable) && number(v, variable) <= last;
}

/** Whether a set has a leaf from `first` to `last`; none has none. */
function meets(v: Values, variable: number, first: number, last: number): boolean {
  const value = v[variable];
  if (value === null) {
    return false;
  }
  if (!(value instanceof Set)) {
    return defect("a set is needed");
  }
  for (let leaf = first; leaf <= last; leaf += 1) {
    if (value.has(leaf)) {
      return true;
    }
  }
  return false;
}

function missingIn(reads: readonly number[], v: Values): number[] {
  return reads.filter((number) => v[number] === undefined);
}

// --- to here
