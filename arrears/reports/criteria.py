"""The criteria of the self-assessment, as `transforms/reports/self_assessment.yml` tells them.

criteria:
  disbursement:
    title: Paying out collections
    needed_percent: 75
    deadlines: [disbursement]      # of rules/deadlines; or sql: one row per case with its outcome
    cites: [45-cfr-308.2#(d)]
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arrears import house
from arrears.config import Faults, Node, read_once, read_yaml
from arrears.law.citations import Source, read_sources
from arrears.law.deadlines import load_deadlines
from arrears.law.profile_files import known_keys, read_cites
from arrears.sqltext import parameters

NAME, FOLDER = "self-assessment", "self_assessment"
DATES = ("as_of", "from_on")


@dataclass(frozen=True)
class Criterion:
    """One criterion: how many of a hundred cases must meet it, and what tells whether a case does."""

    criterion: str
    title: str
    needed_percent: int
    deadlines: tuple[str, ...]
    sql: str
    params: Mapping[str, str]
    note: str
    cannot: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Assessment:
    """The self-assessment: over how many months it looks back, and its criteria in the order of the law."""

    title: str
    about: str
    year_ends_month: int
    period_months: int
    criteria: Mapping[str, Criterion]
    cites: tuple[str, ...]


@read_once("../transforms")
def load_assessment(rules_dir: Path) -> Assessment:
    """The self-assessment; one `RuleFault` lists every fault of its file."""
    faults = Faults()
    sources = read_sources(rules_dir, faults)
    root = read_yaml(house.transforms_of(rules_dir) / "reports" / f"{FOLDER}.yml", faults)
    made = Assessment(
        title=root.text("title"),
        about=root.text("about"),
        year_ends_month=root.integer("year_ends_month"),
        period_months=root.integer("period_months"),
        criteria={
            str(name): _criterion(str(name), node, rules_dir, sources)
            for name, node in root.node("criteria").children()
        },
        cites=read_cites(root, sources),
    )
    root.done()
    faults.raise_any("transforms/reports", "Correct each of these; nothing was assessed")
    return made


def _criterion(name: str, node: Node, rules_dir: Path, sources: Mapping[str, Source]) -> Criterion:
    made = Criterion(
        criterion=name,
        title=node.text("title"),
        needed_percent=node.integer("needed_percent"),
        deadlines=node.texts("deadlines", required=False),
        sql=node.text("sql", required=False),
        params=_params(node.node("params", required=False), rules_dir),
        note=node.text("note", required=False),
        cannot=node.text("cannot", required=False),
        cites=read_cites(node, sources),
    )
    if sum(map(bool, (made.deadlines, made.sql, made.cannot))) != 1:
        node.fault("needs one of deadlines, sql and cannot")
    for one in sorted(set(made.deadlines) - load_deadlines(rules_dir).keys()):
        node.fault(f"names {one}, which is not a deadline")
    path = house.transforms_of(rules_dir) / "reports" / FOLDER / made.sql
    if made.sql and not path.is_file():
        node.fault(f"there is no {made.sql} in transforms/reports/{FOLDER}")
    elif made.sql:
        for word in sorted(set(parameters(path.read_text(encoding="utf-8"))) - {*DATES, *made.params}):
            node.fault(f"{made.sql} binds ${word}, which is neither a date nor under params")
    node.done()
    return made


def _params(node: Node, rules_dir: Path) -> dict[str, str]:
    found = node.pairs()
    for key in sorted(set(found.values()) - set(known_keys(rules_dir))):
        node.fault(f"names {key}, which no jurisdiction holds")
    node.done()
    return found
