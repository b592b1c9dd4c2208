"""Everything that can be wrong before a night starts, found at once: layouts, values, cards, suites."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from arrears import house
from arrears.answers.quality_rules import load_quality
from arrears.config import Faults, unchanged
from arrears.data.warehouse import Connection, warehouse
from arrears.errors import ArrearsError, safe_path
from arrears.expectations import load_suites
from arrears.intake.feeds import CASELOAD, Feed, load_feeds
from arrears.intake.load.orphans import key_faults, references
from arrears.law.citations import load_policies, policy_faults
from arrears.law.counting import load_counts
from arrears.law.counting_examples import as_card, check_count, count_fails, worked_counts
from arrears.law.coverage import account
from arrears.law.dated import Asked, unsided
from arrears.law.deadlines import load_deadlines
from arrears.law.decide import waiver_faults
from arrears.law.examples import Worked, check_examples, examples_fail, worked
from arrears.law.labels import load_labels
from arrears.law.parent_words import Words, load_parent_words, parent_word_faults
from arrears.law.profile import UNSET, Profile
from arrears.law.profile_files import known_keys, states
from arrears.law.promises import promise_faults
from arrears.law.remedy import Card, Count, load_cards
from arrears.law.truth import unshown, untold
from arrears.law.waterfalls import read_waterfalls
from arrears.law.work import load_kinds
from arrears.law.work_order import load_work_order
from arrears.money.calculations import load_money
from arrears.night.layers import load_facts, load_layer
from arrears.queues import Queue, load_queues
from arrears.queues.letters import load_letters
from arrears.reports.criteria import NAME as SELF_ASSESSMENT
from arrears.reports.criteria import load_assessment
from arrears.reports.label_faults import label_faults
from arrears.reports.lines import FORMS, load_report
from arrears.reports.portal_form import load_portal
from arrears.sqltext import sql_faults


def check_house() -> dict[str, Any]:
    """How many things of each kind were checked, and every fault found in any of them."""
    with unchanged():
        return _checked()


def _checked() -> dict[str, Any]:
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

    if look("policies", lambda: load_policies(house.RULES)) is not None:
        faults += policy_faults(house.RULES, [house.RULES, house.transforms_of(house.RULES)])
    profiles = look("profiles", lambda: {one: Profile.load(house.RULES, one) for one in states(house.RULES)})
    feeds = look("feeds", lambda: load_feeds(house.FEEDS))
    for feed in (one for one in (feeds or {}).values() if one.format == "tables"):
        look(f"keys of {feed.name}", partial(references, feed))
        faults += look(f"leads of {feed.name}", partial(key_faults, feed)) or []
    queues = look("queues", lambda: load_queues(house.QUEUES))
    look("letters", lambda: load_letters(house.RULES, queues) if queues else ())
    suites = look("suites", lambda: load_suites(house.EXPECTATIONS))
    if feeds and suites is not None:
        faults += unexpected(feeds)
    faults += own_numbers()
    asked = look(
        "values of the facts",
        lambda: {
            f"{layer.folder.name}.{name}": key
            for layer in load_facts(house.FACTS)
            for name, key in {**layer.params, **layer.by_day}.items()
        },
    )
    look("tables of match and plan", lambda: [load_layer(one) for one in (house.MATCH, house.PLAN)])
    kinds = look("work kinds", lambda: load_kinds(house.RULES))
    look("kinds of lines", lambda: load_work_order(house.RULES).kinds)
    clocks = look("deadlines", lambda: load_deadlines(house.RULES))
    labels = look("labels", lambda: load_labels(house.RULES).labels)
    reports = [look(f"lines of {name}", read) for name, read in report_readers().items()]
    look("calculations", lambda: load_money(house.MONEY).calculations)
    money = look("values of the money", lambda: load_money(house.MONEY).keys)
    look("waterfalls of states", lambda: {one: read_waterfalls(house.RULES, one) for one in profiles or ()})
    cards = look("remedies", lambda: load_cards(house.RULES))
    look("languages for parents", partial(languages, profiles or {}, cards or {}))
    if queues and asked and money:
        faults += unknown_keys(queues, {**asked, **{f"money.{key}": key for key in money}})
    if feeds and profiles:
        faults += [
            f"{one.state}: feeds: {fault}" for one in profiles.values() for fault in feed_faults(one, feeds)
        ]
    if cards and profiles:
        for profile in profiles.values():
            faults += waiver_faults(profile, cards)
            if queues:
                faults += [f"{profile.state}: {one}" for one in lacks(profile, cards, queues)]
        shown, lacking = examples_and_truth(look, cards, profiles)
        faults += lacking
        checked = {what: count for what, count in checked.items() if " of " not in what}
        checked["examples"], checked["reports"] = shown, len(reports)
        if None not in (kinds, clocks, feeds, queues, asked, money, labels, *reports):
            checked["promises of an act"], broken = promise_faults(house.RULES, profiles, cards)
            checked["columns with their labels"], borne = label_faults()
            faults += [*broken, *borne]
        counts, untold = account(house.RULES, profiles, cards)
        faults += untold
        checked["decision tables"], checked["dated values"] = counts["tables"], counts["values"]
        checked["unexplained values"] = counts["unexplained"]
    return {"checked": checked, "faults": faults}


def languages(profiles: Mapping[str, Profile], cards: Mapping[str, Card]) -> Mapping[str, Words]:
    """The languages in which parents are told; a fault where a remedy in force is not accounted for."""
    words, faults = load_parent_words(house.RULES), Faults()
    for fault in parent_word_faults(words, profiles.values(), cards):
        faults.add("rules/parent_words", fault)
    faults.raise_any("rules/parent_words", "Put each under `told` or under `not_told`")
    return words.languages


def report_readers() -> dict[str, Callable[[], Any]]:
    """What reads each report and the portal's extracts, by their name."""
    forms: dict[str, Callable[[], Any]] = {
        name: partial(lambda one: load_report(house.RULES, one).lines, name) for name in FORMS
    }
    own: dict[str, Callable[[], Any]] = {
        SELF_ASSESSMENT: lambda: load_assessment(house.RULES).criteria,
        "quality": lambda: load_quality(house.RULES).answers,
        "the portal": lambda: load_portal(house.RULES).extracts,
    }
    return {**forms, **own}


