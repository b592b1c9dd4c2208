"""Matches and facts: one SQL file one table, run in the order that the folder's list gives.

`match.yml` and `facts.yml` name the tables of their folder in order, which of them a night keeps
(with the columns that order it), and which values of the profile the SQL binds by name. The facts
are a core and modules, each a folder with a `facts.yml` of its own, that add tables after the core's.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from arrears import house
from arrears.config import Faults, Node, read_once, read_yaml
from arrears.data.beside import Beside, Kept, mark
from arrears.data.side_by_side import Work, do_all, needed_for
from arrears.data.warehouse import Connection, attach_arrow, file_list, making, named, sql_text, write_parquet
from arrears.errors import safe_path
from arrears.intake.feeds import load_feeds
from arrears.intake.match import feed_rows
from arrears.law.counting import OF, counted_select, load_counts
from arrears.law.profile import ASKED, NotYet, Profile, requested_day
from arrears.law.profile_files import asked_on
from arrears.money.calculations import Law, attach_by_day, by_day, calculate, load_money
from arrears.night.layer_faults import check_sql
from arrears.values import HUNDRED

AS_OF = "as_of"
# How the value of a fact is told.
UNITS = ("cents", "date", "days", "count", "yes_no", "text", "list", "place", "last_four")
# SQL, and the values that it binds.
Bound = tuple[str, dict[str, Any]]
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
        counts = load_counts(house.RULES).values() if self.counted else ()
        asked = (key for one in counts for key in one.needs.values())
        return frozenset((*self.params.values(), *self.by_day.values(), *asked))

    def path(self, table: str) -> Path:
        """The SQL file of a table."""
        return self.folder / f"{table}.sql"

    def named(self, sql: str) -> frozenset[str]:
        """The tables of the layer's schema that an SQL text names."""
        return frozenset(re.findall(rf"\b{self.schema}\.(\w+)", sql))


def run_match(con: Connection, folder: Path, as_of: date, feeds_from: Path = house.FEEDS) -> dict[str, int]:
    """Rows of each table that is kept, after writing them to the night's folder.

    Reads `caseload.*` and `staging.*`; makes `match.*` on the connection, beside two tables that the feeds
    themselves say: `match.feed_rows`, whom each row of a matched feed is about, and `match.reach`, how many
    letters of a name each feed's layout has room for.
    """
    feeds = load_feeds(feeds_from).values()
    reach = {"feed": [feed.name for feed in feeds], "letters": [feed.name_letters for feed in feeds]}
    shape = pa.schema({"feed": pa.string(), "letters": pa.list_(pa.int64())})
    attach_arrow(con, "match.reach", pa.table(reach, schema=shape))
    con.execute(f"CREATE OR REPLACE VIEW match.feed_rows AS {feed_rows((f.name, f.match) for f in feeds)}")
    return run_layer(con, load_layer(house.MATCH), folder, {AS_OF: as_of})


def run_facts(
    con: Connection,
    folder: Path,
    profile: Profile,
    as_of: date,
    sql: Path = house.FACTS,
    wanted: Collection[str] = (),
    whole: Path | None = None,
) -> dict[str, int]:
    """Rows of each fact table that is kept, after writing them to the night's folder.

    Reads `caseload.*`, `staging.*`, `match.links`, `ledger.published`, `ledger.decisions` and `calendar`;
    makes `facts.*` on the connection: the core's tables, then those of each module; where some are `wanted`,
    only those and what they need. Of a part of the caseload, what speaks of the whole lies in the folder
    `whole`.
    """
    layers = load_facts(sql)
    con.execute("CREATE SCHEMA IF NOT EXISTS facts")
    attach_laws(con, layers, profile)
    kept, works = Kept(folder), list[Work]()
    for layer in layers:
        given = {one: whole / f"{one}.parquet" for one in layer.whole} if whole else {}
        made = _Making(layer, bound(layer, profile, as_of), kept, given)
        laws, counts = laws_of(layer, profile, as_of), counts_of(layer, profile, as_of)
        works += _works(layer, made, laws, counts, works)
    do_all(con, needed_for(wanted, works) if wanted else works)
    tables = [table for layer in layers for table in layer.keep if table in kept.rows]
    kept.show(con, "facts", tables)
    return {table: kept.rows[table] for table in tables}


def bound(layer: Layer, profile: Profile, as_of: date) -> dict[str, Any]:
    """Everything that the SQL of a layer of the facts may bind on a date."""
    given = {AS_OF: as_of, "state": profile.postal_code, "hundred": HUNDRED}
    return {**given, "lacking": lacking(layer, profile, as_of), **values(layer, profile, as_of)}


def values(layer: Layer, profile: Profile, as_of: date) -> dict[str, Any]:
    """The values by the names that a layer's SQL knows them by, each of the day of which it is asked.

    No limit is None, and so is what this state does not have: what hangs on it is not known. Where only a
    later law is known, that stops the night, unless `may_lack` says what the SQL then does.
    """
    days, lack = _days(layer, as_of), lacking(layer, profile, as_of)
    return {
        name: None if name in lack else profile.plain(key, days[name]) for name, key in layer.params.items()
    }


