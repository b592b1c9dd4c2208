"""The verbs `explain`, `status`, `rejects`, `ack`, `history`, `undo`: what a store knows and what it sent."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    errors,
    moment,
    out,
    place,
    print_json,
    progress,
)
from arrears.days import need_day
from arrears.errors import ArrearsError

if TYPE_CHECKING:
    from arrears.desk.undo import Wish


def explain(
    state: State,
    as_of: Night,
    case: Annotated[str, typer.Argument(metavar="CASE", help="Case, or person.")],
    remedy: Annotated[str | None, typer.Option(help="One remedy only.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Every condition, those that are met, too.")] = False,
    parent: Annotated[
        bool, typer.Option("--for-parent", help="In plain words for the parent who owes.")
    ] = False,
    language: Annotated[str, typer.Option(help="Language of --for-parent, such as es.")] = "en",
    release_no: ReleaseNo = None,
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """Why a case was flagged, why not, and how near: sentences, values, law, source file and line."""
    from arrears.answers.explain import explain_case
    from arrears.answers.explain_print import print_explanation
    from arrears.reports.for_parent import for_parent, print_for_parent

    with errors(as_json):
        asked = (place(store), state.lower(), need_day(as_of), case)
        if parent:
            told = for_parent(*asked, language, release_no)
            print_json(told) if as_json else out.print(escape(print_for_parent(told)))
            return
        found = explain_case(*asked, remedy, release_no)
        if as_json:
            print_json(found)
        else:
            print_explanation(found, out, full)


def history(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Case, or person.")],
    state: Annotated[
        str | None, typer.Option(metavar="ST", help="The state; needed only where several know the number.")
    ] = None,
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """A case's life over its nights: one line a change, each with its cause."""
    from arrears.answers.case_history import case_history, print_history

    with errors(as_json):
        found = case_history(place(store), case, state.lower() if state else None, progress(as_json))
        if as_json:
            print_json(found)
        else:
            print_history(found, out)


def status(state: State, store: StoreAt = STORE, as_json: AsJson = False) -> None:
    """Where a state stands: the last night, what is open, held, late, and what comes next."""
    from arrears.answers.status import print_status
    from arrears.answers.status import status as ask

    with errors(as_json):
        found = ask(place(store), state.lower())
        if as_json:
            print_json(found)
        else:
            print_status(found, out)


def rejects(
    state: State,
    feed: Annotated[str | None, typer.Option(help="One feed only.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only of files that came on this day or later.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many rows to print.")] = 50,
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """Rows of partners' files that could not be read: file, line, field, reason, masked value."""
    from arrears.answers.rejects import print_rejects
    from arrears.answers.rejects import rejects as ask

    with errors(as_json):
        found = ask(place(store), state.lower(), feed, day(since))
        if as_json:
            print_json(found)
        else:
            print_rejects(found, limit, out)


def ack(
    state: State,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="Partners' answers; none: what stands."),
    ] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Date it arrived (invented people only).")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many acts to print.")] = 50,
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """Take partners' answers in; tell what became of each act sent: accepted, rejected, overdue."""
    from arrears.answers.partner_answers import partner_answers, print_answers
    from arrears.intake.inbox import take_in
    from arrears.night.summary import print_deliveries

    with errors(as_json):
        where = place(store)
        taken = take_in(where, state.lower(), files, on=day(on))["deliveries"] if files else []
        found = partner_answers(where, state.lower(), [one["delivery"] for one in taken])
        if as_json:
            print_json({"deliveries": taken, **found})
        else:
            if taken:
                print_deliveries(out, state.lower(), taken)
            print_answers(found, limit, out)
    if any(one["outcome"] in ("held", "refused") for one in taken):
        raise typer.Exit(1)


def undo(
    state: State,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Person number, as the caseload has it.")],
    because: Annotated[str, typer.Option(metavar="TEXT", help="Why, in your words.")] = "",
    by: Annotated[str, typer.Option("--as", metavar="USER", help="Who asks or decides.")] = "",
    approves: Annotated[bool, typer.Option("--approve", help="A supervisor: take it back.")] = False,
    rejects: Annotated[bool, typer.Option("--reject", help="A supervisor: the right person.")] = False,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="When (invented people only).")] = None,
    store: StoreAt = STORE,
    as_json: AsJson = False,
) -> None:
    """Mistaken identity: all that was ever sent for a person; ask to take it back, and decide on it."""
    from arrears.desk.undo import Wanted, print_undo
    from arrears.desk.undo import undo as ask

    with errors(as_json):
        if approves and rejects:
            raise ArrearsError("It is one or the other", "--approve, --reject", "Leave one of them out")
        if bool(by) != bool(because) or ((approves or rejects) and not by):
            raise ArrearsError("Who, and why?", "--as, --because", "Give both; to look only, neither")
        wish: Wish = "approve" if approves else "reject" if rejects else "ask"
        wanted = Wanted(wish, by, because, moment(at)) if by else None
        found = ask(place(store), state.lower(), person, wanted)
        if as_json:
            print_json(found)
        else:
            print_undo(found, out)
