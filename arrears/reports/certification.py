"""What a federal certification asks for, and what answers it: a test, a page, a command, or nothing yet."""

import ast
import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from arrears import house
from arrears.config import Faults, Node, read_once, read_yaml
from arrears.errors import ArrearsError, RuleFault
from arrears.law.profile_files import states as profile_states
from arrears.values import Row

PAGE = house.ROOT / "docs" / "certification.md"
KINDS = ("test", "page", "command", "examples")
# Why one test holds for every state: no state's law is asked, or a state is not free.
FOR_ALL = ("engine", "federal")
# How a requirement stands, in the order in which the page counts them.
STATUSES = {
    "traced": "Traced",
    "traced_in_part": "Traced, with something missing",
    "not_yet": "Not yet",
    "outside": "Another system's",
    "open": "Open in this state",
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
    states: tuple[tuple[str, str, str], ...] = ()
    open_in: tuple[str, ...] = ()


@dataclass(frozen=True)
class ForAll:
    """Why one test answers these requirements in every state."""

    kind: str
    why: str
    requirements: tuple[str, ...]


@read_once("../transforms")
def load_certification(rules_dir: Path) -> tuple[Requirement, ...]:
    """Every requirement in the order of the list; one `RuleFault` lists every fault of both files.

    A state for which certification is claimed shows every requirement; any other has open ones.
    """
    faults = Faults()
    folder = house.transforms_of(rules_dir) / "reports"
    root = read_yaml(folder / "certification.yml", faults)
    traces = {str(one): node for one, node in root.node("traces").children()}
    for_all = [name for one in _for_all(root) for name in one.requirements]
    claimed, profiled = set(root.texts("claimed_for")), set(profile_states(rules_dir))
    not_yet = root.node("not_yet").pairs()
    root.done()
    with (folder / "certification.csv").open(encoding="utf-8", newline="") as lines:
        found = [_requirement(row, traces, not_yet, root) for row in csv.DictReader(lines)]
    for place, one in enumerate(found):
        own = {state for state, _, _ in one.states}
        if one.id in traces and one.id not in for_all:
            found[place] = replace(one, open_in=tuple(sorted(profiled - claimed - own)))
            if not claimed <= own:
                root.fault(f"{one.id} must name a test of each state: {', '.join(sorted(claimed))}")
        if own and one.id in for_all:
            root.fault(f"{one.id} names states and is under one_for_all, too")
        for stray in sorted(own - profiled):
            root.fault(f"{one.id} names {stray}, which has no profile")
    for stray in sorted(claimed - profiled):
        root.fault(f"claimed_for names {stray}, which has no profile")
    for stray in sorted({name for name in for_all if name not in traces or for_all.count(name) > 1}):
        root.fault(f"one_for_all names {stray}, which is not traced or is there twice")
    for stray in sorted({*traces, *not_yet} - {one.id for one in found}):
        root.fault(f"{stray} is not a requirement of certification.csv")
    faults.raise_any("transforms/reports", "Correct each of these; nothing was certified")
    return tuple(found)


def one_for_all(rules_dir: Path) -> tuple[ForAll, ...]:
    """The requirements that one test answers in every state, by the reason why it does."""
    faults = Faults()
    found = _for_all(read_yaml(house.transforms_of(rules_dir) / "reports" / "certification.yml", faults))
    faults.raise_any("transforms/reports", "Correct each of these; nothing was certified")
    return found


def _for_all(root: Node) -> tuple[ForAll, ...]:
    found = []
    for one in root.nodes("one_for_all"):
        kind = one.text("kind", choices=FOR_ALL)
        found.append(ForAll(kind, one.text("why"), tuple(one.texts("requirements"))))
        one.done()
    return tuple(found)


def check_certification(rules_dir: Path, tests: Path) -> tuple[int, dict[str, int], list[str]]:
    """How many requirements were checked, how many each state leaves open, and every fault of the answers.

    Tests are looked for only where they are.
    """
    try:
        found = load_certification(rules_dir)
    except RuleFault as fault:
        return 0, {}, [str(fault)]
    is_open = Counter(state for one in found for state in one.open_in)
    return len(found), dict(sorted(is_open.items())), trace_faults(rules_dir, tests) if tests.is_dir() else []


def trace_faults(rules_dir: Path, tests: Path) -> list[str]:
    """Tests and examples that certification names and that are not there, or are of another state."""
    texts: dict[str, dict[str, str]] = {}

    def test(what: str) -> str | None:
        path, _, name = what.partition("::")
        if path not in texts:
            texts[path] = _tests_of(tests.parent / path)
        return texts[path].get(name)

    names = state_names(rules_dir)
    faults = []
    for one in load_certification(rules_dir):
        lost = [what for kind, what in one.by if kind == "test" and test(what) is None]
        faults += [f"certification: {one.id} names {what}, which is not there" for what in lost]
        for state, kind, what in one.states:
            if kind == "examples" and not _has_examples(rules_dir, state, *what.split()):
                faults.append(f"certification: {one.id}: no example of {what} is of {state}")
            if kind == "test" and what not in lost and not _is_of(test(what) or "", state, names):
                faults.append(f"certification: {one.id}: {what} is of another state than {state}")
    return faults


def state_names(rules_dir: Path) -> dict[str, str]:
    """The name of each state with a profile, by its letters."""
    return {
        state: read_yaml(rules_dir / "jurisdictions" / f"{state}.yml", Faults()).text("name")
        for state in profile_states(rules_dir)
    }


def _tests_of(path: Path) -> dict[str, str]:
    """The text of each test of a file with its parameters, and the state that its file says for all."""
    if not path.is_file():
        return {}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = (ast.unparse(one) for one in tree.body if isinstance(one, ast.Assign))
    state = "".join(one for one in constants if one.startswith("STATE = "))
    return {
        one.name: f"{state}\n{ast.unparse(one)}"
        for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")
    }


def _is_of(text: str, state: str, names: Mapping[str, str]) -> bool:
    """Whether a test says a state, by letters or name; one that says none is of Maine, the tests' own."""
    said = {one for one, name in names.items() if f"'{one}'" in text or name.lower() in text.lower()}
    return state in (said or {"me"})


def _has_examples(rules_dir: Path, state: str, remedy: str, condition: str = "") -> bool:
    path = rules_dir / "remedies" / remedy / "examples.yml"
    if not path.is_file():
        return False
    told = read_yaml(path, Faults()).data
    return any(
        one.get("jurisdiction", told["jurisdiction"]) == state
        and (not condition or condition in one.get("because", ()))
        for one in told["examples"]
    )


def _requirement(
    row: dict[str, str], traces: Mapping[str, Node], not_yet: Mapping[str, str], root: Node
) -> Requirement:
    name, applies = row["id"], row["applies_to_pipeline"]
    node = traces.get(name)
    by = tuple(_trace(text, node) for text in node.texts("by")) if node else ()
    lacks = node.text("lacks", required=False) if node else not_yet.get(name, "")
    told = node.node("states", required=False) if node else None
    of_state = tuple(_of_state(state, what) for state, what in sorted(told.pairs().items())) if told else ()
    by += tuple(dict.fromkeys((kind, what) for _, kind, what in of_state if (kind, what) not in by))
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


def _of_state(state: str, text: str) -> tuple[str, str, str]:
    kind, _, what = text.partition(" ")
    return (state, kind, what) if what else (state, "test", text)


def _trace(text: str, node: Node) -> tuple[str, str]:
    kind, _, what = text.partition(" ")
    if kind not in KINDS or not what:
        node.fault(f"{text} must begin with {', '.join(KINDS)}")
    return kind, what


def certification(state: str = "") -> Row:
    """How many requirements stand how, and each of them; of a state, without what only others answer."""
    found = _asked(state)
    return {
        "report": "certification",
        "title": "Federal certification",
        "state": state or None,
        "counts": _counts(found),
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
                "open_in": list(one.open_in),
            }
            for one in found
        ],
    }


