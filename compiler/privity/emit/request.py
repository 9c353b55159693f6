"""The vocabulary in Python: an enumeration each taxonomy, and the class of requests."""

from __future__ import annotations

from collections.abc import Iterator

from privity.emit.build import constant
from privity.emit.code import Module
from privity.emit.layout import flat
from privity.emit.names import WIDTH, Names, member_name, plain
from privity.lower.program import Variable
from privity.model.nodes import (
    BooleanType,
    DateType,
    DurationType,
    IntegerType,
    SetType,
    Taxonomy,
    TaxonomyType,
    TextType,
)


def taxonomies(module: Module) -> Iterator[list[str]]:
    """A class each, its members the leaves in order."""
    for taxonomy, name in module.taxonomies.items():
        yield _enumeration(name, module.program.policy.taxonomies[taxonomy])


def _enumeration(name: str, taxonomy: Taxonomy) -> list[str]:
    names = Names()
    said = plain(f"{taxonomy.name}: {taxonomy.label}" if taxonomy.label else taxonomy.name)
    lines = [f"class {name}(enum.StrEnum):", f'    """{said}"""', ""]
    for leaf in taxonomy.leaves:
        member = f"    {names.fresh(member_name(leaf.name))} = {flat(constant(leaf.name))}"
        lines.append(_annotated(member, leaf.label))
    return lines


def _annotated(line: str, label: str | None) -> str:
    """The line with what fits of a label as a comment."""
    said = plain(label or "")
    if not said or len(line) > WIDTH - 20:
        return line
    room = WIDTH - len(line) - 4
    return f"{line}  # {said if len(said) <= room else said[: room - 3].rstrip() + '...'}"


def request_class(module: Module) -> list[str]:
    data, *others = module.program.variables
    kind = _type(module, data)
    return [
        "@dataclass(frozen=True, slots=True, kw_only=True)",
        "class Request(_Stated):",
        '    """A disclosure that is asked about. What is not stated is missing.',
        "",
        "    Durations are whole days. Raises RequestError where something is wrong with it.",
        '    """',
        "",
        f"    {module.attributes[data.key]}: frozenset[{kind}] | set[{kind}] | tuple[{kind}, ...]",
        *(_field(module, variable) for variable in others),
        "",
        "    @classmethod",
        "    def from_mapping(cls, mapping: Mapping[str, object]) -> Self:",
        '        """The request that a JSON object states. Raises RequestError."""',
        "        return cls(**_members(_PROGRAM, mapping))",
        "",
        "    def __post_init__(self) -> None:",
        "        _state(_PROGRAM, self)",
    ]


def _field(module: Module, variable: Variable) -> str:
    none = " | None" if variable.optional else ""
    name = module.attributes[variable.key]
    line = f"    {name}: {_type(module, variable)}{none} | Missing = MISSING"
    return _annotated(line, variable.label)


def _type(module: Module, variable: Variable) -> str:
    match variable.type:
        case BooleanType(attested):
            return "bool | Attestation" if attested else "bool"
        case IntegerType() | DurationType():
            return "int"
        case DateType():
            return "datetime.date"
        case TextType():
            return "str"
        case TaxonomyType(taxonomy):
            return module.taxonomies[taxonomy]
        case SetType(taxonomy):
            of = module.taxonomies[taxonomy]
            return f"frozenset[{of}] | set[{of}]"
