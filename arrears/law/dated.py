"""Whether worked examples stand on each side of every day on which the law changes.

A value that has another one from a day, a condition that a state waives or adds from or until a day: were the
day another one, a day earlier or later, an example has to come out otherwise.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, TypeVar

from arrears.data.warehouse import Connection, lent
from arrears.law.examples import Worked
from arrears.law.profile import Added, Profile, Waiver
from arrears.law.profile_files import FEDERAL
from arrears.law.remedy import AS_OF, PARTS, Card

Spanned = TypeVar("Spanned", Waiver, Added)
What = Literal["value", "waiver", "addition"]
SHIFTS = (1, -1)
# How far from a day on which the law changes an example may stand to tell of it: a value may be yesterday's.
_NEAR = timedelta(days=3)


@dataclass(frozen=True)
class Asked:
    """A card, or a count seen as one, its examples, and whether any comes out otherwise than it says."""

    card: Card
    given: Worked
    fails: Callable[[Worked, Connection | None], bool]


@dataclass(frozen=True)
class Change:
    """A day on which the law changes: in which file, what, which of its versions or places, which end."""

    state: str
    what: What
    name: str
    number: int
    on: date
    is_end: bool = False

    def __str__(self) -> str:
        end = "until" if self.is_end else "from"
        return f"{self.state}: {self.what} of {self.name} {end} {self.on}"

    def concerns(self, card: Card) -> bool:
        """Whether a card could come out otherwise by it."""
        if self.what != "value":
            return self.name.split(".")[0] == card.remedy
        needs = {*card.needs.values(), *(key for one in card.added.values() for key in one.needs.values())}
        return self.name in needs

    def moved(self, profile: Profile, days: int) -> Profile:
        """The law with this day moved; a law that does not have it stays as it is."""
        day = self.on + timedelta(days)
        if self.what == "value":
            versions = list(profile.values.get(self.name, ()))
            if self.number >= len(versions) or versions[self.number].from_on != self.on:
                return profile
            versions[self.number] = replace(versions[self.number], from_on=day)
            return replace(profile, values={**profile.values, self.name: tuple(versions)})
        if profile.state != self.state:
            return profile
        if self.what == "waiver":
            return replace(profile, waived=tuple(self._ends(profile.waived, day)))
        return replace(profile, added=tuple(self._ends(profile.added, day)))

    def _ends(self, every: Iterable[Spanned], day: date) -> Iterator[Spanned]:
        for number, one in enumerate(every):
            if number != self.number:
                yield one
            else:
                yield replace(one, until_on=day) if self.is_end else replace(one, from_on=day)


def changes(profiles: Mapping[str, Profile], asked: Iterable[Asked]) -> list[Change]:
    """Each day on which a value that conditions read, a waiver or an addition of a state begins or ends."""
    every = list(asked)
    found: dict[Change, None] = {}
    for state, profile in profiles.items():
        used = {one.remedy for one in profile.in_force}
        here = [one.card for one in every if one.card.is_count or one.card.remedy in used]
        keys = {key for card in here for key in keys_read(card)}
        for key in sorted(keys & profile.values.keys()):
            for number, version in enumerate(profile.values[key]):
                if number and version.from_on is not None:
                    found[Change(version.jurisdiction, "value", key, number, version.from_on)] = None
        # What holds since the remedy does changes nothing on its day.
        begins = {one.remedy: one.from_on for one in profile.in_force}
        found |= dict.fromkeys(_ends(state, "waiver", profile.waived, begins))
        found |= dict.fromkeys(_ends(state, "addition", profile.added, begins))
    return list(found)


def _ends(
    state: str, what: What, spans: Iterable[Waiver | Added], begins: Mapping[str, date | None]
) -> Iterator[Change]:
    for number, one in enumerate(spans):
        name = f"{one.remedy}.{one.condition}"
        if one.from_on is not None and one.from_on > (begins.get(one.remedy) or date.min):
            yield Change(state, what, name, number, one.from_on)
        if one.until_on is not None:
            yield Change(state, what, name, number, one.until_on, is_end=True)


def keys_read(card: Card) -> set[str]:
    """The keys of the values that the conditions of a card read, with those that a state adds."""
    own = [(one, card.needs) for part in PARTS for one in card.conditions[part]]
    added = [(one.condition, one.needs) for one in card.added.values()]
    return {needs[word] for one, needs in (*own, *added) for word in one.params - {AS_OF}}


def is_noticed(change: Change, days: int, asked: Iterable[Asked], con: Connection | None = None) -> bool:
    """Whether an example comes out otherwise where the law changes so many days later."""
    with lent(con) as con:
        for one in asked:
            if not change.concerns(one.card):
                continue
            near = [
                example
                for example in one.given.examples
                if abs(example.as_of - change.on) <= _NEAR and change.state in (FEDERAL, example.jurisdiction)
            ]
            if not near:
                continue
            laws = {example.law for example in near}
            profiles = {
                law: change.moved(profile, days) for law, profile in one.given.profiles.items() if law in laws
            }
            if one.fails(replace(one.given, examples=near, profiles=profiles), con):
                return True
    return False


def unsided(
    profiles: Mapping[str, Profile],
    asked: Iterable[Asked],
    con: Connection | None = None,
) -> list[str]:
    """Each day on which the law changes without an example of the first day of it and of the day before."""
    every = list(asked)
    return [
        f"{change}: nothing tells this day; give an example of {_side(change, days)}"
        for change in changes(profiles, every)
        for days in SHIFTS
        if not is_noticed(change, days, every, con)
    ]


def _side(change: Change, days: int) -> str:
    later = days > 0
    if change.is_end:
        return "the day after" if later else "that day"
    return "that day" if later else "the day before"
