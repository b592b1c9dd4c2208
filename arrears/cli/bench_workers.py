"""What several workers save of one night in parts, each with one core, when they meet only in the store.

The tasks are those that a scheduler hands out, in the same order; there is none here, so that what is told
is the work's. The same received store is worked on by one worker, then by several; their
answers are compared.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from arrears.cli.bench import FIRST_NIGHT, Result, Tell, in_child, libraries, machine, own
from arrears.cli.meter import Meter, Row, peak_mib
from arrears.data.store import Store

HOLDER, THREADS, MEMORY = "ARREARS_HOLDER", "ARREARS_THREADS", "ARREARS_MEMORY_LIMIT"
_MEMORY_SHARE = 0.6
# What is cut into parts; the rest of the night one worker does.
IN_PARTS = ("split", "part", "merge", "remedies")


def bench_workers(state: str, cases: int, seed: int, workers: int, parts: int, tell: Tell) -> Result:
    """The same night by one worker and by several: seconds by step, and whether the answers are the same."""
    from arrears.fakes import make
    from arrears.intake.inbox import take_in

    where = machine()
    with tempfile.TemporaryDirectory(prefix="arrears-bench-") as place:
        root = Path(place)
        made = make(state, cases, 1, seed, root / "inbox", FIRST_NIGHT)
        tell("invented", {})
        store = Store.create(root / "received", "invented")
        inbox = made.folder / FIRST_NIGHT.isoformat() / "inbox"
        take_in(store, state, sorted(inbox.iterdir()), on=FIRST_NIGHT)
        tell("receive", {})
        runs = {}
        for many in (1, workers):
            tell(f"{many} worker{'s' if many > 1 else ''}", {})
            shutil.copytree(store.root, root / str(many))
            given = (str(root / str(many)), state, FIRST_NIGHT.isoformat(), str(many), str(parts))
            runs[many] = in_child(own("workers", *given), tell)
            shutil.rmtree(root / str(many))
    one, several = runs[1], runs[workers]

    def times(what: str) -> float:
        return round(float(one[what]) / max(float(several[what]), 0.001), 2)

    return {
        "state": state,
        "cases": cases,
        "machine": where,
        "libraries": libraries(),
        "workers": workers,
        "parts": parts,
        "times": times("seconds"),
        "times_in_parts": times("seconds_in_parts"),
        "cpu_times": times("busiest_cpu_seconds"),
        "cpu_times_in_parts": times("busiest_cpu_seconds_in_parts"),
        "is_same": one["content"] == several["content"],
        "runs": {str(many): run for many, run in runs.items()},
    }


def night_by_workers(root: str, state: str, as_of: str, workers: str, parts: str) -> Result:
    """What a night costs whose tasks this many processes do, each with its share of cores and memory."""
    from arrears.night import steps

    many = int(workers)
    os.environ |= {HOLDER: "bench", **_share(many)}
    rows: dict[str, Row] = {}
    with ProcessPoolExecutor(many, mp_context=get_context("spawn"), initializer=_ready) as pool:
        list(pool.map(int, range(many)))
        steps.begin(root, state, as_of)
        for row in steps.stages(int(parts)):
            began = time.monotonic()
            done = [pool.submit(_do, one.step, dict(one.given), root, state, as_of) for one in row]
            costs = [one.result() for one in done]
            rows[row[0].step] = of_tasks(costs, time.monotonic() - began)
            print(json.dumps({"step": row[0].step, **rows[row[0].step]}), flush=True)
    manifest = json.loads(
        (Store.open(Path(root)).night(state, date.fromisoformat(as_of)) / "manifest.json").read_text()
    )
    return {
        "steps": rows,
        **{
            f"{what}{of}": round(sum(rows[one][what] for one in steps_told if one in rows), 2)
            for what in ("seconds", "busiest_cpu_seconds")
            for of, steps_told in (("", tuple(rows)), ("_in_parts", IN_PARTS))
        },
        "content": {what: manifest[what] for what in ("tables", "outbox")},
        "peak_mib": peak_mib(),
    }


def of_tasks(costs: list[tuple[int, Row]], seconds: float) -> Row:
    """What the tasks of a step cost together, which took so many seconds by the clock; each by its worker."""
    return {
        **{what: round(sum(cost[what] for _, cost in costs), 3) for what in costs[0][1]},
        "seconds": round(seconds, 3),
        "tasks": len(costs),
        "busiest_cpu_seconds": _busiest(costs),
    }


def _share(workers: int) -> dict[str, str]:
    """One core for each worker, and its share of the memory, where nobody says otherwise."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * _MEMORY_SHARE / workers
    fair = {THREADS: "1", MEMORY: f"{int(memory / 2**20)}MiB"}
    return fair | {name: os.environ[name] for name in fair if name in os.environ}


def _ready() -> None:
    """A worker that has begun and read its modules, as one that waits for tasks has."""
    import arrears.night.steps  # noqa: F401

    # What is said there is read by the one who measures; the engine tells of long statements on its own.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def _busiest(costs: list[tuple[int, Row]]) -> float:
    """The processor seconds of the worker that had most to do: what it takes where nothing else runs."""
    by_worker: Counter[int] = Counter()
    for worker, cost in costs:
        by_worker[worker] += cost["cpu_seconds"]
    return round(max(by_worker.values()), 3)


def _do(step: str, given: dict[str, Any], root: str, state: str, as_of: str) -> tuple[int, Row]:
    """Which worker did one task, and what it cost."""
    from arrears.night.steps import Task

    meter = Meter()
    with meter.running():
        Task(step, given)(root, state, as_of)
        return os.getpid(), meter.ended(step)
