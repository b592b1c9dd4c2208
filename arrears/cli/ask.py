"""The verbs `arrears what-if` and `arrears diff`: two questions that anybody may put to a closed night."""

from typing import Annotated

import typer

from arrears.cli.tools import (
    STORE,
    AsJson,
    Night,
    ReleaseNo,
    State,
    StoreAt,
    day,
    errors,
    out,
    place,
    print_json,
    progress,
)
from arrears.days import need_day

Page = Annotated[int, typer.Option(min=1, help="Which page of the lines.")]
Size = Annotated[int, typer.Option(min=0, max=10_000, help="How many lines a page holds.")]


def what_if(
    state: State,
    as_of: Night,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A value as it would be; may repeat."),
    ] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="By the law in force on this later day.")
    ] = None,
    from_on: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The day from which the values would hold.")
    ] = None,
    remedy: Annotated[str | None, typer.Option(help="One remedy only.")] = None,
    page: Page = 1,
    size: Size = 50,
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """Who enters, who leaves, dollars and work, if values or the date of the law were others."""
    from arrears.compare.what_if import what_if as ask
    from arrears.compare.what_if_report import print_what_if, report

    with errors(as_json):
        night = need_day(as_of)
        answer = ask(
            place(store),
            state.lower(),
            night,
            changes or [],
            day(on),
            day(from_on),
            remedy,
            progress(as_json),
        )
        found = report(answer, page, size)
        if as_json:
            print_json(found)
        else:
            print_what_if(found, out)


def diff(
    state: State,
    first: Annotated[str, typer.Argument(metavar="DATE1", help="The earlier night.")],
    second: Annotated[
        str, typer.Argument(metavar="DATE2", help="The later night; the same date for the night's backfill.")
    ],
    release_no: ReleaseNo = None,
    cause: Annotated[str, typer.Option(help="Lines of one cause only.")] = "",
    list_: Annotated[str, typer.Option("--list", help="Only verdict, act or work.")] = "",
    remedy: Annotated[str, typer.Option(help="One remedy only.")] = "",
    page: Page = 1,
    size: Size = 50,
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """What changed between two nights, each changed line with its one main cause and the evidence."""
    from arrears.compare.diff import diff as ask
    from arrears.compare.diff_report import print_diff, report

    with errors(as_json):
        answer = ask(
            place(store), state.lower(), need_day(first), need_day(second), release_no, progress(as_json)
        )
        found = report(answer, page, size, None, cause, list_, remedy)
        if as_json:
            print_json(found)
        else:
            print_diff(found, out)
