"""One delivery from landing to staging: typed rows, rejects and the vault, once and whole."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from arrears.data.encrypted_files import use_sealed
from arrears.data.identity import use_identity, write_vault
from arrears.data.store import Store, write_aside
from arrears.data.warehouse import DATA_FAULTS, Connection, add_sql_file, quote, warehouse, write_parquet
from arrears.errors import ArrearsError
from arrears.intake.feeds import Feed
from arrears.intake.load.lines import clean_select, clean_views, forget_records, make_lines, make_records
from arrears.intake.load.masking import Suspect, masked_columns
from arrears.intake.load.rejected import note_rejected, prepare_rejected, write_rejected
from arrears.intake.load.whole import fault_repeated_keys, forget_tables, make_typed
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


@dataclass(frozen=True)
class Typed:
    """Which landed files stand as typed records on a connection, by table and hash, and of how many lines."""

    files: frozenset[tuple[str, str]] = frozenset()
    lines: int = 0


@contextmanager
def intake_engine(store: Store, con: Connection | None = None) -> Iterator[Connection]:
    """The connection that is given, or one that reads landing and gives what loads and edits may call."""
    if con is not None:
        yield con
        return
    with warehouse(spill=store.spill()) as own:
        use_sealed(own, store.ring())
        prepare(own, store)
        yield own


def load_delivery(
    store: Store,
    delivery: Delivery,
    feeds: dict[str, Feed],
    con: Connection | None = None,
    typed: Typed | None = None,
) -> Loaded:
    """The rows and rejects of an accepted delivery, now staged; staging it again changes nothing.

    Every line is accounted for: header and trailer, row, or reject with a reason. A bad line never
    stops the file. `con` is an `intake_engine`; where its typed records are those of the very files of
    the delivery, as its proof has left them, they are not read again.
    """
    feed = _feed_of(delivery, feeds)
    folder = store.staging(delivery.state, feed.name, delivery.delivery_id)
    made_by = {"feed": feed.fingerprint, "engine": _ENGINE, "kind": store.kind}
    done = read_staged(folder)
    if done is not None and done["made_by"] == made_by:
        return Loaded(done["rows"], done["rejects"], done["tables"], done["hashes"], done["masked"])
    with intake_engine(store, con) as con:
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE rejects ({_REJECT});
                CREATE OR REPLACE TEMP TABLE vault_pairs (token VARCHAR, kind VARCHAR, value VARCHAR)"""
        )
        files = frozenset((file.table, file.sha256) for file in delivery.files)
        if typed is None or typed.files != files:
            typed = _type(con, store, delivery, feed)
        stage = _stage_tables if feed.format == "tables" else _stage_lines
        tables, masked = stage(con, delivery, feed, folder, typed.lines)
        write_vault(con, store, delivery.state, delivery.delivery_id, "SELECT * FROM vault_pairs")
        rejects = write_parquet(
            con, "SELECT * FROM rejects ORDER BY table_name, source_line, reason", folder / "rejects.parquet"
        )
        senders, number = senders_of(con, feed), number_of(con, feed)
        forget(con, feed, tables)
    hashes = {name: _hash(folder / f"{name}.parquet") for name in sorted(tables)}
    loaded = Loaded(sum(tables.values()), rejects, tables, hashes, sorted(masked))
    about: dict[str, Any] = {"delivery": delivery.delivery_id, "rows": loaded.rows, "rejects": rejects}
    about |= {"tables": tables, "senders": senders, "number": number, "masked": loaded.masked}
    write_aside(
        folder / "staged.json",
        json.dumps({**about, "hashes": hashes, "made_by": made_by}, indent=1, sort_keys=True).encode()
        + b"\n",
    )
    return loaded


def forget(con: Connection, feed: Feed, tables: Iterable[str]) -> None:
    """Gives back the memory that the typed records and the numbers of a delivery took."""
    con.execute("; ".join(f"DROP TABLE IF EXISTS {one.table}" for one in _SECRETS))
    if feed.format == "tables":
        forget_tables(con, tables)
    else:
        forget_records(con, feed)


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


