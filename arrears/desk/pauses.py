"""A dated stop of a remedy, a group of remedies or an office: what it keeps back, and the pause itself."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from arrears.answers.display import fetch
from arrears.data.store import Store
from arrears.data.warehouse import attach_arrow, file_list, run_sql_file
from arrears.desk.deciding import moment
from arrears.desk.open_lines import Waiting, waiting
from arrears.desk.requests import Line, NotHere, Who
from arrears.errors import ArrearsError
from arrears.night.stops import weigh_acts

SQL = Path(__file__).with_name("sql")

SHOWN = 50


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
    require_order(from_on, to_on)
    require_office(person, office)
    with waiting(store, state, on, person.offices) as desk:
        attach_paused(desk, person, from_on, to_on, paused_remedies(desk, remedy, group), office)

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
) -> list[Line]:
    """The pauses made: one for each remedy of a group, else one."""
    require_order(from_on, to_on)
    require_office(person, office, all_offices=True)
    with waiting(store, state, None, person.offices) as desk:
        when = moment(desk, None)
        remedies = paused_remedies(desk, remedy, group) or [""]
        made = [
            desk.ledger.pause(state, one, office, from_on, to_on, person.name, because, when)
            for one in remedies
        ]
    return [vars(one) for one in made]


def end_pause(store: Store, state: str, person: Who, pause_id: str, last_on: date, because: str) -> None:
    """Makes a pause end with this day."""
    with waiting(store, state, None, person.offices) as desk:
        held = {
            one["pause_id"]: one for one in desk.ledger.snapshot(state, only=["pauses"])["pauses"].to_pylist()
        }
        require_office(person, held.get(pause_id, {}).get("office", ""), all_offices=True)
        desk.ledger.end_pause(state, pause_id, last_on, person.name, because, moment(desk, None))


def pauses(
    store: Store, state: str, on: date | None = None, offices: frozenset[str] | None = None
) -> list[Line]:
    """The pauses of these offices, or all, that are in force on a day or still to come, soonest first."""
    with waiting(store, state, on, offices) as desk:
        found = desk.ledger.snapshot(state, only=["pauses"])["pauses"].to_pylist()
        today = desk.run.as_of
    standing = [
        one
        for one in found
        if (one["to_on"] is None or one["to_on"] >= today)
        and (offices is None or not one["office"] or one["office"] in offices)
    ]
    return sorted(
        ({**one, "is_in_force": one["from_on"] <= today} for one in standing),
        key=lambda one: (one["from_on"], one["remedy"], one["office"]),
    )


def require_order(from_on: date, to_on: date | None) -> None:
    """Refuses a pause that ends before it begins."""
    if to_on is not None and to_on < from_on:
        raise ArrearsError("The pause ends before it begins", f"{from_on} to {to_on}", "Swap the two days")


def require_office(person: Who, office: str, all_offices: bool = False) -> None:
    """Refuses another office's pause; and with `all_offices` one of every office by a person of some."""
    if person.offices is not None and (office not in person.offices if office else all_offices):
        raise NotHere(f"There is no office {office or 'of all'} here", "", "Pause your own office")


def paused_remedies(desk: Waiting, remedy: str, group: str) -> list[str]:
    """The remedies that are meant, none for all of them."""
    groups = desk.words.order.groups
    if group and group not in groups:
        raise ArrearsError(
            f"There is no group {group!r}", "transforms/desk/groups.yml", f"Known: {', '.join(groups)}"
        )
    if remedy and remedy not in desk.words.cards:
        raise ArrearsError(f"There is no remedy {remedy!r}", "rules/remedies", "Name one that has a card")
    in_force = desk.words.profile.remedies_in_force(desk.run.as_of)
    return [one for one in groups[group][1] if one in in_force] if group else [remedy] if remedy else []


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
