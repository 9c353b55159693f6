"""`check_many` on the company policy, beside expressions written by hand for it.

`python -m benchmarks.columns [--rows N] [--rounds N]` prints a Markdown table. All take the same
rows: categories as codes of one byte (arrays with their names, `Enum` of Polars, `ENUM` of DuckDB),
booleans, days; the notice is NULL, which means none, in a fifth of the rows, and nothing is
missing. Each answer is compared with that of `check_many` on every row before anything is timed.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from types import ModuleType
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.pipeline import compile_policy

POLICY = PurePath("policies/metlife/customer_privacy.privity")
NULL_IS = {"subject.opt_out_notice_on": "none"}
CHUNK, LONG_CHUNK = 65_536, 262_144
"""Rows at a time, by hand: what is fastest with one thread, and with several, which would get in
each other's way more often."""
ROUNDS = 7
SEED = 20_260_301
NEVER = np.iinfo(np.int64).min
Array = Any
Row = tuple[str, list[float]]


def checker_of_the_company() -> ModuleType:
    policy = compile_policy(POLICY, lambda path: Path(path).read_bytes()).policy
    assert policy is not None
    return load_checker(emit_python(policy))


@dataclass(frozen=True)
class Rows:
    """The same rows for everybody, in the form that each likes best."""

    checker: ModuleType
    codes: dict[str, Array]
    others: dict[str, Array]

    @property
    def names(self) -> dict[str, list[str]]:
        found = {v.key: [m.value for m in v.members] for v in self.checker._VARIABLES}
        return {key: found[key] for key in self.codes}

    @property
    def arrays(self) -> dict[str, Any]:
        """For `check_many`."""
        coded = {k: self.checker.Coded(codes, self.names[k]) for k, codes in self.codes.items()}
        return {**coded, **self.others}

    def arrow(self) -> pa.Table:
        """Booleans a bit each, days in 32 bits, as Arrow, Polars and DuckDB have them."""
        found: dict[str, Any] = {
            key: pa.DictionaryArray.from_arrays(pa.array(codes), self.names[key])
            for key, codes in self.codes.items()
        }
        for key, values in self.others.items():
            found[key] = pa.array(values).cast(pa.date32()) if values.dtype.kind == "M" else values
        return pa.table(found)

    def polars(self) -> pl.DataFrame:
        frame = pl.DataFrame(self.arrow())
        enums = {key: pl.Enum(names) for key, names in self.names.items()}
        return frame.with_columns(pl.col(k).cast(enum) for k, enum in enums.items()).rechunk()

    def duckdb(self) -> duckdb.DuckDBPyConnection:
        """A table `t` whose rows bear their number: DuckDB may hand columns back in any order."""
        connection = duckdb.connect()
        connection.execute("set enable_progress_bar = false")
        table = self.arrow()
        connection.register("given", table.append_column("row", pa.array(range(len(table)))))
        typed = []
        for key, names in self.names.items():
            listed = ", ".join(f"'{name}'" for name in names)
            connection.execute(f"create type {key}_type as enum ({listed})")
            typed.append(f"{key}::varchar::{key}_type as {key}")
        others = ", ".join(f'"{key}"' for key in ("row", *self.others))
        connection.execute(f"create table t as select {', '.join(typed)}, {others} from given")
        connection.unregister("given")
        return connection


def rows_of(checker: ModuleType, count: int) -> Rows:
    """Random rows, the same each time; one notice in five was never delivered."""
    random = np.random.default_rng(SEED)
    codes, others = {}, {}
    for variable in checker._VARIABLES:
        if variable.kind == "leaf" and "." not in variable.key:
            size = len(variable.members)
            codes[variable.key] = random.integers(0, size, count, dtype=np.uint8)
        elif variable.kind in ("boolean", "attested"):
            others[variable.key] = random.random(count, np.float32) < 0.5
        elif variable.kind == "date":
            first = "2025-10-01" if variable.optional else "2026-01-01"
            days = (np.datetime64(first) + random.integers(0, 365, count)).astype("M8[D]")
            if variable.optional:
                days[random.random(count, np.float32) < 0.2] = np.datetime64("NaT")
            others[variable.key] = days
    return Rows(checker, codes, others)


