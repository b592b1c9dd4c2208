"""The lines that left the list since last night, each with a note of what ended it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from arrears import house
from arrears.answers.display import INSTEAD, display_value, fetch
from arrears.answers.explain_conditions import explain_condition
from arrears.answers.runs import facts_folder
from arrears.data.beside import kept_rows
from arrears.data.store import Store
from arrears.data.warehouse import file_list
from arrears.desk.open_lines import Waiting, fence_sql, waiting
from arrears.desk.requests import Line
from arrears.desk.resolved import ended_table
from arrears.desk.table import fact_titles
from arrears.law.catalog import described_facts
from arrears.law.profile import UnsetValue

GOES_ON = {
    "due": "It goes out automatically; no person is needed now.",
    "waits": "It waits for its clock.",
    "stayed": "Its ground is stayed; it comes back when the stay is over.",
    "unserved": "Its notice came back.",
}
EPISODE = {
    "released": "What was sent was taken back and the episode ended",
    "rejected": "A person rejected it, and the episode ended",
    "agreement": "A payment agreement is kept, and the episode ended",
    "ground gone": "The ground is gone, and the episode ended",
}


@dataclass(frozen=True)
class Ended:
    """What left the list since the night before: in all, by what ended it, and a page with notes."""

    as_of: date
    total: int
    by_how: list[Line]
    lines: list[Line]


def ended(
    store: Store,
    state: str,
    on: date | None = None,
    offices: frozenset[str] | None = None,
    kind: str = "",
    item_id: str = "",
    page: int = 1,
    size: int = 50,
) -> Ended:
    """The lines that left the list since last night, each with what ended it."""
    with waiting(store, state, on, offices) as desk:
        path = ended_table(store, desk.ledger, desk.run)
        if path is None:
            if desk.run.before is not None:
                facts_folder(store, desk.ledger, desk.run.before.record)
            return Ended(desk.run.as_of, 0, [], [])
        asked = "($kind = '' OR kind = $kind) AND ($item = '' OR item_id = $item)"
        where = f"{asked} AND {fence_sql('gone', offices)}"
        left = f"FROM read_parquet({file_list([path])}) AS gone WHERE {where}"
        params = {"kind": kind, "item": item_id}
        by_how = fetch(
            desk.con, f"SELECT how, count(*) AS lines {left} GROUP BY 1 ORDER BY 2 DESC, 1", params
        )
        rows = fetch(
            desk.con,
            f"""SELECT * {left} ORDER BY how = 'decided', coalesce(amount_cents, 0) DESC, item_id
            LIMIT {int(size)} OFFSET {(max(page, 1) - 1) * int(size)}""",
            params,
        )
        return Ended(desk.run.as_of, sum(one["lines"] for one in by_how), by_how, with_notes(desk, rows))


def with_notes(desk: Waiting, rows: list[Line]) -> list[Line]:
    """These lines with their titles and notes."""
    titles = fact_titles(house.FACTS)
    found = []
    for row in rows:
        card = desk.words.cards.get(row["remedy"] or "")
        kind = desk.words.order.kind(row["kind"])
        about = {"kind_title": kind.title, "title": card.title if card else kind.title}
        found.append({**row, **about, "note": note(desk, row, titles)})
    return found


def note(desk: Waiting, row: Line, titles: dict[str, str]) -> str:
    """What ended a line, in one or two plain sentences."""
    evidence = [one for one in row["evidence"] or [] if one]
    names = ", ".join(one.replace("_", " ") for one in evidence)
    if row["how"] == "condition":
        return "No longer true: " + conditions_said(desk, row)
    if row["how"] == "episode":
        ending = EPISODE.get(row["close_reason"], f"Its episode ended ({row['close_reason']})")
        said = conditions_said(desk, row) if row["part"] else ""
        return f"{ending}: {said}" if said else f"{ending}."
    if row["how"] == "facts":
        changed = "; ".join(moved(desk, row["kind"], one, titles) for one in row["changed"])
        return f"No longer true; what changed: {changed or 'the law or the calendar'}."
    return {
        "decided": f"{row['by_user']} decided: {names}.",
        "met": f"Met on {names}.",
        "became": f"It goes on as: {', '.join(desk.words.order.kind(one).title for one in evidence)}.",
        "known": f"What was missing is known now: {names}.",
        "goes_on": GOES_ON.get(names, f"It goes on: {names}."),
        "not_there": "What it was about is no longer there, or no longer runs.",
    }.get(row["how"], "Nothing is left to do: it was sent or taken back, or nothing about it is urgent now.")


def moved(desk: Waiting, kind: str, one: dict[str, Any], titles: dict[str, str]) -> str:
    """A fact with what it was and what it is now."""
    known = desk.words.kinds.get(kind)
    unit = known.units.get(one["fact"], "text") if known else "text"
    was, now = (as_said(one[name], unit) for name in ("was", "now"))
    return f"{titles.get(one['fact'], one['fact'].replace('_', ' '))}: was {was}, is {now}"


def as_said(text: str | None, unit: str) -> str:
    """A fact that was kept as text, as people write it."""
    if text is None or unit not in ("cents", "yes_no"):
        return display_value(text, unit if unit in INSTEAD else "text")
    return display_value(text == "true" if unit == "yes_no" else int(text), unit)


def conditions_said(desk: Waiting, row: Line) -> str:
    """The sentences of the conditions that are no longer met, with tonight's values."""
    card = desk.words.cards.get(row["remedy"])
    if card is None:
        return ", ".join(row["evidence"]) + "."
    path = desk.run.folder / "facts" / f"{card.facts}.parquet"
    facts: list[dict[str, Any]] = fetch(
        desk.con,
        f"FROM ({kept_rows(path)}) WHERE subject_id = $s",
        {"s": row["subject_id"]},
    )
    described = (described_facts(house.FACTS) or {})[card.facts] if facts else {}
    try:
        numbers = dict(card.numbers(desk.words.profile, desk.words.as_of))
    except UnsetValue:
        numbers = {}
    every = {one.name: one for one in card.conditions[row["part"]]}
    return " ".join(
        explain_condition(every[name], False, facts[0], numbers, described, desk.words.profile)["text"]
        if facts and name in every
        else name.replace("_", " ") + "."
        for name in row["evidence"]
    )
