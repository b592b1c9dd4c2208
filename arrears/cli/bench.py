"""What a night costs, step by step, beside a yardstick that any machine can be measured by.

The yardstick is the engine alone: every staged row of the same caseload read, sorted by its key and
written again. A step's ratio to it says more of the pipeline than seconds do, which belong to a machine.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from arrears import house
from arrears.cli.meter import Meter, peak_mib, places_bytes, tree_mib
from arrears.cli.tools import collect_seldom
from arrears.data.store import Store
from arrears.errors import ArrearsError

Result = dict[str, Any]
Tell = Callable[[str, Result], None]
_BETWEEN_LOOKS = 0.05
FIRST_NIGHT = date(2025, 1, 14)
# Of the night's own work; what a person does afterwards stands apart.
AFTERWARDS = ("desk", "one page")
# Which step writes the tables of a folder of the store.
_WRITES = {
    **{"staging": "receive", "match": "match", "facts": "facts", "verdicts": "remedies"},
    **{"plan": "actions", "queues": "queues"},
}


def bench(
    state: str,
    cases: int,
    nights: int,
    seed: int,
    tell: Tell,
    profile: bool = False,
    peers: bool = False,
    full_day: bool = False,
) -> Result:
    """What consecutive nights over one invented caseload cost by step, and their ratios to the yardstick.

    With `peers` a part of the first night's work is done by other libraries, too, and its answers compared.

    Nothing of a scheduler is in it: each step is called as an ordinary function, in a process of its
    own, so that the memory told is the night's and not the generator's.
    """
    from arrears.fakes import make

    where = machine()  # before it is busy with this
    with tempfile.TemporaryDirectory(prefix="arrears-bench-") as place:
        root = Path(place)
        made = make(state, cases, nights, seed, root / "inbox", FIRST_NIGHT, is_full_day=full_day)
        tell("invented", {})
        store = Store.create(root / "store", "invented")
        runs = []
        for night in made.nights:
            inbox = made.folder / night.isoformat() / "inbox"
            tell(night.isoformat(), {})
            given = (str(store.root), state, night.isoformat(), str(inbox))
            runs.append(in_child(own("night", *given, *(["profile"] if profile else [])), tell))
        given = (str(store.root), state, made.nights[0].isoformat(), str(root))
        yardstick = in_child(own("yardstick", *given), tell)
        tell("yardstick", yardstick)
        first = str(made.folder / made.nights[0].isoformat() / "inbox")
        program = [str(house.ROOT / "benchmarks" / "run.py"), *given[:3], first, str(root / "peers")]
        beside = in_child(program, tell) if peers else {}
    unit = yardstick["seconds"]
    return {
        "state": state,
        "cases": cases,
        "machine": where,
        "libraries": libraries(),
        "yardstick_seconds": unit,
        **({"peers": beside["peers"], "peers_remedies": beside["remedies"]} if peers else {}),
        "nights": [
            {"as_of": night.isoformat(), **_summed(run, unit)}
            for night, run in zip(made.nights, runs, strict=True)
        ],
    }


def _summed(run: Result, unit: float) -> Result:
    own = [one for step, one in run["steps"].items() if step not in AFTERWARDS]
    for one in run["steps"].values():
        one["ratio"] = round(one["seconds"] / unit, 2)
        rows = one.get("rows")
        one["rows_a_second"] = round(rows / max(one["seconds"], 0.001)) if rows else None
    sums = {
        f"own_{what}": round(sum(one[what] for one in own), 2)
        for what in ("seconds", "cpu_seconds", "statements")
    }
    return {**sums, **run}


def machine() -> Result:
    """What a figure depends on: cores that this process may use, memory, system, what else runs; no name."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": round(pages / 1024**3, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "load": round(os.getloadavg()[0], 1),
    }


def libraries() -> dict[str, str]:
    """The versions of what does the work."""
    from importlib.metadata import version

    return {"python": platform.python_version(), **{n: version(n) for n in ("duckdb", "pyarrow")}}


def own(what: str, *given: str) -> list[str]:
    """The Python program that does one part of the benchmark."""
    return ["-m", "arrears.cli.bench", what, *given]


