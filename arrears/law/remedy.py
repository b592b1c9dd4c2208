"""What a remedy is: named conditions over the facts, and the steps that follow a flag.

A card is a folder `rules/remedies/<remedy>/`: `remedy.yml` with the conditions of two questions, may an
episode begin (enter) and may it go on today (stay), and the grounds of a third, must what was sent be taken
back (release: any of them suffices); and `examples.yml`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from arrears.config import read_once
from arrears.errors import RuleFault
from arrears.law.profile import Profile, Reading, UnsetValue, Value, requested_day

Part = Literal["enter", "stay", "release"]
PARTS: tuple[Part, ...] = ("enter", "stay", "release")
AS_OF = "as_of"
# What of an earlier step a clock may start from; any other word names a date of the facts.
OF_A_STEP = ("served", "sent", "approved")
# The fact that tells whether an agreement is kept, in every table that knows of agreements.
AGREEMENT = "agreement_is_kept"


@dataclass(frozen=True)
class Condition:
    """One named true/false column, with the sentence that a person reads when it is true or not."""

    name: str
    # Its expression over the card's facts, and what it binds.
    sql: str
    params: frozenset[str]
    say: str
    say_not: str
    cites: tuple[str, ...]
    # What the expression reads, and what the sentences say besides.
    facts: tuple[str, ...]
    reading: Reading | None
    # What it protects; empty where it is a trigger.
    protects: str
    # What makes the act that its sentence promises: steps, kinds of lines, deadlines.
    follows: Mapping[str, tuple[str, ...]]
    # The sentence of a source on which it rests, word for word.
    quote: str = ""
    # Why a state asks for it that adds it to its remedy; empty for what every state asks.
    added: str = ""
    # Whether it holds of a case that only goes on under another number, too: then a person is asked first.
    with_case: bool = False

    @property
    def is_protection(self) -> bool:
        """Whether it protects, and so holds under every reading."""
        return bool(self.protects)

    def acts_under(self, reading: Reading) -> bool:
        """Whether the condition belongs to a reading: every one does that is not the other's trigger."""
        return self.reading is None or self.reading == reading


@dataclass(frozen=True)
class Later:
    """What a card does not do yet, why, and of which states that is so where it is not so everywhere."""

    what: str
    why: str
    states: tuple[str, ...]


@dataclass(frozen=True)
class Clock:
    """What a step waits for: days, weeks, months or years from a legal anchor.

    The anchor is what became of an earlier step (`served`, `sent`, `approved`) or a date among the facts;
    `tolled_by` is the fact that says how many days a hearing, a stay or an appeal stopped the clock. Who may
    answer has the whole last day, so the step waits for the day after it; where nobody has to answer and
    the law only counts days before an act, `on_last_day` lets it be done on that day.
    """

    clock: str
    from_: str
    step: str
    roll: bool
    on_last_day: bool
    intake: str
    mail_lag: str
    tolled_by: str

    @property
    def anchor_fact(self) -> str | None:
        """The date of the facts that it starts from, if it does not start from a step."""
        return None if self.from_ in OF_A_STEP else self.from_

    @property
    def keys(self) -> tuple[str, ...]:
        """The values that it counts with."""
        return (self.clock, self.mail_lag) if self.mail_lag else (self.clock,)


@dataclass(frozen=True)
class Step:
    """One message of a remedy: to whom, after what, and who has to agree."""

    step: str
    kind: str
    queue: str
    message: str
    needs: str | None
    after: Clock | None
    targets: str
    ground: str
    say: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Update:
    """When what was sent is said again with today's amount; `of` are the facts whose change is told, too."""

    on: str
    message: str
    per: str
    of: tuple[str, ...]


@dataclass(frozen=True)
class Release:
    """How what was sent is taken back; queue and message are empty where nothing is ever sent."""

    queue: str
    message: str
    urgent_when: tuple[str, ...]
    unheard_when: str = ""  # a yes/no fact: the partner holds nothing, so the release is recorded, not sent


@dataclass(frozen=True)
class Left:
    """Protections that a card leaves out, and why it may."""

    protections: tuple[str, ...]
    why: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Count:
    """What a case counts for toward the debt of whoever owes in it: all these conditions have to hold."""

    name: str
    say: str
    conditions: tuple[Condition, ...]
    # Those that, where they fail, leave it unknown whether the case counts.
    in_doubt: frozenset[str]
    needs: Mapping[str, str]
    added: Mapping[tuple[str, int], "Addition"] = field(default_factory=dict)
    # The file of rules/counts in which it stands.
    file: str = ""

    def here(self, profile: Profile, as_of: date) -> "Count":
        """The count as one state asks on a day: with the conditions that it adds."""
        takes = _added(self.name, self.added, profile, as_of)
        needs = {**self.needs, **{name: key for one in takes for name, key in one.needs.items()}}
        return replace(self, conditions=(*self.conditions, *(one.condition for one in takes)), needs=needs)


@dataclass(frozen=True)
class Addition:
    """A condition that one state adds: where it is asked (empty: at enter and at stay), and what it needs."""

    at: str
    condition: Condition
    needs: Mapping[str, str]


