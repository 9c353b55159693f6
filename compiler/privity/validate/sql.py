"""SQL text and policy, proved to say the same of every row and every request that agrees with it.

Proved is, for each row p, NULLs included, and each complete request c that agrees with it:
- the filter is true only if p is a request and the policy permits c, and it is never NULL;
- 'permit' or 'deny' is the policy's outcome on c; NULL is said of what is no request, only;
- a rule that is said to decide decides c;
- where p leaves nothing open that decisions hang on, all of it is said;
- likewise where it leaves one fact or role open, for those named `exact`.
What is said of rows that leave more open is not proved to be as much as can be said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from privity.model.columns import Columns
from privity.model.formula import Key, Plain
from privity.model.nodes import Policy, Rule
from privity.symbolic import factory, months
from privity.symbolic.encode import Shared
from privity.symbolic.factory import Term
from privity.symbolic.names import Names
from privity.symbolic.requests import declare_fact, declare_roles, read_facts, read_roles
from privity.symbolic.solver import Answer, GaveUp, Limits, Satisfiable, Session, Unsatisfiable
from privity.validate.sql_policy import Meaning, copies, meaning, read_keys
from privity.validate.sql_read import Node, Parts, UnreadableError, What, read
from privity.validate.sql_rows import Rows
from privity.validate.sql_terms import Condition, Value
from privity.validate.sql_values import Execution

MOST_REFINEMENTS = 64
MOST_COPIES = 400
"""Values tried out in all, to prove that nothing is said too carefully."""


@dataclass(frozen=True, slots=True)
class Proved:
    """`exact`: what may be missing alone, and then all is said that can be said of it."""

    exact: tuple[Key, ...]
    tested: tuple[Key, ...]
    """What else may be missing."""


@dataclass(frozen=True, slots=True)
class Differs:
    """`row` tells text and policy apart: `why`. `request` is one that agrees with it."""

    why: str
    row: Mapping[str, object]
    request: Mapping[Key, Plain]


@dataclass(frozen=True, slots=True)
class Undecided:
    reason: str


Result = Proved | Differs | Undecided


def validate(
    policy: Policy,
    columns: Columns,
    dialect: str,
    texts: Mapping[What, str],
    limits: Limits | None = None,
) -> Result:
    """Whether each of `texts` says what the policy does; two of them, that they agree.

    Raises UnreadableError where a text is not of the subset.
    """
    parts = [read(text, policy, columns, dialect, what) for what, text in texts.items()]
    return _Proof(policy, columns, dialect, parts, limits or Limits()).run()


@dataclass(frozen=True, slots=True)
class _Question:
    """A term that no row and request fulfil, if all is well; what it means if they do."""

    why: str
    term: Term


@dataclass
class _Proof:
    policy: Policy
    columns: Columns
    dialect: str
    parts: Sequence[Parts]
    limits: Limits
    shared: Shared = field(default_factory=Shared)

    def __post_init__(self) -> None:
        try:
            self.rows = Rows(self.policy, self.columns, self.dialect, self.shared)
        except ValueError as error:
            raise UnreadableError(str(error)) from None
        self.execution = Execution(self.rows)
        self.meaning = meaning(self.policy, Names(), self.shared)
        self.hang = read_keys(self.policy)
        # The texts that the policy names get their numbers before any SQL is read.
        self.agrees = factory.conjunction(self._agreements())
        self.copies = self._copies()

    def _agreements(self) -> Iterator[Term]:
        yield "valid"
        for key in self.rows.variables():
            yield self.rows.agrees(key, Names())

    def _copies(self) -> dict[Key, list[Meaning]]:
        found: dict[Key, list[Meaning]] = {}
        left = MOST_COPIES
        for key in self.hang:
            if self.rows.missing(key) in (factory.FALSE, factory.TRUE):
                continue
            made = copies(self.policy, key, self.shared)
            if made is not None and len(made) <= left:
                found[key] = made
                left -= len(made)
        return found

    # -------------------------------------------------------------- asking

    def run(self) -> Result:
        questions = [question for parts in self.parts for question in self._questions(parts)]
        questions += self._agreement()
        return self._asked(questions)

    def _asked(self, questions: Sequence[_Question]) -> Result:
        refinements: list[str] = []
        for _ in range(MOST_REFINEMENTS):
            session = Session(self._text(questions, refinements), self.limits)
            for number, question in enumerate(questions):
                match session.check([f"question.{number}"]):
                    case Unsatisfiable():
                        continue
                    case GaveUp(reason):
                        return Undecided(reason)
                    case Satisfiable(answer):
                        more = self._refined(answer)
                        if not set(more) - set(refinements):
                            return self._differs(question, answer)
                        refinements += [term for term in more if term not in refinements]
                        break
            else:
                return self._proved()
        return Undecided("calendar months were refined too often")

    def _text(self, questions: Sequence[_Question], refinements: Sequence[str]) -> str:
        names, policy = Names(), self.policy
        lines = [
            "(set-logic QF_LIA)",
            *declare_roles(policy, names),
            *(line for fact in policy.facts for line in declare_fact(policy, fact, names)),
            *self.rows.declarations(),
            *self.execution.commands,
            *months.declarations(self.shared.shifts),
            f"(define-fun valid () Bool {self.rows.valid()})",
            f"(define-fun agrees () Bool {self.agrees})",
            *self.meaning.commands,
            *(line for made in self.copies.values() for one in made for line in one.commands),
            *self.execution.late(),
            *(f"(assert {term})" for term in refinements),
        ]
        for number, question in enumerate(questions):
            lines.append(f"(declare-const question.{number} Bool)")
            lines.append(f"(assert (=> question.{number} {question.term}))")
        return "\n".join(lines) + "\n"

    def _refined(self, answer: Answer) -> list[str]:
        """The exact meaning of every calendar shift around the day that a model gives it."""
        return [
            months.refinement(day, count, name, int(answer[f"{name}.day"]))
            for (day, count), name in self.shared.shifts.items()
            if f"{name}.day" in answer
        ]

    def _differs(self, question: _Question, answer: Answer) -> Differs:
        names = Names()
        request = {
            **read_roles(self.policy, answer, names),
            **read_facts(self.policy, self.policy.facts, answer, names, self.shared),
        }
        return Differs(question.why, self.rows.read(answer), request)

    def _proved(self) -> Proved:
        open_ = [key for key in self.hang if self.rows.missing(key) != factory.FALSE]
        return Proved(tuple(self.copies), tuple(key for key in open_ if key not in self.copies))

    # -------------------------------------------------------------- what is asked

    def _questions(self, parts: Parts) -> Iterator[_Question]:
        if parts.filter is not None:
            yield from self._filter(self.execution.condition(parts.filter))
        if parts.outcome is not None:
            yield from self._outcome(self._said(parts.outcome))
        for name, node in (parts.rules or {}).items():
            rule = self.policy.rule_by_name[name]
            yield from self._rule(rule, self.execution.condition(node))

    def _agreement(self) -> Iterator[_Question]:
        """That a filter and an outcome, both given, agree."""
        filters = [parts.filter for parts in self.parts if parts.filter is not None]
        outcomes = [parts.outcome for parts in self.parts if parts.outcome is not None]
        for node in filters:
            for outcome in outcomes:
                permit = self._says(self._said(outcome), "permit")
                holds = self.execution.condition(node).true
                why = "the filter and the outcome do not agree"
                yield _Question(why, f"(xor {holds} {permit})")

    def _filter(self, said: Condition) -> Iterator[_Question]:
        permits = self.meaning.permits
        yield _Question("the filter is NULL", _neither(said))
        yield _Question("the filter returns what is no request", f"(and {said.true} (not valid))")
        yield _Question(
            "the filter returns what the policy denies",
            f"(and {said.true} agrees (not {permits}))",
        )
        yield _Question(
            "the filter leaves out what the policy permits",
            f"(and {self._complete()} agrees {permits} (not {said.true}))",
        )
        for key, made in self.copies.items():
            all_ = factory.conjunction(one.permits for one in made)
            why = f"the filter leaves out what the policy permits whatever `{key}` is"
            yield _Question(why, f"(and {self._only(key)} agrees {all_} (not {said.true}))")

    def _outcome(self, said: Value) -> Iterator[_Question]:
        says = {word: self._says(said, word) for word in ("permit", "deny", "unknown")}
        permits, denies = self.meaning.permits, factory.negation(self.meaning.permits)
        any_ = factory.disjunction([*says.values(), said.null])
        yield _Question("the outcome is none of its words", factory.negation(any_))
        yield _Question("the outcome of a request is NULL", f"(and valid {said.null})")
        stated = factory.negation(said.null)
        yield _Question("what is no request has an outcome", f"(and (not valid) {stated})")
        for word, contrary in (("permit", denies), ("deny", permits)):
            why = f"the outcome is {word}, and the policy says otherwise"
            yield _Question(why, f"(and {says[word]} agrees {contrary})")
        unknown = f"(and {self._complete()} agrees {says['unknown']})"
        yield _Question("the outcome of a complete request is unknown", unknown)
        for key, made in self.copies.items():
            for word in ("permit", "deny"):
                decided = factory.conjunction(
                    one.permits if word == "permit" else factory.negation(one.permits)
                    for one in made
                )
                why = f"the outcome is unknown where it is {word} whatever `{key}` is"
                term = f"(and {self._only(key)} agrees {decided} {says['unknown']})"
                yield _Question(why, term)

    def _rule(self, rule: Rule, said: Condition) -> Iterator[_Question]:
        decides = self.meaning.decides(rule)
        name = f"rule `{rule.name}`"
        yield _Question(f"whether {name} decides is NULL", _neither(said))
        yield _Question(
            f"{name} is said to decide what is no request", f"(and {said.true} (not valid))"
        )
        yield _Question(
            f"{name} is said to decide and does not",
            f"(and {said.true} agrees (not {decides}))",
        )
        yield _Question(
            f"{name} decides and is not said to",
            f"(and {self._complete()} agrees {decides} (not {said.true}))",
        )
        for key, made in self.copies.items():
            all_ = factory.conjunction(one.decides(rule) for one in made)
            why = f"{name} decides whatever `{key}` is, and is not said to"
            yield _Question(why, f"(and {self._only(key)} agrees {all_} (not {said.true}))")

    def _said(self, node: Node) -> Value:
        value = self.execution.value(node)
        if value.sort not in ("text", "null"):
            raise UnreadableError("the outcome is no text")
        return value

    def _says(self, said: Value, word: str) -> Term:
        same = f"(= {said.term} {self.shared.text(word)})"
        return factory.conjunction([factory.negation(said.null), same])

    def _complete(self) -> Term:
        """Nothing is missing that decisions hang on."""
        missing = [self.rows.missing(key) for key in self.hang]
        return factory.conjunction(factory.negation(term) for term in missing)

    def _only(self, key: Key) -> Term:
        """`key` is missing, and nothing else that decisions hang on."""
        others = [self.rows.missing(other) for other in self.hang if other != key]
        some = factory.conjunction(factory.negation(term) for term in others)
        return factory.conjunction([self.rows.missing(key), some])


def _neither(condition: Condition) -> Term:
    return f"(and (not {condition.true}) (not {condition.false}))"
