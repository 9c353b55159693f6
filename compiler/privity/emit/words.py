"""What comments in generated code say of rules and atoms, whatever the language."""

from __future__ import annotations

from privity.emit.atoms import sum_in_words
from privity.emit.code import Module
from privity.lower.program import Test
from privity.model.formula import AtMost, Contains, Equals, Linear, Within
from privity.model.nodes import Definition, Rule


def headline(about: Definition | Rule) -> str:
    """`permit own_offers "a service provider helps us", line 31, faq S15`."""
    kind = about.effect if isinstance(about, Rule) else "define"
    label = f' "{about.label}"' if about.label else ""
    cited = "".join(f", {citation}" for citation in dict.fromkeys(map(str, about.citations)))
    return f"{kind} {about.name}{label}, line {about.span.line}{cited}"


def atom_in_words(module: Module, test: Test) -> str:
    """What the code of an atom does not show by itself; often nothing."""
    atom = test.atom
    match atom:
        case AtMost(terms, bound):
            return f"{sum_in_words(Linear(terms, 0))} is at most {bound}"
        case Equals(terms, bound):
            return f"{sum_in_words(Linear(terms, 0))} is {bound}"
        case Within(variable, leaves) | Contains(variable, leaves) if test.branch is None:
            names = module.program.policy.taxonomy_of(variable).leaves
            return ", ".join(names[leaf].name for leaf in sorted(leaves))
        case Within(_, leaves) | Contains(_, leaves) if test.branch is not None:
            return test.branch.name if len(leaves) > 1 else ""
        case _:
            return ""
