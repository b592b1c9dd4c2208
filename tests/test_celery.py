"""Two workers that meet only through the store, the ledger and the broker; one of them is killed at work."""

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import local_processes
import local_servers
import pytest
from local_airflow import WITH_CELERY, Client, point_at, whole_airflow

pytestmark = [
    *(pytest.mark.airflow, pytest.mark.celery, pytest.mark.slow),
    pytest.mark.timeout(1800),
]
WITHOUT = "ARREARS_NO_CELERY"
NIGHTS = {"me": "2025-01-14", "ma": "2025-01-28"}
KILLED = ("me", "facts")
PATIENCE_SECONDS = 900


@pytest.fixture
def by_hand(maine: Path, massachusetts: Path) -> dict[str, Path]:
    """The stores in which these nights ran without Airflow, by state."""
    return {"me": maine / "first", "ma": massachusetts / "first"}


@pytest.fixture
def airflow(tmp_path: Path, one_key: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Airflow with two Celery workers over an empty store, until the test ends; nothing of it is left then.

    A machine without Redis fails here rather than passing unseen; whoever wants to go without says so in
    the environment, and the skip then says it too.
    """
    if os.environ.get(WITHOUT):
        pytest.skip(f"{WITHOUT} is set: nothing is tested on Celery workers")
    if lacking := local_servers.lacking():
        pytest.fail(f"Not here: {', '.join(lacking)}. Install it, or set {WITHOUT}=1.")
    # PostgreSQL's own user has to enter it, and nobody but root enters the folders of a test.
    home = Path(tempfile.mkdtemp(prefix="arrears-celery-"))
    point_at(monkeypatch, home, tmp_path / "store")
    monkeypatch.setenv("ARREARS_KEY_FILE", str(one_key))
    try:
        with whole_airflow(WITH_CELERY, "--workers", "2") as client:
            ours = [*marks(home, "running.json"), *marks(home, "servers.json")]
            monkeypatch.setenv("ARREARS_LEDGER_URL", ledger_url(home))
            yield client
        assert [one for one in ours if local_processes.members(one)] == []
    finally:
        shutil.rmtree(home, ignore_errors=True)


def test_two_states_side_by_side_end_as_by_hand_though_a_worker_is_killed(
    airflow: Client, by_hand: dict[str, Path], tmp_path: Path
) -> None:
    api = airflow()
    runs = {state: started(api, state, night) for state, night in NIGHTS.items()}
    worker = kill_who_runs(api, runs[KILLED[0]], KILLED[1])
    tasks = {state: ended(api, run) for state, run in runs.items()}

    again = next(task for task in tasks[KILLED[0]] if task["task_id"] == KILLED[1])
    assert again["try_number"] == 2
    assert worker not in {local_processes.parent(one["pid"]) for one in tasks[KILLED[0]]}
    others = [task for each in tasks.values() for task in each if task is not again]
    # The one that waits for its turn may ask more than once, but no other task needs a second try.
    assert {task["task_id"] for task in others if task["try_number"] != 1} <= {"begin"}
    store = tmp_path / "store"
    assert not (store / "ledger.db").exists()
    for state, night in NIGHTS.items():
        assert outbox(store, state) == outbox(by_hand[state], state) != {}
        assert manifest(store, state, night) == manifest(by_hand[state], state, night)


def started(api: Any, state: str, night: str) -> str:
    """The path of a new run of the state's nightly DAG, which takes in what lies in the inbox itself."""
    body = {"dag_run_id": f"{state}-{night}", "logical_date": None, "partition_key": night}
    made = api.call("POST", f"/dags/{state}_nightly/dagRuns", body)
    return f"/dags/{state}_nightly/dagRuns/{made['dag_run_id']}"


def kill_who_runs(api: Any, run: str, task: str) -> int:
    """The worker that was at work on a task, after it was killed with all that it had started."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = api.call("GET", f"{run}/taskInstances/{task}")
        if found["state"] == "running" and found["pid"]:
            for worker in [one for name, one in workers().items() if name.startswith("worker-")]:
                ones = local_processes.members(worker)
                if found["pid"] in {pid for pid, _ in ones}:
                    for pid, _ in ones:
                        os.kill(pid, signal.SIGKILL)
                    return worker[0]
        time.sleep(0.05)
    pytest.fail(f"{task} was never seen at work")


def workers() -> dict[str, local_processes.Mark]:
    """Airflow's processes by name."""
    found = json.loads((Path(os.environ["AIRFLOW_HOME"]) / "running.json").read_text())["pids"]
    return {name: (pid, tick) for name, (pid, tick) in found.items()}


def ended(api: Any, run: str) -> list[dict[str, Any]]:
    """The tasks of a run that ended well."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (state := api.call("GET", run)["state"]) not in ("success", "failed"):
        assert time.monotonic() < deadline, f"{run} did not end"
        time.sleep(1)
    tasks = api.call("GET", f"{run}/taskInstances?limit=100")["task_instances"]
    assert state == "success", [(task["task_id"], task["state"]) for task in tasks]
    return list(tasks)


def marks(home: Path, name: str) -> list[local_processes.Mark]:
    """The processes that a file of Airflow's home tells of."""
    found = json.loads((home / name).read_text())
    pids = found["pids"].values() if "pids" in found else found["servers"]
    return [(pid, tick) for pid, tick in pids]


def ledger_url(home: Path) -> str:
    """Where the ledger is, as a person's shell is told."""
    return (home / "environment").read_text().partition("ARREARS_LEDGER_URL=")[2].strip().strip("'")


def outbox(root: Path, state: str) -> dict[str, bytes]:
    """Every file that partners can fetch."""
    folder = root / "outbox" / state
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def manifest(root: Path, state: str, night: str) -> dict[str, Any]:
    """What closed a night: the hashes of every table and file, and of what it read, in whatever order.

    Where in the ledger the night's cut lies hangs on what else went on, and counts for no answer.
    """
    found: dict[str, Any] = json.loads((root / "nights" / state / night / "manifest.json").read_text())
    return found | {"inputs": sorted(found["inputs"], key=lambda one: str(one["sha256"])), "position": None}
