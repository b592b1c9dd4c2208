"""What the checks of a night found: counts and places, never a person's value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

# What a suite says of a bound, and what becomes of a broken stop that reaches less than the whole night:
# `hold` keeps back a queue or some remedies, `aside` only what the rows that break it are about.
Severity = Literal["stop", "hold", "aside", "warn"]


@dataclass(frozen=True)
class Check:
    """One bound that was looked at; `observed` holds counts and shares only."""

    suite: str
    table: str
    type: str
    column: str | None
    success: bool
    severity: Severity
    why: str
    do: str = ""
    observed: Mapping[str, int | float] = field(default_factory=dict)
    unexpected_count: int | None = None
    rows: tuple[str, ...] = ()
    query: str | None = None
    # SQL for the keys of the rows that break it; never told, since it is only read in the same process.
    broken: str = ""

    def as_json(self) -> dict[str, Any]:
        """The check as plain JSON values."""
        return {
            "suite": self.suite,
            "table": self.table,
            "type": self.type,
            "column": self.column,
            "success": self.success,
            "severity": self.severity,
            "why": self.why,
            "do": self.do,
            "observed": dict(self.observed),
            "unexpected_count": self.unexpected_count,
            "rows": list(self.rows),
            "query": self.query,
        }


@dataclass(frozen=True)
class Outcome:
    """Every check of one run, in the order of the suites."""

    as_of: date
    checks: tuple[Check, ...]

    @property
    def stops(self) -> tuple[Check, ...]:
        """The broken bounds that hold the night."""
        return tuple(c for c in self.checks if not c.success and c.severity == "stop")

    @property
    def kept_back(self) -> tuple[Check, ...]:
        """The broken bounds that keep back a queue, a remedy or single rows, and let the others go."""
        return tuple(c for c in self.checks if not c.success and c.severity in ("hold", "aside"))

    @property
    def warnings(self) -> tuple[Check, ...]:
        """The broken bounds that a person should know of and that hold nothing."""
        return tuple(c for c in self.checks if not c.success and c.severity == "warn")

    def as_json(self) -> dict[str, Any]:
        """The outcome as plain JSON values, for the summary and the manifest."""
        return {
            "as_of": self.as_of.isoformat(),
            "checked": len(self.checks),
            "stops": len(self.stops),
            "kept_back": len(self.kept_back),
            "warnings": len(self.warnings),
            "checks": [check.as_json() for check in self.checks],
        }
