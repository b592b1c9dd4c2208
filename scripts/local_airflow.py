"""Airflow on this machine, for trying and for demonstration: four processes, loopback only.

    scripts/local_airflow.py up      start it, wait until it is well, print address and sign-in
    scripts/local_airflow.py down    end it

Everything it writes lies under .airflow/ and the store. Production uses PostgreSQL, another way to
sign in and a service manager: see docs/runbook.md.
"""

import argparse
import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from local_processes import Mark, Trouble, alive, begin, end_all, free_port, keep

HOUSE = Path(__file__).resolve().parents[1]
HOME = Path(os.environ.get("AIRFLOW_HOME") or HOUSE / ".airflow")
STORE = Path(os.environ.get("ARREARS_STORE") or HOUSE / "store")
INBOX = Path(os.environ.get("ARREARS_INBOX") or HOUSE / "sample_data")
BIN = Path(sys.executable).parent
USERS = {"admin": "admin", "eng": "op", "sup": "user", "view": "viewer"}
# The invented people of the sample, whose roles at the desk the ledger holds.
USERS |= {"sam.supervisor": "user", "pat.caseworker": "user", "olu.operator": "op"}
PROCESSES = {
    "api-server": ["api-server", "--host", "127.0.0.1"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}
SIMPLE = "airflow.api_fastapi.auth.managers.simple"
PATIENCE_SECONDS = 120


def main() -> int:
    """0 where what was asked is done."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("up").add_argument("--port", type=int, default=8080)
    verbs.add_parser("down")
    asked = parser.parse_args()
    return guarded(lambda: up(asked.port) if asked.verb == "up" else down())


def guarded(action: Callable[[], None]) -> int:
    """0 where the action ends well; else its trouble is said without a traceback."""
    # Also a polite end from outside must leave no Airflow behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        action()
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except urllib.error.URLError as error:
        print(f"\nAirflow does not answer as it should: {error}. See {HOME / 'logs'}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped by hand. What was begun is finished by the next run.", file=sys.stderr)
        return 130
    return 0


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
        say(f"  sign in as {user:14} ({role:6}) with {passwords[user]}")
    say(f"Store {STORE}, inbox {INBOX}. Logs in {HOME / 'logs'}. End it with: make down")


def down() -> None:
    """Ends the processes that `up` started, each with all that it started itself."""
    pids = [(pid, tick) for pid, tick in recorded().get("pids", {}).values()]
    end_all(pids)
    (HOME / "running.json").unlink(missing_ok=True)
    say("Airflow is down." if pids else "Airflow was not up.")


def start(
    port: int, tell: Callable[[str], None], beside: Mapping[str, list[str]] = MappingProxyType({})
) -> None:
    """Airflow on this port, its database migrated, all four parts well, and others beside them."""
    environment = settings(port)
    (HOME / "logs").mkdir(parents=True, exist_ok=True)
    create_store()
    migrate(environment, tell)
    tell("starting Airflow")
    pids = {}
    for name, arguments in (PROCESSES | dict(beside)).items():
        extra = ["--port", str(port)] if name == "api-server" else []
        command = [BIN / "airflow", *arguments, *extra]
        pids[name] = begin(command, HOME / "logs" / f"{name}.log", env=environment, cwd=HOUSE)
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
    known = json.loads(passwords.read_text()) if passwords.exists() else {}
    if not USERS.keys() <= known.keys():
        keep(passwords, json.dumps({user: secrets.token_urlsafe(9) for user in USERS} | known))
    if not (HOME / "secret").exists():
        keep(HOME / "secret", secrets.token_hex(48))
    secret = (HOME / "secret").read_text()
    options = {
        "CORE__DAGS_FOLDER": str(HOUSE / "dags"),
        "CORE__PLUGINS_FOLDER": str(HOUSE / "plugins"),
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
    from arrears.data.store import Store
    from arrears.ledger import Ledger

    made = Store.open(STORE) if (STORE / "store.json").exists() else Store.create(STORE, "invented")
    Ledger.open(made.ledger_url).close()


def migrate(environment: dict[str, str], tell: Callable[[str], None]) -> None:
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


def wait_until_well(api: "Api", pids: dict[str, Mark]) -> None:
    """Returns when all parts report well and the DAGs are there; says which part is not."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    missing = ""
    while time.monotonic() < deadline:
        for name, one in pids.items():
            if not alive(one):
                raise Trouble(f"Airflow's {name} ended by itself. See {HOME / 'logs' / (name + '.log')}.")
        missing = api.unwell()
        if not missing:
            return
        time.sleep(0.3)
    raise Trouble(f"Airflow is not well after {PATIENCE_SECONDS} s: {missing}. See {HOME / 'logs'}.")


def recorded() -> dict[str, Any]:
    """Port and process ids that the last `up` wrote down, or nothing."""
    try:
        found: dict[str, Any] = json.loads((HOME / "running.json").read_text())
    except (OSError, ValueError):
        return {}
    return found


def running() -> dict[str, Any]:
    """Port and process ids of the Airflow that runs now, or nothing."""
    found = recorded()
    if not found:
        return {}
    lives = [alive((pid, tick)) for pid, tick in found["pids"].values()]
    if any(lives) and not all(lives):  # half of it was ended from outside, or is just ending
        down()
    return found if all(lives) else {}


class Api:
    """Airflow's REST interface, signed in as one of the seeded users."""

    def __init__(self, port: int, user: str = "admin") -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.user = user
        self.token = ""

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer as JSON; raises `urllib.error.HTTPError` where it is a refusal."""
        if not self.token:
            passwords = json.loads((HOME / "passwords.json").read_text())
            answer = self._send(
                "POST", "/auth/token", {"username": self.user, "password": passwords[self.user]}
            )
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


def say(text: str) -> None:
    """Prints at once, also into a pipe."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