def _asked(state: str) -> list[Requirement]:
    """Every requirement, or every one as it stands in one state."""
    found = list(load_certification(house.RULES))
    if not state:
        return found
    if state not in (known := state_names(house.RULES)):
        raise ArrearsError(f"There is no state {state}", "report certification", f"Give {', '.join(known)}")
    return [_in(state, known[state], one) for one in found]


def _in(state: str, name: str, one: Requirement) -> Requirement:
    """A requirement as it stands in a state: without what only other states answer."""
    own = {(kind, what) for of, kind, what in one.states if of == state}
    others = {(kind, what) for _, kind, what in one.states} - own
    asked = replace(one, by=tuple(told for told in one.by if told not in others), open_in=())
    if state not in one.open_in:
        return asked
    return replace(asked, status="open", lacks=f"No test and no example of {name} shows it yet.")


def _counts(found: Sequence[Requirement]) -> dict[str, int]:
    counts = {status: sum(one.status == status for one in found) for status in STATUSES}
    return {status: count for status, count in counts.items() if count or status != "open"}


def certification_page(state: str = "") -> str:
    """The page for people, as Markdown: counts first, then every requirement by area."""
    found = _asked(state)
    lines = [*_page_head(state), "", f"| {len(found)} requirements | |", "|---|---:|"]
    lines += [f"| {STATUSES[status]} | {count} |" for status, count in _counts(found).items()]
    lines += ["", "*Another system's* are requirements that do not touch an enforcement pipeline."]
    for area in sorted({one.area for one in found}):
        lines += ["", f"## {area}", "", "| requirement | status | answered by |", "|---|---|---|"]
        lines += [_row(one) for one in found if one.area == area]
    names = state_names(house.RULES)
    is_open = {name: [one.id for one in found if of in one.open_in] for of, name in names.items()}
    if any(is_open.values()):
        lines += ["", "## Open in a state", "", "| state | requirements |", "|---|---|"]
        lines += [f"| {name} | {', '.join(left)} |" for name, left in is_open.items() if left]
    lines += ["", "## Where one test holds for every state", "", "| why | requirements |", "|---|---|"]
    lines += [
        f"| *{one.kind}*: {_cell(one.why)} | {', '.join(one.requirements)} |"
        for one in one_for_all(house.RULES)
    ]
    return "\n".join(lines) + "\n"


