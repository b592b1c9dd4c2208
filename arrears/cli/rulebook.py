"""The verb `arrears rulebook`: the law as it runs, in words."""

from pathlib import Path
from typing import Annotated

import typer

from arrears.cli.tools import errors, out
from arrears.days import need_day
from arrears.errors import ArrearsError, safe_path

_PAGE = (".html", ".htm")


def rulebook(
    state: Annotated[str, typer.Option(metavar="ST", help="State, two letters.")] = "",
    on: Annotated[str | None, typer.Option(metavar="DATE", help="The day whose law is told.")] = None,
    compare: Annotated[
        str, typer.Option(metavar="ST", help="Another state to compare with, by what differs.")
    ] = "",
    changes: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="FROM TO", help="Only what changes between two days."),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="One page of HTML, or Markdown, by its ending."),
    ] = None,
    again: Annotated[
        bool,
        typer.Option(
            "--docs", help="Print the pages of docs/ and README that come from rules and transforms."
        ),
    ] = False,
) -> None:
    """The law as it runs, in words: remedies, conditions, steps and clocks, numbers, policies, sources."""
    from arrears.reports.rulebook import rulebook as whole
    from arrears.reports.rulebook_compare import changes as changed
    from arrears.reports.rulebook_compare import compared
    from arrears.reports.rulebook_page import page

    with errors(False):
        if again:
            from arrears.reports.rulebook_docs import write_docs

            for path in write_docs():
                out.print(f"Written: {safe_path(path)}", markup=False)
            return
        if not state:
            raise ArrearsError("Of which state?", "", "Add --state ST")
        if to is not None and to.suffix not in (*_PAGE, ".md"):
            raise ArrearsError(
                f"A rule book is not written as {to.suffix or 'a file without an ending'}",
                "--out",
                "Name a file that ends in .html or .md",
            )
        if compare and changes is not None:
            raise ArrearsError(
                "Two states are compared on one day", "--compare", "Leave out --compare or --changes"
            )
        is_page = to is not None and to.suffix in _PAGE
        if changes is not None:
            text = changed(state.lower(), need_day(changes[0]), need_day(changes[1]))
        elif on is None:
            raise ArrearsError("Of which day?", "", "Add --on DATE, or --changes FROM TO")
        elif compare:
            text = compared(state.lower(), compare.lower(), need_day(on))
        else:
            text = whole(state.lower(), need_day(on), has_links=is_page)
        if to is None:
            out.print(text, markup=False, highlight=False, soft_wrap=True)
            return
        to.write_text(page(text) if is_page else text, encoding="utf-8")
        out.print(f"Written: {safe_path(to)}", markup=False)