# ------------------------------------------------------------------ by hand: NumPy


def numpy_of_one_run(rows: Rows, run: slice, *, by_integers: bool) -> Array:
    """As a programmer who knows the policy writes it. By integers: days as such are compared faster
    than as dates, at the price of minding NaT oneself."""
    data, recipient, purpose = (codes[run] for codes in rows.codes.values())
    fact = {key: values[run] for key, values in rows.others.items()}
    on, notice = fact["disclosure.on"], fact["subject.opt_out_notice_on"]
    if by_integers:
        delivered = notice.view(np.int64)
        chance = (on.view(np.int64) - delivered >= 30) & (delivered != NEVER)
    else:
        chance = on - notice >= np.timedelta64(30, "D")
    outside = recipient != 0
    information = data <= 7
    ordinary = (data <= 4) | (data == 7)
    willing = fact["subject.customer"] & chance & ~fact["subject.opted_out"]
    own = information & (data != 6) & outside & (purpose == 9)
    own &= fact["subject.customer"] & fact["recipient.service_provider"]
    affiliate = ordinary & ((recipient == 1) | (recipient == 2)) & (purpose == 10) & willing
    joint = ordinary & (recipient == 3) & (purpose == 11) & willing
    joint &= fact["recipient.joint_marketing_agreement"]
    offers = own | affiliate | joint
    needed = fact["disclosure.believed_necessary"] | fact["disclosure.required_by_law"]
    everyday = information & outside & (purpose <= 8) & needed
    marketing = information & outside & (purpose >= 9) & (purpose <= 12) & ~offers
    nonfinancial = (recipient == 2) | ((recipient >= 4) & (recipient <= 6))
    sale = fact["disclosure.sold"] & nonfinancial
    return (~outside | everyday | offers) & ~marketing & ~sale


def by_numpy(rows: Rows, *, by_integers: bool, threads: int = 1) -> Array:
    count = len(next(iter(rows.codes.values())))
    found = np.empty(count, bool)
    chunk = CHUNK if threads == 1 else LONG_CHUNK

    def decide(first: int) -> None:
        run = slice(first, first + chunk)
        found[run] = numpy_of_one_run(rows, run, by_integers=by_integers)

    if threads == 1:
        for first in range(0, count, chunk):
            decide(first)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(decide, range(0, count, chunk)))
    return found


# ------------------------------------------------------------------ by hand: Polars, DuckDB


def polars_expression() -> pl.Expr:
    """On the numbers of the enumerations, which Polars compares far faster than their names."""
    data, recipient, purpose = (
        pl.col(role).to_physical() for role in ("data", "recipient", "purpose")
    )
    on, notice = pl.col("disclosure.on"), pl.col("subject.opt_out_notice_on")
    chance = (on.to_physical() - notice.to_physical() >= 30).fill_null(False)
    customer = pl.col("subject.customer")
    outside = recipient != 0
    information = data <= 7
    ordinary = (data <= 4) | (data == 7)
    willing = customer & chance & ~pl.col("subject.opted_out")
    own = information & (data != 6) & outside & (purpose == 9) & customer
    own &= pl.col("recipient.service_provider")
    affiliate = ordinary & ((recipient == 1) | (recipient == 2)) & (purpose == 10) & willing
    joint = ordinary & (recipient == 3) & (purpose == 11) & willing
    joint &= pl.col("recipient.joint_marketing_agreement")
    offers = own | affiliate | joint
    needed = pl.col("disclosure.believed_necessary") | pl.col("disclosure.required_by_law")
    everyday = information & outside & (purpose <= 8) & needed
    marketing = information & outside & (purpose >= 9) & (purpose <= 12) & ~offers
    nonfinancial = (recipient == 2) | ((recipient >= 4) & (recipient <= 6))
    sale = pl.col("disclosure.sold") & nonfinancial
    return ((~outside | everyday | offers) & ~marketing & ~sale).alias("permitted")


