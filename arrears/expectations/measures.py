"""What Great Expectations must know of a table, as SQL, under the names that the library gives its metrics.

The library judges; the engine counts. All measures of a table are read in one pass, and none of them is
a value of a row, save the mean, median, smallest, largest and sum where a suite asks for one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from arrears.data.warehouse import Connection, quote

Args = Mapping[str, Any]
ROWS = "count(*)"
UNEXPECTED, KEPT = ".unexpected_count", ".filtered_row_count"
# Types that compare with no number or date: the library refuses a bound on them, and so do we.
_UNORDERED = ("VARCHAR", "BOOLEAN")
# Rows that a bound on several columns passes over, by what the library calls them: joined conditions on each.
_KEPT_WHERE = {
    "both_values_are_missing": " OR ",
    "all_values_are_missing": " OR ",
    "either_value_is_missing": " AND ",
    "any_value_is_missing": " AND ",
}
_KEPT_ALL = ("neither", "never")


def measure(metric: str, args: Args, table: str, types: Mapping[str, str]) -> str:
    """SQL for one measure of a table, of which `types` has the columns; raises where it cannot be told.

    An aggregate over the table, or in parentheses a query of its own.
    """
    if metric in _AGGREGATES:
        return _AGGREGATES[metric](args)
    if metric.endswith(KEPT):
        return f"count(*) FILTER (WHERE {_kept(args)})"
    kind = metric.removesuffix(UNEXPECTED)
    if kind in UNIQUE:
        return _repeated(UNIQUE[kind](args), table)
    if kind == "column_values.between" and types[args["column"]].startswith(_UNORDERED):
        raise TypeError("a bound on a text or a truth")
    kept = f" AND ({_kept(args)})" if "ignore_row_if" in args else ""
    return f"count(*) FILTER (WHERE ({CONDITIONS[kind](args)}){kept})"


def answers(con: Connection, table: str, asked: Sequence[str]) -> dict[str, Any]:
    """What each measure of a table is, all from one statement; one that cannot be computed is absent.

    Where the statement fails it is asked again in halves, so that a failure takes no other measure with it.
    """
    whole = [each for each in asked if each.startswith("(")]
    summed = [each for each in asked if not each.startswith("(")]
    source = f" FROM (SELECT {', '.join(map(_numbered, enumerate(summed)))} FROM {table})" if summed else ""
    try:
        row = con.execute(f"SELECT {', '.join(['*'] * bool(summed) + whole)}{source}").fetchone()
    except Exception:  # its text may hold a value; that the measure is absent says enough
        half = len(asked) // 2
        return answers(con, table, asked[:half]) | answers(con, table, asked[half:]) if half else {}
    return dict(zip([*summed, *whole], row or (), strict=True))


def _numbered(one: tuple[int, str]) -> str:
    return f"{one[1]} AS measure_{one[0]}"


def literal(value: Any) -> str:
    """A value of a suite as SQL."""
    if isinstance(value, datetime):
        return f"TIMESTAMP {quote(value.isoformat(sep=' '))}"
    if isinstance(value, date):
        return f"DATE {quote(value.isoformat())}"
    if isinstance(value, float):
        return f"CAST({value!r} AS DOUBLE)"
    return quote(value) if isinstance(value, str) else str(value)


def _column(args: Args, key: str = "column") -> str:
    return f'"{args[key]}"'


def _listed(args: Args) -> str:
    return ", ".join(literal(value) for value in args["value_set"] if value is not None)


def _outside(value: str, args: Args) -> str:
    """Where a value is beyond its bounds; NULL where there is no value."""
    low, high = args.get("min_value"), args.get("max_value")
    below = [] if low is None else [f"{value} {'<=' if args.get('strict_min') else '<'} {literal(low)}"]
    above = [] if high is None else [f"{value} {'>=' if args.get('strict_max') else '>'} {literal(high)}"]
    return " OR ".join(below + above)


def _names(columns: Iterable[str]) -> list[str]:
    return [f'"{column}"' for column in columns]


def _kept(args: Args) -> str:
    """Which rows a bound on several columns looks at."""
    if args["ignore_row_if"] in _KEPT_ALL:
        return "true"
    columns = args["column_list"] if "column_list" in args else (args["column_A"], args["column_B"])
    return _KEPT_WHERE[args["ignore_row_if"]].join(f"{name} IS NOT NULL" for name in _names(columns))


def _repeated(columns: Sequence[str], table: str) -> str:
    """How many rows share their values with another row, as a query of its own: one narrow aggregate."""
    names = _names(columns)
    filled = " AND ".join(f"{name} IS NOT NULL" for name in names)
    groups = f"SELECT count(*) AS times FROM {table} WHERE {filled} GROUP BY {', '.join(names)}"
    return f"(SELECT coalesce(sum(times), 0) FROM ({groups}) WHERE times > 1)"


# The columns that must be unique together, by the metric.
UNIQUE: Mapping[str, Callable[[Args], Sequence[str]]] = {
    "column_values.unique": lambda a: [a["column"]],
    "compound_columns.unique": lambda a: a["column_list"],
}
# Which rows break a bound, by the metric; what is NULL does not.
CONDITIONS: Mapping[str, Callable[[Args], str]] = {
    "column_values.nonnull": lambda a: f"{_column(a)} IS NULL",
    "column_values.null": lambda a: f"{_column(a)} IS NOT NULL",
    "column_values.in_set": lambda a: f"{_column(a)} NOT IN ({_listed(a)})",
    "column_values.not_in_set": lambda a: f"{_column(a)} IN ({_listed(a)})",
    "column_values.between": lambda a: _outside(_column(a), a),
    "column_values.value_length.equals": lambda a: f"length({_column(a)}) <> {literal(a['value'])}",
    "column_values.value_length.between": lambda a: _outside(f"length({_column(a)})", a),
    # A value beside none is not equal to it.
    "column_pair_values.equal": lambda a: (
        f"({_column(a, 'column_A')} = {_column(a, 'column_B')}) IS NOT TRUE"
    ),
    "column_pair_values.a_greater_than_b": lambda a: (
        f"{_column(a, 'column_A')} {'<' if a.get('or_equal') else '<='} {_column(a, 'column_B')}"
    ),
}
_AGGREGATES: Mapping[str, Callable[[Args], str]] = {
    "table.row_count": lambda a: ROWS,
    "column.mean": lambda a: f"avg(1.0 * {_column(a)})",
    "column.median": lambda a: f"median({_column(a)})",
    "column.min": lambda a: f"min({_column(a)})",
    "column.max": lambda a: f"max({_column(a)})",
    "column.sum": lambda a: f"sum({_column(a)})",
    "column.distinct_values.count": lambda a: f"count(DISTINCT {_column(a)})",
    "column.unique_proportion": lambda a: (
        f"coalesce(count(DISTINCT {_column(a)}) / nullif(count({_column(a)}), 0), 0)"
    ),
    "column.distinct_values.not_in_set.count": lambda a: (
        f"count(DISTINCT {_column(a)}) FILTER (WHERE {CONDITIONS['column_values.in_set'](a)})"
    ),
}
