"""Closed nights as reports read them: which there are, and all that a night knew."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from arrears import house
from arrears.answers.runs import facts_folder, folder_of
from arrears.data.beside import attach_kept
from arrears.data.store import Store
from arrears.data.warehouse import Connection, attach_blocks
from arrears.errors import ArrearsError
from arrears.intake.feeds import load_feeds
from arrears.intake.load import attach
from arrears.ledger import Cut, Ledger, RunRecord
from arrears.ledger.records import Delivery

LAYERS = ("match", "facts", "plan")


@dataclass(frozen=True)
class ClosedNight:
    """One closed night of a state: and the cut at which it knew what it knew."""

    store: Store
    ledger: Ledger
    run: RunRecord

    @property
    def state(self) -> str:
        return self.run.state

    @property
    def as_of(self) -> date:
        return self.run.as_of

    @property
    def cut(self) -> Cut:
        return self.run.cut

    @property
    def folder(self) -> Path:
        """Where its tables lie."""
        return folder_of(self.store, self.run)

    @property
    def with_facts(self) -> Path:
        """The same for whoever reads its facts; an error where they were purged."""
        return facts_folder(self.store, self.ledger, self.run)

    def deliveries(self) -> list[Delivery]:
        """The accepted deliveries that the night knew of."""
        return self.ledger.deliveries(self.state, cut=self.cut, outcome="accepted")


def closed_nights(store: Store, state: str, until: date | None = None) -> list[ClosedNight]:
    """The closed nights of a state up to a day, oldest first; an error where there is none."""
    ledger = Ledger.open(store.ledger_url)
    nights = [
        ClosedNight(store, ledger, run)
        for run in sorted(ledger.runs(state), key=lambda run: run.as_of)
        if run.kind == "night" and run.status == "closed"
    ]
    found = [night for night in nights if until is None or night.as_of <= until]
    if not found:
        first = f"; the first one is of {nights[0].as_of}" if nights else ""
        upto = f" on or before {until}" if until else ""
        raise ArrearsError(
            f"There is no closed night{upto} in {state}{first}",
            store.address,
            "Ask for a later day" if nights else "Run `arrears night` first",
        )
    return found


def attach_night(con: Connection, night: ClosedNight, ledger: Collection[str] = ("published",)) -> None:
    """Makes `caseload.*`, `staging.*`, `match.*`, `facts.*`, `plan.*`, `ledger.*` as the night knew them.

    An error where its facts were purged: what is left of them is not the night.
    """
    folder = night.with_facts
    attach(con, night.store, night.state, night.deliveries(), load_feeds(house.FEEDS))
    for layer in LAYERS:
        paths = sorted((folder / layer).glob("*.parquet"))
        attach_kept(con, {f"{layer}.{path.stem}": path for path in paths})
    with night.ledger.blocks(night.state, night.cut, only=ledger) as told:
        for name, blocks in told.items():
            attach_blocks(con, f"ledger.{name}", blocks)
