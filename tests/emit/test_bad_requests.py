"""Whatever is wrong with a request is a RequestError: never a decision, never another exception."""

from __future__ import annotations

import datetime
import json
import math
from typing import Any

import pytest
from tests.emit.example import checker, letters

LONE = "\ud800"
DEEP: Any = []
for _ in range(500):
    DEEP = [DEEP]

BAD: list[tuple[object, str, str]] = [
    (None, "wrong-type", ""),
    ([], "wrong-type", ""),
    ("{}", "wrong-type", ""),
    ({}, "missing-data", "data"),
    (letters() | {"data": []}, "empty-data", "data"),
    (letters() | {"data": None}, "wrong-type", "data"),
    (letters() | {"data": "name"}, "wrong-type", "data"),
    (letters() | {"data": {"name": 1}}, "wrong-type", "data"),
    (letters() | {"data": ["name", "name"]}, "duplicate-name", "data"),
    (letters() | {"data": ["nme"]}, "unknown-name", "data"),
    (letters() | {"data": ["contact"]}, "unknown-name", "data"),
    (letters() | {"data": [["name"]]}, "wrong-type", "data"),
    (letters() | {"data": [0]}, "wrong-type", "data"),
    (letters() | {"data": [None]}, "wrong-type", "data"),
    (letters() | {"data": [LONE]}, "unknown-name", "data"),
    (letters() | {"recipient": None}, "wrong-type", "recipient"),
    (letters() | {"recipient": "parnter"}, "unknown-name", "recipient"),
    (letters() | {"recipient": ["partner"]}, "wrong-type", "recipient"),
    (letters() | {"recipient": True}, "wrong-type", "recipient"),
    (letters() | {"sender": "us"}, "unknown-key", "sender"),
    (letters() | {"subject": "me"}, "unknown-key", "subject"),
    (letters() | {"fact": {}}, "unknown-key", "fact"),
    (letters() | {"subject.customer": True}, "unknown-key", "subject.customer"),
    (letters() | {1: 2}, "unknown-key", "?"),
    (letters() | {"facts": None}, "wrong-type", "facts"),
    (letters() | {"facts": []}, "wrong-type", "facts"),
    (letters() | {"facts": {"subject.custmer": True}}, "unknown-key", "facts.subject.custmer"),
    (letters() | {"facts": {"recipient": "partner"}}, "unknown-key", "facts.recipient"),
    (letters() | {"facts": {None: True}}, "unknown-key", "facts.?"),
    (letters() | {"facts": {LONE: True}}, "unknown-key", "facts.\\ud800"),
    (letters() | {"facts": {"x" * 10_000: True}}, "unknown-key", f"facts.{'x' * 80}"),
]

