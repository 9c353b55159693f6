// Prelude, part 6: decisions.

// --- copied from here

/** What the permit `rule` obliges its user to do. A `deadline` of null is a day not known. */
interface Duty {
  readonly name: string;
  readonly rule: string;
  readonly label: string | null;
  readonly deadline?: string | null;
}

/** What the policy says of a request: the answer that every checker of this policy gives. */
interface Decision {
  readonly outcome: Outcome;
  /** The rules that decide, whatever the missing facts are. */
  readonly rules: readonly string[];
  readonly citations: readonly string[];
  /** What the outcome depends on and the request does not say. */
  readonly missing: readonly string[];
  readonly duties: readonly Duty[];
  readonly permitted_data: readonly string[];
  /** The same in words, for people. */
  readonly explanation: string;
  readonly policy: { readonly name: string; readonly sha256: string };
}

function decide(p: Program, data: readonly number[], values: Values): Decision {
  const isPartial = missingIn(p.read, values).length > 0;
  if (p.walk !== null && (p.walksPartial || !isPartial)) {
    const settled = decideByWalking(p, p.walk, data, values.slice());
    if (settled !== null) {
      return settled;
    }
  }
  const space = new Space(p, data, values);
  return space.open() ? decideByMasks(p, data, space) : tooMany(p, space);
}

/** The decision where what is known settles each category along one path; else null. */
function decideByWalking(
  p: Program,
  walk: (v: Values) => End | typeof OPEN,
  data: readonly number[],
  v: Values,
): Decision | null {
  const ends: End[] = [];
  for (const category of data) {
    v[0] = category;
    const end = walk(v);
    if (end === OPEN) {
      return null;
    }
    ends.push(end);
  }
  const outcome = ends.every((end) => end.outcome === "permit") ? "permit" : "deny";
  const deciding = ends.filter((end) => end.outcome === outcome).flatMap((end) => end.rules);
  const rules = sorted(deciding).map((number) => ruleAt(p, number));
  const owed = outcome === "permit" ? rules : [];
  const permitted = data.filter((_, place) => ends[place]?.outcome === "permit");
  return answer(p, outcome, rules, [], dutiesOf(owed, v), permitted, true);
}

function decideByMasks(p: Program, data: readonly number[], space: Space): Decision {
  const { full, values } = space;
  const each = data.map((category) => {
    const masks = space.masks(category);
    return p.apply((n) => masks[n] ?? defect("no such atom"), full);
  });
  const permitted = each.reduce((all, one) => all & one.permitted, full);
  const applies = p.rules.map((_, n) => each.reduce((all, one) => all | (one.rules[n] ?? 0n), 0n));
  const outcome = permitted === full ? "permit" : permitted === 0n ? "deny" : "unknown";
  const effect = outcome === "permit" ? "permit" : outcome === "deny" ? "forbid" : null;
  const rules = p.rules.filter((rule, n) => rule.effect === effect && applies[n] === full);
  const owed = p.rules.filter(
    (rule, n) => rule.effect === "permit" && ((applies[n] ?? 0n) & permitted) !== 0n,
  );
  const missing = space.relevant.filter(
    (n) => outcome === "unknown" && space.depends(permitted, n),
  );
  const kept = data.filter((_, place) => each[place]?.permitted === full);
  const only = space.size === 1;
  return answer(p, outcome, rules, missing, dutiesOf(owed, values), kept, only);
}

/** More completions than are looked at: nothing is said that might be wrong. */
function tooMany(p: Program, space: Space): Decision {
  const live = space.live.map((number) => ruleAt(p, number));
  const owed = live.filter((rule) => rule.effect === "permit");
  const duties = dutiesOf(owed, space.values);
  return answer(p, "unknown", [], space.relevant, duties, [], false);
}

function dutiesOf(rules: readonly Rule[], v: Values): Duty[] {
  return rules.flatMap((rule) =>
    rule.duties.map(({ name, label, reads, deadline }): Duty => {
      const owed = { name, rule: rule.name, label };
      if (deadline === null) {
        return owed;
      }
      const known = reads.every((number) => v[number] !== undefined && v[number] !== null);
      return { ...owed, deadline: known ? dayText(deadline(v)) : null };
    }),
  );
}

function answer(
  p: Program,
  outcome: Outcome,
  rules: readonly Rule[],
  missing: readonly number[],
  duties: readonly Duty[],
  permitted: readonly number[],
  onlyOne: boolean,
): Decision {
  const { members } = variableAt(p, 0);
  const names = permitted.map((leaf) => members[leaf] ?? defect("no such category"));
  const lacking = missing.map((number) => variableAt(p, number));
  return {
    outcome,
    rules: rules.map((rule) => rule.name),
    citations: Array.from(new Set(rules.flatMap((rule) => rule.citations))),
    missing: lacking.map((variable) => variable.key),
    duties,
    permitted_data: names,
    explanation: sentences(p, outcome, rules, lacking, names, onlyOne),
    policy: p.policy,
  };
}

// --- to here