def in_child(command: list[str], tell: Tell) -> Result:
    """What a Python program says of itself, with the peak memory of it and of all that it started.

    It writes one JSON document a line: each step as it ends, under `step`, and last its result.
    """
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            [sys.executable, *command], stdout=subprocess.PIPE, stderr=errors, text=True
        ) as child,
    ):
        peaks = [0]
        ended = threading.Event()
        looking = threading.Thread(target=_look, args=(child.pid, peaks, ended))
        looking.start()
        found: Result = {}
        for line in child.stdout or ():
            found = json.loads(line)
            if "step" in found:
                tell(found["step"], found)
        child.wait()
        ended.set()
        looking.join()
        if child.returncode:
            errors.seek(0)
            what = " ".join(command[:3])
            raise ArrearsError("A part of the benchmark failed", what, errors.read()[-2000:])
    return {**found, "peak_mib": max(found["peak_mib"], *peaks)}


def _look(pid: int, peaks: list[int], ended: threading.Event) -> None:
    while not ended.wait(_BETWEEN_LOOKS):
        peaks.append(max(peaks.pop(), tree_mib(pid)))


def _night(root: str, state: str, as_of: str, inbox: str, profile: str = "") -> Result:
    """One whole night: files in, every step, closed."""
    from arrears.desk.lists import Asked, lists
    from arrears.desk.resolved import set_desk
    from arrears.intake.inbox import take_in
    from arrears.night.steps import run_night

    store, day, meter = Store.open(Path(root)), date.fromisoformat(as_of), Meter(bool(profile))
    before, bytes_before = set(store.root.rglob("*.parquet")), places_bytes(store.root)

    def told(step: str, _counts: Any) -> None:
        print(json.dumps({"step": step, **meter.ended(step)}), flush=True)

    with meter.running():
        take_in(store, state, sorted(Path(inbox).iterdir()), on=day)
        told("receive", None)
        run_night(store, state, day, progress=told)
        grown = places_bytes(store.root)
        grown.subtract(bytes_before)
        written = _rows_written(store, state, day, before)
        set_desk(store, state)
        told("desk", None)
        page = lists(store, state, Asked(sort="amount"))
        told("one page", None)
        written["one page"] = page.total
    for step, one in meter.steps.items():
        one["rows"] = written.get(step)
    return {
        "steps": meter.steps,
        "bytes_grown": grown.total(),
        "bytes_by_place": {place: size for place, size in grown.most_common() if size},
        "peak_mib": peak_mib(),
        **(meter.heaviest() if profile else {}),
    }


def _rows_written(store: Store, state: str, day: date, before: set[Path]) -> Counter[str]:
    """How many rows each step wrote into tables, and release into files, that were not there before."""
    found: Counter[str] = Counter()
    for path in set(store.root.rglob("*.parquet")) - before:
        for folder in path.relative_to(store.root).parts[:-1]:
            if folder in _WRITES:
                found[_WRITES[folder]] += int(pq.read_metadata(path).num_rows)
    sent = store.outbox(state, day)
    found["release"] = sum(one.read_bytes().count(b"\n") for one in sent.glob("*")) if sent.exists() else 0
    return found


def _yardstick(root: str, state: str, _as_of: str, scratch: str) -> Result:
    """Every staged row of the caseload read, sorted and written again, by the engine alone."""
    from arrears.data.warehouse import file_list, warehouse

    staged = sorted(Store.open(Path(root)).staging(state, "caseload", "any").parent.glob("*/*.parquet"))
    began = time.monotonic()
    with warehouse() as con:
        for number, path in enumerate(staged):
            target = Path(scratch) / f"{number}.parquet"
            con.execute(
                f"COPY (SELECT * FROM read_parquet({file_list([path])}) ORDER BY ALL) TO '{target}'"
                " (FORMAT parquet, COMPRESSION zstd)"
            )
    return {"seconds": round(time.monotonic() - began, 2), "peak_mib": peak_mib()}


if __name__ == "__main__":
    from arrears.cli.bench_workers import night_by_workers

    collect_seldom()
    runs: dict[str, Callable[..., Result]] = {
        "night": _night,
        "workers": night_by_workers,
        "yardstick": _yardstick,
    }
    print(json.dumps(runs[sys.argv[1]](*sys.argv[2:])))
