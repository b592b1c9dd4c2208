"""One line opened: the whole explanation, the person's other cases and episodes, and what people said."""

from datetime import date
from pathlib import Path
from typing import Any

from arrears import house
from arrears.answers.display import LAST_FOUR, PLACE, display_value, fetch, fetch_file
from arrears.answers.explain import explain_case
from arrears.data.beside import attach_kept, kept_rows
from arrears.data.store import Store
from arrears.data.warehouse import file_paths
from arrears.desk.effects import effects
from arrears.desk.held import held_body
from arrears.desk.in_short import gauge
from arrears.desk.nearness import measures
from arrears.desk.open_lines import Waiting, waiting
from arrears.desk.requests import Line, LinePage
from arrears.desk.timeline import timeline
from arrears.law.catalog import described_facts
from arrears.law.deadlines import load_deadlines
from arrears.law.remedy import title_of
from arrears.night.run import latest_moment

SQL = Path(__file__).with_name("sql")

DOUBTFUL = "doubtful_match"


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
        told, facts = explained(desk, row, digits), looked_at(desk, row, digits)
        return LinePage(
            line=desk.words.display(row, digits=digits),
            explanation=told,
            timeline=timeline(desk, row),
            facts=facts,
            cases=cases(desk, row, offices),
            episodes=episodes(desk, row, offices),
            others=others(desk, row),
            decisions=said,
            audit=desk.ledger.audit_at([one["position"] + 1 for one in said]),
            effects=effects(row, desk.words, latest_moment(store, desk.ledger, desk.words.profile)),
            held=held_body(desk, row),
            sources=sources(desk, told, facts),
        )


def sources(desk: Waiting, told: dict[str, Any] | None, facts: list[Line]) -> dict[str, Line]:
    """Of each row of a file that the line rests on: the table, the file, the day it came, and the line."""
    parts = [part for one in told["remedies"] for part in one["parts"].values() if part] if told else []
    named = {ref for part in parts for one in part["conditions"] for ref in one["rows"]}
    named |= {ref for one in facts for ref in one["rows"]}
    if not named:
        return {}
    came = {one.delivery_id: one for one in desk.ledger.deliveries(desk.run.record.state)}
    found: dict[str, Line] = {}
    for ref in named:
        table, _, place = ref.partition("@")
        delivery, _, number = place.rpartition(":")
        if one := came.get(delivery):
            record = table.rpartition(".")[2]
            found[ref] = {"table": record, "file": one.original_name, "on": one.received_on, "line": number}
    return found


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


def explained(desk: Waiting, row: Line, digits: bool) -> dict[str, Any] | None:
    """The explanation, its conditions with their gauges: each value beside the limit that it is held to."""
    told = explanation(desk, row, digits)
    card = desk.words.cards.get(row["remedy"] or "")
    if told is None or card is None:
        return told
    attach_kept(desk.con, {f"facts.{card.facts}": desk.run.folder / "facts" / f"{card.facts}.parquet"})
    profile, as_of = desk.words.profile, desk.words.as_of
    gauges: dict[str, list[Line]] = {}
    for one in measures(desk.con, card, profile, as_of, row["subject_id"]):
        unit = profile.value(one["near_key"], as_of).unit
        drawn = gauge(one["near_condition"], one["near_value"], one["near_limit"], unit)
        gauges.setdefault(one["near_condition"], []).append(drawn)
    for remedy in told["remedies"]:
        for condition in remedy["parts"]["enter"]["conditions"]:
            condition["gauges"] = gauges.get(condition["condition"], [])
    return told


def looked_at(desk: Waiting, row: Line, digits: bool) -> list[Line]:
    """What facts alone opened a line: each fact in words, its value, and the rows of files that told it."""
    if row["kind"] == DOUBTFUL:
        return candidates(desk, row)
    deadline = row["item_id"].split(":")[1] if row["kind"].startswith("deadline_") else ""
    asked = desk.words.kinds.get(row["kind"]) or load_deadlines(house.RULES).get(deadline)
    if asked is None:
        return []
    path = desk.run.folder / "facts" / f"{asked.facts}.parquet"
    found = fetch(
        desk.con,
        f"FROM ({kept_rows(path)}) WHERE subject_id = $s",
        {"s": row["subject_id"]},
    )
    if not found:
        return []
    may_tell = (*((LAST_FOUR,) if digits else ()), *(() if row["is_protected"] else (PLACE,)))
    described = (described_facts(house.FACTS) or {})[asked.facts]

    def rows_of(name: str) -> list[str]:
        told = found[0].get(described[name].get("source") or "")
        return sorted(set(str(told).split(";"))) if told else []

    return [
        {
            "fact": name,
            "say": described[name]["say"],
            "value": display_value(found[0][name], described[name]["unit"], may_tell),
            "rows": rows_of(name),
        }
        for name in asked.reads
        if name in found[0] and name in described
    ]


def candidates(desk: Waiting, row: Line) -> list[Line]:
    """The partner's records that may be a person, each by its file and line, and why it is in doubt."""
    path = desk.run.folder / "match" / "candidates.parquet"
    params = {"path": file_paths(path), "person": row["person_id"], "item": row["item_id"]}
    found = fetch_file(desk.con, SQL / "candidates.sql", params)
    return [
        {
            "fact": "candidate",
            "say": f"A record of {one['feed'].replace('_', ' ')}",
            "value": one["reason"],
            "rows": [f"{one['feed']}@{one['source_file']}:{one['source_line']}"],
        }
        for one in found
    ]


def cases(desk: Waiting, row: Line, offices: frozenset[str] | None) -> list[Line]:
    """The cases of the person of a line, in the offices whose lines may be seen."""
    path = desk.run.folder / "facts" / "case_facts.parquet"
    params = {"path": file_paths(path), "person": row["person_id"], "case": row["case_id"]}
    found = fetch_file(desk.con, SQL / "cases.sql", params)
    return [one for one in found if offices is None or one["office"] in offices]


def episodes(desk: Waiting, row: Line, offices: frozenset[str] | None) -> list[Line]:
    """The open episodes of the person and the case of a line, in the offices whose lines may be seen."""
    plan, facts = desk.run.folder / "plan", desk.run.folder / "facts"
    params = {
        "episodes": file_paths(plan / "episode.parquet"),
        "persons": file_paths(facts / "person_facts.parquet"),
        "cases": file_paths(facts / "case_facts.parquet"),
        "person": row["person_id"],
        "case": row["case_id"],
    }
    found = fetch_file(desk.con, SQL / "episodes.sql", params)
    cards = desk.words.cards
    return [
        {**one, "title": title_of(cards, one["remedy"])}
        for one in found
        if offices is None or one["office"] in offices
    ]


def others(desk: Waiting, row: Line) -> list[Line]:
    """The other lines about the same person, most urgent first."""
    if not row["person_id"]:
        return []
    return desk.select(
        "SELECT * FROM line WHERE person_id = $person AND item_id <> $item ORDER BY priority DESC, item_id",
        {"person": row["person_id"], "item": row["item_id"]},
    )
