"""What the law and the agency say in one state: dated, cited values over the federal ones.

`rules/jurisdictions/us.yml` holds federal values, `<st>.yml` a state's own, `rules/sources.yml` where
each was read. A state's key replaces the federal key of the same name, all its dates together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

from arrears.days import Calendar
from arrears.errors import RuleFault
from arrears.law.citations import Source, source_of
from arrears.values import unit_said

Reading = Literal["guide", "law"]
Standing = Literal["guide", "law", "both", "policy"]

ALWAYS = "start-not-established"
UNSET, NONE, ENDED = "unset", "none", "ended"
# Of which day a value is asked, in days from the night: what belongs to a time that ended with yesterday is
# judged by the law of that time.
ASKED = {"tonight": 0, "yesterday": -1}


def requested_day(word: str, as_of: date) -> date:
    """The day that a list of values means by a word such as `yesterday`."""
    return as_of + timedelta(days=ASKED[word])


class NotYet(RuleFault):
    """A value of which only a later law is known: nobody can say what held on the day."""


class UnsetValue(RuleFault):
    """A value that nobody has set: the remedy that needs it is off until somebody does."""


@dataclass(frozen=True)
class Allowed:
    """What a value may be: its unit, the least number, and the words where a rule reads only some."""

    unit: str
    least: int = 0
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        """In words for a message, such as `one of night, order`."""
        if self.words:
            return f"{'a list' if self.unit == 'list' else 'one'} of {', '.join(self.words)}"
        return f"a whole number from {self.least} up" if self.least else unit_said(self.unit)


@dataclass(frozen=True)
class Value:
    """A legal or policy value as it stands on a day, with what it rests on."""

    key: str
    value: Any
    unit: str
    cites: tuple[str, ...]
    reading: str | None
    from_on: date | None
    standing: Standing
    jurisdiction: str = ""
    # The sentence of a source on which it rests, word for word.
    quote: str = ""
    # What the value is called where its key says too little.
    title: str = ""
    # What `none` means where it is more than that no value is set: no limit, no floor.
    none_means: str = ""
    allowed: Allowed | None = None

    @property
    def called(self) -> str:
        """What people call the value: its title, else the words of its key."""
        words = self.key.replace(".", " ").replace("_", " ")
        return self.title or words[:1].upper() + words[1:]


@dataclass(frozen=True)
class Waiver:
    """A condition of a remedy or count that one state does not ask for; it is still computed and shown."""

    remedy: str
    condition: str
    from_on: date | None
    until_on: date | None
    why: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Added:
    """A condition that one state asks for beside those of a remedy or count; `body` is how it is written."""

    state: str
    number: int
    remedy: str
    condition: str
    from_on: date | None
    until_on: date | None
    why: str
    cites: tuple[str, ...]
    body: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, int]:
        """Which of all additions of all states it is."""
        return self.state, self.number


@dataclass(frozen=True)
class InForce:
    """Since when a state uses a remedy, and which reading of its triggers acts from which day."""

    remedy: str
    from_on: date | None
    until_on: date | None
    acts: tuple[tuple[date | None, Reading], ...]
    cites: tuple[str, ...]


@dataclass(frozen=True)
class ExpectedFeed:
    """A feed that a state expects: how often, where not as usual, and whether a night waits for it."""

    feed: str
    required: bool
    cadence: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Profile:
    """One state's law, calendar and partners, over the federal values."""

    state: str
    name: str
    fips: str
    postal_code: str
    timezone: str
    night_at: str
    holidays: Mapping[date, str]
    values: Mapping[str, tuple[Value, ...]]
    sources: Mapping[str, Source]
    in_force: tuple[InForce, ...]
    waived: tuple[Waiver, ...]
    partners: Mapping[str, Mapping[str, Any]]
    feeds: Mapping[str, ExpectedFeed]
    added: tuple[Added, ...] = ()

    @classmethod
    def load(cls, rules_dir: Path, state: str) -> "Profile":
        """The profile of a state, by its two letters; one `RuleFault` lists every fault of its files."""
        from arrears.law.profile_files import read_profile

        return read_profile(rules_dir, state)

    def value(self, key: str, on: date) -> Value:
        """The value in force on a day: the last one dated on or before it.

        Raises `UnsetValue` where it is marked unset, `RuleFault` where no value is in force: never zero.
        A value of `none` (no limit) is None.
        """
        found = self.value_or_unset(key, on)
        if found.value == UNSET:
            raise UnsetValue(f"{key} is not set", f"{self.state} on {on}", "Set it, with its citation")
        return found

    def unit(self, key: str) -> str:
        """The unit of a value, whatever the day; nothing where no value goes by that key."""
        versions = self.values.get(key)
        return versions[-1].unit if versions else ""

    def value_or_unset(self, key: str, on: date) -> Value:
        """The value in force on a day for people to read, where `unset` is an answer, too."""
        where = f"{self.state} on {on}"
        if key not in self.values:
            raise RuleFault(f"There is no value {key}", where, "Add it to the jurisdiction's file")
        known = _known(self.values[key], on)
        if not known:
            raise NotYet(
                f"No value of {key} is in force yet", where, "Add the value of that day, with its citation"
            )
        if known[-1].value == ENDED:
            raise RuleFault(f"{key} ended on {known[-1].from_on}", where, "Do not use it from that day")
        return known[-1]

    def plain(self, key: str, on: date) -> Any:
        """The bare value on a day for SQL; None means no limit, and also what this state does not have.

        Raises `NotYet` where only a later law is known: what held on the day is missing, and not "no limit".
        """
        try:
            found = self.value(key, on).value
        except NotYet:
            raise
        except RuleFault:
            return None
        return list(found) if isinstance(found, tuple) else found

    def spans(self, key: str) -> list[tuple[date, date, Any]]:
        """The values of a key with their first and last day, for rows that each ask of a day of their own."""
        versions = self.values.get(key, ())
        firsts = [one.from_on or date.min for one in versions]
        lasts = [first - timedelta(days=1) for first in firsts[1:]] + [date.max]
        return [
            (first, last, one.value)
            for first, last, one in zip(firsts, lasts, versions, strict=True)
            if one.value not in (UNSET, ENDED)
        ]

    def with_values(self, given: Mapping[str, Any]) -> "Profile":
        """This profile with other values in force on every day; a key that it does not have is refused."""
        if unknown := sorted(given.keys() - self.values.keys()):
            raise RuleFault(
                f"There is no value {', '.join(unknown)}", self.state, "Name a value of the profile"
            )
        changed = {
            key: (replace(self.values[key][-1], value=value, from_on=None),) for key, value in given.items()
        }
        return replace(self, values={**self.values, **changed})

    def with_remedy(self, remedy: str) -> "Profile":
        """This profile with one remedy more in force, on every day."""
        return replace(self, in_force=(*self.in_force, InForce(remedy, None, None, (), ())))

    def standing_on(self, on: date) -> "Profile":
        """This profile with one day's law in force on every day: values, remedies, readings, conditions."""
        values = {}
        for key, versions in self.values.items():
            known = _known(versions, on)
            # What does not hold yet must not hold on any day.
            values[key] = (
                replace(known[-1], from_on=None) if known else replace(versions[0], from_on=date.max),
            )
        in_force = tuple(
            replace(one, from_on=None, until_on=None, acts=((None, self.reading(one.remedy, on)),))
            for one in self.in_force
            if _holds(one.from_on, one.until_on, on)
        )
        waived = tuple(
            replace(one, from_on=None, until_on=None)
            for one in self.waived
            if _holds(one.from_on, one.until_on, on)
        )
        added = tuple(
            replace(one, from_on=None, until_on=None)
            for one in self.added
            if _holds(one.from_on, one.until_on, on)
        )
        return replace(self, values=values, in_force=in_force, waived=waived, added=added)

    def in_force_on(self, on: date) -> dict[str, Value]:
        """Every value in force on a day, by key: what the rule book prints."""
        found: dict[str, Value] = {}
        for key, versions in sorted(self.values.items()):
            known = _known(versions, on)
            if known and known[-1].value != ENDED:
                found[key] = known[-1]
        return found

    def remedies_in_force(self, on: date) -> list[str]:
        """The remedies that this state uses on a day."""
        return [one.remedy for one in self.in_force if _holds(one.from_on, one.until_on, on)]

    def reading(self, remedy: str, on: date) -> Reading:
        """Which reading of a remedy's triggers acts: the agency's guide unless somebody signed otherwise."""
        acts: Reading = "guide"
        for one in self.in_force:
            if one.remedy == remedy:
                for from_on, reading in one.acts:
                    if from_on is None or from_on <= on:
                        acts = reading
        return acts

    def waivers(self, remedy: str, on: date) -> dict[str, Waiver]:
        """The conditions of a remedy or count that this state does not ask for on a day, by name."""
        return {
            one.condition: one
            for one in self.waived
            if one.remedy == remedy and _holds(one.from_on, one.until_on, on)
        }

    def additions(self, remedy: str, on: date) -> list[Added]:
        """What this state asks for on a day beside the conditions of a remedy or count."""
        return [one for one in self.added if one.remedy == remedy and _holds(one.from_on, one.until_on, on)]

    def partner(self, queue: str) -> dict[str, Any]:
        """What a queue's partner knows this agency by, as one row of columns."""
        if queue not in self.partners:
            raise RuleFault(f"The queue {queue} has no partner", self.state, "Describe it under `partners`")
        return dict(self.partners[queue])

    def calendar(self) -> Calendar:
        """The business days of this state."""
        return Calendar(frozenset(self.holidays))

    def source(self, cite: str) -> Source:
        """The bibliography entry of a citation such as `me-guide#collecting-debt`."""
        found = source_of(cite, self.sources)
        if found is None:
            raise RuleFault(f"{cite} is cited and written down nowhere", self.state, "Add it to the sources")
        return found

    def citable(self, cites: Iterable[str]) -> list[str]:
        """Of these citations those that are law here: another state's are left out."""
        return [cite for cite in dict.fromkeys(cites) if self.source(cite).state in ("", self.state)]


def _known(versions: Iterable[Value], on: date) -> list[Value]:
    """The versions of a value that hold on a day or held before it; the last one holds."""
    return [one for one in versions if one.from_on is None or one.from_on <= on]


def _holds(from_on: date | None, until_on: date | None, on: date) -> bool:
    return (from_on is None or from_on <= on) and (until_on is None or on <= until_on)