def examples_and_truth(
    look: Callable[[str, Callable[[], Any]], Any], cards: Mapping[str, Card], profiles: Mapping[str, Profile]
) -> tuple[int, list[str]]:
    """How many worked examples of cards and counts come out as they say, and all that they do not show."""
    counts = load_counts(house.RULES)
    given = {name: worked(card, house.RULES) for name, card in cards.items()}
    of_counts = worked_counts(counts, house.RULES)
    with warehouse() as con:
        outcomes = [
            look(f"examples of {name}", partial(check_examples, card, given[name], con))
            for name, card in cards.items()
        ]
        outcomes += [
            look(f"examples of {name}", partial(check_count, one, of_counts[name], con))
            for name, one in counts.items()
        ]
        lacking: list[str] = []
        if all(found is not None for found in outcomes):
            lacking += truth_faults(everything_asked(cards, counts, given, of_counts), profiles, con)
    return sum(len(found) for found in outcomes if found), lacking


def everything_asked(
    cards: Mapping[str, Card],
    counts: Mapping[str, Count],
    given: Mapping[str, Worked],
    of_counts: Mapping[str, Worked],
) -> list[Asked]:
    """Every card and every count with its examples."""
    of_cards = [Asked(card, given[name], partial(examples_fail, card)) for name, card in cards.items()]
    counted = [
        Asked(as_card(one, house.RULES), of_counts[name], partial(count_fails, one))
        for name, one in counts.items()
    ]
    return [*of_cards, *counted]


def truth_faults(asked: Sequence[Asked], profiles: Mapping[str, Profile], con: Connection) -> Iterator[str]:
    """Each condition that no example tells apart, and each limit and day that lacks an example beside it."""
    for one in asked:
        where = f"the count {one.card.remedy}" if one.card.is_count else f"{one.card.remedy}/examples.yml"
        yield from (f"{where}: {told}" for told in untold(one.card, one.given, con))
    yield from unshown(((one.card, one.given) for one in asked), con)
    yield from unsided(profiles, asked, con)


def lacks(profile: Profile, cards: Mapping[str, Card], queues: Mapping[str, Queue]) -> Iterator[str]:
    """What a night of this state would stop at: a value or a partner that its profile does not have.

    A value that a card needs may be unset, which turns the remedy off; what clocks need has to be set.
    What facts and queues ask of another state's law is not known here, and stops nothing.
    """
    used = [cards[one.remedy] for one in profile.in_force if one.remedy in cards]
    named = sorted(frozenset().union(*(card.queues for card in used)))
    needed: set[tuple[str, str]] = set()
    for card in used:
        needed |= {(key, f"{card.remedy} needs") for key in card.needs.values() if key not in profile.values}
        clocks = [step.after for step in card.steps if step.after]
        needed |= {(key, f"a clock of {card.remedy} needs") for one in clocks for key in one.keys}
    for queue in (queues[name] for name in named if name in queues):
        known = profile.partners.get(queue.name, {})
        if missing := [key for key in queue.partner if known.get(key) is None]:
            yield f"partners: {queue.name} lacks {', '.join(missing)}"
    for key, who in sorted(needed):
        if key not in profile.values:
            yield f"there is no {key}, which {who}"
        elif profile.values[key][-1].value == UNSET:
            yield f"{key} is unset, but {who} it"


def feed_faults(profile: Profile, feeds: Mapping[str, Feed]) -> Iterator[str]:
    """Feeds that a state expects and nobody has described, and a caseload that no night would wait for."""
    for name in sorted(profile.feeds.keys() - feeds.keys()):
        yield f"there is no feed {name}; know {', '.join(sorted(feeds))}"
    if CASELOAD not in profile.feeds or not profile.feeds[CASELOAD].required:
        yield f"{CASELOAD} must be there with `required: true`: without it there is nobody to decide on"


def unexpected(feeds: Mapping[str, Feed]) -> Iterator[str]:
    """Feeds of which nobody says what a believable delivery looks like."""
    for name in sorted(feeds):
        if not (house.EXPECTATIONS / "feeds" / f"{name}.yml").is_file():
            yield f"feed {name} has no expectations/feeds/{name}.yml"


def own_numbers() -> Iterator[str]:
    """Each number, date or question to the clock that SQL of rules and transforms holds for itself."""
    for folder in (house.RULES, house.transforms_of(house.RULES)):
        for path in sorted(folder.rglob("*.sql")):
            yield from (f"{safe_path(path)}: {said}" for said in sql_faults(path.read_text(encoding="utf-8")))


def unknown_keys(queues: Mapping[str, Queue], facts: Mapping[str, str]) -> Iterator[str]:
    """Values that facts or queues bind and no jurisdiction has: a slip that would read as not known."""
    known = known_keys(house.RULES)
    asked = {(key, "the facts bind") for key in facts.values()}
    for queue in queues.values():
        asked |= {(key, f"the queue {queue.name} binds") for key in queue.keys}
    for key, who in sorted(asked):
        if key not in known:
            yield f"there is no {key} in any jurisdiction, which {who}"
