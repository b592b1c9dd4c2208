"""`docs/performance.md`, its plot and `docs/sizing.md`, from what the benchmark measured: one run a size."""

import json
import subprocess
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from arrears import house
from arrears.cli.bench import AFTERWARDS
from arrears.cli.sizing import PAGE as SIZING
from arrears.cli.sizing import sizing, table
from arrears.data.store import write_aside

Row = dict[str, Any]
PAGE, PLOT, RUNS = "performance.md", "performance.svg", "performance.json"
_MIB = 1024**2
_LONG = ("statements", "functions")  # a profile is read once
_INK, _QUIET, _LINE, _NIGHTS = "#1c2127", "#59626d", "#dfddd5", ("#1f5f8b", "#d98f2b")
_BAR, _LEFT, _WIDTH = 11, 110, 720
_HEAD = """# How fast a night is

Written by `arrears bench --docs`, which adds a run to `performance.json` or replaces the one of the same
size; nothing here is typed by hand. A night's own work is every step from the receipt of its files to the
closed manifest, called one after another in one process, without a scheduler, over an invented caseload
([what is in it](caseload.md)). Seconds belong to the machine and to what else ran on it (its load is
told); statements, rows and bytes do not. A statement that only defines a view is not counted. Tests hold
statements and answers, never seconds.
"""
_ABOUT_PEERS = """## The same work elsewhere

A part of the first night's work, done by libraries that people would otherwise use, each in a process of
its own, the best of three passes over files that are in memory already. Every row of every answer is
compared by its hash; where one differs, this page says so and the ratio means nothing.

- **What is done.** Two fixed-width feeds (driver licenses, bank accounts) become typed columns and
  rejects; rows are linked to persons; each case gets its balances and a year's payments; twelve remedies
  are decided with all conditions of their three questions, with SQL's three-valued logic; one queue file
  is written.
- **What is simpler than a night, for all alike.** The facts of the remedies are given as tables. A row is
  linked by its number, exactly where the birth date agrees. Numbers of people are not made tokens,
  nothing is encrypted, no ledger is written. Reading the rules is not counted, for us or for them.
- **arrears** works through the engine's own layouts, verdicts and writers: it alone tells why a line is a
  reject, proves one verdict a subject, tests each field of a line and writes files aside. **duckdb** is
  the floor: the same engine with nothing between. **polars** is lazy and uses all cores. **pandas** has
  Arrow types throughout and works on whole columns, never on a row. Their conditions are translated from
  the cards, not written again.
"""


def write_docs(result: Row, folder: Path | None = None) -> Path:
    """The page, written with its plot from this run and from the kept runs of other sizes."""
    folder = folder or house.ROOT / "docs"
    kept = folder / RUNS
    runs: list[Row] = json.loads(kept.read_text()) if kept.exists() else []
    nights = [{what: night[what] for what in night if what not in _LONG} for night in result["nights"]]
    told = {**result, "nights": nights, "date": date.today().isoformat(), "commit": _commit()}
    runs = sorted(
        [one for one in runs if one["cases"] != told["cases"]] + [told], key=lambda one: one["cases"]
    )
    write_aside(kept, (json.dumps(runs, indent=1) + "\n").encode())
    return rewrite(folder)


def rewrite(folder: Path) -> Path:
    """The page, written with its plot and the page of sizes from the kept runs."""
    runs: list[Row] = json.loads((folder / RUNS).read_text())
    write_aside(folder / PLOT, plot(runs[-1]).encode())
    write_aside(folder / PAGE, page(runs).encode())
    write_aside(folder / SIZING, sizing(runs).encode())
    return folder / PAGE


