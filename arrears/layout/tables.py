"""Tables that a partner sends whole, as delimited text or Parquet: their contract and their SELECT.

A contract is a folder of parts; each `<part>.csv` holds a line a column: table, column, type, key
(`K`), required (`R`; a key column is required unless it says `O`; a column that says `N` came later, and
a file may come without it), values (`|` between them; of a date `>=column`, the column before which it
cannot lie), description. Types are `text`, `date` (ISO), `cents` (whole, never below zero), `signed_cents`,
`percent` (whole, 0 to 100) and `yes_no` (`Y`, `N`, blank for not known).
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from arrears.errors import RuleFault
from arrears.layout.read import every_told, fault_columns
from arrears.values import HUNDRED, unit_said

SQL_TYPES = {"text": "VARCHAR", "date": "DATE", "yes_no": "BOOLEAN"}
NUMBERS = ("cents", "signed_cents", "percent")
SQL_TYPES |= dict.fromkeys(NUMBERS, "BIGINT")
# What a Parquet column may be. A number where text belongs has lost its leading zeros already; a
# binary float has lost the cents.
_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
_PHYSICAL = {"text": set[str](), "date": {"DATE"}, "yes_no": {"BOOLEAN"}, **dict.fromkeys(NUMBERS, _WHOLE)}
_MOST_DIGITS = 12  # of cents: just under ten billion dollars
_NOT_BEFORE = ">="
_NAME = re.compile(r"[a-z][a-z_]{0,39}")
_HEADER = ["table", "column", "type", "key", "required", "values", "description"]


@dataclass(frozen=True)
class Column:
    """One column of a table contract."""

    name: str
    type: str
    is_key: bool
    is_required: bool
    values: tuple[str, ...]
    description: str
    may_be_missing: bool = False
    not_before: str = ""


@dataclass(frozen=True)
class TableContract:
    """One table: its columns in order, and among them the key that names a row."""

    name: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that together name one row."""
        return tuple(column.name for column in self.columns if column.is_key)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns in order."""
        return tuple(column.name for column in self.columns)

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns of text in order."""
        return tuple(column.name for column in self.columns if SQL_TYPES[column.type] == "VARCHAR")

    def is_header(self, names: Sequence[str]) -> bool:
        """Whether these are its columns in order, with or without those that came later."""
        return list(names) == [c.name for c in self.columns if c.name in names or not c.may_be_missing]


def load_tables(folder: Path) -> dict[str, TableContract]:
    """The tables of a contract by name, of the core first; every fault of its parts is named at once."""
    faults: list[str] = []
    parts = sorted(folder.glob("*.csv"), key=lambda part: (part.stem != "core", part.stem))
    if not parts:
        raise RuleFault("The table contract is missing", folder)
    found: dict[str, list[Column]] = {}
    for part in parts:
        own = _read_part(part, faults)
        faults += [f"{name} is in {part.name} and in another part" for name in own if name in found]
        found |= own
    tables = {name: TableContract(name, tuple(columns)) for name, columns in found.items()}
    faults += [f"{name} has no key" for name, table in tables.items() if not table.key]
    if faults:
        said = f"The table contract has {len(faults)} fault(s): " + "; ".join(faults)
        raise RuleFault(said, folder)
    return tables


def _read_part(path: Path, faults: list[str]) -> dict[str, list[Column]]:
    """The columns by table of one part; its faults go to the list."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = list(csv.reader(line for line in lines if line and not line.startswith("#")))
    if not rows or rows[0] != _HEADER:
        faults.append(f"the header line of {path.name} is not {','.join(_HEADER)}")
        return {}
    found: dict[str, list[Column]] = {}
    for row in rows[1:]:
        if len(row) != len(_HEADER):
            faults.append(f"a line of {path.name} has {len(row)} cells, not {len(_HEADER)}")
            continue
        table, column, kind, key, required, values, description = row
        if kind not in SQL_TYPES:
            faults.append(f"{table}.{column} has the unknown type {kind!r}")
        if column in {seen.name for seen in found.get(table, [])}:
            faults.append(f"{table}.{column} is there twice")
        choices = tuple(part for part in values.split("|") if part)
        not_before = values.removeprefix(_NOT_BEFORE) if values.startswith(_NOT_BEFORE) else ""
        found.setdefault(table, []).append(
            Column(
                column,
                kind,
                key == "K",
                required == "R" or key + required == "K",
                () if not_before else choices,
                description,
                may_be_missing=required == "N",
                not_before=not_before,
            )
        )
    for table, columns in found.items():
        dates = {one.name for one in columns if one.type == "date"}
        for one in (one for one in columns if one.not_before and not {one.name, one.not_before} <= dates):
            faults.append(f"{table}.{one.name} and {one.not_before!r} are not two dates of the table")
    return found


def header_faults(table: TableContract, names: Sequence[str]) -> list[str]:
    """What is wrong with a file's columns against the contract, one plain phrase each."""
    if not set(names) & set(table.names):
        return ["its first line names none of its columns"]
    said = []
    if strange := [name for name in names if name not in table.names]:
        # Where a line end was lost, what follows the names are values of a row: those are told to nobody.
        shown = [
            repr(name) if _NAME.fullmatch(name) else "one that is not a column's name" for name in strange
        ]
        said.append(f"unknown column(s) {', '.join(dict.fromkeys(shown))}")
    if missing := [c.name for c in table.columns if c.name not in names and not c.may_be_missing]:
        said.append(f"missing column(s) {', '.join(missing)}")
    if len(set(names)) != len(names):
        said.append("a column is named twice")
    return said


