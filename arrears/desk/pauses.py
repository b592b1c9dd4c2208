"""A dated stop of a remedy, a group of remedies or an office: what it keeps back, and the pause itself."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from arrears.answers.display import fetch
from arrears.data.store import Store
from arrears.data.warehouse import attach_arrow, file_list, run_sql_file
from arrears.desk.deciding import moment
from arrears.desk.open_lines import Waiting, waiting
from arrears.desk.requests import Line, NotHere, Who
from arrears.errors import ArrearsError
from arrears.law.remedy import title_of
from arrears.ledger.reasons import require_pause_days
from arrears.night.stops import weigh_acts

SQL = Path(__file__).with_name("sql")

SHOWN = 50
# For so long a pause that was ended before its time stays on the page: a wrong end is seen and mended.
ENDED_FOR = timedelta(days=14)


@dataclass(frozen=True)
class PausePreview:
    """What a pause would keep back of a plan: in all, by when, remedy and office, and a page of its acts."""

    acts: int
    cents: int
    by_when: list[Line]
    by_remedy: list[Line]
    by_office: list[Line]
    listed: list[Line]
    page: int
    stops: str

    @property
    def pages(self) -> int:
        """How many pages its acts fill."""
        return max(1, -(-self.acts // SHOWN))


def pause_preview(
    store: Store,
    state: str,
    person: Who,
    from_on: date,
    to_on: date | None = None,
    remedy: str = "",
    group: str = "",
    office: str = "",
    on: date | None = None,
    page: int = 1,
) -> PausePreview:
    """What a pause over these days would have kept back, by the plan of the last closed run (or of a date).

    What leaves that day, what waits for a person, and what comes due within the pause. Releases and amounts
    that become lower are never paused.
    """
    require_office(person, office)
    with waiting(store, state, on, person.offices) as desk:
        require_pause_days(from_on, to_on, desk.run.as_of)
        require_known_office(desk, office)
        remedies = paused_remedies(desk, remedy, group, from_on, to_on)
        attach_paused(desk, person, from_on, to_on, remedies, office)

        def by(column: str) -> list[Line]:
            return fetch(
                desk.con, f"SELECT {column} AS name, {SUMS} FROM paused GROUP BY 1 ORDER BY 2 DESC, 1", {}
            )

        total = fetch(desk.con, f"SELECT {SUMS} FROM paused", {})[0]
        first = fetch(
            desk.con,
            f"""SELECT * FROM paused ORDER BY amount_cents DESC NULLS LAST, action_id
            LIMIT {SHOWN} OFFSET {(max(page, 1) - 1) * SHOWN}""",
            {},
        )
        titles = {name: card.title for name, card in desk.words.cards.items()}
        return PausePreview(
            **total,
            by_when=by('"when"'),
            by_remedy=[{**one, "title": titles.get(one["name"], one["name"])} for one in by("remedy")],
            by_office=by("office"),
            listed=[{**one, "title": titles.get(one["remedy"], one["remedy"])} for one in first],
            page=page,
            stops=named(desk, remedies),
        )


def pause(
    store: Store,
    state: str,
    person: Who,
    from_on: date,
    to_on: date | None,
    because: str,
    remedy: str = "",
    group: str = "",
    office: str = "",
    at: datetime | None = None,
) -> Line:
    """The pause made: one, whether of a remedy, a group of remedies or every remedy."""
    require_office(person, office, all_offices=True)
    with waiting(store, state, None, person.offices) as desk:
        when = moment(desk, at)
        require_known_office(desk, office)
        remedies = " ".join(paused_remedies(desk, remedy, group, from_on, to_on))
        today = agency_day(desk, when)
        made = desk.ledger.pause(state, remedies, office, from_on, to_on, person.name, because, when, today)
        return {**vars(made), "stops": named(desk, remedies.split())}


def end_pause(
    store: Store,
    state: str,
    person: Who,
    pause_id: str,
    last_on: date | None,
    because: str,
    at: datetime | None = None,
) -> None:
    """Makes a pause end with this day, or corrects its end; None takes an end back."""
    with waiting(store, state, None, person.offices) as desk:
        held = {
            one["pause_id"]: one for one in desk.ledger.snapshot(state, only=["pauses"])["pauses"].to_pylist()
        }
        require_office(person, held.get(pause_id, {}).get("office", ""), all_offices=True)
        when = moment(desk, at)
        desk.ledger.end_pause(state, pause_id, last_on, person.name, because, when, agency_day(desk, when))


def pauses(
    store: Store, state: str, on: date | None = None, offices: frozenset[str] | None = None
) -> list[Line]:
    """The pauses of these offices, or all, that are in force on a day or still to come, soonest first; and
    for some days those that a person ended before their time, whose end may be corrected.
    """
    with waiting(store, state, on, offices) as desk:
        today, found = desk.run.as_of, dict[str, Line]()
        for row in desk.ledger.snapshot(state, only=["pauses"])["pauses"].to_pylist():
            found.setdefault(row["pause_id"], {**row, "remedies": []})["remedies"].append(row["remedy"])
        standing = [
            {
                **one,
                "title": named(desk, [name for name in one["remedies"] if name]),
                "is_in_force": one["from_on"] <= today <= (one["to_on"] or today),
                "is_over": one["to_on"] is not None and one["to_on"] < max(today, one["from_on"]),
                "is_ended": one["to_on"] != one["planned_to_on"],
            }
            for one in found.values()
            if is_told(one, today) and (offices is None or not one["office"] or one["office"] in offices)
        ]
    return sorted(standing, key=lambda one: (one["is_over"], one["from_on"], one["title"], one["office"]))


def is_told(one: Line, today: date) -> bool:
    """Whether a pause stands on a day or is to come, or was ended before its time not long ago."""
    to_on, planned = one["to_on"], one["planned_to_on"]
    if to_on is None or to_on >= today:
        return True
    return bool((planned is None or planned >= today) and to_on >= today - ENDED_FOR)


def agency_day(desk: Waiting, when: datetime) -> date:
    """The day of a moment in the agency's own zone."""
    return when.astimezone(ZoneInfo(desk.words.profile.timezone)).date()