BAD_FACTS: list[tuple[str, object, str]] = [
    ("subject.customer", None, "never-none"),
    ("subject.customer", 1, "wrong-type"),
    ("subject.customer", 0, "wrong-type"),
    ("subject.customer", 1.0, "wrong-type"),
    ("subject.customer", "true", "wrong-type"),
    ("subject.customer", {"value": True}, "wrong-type"),
    ("subject.customer", DEEP, "wrong-type"),
    ("subject.age", True, "wrong-type"),
    ("subject.age", "40", "wrong-type"),
    ("subject.age", 40.0, "wrong-type"),
    ("subject.age", math.nan, "wrong-type"),
    ("subject.age", math.inf, "wrong-type"),
    ("subject.age", -1, "out-of-range"),
    ("subject.age", 151, "out-of-range"),
    ("subject.age", 10**5000, "out-of-range"),
    ("subject.age", None, "never-none"),
    ("disclosure.length", 366, "out-of-range"),
    ("disclosure.length", True, "wrong-type"),
    ("disclosure.length", "30 days", "wrong-type"),
    ("disclosure.on", 738000, "wrong-type"),
    ("disclosure.on", "", "wrong-type"),
    ("disclosure.on", "2026-3-1", "wrong-type"),
    ("disclosure.on", "20260301", "wrong-type"),
    ("disclosure.on", "2026-W09-7", "wrong-type"),
    ("disclosure.on", "2026-02-29", "wrong-type"),
    ("disclosure.on", "2026-03-01T00:00:00Z", "wrong-type"),
    ("disclosure.on", " 2026-03-01", "wrong-type"),
    ("disclosure.on", "2026-03-0١", "wrong-type"),
    ("disclosure.on", "0000-01-01", "wrong-type"),
    ("disclosure.on", "1699-12-31", "out-of-range"),
    ("disclosure.on", "9900-01-01", "out-of-range"),
    ("disclosure.on", None, "never-none"),
    ("recipient.contract", 1, "wrong-type"),
    ("recipient.contract", LONE, "not-text"),
    ("recipient.contract", f"a{LONE}b", "not-text"),
    ("recipient.contract", None, "never-none"),
    ("subject.states", "here", "wrong-type"),
    ("subject.states", ["here", "here"], "duplicate-name"),
    ("subject.states", ["hre"], "unknown-name"),
    ("subject.states", [1], "wrong-type"),
    ("subject.states", None, "never-none"),
    ("subject.residence", "state", "unknown-name"),
    ("subject.residence", 0, "wrong-type"),
    ("subject.residence", ["here"], "wrong-type"),
    ("disclosure.necessary", 1, "wrong-type"),
    ("disclosure.necessary", None, "never-none"),
    ("disclosure.necessary", {}, "wrong-type"),
    ("disclosure.necessary", {"by": "me"}, "wrong-type"),
    ("disclosure.necessary", {"value": 1}, "wrong-type"),
    ("disclosure.necessary", {"value": None}, "wrong-type"),
    ("disclosure.necessary", {"value": True, "who": "me"}, "unknown-key"),
    ("disclosure.necessary", {"value": True, "by": None}, "wrong-type"),
    ("disclosure.necessary", {"value": True, "by": LONE}, "not-text"),
    ("disclosure.necessary", {"value": True, "at": 5}, "wrong-type"),
    ("disclosure.necessary", {"value": True, None: 5}, "unknown-key"),
]


@pytest.mark.parametrize(("mapping", "code", "path"), BAD, ids=map(str, range(len(BAD))))
def test_bad_requests(mapping: object, code: str, path: str) -> None:
    for ask in ("check_mapping", "explain_mapping"):
        error = _refused(ask, mapping)
        assert (error.code, error.path) == (code, path)
    assert _refused_by_from_mapping(mapping).code == code


@pytest.mark.parametrize(("key", "value", "code"), BAD_FACTS, ids=map(str, range(len(BAD_FACTS))))
def test_bad_facts(key: str, value: object, code: str) -> None:
    mapping = letters(**{key.replace(".", "__"): value})
    error = _refused("check_mapping", mapping)
    assert error.code == code
    assert error.path.startswith(f"facts.{key}")
    assert len(str(error)) < 300 and str(error).isprintable()
    assert _refused_by_from_mapping(mapping).code == code


@pytest.mark.parametrize(
    ("mapping", "hint"),
    [
        (letters() | {"recipient": "parnter"}, "did you mean 'partner'?"),
        (letters() | {"facts": {"subject.opted_uot": True}}, "did you mean 'subject.opted_out'?"),
        (letters() | {"recipent": "partner"}, "did you mean 'recipient'?"),
    ],
)
def test_misspellings_are_guessed(mapping: object, hint: str) -> None:
    assert hint in str(_refused("check_mapping", mapping))


def _refused(ask: str, argument: object) -> Any:
    module = checker()
    with pytest.raises(module.RequestError) as found:
        getattr(module, ask)(argument)
    assert isinstance(found.value, ValueError)
    return found.value


def _refused_by_from_mapping(mapping: object) -> Any:
    module = checker()
    with pytest.raises(module.RequestError) as found:
        module.Request.from_mapping(mapping)
    return found.value


# ------------------------------------------------------------------ requests as objects


