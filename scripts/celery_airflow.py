"""Airflow as several machines have it, tried on this one: Celery workers, Redis, PostgreSQL; loopback only.

    scripts/celery_airflow.py up --workers 2      start it, wait until it is well, print address and sign-in
    scripts/celery_airflow.py run me 2025-01-14   one night of the sample through it
    scripts/celery_airflow.py down                end it

Airflow's own tables and Arrears' ledger lie in PostgreSQL. The workers meet only there and in the store.
Needs the packages postgresql and redis-server. Everything that it writes lies under .airflow/celery/.
"""

import argparse
import json
import os
import pwd
import sys
from pathlib import Path

from local_processes import Mark, Trouble, alive, end_all, exported, keep

HOUSE = Path(__file__).resolve().parents[1]
os.environ.setdefault("AIRFLOW_HOME", str(HOUSE / ".airflow" / "celery"))
os.environ.setdefault("ARREARS_STORE", str(Path(os.environ["AIRFLOW_HOME"]) / "store"))

# They take their folders from the environment when they are read.
import local_airflow  # noqa: E402
import local_servers  # noqa: E402
import run_night  # noqa: E402

HOME, STORE = local_airflow.HOME, local_airflow.STORE
# A worker that is gone is noticed after so many seconds, and its task given to another.
GONE_AFTER_SECONDS = 15
# Longer than any step takes: the broker hands out again what its worker did not end by then.
STEP_SECONDS = 6 * 3600
MEMORY_SHARE = 0.6


def main() -> int:
    """0 where what was asked is done."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    begins, runs = verbs.add_parser("up"), verbs.add_parser("run")
    begins.add_argument("--port", type=int, default=8080)
    runs.add_argument("state")
    runs.add_argument("date")
    for one in (begins, runs):
        one.add_argument("--workers", type=int, default=2)
    verbs.add_parser("down")
    asked = parser.parse_args()
    if asked.verb == "up":
        return local_airflow.guarded(lambda: up(asked.port, asked.workers))
    if asked.verb == "run":
        return local_airflow.guarded(lambda: run(asked.state, asked.date, asked.workers))
    return local_airflow.guarded(down)


def up(port: int, workers: int) -> None:
    """Starts what does not run yet, servers first, and prints where it is and how to sign in."""
    begin(port, workers)
    local_airflow.up(port)
    local_airflow.say(f"For commands on this ledger: . {HOME / 'environment'}")


def run(state: str, date: str, workers: int) -> None:
    """One night through it; what was not up before is down again afterwards."""
    was_up = begin(0, workers)
    try:
        run_night.run_night(state, date)
    finally:
        if not was_up:
            down()


def down() -> None:
    """Ends Airflow, then the servers under it."""
    local_airflow.down()
    end_all(servers())
    (HOME / "servers.json").unlink(missing_ok=True)


def begin(port: int, workers: int) -> bool:
    """Whether all of it ran already; else it does now."""
    marks = servers()
    if marks and all(alive(one) for one in marks) and local_airflow.running():
        os.environ |= json.loads((HOME / "servers.json").read_text())["environment"]
        return True
    if lacking := local_servers.lacking():
        raise Trouble(f"Not here: {', '.join(lacking)}. Install it: apt-get install {' '.join(lacking)}")
    if marks or local_airflow.recorded():  # half of it was ended from outside
        down()
    try:
        os.environ |= start_servers() | shares(workers)
        celery = {f"worker-{n}": worker(n) for n in range(1, workers + 1)}
        local_airflow.start(local_airflow.free_port(port), local_airflow.say, celery)
    except BaseException:
        down()
        raise
    return False


def start_servers() -> dict[str, str]:
    """What Airflow and the engine must know of PostgreSQL and Redis, which run now."""
    (HOME / "logs").mkdir(parents=True, exist_ok=True, mode=0o700)
    let_the_server_in()
    postgres = local_servers.start_postgres(HOME / "postgres", HOME / "logs" / "postgres.log")
    note([postgres.mark], {})
    redis = local_servers.start_redis(HOME / "logs" / "redis.log")
    note([postgres.mark, redis.mark], {})
    airflow = local_servers.create_database(postgres, "airflow")
    ledger = {"ARREARS_LEDGER_URL": local_servers.create_database(postgres, "ledger")}
    options = {
        "CORE__EXECUTOR": "airflow.providers.celery.executors.celery_executor.CeleryExecutor",
        "DATABASE__SQL_ALCHEMY_CONN": airflow,
        "CELERY__BROKER_URL": redis.url,
        "CELERY__RESULT_BACKEND": f"db+{airflow}",
        # A task leaves the broker when it ended, and a worker holds none that it does not work on.
        "CELERY__TASK_ACKS_LATE": "True",
        "CELERY__WORKER_PREFETCH_MULTIPLIER": "1",
        "CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": str(STEP_SECONDS),
        "WORKERS__MIN_HEARTBEAT_INTERVAL": "2",
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "2",
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": str(GONE_AFTER_SECONDS),
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
    }
    environment = ledger | {f"AIRFLOW__{name}": value for name, value in options.items()}
    note([postgres.mark, redis.mark], environment)
    keep(HOME / "environment", exported(ledger))
    return environment


def worker(number: int) -> list[str]:
    """The arguments of one worker, which does one task at a time."""
    names = ["--celery-hostname", f"worker-{number}", "--pid", str(HOME / f"worker-{number}.pid")]
    return ["celery", "worker", "--concurrency", "1", "--skip-serve-logs", *names]


def shares(workers: int) -> dict[str, str]:
    """How many cores and how much memory the engine may use in each worker, where nobody says otherwise."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    fair = {
        "ARREARS_THREADS": str(max(1, len(os.sched_getaffinity(0)) // workers)),
        "ARREARS_MEMORY_LIMIT": f"{int(memory * MEMORY_SHARE / workers / 2**20)}MiB",
    }
    return fair | {name: os.environ[name] for name in fair if name in os.environ}


def servers() -> list[Mark]:
    """The servers that the last start wrote down."""
    try:
        found = json.loads((HOME / "servers.json").read_text())["servers"]
    except (OSError, ValueError):
        return []
    return [(pid, tick) for pid, tick in found]


def note(marks: list[Mark], environment: dict[str, str]) -> None:
    """Writes down what runs, for who ends it, and how it is reached, for who uses it."""
    keep(HOME / "servers.json", json.dumps({"servers": marks, "environment": environment}))


def let_the_server_in() -> None:
    """Where root starts it, PostgreSQL's user may pass through folders that are closed to all others."""
    if os.geteuid() != 0:
        return
    try:
        group = pwd.getpwnam("postgres").pw_gid
    except KeyError:
        return
    for folder in (HOME, HOME.parent):
        if folder in (HOME, HOUSE / ".airflow"):
            os.chown(folder, -1, group)
            folder.chmod(0o710)


if __name__ == "__main__":
    sys.exit(main())