def type_faults(table: TableContract, physical: Mapping[str, str]) -> list[str]:
    """What is wrong with the column types of a Parquet file, one plain phrase each."""
    said = []
    for column in table.columns:
        found = physical.get(column.name, "VARCHAR")
        # An all-NULL column has no type of its own in Parquet and reads as INTEGER.
        if found not in {"VARCHAR", '"NULL"', *_PHYSICAL[column.type]}:
            said.append(f"{column.name} is {found}, not {unit_said(column.type)}")
    return said


def typed_select(table: TableContract, rows: str, physical: Mapping[str, str]) -> str:
    """SQL for one typed row a row of `rows` (the table's columns), with its fault.

    `physical` are the types that the columns have now: all VARCHAR for delimited text.
    """
    values = ",\n  ".join(f"{_value(c, physical[c.name])} AS {c.name}" for c in table.columns)
    faults = "".join(_whens(c, physical[c.name]) for c in table.columns)
    fault = f"CASE WHEN false THEN {{'field': '', 'reason': '', 'value': ''}}{faults} END AS fault"
    given = f"(SELECT {_trimmed(table, physical)} FROM {rows}) AS given"
    return f"SELECT {values}, {fault_columns()}\nFROM (SELECT given.*, {fault} FROM {given})"


def every_fault_select(table: TableContract, rows: str, physical: Mapping[str, str]) -> str:
    """SQL for every fault of `rows`, of each column the first: where, which field, why, and its masked value.

    `rows` are the table's columns and `source_line`; it asks what `typed_select` asks.
    """
    each = ", ".join(
        f"CASE {whens} END" for one in table.columns if (whens := _whens(one, physical[one.name]))
    )
    given = f"(SELECT source_line, {_trimmed(table, physical)} FROM {rows})"
    found = f"list_filter([{each}], lambda one: one IS NOT NULL)"
    return every_told(f"SELECT source_line, unnest({found}) AS fault FROM {given}")


def _whens(column: Column, physical: str) -> str:
    return "".join(
        f"\n  WHEN {test} THEN {{'field': '{column.name}', 'reason': '{reason}', 'value': {_text(column)}}}"
        for test, reason in _tests(column, physical)
    )


def _trimmed(table: TableContract, physical: Mapping[str, str]) -> str:
    """The columns without the blanks that are no part of them.

    A column of fixed width comes filled up: of an identifier or a code no blank around it counts, of a date
    and of free text none after it. An amount is digits alone.
    """
    columns = []
    for column in table.columns:
        names = column.is_key or column.values or column.name.endswith("_id") or column.name == "fein"
        trim = "trim" if column.type == "text" and names else "rtrim"
        is_kept = physical[column.name] != "VARCHAR" or column.type in NUMBERS
        columns.append(column.name if is_kept else f"{trim}({column.name}, ' ') AS {column.name}")
    return ", ".join(columns)


def _text(column: Column) -> str:
    return f"CAST({column.name} AS VARCHAR)"


def _value(column: Column, physical: str) -> str:
    name = column.name
    if physical != "VARCHAR" or column.type == "text":
        return f"nullif({name}, '')" if physical == "VARCHAR" else f"CAST({name} AS {SQL_TYPES[column.type]})"
    if column.type == "yes_no":
        return f"CASE {name} WHEN 'Y' THEN true WHEN 'N' THEN false END"
    return f"try_cast({name} AS {SQL_TYPES[column.type]})"


def _tests(column: Column, physical: str) -> list[tuple[str, str]]:
    name, tests = column.name, []
    if physical == "VARCHAR":
        given = f"{name} <> '' AND "
        if column.type == "text":
            tests.append((f"contains({name}, chr(0))", "holds a NUL byte"))
        elif column.type == "date":
            shape = "(18|19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
            real = f"regexp_full_match({name}, '{shape}') AND try_cast({name} AS DATE) IS NOT NULL"
            tests.append((f"{given}NOT ({real})", "not a date written CCYY-MM-DD"))
        elif column.type in NUMBERS:
            whole = "a whole number" if column.type == "percent" else "whole cents"
            tests.append((f"{given}NOT regexp_full_match({name}, '-?[0-9]+')", f"not {whole}"))
        else:
            tests.append((f"{given}{name} NOT IN ('Y', 'N')", "not Y, N or blank"))
    if column.type in NUMBERS:
        # Sums over every row stay within what the engine counts; nobody owes or pays as much.
        digits = f"length(ltrim(CAST({name} AS VARCHAR), '-0'))"
        tests.append((f"{digits} > {_MOST_DIGITS}", f"an amount of more than {_MOST_DIGITS} digits"))
    if column.type in ("cents", "percent"):
        tests.append((f"try_cast({name} AS BIGINT) < 0", "below zero"))
    if column.type == "percent":
        tests.append((f"try_cast({name} AS BIGINT) > {HUNDRED}", f"more than {HUNDRED}"))
    if column.not_before:
        tests.append(
            (
                f"try_cast({name} AS DATE) < try_cast({column.not_before} AS DATE)",
                f"before {column.not_before}",
            )
        )
    if column.values:
        listed = ", ".join(f"'{value}'" for value in column.values)
        tests.append((f"{name} <> '' AND {name} NOT IN ({listed})", "code not in the list"))
    if column.is_required:
        tests.append((f"coalesce(CAST({name} AS VARCHAR), '') = ''", "required, but blank"))
    return tests
