"""Which files are read, and what is written: whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from privity.cli import files
from privity.cli.faults import UsageError
from privity.cli.settings import settings_for
from privity.cli.workspace import claimed, kind_of

POLICY = "policies/example/newsletter.privity"
CLAIMS = "proofs/example/newsletter.privity"


def test_what_init_makes_holds(started: Path, privity: Callable[..., Any]) -> None:
    assert privity("check", POLICY, CLAIMS).err == "2 files checked: 0 errors\n"
    assert privity("fmt", "--check", POLICY, CLAIMS).code == 0
    proved = privity("prove", POLICY)
    assert proved.code == 0
    assert "5 claims, 5 proved" in proved.out
    assert privity("test", POLICY).out == "3 scenarios passed\n"
    assert privity("trace", POLICY).code == 0
    assert len((started / "README.md").read_text().splitlines()) == 5


def test_init_overwrites_nothing(tmp_path: Path, privity: Callable[..., Any]) -> None:
    (tmp_path / "README.md").write_text("mine")
    ran = privity("init", tmp_path)
    assert ran.code == 2
    assert "README.md" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]
    assert (tmp_path / "README.md").read_text() == "mine"
    assert privity("init", tmp_path / "README.md").code == 2


def test_claims_are_found_from_any_folder(
    started: Path, privity: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The root is told by the absolute path of the policy."""
    for folder, path in (
        (".", POLICY),
        ("policies", "example/newsletter.privity"),
        ("policies/example", "newsletter.privity"),
        ("proofs", f"../{POLICY}"),
        ("/", str(started / POLICY)),
    ):
        monkeypatch.chdir(started / folder)
        ran = privity("prove", path)
        assert ran.code == 0, ran
        assert "5 claims, 5 proved" in ran.out


def test_without_settings_the_folder_beside_the_root(
    started: Path, privity: Callable[..., Any]
) -> None:
    (started / "pyproject.toml").unlink()
    assert privity("prove", POLICY).code == 0
    (started / "proofs").rename(started / "elsewhere")
    assert privity("prove", POLICY).code == 2
    (started / "pyproject.toml").write_text("[tool.privity]\nproofs = 'elsewhere'\n")
    assert privity("prove", POLICY).code == 0
    (started / "policies" / "pyproject.toml").write_text("[tool.other]\n")
    ran = privity("prove", POLICY)
    assert ran.code == 2, "the nearest file counts, even where it says nothing"
    assert "no claims about `example.newsletter`" in ran.err


def test_claims_named_by_hand(started: Path, privity: Callable[..., Any]) -> None:
    """They are read instead of the folder; a file about another policy has none for this one."""
    (started / "one.privity").write_text(
        "claims for example.newsletter\n"
        "claim alone never share payment_details with carrier for any purpose\n"
    )
    (started / "other.privity").write_text("claims for some.other\n")
    assert "1 claim, 1 proved" in privity("prove", POLICY, "--claims", "one.privity").out
    ran = privity("prove", POLICY, "--claims", "one.privity", "--claims", CLAIMS)
    assert "6 claims, 6 proved" in ran.out
    assert privity("prove", POLICY, "--claims", "other.privity").code == 2


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        ("claims for a", "claims", ("a",)),
        ("# claims for b\n\n claims # x\n for a.b , # for c\n c.d\nclaim x", "claims",
         ("a.b", "c.d")),
        ("claims for a, b, claim", "claims", ("a", "b", "claim")),
        ("policy a otherwise deny", "policy", ()),
        ("vocabulary a", "vocabulary", ()),
        ("claim for a", None, ()),
        ("claims about a", "claims", ()),
        ("", None, ()),
        ("#" * 100_000, None, ()),
        (" \n#\n" * 50_000 + "policy", "policy", ()),
    ],
)  # fmt: skip
def test_headers(text: str, kind: str | None, names: tuple[str, ...]) -> None:
    assert kind_of(text) == kind
    assert claimed(text) == names


def test_a_misspelt_header_is_not_passed_over(started: Path, privity: Callable[..., Any]) -> None:
    text = (started / CLAIMS).read_text()
    for header in ("claim for example.newsletter", "claims example.newsletter",
                   "claims for  Example example.newsletter"):  # fmt: skip
        (started / CLAIMS).write_text(text.replace("claims for example.newsletter", header))
        assert privity("prove", POLICY).code == 3


