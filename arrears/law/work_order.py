"""How the desk words and orders its work, as `transforms/desk/*.yml` tell it: kinds, points, reasons, groups.

    priority:
      - from: 2024-01-01                 # the entry in force on the night counts
        cites: [arrears-policy#work-order]
        kinds: {approval: 150}
        other_kinds: 50
        parts:
          late: {of: days_late, points: 100, each: 1, per: 7, at_most: 150, say: "{n} days late"}

The score of a line is the sum of its parts, so a person can add it up again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from arrears import house
from arrears.config import Faults, Node, is_day, read_once, read_yaml
from arrears.errors import RuleFault
from arrears.law.citations import read_sources
from arrears.law.profile_files import read_cites
from arrears.law.work import HEADINGS, PLANNED, load_kinds

MEASURES = (
    "urgent",
    "days_late",
    "days_left",
    "dollars",
    "nights_open",
    "new",
    "changed",
    "readings_differ",
    "near_percent",
)
# What files, queues and the last look before a file leaves open, beside the plan.
_KEPT_BACK = ("urgent_release", "held_file", "held_queue", "held_remedy", "not_sent", "stopped")
ONE_CAUSE = "one_cause"
ARRIVED = (*_KEPT_BACK, "deadline_overdue", "deadline_due_soon", ONE_CAUSE)
_WAS_RIGHT = ("yes", "no", "not_said")


@dataclass(frozen=True)
class DeskKind:
    """One kind of line on the desk: its words, its estimated minutes, and what an approval is worth there."""

    kind: str
    title: str
    minutes: int
    urgent: bool
    instead: str
    cites: tuple[str, ...] = ()
    heading: str = "decide"


@dataclass(frozen=True)
class PointPart:
    """One part of a line's score: what it measures, and how many points that is worth."""

    name: str
    of: str
    points: int
    each: int
    per: int
    within: int | None
    at_most: int | None
    say: str


@dataclass(frozen=True)
class Points:
    """The weights of the score that are in force from a day."""

    from_on: date
    cites: tuple[str, ...]
    kinds: Mapping[str, int]
    other_kinds: int
    parts: tuple[PointPart, ...]


@dataclass(frozen=True)
class Budget:
    """What a day of a worker holds from a day on, and from how many cases one missing fact is one line."""

    from_on: date
    cites: tuple[str, ...]
    minutes_a_day: int
    due_within_days: int
    one_cause_from: int


Dated = TypeVar("Dated", Points, Budget)


@dataclass(frozen=True)
class Reason:
    """Why a person rejects a line, and what that says of the rule behind it."""

    code: str
    say: str
    was_right: str


@dataclass(frozen=True)
class WorkOrder:
    """Everything that `transforms/desk` says."""

    kinds: Mapping[str, DeskKind]
    points: tuple[Points, ...]
    reasons: Mapping[str, Reason]
    groups: Mapping[str, tuple[str, tuple[str, ...]]]
    headings: Mapping[str, str]
    budgets: tuple[Budget, ...]

    def budget_on(self, on: date) -> Budget:
        """What a worker's day holds on a day."""
        return _in_force(self.budgets, on, "budget")

    def points_on(self, on: date) -> Points:
        """The weights in force on a day."""
        return _in_force(self.points, on, "priority")

    def kind(self, name: str) -> DeskKind:
        """A kind by its name; one that no rule names any more keeps its name as title."""
        return self.kinds.get(name) or DeskKind(name, name.replace("_", " "), 0, False, "")


def _in_force(entries: Sequence[Dated], on: date, what: str) -> Dated:
    """The entry with the latest first day on or before a day."""
    found = [one for one in entries if one.from_on <= on]
    if not found:
        raise RuleFault(
            f"No {what} is in force on {on}", "transforms/desk", "Add an entry that begins earlier"
        )
    return max(found, key=lambda one: one.from_on)


