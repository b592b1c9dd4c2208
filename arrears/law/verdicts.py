"""The verdicts of a night as they are kept, and the rows that readers see of them.

`verdicts/<facts>.parquet` holds one row per subject of a facts table: its keys, the amounts, each distinct
condition of all remedies once, and a column `<remedy>.<part>`: true for flag, false for clear, NULL for
unknown. `verdicts/asked.parquet` says which columns answer which part of which remedy, so that an old night
is read as it asked, whatever its cards have become. Words, reasons and the other reading come of that.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.data.beside import kept_rows
from arrears.data.warehouse import file_list, quote
from arrears.law.catalog import KEYS
from arrears.law.profile import Reading
from arrears.law.remedy import PARTS, Card, Part
from arrears.sqltext import columns

VERDICTS = ("flag", "clear", "unknown")
ASKED = "asked.parquet"
WHO = tuple(one for one in KEYS if one != "subject_id")
_LIST = pa.list_(pa.string())
ASKED_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("remedy", "part", "facts", "amount")]
    + [(name, _LIST) for name in ("rests_on", "conditions", "answers", "acting", "guide", "law")]
)
_PARAMETER = re.compile(r"\$(\w+)")


@dataclass(frozen=True)
class Question:
    """One part of a remedy as a state asks it, with the values that it binds."""

    card: Card
    part: Part
    reading: Reading
    waived: Mapping[str, Any]
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """One part of a remedy as a night asked it: each condition, the column that answers it, what decides."""

    remedy: str
    part: Part
    facts: str
    # The column of the amount; empty where the remedy is about none.
    amount: str
    rests_on: tuple[str, ...]
    conditions: tuple[str, ...]
    answers: tuple[str, ...]
    # The conditions that decide tonight, and those that do under either reading.
    acting: tuple[str, ...]
    guide: tuple[str, ...]
    law: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """The column of the verdict."""
        return f'"{self.remedy}.{self.part}"'

    @property
    def differs(self) -> str:
        """SQL that is true where guide and statute disagree."""
        if self.guide == self.law:
            return "false"
        return f"({self.joined(self.guide)} IS DISTINCT FROM {self.joined(self.law)})"

    def column(self, condition: str) -> str:
        """The column that answers a condition."""
        return f'"{self.answers[self.conditions.index(condition)]}"'

    def joined(self, names: Iterable[str]) -> str:
        """SQL that is true, false or NULL as all these conditions together are; of a release, as any is."""
        word = " OR " if self.part == "release" else " AND "
        # Everything waived must never mean that everybody is flagged.
        return f"({word.join(map(self.column, names)) or 'CAST(NULL AS BOOLEAN)'})"

    def because(self) -> str:
        """SQL for the conditions that the verdict rests on.

        What a release rests on are the grounds that have come; what nothing came of are all that were asked.
        """
        came = self._named("IS TRUE") if self.part == "release" else "CAST([] AS VARCHAR[])"
        untrue, missing = self._named("IS FALSE"), self._named("IS NULL")
        return (
            f"CASE WHEN {self.verdict} THEN {came} WHEN NOT {self.verdict} THEN {untrue} ELSE {missing} END"
        )

    def _named(self, state: str) -> str:
        if not self.acting:
            return "CAST([] AS VARCHAR[])"
        names = ", ".join(map(quote, self.acting))
        asked = ", ".join(f"{self.column(name)} {state}" for name in self.acting)
        return f"list_where([{names}], [{asked}])"


Sides = Mapping[Part, Asked]


@dataclass(frozen=True)
class Wide:
    """What one facts table is asked in one go: its parts, the distinct conditions, and what they bind."""

    asked: tuple[Asked, ...]
    amounts: Mapping[str, str]
    answers: Mapping[str, str]
    bound: Mapping[str, Any]

    def select(self, relation: str) -> str:
        """The SELECT of the table: each condition once, then the verdict of each part."""
        told = {name: name for name in ("subject_id", *WHO)}
        told |= {f'"{column}"': f'CAST("{fact}" AS BIGINT)' for fact, column in self.amounts.items()}
        told |= {f'"{column}"': text for text, column in self.answers.items()}
        verdicts = {one.verdict: one.joined(one.acting) for one in self.asked}
        return f"SELECT *, {columns(verdicts)} FROM (SELECT {columns(told)} FROM {relation})"


def wide_of(questions: Iterable[Question]) -> Wide:
    """Everything that these questions ask of one facts table: the same words of the same values once."""
    amounts: dict[str, str] = {}
    answers: dict[str, str] = {}
    bound: dict[str, Any] = {}
    taken = {"subject_id", *WHO}
    asked = []
    for one in questions:
        names = {name: _bind(bound, name, value) for name, value in one.params.items()}
        if one.card.amount and one.card.amount not in amounts:
            amounts[one.card.amount] = _free(one.card.amount, taken)
        held = {}
        for condition in one.card.conditions[one.part]:
            text = _PARAMETER.sub(lambda found: f"${names.get(found[1], found[1])}", condition.sql)  # noqa: B023
            if text not in answers:
                answers[text] = _free(condition.name, taken)
            held[condition.name] = answers[text]
        asked.append(_asked(one, amounts.get(one.card.amount, ""), held))
    return Wide(tuple(asked), amounts, answers, bound)


def _asked(one: Question, amount: str, held: Mapping[str, str]) -> Asked:
    def deciding(reading: Reading) -> tuple[str, ...]:
        return tuple(made.name for made in one.card.acting(one.part, reading, one.waived))

    return Asked(
        remedy=one.card.remedy,
        part=one.part,
        facts=one.card.facts,
        amount=amount,
        rests_on=one.card.rests_on,
        conditions=tuple(held),
        answers=tuple(held.values()),
        acting=deciding(one.reading),
        guide=deciding("guide"),
        law=deciding("law"),
    )


def _bind(bound: dict[str, Any], name: str, value: Any) -> str:
    """The name under which a value is bound: its own, or one with a number where that has another value."""
    for free in _numbered(name):
        if free not in bound:
            bound[free] = value
        if type(bound[free]) is type(value) and bound[free] == value:
            return free
    raise AssertionError(name)


def _free(name: str, taken: set[str]) -> str:
    """A column's name that no other column has."""
    free = next(one for one in _numbered(name) if one not in taken)
    taken.add(free)
    return free


