"""Every explanation of the last night of both samples, read as a person reads it."""

import re
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from arrears import house
from arrears.answers.explain import explain_subject
from arrears.answers.explain_conditions import without
from arrears.answers.explain_print import print_explanation
from arrears.answers.explain_rows import RunRows
from arrears.author.sample import sample_nights
from arrears.data.store import Store
from arrears.data.warehouse import warehouse
from arrears.law.profile import Profile
from arrears.law.remedy import PARTS, Card, load_cards
from arrears.law.verdicts import Verdicts
from arrears.values import Row

pytestmark = pytest.mark.timeout(900)
STATES = ("me", "ma")
# What no sentence for people holds: values of Python, names of the rules, a blank where a value belongs.
NEVER = re.compile(
    r"\('|\['|\bNone\b|\bTrue\b|\bFalse\b| on,|\(\)|\b[a-z]+_[a-z_]+\b|\b[a-z_]+\.[a-z_]{3,}\b"
)


@pytest.fixture(scope="module", params=STATES)
def told(request: pytest.FixtureRequest) -> tuple[str, list[Row]]:
    """The explanations of a state's last night in which a condition reads as in none before them."""
    state = request.param
    root = Path(request.getfixturevalue({"me": "maine", "ma": "massachusetts"}[state])) / "week"
    night, profile = sample_nights(state)[-1], Profile.load(house.RULES, state)
    with warehouse() as con:
        kept = Verdicts(Store.open(root).night(state, night))
        rows, found = RunRows(con, kept, ()), []
        for card in load_cards(house.RULES).values():
            if card.remedy in kept.remedies:
                here = card.here(profile, night)
                found += [
                    explain_subject(rows, here, profile, night, one, ()) for one in distinct(rows, here)
                ]
    return state, found


def distinct(rows: RunRows, card: Card) -> Iterator[Row]:
    """The verdicts of a remedy that show a condition with an answer, or facts missing, as none before did."""
    sides = {part: {row["subject_id"]: row for row in rows.verdicts(card.remedy, part)} for part in PARTS}
    seen: set[Any] = set()
    for subject, enter in sides["enter"].items():
        facts, episode = rows.facts(card.facts, subject) or {}, rows.episode(card.remedy, subject)
        shape = {
            (part, one.name, side[subject][one.name], *(facts.get(name) is None for name in one.facts))
            for part, side in sides.items()
            if part == "enter" or episode
            for one in card.conditions[part]
        }
        answers = (sides[part][subject]["verdict"] for part in PARTS)
        shape.add(("verdict", bool(episode), *answers))
        if shape - seen:
            seen |= shape
            yield enter


def conditions_of(one: Row) -> list[tuple[str, Row]]:
    """Each condition of an explanation with the question that asks it; of a case's counts, `count`."""
    asked = [(part, each) for part, said in one["parts"].items() if said for each in said["conditions"]]
    return asked + [("count", each) for case in one["cases"] for each in case["conditions"]]


def test_no_sentence_shows_a_value_of_python_or_a_name_of_the_rules(told: tuple[str, list[Row]]) -> None:
    texts = {one["headline"] for one in told[1]}
    texts |= {each["text"] for one in told[1] for _, each in conditions_of(one)}
    texts |= {case["text"] for one in told[1] for case in one["cases"]}
    assert len(texts) > 500
    assert sorted(text for text in texts if NEVER.search(text)) == []


def test_what_is_decided_is_never_told_to_be_not_known(told: tuple[str, list[Row]]) -> None:
    decided = {
        each["text"]
        for one in told[1]
        for _, each in conditions_of(one)
        if each["answer"] is not None and not each["is_waived"]
    }
    assert sorted(text for text in decided if "not known" in text.lower()) == []


def test_no_plain_yes_or_no_stands_before_a_sentence(told: tuple[str, list[Row]]) -> None:
    marks = {part: set[str]() for part in (*PARTS, "count")}
    for one in told[1]:
        for part, each in conditions_of(one):
            marks[part].add(each["mark"])
    asked = {"met", "in the way", "not known", "waived"}
    assert marks["release"] <= {"applies", "does not apply", "not known", "waived"}
    assert all(marks[part] <= asked for part in ("enter", "stay", "count"))
    # Maine waives nothing.
    assert ("waived" in marks["enter"]) == (told[0] == "ma")


def test_a_remedy_is_only_asked_about_going_on_and_taking_back_once_it_has_begun(
    told: tuple[str, list[Row]],
) -> None:
    for one in told[1]:
        asked = {part for part, said in one["parts"].items() if said}
        assert asked == (set(PARTS) if one["episode"] else {"enter"}), one["headline"]
    assert {bool(one["episode"]) for one in told[1]} == {True, False}


def test_a_headline_and_the_counts_below_it_agree(told: tuple[str, list[Row]]) -> None:
    for one in told[1]:
        enter = one["parts"]["enter"]
        if "conditions are met" in one["headline"]:
            assert f"all {enter['asked']} conditions are met" in one["headline"]
            assert enter["met"] == enter["asked"]
        if one["verdict"] == "clear":
            assert sum(each["decides"] for each in enter["conditions"]) == len(one["because"]) > 0


def test_no_law_of_another_state_is_cited(told: tuple[str, list[Row]]) -> None:
    state, every = told
    profile = Profile.load(house.RULES, state)
    cited = {cite for one in every for _, each in conditions_of(one) for cite in each["cites"]}
    cited |= {source["id"] for one in every for source in one["sources"]}
    assert sorted(cite for cite in cited if profile.source(cite).state not in ("", state)) == []


def test_the_printed_explanation_is_a_page_and_says_what_more_there_is(told: tuple[str, list[Row]]) -> None:
    state, every = told
    one = next(one for one in every if one["verdict"] == "flag" and one["group"] == "under_way")
    [clear, *_] = [
        other
        for other in every
        if other["group"] == "not_flagged" and len(other["because"]) == 1 and other["title"] != one["title"]
    ]
    head: Row = {"case": "1", "as_of": date(2025, 1, 1), "state": state, "purged": None}
    head |= {"acts": [], "deadlines": []}
    short, full = StringIO(), StringIO()
    print_explanation({**head, "remedies": [one, clear]}, Console(file=short, width=200))
    print_explanation({**head, "remedies": [one, clear]}, Console(file=full, width=200), is_full=True)
    said = short.getvalue()
    assert said.index(one["title"]) < said.index(clear["title"])
    assert ["the same with --full" in page.getvalue() for page in (short, full)] == [True, False]
    met = [each["text"] for each in clear["parts"]["enter"]["conditions"] if each["mark"] == "met"]
    assert met
    assert all(text[:30] not in said and text[:30] in full.getvalue() for text in met)


@pytest.mark.parametrize(
    ("sentence", "missing", "said"),
    [
        ("Paid ({a} on {b}; seen {c}).", {"c"}, "Paid ({a} on {b})."),
        ("Paid ({a}).", {"a"}, "Paid."),
        ("Paid {a}; asked on {b}.", {"b"}, "Paid {a}."),
        ("Paid {a}.", {"a"}, "Paid {a}."),
    ],
)
def test_an_aside_about_a_fact_that_is_not_there_is_left_out(
    sentence: str, missing: set[str], said: str
) -> None:
    assert without(sentence, missing) == said
