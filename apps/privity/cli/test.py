"""`privity test`: scenarios, through the reference semantics and the generated checker."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from privity.cli.checker import checker_of, contract
from privity.cli.console import Console, Style
from privity.cli.exits import Exit
from privity.cli.faults import UsageError
from privity.cli.files import shown
from privity.cli.report import counted
from privity.cli.wire import decision_json, request_json
from privity.cli.workspace import Workspace, open_with_claims
from privity.model.nodes import Expectation, Policy, Scenario
from privity.semantics.decide import decide
from privity.semantics.nodes import Request
from privity.semantics.scenarios import meets, requests_of


@dataclass(frozen=True)
class Failure:
    """A request that is not decided as expected, or not by both engines alike.

    `expectation` is None where the engines disagree; then `checker` is what the generated
    checker says.
    """

    request: dict[str, Any]
    expectation: Expectation | None
    decision: dict[str, Any]
    checker: dict[str, Any]


@dataclass(frozen=True)
class Tried:
    """A scenario, run on a policy."""

    policy: Policy
    scenario: Scenario
    failures: tuple[Failure, ...]

    @property
    def place(self) -> str:
        return f"{shown(self.scenario.span.file)}:{self.scenario.span.line}"

    @property
    def disagrees(self) -> bool:
        return any(failure.expectation is None for failure in self.failures)


def run(arguments: Namespace, console: Console) -> Exit:
    spaces = [open_with_claims(file, arguments.claims) for file in arguments.policies]
    tried = [one for space in spaces for one in _tried(space)]
    _write(tried, arguments.format, console)
    if any(one.disagrees for one in tried):
        return Exit.UNKNOWN
    return Exit.FINDING if any(one.failures for one in tried) else Exit.OK


def _tried(space: Workspace) -> Iterator[Tried]:
    scenarios = [each for each in space.policy.scenarios if each.expectations]
    if not scenarios:
        raise UsageError(f"no scenarios about `{space.policy.name}`: none in {shown(space.path)}, "
                         "nor in a file of claims about it")  # fmt: skip
    for scenario in scenarios:
        yield Tried(space.policy, scenario, tuple(_failures(space.policy, scenario)))


def _failures(policy: Policy, scenario: Scenario) -> Iterator[Failure]:
    for request in requests_of(scenario):
        yield from _failures_of(policy, scenario, request)


def _failures_of(policy: Policy, scenario: Scenario, request: Request) -> Iterator[Failure]:
    asked = request_json(policy, request)
    decision = decide(policy, request)
    said = decision_json(policy, decision)
    generated = contract(checker_of(policy).check_mapping(asked))
    if generated != said:
        yield Failure(asked, None, said, generated)
    for expectation in scenario.expectations:
        if not meets(decision, expectation):
            yield Failure(asked, expectation, said, generated)


# ------------------------------------------------------------------ reports


def _write(tried: list[Tried], form: str, console: Console) -> None:
    match form:
        case "json":
            import json

            console.line(json.dumps({"scenarios": [_entry(one) for one in tried]}, indent=2))
        case "junit":
            from privity.cli.junit import document

            console.write(document(_cases(tried)))
        case "github":
            from privity.cli.annotations import annotation

            for one in tried:
                for failure in one.failures:
                    span = (failure.expectation or one.scenario).span
                    console.line(annotation("error", span, "scenario", _message(one, failure)))
        case _:
            _text(tried, console)


def _text(tried: list[Tried], console: Console) -> None:
    for one in tried:
        for failure in one.failures:
            word = "FAILED" if failure.expectation else "DISAGREEMENT"
            head = console.paint(word, Style.RED)
            console.line(f'{head}  "{one.scenario.title}"  {one.policy.name}, {one.place}')
            console.line("\n".join(f"  {line}" for line in _explained(failure)))
            console.line()
    failed = sum(bool(one.failures) for one in tried)
    passed = counted(len(tried) - failed, "scenario")
    console.line(f"{passed} passed" + (f", {failed} failed" if failed else ""))


def _explained(failure: Failure) -> Iterator[str]:
    import json

    expectation = failure.expectation
    yield f"request   {json.dumps(failure.request)}"
    if expectation is None:
        yield f"semantics {json.dumps(failure.decision)}"
        yield f"checker   {json.dumps(failure.checker)}"
        return
    yield f"expected  {_words(expectation.outcome, expectation.rules or ())}"
    if expectation.outcome == failure.decision["outcome"]:
        yield f"got       {_words(failure.decision['outcome'], failure.decision['rules'], True)}"
    else:
        yield f"got       {_words(failure.decision['outcome'], failure.decision['rules'])}"
    if failure.decision["missing"]:
        yield f"missing   {', '.join(failure.decision['missing'])}"


def _words(outcome: str, rules: Any, always: bool = False) -> str:
    """`deny by a, b`, as a scenario has it."""
    by = ", ".join(rules) or ("no rule" if always else "")
    return f"{outcome} by {by}" if by else outcome


def _message(one: Tried, failure: Failure) -> str:
    return "\n".join([f'"{one.scenario.title}" on {one.policy.name}', *_explained(failure)])


def _entry(one: Tried) -> dict[str, Any]:
    return {
        "policy": one.policy.name,
        "scenario": one.scenario.title,
        "file": shown(one.scenario.span.file),
        "line": one.scenario.span.line,
        "passed": not one.failures,
        "failures": [_failure_entry(failure) for failure in one.failures],
    }


def _failure_entry(failure: Failure) -> dict[str, Any]:
    expectation = failure.expectation
    entry: dict[str, Any] = {"request": failure.request, "decision": failure.decision}
    if expectation is None:
        return {**entry, "checker": failure.checker}
    rules = None if expectation.rules is None else list(expectation.rules)
    return {**entry, "expected": {"outcome": expectation.outcome, "rules": rules}}


def _cases(tried: list[Tried]) -> Iterator[Any]:
    from privity.cli.junit import Case

    for one in tried:
        span = one.scenario.span
        yield Case(
            suite=one.policy.name,
            name=one.scenario.title,
            file=shown(span.file),
            line=span.line,
            seconds=0.0,
            kind="error" if one.disagrees else "failure" if one.failures else None,
            message="not decided as expected" if one.failures else "",
            text="\n\n".join("\n".join(_explained(failure)) for failure in one.failures),
        )
