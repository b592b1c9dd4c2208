"""The verb `arrears purge`: what is older than its retention goes, and what was decided stays."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from arrears.cli.tools import STORE, AsJson, State, StoreAt, errors, moment, out, place, print_json
from arrears.days import need_day
from arrears.errors import ArrearsError


def purge(
    state: State,
    before: Annotated[str, typer.Option(metavar="DATE", help="Only what is of an earlier day.")],
    because: Annotated[str, typer.Option(metavar="TEXT", help="Why, in your words.")] = "",
    by: Annotated[str, typer.Option("--as", metavar="USER", help="The supervisor who purges.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="When (invented people only).")] = None,
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """Take away data past their retention; decisions, rules and citations stay, with a digest of the data."""
    from arrears.night.purge import look
    from arrears.night.purge import purge as take

    with errors(as_json):
        where, when = place(store), moment(at)
        if not dry_run and not (by and because):
            raise ArrearsError(
                "Who purges, and why?", "--as, --because", "Give both, or --dry-run to look only"
            )
        if when is not None and where.kind == "real":
            raise ArrearsError("In a real store things happen when they happen", "--at", "Leave it out")
        if dry_run:
            told = look(where, state.lower(), need_day(before))
        else:
            told = take(where, state.lower(), need_day(before), by, because, when)
        if as_json:
            print_json(told)
        else:
            _print(told)


def _print(told: dict[str, Any]) -> None:
    if ended := told.get("ended_before"):
        out.print(f"Ended what was cut short before: purge {', '.join(map(str, ended))}.")
    went = "Gone" if told["is_done"] else "Would go"
    out.print(
        f"What the national directory told: before {told['directory_before']}; all else:"
        f" before {told['records_before']}."
    )
    for one in told["goes"]:
        out.print(f"  {went}: {one['files']:,} {one['kind']} file(s), {one['rows']:,} row(s)")
    if not told["goes"]:
        out.print("  Nothing is old enough to go.")
    for one in told["stays"]:
        out.print(f"  Stays: {one['count']:,} {escape(one['why'])}")
    for case in told["held_cases"]:
        out.print(f"  A hold keeps case {escape(case)}.")
