"""What partners said of what was sent, as a person of some offices or of the whole state may see it."""

from collections import Counter
from dataclasses import dataclass

from arrears import house
from arrears.answers.display import fetch_file
from arrears.answers.partner_answers import partner_answers
from arrears.answers.rejects import rejects
from arrears.answers.runs import the_run
from arrears.data.warehouse import file_paths, warehouse
from arrears.desk.answer_cache import kept
from arrears.desk.open_lines import SQL
from arrears.desk.requests import Line
from arrears.desk.web import Desk
from arrears.intake.feeds import load_feeds
from arrears.law.remedy import load_cards, title_of
from arrears.queues.queue import load_queues
from arrears.values import Row


@dataclass(frozen=True)
class Titles:
    """What feeds, queues and remedies are called."""

    feeds: dict[str, str]
    queues: dict[str, str]
    remedies: dict[str, str]


def titles() -> Titles:
    """The titles of everything that a file comes from or goes to."""
    return Titles(
        {name: one.title for name, one in load_feeds(house.FEEDS).items()},
        {name: one.title for name, one in load_queues(house.QUEUES).items()},
        {name: one.title for name, one in load_cards(house.RULES).items()},
    )


def scorecard(desk: Desk) -> Row:
    """What `arrears ack` tells of a state, made again once a file came or a run closed since."""
    return kept(("partners", *desk.heard()), lambda: partner_answers(desk.store, desk.state))


def rejected_rows(desk: Desk, feed: str = "") -> Row:
    """What `arrears rejects` tells of a state or one feed, made again once a file came since."""
    return kept(("rejects", feed, *desk.heard()), lambda: rejects(desk.store, desk.state, feed or None))


def rejects_by_feed(desk: Desk) -> dict[str, int]:
    """How many rows of each feed could not be read, of all files that were ever taken."""
    counts: Counter[str] = Counter()
    for one in rejected_rows(desk)["counts"]:
        counts[one["feed"]] += one["rows"]
    return dict(sorted(counts.items()))


def open_acts(desk: Desk, offices: frozenset[str] | None) -> list[Line]:
    """The acts that a partner rejected or never answered, of the offices whose people may be seen."""
    acts: list[Row] = scorecard(desk)["acts"]
    if offices is not None:
        mine = ids_of(desk, offices)
        acts = [
            one
            for one in acts
            if (one["case_id"], "case") in mine
            or (one["case_id"] is None and (one["person_id"], "person") in mine)
        ]
    cards = load_cards(house.RULES)
    return [{**one, "title": title_of(cards, one["remedy"])} for one in acts]


def ids_of(desk: Desk, offices: frozenset[str]) -> set[tuple[str, str]]:
    """Every case and person of these offices, as the last closed run knew them."""
    facts = the_run(desk.store, desk.ledger, desk.state, desk.as_of).folder / "facts"
    asked = {
        "cases": file_paths(facts / "case_facts.parquet"),
        "persons": file_paths(facts / "person_facts.parquet"),
        "offices": sorted(offices),
    }
    with warehouse() as con:
        return {(one["id"], one["of"]) for one in fetch_file(con, SQL / "cases_of_offices.sql", asked)}
