"""One delivery from landing to staging: typed rows, rejects and the vault, once and whole."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from arrears.data.encrypted_files import use_sealed
from arrears.data.identity import use_identity, write_vault
from arrears.data.store import Store, write_aside
from arrears.data.warehouse import DATA_FAULTS, Connection, add_sql_file, quote, warehouse, write_parquet
from arrears.errors import ArrearsError
from arrears.intake.feeds import Feed
from arrears.intake.load.lines import clean_select, faults_sql, make_clean, make_lines, make_records
from arrears.intake.load.masking import masked_columns
from arrears.intake.load.rejected import note_rejected, prepare_rejected, write_rejected
from arrears.intake.load.whole import make_typed
from arrears.ledger.records import Delivery

SQL = Path(__file__).with_name("sql")

_ENGINE = 5  # raise it when staged rows change meaning: every delivery is then staged again
_REJECT = "feed VARCHAR, table_name VARCHAR, source_file VARCHAR, source_line BIGINT, scope VARCHAR, "
_REJECT += "reason VARCHAR, field VARCHAR, shown_value VARCHAR"


class Unaccounted(ArrearsError):
    """Lines of a delivery were lost or doubled on the way: it cannot be taken as it is."""


# What the content of a delivery, or the load of its feed, can cause; a full disk is none of these.
LOAD_FAULTS = (Unaccounted, *DATA_FAULTS)


def why_not_loaded(error: Exception) -> str:
    """Why a delivery cannot be loaded, in words without a value of a row."""
    what = error.what if isinstance(error, ArrearsError) else "Its rows do not fit the load of its feed"
    return f"it cannot be loaded: {what[0].lower()}{what[1:]}"


@dataclass(frozen=True)
class Loaded:
    """What a delivery became: rows and rejects, rows by table, and the hash of each table's file."""

    rows: int
    rejects: int
    tables: dict[str, int]
    hashes: dict[str, str]
    masked: list[str] = field(default_factory=list)


def load_delivery(store: Store, delivery: Delivery, feeds: dict[str, Feed]) -> Loaded:
    """The rows and rejects of an accepted delivery, now staged; staging it again changes nothing.

    Every line is accounted for: header and trailer, row, or reject with a reason. A bad line never
    stops the file.
    """
    feed = _feed_of(delivery, feeds)
    folder = store.staging(delivery.state, feed.name, delivery.delivery_id)
    made_by = {"feed": feed.fingerprint, "engine": _ENGINE, "kind": store.kind}
    done = read_staged(folder)
    if done is not None and done["made_by"] == made_by:
        return Loaded(done["rows"], done["rejects"], done["tables"], done["hashes"], done["masked"])
    with warehouse(spill=store.spill()) as con:
        prepare(con, store)
        use_sealed(con, store.ring())
        con.execute(f"CREATE TEMP TABLE rejects ({_REJECT})")
        con.execute("CREATE TEMP TABLE vault_pairs (token VARCHAR, kind VARCHAR, value VARCHAR)")
        con.execute("CREATE TEMP TABLE masked (place VARCHAR)")
        stage = _stage_tables if feed.format == "tables" else _stage_lines
        tables = stage(con, store, delivery, feed, folder)
        write_vault(con, store, delivery.state, delivery.delivery_id, "SELECT * FROM vault_pairs")
        rejects = write_parquet(
            con, "SELECT * FROM rejects ORDER BY table_name, source_line, reason", folder / "rejects.parquet"
        )
        senders, number = senders_of(con, feed), number_of(con, feed)
        hashes = {name: _hash(folder / f"{name}.parquet") for name in sorted(tables)}
        masked = [str(row[0]) for row in con.execute("SELECT place FROM masked ORDER BY ALL").fetchall()]
    loaded = Loaded(sum(tables.values()), rejects, tables, hashes, masked)
    about: dict[str, Any] = {"delivery": delivery.delivery_id, "rows": loaded.rows, "rejects": rejects}
    about |= {"tables": tables, "senders": senders, "number": number, "masked": masked}
    write_aside(
        folder / "staged.json",
        json.dumps({**about, "hashes": hashes, "made_by": made_by}, indent=1, sort_keys=True).encode()
        + b"\n",
    )
    return loaded


