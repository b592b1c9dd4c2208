"""The first page of a state: where it stands tonight, and what needs a person."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from arrears import house
from arrears.answers.status import status
from arrears.desk.night_strip import running_strip
from arrears.desk.partners import titles
from arrears.desk.security import Person, allowed
from arrears.desk.tonight import approved, of_night, pauses_in_force, sentences
from arrears.desk.web import Nav, known_states, page, the_desk
from arrears.law.profile import Profile
from arrears.ledger import Ledger
from arrears.ledger.records import ROLES
from arrears.night.outline import RELEASE_AT
from arrears.night.run import latest_moment

NAV = (Nav("Tonight", "tonight"),)
Anybody = Annotated[Person, Depends(allowed(*sorted(ROLES)))]
routes = APIRouter()


def router() -> APIRouter:
    """The routes of a state's first page."""
    return routes


@routes.get("/{state}/")
def first_page(request: Request, state: str, person: Anybody) -> Response:
    """To the state's night."""
    require_state(state)
    return RedirectResponse(f"{request.app.state.prefix}/{state}/tonight", 303)


@routes.get("/{state}/tonight")
def tonight_page(request: Request, state: str, person: Anybody, on: date | None = None) -> Response:
    """The night step by step, what needs a person, and what came, went and left."""
    require_state(state)
    store, ledger = request.app.state.store, request.app.state.ledger
    store.again()
    profile, found = Profile.load(house.RULES, state), status(store, state)
    now = latest_moment(store, ledger, profile)
    shown: dict[str, Any] = {
        "state": state,
        "found": found,
        "state_name": profile.name,
        "release_at": RELEASE_AT,
        "titles": titles(),
        "said": sentences(found, ledger, profile, now),
        "running": running(found),
        "night": None,
        "pauses": [],
        "approved": 0,
    }
    if on is not None or is_closed(ledger, state):
        desk = the_desk(request, state, on)
        shown["night"] = of_night(desk, person.offices)
        if not request.state.is_past:
            shown["pauses"] = pauses_in_force(desk, person.offices)
            shown["approved"] = approved(desk, person.offices)
    ledger.look(state, person.name, "tonight", now)
    return page(request, "tonight.html", person, **shown)


def require_state(state: str) -> None:
    """404 for a state that has no profile."""
    if state not in known_states():
        raise HTTPException(404, "There is no such state")


def is_closed(ledger: Ledger, state: str) -> bool:
    """Whether any night of the state is closed."""
    return any((run.kind, run.status) == ("night", "closed") for run in ledger.runs(state))


def running(found: dict[str, Any]) -> dict[str, Any] | None:
    """The strip of the night that has begun and is not closed, where there is one."""
    work = found["at_work"]
    if not work or work["kind"] != "night":
        return None
    return {"as_of": work["as_of"], "strip": running_strip(work["steps_done"], bool(work["holder"]))}
