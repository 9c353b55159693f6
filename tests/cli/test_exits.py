"""The exit code of every command, for every way it can end."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from privity.cli import main as entry
from privity.cli.exits import Exit, worst
from privity.diagnostics.diagnostic import InternalError

POLICIES = Path(__file__).parent / "policies"
REQUEST = '{"data": ["contact"], "recipient": "bank", "purpose": "advertising", "facts": %s}'
PERMIT = REQUEST % '{"subject.vip": true, "subject.age": 18, "subject.opted_out": false}'
DENY = REQUEST % '{"subject.vip": false}'
UNKNOWN = REQUEST % "{}"
BAD = REQUEST % '{"subject.vip": 1}'

EXITS = [
    (0, "--help"),
    (0, "--version"),
    (2, ""),
    (2, "frobnicate"),
    (2, "check"),
    (2, "chec zoo.privity"),
    (0, "check zoo.privity"),
    (0, "check words.privity"),
    (0, "check proofs/zoo.privity"),
    (3, "check broken.privity"),
    (2, "check missing.privity"),
    (2, "check ."),
    (1, "prove zoo.privity"),
    (0, "prove zoo.privity --claim known_to_fail"),
    (1, "prove zoo.privity --claim thought_to_fail"),
    (1, "prove zoo.privity --claim empty"),
    (0, "prove strict_zoo.privity --claims ../more_claims.privity"),
    (0, "prove strict_zoo.privity --claims ../more_claims.privity --jobs 2"),
    (2, "prove strict_zoo.privity"),
    (2, "prove strict_zoo.privity --claims proofs/missing.privity"),
    (2, "prove strict_zoo.privity --claims ."),
    (2, "prove zoo.privity --claim nothing_like_it"),
    (2, "prove zoo.privity --timeout 0"),
    (2, "prove zoo.privity --timeout nan"),
    (2, "prove zoo.privity --rlimit -1"),
    (2, "prove zoo.privity --jobs many"),
    (2, "prove zoo.privity --as-of 2026-02-30"),
    (2, "prove zoo.privity --format sarif"),
    (2, "prove words.privity"),
    (3, "prove broken.privity"),
    (2, "prove proofs/zoo.privity"),
    (4, "prove zoo.privity --claim no_service --rlimit 1"),
    (1, "test zoo.privity"),
    (2, "test untidy.privity"),
    (3, "test broken.privity"),
    (2, "test missing.privity"),
    (1, "build zoo.privity"),
    (0, "build zoo.privity --no-prove"),
    (2, "build strict_zoo.privity"),
    (0, "build strict_zoo.privity --claims ../more_claims.privity"),
    (2, "build zoo.privity --no-prove --target cobol"),
    (2, "build zoo.privity --no-prove --out zoo.privity"),
    (2, "build zoo.privity --no-prove --out words.privity"),
    (2, "build zoo.privity --no-prove --out proofs"),
    (2, "build zoo.privity --no-prove --out missing/checker.py"),
    (3, "build broken.privity --no-prove"),
    (2, "decide zoo.privity"),
    (2, "decide zoo.privity --request missing.json"),
    (2, "decide zoo.privity --requests missing.jsonl"),
    (2, "decide zoo.privity --request ."),
    (2, "decide zoo.privity --request asked.json --requests many.jsonl"),
    (2, "decide words.privity --request asked.json"),
    (3, "decide broken.privity --request asked.json"),
    (1, "decide zoo.privity --request asked.json"),
    (0, "explain"),
    (0, "explain reserved-name"),
    (2, "explain nothing-of-the-kind"),
    (2, "explain zoo.privity"),
    (2, "explain --request asked.json"),
    (1, "explain zoo.privity --request asked.json"),
    (1, "trace zoo.privity"),
    (2, "trace missing.privity"),
    (3, "trace broken.privity"),
    (1, "strength zoo.privity"),
    (0, "fmt --check zoo.privity"),
    (1, "fmt --check untidy.privity"),
    (1, "fmt --diff untidy.privity"),
    (2, "fmt missing.privity"),
    (0, "completion bash"),
    (0, "completion zsh"),
    (2, "completion tcsh"),
]


@pytest.mark.parametrize(("code", "line"), EXITS)
def test_exit(
    code: int, line: str, privity: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(POLICIES)
    ran = privity(*line.split())
    assert ran.code == code, ran
    if code in (2, 3):
        assert ran.err
        assert "internal" not in ran.err


def test_what_to_name_instead(privity: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(POLICIES)
    assert "name a policy that uses it" in privity("prove", "words.privity").err
    claims = privity("prove", "proofs/zoo.privity").err
    assert "name the policy that they are about, `zoo` or `strict_zoo`" in claims
    assert "run privity test / privity prove" in privity("strength", "zoo.privity").err


def test_each_command_completes_its_own_formats(privity: Callable[..., Any]) -> None:
    ask = (
        'ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _privity; echo "${COMPREPLY[@]}"; }\n'
        'ask privity trace --format ""\n'
        'ask privity --color never check zoo.privity --format ""\n'
        "ask privity prove --color a\n"
    )
    script = privity("completion", "bash").out + ask
    said = subprocess.run(["bash"], input=script, capture_output=True, text=True, check=True)
    assert said.stdout.splitlines() == ["text json markdown csv", "text json github", "auto always"]


@pytest.mark.parametrize(
    ("code", "request_text"), [(0, PERMIT), (1, DENY), (4, UNKNOWN), (2, BAD), (2, "")]
)
def test_a_request_on_standard_input(
    code: int, request_text: str, privity: Callable[..., Any]
) -> None:
    for command in ("decide", "explain"):
        ran = privity(command, POLICIES / "zoo.privity", "--request", "-",
                      stdin=request_text.encode())  # fmt: skip
        assert ran.code == code, ran
        assert bool(ran.out) == (code != 2)


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        (0, [PERMIT]),
        (0, [PERMIT, PERMIT]),
        (1, [PERMIT, DENY]),
        (4, [PERMIT, UNKNOWN]),
        (2, [PERMIT, BAD]),
        (1, [PERMIT, UNKNOWN, DENY, BAD]),
        (4, [PERMIT, UNKNOWN, BAD]),
        (2, []),
    ],
)
def test_a_batch(code: int, lines: list[str], privity: Callable[..., Any]) -> None:
    for some in permutations(lines):
        stdin = "".join(f"{line}\n" for line in some).encode()
        ran = privity("decide", POLICIES / "zoo.privity", "--requests", "-", stdin=stdin)
        assert ran.code == code
        assert len(ran.out.splitlines()) == len(lines)


def test_what_wins_does_not_depend_on_the_order() -> None:
    codes = [Exit.OK, Exit.USAGE, Exit.UNKNOWN, Exit.FINDING, Exit.ERRORS]
    for count in range(1, len(codes) + 1):
        for some in permutations(codes[:count]):
            assert worst(some) is codes[count - 1]
    assert worst([]) is Exit.OK


def raising(error: BaseException) -> Callable[..., int]:
    def run(*_: object) -> int:
        raise error

    return run


@pytest.mark.parametrize(
    ("code", "error", "said"),
    [
        (4, InternalError("two engines"), "internal error"),
        (4, RecursionError("too deep"), "internal error"),
        (4, KeyError("name"), "internal error"),
        (4, MemoryError(), "internal error"),
        (130, KeyboardInterrupt(), "interrupted"),
        (141, BrokenPipeError(), ""),
        (2, PermissionError(13, "Permission denied", "there"), "there: permission denied"),
    ],
)
def test_whatever_happens_is_said_on_one_line(
    code: int, error: BaseException, said: str, privity: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("privity.cli.init.run", raising(error))
    monkeypatch.setattr(entry, "_forget_output", lambda: None)
    ran = privity("init")
    assert ran.code == code
    assert said in ran.err
    assert ran.err.count("\n") <= 1


def test_debug_shows_the_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("privity.cli.init.run", raising(KeyError("name")))
    assert entry.main(["--debug", "init"]) == 4
    assert "Traceback" in capsys.readouterr().err


def verdict_exits(verdicts: Iterable[Any]) -> int:
    from privity.cli.proving import exit_of

    return exit_of(verdicts)


def test_verdicts_that_mix() -> None:
    from privity.diagnostics.span import NOWHERE
    from privity.model.formula import TRUE
    from privity.model.nodes import Claim, DecidesTheSame
    from privity.prove.nodes import Verdict

    claim = Claim("c", None, DecidesTheSame("q", True), TRUE, TRUE, None, (), (), (), NOWHERE)

    def verdict(word: Any, **more: Any) -> Verdict:
        return Verdict(claim, "p", word, "", **more)

    proved, unknown = verdict("proved"), verdict("unknown")
    refuted, vacuous = verdict("refuted"), verdict("vacuous")
    expected, surprise = verdict("refuted", expected="so"), verdict("proved", expected="so")
    disagreement = verdict("unknown", disagreement=True)
    assert verdict_exits([proved, expected]) == 0
    assert verdict_exits([proved, vacuous]) == 1
    assert verdict_exits([surprise]) == 1
    assert verdict_exits([proved, unknown]) == 4
    assert verdict_exits([unknown, refuted]) == 1
    assert verdict_exits([refuted, disagreement]) == 4
    assert verdict_exits([verdict("unknown", expected="so")]) == 4
