"""Closed nights as reports read them: which there are, and all that a night knew."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from arrears import house
from arrears.data.beside import attach_kept
from arrears.data.store import Store
from arrears.data.warehouse import Connection, attach_blocks
from arrears.errors import ArrearsError
from arrears.intake.feeds import load_feeds
from arrears.intake.load import attach
from arrears.ledger import Cut, Ledger
from arrears.ledger.records import Delivery

LAYERS = ("match", "facts", "plan")


@dataclass(frozen=True)
class ClosedNight:
    """One closed night of a state: and the cut at which it knew what it knew."""

    store: Store
    ledger: Ledger
    state: str
    as_of: date
    cut: Cut

    @property
    def folder(self) -> Path:
        """Where its tables lie."""
        return self.store.night(self.state, self.as_of)

    def deliveries(self) -> list[Delivery]:
        """The accepted deliveries that the night knew of."""
        return self.ledger.deliveries(self.state, cut=self.cut, outcome="accepted")

    def table(self, layer: str, name: str) -> Path:
        """Where one of its tables lies."""
        return self.folder / layer / f"{name}.parquet"

    def has(self, layer: str, name: str) -> bool:
        """Whether it kept this table."""
        return self.table(layer, name).exists()


def closed_nights(store: Store, state: str, until: date | None = None) -> list[ClosedNight]:
    """The closed nights of a state up to a day, oldest first; an error where there is none."""
    ledger = Ledger.open(store.ledger_url)
    nights = [
        ClosedNight(store, ledger, state, run.as_of, run.cut)
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
    """Makes `caseload.*`, `staging.*`, `match.*`, `facts.*`, `plan.*`, `ledger.*` as the night knew them."""
    attach(con, night.store, night.state, night.deliveries(), load_feeds(house.FEEDS))
    for layer in LAYERS:
        paths = sorted((night.folder / layer).glob("*.parquet"))
        attach_kept(con, {f"{layer}.{path.stem}": path for path in paths})
    with night.ledger.blocks(night.state, night.cut, only=ledger) as told:
        for name, blocks in told.items():
            attach_blocks(con, f"ledger.{name}", blocks)
