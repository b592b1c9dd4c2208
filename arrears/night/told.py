"""What a step of a night did, as lines that a person reads in a scheduler's log."""

from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any

from rich.console import Console

from arrears.night.summary import print_deliveries, print_summary
from arrears.values import dollars

Counts = Mapping[str, Any]
WIDTH = 120
CLOSED = "This night is closed already; nothing was done again."


def told(step: str, counts: Counts) -> list[str]:
    """The counts of a step as lines; a step that found its night closed says so."""
    if counts.get("already_closed") or (not counts and step in LINES):
        return [CLOSED]
    if "work_list" in counts and "verdicts" in counts:
        return summary_lines(counts)
    return LINES[step](counts)


def summary_lines(summary: Counts) -> list[str]:
    """A run's summary, line by line, as the command line prints it."""
    return _printed(lambda out: print_summary(dict(summary), out))


def delivery_lines(state: str, deliveries: list[dict[str, Any]]) -> list[str]:
    """The files that came and what became of each, as the command line prints them."""
    return _printed(lambda out: print_deliveries(out, state, deliveries))


def _printed(show: Callable[[Console], None]) -> list[str]:
    text = StringIO()
    show(Console(file=text, width=WIDTH, highlight=False, color_system=None))
    return [line.rstrip() for line in text.getvalue().splitlines() if line.strip()]


def _begin(counts: Counts) -> list[str]:
    return [f"{counts['run']} rests on {counts['deliveries']:,} files, as known at {counts['known_at']}."]


def _match(counts: Counts) -> list[str]:
    links, doubtful = counts["links"], counts["candidates"]
    return [f"{links:,} rows were linked to a person; {doubtful:,} only may match, for a person to decide."]


def _facts(counts: Counts) -> list[str]:
    cases, people, debts = (counts.get(name, 0) for name in ("case_facts", "person_facts", "money_facts"))
    return [f"Known as of the date: {cases:,} cases, {people:,} parents, the money of {debts:,} cases."]


def _split(counts: Counts) -> list[str]:
    return [f"{counts['cases']:,} cases; at most {counts['largest']:,} cases and persons belong together."]


def _merge(counts: Counts) -> list[str]:
    return [f"{len(counts):,} tables were put together, {sum(counts.values()):,} rows."]


def _remedies(counts: Counts) -> list[str]:
    found = []
    for name, one in counts["verdicts"].items():
        by_part = one["counts"].get("enter")
        said = ", ".join(f"{count:,} {verdict}" for verdict, count in (by_part or {}).items())
        found.append(f"{_words(name)}: {said or one['off'] or 'nobody to decide on'}.")
    return found


def _actions(counts: Counts) -> list[str]:
    return [
        f"{counts['actions']:,} acts are called for; {counts['work_list']:,} lines wait for a person; "
        f"{counts['deadlines']:,} deadlines are kept."
    ]


def _queues(counts: Counts) -> list[str]:
    found = []
    for name, one in counts.items():
        if one["records"] or one["not_sent"]:
            cannot = f"; {one['not_sent']:,} cannot be written, for a person" if one["not_sent"] else ""
            found.append(f"{_words(name)}: {one['records']:,} records would leave{cannot}.")
    return found or ["No queue has a record tonight."]


def _check(counts: Counts) -> list[str]:
    return [
        f"{counts['checked']:,} expectations were checked: {counts['warnings']:,} warn, "
        f"{counts['kept_back']:,} keep something back."
    ]


def _release(counts: Counts) -> list[str]:
    found = []
    for one in counts["queues"]:
        name = _words(one["queue"])
        if one["files"]:
            files = ", ".join(one["files"])
            found.append(
                f"{name}: {one['records']:,} records for {dollars(one['amount_cents'])} left as {files}."
            )
        if one["stopped"]:
            found.append(f"{name}: {one['stopped']:,} due acts were stopped at the last moment.")
        if one["held"]:
            found.append(f"{name} is held: {one['held']}.")
    return found or ["Nothing new left."]


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


LINES: dict[str, Callable[[Counts], list[str]]] = {
    "begin": _begin,
    "match": _match,
    "facts": _facts,
    "split": _split,
    "part": _facts,
    "merge": _merge,
    "remedies": _remedies,
    "actions": _actions,
    "queues": _queues,
    "check": _check,
    "release": _release,
    "close": summary_lines,
}
