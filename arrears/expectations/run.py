"""Runs suites over tables: one process, pushed down to DuckDB, failing closed.

Great Expectations reports success where there was nothing to check: an empty batch, a suite without
checks, a column that is missing throughout. Each of these is a failure of its own here, as is an
expectation that could not run. No value of a row is ever kept: counts and places only, and not
the text of an exception either, since it carries the value that it stumbled over.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

from arrears.data.warehouse import Connection, attach_parquet, warehouse
from arrears.errors import ArrearsError
from arrears.expectations.broken import broken_rows
from arrears.expectations.library import BATCH, Library
from arrears.expectations.outcome import Check, Outcome
from arrears.expectations.suites import MISSING_COUNTS_FROM_ROWS, Expectation, Suite


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
    with ExitStack() as stack:
        engine = con or stack.enter_context(warehouse(spill))
        unreadable = {name for name, source in tables.items() if not _attach(engine, name, source)}
        checks: list[Check] = []
        if not suites:
            checks.append(_own("", "", "there_are_suites", "nothing was checked, so nothing is known"))
        library = stack.enter_context(Library.over(engine, as_of)) if suites else None
        for suite in suites:
            if library is not None:
                checks += _run_suite(engine, library, suite, unreadable)
    return Outcome(as_of, tuple(checks))


def _attach(con: Connection, name: str, source: list[Path] | str) -> bool:
    """Whether the source can be read under this name."""
    try:
        if isinstance(source, list):
            attach_parquet(con, name, source)
        else:
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {name.split('.')[0]}")
            con.execute(f"CREATE OR REPLACE VIEW {name} AS {source}")
    except ArrearsError:
        raise
    except Exception:  # its text may hold a value of a row
        return False
    return True


def _run_suite(con: Connection, library: Library, suite: Suite, unreadable: set[str]) -> list[Check]:
    """The checks of one suite, its own guards first."""
    columns = None if suite.table in unreadable else _columns_of(con, suite.table)
    if columns is None:
        if suite.may_be_absent and suite.table not in unreadable:
            return []
        why = "the table is not there or cannot be read"
        return [_own(suite.name, suite.table, "table_can_be_read", why)]
    if not suite.expectations:
        why = "nothing was checked, so nothing is known"
        return [_own(suite.name, suite.table, "suite_has_checks", why)]
    try:
        # A view, not a copy: each metric reads the few columns it needs from where they lie.
        con.execute(f"CREATE VIEW {BATCH} AS SELECT * FROM {suite.table}")
        return _guarded(con, library, suite, columns)
    except Exception:  # its text may hold a value of a row
        why = "the checks of this table could not run"
        return [_own(suite.name, suite.table, "suite_can_run", why)]
    finally:
        con.execute(f"DROP VIEW IF EXISTS {BATCH}")


def _guarded(con: Connection, library: Library, suite: Suite, columns: frozenset[str]) -> list[Check]:
    """The guards that the library lacks, then the library's own checks of one batch."""
    named = sorted({c for e in suite.expectations for c in e.columns})
    there = [c for c in named if c in columns]
    counted = "".join(f', count("{c}")' for c in there)
    row = con.execute(f"SELECT count(*){counted} FROM {BATCH}").fetchone() or (0,)
    rows, filled = int(row[0]), dict(zip(there, row[1:], strict=True))
    why = "it has no rows, so its checks would pass without checking anything"
    why += "; this one may be empty" if suite.may_be_empty else ""
    may_be_empty = suite.may_be_empty
    if not rows and _never_came(con, suite.table):
        why, may_be_empty = "no file of this feed has come yet: what rests on it is not known", True
    own = _own(suite.name, suite.table, "batch_has_rows", why)
    checks = [replace(own, success=rows > 0 or may_be_empty, observed={"rows": rows})]
    if not rows:
        return checks
    for column in named:
        if column not in filled:
            why = "a check names a column that the table does not have"
            checks.append(_own(suite.name, suite.table, "column_is_there", why, column))
    for column in (c for c in there if filled[c] == 0):
        looked_at = [e for e in suite.expectations if column in e.guarded]
        if looked_at:
            checks.append(_empty_column(suite, column, rows, looked_at))
    able = [e for e in suite.expectations if all(c in columns for c in e.columns)]
    found = library.validate(suite, able, rows)
    return checks + [
        check
        if check.success or check.severity == "warn" or "could_not_run" in check.observed
        else replace(check, broken=broken_rows(bound, suite.table, columns, library.as_of))
        for bound, check in zip(able, found, strict=True)
    ]


def _never_came(con: Connection, table: str) -> bool:
    """Whether a table is of a partner of whom no file ever came: that is not an empty file."""
    schema, name = table.split(".")
    if schema != "staging" or _columns_of(con, "staging.currency") is None:
        return False
    row = con.execute(
        "SELECT bool_and(last_received_on IS NULL) FROM staging.currency WHERE feed = ?", [name]
    ).fetchone()
    return bool(row and row[0])


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


def _columns_of(con: Connection, table: str) -> frozenset[str] | None:
    schema, name = table.split(".")
    found = con.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = ? AND table_name = ?",
        [schema, name],
    ).fetchall()
    return frozenset(str(row[0]) for row in found) or None


def _own(suite: str, table: str, kind: str, why: str, column: str | None = None) -> Check:
    """A failure that the library would not have seen."""
    return Check(suite, table, kind, column, success=False, severity="stop", why=why)
