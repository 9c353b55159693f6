"""The JSON of the documentation: schemas that say what they mean, examples that fit them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.docs.examples import ROOT, Example, examples
from tests.docs.json_schema import KNOWN, faults, has_type, resolved
from tests.model.bundles import check_text

from privity.diagnostics import json_format

FILES = sorted(ROOT.joinpath("docs", "schemas").glob("*.json"))
SCHEMAS = {
    path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8")) for path in FILES
}
IN_JSON = [example for example in examples() if example.language == "json"]


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """A schema and all in it."""
    if not isinstance(schema, dict):
        return
    yield schema
    for key in ("properties", "$defs"):
        for each in schema.get(key, {}).values():
            yield from parts(each)
    for key in ("items", "additionalProperties", "propertyNames"):
        yield from parts(schema.get(key))
    for each in schema.get("anyOf", []):
        yield from parts(each)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_well_formed(name: str) -> None:
    schema = SCHEMAS[name]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for part in parts(schema):
        assert part.keys() <= KNOWN
        assert set(part.get("required", ())) <= part.get("properties", {}).keys()
        if "$ref" in part:
            assert isinstance(resolved(part["$ref"], schema), dict)


def test_definitions_of_one_name_are_the_same_in_all_schemas() -> None:
    for name in ("leaf", "value", "attestation", "facts", "sha256"):
        found = [s["$defs"][name] for s in SCHEMAS.values() if name in s.get("$defs", {})]
        assert all(each == found[0] for each in found), name


def kind_of(value: dict[str, Any]) -> str:
    for key, kind in (("outcome", "decision"), ("claims", "prove"), ("diagnostics", "diagnostics")):
        if key in value:
            return kind
    return "request"


@pytest.mark.parametrize("example", IN_JSON, ids=lambda example: str(example.place))
def test_examples_fit_their_schema(example: Example) -> None:
    value = json.loads(example.text)
    schema = SCHEMAS[kind_of(value)]
    found = list(faults(value, schema, schema))
    # An example shortens what is long: explanations and hashes.
    assert [each for each in found if not each.startswith("$.policy.sha256")] == []


def test_requests_and_decisions_have_an_example() -> None:
    assert {kind_of(json.loads(example.text)) for example in IN_JSON} >= {"request", "decision"}


def test_every_schema_is_linked() -> None:
    language = ROOT.joinpath("docs/language.md").read_text("utf-8")
    for path in FILES:
        assert f"(schemas/{path.name})" in language


def test_diagnostics_fit_their_schema() -> None:
    checked = check_text("policy p otherwise deny\nuse nowhere\nuse nothing\n")
    told = json.loads(json_format.render(checked.diagnostics, checked.sources))
    assert not list(faults(told, SCHEMAS["diagnostics"], SCHEMAS["diagnostics"]))


# ------------------------------------------------------------------ would the check notice?


@pytest.mark.parametrize(
    ("request_", "wrong"),
    [
        ({"data": ["a"]}, 0),
        ({"data": ["a"], "facts": {"subject.x": None, "subject.y": [], "subject.z": 3}}, 0),
        ({"data": ["a"], "facts": {"subject.x": {"value": True, "by": "J. Doe"}}}, 0),
        ({"recipient": "bank"}, 1),
        ({"data": []}, 1),
        ({"data": ["a", "a"]}, 1),
        ({"data": "a"}, 1),
        ({"data": ["A"]}, 1),
        ({"data": ["a"], "to": "bank"}, 1),
        ({"data": ["a"], "recipient": ["bank"]}, 1),
        ({"data": ["a"], "facts": {"x": True}}, 1),
        ({"data": ["a"], "facts": {"subject.x": 1.5}}, 1),
        ({"data": ["a"], "facts": {"subject.x": {"by": "J. Doe"}}}, 1),
        ({"data": ["a"], "facts": {"subject.x": 2**53}}, 1),
    ],
)
def test_what_does_not_fit_is_found(request_: Any, wrong: int) -> None:
    found = list(faults(request_, SCHEMAS["request"], SCHEMAS["request"]))
    assert len(found) == wrong, found


def test_true_is_no_number() -> None:
    assert not has_type(True, "integer") and not has_type(True, ["number", "string"])
    assert has_type(1, "number") and not has_type(1, "boolean")
