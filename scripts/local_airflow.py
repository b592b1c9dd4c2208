"""Airflow on this machine, for trying and for demonstration: four processes, loopback only.

    scripts/local_airflow.py up             start it, wait until it is well, print address and sign-in
    scripts/local_airflow.py down           end it
    scripts/local_airflow.py night ST DATE  run one night of the sample through the DAGs and print its summary

Everything it writes lies under .airflow/ and the store. Production uses PostgreSQL, another way to
sign in and a service manager: see docs/runbook.md.
"""

import argparse
import hashlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parents[1]
HOME = Path(os.environ.get("AIRFLOW_HOME") or HOUSE / ".airflow")
STORE = Path(os.environ.get("ARREARS_STORE") or HOUSE / "store")
INBOX = Path(os.environ.get("ARREARS_INBOX") or HOUSE / "sample_data")
BIN = Path(sys.executable).parent
USERS = {"admin": "admin", "eng": "op", "sup": "user", "view": "viewer"}
PROCESSES = {
    "api-server": ["api-server", "--host", "127.0.0.1"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}
SIMPLE = "airflow.api_fastapi.auth.managers.simple"
PATIENCE_SECONDS = 120
NIGHT_SECONDS = 600
ENDED = {"success", "failed", "skipped", "upstream_failed", "removed"}


class Trouble(Exception):
    """Something that the person at the terminal must know; said without a traceback."""


def main() -> int:
    """0 where what was asked is done."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("up").add_argument("--port", type=int, default=8080)
    verbs.add_parser("down")
    night = verbs.add_parser("night")
    night.add_argument("state")
    night.add_argument("date")
    asked = parser.parse_args()
    # Also a polite end from outside must leave no Airflow behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if asked.verb == "up":
            up(asked.port)
        elif asked.verb == "down":
            down()
        else:
            return run_night(asked.state, asked.date)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped by hand. What was begun is finished by the next run.", file=sys.stderr)
        return 130
    return 0


# ---------------------------------------------------------------- the four processes


def up(port: int) -> None:
    """Starts what does not run yet, and prints where it is and how to sign in."""
    found = running()
    if found:
        port = found["port"]
    else:
        start(free_port(port), say)
        port = running()["port"]
    say(f"Airflow is up at http://127.0.0.1:{port}")
    passwords = json.loads((HOME / "passwords.json").read_text())
    for user, role in USERS.items():
        say(f"  sign in as {user:5} ({role:6}) with {passwords[user]}")
    say(f"Store {STORE}, inbox {INBOX}. Logs in {HOME / 'logs'}. End it with: make down")


def down() -> None:
    """Ends the processes that `up` started, each with all that it started itself."""
    found = running()
    for pid in found.get("pids", {}).values():
        end(pid, signal.SIGTERM)
    deadline = time.monotonic() + 20
    while any(alive(pid) for pid in found.get("pids", {}).values()) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in found.get("pids", {}).values():
        end(pid, signal.SIGKILL)
    (HOME / "running.json").unlink(missing_ok=True)
    say("Airflow is down." if found else "Airflow was not up.")


def start(port: int, tell: Any) -> None:
    """Airflow on this port, its database migrated, all four parts well."""
    environment = settings(port)
    (HOME / "logs").mkdir(parents=True, exist_ok=True)
    create_store()
    migrate(environment, tell)
    tell("starting Airflow")
    pids = {}
    for name, arguments in PROCESSES.items():
        extra = ["--port", str(port)] if name == "api-server" else []
        with (HOME / "logs" / f"{name}.log").open("ab") as log:
            made = subprocess.Popen(
                [BIN / "airflow", *arguments, *extra],
                env=environment,
                cwd=HOUSE,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        pids[name] = made.pid
    (HOME / "running.json").write_text(json.dumps({"port": port, "pids": pids}))
    try:
        wait_until_well(Api(port), pids)
    except BaseException:
        down()
        raise


def settings(port: int) -> dict[str, str]:
    """The environment of every Airflow process."""
    HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
    passwords = HOME / "passwords.json"
    if not passwords.exists():
        keep(passwords, json.dumps({user: secrets.token_urlsafe(9) for user in USERS}))
    if not (HOME / "secret").exists():
        keep(HOME / "secret", secrets.token_hex(48))
    secret = (HOME / "secret").read_text()
    options = {
        "CORE__DAGS_FOLDER": str(HOUSE / "dags"),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__PARALLELISM": "4",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "CORE__AUTH_MANAGER": f"{SIMPLE}.simple_auth_manager.SimpleAuthManager",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in USERS.items()),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "API__HOST": "127.0.0.1",
        "API__PORT": str(port),
        "API__BASE_URL": f"http://127.0.0.1:{port}",
        "API__WORKERS": "1",
        "API__SECRET_KEY": secret,
        "API_AUTH__JWT_SECRET": secret,
        # The sample lies in the past: nothing starts by the clock here, only by hand and by backfill.
        "SCHEDULER__USE_JOB_SCHEDULE": "False",
        "SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_HOST": "127.0.0.1",
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    own = {f"AIRFLOW__{name}": value for name, value in options.items()}
    # What the caller has set in the environment wins, so that PostgreSQL needs no other script.
    mine = {"AIRFLOW_HOME": str(HOME), "ARREARS_STORE": str(STORE), "ARREARS_INBOX": str(INBOX)}
    return {**own, **os.environ, **mine, "PYTHONPATH": str(HOUSE)}


def create_store() -> None:
    """A store for the invented people of the sample, with its ledger, where there is none."""
    from arrears.ledger import Ledger
    from arrears.store import Store

    made = Store.open(STORE) if (STORE / "store.json").exists() else Store.create(STORE, "invented")
    Ledger.open(made.ledger_url).close()


def migrate(environment: dict[str, str], tell: Any) -> None:
    """Airflow's own database at the version of this lock file."""
    wanted = hashlib.sha256((HOUSE / "dev.lock").read_bytes()).hexdigest()
    stamp = HOME / "migrated"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    tell("preparing Airflow's database")
    done = subprocess.run(
        [BIN / "airflow", "db", "migrate"], env=environment, cwd=HOUSE, capture_output=True, text=True
    )
    if done.returncode:
        raise Trouble(f"airflow db migrate failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    stamp.write_text(wanted)


def wait_until_well(api: "Api", pids: dict[str, int]) -> None:
    """Returns when all parts report well and the DAGs are there; says which part is not."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    missing = ""
    while time.monotonic() < deadline:
        for name, pid in pids.items():
            if not alive(pid):
                raise Trouble(f"Airflow's {name} ended by itself. See {HOME / 'logs' / (name + '.log')}.")
        missing = api.unwell()
        if not missing:
            return
        time.sleep(0.3)
    raise Trouble(f"Airflow is not well after {PATIENCE_SECONDS} s: {missing}. See {HOME / 'logs'}.")


def running() -> dict[str, Any]:
    """Port and process ids of the Airflow that `up` started, or nothing."""
    try:
        found: dict[str, Any] = json.loads((HOME / "running.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if any(alive(pid) for pid in found["pids"].values()) else {}


def alive(pid: int) -> bool:
    """True where this is one of ours and still there: a session leader running Airflow."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return words[0] not in "ZX" and int(words[3]) == pid and b"airflow" in command


def end(pid: int, with_signal: signal.Signals) -> None:
    """Sends the signal to a process of ours and all of its group."""
    if alive(pid):
        os.killpg(pid, with_signal)


def free_port(wanted: int) -> int:
    """The wanted port, or the next one that is free."""
    for port in range(wanted, wanted + 50) if wanted else [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Trouble(f"No port is free from {wanted} on.")


def keep(path: Path, text: str) -> None:
    """Writes a secret that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)


class Api:
    """Airflow's REST interface, signed in as the seeded administrator."""

    def __init__(self, port: int) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.token = ""

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer as JSON; raises `urllib.error.HTTPError` where it is a refusal."""
        if not self.token:
            passwords = json.loads((HOME / "passwords.json").read_text())
            answer = self._send("POST", "/auth/token", {"username": "admin", "password": passwords["admin"]})
            self.token = answer["access_token"]
        return self._send(method, f"/api/v2{path}", body)

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.root + path, data=data, headers=headers, method=method)
        # No proxy of the environment may come between this machine and itself.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def unwell(self) -> str:
        """Which parts are not well, or nothing."""
        try:
            health = self.call("GET", "/monitor/health")
            dags = self.call("GET", "/dags?limit=200")["dags"]
            errors = self.call("GET", "/importErrors")["import_errors"]
        except (OSError, ValueError) as error:
            return f"api-server ({type(error).__name__})"
        if errors:
            raise Trouble("A DAG file cannot be read:\n" + "\n".join(e["stack_trace"] for e in errors))
        parts = ("metadatabase", "scheduler", "triggerer", "dag_processor")
        bad = [name for name in parts if health[name]["status"] != "healthy"]
        if not any(dag["dag_id"].endswith("_release") for dag in dags):
            bad.append("DAGs")
        return ", ".join(bad)


# ---------------------------------------------------------------- one night through the DAGs


def run_night(state: str, date: str) -> int:
    """0 where the night ended well; prints progress by task, then what people want to know of it."""
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
    return 0


def tell_summary(state: str, date: str) -> None:
    """Prints what an operator and a supervisor want to know of the night."""
    from datetime import date as day

    from rich.console import Console

    from arrears.steps import closed_summary
    from arrears.store import Store
    from arrears.summary import print_summary

    found = closed_summary(Store.open(STORE), state, day.fromisoformat(date))
    if found is None:
        raise Trouble(f"The DAGs ended, but the night of {date} is not closed. See {HOME / 'logs'}.")
    print_summary(found, Console(highlight=False))


def lying_there(state: str, date: str) -> list[str]:
    """The sources that have a file in the inbox of the date."""
    from arrears.steps import SOURCES

    folder = INBOX / state / date / "inbox"
    return [source for source, feed in SOURCES.items() if any(folder.glob(f"{feed}*"))]


def outbox(state: str) -> set[str]:
    """Every file that partners can fetch, with its content hash."""
    folder = STORE / "outbox" / state
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files}


def follow(api: Api, dags: dict[str, str], tell: Any) -> None:
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
            if state == "failed":
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


def say(text: str) -> None:
    """Prints at once, also into a pipe."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
