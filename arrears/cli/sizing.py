"""`docs/sizing.md`: what a caseload of a size needs, from what the benchmark measured and by formulas."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any

Row = dict[str, Any]
Measure = Callable[[Row], float]
PAGE = "sizing.md"
CLASSES = (
    ("Maine", 70_000),
    ("Massachusetts", 230_000),
    ("Michigan class", 1_000_000),
    ("California class", 3_100_000),
    ("the country", 12_200_000),
)
NIGHTS_A_YEAR, WARM_NIGHTS, WINDOW_HOURS = 365, 90, 4
_GIB, _MACHINES_GIB = 1024**3, (8, 16, 32, 64, 128, 256, 512, 1024)
# Arrow, Python and the operating system beside the engine.
_ROOM = 1.25
_HEAD = """# What it needs, from one state to a national hub

Written by `arrears bench --docs` from `performance.json`; nothing here is typed by hand. Every figure says
where it comes from:

- **bold** is measured: a run of that very size ([how fast a night is](performance.md) has it whole);
- *between* two measured sizes it lies on the straight line through both;
- *beyond* the largest one it is extrapolated along the line through the two largest, and where only one
  size was measured, in proportion to the cases.

A figure beyond what was measured is a guess that says how it was made. What bends such a line: a statement
that no longer fits the memory and spills, a queue file that is split into many, an index of the ledger that
no longer fits its database's memory. Run `arrears bench --cases N --docs` on a machine like your own first.
"""
_ABOUT_NIGHTS = """A *first* night takes in the whole caseload and notifies much of it; a *later* one is
what a night usually is. Seconds are those of one process on the cores that were measured. Peak memory is
that of the process tree where the engine may use its default share of the machine: with less
(`ARREARS_MEMORY_LIMIT`) it spills to the store's `tmp/` and takes longer. A country's caseload is here as one
night; a hub runs the states' nights side by side, so that its longest is the largest state's.
"""
_ABOUT_DISK = f"""A year is one first night and {NIGHTS_A_YEAR - 1} later ones, everything kept. A night's
tables are what explains it: they are not purged, but after {WARM_NIGHTS} days hardly read. *Warm* is what a
year leaves where they lie in a colder class of storage from then on (a rule of the bucket for `nights/`; they
stay readable): first + later x {NIGHTS_A_YEAR - 1} - later tables x {NIGHTS_A_YEAR - WARM_NIGHTS}. Files for
partners leave the outbox as they are fetched, and landing is as large as what partners send: both are counted
as if nothing left. The ledger is in its database, not in the bucket.
"""
_ABOUT_SET_UP = f"""By rule from the figures above. Memory is the next common size over the peak x {_ROOM}.
Machines are as many as let all later nights end within {WINDOW_HOURS} hours, each taking its share of one
machine's seconds, and two at least for a hub. With more than one, tasks run on the CeleryExecutor (or
Kubernetes), the ledger is PostgreSQL and the store is a URL, since no two machines share a folder
([a store by URL](runbook.md#a-store-by-url)). One machine runs the LocalExecutor over a folder; its ledger
may be SQLite while one scheduler and few people use it, and is PostgreSQL from the size of Massachusetts on,
where a desk of many people reads while nights write. A worker needs, in addition to memory, a disk for its
working copy: what one state's nights read, at least the size of a first night.
"""


@dataclass(frozen=True)
class Figure:
    """A number and where it comes from: measured, between or beyond what was measured."""

    value: float
    source: str

    def said(self, form: str, unit: str = "") -> str:
        """The number as the page shows it."""
        text = f"{self.value:{form}}{unit}"
        return f"**{text}**" if self.source == "measured" else f"{text} ({self.source})"


def figure(runs: list[Row], cases: int, night: int, measure: Measure) -> Figure | None:
    """What a night of so many cases takes by one measure; none where no run has such a night."""
    points = [
        (one["cases"], float(measure(one["nights"][night])))
        for one in sorted(runs, key=lambda run: int(run["cases"]))
        if len(one["nights"]) > night
    ]
    if not points:
        return None
    exact = [value for size, value in points if size == cases]
    if exact:
        return Figure(exact[0], "measured")
    below, above = [p for p in points if p[0] < cases], [p for p in points if p[0] > cases]
    if below and above:
        return Figure(_line(below[-1], above[0], cases), "between")
    if len(points) == 1:
        return Figure(points[0][1] * cases / points[0][0], "beyond")
    one, other = points[-2:] if below else points[:2]
    return Figure(max(0.0, _line(one, other, cases)), "beyond")


def _line(one: tuple[int, float], other: tuple[int, float], at: int) -> float:
    return one[1] + (at - one[0]) * (other[1] - one[1]) / (other[0] - one[0])


def sizing(runs: list[Row]) -> str:
    """The page of these runs."""
    later = 1 if any(len(run["nights"]) > 1 for run in runs) else 0
    parts = [_HEAD, "## A night\n", _nights(runs, later), _ABOUT_NIGHTS]
    parts += ["## Disk\n", _disk(runs, later), _ABOUT_DISK]
    parts += ["## How to set it up\n", _set_up(runs, later), _ABOUT_SET_UP, "## The lines\n", _lines(runs)]
    return "\n".join(parts)


def _seconds(night: Row) -> float:
    return float(night["own_seconds"])


def _peak(night: Row) -> float:
    return float(night["peak_mib"]) / 1024


def _grown(night: Row) -> float:
    return float(night["bytes_grown"]) / _GIB


def _tables(night: Row) -> float:
    return float(night["bytes_by_place"].get("nights", 0)) / _GIB


def _ledger(night: Row) -> float:
    return float(night["bytes_by_place"].get("ledger.db", 0)) / _GIB


def _need(runs: list[Row], cases: int, night: int, measure: Measure) -> Figure:
    found = figure(runs, cases, night, measure)
    return found or Figure(0.0, "not measured")


def _nights(runs: list[Row], later: int) -> str:
    rows = []
    for name, cases in CLASSES:
        first, usual = (_need(runs, cases, night, _seconds) for night in (0, later))
        peaks = [_need(runs, cases, night, _peak) for night in (0, later)]
        told = [first.said(",.0f", " s"), usual.said(",.0f", " s")]
        rows.append([name, f"{cases:,}", *told, *(one.said(",.1f", " GiB") for one in peaks)])
    head = "caseload|cases|first night|later night|peak memory, first|peak memory, later"
    return table(head, rows)


def _disk(runs: list[Row], later: int) -> str:
    rows = []
    for name, cases in CLASSES:
        first, usual = (_need(runs, cases, night, _grown) for night in (0, later))
        tables, ledger = (_need(runs, cases, later, what) for what in (_tables, _ledger))
        year = first.value + usual.value * (NIGHTS_A_YEAR - 1)
        warm = year - tables.value * (NIGHTS_A_YEAR - WARM_NIGHTS)
        kept = _need(runs, cases, 0, _ledger).value + ledger.value * (NIGHTS_A_YEAR - 1)
        grown = [one.said(",.2f", " GiB") for one in (first, usual)]
        rows.append([name, *grown, f"{year:,.0f} GiB", f"{warm:,.0f} GiB", f"{kept:,.0f} GiB"])
    return table("caseload|first night|later night|a year|of it warm|of it ledger", rows)


def _set_up(runs: list[Row], later: int) -> str:
    rows = []
    largest_state = CLASSES[-2][1]
    for name, cases in CLASSES:
        # A country's nights are its states', one next to the other.
        night = min(cases, largest_state)
        peak = max(_need(runs, night, one, _peak).value for one in (0, later))
        memory = next((size for size in _MACHINES_GIB if size >= peak * _ROOM), _MACHINES_GIB[-1])
        hours = _need(runs, cases, later, _seconds).value / 3600
        workers = max(1, ceil(hours / WINDOW_HOURS))
        is_many = workers > 1 or cases > largest_state
        cores = max(run["machine"]["cores"] for run in runs)
        rows.append(
            [
                name,
                f"{max(workers, 2) if is_many else 1}",
                f"{cores} cores, {memory} GiB",
                f"{hours / max(1, workers):,.1f} h",
                "CeleryExecutor" if is_many else "LocalExecutor",
                "SQLite or PostgreSQL" if cases < CLASSES[1][1] else "PostgreSQL",
                "a URL" if is_many else "a folder, or a URL",
            ]
        )
    return table("caseload|machines|each|all later nights end in|executor|ledger|store", rows)


def _lines(runs: list[Row]) -> str:
    """The points that the lines go through, so that anybody can draw them again."""
    head = "cases|night|seconds|peak memory|grown|of it tables|of it ledger|measured on"
    rows = [
        [
            f"{run['cases']:,}",
            "later" if number else "first",
            f"{_seconds(night):,.0f} s",
            *(f"{measure(night):,.2f} GiB" for measure in (_peak, _grown, _tables, _ledger)),
            f"{run['machine']['cores']} cores, {run['machine']['memory_gib']} GiB, {run['date']}",
        ]
        for run in runs
        for number, night in enumerate(run["nights"][:2])
    ]
    return table(head, rows)


def table(head: str, rows: list[list[str]]) -> str:
    """A table of Markdown: names first, figures to the right."""
    ruled = "|".join(["---", *["---:"] * head.count("|")])
    return "\n".join([f"|{head}|", f"|{ruled}|", *(f"|{'|'.join(row)}|" for row in rows)]) + "\n"
