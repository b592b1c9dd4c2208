"""The verb `arrears portal`: what the parents' portal and the voice response load of a closed night."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from arrears.cli.tools import STORE, AsJson, Night, State, StoreAt, errors, out, place, print_json
from arrears.days import need_day


def portal(
    state: State,
    as_of: Night,
    to: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where the folder of the night is written.")
    ],
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """A closed night's extracts for the parents' portal and voice response, each row for one parent."""
    from arrears.reports.portal import print_portal, write_portal

    with errors(as_json):
        told = write_portal(place(store), state.lower(), need_day(as_of), to)
        if as_json:
            print_json(told)
        else:
            out.print(escape(print_portal(told)))