@read_once("../transforms")
def load_work_order(rules_dir: Path) -> WorkOrder:
    """How the desk works, with every kind of line there is; one `RuleFault` lists the faults of all files."""
    faults = Faults()
    folder = house.transforms_of(rules_dir) / "desk"
    sources = read_sources(rules_dir, faults)
    planned = _kinds(read_yaml(folder / "kinds.yml", faults))
    for missing in sorted({*PLANNED, *ARRIVED} - planned.keys()):
        faults.add("transforms/desk/kinds.yml", f"{missing} is missing")
    of_facts = {
        one.kind: DeskKind(one.kind, one.title, one.minutes, one.urgent, one.do, one.cites, one.heading)
        for one in load_kinds(rules_dir).values()
    }
    # What is urgent comes first; after it what waits for a decision, then what the facts alone tell.
    both = {**planned, **of_facts}
    kinds = {name: both[name] for name in sorted(both, key=lambda name: not both[name].urgent)}
    made = WorkOrder(
        kinds=kinds,
        points=_priority(read_yaml(folder / "priority.yml", faults), sources, kinds),
        reasons=_reasons(read_yaml(folder / "reasons.yml", faults)),
        groups=_groups(read_yaml(folder / "groups.yml", faults), rules_dir),
        headings=_headings(read_yaml(folder / "headings.yml", faults)),
        budgets=_budgets(read_yaml(folder / "budget.yml", faults), sources),
    )
    faults.raise_any("transforms/desk", "Correct each of these; no work list was made")
    return made


def _kinds(root: Node) -> dict[str, DeskKind]:
    found = {}
    for name, node in root.node("kinds").children():
        found[str(name)] = DeskKind(
            kind=str(name),
            title=node.text("title"),
            minutes=node.integer("minutes"),
            urgent=node.boolean("urgent"),
            instead=node.text("instead", required=False),
            heading=node.text("heading", choices=HEADINGS),
        )
        node.done()
    root.done()
    return found


def _priority(root: Node, sources: Mapping[str, Any], kinds: Mapping[str, DeskKind]) -> tuple[Points, ...]:
    found = []
    for node in root.nodes("priority"):
        day = node.take("from", kind="day")
        if not is_day(day):
            node.fault("from must be a day")
            day = date.min
        by_kind = node.node("kinds")
        for unknown in sorted(set(by_kind.names()) - kinds.keys()):
            by_kind.fault(f"{unknown} is not a kind of line")
        found.append(
            Points(
                from_on=day,
                cites=read_cites(node, sources),
                kinds={str(name): by_kind.integer(name) for name in by_kind.names()},
                other_kinds=node.integer("other_kinds"),
                parts=tuple(_part(str(name), one) for name, one in node.node("parts").children()),
            )
        )
        node.done()
    root.done()
    return tuple(found)


def _part(name: str, node: Node) -> PointPart:
    made = PointPart(
        name=name,
        of=node.text("of", choices=MEASURES),
        points=node.integer("points", required=False),
        each=node.integer("each", required=False),
        per=node.integer("per", required=False, otherwise=1),
        within=node.integer("within") if node.has("within") else None,
        at_most=node.integer("at_most") if node.has("at_most") else None,
        say=node.text("say"),
    )
    node.done()
    return made


def _headings(root: Node) -> dict[str, str]:
    titles = root.node("headings")
    found = {str(name): titles.text(name) for name in titles.names()}
    if tuple(found) != HEADINGS:
        titles.fault(f"headings are {', '.join(HEADINGS)}, in this order")
    root.done()
    return found


def _budgets(root: Node, sources: Mapping[str, Any]) -> tuple[Budget, ...]:
    found = []
    for node in root.nodes("budget"):
        day = node.take("from", kind="day")
        if not is_day(day):
            node.fault("from must be a day")
            day = date.min
        found.append(
            Budget(
                from_on=day,
                cites=read_cites(node, sources),
                minutes_a_day=node.integer("minutes_a_day"),
                due_within_days=node.integer("due_within_days"),
                one_cause_from=node.integer("one_cause_from"),
            )
        )
        node.done()
    root.done()
    return tuple(found)


def _reasons(root: Node) -> dict[str, Reason]:
    found = {}
    for code, node in root.node("reasons").children():
        found[str(code)] = Reason(str(code), node.text("say"), node.text("was_right", choices=_WAS_RIGHT))
        node.done()
    root.done()
    return found


def _groups(root: Node, rules_dir: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    known = {one.parent.name for one in (rules_dir / "remedies").glob("*/remedy.yml")}
    found = {}
    for name, node in root.node("groups").children():
        remedies = node.texts("remedies")
        for unknown in sorted(set(remedies) - known):
            node.fault(f"{unknown} is not a remedy")
        found[str(name)] = (node.text("title"), remedies)
        node.done()
    root.done()
    return found
