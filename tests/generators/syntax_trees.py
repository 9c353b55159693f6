"""Random trees of the whole language, each of which some text parses to."""

from __future__ import annotations

import datetime
from typing import TypeVar, get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from privity.diagnostics.visible import INVISIBLE
from privity.syntax import nodes as n
from privity.syntax.reserved import keywords

Element = TypeVar("Element")

WORDS = st.from_regex(r"[a-z](_?[a-z0-9]){0,8}", fullmatch=True).filter(
    lambda word: word not in keywords()
)
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Cn", "Co"))
    | st.sampled_from('"\\#{}\t'),
    max_size=30,
).filter(lambda text: not INVISIBLE.search(text))
LABELS = st.none() | TEXTS
CLAUSE_IDS = st.from_regex(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,6}(\([A-Za-z0-9]{1,3}\)){0,3}", fullmatch=True
).filter(lambda clause: clause != "informative")
INTEGERS = st.integers(-(10**18) + 1, 10**18 - 1)
DATES = st.dates(datetime.date(1700, 1, 1), datetime.date(9899, 12, 31))

names = st.builds(n.Name, WORDS)
dotted = st.builds(n.Name, st.lists(WORDS, min_size=1, max_size=3).map(".".join))


def _frozen(elements: list[Element]) -> tuple[Element, ...]:
    return tuple(elements)


def _tuple(
    elements: SearchStrategy[Element], least: int = 0, most: int = 3
) -> SearchStrategy[tuple[Element, ...]]:
    return st.lists(elements, min_size=least, max_size=most).map(_frozen)


# ------------------------------------------------------------------ expressions

durations = st.builds(n.DurationLiteral, INTEGERS, st.sampled_from(get_args(n.Unit)))
atoms = st.one_of(
    st.builds(n.TruthLiteral, st.booleans()),
    st.builds(n.NoneLiteral),
    st.builds(n.IntegerLiteral, INTEGERS),
    st.builds(n.DateLiteral, DATES),
    durations,
    st.builds(n.TextLiteral, TEXTS),
    st.builds(n.Reference, dotted),
)


def _compound(inner: SearchStrategy[n.Expression]) -> SearchStrategy[n.Expression]:
    addends = st.tuples(st.sampled_from(("+", "-")), inner)
    return st.one_of(
        st.builds(n.Not, inner),
        st.builds(n.And, _tuple(inner, 2)),
        st.builds(n.Or, _tuple(inner, 2)),
        st.builds(n.Comparison, st.sampled_from(n.Comparator), inner, inner),
        st.builds(n.OneOf, inner, _tuple(dotted, 1), st.booleans()),
        st.builds(n.Contains, inner, dotted),
        st.builds(n.Sum, inner, _tuple(addends, 1)),
        st.builds(n.Times, INTEGERS, inner),
    )


expressions = st.recursive(atoms, _compound, max_leaves=12)

# ------------------------------------------------------------------ sets, scopes, citations

set_items = st.one_of(
    st.builds(n.Anyone), st.builds(n.AnyValue, names), st.builds(n.Branch, dotted)
)
sets = st.builds(n.SetExpression, _tuple(set_items, 1), _tuple(set_items))
scopes = st.builds(
    n.Scope, sets, _tuple(st.tuples(st.sampled_from(get_args(n.RoleWord)), sets), most=4)
)
citations = st.builds(n.Citation, names, CLAUSE_IDS)
cited = _tuple(citations, most=2)

# ------------------------------------------------------------------ declarations

clauses = st.builds(n.Clause, CLAUSE_IDS, TEXTS, LABELS)
items = st.recursive(
    st.builds(n.Item, names, LABELS, st.just(())),
    lambda inner: st.builds(n.Item, names, LABELS, _tuple(inner)),
    max_leaves=8,
)
value_types = st.one_of(
    st.builds(n.BooleanType, st.booleans()),
    st.builds(n.IntegerType, st.none() | st.tuples(INTEGERS, INTEGERS)),
    st.builds(n.DateType),
    st.builds(n.DurationType, st.none() | st.tuples(durations, durations)),
    st.builds(n.TextType),
    st.builds(n.SetType, names),
    st.builds(n.TaxonomyType, names),
)


