"""The rows that break a bound, as a query: whom they are about is set aside instead of stopping a night."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from arrears.data.warehouse import Connection
from arrears.expectations.measures import CONDITIONS, UNIQUE
from arrears.expectations.outcome import Check
from arrears.expectations.suites import UNEXPECTED_ROWS, Expectation, query_of

# More broken rows than these, and more than this share, mean that not the rows are wrong but the table.
FEW, FEW_PERCENT = 5, 1
# By what a row is told, best first: a table has one of these, or its rows cannot be told apart.
KEYS = (("record_no",), ("source_file", "source_line"), ("subject_id",), ("case_id",), ("person_id",))


def broken_rows(expectation: Expectation, table: str, columns: Collection[str], as_of: str) -> str:
    """SQL for the keys of the rows that break a bound; empty where it is about the table as a whole.

    `as_of` is the business date as an SQL literal.
    """
    if expectation.type == UNEXPECTED_ROWS:
        if not set(expectation.keys) & {key for keys in KEYS for key in keys}:
            return ""
        return query_of(expectation, table, as_of)
    keys = next((keys for keys in KEYS if set(keys) <= set(columns)), ())
    metric, args = _METRICS.get(expectation.type, ""), expectation.args
    if not keys or not metric:
        return ""
    told = f"SELECT {', '.join(keys)} FROM {table}"
    if metric in UNIQUE:
        return f"{told} QUALIFY {_repeated(UNIQUE[metric](args))}"
    return f"{told} WHERE {_BROKEN[metric](args)}"


def few_rows(con: Connection, check: Check) -> list[dict[str, Any]]:
    """The rows that break a bound by their keys; none where they are many, or the bound is on the table."""
    if not check.broken:
        return []
    row = con.execute(f"SELECT count(*) FROM {check.table}").fetchone()
    most = max(FEW, (row[0] if row else 0) * FEW_PERCENT // 100)
    found = con.execute(f"SELECT DISTINCT * FROM ({check.broken}) LIMIT {most + 1}").to_arrow_table()
    return found.to_pylist() if 0 < found.num_rows <= most else []


def _repeated(columns: Sequence[str]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    filled = " AND ".join(f'"{column}" IS NOT NULL' for column in columns)
    return f"{filled} AND count(*) OVER (PARTITION BY {names}) > 1"


# The library's metric of each bound whose broken rows can be told.
_METRICS = {
    "expect_column_values_to_not_be_null": "column_values.nonnull",
    "expect_column_values_to_be_unique": "column_values.unique",
    "expect_compound_columns_to_be_unique": "compound_columns.unique",
    "expect_column_values_to_be_in_set": "column_values.in_set",
    "expect_column_values_to_be_between": "column_values.between",
    "expect_column_value_lengths_to_be_between": "column_values.value_length.between",
    "expect_column_pair_values_to_be_equal": "column_pair_values.equal",
}
# A value beside none breaks the bound too, but the table's, not one person's: such rows are not told.
_BROKEN: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    **CONDITIONS,
    "column_pair_values.equal": lambda a: f'"{a["column_A"]}" <> "{a["column_B"]}"',
}
