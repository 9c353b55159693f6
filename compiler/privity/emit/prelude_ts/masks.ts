// Prelude, part 5: all completions of a request at once, one bit each.

// --- copied from here

const MOST_COMPLETIONS = 2 ** 20;

/** A choice that completions make: a digit of their number, worth `stride`. */
interface Axis {
  readonly stride: number;
  readonly cells: readonly Plain[];
  /** How many completions pass until the digit is the same again. */
  readonly span: number;
}

/**
 * The completions of a partial request, numbered; bit n of a mask stands for number n.
 *
 * `axes` holds the axis of each relevant missing variable. A set has one for whether it is `none`,
 * and in `chosen` one for each group of leaves; that is the same as an axis of all subsets, but
 * masks are found without listing these. `free` has those of opaque atoms.
 */
class Space {
  readonly p: Program;
  readonly values: Values;
  readonly live: readonly number[];
  readonly relevant: readonly number[];
  size = 1;
  full: Mask = 1n;
  private readonly read: ReadonlySet<number>;
  private readonly axes = new Map<number, Axis>();
  private readonly chosen = new Map<number, readonly Axis[]>();
  private readonly free = new Map<number, Axis>();

  constructor(p: Program, data: readonly number[], values: Values) {
    this.p = p;
    this.values = values.slice();
    this.live = liveRules(p, data, values);
    const read = sorted(this.live.flatMap((rule) => ruleAt(p, rule).atoms));
    this.read = new Set(read);
    const reads = sorted(read.flatMap((number) => atomAt(p, number).reads));
    this.relevant = missingIn(reads, values).filter((number) => number !== 0);
  }

  /** Lay out the axes; false if there are too many completions to look at. */
  open(): boolean {
    const { p, values } = this;
    const read = Array.from(this.read);
    const leaves = new Map<number, readonly number[]>();
    let completions = 1;
    for (const number of this.relevant) {
      const about = read.map((n) => atomAt(p, n)).filter((a) => a.reads.includes(number));
      const cells = cellsOf(p, number, about, values);
      const of = variableAt(p, number);
      const groups = of.kind === "set" ? chosenLeaves(of, number, about) : [];
      leaves.set(number, groups);
      // All subsets of the groups, and none.
      completions *= cells.length - 1 + 2 ** groups.length;
      this.axes.set(number, this.axis(cells));
    }
    const opaque = read.filter((n) => isOpaque(atomAt(p, n), values));
    if (completions * 2 ** opaque.length > MOST_COMPLETIONS) {
      return false;
    }
    for (const [number, groups] of leaves) {
      this.chosen.set(number, groups.map((leaf) => this.axis([undefined, leaf])));
    }
    opaque.forEach((n) => this.free.set(n, this.axis([false, true])));
    this.full = (1n << BigInt(this.size)) - 1n;
    return true;
  }

  private axis(cells: readonly Plain[]): Axis {
    const axis = { stride: this.size, cells, span: this.size * cells.length };
    this.size = axis.span;
    return axis;
  }

  /** The completions in which each atom holds. What no live rule reads has any mask: 0. */
  masks(category: number): Mask[] {
    this.values[0] = category;
    return this.p.atoms.map((atom, n) => (this.read.has(n) ? this.mask(n, atom) : 0n));
  }

  private mask(n: number, atom: Atom): Mask {
    const free = this.free.get(n);
    if (free !== undefined) {
      return this.butFirst(free) & (this.full ^ this.noneIn(atom));
    }
    const missing = missingIn(atom.reads, this.values);
    if (missing.length === 0) {
      return atom.test(this.values) ? this.full : 0n;
    }
    if (atom.kind === "contains") {
      return this.contains(atom);
    }
    const varied = missing.map((number) => [number, this.axisOf(number)] as const);
    varied.sort(([, a], [, b]) => b.stride - a.stride);
    const [, widest] = varied[0] ?? defect("nothing is missing");
    return this.repeated(block(atom.test, this.values.slice(), varied), widest);
  }

