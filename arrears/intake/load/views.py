"""What a night sees of the deliveries it may know: `caseload.*` and `staging.*` as views."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from arrears import house
from arrears.data.store import Store
from arrears.data.warehouse import Connection, attach_parquet, file_list, quote, warehouse
from arrears.errors import ArrearsError
from arrears.intake.feeds import Feed
from arrears.intake.load.lines import make_clean, make_lines, make_records
from arrears.intake.load.rejected import attach_rejected
from arrears.intake.load.stage import prepare, read_staged, staged_select, staged_senders
from arrears.layout.tables import SQL_TYPES, TableContract
from arrears.ledger.records import Delivery


def attach(
    con: Connection, store: Store, state: str, deliveries: Sequence[Delivery], feeds: dict[str, Feed]
) -> None:
    """Makes the views of a night from the accepted deliveries that it may know.

    A feed of whole tables becomes a schema of its name (`caseload.cases`, ...), any other one a
    relation `staging.<feed>`. A table that nobody sent is there with its columns and no row; what
    the emptiness means stands in `caseload.currency` and `staging.currency`; of whom a bad line would
    have told, in `caseload.rejected`.
    """
    con.execute("CREATE SCHEMA IF NOT EXISTS staging")
    for feed in feeds.values():
        own = [d for d in deliveries if d.feed == feed.name and d.outcome == "accepted" and d.state == state]
        if feed.format == "tables":
            _attach_tables(con, store, feed, in_force(feed, own))
            _attach_claims(con, store, feed, latest_versions(own))
        else:
            _attach_lines(con, store, feed, own)
    # For which day, and when, each feed last came; NULL for a feed that never did.
    rows = []
    for name in feeds:
        own = [d for d in deliveries if d.feed == name and d.outcome == "accepted" and d.state == state]
        period = max((d.period_on for d in own if d.period_on), default=None)
        received = max((d.received_on for d in own), default=None)
        rows.append((name, period, received, feeds[name].stale_after_days))
    columns = "feed VARCHAR, last_period_on DATE, last_received_on DATE, stale_after_days BIGINT"
    _make_table(con, "staging.currency", columns, rows)
    # When each delivery came: a clock may start with a partner's line.
    came = [
        (d.feed, d.delivery_id, d.period_on, d.received_on)
        for d in deliveries
        if d.outcome == "accepted" and d.state == state
    ]
    columns = "feed VARCHAR, source_file VARCHAR, period_on DATE, received_on DATE"
    _make_table(con, "staging.arrivals", columns, came)


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


def counts_if_let_in(feed: Feed, taken: Iterable[Delivery], held: Delivery) -> bool:
    """Whether a delivery that is held would be among those that make up the feed's present."""
    there = list(taken)
    now = replace(held, position=max((one.position for one in there), default=0) + 1)
    return now in in_force(feed, [*there, now])


def opening_rows(store: Store, delivery: Delivery) -> list[dict[str, Any]]:
    """What a caseload delivery says the agency had sent before Arrears: the rows of its `sent` table.

    A row of a day that had not come tells nothing of the past; the checks of the night name it.
    """
    path = store.staging(delivery.state, delivery.feed, delivery.delivery_id) / "sent.parquet"
    if delivery.feed != "caseload" or not path.exists():
        return []
    with warehouse() as con:
        found = con.execute(
            f"""SELECT * EXCLUDE (source_file, source_line)
                FROM ({_marked(con, path)})
                WHERE sent_on IS NULL OR sent_on <= $day ORDER BY source_line""",
            {"day": max(delivery.received_on, delivery.period_on or delivery.received_on)},
        )
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _marked(con: Connection, path: Path) -> str:
    """SQL for a delivery's `sent` rows, each with the marks of the number and name that it tells.

    What was sent before was sent under them, so that a correction is seen as one.
    """
    said, people = f"SELECT * FROM read_parquet({file_list([path])})", path.with_name("persons.parquet")
    if not people.exists():
        return said
    attach_parquet(con, "caseload.persons", [people])
    marks = (house.FACTS / "person_marks.sql").read_text(encoding="utf-8")
    identity = "{'identity': {'number': number_mark, 'name': name_mark, 'birth': birth_mark}}"
    return f"""SELECT sent.* REPLACE (CASE WHEN number_mark IS NULL THEN carry ELSE CAST(json_merge_patch(
                 coalesce(TRY_CAST(carry AS JSON), '{{}}'), to_json({identity})) AS VARCHAR) END AS carry)
               FROM ({said}) AS sent LEFT JOIN (\n{marks}\n) AS marks USING (person_id)"""


def _folder(store: Store, delivery: Delivery) -> Path:
    folder = store.staging(delivery.state, delivery.feed, delivery.delivery_id)
    if read_staged(folder) is None:
        raise ArrearsError(
            "An accepted delivery is not loaded",
            f"{delivery.feed}@{delivery.delivery_id}",
            "Run receive again",
        )
    return folder


