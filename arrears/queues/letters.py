"""What each letter has to say by its citation, and the fields of its record that say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arrears.config import Faults, Node, read_yaml
from arrears.law.citations import Source, read_sources
from arrears.law.profile_files import read_cites
from arrears.queues import Queue

LETTERS = "letters.yml"


@dataclass(frozen=True)
class Content:
    """One thing that a letter has to say: in which fields, or in the paragraph under its code."""

    say: str
    fields: tuple[str, ...]
    is_text: bool
    cites: tuple[str, ...]


def load_letters(rules_dir: Path, queues: Mapping[str, Queue]) -> dict[tuple[str, str], tuple[Content, ...]]:
    """What each letter of each queue has to say; one `RuleFault` lists the letters that cannot say it."""
    faults = Faults()
    sources = read_sources(rules_dir, faults)
    found: dict[tuple[str, str], tuple[Content, ...]] = {}
    root = read_yaml(rules_dir / LETTERS, faults)
    for name, node in root.node("letters").children():
        queue = queues.get(str(name))
        if queue is None:
            node.fault(f"there is no queue {name}")
            continue
        for letter in node.names():
            if letter not in queue.messages:
                node.fault(f"{name} carries no letter {letter}")
            found[str(name), str(letter)] = tuple(_content(one, queue, sources) for one in node.nodes(letter))
        for letter in sorted(set(queue.messages) - set(node.data)):
            node.fault(f"what the letter {letter} has to say is not told")
        node.done()
    root.done()
    faults.raise_any(f"rules/{LETTERS}", "Say what the letter has to say, or give its record the field")
    return found


def _content(node: Node, queue: Queue, sources: Mapping[str, Source]) -> Content:
    made = Content(
        say=node.text("say"),
        fields=node.texts("fields", required=False),
        is_text=node.boolean("text"),
        cites=read_cites(node, sources),
    )
    held = {field.name for layout in (queue.detail, queue.layouts["header"]) for field in layout.fields}
    for field in sorted(set(made.fields) - held):
        node.fault(f'"{made.say}" is in the field {field}, which no record of {queue.name} has')
    if not made.fields and not made.is_text:
        node.fault(f'nothing says "{made.say}"')
    node.done()
    return made
