"""What is no request is a RequestError in TypeScript as in Python: the same code, the same path."""

from __future__ import annotations

import json

import pytest
from tests.emit.example import checker, example, letters, without
from tests.targets.node import Node

from privity.emit.typescript import emit_typescript

LETTERS = json.dumps(letters())

TEXTS = [
    "", " ", "[]", "null", "1", '"a"', "{", "{}", '{"data": []}', '{"data": ["name"',
    '{"data": ["name"]} x', '{"data": ["name"],}', "{'data': ['name']}", '{"data": "name"}',
    '{"data": {"0": "name", "length": 1}}', '{"data": [["name"]]}', '{"data": [null]}',
    '{"data": ["name", "name"]}', '{"data": ["nam"]}', '{"data": ["__proto__"]}',
    '{"data": ["constructor"]}', '{"data": ["name"], "data": ["health"]}',
    '{"data": ["name"], "facts": {}, "facts": {"subject.opted_out": false}}',
    '{"data": ["name"], "__proto__": {"recipient": "staff"}}',
    '{"__proto__": {"data": ["name"]}}', '{"data": ["name"], "constructor": 1}',
    '{"data": ["name"], "facts": {"__proto__": {"subject.customer": true}}}',
    '{"data": ["name"], "facts": []}', '{"data": ["name"], "facts": null}',
    '{"data": ["name"], "facts": "x"}', '{"data": ["name"], "recipient": null}',
    '{"data": ["name"], "recipient": ["staff"]}', '{"data": ["name"], "recipient": "recipient"}',
    '{"data": ["name"], "recipient": "toString"}', '{"data": ["name"], "subject": "x"}',
    '{"data": ["name"], "subject.customer": true}',
    '{"data": ["name"], "subject.residence": "here"}', '{"data": ["name"], "facts": {"data": 1}}',
    '{"data": ["name"], "facts": {"recipient": "staff"}}', "\ufeff{}", "{\u00a0}",
    '{"data": ["name"], "x": NaN}', '{"data": ["name"], "x": Infinity}', "[" * 100_000,
    '{"data": ' + "[" * 16 + "]" * 16 + "}", '{"data": ["name"], "x": "' + "\\n" * 300_000 + '"}',
    '{"data": ["name"], "x": "' + "a" * 900_000, '{"data": ["name"], "x": "\t"}', "x" * 1_000_001,
    '{"data": ["name"], "x": "\\x41"}', '{"data": ["name"], "x": tru}', '{"data" ["name"]}',
]  # fmt: skip

VALUES = {
    "subject.customer": ["1", "0", '"true"', "null", "[]", "{}", '{"value": true}', "-0"],
    "subject.age": [
        "true", '"40"', "40.0", "4e1", "40.5", "1e400", "-1e400", "-1", "151", "9007199254740993",
        "99999999999999999999", "999999999999999999999", "[40]", "null", '{"value": 40}', "040",
        "+40", "0x28", "40n",
    ],
    "disclosure.length": ["366", "-1", "true", '"3 days"', "1e0"],
    "disclosure.on": [
        '"2026-02-30"', '"2026-2-03"', '"2026-02-03T00:00:00Z"', '"20260203"', '"2026-13-01"',
        '"2026-00-10"', '"0000-01-01"', '"1699-12-31"', '"9900-01-01"', '"2023-02-29"', "0", "null",
        '"\\u0662026-02-03"', '"2026-02-3 "', '"+026-02-03"', '"2100-02-29"', '"2026-02-03\\n"',
    ],
    "subject.notice_on": ["false", '""', '"none"', "[]", '"2026-02-31"'],
    "recipient.contract": ["1", "null", "[]", '"\\ud800"', '"a\\udc00b"', '"\\udc00\\ud800"'],
    "subject.states": [
        '"here"', "null", '["here", "here"]', '["state"]', '["nowhere"]', "[1]", '{"here": true}',
        '{"0": "here"}', "[[]]",
    ],
    "subject.residence": ["0", '["here"]', '"state"', '"Here"', "true"],
    "disclosure.necessary": [
        "null", '"true"', "1", "[]", "{}", '{"value": null}', '{"value": 1}', '{"by": "x"}',
        '{"value": true, "who": "x"}', '{"value": true, "by": 1}', '{"value": true, "at": null}',
        '{"value": true, "__proto__": {}}', '{"value": true, "by": "\\ud800"}',
    ],
    "subject.nothing": ["true"],
    "toString": ["true"],
    "hasOwnProperty": ["true"],
}  # fmt: skip


def _with(fact: str, value: str) -> str:
    """The request that is permitted, with the JSON text `value` for a fact."""
    rest = json.dumps(without(letters(), fact))
    return rest.replace('"facts": {', f'"facts": {{{json.dumps(fact)}: {value}, ', 1)


HOSTILE = TEXTS + [_with(fact, value) for fact, values in VALUES.items() for value in values]


def test_texts_are_read_as_in_python(node: Node) -> None:
    answers = node.ask(emit_typescript(example()), HOSTILE)
    for text, answer in zip(HOSTILE, answers, strict=True):
        module = checker()
        try:
            decision = module.check_mapping(module.parse_request(text))
        except module.RequestError as error:
            assert "error" in answer, (text[:200], answer)
            found = answer["error"]["code"], answer["error"]["path"]
            assert found == (error.code, error.path), (text[:200], answer)
        else:
            assert _kind(answer) == decision.outcome, text[:200]
    errors = sum("error" in answer for answer in answers)
    assert errors > 0.9 * len(HOSTILE)


LENIENT = ("40.0", "4e1", "1e0")
"""Numbers that JSON.parse makes whole: `check` cannot know how they were written."""
TWICE = ('"data": ["health"]}', '"facts": {}, "facts"')