def lacking(layer: Layer, profile: Profile, as_of: date) -> list[str]:
    """Which values of `may_lack` have no law yet on the night: only a later one is known."""
    days = _days(layer, as_of)

    def lacks(name: str) -> bool:
        try:
            profile.plain(layer.params[name], days[name])
        except NotYet:
            return True
        return False

    return sorted(name for name in layer.may_lack if lacks(name))


def _days(layer: Layer, as_of: date) -> dict[str, date]:
    return {name: requested_day(layer.asked_on.get(name, "tonight"), as_of) for name in layer.params}


def laws_of(layer: Layer, profile: Profile, as_of: date) -> dict[str, Law]:
    """What each calculated table of a layer rests on, by the law of its own day."""
    money = load_money(house.MONEY)
    found: dict[str, Law] = {}
    for table, one in layer.calculated.items():
        law = money.law(one.by, profile, requested_day(one.on, as_of))
        found[table] = law.but(**one.read_as)
    return found


def counts_of(layer: Layer, profile: Profile, as_of: date) -> Bound | None:
    """What makes the layer's table of what each case counts for, by the law of a night; None without one."""
    if not layer.counted:
        return None
    return counted_select(load_counts(house.RULES).values(), profile, as_of, f"{layer.schema}.{OF}")


def attach_laws(con: Connection, layers: Iterable[Layer], profile: Profile) -> None:
    """Makes `law.<name>`: from_on, until_on and value, for rows that each ask of a day of their own."""
    asked = {name: key for layer in layers for name, key in layer.by_day.items()}
    attach_by_day(con, {name: by_day(profile, key) for name, key in asked.items()})


def run_layer(
    con: Connection,
    layer: Layer,
    folder: Path,
    params: Mapping[str, Any],
    laws: Mapping[str, Law] | None = None,
    counts: Bound | None = None,
) -> dict[str, int]:
    """Rows by kept table, after making every table of a layer and writing those that are kept.

    `laws` is what each calculated table rests on, `counts` what makes the counted one, where there are some.
    """
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {layer.schema}")
    kept = Kept(folder)
    do_all(con, _works(layer, _Making(layer, params, kept), laws or {}, counts))
    kept.show(con, layer.schema, layer.keep)
    return {table: kept.rows[table] for table in layer.keep}


@dataclass(frozen=True)
class _Making:
    """How the tables of a layer are made: those that are kept as files and seen there, others in memory.

    Those of `given` are taken from there as they are.
    """

    layer: Layer
    params: Mapping[str, Any]
    kept: Kept
    given: Mapping[str, Path] = field(default_factory=dict)

    def make(self, con: Connection, table: str, select: str, bound: Mapping[str, Any] | None = None) -> None:
        """Makes a table of the rows of a SELECT, and notes how many there are of one that is kept."""
        layer, name = self.layer, f"{self.layer.schema}.{table}"
        given = named(select, self.params) if bound is None else bound
        self.kept.show(con, layer.schema, layer.named(select))
        if table not in layer.keep:
            with making(con, name):
                con.execute(f"CREATE OR REPLACE TABLE {name} AS\n{select}", given)
            return
        ordered = f"SELECT * FROM (\n{select}\n) ORDER BY {', '.join(layer.keep[table])}"
        told = mark(layer.beside.get(table, {}))
        self.kept.rows[table] = write_parquet(con, ordered, self.kept.path(table), given, told=told)

    def take(self, con: Connection, table: str) -> None:
        """Makes a table of the rows that were made before for the whole caseload."""
        rows = f"FROM read_parquet({file_list([self.given[table]])})"
        con.execute(f"CREATE OR REPLACE TABLE {self.layer.schema}.{table} AS {rows}")

    def calculate(self, con: Connection, table: str, one: Calculated, law: Law) -> None:
        """Makes a table that a calculation of money answers."""
        self.kept.show(con, self.layer.schema, self.layer.named(" ".join(one.input.values())))
        self.make(
            con, table, f"SELECT * FROM {calculate(con, load_money(house.MONEY), one.by, law, one.input)}"
        )


def _works(
    layer: Layer, made: _Making, laws: Mapping[str, Law], counts: Bound | None, earlier: Sequence[Work] = ()
) -> list[Work]:
    """What makes each table of a layer, as soon as those that its SQL names are there."""
    works: list[Work] = []
    for table in layer.tables:
        before = frozenset(one.name for one in (*earlier, *works))
        needs: frozenset[str]
        do: Callable[[Connection], None]
        if table in made.given:
            needs, do = frozenset(), partial(made.take, table=table)
        elif table in layer.calculated and table in laws:
            asked = " ".join(layer.calculated[table].input.values())
            do = partial(made.calculate, table=table, one=layer.calculated[table], law=laws[table])
            needs = before & layer.named(asked)
        elif counts is not None and table == layer.counted:
            needs = before & layer.named(counts[0])
            do = partial(made.make, table=table, select=counts[0], bound=counts[1])
        else:
            text = sql_text(layer.path(table))
            needs = before & layer.named(text)
            do = partial(made.make, table=table, select=text)
        needs |= frozenset(layer.beside.get(table, {}).values())
        # Calculations share their scratch tables: no two run at once.
        works.append(Work(table, needs, do, alone_among="money" if table in layer.calculated else ""))
    return works


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
