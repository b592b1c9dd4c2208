"""The page that answers: what if a value, or the day of the law, were another one?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, StreamingResponse

from arrears import house
from arrears.answers.background_answers import Answer, Progress, question_id, scratch_folder
from arrears.answers.display import measured
from arrears.answers.questions import Questions, Standing
from arrears.compare.changes import own_names
from arrears.compare.proceedings import GROUPS, MAIN_GROUPS, low_income_said
from arrears.compare.scenarios import MOST, read_scenario, refuse_many, scenario_of
from arrears.compare.sweep import curve, sweep
from arrears.compare.waterfall import bars
from arrears.compare.what_if import what_if
from arrears.compare.what_if_report import COLUMNS, cases_to_export, report
from arrears.desk.pages_diff import day_of
from arrears.desk.security import Person, allowed, field, the_form
from arrears.desk.web import Desk, Nav, page, the_desk
from arrears.law.citations import written
from arrears.law.profile import Profile, Value
from arrears.law.remedy import Card, load_cards
from arrears.reports.export import as_csv
from arrears.values import Row

NAV = (Nav("What if", "what-if"),)
SIZE, ROWS, AGAIN_SECONDS = 50, 2, "3"
SCENARIO_ROWS = 3  # fields for scenarios, and one more than are asked
WIDTH, HEIGHT = 640, 200  # of the curve, in its own units
Words = Annotated[list[str] | None, Query(max_length=200)]
routes, questions = APIRouter(), Questions()
Overseer = Annotated[Person, Depends(allowed("supervisor", "policy", "auditor"))]
AtDesk = Annotated[Desk, Depends(the_desk)]


def router() -> APIRouter:
    """The routes of what-if."""
    return routes


@dataclass(frozen=True)
class Wanted:
    """What the address of the page asks: values, a range and scenarios. So it can be sent to somebody."""

    pairs: tuple[tuple[str, str], ...]
    law_on: str
    remedy: str
    over: str
    low: str
    high: str
    scenarios: tuple[str, ...]

    @property
    def asked(self) -> list[str]:
        """The values, `KEY=VALUE`."""
        return [f"{name}={wanted}" for name, wanted in self.pairs]

    @property
    def ranged(self) -> str:
        """The range, `KEY=LOW..HIGH`, or nothing."""
        return f"{self.over}={self.low}..{self.high}" if self.over else ""

    def query(self, on: date) -> str:
        """The same as the query of an address."""
        told = {
            "key": [name for name, _ in self.pairs],
            "value": [wanted for _, wanted in self.pairs],
            "scenario": list(self.scenarios),
            **{name: getattr(self, name) for name in ("law_on", "remedy", "over", "low", "high")},
        }
        return urlencode({**{k: v for k, v in told.items() if v}, "on": on.isoformat()}, doseq=True)


def wanted_of(
    key: Words = None,
    value: Words = None,
    law_on: str = "",
    remedy: str = "",
    over: Annotated[str, Query(max_length=100)] = "",
    low: Annotated[str, Query(max_length=20)] = "",
    high: Annotated[str, Query(max_length=20)] = "",
    scenario: Annotated[list[str] | None, Query(max_length=400)] = None,
) -> Wanted:
    """What an address asks."""
    pairs = tuple((k.strip(), v.strip()) for k, v in zip(key or [], value or [], strict=False) if k.strip())
    told = tuple(one.strip() for one in scenario or [] if one.strip())
    refuse_many(told)
    return Wanted(pairs, law_on, remedy, over.strip(), low.strip(), high.strip(), told)


@routes.get("/{state}/what-if")
def what_if_page(
    request: Request,
    person: Overseer,
    desk: AtDesk,
    wanted: Annotated[Wanted, Depends(wanted_of)],
    group: Annotated[str, Query(max_length=40)] = "",
    cancelled: str = "",
    number: Annotated[int, Query(alias="page", ge=1)] = 1,
) -> Response:
    """The question, and its answer as soon as it is worked out."""
    waits: list[Standing] = []
    answer, swept, told = None, None, []
    if not cancelled:
        answer = ask_values(desk, person, wanted.asked, wanted, waits)
        swept = ask_range(desk, person, wanted, waits)
        told = [ask_scenario(desk, person, one, wanted, waits) for one in wanted.scenarios]
    found = report(answer, number, SIZE, person.offices, group) if answer else None
    if found or swept or any(told):
        desk.look(person, "what_if", lines=len(found["cases"]["rows"]) if found else 0, page=number)
    cards = load_cards(house.RULES)
    free = max(1, SCENARIO_ROWS - len(wanted.scenarios))
    made = page(
        request,
        "what_if.html",
        person,
        found=found,
        waits=waits,
        cancelled=bool(cancelled),
        wanted=wanted,
        swept=swept,
        scenarios=told,
        scenario_fields=[*wanted.scenarios, *[""] * free][:MOST],
        as_scenario="; ".join(wanted.asked),
        group=group,
        low_income=low_income_said,
        main_groups=MAIN_GROUPS,
        titles={name: title for name, (title, _) in GROUPS.items()},
        band=[waterfall_of(one) for one in found["band"]] if found else [],
        curve=curve(swept["points"], WIDTH, HEIGHT, asked_of(swept["key"], found)) if swept else None,
        pairs=[*wanted.pairs, *[("", "")] * max(1, ROWS - len(wanted.pairs))],
        remedies=[(name, cards[name].title) for name in desk.profile.remedies_in_force(desk.as_of)],
        keys=known_values(desk.profile, desk.as_of, cards),
        again=wanted.query(desk.as_of),
    )
    if waits:
        made.headers["Refresh"] = AGAIN_SECONDS
    return made


@routes.get("/{state}/what-if.csv")
def cases_file(
    request: Request,
    person: Overseer,
    desk: AtDesk,
    wanted: Annotated[Wanted, Depends(wanted_of)],
    group: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The cases of a group, or of all of them, as CSV; the page where the answer is not there yet."""
    answer = ask_values(desk, person, wanted.asked, wanted, [])
    if answer is None:
        here = f"{request.app.state.prefix}/{desk.state}/what-if"
        return RedirectResponse(f"{here}?{wanted.query(desk.as_of)}", 303)
    lines = cases_to_export(answer, group, person.offices)
    desk.look(person, "export_what_if", lines=len(lines))
    name = f"what-if-{desk.state}-{desk.as_of}{'-' + group if group else ''}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(as_csv(lines, COLUMNS), media_type="text/csv; charset=utf-8", headers=headers)


