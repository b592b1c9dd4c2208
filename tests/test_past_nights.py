"""`arrears backfill`: past nights in order, on record, nothing sent unless told, and nothing twice."""

import json
import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from json_docs import documented, given
from typer.testing import CliRunner

from arrears.cli.main import app
from arrears.compare.backfill import backfill
from arrears.data.store import Store
from arrears.errors import Refused
from arrears.fakes import make
from arrears.intake.inbox import take_in
from arrears.ledger import Ledger
from arrears.night import run as nights
from arrears.night import steps

pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("one_suite")]
STATE, FIRST = "me", date(2025, 1, 14)
DAYS = [FIRST + timedelta(days=n) for n in range(4)]
WHY = "The machine was down."


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose first night is closed, and which then received the files of three days, and ran none."""
    folder = tmp_path_factory.mktemp("backfill")
    make(STATE, 80, len(DAYS), 3, folder / "fakes", FIRST)
    store = Store.create(folder / "store", "invented")
    for day in DAYS:
        take_in(store, STATE, sorted((folder / "fakes" / STATE / str(day) / "inbox").iterdir()), on=day)
        if day == FIRST:
            steps.run_night(store, STATE, day)
    return store.root


@pytest.fixture
def store(stopped: Path, tmp_path: Path) -> Store:
    """A copy of it, to write into."""
    shutil.copytree(stopped, tmp_path / "store")
    return Store.open(tmp_path / "store")


def outbox(store: Store) -> set[str]:
    """The files that partners can fetch."""
    return {path.relative_to(store.root).as_posix() for path in store.root.glob("outbox/me/*/*.txt")}


def published(store: Store) -> Counter[tuple[Any, ...]]:
    """How often each act was published that this store sent, by the key under which it may leave once."""
    told = Ledger.open(store.ledger_url).snapshot(STATE, only=["published"])["published"].to_pylist()
    key = ("queue", "subject_id", "target_id", "episode_id", "step", "version")
    return Counter(tuple(row[name] for name in key) for row in told if row["batch_no"])


def test_nights_that_never_ran_are_closed_in_order_and_send_nothing_and_the_next_one_sends_what_is_due(
    store: Store,
) -> None:
    before, manifest = outbox(store), store.night(STATE, FIRST) / "manifest.json"
    kept = manifest.read_bytes()
    words = [str(FIRST), str(DAYS[2]), "--because", WHY, "--json", "--store", str(store.root)]
    told = CliRunner().invoke(app, ["backfill", STATE, *words])
    assert told.exit_code == 0
    found = json.loads(told.stdout)
    causes = {one for one in given(found) if ".causes." in one or one.startswith("causes.")}
    assert given(found) - causes == documented("backfill")
    assert [one["became"] for one in found["days"]] == ["compared", "run", "run"]
    assert (outbox(store), found["records"]) == (before, 0)
    assert manifest.read_bytes() == kept
    ledger = Ledger.open(store.ledger_url)
    assert all(ledger.closed_run(STATE, day) for day in DAYS[:3])
    with pytest.raises(Refused, match="was run to send nothing: The machine was down"):
        nights.begin_release(store, STATE, DAYS[2])
    summary = steps.run_night(store, STATE, DAYS[3])
    assert sum(one["records"] for one in summary["queues"]) > 0
    assert max(published(store).values()) == 1


def test_a_backfill_that_was_stopped_goes_on_and_still_sends_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(nights.HOLDER_VARIABLE, "tests")
    before = outbox(store)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(steps, "check_run", stop)
        with pytest.raises(KeyboardInterrupt):
            backfill(store, STATE, DAYS[1], DAYS[2], WHY)
    # Whoever takes the open night up, a schedule or a person, sends nothing in its name either.
    steps.run_night(store, STATE, DAYS[1])
    found = backfill(store, STATE, DAYS[1], DAYS[2], WHY)
    assert [one["became"] for one in found["days"]] == ["compared", "run"]
    assert outbox(store) == before
    again = backfill(store, STATE, DAYS[1], DAYS[1], WHY)
    assert [(one["became"], one["is_kept"]) for one in again["days"]] == [("compared", True)]


def test_with_release_the_nights_send_as_if_they_had_run_on_their_days(store: Store, tmp_path: Path) -> None:
    shutil.copytree(store.root, tmp_path / "usual")
    usual = Store.open(tmp_path / "usual")
    for day in DAYS[1:3]:
        steps.run_night(usual, STATE, day)
    found = backfill(store, STATE, DAYS[1], DAYS[2], WHY, sends=True)
    assert found["records"] > 0
    assert published(store) == published(usual)
    assert {name: (store.root / name).read_bytes() for name in outbox(store)} == {
        name: (usual.root / name).read_bytes() for name in outbox(usual)
    }


def test_a_backfill_that_is_refused_leaves_the_night_free_to_send(store: Store) -> None:
    ledger = Ledger.open(store.ledger_url)
    with pytest.raises(Refused, match="must wait"):
        backfill(store, STATE, DAYS[2], DAYS[2], WHY)
    with pytest.raises(Refused, match="is not over in ME"):
        backfill(store, STATE, DAYS[1], DAYS[3] + timedelta(days=1), WHY)
    with pytest.raises(Refused, match="nobody may not run nights of the past"):
        backfill(store, STATE, DAYS[1], DAYS[1], WHY, by="nobody")
    assert [ledger.sends_nothing(STATE, day) for day in DAYS] == [""] * len(DAYS)
    assert ledger.open_run(STATE) is None


def test_another_process_at_work_goes_first(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(nights.HOLDER_VARIABLE, "tonight")
    steps.begin(store.address, STATE, str(DAYS[1]))
    monkeypatch.setenv(nights.HOLDER_VARIABLE, "backfill")
    with pytest.raises(Refused, match="tonight is at work"):
        backfill(store, STATE, DAYS[1], DAYS[2], WHY)


def test_the_command_wants_its_reason_and_days_in_order(store: Store) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(app, ["backfill", STATE, *words, "--store", str(store.root)])

    assert run("2025-01-15", "2025-01-14", "--because", "x").exit_code == 1
    assert run("2025-01-14", "2025-01-14", "--because", " ").exit_code == 1
