"""The benchmark as a person reads it: tables of what each step cost and of what was heaviest."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears.cli.bench import AFTERWARDS

_MIB = 1024**2
_LONG = ("statement", "function", "answers", "versions")  # these are broken where the window is narrow


def print_bench(result: dict[str, Any], out: Console) -> None:
    """Prints what each step of each night cost, and beside it how many times the yardstick that is."""
    for night in result["nights"]:
        out.print(_title(result, night), soft_wrap=True)
        out.print(_steps(night))
        places = (f"{place} {size / _MIB:,.1f}" for place, size in night["bytes_by_place"].items())
        out.print(f"MiB more by place: {', '.join(places)}", soft_wrap=True)
        for what in ("statements", "functions"):
            if what in night:
                out.print(f"Heaviest {what}")
                out.print(_heaviest(what, night[what]))
    if "peers" in result:
        out.print("The same work with the same answers, each in a process of its own")
        out.print(_peers(result["peers"]))
    out.print(f"Yardstick: {result['yardstick_seconds']} s to read, sort and write the staged caseload.")


def print_workers(result: dict[str, Any], out: Console) -> None:
    """Prints what each step cost by one worker and by several, and whether their answers are the same."""
    several, one = result["runs"][str(result["workers"])], result["runs"]["1"]
    table = _table(
        "step", "tasks", "seconds by one", f"by {result['workers']}", "x", "CPU s by one", "by all"
    )
    for step, row in several["steps"].items():
        alone = one["steps"][step]
        times = alone["seconds"] / max(row["seconds"], 0.001)
        seconds = (f"{each:.2f}" for each in (alone["seconds"], row["seconds"], times))
        cpu = [f"{each['cpu_seconds']:.2f}" for each in (alone, row)] + [f"{row['busiest_cpu_seconds']:.2f}"]
        table.add_row(step, str(row["tasks"]), *seconds, *cpu)
    out.print(
        f"{result['cases']:,} cases in {result['parts']} parts, {result['workers']} workers of one core:"
        f" {result['times']} times as fast as one, {result['times_in_parts']} times in what is cut"
        f" (by processor seconds {result['cpu_times']} and {result['cpu_times_in_parts']});"
        f" peak {several['peak_mib']:,} MiB against {one['peak_mib']:,}",
        soft_wrap=True,
    )
    out.print(table)
    out.print("The answers are the same." if result["is_same"] else "[red]The answers differ.[/red]")


def _title(result: dict[str, Any], night: dict[str, Any]) -> str:
    return (
        f"{result['cases']:,} cases, {night['as_of']}: {night['own_seconds']} s,"
        f" {night['own_cpu_seconds']} CPU s, {night['own_statements']:,} SQL statements,"
        f" peak {night['peak_mib']:,} MiB, store grew by {night['bytes_grown'] / _MIB:,.1f} MiB"
    )


def _steps(night: dict[str, Any]) -> Table:
    table = _table("step", "seconds", "CPU s", "SQL", "rows written", "rows/s", "x yardstick")
    for step, one in night["steps"].items():
        table.add_row(
            f"({step})" if step in AFTERWARDS else step,
            f"{one['seconds']:.2f}",
            f"{one['cpu_seconds']:.2f}",
            f"{one['statements']:,}",
            f"{one['rows']:,}" if one["rows"] else "",
            f"{one['rows_a_second']:,}" if one["rows_a_second"] else "",
            f"{one['ratio']:.1f}",
        )
    return table


def _peers(peers: dict[str, Any]) -> Table:
    table = _table("by", "seconds", "CPU s", "x ours", "CPU x ours", "peak MiB", "answers", "versions")
    for name, one in peers.items():
        table.add_row(
            name,
            f"{one['seconds']:.2f}",
            f"{one['cpu_seconds']:.2f}",
            f"{one['times_ours']:.2f}",
            f"{one['cpu_times_ours']:.2f}",
            f"{one['peak_mib']:,}",
            f"[red]differ in {', '.join(one['differs_in'])}[/red]" if one["differs_in"] else "the same",
            ", ".join(f"{library} {version}" for library, version in one["versions"].items()),
        )
    return table


def _heaviest(what: str, rows: list[dict[str, Any]]) -> Table:
    counted = {"statements": "count", "functions": "calls"}[what]
    own = ("own_seconds",) if what == "functions" else ()
    named = what.removesuffix("s")
    table = _table("step", counted, *own, "seconds", named)
    for row in rows:
        numbers = [f"{row[counted]:,}", *(f"{row[one]:.2f}" for one in (*own, "seconds"))]
        table.add_row(row["step"], *numbers, escape(row[named]))
    return table


def _table(first: str, *others: str) -> Table:
    table = Table()
    table.add_column(first, no_wrap=True)
    for name in others:
        short = name.replace("_seconds", "").replace("_", " ")
        table.add_column(
            short, justify="right", no_wrap=True, min_width=None if name in _LONG else len(short)
        )
    return table
