"""The page "was it right": precision, rejects, clocks and matches of a night, and their plots."""

from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from arrears import house
from arrears.answers.quality_rules import load_quality
from arrears.desk.answer_cache import kept
from arrears.desk.security import Person, allowed
from arrears.desk.web import Desk, Nav, page, the_desk
from arrears.reports.percent import basis_points, percent
from arrears.reports.plots import PLOTS, svg
from arrears.reports.quality import quality, running
from arrears.values import Row

NAV = (Nav("Was it right", "quality"),)
READERS = ("operator", "supervisor", "policy", "auditor")
routes = APIRouter()


def router() -> APIRouter:
    """The routes of the quality page and its plots."""
    return routes


@routes.get("/{state}/quality")
def quality_page(
    request: Request,
    person: Person = Depends(allowed(*READERS)),
    desk: Desk = Depends(the_desk),
) -> Response:
    """What people, partners and clocks say of the rules; each plot with its figures beside it."""
    told = asked(desk)
    desk.look(person, "quality")
    plots = [{"name": name, "title": plot.title, "say": plot.say(told)} for name, plot in PLOTS.items()]
    shown: dict[str, Any] = {
        "told": told,
        "plots": plots,
        "sums": sums(told),
        "clocks": running(told),
        "percent": percent,
        "ignored_nights": load_quality(house.RULES).ignored_nights,
    }
    return page(request, "quality.html", person, **shown)


@routes.get("/{state}/quality/{name}.svg")
def plot_file(
    name: str, person: Person = Depends(allowed(*READERS)), desk: Desk = Depends(the_desk)
) -> Response:
    """One plot as a file."""
    if name not in PLOTS:
        raise HTTPException(404, "There is no such plot")
    key = ("plot", name, *desk.heard())
    return Response(kept(key, lambda: svg(name, asked(desk))), media_type="image/svg+xml")


def asked(desk: Desk) -> Row:
    """The figures of the desk's night, made again once somebody has decided, or a file came, since."""
    return kept(("quality", *desk.heard()), lambda: quality(desk.store, desk.state, desk.as_of))


def sums(told: Row) -> dict[str, int | None]:
    """What stands at the top of the page, over all remedies, clocks, queues and feeds."""
    remedies, clocks = told["precision"]["by_remedy"], told["clocks"]
    right = sum(one["approved"] + one["rejected_though_right"] for one in remedies)
    verdicts = right + sum(one["rejected_as_wrong"] for one in remedies)
    in_time = sum(one["in_time"] for one in clocks)
    ended = in_time + sum(one["late"] + one["overdue"] for one in clocks)
    linked, lines = (sum(one[key] for one in told["matches"]) for key in ("linked", "rows"))
    return {
        "verdicts": verdicts,
        "right_share": basis_points(right, verdicts),
        "ended": ended,
        "in_time_share": basis_points(in_time, ended),
        "rejected": sum(one["rejected"] for one in told["partners"]["by_queue"]),
        "lines": lines,
        "linked_share": basis_points(linked, lines),
    }
