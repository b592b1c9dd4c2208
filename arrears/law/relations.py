"""What the columns of a table bear: labels, each with the columns by which it came."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# A label with the columns by which it came, from the one that a feed brought on.
Labels = Mapping[str, tuple[str, ...]]
NONE: Labels = {}


@dataclass(frozen=True)
class Relation:
    """What a table's columns bear, and what it tells that there is a row at all.

    `rest` is what a column bears that is not named; None where all of them are.
    """

    columns: Mapping[str, Labels] = field(default_factory=dict)
    rest: Labels | None = None
    rows: Labels = field(default_factory=dict)

    @property
    def all(self) -> Labels:
        """What any column or row of it bears."""
        return union([*self.columns.values(), self.rest or NONE, self.rows])

    def column(self, name: str) -> Labels | None:
        """What a column bears; None where there is none of this name."""
        return self.columns.get(name.lower(), self.rest)

    def named(self, name: str) -> "Relation":
        """The same as a table of this name: each label came by its columns too."""

        def by(column: str, labels: Labels) -> Labels:
            return {label: (*path, f"{name}.{column}") for label, path in labels.items()}

        columns = {column: by(column, labels) for column, labels in self.columns.items()}
        return Relation(columns, None if self.rest is None else by("*", self.rest), by("*", self.rows))


OPEN = Relation(rest=NONE)


def union(many: Iterable[Labels]) -> Labels:
    """Every label of all, each with the shortest of its paths, by columns rather than by rows."""
    found: dict[str, tuple[str, ...]] = {}
    for labels in many:
        for label, path in labels.items():
            if label not in found or _length(path) < _length(found[label]):
                found[label] = path
    return found


def _length(path: tuple[str, ...]) -> tuple[bool, int, tuple[str, ...]]:
    return path[-1].endswith(".*"), len(path), path
