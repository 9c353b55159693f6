"""What can be wrong with a policy whose text is well formed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from privity.diagnostics.diagnostic import Diagnostic, Severity

# ruff: noqa: E501


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownName(Diagnostic):
    code = "unknown-name"
    title = "there is no {kind} `{name}`"
    explanation = """A name is used that nothing declares, here or in a file that is used.

```
when subject.opted_uot        # there is no fact `subject.opted_uot`
```
Correct the spelling, declare the name, or `use` the file that declares it."""
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AmbiguousName(Diagnostic):
    code = "ambiguous-name"
    title = "`{name}` may mean {candidates}"
    explanation = """Two values of the taxonomy bear this name.

```
taxonomy recipient { affiliate { insurer } nonaffiliate { insurer } }
with insurer                  # which one?
```
Say more of the path: `affiliate.insurer`."""
    name: str
    candidates: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeMismatch(Diagnostic):
    code = "type-mismatch"
    title = "{expected} is needed here, but this is {found}"
    explanation = """The parts of a condition do not fit together: a date is compared with a number, days
with months, or something that is not a yes-or-no condition stands where one is needed.

```
when disclosure.on is after 30 days     # a date compared with a duration
```
docs/language.md lists what each operator takes."""
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclicDefinition(Diagnostic):
    code = "cyclic-definition"
    title = "`{name}` is defined by itself: {path}"
    explanation = """Definitions and parameters may refer to each other, but not in a circle.

```
define a = b or subject.customer
define b = not a
```"""
    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclicUse(Diagnostic):
    code = "cyclic-use"
    title = "`{name}` uses itself: {path}"
    explanation = (
        "Files may use each other, but not in a circle. Move what both need into a third file."
    )
    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleNotFound(Diagnostic):
    code = "module-not-found"
    title = "there is no file for `{name}`"
    explanation = """`use a.b` looks for `a/b.privity` in the root of the policy: the folder that is left when
the policy's own dotted name is taken off its path."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongModule(Diagnostic):
    code = "wrong-module"
    title = "{problem}"
    explanation = """A file is not of the kind that is needed here, or bears another name than the one it is used
by: `use` takes vocabularies, `prove`, `build` and `decide` take policies."""
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateName(Diagnostic):
    code = "duplicate-name"
    title = "{kind} `{name}` is declared twice"
    explanation = (
        "Every declaration of a kind has a name of its own, over all the files that are used."
    )
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MisplacedDeclaration(Diagnostic):
    code = "misplaced-declaration"
    title = "{what} does not belong in {where}"
    explanation = """A vocabulary holds what policies share (taxonomies, facts, definitions, sources ...) and no
rules. A file of claims holds claims, scenarios, definitions and readings."""
    what: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DanglingCitation(Diagnostic):
    code = "dangling-citation"
    title = "source `{source}` has no clause `{clause}`"
    explanation = """A citation must name a clause that its source declares, so that `privity trace` can show
where each clause went.

```
source faq { S1 "..." }
cite faq S2
```"""
    source: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyScope(Diagnostic):
    code = "empty-scope"
    title = "this leaves nothing: {what}"
    explanation = """What follows `but not` takes away everything that stands before it, so that the rule or claim
is about no disclosure at all.

```
share health_information but not customer_information    # health information is customer information
```"""
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleExclusion(Diagnostic):
    code = "idle-exclusion"
    severity: ClassVar[Severity] = "warning"
    title = "`but not {what}` takes nothing away"
    explanation = """What is excluded was not included in the first place. Often a sign of a misunderstanding about
where a value stands in its taxonomy."""
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLeftOut(Diagnostic):
    code = "role-left-out"
    title = "the scope does not say {role}"
    explanation = """A scope says every role out loud, so that nobody has to remember what silence means.

```
permit p share contact_details with affiliate            # for which purpose?
permit p share contact_details with affiliate for any purpose
```"""
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTwice(Diagnostic):
    code = "role-twice"
    title = "the scope says {role} twice"
    explanation = "Each role stands once in a scope; join alternatives with `,` or `or`."
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleWithoutTaxonomy(Diagnostic):
    code = "role-without-taxonomy"
    title = "there is no taxonomy `{role}` to take values from"
    explanation = """`data`, `recipient` and `purpose` need a taxonomy of that name. `sender` and `subject` may have
one; only then do scopes say `from` and `about`."""
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownRole(Diagnostic):
    code = "unknown-role"
    title = "`{role}` is not something that has facts"
    explanation = """A fact belongs to one of the roles `data`, `sender`, `recipient`, `subject`, `purpose`, or to
the `disclosure` itself: `fact subject.customer : boolean`."""
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclicYield(Diagnostic):
    code = "cyclic-yield"
    title = "rule `{name}` yields to itself: {path}"
    explanation = """Rules may yield to rules that yield to others, but not in a circle: nobody could say which of
them applies."""
    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongYield(Diagnostic):
    code = "wrong-yield"
    title = "{problem}"
    explanation = """A forbid yields to permits (`unless permitted by R`), a permit yields to forbids
(`unless forbidden by F`)."""
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnguardedNone(Diagnostic):
    code = "unguarded-none"
    title = "`{fact}` may be none here"
    explanation = """Order and arithmetic have no meaning for `none`. Say first that there is a value:

```
when subject.notice_on is not none and disclosure.on is after subject.notice_on
```
An earlier `and`, or an earlier `when` of the same rule, is guard enough."""
    fact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverNone(Diagnostic):
    code = "never-none"
    title = "`{fact}` is never none"
    explanation = "Only facts declared `... or none` can be none. A fact that is not known is missing, not none."
    fact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfRange(Diagnostic):
    code = "out-of-range"
    title = "{what}"
    explanation = """Values have bounds, so that no target overflows: integers and their sums lie within
+-(2^53-1), dates from 1700-01-01 to 9899-12-31, offsets to a date total at most 100 years."""
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotConstant(Diagnostic):
    code = "not-constant"
    title = "a parameter has a constant value"
    explanation = "A parameter is a number, date, duration or text that rules refer to by name. For conditions use `define`."


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAStatement(Diagnostic):
    code = "not-a-given"
    title = "this does not say a fact of the scenario"
    explanation = """`given` states facts, joined by `and`: `F`, `not F`, `F is VALUE`, `F is none`, `S contains V`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverApplies(Diagnostic):
    code = "never-applies"
    title = "rule `{name}` can never apply"
    explanation = """The rule's conditions contradict each other, its scope or the rules it yields to, so that it
decides nothing. Remove it or mend its conditions."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContradictoryAssumptions(Diagnostic):
    code = "contradictory-assumptions"
    title = "the assumptions contradict each other"
    explanation = "No request fulfils all assumptions at once, so every claim would hold for want of a case. Nothing is proved from them."


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused(Diagnostic):
    code = "unused"
    severity: ClassVar[Severity] = "warning"
    title = "{kind} `{name}` is never used"
    explanation = (
        "A declaration of this policy's own file that neither its rules nor its claims refer to."
    )
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TooDeep(Diagnostic):
    code = "too-deep"
    title = "`{name}` rests on too long a chain of other declarations (more than {limit})"
    explanation = "Chains of definitions, of used files and of rules that yield are bounded, so that every tool can follow them."
    name: str
    limit: int
