"""Whether a remedy began with as many parents as it usually does, by its own nights before.

Far more or far fewer than that is more often a wrong file or a wrong rule than a true change. What the remedy
lays on anybody then waits for a supervisor's word: on that night all of it, later what began on that night.
Taking back, lower amounts and corrections never wait, nor does another remedy. Of a remedy with too few
nights behind it nobody knows what is usual: that is said, and holds nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from arrears.data.warehouse import Connection, attach_arrow, file_list, run_sql_file
from arrears.intake.receive.judge import usual_rows
from arrears.law.profile import Profile
from arrears.law.verdicts import Asked, Verdicts
from arrears.night.run import Night
from arrears.sqltext import columns
from arrears.values import HUNDRED

SQL = Path(__file__).with_name("sql")
ITEM = "volume:"
# The file of a run that names the remedies of which nobody knows yet what is usual.
NOT_KNOWN = "usual_not_known"
NIGHTS, LEAST_NIGHTS = "release.volume_nights", "release.volume_least_nights"
PERCENT, AT_LEAST = "release.volume_percent", "release.volume_at_least"
# How many of the conditions and of the files that moved most are told.
TOLD = 3


@dataclass(frozen=True)
class Volume:
    """With how many parents a remedy began on a night, and what is usual by the nights before it."""

    remedy: str
    on: date
    parents: int
    nights: int
    least: int
    most: int
    word: Literal["usual", "more", "fewer", "not_known"]

    @property
    def item(self) -> str:
        """What a person decides on: this number of this night, and no other."""
        return f"{ITEM}{self.remedy}:{self.on}:{self.parents}"

    @property
    def why(self) -> str:
        """The number beside its band, as people say it."""
        return (
            f"it began with {self.parents:,} parents on {self.on}, far {self.word} than on the {self.nights}"
            f" nights before ({self.least:,} to {self.most:,})"
        )


def judge(
    profile: Profile, nights: Sequence[date], begun: Mapping[str, Mapping[date, int]], as_of: date
) -> list[Volume]:
    """What each night of each remedy is to the nights before it; of those before tonight where it was more.

    The first night of a state begins with everybody: it tells nothing of what is usual.
    """
    found = []
    for remedy, by_day in sorted(begun.items()):
        days = [day for day in nights[1:] if day < as_of and by_day.get(day)]
        judged = [judge_night(profile, remedy, by_day, nights[1:], day) for day in days]
        found += [one for one in judged if one.word == "more"]
        found.append(judge_night(profile, remedy, by_day, nights[1:], as_of))
    return found


def judge_night(
    profile: Profile, remedy: str, by_day: Mapping[date, int], nights: Sequence[date], on: date
) -> Volume:
    """What the number of one night is to those of the nights before it, by the policy of that day."""
    so_many, needed, percent, beside = (
        int(profile.value(key, on).value) for key in (NIGHTS, LEAST_NIGHTS, PERCENT, AT_LEAST)
    )
    counts = [by_day.get(day, 0) for day in nights if day < on][-so_many:]
    least, most, parents = min(counts, default=0), max(counts, default=0), by_day.get(on, 0)
    if len(counts) < needed:
        return Volume(remedy, on, parents, len(counts), least, most, "not_known")
    if parents - most >= beside and parents * HUNDRED > most * (HUNDRED + percent):
        return Volume(remedy, on, parents, len(counts), least, most, "more")
    if least - parents >= beside and parents * (HUNDRED + percent) < least * HUNDRED:
        return Volume(remedy, on, parents, len(counts), least, most, "fewer")
    return Volume(remedy, on, parents, len(counts), least, most, "usual")


class Guard:
    """The remedies that wait for a word in a run, and how many acts of each do."""

    def __init__(self, night: Night) -> None:
        self.night = night
        nights = sorted(
            run.as_of
            for run in night.ledger.runs(night.state)
            if (run.kind, run.status) == ("night", "closed") and run.as_of <= night.as_of
        )
        begun = night.ledger.begun_by_day(night.state, night.as_of)
        judged = judge(night.profile, nights, begun, night.as_of)
        self.not_known = [one.remedy for one in judged if one.word == "not_known"]
        said = {one["item_id"]: one["decision"] for one in night.ledger.decisions(night.state)}
        self.held = [
            one for one in judged if one.word in ("more", "fewer") and said.get(one.item) != "approve"
        ]
        self.kept: dict[str, int] = {}

    def keep(self, con: Connection) -> None:
        """Takes what waits out of `leaving` and `bearing`, and counts it; a record waits as a whole."""
        if not self.held:
            return
        rows = [{"item": one.item, "remedy": one.remedy, "night_on": one.on} for one in self.held]
        shape = pa.schema([("item", pa.string()), ("remedy", pa.string()), ("night_on", pa.date32())])
        attach_arrow(con, "volume_held", pa.Table.from_pylist(rows, shape))
        run_sql_file(con, SQL / "volume_waits.sql", "volume_waits", {"as_of": self.night.as_of})
        self.kept = dict(con.execute("SELECT item, count(*) FROM volume_waits GROUP BY item").fetchall())
        con.execute(
            """DELETE FROM bearing WHERE (queue, record_no) IN (
                 SELECT queue, record_no FROM borne JOIN volume_waits USING (action_id))"""
        )
        con.execute(
            """DELETE FROM leaving WHERE action_id IN (SELECT action_id FROM volume_waits) OR NOT is_covered
                 AND action_id NOT IN (SELECT action_id FROM borne JOIN bearing USING (queue, record_no))"""
        )

    def told(self, con: Connection) -> list[dict[str, Any]]:
        """The remedies that wait: why, what it rests on, how many acts of them do.

        Of an earlier night only what keeps something back tonight.
        """
        tonight = self.night.as_of
        return [
            {
                "queue": "",
                "remedy": one.remedy,
                "held": ". ".join([one.why, *(causes(self.night, con, one) if one.on == tonight else ())]),
                "item_id": one.item,
                "by_remedy": {one.remedy: self.kept[one.item]} if one.item in self.kept else {},
            }
            for one in self.held
            if one.on == tonight or one.item in self.kept
        ]


def causes(night: Night, con: Connection, volume: Volume) -> list[str]:
    """What a number rests on: which conditions turned since the night before, and which files came since."""
    before = [
        run
        for run in night.ledger.runs(night.state)
        if (run.kind, run.status) == ("night", "closed") and run.as_of < night.as_of
    ]
    if not before:
        return []
    last = max(before, key=lambda run: run.as_of)
    turned = conditions_turned(
        con, night.folder, night.store.night(night.state, last.as_of), volume.remedy, volume.word == "more"
    )
    return [*turned, *files_since(night, last.cut.position)]


def conditions_turned(con: Connection, now: Path, was: Path, remedy: str, to_true: bool) -> Iterable[str]:
    """Of whoever is flagged and was not (or was and is not): which condition turned for how many."""
    asked, before = (Verdicts(one).asked.get((remedy, "enter")) for one in (now, was))
    if asked is None or before is None:
        return ["the night before did not ask this of anybody"]
    names = [one for one in asked.acting if one in before.conditions]
    tonight, then = ("now", "was") if to_true else ("was", "now")
    sides: dict[str, Asked] = {"now": asked, "was": before}

    def is_true(side: str, condition: str) -> str:
        return f"{side}.{sides[side].column(condition)} IS TRUE"

    counted = [f"count(*) FILTER ({is_true(tonight, one)} AND NOT {is_true(then, one)})" for one in names]
    tables = {
        side: Verdicts(folder).tables[sides[side].facts] for side, folder in (("now", now), ("was", was))
    }
    told = {
        "every": "count(*)",
        "strangers": f"count(*) FILTER ({then}.subject_id IS NULL)",
        "counts": f"[{', '.join(counted) or '0'}]",
    }
    own, other = (f"read_parquet({file_list([tables[side]])}) AS {side}" for side in (tonight, then))
    is_flag = {side: f"{side}.{asked.verdict} IS TRUE" for side, asked in sides.items()}
    turned = f"{is_flag[tonight]} AND NOT coalesce({is_flag[then]}, false)"
    row = con.execute(
        f"SELECT {columns(told)} FROM {own} LEFT JOIN {other} USING (subject_id) WHERE {turned}"
    ).fetchone()
    return _in_words(row, names, to_true) if row and row[0] else []


def _in_words(row: tuple[Any, ...], names: Sequence[str], to_true: bool) -> list[str]:
    """The sentence of the conditions that turned for most, and of whoever is new or gone."""
    every, strangers, counts = row
    most = sorted(zip(names, counts, strict=False), key=lambda one: (-one[1], one[0]))[:TOLD]
    turned = [f"{name.replace('_', ' ')} for {count:,}" for name, count in most if count]
    if strangers:
        turned.append(f"{strangers:,} {'were not there' if to_true else 'are gone'}")
    became = "came to be true" if to_true else "is no longer true"
    whose = "flagged and were not" if to_true else "not flagged and were"
    return (
        [f"since the night before, of {every:,} who are {whose}, {became}: {', '.join(turned)}"]
        if turned
        else []
    )


def files_since(night: Night, position: int) -> list[str]:
    """The files that came since, those first whose number of rows is furthest from the usual."""
    came = night.deliveries
    told = []
    for one in came:
        if one.position <= position or one.outcome != "accepted":
            continue
        usual = usual_rows(one.feed, [other for other in came if other.position < one.position])
        far = 0.0 if not usual else abs(one.rows - usual) / usual
        beside = "none before it" if usual is None else f"usually {usual:,}"
        told.append((-far, one.feed, f"{one.feed} {one.rows:,} rows ({beside})"))
    most = [text for _, _, text in sorted(told)[:TOLD]]
    return [f"files since then: {', '.join(most)}"] if most else []
