"""Runs the worked examples beside a remedy: invented facts in, the expected verdict out.

    jurisdiction: me
    as_of: 2025-03-02
    usual: {unpaid_since_on: 2024-12-01}            # facts of every example; others are not known
    usual_of: {release: {enforceable_cents: 0}}     # more of them for one part
    examples:
      - {say: sixty days exactly, but: {unpaid_since_on: 2025-01-01}, then: flag}
      - {say: nothing owed, part: release, then: flag, because: []}

A file, or one example, may `set: {key: value}` where the agency has set none yet or no state has another.
`not_in_force_yet: true` runs the examples of a card that no state has in force, as if theirs had.
`then: off` says that the remedy does not run that day. `part` is enter unless said; `reading: law` asks what
the law's triggers would say; `parts: true` says that the two readings part. All examples of a card run in one
query through its own SQL.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from arrears import house
from arrears.config import Faults, Node, is_day, read_yaml
from arrears.data.warehouse import Connection, attach_arrow, lent
from arrears.errors import safe_path
from arrears.law.catalog import KEYS, described_facts
from arrears.law.decide import verdict_select, why_off
from arrears.law.profile import Profile, Reading
from arrears.law.profile_files import remedies_in_force, states
from arrears.law.remedy import PARTS, Card, Part
from arrears.law.verdicts import VERDICTS
from arrears.values import unit_said

UNITS = ("cents", "days", "count", "date", "yes_no", "text", "list")
_DO = "Correct these examples, or the rule that they show to be wrong"


# What becomes of an example of a day on which the remedy is not in force, or lacks a value.
OFF = "off"
# A state, values that an example sets, and the remedy that is put in force for its examples alone.
Law = tuple[str, tuple[tuple[str, Any], ...], str]


@dataclass(frozen=True)
class Example:
    """One invented subject and the verdict that the law expects for it."""

    number: int
    say: str
    part: Part
    jurisdiction: str
    as_of: date
    reading: Reading | None
    facts: dict[str, Any]
    then: str
    because: tuple[str, ...] | None
    parts: bool | None
    given: tuple[tuple[str, Any], ...] = ()
    # The remedy, where no state has it in force and it is asked as if this one had.
    put_in_force: str = ""

    @property
    def law(self) -> Law:
        """The law that it asks: of a state, with the values that it sets."""
        return self.jurisdiction, self.given, self.put_in_force

    @property
    def subject_id(self) -> str:
        """The name of its row."""
        return f"example-{self.number:03d}"


@dataclass(frozen=True)
class Outcome:
    """What an example came to."""

    example: Example
    verdict: str
    because: tuple[str, ...]
    readings_differ: bool

    @property
    def fault(self) -> str | None:
        """What differs from the expectation, or None."""
        wanted, told = self.example, []
        if self.verdict != wanted.then:
            told.append(f"is {self.verdict} ({', '.join(self.because)}) instead of {wanted.then}")
        if wanted.because is not None and set(self.because) != set(wanted.because):
            told.append(f"because {list(self.because)} instead of {list(wanted.because)}")
        if wanted.parts is not None and self.readings_differ != wanted.parts:
            told.append(f"the readings {'disagree' if self.readings_differ else 'agree'}")
        return f"{wanted.part}, {wanted.say}: " + "; ".join(told) if told else None


@dataclass(frozen=True)
class Worked:
    """Worked examples, the units of the facts that are asked, the law that the examples ask; their faults."""

    examples: list[Example]
    units: dict[str, str]
    profiles: Mapping[Law, Profile]
    faults: Faults


def worked(card: Card, rules_dir: Path) -> Worked:
    """The examples in a card's folder with what they need."""
    units, faults = fact_units(card, rules_dir), Faults()
    examples = read_examples(card, rules_dir, units, faults)
    profiles = {} if faults.found else profiles_of(rules_dir, examples)
    return Worked(examples, read_units(card, units), profiles, faults)


def check_examples(card: Card, given: Worked, con: Connection | None = None) -> list[Outcome]:
    """The outcome of every example of a card; one `RuleFault` lists all that came out otherwise.

    An example that could not run is a fault, never a pass.
    """
    where = safe_path(card.folder / "examples.yml")
    given.faults.raise_any(where, _DO)
    faults = Faults()
    outcomes = run_examples(card, given, faults, con)
    for one in outcomes:
        if one.fault:
            faults.add(where, one.fault)
    faults.raise_any(where, _DO)
    return outcomes