@routes.post("/{state}/what-if/cancel")
def cancel(
    request: Request, person: Overseer, desk: AtDesk, form: Annotated[FormData, Depends(the_form)]
) -> Response:
    """Back to the question, which is worked on no longer unless somebody else waits for it."""
    for token in form.getlist("question"):
        questions.cancel(str(token), person.name)
    back = urlencode([*parse_qsl(field(form, "back")), ("cancelled", "yes")])
    return RedirectResponse(f"{request.app.state.prefix}/{desk.state}/what-if?{back}", 303)


def ask_values(
    desk: Desk, person: Person, asked: list[str], wanted: Wanted, waits: list[Standing]
) -> Answer | None:
    """The answer to these values, or to the law of a later day; None while it is worked on, or not asked."""
    later = day_of(wanted.law_on) if wanted.law_on else None
    if not asked and later is None:
        return None
    question = question_id(desk.store, desk.state, desk.as_of, asked, later, wanted.remedy)
    answer = questions.ask(
        question,
        lambda progress: what_if(
            desk.store, desk.state, desk.as_of, asked, later, remedy=wanted.remedy or None, progress=progress
        ),
        person.name,
    )
    if answer is None:
        waits.append(questions.standing(question))
    return answer


def ask_scenario(desk: Desk, person: Person, text: str, wanted: Wanted, waits: list[Standing]) -> Row | None:
    """One scenario among several, within the person's offices; None while it is worked on."""
    answer = ask_values(desk, person, read_scenario(text), wanted, waits)
    return scenario_of(text, report(answer, size=0, offices=person.offices)) if answer else None


def ask_range(desk: Desk, person: Person, wanted: Wanted, waits: list[Standing]) -> Row | None:
    """The answer to a range, within the person's offices; None while it is worked on, or where none is."""
    if not wanted.ranged:
        return None
    offices, remedy = person.offices, wanted.remedy
    words = ("range", wanted.ranged, remedy, sorted(offices or ()))
    question = question_id(desk.store, desk.state, desk.as_of, *words)

    def work(progress: Progress) -> Answer:
        found = sweep(
            desk.store, desk.state, desk.as_of, wanted.ranged,
            remedy=remedy or None, offices=offices, progress=progress,
        )  # fmt: skip
        return Answer(found, scratch_folder())

    answer = questions.ask(question, work, person.name)
    if answer is None:
        waits.append(questions.standing(question))
    return answer.head if answer else None


def asked_of(key: str, found: Row | None) -> int | None:
    """The number that a what-if asks for a key, where it asks one."""
    asked = [one["now"] for one in found["changed"] if one["key"] == key] if found else []
    return asked[0] if asked and isinstance(asked[0], int) else None


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
