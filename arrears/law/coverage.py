"""Whether every dated value is accounted for, and every decision table answered.

A value is read by a rule under its key, held by the shape of a rule (`values` of
`transforms/reports/decision_tables.yml`), or kept for people alone (`not_used` of its jurisdiction's file,
with the reason): one of the three, never two.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from arrears import house
from arrears.config import Faults, Node, read_yaml
from arrears.law.catalog import described_facts
from arrears.law.citations import read_sources
from arrears.law.profile import Profile, Value
from arrears.law.profile_files import FEDERAL, read_not_used, read_values
from arrears.law.remedy import PARTS, Card

ENGINE = Path(__file__).parents[1]
TABLES = range(1, 31)
# The values, what only repeats them, and the cards, which count where they are in force.
_NO_READERS = (
    *("rules/jurisdictions", "rules/remedies", "rules/conditions", "rules/sources.yml"),
    "transforms/reports/decision_tables.yml",
)
# Invented people are planted around a limit; that is no use of it.
_NO_ENGINE = ("fakes",)
# What the shape of a rule can hold; a number that nothing reads is held by nobody.
IN_WORDS = ("text", "boolean", "list")
# A name in quotes, which a key may be: only modules that hold one are read as Python.
_QUOTED = re.compile(r"""["']([a-z0-9_.]+)["']""")

Names = Mapping[str, frozenset[str]]
# Key to who reads it: the place, and the state in which it does (None: in every one).
Readers = Mapping[str, frozenset[tuple[str, str | None]]]


def account(
    rules_dir: Path, profiles: Mapping[str, Profile], cards: Mapping[str, Card]
) -> tuple[dict[str, int], list[str]]:
    """How many tables and dated values are accounted for in which way, and a fault for each that is not."""
    own = {state: _jurisdiction(rules_dir, state) for state in (FEDERAL, *profiles)}
    known = frozenset(key for values, _ in own.values() for key in values)
    names = {**what_is_there(rules_dir, cards), "values": known}
    faults = Faults()
    root = read_yaml(house.transforms_of(rules_dir) / "reports" / "decision_tables.yml", faults)
    answered = _tables(root.node("tables"), names)
    held = {str(key): _references(one, names) for key, one in root.node("values").children()}
    root.done()
    for key in sorted(held.keys() - known):
        faults.add(
            "transforms/reports/decision_tables.yml", f"values names {key}, which no jurisdiction holds"
        )
    units = {key: one[-1].unit for values, _ in own.values() for key, one in values.items()}
    for key in sorted(key for key in held if units.get(key, "text") not in IN_WORDS):
        faults.add(
            "transforms/reports/decision_tables.yml",
            f"values holds {key}, a number in {units[key]} that nothing reads; say under not_used why",
        )
    counts = {"tables": answered, "values": 0, "read": 0, "held": 0, "not used": 0, "unexplained": 0}
    readers = read_where(rules_dir, profiles, cards, known)
    for state, (values, not_used) in own.items():
        for key, versions in sorted(values.items()):
            places = sorted(place for place, where in readers.get(key, ()) if where in _counted(state, own))
            ways = {"read": bool(places), "held": key in held, "not used": key in not_used}
            told = [way for way, is_so in ways.items() if is_so]
            counts["values"] += len(versions)
            counts[told[0] if told else "unexplained"] += len(versions)
            if not told:
                faults.add(f"{state}.yml", f"nothing reads {key}; say under not_used why")
            elif len(told) > 1:
                faults.add(f"{state}.yml", f"{key} is accounted for twice: {', '.join([*told, *places])}")
    return counts, faults.found


def read_where(
    rules_dir: Path, profiles: Mapping[str, Profile], cards: Mapping[str, Card], known: frozenset[str]
) -> Readers:
    """Who reads each key: cards where they are in force, everything else of the house everywhere.

    A card that is in force nowhere yet reads what its state-to-be is to set, so in each of them.
    """
    found: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
    in_force = {state: {one.remedy for one in profile.in_force} for state, profile in profiles.items()}
    nowhere = cards.keys() - frozenset().union(*in_force.values())
    for state, remedies in in_force.items():
        for card in (cards[name] for name in sorted((remedies & cards.keys()) | nowhere)):
            clocks = (key for step in card.steps if step.after for key in step.after.keys)
            for key in (*card.needs.values(), *clocks):
                found[key].add((f"remedies/{card.remedy}", state))
    for place, text in (*_written(rules_dir), *_coded(known)):
        if text in known:
            found[text].add((place, None))
    return {key: frozenset(places) for key, places in found.items()}


def what_is_there(rules_dir: Path, cards: Mapping[str, Card]) -> Names:
    """The names that a table or a held value may point at, by kind."""
    rules, transforms = rules_dir, house.transforms_of(rules_dir)
    facts = described_facts(transforms / "facts") or {}
    conditions = [
        (card, one.name) for card in cards.values() for part in PARTS for one in card.conditions[part]
    ]
    folders = {kind: transforms / kind for kind in ("queues", "feeds")}
    return {
        "remedies": frozenset(cards),
        "conditions": frozenset(f"{card.remedy}.{name}" for card, name in conditions),
        "steps": frozenset(f"{card.remedy}.{one.step}" for card in cards.values() for one in card.steps),
        "facts": frozenset(f"{table}.{column}" for table, columns in facts.items() for column in columns),
        "work": _children(rules / "work", "kinds"),
        "deadlines": _children(rules / "deadlines", "deadlines"),
        "waterfalls": _children(rules / "waterfalls", "waterfalls", by_file=True),
        "money": frozenset(path.stem for path in (transforms / "money").glob("**/*.sql")),
        "engine": frozenset(path.relative_to(ENGINE).as_posix() for path in ENGINE.rglob("*.py")),
        **{kind: frozenset(one.name for one in folder.glob("*")) for kind, folder in folders.items()},
    }


def _jurisdiction(rules_dir: Path, state: str) -> tuple[dict[str, tuple[Value, ...]], dict[str, str]]:
    """A file's own values and what it says of those that nobody reads; its faults are told elsewhere."""
    root = read_yaml(rules_dir / "jurisdictions" / f"{state}.yml", Faults())
    values = read_values(root.node("values"), state, read_sources(rules_dir, Faults()))
    return values, read_not_used(root, values)


def _counted(state: str, own: Mapping[str, Any]) -> frozenset[str | None]:
    """Whose reading accounts for a file's value: anybody's for federal law, else that state's own."""
    return frozenset((None, *own)) if state == FEDERAL else frozenset((None, state))


def _tables(node: Node, names: Names) -> int:
    """How many of the decision tables something answers."""
    answered = 0
    for number, one in node.children():
        if number not in TABLES:
            one.fault("is not a number of a decision table")
        one.text("title")
        answered += bool(_references(one, names))
    for number in (number for number in TABLES if number not in node.data):
        node.fault(f"the table {number} is not answered")
    return answered


def _references(node: Node, names: Names) -> list[str]:
    """What is pointed at, kind by kind; each name has to be there."""
    found: list[str] = []
    for kind in names:
        for name in node.texts(kind, required=False):
            found.append(name)
            if name not in names[kind]:
                node.fault(f"{kind} has no {name}")
    node.done()
    if not found:
        node.fault("points at nothing")
    return found


def _children(folder: Path, key: str, by_file: bool = False) -> frozenset[str]:
    """The names under a key of every file of a folder, if asked for with the file's before them."""
    nodes = {path.stem: read_yaml(path, Faults()).data.get(key) or {} for path in folder.glob("*.yml")}
    return frozenset(
        f"{stem}.{name}" if by_file else str(name) for stem, held in nodes.items() for name in held
    )


def _written(rules_dir: Path) -> Iterator[tuple[str, str]]:
    """Every text that a YAML file of the house holds as a value, with its file."""
    root = rules_dir.parent
    files = (
        path for name in ("rules", "transforms", "expectations") for path in (root / name).rglob("*.yml")
    )
    for path in sorted(files):
        place = path.relative_to(root)
        if not any(place.is_relative_to(one) for one in _NO_READERS):
            yield from ((place.as_posix(), text) for text in _texts(read_yaml(path, Faults()).data))


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for one in data.values() if isinstance(data, dict) else data:
            yield from _texts(one)


def _coded(known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Every one of these keys that the engine holds as a text, with its module."""
    for path in sorted(ENGINE.rglob("*.py")):
        place, text = path.relative_to(ENGINE), path.read_text(encoding="utf-8")
        if place.parts[0] in _NO_ENGINE or path == Path(__file__) or known.isdisjoint(_QUOTED.findall(text)):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known:
                yield f"arrears/{place.as_posix()}", node.value