  private axisOf(number: number): Axis {
    return this.axes.get(number) ?? defect("a variable without cells");
  }

  /** A mask from its bits for the lowest completions, as many as the axis spans. */
  private repeated(bits: Mask, axis: Axis): Mask {
    return repeat(bits, axis.span, this.size);
  }

  /** The completions that do not choose the first cell. */
  private butFirst(axis: Axis): Mask {
    return this.repeated((1n << BigInt(axis.span)) - (1n << BigInt(axis.stride)), axis);
  }

  /** The completions in which one of the atom's variables is none. */
  private noneIn(atom: Atom): Mask {
    let found = 0n;
    for (const number of atom.reads) {
      if (this.values[number] === null) {
        return this.full;
      }
      const axis = this.axes.get(number);
      if (axis !== undefined && axis.cells[0] === null) {
        found |= this.full ^ this.butFirst(axis);
      }
    }
    return found;
  }

  private contains(atom: Atom): Mask {
    const number = atom.reads[0] ?? defect("an atom about nothing");
    const v: Values = [];
    let held = 0n;
    for (const axis of this.chosen.get(number) ?? []) {
      v[number] = new Set([axis.cells[1] as number]);
      if (atom.test(v)) {
        held |= this.butFirst(axis);
      }
    }
    return held & (this.full ^ this.noneIn(atom));
  }

  /**
   * Whether two completions that differ in this variable alone are told apart by `mask`.
   *
   * They may differ in the opaque atoms that read it as well. Any two such are joined by steps
   * along one axis each, so it is enough to look at neighbours.
   */
  depends(mask: Mask, number: number): boolean {
    const reading = ([n]: readonly [number, Axis]): boolean =>
      atomAt(this.p, n).reads.includes(number);
    const about = Array.from(this.free).filter(reading);
    const axes = [
      this.axisOf(number),
      ...(this.chosen.get(number) ?? []),
      ...about.map(([, axis]) => axis),
    ];
    return axes.some((axis) => this.varies(mask, axis));
  }

  private varies(mask: Mask, axis: Axis): boolean {
    const differ = mask ^ (mask >> BigInt(axis.stride));
    const butLast = this.repeated((1n << BigInt(axis.span - axis.stride)) - 1n, axis);
    return (differ & butLast) !== 0n;
  }
}

/**
 * The truth of `test` for as many completions as the first axis spans.
 *
 * `varied` holds the missing variables and their axes, the widest first.
 */
function block(
  test: (v: Values) => boolean,
  v: Values,
  varied: readonly (readonly [number, Axis])[],
): Mask {
  const [first, ...inner] = varied;
  if (first === undefined) {
    return defect("nothing is missing");
  }
  const [number, axis] = first;
  const [[, below] = []] = inner;
  let found = 0n;
  axis.cells.forEach((cell, place) => {
    v[number] = cell;
    let bits = 0n;
    if (below !== undefined) {
      bits = repeat(block(test, v, inner), below.span, axis.stride);
    } else if (test(v)) {
      bits = (1n << BigInt(axis.stride)) - 1n;
    }
    found |= bits << BigInt(place * axis.stride);
  });
  return found;
}

/** `bits`, of `span` bits, over and over, `size` bits in all. */
function repeat(bits: Mask, span: number, size: number): Mask {
  let [times, filled, found] = [size / span, 0, 0n];
  while (times > 0) {
    if (times % 2 === 1) {
      found |= bits << BigInt(filled);
      filled += span;
    }
    times = Math.floor(times / 2);
    if (times > 0) {
      bits |= bits << BigInt(span);
      span *= 2;
    }
  }
  return found;
}

/** In ascending order, each once. */
function sorted(numbers: readonly number[]): number[] {
  return Array.from(new Set(numbers)).sort((a, b) => a - b);
}

// --- to here
