"""Whether each sentence that promises an act names what makes it, and that does.

A condition, a kind of line or a deadline that tells a reader what is done next says under `follows` which
step, kind of line or deadline does it. What is named has to be there, be in use where the sentence is, and
rest on what the sentence is about; else the desk would wait for something that nobody does.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from arrears.law.deadlines import load_deadlines
from arrears.law.profile import Profile
from arrears.law.remedy import PARTS, Card
from arrears.law.work import load_kinds

# Words that promise wherever they stand, and those that do so only after the first clause.
_A_PERSON = re.compile(
    r"\ba (?:person|caseworker|supervisor) (?:first )?(?:looks|decides|says|asks|works|sees|has to)\b",
    re.IGNORECASE,
)
_ANYWHERE = re.compile(r"\bhas to be \w+|\bduty to\b|\bautomatically once\b")
_AFTERWARDS = re.compile(
    r"\b(?:is|are) (?:asked|billed|demanded|located|looked at|referred|sent|taken first|told|withheld)\b"
    r"|\bwaits for (?:its|your)\b|\bcurrent support only\b"
)
_CLAUSES = re.compile(r"[;.] ")

# Which way (`steps`, `work`, `deadlines`) and the name there.
Maker = tuple[str, str]


@dataclass(frozen=True)
class Place:
    """Something that speaks: its sentences, the facts that it is about, and what it says follows."""

    where: str
    sentences: tuple[str, ...]
    follows: Mapping[str, tuple[str, ...]]
    table: str
    about: frozenset[str]
    # Where it speaks; empty for what opens only on its own facts, whatever the state.
    states: tuple[str, ...] = ()

    @property
    def named(self) -> list[Maker]:
        """Each thing that it says follows."""
        return [(way, name) for way, names in self.follows.items() for name in names]

    @property
    def promise(self) -> str | None:
        """The words that promise an act, or None where it promises none."""
        is_a_line = self.where.startswith("work.")
        return next((found for one in self.sentences if (found := promise(one, is_a_line))), None)


def promise(sentence: str, is_a_line: bool = False) -> str | None:
    """The words of a sentence that promise an act, or None where it promises none.

    What a person does with a line of the work list is the line itself.
    """
    found = _ANYWHERE.search(sentence) or (None if is_a_line else _A_PERSON.search(sentence))
    later = (_AFTERWARDS.search(clause) for clause in _CLAUSES.split(sentence)[1:])
    told = found or next((one for one in later if one), None)
    return told.group() if told else None


def promise_faults(
    rules_dir: Path, profiles: Mapping[str, Profile], cards: Mapping[str, Card]
) -> tuple[int, list[str]]:
    """How many places promise an act, and a fault for each whose act nobody makes."""
    lines = list(_lines(rules_dir))
    said = [*_conditions(profiles, cards), *lines]
    makers = {("work" if one.where.startswith("work.") else "deadlines", _name(one)): one for one in lines}
    steps = {("steps", f"{card.remedy}.{one.step}") for card in cards.values() for one in card.steps}
    faults = [fault for one in said for fault in _faults(one, makers, steps, profiles)]
    return sum(one.promise is not None for one in said), faults


def _faults(
    one: Place, makers: Mapping[Maker, Place], steps: set[Maker], profiles: Mapping[str, Profile]
) -> Iterator[str]:
    if one.promise and not one.named:
        yield f'{one.where}: "{one.promise}" promises an act; say under follows what makes it'
    missing = [maker for maker in one.named if maker not in makers and maker not in steps]
    for way, name in missing:
        yield f"{one.where}: follows names {name}, which is none of {way}"
    if not one.named or missing:
        return
    lines = [makers[maker] for maker in one.named if maker in makers]
    if len(lines) == len(one.named) and not any(
        one.table == made.table or one.about & made.about for made in lines
    ):
        yield f"{one.where}: what follows rests on nothing that the sentence is about"
    remedies = {name.partition(".")[0] for way, name in one.named if way == "steps"}
    in_use = {state: {used.remedy for used in profiles[state].in_force} for state in one.states}
    if not lines and (off := [state for state in one.states if not remedies & in_use[state]]):
        yield f"{one.where}: nothing that follows is in use in {', '.join(off)}"


def _conditions(profiles: Mapping[str, Profile], cards: Mapping[str, Card]) -> Iterator[Place]:
    """The conditions of every card, with the states in which it is in force."""
    for card in cards.values():
        states = tuple(
            state
            for state, profile in profiles.items()
            if card.remedy in {used.remedy for used in profile.in_force}
        )
        for part in PARTS:
            for one in card.conditions[part]:
                where = f"{card.remedy}.{part}.{one.name}"
                said = (one.say, one.say_not)
                yield Place(where, said, one.follows, card.facts, frozenset(one.facts), states)


def _lines(rules_dir: Path) -> Iterator[Place]:
    """The kinds of lines and the deadlines: they speak, and they are what a promise may name."""
    for one in load_kinds(rules_dir).values():
        said = (one.say, one.do)
        yield Place(f"work.{one.kind}", said, one.follows, one.facts, frozenset(one.reads))
    for due in load_deadlines(rules_dir).values():
        name = f"deadlines.{due.deadline}"
        yield Place(name, (due.say,), due.follows, due.facts, frozenset(due.reads))


def _name(one: Place) -> str:
    return one.where.partition(".")[2]
