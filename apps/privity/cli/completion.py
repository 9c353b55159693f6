"""`privity completion`: what the shell offers after TAB, as a script for it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterator

from privity.cli.arguments import parser
from privity.cli.console import Console
from privity.cli.exits import Exit

BASH = """\
# Completion for privity. For bash:  source <(privity completion bash)
_privity() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}"
    local command="" offered="" each
    for each in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$each" in
        {names}) command="$each"; break ;;
        esac
    done
    case "$command $before" in
{choices}
    esac
    if [ -z "$offered" ]; then
        case "$command" in
{commands}
        *) offered="{top}" ;;
        esac
    fi
    COMPREPLY=($(compgen -W "$offered" -- "$word"))
    [ ${{#COMPREPLY[@]}} -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))
}}
complete -o filenames -F _privity privity
"""

ZSH = """\
# Completion for privity. For zsh:  source <(privity completion zsh)
autoload -U +X bashcompinit && bashcompinit
"""


def run(arguments: Namespace, console: Console) -> Exit:
    top = parser()
    script = BASH.format(
        names="|".join(_parsers(top)),
        choices="\n".join(_choices(top)),
        commands="\n".join(_commands(top)),
        top=" ".join([*_parsers(top), *_options(top)]),
    )
    console.write(ZSH + script.split("\n", 1)[1] if arguments.shell == "zsh" else script)
    return Exit.OK


def _parsers(top: ArgumentParser) -> dict[str, ArgumentParser]:
    """Each command's own."""
    found: dict[str, ArgumentParser] = {}
    for action in top._actions:
        if isinstance(action, _SubParsersAction):
            found |= action.choices
    return found


def _options(made: ArgumentParser) -> list[str]:
    return [option for action in made._actions for option in action.option_strings]


def _commands(top: ArgumentParser) -> Iterator[str]:
    """What may follow each command."""
    for name, made in _parsers(top).items():
        positional = [
            str(choice)
            for action in made._actions
            if not action.option_strings
            for choice in action.choices or ()
        ]
        yield f'        {name}) offered="{" ".join([*positional, *_options(made)])}" ;;'


def _choices(top: ArgumentParser) -> Iterator[str]:
    """What may follow an option that takes one of a few words, at the command it stands at."""
    offered: dict[tuple[str, str], list[str]] = {}
    for command, made in {"": top, **_parsers(top)}.items():
        for action in made._actions:
            if action.choices and action.option_strings:
                words = " ".join(map(str, action.choices))
                for option in action.option_strings:
                    offered.setdefault((option, words), []).append(f'"{command} {option}"')
    for (_, words), places in offered.items():
        yield f'        {"|".join(places)}) offered="{words}" ;;'
