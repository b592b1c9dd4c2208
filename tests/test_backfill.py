"""A backfill by Airflow itself, all four processes of it: nights in order, nothing sent twice."""

import shutil
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from local_airflow import point_at, whole_airflow

from arrears.data.store import Store
from arrears.ledger import Ledger

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.timeout(1500)]
NIGHTS = ("2025-01-14", "2025-01-15")


@pytest.fixture
def airflow(airflow_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Airflow's REST interface over an empty store and the sample's inboxes."""
    point_at(monkeypatch, tmp_path / "airflow", tmp_path / "store", airflow_database)
    with whole_airflow() as client:
        yield client()


def test_a_backfill_that_starts_with_the_last_night_ends_in_order_and_sends_nothing_twice(
    airflow: Any, maine: Path, tmp_path: Path
) -> None:
    backfill(airflow, NIGHTS, backwards=True)
    store = Store.open(tmp_path / "store")
    runs = [run for run in Ledger.open(store.ledger_url).runs("me") if run.kind == "night"]
    assert [(run.as_of.isoformat(), run.status) for run in runs] == [(night, "closed") for night in NIGHTS]
    sent = outbox(store)
    assert sent == by_hand(maine, tmp_path / "hand")

    backfill(airflow, NIGHTS[-1:], backwards=False)
    assert outbox(store) == sent


def backfill(airflow: Any, nights: tuple[str, ...], backwards: bool) -> None:
    """These nights by Airflow, all allowed to start at once; returns when all are green."""
    made = airflow.call(
        "POST",
        "/backfills",
        {
            "dag_id": "me_nightly",
            "from_date": f"{nights[0]}T00:00:00Z",
            "to_date": f"{nights[-1]}T23:59:00Z",
            "max_active_runs": len(nights),
            "run_backwards": backwards,
            "reprocess_behavior": "completed",
            "dag_run_conf": {},
        },
    )
    deadline = time.monotonic() + 900
    while time.monotonic() < deadline:
        if airflow.call("GET", f"/backfills/{made['id']}")["completed_at"]:
            break
        time.sleep(1)
    runs = airflow.call("GET", "/dags/me_nightly/dagRuns?limit=100")["dag_runs"]
    assert {(run["partition_key"], run["state"]) for run in runs} == {(night, "success") for night in NIGHTS}


def by_hand(maine: Path, root: Path) -> dict[str, bytes]:
    """The outbox of the same nights without Airflow."""
    from arrears.author.sample import receive
    from arrears.night.steps import run_night

    shutil.copytree(maine / "first", root)
    for night in map(date.fromisoformat, NIGHTS[1:]):
        receive(root, night)
        run_night(Store.open(root), "me", night)
    return outbox(Store.open(root))


def outbox(store: Store) -> dict[str, bytes]:
    """Every file that partners can fetch."""
    folder = store.root / "outbox"
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
