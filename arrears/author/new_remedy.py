"""What a new card takes of the library, and invented facts on which each condition decides alone."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from arrears import house
from arrears.author.sample import STATE, sample_nights
from arrears.config import Faults
from arrears.data.warehouse import attach_arrow, named, warehouse
from arrears.errors import ArrearsError
from arrears.law.catalog import Catalog
from arrears.law.conditions import AS_OF, Entry, Library, read_library
from arrears.law.examples import UNITS, Example, examples_table, fact_units, read_examples
from arrears.law.profile import Profile
from arrears.law.remedy import Card, Part
from arrears.law.truth import others
from arrears.sqltext import strings

Facts = dict[str, Any]
# A cent over the least amount that the examples set.
USUAL_AMOUNT = 100_01
# What ends an episode of nearly every remedy, where its facts tell it.
GROUNDS = ("paid_in_full", "wrong_person", "case_closed", "no_case_open")


@dataclass(frozen=True)
class Alone:
    """An example with one fact changed, in which one condition or ground decides alone."""

    part: Part
    name: str
    fact: str
    value: str

    @property
    def say(self) -> str:
        """What it shows, in words."""
        words = self.name.replace("_", " ")
        return words if self.part == "release" else f"all but {words}"


def card_parts(facts: str, amount: str, state: str, cards: Mapping[str, Card], known: Catalog) -> Facts:
    """What the templates of a card ask for: conditions, grounds, usual facts, and one changed at a time."""
    columns = _columns(facts, known)
    amount = _amount(facts, amount, columns, cards)
    units = {name: unit if unit in UNITS else "text" for name, unit in columns.items()}
    as_of = (sample_nights(state) or sample_nights(STATE))[-1]
    tries = Tries(units, Profile.load(house.RULES, state), as_of)
    library = read_library(house.RULES, known, Faults())
    taken = _protections(library, columns, cards, tries)
    grounds = [
        library[one] for one in GROUNDS if one in library and set(library[one].columns) <= set(columns)
    ]
    usual = {**_usual([*taken, *grounds], facts, cards), amount: USUAL_AMOUNT}
    usual = tries.settled(taken, usual, frozenset({amount}))
    # A protection that looks at the same amount holds afterwards alone: at entry the least says more.
    at_stay = [one for one in taken if amount in one.columns]
    alone = tries.alone("enter", [one for one in taken if one not in at_stay], taken, usual)
    alone += tries.alone("stay", at_stay, taken, usual)
    ends = tries.alone("release", grounds, grounds, usual)
    return {
        "amount": amount,
        "as_of": as_of,
        "taken": [{"name": one.name, "at": "stay" if one in at_stay else ""} for one in taken],
        "own_at": "enter" if at_stay else "",
        "rests_on": list(dict.fromkeys(fact for one in taken for fact in one.columns)) or [amount],
        "usual": [(name, written(value, units[name])) for name, value in usual.items()],
        "alone": alone + ends,
        "grounds": [one.name for one in ends],
    }


def _columns(facts: str, known: Catalog) -> dict[str, str]:
    if facts not in (known.facts or {}):
        there = ", ".join(sorted(known.facts or {}))
        raise ArrearsError(f"There is no table of facts {facts}", "--facts", f"Give one of {there}")
    return known.columns(facts) or {}


def _amount(facts: str, amount: str, columns: Mapping[str, str], cards: Mapping[str, Card]) -> str:
    """The fact in cents that the card states: as given, or the one that other cards state most."""
    cents = [name for name, unit in columns.items() if unit == "cents"]
    if amount and amount not in cents:
        raise ArrearsError(
            f"{amount} is not an amount of {facts}",
            "--amount",
            f"Give one of {', '.join(cents) or 'another table'}",
        )
    if not cents:
        raise ArrearsError(f"{facts} holds no amount", "--facts", "Give a table of facts that holds one")
    stated = Counter(card.amount for card in cards.values())
    return amount or max(cents, key=lambda name: (stated[name], -cents.index(name)))


def _protections(
    library: Library, columns: Mapping[str, str], cards: Mapping[str, Card], tries: "Tries"
) -> list[Entry]:
    """For each thing that these facts could protect, the condition that most cards take.

    One that singles nothing out by a word comes before one that does: it protects more.
    """
    often = Counter(
        name for card in cards.values() for name in {one.name for one in card.conditions["enter"]}
    )
    found: dict[str, Entry] = {}

    def rank(one: Entry) -> tuple[bool, int]:
        return not strings(one.sql), often[one.name]

    for one in library.values():
        of = one.protects
        fits = set(one.columns) <= set(columns) and not one.is_about and tries.can_ask(one)
        if of not in ("", one.name) and fits and (of not in found or rank(one) > rank(found[of])):
            found[of] = one
    return list(found.values())


def _usual(entries: Sequence[Entry], facts: str, cards: Mapping[str, Card]) -> Facts:
    """The value that each fact has most often where a card's example is flagged, of the same table if any."""
    asked = list(dict.fromkeys(fact for one in entries for fact in one.columns))
    seen: dict[str, Counter[str]] = {name: Counter() for name in asked}
    values: dict[tuple[str, str], Any] = {}
    for card in cards.values():
        for one in read_examples(card, house.RULES, fact_units(card, house.RULES), Faults()):
            if one.part != "enter" or one.then != "flag":
                continue
            for name in (name for name in asked if one.facts.get(name) is not None):
                value = one.facts[name]
                seen[name][repr(value)] += 1000 if card.facts == facts else 1
                values[name, repr(value)] = value
    return {name: values[name, seen[name].most_common(1)[0][0]] if seen[name] else None for name in asked}


