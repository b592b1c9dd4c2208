"""What a generation is asked for, and small helpers of its SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from arrears.data.warehouse import quote
from arrears.fakes.places import STATES
from arrears.fakes.shares import SAMPLE, shares_of

FIRST_BULK = 1001  # case numbers below are for the planted stories


@dataclass(frozen=True)
class Frame:
    """State, size, nights and seed of one invented caseload."""

    state: str
    bulk_cases: int
    nights: int
    seed: int
    first_night: date
    shape: str = SAMPLE
    is_full_day: bool = False

    @property
    def first_bulk(self) -> int:
        """The number of the first case that is not a story."""
        return FIRST_BULK

    @property
    def days(self) -> list[date]:
        """The nights, one a calendar day."""
        return [self.first_night + timedelta(n) for n in range(self.nights)]

    @property
    def throughs(self) -> list[date]:
        """The last day that each night's extract knows: the day before."""
        return [day - timedelta(1) for day in self.days]

    def through(self, night: int) -> date:
        """The last day that a night's extract knows, also of a night that is not made."""
        return self.first_night + timedelta(night - 2)

    @property
    def params(self) -> dict[str, Any]:
        """What the SQL of the bulk may ask for by name; `known_on` is when all of it became known."""
        return {
            "first_night": self.first_night,
            "known_on": self.throughs[0],
            "last_on": self.throughs[-1],
            "first_bulk": self.first_bulk,
            "end_bulk": self.first_bulk + self.bulk_cases,
            "state": self.state.upper(),
            "fips": self.fips,
            **self.shares,
        }

    @cached_property
    def shares(self) -> dict[str, Any]:
        """How its bulk is mixed: shares by name."""
        return shares_of(self.shape)

    @property
    def fips(self) -> str:
        """The state's two-digit FIPS code."""
        return STATES[self.state][0]

    @property
    def towns(self) -> list[tuple[str, str]]:
        """Towns with a ZIP code each."""
        return STATES[self.state][1]


def sql_list(texts: Sequence[str]) -> str:
    """Texts as an SQL list literal."""
    return "[" + ", ".join(quote(text) for text in texts) + "]"