def examples_fail(card: Card, given: Worked, con: Connection | None = None) -> bool:
    """Whether an example of a card comes out otherwise, or cannot run."""
    faults = Faults()
    outcomes = run_examples(card, given, faults, con)
    return bool(faults.found) or any(one.fault for one in outcomes)


def fact_units(card: Card, rules_dir: Path) -> dict[str, str]:
    """The unit of each column of a card's facts table, as `facts.yml` gives it."""
    described = described_facts(house.transforms_of(rules_dir) / "facts") or {}
    units = dict.fromkeys(KEYS, "text")
    for name, told in described.get(card.facts, {}).items():
        unit = str(told.get("unit"))
        units[name] = unit if unit in UNITS else "text"
    for name in (*card.facts_read, *card.rests_on, *([card.amount] if card.amount else [])):
        units.setdefault(name, _by_name(name))
    return units


def read_units(card: Card, units: Mapping[str, str]) -> dict[str, str]:
    """Of the units of a facts table those that a card reads, with what a single state adds to it."""
    added = (fact for one in card.added.values() for fact in one.condition.facts)
    read = {*KEYS, *card.facts_read, *added, *card.rests_on, card.amount}
    return {name: unit for name, unit in units.items() if name in read}


def _by_name(name: str) -> str:
    """The unit that a column's name tells, for a facts table that is not described yet."""
    patterns = {"_cents$": "cents", "_on$": "date", "_id$|_class$|_src$": "text", "days|count|times": "count"}
    patterns |= {"remedies$|_about$|^cases$": "list", "": "yes_no"}
    return next(unit for pattern, unit in patterns.items() if re.search(pattern, name))


def read_examples(card: Card, rules_dir: Path, units: dict[str, str], faults: Faults) -> list[Example]:
    """The examples in a card's folder; faults go to the list."""
    root = read_yaml(card.folder / "examples.yml", faults)
    known = tuple(states(rules_dir))
    jurisdiction, as_of = root.one_of("jurisdiction", "state", known), root.take("as_of", kind="day")
    usual = read_facts(root.node("usual", required=False), units)
    usual_of: dict[str, dict[str, Any]] = {}
    more = root.node("usual_of", required=False)
    for part in PARTS:
        usual_of[part] = {**usual, **read_facts(more.node(part, required=False), units)}
    more.done()
    given = read_set(root)
    draft = card.remedy if root.boolean("not_in_force_yet") else ""
    if draft and draft in remedies_in_force(rules_dir):
        root.fault(f"{draft} is in force in a state by now; take not_in_force_yet away")
    made: list[Example] = []
    for number, one in enumerate(root.nodes("examples"), 1):
        part = cast("Part", one.text("part", required=False, choices=PARTS, otherwise="enter"))
        reading = one.text("reading", required=False, choices=("guide", "law")) or None
        told = one.take("as_of", required=False, kind="day") or as_of
        if not is_day(told):
            one.fault("as_of must be a day")
        made.append(
            Example(
                number=number,
                say=one.text("say"),
                part=part,
                jurisdiction=one.one_of("jurisdiction", "state", known, required=False) or jurisdiction,
                as_of=told,
                reading=cast("Reading | None", reading),
                facts={**usual_of[part], **read_facts(one.node("but", required=False), units)},
                then=one.text("then", choices=(*VERDICTS, OFF)),
                because=_because(one, card, part),
                parts=one.boolean("parts") if one.has("parts") else None,
                given=as_given({**given, **read_set(one)}),
                put_in_force=draft,
            )
        )
        one.take("parts", required=False)
        one.done()
    root.done()
    for verdict in VERDICTS:
        if verdict not in {one.then for one in made if one.part == "enter"}:
            root.fault(f"no example of the part enter comes to {verdict}")
    return made


def read_set(node: Node) -> dict[Any, Any]:
    """The values of the law that are set for an example, by key."""
    values = node.node("set", required=False)
    return {key: values.take(key) for key in values.names()}


