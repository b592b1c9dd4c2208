"""The labels of data: what each means, what is no longer the data that it came from, who may show which.

`rules/labels.yml` holds them; where a label enters stands under `labels` in `feed.yml`, column by column, and
what a partner's queue may carry under `carries` in `queue.yml`. `label_flow` of the reports follows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arrears.config import Faults, Node, read_once, read_yaml
from arrears.law.citations import Source, read_sources
from arrears.law.profile_files import read_cites
from arrears.law.relations import Labels, Relation

FILE = "labels.yml"
EVERY = "all"
# What a lift calls that a table has a row at all, beside its columns.
ROWS = "*"


@dataclass(frozen=True)
class Label:
    """One label: what bears it, its law, and whether a person named by a number that bears it does, too."""

    label: str
    means: str
    cites: tuple[str, ...]
    through_keys: bool


@dataclass(frozen=True)
class Lift:
    """Columns of a table from which labels are taken, with the reason."""

    columns: tuple[str, ...]
    labels: tuple[str, ...]
    why: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """Every label, every lift by its table, and what sentences on lists may show."""

    labels: Mapping[str, Label]
    lifts: Mapping[str, tuple[Lift, ...]]
    lists_show: tuple[str, ...]

    @property
    def sticky(self) -> frozenset[str]:
        """The labels that go on to whoever is found by a number that bears them."""
        return frozenset(name for name, one in self.labels.items() if one.through_keys)

    def lifted(self, table: str, made: Relation) -> Relation:
        """A table without the labels that its declared reasons take from its columns."""
        columns, rest, rows = dict(made.columns), made.rest, made.rows
        for lift in self.lifts.get(table, ()):
            off = set(lift.labels)
            for column in _named(lift, made):
                if column == ROWS:
                    rows = without(rows, off)
                elif column in columns:
                    columns[column] = without(columns[column], off)
        return Relation(columns, rest, rows)

    def idle(self, table: str, made: Relation) -> list[str]:
        """The columns and labels of a table's lifts that take nothing away: leftovers of what once was."""
        said = []
        for lift in self.lifts.get(table, ()):
            borne = {
                column: made.rows if column == ROWS else made.columns.get(column)
                for column in _named(lift, made)
            }
            said += [f"there is no column {column}" for column, labels in borne.items() if labels is None]
            said += [
                f"{column} bears none of them"
                for column, labels in borne.items()
                if column in lift.columns and labels is not None and not set(labels) & set(lift.labels)
            ]
        return said


def _named(lift: Lift, made: Relation) -> tuple[str, ...]:
    return (*made.columns, ROWS) if lift.columns == (EVERY,) else lift.columns


def without(labels: Labels, off: set[str]) -> Labels:
    """The labels but those taken off."""
    return {label: path for label, path in labels.items() if label not in off}


@read_once()
def load_labels(rules_dir: Path) -> Vocabulary:
    """The vocabulary; one `RuleFault` lists every fault of the file."""
    faults = Faults()
    root = read_yaml(rules_dir / FILE, faults)
    sources = read_sources(rules_dir, faults)
    labels = {str(name): _label(str(name), one, sources) for name, one in root.node("labels").children()}
    lift_node = root.node("lifts")
    lifts = {
        str(table): tuple(_lift(one, sources, labels) for one in lift_node.nodes(table))
        for table in lift_node.names()
    }
    one = root.node("lists_show")
    lists_show = _known(one, labels)
    one.text("why")
    read_cites(one, sources)
    one.done()
    root.done()
    faults.raise_any("rules/labels.yml", "Correct each of these")
    return Vocabulary(labels, lifts, lists_show)


def _label(name: str, node: Node, sources: Mapping[str, Source]) -> Label:
    made = Label(name, node.text("means"), read_cites(node, sources), node.boolean("through_keys"))
    node.done()
    return made


def _lift(node: Node, sources: Mapping[str, Source], labels: Mapping[str, Label]) -> Lift:
    made = Lift(node.texts("columns"), _known(node, labels), node.text("why"), read_cites(node, sources))
    node.done()
    return made


def _known(node: Node, labels: Mapping[str, Label]) -> tuple[str, ...]:
    named = node.texts("labels")
    for label in sorted(set(named) - set(labels)):
        node.fault(f"there is no label {label}; labels.yml has {', '.join(labels)}")
    return named
