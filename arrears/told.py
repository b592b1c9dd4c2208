"""Rows of a night as people read them."""

from typing import Any

from arrears.values import dollars
from arrears.warehouse import Connection

Told = dict[str, Any]


def fetch(con: Connection, sql: str, params: Told) -> list[Told]:
    """The rows of a query as dicts."""
    found = con.execute(sql, params)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def shown(value: Any, unit: str) -> str:
    """A fact or limit as people write it."""
    if value is None:
        return "not known"
    if unit == "cents":
        return dollars(int(value))
    if unit == "basis_points":
        return "{}.{:02d} %".format(*divmod(int(value), 100))
    if unit == "yes_no":
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "none"
    if isinstance(value, float) and value.is_integer():  # days that SQL has added up
        return str(int(value))
    return str(value)
