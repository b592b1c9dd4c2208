"""What a person asks of the desk, and what comes back: plain values without any page around them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from arrears.answers.display import HIDDEN
from arrears.errors import ArrearsError

Line = dict[str, Any]
MOST_ON_A_PAGE = 5_000


class Who(Protocol):
    """Whoever asks or decides: a name, roles, and the offices whose lines they may see (None: all)."""

    @property
    def name(self) -> str: ...

    @property
    def roles(self) -> frozenset[str]: ...

    @property
    def offices(self) -> frozenset[str] | None: ...


class NotHere(ArrearsError):
    """There is no such line, or it belongs to an office that the person has no business in."""


@dataclass(frozen=True)
class Asked:
    """Which lines a person wants to see, in which order: the query string of the list.

    `show` is `today` or `later` for one line a case and kind of work, what a day holds and the rest, and
    `every` for every line.
    """

    kind: str = ""
    remedy: str = ""
    office: str = ""
    worker: str = ""
    needs: str = ""
    missing: str = ""
    search: str = ""
    since: str = ""
    heading: str = ""
    matter: str = ""
    show: str = "every"
    sort: str = "priority"
    page: int = 1
    size: int = 50

    def as_json(self) -> dict[str, Any]:
        """What was asked for beyond the usual, as a saved view keeps it."""
        usual = Asked()
        return {name: value for name, value in vars(self).items() if value != getattr(usual, name)}


@dataclass(frozen=True)
class Facets:
    """What the list may be narrowed by, each with its number of lines."""

    offices: list[Line]
    workers: list[Line]
    remedies: list[Line]
    missing: list[Line]


@dataclass(frozen=True)
class ListPage:
    """One page of the list, and what the whole list comes to."""

    state: str
    as_of: date
    run: str
    asked: Asked
    counts: list[Line]
    headings: list[Line]
    days: Mapping[str, int]
    lines: list[Line]
    total: int
    cents: int
    minutes: int
    facets: Facets
    ended: int
    decided: int = 0
    leaving: int = 0

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return max(1, -(-self.total // self.asked.size))


@dataclass(frozen=True)
class LinePage:
    """One line opened: the whole explanation, what else there is of the person, and what people said."""

    line: Line
    explanation: Mapping[str, Any] | None
    timeline: list[Line]
    facts: list[Line]
    cases: list[Line]
    episodes: list[Line]
    others: list[Line]
    decisions: list[Line]
    audit: list[Line]
    effects: list[Line] = field(default_factory=list)
    held: Line | None = None
    sources: Mapping[str, Line] = field(default_factory=dict)

    @property
    def hides_digits(self) -> bool:
        """Whether the last four of an account stand hidden here."""
        remedies = self.explanation["remedies"] if self.explanation else []
        conditions = [
            one
            for remedy in remedies
            for part in remedy["parts"].values()
            if part
            for one in part["conditions"]
        ]
        said = [
            self.line["why"],
            *(one["value"] for one in self.facts),
            *(one["text"] for one in conditions),
        ]
        return any(HIDDEN in text for text in said)


@dataclass(frozen=True)
class Preview:
    """What a decision on many lines would reach, before anybody makes it."""

    choice: str
    lines: int
    cents: int
    minutes: int
    cases: int
    persons: int
    offices: list[Line]
    remedies: list[Line]
    largest: list[Line]
    oddities: list[Line]
    refused: list[Line]
    seen: Mapping[str, str]


@dataclass(frozen=True)
class Decided:
    """What was written of a decision, and what was not and why."""

    made: list[Line]
    refused: list[Line] = field(default_factory=list)
