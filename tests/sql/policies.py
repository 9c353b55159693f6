"""The corpus and a small policy of our own, with mappings."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from tests.sql.rows import Table, kind_of, sql_type

from privity.model.nodes import Policy
from privity.pipeline import compile_policy

ROOT = Path(__file__).parents[2]
CORPUS = ("customer_privacy", "literal")

ZOO = """\
policy zoo otherwise deny
taxonomy data { health money }
taxonomy recipient { us them others }
taxonomy purpose { care sale }
fact subject.member : boolean
fact subject.born_on : date or none
fact disclosure.on : date
fact disclosure.count : integer from 0 to 9
fact disclosure.note : text
permit care
  share data
  with anyone
  for care
  when subject.member and subject.born_on is not none
    and disclosure.on is on or after subject.born_on + 18 years
permit sale
  share money
  with us or them
  for sale
  when disclosure.count is at least 3 and disclosure.note is "it's \\\\ fine"
forbid late
  share data
  with others
  for any purpose
  when disclosure.on is after 2030-01-01
"""


@cache
def corpus(name: str) -> Policy:
    path = ROOT / f"policies/metlife/{name}.privity"
    policy = compile_policy(path, lambda file: Path(file).read_bytes()).policy
    assert policy is not None
    return policy


def table_of(policy: Policy, **places: Any) -> Table:
    """Every role and fact in a column of its name, without its dots; NULL is none where it may.

    `places` says otherwise, of a fact `a.b` as `a__b`.
    """
    raw: dict[str, Any] = {"table": "asked", "key": ["row id"], "collation": "binary"}
    raw |= {"roles": {}, "facts": {}}
    types = {"row id": "integer"}
    for key in (*policy.roles, *policy.fact_by_key):
        name = key.replace(".", "_")
        fact = policy.fact_by_key.get(key)
        place: dict[str, Any] = {"column": name}
        if fact is not None and fact.optional:
            place["null"] = "none"
        place = places.get(key.replace(".", "__"), place)
        raw["facts" if fact else "roles"][key] = place
        if "column" in place:
            types[place["column"]] = sql_type(kind_of(policy, key))
    return Table(policy, raw, types)
