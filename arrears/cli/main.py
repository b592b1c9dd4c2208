"""The command line: people, schedules and outside checks meet the engine here.

Every verb prints for a person, takes `--json` for a program, exits 0 only when the work is done, and
says errors as what, where, what to do next.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from arrears.cli.ask import backfill, diff, replay, what_if
from arrears.cli.author import golden, keys
from arrears.cli.calculate import calculate
from arrears.cli.contracts import check_file
from arrears.cli.desk import add_commands
from arrears.cli.look import ack, explain, history, rejects, status, undo
from arrears.cli.new import new
from arrears.cli.portal import portal
from arrears.cli.purge import purge
from arrears.cli.reports import quality, report
from arrears.cli.rulebook import rulebook
from arrears.cli.tools import (
    STORE,
    AsJson,
    Night,
    ReleaseNo,
    State,
    StoreAt,
    collect_seldom,
    day,
    err,
    errors,
    folder,
    moment,
    out,
    place,
    print_json,
    progress,
)
from arrears.days import need_day
from arrears.errors import ArrearsError, safe_path

if TYPE_CHECKING:
    from arrears.ledger.records import Choice

Show = Literal["today", "later", "every"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # a usage error is one line, also through a pipe
    help="Child support enforcement, night by night: receive, decide, review, release, explain.",
)
review = typer.Typer(no_args_is_help=True, help="The work list, and people's decisions on it.")
app.add_typer(review, name="review")
add_commands(review)
app.add_typer(calculate, name="calculate")
app.add_typer(new, name="new")
VERBS: tuple[Callable[..., None], ...] = (
    *(explain, quality, report, portal, what_if, diff, replay, backfill, status, rejects, ack, undo, history),
    *(rulebook, keys, golden, check_file, purge),
)
for verb in VERBS:
    app.command()(verb)


@app.command()
def receive(
    state: State,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Delivered files.")],
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Date it arrived (invented people only).")
    ] = None,
    expect: Annotated[str | None, typer.Option(metavar="FEED", help="The slot it was found in.")] = None,
    people: Annotated[str, typer.Option(help="Whose data a new store holds: invented or real.")] = "invented",
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """Take deliveries into landing: accepted, held, refused or duplicate, each with its reason."""
    from arrears.intake.inbox import take_in

    with errors(as_json):
        found = take_in(place(store, people), state.lower(), files, on=day(on), expect=expect)
        if as_json:
            print_json(found)
        else:
            from arrears.night.summary import print_deliveries

            print_deliveries(out, state.lower(), found["deliveries"])
    if any(one["outcome"] in ("held", "refused") for one in found["deliveries"]):
        raise typer.Exit(1)


@app.command()
def night(
    state: State,
    as_of: Night,
    inbox: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Receive the files in this folder first.")
    ] = None,
    known_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="What was known by then (ISO).")
    ] = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            help="Begin a broken night again, while nothing of it has left; with --as and --because.",
        ),
    ] = False,
    by: Annotated[str, typer.Option("--as", metavar="USER", help="Who begins it again.")] = "",
    because: Annotated[str, typer.Option(metavar="TEXT", help="Why, in your words.")] = "",
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """Run one whole night without a scheduler and print its summary."""
    from arrears.desk.resolved import set_desk
    from arrears.intake.inbox import take_in
    from arrears.ledger.records import Word
    from arrears.night.steps import run_night
    from arrears.night.summary import print_summary

    with errors(as_json):
        if again != bool(by and because):
            raise ArrearsError(
                "Who begins a night again, and why, is kept",
                "--again",
                "Give --again, --as and --because together",
            )
        word = Word(by, because) if again else None
        target, where, when = (
            place(store, "invented" if inbox is not None else ""),
            state.lower(),
            need_day(as_of),
        )
        if inbox is not None:
            files = sorted(path for path in folder(inbox).iterdir() if not path.name.startswith("."))
            on = when if target.kind == "invented" else None
            take_in(target, where, files, on=on)
        summary = run_night(target, where, when, moment(known_at), progress(as_json), word)
        set_desk(target, where)
        if as_json:
            print_json(summary)
            return
        if summary.get("already_closed"):
            out.print(f"The night of {when} is closed; nothing was done again. It ended so:")
        print_summary(summary, out)


@app.command()
def release(
    state: State,
    as_of: Night,
    known_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="What was known by then (ISO).")
    ] = None,
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """Send what is approved and due, under every guard; say what was not sent and why."""
    from arrears.night.steps import day_release
    from arrears.night.summary import print_summary

    with errors(as_json):
        target, known = place(store), moment(known_at)
        when = known.isoformat() if known else None
        summary = day_release(
            target.address, state.lower(), need_day(as_of).isoformat(), when, progress(as_json)
        )
        if as_json:
            print_json(summary)
        else:
            print_summary(summary, out)


@app.command()
def verdicts(
    state: State,
    as_of: Night,
    remedy: Annotated[str | None, typer.Option(help="One remedy only.")] = None,
    part: Annotated[str, typer.Option(help="enter, stay or release.")] = "enter",
    to: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="CSV or Parquet, by its ending.")
    ] = None,
    release_no: ReleaseNo = None,
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """Every subject's verdict with every named condition, as CSV or Parquet."""
    from arrears.answers.explain import write_verdicts

    with errors(as_json):
        written = write_verdicts(
            place(store), state.lower(), need_day(as_of), remedy, part, to, release_no, as_rows=as_json
        )
        if as_json:
            print_json(written)
        elif to is not None:
            out.print(f"{written['rows']:,} verdicts in {escape(safe_path(to))}")