@dataclass
class Tries:
    """Asks conditions of invented facts, by the law of a state on a day."""

    units: Mapping[str, str]
    profile: Profile
    as_of: date
    params: Facts = field(default_factory=dict)

    def can_ask(self, entry: Entry) -> bool:
        """Whether every value that a condition needs is set in the state."""
        return all(self.profile.plain(key, self.as_of) is not None for key in entry.needs.values())

    def answers(self, entries: Sequence[Entry], rows: Sequence[Facts]) -> list[dict[str, bool | None]]:
        """Each row's answer to each condition."""
        examples = [
            Example(at, "", "enter", self.profile.state, self.as_of, None, row, "flag", None, None)
            for at, row in enumerate(rows)
        ]
        columns = "".join(f', {one.sql} AS "{one.name}"' for one in entries)
        select = f"SELECT subject_id{columns} FROM tried ORDER BY subject_id"
        bound = {AS_OF: self.as_of}
        for one in entries:
            bound |= {name: self.profile.plain(key, self.as_of) for name, key in one.needs.items()}
        with warehouse() as con:
            attach_arrow(con, "tried", examples_table(examples, dict(self.units)))
            told = con.execute(select, named(select, bound)).to_arrow_table()
        return [{name: row[name] for name in row if name != "subject_id"} for row in told.to_pylist()]

    def changed(self, entry: Entry, usual: Facts) -> list[tuple[str, Any]]:
        """Other values of each fact that a condition reads."""
        hints = {*strings(entry.sql), *(self.profile.plain(key, self.as_of) for key in entry.needs.values())}
        ways = [
            (name, value)
            for name in entry.columns
            for value in others(self.units[name], usual.get(name), hints, self.as_of)
        ]
        return sorted(ways, key=lambda way: abs(way[1]) if isinstance(way[1], int) else 0)

    def settled(self, entries: Sequence[Entry], usual: Facts, kept: frozenset[str]) -> Facts:
        """The facts, changed where it takes that for every condition to hold."""
        for _ in range(len(entries) + 1):
            [now] = self.answers(entries, [usual])
            wrong = [one for one in entries if now[one.name] is not True]
            if not wrong:
                return usual
            ways = [
                (name, value) for one in wrong for name, value in self.changed(one, usual) if name not in kept
            ]
            rows = [{**usual, name: value} for name, value in ways]
            holds = [sum(one is True for one in row.values()) for row in self.answers(entries, rows)]
            usual = rows[holds.index(max(holds))]
        left = ", ".join(one.name for one in wrong)
        raise ArrearsError(
            f"No facts were found on which {left} holds",
            "--facts",
            "Give another table, or write the card by hand",
        )

    def alone(
        self, part: Part, entries: Sequence[Entry], every: Sequence[Entry], usual: Facts
    ) -> list[Alone]:
        """For each condition an example that it alone decides, where one fact can do that."""
        found: list[Alone] = []
        wanted = part == "release"
        for one in entries:
            ways = self.changed(one, usual)
            for (name, value), row in zip(
                ways, self.answers(every, [{**usual, name: value} for name, value in ways]), strict=True
            ):
                if [of for of, answer in row.items() if answer is wanted] == [
                    one.name
                ] and None not in row.values():
                    found.append(Alone(part, one.name, name, written(value, self.units[name])))
                    break
        return found


def written(value: Any, unit: str) -> str:
    """A fact's value as an example writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if unit == "cents" and value >= 100:
        return f"{value // 100}_{value % 100:02d}"
    if isinstance(value, list):
        return f"[{', '.join(value)}]"
    if isinstance(value, str):
        return value if value.isidentifier() else json.dumps(value)
    return str(value)
