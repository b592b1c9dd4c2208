"""Suites of expectations: YAML in the words of Great Expectations, read strictly.

A file holds one suite, or several divided by `---`:

    table: staging.dmv_licenses
    expect:
      - {type: expect_column_values_to_be_unique, column: case_id, else: stop, why: "one row a case"}
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from arrears.config import ENTRY, Key, note, read_once
from arrears.errors import RuleFault
from arrears.expectations.outcome import Severity

UNEXPECTED_ROWS = "unexpected_rows_expectation"
ONLY_NULL = "expect_column_values_to_be_null"
_BOUNDS = ("min_value", "max_value", "strict_min", "strict_max")
_MAP, _RANGE = ("mostly",), (*_BOUNDS,)

# The expectations that were seen to work on DuckDB, each with the library's own names of what must
# and what may be given. Regular expressions and business rules are `unexpected_rows_expectation`.
ARGUMENTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    UNEXPECTED_ROWS: (("rows",), ("columns",)),
    "expect_table_row_count_to_be_between": ((), _RANGE),
    "expect_table_columns_to_match_set": (("column_set",), ("exact_match",)),
    "expect_column_values_to_not_be_null": (("column",), _MAP),
    ONLY_NULL: (("column",), _MAP),
    "expect_column_values_to_be_unique": (("column",), _MAP),
    "expect_compound_columns_to_be_unique": (("column_list",), ("ignore_row_if", *_MAP)),
    "expect_column_value_lengths_to_equal": (("column", "value"), _MAP),
    "expect_column_value_lengths_to_be_between": (("column",), (*_RANGE, *_MAP)),
    "expect_column_values_to_be_in_set": (("column", "value_set"), _MAP),
    "expect_column_values_to_not_be_in_set": (("column", "value_set"), _MAP),
    "expect_column_values_to_be_between": (("column",), (*_RANGE, *_MAP)),
    "expect_column_mean_to_be_between": (("column",), _RANGE),
    "expect_column_median_to_be_between": (("column",), _RANGE),
    "expect_column_min_to_be_between": (("column",), _RANGE),
    "expect_column_max_to_be_between": (("column",), _RANGE),
    "expect_column_sum_to_be_between": (("column",), _RANGE),
    "expect_column_unique_value_count_to_be_between": (("column",), _RANGE),
    "expect_column_proportion_of_unique_values_to_be_between": (("column",), _RANGE),
    "expect_column_distinct_values_to_be_in_set": (("column", "value_set"), ()),
    "expect_column_pair_values_a_to_be_greater_than_b": (
        ("column_A", "column_B"),
        ("or_equal", "ignore_row_if", *_MAP),
    ),
    "expect_column_pair_values_to_be_equal": (("column_A", "column_B"), ("ignore_row_if", *_MAP)),
}
_REFUSED = {
    "expect_column_values_to_match_regex": "DuckDB has no such metric there",
    "expect_column_values_to_match_like_pattern": "DuckDB has no such metric there",
    "expect_column_values_to_be_of_type": "names of types never agree on DuckDB",
    "expect_column_quantile_values_to_be_between": "its result cannot be saved",
}
_OWN = {
    "type": Key("text", True, tuple(ARGUMENTS)),
    "else": Key("text", True, ("stop", "warn")),
    "why": Key("text", True),
    "do": Key("text", False),
    "may_be_missing": Key("true or false", False, otherwise="false"),
    "stops_from_rows": Key("whole number", False, otherwise="0"),
}
_KINDS = {"rows": "SQL", "column": "text", "column_A": "text", "column_B": "text", "value": "whole number"}
_KINDS |= dict.fromkeys(("columns", "column_list", "column_set"), "list of texts") | {"value_set": "list"}
_KINDS |= dict.fromkeys(("strict_min", "strict_max", "exact_match", "or_equal"), "true or false")
_KINDS |= {"min_value": "value", "max_value": "value", "mostly": "number", "ignore_row_if": "text"}
_SUITE = {
    "table": Key("text", True),
    "expect": Key("list of mappings", True),
    "may_be_empty": Key("true or false", False, otherwise="false"),
    "may_be_absent": Key("true or false", False, otherwise="false"),
}
# A column that is empty throughout says that a field moved only in a table of so many rows.
MISSING_COUNTS_FROM_ROWS = 50
# A row is told by its keys: whatever else a query selected could be somebody's data.
_KEY = r"(?:[a-z_]+\.)?(?:[a-z_]+_id|source_file|source_line|record_no|table_name|case_type|1)"
_KEYED = re.compile(rf"\s*SELECT\s+(?:DISTINCT\s+)?({_KEY}(?:\s*,\s*{_KEY})*)\s+FROM\s", re.IGNORECASE)
_JOINS = re.compile(r"\bJOIN\b", re.IGNORECASE)
_ALIASED = re.compile(r"\{batch\}\s+AS\s+\w+", re.IGNORECASE)


@dataclass(frozen=True)
class Expectation:
    """One bound: what must hold, what happens otherwise, and why it is believed."""

    type: str
    args: Mapping[str, Any]
    severity: Severity
    why: str
    do: str
    columns: tuple[str, ...]
    may_be_missing: bool
    stops_from_rows: int = 0

    @property
    def column(self) -> str | None:
        """The columns it looks at, as people name them."""
        return ", ".join(self.columns) or None

    @property
    def guarded(self) -> tuple[str, ...]:
        """The columns without whose values it would pass unseen; a rule that asks for a blank sees it."""
        if self.may_be_missing:
            return ()
        rows = str(self.args.get("rows", ""))
        sees = r"(?i)coalesce\(\s*{0}\b|\b{0}\s+IS\s+(NULL|DISTINCT FROM)"
        return tuple(c for c in self.columns if re.search(sees.format(c), rows) is None)

    def severity_at(self, rows: int) -> Severity:
        """What happens in a table of so many rows: a share of very few says little, so it only warns."""
        return "warn" if rows < self.stops_from_rows else self.severity

    @property
    def keys(self) -> tuple[str, ...]:
        """The key columns that tell an unexpected row."""
        found = _KEYED.match(str(self.args.get("rows", "")))
        return tuple(k.strip().split(".")[-1] for k in found.group(1).split(",")) if found else ()


@dataclass(frozen=True)
class Suite:
    """What one table must be like."""

    name: str
    table: str
    expectations: tuple[Expectation, ...]
    may_be_empty: bool
    may_be_absent: bool


class _StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which a key given twice is a fault instead of the last one winning."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                problem = f"`{key}` is given twice"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key_node.start_mark)
            seen.add(key)
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made


@read_once()
def load_suites(folder: Path) -> list[Suite]:
    """Every suite under `expectations/`, by file name; all faults at once."""
    faults: list[str] = []
    suites: list[Suite] = []
    for path in sorted(folder.rglob("*.yml")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        try:
            documents = list(yaml.load_all(path.read_text(encoding="utf-8"), Loader=_StrictLoader))
        except yaml.MarkedYAMLError as fault:
            line = fault.problem_mark.line + 1 if fault.problem_mark else 0
            faults.append(f"{name}.yml line {line}: {fault.problem}")
            continue
        except (yaml.YAMLError, UnicodeDecodeError):
            faults.append(f"{name}.yml: not YAML in UTF-8")
            continue
        if not documents:
            faults.append(f"{name}.yml: empty")
        for kind in ARGUMENTS:
            required, optional = ARGUMENTS[kind]
            given = {key: Key(_KINDS[key], key in required) for key in (*required, *optional)}
            note((path.as_posix(), "expect", ENTRY), {**_OWN, **given})
        note((path.as_posix(),), _SUITE)
        suites += [_suite(name, number, each, faults) for number, each in enumerate(documents, 1)]
    times = Counter(suite.table for suite in suites if suite.table)
    faults += [f"{table}: has more than one suite" for table in sorted(times) if times[table] > 1]
    if not suites and not faults:
        faults.append("no suite at all")
    if faults:
        raise RuleFault("Faults: " + "; ".join(faults), folder, "Correct each of them.")
    return suites


def _suite(name: str, number: int, raw: Any, faults: list[str]) -> Suite:
    where = f"{name}.yml suite {number}"
    if not isinstance(raw, dict):
        faults.append(f"{where}: not a mapping of `table` and `expect`")
        raw = {"table": "", "expect": []}
    faults += [_unknown(where, key, _SUITE) for key in raw if key not in _SUITE]
    table = raw.get("table")
    if not isinstance(table, str) or re.fullmatch(r"[a-z_]+\.[a-z0-9_]+|", table) is None or not table:
        faults.append(f"{where}: `table` must name a view such as facts.case_facts")
        table = ""
    flags = {}
    for flag in ("may_be_empty", "may_be_absent"):
        flags[flag] = raw.get(flag, False)
        if not isinstance(flags[flag], bool):
            faults.append(f"{where}: `{flag}` must be true or false")
    listed = raw.get("expect")
    if not isinstance(listed, list) or not listed:
        faults.append(f"{where}: has no checks")
        listed = []
    read = [_expectation(f"{where} ({table}) check {n}", each, faults) for n, each in enumerate(listed, 1)]
    return Suite(name, table, tuple(e for e in read if e is not None), **flags)


def _expectation(where: str, raw: Any, faults: list[str]) -> Expectation | None:
    if not isinstance(raw, dict):
        faults.append(f"{where}: not a mapping")
        return None
    before = len(faults)
    kind = str(raw.get("type"))
    if kind not in ARGUMENTS:
        if kind in _REFUSED:
            faults.append(f"{where}: `{kind}` fails on DuckDB ({_REFUSED[kind]}); use `{UNEXPECTED_ROWS}`")
        else:
            faults.append(f"{where}: unknown type `{kind}`; the types are {', '.join(ARGUMENTS)}")
        return None
    required, optional = ARGUMENTS[kind]
    known = (*_OWN, *required, *optional)
    faults += [_unknown(where, key, known) for key in raw if key not in known]
    faults += [f"{where}: `{k}` is missing" for k in required if raw.get(k) is None]
    for key in ("why", "do"):
        if not isinstance(raw.get(key, ""), str) or (key == "why" and not str(raw.get(key) or "").strip()):
            faults.append(f"{where}: `{key}` must say something")
    if raw.get("else") not in ("stop", "warn"):
        faults.append(f"{where}: `else` must be stop or warn")
    if not isinstance(raw.get("may_be_missing", False), bool):
        faults.append(f"{where}: `may_be_missing` must be true or false")
    least = raw.get("stops_from_rows", 0)
    if not isinstance(least, int) or isinstance(least, bool) or least < 0:
        faults.append(f"{where}: `stops_from_rows` must be a count")
    faults += [f"{where}: {fault}" for fault in _argument_faults(kind, raw, optional)]
    if len(faults) > before:
        return None
    args = {k: v for k, v in raw.items() if k in required or k in optional}
    columns = _columns(raw)
    missing_is_fine = raw.get("may_be_missing", False) or kind == ONLY_NULL
    do = raw.get("do", "")
    return Expectation(kind, args, raw["else"], raw["why"], do, columns, missing_is_fine, least)


def _unknown(where: str, key: Any, known: Iterable[str]) -> str:
    return f"{where}: unknown key `{key}`; the keys are {', '.join(known)}"


def _columns(raw: Mapping[str, Any]) -> tuple[str, ...]:
    named = [raw[key] for key in ("column", "column_A", "column_B") if key in raw]
    return tuple([*named, *raw.get("column_list", []), *raw.get("columns", [])])


def _argument_faults(kind: str, raw: Mapping[str, Any], optional: Sequence[str]) -> list[str]:
    faults = []
    if "min_value" in optional and raw.get("min_value") is None and raw.get("max_value") is None:
        faults.append("a bound needs `min_value` or `max_value`")
    for key in ("value_set", "column_list", "columns", "column_set"):
        if key in raw and (not isinstance(raw[key], list) or not raw[key]):
            faults.append(f"`{key}` must be a list that is not empty")
    for key in ("column", "column_A", "column_B"):
        if key in raw and (not isinstance(raw[key], str) or re.fullmatch(r"[a-z0-9_]+", raw[key]) is None):
            faults.append(f"`{key}` must be the name of a column")
    mostly = raw.get("mostly", 1)
    if not isinstance(mostly, int | float) or isinstance(mostly, bool) or not 0 < mostly <= 1:
        faults.append("`mostly` must be a share above 0 and up to 1")
    return faults + (_rows_faults(raw.get("rows")) if kind == UNEXPECTED_ROWS else [])


def is_aliased(rows: str) -> bool:
    """Whether a query of unexpected rows names its batch itself."""
    return _ALIASED.search(rows) is not None


def query_of(expectation: Expectation, table: str, as_of: str) -> str:
    """The query of a rule over a table; `as_of` is the business date as SQL."""
    rows = str(expectation.args["rows"])
    return rows.format(batch=table if is_aliased(rows) else f"{table} AS subselect", as_of=as_of)


def _rows_faults(rows: Any) -> list[str]:
    if not isinstance(rows, str):
        return ["`rows` must be a query"]
    faults = []
    try:
        fields = {name for _, name, _, _ in Formatter().parse(rows) if name is not None}
    except ValueError:
        return ["a brace is not closed; double the braces of a pattern"]
    if "batch" not in fields:
        faults.append("`rows` must read from {batch}")
    faults += [f"unknown placeholder {{{name}}}" for name in sorted(fields - {"batch", "as_of"})]
    if _KEYED.match(rows) is None:
        faults.append("`rows` must SELECT keys only (..._id, source_file, source_line, record_no or 1) FROM")
    if "--" in rows or ";" in rows:
        faults.append("`rows` is one query without comments")
    # The library gives {batch} a name of its own, except in a query that holds a JOIN.
    if bool(_JOINS.search(rows)) != is_aliased(rows):
        faults.append("with a JOIN write `{batch} AS name`, without one plain `{batch}`")
    return faults
