"""The verb `arrears new`: files to begin with, that `arrears check` passes as they are written."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from arrears.cli.tools import AsJson, day, errors, out, print_json
from arrears.errors import safe_path

if TYPE_CHECKING:
    from arrears.author.new import Written

# `arrears-policy#unset`: cited until somebody says where it is written.
NOBODY_YET = "arrears-policy#unset"

new = typer.Typer(
    no_args_is_help=True, help="Write the files of a new feed, remedy, queue or state, to begin with."
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits and underscores.")]
Title = Annotated[str, typer.Option(help="What people call it; the name in words if left out.")]
OfState = Annotated[str, typer.Option("--state", metavar="ST", help="State, two letters.")]
Cites = Annotated[str, typer.Option(help="Where it is written, a source of rules/sources.yml.")]


@new.command()
def feed(
    name: Name,
    title: Title = "",
    partner: Annotated[str, typer.Option(help="Who sends it.")] = "",
    cadence: Annotated[str, typer.Option(help="daily, weekly, monthly, quarterly or yearly.")] = "monthly",
    state: OfState = "me",
    night: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The night that gets a sample file; the last if left out."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A partner's file: layout, edits, expectations and a sample of two invented people."""
    from arrears.author.new import new_feed

    with errors(as_json):
        _tell(new_feed(name, title, partner, cadence, state.lower(), day(night)), as_json)


@new.command()
def remedy(
    name: Name,
    title: Title = "",
    facts: Annotated[
        str, typer.Option(metavar="TABLE", help="Whom it is about: a table of facts.")
    ] = "case_facts",
    amount: Annotated[
        str, typer.Option(metavar="FACT", help="The amount it states; the usual one if left out.")
    ] = "",
    queue: Annotated[
        str,
        typer.Option(metavar="QUEUE", help="Through which it speaks; a line for a caseworker if left out."),
    ] = "",
    message: Annotated[
        str,
        typer.Option(metavar="MESSAGE", help="What it says there; needed where the queue carries several."),
    ] = "",
    takes_back: Annotated[
        str, typer.Option(metavar="MESSAGE", help="What takes that back there; needed unless it is a notice.")
    ] = "",
    state: OfState = "me",
    cites: Cites = NOBODY_YET,
    as_json: AsJson = False,
) -> None:
    """A card that is in force nowhere: every protection of its facts, each condition with an example."""
    from arrears.author.new import new_remedy

    with errors(as_json):
        written = new_remedy(name, title, facts, amount, queue, message, takes_back, state.lower(), cites)
        _tell(written, as_json)


@new.command()
def queue(name: Name, title: Title = "", as_json: AsJson = False) -> None:
    """What a partner is told: layouts, rows, totals, the partner's edits and expectations."""
    from arrears.author.new import new_queue

    with errors(as_json):
        _tell(new_queue(name, title), as_json)


@new.command()
def state(
    letters: Annotated[str, typer.Argument(metavar="ST", help="Its two letters.")],
    title: Annotated[str, typer.Argument(metavar="[NAME]", help="Its name, to be sure.")] = "",
    cites: Cites = NOBODY_YET,
    as_json: AsJson = False,
) -> None:
    """A profile with calendar, feeds and no remedy in force yet."""
    from arrears.author.new import new_state

    with errors(as_json):
        _tell(new_state(letters, title, cites), as_json)


def _tell(written: "Written", as_json: bool) -> None:
    if as_json:
        print_json(vars(written))
        return
    for path in written.files:
        out.print(f"written  {escape(safe_path(path))}")
    for path in written.changed:
        out.print(f"changed  {escape(safe_path(path))}")
    out.print("Next:")
    for number, step in enumerate(written.next, 1):
        out.print(f"{number}. {escape(step)}", soft_wrap=True)