def as_given(values: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Values that are set, as something that can be compared."""
    return tuple(
        (str(key), tuple(value) if isinstance(value, list) else value)
        for key, value in sorted(values.items(), key=str)
    )


def _because(one: Node, card: Card, part: Part) -> tuple[str, ...] | None:
    names = one.texts("because", required=False)
    for name in names:
        added = {one.condition.name for one in card.added.values() if one.at in ("", part)}
        if name not in {condition.name for condition in card.conditions[part]} | added:
            one.fault(f"because names {name}, which is not a condition of {part}")
    return names if one.has("because") else None


def read_facts(node: Node, units: Mapping[str, str]) -> dict[str, Any]:
    """The facts that an example gives, each of them known and of its unit."""
    found: dict[str, Any] = {}
    for name in node.names():
        value = node.take(name)
        if name not in units:
            node.fault(f"{name} is not a fact")
            continue
        if value is not None and not _fits(value, units[name]):
            node.fault(f"{name} is {value!r}, which is not {unit_said(units[name])}")
            continue
        found[name] = value
    return found


def _fits(value: Any, unit: str) -> bool:
    if unit == "yes_no":
        return isinstance(value, bool)
    if unit in ("cents", "days", "count"):
        return isinstance(value, int) and not isinstance(value, bool)
    if unit == "list":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return is_day(value) if unit == "date" else isinstance(value, str)


def examples_table(examples: list[Example], units: dict[str, str]) -> pa.Table:
    """The invented facts, one row per example; a fact that none of them tells is not known."""
    whole, text = pa.int64(), pa.string()
    types = {"cents": whole, "days": whole, "count": whole, "date": pa.date32(), "yes_no": pa.bool_()}
    types |= {"text": text, "list": pa.list_(text)}
    rows = [
        {"case_id": f"C{one.number:03d}", "person_id": f"P{one.number:03d}", **one.facts}
        | {"subject_id": one.subject_id}
        for one in examples
    ]
    return pa.table(
        {name: pa.array([row.get(name) for row in rows], types[unit]) for name, unit in units.items()}
    )


def run_examples(asked: Card, given: Worked, faults: Faults, con: Connection | None = None) -> list[Outcome]:
    """What each example comes to, from one query over the card's own SQL."""
    examples, profiles = given.examples, given.profiles
    outcomes: list[Outcome] = []
    queries: list[str] = []
    params: dict[str, Any] = {}
    for number, group in enumerate(_groups(examples)):
        first = group[0]
        profile = profiles[first.law]
        card = asked.here(profile, first.as_of)
        off = why_off(profile, card, first.as_of)
        if off is not None:
            outcomes += [Outcome(one, OFF, (), False) for one in group if one.then == OFF]
            for one in (one for one in group if one.then != OFF):
                faults.add(safe_path(card.folder / "examples.yml"), f"{one.say}: {off}")
            continue
        reading = first.reading or profile.reading(card.remedy, first.as_of)
        waived = profile.waivers(card.remedy, first.as_of)
        bound = card.params(profile, first.as_of, first.part)
        text = verdict_select(card, first.part, reading, waived)
        for name, value in bound.items():
            text = re.sub(rf"\${name}\b", f"${name}_{number}", text)
            params[f"{name}_{number}"] = value
        names = ", ".join(f"'{one.subject_id}'" for one in group)
        queries.append(
            f"SELECT subject_id, verdict, because, readings_differ FROM ({text})"
            f" WHERE subject_id IN ({names})"
        )
    by_subject = {one.subject_id: one for one in examples}
    if not queries:
        return outcomes
    with lent(con) as con:
        attach_arrow(con, asked.relation, examples_table(examples, given.units))
        rows = con.execute(" UNION ALL ".join(queries) + " ORDER BY subject_id", params).fetchall()
    outcomes += [Outcome(by_subject[row[0]], row[1], tuple(row[2]), bool(row[3])) for row in rows]
    return sorted(outcomes, key=lambda one: one.example.number)


def profiles_of(rules_dir: Path, examples: list[Example]) -> dict[Law, Profile]:
    """The profile of each law that examples ask, with what they set."""
    asked = dict.fromkeys(one.law for one in examples)
    found = {}
    for law in asked:
        state, given, remedy = law
        profile = Profile.load(rules_dir, state).with_values(dict(given))
        found[law] = profile.with_remedy(remedy) if remedy else profile
    return found


def _groups(examples: list[Example]) -> Iterator[list[Example]]:
    grouped: dict[tuple[Any, ...], list[Example]] = {}
    for one in examples:
        grouped.setdefault((one.part, one.law, one.as_of, one.reading), []).append(one)
    yield from grouped.values()
