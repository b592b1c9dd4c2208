"""The rows that break a bound, as a query: whom they are about is set aside instead of stopping a night."""

from collections.abc import Callable, Mapping
from typing import Any

from arrears.data.warehouse import Connection, quote
from arrears.expectations.outcome import Check
from arrears.expectations.suites import UNEXPECTED_ROWS, Expectation, is_aliased

# More broken rows than these, and more than this share, mean that not the rows are wrong but the table.
FEW, FEW_PERCENT = 5, 1
# By what a row is told, best first: a table has one of these, or its rows cannot be told apart.
KEYS = (("record_no",), ("source_file", "source_line"), ("subject_id",), ("case_id",), ("person_id",))


def broken_rows(expectation: Expectation, table: str, columns: frozenset[str], as_of: str) -> str:
    """SQL for the keys of the rows that break a bound; empty where it is about the table as a whole.

    `as_of` is the business date as an SQL literal.
    """
    if expectation.type == UNEXPECTED_ROWS:
        if not set(expectation.keys) & {key for keys in KEYS for key in keys}:
            return ""
        rows = str(expectation.args["rows"])
        batch = table if is_aliased(rows) else f"{table} AS subselect"
        return rows.format(batch=batch, as_of=as_of)
    keys = next((keys for keys in KEYS if set(keys) <= columns), ())
    condition = _CONDITIONS.get(expectation.type)
    if not keys or condition is None:
        return ""
    test = condition(expectation.args)
    return f"SELECT {', '.join(keys)} FROM {table} {'QUALIFY' if ' OVER (' in test else 'WHERE'} {test}"


def few_rows(con: Connection, check: Check) -> list[dict[str, Any]]:
    """The rows that break a bound by their keys; none where they are many, or the bound is on the table."""
    if not check.broken:
        return []
    row = con.execute(f"SELECT count(*) FROM {check.table}").fetchone()
    most = max(FEW, (row[0] if row else 0) * FEW_PERCENT // 100)
    found = con.execute(f"SELECT DISTINCT * FROM ({check.broken}) LIMIT {most + 1}").to_arrow_table()
    return found.to_pylist() if 0 < found.num_rows <= most else []


def _listed(values: Any) -> str:
    return ", ".join(quote(value) if isinstance(value, str) else str(value) for value in values)


def _repeated(columns: list[str]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    filled = " AND ".join(f'"{column}" IS NOT NULL' for column in columns)
    return f"{filled} AND count(*) OVER (PARTITION BY {names}) > 1"


def _outside(value: str, args: Mapping[str, Any]) -> str:
    bounds = [(args.get("min_value"), "<"), (args.get("max_value"), ">")]
    return " OR ".join(f"{value} {sign} {_listed([bound])}" for bound, sign in bounds if bound is not None)


_CONDITIONS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "expect_column_values_to_not_be_null": lambda a: f'"{a["column"]}" IS NULL',
    "expect_column_values_to_be_unique": lambda a: _repeated([a["column"]]),
    "expect_compound_columns_to_be_unique": lambda a: _repeated(a["column_list"]),
    "expect_column_values_to_be_in_set": lambda a: f'"{a["column"]}" NOT IN ({_listed(a["value_set"])})',
    "expect_column_values_to_be_between": lambda a: _outside(f'"{a["column"]}"', a),
    "expect_column_value_lengths_to_be_between": lambda a: _outside(f'length("{a["column"]}")', a),
    "expect_column_pair_values_to_be_equal": lambda a: f'"{a["column_A"]}" <> "{a["column_B"]}"',
}
