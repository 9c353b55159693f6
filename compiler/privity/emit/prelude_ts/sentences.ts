// Prelude, part 7: decisions in words.

// --- copied from here

/** The outcome and its reasons. `onlyOne`: there is one completion, or one path settled it. */
function sentences(
  p: Program,
  outcome: Outcome,
  rules: readonly Rule[],
  missing: readonly Variable[],
  permitted: readonly string[],
  onlyOne: boolean,
): string {
  const said = [outcomeSaid(p, outcome, rules, permitted.length > 0, onlyOne)];
  if (permitted.length > 0 && outcome !== "permit") {
    said.push(`Permitted by themselves: ${listed(permitted)}.`);
  }
  if (missing.length > 0) {
    const named = missing.map(({ key, label }) => (label === null ? key : `${key} ("${label}")`));
    said.push(`It depends on what is missing: ${listed(named)}.`);
  }
  return said.join(" ");
}

function outcomeSaid(
  p: Program,
  outcome: Outcome,
  rules: readonly Rule[],
  some: boolean,
  onlyOne: boolean,
): string {
  if (outcome === "unknown") {
    return "Unknown: the answer is not the same for all that the missing facts may be.";
  }
  const verb = outcome === "permit" ? "Permitted" : "Denied";
  if (rules.length > 0) {
    return `${verb} by ${listed(rules.map(ruleSaid))}.`;
  }
  if (outcome === "permit" && p.otherwise === "permit") {
    return "Permitted: no rule forbids it.";
  }
  if (!onlyOne) {
    return `${verb} whatever the missing facts are; no single rule decides all these cases.`;
  }
  return `Denied: no rule permits${some ? " all of" : ""} it.`;
}

/** Its name, its label, what it cites. */
function ruleSaid(rule: Rule): string {
  const label = rule.label === null ? "" : ` "${rule.label}"`;
  const cited = rule.citations.length === 0 ? "" : ` (${rule.citations.join(", ")})`;
  return `${rule.name}${label}${cited}`;
}

function listed(parts: readonly string[]): string {
  const last = parts[parts.length - 1] ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}

// --- to here
