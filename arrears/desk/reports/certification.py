"""What a federal certification asks for, and what answers it: a test, a page, a command, or nothing yet."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from arrears import house
from arrears.config import Faults, Node, read_once, read_yaml
from arrears.profile_files import states as profile_states
from arrears.told import Told

PAGE = house.ROOT / "docs" / "certification.md"
KINDS = ("test", "page", "command")
# How a requirement stands, in the order in which the page counts them.
STATUSES = {
    "traced": "Traced",
    "traced_in_part": "Traced, with something missing",
    "not_yet": "Not yet",
    "outside": "Another system's",
}


@dataclass(frozen=True)
class Requirement:
    """One requirement: where it is written, how it stands, what answers it and what is missing."""

    id: str
    area: str
    requirement: str
    source: str
    applies: str
    status: str
    by: tuple[tuple[str, str], ...]
    lacks: str
    states: tuple[tuple[str, str], ...] = ()


@read_once()
def load_certification(rules_dir: Path) -> tuple[Requirement, ...]:
    """Every requirement in the order of the list; one `RuleFault` lists every fault of both files."""
    faults = Faults()
    folder = rules_dir / "reports"
    root = read_yaml(folder / "certification.yml", faults)
    traces = {str(one): node for one, node in root.node("traces").children()}
    each_state = root.texts("each_state")
    states = set(profile_states(rules_dir))
    later = root.node("not_yet")
    not_yet = {str(one): later.text(one) for one in list(later.data)}
    root.done()
    with (folder / "certification.csv").open(encoding="utf-8", newline="") as lines:
        found = [_requirement(row, traces, not_yet, root) for row in csv.DictReader(lines)]
    for one in found:
        if one.id in each_state and {state for state, _ in one.states} != states:
            root.fault(f"{one.id} must name a test of each state: {', '.join(sorted(states))}")
        if one.states and one.id not in each_state:
            root.fault(f"{one.id} names states and is not in each_state")
    for stray in sorted(set(each_state) - {one.id for one in found}):
        root.fault(f"each_state names {stray}, which is no requirement of certification.csv")
    for stray in sorted({*traces, *not_yet} - {one.id for one in found}):
        root.fault(f"{stray} is no requirement of certification.csv")
    faults.raise_any("rules/reports", "Correct each of these; nothing was certified")
    return tuple(found)


def _requirement(
    row: dict[str, str], traces: Mapping[str, Node], not_yet: Mapping[str, str], root: Node
) -> Requirement:
    name, applies = row["id"], row["applies_to_pipeline"]
    node = traces.get(name)
    by = tuple(_trace(text, node) for text in node.texts("by")) if node else ()
    lacks = node.text("lacks", required=False) if node else not_yet.get(name, "")
    told = node.node("states", required=False) if node else None
    of_state = tuple((str(state), told.text(str(state))) for state in sorted(told.data)) if told else ()
    by += tuple(("test", test) for _, test in of_state if ("test", test) not in by)
    if node:
        node.done()
    if (applies != "no") != ((name in traces) != (name in not_yet)):
        root.fault(f"{name} must be traced or not yet, one of the two, unless it is another system's")
    status = (
        "outside" if applies == "no" else "not_yet" if not by else "traced_in_part" if lacks else "traced"
    )
    return Requirement(
        name, row["area"], row["requirement"], row["source"], applies, status, by, lacks, of_state
    )


def _trace(text: str, node: Node) -> tuple[str, str]:
    kind, _, what = text.partition(" ")
    if kind not in KINDS or not what:
        node.fault(f"{text} must begin with {', '.join(KINDS)}")
    return kind, what


def certification() -> Told:
    """How many requirements stand how, and each of them."""
    found = load_certification(house.RULES)
    return {
        "report": "certification",
        "title": "Federal certification",
        "counts": {status: sum(one.status == status for one in found) for status in STATUSES},
        "requirements": [
            {
                "id": one.id,
                "area": one.area,
                "requirement": one.requirement,
                "source": one.source,
                "applies": one.applies,
                "status": one.status,
                "by": [{"kind": kind, "what": what} for kind, what in one.by],
                "lacks": one.lacks or None,
            }
            for one in found
        ],
    }


def certification_page() -> str:
    """The page for people, as Markdown: counts first, then every requirement by area."""
    found = load_certification(house.RULES)
    lines = [
        "# What a federal certification asks for",
        "",
        "Made by `arrears report certification --out docs/certification.md`; do not edit it here. What is",
        "asked stands in `rules/reports/certification.csv`, what answers it in the `.yml` of that name.",
        "A test holds that every test, page and command named here exists, and that this page is current.",
        "",
        f"| {len(found)} requirements | |",
        "|---|---:|",
        *(
            f"| {words} | {sum(one.status == status for one in found)} |"
            for status, words in STATUSES.items()
        ),
        "",
        "*Another system's* are requirements that do not touch an enforcement pipeline.",
    ]
    for area in sorted({one.area for one in found}):
        lines += ["", f"## {area}", "", "| requirement | how it stands | answered by |", "|---|---|---|"]
        lines += [_row(one) for one in found if one.area == area]
    return "\n".join(lines) + "\n"


def _row(one: Requirement) -> str:
    name = f"**{one.id}** {one.requirement} <br>*{one.source.split(';')[0].strip()}*"
    stands = STATUSES[one.status] + (f": {one.lacks}" if one.lacks else "")
    return f"| {_cell(name)} | {_cell(stands)} | {'<br>'.join(_answers(one))} |"


def _answers(one: Requirement) -> Iterator[str]:
    for kind, what in one.by:
        yield f"{kind} `{what}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