def _page_head(state: str) -> list[str]:
    if state:
        return [
            f"# What a federal certification asks for: {state_names(house.RULES)[state]}",
            "",
            f"Made by `arrears report {state} certification`. What other states answer is left out; what no",
            "test and no example of this state shows yet is open.",
        ]
    return [
        "# What a federal certification asks for",
        "",
        "Made by `arrears report certification --out docs/certification.md`; do not edit it here. What is",
        "asked is in `transforms/reports/certification.csv`, what answers it in the `.yml` of that name.",
        "A test holds that every test, page and command named here exists, and that this page is current.",
        "Where a state's own law or files answer, each state for which certification is claimed names its",
        "own test, or the examples of a card that are of that state; any other state lists what is open.",
        "Why one test holds for every state elsewhere stands at the end.",
    ]


def _row(one: Requirement) -> str:
    name = f"**{one.id}** {one.requirement} <br>*{one.source.split(';')[0].strip()}*"
    stands = STATUSES[one.status] + (f": {one.lacks}" if one.lacks else "")
    return f"| {_cell(name)} | {_cell(stands)} | {'<br>'.join(_answers(one))} |"


def _answers(one: Requirement) -> Iterator[str]:
    of: dict[tuple[str, str], list[str]] = {(kind, what): [] for _, kind, what in one.states}
    for state, kind, what in one.states:
        of[kind, what].append(state)
    for kind, what in one.by:
        states = of.get((kind, what))
        yield f"{kind} `{what}`" + (f" ({', '.join(states)})" if states else "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
