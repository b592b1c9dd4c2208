"""Calculations of money over literal rows, for tests: many at once over one connection."""

from datetime import date
from functools import cache
from typing import Any

import pyarrow as pa

from arrears import house
from arrears.data.warehouse import attach_arrow, warehouse
from arrears.law.profile import Profile
from arrears.money.calculate import TYPES
from arrears.money.calculations import Law, calculate, load_money

MONEY = load_money(house.MONEY)
ON = date(2025, 6, 2)
Rows = list[dict[str, Any]]


@cache
def law_of(name: str, state: str, on: date) -> Law:
    """What a calculation rests on in a state on a day, read once."""
    return MONEY.law(name, Profile.load(house.RULES, state), on)


def run(
    name: str, state: str = "me", on: date = ON, but: dict[str, Any] | None = None, **tables: Rows
) -> Rows:
    """The answer of a calculation; `but` overrules values of the profile."""
    law = law_of(name, state, on)
    with warehouse() as con:
        for relation, columns in MONEY.calculations[name].input.items():
            rows = tables.get(relation, [])
            strange = {key for row in rows for key in row} - set(columns)
            assert not strange, f"no such column: {strange}"
            arrays = {
                column: pa.array([row.get(column) for row in rows], TYPES.get(unit, pa.string()))
                for column, unit in columns.items()
            }
            attach_arrow(con, f"given.{relation}", pa.table(arrays))
        given = {relation: f"given.{relation}" for relation in MONEY.calculations[name].input}
        answer = calculate(con, MONEY, name, law.but(**(but or {})), given)
        found = con.execute(f"SELECT * FROM {answer}")
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def a_wage(disposable: int | None = 800_00, second_family: bool | None = True, **but: Any) -> dict[str, Any]:
    """One weekly pay of 800 dollars, of a parent who supports a second family."""
    usual = {
        "wage_id": "w",
        "pay_frequency": "weekly",
        "disposable_cents": disposable,
        "workweek_begins_on": ON,
    }
    return {**usual, "supports_second_family": second_family, **but}


def an_order(
    order_id: str = "A", current: int = 300_00, past_due: int | None = 0, **but: Any
) -> dict[str, Any]:
    """An order of so much a week; what is past due is thirteen weeks old."""
    usual = {"wage_id": "w", "order_id": order_id, "case_id": order_id, "frequency": "weekly"}
    usual |= {"current_cents": current, "past_due_cents": past_due, "oldest_unpaid_on": date(2025, 3, 3)}
    return {**usual, **but}


def withheld(orders: Rows, wages: Rows | None = None, **terms: Any) -> dict[str, tuple[int, int]]:
    """Current part and arrears part by order."""
    rows = run("withholding", wage=wages or [a_wage()], orders=orders, **terms)
    return {row["order_id"]: (row["current_cents"], row["arrears_cents"]) for row in rows}


def a_case(case_id: str, current: int = 0, year: int = 2010, **but: Any) -> dict[str, Any]:
    """A case that never had assistance, its order of a year."""
    usual = {"case_id": case_id, "person_id": "P", "case_class": "never_assistance", "current_cents": current}
    return {**usual, "ordered_on": date(year, 1, 1), **but}


def owed(case_id: str, balance_class: str, cents: int, is_assigned: bool | None = None) -> dict[str, Any]:
    """A balance of a case."""
    return {
        "case_id": case_id,
        "balance_class": balance_class,
        "owed_cents": cents,
        "is_assigned": is_assigned,
    }


def a_receipt(cents: int, kind: str = "ordinary", receipt_id: str = "R1", **but: Any) -> dict[str, Any]:
    """A receipt of the parent."""
    usual = {"receipt_id": receipt_id, "person_id": "P", "kind": kind, "amount_cents": cents}
    return {**usual, "received_on": ON, **but}


def allocated(receipts: Rows, cases: Rows, balances: Rows, **terms: Any) -> dict[tuple[str, str], int]:
    """Cents by case and class of debt, of all receipts."""
    found: dict[tuple[str, str], int] = {}
    for row in run("allocation", receipts=receipts, cases=cases, balances=balances, **terms):
        key = (row["case_id"] or "", row["balance_class"])
        found[key] = found.get(key, 0) + row["amount_cents"]
    return {key: cents for key, cents in found.items() if cents}