def _commit() -> str:
    def asked(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=house.ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    changed = " with changes" if asked("status", "--porcelain", "--untracked-files=no") else ""
    return (asked("rev-parse", "--short", "HEAD") or "unknown") + changed


def page(runs: list[Row]) -> str:
    """The page of these runs, smallest caseload first."""
    largest = runs[-1]
    parts = [_HEAD, "## Whole nights\n", _nights(runs), "## Where it was measured\n", _machines(runs)]
    parts += [f"## Step by step: {largest['cases']:,} cases\n", f"![Seconds by step]({PLOT})\n"]
    parts += [_steps(night) for night in largest["nights"]]
    with_peers = [run for run in runs if "peers" in run]
    parts += [_ABOUT_PEERS, *(_peers(run) for run in with_peers)]
    if not with_peers:
        parts.append("Not run yet: `arrears bench --peers --docs`.\n")
    return "\n".join(parts)


def _nights(runs: list[Row]) -> str:
    head = "cases|night|seconds|CPU seconds|microseconds a case|SQL statements|peak memory|store grows by"
    rows = [
        [
            *(
                f"{run['cases']:,}",
                night["as_of"],
                f"{night['own_seconds']:,}",
                f"{night['own_cpu_seconds']:,}",
            ),
            f"{night['own_seconds'] / run['cases'] * 1e6:,.0f}",
            f"{night['own_statements']:,}",
            f"{night['peak_mib']:,} MiB",
            f"{night['bytes_grown'] / _MIB:,.1f} MiB",
        ]
        for run in runs
        for night in run["nights"]
    ]
    return table(head, rows)


def _machines(runs: list[Row]) -> str:
    head = "cases|date|commit|cores|memory|load before|system|libraries"
    rows = []
    for run in runs:
        machine, libraries = run["machine"], run["libraries"]
        told = ", ".join(f"{name} {version}" for name, version in libraries.items())
        sizes = (
            f"{machine['cores']}",
            f"{machine['memory_gib']} GiB",
            f"{machine['load']}",
            machine["system"],
        )
        rows.append([f"{run['cases']:,}", run["date"], run["commit"], *sizes, told])
    return table(head, rows)


def _steps(night: Row) -> str:
    head = f"{night['as_of']}|seconds|CPU seconds|SQL statements|rows written|rows a second"
    rows = [
        [
            f"({step})" if step in AFTERWARDS else step,
            *(f"{one['seconds']:.2f}", f"{one['cpu_seconds']:.2f}", f"{one['statements']:,}"),
            *(f"{one[what]:,}" if one[what] else "" for what in ("rows", "rows_a_second")),
        ]
        for step, one in night["steps"].items()
    ]
    return table(head, rows)


def _peers(run: Row) -> str:
    head = f"{run['cases']:,} cases|seconds|times ours|CPU seconds|CPU times ours|peak memory|answers"
    rows = [
        [
            f"{name} ({', '.join(f'{library} {version}' for library, version in one['versions'].items())})",
            *(f"{one['seconds']:.2f}", f"{one['times_ours']:.2f}"),
            *(f"{one['cpu_seconds']:.2f}", f"{one['cpu_times_ours']:.2f}", f"{one['peak_mib']:,} MiB"),
            f"**differ in {', '.join(one['differs_in'])}**" if one["differs_in"] else "the same",
        ]
        for name, one in run["peers"].items()
    ]
    return f"{table(head, rows)}\nRemedies: {', '.join(run['peers_remedies'])}.\n"


def plot(run: Row) -> str:
    """Seconds by step of the first two nights of a run, as SVG: the same figures give the same bytes."""
    nights = run["nights"][: len(_NIGHTS)]
    steps = list(nights[0]["steps"])
    most = max(one["seconds"] for night in nights for one in night["steps"].values()) or 1
    height = 54 + len(steps) * (len(nights) * _BAR + 10)
    title = f"Seconds by step, {run['cases']:,} cases"
    drawn = [_text(10, 22, title, 15, _INK)]
    for number, night in enumerate(nights):
        drawn.append(_rect(_LEFT + number * 130, 32, 10, _NIGHTS[number]))
        drawn.append(_text(_LEFT + 15 + number * 130, 41, night["as_of"], 11, _QUIET))
    for place, step in enumerate(steps):
        top = 54 + place * (len(nights) * _BAR + 10)
        drawn.append(_text(10, top + 12, step, 12, _INK))
        for number, night in enumerate(nights):
            seconds, y = night["steps"][step]["seconds"], top + number * _BAR
            wide = (_WIDTH - _LEFT - 60) * seconds / most
            drawn += [
                _rect(_LEFT, y, wide, _NIGHTS[number]),
                _text(_LEFT + wide + 5, y + 9, f"{seconds:.2f}", 10, _QUIET),
            ]
    frame = f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff" stroke="{_LINE}"/>'
    opened = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}"'
        f' height="{height}" role="img" font-family="sans-serif"><title>{escape(title)}</title>'
    )
    return "\n".join([opened, frame, *drawn, "</svg>"]) + "\n"


def _rect(x: float, y: float, wide: float, color: str) -> str:
    return f'<rect x="{x:.1f}" y="{y}" width="{max(wide, 0.5):.1f}" height="{_BAR - 1}" fill="{color}"/>'


def _text(x: float, y: float, said: str, size: int, color: str) -> str:
    return f'<text x="{x:.1f}" y="{y}" font-size="{size}" fill="{color}">{escape(said)}</text>'


if __name__ == "__main__":
    rewrite(house.ROOT / "docs")
