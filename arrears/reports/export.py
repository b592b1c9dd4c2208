"""The work list as CSV and Excel files, in which no text of anybody's can become a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

from arrears.law.citations import written

Line = dict[str, Any]
# Column, its head, and the width it wants.
COLUMNS = (
    ("kind_title", "Kind", 24),
    ("priority", "Priority", 9),
    ("case_id", "Case", 14),
    ("person_id", "Person", 14),
    ("office", "Office", 12),
    ("worker", "Worker", 12),
    ("title", "Remedy", 30),
    ("why", "Why", 80),
    ("amount_cents", "Dollars", 13),
    ("due_on", "Due", 12),
    ("since", "Since last night", 14),
    ("nights_open", "Nights open", 11),
    ("needs", "Needs", 12),
    ("cites", "Citation", 40),
    ("item_id", "Item", 40),
)
MONEY = "amount_cents"
# What spreadsheets take for the start of a formula, also in the wide forms of East Asian keyboards, and
# after blanks that they drop.
_FORMULA = re.compile(r"^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


def plain(value: Any) -> str:
    """A value as text on one line, without letters that are not seen."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(plain(one) for one in value)
    return _UNSEEN.sub(" ", str(value)).strip()


def harmless(value: Any) -> str:
    """Text that no spreadsheet reads as a formula: what could begin one gets an apostrophe before it."""
    text = plain(value)
    return f"'{text}" if _FORMULA.match(text) else text


def as_csv(lines: Iterable[Line], columns: Iterable[tuple[str, str, int]] = COLUMNS) -> Iterator[str]:
    """The rows as CSV text, every cell quoted, with the mark by which Excel knows UTF-8."""
    columns = tuple(columns)
    yield "\ufeff" + _row([head for _, head, _ in columns])
    for line in lines:
        yield _row(
            [_decimal(line[name]) if name == MONEY else harmless(_said(line, name)) for name, _, _ in columns]
        )


def _said(line: Line, name: str) -> Any:
    return written(line[name]) if name == "cites" else line[name]


def _row(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _decimal(cents: int | None) -> str:
    """A plain decimal, which is a number to every spreadsheet: exact, since cents are whole."""
    if cents is None:
        return ""
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{part:02d}"


def as_excel(lines: Iterable[Line], title: str, as_of: date) -> bytes:
    """The rows as a workbook of one sheet: text as text, dollars as numbers, a head that stays."""
    out = io.BytesIO()
    refuse = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, {"in_memory": True, **refuse}) as book:
        # The same list gives the same bytes: a workbook is dated by its night, not by a clock.
        book.set_properties({"title": title, "created": datetime.combine(as_of, time())})
        sheet = book.add_worksheet("Work list")
        head = book.add_format({"bold": True, "bottom": 1})
        # The mark of text stays with the cell, also when somebody edits it or saves it as CSV.
        text = book.add_format({"quote_prefix": True, "valign": "top", "text_wrap": True})
        money = book.add_format({"num_format": "#,##0.00", "valign": "top"})
        for place, (_, words, width) in enumerate(COLUMNS):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, words, head)
        last = 0
        for last, line in enumerate(lines, start=1):
            for place, (name, _, _) in enumerate(COLUMNS):
                if name == MONEY and line[name] is not None:
                    sheet.write_number(last, place, line[name] / 100, money)
                else:
                    sheet.write_string(last, place, harmless(_said(line, name)), text)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    return out.getvalue()
