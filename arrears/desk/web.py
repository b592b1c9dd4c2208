"""The web core of the desk: who is signed in, which state and night a page is about, how a page is made.

A module of pages has `def router() -> APIRouter`, and may have `NAV`, its entries of the navigation:

    NAV = (Nav("What if", "what-if"),)

    @routes.get("/{state}/what-if")
    def what_if_page(
        request: Request,
        person: Person = Depends(allowed("policy", "supervisor")),
        desk: Desk = Depends(the_desk),
    ) -> Response:
        return page(request, "what_if.html", person, answer=...)

A page extends `base.html` (blocks `title`, `content`), which knows `root` (write links as
`{{ root }}/{{ state }}/...`), `state`, `as_of`, `person`, `csrf` and `nav`. A form that writes holds
`<input type="hidden" name="csrf" value="{{ csrf }}">`. The browser refuses inline styles and scripts.
"""

import importlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException

from arrears import house
from arrears.answers.display import listed_grounds, measured
from arrears.answers.explain_clocks import clock_sentence
from arrears.answers.explain_print import decided_first, met_said, question_said
from arrears.data.store import Store
from arrears.desk.in_short import dated, said_day
from arrears.desk.requests import Asked
from arrears.desk.security import (
    HEADERS,
    OPEN_PREFIX,
    SEED_COOKIE,
    Person,
    SignedIn,
    allowed,
    form_token,
    origin_of,
    refuse_forged,
    seed_of,
    who_is,
)
from arrears.errors import ArrearsError, Refused
from arrears.law.citations import written
from arrears.law.profile import Profile
from arrears.law.work_order import load_work_order
from arrears.ledger import Ledger
from arrears.ledger.reasons import MOST_LETTERS
from arrears.night.run import latest_moment
from arrears.values import dollars

__all__ = ["Desk", "Nav", "Person", "allowed", "make_app", "page", "the_desk"]
HERE = Path(__file__).parent
PAGES = (
    "pages_tonight",
    "pages_lists",
    "pages_explain",
    "pages_pauses",
    "pages_whatif",
    "pages_diff",
    "pages_partners",
    "pages_quality",
    "pages_reports",
)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Nav:
    """One entry of the navigation: its words, and its place below `/{state}/`."""

    title: str
    path: str


@dataclass(frozen=True)
class Desk:
    """What a page is about: one state of a store, as of one closed night."""

    store: Store
    state: str
    as_of: date
    ledger: Ledger

    @cached_property
    def profile(self) -> Profile:
        """The law of the state."""
        return Profile.load(house.RULES, self.state)

    def now(self) -> datetime:
        """The moment at which a person looks or decides."""
        return latest_moment(self.store, self.ledger, self.profile)

    def heard(self) -> tuple[str, str, date, int, int]:
        """What tells an answer about the state from a later one: its runs, and the last file or decision."""
        closed = sum(run.status == "closed" for run in self.ledger.runs(self.state))
        return str(self.store.root), self.state, self.as_of, closed, self.ledger.heard(self.state)

    def look(self, person: Person, what: str, **about: str | int) -> None:
        """Keeps who looked at what; `about` holds ids and counts only."""
        self.ledger.look(self.state, person.name, what, self.now(), **about)


def the_desk(request: Request, state: str, on: date | None = None) -> Desk:
    """The state and night that a page is about; 404 where no night of it is closed."""
    ledger: Ledger = request.app.state.ledger
    request.app.state.store.again()
    closed = [run.as_of for run in ledger.runs(state) if run.status == "closed"]
    if not closed or (on is not None and on not in closed):
        raise HTTPException(404, "There is no closed night like that")
    desk = Desk(request.app.state.store, state, on or max(closed), ledger)
    request.state.desk, request.state.is_past = desk, on is not None and on < max(closed)
    return desk


def require_tonight(request: Request) -> None:
    """Refuses an act that was chosen on the page of another night than the last closed one."""
    desk: Desk = request.state.desk
    seen = request.state.form_night
    if request.state.is_past or seen != str(desk.as_of):
        raise Refused(
            f"This page is of the night of {seen or desk.as_of}, which is not the last one; nothing was done",
            "",
            "Open the page of the last night and look at what it says now",
        )