def test_a_policy_compared_with_must_be_there(started: Path, privity: Callable[..., Any]) -> None:
    with (started / CLAIMS).open("a") as file:
        file.write("claim lawful example.newsletter is at least as strict as law.of_the_land\n")
    ran = privity("prove", POLICY)
    assert ran.code == 2
    assert ran.err.startswith("error: a claim about `example.newsletter` speaks of the policy")
    (started / "policies" / "law").mkdir()
    (started / "policies/law/of_the_land.privity").write_text("policy law.of_the_land otherwise")
    assert privity("prove", POLICY).code == 3


# ------------------------------------------------------------------ writing


def test_a_build_is_whole_or_nothing(
    started: Path, privity: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = started / "checker.py"
    out.write_text("old")
    out.chmod(0o640)
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space")))
    ran = privity("build", POLICY, "--out", "checker.py")
    assert ran.code == 2
    assert ran.err == "error: cannot write checker.py: no space\n"
    assert out.read_text() == "old"
    monkeypatch.undo()
    monkeypatch.chdir(started)
    assert privity("build", POLICY, "--out", "checker.py").code == 0
    assert "payment_details_go_to_the_bank_alone" in out.read_text()
    assert out.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in started.iterdir() if "checker" in path.name) == [
        "checker.py"
    ]


def test_what_does_not_hold_is_not_built(started: Path, privity: Callable[..., Any]) -> None:
    with (started / CLAIMS).open("a") as file:
        file.write("claim wrong never share address with carrier for delivery\n")
    ran = privity("build", POLICY, "--out", "checker.py")
    assert ran.code == 1
    assert "wrong  refuted: permitted by delivery" in ran.err
    assert not (started / "checker.py").exists()
    assert privity("build", POLICY, "--out", "checker.py", "--no-prove").code == 0
    assert "CLAIMS_PROVED: tuple[str, ...] = ()" in (started / "checker.py").read_text()


def test_only_what_is_proved_stands_in_the_header(
    started: Path, privity: Callable[..., Any]
) -> None:
    with (started / CLAIMS).open("a") as file:
        file.write(
            "claim wrong never share address with carrier for delivery\n"
            '  expect refuted in example.newsletter because "carriers need it"\n'
        )
    ran = privity("build", POLICY, "--out", "checker.py")
    assert ran.code == 0
    assert "5 claims proved" in ran.err
    assert "wrong" not in (started / "checker.py").read_text().split('"""')[1]


def test_a_link_is_followed_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real/file")
    files.write(tmp_path / "link", b"text")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "file").read_bytes() == b"text"
    with pytest.raises(UsageError, match="is a directory"):
        files.write(tmp_path / "real", b"")


def test_formatting_in_place(started: Path, privity: Callable[..., Any]) -> None:
    path = started / POLICY
    styled = path.read_bytes()
    path.write_bytes(
        b"\xef\xbb\xbf" + styled.replace(b"\n", b"\r\n").replace(b"  share", b" share")
    )
    path.chmod(0o604)
    (started / "broken.privity").write_text("policy")
    ran = privity("fmt", "broken.privity", POLICY)
    assert ran.code == 3
    assert path.read_bytes() == styled
    assert path.stat().st_mode & 0o777 == 0o604
    assert (started / "broken.privity").read_text() == "policy"
    before = path.stat().st_mtime_ns
    assert privity("fmt", POLICY).code == 0
    assert path.stat().st_mtime_ns == before


def test_formatting_standard_input(started: Path, privity: Callable[..., Any]) -> None:
    styled = (started / POLICY).read_text()
    ran = privity("fmt", "-", stdin=styled.replace("\n  ", "\n").encode())
    assert (ran.code, ran.out, ran.err) == (0, styled, "")
    assert privity("fmt", "-", "--check", stdin=styled.encode()).code == 0
    ran = privity("fmt", "-", stdin=b"policy")
    assert (ran.code, ran.out) == (3, "")
    assert "<stdin>:1" in ran.err


def test_settings(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "pyproject.toml").write_text(
        "[tool.privity]\npolicies = 'p'\nproofs = 'p'\ntimeout = 1.5\njobs = 2\n"
    )
    found = settings_for(tmp_path / "p")
    assert (found.policies, found.proofs) == (tmp_path / "p", tmp_path / "p")
    assert (found.timeout, found.jobs) == (1.5, 2)