def _numbered(name: str) -> Iterable[str]:
    return (name if number == 1 else f"{name}_{number}" for number in count(1))


@dataclass(frozen=True)
class Verdicts:
    """The verdicts that lie in a run's folder."""

    folder: Path

    @cached_property
    def asked(self) -> dict[tuple[str, str], Asked]:
        """What the run asked, by remedy and part; nothing where it decided nothing."""
        path = self.folder / "verdicts" / ASKED
        rows = pq.read_table(path).to_pylist() if path.exists() else []
        read = (Asked(**{name: _tuple(value) for name, value in row.items()}) for row in rows)
        return {(one.remedy, one.part): one for one in read}

    @property
    def remedies(self) -> tuple[str, ...]:
        """The remedies that gave verdicts: those in force whose values were all set."""
        return tuple(dict.fromkeys(remedy for remedy, _ in self.asked))

    @property
    def tables(self) -> dict[str, Path]:
        """The kept table of each facts table that was asked."""
        names = dict.fromkeys(one.facts for one in self.asked.values())
        return {name: self.folder / "verdicts" / f"{name}.parquet" for name in names}

    def select(self, remedy: str, part: str, is_hashed: bool = False) -> str:
        """The SELECT of a part's verdicts as readers see them; with what they rest on where `is_hashed`."""
        one = self.asked[remedy, part]
        facts = f"({kept_rows(self.folder / 'facts' / f'{one.facts}.parquet')})" if is_hashed else ""
        return told_select(one, self._kept(one.facts), facts)

    def side_select(self, remedy: str) -> str:
        """The SELECT of what a remedy's three questions answered of each subject, side by side."""
        one = sides_of(self.asked)[remedy]
        return f"SELECT {columns(side_columns(one))} FROM {self._kept(one['enter'].facts)}"

    def _kept(self, facts: str) -> str:
        return f"read_parquet({file_list([self.tables[facts]])})"


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def asked_table(asked: Iterable[Asked]) -> pa.Table:
    """What a night asked, one row per part of a remedy."""
    return pa.Table.from_pylist([asdict(one) for one in asked], ASKED_SCHEMA)


