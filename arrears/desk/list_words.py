"""What a page of the list says of itself: its groups, its filters as chips, where an exact number leads."""

from arrears import house
from arrears.desk.explain_lookup import why_offices
from arrears.desk.lists import CONTENT
from arrears.desk.requests import Asked, Line, ListPage, Who
from arrears.desk.table import fact_titles
from arrears.desk.web import Desk

DECIDERS = ("supervisor", "operator", "caseworker")
# The filters that stand as chips, each with what it is called.
CHIPS = {
    "kind": "kind",
    "remedy": "remedy",
    "missing": "missing fact",
    "office": "office",
    "worker": "worker",
    "needs": "decided by",
    "since": "since last night",
    "heading": "heading",
    "matter": "",
    "search": "search",
}


def grouped(lines: list[Line]) -> list[list[Line]]:
    """The lines of a page by kind, remedy and step, in the order of the first of each."""
    found: dict[str, list[Line]] = {}
    for one in lines:
        found.setdefault(one["group"]["key"], []).append(one)
    return list(found.values())


def chips(asked: Asked, found: ListPage) -> list[Line]:
    """Each filter that is set, in words, and what the list asks for without it."""
    titles = {
        "kind": {one["kind"]: one["title"] for one in found.counts},
        "heading": {one["name"]: one["title"] for one in found.headings},
        "remedy": {one["name"]: one["title"] for one in found.facets.remedies},
        "missing": fact_titles(house.FACTS),
        "matter": {asked.matter: "one case's lines"},
    }
    told = []
    for name, what in CHIPS.items():
        if value := getattr(asked, name):
            said = titles.get(name, {}).get(value, value)
            # Lines of a sort are shown every one; without the last such filter the day's are again.
            only = name in CONTENT and not any(getattr(asked, one) for one in CONTENT if one != name)
            without = {name: "", "page": 1} | ({"show": "today"} if only else {})
            told.append({"say": f"{what}: {said}" if what else said, "without": without})
    return told


def mine(person: Who, found: ListPage) -> dict[str, str]:
    """What a list asks for to show a person's own work; nothing for who decides nothing.

    What is assigned to them by name, else what waits for the role that they have.
    """
    if person.name in {one["name"] for one in found.facets.workers}:
        return {"worker": person.name}
    role = next((one for one in DECIDERS if one in person.roles), "")
    return {"needs": role} if role else {}


def meant(desk: Desk, person: Who, asked: Asked, found: ListPage) -> tuple[str, dict[str, str]] | None:
    """Where the exact number of a line, a case or a person leads: to its only line, or to why it has none."""
    sought = asked.search
    if not sought or asked != Asked(search=sought, show=asked.show, sort=asked.sort, size=asked.size):
        return None
    if found.pages > 1:
        return None
    exact = [one for one in found.lines if sought in (one["item_id"], one["case_id"], one["person_id"])]
    if len(exact) == 1:
        return "line", {"item": exact[0]["item_id"]}
    if not exact and why_offices(desk.store, desk.state, sought, desk.as_of, person.offices):
        return "explain", {"who": sought}
    return None
