"""A closed run asked again: facts, verdicts and plan made again in a folder of their own; the ledger is read.

Date, deliveries, ledger and law may each be another than the run's, so that a question can change one of
them and leave the rest as it was. Nothing is sent, and neither the store nor the ledger is written.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from arrears.answers.background_answers import Progress, in_silence
from arrears.data.store import Store
from arrears.data.warehouse import warehouse
from arrears.law.profile import Profile
from arrears.ledger import Ledger
from arrears.ledger.records import Cut, Delivery, Run, RunRecord
from arrears.night import steps
from arrears.night.run import Night


@dataclass(frozen=True)
class Trial(Night):
    """A run with a folder of its own, which may know of other deliveries than of words in the ledger.

    Of deliveries about days after `about_until` it does not know.
    """

    place: Path
    received: Cut
    about_until: date | None = None

    @property
    def folder(self) -> Path:
        return self.place

    @cached_property
    def deliveries(self) -> list[Delivery]:
        found = self.ledger.deliveries(self.state, cut=self.received, outcome="accepted")
        last = self.about_until
        return [one for one in found if last is None or (one.period_on or one.received_on) <= last]

    def another(
        self,
        place: Path,
        as_of: date | None = None,
        received: Cut | None = None,
        said: Cut | None = None,
        profile: Profile | None = None,
        about_until: date | None = None,
    ) -> "Trial":
        """The same with another date, other deliveries, another moment of the ledger or another law."""
        return replace(
            self,
            run=replace(self.run, as_of=as_of or self.as_of, cut=said or self.run.cut),
            place=place,
            received=received or self.received,
            profile=profile or self.profile,
            about_until=about_until or self.about_until,
        )


def trial_of(store: Store, ledger: Ledger, record: RunRecord, profile: Profile, place: Path) -> Trial:
    """The trial that changes nothing yet: a closed run's own date, deliveries and ledger."""
    run = Run(record.run_id, record.state, record.as_of, record.kind, record.ordinal, record.cut, fence=0)
    return Trial(store, ledger, profile, run, place, record.cut)


def make_all(trial: Trial) -> None:
    """Makes facts, verdicts and plan from what the trial knows, with the links that lie in its folder.

    Without links there, it matches again.
    """
    if not (trial.folder / "match").exists():
        take(trial, steps.match)
    take(trial, steps.facts)
    _decide_and_plan(trial, trial.cards)


def make_part(
    trial: Trial,
    kept: Path,
    facts: Collection[str],
    remedies: Collection[str],
    progress: Progress = in_silence,
) -> None:
    """Makes these fact tables, the verdicts of these remedies, and the plan; all else is that of `kept`."""
    for layer in ("match", "facts", "verdicts"):
        borrow(kept / layer, trial.folder / layer)
    if facts:
        take(trial, steps.facts, wanted=facts)
        progress("facts", {})
    _decide_and_plan(trial, remedies, progress)


def _decide_and_plan(trial: Trial, remedies: Collection[str], progress: Progress = in_silence) -> None:
    take(trial, steps.remedies, only=remedies)
    progress("verdicts", {})
    take(trial, steps.actions)
    progress("plan", {})


def take(trial: Trial, step: steps.Step, **more: Any) -> None:
    """Does one step of a night on what the trial knows, in a warehouse of its own."""
    with warehouse() as con:
        step.on(trial, con, **more)


def borrow(kept: Path, place: Path) -> None:
    """Makes tables of another folder readable here; whatever is written here later does not reach them."""
    place.mkdir(parents=True, exist_ok=True)
    for path in sorted(kept.glob("*.parquet")):
        (place / path.name).symlink_to(path)
