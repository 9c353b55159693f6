"""`privity verify`: exit codes, words and JSON; modules that are none at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.schemas import problems
from tests.validate.modules import ROOT, corpus

from privity.cli.main import main

POLICY = str(ROOT / "policies" / "metlife" / "customer_privacy.privity")


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("verify") / "checker.py"
    path.write_text(corpus("customer_privacy").text, "utf-8")
    return path


def faulty(module: Path) -> Path:
    """With a sale that the fast path takes for none."""
    text = module.read_text("utf-8")
    place = text.index("disclosure_sold is True", text.index("def _settle("))
    path = module.with_name("faulty.py")
    path.write_text(text[:place] + text[place:].replace(" is True", " is False", 1), "utf-8")
    return path


def test_a_module_is_validated(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(module), "--policy", POLICY]) == 0
    assert "validated against metlife.customer_privacy" in capsys.readouterr().out


def test_a_faulty_module_is_refused(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(faulty(module)), "--policy", POLICY]) == 1
    said = capsys.readouterr().out
    assert "the policy says" in said and "the module says" in said and "is sold" in said


@pytest.mark.parametrize("fault", [False, True])
def test_json(module: Path, capsys: pytest.CaptureFixture[str], fault: bool) -> None:
    path = faulty(module) if fault else module
    code = main(["verify", str(path), "--policy", POLICY, "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    assert problems(found, "verify") == []
    assert (code, found["result"]) == ((1, "refused") if fault else (0, "proved"))
    for finding in found["findings"]:
        assert problems(finding["request"], "request") == []
        assert finding["policy_says"] != finding["module_says"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"print('hello')", b"(" * 5_000, b"x = " + b"1 + " * 50_000 + b"1", b"\0"],
)
def test_what_is_no_checker_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_bytes(content)
    assert main(["verify", str(path), "--policy", POLICY]) == 1


def test_what_is_not_there(tmp_path: Path) -> None:
    assert main(["verify", str(tmp_path / "no.py"), "--policy", POLICY]) == 2
    assert main(["verify", POLICY]) == 2
    assert main(["verify", str(tmp_path / "no.py"), "--policy", str(tmp_path / "no")]) == 2


def test_a_policy_with_errors(module: Path, tmp_path: Path) -> None:
    policy = tmp_path / "broken.privity"
    policy.write_text("policy broken\notherwise deny\npermit x\n", "utf-8")
    assert main(["verify", str(module), "--policy", str(policy)]) == 3
