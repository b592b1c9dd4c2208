"""What a layer of the facts is: the tables of one folder in their order, and what its list says of them.

`match.yml` and `facts.yml` name the tables of their folder in order, which of them a night keeps
(with the columns that order it), and which values of the profile the SQL binds by name. The facts
are a core and modules, each a folder with a `facts.yml` of its own, that add tables after the core's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from arrears import house
from arrears.config import Faults, Node, read_once, read_yaml
from arrears.data.beside import Beside
from arrears.data.warehouse import sql_text
from arrears.errors import safe_path
from arrears.law.counting import load_counts
from arrears.law.profile import ASKED
from arrears.law.profile_files import asked_on
from arrears.money.calculations import load_money
from arrears.night.layer_faults import check_sql
from arrears.sqltext import parameters

AS_OF = "as_of"
# How the value of a fact is told.
UNITS = ("cents", "date", "days", "count", "yes_no", "text", "list", "place", "last_four")
# What every SQL of the facts may bind beside the values of its list.
GIVEN = frozenset((AS_OF, "state", "hundred", "lacking"))


@dataclass(frozen=True)
class Calculated:
    """A table that a calculation of money makes: which one, by the law of which day, over which tables.

    `read_as` overrules single values, for a reading that is shown alongside the one that acts.
    """

    by: str
    input: Mapping[str, str]
    on: str = "tonight"
    read_as: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Layer:
    """The tables of one folder: their order, what is kept of them, and the values that they need."""

    schema: str
    folder: Path
    tables: tuple[str, ...]
    keep: Mapping[str, tuple[str, ...]]
    params: Mapping[str, str]
    calculated: Mapping[str, "Calculated"] = field(default_factory=dict)
    asked_on: Mapping[str, str] = field(default_factory=dict)
    by_day: Mapping[str, str] = field(default_factory=dict)
    # Values of which a night may know no law yet, and what its SQL then does: `lacking` names them there.
    may_lack: Mapping[str, str] = field(default_factory=dict)
    # The table that the counts of cases make (`rules/counts`), of which the SQL after it reads.
    counted: str = ""
    # Tables that speak of the whole caseload: a night in parts makes them once and gives them to each part.
    whole: tuple[str, ...] = ()
    # Tables whose whole numbers are sums over the caseload, with the columns that are said anew of the sums.
    summed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    # Tables that hold their own columns alone, and which rows of other tables are seen beside theirs.
    beside: Mapping[str, Beside] = field(default_factory=dict)

    @property
    def keys(self) -> frozenset[str]:
        """Every value that its SQL reads, of one day or by the day of each row."""
        counts = self.keys_of(self.counted) if self.counted else ()
        return frozenset((*self.params.values(), *self.by_day.values(), *counts))

    def keys_of(self, table: str) -> frozenset[str]:
        """The values that one of its tables may hang on."""
        if table == self.counted:
            return frozenset(key for one in load_counts(house.RULES).values() for key in one.needs.values())
        if table in self.calculated:
            return load_money(house.MONEY).keys_of(self.calculated[table].by)
        text = sql_text(self.path(table))
        names = set(parameters(text)) | set(re.findall(r"\blaw\.(\w+)", text))
        lacking = self.may_lack if "lacking" in names else ()
        return frozenset(
            key for one, key in (*self.params.items(), *self.by_day.items()) if one in names or one in lacking
        )

    def path(self, table: str) -> Path:
        """The SQL file of a table."""
        return self.folder / f"{table}.sql"

    def named(self, sql: str) -> frozenset[str]:
        """The tables of the layer's schema that an SQL text names."""
        return frozenset(re.findall(rf"\b{self.schema}\.(\w+)", sql))


