"""What a file of rules may name: values, citations, facts, queues with their messages, targets."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arrears import house
from arrears.config import Faults, Node, read_once, read_yaml
from arrears.law.citations import Source, read_sources
from arrears.law.profile_files import known_keys
from arrears.sqltext import strings

SPANS = ("days", "business_days", "weeks", "months", "years")
# Whom a row of facts is about; every table that a rule may name holds them.
KEYS = ("subject_id", "case_id", "person_id", "office", "worker")
# What can make the act that a sentence promises.
FOLLOWS = ("steps", "work", "deadlines")

Described = dict[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True)
class Catalog:
    """What a rule may name; None where the tree does not hold that kind yet, so it is not checked."""

    keys: Mapping[str, str]
    sources: Mapping[str, Source]
    queues: Mapping[str, tuple[str, ...]] | None
    facts: Described | None
    targets: frozenset[str] | None

    def columns(self, table: str) -> dict[str, str] | None:
        """The columns of a facts table by name, each with its unit."""
        if self.facts is None:
            return None
        told = {name: str(one.get("unit")) for name, one in self.facts.get(table, {}).items()}
        return {**dict.fromkeys(KEYS, "text"), **told}

    def table(self, node: Node) -> str:
        """The facts table that a rule reads, under `facts`."""
        if self.facts is None:
            return node.text("facts")
        return node.one_of("facts", "table of the facts", self.facts)

    def key(self, node: Node, name: str, required: bool = True, units: tuple[str, ...] = ()) -> str:
        """The value key under a name, which some jurisdiction must hold, in one of these units."""
        key = node.text(name, required)
        if key and key not in self.keys:
            node.fault(f"{name} names {key}, which no jurisdiction holds")
        elif key and units and self.keys[key] not in units:
            node.fault(f"{name} names {key}, which is {self.keys[key]} and not one of {', '.join(units)}")
        return key

    def queue(self, node: Node, required: bool = True) -> str:
        """The queue that a rule speaks through."""
        if self.queues is None:
            return node.text("queue", required)
        return node.one_of("queue", "queue", self.queues, required)

    def message(self, node: Node, queue: str, required: bool = True) -> str:
        """The message that a queue must be able to carry."""
        message = node.text("message", required)
        if queue and message and not self.carries(queue, message):
            carried = ", ".join((self.queues or {}).get(queue, ())) or "none"
            node.fault(f"the queue {queue} carries no message {message}; its messages are {carried}")
        return message

    def carries(self, queue: str, message: str) -> bool:
        """Whether a queue carries a message; also where that is not known."""
        return self.queues is None or queue not in self.queues or message in self.queues[queue]


def fact(node: Node, name: str, columns: Mapping[str, str] | None, unit: str = "") -> str:
    """A fact's name after the check that its table describes it, in the unit asked for."""
    if name and columns is not None and name not in columns:
        node.fault(f"{name} is not a described fact")
    elif name and columns is not None and unit and columns[name] != unit:
        node.fault(f"{name} is a fact in {columns[name]}, not in {unit}")
    return name


def read_follows(node: Node) -> dict[str, tuple[str, ...]]:
    """What makes the act that a sentence promises, way by way; empty where nothing is named."""
    if not node.has("follows"):
        return {}
    told = node.node("follows")
    found = {way: names for way in FOLLOWS if (names := told.texts(way, required=False))}
    if not any(found.values()):
        told.fault(f"names nothing; say which of {', '.join(FOLLOWS)} makes the act")
    told.done()
    return found


def catalog(rules_dir: Path, faults: Faults) -> Catalog:
    """Everything that stands beside these rules."""
    transforms = house.transforms_of(rules_dir)
    queues, targets = transforms / "queues", transforms / "plan" / "target.sql"
    return Catalog(
        keys=_units(rules_dir),
        sources=read_sources(rules_dir, faults),
        queues=_messages(queues) if queues.is_dir() else None,
        facts=described_facts(transforms / "facts"),
        targets=frozenset(strings(targets.read_text(encoding="utf-8"))) if targets.is_file() else None,
    )


@read_once()
def described_facts(folder: Path) -> Described | None:
    """Table to column to what the core's or a module's `facts.yml` says of it; None where nothing does."""
    found: Described = {}
    for path in (folder / "facts.yml", *sorted(folder.glob("*/facts.yml"))):
        if not path.is_file():
            continue
        held = read_yaml(path, Faults()).data.get("facts")
        for table, columns in (held if isinstance(held, dict) else {}).items():
            if isinstance(columns, dict):
                found[str(table)] = {
                    str(name): body if isinstance(body, dict) else {} for name, body in columns.items()
                }
    return found or None


def _messages(queues: Path) -> dict[str, tuple[str, ...]]:
    """Queue to the messages that it can carry; what else is wrong with a queue is told elsewhere."""
    paths = sorted(queues.glob("*/queue.yml"))
    told = {one.parent.name: read_yaml(one, Faults()).data.get("messages") for one in paths}
    return {name: tuple(map(str, held)) if isinstance(held, list) else () for name, held in told.items()}


def _units(rules_dir: Path) -> dict[str, str]:
    """Every value key of any jurisdiction with its unit; the files themselves are judged elsewhere."""
    found = dict.fromkeys(sorted(known_keys(rules_dir)), "")
    for path in sorted((rules_dir / "jurisdictions").glob("??.yml")):
        values = read_yaml(path, Faults()).data.get("values")
        for key, body in (values if isinstance(values, dict) else {}).items():
            if isinstance(body, dict):
                found[str(key)] = str(body.get("unit"))
    return found
