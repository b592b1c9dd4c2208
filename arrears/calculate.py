"""`arrears calculate`: money calculated over rows that people hand in, each cent with its rule and citation.

Rows come as JSON (`{"wage": [...], "orders": [...]}`; a bare list where only one relation is read) or as
CSV, one file a relation named after it, or one with a column `table`. A column left out is not known.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from arrears import house
from arrears.errors import ArrearsError, RuleFault
from arrears.money import Calculation, Law, Money, calculate, load_money
from arrears.profile import Profile
from arrears.warehouse import attach_arrow, warehouse

Rows = dict[str, list[dict[str, Any]]]
BESIDE = "allocation.beside"
# The two readings of 15 USC 1673(b)(2): the extra share for old arrears alone, or for any support.
REACHES = ("older_arrears", "any_support")
_TYPES = {"date": pa.date32(), "cents": pa.int64(), "signed_cents": pa.int64(), "count": pa.int64()}
_TYPES |= {"yes_no": pa.bool_()}
_YES_NO = {"Y": True, "N": False, "true": True, "false": False}


def find(name: str) -> Calculation:
    """A calculation by its name; underscores and hyphens are the same."""
    known = load_money().calculations
    if name.replace("-", "_") not in known:
        raise ArrearsError(f"There is no calculation {name}", "", f"Name one of {', '.join(known)}")
    return known[name.replace("-", "_")]


def calculated(
    name: str, tables: Rows, state: str, on: date, method: str = "", rules_dir: Path = house.RULES
) -> list[dict[str, Any]]:
    """The rows of the answer, with the state, the day, the citations and the reasons in plain words."""
    money, one = load_money(), find(name)
    if method and method not in one.methods:
        choices = ", ".join(one.methods) or "none"
        raise ArrearsError(f"{name} has no method {method!r}", "--method", f"Choose one of {choices}")
    profile = Profile.load(rules_dir, state)
    law = money.law(one.name, profile, on, rules_dir)
    ready = _checked(one, tables)
    chosen = dict.fromkeys(one.by_method, method) if method else {}
    rows = _run(money, one, ready, Law({**law.params, **chosen}, law.waterfall))
    beside = profile.plain(BESIDE, on) if one.name == "allocation" and not method else None
    if beside:
        other = _run(money, one, ready, Law({**law.params, "arrears_split": beside}, law.waterfall))
        rows = _both_ways(rows, other, str(beside))
    if one.name == "withholding":
        # What the extra share reaches is read in two ways; where they part, the other stands beside.
        reach = next(word for word in REACHES if word != law.params["extra_reach"])
        other = _run(money, one, ready, Law({**law.params, **chosen, "extra_reach": reach}, law.waterfall))
        rows = _reach_beside(rows, other, reach)
    said = {"state": profile.state, "on": on, **({"method": method} if method else {})}
    return [said | _explained(row, money, profile, on) for row in rows]


def _run(money: Money, one: Calculation, tables: Rows, law: Law) -> list[dict[str, Any]]:
    with warehouse() as con:
        for relation, columns in one.input.items():
            arrays = {
                column: pa.array([row[column] for row in tables[relation]], _TYPES.get(unit, pa.string()))
                for column, unit in columns.items()
            }
            attach_arrow(con, f"given.{relation}", pa.table(arrays))
        answer = calculate(
            con, money, one.name, law, {relation: f"given.{relation}" for relation in one.input}
        )
        found = con.execute(f"SELECT * FROM {answer}")
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _both_ways(rows: list[dict[str, Any]], other: list[dict[str, Any]], method: str) -> list[dict[str, Any]]:
    """The rows with what the other reading gives beside, where the two part."""
    keys = ("receipt_id", "tier_no", "case_id", "balance_class", "pays")
    acting = {tuple(row[key] for key in keys): row for row in rows}
    shadow = {tuple(row[key] for key in keys): row for row in other}
    if {key: row["amount_cents"] for key, row in acting.items()} == {
        key: row["amount_cents"] for key, row in shadow.items()
    }:
        return rows
    column = f"{method}_cents"
    every = {**{key: {**row, "amount_cents": 0} for key, row in shadow.items()}, **acting}
    order = sorted(every, key=lambda key: tuple("" if part is None else str(part) for part in key))
    return [{**every[key], column: shadow[key]["amount_cents"] if key in shadow else 0} for key in order]


def _reach_beside(
    rows: list[dict[str, Any]], other: list[dict[str, Any]], reach: str
) -> list[dict[str, Any]]:
    """The rows with what the other reading of the extra share would withhold, where the two part."""
    parts = ("current_cents", "arrears_cents")
    found = {(row["wage_id"], row["order_id"]): row for row in other}
    pairs = [(row, found[row["wage_id"], row["order_id"]]) for row in rows]
    if all(row[part] == second[part] for row, second in pairs for part in parts):
        return rows
    return [{**row, **{f"{reach}_{part}": second[part] for part in parts}} for row, second in pairs]


def _explained(row: dict[str, Any], money: Money, profile: Profile, on: date) -> dict[str, Any]:
    """A row with the citations of its rules, and its reasons in words."""
    rules = row.get("rules") or ([row["rule"]] if row.get("rule") else [])
    cites = [
        *(row.get("cites") or ()),
        *(cite for rule in rules for cite in _cites(rule, money, profile, on)),
    ]
    reasons = row.get("reasons") or ([row["reason"]] if row.get("reason") else [])
    why = "; ".join(money.words[reason][0] for reason in reasons)
    return {**row, "cites": list(dict.fromkeys(cites)), "why": why}


def _cites(rule: str, money: Money, profile: Profile, on: date) -> tuple[str, ...]:
    if rule in money.words:
        return money.words[rule][1]
    try:
        return profile.value_or_unset(rule, on).cites
    except RuleFault:
        return ()


def read_tables(name: str, texts: Mapping[str, str]) -> Rows:
    """The rows of each relation in texts by the name that each came under (a file's, or `-`)."""
    one = find(name)
    found: Rows = {relation: [] for relation in one.input}
    for source, text in texts.items():
        for relation, row in _rows(one, source, text):
            if relation not in found:
                known = ", ".join(one.input)
                raise ArrearsError(f"{name} reads no table {relation!r}", source, f"Name one of {known}")
            found[relation].append(row)
    return found


def _rows(one: Calculation, source: str, text: str) -> Iterable[tuple[str, dict[str, Any]]]:
    only = next(iter(one.input)) if len(one.input) == 1 else ""
    if text.lstrip()[:1] in ("{", "["):
        try:
            told = json.loads(text)
        except ValueError as error:
            raise ArrearsError(f"This is no JSON: {error}", source, "Correct it") from None
        tables = {_of(one, source, only): told} if isinstance(told, list) else told
        for relation, rows in tables.items():
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise ArrearsError(f"{relation} is no list of rows", source, "Write a list of objects")
            yield from ((relation, row) for row in rows)
        return
    for row in csv.DictReader(io.StringIO(text)):
        named = row.pop("table", None) or _of(one, source, only)
        yield named, {column: value for column, value in row.items() if value not in ("", None)}


def _of(one: Calculation, source: str, only: str) -> str:
    """The relation that a file without tables holds: the only one, or the one that it is named after."""
    stem = Path(source).stem
    if only or stem in one.input:
        return only or stem
    names = " or ".join(one.input)
    raise ArrearsError(
        "Of which table these rows are is not said", source, f"Name the file {names}, or add a column `table`"
    )


def _checked(one: Calculation, tables: Rows) -> Rows:
    """The rows with every column of its type; one error lists every fault."""
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
            faults += [f"{where}: {name} is missing" for name in must if made[name] is None]
            ready[relation].append(made)
        keys = [tuple(row[key] for key in one.keys.get(relation, columns)) for row in ready[relation]]
        faults += [f"{relation}: {key} comes twice" for key in dict.fromkeys(keys) if keys.count(key) > 1]
    for child, parent in one.links.items():
        (relation, column), (other, key) = child.split("."), parent.split(".")
        known = {row[key] for row in ready[other]}
        lost = sorted({str(row[column]) for row in ready[relation] if row[column] not in known})
        faults += [f"{relation}: {column} {value} is in no row of {other}" for value in lost]
    if faults:
        raise ArrearsError(
            "; ".join(faults[:10]),
            one.name,
            f"Correct the rows; `arrears calculate {one.name.replace('_', '-')} --shape` tells the columns",
        )
    return ready


def _value(given: Any, unit: str, where: str, faults: list[str]) -> Any:
    if given is None or given == "":
        return None
    reader = _READERS.get(unit) or (lambda value: _word(value, unit))
    try:
        return reader(given)
    except (TypeError, ValueError, KeyError):
        faults.append(f"{where} is {given!r}, which is no {unit.replace('|', ' or ')}")
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
    "cents": _natural,
    "signed_cents": _whole,
    "count": _natural,
    "yes_no": lambda value: value if isinstance(value, bool) else _YES_NO[value],
}
