"""The words in which a parent is told what happens: which remedies, and the sentences of each language.

`rules/parent_words/told.yml` says once, for every language, what is told, what is not and why, and which
conditions answer to something that a parent can do:

    told: [license_revocation]
    told_once_sent: [bank_levy]              # nobody is warned of what they could move
    not_told: {contempt: The court tells the parent.}
    stops: {agreement: [no_license_agreement, keeps_agreement]}

Every other file there is a language, by its code: its days, words and units, a sentence for each thing that
a parent can do and for each step of each remedy that is told. No sentence holds a number of the law, a day
or an amount: they come in by the names in braces.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from arrears.config import Faults, Node, read_once, read_yaml
from arrears.law.profile import Profile
from arrears.law.remedy import Card, load_cards
from arrears.values import dollars

FOLDER, TOLD = "parent_words", "told.yml"
OTHERWISE = "en"
# Each word of a page with the names that its sentence may hold.
WORDS: Mapping[str, frozenset[str]] = {
    name: frozenset(held.split())
    for name, held in {
        "title": "", "greeting": "person day", "past_due": "case amount day", "past_due_unknown": "case",
        "what": "", "stops": "", "nothing": "", "may_not_tell": "", "done": "day", "now": "",
        "not_before": "day", "not_dated": "", "a_person_decides": "", "on_hold": "", "later": "",
        "ended": "", "call": "", "call_at": "agency telephone", "call_unknown": "",
        "language": "",
    }.items()
}  # fmt: skip
# What a hearing can be stopped by is told by its day, by its length, or as a day that is over.
HEARING = "hearing"
OF_HEARING = {
    "hearing_by": {"day"},
    "hearing_after": {"length"},
    "hearing_since_letter": {"length"},
    "hearing_over": {"day"},
}
UNITS = ("days", "business_days", "weeks", "months", "years")
_NAMED = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Told:
    """What is told in every language: remedies, those told late, what is not told, and what stops what."""

    remedies: frozenset[str]
    once_sent: frozenset[str]
    not_told: Mapping[str, str]
    stops: Mapping[str, frozenset[str]]

    def steps_of(self, card: Card) -> list[str]:
        """The steps of a remedy that are told, in their order."""
        if card.remedy not in self.remedies:
            return []
        return [one.step for one in card.steps if f"{card.remedy}.{one.step}" not in self.not_told]


@dataclass(frozen=True)
class Words:
    """One language: its name, how it writes a day and a length, and its sentences."""

    code: str
    name: str
    months: tuple[str, ...]
    day_form: str
    words: Mapping[str, str]
    units: Mapping[str, tuple[str, str]]
    stops: Mapping[str, str]
    titles: Mapping[str, str]
    steps: Mapping[tuple[str, str], str]

    def day(self, on: date) -> str:
        """A day as the language writes it."""
        return self.day_form.format(day=on.day, month=self.months[on.month - 1], year=on.year)

    def say(self, word: str, **held: str) -> str:
        """A word of the page with what it holds."""
        return self.words[word].format(**held)

    def length(self, number: int, unit: str) -> str:
        """A length of time, such as `20 days`."""
        one, more = self.units[unit]
        return (one if number == 1 else more).format(number=number)

    def money(self, cents: int) -> str:
        """An amount; dollars are written alike in each language of this country."""
        return dollars(cents)


@dataclass(frozen=True)
class ParentWords:
    """What parents are told, and the languages, by their codes."""

    told: Told
    languages: Mapping[str, Words]


@read_once("../transforms")
def load_parent_words(rules_dir: Path) -> ParentWords:
    """The words for parents; one `RuleFault` lists every fault of all their files."""
    faults, cards = Faults(), load_cards(rules_dir)
    folder = rules_dir / FOLDER
    told = _told(read_yaml(folder / TOLD, faults), cards)
    paths = sorted(one for one in folder.glob("*.yml") if one.name != TOLD)
    found = {one.stem: _language(one.stem, read_yaml(one, faults), told, cards) for one in paths}
    if len(found) < 2 or OTHERWISE not in found:
        faults.add(f"rules/{FOLDER}", f"parents are told in two languages at least, one of them {OTHERWISE}")
    faults.raise_any(f"rules/{FOLDER}")
    return ParentWords(told, found)


def parent_word_faults(
    words: ParentWords, profiles: Iterable[Profile], cards: Mapping[str, Card]
) -> list[str]:
    """Each remedy that a state uses and of which nobody has said whether, and how, parents hear about it."""
    used = {one.remedy for profile in profiles for one in profile.in_force}
    known = words.told.remedies | words.told.not_told.keys()
    return [
        f"{TOLD}: {name} is in force and neither told nor not_told"
        for name in sorted(used & cards.keys() - known)
    ]


def _told(root: Node, cards: Mapping[str, Card]) -> Told:
    steps = {f"{name}.{one.step}" for name, card in cards.items() for one in card.steps}
    conditions = {one.name for card in cards.values() for part in card.conditions.values() for one in part}
    made = Told(
        remedies=frozenset(root.texts("told")),
        once_sent=frozenset(root.texts("told_once_sent")),
        not_told=root.node("not_told").pairs(),
        stops={name: frozenset(held) for name, held in root.node("stops").lists().items()},
    )
    for name in sorted(made.remedies - cards.keys()):
        root.fault(f"told names {name}; there is no such remedy")
    for name in sorted(made.once_sent - made.remedies):
        root.fault(f"told_once_sent names {name}, which is not told")
    for name in sorted(made.not_told.keys() - cards.keys() - steps):
        root.fault(f"not_told names {name}; there is no such remedy or step")
    for name in sorted(made.not_told.keys() & made.remedies):
        root.fault(f"{name} is both told and not_told")
    for stop, names in made.stops.items():
        for name in sorted(names - conditions):
            root.fault(f"stops: {stop} names {name}; no remedy has such a condition")
    if HEARING not in made.stops:
        root.fault(f"stops: {HEARING} is missing")
    root.done()
    return made


def _language(code: str, root: Node, told: Told, cards: Mapping[str, Card]) -> Words:
    months, words, stops = root.texts("months"), _chosen(root.node("words")), _chosen(root.node("stops"))
    if len(months) != len(range(date.min.month, date.max.month + 1)):
        root.fault("months must name each month of the year")
    titles: dict[str, str] = {}
    steps: dict[tuple[str, str], str] = {}
    remedies, lengths = _chosen(root.node("remedies")), _chosen(root.node("units"))
    for name in sorted(told.remedies & cards.keys()):
        one = remedies.node(name)
        titles[name] = one.text("title")
        said = _chosen(one.node("steps"))
        for step in told.steps_of(cards[name]):
            steps[name, step] = _sentence(said, step, set())
        said.done()
        one.done()
    remedies.done()
    units: dict[str, tuple[str, str]] = {}
    for unit in UNITS:
        each = lengths.node(unit)
        units[unit] = (_sentence(each, "one", {"number"}), _sentence(each, "more", {"number"}))
        each.done()
    made = Words(
        code=code,
        name=root.text("language"),
        months=months,
        day_form=_sentence(root, "day", {"day", "month", "year"}),
        words={word: _sentence(words, word, set(held)) for word, held in WORDS.items()},
        units=units,
        stops={
            stop: _sentence(stops, stop, OF_HEARING.get(stop, set())) for stop in (*told.stops, *OF_HEARING)
        },
        titles=titles,
        steps=steps,
    )
    for node in (words, stops, lengths, root):
        node.done()
    return made


def _chosen(node: Node) -> Node:
    """The same mapping, its keys told as names: of steps, of stops, of places of the page."""
    node.names()
    return node


def _sentence(node: Node, key: str, may_hold: set[str]) -> str:
    """A sentence that holds every name that it may, and no other, nor a figure of its own."""
    text = node.text(key)
    if text and set(_NAMED.findall(text)) != may_hold:
        node.fault(f"{key} must hold {', '.join(sorted(may_hold)) or 'no name'} in braces, and nothing else")
    if re.search(r"\d", text):
        node.fault(f"{key} holds a figure; numbers come from the law and the night")
    return text
