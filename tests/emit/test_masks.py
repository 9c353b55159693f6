"""Masks, bit by bit: each completion is made and looked at by itself."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from tests.emit.random_policies import random_policy, random_request, random_value

from privity.emit.load import load_checker
from privity.emit.prelude.tables import _shift
from privity.emit.python import emit_python
from privity.model.calendar import shift
from privity.model.nodes import FIRST_DAY, LAST_DAY

FEW = 400


def _spaces(seed: int) -> Iterator[Any]:
    random = Random(seed)
    policy = random_policy(random)
    module = load_checker(emit_python(policy))
    for _ in range(10):
        request = random_request(random, policy)
        variables = module._PROGRAM.variables[1:]
        stated = [request.values.get(variable.key, module.MISSING) for variable in variables]
        space = module._Space(module._PROGRAM, list(request.data), [request.data[0], *stated])
        if space.open(FEW) and space.size <= FEW:
            yield space, request.data[0]


def _axes(space: Any) -> list[Any]:
    chosen = [axis for axes in space.chosen.values() for axis in axes]
    return [*space.axes.values(), *chosen, *space.free.values()]


def _cell(axis: Any, lane: int) -> Any:
    return axis.cells[lane // axis.stride % len(axis.cells)]


def _value(space: Any, number: int, lane: int, category: int) -> Any:
    """The value of a variable in one completion."""
    if number == 0:
        return category
    if number not in space.axes:
        return space.values[number]
    value = _cell(space.axes[number], lane)
    if number in space.chosen and value is not None:
        leaves = [_cell(axis, lane) for axis in space.chosen[number]]
        return frozenset(leaf for leaf in leaves if leaf is not None)
    return value


@pytest.mark.parametrize("seed", range(40))
def test_every_bit_of_every_atom(seed: int) -> None:
    for space, category in _spaces(seed):
        masks = space.masks(range(len(space.p.atoms)), category)
        for number in space.read:
            atom = space.p.atoms[number]
            for lane in range(space.size):
                values = [_value(space, read, lane, category) for read in atom.reads]
                if number in space.free:
                    expected = _cell(space.free[number], lane) and None not in values
                else:
                    expected = atom.test(*values)
                assert bool(masks[number] >> lane & 1) == expected
            assert 0 <= masks[number] <= space.full


@pytest.mark.parametrize("seed", range(40))
def test_completions_are_all_different_and_all_there(seed: int) -> None:
    for space, _ in _spaces(seed):
        axes = _axes(space)
        lanes = {tuple(map(repr, (_cell(a, n) for a in axes))) for n in range(space.size)}
        assert len(lanes) == space.size
        assert space.full == 2**space.size - 1


@pytest.mark.parametrize("seed", range(40))
def test_what_a_mask_depends_on(seed: int) -> None:
    random = Random(seed)
    for space, _ in _spaces(seed):
        mask = random.getrandbits(space.size) & random.getrandbits(space.size)
        for number in space.relevant:
            assert space.depends(mask, number) == _depends(space, mask, number)


def _depends(space: Any, mask: int, number: int) -> bool:
    """Two completions agree on all axes but those of the variable and its opaque atoms."""
    free = space.free.items()
    own = [axis for n, axis in free if number in space.p.atoms[n].reads]
    own += [space.axes[number], *space.chosen.get(number, ())]
    others = [axis for axis in _axes(space) if not any(axis is one for one in own)]
    seen: dict[tuple[str, ...], bool] = {}
    for lane in range(space.size):
        rest = tuple(repr(_cell(axis, lane)) for axis in others)
        truth = bool(mask >> lane & 1)
        if seen.setdefault(rest, truth) != truth:
            return True
    return False


@pytest.mark.parametrize("seed", range(20))
def test_complete_requests_take_the_same_atoms(seed: int) -> None:
    random = Random(seed)
    policy = random_policy(random)
    program = load_checker(emit_python(policy))._PROGRAM
    for _ in range(10):
        facts = [random_value(random, policy, fact) for fact in policy.facts]
        roles = [random.randrange(len(taxonomy.leaves)) for taxonomy in policy.roles.values()]
        values = [*roles, *facts]
        found = program.known(values) + program.known_of_data(values)
        each = [atom.test(*[values[read] for read in atom.reads]) for atom in program.atoms]
        assert found == tuple(each)
        assert len(program.known(values)) == program.about_data


def test_months_are_those_of_the_model() -> None:
    random = Random(0)
    for _ in range(20_000):
        day = random.randint(FIRST_DAY.toordinal(), LAST_DAY.toordinal())
        months = random.randint(-1200, 1200)
        assert _shift(day, months) == shift(day, months)
