"""The page that answers: what changed between two nights, and why?"""

from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.exceptions import HTTPException

from arrears.answers.background_answers import Questions, question_id
from arrears.compare.diff import diff
from arrears.compare.diff_report import display_fact, report
from arrears.desk.security import Person, allowed
from arrears.desk.web import Desk, Nav, page, the_desk

NAV = (Nav("What changed", "diff"),)
SIZE, AGAIN_SECONDS = 50, "3"
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
    number: Annotated[int, Query(alias="page", ge=1)] = 1,
) -> Response:
    """The two runs, and what changed between them as soon as it is worked out."""
    closed = [run for run in desk.ledger.runs(desk.state) if run.status == "closed"]
    nights = sorted({run.as_of.isoformat() for run in closed if run.kind == "night"}, reverse=True)
    is_asked, answer = bool(first and second), None
    if is_asked:
        one, two, nth = day_of(first), day_of(second), int(release) if release.isdigit() else None
        answer = questions.ask(
            # A backfill knows all that has come until now.
            question_id(desk.store, desk.state, one, two, nth, desk.ledger.pin(desk.now()).position),
            lambda: diff(desk.store, desk.state, one, two, nth),
        )
    found = report(answer, number, SIZE, person.offices, cause, list_, remedy) if answer else None
    if found:
        desk.look(person, "diff", lines=len(found["lines"]["rows"]), page=number)
    of_nights = {"first": first, "second": second, "release": release}
    made = page(
        request,
        "diff.html",
        person,
        found=found,
        is_working=is_asked and answer is None,
        nights=nights,
        releases=sorted({run.ordinal for run in closed if run.kind == "release"}),
        chosen={**of_nights, "cause": cause, "list": list_, "remedy": remedy},
        again=urlencode(of_nights),
        narrowed=urlencode({**of_nights, "cause": cause, "list": list_, "remedy": remedy}),
        display_fact=display_fact,
    )
    if is_asked and answer is None:
        made.headers["Refresh"] = AGAIN_SECONDS
    return made


def day_of(text: str) -> date:
    """A date of the query string; 422 for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise HTTPException(422, "This is not a date; choose one of the nights") from None
