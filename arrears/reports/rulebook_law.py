"""The law of one state on one day, as the rule book asks it: values, limits, citations, names of partners."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from arrears import house
from arrears.errors import RuleFault
from arrears.law.catalog import described_facts
from arrears.law.citations import as_cited, source_of
from arrears.law.profile import Profile, Value
from arrears.law.remedy import Card, Condition
from arrears.queues import load_queues
from arrears.reports.rulebook_words import amount, escaped, humanly, no_value

STANDINGS = {
    "guide": "the agency's guide",
    "law": "law later than the guide",
    "both": "law; the guide agrees or is silent",
    "policy": "policy, to be signed",
}
# The word by which the text of a value says that it was written from memory.
_NOT_VERIFIED = "unverified"


@dataclass
class Law:
    """A profile on a day, with what a page says of it."""

    profile: Profile
    on: date
    has_links: bool = False
    has_examples: bool = True

    def __post_init__(self) -> None:
        self.used: dict[str, None] = {}

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """What `facts.yml` says of each table and column."""
        return described_facts(house.FACTS) or {}

    @cached_property
    def _queues(self) -> Mapping[str, Any]:
        return load_queues(house.QUEUES)

    def queue(self, name: str) -> str:
        """What a queue is called."""
        return str(self._queues[name].title) if name in self._queues else name.replace("_", " ")

    def fact(self, card: Card, name: str) -> str:
        """What a fact says, as part of a sentence."""
        said = str(self.facts.get(card.facts, {}).get(name, {}).get("say") or name.replace("_", " "))
        return said[:1].lower() + said[1:]

    def units(self, card: Card) -> dict[str, str]:
        """The unit of each fact of a card."""
        return {name: str(one.get("unit")) for name, one in self.facts.get(card.facts, {}).items()}

    def held(self, key: str) -> Value | None:
        """A value in force that day, or none."""
        try:
            return self.profile.value_or_unset(key, self.on)
        except RuleFault:
            return None

    def value(self, key: str) -> str:
        """A value of the day with its unit."""
        found = self.held(key)
        return amount(found.value, found.unit, found.none_means) if found else "not set"

    def title(self, key: str) -> str:
        """What a value is called: by its title, or by its key, without the unit that its value says."""
        versions = self.profile.values.get(key)
        if versions and versions[-1].title:
            return versions[-1].title
        topic, _, name = key.partition(".")
        words = name.replace("_", " ").replace(".", ", ")
        unit = self.profile.unit(key).replace("_", " ")
        return f"{humanly(topic)}: {words.removesuffix(unit).strip() or words}"

    def limits(self, card: Card) -> dict[str, str]:
        """The values that a card's sentences name, as people write them."""
        return {name: self._limit(key) for name, key in card.needs.items()} | {"as_of": "that day"}

    def _limit(self, key: str) -> str:
        found = self.held(key)
        return no_value(found.unit) if found and found.value is None else self.value(key)

    def standing(self, held: Value) -> str:
        """On what a value rests; law that nobody has verified yet is told apart."""
        seen = {source.seen for cite in held.cites if (source := source_of(cite, self.profile.sources))}
        if held.standing in ("law", "both") and (seen == {"memory"} or _NOT_VERIFIED in (held.reading or "")):
            return "law, not yet verified"
        return STANDINGS[held.standing]

    def reading_matters(self, card: Card) -> bool:
        """Whether guide and law have grounds of their own here."""
        return any(one.reading for part in card.conditions.values() for one in part)

    def cited(self, cites: Iterable[str], word: str = "Source") -> str:
        """Citations as people write them, in brackets; those of another state are left out."""
        said = []
        for cite in self.profile.citable(cites):
            source = source_of(cite, self.profile.sources)
            if source is None:
                continue
            self.used[source.id] = None
            text = escaped(as_cited(cite, self.profile.sources))
            said.append(f"[{text}](#{anchor(source.id)})" if self.has_links else text)
        lead = f"{word}: " if word else ""
        return f"<small>{lead}{'; '.join(said)}.</small>" if said else ""

    def plain(self, cites: Iterable[str]) -> str:
        """Citations as people write them, without marks."""
        return escaped("; ".join(as_cited(one, self.profile.sources) for one in self.profile.citable(cites)))

    def quotes(self, card: Card, one: Condition) -> str:
        """The sentences of a source on which a condition or its limits rest, word for word."""
        values = [self.held(card.needs[name]) for name in sorted(one.params) if name in card.needs]
        every = [one.quote, *(value.quote for value in values if value)]
        return "".join(f" <small>“{escaped(text)}”</small>" for text in dict.fromkeys(every) if text)


def anchor(source: str) -> str:
    """The place of a source on the page."""
    return "source-" + source.replace("#", "-").replace(".", "-")
