"""Which closed run a person means, where its tables lie, and which night came before it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from arrears.data.store import Store
from arrears.errors import ArrearsError
from arrears.ledger import Ledger, RunRecord, held_item_id


@dataclass(frozen=True)
class ClosedRun:
    """A closed night or day release: its record, its folder, and the last closed night before its day."""

    store: Store
    record: RunRecord
    before: "ClosedRun | None"

    @property
    def folder(self) -> Path:
        """Where its tables lie."""
        return folder_of(self.store, self.record)

    @property
    def as_of(self) -> date:
        return self.record.as_of


def the_run(store: Store, ledger: Ledger, state: str, as_of: date | None = None) -> ClosedRun:
    """The last closed run, be it a night or a release, of this date where one is given."""
    closed = [run for run in ledger.runs(state) if run.status == "closed"]
    found = [run for run in closed if as_of in (None, run.as_of)]
    if not found:
        night = f" of {as_of}" if as_of else ""
        held = ", ".join(held_item_id(d.delivery_id) for d in ledger.deliveries(state, outcome="held"))
        do = f"; before that, let in or reject what is held: {held}" if held and not closed else ""
        raise ArrearsError(
            f"No closed night{night} in {state}", store.address, f"Run `arrears night` first{do}"
        )
    last = max(found, key=lambda run: (run.as_of, run.kind == "release", run.ordinal))
    before: ClosedRun | None = None
    for one in sorted((run for run in closed if run.kind == "night"), key=lambda run: run.as_of):
        if one.as_of < last.as_of:
            before = ClosedRun(store, one, before)
    return ClosedRun(store, last, before)


def folder_of(store: Store, run: RunRecord) -> Path:
    """The folder of a run."""
    if run.kind == "night":
        return store.night(run.state, run.as_of)
    return store.release(run.state, run.as_of, run.ordinal)


def run_folder(store: Store, ledger: Ledger, state: str, as_of: date, release: int | None = None) -> Path:
    """The folder of a closed night, or of its n-th release where a number is given."""
    kind, ordinal = ("night", None) if release is None else ("release", release)
    for run in ledger.runs(state):
        if (run.as_of, run.kind, run.status) == (as_of, kind, "closed") and ordinal in (None, run.ordinal):
            return folder_of(store, run)
    what = "night" if release is None else f"release {release}"
    raise ArrearsError(
        f"No closed {what} of {as_of} in {state}", store.address, f"Run `arrears {kind}` first"
    )
