"""Views of the work list that people save: their own, and those of their office."""

from dataclasses import fields, replace

from arrears import house
from arrears.data.store import Store
from arrears.desk.open_lines import waiting
from arrears.desk.pauses import require_known_office
from arrears.desk.requests import Asked, Line, NotHere, Who
from arrears.errors import ArrearsError
from arrears.law.profile import Profile
from arrears.ledger import Ledger
from arrears.night.run import latest_moment

LONGEST_NAME = 60


def saved_views(store: Store, state: str, person: Who) -> list[Line]:
    """The views that a person may open: their own, and those of the offices that they see."""
    found = Ledger.open(store.ledger_url).saved_views(state)
    known = {one.name for one in fields(Asked)}
    return [
        {**one, "asked": Asked(**{name: value for name, value in one["asked"].items() if name in known})}
        for one in found
        if (one["office"] or one["by_user"] == person.name)
        and (not one["office"] or person.offices is None or one["office"] in person.offices)
    ]


def save_view(
    store: Store, state: str, person: Who, name: str, asked: Asked | None, office: str = "", worker: str = ""
) -> None:
    """Keeps a view under a name, for an office or (`''`) for this person alone; None takes it away."""
    if not name.strip() or len(name) > LONGEST_NAME:
        raise ArrearsError("A view needs a name", "", f"Give it one of at most {LONGEST_NAME} letters")
    if office and person.offices is not None and office not in person.offices:
        raise NotHere(f"There is no office {office}", state, "Save the view for your own office")
    if office and asked is not None:
        with waiting(store, state, None, person.offices) as desk:
            require_known_office(desk, office)
    ledger = Ledger.open(store.ledger_url)
    at = latest_moment(store, ledger, Profile.load(house.RULES, state))
    # A view is always opened at its first page.
    kept = None if asked is None else replace(asked, page=1).as_json()
    ledger.save_view(state, name.strip(), kept, person.name, at, office, worker)