def _type(con: Connection, store: Store, delivery: Delivery, feed: Feed) -> Typed:
    """Reads the files of a delivery from landing: what its proof typed is gone after a crash or a hold."""
    files = [(file.table, store.landed(delivery.state, file.sha256)) for file in delivery.files]
    if feed.format == "tables":
        for name, path in files:
            make_typed(con, feed, feed.tables[name], path)
        return Typed()
    lines = make_lines(con, files[0][1])
    make_records(con, feed)
    return Typed(lines=lines)


def _stage_tables(
    con: Connection, delivery: Delivery, feed: Feed, folder: Path, _lines: int
) -> tuple[dict[str, int], list[str]]:
    """Rows by table of a delivery of whole tables, and where numbers were masked."""
    tables = [feed.tables[file.table] for file in delivery.files]
    prepare_rejected(con)
    fault_repeated_keys(con, tables)
    count = "SELECT {0} AS name, count(*) AS lines, count(fault_reason) AS bad FROM read_{1}"
    counts = " UNION ALL ".join(count.format(quote(one.name), one.name) for one in tables)
    lines, bad = {}, {}
    for name, every, faulty in con.execute(counts).fetchall():
        lines[name], bad[name] = int(every), int(faulty)
    for table in (one for one in tables if bad[one.name]):
        said = {"feed": feed.name, "table": table.name, "delivery": delivery.delivery_id}
        add_sql_file(con, SQL / "rejects_of_table.sql", "rejects", {**said, "typed": f"typed_{table.name}"})
        note_rejected(con, table)
    suspects = [Suspect(one.name, f"({clean_select(f'typed_{one.name}')})", one.texts) for one in tables]
    masked, written = masked_columns(con, suspects), {}
    for table, suspect in zip(tables, suspects, strict=True):
        path = folder / f"{table.name}.parquet"
        rows = masked[table.name].rows(suspect.relation)
        written[table.name] = _write_rows(con, delivery, table.names, rows, path)
        _conserve(delivery, table.name, lines[table.name], written[table.name] + bad[table.name])
    write_rejected(con, folder)
    return written, [place for one in masked.values() for place in one.places]


def _stage_lines(
    con: Connection, delivery: Delivery, feed: Feed, folder: Path, lines: int
) -> tuple[dict[str, int], list[str]]:
    """Rows by table (one, named like the feed) of a delivery of lines, and where numbers were masked."""
    origin = f"{quote(feed.name)} AS feed, {quote(delivery.delivery_id)} AS source_file"
    every = "FROM faults"
    made = []
    if feed.edits_sql:
        made = [f"CREATE OR REPLACE TEMP TABLE edited AS {edited_sql(con, feed)}"]
        made += clean_views(feed, without="edited")
        every += " UNION ALL BY NAME SELECT record, source_line, 'line' AS scope, reason FROM edited"
    made += [
        f"INSERT INTO rejects BY NAME SELECT * RENAME (record AS table_name), {origin} FROM ({every})",
        f"CREATE OR REPLACE TEMP TABLE loading AS {feed.load_sql}",
    ]
    con.execute("\n;\n".join(one.strip().rstrip(";") for one in made))
    columns = con.execute("DESCRIBE loading").fetchall()
    suspect = Suspect(
        feed.name, "loading", [r[0] for r in columns if r[1] == "VARCHAR" and r[0] not in _SOURCE]
    )
    masked = masked_columns(con, [suspect])[feed.name]
    path, names = folder / f"{feed.name}.parquet", [row[0] for row in columns]
    rows = _write_rows(con, delivery, names, masked.rows("loading"), path)
    aside = ["rejects", *(record.name for record in feed.records if not record.gives_rows)]
    others = " + ".join(f"(SELECT count(*) FROM {one})" for one in aside)
    _conserve(delivery, feed.name, lines, rows + _count(con, others))
    con.execute("DROP TABLE loading")
    return {feed.name: rows}, masked.places


