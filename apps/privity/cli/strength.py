"""`privity strength`: which slips in a policy its claims and scenarios notice."""

from __future__ import annotations

import os
from argparse import Namespace

from privity.analyse.strength import ENOUGH, BaselineError, Corpus, report, strength
from privity.cli.console import Console
from privity.cli.exits import Exit
from privity.cli.workspace import open_with_claims


def run(arguments: Namespace, console: Console) -> Exit:
    space = open_with_claims(arguments.policy, arguments.claims)
    corpus = Corpus(space.compiled.modules, space.compiled.claims, space.others)
    try:
        found = strength(corpus, jobs=arguments.jobs or os.cpu_count() or 1)
    except BaselineError as error:
        console.fail(f"{error}; run privity test / privity prove")
        return Exit.FINDING
    console.write(report(found) + "\n")
    return Exit.OK if found.share >= ENOUGH else Exit.FINDING
