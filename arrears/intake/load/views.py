"""What a night sees of the deliveries it may know: `caseload.*` and `staging.*` as views."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from arrears import house
from arrears.config import read_once
from arrears.data.store import Store
from arrears.data.warehouse import (
    Connection,
    attach_parquet,
    file_list,
    quote,
    row_count,
    sql_text,
    warehouse,
)
from arrears.errors import ArrearsError
from arrears.intake.feeds import Feed
from arrears.intake.load.lines import shapes_sql
from arrears.intake.load.rejected import attach_rejected
from arrears.intake.load.stage import prepare, read_staged, staged_columns, staged_senders
from arrears.layout.tables import SQL_TYPES, TableContract
from arrears.ledger.opening import MOST, SUBJECT, whole_subjects
from arrears.ledger.records import Delivery
from arrears.sqltext import no_rows

_FILE = "_file"  # the column that says in which of several files a row stands
# Small columns by name: the type and the values of each.
Columns = dict[str, tuple[str, list[Any]]]


@read_once()
def named_relations(folder: Path) -> frozenset[str]:
    """The relations of feeds (`caseload.cases`, `staging.dmv_licenses`) that the SQL in a folder names."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.sql")))
    return frozenset(re.findall(r"\b(?:caseload|staging)\.\w+", text))


def attach(
    con: Connection,
    store: Store,
    state: str,
    deliveries: Sequence[Delivery],
    feeds: dict[str, Feed],
    only: Collection[str] = (),
) -> None:
    """Makes the views of a night from the accepted deliveries that it may know, or those that `only` names.

    A feed of whole tables becomes a schema of its name (`caseload.cases`, ...), any other one a
    relation `staging.<feed>`. A table that nobody sent is there with its columns and no row; what
    the emptiness means stands in `caseload.currency` and `staging.currency`; of whom a bad line would
    have told, in `caseload.rejected`.
    """
    came = [d for d in deliveries if d.outcome == "accepted" and d.state == state]
    if only:
        _attach_some(con, _Shelf(store), feeds, came, only)
        return
    shelf, never, made = _Shelf(store), [], ["CREATE SCHEMA IF NOT EXISTS staging"]
    of_tables = []
    for feed in feeds.values():
        own = [d for d in came if d.feed == feed.name]
        if feed.format == "tables":
            tables = _tables(shelf, feed, in_force(feed, own))
            made += [f"CREATE SCHEMA IF NOT EXISTS {feed.name}", *tables.values()]
            of_tables.append((feed, own))
        elif parts := _parts_in_force(shelf, feed, own):
            made.append(_lines(shelf, feed, parts))
        else:
            never.append(feed)
    con.execute(";\n".join([*made, *_never_came(store, never)]))
    for feed, own in of_tables:
        present = in_force(feed, own)
        attach_rejected(con, feed, [(shelf.folder(one), shelf.about(one)["rejects"] > 0) for one in present])
        through = _table_currency(feed, present)
        columns: Columns = {
            "table_name": ("VARCHAR", list(through)),
            "complete_through_on": ("DATE", list(through.values())),
        }
        _make_table(con, f"{feed.name}.currency", columns)
        _attach_claims(con, shelf, feed, latest_versions(own))
    _attach_currency(con, feeds, came)


def _attach_some(
    con: Connection,
    shelf: "_Shelf",
    feeds: dict[str, Feed],
    came: Sequence[Delivery],
    only: Collection[str],
) -> None:
    """Makes those tables of the feeds of whole tables that are named; no other relation is known."""
    made = {
        name: text
        for feed in feeds.values()
        if feed.format == "tables"
        for name, text in _tables(
            shelf, feed, in_force(feed, [d for d in came if d.feed == feed.name])
        ).items()
    }
    if strange := sorted(set(only) - set(made)):
        raise KeyError(f"{', '.join(strange)}: only the tables of a whole caseload can be had by name")
    schemas = sorted({name.split(".")[0] for name in only})
    texts = [f"CREATE SCHEMA IF NOT EXISTS {schema}" for schema in schemas]
    con.execute(";\n".join([*texts, *(made[name] for name in sorted(only))]))