@st.composite
def _facts(draw: st.DrawFn) -> n.Fact:
    label = draw(LABELS)
    negative = None if label is None else draw(LABELS)
    return n.Fact(
        draw(dotted), draw(value_types), draw(st.booleans()), label, negative, draw(cited)
    )


withins = st.builds(n.Within, expressions, expressions)
duties = st.builds(n.Duty, names, LABELS, st.none() | withins | st.builds(n.DueBy, expressions))
shared_clauses = st.one_of(
    st.builds(n.When, expressions),
    st.builds(n.Unless, expressions),
    st.builds(n.RestsOn, _tuple(names, 1)),
    st.builds(n.Cites, _tuple(citations, 1)),
)
rule_clauses = st.one_of(
    shared_clauses,
    duties,
    st.builds(n.Yields, st.sampled_from(("permitted", "forbidden")), _tuple(names, 1)),
)
occasions = st.one_of(
    st.builds(n.AtMoment, st.sampled_from(("start", "end")), names),
    st.builds(n.Every, durations),
    withins,
)
expectations = st.builds(
    n.Expectation, st.sampled_from(get_args(n.OutcomeWord)), _tuple(names), st.none() | dotted
)
statements = st.one_of(
    st.builds(n.Never, scopes),
    st.builds(n.AllowedOnlyIf, expressions, scopes),
    st.builds(n.AlwaysAllowed, scopes),
    st.builds(n.SometimesAllowed, scopes),
    st.builds(n.NeverPermits, dotted, st.sampled_from(("more", "less")), st.none() | scopes),
    st.builds(n.NeverAffects, dotted, scopes),
    st.builds(n.AtLeastAsStrict, dotted, dotted),
    st.builds(n.DecidesTheSame, dotted, dotted),
    st.builds(n.Carries, scopes, names),
)
claim_clauses = st.one_of(
    shared_clauses,
    st.builds(n.Assuming, expressions),
    st.builds(n.OutcomesOnly),
    st.builds(n.ExpectRefuted, dotted, TEXTS),
)
declarations = st.one_of(
    st.builds(n.Use, dotted),
    st.builds(n.Source, names, LABELS, _tuple(clauses)),
    st.builds(n.Taxonomy, names, LABELS, _tuple(items)),
    st.builds(n.Party, TEXTS, dotted, cited),
    _facts(),
    st.builds(n.Parameter, names, LABELS, expressions, cited),
    st.builds(n.Definition, names, LABELS, expressions, cited),
    st.builds(n.Reading, names, TEXTS, cited),
    st.builds(n.Assumption, names, LABELS, expressions, DATES, cited),
    st.builds(
        n.Rule,
        st.sampled_from(get_args(n.Effect)), names, LABELS, scopes, _tuple(rule_clauses, most=5),
    ),
    st.builds(
        n.Must,
        names, LABELS, _tuple(occasions), st.none() | scopes, st.none() | expressions, cited,
    ),
    st.builds(
        n.Scenario, TEXTS, scopes, st.none() | expressions, _tuple(expectations, 1), cited
    ),
    st.builds(n.Claim, names, LABELS, statements, _tuple(claim_clauses, most=4)),
)  # fmt: skip
headers = st.one_of(
    st.builds(n.PolicyHeader, dotted, LABELS, st.sampled_from(get_args(n.DefaultEffect))),
    st.builds(n.VocabularyHeader, dotted, LABELS),
    st.builds(n.ClaimsHeader, _tuple(dotted, 1)),
)
modules = st.builds(n.Module, headers, _tuple(declarations, most=5))
