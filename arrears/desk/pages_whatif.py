"""The page that answers: what if a value, or the day of the law, were another one?"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from arrears import house
from arrears.answers.background_answers import Answer, Questions, question_id, scratch_folder
from arrears.answers.display import measured
from arrears.compare.changes import own_names
from arrears.compare.proceedings import GROUPS
from arrears.compare.sweep import curve, sweep
from arrears.compare.waterfall import bars
from arrears.compare.what_if import what_if
from arrears.compare.what_if_report import MAIN_GROUPS, report
from arrears.desk.pages_diff import day_of
from arrears.desk.security import Person, allowed
from arrears.desk.web import Desk, Nav, page, the_desk
from arrears.law.citations import written
from arrears.law.profile import Profile, Value
from arrears.law.remedy import Card, load_cards
from arrears.values import Row

NAV = (Nav("What if", "what-if"),)
SIZE, ROWS, AGAIN_SECONDS = 50, 3, "3"
WIDTH, HEIGHT = 640, 200  # of the curve, in its own units
Words = Annotated[list[str] | None, Query(max_length=200)]
routes, questions = APIRouter(), Questions()


def router() -> APIRouter:
    """The routes of what-if."""
    return routes


@routes.get("/{state}/what-if")
def what_if_page(
    request: Request,
    person: Annotated[Person, Depends(allowed("supervisor", "policy", "auditor"))],
    desk: Annotated[Desk, Depends(the_desk)],
    key: Words = None,
    value: Words = None,
    law_on: str = "",
    remedy: str = "",
    over: Annotated[str, Query(max_length=100)] = "",
    low: Annotated[str, Query(max_length=20)] = "",
    high: Annotated[str, Query(max_length=20)] = "",
    group: Annotated[str, Query(max_length=40)] = "",
    number: Annotated[int, Query(alias="page", ge=1)] = 1,
) -> Response:
    """The question, and its answer as soon as it is worked out."""
    pairs = [(k.strip(), v.strip()) for k, v in zip(key or [], value or [], strict=False) if k.strip()]
    later = day_of(law_on) if law_on else None
    asked = [f"{name}={wanted}" for name, wanted in pairs]
    is_asked, answer = bool(asked or later), None
    if is_asked:
        answer = questions.ask(
            question_id(desk.store, desk.state, desk.as_of, asked, later, remedy),
            lambda: what_if(desk.store, desk.state, desk.as_of, asked, later, remedy=remedy or None),
        )
    ranged = f"{over.strip()}={low.strip()}..{high.strip()}" if over.strip() else ""
    swept = ask_range(desk, person, ranged, remedy) if ranged else None
    is_working = (is_asked and answer is None) or (bool(ranged) and swept is None)
    found = report(answer, number, SIZE, person.offices, group) if answer else None
    if found or swept:
        desk.look(person, "what_if", lines=len(found["cases"]["rows"]) if found else 0, page=number)
    cards = load_cards(house.RULES)
    again = {"key": [k for k, _ in pairs], "value": [v for _, v in pairs], "law_on": law_on, "remedy": remedy}
    made = page(
        request,
        "what_if.html",
        person,
        found=found,
        is_working=is_working,
        over=over,
        low=low,
        high=high,
        swept=swept,
        group=group,
        main_groups=MAIN_GROUPS,
        titles={name: title for name, (title, _) in GROUPS.items()},
        band=[waterfall_of(one) for one in found["band"]] if found else [],
        curve=curve(swept["points"], WIDTH, HEIGHT) if swept else None,
        pairs=[*pairs, *[("", "")] * max(1, ROWS - len(pairs))],
        law_on=law_on,
        remedy=remedy,
        remedies=[(name, cards[name].title) for name in desk.profile.remedies_in_force(desk.as_of)],
        keys=known_values(desk.profile, desk.as_of, cards),
        again=urlencode({**again, "on": desk.as_of.isoformat()}, doseq=True),
    )
    if is_working:
        made.headers["Refresh"] = AGAIN_SECONDS
    return made


def waterfall_of(one: Row) -> Row:
    """A remedy's steps from those between the two values to those who move, as a picture."""
    steps = [{**each, "added": 0, "taken": each["stays"]} for each in one["reasons"]]
    return {**one, **bars({"was": one["in_band"], "now": one["moves"]}, steps, is_whole=True)}


def known_values(profile: Profile, on: date, cards: Mapping[str, Card]) -> list[Row]:
    """Every name of a value that may be asked about, with the value in force on a day and its law."""
    in_force, own = profile.in_force_on(on), own_names(cards)
    named = {**{key: key for key in profile.values}, **own}
    return [{"name": name, "says": said_of(in_force.get(named[name]))} for name in sorted(named)]


def said_of(value: Value | None) -> str:
    """A value as a person looks for it: what it is called, what it is now, and by which law."""
    if value is None:
        return "no value is in force"
    now = measured(value.value, value.unit) if value.value is not None else value.none_means or "no value"
    words = [value.title, f"now {now}", *written(value.cites)[:1]]
    return "; ".join(filter(None, words))


def ask_range(desk: Desk, person: Person, ranged: str, remedy: str) -> Row | None:
    """The answer to a range, `KEY=LOW..HIGH`, within the person's offices; None while it is worked on."""
    offices = person.offices
    asked = question_id(desk.store, desk.state, desk.as_of, "range", ranged, remedy, sorted(offices or ()))

    def work() -> Answer:
        found = sweep(desk.store, desk.state, desk.as_of, ranged, remedy=remedy or None, offices=offices)
        return Answer(found, scratch_folder())

    answer = questions.ask(asked, work)
    return answer.head if answer else None
