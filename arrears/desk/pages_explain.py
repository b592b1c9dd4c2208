"""Why, as a page: any case or person, any remedy, any closed night."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from arrears import house
from arrears.answers.explain_print import HEADINGS
from arrears.desk.explain_lookup import told_to_parent, why
from arrears.desk.security import Person, allowed
from arrears.desk.web import Desk, Nav, page, the_desk
from arrears.law.parent_words import OTHERWISE
from arrears.law.remedy import load_cards
from arrears.ledger.records import ROLES

NAV = (Nav("Why", "explain"),)
Anybody = Annotated[Person, Depends(allowed(*sorted(ROLES)))]
AtDesk = Annotated[Desk, Depends(the_desk)]
routes = APIRouter()


def router() -> APIRouter:
    """The route of why."""
    return routes


@routes.get("/{state}/explain")
def explain_page(
    request: Request,
    person: Anybody,
    desk: AtDesk,
    who: Annotated[str, Query(max_length=40)] = "",
    remedy: Annotated[str, Query(max_length=60)] = "",
    reader: Annotated[Literal["", "parent"], Query(alias="for")] = "",
    language: Annotated[str, Query(max_length=8)] = OTHERWISE,
) -> Response:
    """Every condition of every remedy about a case or person, with value, law, file and line; or, for the
    parent who owes, what happens and what stops it.
    """
    asked = who.strip()
    if asked and reader:
        told = told_to_parent(desk.store, desk.state, asked, desk.as_of, person.offices, language)
        desk.look(person, "for_parent", subject_id=asked)
        return page(request, "for_parent.html", person, told=told, who=asked)
    found = why(desk.store, desk.state, asked, desk.as_of, person.offices, remedy or None) if asked else None
    # Kept only once it is known to be a number of the caseload: people type all sorts of numbers.
    desk.look(person, "explain", **({"subject_id": asked} if found else {}))
    cards = load_cards(house.RULES)
    return page(
        request,
        "explain.html",
        person,
        found=found,
        who=asked if found else "",
        remedy=remedy,
        headings=HEADINGS,
        remedies=[(name, card.title) for name, card in cards.items()],
        nights=sorted(
            {run.as_of for run in desk.ledger.runs(desk.state) if run.status == "closed"}, reverse=True
        ),
    )
