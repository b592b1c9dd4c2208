"""The page that answers: what changed between two nights, and why?"""

from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.exceptions import HTTPException

from arrears.answers.background_answers import question_id
from arrears.answers.questions import Questions
from arrears.compare.diff import diff
from arrears.compare.diff_report import report
from arrears.compare.waterfall import bars, display_fact
from arrears.desk.security import Person, allowed
from arrears.desk.web import Desk, Nav, page, the_desk
from arrears.values import Row

NAV = (Nav("What changed", "diff"),)
SIZE, GROUPS, AGAIN_SECONDS = 50, 30, "3"
Cause = Literal["", "decision", "rule", "code", "match", "data", "calendar"]
routes, questions = APIRouter(), Questions()


def router() -> APIRouter:
    """The routes of the comparison of two nights."""
    return routes


@routes.get("/{state}/diff")
def diff_page(
    request: Request,
    person: Annotated[Person, Depends(allowed("caseworker", "supervisor", "policy", "auditor"))],
    desk: Annotated[Desk, Depends(the_desk)],
    first: str = "",
    second: str = "",
    release: str = "",
    cause: Cause = "",
    list_: Annotated[Literal["", "verdict", "act", "work"], Query(alias="list")] = "",
    remedy: str = "",
    step: str = "",
    number: Annotated[int, Query(alias="page", ge=1)] = 1,
) -> Response:
    """The two runs, and what changed between them as soon as it is worked out."""
    closed = [run for run in desk.ledger.runs(desk.state) if run.status == "closed"]
    nights = sorted({run.as_of.isoformat() for run in closed if run.kind == "night"}, reverse=True)
    is_asked, answer = bool(first and second), None
    if is_asked:
        one, two, nth = day_of(first), day_of(second), int(release) if release.isdigit() else None
        # A backfill knows all that has come until now; two closed runs stay what they are.
        came = (
            tuple(d.delivery_id for d in desk.ledger.deliveries(desk.state))
            if (one, nth) == (two, None)
            else ()
        )
        answer = questions.ask(
            question_id(desk.store, desk.state, one, two, nth, came),
            lambda progress: diff(desk.store, desk.state, one, two, nth, progress),
            person.name,
        )
    found = report(answer, number, SIZE, person.offices, cause, list_, remedy, step) if answer else None
    if found:
        desk.look(person, "diff", lines=len(found["lines"]["rows"]), page=number)
    of_nights = {"first": first, "second": second, "release": release}
    chosen = {**of_nights, "cause": cause, "list": list_, "remedy": remedy, "step": step}
    made = page(
        request,
        "diff.html",
        person,
        found=found,
        is_working=is_asked and answer is None,
        nights=nights,
        releases=sorted({run.ordinal for run in closed if run.kind == "release"}),
        chosen=chosen,
        moved=moved_of(found, list_ or "verdict", step) if found else None,
        again=urlencode(of_nights),
        narrowed=urlencode(chosen),
        display_fact=display_fact,
    )
    if is_asked and answer is None:
        made.headers["Refresh"] = AGAIN_SECONDS
    return made


def moved_of(found: Row, list_: str, step: str) -> Row:
    """The waterfall of one list, and its largest groups, of one step where one is chosen."""
    stand = next((one for one in found["stands"] if one["list"] == list_), {"was": 0, "now": 0})
    steps = [one for one in found["steps"] if one["list"] == list_]
    groups = [one for one in found["groups"] if one["list"] == list_ and step in ("", one["step"])]
    return {
        "list": list_,
        **bars(stand, steps),
        "groups": groups[:GROUPS],
        "rest": len(groups[GROUPS:]),
    }


def day_of(text: str) -> date:
    """A date of the query string; 422 for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise HTTPException(422, "This is not a date; choose one of the nights") from None
