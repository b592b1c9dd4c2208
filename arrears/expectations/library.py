"""Great Expectations: it says what an expectation must know of a table, and judges the answers.

The library names what it needs by its own metrics, `measures` has the SQL of each, and DuckDB answers all of
a table in one statement. The library's own ways to a database would ask table after table some twenty times.
A rule that is a query of unexpected rows is counted by the engine itself.
"""

import gc
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.util import LazyLoader
from threading import Thread
from types import ModuleType
from typing import Any

from arrears.data.warehouse import Connection
from arrears.expectations.measures import ROWS, measure
from arrears.expectations.outcome import Check
from arrears.expectations.suites import UNEXPECTED_ROWS, Expectation, Suite, query_of

# `observed_value` of other types is a value of a row: the largest balance is one parent's balance.
_COUNTING = (
    UNEXPECTED_ROWS,
    "expect_table_row_count_to_be_between",
    "expect_column_unique_value_count_to_be_between",
    "expect_column_proportion_of_unique_values_to_be_between",
)
_COUNTS = ("element_count", "missing_count", "unexpected_percent")
# No list of unexpected values is asked of a table, so none can be kept.
_RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
_VALUES = (".unexpected_values", ".not_in_set")
_SHOWN_ROWS = 5


# What the library imports for its plots and distributions, of which no suite asks: half of its own import.
_PERHAPS_NEVER = frozenset(("altair", "scipy.stats"))


@cache
def great_expectations() -> Any:
    """The library, quiet and without analytics; the first time in a process it costs more than a second."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"  # read when the library is imported
    with silenced(), _imported_when_asked(), _nothing_collected():
        import great_expectations

    return great_expectations


def import_ahead() -> None:
    """Imports the library beside whatever this process does until its first check."""
    if "great_expectations" not in sys.modules:
        Thread(target=great_expectations, name="import of the library of checks").start()


class _WhenAsked:
    """Finds modules that are imported only when something of theirs is asked for."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where such a module is, with a loader that waits."""
        if name not in _PERHAPS_NEVER:
            return None
        others = [one for one in sys.meta_path if not isinstance(one, _WhenAsked)]
        spec = next((spec for one in others if (spec := one.find_spec(name, path, target))), None)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


@contextmanager
def _imported_when_asked() -> Iterator[None]:
    finder = _WhenAsked()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """An import makes a million objects that stay: looking for garbage among them doubles its time.

    Nor are they looked at later on, or when the process ends.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


@contextmanager
def silenced() -> Iterator[None]:
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


Result = Mapping[str, Any]


@dataclass(frozen=True)
class Bound:
    """An expectation of one table, the measures of the table that it rests on, and who judges them.

    `measures` holds SQL by the name that the judge has for it. Without a judge the expectation cannot run.
    """

    expectation: Expectation
    measures: Mapping[Any, str]
    judge: Callable[[Mapping[Any, Any]], Result] | None

    @classmethod
    def of(cls, expectation: Expectation, table: str, types: Mapping[str, str], as_of: str) -> "Bound":
        """The bound over a table whose columns `types` has; `as_of` is the business date as SQL."""
        if expectation.type == UNEXPECTED_ROWS:
            query = query_of(expectation, table, as_of)
            return cls(expectation, {"broken": f"(SELECT count(*) FROM ({query}))"}, _counted)
        args = {key: value for key, value in expectation.args.items() if key != "columns"}
        name = "".join(part.capitalize() for part in expectation.type.split("_"))
        try:
            own = getattr(great_expectations().expectations, name)(**args)
            measures, given = _needed(own, table, types)
        except Exception:  # its text may hold a value; the check that did not run says enough
            return cls(expectation, {}, None)
        return cls(expectation, measures, lambda known: _judged(own, {**known, **given}))

    def result(self, answers: Mapping[str, Any]) -> Result | None:
        """What the library makes of the answers, by their SQL; None where the expectation could not run."""
        if self.judge is None:
            return None
        try:
            return self.judge({name: _plain(answers[sql]) for name, sql in self.measures.items()})
        except Exception:  # as above
            return None


def _counted(known: Mapping[Any, Any]) -> Result:
    """The result of a rule that is a query, by how many rows break it."""
    return {"success": known["broken"] == 0, "observed_value": known["broken"]}


def _judged(own: Any, metrics: Mapping[Any, Any]) -> Result:
    """The library's own result of its expectation, by all the metrics that it asked for."""
    found = own.metrics_validate(metrics=metrics, runtime_configuration={"result_format": _RESULT_FORMAT})
    return {"success": bool(found.success), **found.result}


def _needed(own: Any, table: str, types: Mapping[str, str]) -> tuple[Mapping[Any, str], Mapping[Any, Any]]:
    """What the library's own expectation rests on: the measures of a table, and what is known of it."""
    measures: dict[Any, str] = {}
    given: dict[Any, Any] = {}
    needed = own.get_validation_dependencies(runtime_configuration={"result_format": _RESULT_FORMAT})
    for name, metric in needed.metric_configurations.items():
        if name.endswith(_VALUES):
            given[metric.id] = []
        elif name == "table.columns":
            given[metric.id] = list(types)
        else:
            args = {**metric.metric_domain_kwargs, **metric.metric_value_kwargs}
            measures[metric.id] = measure(name, args, table, types)
    return measures, given


def _plain(value: Any) -> Any:
    """An answer of the engine as the library takes it."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def check_of(
    con: Connection,
    suite: Suite,
    bound: Bound,
    answers: Mapping[str, Any],
    as_of: str,
) -> Check:
    """The check, with counts taken from the result and nothing else; what could not run is a stop."""
    expectation, result = bound.expectation, bound.result(answers)
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
        severity=expectation.severity_at(answers[ROWS]),
        why=expectation.why,
        do=expectation.do,
        observed=observed,
        unexpected_count=int(unexpected) if isinstance(unexpected, int | float) else None,
        rows=() if result["success"] or query is None else _places(con, suite, expectation, as_of),
        query=query,
    )


def _places(con: Connection, suite: Suite, expectation: Expectation, as_of: str) -> tuple[str, ...]:
    """The first source rows of a broken rule, where the rule tells file and line.

    Both are ours, made by loading; other keys come from partners and could hold anything.
    """
    if not {"source_file", "source_line"} <= set(expectation.keys):
        return ()
    feed, table = suite.table.split(".")
    if feed == "staging":
        feed = table
    query = query_of(expectation, suite.table, as_of)
    found = con.execute(
        f"SELECT source_file, source_line FROM ({query}) AS broken ORDER BY ALL LIMIT {_SHOWN_ROWS}"
    ).fetchall()
    return tuple(
        f"{feed}.{table}@{file}:{line}"
        for file, line in found
        if isinstance(line, int) and re.fullmatch(r"[0-9a-f]{16}", str(file)) is not None
    )
