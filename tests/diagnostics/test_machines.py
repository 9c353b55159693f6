"""Diagnostics for other programs."""

from __future__ import annotations

import json

from privity.diagnostics import github, json_format
from privity.diagnostics.diagnostic import Label
from privity.diagnostics.span import Span
from privity.syntax.errors import BadName, NotUtf8

TEXT = "ab\ncde\nf\n"
FOUND = BadName(
    span=Span("a.privity", 1, 5, 1, 2),
    name='B"',
    caret="here",
    labels=(Label(Span("b.privity", 0, 3, 1, 1), "there"),),
    help="write `b`",
    notes=("50% sure",),
)


def test_json_has_every_part() -> None:
    assert json.loads(json_format.render([FOUND], {"a.privity": TEXT})) == [
        {
            "code": "bad-name",
            "severity": "error",
            "message": '`B"` is not a name',
            "file": "a.privity",
            "start": {"line": 1, "column": 2, "offset": 1},
            "end": {"line": 2, "column": 3, "offset": 5},
            "caret": "here",
            "labels": [
                {
                    "file": "b.privity",
                    "start": {"line": 1, "column": 1, "offset": 0},
                    "end": {"line": 1, "column": 4, "offset": 3},
                    "text": "there",
                }
            ],
            "help": "write `b`",
            "notes": ["50% sure"],
        }
    ]


def test_json_of_nothing_is_an_empty_array() -> None:
    assert json.loads(json_format.render([], {})) == []


def test_json_is_ascii_whatever_the_names() -> None:
    found = NotUtf8(span=Span("\ud800\u202e", 0, 0, 1, 1), why="\ud800")
    assert json_format.render([found], {}).isascii()


def test_a_workflow_command_is_one_line() -> None:
    assert github.render([FOUND], {}) == (
        "::error file=a.privity,line=1,col=2,title=bad-name::"
        '`B"` is not a name%0Ahere%0Ab.privity:1:1: there%0Awrite `b`%0A50%25 sure\n'
    )


def test_a_workflow_command_cannot_be_smuggled_in() -> None:
    hostile = "x\r\n::error::boo,line=7:%"
    found = NotUtf8(span=Span(hostile, 0, 0, 1, 1), why=hostile)
    line = github.render([found], {})
    assert line.count("\n") == 1 and "\r" not in line
    assert line.startswith("::error file=x%0D%0A%3A%3Aerror%3A%3Aboo%2Cline=7%3A%25,line=1,")
