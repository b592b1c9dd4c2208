"""Runs suites over tables: one process, pushed down to DuckDB, failing closed.

Great Expectations reports success where there was nothing to check: an empty batch, a suite without
checks, a column that is missing throughout. Each of these is a failure of its own here, as is an
expectation that could not run. No value of a row is ever kept: counts and places only, and not
the text of an exception either, since it carries the value that it stumbled over.
"""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from arrears.data.warehouse import Connection, attach_views, parquet_rows, quote, warehouse
from arrears.expectations.broken import broken_rows
from arrears.expectations.library import Bound, check_of, great_expectations, silenced
from arrears.expectations.measures import ROWS, answers
from arrears.expectations.outcome import Check, Outcome
from arrears.expectations.suites import MISSING_COUNTS_FROM_ROWS, Expectation, Suite

# Suites side by side: while the engine reads for one, the library judges another.
_WORKERS = 2
_CURRENCY = "staging.currency"


def run_checks(
    tables: Mapping[str, list[Path] | str],
    suites: Sequence[Suite],
    as_of: date,
    con: Connection | None = None,
    spill: Path | None = None,
) -> Outcome:
    """The outcome of all suites over these tables, each a list of Parquet files or a SELECT.

    A table that `tables` does not name is looked for in `con`, where the caller lends one; queries
    of unexpected rows may read any table of either. A suite whose table is nowhere stops, unless
    it says `may_be_absent`.
    """
    if not suites:
        why = "nothing was checked, so nothing is known"
        return Outcome(as_of, (_own("", "", "there_are_suites", why),))
    with ExitStack() as stack:
        engine = con or stack.enter_context(warehouse(spill))
        pool = stack.enter_context(ThreadPoolExecutor(_WORKERS))
        importing = pool.submit(great_expectations)
        unreadable = _attach(engine, tables)
        there = _columns_of(engine, [_CURRENCY, *(suite.table for suite in suites)])
        today = f"DATE {quote(as_of.isoformat())}"
        looked = _Looked(engine, there, unreadable, _never_came(engine, there), today)
        importing.result()
        with silenced():
            found = pool.map(looked.checks, suites)
            return Outcome(as_of, tuple(check for checks in found for check in checks))


def _attach(con: Connection, tables: Mapping[str, list[Path] | str]) -> set[str]:
    """The tables that cannot be read; the others are there under their names."""
    selects = {n: parquet_rows(s) if isinstance(s, list) else s for n, s in tables.items()}
    try:
        attach_views(con, selects)
    except Exception:  # its text may hold a value of a row
        if len(tables) == 1:
            return set(tables)
        return {name for one in tables.items() for name in _attach(con, dict([one]))}
    return set()


@dataclass(frozen=True)
class _Looked:
    """The tables of one run of checks, and what is known of them before a suite is looked at."""

    con: Connection
    columns: Mapping[str, Mapping[str, str]]
    unreadable: Collection[str]
    never_came: Collection[str]
    as_of: str

    def checks(self, suite: Suite) -> list[Check]:
        """The checks of one suite, its own guards first."""
        if suite.table in self.unreadable or suite.table not in self.columns:
            if suite.may_be_absent and suite.table not in self.unreadable:
                return []
            why = "the table is not there or cannot be read"
            return [_own(suite.name, suite.table, "table_can_be_read", why)]
        if not suite.expectations:
            why = "nothing was checked, so nothing is known"
            return [_own(suite.name, suite.table, "suite_has_checks", why)]
        try:
            return self._guarded(suite, self.columns[suite.table])
        except Exception:  # its text may hold a value of a row
            why = "the checks of this table could not run"
            return [_own(suite.name, suite.table, "suite_can_run", why)]

    def _guarded(self, suite: Suite, columns: Mapping[str, str]) -> list[Check]:
        """The guards that the library lacks, then the library's own checks, from one statement."""
        if suite.table in self.never_came:
            return [self._has_rows(suite, 0)]
        named = sorted({c for e in suite.expectations for c in e.columns})
        filled = {c: f'count("{c}")' for c in named if c in columns}
        able = [e for e in suite.expectations if set(e.columns) <= set(columns)]
        bounds = [Bound.of(each, suite.table, columns, self.as_of) for each in able]
        measures = [sql for bound in bounds for sql in bound.measures.values()]
        con = self.con.cursor()
        known = answers(con, suite.table, list(dict.fromkeys([ROWS, *filled.values(), *measures])))
        rows = known[ROWS]
        checks = [self._has_rows(suite, rows)]
        if not rows:
            return checks
        for column in (c for c in named if c not in filled):
            why = "a check names a column that the table does not have"
            checks.append(_own(suite.name, suite.table, "column_is_there", why, column))
        for column in (c for c in filled if known[filled[c]] == 0):
            looked_at = [e for e in suite.expectations if column in e.guarded]
            if looked_at:
                checks.append(_empty_column(suite, column, rows, looked_at))
        for bound in bounds:
            check = check_of(con, suite, bound, known, self.as_of)
            stops = not check.success and check.severity != "warn" and "could_not_run" not in check.observed
            broken = broken_rows(bound.expectation, suite.table, columns, self.as_of) if stops else ""
            checks.append(replace(check, broken=broken))
        return checks

    def _has_rows(self, suite: Suite, rows: int) -> Check:
        """Whether there is anything to check, or a reason why there need not be."""
        why = "it has no rows, so its checks would pass without checking anything"
        why += "; this one may be empty" if suite.may_be_empty else ""
        may_be_empty = suite.may_be_empty
        if not rows and suite.table in self.never_came:
            why, may_be_empty = "no file of this feed has come yet: what rests on it is not known", True
        own = _own(suite.name, suite.table, "batch_has_rows", why)
        return replace(own, success=rows > 0 or may_be_empty, observed={"rows": rows})


def _never_came(con: Connection, columns: Mapping[str, Mapping[str, str]]) -> frozenset[str]:
    """The tables of partners of whom no file ever came: that is not an empty file."""
    if _CURRENCY not in columns:
        return frozenset()
    found = con.execute(
        f"SELECT 'staging.' || feed FROM {_CURRENCY} GROUP BY feed HAVING count(last_received_on) = 0"
    ).fetchall()
    return frozenset(str(row[0]) for row in found)


def _empty_column(suite: Suite, column: str, rows: int, looked_at: Sequence[Expectation]) -> Check:
    """What an empty column says: few rows prove no field moved, and bounds that only warn stop nothing."""
    stopping = [e.stops_from_rows for e in looked_at if e.severity == "stop"]
    least = max(MISSING_COUNTS_FROM_ROWS, min(stopping, default=0))
    why = "missing in every row: its checks would pass without checking anything"
    stops = bool(stopping) and rows >= least
    if stopping and not stops:
        why += f" (a stop from {least} rows on)"
    own = _own(suite.name, suite.table, "column_has_values", why, column)
    return replace(own, observed={"rows": rows, "filled": 0}, severity="stop" if stops else "warn")


def _columns_of(con: Connection, tables: Sequence[str]) -> dict[str, dict[str, str]]:
    """The columns of those of these tables that are there, each with its type."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in con.execute(
        "SELECT table_schema || '.' || table_name AS name, column_name, data_type"
        " FROM information_schema.columns WHERE list_contains($tables, name)",
        {"tables": list(tables)},
    ).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def _own(suite: str, table: str, kind: str, why: str, column: str | None = None) -> Check:
    """A failure that the library would not have seen."""
    return Check(suite, table, kind, column, success=False, severity="stop", why=why)