# A text beside an ENUM is compared as text unless it is cast.
SQL = """
with offered as (
  select *,
    data <= 'account_number'::data_type as information,
    recipient <> 'same_company'::recipient_type as outside,
    data <= 'creditworthiness'::data_type or data = 'account_number'::data_type as ordinary,
    "subject.customer" and not "subject.opted_out"
      and coalesce("disclosure.on" - "subject.opt_out_notice_on" >= 30, false) as willing
  from t
), decided as (
  select *,
    information and data <> 'health_information'::data_type and outside
      and purpose = 'own_products'::purpose_type and "subject.customer"
      and "recipient.service_provider"
    or ordinary and recipient between 'financial_affiliate'::recipient_type
      and 'nonfinancial_affiliate'::recipient_type
      and purpose = 'affiliate_products'::purpose_type and willing
    or ordinary and recipient = 'financial_company'::recipient_type and willing
      and purpose = 'joint_products'::purpose_type
      and "recipient.joint_marketing_agreement" as offers
  from offered
)
select {columns}
  (not outside or offers or information and outside
    and purpose <= 'comply_with_law'::purpose_type
    and ("disclosure.believed_necessary" or "disclosure.required_by_law"))
  and not (information and outside and not offers
    and purpose between 'own_products'::purpose_type and 'third_party_products'::purpose_type)
  and not ("disclosure.sold" and (recipient = 'nonfinancial_affiliate'::recipient_type
    or recipient between 'catalog_company'::recipient_type
    and 'other_company'::recipient_type)) as permitted
from decided
"""


def duckdb_answer(connection: duckdb.DuckDBPyConnection) -> Array:
    found = connection.sql(SQL.format(columns="row,")).fetchnumpy()
    permitted = np.empty(len(found["row"]), bool)
    permitted[found["row"]] = found["permitted"]
    return permitted


# ------------------------------------------------------------------ the measurement

Contest = dict[str, Callable[[], Any]]


def contestants(rows: Rows) -> Contest:
    """What is timed, by name: first ours, then what is written by hand."""
    many, arrays, table, frame = rows.checker.check_many, rows.arrays, rows.arrow(), rows.polars()
    connection = rows.duckdb()
    relation = connection.table("t").project(", ".join(f'"{c}"' for c in ("row", *arrays)))
    expression = polars_expression()

    def ours(given: Any, **told: Any) -> Callable[[], Any]:
        return lambda: many(given, null_is=NULL_IS, **told).permitted

    return {
        "check_many, arrays": ours(arrays),
        "check_many, arrays, one thread": ours(arrays, threads=1),
        "check_many, Arrow": ours(table),
        "check_many, Arrow, one thread": ours(table, threads=1),
        "check_many, Polars": ours(frame),
        "check_many, Polars, one thread": ours(frame, threads=1),
        "check_many, DuckDB relation": ours(relation, keep=["row"]),
        "NumPy": lambda: by_numpy(rows, by_integers=False),
        "NumPy, days as integers": lambda: by_numpy(rows, by_integers=True),
        "NumPy, days as integers, two threads": lambda: by_numpy(rows, by_integers=True, threads=2),
        "Polars": lambda: frame.select(expression)["permitted"],
        "Polars, streaming": lambda: (
            frame.lazy().select(expression).collect(engine="streaming")["permitted"]
        ),
        "DuckDB": lambda: connection.sql(SQL.format(columns="")).to_arrow_table(),
    }


