"""Everything that can be wrong before a night starts, found at once: layouts, values, cards, suites."""

from collections.abc import Callable
from functools import partial
from typing import Any

from arrears import house
from arrears.decide import waiver_faults
from arrears.errors import ArrearsError
from arrears.examples import check_examples
from arrears.expectations import load_suites
from arrears.feeds import load_feeds
from arrears.profile import Profile
from arrears.queues import load_queues
from arrears.remedy import load_cards


def check_house() -> dict[str, Any]:
    """How many things of each kind were checked, and every fault found in any of them."""
    faults: list[str] = []
    checked: dict[str, int] = {}

    def look(what: str, load: Callable[[], Any]) -> Any:
        try:
            found = load()
        except ArrearsError as error:
            faults.append(str(error))
            return None
        checked[what] = len(found)
        return found

    states = sorted(p.stem for p in (house.RULES / "jurisdictions").glob("??.yml") if p.stem != "us")
    profiles = look("profiles", lambda: {state: Profile.load(house.RULES, state) for state in states})
    look("feeds", lambda: load_feeds(house.FEEDS))
    look("queues", lambda: load_queues(house.QUEUES))
    look("suites", lambda: load_suites(house.EXPECTATIONS))
    cards = look("remedies", lambda: load_cards(house.RULES))
    if cards and profiles:
        for profile in profiles.values():
            faults += waiver_faults(profile, cards)
        examples = [
            look(f"examples of {name}", partial(check_examples, card, house.RULES))
            for name, card in cards.items()
        ]
        checked = {what: count for what, count in checked.items() if not what.startswith("examples of ")}
        checked["examples"] = sum(len(outcomes) for outcomes in examples if outcomes)
    return {"checked": checked, "faults": faults}