def _attach_currency(con: Connection, feeds: dict[str, Feed], came: Sequence[Delivery]) -> None:
    """Makes `staging.currency` and `staging.arrivals`."""
    own = {name: [d for d in came if d.feed == name] for name in feeds}
    # For which day, and when, each feed last came; NULL for a feed that never did.
    periods = [max((d.period_on for d in of if d.period_on), default=None) for of in own.values()]
    received = [max((d.received_on for d in of), default=None) for of in own.values()]
    columns: Columns = {
        "feed": ("VARCHAR", list(feeds)),
        "last_period_on": ("DATE", periods),
        "last_received_on": ("DATE", received),
        "stale_after_days": ("BIGINT", [feed.stale_after_days for feed in feeds.values()]),
    }
    _make_table(con, "staging.currency", columns)
    # When each delivery came: a clock may start with a partner's line.
    columns = {
        "feed": ("VARCHAR", [d.feed for d in came]),
        "source_file": ("VARCHAR", [d.delivery_id for d in came]),
        "period_on": ("DATE", [d.period_on for d in came]),
        "received_on": ("DATE", [d.received_on for d in came]),
    }
    _make_table(con, "staging.arrivals", columns)


def in_order(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Deliveries by what they are about, not by when they came: period, then sequence, then arrival."""
    return sorted(deliveries, key=lambda d: (d.period_on or d.received_on, d.sequence or 0, d.position))


def latest_versions(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """One delivery a period and sequence, in order: a correction takes the place of what it corrects."""
    slots: dict[Any, Delivery] = {}
    for delivery in sorted(deliveries, key=lambda d: d.position):
        slot = (delivery.period_on, delivery.sequence)
        slots[delivery.delivery_id if slot == (None, None) else slot] = delivery
    return in_order(slots.values())


def in_force(feed: Feed, deliveries: Sequence[Delivery]) -> list[Delivery]:
    """The deliveries that make up the feed's present: the last snapshot and the changes after it.

    Of a feed of events all count; of a feed that only sends snapshots, the last one does.
    """
    versions = latest_versions(deliveries)
    if feed.mode == "events":
        # The same data under two deliveries (one let in by a person, its control file later) is one.
        once = {frozenset(file.sha256 for file in d.files): d for d in versions}
        return in_order(once.values())
    last = max((n for n, d in enumerate(versions) if d.mode != "delta"), default=0)
    return versions[last:]


def in_use(store: Store, feed: Feed, deliveries: Sequence[Delivery]) -> set[str]:
    """Which of a feed's accepted deliveries a night reads that knows these."""
    if feed.format == "tables":
        return {one.delivery_id for one in in_force(feed, deliveries)}
    return {one.delivery_id for one, _ in _parts_in_force(_Shelf(store), feed, deliveries)}


def counts_if_let_in(feed: Feed, taken: Iterable[Delivery], held: Delivery) -> bool:
    """Whether a delivery that is held would be among those that make up the feed's present."""
    there = list(taken)
    now = replace(held, position=max((one.position for one in there), default=0) + 1)
    return now in in_force(feed, [*there, now])


def opening_rows(store: Store, delivery: Delivery) -> Iterator[pa.Table]:
    """What a caseload delivery says the agency had sent before Arrears: the rows of its `sent` table.

    Of very many some at a time, those of one subject and remedy together. A row of a day that had not come
    tells nothing of the past; the checks of the night name it.
    """
    path = store.staging(delivery.state, delivery.feed, delivery.delivery_id) / "sent.parquet"
    if delivery.feed != "caseload" or not path.exists() or not (rows := row_count(path)):
        return
    order = ", ".join((*(SUBJECT if rows > MOST else ()), "source_line"))
    with warehouse(spill=store.spill()) as con:
        con.execute(
            f"""SELECT * EXCLUDE (source_file, source_line)
                FROM ({_marked(con, path)})
                WHERE sent_on IS NULL OR sent_on <= $day ORDER BY {order}""",
            {"day": max(delivery.received_on, delivery.period_on or delivery.received_on)},
        )
        blocks = con.to_arrow_reader(MOST)
        yield from whole_subjects(pa.Table.from_batches([one]) for one in blocks)


def _marked(con: Connection, path: Path) -> str:
    """SQL for a delivery's `sent` rows, each with the marks of the number and name that it tells.

    What was sent before was sent under them, so that a correction is seen as one.
    """
    said, people = f"SELECT * FROM read_parquet({file_list([path])})", path.with_name("persons.parquet")
    if not people.exists():
        return said
    attach_parquet(con, "caseload.persons", [people])
    con.execute(f"CREATE OR REPLACE VIEW spoken_of AS {said}")
    marks = sql_text(house.QUEUES / "person_marks.sql")
    identity = "{'identity': {'number': number_mark, 'name': name_mark, 'birth': birth_mark}}"
    return f"""SELECT sent.* REPLACE (CASE WHEN number_mark IS NULL THEN carry ELSE CAST(json_merge_patch(
                 coalesce(TRY_CAST(carry AS JSON), '{{}}'), to_json({identity})) AS VARCHAR) END AS carry)
               FROM ({said}) AS sent LEFT JOIN (\n{marks}\n) AS marks USING (person_id)"""


class _Shelf:
    """The staged deliveries of a store: each is looked up once."""

    def __init__(self, store: Store) -> None:
        self._store, self._about = store, dict[str, dict[str, Any]]()

    def folder(self, delivery: Delivery) -> Path:
        """Where a delivery is staged; an error where it is not."""
        self.about(delivery)
        return self._store.staging(delivery.state, delivery.feed, delivery.delivery_id)

    def about(self, delivery: Delivery) -> dict[str, Any]:
        """What a staging folder says of itself."""
        if delivery.delivery_id not in self._about:
            about = read_staged(self._store.staging(delivery.state, delivery.feed, delivery.delivery_id))
            if about is None:
                raise ArrearsError(
                    "An accepted delivery is not loaded",
                    f"{delivery.feed}@{delivery.delivery_id}",
                    "Run receive again",
                )
            self._about[delivery.delivery_id] = about
        return self._about[delivery.delivery_id]


def _lines(shelf: _Shelf, feed: Feed, parts: Sequence[tuple[Delivery, list[str]]]) -> str:
    """SQL that makes `staging.<feed>` of the deliveries whose rows count."""
    name, selects = f"{feed.name}.parquet", []
    whole = [shelf.folder(d) / name for d, senders in parts if not senders]
    if whole:
        selects.append(f"SELECT * FROM read_parquet({file_list(whole)}, union_by_name=true)")
    for delivery, senders in parts:
        if senders and feed.proofs.sender is not None:
            listed = ", ".join(quote(one) for one in senders)
            rows = f"SELECT * FROM read_parquet({file_list([shelf.folder(delivery) / name])})"
            selects.append(f"{rows} WHERE {feed.proofs.sender.field} IN ({listed})")
    return f"CREATE OR REPLACE VIEW staging.{feed.name} AS " + " UNION ALL BY NAME ".join(selects)


def _parts_in_force(
    shelf: _Shelf, feed: Feed, deliveries: Sequence[Delivery]
) -> list[tuple[Delivery, list[str]]]:
    """The deliveries whose rows count, each with the senders for whom it does; no sender is all of it.

    A bureau's file takes the place of the file before it for the institutions that it tells of. Files with
    a number of their own each stay separate, and the last version of a number stands.
    """
    groups: dict[tuple[str, str], list[Delivery]] = {}
    for delivery in deliveries:
        staged = shelf.about(delivery)
        for sender in staged_senders(staged) or [""]:
            groups.setdefault((sender, str(staged.get("number", ""))), []).append(delivery)
    used: dict[str, tuple[Delivery, list[str]]] = {}
    for (sender, number), own in sorted(groups.items()):
        for delivery in own[-1:] if number else in_force(feed, own):
            _, senders = used.setdefault(delivery.delivery_id, (delivery, []))
            senders += [sender] if sender else []
    order = {d.delivery_id: n for n, d in enumerate(in_order(d for d, _ in used.values()))}
    return sorted(used.values(), key=lambda one: order[one[0].delivery_id])


# The staged columns of the feeds that never came, by folder: the same for every store.
_SHAPES: dict[Path, str] = {}
_SHAPE = "shape of "
_SHAPES_ASKED = f"""
  SELECT table_name, list({{'name': column_name, 'kind': data_type}} ORDER BY column_index)
  FROM duckdb_columns() WHERE starts_with(table_name, {quote(_SHAPE)}) GROUP BY table_name"""


def _never_came(store: Store, feeds: Sequence[Feed]) -> list[str]:
    """SQL that makes the empty relations of feeds that never came, their columns found by loading nothing.

    They are views: however many feeds there are, one that did not come costs a night no work.
    """
    if unknown := {feed.name: feed for feed in feeds if feed.folder not in _SHAPES}:
        made = []
        for feed in unknown.values():
            view = f'CREATE OR REPLACE TEMP VIEW "{_SHAPE}{feed.name}" AS {feed.load_sql}'
            made += [*shapes_sql(feed), view]
        with warehouse() as scratch:
            prepare(scratch, store)
            found = scratch.execute(";\n".join([*made, _SHAPES_ASKED])).fetchall()
        for name, columns in found:
            shape = staged_columns((one["name"], one["kind"]) for one in columns)
            _SHAPES[unknown[name.removeprefix(_SHAPE)].folder] = no_rows(shape)
    return [f"CREATE OR REPLACE VIEW staging.{feed.name} AS {_SHAPES[feed.folder]}" for feed in feeds]


def _tables(shelf: _Shelf, feed: Feed, deliveries: Sequence[Delivery]) -> dict[str, str]:
    """SQL that makes each table of a feed of whole tables, by its name."""
    made = {}
    for table in feed.tables.values():
        name = f"{feed.name}.{table.name}"
        files = [shelf.folder(one) / f"{table.name}.parquet" for one in deliveries]
        files = [file for file in files if file.exists()]
        rows = _upserted(table, files) if files else no_rows(_staged_columns(table))
        made[name] = f"CREATE OR REPLACE VIEW {name} AS {rows}"
    return made


def _attach_claims(con: Connection, shelf: _Shelf, feed: Feed, deliveries: Sequence[Delivery]) -> None:
    """Makes `<feed>.intake_complete`: what the last deliveries said is complete, where it can be true.

    That all mail up to a day is in stays true when a later delivery says nothing that can be; what is older
    than the feed may be is stale, and left out.
    """
    if "intake" not in feed.tables:
        return
    said = []
    for place, one in enumerate(deliveries):
        if one.received_on < deliveries[-1].received_on - timedelta(feed.stale_after_days or 0):
            continue
        if (path := shelf.folder(one) / "intake.parquet").exists():
            said.append(
                f"""SELECT *, {place} AS place FROM read_parquet({file_list([path])})
                    WHERE complete_through_on <= DATE {quote(one.received_on.isoformat())}"""
            )
    empty = no_rows(_staged_columns(feed.tables["intake"]) | {"place": "BIGINT"})
    made = [f"CREATE OR REPLACE TABLE {feed.name}.intake_complete AS {empty}"]
    made += [f"INSERT INTO {feed.name}.intake_complete BY NAME {one}" for one in said]
    con.execute(";\n".join(made))


def _upserted(table: TableContract, files: list[Path]) -> str:
    """SQL for one row a key: each file's rows that no later file has again.

    The later files, all deltas, are small: the last row of a key among them is found by sorting, their keys
    are hashed, and the large snapshot streams past. Each file is read twice at most, however many there are.
    """
    first, later = f"SELECT * FROM read_parquet({file_list(files[:1])})", files[1:]
    if not later:
        return first
    same = " AND ".join(f"older.{column} IS NOT DISTINCT FROM newer.{column}" for column in table.key)
    keys = ", ".join(table.key)
    newer = f"read_parquet({file_list(later)}, union_by_name=true, filename='{_FILE}')"
    last = f"PARTITION BY {keys} ORDER BY list_position({file_list(later)}, {_FILE}) DESC"
    kept = f"SELECT older.* FROM ({first}) AS older ANTI JOIN (SELECT {keys} FROM {newer}) AS newer ON {same}"
    changed = f"SELECT * EXCLUDE ({_FILE}) FROM {newer} QUALIFY row_number() OVER ({last}) = 1"
    return f"{kept}\nUNION ALL BY NAME\n{changed}"


def _staged_columns(table: TableContract) -> dict[str, str]:
    return staged_columns((column.name, SQL_TYPES[column.type]) for column in table.columns)


def _table_currency(feed: Feed, deliveries: Sequence[Delivery]) -> dict[str, date | None]:
    """Through which day each table is complete; None where the snapshot in force lacks the table."""
    through: dict[str, date | None] = dict.fromkeys(feed.tables)
    known = {file.table for d in deliveries[:1] if d.mode != "delta" for file in d.files}
    for delivery in deliveries:
        through |= {file.table: delivery.period_on for file in delivery.files if file.table in known}
        for name, day in delivery.complete_through.items():
            # A word that is not a table (such as `payments`) is a kind of intake and stands as it is told.
            if name in known or name not in feed.tables:
                through[name] = date.fromisoformat(day)
    return through


def _make_table(con: Connection, name: str, columns: Columns) -> None:
    """Makes a table of these columns."""
    made = ", ".join(
        f"unnest(CAST(${column} AS {kind}[])) AS {column}" for column, (kind, _) in columns.items()
    )
    con.execute(
        f"CREATE OR REPLACE TABLE {name} AS SELECT {made}",
        {column: of for column, (_, of) in columns.items()},
    )