def known_states() -> list[str]:
    """The states that have a profile, in the order of their codes."""
    return sorted(path.stem for path in (house.RULES / "jurisdictions").glob("??.yml") if path.stem != "us")


def states_with_nights(ledger: Ledger) -> list[str]:
    """The states that have a profile and a closed night, in the order of their codes."""
    return [code for code in known_states() if any(run.status == "closed" for run in ledger.runs(code))]


def page(
    request: Request, name: str, person: Person | None, status_code: int = 200, **values: Any
) -> HTMLResponse:
    """A page made from its template, with what every template knows."""
    app, desk = request.app, getattr(request.state, "desk", None)
    seed = seed_of(request)
    known = {
        "person": person,
        "root": app.state.prefix,
        "csrf": form_token(app.state.key, seed, person.name, str(desk.as_of) if desk else "")
        if person
        else "",
        "state": desk.state if desk else None,
        "as_of": desk.as_of if desk else None,
        "is_past": getattr(request.state, "is_past", False),
        "past": str(desk.as_of) if desk and getattr(request.state, "is_past", False) else "",
        "nav": [one for one, roles in app.state.nav if person and roles & person.roles] if desk else [],
        "states": states_with_nights(app.state.ledger) if desk else [],
        "kinds": kinds_by_title() if desk else [],
        "here": request.scope["path"].removeprefix(request.scope.get("root_path", "")),
    }
    text = app.state.templates.get_template(name).render({**known, **values})
    answer = HTMLResponse(text, status_code)
    if request.cookies.get(SEED_COOKIE) != seed:
        answer.set_cookie(
            SEED_COOKIE,
            seed,
            path=app.state.prefix or "/",
            httponly=True,
            samesite="strict",
            secure="https" in (request.url.scheme, app.state.origin.partition(":")[0]),
        )
    return answer


def kinds_by_title() -> list[tuple[str, str]]:
    """Every kind of line and its title, by title."""
    kinds = load_work_order(house.RULES).kinds
    return sorted(((name, one.title) for name, one in kinds.items()), key=lambda one: one[1])


def make_app(store: Store, signed_in: SignedIn, prefix: str = "", public_url: str = "") -> FastAPI:
    """The desk as a web app below `prefix`; `signed_in` tells whose session a request belongs to, if any.

    `public_url` is the address that browsers know, where a proxy that ends TLS stands before the desk.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(refuse_forged)])
    app.state.store, app.state.prefix, app.state.origin = store, prefix, origin_of(public_url)
    app.state.ledger, app.state.key = Ledger.open(store.ledger_url), store.key()
    app.state.templates = templates()
    app.mount(OPEN_PREFIX.rstrip("/"), StaticFiles(directory=HERE / "static"), name="static")
    # Here, since pages are made with what stands above.
    modules = [importlib.import_module(f"arrears.desk.{name}") for name in PAGES]
    for module in modules:
        app.include_router(module.router())
    roles = roles_of_routes(app)
    app.state.nav = [
        (one, roles["GET", f"/{{state}}/{one.path}"])
        for module in modules
        for one in getattr(module, "NAV", ())
    ]
    add_errors(app)

    @app.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        return await guarded(request, call_next, signed_in)

    return app


async def guarded(
    request: Request, call_next: Callable[[Request], Awaitable[Response]], signed_in: SignedIn
) -> Response:
    """The answer; 401 to whoever is not signed in, and no word of a fault that might hold a person's data."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    try:
        request.state.person = await who_is(request, signed_in)
        if request.state.person is None and not path.startswith(OPEN_PREFIX):
            answer: Response = error_page(
                request, 401, "Nobody is signed in", "", "Sign in, then open this page again"
            )
        else:
            answer = await call_next(request)
    except Exception as found:
        # The text of a fault of engine or ledger may hold data: only its kind and place are told.
        log.error("%s while answering %s %s", place_of(found), request.method, route_of(request))
        answer = error_page(
            request,
            500,
            "The desk stopped on a fault that nobody expected",
            "",
            "Try again, then tell an operator",
        )
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


