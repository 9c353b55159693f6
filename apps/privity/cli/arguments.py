"""What each command takes."""

from __future__ import annotations

import math
from argparse import (
    SUPPRESS,
    Action,
    ArgumentParser,
    ArgumentTypeError,
    Namespace,
    RawDescriptionHelpFormatter,
)
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from privity.version import VERSION

EXITS = """\
exit codes:
  0    everything asked for holds: proved, permitted, scenarios as expected
  1    a finding: refuted, vacuous, denied, a scenario failed
  2    wrong usage, bad request, file not found, no claims found
  3    the policy has errors
  4    unknown: a solver gave up, facts are missing, or two engines disagree"""

DIALECTS = ("duckdb", "sqlite", "postgres", "spark", "snowflake", "bigquery")
COLORS = ("auto", "always", "never")

Add = Callable[..., ArgumentParser]


class Parser(ArgumentParser):
    """Says what is wrong in one line, as all commands do, and notices what it cannot write."""

    def print_help(self, file: Any = None) -> None:
        from privity.cli.console import Console

        Console().write(self.format_help())

    def error(self, message: str) -> NoReturn:
        from privity.diagnostics.visible import visible

        said = visible(" ".join(message.split()))
        self.exit(2, f"error: {said}\ntry: {self.prog} --help\n")


class Version(Action):
    """Says which version this is."""

    def __call__(
        self,
        parser: ArgumentParser,
        namespace: Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> NoReturn:
        print(f"privity {VERSION}")
        parser.exit()


def parser() -> ArgumentParser:
    """The parser of the whole command line."""
    top = Parser(
        prog="privity",
        description="Policy as code for data sharing, with proofs.",
        epilog=EXITS,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action=Version, nargs=0, help="say which version this is")
    _common(top, "auto", False)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name: str, help: str) -> ArgumentParser:
        made = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
        made.allow_abbrev = False
        _common(made, SUPPRESS, SUPPRESS)
        return made

    for command in (
        _check,
        _prove,
        _test,
        _build,
        _sql,
        _emit,
        _verify,
        _decide,
        _explain,
        _trace,
        _strength,
        _fmt,
        _init,
    ):
        command(add)
    _completion(add)
    return top


def _common(to: ArgumentParser, color: str, debug: bool | str) -> None:
    to.add_argument("--color", choices=COLORS, default=color, help="paint what is said")
    to.add_argument("--debug", action="store_true", default=debug, help="show tracebacks")


def _format(to: ArgumentParser, *forms: str) -> None:
    to.add_argument("--format", choices=forms, default="text", help="how to say it")


def _policy(to: ArgumentParser) -> None:
    to.add_argument("policy", metavar="POLICY", help="the file of a policy")


# ------------------------------------------------------------------ commands


def _check(add: Add) -> None:
    made = add("check", "say what is wrong with policies, vocabularies and claims")
    made.add_argument("files", nargs="+", metavar="FILE")
    _format(made, "text", "json", "github")


def _prove(add: Add) -> None:
    made = add("prove", "prove the claims about policies, or show what breaks them")
    made.add_argument("policies", nargs="+", metavar="POLICY", help="the file of a policy")
    made.add_argument(
        "--claims", action="append", metavar="FILE", help="instead of those in the proofs folder"
    )
    made.add_argument("--claim", action="append", metavar="NAME", help="only the claim NAME")
    _limits(made)
    made.add_argument("--witness", action="store_true", help="show a case of what is proved")
    made.add_argument(
        "--no-cache", action="store_true", help="prove everything anew, and keep nothing"
    )
    _format(made, "text", "json", "github", "junit", "markdown")
    made.add_argument("--obligations", metavar="DIR", help="write what the solver is asked there")


def _limits(made: ArgumentParser) -> None:
    made.add_argument("--timeout", type=_seconds, metavar="S", help="seconds for each claim")
    made.add_argument("--rlimit", type=_count, metavar="N", help="solver steps for each claim")
    made.add_argument("--jobs", type=_jobs, metavar="N", help="claims to prove at once")
    made.add_argument("--as-of", type=_date, metavar="DATE", help="the day to judge assumptions by")


def _test(add: Add) -> None:
    made = add("test", "run the scenarios of policies, through semantics and generated checker")
    made.add_argument("policies", nargs="+", metavar="POLICY", help="the file of a policy")
    made.add_argument("--claims", action="append", metavar="FILE", help="files with scenarios")
    _format(made, "text", "json", "github", "junit")


