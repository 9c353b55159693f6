"""The command line: parses, dispatches, and turns whatever goes wrong into words and a code."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from privity.cli.arguments import parser
from privity.cli.console import Console, console_for
from privity.cli.exits import Exit
from privity.cli.faults import OutputError, PolicyError, UsageError, reason


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the result is its exit code. Never raises for what a user can do wrong."""
    _tolerate_any_character()
    try:
        arguments = parser().parse_args(argv)
    except SystemExit as stop:
        # --help, --version, or a usage that argparse has explained.
        return _flushed(Exit.OK if not stop.code else Exit.USAGE, Console())
    except OutputError as error:
        Console().fail(str(error))
        _forget_output()
        return Exit.USAGE
    except BrokenPipeError:
        return _broken_pipe()
    console = console_for(arguments.color)
    return _flushed(_run(arguments, console), console)


def _run(arguments: Namespace, console: Console) -> Exit:
    try:
        command = import_module(f"privity.cli.{arguments.command}")
        return Exit(command.run(arguments, console))
    except OutputError as error:
        console.fail(str(error))
        _forget_output()
        return Exit.USAGE
    except UsageError as error:
        console.fail(str(error))
        return Exit.USAGE
    except PolicyError as error:
        _show_diagnostics(error, arguments, console)
        return Exit.ERRORS
    except KeyboardInterrupt:
        return _interrupted(console)
    except BrokenPipeError:
        return _broken_pipe()
    except OSError as error:
        console.fail(_system(error))
        return Exit.USAGE
    except Exception as error:
        return _defect(error, arguments, console)


def _show_diagnostics(error: PolicyError, arguments: Namespace, console: Console) -> None:
    """As data where another program reads them, else to the terminal."""
    from privity.cli.report import rendered

    form = getattr(arguments, "format", "text")
    machine = form in ("json", "github")
    color = not machine and console.error_color
    text = rendered(error.diagnostics, error.sources, form, color=color)
    if machine:
        console.write(text)
    else:
        console.note(text.rstrip("\n"))


def _defect(error: Exception, arguments: Namespace, console: Console) -> Exit:
    """Ours, never the author's: no answer is better than a wrong one."""
    if arguments.debug:
        import traceback

        console.note("".join(traceback.format_exception(error)).rstrip())
    more = "" if arguments.debug else "; --debug shows where"
    said = f"{type(error).__name__}: {str(error)[:500]}".rstrip(": ")
    console.fail(f"internal error, a defect of Privity and not of the policy: {said}{more}")
    return Exit.UNKNOWN


# ------------------------------------------------------------------ streams


def _tolerate_any_character() -> None:
    """What a terminal cannot show is escaped rather than fatal."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _flushed(code: Exit, console: Console) -> int:
    """The code, once all is written: a full disk or a reader gone shows up here."""
    try:
        if sys.stdout is not None:
            console.flush()
    except BrokenPipeError:
        return _broken_pipe()
    except KeyboardInterrupt:
        return _interrupted(console)
    except OutputError as error:
        console.fail(str(error))
        _forget_output()
        return Exit.USAGE
    return code


def _interrupted(console: Console) -> Exit:
    console.fail("interrupted")
    return Exit.INTERRUPTED


def _broken_pipe() -> Exit:
    """Whoever read the output has gone, as `head` does: silence, as is the custom."""
    _forget_output()
    return Exit.BROKEN_PIPE


def _forget_output() -> None:
    """So that the interpreter does not try again to write what cannot be written."""
    with suppress(AttributeError, ValueError, OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _system(error: OSError) -> str:
    return f"{error.filename}: {reason(error)}" if error.filename else reason(error)
