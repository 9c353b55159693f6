"""Input that nobody would write by accident: a word, the right exit code, never a permit."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from privity.cli.main import main

POLICIES = Path(__file__).parent / "policies"

HEADER = "policy p otherwise deny\n"
ROLES = "taxonomy data { a }\ntaxonomy recipient { b }\ntaxonomy purpose { c }\n"

TEXTS: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \n\t\n",
    "comment": b"# nothing else",
    "zeros": b"\0" * 1000,
    "a zero inside": (HEADER + ROLES).encode() + b"# \0",
    "utf-16": (HEADER + ROLES).encode("utf-16"),
    "utf-16 without a mark": (HEADER + ROLES).encode("utf-16-le"),
    "latin-1": (HEADER + "# caf\xe9").encode("latin-1"),
    "cut inside a character": (HEADER + "# \u20ac").encode()[:-1],
    "bytes": bytes(range(256)),
    "brackets": (HEADER + "define d = " + "(" * 100_000 + "true" + ")" * 100_000).encode(),
    "open brackets": (HEADER + "define d = " + "(" * 100_000).encode(),
    "braces": (HEADER + "taxonomy t " + "{ x " * 100_000 + "}" * 100_000).encode(),
    "nots": (HEADER + "define d = " + "not " * 100_000 + "true").encode(),
    "digits": (HEADER + "parameter x = " + "9" * 5000).encode(),
    "a long word": (HEADER + "parameter " + "x" * 1_000_000 + " = 1").encode(),
    "a bad name": (HEADER + "parameter __import__ = 1").encode(),
    "an injected name": (HEADER + "parameter '; drop table = 1").encode(),
    "right to left": (HEADER + "# \u202e").encode(),
    "a look-alike": (HEADER + "parameter p\u0430y = 1").encode(),
    "an open text": (HEADER + 'source s "').encode(),
    "the calendar's end": (
        HEADER + ROLES + "fact disclosure.on : date\n"
        "define d = disclosure.on is after 9999-12-31 + 30 days"
    ).encode(),
    "the calendar's very end": (HEADER + "parameter x = 9899-12-31 + 99999999 days").encode(),
    "no such day": (HEADER + "parameter x = 2026-02-30").encode(),
    "a use of itself": (HEADER + "use p").encode(),
    "far too much": b"#" * (16 * 2**20 + 1),
}

COMMANDS = {
    "check": ["check", "{file}"],
    "prove": ["prove", "{file}"],
    "test": ["test", "{file}"],
    "build": ["build", "{file}", "--no-prove"],
    "decide": ["decide", "{file}", "--request", str(POLICIES / "asked.json")],
    "explain": ["explain", "{file}", "--request", str(POLICIES / "asked.json")],
    "trace": ["trace", "{file}"],
    "fmt": ["fmt", "--check", "{file}"],
}


@pytest.fixture
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_policy_text(command: str, name: str, clean: Path, privity: Callable[..., Any]) -> None:
    (clean / "p.privity").write_bytes(TEXTS[name])
    ran = privity(*(part.format(file="p.privity") for part in COMMANDS[command]))
    # To the formatter alone, some of these are only out of style.
    assert ran.code in ((1, 3) if command == "fmt" else (3,)), ran
    assert ran.code != 3 or "error[" in ran.out + ran.err
    assert ran.out == "" or command in ("check", "fmt")


@pytest.mark.parametrize("name", TEXTS)
def test_claims_text(name: str, clean: Path, privity: Callable[..., Any]) -> None:
    """A broken file of claims is a diagnostic, and never leaves its claims out in silence."""
    assert privity("init", ".").code == 0
    broken = TEXTS[name].replace(HEADER.encode(), b"claims for example.newsletter\n")
    file = clean / "proofs" / "example" / "newsletter.privity"
    file.write_bytes(broken)
    ran = privity("prove", "policies/example/newsletter.privity")
    assert ran.code in (2, 3), ran
    assert privity("check", file).code == 3
    assert privity("prove", "policies/example/newsletter.privity", "--claims", file).code in (2, 3)


def deep(opening: str, closing: str) -> str:
    return opening * 100_000 + closing * 100_000


LEAVES = '"data": ["contact"], "recipient": "bank", "purpose": "advertising"'

REQUESTS: dict[str, bytes] = {
    "empty": b"",
    "blank": b"  ",
    "zeros": b"\0" * 1000,
    "utf-16": json.dumps({"data": ["contact"]}).encode("utf-16"),
    "latin-1": b'{"data": ["caf\xe9"]}',
    "a mark": b"\xef\xbb\xbf" + json.dumps({"data": ["contact"]}).encode(),
    "cut off": b'{"data": ["contact"]',
    "two": b'{"data": ["contact"]} {"data": ["contact"]}',
    "brackets": deep("[", "]").encode(),
    "brackets inside": f'{{"data": {deep("[", "]")}}}'.encode(),
    "braces": deep('{"data":', "}").encode(),
    "open brackets": b"[" * 100_000,
    "digits": f'{{{LEAVES}, "facts": {{"subject.age": {"9" * 5000}}}}}'.encode(),
    "negative digits": f'{{{LEAVES}, "facts": {{"subject.age": -{"9" * 5000}}}}}'.encode(),
    "not a number": f'{{{LEAVES}, "facts": {{"subject.age": NaN}}}}'.encode(),
    "infinity": f'{{{LEAVES}, "facts": {{"subject.age": -Infinity}}}}'.encode(),
    "a fraction": f'{{{LEAVES}, "facts": {{"subject.age": 18.0}}}}'.encode(),
    "an exponent": f'{{{LEAVES}, "facts": {{"subject.age": 18e0}}}}'.encode(),
    "true for one": f'{{{LEAVES}, "facts": {{"subject.age": true}}}}'.encode(),
    "one for true": f'{{{LEAVES}, "facts": {{"subject.vip": 1}}}}'.encode(),
    "a key twice": f'{{{LEAVES}, "data": ["contact"]}}'.encode(),
    "a fact twice": f'{{{LEAVES}, "facts": {{"subject.vip": 0, "subject.vip": 1}}}}'.encode(),
    "a leaf twice": b'{"data": ["contact", "contact"]}',
    "no data": b"{}",
    "empty data": b'{"data": []}',
    "an inner name": b'{"data": ["health"]}',
    "a look-alike": '{"data": ["cont\u0430ct"]}'.encode(),
    "an injected name": b'{"data": ["\'; drop table users; --"]}',
    "an attribute": f'{{{LEAVES}, "facts": {{"__class__": true}}}}'.encode(),
    "a lone surrogate": f'{{{LEAVES}, "facts": {{"sender.license": "\\ud800"}}}}'.encode(),
    "an unknown key": f'{{{LEAVES}, "outcome": "permit"}}'.encode(),
    "none where none cannot be": f'{{{LEAVES}, "facts": {{"subject.vip": null}}}}'.encode(),
    "before the calendar": f'{{{LEAVES}, "facts": {{"disclosure.on": "1699-12-31"}}}}'.encode(),
    "after the calendar": f'{{{LEAVES}, "facts": {{"disclosure.on": "9900-01-01"}}}}'.encode(),
    "no such day": f'{{{LEAVES}, "facts": {{"disclosure.on": "2026-02-30"}}}}'.encode(),
    "a list": b"[]",
    "null": b"null",
    "a text": b'"permit"',
    "far too much": b'{"data": ["' + b"x" * 3_000_000 + b'"]}',
}


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("command", ["decide", "explain"])
def test_request(command: str, name: str, clean: Path, privity: Callable[..., Any]) -> None:
    (clean / "r.json").write_bytes(REQUESTS[name])
    policy = POLICIES / "zoo.privity"
    for file, stdin in (("r.json", b""), ("-", REQUESTS[name])):
        ran = privity(command, policy, "--request", file, stdin=stdin)
        assert ran.code == 2, ran
        assert ran.out == ""
        assert ran.err.startswith("error: ")
        assert ran.err.count("\n") == 1
        assert len(ran.err) < 1000


def test_a_batch_goes_on_after_each_of_them(clean: Path, privity: Callable[..., Any]) -> None:
    bad = [text for text in REQUESTS.values() if b"\n" not in text]
    good = f'{{{LEAVES}, "facts": {{"subject.vip": false}}}}'.encode()
    lines = [line for text in bad for line in (text, good)]
    (clean / "r.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    ran = privity("decide", POLICIES / "zoo.privity", "--requests", "r.jsonl")
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert len(answers) == len(lines)
    for number, (refused, answered) in enumerate(zip(answers[::2], answers[1::2], strict=True)):
        assert refused["line"] == 2 * number + 1
        assert set(refused) == {"line", "error"}
        assert answered["outcome"] == "deny"
    assert ran.code == 1


def test_the_last_day_of_the_calendar(clean: Path, privity: Callable[..., Any]) -> None:
    """Its deadline lies beyond what requests may state, and is still a day."""
    facts = {
        "subject.vip": True, "subject.age": 18, "subject.opted_out": False,
        "disclosure.on": "9899-12-31",
    }  # fmt: skip
    request = {"data": ["contact"], "recipient": "bank", "purpose": "advertising", "facts": facts}
    ran = privity("decide", POLICIES / "zoo.privity", "--request", "-",
                  stdin=json.dumps(request).encode())  # fmt: skip
    assert ran.code == 0
    assert json.loads(ran.out)["duties"][0]["deadline"] == "9900-01-03"


# ------------------------------------------------------------------ files and folders


def places(clean: Path) -> Iterator[str]:
    (clean / "folder.privity").mkdir()
    (clean / "loop.privity").symlink_to("loop.privity")
    yield "missing.privity"
    yield "folder.privity"
    yield "loop.privity"
    yield "\0.privity"
    yield "x" * 5000
    yield "not/a/folder.privity"
    yield ""
    if os.geteuid() != 0:
        (clean / "secret.privity").write_bytes(b"")
        (clean / "secret.privity").chmod(0)
        yield "secret.privity"


@pytest.mark.parametrize("command", COMMANDS)
def test_files_that_cannot_be_read(command: str, clean: Path, privity: Callable[..., Any]) -> None:
    for place in places(clean):
        ran = privity(*(part.format(file=place) for part in COMMANDS[command]))
        assert ran.code == 2, (place, ran)
        assert ran.out == ""
        assert ran.err.startswith("error: cannot read ")
        assert ran.err.splitlines()[1:] in ([], ["0 of 1 file would change"])
        assert "\0" not in ran.err


def test_vocabularies_in_a_circle(clean: Path, privity: Callable[..., Any]) -> None:
    (clean / "p.privity").write_text("policy p otherwise deny\nuse a\n")
    (clean / "a.privity").write_text("vocabulary a\nuse b\n")
    (clean / "b.privity").write_text("vocabulary b\nuse a\n")
    ran = privity("check", "p.privity")
    assert ran.code == 3
    assert "cyclic-use" in ran.out


def test_a_vocabulary_that_is_a_folder(clean: Path, privity: Callable[..., Any]) -> None:
    (clean / "p.privity").write_text("policy p otherwise deny\nuse a\n")
    (clean / "a.privity").mkdir()
    ran = privity("check", "p.privity")
    assert ran.code == 3
    assert "module-not-found" in ran.out


def test_names_that_a_terminal_would_obey(clean: Path, privity: Callable[..., Any]) -> None:
    name = "\x1b[2J\u202emissing.privity"
    ran = privity("check", name)
    assert ran.code == 2
    assert "\x1b" not in ran.err
    assert "\u202e" not in ran.err
    (clean / name).write_text("policy p otherwise deny\npermit")
    ran = privity("check", name)
    assert ran.code == 3
    assert "\x1b" not in ran.out


def test_a_closed_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    policy = str(POLICIES / "zoo.privity")
    for line in (["decide", policy, "--request", "-"], ["decide", policy, "--requests", "-"],
                 ["fmt", "-"], ["explain", policy, "--request", "-"]):  # fmt: skip
        assert main(line) == 2
        assert capsys.readouterr().err == "error: cannot read standard input: it is closed\n"


@pytest.mark.parametrize(
    "toml",
    [
        "[tool.privity",
        "[tool.privity]\nproof = 'proofs'",
        "[tool.privity]\nproofs = 1",
        "[tool.privity]\nproofs = 'nowhere'",
        "[tool.privity]\ntimeout = 'long'",
        "[tool.privity]\ntimeout = true",
        "[tool.privity]\njobs = 0",
        "[tool]\nprivity = 1",
        "\0",
        "x = " + "[" * 100_000,
    ],
)
def test_settings(toml: str, started: Path, privity: Callable[..., Any]) -> None:
    (started / "pyproject.toml").write_text(toml)
    ran = privity("prove", "policies/example/newsletter.privity")
    assert ran.code == 2
    assert "pyproject.toml" in ran.err
    assert ran.err.count("\n") == 1
