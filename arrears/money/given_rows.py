"""Rows that people hand in to a calculation: JSON or CSV, read strictly, every fault told at once.

What could be meant in two ways is refused: a key or a column that comes twice, two amounts for one order,
several rows that do not say whose they are.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from arrears.errors import ArrearsError
from arrears.money.calculations import Calculation
from arrears.values import unit_said

Rows = dict[str, list[dict[str, Any]]]
_YES_NO = {"Y": True, "N": False, "true": True, "false": False}
_TOLD = 10  # faults that one message names; the others are counted


def text_of(source: Path, given: bytes) -> str:
    """The text of a file or of standard input; the mark that spreadsheets put before it is left out."""
    try:
        text = given.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = given[: error.start].count(b"\n") + 1
        raise ArrearsError(
            f"Line {line} holds characters that are not UTF-8", source, "Save the file as UTF-8"
        ) from None
    if not text.strip():
        raise ArrearsError("There is nothing in it", source, "Give rows as JSON or CSV")
    return text


def read_rows(one: Calculation, texts: Mapping[Path, str]) -> Rows:
    """The rows of each relation in texts by the name that each came under (a file's, or `-`)."""
    found: Rows = {relation: [] for relation in one.input}
    for source, text in texts.items():
        for relation, row in _rows(one, source, text):
            if relation not in found:
                known = ", ".join(one.input)
                raise ArrearsError(f"{one.name} reads no table {relation!r}", source, f"Name one of {known}")
            found[relation].append(row)
    return found


def _rows(one: Calculation, source: Path, text: str) -> Iterable[tuple[str, dict[str, Any]]]:
    only = next(iter(one.input)) if len(one.input) == 1 else ""
    if text.lstrip()[:1] in ("{", "["):
        told = _json(source, text)
        tables = {_of(one, source, only): told} if isinstance(told, list) else told
        for relation, rows in tables.items():
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise ArrearsError(f"{relation} is not a list of rows", source, "Write a list of objects")
            yield from ((relation, row) for row in rows)
        return
    for row in _csv(source, text):
        named = row.pop("table", None) or _of(one, source, only)
        yield named, {column: value for column, value in row.items() if value not in ("", None)}


def _json(source: Path, text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise ArrearsError(
            "Lists lie in lists too deep to be rows", source, "Write a list of objects"
        ) from None
    except ValueError as error:
        raise ArrearsError(f"This is not JSON: {error}", source, "Correct it") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """One object of the JSON; of a key that comes twice nobody could say which value is meant."""
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if twice:
        raise ValueError(f"{', '.join(twice)} comes twice in one object")
    return dict(pairs)


def _csv(source: Path, text: str) -> Iterable[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    twice = [name for name, count in Counter(reader.fieldnames or ()).items() if count > 1]
    if twice:
        raise ArrearsError(
            f"The column {', '.join(twice)} comes twice", source, "Leave one of each in the first line"
        )
    try:
        for row in reader:
            if None in row:
                raise ArrearsError(
                    f"Line {reader.line_num} has more values than the first line has columns",
                    source,
                    "Correct the line",
                )
            yield row
    except csv.Error as error:
        raise ArrearsError(f"Line {reader.line_num} cannot be read: {error}", source, "Correct it") from None


def _of(one: Calculation, source: Path, only: str) -> str:
    """The relation that a file without tables holds: the only one, or the one that it is named after."""
    stem = source.stem
    if only or stem in one.input:
        return only or stem
    names = " or ".join(one.input)
    raise ArrearsError(
        "The rows do not say which table they belong to",
        source,
        f"Name the file {names}, or add a column `table`",
    )


def checked_rows(one: Calculation, tables: Rows) -> Rows:
    """The rows with every column of its type; one error counts every fault and names the first of them."""
    faults: list[str] = []
    ready: Rows = {}
    for relation, columns in one.input.items():
        usual = one.usual.get(relation, {})
        must = one.must(relation)
        ready[relation] = []
        for number, row in enumerate(tables.get(relation, []), 1):
            where = f"{relation} row {number}"
            faults += [f"{where}: no column {name}" for name in row if name not in columns]
            made = {
                name: _value(row.get(name), unit, f"{where}: {name}", faults)
                for name, unit in columns.items()
            }
            made |= {name: value for name, value in usual.items() if made[name] is None}
            left_out = [name for name in must if made[name] is None and row.get(name) in (None, "")]
            faults += [f"{where}: {name} is missing" for name in left_out]
            ready[relation].append(made)
        keys = Counter(tuple(row[key] for key in one.keys.get(relation, columns)) for row in ready[relation])
        faults += [f"{relation}: {key} comes twice" for key, count in keys.items() if count > 1]
        faults += _unnamed(one, relation, ready[relation])
        faults += _half_named(one, relation, ready[relation])
        faults += _parted(one, relation, ready[relation])
    for child, parent in one.links.items():
        (relation, column), (other, key) = child.split("."), parent.split(".")
        known = {row[key] for row in ready[other]}
        lost = sorted({str(row[column]) for row in ready[relation] if row[column] not in known})
        faults += [f"{relation}: {column} {value} is in no row of {other}" for value in lost]
    if faults:
        more = f"; and {len(faults) - _TOLD} more" if len(faults) > _TOLD else ""
        raise ArrearsError(
            "; ".join(faults[:_TOLD]) + more,
            one.name,
            f"Correct the rows; `arrears calculate {one.name.replace('_', '-')} --shape` tells the columns",
        )
    return ready


def _unnamed(one: Calculation, relation: str, rows: list[dict[str, Any]]) -> Iterable[str]:
    """Faults where several rows do not say whose they are: together they would count as one."""
    for column in one.named_if_several.get(relation, ()):
        blank = sum(row[column] is None for row in rows)
        if blank > 1:
            yield f"{relation}: {column} is missing in {blank} rows, which would count as one"


def _half_named(one: Calculation, relation: str, rows: list[dict[str, Any]]) -> Iterable[str]:
    """Faults where one row leaves out what another row of the same thing names, such as the month."""
    for column in one.blank.get(relation, ()):
        rest = [name for name in one.keys[relation] if name != column]
        of = [(tuple(row[name] for name in rest), row[column] is None) for row in rows]
        for key in sorted({key for key, blank in of if blank} & {key for key, blank in of if not blank}):
            yield f"{relation}: {', '.join(map(str, key))} has a row with {column} and one without"


def _parted(one: Calculation, relation: str, rows: list[dict[str, Any]]) -> Iterable[str]:
    """Faults where rows of one thing tell it differently, such as two amounts for one order."""
    same = one.agree.get(relation, ())
    if not same:
        return
    apart = set(one.keys.get(relation, ())) - set(same)
    first: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[name] for name in same)
        told = first.setdefault(key, row)
        for name in (name for name in row if name not in apart and row[name] != told[name]):
            yield f"{relation}: {', '.join(map(str, key))} has {name} {told[name]} here and {row[name]} there"


def _value(given: Any, unit: str, where: str, faults: list[str]) -> Any:
    if given is None or given == "":
        return None
    reader = _READERS.get(unit) or (lambda value: _word(value, unit))
    try:
        return reader(given)
    except (TypeError, ValueError, KeyError):
        faults.append(f"{where} is {given!r}, which is not {unit_said(unit)}")
        return None


def _word(value: Any, unit: str) -> str:
    if value not in unit.split("|"):
        raise ValueError
    return str(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,15}", str(value)):
        raise ValueError
    return int(value)


def _natural(value: Any) -> int:
    if _whole(value) < 0:
        raise ValueError
    return _whole(value)


def _text(value: Any) -> str:
    if isinstance(value, bool | float | list | dict):
        raise ValueError
    return str(value)


_READERS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "date": lambda value: date.fromisoformat(value),
    "month": lambda value: date.fromisoformat(value).replace(day=1),
    "cents": _natural,
    "signed_cents": _whole,
    "count": _natural,
    "yes_no": lambda value: value if isinstance(value, bool) else _YES_NO[value],
}