def senders_of(con: Connection, feed: Feed) -> list[str]:
    """Whose rows the file tells, where the feed has several senders; a bureau sends for many."""
    proof = feed.proofs.sender
    if proof is None:
        return []
    found = con.execute(f"SELECT DISTINCT {proof.field} FROM {proof.record} ORDER BY 1").fetchall()
    return [str(row[0]) for row in found if row[0] is not None]


def number_of(con: Connection, feed: Feed) -> str:
    """The file's own number where its format has one that is never used twice; else empty."""
    proof = feed.proofs.number
    row = con.execute(f"SELECT {proof.field} FROM {proof.record} LIMIT 1").fetchone() if proof else None
    return str(row[0]) if row and row[0] is not None else ""


def staged_senders(staged: dict[str, Any]) -> list[str]:
    """The senders that a staging folder names; one that was staged before had one at most."""
    found: list[str] = staged.get("senders") or [one for one in [staged.get("sender")] if one]
    return found


def prepare(con: Connection, store: Store) -> None:
    """Gives the connection what `load.sql` and `edits.sql` may call."""
    use_identity(con, store)
    # Some partners send whole dollars; a load says so and needs no number of its own.
    con.execute("CREATE OR REPLACE TEMP MACRO dollars_as_cents(dollars) AS CAST(dollars AS BIGINT) * 100")


def read_staged(folder: Path) -> dict[str, Any] | None:
    """What a staging folder says of itself, or None while it is not complete."""
    path = folder / "staged.json"
    return json.loads(path.read_text()) if path.exists() else None


def _feed_of(delivery: Delivery, feeds: dict[str, Feed]) -> Feed:
    if delivery.feed not in feeds:
        raise ArrearsError(
            f"No feed is called {delivery.feed}", f"delivery {delivery.delivery_id}", "Restore its folder"
        )
    return feeds[delivery.feed]


def _stage_tables(
    con: Connection, store: Store, delivery: Delivery, feed: Feed, folder: Path
) -> dict[str, int]:
    """Rows by table of a delivery of whole tables."""
    written = {}
    prepare_rejected(con)
    for file in delivery.files:
        table = feed.tables[file.table]
        make_typed(con, feed, table, store.landed(delivery.state, file.sha256))
        typed = f"typed_{table.name}"
        said = {"feed": feed.name, "table": table.name, "delivery": delivery.delivery_id, "typed": typed}
        add_sql_file(con, SQL / "rejects_of_table.sql", "rejects", said)
        note_rejected(con, table)
        con.execute(f"CREATE OR REPLACE TEMP VIEW loading AS {clean_select(typed)}")
        lines, bad = _count(con, typed), _count(con, f"{typed} WHERE fault_reason IS NOT NULL")
        written[table.name] = _write_rows(con, delivery, list(table.names), folder / f"{table.name}.parquet")
        _conserve(delivery, table.name, lines, written[table.name] + bad)
        con.execute("DROP VIEW loading")
        con.execute(f"DROP TABLE {typed}")
    write_rejected(con, folder)
    return written


