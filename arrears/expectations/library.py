"""Great Expectations over one open DuckDB connection: expectations in, counts out.

A rule that is a query of unexpected rows is counted by the engine itself: the library would run it twice, and
spends some twenty times as long on it as the query does.
"""

import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from arrears.data.warehouse import Connection, quote
from arrears.expectations.outcome import Check
from arrears.expectations.suites import UNEXPECTED_ROWS, Expectation, Suite, is_aliased

# `observed_value` of other types is a value of a row: the largest balance is one parent's balance.
_COUNTING = (
    UNEXPECTED_ROWS,
    "expect_table_row_count_to_be_between",
    "expect_column_unique_value_count_to_be_between",
    "expect_column_proportion_of_unique_values_to_be_between",
)
_COUNTS = ("element_count", "missing_count", "unexpected_percent")
# No list of unexpected values is computed, so none can be kept.
_RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
_SHOWN_ROWS = 5
# The relation that holds the table of the suite at hand.
BATCH = "main.checked_batch"


class Library:
    """Great Expectations, quiet, without analytics and without a context on disk."""

    def __init__(self, gx: Any, source: Any, con: Connection, as_of: date) -> None:
        self._gx, self._source, self._con = gx, source, con
        self.as_of = f"DATE {quote(as_of.isoformat())}"
        self._batches: Any = None

    @classmethod
    @contextmanager
    def over(cls, con: Connection, as_of: date) -> Iterator["Library"]:
        """The library over a connection that stays the caller's."""
        os.environ["GX_ANALYTICS_ENABLED"] = "False"  # read when the library is imported
        with _silenced():
            import great_expectations as gx

            from arrears.expectations.dialect import lent

            with lent(con) as url:
                context: Any = gx.get_context(mode="ephemeral")
                context.variables.progress_bars = {"globally": False, "metric_calculations": False}
                yield cls(gx, context.data_sources.add_sql("night", connection_string=url), con, as_of)

    def validate(self, suite: Suite, expectations: Sequence[Expectation], rows: int) -> list[Check]:
        """One check of `BATCH` for each expectation, in the suite's order; what could not run is a stop."""
        queries = {n: e for n, e in enumerate(expectations) if e.type == UNEXPECTED_ROWS}
        results = {number: self._counted(each) for number, each in queries.items()}
        built = [self._build(n, e) for n, e in enumerate(expectations) if n not in queries]
        results |= self._validated([one for one in built if one is not None])
        return [
            self._check(suite, expectation, results.get(number), rows)
            for number, expectation in enumerate(expectations)
        ]

    def _counted(self, expectation: Expectation) -> Mapping[str, Any] | None:
        """How many rows break a rule that is a query, or None where it could not run."""
        try:
            row = self._con.execute(f"SELECT count(*) FROM ({self._query(expectation)})").fetchone()
        except Exception:  # its text may hold a value; the check that did not run says enough
            return None
        if row is None:
            return None
        return {"success": row[0] == 0, "observed_value": int(row[0])}

    def _query(self, expectation: Expectation) -> str:
        """The query of a rule over the table of the suite at hand."""
        rows = str(expectation.args["rows"])
        batch = BATCH if is_aliased(rows) else f"{BATCH} AS subselect"
        return rows.format(batch=batch, as_of=self.as_of)

    def _validated(self, built: list[Any]) -> dict[int, Mapping[str, Any] | None]:
        """What the library found, by the number of each expectation that could run."""
        if not built:
            return {}
        if self._batches is None:  # one for all suites: the library writes its whole context for each
            asset = self._source.add_query_asset("batch", query=f"SELECT * FROM {BATCH}")
            self._batches = asset.add_batch_definition_whole_table("whole")
        whole = self._batches.get_batch()
        results = self._results(whole, built)
        for each in built:  # one that raised can take others of the same query with it
            if each.meta["number"] not in results:
                results |= self._results(whole, [each])
        return results

    def _build(self, number: int, expectation: Expectation) -> Any:
        """The library's own object, or None where it refuses the arguments."""
        args = dict(expectation.args)
        args.pop("columns", None)
        name = "".join(part.capitalize() for part in expectation.type.split("_"))
        try:
            return getattr(self._gx.expectations, name)(**args, meta={"number": number})
        except Exception:  # its text may hold a value; the check that did not run says enough
            return None

    def _results(self, batch: Any, built: list[Any]) -> dict[int, Mapping[str, Any] | None]:
        """What each expectation found, by its number; those that raised are left out."""
        try:
            suite = self._gx.ExpectationSuite("suite", expectations=built)
            found = batch.validate(suite, result_format=_RESULT_FORMAT)
        except Exception:  # as above
            return {}
        return {
            each.expectation_config.meta["number"]: {"success": bool(each.success), **each.result}
            for each in found.results
            if not _raised(each.exception_info)
        }

    def _check(
        self,
        suite: Suite,
        expectation: Expectation,
        result: Mapping[str, Any] | None,
        rows: int,
    ) -> Check:
        """The check, with counts taken from the result and nothing else."""
        query = str(expectation.args["rows"]) if expectation.type == UNEXPECTED_ROWS else None
        if result is None:
            return Check(
                suite.name,
                suite.table,
                expectation.type,
                expectation.column,
                success=False,
                severity="stop",
                why=f"this check could not run, so nothing is known of: {expectation.why}",
                observed={"could_not_run": 1},
                query=query,
            )
        observed = {k: result[k] for k in _COUNTS if isinstance(result.get(k), int | float)}
        value = result.get("observed_value")
        if expectation.type in _COUNTING and isinstance(value, int | float):
            observed["observed_value"] = value
        unexpected = value if expectation.type == UNEXPECTED_ROWS else result.get("unexpected_count")
        return Check(
            suite.name,
            suite.table,
            expectation.type,
            expectation.column,
            success=result["success"],
            severity=expectation.severity_at(rows),
            why=expectation.why,
            do=expectation.do,
            observed=observed,
            unexpected_count=int(unexpected) if isinstance(unexpected, int | float) else None,
            rows=() if result["success"] or query is None else self._places(suite, expectation),
            query=query,
        )

    def _places(self, suite: Suite, expectation: Expectation) -> tuple[str, ...]:
        """The first source rows of a broken rule, where the rule tells file and line.

        Both are ours, made by loading; other keys come from partners and could hold anything.
        """
        keys = expectation.keys
        if "source_file" not in keys or "source_line" not in keys:
            return ()
        feed, table = suite.table.split(".")
        if feed == "staging":
            feed = table
        query = self._query(expectation)
        found = self._con.execute(
            f"SELECT source_file, source_line FROM ({query}) AS broken ORDER BY ALL LIMIT {_SHOWN_ROWS}"
        ).fetchall()
        return tuple(
            f"{feed}.{table}@{file}:{line}"
            for file, line in found
            if isinstance(line, int) and re.fullmatch(r"[0-9a-f]{16}", str(file)) is not None
        )


def _raised(info: Mapping[str, Any] | None) -> bool:
    """Whether an expectation or any of its metrics raised."""
    if not info:
        return False
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(_raised(each) for each in info.values() if isinstance(each, Mapping))


@contextmanager
def _silenced() -> Iterator[None]:
    """Keeps the library's own log away: its lines may quote an exception with its value."""
    logger = logging.getLogger("great_expectations")
    level, propagate = logger.level, logger.propagate
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.propagate = propagate
