"""The lines of a report, as `transforms/reports/*.yml` tell them.

    title: Annual data report (form OCSE-157)
    period: year                     # or quarter; each ends with the federal year or a quarter of it
    year_ends_month: 9
    carries: [children]              # labels that the list of its cases may bear; its figures bear none
    lines:
      "1":
        title: Cases open at the end of the year
        counts: cases                # or children, cents
        sql: open_cases.sql          # in the folder of the report's name; binds $as_of, $from_on, $to_on
        needs: [cases]               # tables of the caseload without which the line is not known
        cites: [ocse-157]
      "5":
        title: Children born out of wedlock
        cannot: The caseload extract does not say it.

The SQL gives one row per case, child or sum: `case_id`, `person_id`, `office`, `part`, `counted`, `src`. What
several lines rest on stands in a file beside them and is read by its name: `FROM received` is received.sql.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arrears import house
from arrears.config import Faults, Node, read_once, read_yaml
from arrears.errors import safe_path
from arrears.law.citations import Source, read_sources
from arrears.law.profile_files import read_cites
from arrears.sqltext import parameters

UNITS = ("cases", "children", "cents")
DATES = ("as_of", "from_on", "to_on")
FORMS = {"ocse-157": "ocse_157", "ocse-34": "ocse_34"}


@dataclass(frozen=True)
class Line:
    """One line of a report: what it counts and by which SQL, or why it cannot come from this data."""

    line: str
    title: str
    counts: str
    sql: str
    needs: tuple[str, ...]
    is_split: bool
    note: str
    cannot: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Measure:
    """One line over another, in percent, with the floor that the law sets where it sets one."""

    measure: str
    over: tuple[str, str]
    floor_percent: int | None
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """One report: over which period, with which lines and measures, by which law."""

    report: str
    title: str
    about: str
    period: str
    year_ends_month: int
    parts: Mapping[str, str]
    lines: Mapping[str, Line]
    measures: tuple[Measure, ...]
    cites: tuple[str, ...]
    # Labels that the list of its cases may bear; its figures bear none.
    carries: tuple[str, ...] = ()


@read_once("../transforms")
def load_report(rules_dir: Path, name: str) -> Report:
    """The report of this name; one `RuleFault` lists every fault of its file."""
    faults = Faults()
    sources = read_sources(rules_dir, faults)
    stem = FORMS[name]
    root = read_yaml(house.transforms_of(rules_dir) / "reports" / f"{stem}.yml", faults)
    lines = {
        str(line): _line(str(line), node, sources, house.transforms_of(rules_dir) / "reports" / stem)
        for line, node in root.node("lines").children()
    }
    made = Report(
        report=name,
        title=root.text("title"),
        about=root.text("about"),
        period=root.text("period", choices=("year", "quarter")),
        year_ends_month=root.integer("year_ends_month"),
        parts=_texts(root.node("parts")),
        lines=lines,
        measures=tuple(_measure(one, lines, sources) for one in root.nodes("measures", required=False)),
        cites=read_cites(root, sources),
        carries=root.texts("carries", required=False),
    )
    root.done()
    faults.raise_any("transforms/reports", "Correct each of these; no report was made")
    return made


def line_sql(path: Path) -> str:
    """The SQL of a line; what it reads of files beside it, by their names, stands before it."""
    text = path.read_text(encoding="utf-8").rstrip().rstrip(";")
    names = dict.fromkeys(re.findall(r"\b(?:FROM|JOIN) ([a-z_]+)\b(?!\.)", text))
    beside = [one for one in (path.with_name(f"{name}.sql") for name in names) if one.is_file()]
    if not beside:
        return text
    tables = ", ".join(f"{one.stem} AS (\n{line_sql(one)}\n)" for one in beside)
    return f"WITH {tables}\nSELECT * FROM (\n{text}\n)"


def _texts(node: Node) -> dict[str, str]:
    found = node.pairs()
    node.done()
    return found


def _line(line: str, node: Node, sources: Mapping[str, Source], folder: Path) -> Line:
    cannot = node.text("cannot", required=False)
    sql = node.text("sql", required=not cannot)
    if sql and cannot:
        node.fault("has both sql and cannot")
    if sql and not (folder / sql).is_file():
        node.fault(f"there is no {sql} in {safe_path(folder)}")
    elif sql:
        for word in sorted(set(parameters(line_sql(folder / sql))) - set(DATES)):
            node.fault(f"{sql} binds ${word}, which is not a date of the report")
    made = Line(
        line=line,
        title=node.text("title"),
        counts=node.text("counts", required=not cannot, choices=UNITS),
        sql=sql,
        needs=node.texts("needs", required=not cannot),
        is_split=node.boolean("split", otherwise=True),
        note=node.text("note", required=False),
        cannot=cannot,
        cites=read_cites(node, sources) if node.has("cites") else (),
    )
    node.done()
    return made


def _measure(node: Node, lines: Mapping[str, Line], sources: Mapping[str, Source]) -> Measure:
    over = node.texts("over")
    if len(over) != 2 or any(one not in lines or lines[one].cannot for one in over):
        node.fault("over must name two lines that are counted")
        over = ("", "")
    made = Measure(
        measure=node.text("measure"),
        over=(over[0], over[1]),
        floor_percent=node.integer("floor_percent", required=False) or None,
        cites=read_cites(node, sources),
    )
    node.done()
    return made