def _bad_members() -> list[tuple[str, object]]:
    module = checker()
    return [
        ("data", ()),
        ("data", None),
        ("data", "name"),
        ("data", ("name",)),
        ("data", (module.Data.NAME, module.Data.NAME)),
        ("data", (module.State.HERE,)),
        ("recipient", "partner"),
        ("recipient", module.Purpose.SERVICE),
        ("recipient", None),
        ("subject_customer", 1),
        ("subject_customer", None),
        ("subject_customer", module.Attestation(True)),
        ("subject_notice_on", "2026-01-01"),
        ("subject_notice_on", datetime.datetime(2026, 1, 1)),
        ("subject_notice_on", datetime.date(1600, 1, 1)),
        ("subject_age", True),
        ("subject_age", 1.5),
        ("subject_age", 151),
        ("subject_states", "here"),
        ("subject_states", (module.State.HERE, module.State.HERE)),
        ("subject_states", frozenset({"here"})),
        ("subject_residence", module.Recipient.STAFF),
        ("recipient_contract", b"c"),
        ("recipient_contract", LONE),
        ("disclosure_length", datetime.timedelta(3)),
        ("disclosure_necessary", module.Attestation(1)),
        ("disclosure_necessary", module.Attestation(True, by=3)),
        ("disclosure_necessary", {"value": True}),
    ]


@pytest.mark.parametrize(("name", "value"), _bad_members())
def test_bad_objects(name: str, value: object) -> None:
    module = checker()
    with pytest.raises(module.RequestError) as found:
        module.Request(**{"data": (module.Data.NAME,), name: value})
    error = found.value
    assert error.path.replace(".", "_").startswith(("data", "recipient", "facts_"))


@pytest.mark.parametrize("thing", [None, {}, "request", letters()])
def test_no_request_at_all(thing: object) -> None:
    assert _refused("check", thing).code == "wrong-type"
    assert _refused("explain", thing).code == "wrong-type"


# ------------------------------------------------------------------ JSON text

BAD_TEXTS: list[tuple[object, str]] = [
    ("", "not-json"),
    ("{", "not-json"),
    ("nul", "not-json"),
    ("[]", "wrong-type"),
    ("null", "wrong-type"),
    ("1", "wrong-type"),
    ('{"data": ["name"]} {}', "not-json"),
    ('{"data": ["name"], "data": ["health"]}', "duplicate-key"),
    ('{"data": ["name"], "facts": {"a": 1, "a": 2}}', "duplicate-key"),
    ('{"data": NaN}', "not-json"),
    ('{"data": -Infinity}', "not-json"),
    ('{"data": ' + "9" * 5_000 + "}", "out-of-range"),
    ('{"data": -' + "9" * 5_000 + "}", "out-of-range"),
    ("[" * 100_000, "too-deep"),
    ('{"a":' * 100_000, "too-deep"),
    ("[" * 50_000 + "]" * 50_000, "too-deep"),
    (" " * 2_000_000, "too-large"),
    (b"\xff{}", "not-json"),
    (b"\xef\xbb\xbf{}", "not-json"),
    ("{}".encode("utf-16"), "not-json"),
    (None, "wrong-type"),
    ({"data": ["name"]}, "wrong-type"),
]


@pytest.mark.parametrize(("text", "code"), BAD_TEXTS, ids=map(str, range(len(BAD_TEXTS))))
def test_bad_texts(text: object, code: str) -> None:
    assert _refused("parse_request", text).code == code


def test_many_keys_of_which_one_stands_twice() -> None:
    keys = [*(f'"k{n}": 1' for n in range(60_000)), '"k59999": 1']
    assert _refused("parse_request", "{" + ",".join(keys) + "}").code == "duplicate-key"


def test_good_texts() -> None:
    module = checker()
    text = json.dumps(letters(recipient__contract='[[{"' * 40 + "\\"))
    assert module.parse_request(text) == json.loads(text)
    assert module.parse_request(text.encode()) == json.loads(text)
    assert module.check_mapping(module.parse_request(text)).outcome == "permit"


@pytest.mark.parametrize("number", ["1e400", "1.0", "-0.0", "1e3"])
def test_floats_are_no_integers(number: str) -> None:
    mapping = checker().parse_request(f'{{"data": ["name"], "facts": {{"subject.age": {number}}}}}')
    assert _refused("check_mapping", mapping).code == "wrong-type"
