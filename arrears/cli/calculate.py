"""The verb `arrears calculate`: the calculations of money, for people and outside checks."""

import csv
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from arrears.cli.tools import AsJson, errors, out, print_json
from arrears.days import need_day
from arrears.errors import ArrearsError
from arrears.values import dollars

calculate = typer.Typer(
    no_args_is_help=True, help="Money by the rules: each cent with its rule and citation."
)

# What every row shares stands above the table.
_ABOVE = ("state", "on", "method", "set")


def _verb(name: str, doc: str) -> None:
    def command(
        files: Annotated[
            list[Path] | None,
            typer.Argument(metavar="[FILE]...", help="JSON or CSV; standard input if left out."),
        ] = None,
        state: Annotated[str, typer.Option(metavar="ST", help="State, two letters.")] = "",
        on: Annotated[str, typer.Option(metavar="DATE", help="The day whose values hold.")] = "",
        method: Annotated[str, typer.Option(help="How a sum that does not reach is split.")] = "",
        asked: Annotated[
            list[str] | None,
            typer.Option("--set", metavar="KEY=VALUE", help="A value as it would be; may repeat."),
        ] = None,
        shape: Annotated[bool, typer.Option("--shape", help="Print the columns that it reads.")] = False,
        as_json: AsJson = False,
        as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    ) -> None:
        with errors(as_json):
            if shape:
                _print_shape(name, as_json)
                return
            if not state or not on:
                raise ArrearsError("Whose rules, and of which day?", "", "Add --state ST --on DATE")
            rows = _calculated(name, files or [Path("-")], state, need_day(on), method, asked or [])
            if as_json:
                print_json(rows)
            elif as_csv:
                _print_csv(rows)
            else:
                _print_table(name, rows)

    calculate.command(name, help=doc)(command)


def _calculated(
    name: str, files: list[Path], state: str, on: date, method: str, asked: list[str]
) -> list[dict[str, Any]]:
    from arrears import house
    from arrears.compare.changes import requested_changes
    from arrears.law.profile import Profile
    from arrears.money.calculate import calculated, find
    from arrears.money.given_rows import read_rows, text_of

    changes = requested_changes(Profile.load(house.RULES, state.lower()), {}, asked, on)
    but = {change.key: change.now for change in changes}
    given = {one: sys.stdin.buffer.read() if str(one) == "-" else one.read_bytes() for one in files}
    texts = {source: text_of(source, content) for source, content in given.items()}
    return calculated(name, read_rows(find(name), texts), state.lower(), on, method, but=but)


def _print_shape(name: str, as_json: bool) -> None:
    from arrears.money.calculate import find

    one = find(name)
    if as_json:
        told = ("say", "input", "keys", "needs", "usual", "methods")
        print_json({part: getattr(one, part) for part in told})
        return
    out.print(f"{one.say}. Methods: {', '.join(one.methods) or 'none'}.")
    for relation, columns in one.input.items():
        usual = one.usual.get(relation, {})
        notes = dict.fromkeys(one.must(relation), " (needed)")
        notes |= {column: f" ({word} if left out)" for column, word in usual.items()}
        out.print(f"{relation}:")
        for column, unit in columns.items():
            words = unit.replace("|", " | ")
            out.print(f"  {column}: {words}{notes.get(column, '')}", soft_wrap=True)


def _flat(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, list) else value


def _print_csv(rows: list[dict[str, Any]]) -> None:
    if rows:
        writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _flat(value) for name, value in row.items()} for row in rows)


def _print_table(name: str, rows: list[dict[str, Any]]) -> None:
    from arrears.law.citations import written
    from arrears.money.calculate import find

    if not rows:
        out.print("Nothing to calculate.")
        return
    one = find(name)
    # A second reading, where there is one, is a column beside the first.
    readings = ("any_support_", "older_arrears_")
    beside = [
        column
        for column in rows[0]
        if column.removesuffix("_cents") in one.methods or column.startswith(readings)
    ]
    shown = [*one.shown, *beside]
    out.print(", ".join(f"{word} {rows[0][word]}" for word in _ABOVE if word in rows[0]))
    table = Table(*(column.removesuffix("_cents").replace("_", " ") for column in shown), "", box=None)
    notes: dict[str, int] = {}
    for row in rows:
        law = [_flat(row.get("rules")) or row.get("rule"), "; ".join(written(row["cites"]))]
        number = notes.setdefault(". ".join(word for word in [row["why"], *law] if word), len(notes) + 1)
        table.add_row(*(_shown(column, row[column]) for column in shown), f"({number})")
    out.print(table)
    for note, number in notes.items():
        out.print(f"({number}) {note}", markup=False)


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    return dollars(value) if name.endswith("_cents") else str(_flat(value))


_verb("withholding", "What a payor withholds for each order on a wage, within the limits of earnings.")
_verb("allocation", "To which debt, and to whom, each part of a receipt goes.")
_verb("pay-cycle", "What an amount comes to in each pay cycle.")
_verb("interest", "Interest and penalty on past-due support for the month that ends.")
_verb("disbursement", "What of a family's money is kept for an overpayment or the annual fee.")