def edited_sql(con: Connection, feed: Feed) -> str:
    """SQL for the clean rows that an edit of the partner's sets aside: record, source_line, reason.

    `edits.sql` has a true/false column an edit, named by its reason; the first true one counts.
    """
    reasons = [name for name in _columns(con, f"({feed.edits_sql})") if name not in ("record", "source_line")]
    cases = " ".join(f'WHEN "{name}" THEN {quote(name)}' for name in reasons)
    edited = f"SELECT record, source_line, CASE {cases} END AS reason FROM ({feed.edits_sql})"
    return f"SELECT * FROM ({edited}) WHERE reason IS NOT NULL"


def _write_rows(con: Connection, delivery: Delivery, columns: Sequence[str], rows: str, path: Path) -> int:
    """Writes rows: numbers of people and accounts become tokens, and each row knows its line."""
    secrets = [one for one in _SECRETS if one.column in columns]
    if secrets:
        con.execute("; ".join(sql for one in secrets for sql in one.tokens(rows)))
    shown, source = [], f"{rows} AS loaded"
    for column in (one for one in columns if one not in _SOURCE):
        secret = next((one for one in secrets if one.column == column), None)
        shown += [f"{secret.table}.{one}" for one in secret.staged] if secret else [f"loaded.{column}"]
    for one in secrets:
        source += (
            f" LEFT JOIN {one.table} ON {one.table}.{one.column} IS NOT DISTINCT FROM loaded.{one.column}"
        )
    asked = f"{', '.join(shown)}, {quote(delivery.delivery_id)} AS source_file, loaded.source_line"
    return write_parquet(con, f"SELECT {asked} FROM {source} ORDER BY source_line", path)


@dataclass(frozen=True)
class _Secret:
    """A column of numbers that is staged as tokens: by which columns, made how, once for each number."""

    column: str
    kind: str
    staged: Mapping[str, str]

    @property
    def table(self) -> str:
        return f"{self.kind}_tokens"

    def tokens(self, rows: str) -> list[str]:
        """SQL that makes the table of a file's numbers with their tokens; the vault gets the pairs."""
        made = ", ".join(f"{sql} AS {name}" for name, sql in self.staged.items())
        each = f"SELECT DISTINCT {self.column} FROM {rows}"
        token = next(iter(self.staged))
        pairs = f"SELECT {token}, {quote(self.kind)}, {self.column} FROM {self.table}"
        return [
            f"CREATE OR REPLACE TEMP TABLE {self.table} AS SELECT {self.column}, {made} FROM ({each})",
            f"INSERT INTO vault_pairs {pairs} WHERE {token} IS NOT NULL",
        ]


_SOURCE = ("source_line", "source_file")
# The last four tell accounts apart on a screen; of a short number they would be the number.
_LAST4 = "CASE WHEN length(account_number) >= 8 THEN right(account_number, 4) END"
_SECRETS = (
    _Secret("ssn", "ssn", {"person_token": "person_token(ssn)", "ssn_fault": "ssn_fault(ssn)"}),
    _Secret(
        "account_number",
        "account",
        {"account_token": "keyed_token('account ' || account_number)", "account_last4": _LAST4},
    ),
)


def staged_columns(columns: Iterable[tuple[str, str]]) -> str:
    """Columns by name and type as they are staged: no number of a person, each row with its source."""
    of = {one.column: ", ".join(f"{name} VARCHAR" for name in one.staged) for one in _SECRETS}
    kept = [of.get(name, f"{name} {kind}") for name, kind in columns if name not in _SOURCE]
    return ", ".join([*kept, "source_file VARCHAR", "source_line BIGINT"])


def _hash(path: Path) -> str:
    # Of the bytes, not the rows: it is compared with the file itself, and millions of rows cost nothing.
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _columns(con: Connection, relation: str) -> list[str]:
    return [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()]


def _count(con: Connection, expression: str) -> int:
    row = con.execute(f"SELECT {expression}").fetchone()
    return int(row[0]) if row else 0


def _conserve(delivery: Delivery, table: str, lines: int, accounted: int) -> None:
    if lines != accounted:
        raise Unaccounted(
            f"{lines} lines came in and {accounted} are accounted for; none may be lost or doubled",
            f"{delivery.feed}.{table}@{delivery.delivery_id}",
            "Correct load.sql so that each line gives one row, or an edit that says why it does not",
        )