@review.command("list")
def review_list(
    state: State,
    as_of: Annotated[
        str | None, typer.Argument(metavar="[DATE]", help="A night; the last closed one if left out.")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="One kind of line only.")] = None,
    office: Annotated[str | None, typer.Option(help="One office only.")] = None,
    show: Annotated[Show, typer.Option(help="What a day holds, the rest, or every line.")] = "today",
    limit: Annotated[int, typer.Option(help="How many lines to print.")] = 50,
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """What waits for a person, each line with its reason in plain words; every one of a kind, or as JSON."""
    from arrears.desk.lists import Asked, lists
    from arrears.desk.review import print_work_list, work_list

    with errors(as_json):
        where, on = place(store), day(as_of)
        if as_json:
            print_json(work_list(where, state.lower(), on, kind, office))
        else:
            shown = "every" if kind else show
            asked = Asked(kind=kind or "", office=office or "", show=shown, size=limit)
            print_work_list(lists(where, state.lower(), asked, on), out)


def _deciding(choice: "Choice", doc: str) -> None:
    def command(
        state: State,
        items: Annotated[list[str], typer.Argument(metavar="ITEM...", help="Items of the work list.")],
        by: Annotated[str, typer.Option("--as", metavar="USER", help="Who decides.")],
        because: Annotated[str, typer.Option(metavar="TEXT", help="Why, in your words.")],
        until: Annotated[str | None, typer.Option(metavar="DATE", help="Hold until this day.")] = None,
        code: Annotated[str, typer.Option(metavar="CODE", help="Reason code of a rejection.")] = "",
        at: Annotated[str | None, typer.Option(metavar="TIME", help="When (invented people only).")] = None,
        store: StoreAt = STORE,
        as_json: AsJson = False,
    ) -> None:
        from arrears.desk.review import decide

        with errors(as_json):
            made = decide(
                place(store),
                state.lower(),
                items,
                choice,
                by,
                because,
                until_on=day(until),
                reason_code=code,
                at=moment(at),
            )
            if as_json:
                print_json(made)
            else:
                for one in made:
                    out.print(f"{one['decision']}: {escape(one['item_id'])}")

    review.command(choice, help=doc)(command)


_deciding("approve", "Approve items: they leave by the next release, if the ground still stands.")
_deciding("hold", "Hold items, until a day if one is given.")
_deciding("reject", "Reject items with a reason; they come back only if the facts change.")