@read_once()
def load_layer(folder: Path, schema: str = "") -> Layer:
    """The layer in a folder; one `RuleFault` lists every fault of its list and of its SQL.

    Its tables are made in the schema named, else in one of the folder's name.
    """
    faults = Faults()
    root = read_yaml(folder / f"{schema or folder.name}.yml", faults)
    tables = root.texts("tables")
    layer = Layer(
        schema=schema or folder.name,
        folder=folder,
        tables=tables,
        keep=_keep(root.node("keep"), tables),
        params=_params(root.node("params", required=False)),
        calculated=_calculated(root.node("calculated", required=False), tables),
        asked_on=asked_on(root.node("asked_on", required=False)),
        by_day=_params(root.node("by_day", required=False)),
        may_lack=_params(root.node("may_lack", required=False)),
        counted=root.text("counted", required=False),
        whole=root.texts("whole", required=False),
        summed={str(table): one.pairs() for table, one in root.node("summed", required=False).children()},
        beside={str(table): one.pairs() for table, one in root.node("beside", required=False).children()},
    )
    if (schema or folder.name) == "facts":
        root.texts("modules", required=False)
        _read_described(root.node("facts", required=False))
    root.done()
    check_sql(layer, GIVEN, faults)
    faults.raise_any(safe_path(folder), "Correct the lines above; nothing was run")
    return layer


def fact_folders(folder: Path = house.FACTS) -> list[Path]:
    """The folders of the facts in the order in which they are made: the core, then its modules."""
    modules = read_yaml(folder / "facts.yml", Faults()).texts("modules", required=False)
    return [folder, *(folder / name for name in modules)]


@read_once()
def load_facts(folder: Path) -> tuple[Layer, ...]:
    """The layers of the facts, the core's first; a table stands in one of them only."""
    faults = Faults()
    layers = [load_layer(one, folder.name) for one in fact_folders(folder)]
    seen: dict[str, Path] = {}
    for layer in layers:
        for table in layer.tables:
            if table in seen:
                faults.add(safe_path(layer.path(table)), f"is made in {safe_path(seen[table])} already")
            seen[table] = layer.folder
    strays = {one.parent.name for one in folder.glob("*/facts.yml")} - {one.folder.name for one in layers}
    for name in sorted(strays):
        faults.add(safe_path(folder / name), "is not in the list of modules")
    faults.raise_any(safe_path(folder), "Correct the lines above; nothing was run")
    return tuple(layers)


def kept_facts(folder: Path = house.FACTS) -> tuple[str, ...]:
    """The fact tables that a night keeps."""
    lists = [read_yaml(one / f"{folder.name}.yml", Faults()) for one in fact_folders(folder)]
    return tuple(str(table) for root in lists for table in root.node("keep").data)


def _read_described(node: Node) -> None:
    """Faults what says nothing of a column of the facts, or says it in another way than people are told."""
    for _, columns in node.children():
        for _, one in columns.children():
            one.text("say")
            one.text("unit", choices=UNITS)
            one.text("source", required=False)
            one.done()


def _keep(node: Node, tables: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found = node.lists()
    for table, order in found.items():
        if table not in tables:
            node.fault(f"keeps {table}, which is not a table")
        if not order:
            node.fault(f"{table} needs the columns that order it")
    return found


def _params(node: Node) -> dict[str, str]:
    return node.pairs()


def _calculated(node: Node, tables: tuple[str, ...]) -> dict[str, Calculated]:
    found: dict[str, Calculated] = {}
    for table, one in node.children():
        input = one.node("input").pairs()
        day = one.text("on", required=False, choices=tuple(ASKED), otherwise="tonight")
        read_as = one.node("read_as", required=False).pairs()
        found[str(table)] = Calculated(one.text("by"), input, day, read_as)
        if table not in tables:
            one.fault(f"calculates {table}, which is not a table")
        known = load_money(house.MONEY).calculations
        by = found[str(table)].by
        if by not in known:
            one.fault(f"by names {by}, which is not a calculation of money")
        elif set(known[by].input) != set(input):
            one.fault(f"input must name {', '.join(known[by].input)}")
        for name in sorted(read_as.keys() - load_money(house.MONEY).params.keys()):
            one.fault(f"read_as names {name}, which no calculation binds")
        one.done()
    return found
