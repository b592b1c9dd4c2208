"""How long a night takes, step by step, beside a yardstick that any machine can be measured by.

The yardstick is the engine alone: every staged row of the same caseload read, sorted by its key and
written again. A step's ratio to it says more of the pipeline than seconds do, which belong to a machine.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from arrears.data.store import Store
from arrears.errors import ArrearsError

Result = dict[str, Any]
_KIB_PER_MIB = 1024
FIRST_NIGHT = date(2025, 1, 14)


def bench(state: str, cases: int, nights: int, seed: int, tell: Callable[[str, Result], None]) -> Result:
    """Seconds by step, peak memory and ratios of consecutive nights over one invented caseload.

    Nothing of a scheduler is in it: each step is called as an ordinary function, in a process of its
    own, so that the memory told is the night's and not the generator's.
    """
    from arrears.fakes import make

    with tempfile.TemporaryDirectory(prefix="arrears-bench-") as place:
        root = Path(place)
        made = make(state, cases, nights, seed, root / "inbox", FIRST_NIGHT)
        tell("invented", {})
        store = Store.create(root / "store", "invented")
        runs = []
        for night in made.nights:
            inbox = made.folder / night.isoformat() / "inbox"
            runs.append(_in_child("night", str(store.root), state, night.isoformat(), str(inbox)))
            tell(night.isoformat(), runs[-1])
        yardstick = _in_child("yardstick", str(store.root), state, made.nights[0].isoformat(), str(root))
        tell("yardstick", yardstick)
    unit = yardstick["seconds"]["yardstick"]
    return {
        "state": state,
        "cases": cases,
        "yardstick_seconds": unit,
        "nights": [
            {
                "as_of": night.isoformat(),
                **run,
                "own_seconds": round(sum(run["seconds"].values()), 2),
                "ratios": {step: round(seconds / unit, 2) for step, seconds in run["seconds"].items()},
            }
            for night, run in zip(made.nights, runs, strict=True)
        ],
    }


def _in_child(what: str, *given: str) -> Result:
    ran = subprocess.run(
        [sys.executable, "-m", "arrears.cli.bench", what, *given], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise ArrearsError(f"The {what} of the benchmark failed", " ".join(given[:3]), ran.stderr[-2000:])
    found: Result = json.loads(ran.stdout)
    return found


def _night(root: str, state: str, as_of: str, inbox: str) -> Result:
    """One whole night: files in, every step, closed."""
    from arrears.desk.lists import Asked, lists
    from arrears.desk.resolved import set_desk
    from arrears.intake.inbox import take_in
    from arrears.night.steps import run_night

    store, day = Store.open(Path(root)), date.fromisoformat(as_of)
    seconds: dict[str, float] = {}
    last = time.monotonic()

    def told(step: str, _counts: Any) -> None:
        nonlocal last
        now = time.monotonic()
        seconds[step], last = round(now - last, 2), now

    take_in(store, state, sorted(Path(inbox).iterdir()), on=day)
    told("receive", None)
    run_night(store, state, day, progress=told)
    set_desk(store, state)
    told("desk", None)
    lists(store, state, Asked(sort="amount"))
    told("one page", None)
    return {"seconds": seconds, "peak_mib": _peak_mib()}


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
    return {"seconds": {"yardstick": round(time.monotonic() - began, 2)}, "peak_mib": _peak_mib()}


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _KIB_PER_MIB


def print_bench(result: Result, out: Console) -> None:
    """Prints seconds, and beside them how many times the yardstick they are."""
    for night in result["nights"]:
        size = f"{night['own_seconds']} s, {night['peak_mib']:,} MiB"
        title = f"{result['cases']:,} cases, {night['as_of']}: {size}"
        table = Table(title=title, title_justify="left", min_width=len(title))
        table.add_column("step")
        table.add_column("seconds", justify="right")
        table.add_column("x yardstick", justify="right")
        for step, seconds in night["seconds"].items():
            table.add_row(step, f"{seconds:.1f}", f"{night['ratios'][step]:.1f}")
        out.print(table)
    out.print(f"Yardstick: {result['yardstick_seconds']} s to read, sort and write the staged caseload.")


if __name__ == "__main__":
    run = {"night": _night, "yardstick": _yardstick}[sys.argv[1]]
    print(json.dumps(run(*sys.argv[2:])))