def partial_rows(rows: Rows, share: float) -> dict[str, Any]:
    """The arrays with that share of three facts missing."""
    random = np.random.default_rng(SEED + 1)
    arrays = rows.arrays
    for key in ("subject.customer", "disclosure.sold", "recipient.service_provider"):
        absent = random.random(len(arrays[key]), np.float32) < share
        arrays[key] = np.ma.masked_array(arrays[key], absent)
    return arrays


def reported(rows: Rows) -> Contest:
    """What has no peer: rules, and facts that are missing."""
    many, tenth = rows.checker.check_many, partial_rows(rows, 0.1)
    return {
        "check_many, arrays, rules": lambda: many(rows.arrays, null_is=NULL_IS, rules=True),
        "check_many, arrays, facts missing": lambda: many(tenth, null_is=NULL_IS),
        "check_many, arrays, rules, facts missing": lambda: many(
            tenth, null_is=NULL_IS, rules=True
        ),
    }


def check_agreement(rows: Rows, contest: Contest) -> None:
    """Every contestant gives the same answer on every row. Raises AssertionError."""
    expected = np.asarray(contest["check_many, arrays"]())
    assert 0 < expected.sum() < len(expected)
    for name, answer in contest.items():
        if name not in ("DuckDB", "check_many, DuckDB relation"):
            assert (np.asarray(answer()) == expected).all(), name
    connection = rows.duckdb()
    assert (duckdb_answer(connection) == expected).all(), "DuckDB"
    table = rows.checker.check_many(connection.table("t"), null_is=NULL_IS, keep=["row"]).to_arrow()
    permitted = np.empty(len(expected), bool)
    permitted[table["row"].to_numpy()] = np.asarray(table["outcome"].to_pylist()) == "permit"
    assert (permitted == expected).all(), "DuckDB relation"


def run(rows: int, rounds: int = ROUNDS) -> list[Row]:
    """Names, and their seconds in each round. The rounds are interleaved."""
    made = rows_of(checker_of_the_company(), rows)
    contest = contestants(made)
    check_agreement(made, contest)
    contest |= reported(made)
    seconds: dict[str, list[float]] = {name: [] for name in contest}
    for _ in range(rounds):
        for name, answer in contest.items():
            started = time.perf_counter()
            answer()
            seconds[name].append(time.perf_counter() - started)
    return list(seconds.items())


def peak(name: str, rows: int) -> int:
    """Bytes at most in use beside the columns themselves, measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.columns", "--rows", str(rows), "--peak", name]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def print_peak(name: str, rows: int) -> None:
    made = rows_of(checker_of_the_company(), rows)
    answer = {**contestants(made), **reported(made)}[name]
    with suppress(OSError):
        # The most that was in use is counted anew.
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = memory("VmRSS")
    answer()
    print(max(0, memory("VmHWM") - before))


def memory(kind: str) -> int:
    """Bytes in use (VmRSS), or at most in use so far (VmHWM); 0 where the system does not say."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith(kind):
                return int(line.split()[1]) * 1024
    return 0


def table_of(found: list[Row], rows: int, peaks: dict[str, int]) -> str:
    """In Markdown: median, spread, how it compares with the fastest by hand, memory."""
    hand = min(statistics.median(s) for name, s in found if not name.startswith("check_many"))
    lines = [
        f"{rows:,} rows, outcome only unless said otherwise",
        "",
        "| | median | least | most | of the fastest by hand | peak memory |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, seconds in found:
        median = statistics.median(seconds)
        memory = f"{peaks[name] / 2**20:.0f} MB" if name in peaks else ""
        cells = [f"{1_000 * s:.1f} ms" for s in (median, min(seconds), max(seconds))]
        lines.append(f"| {name} | {' | '.join(cells)} | {hand / median:.2f}x | {memory} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--peak", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.peak is not None:
        print_peak(asked.peak, asked.rows)
        return
    found = run(asked.rows, asked.rounds)
    peaks = {name: peak(name, asked.rows) for name, _ in found}
    print(table_of(found, asked.rows, peaks))


if __name__ == "__main__":
    main()