def place_of(found: Exception) -> str:
    """The kind of a fault and where in the code it arose."""
    trace = found.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace is not None else None
    return f"{type(found).__name__} in {code.co_qualname if code else 'the desk'}"


def route_of(request: Request) -> str:
    """The route of a request as it is written in the code, without what the address carried."""
    return getattr(request.scope.get("route"), "path", "an unknown address")


def roles_of_routes(app: FastAPI) -> dict[tuple[str, str], frozenset[str]]:
    """The roles that open each route, by method and path; empty for a route that asks for none."""
    found = {}
    for route in app.routes:
        if isinstance(route, APIRoute):
            asked = [one.call.roles for one in route.dependant.dependencies if isinstance(one.call, allowed)]
            for method in route.methods:
                found[method, route.path] = frozenset[str]().union(*asked)
    return found


def templates() -> Environment:
    """Jinja with every value escaped, and the few words that the pages share."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["most_letters"] = MOST_LETTERS
    made.filters["dollars"] = lambda cents: "" if cents is None else dollars(cents)
    made.filters["words"] = lambda text: str(text).replace("_", " ")
    made.filters["count"] = lambda number: f"{number:,}"
    made.filters |= {
        "cited": written,
        "decided_first": decided_first,
        "clock": clock_sentence,
        "dated": dated,
        "grounds": listed_grounds,
        "hours": hours,
        "listed": listed,
        "measured": measured,
        "met_said": met_said,
        "nights": nights,
        "query": query,
        "question_said": question_said,
        "said_day": lambda day: said_day(day) if day else "",
    }
    return made


def hours(minutes: int) -> str:
    """Minutes as people say them: `75` is `1 h 15 min`, `120` is `2 h`."""
    whole, rest = divmod(minutes, 60)
    return " ".join([f"{whole:,} h"] * bool(whole) + [f"{rest} min"] * bool(rest or not whole))


def nights(number: int | None) -> str:
    """For how many nights something has been open, nothing for none."""
    return f"open {number} night{'' if number == 1 else 's'}" if number else ""


def listed(value: Any) -> str:
    """A value or a list of them as text, nothing for nothing."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "yes", False: "no"}[value]
    return ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)


def query(asked: Asked, **changes: Any) -> str:
    """The query string of a list with some of what it asks for changed; what is empty is left out."""
    usual = {"page": 1, "size": Asked().size, "sort": Asked().sort}
    wanted = {**asked.as_json(), "show": asked.show, **changes}
    return urlencode({name: value for name, value in wanted.items() if value and usual.get(name) != value})


def error_page(request: Request, status: int, what: str, where: str, do: str) -> HTMLResponse:
    """What went wrong, where, and what to do next."""
    person = getattr(request.state, "person", None)
    said = {"what": what.rstrip("."), "where": where, "do": do.rstrip(".")}
    return page(request, "error.html", person, status, **said, status=status)


def place_to_show(found: ArrearsError) -> str:
    """Where a fault arose, if it is a place that whoever sits at the desk knows: no file, no option."""
    return "" if "/" in found.where or found.where.startswith("-") else found.where


def add_errors(app: FastAPI) -> None:
    """Makes every refusal a page that says what, where and what to do."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, found: HTTPException) -> Response:
        what = (
            "There is no such page"
            if found.status_code == 404 and found.detail == "Not Found"
            else found.detail
        )
        return error_page(request, found.status_code, what, "", "Go back to the work list")

    @app.exception_handler(RequestValidationError)
    async def not_understood(request: Request, found: RequestValidationError) -> Response:
        names = ", ".join(sorted({str(one["loc"][-1]) for one in found.errors()}))
        return error_page(request, 422, "This cannot be understood", names, "Correct it and send it again")

    @app.exception_handler(ArrearsError)
    async def said(request: Request, found: ArrearsError) -> Response:
        status = 404 if is_not_here(found) else 409 if isinstance(found, Refused) else 400
        return error_page(request, status, found.what, place_to_show(found), found.do)


def is_not_here(found: ArrearsError) -> bool:
    """Whether something is not there, or is another office's, which is told with the same words."""
    return type(found).__name__ == "NotHere"
