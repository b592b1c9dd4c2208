"""Matches and facts: one SQL file one table, made in the order that the list of its folder gives."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from arrears import house
from arrears.data.beside import Kept, mark
from arrears.data.side_by_side import Work, do_all, needed_for
from arrears.data.warehouse import Connection, attach_arrow, file_list, making, named, sql_text, write_parquet
from arrears.intake.feeds import load_feeds
from arrears.intake.match import feed_rows
from arrears.law.counting import OF, counted_select, load_counts
from arrears.law.profile import NotYet, Profile, requested_day
from arrears.money.calculations import Law, attach_by_day, by_day, calculate, load_money
from arrears.night.layers import AS_OF, Calculated, Layer, kept_facts, load_facts, load_layer
from arrears.values import HUNDRED

# SQL, and the values that it binds.
Bound = tuple[str, dict[str, Any]]


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
    there: bool = False,
) -> dict[str, int]:
    """Rows of each fact table that is kept, after writing them to the night's folder.

    Reads `caseload.*`, `staging.*`, `match.links`, `ledger.published`, `ledger.decisions` and `calendar`;
    makes `facts.*` on the connection: the core's tables, then those of each module; where some are `wanted`,
    only those and what they need. What is kept and not wanted may be `there`, in the folder, already. Of a
    part of the caseload, what speaks of the whole lies in the folder `whole`.
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
    others = set(kept_facts(sql)) - set(wanted) if there else ()
    kept.rows |= {one: pq.read_metadata(kept.path(one)).num_rows for one in others}
    asked = needed_for(wanted, works, others) if wanted else works
    files = {table for layer in layers for table in layer.keep}
    # What only other tables read is in memory no longer than they need it.
    do_all(con, [one if one.name in files or one.name in wanted else _for_a_while(one) for one in asked])
    tables = [table for layer in layers for table in layer.keep if table in kept.rows]
    kept.show(con, "facts", tables)
    return {table: kept.rows[table] for table in tables}


def reached(profile: Profile, as_of: date, keys: Collection[str], counts: bool = False) -> frozenset[str]:
    """The fact tables that these values of the law reach: those whose SQL binds one, and all that read such.

    `counts` says that cases count by other conditions, too.
    """
    found = set[str]()
    for layer in load_facts(house.FACTS):
        counted = counts_of(layer, profile, as_of)
        for table in layer.tables:
            asks = layer.keys_of(table) & set(keys) or (counts and table == layer.counted)
            if asks or _read_by(layer, table, counted) & found:
                found.add(table)
    return frozenset(found)


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
        needs = before & _read_by(layer, table, counts)
        do: Callable[[Connection], None]
        if table in made.given:
            needs, do = frozenset(layer.beside.get(table, {}).values()), partial(made.take, table=table)
        elif table in layer.calculated:
            do = partial(made.calculate, table=table, one=layer.calculated[table], law=laws[table])
        elif counts is not None and table == layer.counted:
            do = partial(made.make, table=table, select=counts[0], bound=counts[1])
        else:
            do = partial(made.make, table=table, select=sql_text(layer.path(table)))
        # Calculations share their scratch tables: no two run at once.
        works.append(Work(table, needs, do, alone_among="money" if table in layer.calculated else ""))
    return works


def _for_a_while(work: Work) -> Work:
    """The same work, whose table goes once nothing needs it any more."""

    def give_back(con: Connection) -> None:
        con.execute(f"DROP TABLE facts.{work.name}")

    return replace(work, give_back=give_back)


def _read_by(layer: Layer, table: str, counts: Bound | None) -> frozenset[str]:
    """The tables of the layer's schema that one of its tables reads, or shows next to its own columns."""
    if table in layer.calculated:
        text = " ".join(layer.calculated[table].input.values())
    elif counts is not None and table == layer.counted:
        text = counts[0]
    else:
        text = sql_text(layer.path(table))
    return layer.named(text) | frozenset(layer.beside.get(table, {}).values())
