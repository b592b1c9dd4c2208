"""The days of a line's remedy in order: what has happened, the night itself, and what may come."""

from datetime import date

from arrears.answers.explain_clocks import anchor_said
from arrears.desk.open_lines import Waiting
from arrears.desk.requests import Line
from arrears.law.remedy import Card
from arrears.values import dollars

PAST, TONIGHT, NEXT = "past", "tonight", "next"
_DECIDED = {"approve": "Approved", "hold": "Held", "reject": "Rejected"}


def timeline(desk: Waiting, row: Line) -> list[Line]:
    """Each dated fact of a line's episode with its day, tonight among them, then the steps without a day.

    Empty where no remedy has begun: there is nothing to tell but the line itself.
    """
    card = desk.words.cards.get(row["remedy"] or "")
    if card is None or not row["episode_id"]:
        return []
    tonight = desk.run.record.as_of
    found = [*_lived(desk, row), *_clock(row)]
    marks = [(on, say) for on, say in found if on is not None]
    dated = [
        *((on, PAST if on <= tonight else NEXT, say) for on, say in marks),
        (tonight, TONIGHT, "This night"),
    ]
    order = (PAST, TONIGHT, NEXT)
    told: list[Line] = [
        {"on": on, "when": when, "say": say}
        for on, when, say in sorted(dict.fromkeys(dated), key=lambda one: (one[0], order.index(one[1])))
    ]
    return [*told, *({"on": None, "when": NEXT, "say": say} for say in _to_come(row, card))]


def _lived(desk: Waiting, row: Line) -> list[tuple[date | None, str]]:
    """What the ledger says of the episode, up to this night."""
    record = desk.run.record
    persons = [one for one in (row["person_id"], row["subject_id"]) if one]
    told = desk.ledger.life_of(record.state, row["case_id"] or row["subject_id"], persons)
    mine = {
        name: [one for one in table.to_pylist() if one["episode_id"] == row["episode_id"]]
        for name, table in told.items()
    }
    found: list[tuple[date | None, str]] = [(one["opened_on"], "It began") for one in mine["episodes"]]
    for one in mine["published"]:
        amount = f", {dollars(one['amount_cents'])}" if one["amount_cents"] is not None else ""
        what = f"{one['step'].replace('_', ' ')} left for {one['queue'].replace('_', ' ')}{amount}"
        found.append((one["published_on"], what[:1].upper() + what[1:]))
    for one in mine["decisions"]:
        said = _DECIDED.get(one["decision"], one["decision"].replace("_", " ").capitalize())
        step = f", {one['step'].replace('_', ' ')}" if one["step"] else ""
        found.append((one["decided_on"], f"{said} by {one['by_user']}{step}"))
    return [(on, say) for on, say in found if on is not None and on <= record.as_of]


def _clock(row: Line) -> list[tuple[date | None, str]]:
    """Where the clock of the step began, and where it ends."""
    clock = row.get("clock")
    if not clock:
        return []
    anchor = anchor_said(clock)
    return [
        (clock["anchor_on"], anchor[:1].upper() + anchor[1:]),
        (clock["ends_on"], f"The last of {clock['number']:,} {clock['unit'].replace('_', ' ')}"),
    ]


def _to_come(row: Line, card: Card) -> list[str]:
    """The step that waits and those after it, each in the words of its card."""
    steps = [one.step for one in card.steps]
    if row["step"] not in steps:
        return []
    return [one.say for one in card.steps[steps.index(row["step"]) :]]
