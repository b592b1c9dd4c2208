"""The expectations of a run: feeds, facts and queues, in one process, before anything leaves.

A broken stop keeps back what it proves wrong (`held_back`); only what reaches everything ends the run.
"""

import json
from typing import Any

from arrears import house
from arrears.data.beside import kept_rows
from arrears.data.store import write_aside
from arrears.data.warehouse import Connection
from arrears.errors import ArrearsError
from arrears.expectations import load_suites, page, run_checks
from arrears.ledger import held_item_id
from arrears.night.held_back import sort_stops, write_kept_back
from arrears.night.run import Night

RESULT, PAGE = "validation.json", "validation.html"


def let_in(night: Night) -> set[str]:
    """The feeds of which this night reads a file that was held and that a person let in."""
    said = {
        one["item_id"] for one in night.ledger.decisions(night.state) if one["decision"] == "release_held"
    }
    return {one.feed for one in night.deliveries if held_item_id(one.delivery_id) in said}


def _one_a_line(told: dict[str, Any]) -> str:
    """An outcome as JSON, each check on a line of its own."""
    checks = ",\n".join(json.dumps(one, sort_keys=True) for one in told["checks"])
    about = json.dumps({**told, "checks": []}, sort_keys=True)
    return about.replace('"checks": []', f'"checks": [\n{checks}\n]') + "\n"


def check_run(night: Night, con: Connection) -> dict[str, Any]:
    """How many bounds were looked at and how many broke; what reaches everything raises, and nothing leaves.

    The result is written either way, so that the page tells what the operator has to do.
    """
    tables = {
        f"{layer}.{path.stem}": kept_rows(path)
        for layer in ("match", "facts", "queues")
        for path in sorted((night.folder / layer).glob("*.parquet"))
    }
    found = run_checks(tables, load_suites(house.EXPECTATIONS), night.as_of, con)
    outcome, aside = sort_stops(night, con, found, let_in(night))
    write_kept_back(night.folder, aside)
    told = outcome.as_json()
    write_aside(night.folder / RESULT, _one_a_line(told).encode())
    title = f"Checks of {night.as_of}, {night.profile.name}"
    write_aside(night.folder / PAGE, page(outcome, title).encode())
    if outcome.stops:
        first = outcome.stops[0]
        raise ArrearsError(
            f"{len(outcome.stops)} check(s) stop this run; the first: {first.table} {first.column or ''}"
            f" {first.type}: {first.why}",
            night.folder / PAGE,
            first.do
            or "Read the page; correct the input, or explain and move the bound, and begin the night again"
            f" with `arrears night {night.state} {night.as_of} --again --as USER --because TEXT`",
        )
    return {
        "checked": len(outcome.checks),
        "warnings": len(outcome.warnings),
        "kept_back": len(outcome.kept_back),
    }
