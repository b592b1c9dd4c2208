"""What partners made of our files, and we of theirs: the scorecard of each queue, and every rejected row."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from arrears.desk.partners import open_acts, rejected_rows, rejects_by_feed, scorecard, titles
from arrears.desk.security import Person, allowed
from arrears.desk.web import Desk, Nav, page, the_desk
from arrears.ledger.records import ROLES
from arrears.values import Row

NAV = (Nav("Partners", "partners"), Nav("Rejects", "rejects"))
Anybody = Annotated[Person, Depends(allowed(*sorted(ROLES)))]
Reader = Annotated[Person, Depends(allowed("operator", "supervisor", "policy", "auditor"))]
AtDesk = Annotated[Desk, Depends(the_desk)]
Number = Annotated[int, Query(alias="page", ge=1)]
ON_A_PAGE = 100
routes = APIRouter()


def router() -> APIRouter:
    """The routes of partners' answers and of rejected rows."""
    return routes


@routes.get("/{state}/partners")
def partners_page(
    request: Request,
    person: Anybody,
    desk: AtDesk,
    queue: Annotated[str, Query(max_length=60)] = "",
    became: Literal["", "rejected", "overdue"] = "",
    number: Number = 1,
) -> Response:
    """What became of what was sent through each queue, and each act that needs somebody."""
    told = scorecard(desk)
    acts = [
        one
        for one in open_acts(desk, person.offices)
        if queue in ("", one["queue"]) and became in ("", one["became"])
    ]
    shown, pages = on_page(acts, number)
    desk.look(person, "partners", acts=len(shown), page=number)
    return page(
        request,
        "partners.html",
        person,
        told=told,
        acts=shown,
        total=len(acts),
        titles=titles(),
        asked={"queue": queue, "became": became},
        number=number,
        pages=pages,
    )


@routes.get("/{state}/rejects")
def rejects_page(
    request: Request,
    person: Reader,
    desk: AtDesk,
    feed: Annotated[str, Query(max_length=60)] = "",
    number: Number = 1,
) -> Response:
    """Every row of a file that could not be read, with its file, line, field, reason and masked value."""
    by_feed = rejects_by_feed(desk)
    if feed and feed not in {one.feed for one in desk.ledger.deliveries(desk.state, outcome="accepted")}:
        raise HTTPException(404, "No file of this feed was ever accepted")
    told = rejected_rows(desk, feed)
    shown, pages = on_page(told["rows"], number)
    desk.look(person, "rejects", rows=len(shown), page=number)
    return page(
        request,
        "rejects.html",
        person,
        told=told,
        rows=shown,
        by_feed=by_feed,
        titles=titles(),
        asked={"feed": feed},
        number=number,
        pages=pages,
    )


def on_page(rows: list[Row], number: int) -> tuple[list[Row], int]:
    """The rows of a page, and how many pages there are; 404 beyond the last."""
    pages = max(1, -(-len(rows) // ON_A_PAGE))
    if number > pages:
        raise HTTPException(404, "There is no such page")
    return rows[(number - 1) * ON_A_PAGE : number * ON_A_PAGE], pages
