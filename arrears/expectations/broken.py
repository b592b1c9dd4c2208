"""The rows that break a bound, as a query: whom they are about is set aside instead of stopping a night."""

from collections.abc import Callable, Mapping
from typing import Any

from arrears.expectations.suites import UNEXPECTED_ROWS, Expectation, is_aliased
from arrears.warehouse import quote

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