def _build(add: Add) -> None:
    made = add("build", "prove a policy, then write its checker")
    _policy(made)
    made.add_argument("--out", metavar="FILE", help="where to; standard output if left out")
    made.add_argument("--target", choices=("python",), default="python")
    made.add_argument("--no-prove", action="store_true", help="build without proving anything")
    made.add_argument(
        "--no-validate", action="store_true", help="build without proving the checker equal"
    )
    made.add_argument("--claims", action="append", metavar="FILE", help="the claims to prove")
    _limits(made)


def _verify(add: Add) -> None:
    made = add("verify", "prove that a generated module, edited perhaps, is the policy")
    made.add_argument("module", metavar="MODULE", help="the file of a generated checker")
    made.add_argument("--policy", required=True, metavar="POLICY", help="the file of its policy")
    _format(made, "text", "json")


def _sql(add: Add) -> None:
    made = add("sql", "write a policy's decisions in SQL, proved")
    _policy(made)
    made.add_argument(
        "--mapping", required=True, metavar="FILE", help="which columns stand for which facts"
    )
    made.add_argument("--dialect", required=True, choices=DIALECTS)
    made.add_argument("--what", choices=("filter", "outcome", "rules", "view"), default="filter")
    made.add_argument("--out", metavar="FILE", help="where to; standard output if left out")
    made.add_argument("--verify", metavar="FILE", help="prove the SQL of a file instead")
    made.add_argument("--no-validate", action="store_true", help="write without proving anything")


def _emit(add: Add) -> None:
    made = add("emit", "write a policy as TypeScript or Rego, or as vectors that test a checker")
    _policy(made)
    made.add_argument("--target", choices=("typescript", "rego", "vectors"), required=True)
    made.add_argument("--out", metavar="FILE", help="where to; standard output if left out")


def _decide(add: Add) -> None:
    made = add("decide", "decide requests")
    _policy(made)
    source = made.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--request", metavar="FILE", help="one request in JSON; - is standard input"
    )
    source.add_argument("--requests", metavar="FILE", help="one request a line, answered in order")


def _explain(add: Add) -> None:
    made = add("explain", "explain a diagnostic, or the decision on a request")
    made.add_argument("what", nargs="?", metavar="CODE|POLICY", help="without it, all codes")
    made.add_argument("--request", metavar="FILE", help="a request in JSON; - is standard input")
    _format(made, "text", "json")


def _trace(add: Add) -> None:
    made = add("trace", "say where each clause of each source is put into force")
    _policy(made)
    made.add_argument("--claims", action="append", metavar="FILE", help="files of claims")
    _format(made, "text", "json", "markdown", "csv")


def _strength(add: Add) -> None:
    made = add("strength", "make slips in a policy and see which its claims and scenarios notice")
    _policy(made)
    made.add_argument("--claims", action="append", metavar="FILE", help="files of claims")
    made.add_argument("--jobs", type=_count, metavar="N", help="processes, by default all cores")


def _fmt(add: Add) -> None:
    made = add("fmt", "put files in the one style there is")
    made.add_argument("files", nargs="+", metavar="FILE", help="- is standard input")
    made.add_argument("--check", action="store_true", help="change nothing, say what would change")
    made.add_argument("--diff", action="store_true", help="change nothing, show the difference")


def _init(add: Add) -> None:
    made = add("init", "start a policy with claims and scenarios that hold")
    made.add_argument("folder", nargs="?", default=".", metavar="DIR")


def _completion(add: Add) -> None:
    made = add("completion", "write a completion script for a shell")
    made.add_argument("shell", choices=("bash", "zsh"))


# ------------------------------------------------------------------ values


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < 10**9:
        raise ArgumentTypeError(f"{text!r} is not a positive number of seconds")
    return value


def _count(text: str) -> int:
    # Z3 counts in 32 bits.
    if not (text.isascii() and text.isdigit() and len(text) < 12 and 0 < int(text) < 2**32):
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 to {2**32 - 1}")
    return int(text)


def _jobs(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 0 < int(text) <= 1024):
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 to 1024")
    return int(text)


def _date(text: str) -> Any:
    import datetime

    try:
        if len(text) == 10:
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    raise ArgumentTypeError(f"{text!r} is not a date such as 2026-03-01")
