"""What is off the list or kept from leaving: decided, resolved automatically, paused."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from arrears import house
from arrears.days import need_day
from arrears.desk.decided import decided
from arrears.desk.effects import next_release, said_release
from arrears.desk.lists import lists
from arrears.desk.pauses import end_pause, pause, pause_preview, pauses
from arrears.desk.requests import Asked
from arrears.desk.resolved_notes import ended
from arrears.desk.security import Person, allowed, field, the_form
from arrears.desk.web import Desk, Nav, page, require_tonight, the_desk
from arrears.errors import ArrearsError
from arrears.law.remedy import load_cards
from arrears.law.work_order import load_work_order
from arrears.ledger.records import ROLES

NAV = (Nav("Resolved automatically", "resolved"), Nav("Pauses", "pauses"))
Anybody = Annotated[Person, Depends(allowed(*sorted(ROLES)))]
Pausing = Annotated[Person, Depends(allowed("operator", "supervisor"))]
Ending = Annotated[Person, Depends(allowed("supervisor"))]
AtDesk = Annotated[Desk, Depends(the_desk)]
Form = Annotated[FormData, Depends(the_form)]
SIZE = 100
routes = APIRouter()


def router() -> APIRouter:
    """The routes of pauses, of lines that people decided, and of lines that resolved automatically."""
    return routes


@routes.get("/{state}/decisions")
def decided_page(
    request: Request,
    person: Anybody,
    desk: AtDesk,
    choice: Literal["", "approve"] = "",
    number: Annotated[int, Query(alias="page", ge=1)] = 1,
) -> Response:
    """The lines that people decided since the last run, each open to another word until it leaves; with a
    choice only those that leave next.
    """
    found = decided(desk.store, desk.state, desk.as_of, person.offices, number, SIZE, choice)
    desk.look(person, "decided", lines=len(found.lines), page=number)
    shown: dict[str, Any] = {"found": found, "number": number, "size": SIZE, "choice": choice}
    shown["release_on"] = said_release(next_release(desk.profile, desk.now()))
    return page(request, "decided.html", person, **shown)


@routes.get("/{state}/resolved")
def ended_page(
    request: Request, person: Anybody, desk: AtDesk, number: Annotated[int, Query(alias="page", ge=1)] = 1
) -> Response:
    """The lines that left the list since the night before, each with what ended it."""
    found = ended(desk.store, desk.state, desk.as_of, person.offices, page=number, size=SIZE)
    desk.look(person, "resolved", lines=len(found.lines), page=number)
    return page(request, "resolved.html", person, found=found, number=number, size=SIZE)


@routes.get("/{state}/pauses")
def pauses_page(
    request: Request,
    person: Anybody,
    desk: AtDesk,
    from_on: str = "",
    to_on: str = "",
    remedy: str = "",
    group: str = "",
    office: str = "",
    number: Annotated[int, Query(alias="page", ge=1)] = 1,
) -> Response:
    """The pauses that stand; where days are given, what such a pause would keep back, before it is made."""
    asked = {"from_on": from_on, "to_on": to_on, "remedy": remedy, "group": group, "office": office}
    found = None
    if from_on:
        found = pause_preview(desk.store, desk.state, person, **meant(asked), on=desk.as_of, page=number)
    desk.look(person, "pauses", acts=found.acts if found else 0)
    standing = pauses(desk.store, desk.state, desk.as_of, person.offices)
    in_force = set(desk.profile.remedies_in_force(desk.as_of))
    cards, order = load_cards(house.RULES), load_work_order(house.RULES)
    return page(
        request,
        "pauses.html",
        person,
        asked=asked,
        found=found,
        standing=standing,
        remedies=sorted((cards[name].title, name) for name in in_force if name in cards),
        groups=sorted((title, name) for name, (title, holds) in order.groups.items() if in_force & {*holds}),
        offices=lists(desk.store, desk.state, Asked(size=1), desk.as_of, person.offices).facets.offices,
        may_pause=bool(person.roles & {"operator", "supervisor"}) and not request.state.is_past,
        may_end="supervisor" in person.roles and not request.state.is_past,
    )


@routes.post("/{state}/pauses")
def make_pause(request: Request, person: Pausing, desk: AtDesk, form: Form) -> Response:
    """Back to the pauses, with the new one among them."""
    require_tonight(request)
    asked = {name: field(form, name) for name in ("from_on", "to_on", "remedy", "group", "office")}
    pause(desk.store, desk.state, person, **meant(asked), because=field(form, "because"))
    return RedirectResponse(f"{request.app.state.prefix}/{desk.state}/pauses", 303)


@routes.post("/{state}/pauses/end")
def stop_pause(request: Request, person: Ending, desk: AtDesk, form: Form) -> Response:
    """Back to the pauses, one of which has now another last day."""
    require_tonight(request)
    given = "" if form.get("take_back") else field(form, "last_on")
    if not given and not form.get("take_back"):
        raise ArrearsError("The last day of the pause is missing", "", "Name the day")
    last_on = need_day(given) if given else None
    end_pause(desk.store, desk.state, person, field(form, "pause_id"), last_on, field(form, "because"))
    return RedirectResponse(f"{request.app.state.prefix}/{desk.state}/pauses", 303)


def meant(asked: dict[str, str]) -> dict[str, Any]:
    """What a pause is asked for, its days as days."""
    days: dict[str, date | None] = {
        "from_on": need_day(asked["from_on"]),
        "to_on": need_day(asked["to_on"]) if asked["to_on"] else None,
    }
    return {**asked, **days}
