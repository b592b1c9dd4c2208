"""The verb `arrears check-file`: every fault of a partner's file before it is sent."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from arrears.cli.tools import AsJson, day, errors, out, print_json


def check_file(
    partner: Annotated[str, typer.Argument(metavar="PARTNER", help="A feed or queue, by its folder's name.")],
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="The file; its control file is looked for next to it."),
    ],
    state: Annotated[
        str, typer.Option(metavar="ST", help="For whom it is, where the file does not say it.")
    ] = "",
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day on which it would come; today if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Every fault of a partner's file by line and field; ends with 0 only if it would be taken whole."""
    from arrears.author.check_file import check_file as check
    from arrears.author.check_told import as_row, lines_of

    with errors(as_json):
        found = check(partner, files, day(on), state.lower())
        if as_json:
            print_json(as_row(found))
        else:
            for line in lines_of(found):
                out.print(escape(line), soft_wrap=True)
    if not found.is_clean:
        raise typer.Exit(1)