def _attach_lines(con: Connection, store: Store, feed: Feed, deliveries: Sequence[Delivery]) -> None:
    name, parts = f"staging.{feed.name}", _parts_in_force(store, feed, deliveries)
    if not parts:
        if feed.folder not in _SHAPES:
            _SHAPES[feed.folder] = _columns_of(store, feed)
        con.execute(f"CREATE OR REPLACE TABLE {name} ({_SHAPES[feed.folder]})")
        return
    whole = [d for d, senders in parts if not senders]
    selects = []
    if whole:
        files = [_folder(store, d) / f"{feed.name}.parquet" for d in whole]
        selects.append(f"SELECT * FROM read_parquet({file_list(files)}, union_by_name=true)")
    for delivery, senders in parts:
        if senders and feed.proofs.sender is not None:
            file = _folder(store, delivery) / f"{feed.name}.parquet"
            listed = ", ".join(quote(one) for one in senders)
            rows = f"SELECT * FROM read_parquet({file_list([file])})"
            selects.append(f"{rows} WHERE {feed.proofs.sender.field} IN ({listed})")
    con.execute(f"CREATE OR REPLACE VIEW {name} AS " + " UNION ALL BY NAME ".join(selects))


def _parts_in_force(
    store: Store, feed: Feed, deliveries: Sequence[Delivery]
) -> list[tuple[Delivery, list[str]]]:
    """The deliveries whose rows count, each with the senders for whom it does; no sender is all of it.

    A bureau's file takes the place of the file before it for the institutions that it tells of. Files with
    a number of their own each stay separate, and the last version of a number stands.
    """
    groups: dict[tuple[str, str], list[Delivery]] = {}
    for delivery in deliveries:
        staged = read_staged(_folder(store, delivery)) or {}
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


def _columns_of(store: Store, feed: Feed) -> str:
    """The columns that the feed's rows have when staged, as SQL, found by loading nothing."""
    with warehouse() as scratch:
        prepare(scratch, store)
        make_lines(scratch, Path("/dev/null"))
        make_records(scratch, feed)
        make_clean(scratch, feed)
        columns = [r[0] for r in scratch.execute(f"DESCRIBE {feed.load_sql}").fetchall()]
        select = staged_select(columns, "", f"({feed.load_sql})")
        return ", ".join(f"{row[0]} {row[1]}" for row in scratch.execute(f"DESCRIBE {select}").fetchall())


def _attach_tables(con: Connection, store: Store, feed: Feed, deliveries: Sequence[Delivery]) -> None:
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {feed.name}")
    for table in feed.tables.values():
        name = f"{feed.name}.{table.name}"
        files = [_folder(store, d) / f"{table.name}.parquet" for d in deliveries]
        files = [file for file in files if file.exists()]
        if not files:
            con.execute(f"CREATE OR REPLACE TABLE {name} ({_staged_columns(table)})")
        elif len(files) == 1:
            attach_parquet(con, name, files)
        else:
            con.execute(f"CREATE OR REPLACE VIEW {name} AS {_upserted(table, files)}")
    attach_rejected(con, feed, [_folder(store, d) for d in deliveries])
    through = list(_table_currency(feed, deliveries).items())
    _make_table(con, f"{feed.name}.currency", "table_name VARCHAR, complete_through_on DATE", through)


def _attach_claims(con: Connection, store: Store, feed: Feed, deliveries: Sequence[Delivery]) -> None:
    """Makes `<feed>.intake_complete`: what the last deliveries said is complete, where it can be true.

    That all mail up to a day is in stays true when a later delivery says nothing that can be; what is older
    than the feed may be is stale, and left out.
    """
    if "intake" not in feed.tables:
        return
    columns = f"{_staged_columns(feed.tables['intake'])}, place BIGINT"
    con.execute(f"CREATE OR REPLACE TABLE {feed.name}.intake_complete ({columns})")
    for place, one in enumerate(deliveries):
        if one.received_on < deliveries[-1].received_on - timedelta(feed.stale_after_days or 0):
            continue
        if (path := _folder(store, one) / "intake.parquet").exists():
            con.execute(
                f"""INSERT INTO {feed.name}.intake_complete BY NAME
                    SELECT *, {place} AS place FROM read_parquet({file_list([path])})
                    WHERE complete_through_on <= $day""",
                {"day": one.received_on},
            )


def _upserted(table: TableContract, files: list[Path]) -> str:
    """SQL for one row a key: each file's rows that no later file has again.

    The later files, all deltas, are small: they are hashed and the large snapshot streams past.
    """
    same = " AND ".join(f"older.{column} IS NOT DISTINCT FROM newer.{column}" for column in table.key)
    keys = ", ".join(table.key)
    parts = [
        f"""SELECT older.* FROM read_parquet({file_list([file])}) AS older
            ANTI JOIN (SELECT {keys} FROM read_parquet({file_list(files[n:])})) AS newer ON {same}"""
        for n, file in enumerate(files[:-1], 1)
    ]
    parts.append(f"SELECT * FROM read_parquet({file_list(files[-1:])})")
    return "\nUNION ALL BY NAME\n".join(parts)


def _staged_columns(table: TableContract) -> str:
    columns = [
        "person_token VARCHAR, ssn_fault VARCHAR" if c.name == "ssn" else f"{c.name} {SQL_TYPES[c.type]}"
        for c in table.columns
    ]
    return ", ".join([*columns, "source_file VARCHAR", "source_line BIGINT"])


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


def _make_table(con: Connection, name: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    con.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
    if rows:
        con.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' for _ in rows[0])})", rows)
