"""One line opened: the whole explanation, the person's other cases and episodes, and what people said."""

from datetime import date
from typing import Any

from arrears import house
from arrears.desk.asked import Line, LinePage
from arrears.desk.table import fact_titles
from arrears.desk.waiting import Waiting, waiting
from arrears.explain import explain_case
from arrears.remedy import title_of
from arrears.store import Store
from arrears.told import fetch, shown
from arrears.warehouse import file_list


def line(
    store: Store,
    state: str,
    item_id: str,
    on: date | None = None,
    offices: frozenset[str] | None = None,
    *,
    digits: bool = False,
) -> LinePage:
    """A line with everything that a person needs to decide on it; `NotHere` for another office's.

    The last four characters of an account stand there only with `digits`; whoever gives it keeps the look.
    """
    with waiting(store, state, on, offices, decided_too=True) as desk:
        row = desk.one(item_id)
        said = desk.ledger.said_of(
            state, item_id, row["episode_id"] or "", row["remedy"] or "", row["subject_id"] or ""
        )
        return LinePage(
            line=desk.words.told(row, digits=digits),
            explanation=explanation(desk, row, digits),
            facts=facts_of_kind(desk, row, digits),
            cases=cases(desk, row, offices),
            episodes=episodes(desk, row),
            others=others(desk, row),
            decisions=said,
            audit=desk.ledger.audit_at([one["position"] + 1 for one in said]),
        )


def explanation(desk: Waiting, row: Line, digits: bool) -> dict[str, Any] | None:
    """Why the remedy of a line was decided as it was; None of a line that no remedy put there."""
    if not row["remedy"] or not (row["case_id"] or row["person_id"]):
        return None
    record = desk.run.record
    told = explain_case(
        desk.store,
        record.state,
        record.as_of,
        row["case_id"] or row["person_id"],
        row["remedy"],
        record.ordinal if record.kind == "release" else None,
        digits=digits,
    )
    mine = [one for one in told["remedies"] if one["subject"] == row["subject_id"]]
    acts = [one for one in told["acts"] if one["remedy"] == row["remedy"]]
    return {**told, "remedies": mine, "acts": acts}


def facts_of_kind(desk: Waiting, row: Line, digits: bool) -> list[Line]:
    """What a kind of the facts looked at: each fact in words, its value, its source rows."""
    kind = desk.words.kinds.get(row["kind"])
    if kind is None:
        return []
    path = desk.run.folder / "facts" / f"{kind.facts}.parquet"
    found = fetch(
        desk.con,
        f"SELECT * FROM read_parquet({file_list([path])}) WHERE subject_id = $s",
        {"s": row["subject_id"]},
    )
    if row["is_protected"] or not found:  # a fact may name a place
        return []
    titles = fact_titles(house.FACTS)
    return [
        {
            "fact": name,
            "say": titles.get(name, name),
            "value": shown(found[0][name], kind.units.get(name, "text"), digits=digits),
        }
        for name in kind.reads
        if name in found[0]
    ]


def cases(desk: Waiting, row: Line, offices: frozenset[str] | None) -> list[Line]:
    """The cases of the person of a line, in the offices whose lines may be seen."""
    path = desk.run.folder / "facts" / "case_facts.parquet"
    found = fetch(
        desk.con,
        f"""SELECT case_id, office, worker, case_is_open, past_due_cents
        FROM read_parquet({file_list([path])})
        WHERE person_id = $person OR case_id = $case ORDER BY case_id""",
        {"person": row["person_id"], "case": row["case_id"]},
    )
    return [one for one in found if offices is None or one["office"] in offices]


def episodes(desk: Waiting, row: Line) -> list[Line]:
    """The open episodes of the person and the case of a line."""
    path = desk.run.folder / "plan" / "episode.parquet"
    found = fetch(
        desk.con,
        f"""SELECT episode_id, remedy, case_id, opened_on, is_new FROM read_parquet({file_list([path])})
        WHERE person_id = $person OR case_id = $case ORDER BY opened_on, episode_id""",
        {"person": row["person_id"], "case": row["case_id"]},
    )
    cards = desk.words.cards
    return [{**one, "title": title_of(cards, one["remedy"])} for one in found]


def others(desk: Waiting, row: Line) -> list[Line]:
    """The other lines about the same person, most urgent first."""
    if not row["person_id"]:
        return []
    return desk.told(
        "SELECT * FROM line WHERE person_id = $person AND item_id <> $item ORDER BY priority DESC, item_id",
        {"person": row["person_id"], "item": row["item_id"]},
    )
