"""A night that stopped goes on from the step that stopped, and ends as if nothing had been."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from arrears.data import writes
from arrears.data.store import Store
from arrears.data.warehouse import Connection, making
from arrears.errors import ArrearsError
from arrears.fakes import make
from arrears.intake.inbox import take_in
from arrears.night import done, steps
from arrears.night import run as nights
from arrears.night.done import FOLDER, Done
from arrears.night.run import Night

STATE, DAY = "me", date(2025, 1, 14)
BEFORE_CHECK = ["match", "facts", "remedies", "actions", "queues"]


@pytest.fixture(autouse=True, scope="module")
def scheduler() -> Iterator[None]:
    """A name for who runs the night: a process that stopped is not here to be proven dead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(nights.HOLDER_VARIABLE, "tests")
        yield


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose first night's files are in."""
    folder = tmp_path_factory.mktemp("resume")
    make(STATE, 60, 1, 7, folder / "fakes", DAY)
    store = Store.create(folder / "received", "invented")
    take_in(store, STATE, sorted((folder / "fakes" / STATE / str(DAY) / "inbox").iterdir()), on=DAY)
    return store.root


@pytest.fixture(scope="module")
def stopped(received: Path) -> Path:
    """The same, its night stopped while it was checked: the engine met its memory limit."""
    root = received.with_name("stopped")
    shutil.copytree(received, root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "check_run", out_of_memory)
        with pytest.raises(ArrearsError, match="needs more memory"):
            steps.run_night(Store.open(root), STATE, DAY)
    return root


@pytest.fixture
def night(stopped: Path, tmp_path: Path) -> Night:
    """A copy of the stopped one, its open run."""
    shutil.copytree(stopped, tmp_path / "store")
    return nights.resume(Store.open(tmp_path / "store"), STATE, DAY)


def out_of_memory(_night: Night, con: Connection) -> dict[str, Any]:
    with making(con, "facts.case_facts"):
        raise duckdb.OutOfMemoryException("no more")


def go_on(root: Path) -> list[str]:
    """The steps that were done before, after going on with the night."""
    told: dict[str, dict[str, Any]] = {}
    steps.run_night(Store.open(root), STATE, DAY, progress=lambda step, counts: told.update({step: counts}))
    return [step for step, counts in told.items() if counts.get("done_before")]


def end_of(root: Path) -> dict[str, bytes]:
    """What a night leaves: its manifest, its pages and the partners' files."""
    store = Store.open(root)
    own = [store.night(STATE, DAY) / name for name in ("manifest.json", "summary.json", "validation.json")]
    sent = [path for path in sorted(store.outbox(STATE, DAY).rglob("*")) if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in [*own, *sent]}


def test_a_night_that_stopped_goes_on_from_there_and_ends_the_same(
    received: Path, stopped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(received, tmp_path / "whole")
    assert go_on(tmp_path / "whole") == []
    root = tmp_path / "store"
    shutil.copytree(stopped, root)

    def crash(name: str) -> None:
        if name.startswith("published "):
            raise OSError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(writes, "watchers", [crash])
        with pytest.raises(OSError, match="the power went"):
            go_on(root)
    # The first call did the checks, too; what had begun to leave is looked at again.
    assert go_on(root) == [*BEFORE_CHECK, "check"]
    assert end_of(root) == end_of(tmp_path / "whole")
    assert not (Store.open(root).night(STATE, DAY) / FOLDER).exists()


def counted(night: Night) -> list[str]:
    """The steps that need not be done again."""
    marks = Done(night)
    return [step.name for step in steps.NIGHT if marks.counts(step.name) is not None]


def test_what_made_a_table_may_not_have_changed(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    assert counted(night) == BEFORE_CHECK
    made_by = done.versions()
    for what in ("code", "rules", "duckdb"):
        monkeypatch.setattr(done, "versions", lambda what=what: {**made_by, what: "another"})
        assert counted(night) == []


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("match/links.parquet", []),
        ("facts/case_facts.parquet", ["match"]),
        (f"{FOLDER}/facts.json", ["match"]),
    ],
)
def test_a_table_that_changed_is_made_again_with_all_after_it(
    night: Night, path: str, left: list[str]
) -> None:
    changed = night.folder / path
    changed.write_bytes(changed.read_bytes().replace(b"a", b"b"))
    assert counted(night) == left
    changed.unlink()
    assert counted(night) == left


def test_a_step_that_is_asked_for_is_done_again(night: Night) -> None:
    made = night.folder / "match" / "links.parquet"
    before = made.stat().st_mtime_ns
    steps.match(str(night.store.root), STATE, DAY.isoformat())
    assert made.stat().st_mtime_ns > before
    assert counted(night) == BEFORE_CHECK