def named(desk: Waiting, remedies: list[str]) -> str:
    """What a pause of these remedies stops, in words: a group by its title and what it holds."""
    if not remedies:
        return "every remedy"
    titles = [title_of(desk.words.cards, one) for one in remedies]
    if len(remedies) == 1:
        return titles[0]
    groups = desk.words.order.groups.values()
    group = next((title for title, holds in groups if set(remedies) <= set(holds)), "Several remedies")
    return f"{group}: {', '.join(titles)}"


def require_office(person: Who, office: str, all_offices: bool = False) -> None:
    """Refuses another office's pause; and with `all_offices` one of every office by a person of some."""
    if person.offices is not None and (office not in person.offices if office else all_offices):
        raise NotHere(f"There is no office {office or 'of all'} here", "", "Pause your own office")


def require_known_office(desk: Waiting, office: str) -> None:
    """Refuses an office that has no case of the caseload and no line."""
    cases = file_list([desk.run.folder / "facts" / "case_facts.parquet"])
    sql = f"SELECT office FROM read_parquet({cases}) UNION SELECT office FROM line"
    if office and not fetch(desk.con, f"FROM ({sql}) WHERE office = $office", {"office": office}):
        raise NotHere(f"There is no office {office} here", "", "Choose one of the list")


def paused_remedies(desk: Waiting, remedy: str, group: str, from_on: date, to_on: date | None) -> list[str]:
    """The remedies that are meant, none for all; refuses what the state does not use on these days."""
    groups, profile = desk.words.order.groups, desk.words.profile
    if group and remedy:
        raise ArrearsError(
            "A group and a remedy were chosen, and only one of them can be paused",
            "",
            "Leave one of them out",
        )
    if group and group not in groups:
        known = ", ".join(title for title, _ in groups.values())
        raise ArrearsError(f"There is no group of remedies called {group}", "", f"Known: {known}")
    if remedy and remedy not in desk.words.cards:
        raise ArrearsError(f"There is no remedy called {remedy}", "", "Choose one of the list")
    days = (desk.run.as_of, from_on, to_on or from_on)
    in_force = {one for day in days for one in profile.remedies_in_force(day)}
    meant = [one for one in (groups[group][1] if group else [remedy]) if one in in_force]
    if (group or remedy) and not meant:
        what = groups[group][0] if group else title_of(desk.words.cards, remedy)
        raise ArrearsError(f"{profile.name} does not use this: {what}", "", "Nothing has to be paused")
    return meant


def attach_paused(
    desk: Waiting, person: Who, from_on: date, to_on: date | None, remedies: list[str], office: str
) -> None:
    """Makes `paused`: the acts of the run's plan that such a pause keeps back, and when each would leave."""
    run = desk.run
    record = run.record
    sent = desk.ledger.snapshot(record.state, record.cut, only=["published"])["published"]
    attach_arrow(desk.con, "published", sent)
    params: dict[str, Any] = {"as_of": run.as_of, "from_on": from_on, "to_on": to_on, "remedies": remedies}
    params |= {
        "office": office,
        "offices": sorted(person.offices or []),
        "every_office": person.offices is None,
    }
    weigh_acts(desk.con, f"read_parquet({file_list([run.folder / 'plan' / 'actions.parquet'])})")
    run_sql_file(desk.con, SQL / "paused.sql", "paused", params, is_temporary=True)


SUMS = "count(*) AS acts, CAST(coalesce(sum(amount_cents), 0) AS BIGINT) AS cents"