def _stage_lines(
    con: Connection, store: Store, delivery: Delivery, feed: Feed, folder: Path
) -> dict[str, int]:
    """Rows by table (one, named like the feed) of a delivery of lines."""
    lines = make_lines(con, store.landed(delivery.state, delivery.files[0].sha256))
    make_records(con, feed)
    con.execute("DROP TABLE lines")
    make_clean(con, feed)
    con.execute(f"CREATE OR REPLACE TEMP TABLE edited AS {edited_sql(con, feed)}")
    make_clean(con, feed, without="edited")
    edits = "SELECT record, source_line, 'line' AS scope, reason FROM edited"
    origin = f"{quote(feed.name)} AS feed, {quote(delivery.delivery_id)} AS source_file"
    every = f"{faults_sql(feed)}\nUNION ALL BY NAME\n{edits}"
    con.execute(
        f"INSERT INTO rejects BY NAME SELECT * RENAME (record AS table_name), {origin} FROM ({every})"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE loading AS {feed.load_sql}")
    frame = sum(_count(con, record.name) for record in feed.records if not record.gives_rows)
    rows = _write_rows(con, delivery, _columns(con, "loading"), folder / f"{feed.name}.parquet")
    _conserve(delivery, feed.name, lines, frame + rows + _count(con, "rejects"))
    return {feed.name: rows}


def edited_sql(con: Connection, feed: Feed) -> str:
    """SQL for the clean rows that an edit of the partner's sets aside: record, source_line, reason.

    `edits.sql` has a true/false column an edit, named by its reason; the first true one counts.
    """
    if not feed.edits_sql:
        return "SELECT '' AS record, CAST(0 AS BIGINT) AS source_line, '' AS reason WHERE false"
    reasons = [name for name in _columns(con, f"({feed.edits_sql})") if name not in ("record", "source_line")]
    cases = " ".join(f'WHEN "{name}" THEN {quote(name)}' for name in reasons)
    edited = f"SELECT record, source_line, CASE {cases} END AS reason FROM ({feed.edits_sql})"
    return f"SELECT * FROM ({edited}) WHERE reason IS NOT NULL"


def _write_rows(con: Connection, delivery: Delivery, columns: list[str], path: Path) -> int:
    """Writes `loading`: numbers of people and accounts become tokens, and each row knows its line."""
    pairs = []
    if "ssn" in columns:
        pairs.append("SELECT person_token(ssn), 'ssn', ssn FROM loading WHERE ssn_fault(ssn) IS NULL")
    if "account_number" in columns:
        pairs.append(f"SELECT {_ACCOUNT}, 'account', account_number FROM loading")
    for pair in pairs:
        con.execute(f"INSERT INTO vault_pairs SELECT DISTINCT * FROM ({pair})")
    found = masked_columns(con, path.stem)
    if found.places:
        con.executemany("INSERT INTO masked VALUES (?)", [(place,) for place in found.places])
        parts = ", ".join(f"{sql} AS {column}" for column, sql in found.columns.items())
        con.execute(f"CREATE OR REPLACE TEMP VIEW masked_rows AS SELECT * REPLACE ({parts}) FROM loading")
    rows = "masked_rows" if found.places else "loading"
    select = staged_select(columns, delivery.delivery_id, rows)
    written = write_parquet(con, f"{select} ORDER BY source_line", path)
    con.execute("DROP VIEW IF EXISTS masked_rows")
    return written


_ACCOUNT = "keyed_token('account ' || account_number)"
# The last four tell accounts apart on a screen; of a short number they would be the number.
_LAST4 = "CASE WHEN length(account_number) >= 8 THEN right(account_number, 4) END"
_SECRET = {
    "ssn": ["person_token(ssn) AS person_token", "ssn_fault(ssn) AS ssn_fault"],
    "account_number": [f"{_ACCOUNT} AS account_token", f"{_LAST4} AS account_last4"],
}


def staged_select(columns: list[str], delivery: str, rows: str = "loading") -> str:
    """SQL for rows as they are staged: no number of a person or an account, each row with its source."""
    kept = [column for column in columns if column not in ("source_line", "source_file")]
    shown = [part for column in kept for part in _SECRET.get(column, [column])]
    return f"SELECT {', '.join(shown)}, {quote(delivery)} AS source_file, source_line FROM {rows}"


def _hash(path: Path) -> str:
    # Of the bytes, not the rows: it is compared with the file itself, and millions of rows cost nothing.
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _columns(con: Connection, relation: str) -> list[str]:
    return [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()]


def _count(con: Connection, relation: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(row[0]) if row else 0


def _conserve(delivery: Delivery, table: str, lines: int, accounted: int) -> None:
    if lines != accounted:
        raise Unaccounted(
            f"{lines} lines came in and {accounted} are accounted for; none may be lost or doubled",
            f"{delivery.feed}.{table}@{delivery.delivery_id}",
            "Correct load.sql so that each line gives one row, or an edit that says why it does not",
        )
