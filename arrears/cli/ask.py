"""The verbs `what-if`, `diff`, `replay` and `backfill`: questions put to closed nights."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from arrears.cli.tools import (
    STORE,
    AsJson,
    Night,
    ReleaseNo,
    State,
    StoreAt,
    day,
    err,
    errors,
    out,
    place,
    print_json,
    progress,
)
from arrears.days import need_day
from arrears.errors import ArrearsError, safe_path

if TYPE_CHECKING:
    from arrears.answers.background_answers import Answer
    from arrears.data.store import Store

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
    over: Annotated[
        str | None, typer.Option("--range", metavar="KEY=LOW..HIGH", help="Each value of a range.")
    ] = None,
    points: Annotated[int, typer.Option(help="How many values of the range.")] = 9,
    group: Annotated[str, typer.Option(help="The cases of one group only, such as taken_back.")] = "",
    scenario: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE;KEY=VALUE", help="One of several side by side; repeat it."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the cases of the groups, as CSV.")
    ] = None,
    page: Page = 1,
    size: Size = 50,
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """Who would begin, who stays, dollars and work, if values or the date of the law were others."""
    from arrears.compare.what_if import what_if as ask
    from arrears.compare.what_if_report import print_what_if, report

    with errors(as_json):
        night = need_day(as_of)
        if over is not None or scenario:
            if changes or on or from_on or to or (over is not None and scenario):
                what, name = ("A range", "--range") if over is not None else ("Scenarios", "--scenario")
                verb = "stands" if over is not None else "stand"
                raise ArrearsError(
                    f"{what} {verb} alone", name, "Leave out --set, --on, --from, --out and the other one"
                )
            _several(place(store), state.lower(), night, over, points, scenario or [], remedy, as_json)
            return
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
        if to is not None:
            _write_cases(answer, to, group)
        found = report(answer, page, size, None, group)
        print_json(found) if as_json else print_what_if(found, out)


def _write_cases(answer: "Answer", to: Path, group: str) -> None:
    from arrears.compare.what_if_report import COLUMNS, cases_to_export
    from arrears.reports.export import as_csv

    lines = cases_to_export(answer, group)
    with to.open("w", encoding="utf-8", newline="") as out_file:
        out_file.writelines(as_csv(lines, COLUMNS))
    err.print(f"{len(lines):,} cases in {escape(safe_path(to))}")


def _several(
    store: "Store",
    state: str,
    night: date,
    over: str | None,
    points: int,
    scenarios: list[str],
    remedy: str | None,
    as_json: bool,
) -> None:
    from arrears.compare.scenarios import print_scenarios, side_by_side
    from arrears.compare.sweep import print_sweep, sweep

    if over is not None:
        told = sweep(store, state, night, over, points, remedy, None, progress(as_json))
        print_json(told) if as_json else print_sweep(told, out)
    else:
        told = side_by_side(store, state, night, scenarios, remedy, None, progress(as_json))
        print_json(told) if as_json else print_scenarios(told, out)


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


def replay(
    state: State,
    as_of: Night,
    release_no: ReleaseNo = None,
    known_now: Annotated[
        bool,
        typer.Option("--known-now", help="By all that has come of its days until now, and today's rules."),
    ] = False,
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """Whether a closed night comes out again from landing and ledger, equal by hash; what does not."""
    from arrears.compare.replay import print_replay
    from arrears.compare.replay import replay as ask

    with errors(as_json):
        found = ask(place(store), state.lower(), need_day(as_of), release_no, known_now, progress(as_json))
        if as_json:
            print_json(found)
        else:
            print_replay(found, out)
    if not (found["is_equal"] or known_now):
        raise typer.Exit(1)


def backfill(
    state: State,
    first: Annotated[str, typer.Argument(metavar="FROM", help="The first night.")],
    last: Annotated[str, typer.Argument(metavar="TO", help="The last night.")],
    because: Annotated[str, typer.Option(metavar="TEXT", help="Why, in your words.")],
    by: Annotated[str, typer.Option("--as", metavar="USER", help="Who asks for it.")] = "",
    sends: Annotated[
        bool, typer.Option("--release", help="Let nights that never ran send what is due.")
    ] = False,
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """Past nights in order: those that never ran are run, and send nothing unless told; closed ones are
    compared with what is known now.
    """
    from arrears.compare.backfill import backfill as ask
    from arrears.compare.backfill import print_backfill

    def told(one: dict[str, Any], of: int, left: float) -> None:
        if not as_json:
            rest = f"; about {max(1, round(left / 60))} min left" if left else ""
            err.print(f"{one['as_of']}: {one['became']}, {one['lines']:,} lines otherwise (of {of}){rest}")

    with errors(as_json):
        found = ask(
            place(store),
            state.lower(),
            need_day(first),
            need_day(last),
            because,
            by,
            sends,
            told,
            progress(as_json),
        )
        if as_json:
            print_json(found)
        else:
            print_backfill(found, out)
