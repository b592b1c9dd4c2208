"""Which closed run a person means, where its tables lie, whether its facts are there still, and which night
came before it.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from arrears.answers.background_answers import manifest_of
from arrears.data.store import Store
from arrears.errors import ArrearsError
from arrears.ledger import Ledger, RunRecord, held_item_id
from arrears.ledger.purge_lists import purge_word
from arrears.ledger.store_marks import MANIFEST

# What can be asked of a run after a purge.
STILL = "`arrears explain`, `verdicts` and `history` still tell what it decided and by which rule"


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


def facts_folder(store: Store, ledger: Ledger, run: RunRecord) -> Path:
    """The folder of a run for whoever reads its facts; refused in plain words where those were purged."""
    return _unless(_facts_gone(store, ledger, run), store, run)


def made_again_from(store: Store, ledger: Ledger, run: RunRecord) -> Path:
    """The folder of a run for whoever makes it again; refused where it, or what it read, was purged."""
    return _unless(why_not_again(store, ledger, run), store, run)


def why_not_again(store: Store, ledger: Ledger, run: RunRecord) -> str:
    """Plain words on why a purge keeps a run from being made again; empty where nothing does."""
    if found := _facts_gone(store, ledger, run):
        return found
    gone = {delivery: one for one in ledger.purges(run.state) for delivery in one.deliveries}
    path = folder_of(store, run)
    read = manifest_of(path)["inputs"] if gone and (path / MANIFEST).is_file() else []
    lost = [gone[one["delivery"]] for one in read if one["delivery"] in gone]
    if not lost:
        return ""
    count = f"{len(lost)} deliveries" if lost[1:] else "A delivery"
    was = f"{'were' if lost[1:] else 'was'} purged on {lost[0].at[:10]} by {lost[0].by}"
    return f"{count} that the {run.kind} of {run.as_of} read {was}; it cannot be made again, later nights can"


def purged_word(store: Store, ledger: Ledger, run: RunRecord) -> str:
    """Plain words on when, by whom and why the facts of a run were purged; empty where they are there."""
    folder = folder_of(store, run).relative_to(store.root).as_posix()
    return purge_word(store, ledger, run.state, run.as_of, folder)


def _facts_gone(store: Store, ledger: Ledger, run: RunRecord) -> str:
    word = purged_word(store, ledger, run)
    kind = "night" if run.kind == "night" else "day release"
    return f"The facts of the {kind} of {run.as_of} were {word}" if word else ""


def _unless(why_not: str, store: Store, run: RunRecord) -> Path:
    if why_not:
        raise ArrearsError(why_not, f"{run.state} {run.as_of}", STILL)
    return folder_of(store, run)


def closed_run(
    store: Store, ledger: Ledger, state: str, as_of: date, release: int | None = None
) -> RunRecord:
    """The closed night of a day, or its n-th release where a number is given; an error without one."""
    kind, ordinal = ("night", None) if release is None else ("release", release)
    for run in ledger.runs(state):
        if (run.as_of, run.kind, run.status) == (as_of, kind, "closed") and ordinal in (None, run.ordinal):
            return run
    what = "night" if release is None else f"release {release}"
    raise ArrearsError(
        f"No closed {what} of {as_of} in {state}",
        store.address,
        f"`arrears status {state}` tells which night was the last",
    )
