"""`arrears calculate`: money calculated over rows that people hand in, each cent with its rule and citation.

Rows come as JSON (`{"wage": [...], "orders": [...]}`; a bare list where only one relation is read) or as
CSV, one file a relation named after it, or one with a column `table`. A column left out is not known.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from arrears import house
from arrears.data.warehouse import attach_arrow, warehouse
from arrears.errors import ArrearsError, RuleFault
from arrears.law.profile import NONE, Profile
from arrears.money.calculations import Calculation, Law, Money, calculate, load_money
from arrears.money.given_rows import Rows, checked_rows

BESIDE = "allocation.beside"
# The two readings of 15 USC 1673(b)(2): the extra share for old arrears alone, or for any support.
REACHES = ("older_arrears", "any_support")
# What Arrow holds of a unit; of the others, and of words, text.
TYPES = {
    "date": pa.date32(),
    "month": pa.date32(),
    "cents": pa.int64(),
    "signed_cents": pa.int64(),
    "count": pa.int64(),
}
TYPES |= {"yes_no": pa.bool_()}


def find(name: str) -> Calculation:
    """A calculation by its name; underscores and hyphens are the same."""
    known = load_money(house.MONEY).calculations
    if name.replace("-", "_") not in known:
        raise ArrearsError(f"There is no calculation {name}", "", f"Name one of {', '.join(known)}")
    return known[name.replace("-", "_")]


def calculated(
    name: str,
    tables: Rows,
    state: str,
    on: date,
    method: str = "",
    rules_dir: Path = house.RULES,
    but: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """The rows of the answer, with the state, the day, the citations and the reasons in plain words.

    `but` are values of the profile as they would be; they stand in every row.
    """
    money, one = load_money(house.MONEY), find(name)
    if method and method not in one.methods:
        choices = ", ".join(one.methods) or "none"
        raise ArrearsError(f"{name} has no method {method!r}", "--method", f"Choose one of {choices}")
    profile = Profile.load(rules_dir, state)
    profile = profile.with_values(but or {})
    law = money.law(one.name, profile, on, rules_dir)
    ready = checked_rows(one, tables)
    chosen = dict.fromkeys(one.by_method, method) if method else {}
    rows = _run(money, one, ready, law.but(**chosen))
    beside = profile.plain(BESIDE, on) if one.name == "allocation" and not method else None
    if beside:
        other = _run(money, one, ready, law.but(arrears_split=beside))
        rows = _both_ways(rows, other, str(beside))
    if one.name == "withholding":
        # What the extra share reaches is read in two ways; where they part, the other stands beside.
        reach = next(word for word in REACHES if word != law.params["extra_reach"])
        other = _run(money, one, ready, law.but(**chosen, extra_reach=reach))
        rows = _with_reach(rows, other, reach)
    said = {"state": profile.state, "on": on, **({"method": method} if method else {})}
    said |= {"set": "; ".join(f"{key}={_written(value)}" for key, value in but.items())} if but else {}
    return [said | _explained(row, money, profile, on) for row in rows]


def _written(value: Any) -> str:
    """A value as a profile writes it."""
    if isinstance(value, tuple):
        return ", ".join(value)
    return NONE if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _run(money: Money, one: Calculation, tables: Rows, law: Law) -> list[dict[str, Any]]:
    with warehouse() as con:
        for relation, columns in one.input.items():
            arrays = {
                column: pa.array([row[column] for row in tables[relation]], TYPES.get(unit, pa.string()))
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


def _with_reach(rows: list[dict[str, Any]], other: list[dict[str, Any]], reach: str) -> list[dict[str, Any]]:
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
