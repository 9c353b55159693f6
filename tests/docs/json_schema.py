"""As much of JSON Schema as docs/schemas uses; anything else in a schema is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Json = Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "boolean": (bool,),
    "number": (int, float), "null": (type(None),),
}  # fmt: skip
ABOUT = {"$schema", "$defs", "title", "description", "format"}
KNOWN = ABOUT | {
    "type", "required", "properties", "additionalProperties", "propertyNames", "items", "enum",
    "pattern", "anyOf", "$ref", "minItems", "uniqueItems", "minimum", "maximum",
}  # fmt: skip


def faults(value: Json, schema: Json, root: Json, place: str = "$") -> Iterator[str]:
    """What is wrong with a value, each with its place."""
    if schema is True:
        return
    assert schema.keys() <= KNOWN, schema.keys() - KNOWN
    if "$ref" in schema:
        yield from faults(value, resolved(schema["$ref"], root), root, place)
    if "anyOf" in schema and all(any(faults(value, s, root, place)) for s in schema["anyOf"]):
        yield f"{place}: none of the forms that it may have"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: not one of {schema['enum']}"
    if "type" in schema and not has_type(value, schema["type"]):
        yield f"{place}: not of type {schema['type']}"
    elif isinstance(value, dict):
        yield from _object(value, schema, root, place)
    elif isinstance(value, list):
        yield from _array(value, schema, root, place)
    elif isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{place}: does not look like {schema['pattern']}"
    elif has_type(value, "number") and not (
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
    ):
        yield f"{place}: out of bounds"


def resolved(reference: str, root: Json) -> Json:
    found = root
    assert reference.startswith("#/")
    for part in reference[2:].split("/"):
        found = found[part]
    return found


def has_type(value: Json, types: str | list[str]) -> bool:
    for name in [types] if isinstance(types, str) else types:
        if isinstance(value, TYPES[name]) and isinstance(value, bool) <= (name == "boolean"):
            return True
    return False


def _object(value: dict[str, Json], schema: Json, root: Json, place: str) -> Iterator[str]:
    declared = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    for name in schema.get("required", []):
        if name not in value:
            yield f"{place}: lacks {name}"
    for name, each in value.items():
        here = f"{place}.{name}"
        if "propertyNames" in schema:
            yield from faults(name, schema["propertyNames"], root, here)
        if name in declared:
            yield from faults(each, declared[name], root, here)
        elif others is False:
            yield f"{here}: not declared"
        else:
            yield from faults(each, others, root, here)


def _array(value: list[Json], schema: Json, root: Json, place: str) -> Iterator[str]:
    if len(value) < schema.get("minItems", 0):
        yield f"{place}: too few items"
    if schema.get("uniqueItems") and len({repr(each) for each in value}) < len(value):
        yield f"{place}: an item twice"
    for number, each in enumerate(value):
        yield from faults(each, schema.get("items", True), root, f"{place}[{number}]")
