"""A closed run asked again: facts, verdicts and plan made anew in a folder of their own; the ledger is read.

Date, deliveries, ledger and law may each be another than the run's, so that a question can change one of
them and leave the rest as it was. Nothing is sent, and neither the store nor the ledger is written.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from arrears import house
from arrears.deadlines import load_deadlines
from arrears.decide import decide
from arrears.ledger import Ledger
from arrears.ledger.records import Cut, Delivery, Run, RunRecord
from arrears.load import add_orphans
from arrears.night import Night
from arrears.plan import attach_cards, attach_deadlines, attach_verdicts, run_plan
from arrears.profile import Profile
from arrears.steps import LEDGER_TABLES, MATCH_TABLES, attach_inputs, attach_ledger, attach_tables, decided
from arrears.store import Store
from arrears.transform import kept_facts, run_facts, run_match
from arrears.warehouse import warehouse
from arrears.work import kinds_of, load_kinds


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

    Without links there, it matches anew.
    """
    with warehouse() as con:
        attach_inputs(trial, con)
        if (trial.folder / "match").exists():
            attach_tables(con, trial, "match", MATCH_TABLES)
        else:
            run_match(con, trial.folder / "match", trial.as_of)
        attach_ledger(con, trial, ("published", "decisions"))
        add_orphans(con, trial.store, trial.feeds["caseload"])
        run_facts(con, trial.folder / "facts", trial.profile, trial.as_of)
    _decide_and_plan(trial, trial.cards)


def make_verdicts(trial: Trial, kept: Path, remedies: Collection[str]) -> None:
    """Makes the verdicts of these remedies and the plan; facts and all other verdicts are those of `kept`."""
    borrow(kept / "match", trial.folder / "match")
    borrow(kept / "facts", trial.folder / "facts")
    for name in trial.cards.keys() - set(remedies):
        borrow(kept / "verdicts", trial.folder / "verdicts", f"{name}.*.parquet")
    _decide_and_plan(trial, remedies)


def _decide_and_plan(trial: Trial, remedies: Collection[str]) -> None:
    """As a night does: from the tables that its earlier steps wrote, whose types are those of Parquet."""
    with warehouse() as con:
        attach_inputs(trial, con)
        attach_tables(con, trial, "facts", kept_facts())
        attach_tables(con, trial, "match", MATCH_TABLES)
        attach_ledger(con, trial, LEDGER_TABLES)
        for name, card in trial.cards.items():
            if name in remedies:
                decide(con, trial.profile, card, trial.as_of, trial.folder / "verdicts")
        attach_verdicts(con, trial.folder / "verdicts", decided(trial))
        attach_cards(con, trial.cards, trial.profile, trial.queues, trial.as_of)
        attach_deadlines(con, load_deadlines(house.RULES), trial.profile, trial.as_of)
        kinds = kinds_of(load_kinds(house.RULES), trial.profile.state)
        run_plan(con, trial.folder / "plan", house.PLAN, trial.as_of, kinds)


def borrow(kept: Path, place: Path, pattern: str = "*.parquet") -> None:
    """Makes tables of another folder readable here; whatever is written here later does not reach them."""
    place.mkdir(parents=True, exist_ok=True)
    for path in sorted(kept.glob(pattern)):
        (place / path.name).symlink_to(path)


def verdicts_of(folder: Path) -> list[str]:
    """The remedies that gave verdicts in a run's folder."""
    return sorted(path.name.split(".")[0] for path in (folder / "verdicts").glob("*.enter.parquet"))