def told_select(one: Asked, kept: str, facts: str = "") -> str:
    """The SELECT of a part's verdicts over its kept table: words, reasons and each condition by its name.

    With `facts` it tells a hash of the facts that each verdict rests on, too.
    """
    verdict = one.verdict
    told = {
        "remedy": quote(one.remedy),
        "part": quote(one.part),
        **{name: name for name in ("subject_id", *WHO)},
        "verdict": verdict_word(verdict),
        "because": one.because(),
        "guide_verdict": verdict_word(verdict if one.guide == one.acting else one.joined(one.guide)),
        "law_verdict": verdict_word(verdict if one.law == one.acting else one.joined(one.law)),
        "readings_differ": one.differs,
        "amount_cents": amount_of(one),
        **({"facts_hash": "facts_hash"} if facts else {}),
        **{f'"{name}"': one.column(name) for name in one.conditions},
    }
    hashed = f"(SELECT subject_id, {facts_hash(one.rests_on)} AS facts_hash FROM {facts})"
    # What was decided stays where its facts were purged, and has no hash of them.
    also = f" LEFT JOIN {hashed} USING (subject_id)" if facts else ""
    return f"SELECT {columns(told)} FROM {kept}{also}"


def sides_of(asked: Mapping[tuple[str, str], Asked]) -> dict[str, Sides]:
    """The three questions of each remedy, by part."""
    return {
        remedy: {part: asked[remedy, part] for part in PARTS}
        for remedy in dict.fromkeys(remedy for remedy, _ in asked)
    }


def side_columns(one: Sides) -> dict[str, str]:
    """SQL for what a remedy's three questions answered of a subject, side by side, by column."""
    enter, stay, release = (one[part] for part in PARTS)
    return {
        "remedy": quote(enter.remedy),
        **{name: name for name in ("subject_id", *WHO)},
        "enter_verdict": verdict_word(enter.verdict),
        "enter_because": enter.because(),
        "readings_differ": enter.differs,
        "stay_verdict": verdict_word(stay.verdict),
        "stay_because": stay.because(),
        "release_verdict": verdict_word(release.verdict),
        "release_because": release.because(),
        "release_readings_differ": release.differs,
        "amount_cents": amount_of(enter),
    }


def count_columns(asked: Iterable[Asked]) -> list[str]:
    """SQL for how often each of these parts said each verdict, and of how many guide and statute disagree."""
    return [
        f"count(*) FILTER ({one})"
        for part in asked
        for one in (part.verdict, f"NOT {part.verdict}", f"{part.verdict} IS NULL", part.differs)
    ]


def counts_of(asked: Iterable[Asked], row: Sequence[int]) -> dict[tuple[str, str], dict[str, int]]:
    """What `count_columns` counted, by remedy and part."""
    names = (*VERDICTS, "readings_differ")
    return {
        (one.remedy, one.part): dict(zip(names, row[place * len(names) :], strict=False))
        for place, one in enumerate(asked)
    }


def amount_of(one: Asked) -> str:
    """SQL for the amount in cents."""
    return f'"{one.amount}"' if one.amount else "CAST(NULL AS BIGINT)"


def verdict_word(column: str) -> str:
    """SQL for the word of a three-valued column."""
    return f"CASE WHEN {column} THEN 'flag' WHEN NOT {column} THEN 'clear' ELSE 'unknown' END"


def facts_hash(facts: tuple[str, ...], of: str = "") -> str:
    """SQL for a hash of the facts that a decision rests on; NULL and empty text differ."""
    parts = ", ".join(f"""'{one}=', coalesce('+' || CAST({of}"{one}" AS VARCHAR), '-')""" for one in facts)
    # Half of it tells any two decisions apart, and is half the bytes of every night.
    return f"left(sha256(concat_ws(chr(31), {parts})), 32)" if facts else "left(sha256(''), 32)"
