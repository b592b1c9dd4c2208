"""One night of the sample through the Airflow DAGs of this machine, with its summary.

    scripts/run_night.py ST DATE

Uses the Airflow that `make up` started, else starts one for as long as the night takes.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local_airflow import HOME, INBOX, STORE, Api, down, guarded, running, say, start
from local_processes import Trouble, free_port

NIGHT_SECONDS = 600
# The task of an ingest run that fails to be seen, and stops nothing.
LOOK = "look"
ENDED = {"success", "failed", "skipped", "upstream_failed", "removed"}


def main() -> int:
    """0 where the night ended well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("state")
    parser.add_argument("date")
    asked = parser.parse_args()
    return guarded(lambda: run_night(asked.state, asked.date))


def run_night(state: str, date: str) -> None:
    """Prints progress by task, then what people want to know of the night."""
    if not (INBOX / state / date / "inbox").is_dir():
        raise Trouble(f"There is no inbox {INBOX / state / date / 'inbox'}. Choose a date that has one.")
    began, before = time.monotonic(), outbox(state)
    own = not running()

    def tell(text: str) -> None:
        say(f"{time.monotonic() - began:6.1f} s  {text}")

    if own:
        start(free_port(0), tell)
    try:
        api = Api(running()["port"])
        tell(f"Airflow is well; running the night of {date} in {state.upper()} through its DAGs")
        follow(api, {f"{state}_ingest_{source}": date for source in lying_there(state, date)}, tell)
        follow(api, {f"{state}_nightly": date}, tell)
    finally:
        if own:
            down()
    tell_summary(state, date)
    new = sorted(outbox(state) - before)
    say(f"\nNew files for partners: {len(new)}" if new else "\nNothing new was sent: this night is closed.")


def tell_summary(state: str, date: str) -> None:
    """Prints what an operator and a supervisor want to know of the night."""
    from rich.console import Console

    from arrears.data.store import Store
    from arrears.night.steps import closed_summary
    from arrears.night.summary import print_summary

    found = closed_summary(Store.open(STORE), state, datetime.fromisoformat(date).date())
    if found is None:
        raise Trouble(f"The DAGs ended, but the night of {date} is not closed. See {HOME / 'logs'}.")
    print_summary(found, Console(highlight=False, width=None if sys.stdout.isatty() else 120))


def lying_there(state: str, date: str) -> list[str]:
    """The sources that have a file in the inbox of the date."""
    from arrears.night.steps import SOURCES

    folder = INBOX / state / date / "inbox"
    return [source for source, feed in SOURCES.items() if any(folder.glob(f"{feed}*"))]


def outbox(state: str) -> set[str]:
    """Every file that partners can fetch, with its content hash."""
    folder = STORE / "outbox" / state
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files}


def follow(api: Api, dags: dict[str, str], tell: Callable[[str], None]) -> None:
    """Triggers each DAG for its date and tells of each task's end; raises where one does not end well."""
    runs = {dag: trigger(api, dag, date) for dag, date in dags.items()}
    told: set[tuple[str, str, str]] = set()
    deadline = time.monotonic() + NIGHT_SECONDS
    unfinished = set(runs)
    while unfinished and time.monotonic() < deadline:
        for dag in sorted(unfinished):
            path = f"/dags/{dag}/dagRuns/{runs[dag]}"
            state = api.call("GET", path)["state"]
            tasks = api.call("GET", f"{path}/taskInstances?limit=100")["task_instances"]
            for each in sorted(tasks, key=lambda t: t["end_date"] or "~"):
                seen = (dag, each["task_id"], each["state"])
                if each["state"] in ENDED and seen not in told:
                    told.add(seen)
                    tell(f"{dag:20} {each['task_id']:9} {each['state']:8} {each['duration'] or 0:5.1f} s")
            if state == "failed" and {one["task_id"] for one in tasks if one["state"] == "failed"} == {LOOK}:
                tell(f"{dag:20} a file is held or refused; no night waits for it. The summary says why")
                unfinished.discard(dag)
            elif state == "failed":
                raise Trouble(f"{dag} failed for {dags[dag]}.\n{last_words(api, path, tasks)}")
            if state == "success":
                unfinished.discard(dag)
        time.sleep(0.3)
    if unfinished:
        raise Trouble(
            f"Not done after {NIGHT_SECONDS} s: {', '.join(sorted(unfinished))}. See {HOME / 'logs'}."
        )


def trigger(api: Api, dag: str, date: str) -> str:
    """The id of the run of this DAG for this date: one that was broken off goes on, else a new one."""
    found = api.call("GET", f"/dags/{dag}/dagRuns?limit=100&order_by=-run_after")["dag_runs"]
    mine = [run for run in found if run["partition_key"] == date and run["state"] != "success"]
    if mine:
        run_id = str(mine[0]["dag_run_id"])
        if mine[0]["state"] == "failed":
            body = {"dag_run_id": run_id, "dry_run": False, "only_failed": True, "reset_dag_runs": True}
            api.call("POST", f"/dags/{dag}/clearTaskInstances", body)
        return run_id
    run_id = f"by_hand__{date}__{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    body = {"dag_run_id": run_id, "logical_date": None, "partition_key": date}
    return str(api.call("POST", f"/dags/{dag}/dagRuns", body)["dag_run_id"])


def last_words(api: Api, path: str, tasks: list[dict[str, Any]]) -> str:
    """The end of the log of each task that failed, or waits to be tried again."""
    told = []
    for each in tasks:
        if each["state"] in ("failed", "up_for_retry", "up_for_reschedule"):
            log = api.call("GET", f"{path}/taskInstances/{each['task_id']}/logs/{each['try_number']}")
            lines = [str(part.get("event", part)) for part in log["content"]]
            told.append(f"-- {each['task_id']}:\n" + "\n".join(lines[-12:]))
    return "\n".join(told)


if __name__ == "__main__":
    sys.exit(main())
