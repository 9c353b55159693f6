"""As much of JSON Schema as docs/schemas uses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
    "boolean": bool, "null": type(None),
}  # fmt: skip

KNOWN = {
    "$schema", "$defs", "$ref", "title", "description", "type", "enum", "anyOf", "properties",
    "required", "additionalProperties", "propertyNames", "items", "minItems", "uniqueItems",
    "pattern", "minimum", "maximum", "format",
}  # fmt: skip


def problems(document: Any, schema: str) -> list[str]:
    """What is wrong with a document by the schema of this name; empty if it fits."""
    root = json.loads((SCHEMAS / f"{schema}.schema.json").read_text("utf-8"))
    return list(_problems(document, root, root, "$"))


def _problems(value: Any, rule: Any, root: Any, at: str) -> Iterator[str]:
    assert set(rule) <= KNOWN, f"not understood: {set(rule) - KNOWN}"
    if "$ref" in rule:
        yield from _problems(value, root["$defs"][rule["$ref"].rsplit("/", 1)[1]], root, at)
        return
    if "anyOf" in rule and all(any(_problems(value, r, root, at)) for r in rule["anyOf"]):
        yield f"{at}: fits nothing of anyOf"
    kinds = rule.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield f"{at}: not {kinds}"
    if "enum" in rule and value not in rule["enum"]:
        yield f"{at}: {value!r} is not one of {rule['enum']}"
    match value:
        case dict():
            yield from _object(value, rule, root, at)
        case list():
            yield from _array(value, rule, root, at)
        case str():
            if not re.search(rule.get("pattern", ""), value):
                yield f"{at}: {value!r} is not like {rule['pattern']}"
        case int() | float():
            if not rule.get("minimum", value) <= value <= rule.get("maximum", value):
                yield f"{at}: out of bounds"
        case _:
            pass


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _object(value: dict[str, Any], rule: Any, root: Any, at: str) -> Iterator[str]:
    properties = rule.get("properties", {})
    yield from (f"{at}: no {name}" for name in rule.get("required", ()) if name not in value)
    for name, part in value.items():
        yield from _problems(name, rule.get("propertyNames", {}), root, f"{at} name")
        beyond = rule.get("additionalProperties", {})
        if name not in properties and beyond is False:
            yield f"{at}: {name} does not belong"
        elif name in properties or beyond:
            yield from _problems(part, properties.get(name, beyond), root, f"{at}.{name}")


def _array(value: list[Any], rule: Any, root: Any, at: str) -> Iterator[str]:
    if len(value) < rule.get("minItems", 0):
        yield f"{at}: too short"
    if rule.get("uniqueItems") and len({json.dumps(part) for part in value}) < len(value):
        yield f"{at}: something twice"
    for number, part in enumerate(value):
        yield from _problems(part, rule.get("items", {}), root, f"{at}[{number}]")


def undeclared(document: Any, schema: str) -> list[str]:
    """The fields of a document, at every level, that the schema does not speak of."""
    root = json.loads((SCHEMAS / f"{schema}.schema.json").read_text("utf-8"))
    return list(_undeclared(document, [root], root, "$"))


def _undeclared(value: Any, rules: list[Any], root: Any, at: str) -> Iterator[str]:
    rules = [each for rule in rules for each in _alternatives(rule, root)]
    if isinstance(value, dict):
        for name, part in value.items():
            inner = [r["properties"][name] for r in rules if name in r.get("properties", {})]
            beyond = [r["additionalProperties"] for r in rules if r.get("additionalProperties")]
            if not inner and not beyond:
                yield f"{at}.{name}"
            yield from _undeclared(part, inner or beyond, root, f"{at}.{name}")
    elif isinstance(value, list):
        items = [rule["items"] for rule in rules if "items" in rule]
        for part in value:
            yield from _undeclared(part, items, root, f"{at}[]")


def _alternatives(rule: Any, root: Any) -> Iterator[Any]:
    if "$ref" in rule:
        yield from _alternatives(root["$defs"][rule["$ref"].rsplit("/", 1)[1]], root)
        return
    yield rule
    for each in rule.get("anyOf", ()):
        yield from _alternatives(each, root)