def test_objects_are_checked_like_texts(node: Node) -> None:
    """What JSON.parse lets through is refused by `check`, but for keys that stand twice."""
    texts = [text for text in HOSTILE if _is_json(text) and not any(t in text for t in TWICE)]
    assert len(texts) > 100
    source = emit_typescript(example())
    pairs = zip(texts, node.ask(source, texts), node.ask(source, texts, "object"), strict=True)
    for text, strict, lenient in pairs:
        if strict.get("error", {}).get("path") == "":  # of the text as a whole, its depth say
            assert "error" in lenient
        elif not any(f": {number}," in text for number in LENIENT):
            assert _kind(strict) == _kind(lenient), text[:200]


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=lambda name: 1 / 0)
    except (ValueError, ZeroDivisionError, RecursionError):
        return False
    return not text.startswith("\ufeff")


def _kind(answer: dict[str, object]) -> object:
    match answer:
        case {"error": {"code": code, "path": path}}:
            # A huge number is a huge number, however it is written.
            return "number" if code in ("out-of-range", "wrong-type") else code, path
        case {"decision": {"outcome": outcome}}:
            return outcome
        case _:
            return answer


PERMITTED = f"JSON.parse({json.dumps(LETTERS)})"

SCRIPTS = {
    "null": "wrong-type",
    "undefined": "wrong-type",
    "[]": "wrong-type",
    "'{}'": "wrong-type",
    "() => ({})": "wrong-type",
    f"new Map(Object.entries({PERMITTED}))": "wrong-type",
    f"Object.create({PERMITTED})": "wrong-type",
    f"new (class {{ constructor() {{ Object.assign(this, {PERMITTED}); }} }})()": "wrong-type",
    f"({{...{PERMITTED}, facts: Object.create({PERMITTED}.facts)}})": "wrong-type",
    f"({{...{PERMITTED}, [Symbol('x')]: 1}})": "unknown-key",
    f"({{...{PERMITTED}, extra: undefined}})": "unknown-key",
    f"Object.defineProperty({PERMITTED}, 'hidden', {{value: 1}})": "unknown-key",
    f"({{...{PERMITTED}, data: new Set(['name'])}})": "wrong-type",
    f"({{...{PERMITTED}, data: ['name', ,]}})": "wrong-type",
    f"({{...{PERMITTED}, data: new Array(4000000000)}})": "wrong-type",
    f"({{...{PERMITTED}, data: {{length: 1, 0: 'name'}}}})": "wrong-type",
    f"({{...{PERMITTED}, data: [new String('name')]}})": "wrong-type",
}
CHANGED = {
    "'subject.customer'": ["new Boolean(true)", "1n", "Symbol.iterator"],
    "'subject.age'": [
        "NaN", "Infinity", "-Infinity", "40.5", "40n", "new Number(40)", "2**53", "1e308", "'40'",
        "new Date()",
    ],
    "'disclosure.on'": ["new Date(0)", "0", "new String('2026-03-01')", "'2026-03-01\\u0000'"],
    "'disclosure.necessary'": [
        "new (class { value = true })()", "[true]", "Object.create({value: true})",
    ],
    "'subject.states'": ["new Set(['here'])", "'here'", "{0: 'here', length: 1}"],
}  # fmt: skip
SCRIPTS |= {
    f"(r => {{ r.facts[{fact}] = {value}; return r; }})({PERMITTED})": ""
    for fact, values in CHANGED.items()
    for value in values
}


def test_objects_that_json_has_not(node: Node) -> None:
    answers = node.ask(emit_typescript(example()), list(SCRIPTS), "script")
    for (script, code), answer in zip(SCRIPTS.items(), answers, strict=True):
        assert "error" in answer, (script, answer)
        assert answer["error"]["code"] in ([code] if code else ["wrong-type", "out-of-range"])


POLLUTED = """
(() => {
  const keys = ["recipient", "facts", "purpose", "data", "subject.customer", "value", "label",
    "optional", "0", "1", "length", "outcome", "deadline", "text", "bounds"];
  for (const key of keys) {
    if (!(key in Object.prototype)) Object.defineProperty(Object.prototype, key,
      { value: key === "facts" ? {} : "staff", configurable: true, writable: true });
  }
  return REQUEST;
})()
"""
CLEANED = """
(() => {
  for (const key of Object.getOwnPropertyNames(Object.prototype)) {
    if (!KEEP.has(key)) delete Object.prototype[key];
  }
  return null;
})()
"""


def test_a_polluted_prototype_changes_nothing(node: Node) -> None:
    keep = "globalThis.KEEP = new Set(Object.getOwnPropertyNames(Object.prototype)), null"
    partial = '{data: ["name"], recipient: "partner", purpose: "marketing", facts: {}}'
    scripts = [partial, PERMITTED, '({data: ["name"]})', "({})"]
    scripts = [f"({script})" for script in scripts]
    polluted = [POLLUTED.replace("REQUEST", script) for script in scripts]
    source = emit_typescript(example())
    answers = node.ask(source, [keep, *scripts, *polluted, CLEANED], "script")
    plain, changed = answers[1 : 1 + len(scripts)], answers[1 + len(scripts) : -1]
    assert plain == changed
    assert [_kind(answer) for answer in plain] == [
        "unknown",
        "permit",
        "unknown",
        ("missing-data", "data"),
    ]


@pytest.mark.parametrize("value", ["-0", "0"])
def test_zero_has_no_sign(node: Node, value: str) -> None:
    texts = [_with("disclosure.length", value)]
    assert _kind(node.ask(emit_typescript(example()), texts)[0]) == "permit"