@app.command()
def check(as_json: AsJson = False) -> None:
    """Check every layout, profile, card, suite and example; list all faults at once."""
    from arrears import house
    from arrears.cli.check import check_house
    from arrears.reports.certification import check_certification

    with errors(as_json):
        found = check_house()
        count, found["open"], broken = check_certification(house.RULES, house.ROOT / "tests")
        found["checked"]["requirements"] = count
        found["faults"] += broken
        if as_json:
            print_json(found)
        else:
            out.print(", ".join(f"{count} {what}" for what, count in found["checked"].items()) + " checked.")
            for state, count in found["open"].items():
                out.print(
                    f"[yellow]open[/yellow] {state}: {count} requirements of certification are not shown yet;"
                    f" arrears report {state} certification lists them"
                )
            for fault in found["faults"]:
                err.print(f"[red]fault[/red] {escape(fault)}")
    if found["faults"]:
        raise typer.Exit(1)


@app.command()
def fakes(
    to: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write.")],
    state: Annotated[str, typer.Option(help="State, two letters.")] = "me",
    cases: Annotated[int, typer.Option(min=1, help="How many cases.")] = 300,
    nights: Annotated[int, typer.Option(min=1, help="How many consecutive nights.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    first: Annotated[str, typer.Option(metavar="DATE", help="The first night.")] = "2025-01-14",
    full_day: Annotated[
        bool, typer.Option("--full-day", help="With a year's wages and many accounts.")
    ] = False,
    told: Annotated[bool, typer.Option("--told", help="Say how it is mixed, and public sources.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make an invented caseload with partner files and planted, known answers."""
    from arrears.fakes import make, table

    def say(what: str, done: float) -> None:
        if not as_json:
            err.print(f"  {done:4.0%} {what}")

    with errors(as_json):
        made = make(state.lower(), cases, nights, seed, to, need_day(first), say, is_full_day=full_day)
        if as_json:
            print_json({"out": safe_path(to), "nights": [str(n) for n in made.nights], "told": made.told})
        elif told:
            print(table(made.told))
        else:
            out.print(f"{cases:,} invented cases, {nights} night(s), in {escape(safe_path(to))}")


@app.command()
def bench(
    cases: Annotated[int, typer.Option(min=1, help="How many cases.")] = 70_000,
    nights: Annotated[int, typer.Option(min=1, help="How many consecutive nights.")] = 2,
    state: Annotated[str, typer.Option(help="State, two letters.")] = "me",
    seed: Annotated[int, typer.Option(help="The same seed gives the same caseload.")] = 1,
    peers: Annotated[bool, typer.Option("--peers", help="Add the same work in other libraries.")] = False,
    docs: Annotated[bool, typer.Option("--docs", help="Write docs/performance.md, too.")] = False,
    full_day: Annotated[
        bool, typer.Option("--full-day", help="With the large files of a first night.")
    ] = False,
    profile: Annotated[bool, typer.Option("--profile", help="Add what was heaviest, by step.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="One night by one worker and by so many.")] = 1,
    parts: Annotated[int, typer.Option(min=1, help="Into how many parts these cut it.")] = 4,
    as_json: AsJson = False,
) -> None:
    """What invented nights cost by step, without a scheduler, beside a yardstick."""
    from arrears.cli.bench import bench as run
    from arrears.cli.bench_told import print_bench, print_workers
    from arrears.cli.performance import write_docs

    with errors(as_json):
        if workers > 1:
            from arrears.cli.bench_workers import bench_workers

            found = bench_workers(state.lower(), cases, seed, workers, parts, progress(quiet=False))
            print_json(found) if as_json else print_workers(found, out)
            return
        if docs and profile:
            raise ArrearsError("A profile slows what it looks at", "--profile", "Leave it out with --docs")
        found = run(state.lower(), cases, nights, seed, progress(quiet=False), profile, peers, full_day)
        if docs:
            write_docs(found)
        if as_json:
            print_json(found)
        else:
            print_bench(found, out)


def main() -> None:
    """The entry point of the `arrears` command."""
    collect_seldom()
    app()


if __name__ == "__main__":
    main()