@dataclass(frozen=True)
class Card:
    """A remedy as its folder tells it."""

    remedy: str
    title: str
    order: int
    facts: str
    amount: str
    rests_on: tuple[str, ...]
    queue: str
    cites: tuple[str, ...]
    if_wrong: str
    innocent: str
    needs: Mapping[str, str]
    asked_on: Mapping[str, str]
    conditions: Mapping[Part, tuple[Condition, ...]]
    leaves: tuple[Left, ...]
    steps: tuple[Step, ...]
    update: Update
    release: Release
    broken_agreement: str
    later: tuple[Later, ...]
    folder: Path
    # On which counts of cases its debt rests.
    counts: tuple[Count, ...] = ()
    # What single states add, by state and place in its list; `here` takes what one state asks on a day.
    added: Mapping[tuple[str, int], Addition] = field(default_factory=dict)
    # Whether it is a count of cases, seen as a card, which every state asks.
    is_count: bool = False

    @property
    def relation(self) -> str:
        """The facts table that the conditions are read from."""
        return f"facts.{self.facts}"

    @property
    def queues(self) -> frozenset[str]:
        """Every queue through which this remedy says or takes back anything."""
        named = {self.queue, self.release.queue, *(step.queue for step in self.steps)}
        return frozenset(named - {""})

    @property
    def facts_read(self) -> tuple[str, ...]:
        """Every fact column that any condition reads, in order of first use."""
        every = [fact for part in PARTS for one in self.conditions[part] for fact in one.facts]
        return tuple(dict.fromkeys(every))

    def here(self, profile: Profile, as_of: date) -> "Card":
        """The card as one state asks on a day: with the conditions that it adds, and its counts likewise."""
        takes = _added(self.remedy, self.added, profile, as_of)
        counts = tuple(one.here(profile, as_of) for one in self.counts)
        more: dict[Part, tuple[Condition, ...]] = {
            part: tuple(one.condition for one in takes if one.at in ("", part)) for part in ("enter", "stay")
        }
        conditions = {part: (*every, *more.get(part, ())) for part, every in self.conditions.items()}
        needs = {**self.needs, **{name: key for one in takes for name, key in one.needs.items()}}
        return replace(self, conditions=conditions, needs=needs, counts=counts)

    def select(self, part: Part, relation: str | None = None) -> str:
        """The SELECT of a part: subject_id, then one column per condition; over other facts if named."""
        columns = "".join(f",\n  {one.sql} AS {one.name}" for one in self.conditions[part])
        return f"SELECT\n  subject_id{columns}\nFROM {relation or self.relation}"

    def condition(self, part: Part, name: str) -> Condition:
        """One condition by its name."""
        return next(one for one in self.conditions[part] if one.name == name)

    def numbers(self, profile: Profile, as_of: date) -> dict[str, Value]:
        """The values that this remedy needs in a night, by parameter name, with their citations.

        Each is asked of tonight, or of the day that `asked_on` names: a month that ended goes by its own law.

        Raises one `UnsetValue` naming every value, its clocks' included, that nobody has set or that is
        not in force: the remedy is off.
        """
        days = {name: requested_day(self.asked_on.get(name, "tonight"), as_of) for name in self.needs}
        found = {name: _value(profile, key, days[name]) for name, key in self.needs.items()}
        clocks = [key for step in self.steps if step.after for key in step.after.keys]
        none = [self.needs[name] for name, value in found.items() if value is None]
        none += [key for key in clocks if _value(profile, key, as_of) is None]
        unset = list(dict.fromkeys(none))
        if unset:
            what = f"{self.title} is off: {', '.join(unset)} not set"
            raise UnsetValue(
                what,
                f"{profile.state} on {as_of}",
                "Set the value, with its citation; `arrears what-if` with --set shows what it would do",
            )
        return {name: value for name, value in found.items() if value is not None}

    def params(self, profile: Profile, as_of: date, part: Part) -> dict[str, Any]:
        """Exactly the parameters that a part's SQL binds."""
        every: dict[str, Any] = {AS_OF: as_of}
        for name, value in self.numbers(profile, as_of).items():
            every[name] = list(value.value) if isinstance(value.value, tuple) else value.value
        bound = frozenset().union(*(one.params for one in self.conditions[part]))
        return {name: every[name] for name in sorted(bound)}

    def acting(self, part: Part, reading: Reading, waived: Mapping[str, Any]) -> tuple[Condition, ...]:
        """What decides a part under a reading: its conditions or grounds, without what a state waives."""
        every = self.conditions[part]
        return tuple(one for one in every if one.acts_under(reading) and one.name not in waived)


def _value(profile: Profile, key: str, as_of: date) -> Value | None:
    """The value in force on a day, or None where there is none."""
    try:
        return profile.value(key, as_of)
    except RuleFault:
        return None


def _added(
    name: str, added: Mapping[tuple[str, int], Addition], profile: Profile, as_of: date
) -> list[Addition]:
    """What a state adds on a day to the remedy or count of that name."""
    asked = profile.additions(name, as_of)
    return [added[one.key] for one in asked if one.key in added]


def title_of(cards: Mapping[str, "Card"], remedy: str) -> str:
    """What a remedy is called; one whose card is gone goes by its name."""
    card = cards.get(remedy)
    return card.title if card else remedy


def by_facts(cards: Iterable["Card"]) -> dict[str, list["Card"]]:
    """The cards by the facts table that they read, in their order."""
    found: dict[str, list[Card]] = {}
    for card in cards:
        found.setdefault(card.facts, []).append(card)
    return found


@read_once("../transforms")
def load_cards(rules_dir: Path) -> dict[str, Card]:
    """Every card, in the order in which people see them; one `RuleFault` lists every fault of all."""
    from arrears.law.remedy_files import read_cards

    return read_cards(rules_dir)
