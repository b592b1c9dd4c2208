"""Verdicts of every remedy in force, decided in one pass over each facts table.

All acting conditions true: flag. Any false: clear. Otherwise some are not known: unknown. Of a release
any ground that is true: flag; all false: clear. SQL's own three-valued AND and OR say exactly that, so a
missing fact can never count as "no".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.data.store import write_aside
from arrears.data.warehouse import Connection, file_list, write_parquet
from arrears.data.writes import take_away
from arrears.errors import ArrearsError
from arrears.law.profile import Profile, Reading, UnsetValue
from arrears.law.remedy import PARTS, Card, Part, by_facts
from arrears.law.verdicts import (
    ASKED,
    VERDICTS,
    Asked,
    Question,
    Wide,
    asked_table,
    count_columns,
    counts_of,
    told_select,
    wide_of,
)


@dataclass(frozen=True)
class Decided:
    """What became of a remedy this night: rows by part and verdict, or why it is off."""

    remedy: str
    off: str | None = None
    counts: Mapping[Part, Mapping[str, int]] = field(default_factory=dict)
    readings_differ: Mapping[Part, int] = field(default_factory=dict)


def decide(
    con: Connection,
    profile: Profile,
    cards: Mapping[str, Card],
    as_of: date,
    folder: Path,
    only: Collection[str] | None = None,
    is_written: bool = False,
) -> dict[str, Decided]:
    """The counts of the remedies' verdicts, after writing a table for each facts table that they read.

    A remedy that is not in force, or needs a value that nobody has set, is off: nothing is asked of it, and
    what an earlier try of the same night has written goes. With `only` those facts tables alone are asked
    that these remedies read; the verdicts over the others lie in the folder. Tables that are written already
    are proven and counted.
    """
    off = {name: why_off(profile, card, as_of) for name, card in cards.items()}
    decided = {name: Decided(name, why) for name, why in off.items() if why is not None}
    on = [card for name, card in cards.items() if off[name] is None]
    again = {card.facts for card in on if only is None or card.remedy in only}
    asked: list[Asked] = []
    for facts, own in by_facts(on).items():
        wide = wide_of(question(card, part, profile, as_of) for card in own for part in PARTS)
        asked += wide.asked
        if facts in again:
            path = folder / f"{facts}.parquet"
            if not is_written:
                write_parquet(con, f"{wide.select(own[0].relation)} ORDER BY subject_id", path, wide.bound)
            decided |= counted(con, wide, own, path)
    write_asked(folder, asked)
    return {name: decided[name] for name in cards if name in decided}


def question(card: Card, part: Part, profile: Profile, as_of: date) -> Question:
    """What a state asks of a part of a remedy on a day."""
    return Question(
        card,
        part,
        profile.reading(card.remedy, as_of),
        profile.waivers(card.remedy, as_of),
        card.params(profile, as_of, part),
    )


def write_asked(folder: Path, asked: list[Asked]) -> None:
    """Writes what was asked, and removes each table of which nothing is asked any more."""
    whole = pa.BufferOutputStream()
    pq.write_table(asked_table(asked), whole)
    write_aside(folder / ASKED, whole.getvalue().to_pybytes())
    kept = {ASKED, *(f"{one.facts}.parquet" for one in asked)}
    for path in folder.glob("*.parquet"):
        if path.name not in kept:
            take_away(path)


def counted(con: Connection, wide: Wide, cards: Collection[Card], path: Path) -> dict[str, Decided]:
    """How often each part said each verdict, after proving that each subject has one row.

    Looked at in what was written: the SELECT need not run twice, and the step that raises is run again.
    """
    relation = f"facts.{wide.asked[0].facts}"
    row = con.execute(proof_select(wide, relation, path)).fetchone() or ()
    if len(set(row[:4])) != 1:
        raise ArrearsError(
            f"Verdicts: {row[:4]} rows and subjects where all four counts must agree",
            relation,
            "Make the facts table hold one row per subject",
        )
    found = counts_of(wide.asked, row[4:])
    return {
        card.remedy: Decided(
            card.remedy,
            None,
            {part: {one: found[card.remedy, part][one] for one in VERDICTS} for part in PARTS},
            {part: found[card.remedy, part]["readings_differ"] for part in PARTS},
        )
        for card in cards
    }


def proof_select(wide: Wide, relation: str, path: Path) -> str:
    """The SELECT of rows and subjects of the facts and of what was written, then each part's counts."""
    facts = [f"(SELECT {one} FROM {relation})" for one in ("count(*)", "count(DISTINCT subject_id)")]
    kept = ["count(*)", "count(DISTINCT subject_id)", *count_columns(wide.asked)]
    return f"SELECT {', '.join([*facts, *kept])} FROM read_parquet({file_list([path])})"


def why_off(profile: Profile, card: Card, as_of: date) -> str | None:
    """Why a remedy does not run on a day, or None where it does."""
    if not card.is_count and card.remedy not in profile.remedies_in_force(as_of):
        return f"{card.title} is not in force in {profile.name} on {as_of}"
    try:
        card.numbers(profile, as_of)
    except UnsetValue as unset:
        return unset.what
    return None


def waiver_faults(profile: Profile, cards: Mapping[str, Card]) -> list[str]:
    """What is wrong with what a state uses, waives and adds, seen against the cards there are."""
    faults = [
        f"{profile.state}: {one.remedy} is in force, but there is no such card"
        for one in profile.in_force
        if one.remedy not in cards
    ]
    named = {name: {c.name for part in PARTS for c in card.conditions[part]} for name, card in cards.items()}
    named |= {one.name: {c.name for c in one.conditions} for card in cards.values() for one in card.counts}
    for one in profile.waived:
        if one.condition not in named.get(one.remedy, set()):
            faults.append(f"{profile.state}: waives {one.remedy}.{one.condition}, which no card holds")
    for added in profile.added:
        if added.remedy not in named:
            faults.append(f"{profile.state}: adds {added.condition} to {added.remedy}, which there is not")
        elif added.condition in named[added.remedy]:
            faults.append(f"{profile.state}: adds {added.condition}, which {added.remedy} asks for already")
    return faults


def verdict_select(
    card: Card,
    part: Part,
    reading: Reading,
    waived: Mapping[str, Any],
    relation: str | None = None,
) -> str:
    """The SELECT that decides one part of a remedy by itself, over other facts if named.

    Conditions that belong to the other reading, or that the state waives, are computed and shown,
    but do not decide.
    """
    facts = relation or card.relation
    wide = wide_of([Question(card, part, reading, waived, {})])
    return f"{told_select(wide.asked[0], f'({wide.select(facts)})', facts)} ORDER BY subject_id"
