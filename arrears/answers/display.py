"""Rows of a night as people read them."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from arrears.data.warehouse import Connection, named, sql_text
from arrears.values import Row, dollars

# Units of what not everybody may read: the last four characters of an account, and a place at which somebody
# could be found. What stands for each where it is not asked for, or may not be told, is not the same.
LAST_FOUR, PLACE, HIDDEN = "last_four", "place", "****"
INSTEAD = {LAST_FOUR: HIDDEN, PLACE: "(place withheld)"}

_CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")  # a name of the rules, such as `notice_of_debt`
_ITEM = re.compile(r"; (?![^()]*\))")  # a semicolon within parentheses parts nothing


def listed_grounds(sentence: str) -> tuple[str, list[str]]:
    """A sentence and the grounds that it lists, `Lead: one; two; three.`; of fewer than three, all in one."""
    lead, colon, rest = sentence.partition(": ")
    grounds = _ITEM.split(rest.removesuffix("."))
    return (f"{lead}:", grounds) if colon and len(grounds) > 2 and ". " not in rest else (sentence, [])


def fetch(con: Connection, sql: str, params: Row) -> list[Row]:
    """The rows of a query as dicts."""
    found = con.execute(sql, params)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def fetch_file(con: Connection, path: Path, params: Mapping[str, Any] | None = None) -> list[Row]:
    """The rows of the one SELECT in a file as dicts; it binds those parameters that it names."""
    text = sql_text(path)
    return fetch(con, text, named(text, params or {}))


def measured(value: Any, unit: str) -> str:
    """A value of the law with its unit, as people write it; words such as `none` stay words."""
    if isinstance(value, bool):
        return display_value(value, "yes_no")
    if isinstance(value, int) and unit == "days":
        return f"{value:,} day{'s' if abs(value) != 1 else ''}"
    if isinstance(value, int) and unit not in ("cents", "basis_points"):
        return f"{value:,}"
    return display_value(value, unit if isinstance(value, int) else "text")


def display_value(value: Any, unit: str, may_tell: Collection[str] = ()) -> str:
    """A fact or limit as people write it; the last four and places only where `may_tell` names their unit."""
    if value is None:
        return "not known"
    if unit in INSTEAD and unit not in may_tell:
        return INSTEAD[unit]
    if unit == "cents":
        return dollars(int(value))
    if unit == "basis_points":
        return "{}.{:02d} %".format(*divmod(int(value), 100))
    if unit == "yes_no" or isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(display_value(one, "text") for one in value) or "none"
    if isinstance(value, float) and value.is_integer():  # days that SQL has added up
        return str(int(value))
    return str(value).replace("_", " ") if _CODE.fullmatch(str(value)) else str(value)
