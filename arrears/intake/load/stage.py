"""One delivery from landing to staging: typed rows, rejects and the vault, once and whole."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from arrears.data.encrypted_files import use_sealed
from arrears.data.identity import use_file_keys, use_identity, use_key, write_vault
from arrears.data.store import Store, write_aside
from arrears.data.warehouse import (
    DATA_FAULTS,
    Connection,
    column_types,
    quote,
    row_count,
    warehouse,
    write_tables,
)
from arrears.errors import ArrearsError
from arrears.intake.feeds import Feed
from arrears.intake.load.edits import edited_sql
from arrears.intake.load.lines import (
    PADDING_LINES,
    clean_select,
    clean_views,
    faulty_select,
    make_lines,
    make_records,
)
from arrears.intake.load.masking import Suspect, masked_columns
from arrears.intake.load.rejected import REJECTED, rejected_rows
from arrears.intake.load.segments import SEGMENT_LINES
from arrears.intake.load.whole import counted, make_typed
from arrears.intake.records import FieldName
from arrears.ledger.records import Delivery
from arrears.sqltext import columns as asked
from arrears.sqltext import no_rows

_ENGINE = 5  # raise it when staged rows change meaning: every delivery is then staged again
_REJECTS = "rejects"
ABOUT = "staged.json"  # what a staging folder says of itself
_REJECT = {
    **dict.fromkeys(("feed", "table_name", "source_file"), "VARCHAR"),
    "source_line": "BIGINT",
    **dict.fromkeys(("scope", "reason", "field", "shown_value"), "VARCHAR"),
}


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
    """What a delivery became: rows and rejects, rows by table, and the hash of each file in its folder."""

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
        use_file_keys(own, store.ring())
        prepare(own, store)
        yield own


@contextmanager
def apart(con: Connection, store: Store) -> Iterator[Connection]:
    """A connection for one delivery to an `intake_engine`: what stands on it of the delivery ends with it."""
    own = con.cursor()
    try:
        use_key(own, store)
        yield own
    finally:
        own.close()


def load_delivery(
    store: Store,
    delivery: Delivery,
    feeds: dict[str, Feed],
    con: Connection | None = None,
    typed: Typed | None = None,
) -> Loaded:
    """The rows and rejects of an accepted delivery, now staged; staging it again changes nothing.

    Every line is accounted for: header and trailer, row, or reject with a reason. A bad line never
    stops the file. `con` is an `intake_engine`; where the typed records that stand on it are those of the
    very files of the delivery, as its proof has left them, they are not read again.
    """
    feed = _feed_of(delivery, feeds)
    folder = store.staging(delivery.state, feed.name, delivery.delivery_id)
    made_by = {"feed": feed.fingerprint, "engine": _ENGINE, "kind": store.kind}
    done = read_staged(folder)
    if done is not None and done["made_by"] == made_by:
        hashes = {**done["hashes"], ABOUT: _hash(folder / ABOUT)}
        return Loaded(done["rows"], done["rejects"], done["tables"], hashes, done["masked"])
    with ExitStack() as stack:
        con = stack.enter_context(intake_engine(store, con))
        files = frozenset((file.table, file.sha256) for file in delivery.files)
        if typed is None or typed.files != files:
            con = stack.enter_context(apart(con, store))
            typed = _type(con, store, delivery, feed)
        stage = _stage_tables if feed.format == "tables" else _stage_lines
        staged = stage(con, delivery, feed, typed.lines)
        # First the vault: whatever stands in staging, its numbers can be found.
        if staged.pairs:
            pairs = " UNION ALL ".join(staged.pairs)
            write_vault(con, store, delivery.state, delivery.delivery_id, pairs, staged.tokens)
        selects = {folder / f"{name}.parquet": select for name, select in staged.selects.items()}
        write_tables(con, selects, f"the staging of {delivery.feed}")
    rows = {path.stem: row_count(path) for path in selects}
    rejects, tables = rows.pop(_REJECTS), {name: rows[name] for name in staged.lines}
    for name, lines in staged.lines.items():
        _conserve(delivery, name, lines, tables[name] + staged.accounted[name])
    hashes = {name: _hash(folder / f"{name}.parquet") for name in sorted(path.stem for path in selects)}
    count, masked = sum(tables.values()), sorted(staged.masked)
    about: dict[str, Any] = {"delivery": delivery.delivery_id, "rows": count, "rejects": rejects}
    about |= {"tables": tables, "senders": [*staged.senders], "number": staged.number, "masked": masked}
    about |= {"hashes": hashes, "made_by": made_by}
    write_aside(folder / ABOUT, json.dumps(about, indent=1, sort_keys=True).encode() + b"\n")
    return Loaded(count, rejects, tables, {**hashes, ABOUT: _hash(folder / ABOUT)}, masked)


def senders_select(feed: Feed) -> str:
    """SQL for whose rows a file tells, where the feed has several senders; a bureau sends for many."""
    proof = feed.proofs.sender
    if proof is None:
        return "NULL"
    each = f"SELECT DISTINCT {proof.field} AS one FROM {proof.record} WHERE {proof.field} IS NOT NULL"
    return f"SELECT list(CAST(one AS VARCHAR) ORDER BY one) FROM ({each})"


def first_select(name: FieldName | None) -> str:
    """SQL for the text of a field in the first of its records, such as a file's own number."""
    return f"SELECT CAST({name.field} AS VARCHAR) FROM {name.record} LIMIT 1" if name else "NULL"


def staged_senders(staged: dict[str, Any]) -> list[str]:
    """The senders that a staging folder names; one that was staged before had one at most."""
    found: list[str] = staged.get("senders") or [one for one in [staged.get("sender")] if one]
    return found


def prepare(con: Connection, store: Store) -> None:
    """Gives the engine what `load.sql` and `edits.sql` may call."""
    use_identity(con, store)
    # Some partners send whole dollars; a load says so and needs no number of its own.
    con.execute("CREATE OR REPLACE MACRO dollars_as_cents(dollars) AS CAST(dollars AS BIGINT) * 100")


def read_staged(folder: Path) -> dict[str, Any] | None:
    """What a staging folder says of itself, or None while it is not complete."""
    path = folder / ABOUT
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


@dataclass(frozen=True)
class _Staged:
    """What a delivery becomes: its lines by table and how many of them give no row, and a SELECT a table.

    `tokens` is SQL for the tokens of its numbers, where it has any, and `pairs` for what of them belongs into
    the vault; `masked` is where numbers were masked. Of a file of lines also what it says of itself.
    """

    lines: dict[str, int]
    accounted: dict[str, int]
    selects: dict[str, str]
    tokens: list[str]
    pairs: list[str]
    masked: list[str]
    number: str = ""
    senders: tuple[str, ...] = ()


def _stage_tables(con: Connection, delivery: Delivery, feed: Feed, _lines: int) -> _Staged:
    """What a delivery of whole tables becomes."""
    tables = [feed.tables[file.table] for file in delivery.files]
    rows_of = {file.table: file.rows for file in delivery.files}
    found = counted(con, tables, rows_of)
    faulty = [one for one in tables if found[one.name][1]]
    suspects = [
        Suspect(one.name, f"({clean_select(f'typed_{one.name}')})", one.texts, rows_of[one.name])
        for one in tables
    ]
    masked = masked_columns(con, suspects)
    relations = {one.name: masked[one.name].rows(one.relation) for one in suspects}
    rows = {one.name: (one.names, relations[one.name]) for one in tables}
    selects, tokens, pairs = _selects(delivery, rows)
    selects[_REJECTS] = _rejects(delivery, [faulty_select(one.name, "table_name") for one in faulty])
    selects[REJECTED] = rejected_rows(con, faulty)
    return _Staged(
        {name: lines for name, (lines, _) in found.items()},
        {name: bad for name, (_, bad) in found.items()},
        selects,
        tokens,
        pairs,
        [place for one in masked.values() for place in one.places],
    )


def _stage_lines(con: Connection, delivery: Delivery, feed: Feed, lines: int) -> _Staged:
    """What a delivery of lines becomes: one table, named like the feed."""
    rejected = {"faults": "SELECT * RENAME (record AS table_name) FROM faults"}
    made = []
    if feed.edits_sql:
        made.append(f"CREATE OR REPLACE TEMP TABLE edited AS {edited_sql(feed)}")
        made += clean_views(feed, without="edited")
        own = "record AS table_name, source_line, 'line' AS scope, reason"
        rejected["edited"] = f"SELECT {own} FROM edited"
    made.append(f"CREATE OR REPLACE TEMP TABLE loading AS {feed.load_sql}")
    aside = [*rejected, *(record.name for record in feed.records if not record.gives_rows)]
    aside += [PADDING_LINES] if feed.padding else []
    others = " + ".join(f"(SELECT count(*) FROM {one})" for one in aside)
    # A segment in the text of lines is accounted for as a line is.
    segments = f"(SELECT count(*) FROM {SEGMENT_LINES})" if feed.segments else "0"
    made.append(
        f"SELECT {others}, {segments}, ({first_select(feed.proofs.number)}), ({senders_select(feed)})"
    )
    told = con.execute("\n;\n".join(one.strip().rstrip(";") for one in made)).fetchone()
    accounted, found, number, senders = told or (0, 0, "", ())
    lines += found
    columns = column_types(con, "loading")
    texts = [name for name, kind in columns.items() if kind == "VARCHAR" and name not in _SOURCE]
    masked = masked_columns(con, [Suspect(feed.name, "loading", texts, lines)])[feed.name]
    rows = {feed.name: (list(columns), masked.rows("loading"))}
    selects, tokens, pairs = _selects(delivery, rows)
    selects[_REJECTS] = _rejects(delivery, [*rejected.values()])
    by_table = ({feed.name: lines}, {feed.name: int(accounted)})
    return _Staged(*by_table, selects, tokens, pairs, masked.places, number or "", tuple(senders or ()))


def _rejects(delivery: Delivery, selects: Sequence[str]) -> str:
    """SQL for the lines at fault of a delivery, from those of each of its tables or records."""
    each = " UNION ALL BY NAME ".join([no_rows(_REJECT), *selects])
    origin = f"{quote(delivery.feed)} AS feed, {quote(delivery.delivery_id)} AS source_file"
    return f"SELECT * REPLACE ({origin}) FROM ({each}) ORDER BY table_name, source_line, reason"


def _selects(
    delivery: Delivery, tables: Mapping[str, tuple[Sequence[str], str]]
) -> tuple[dict[str, str], list[str], list[str]]:
    """The SELECT of each table of a delivery, SQL for the tokens that they read, and for what is to be kept.

    `tables` are the columns and the relation of each. Numbers of people and accounts become tokens, and
    each row knows its line.
    """
    tokens: list[str] = []
    pairs: list[str] = []
    selects = {}
    for name, (columns, rows) in tables.items():
        secrets = [one for one in _SECRETS if one.column in columns]
        tokens += [one.tokens(name, rows) for one in secrets]
        pairs += [one.pairs(name) for one in secrets]
        selects[name] = _with_tokens(delivery, name, columns, rows, secrets)
    return selects, tokens, pairs


def _with_tokens(
    delivery: Delivery, name: str, columns: Sequence[str], rows: str, secrets: Sequence["_Secret"]
) -> str:
    shown, source = [], f"{rows} AS loaded"
    for column in (one for one in columns if one not in _SOURCE):
        secret = next((one for one in secrets if one.column == column), None)
        shown += [f"{secret.table(name)}.{one}" for one in secret.staged] if secret else [f"loaded.{column}"]
    for one in secrets:
        same = f"{one.table(name)}.{one.column} IS NOT DISTINCT FROM loaded.{one.column}"
        source += f" LEFT JOIN {one.table(name)} ON {same}"
    told = f"{', '.join(shown)}, {quote(delivery.delivery_id)} AS source_file, loaded.source_line"
    return f"SELECT {told} FROM {source} ORDER BY source_line"


@dataclass(frozen=True)
class _Secret:
    """A column of numbers that is staged as tokens: by which columns, made how, once for each number."""

    column: str
    kind: str
    staged: Mapping[str, str]

    def table(self, of: str) -> str:
        """The numbers of a table and their tokens."""
        return f"{self.kind}_tokens_of_{of}"

    def tokens(self, of: str, rows: str) -> str:
        """SQL that makes the numbers of a table with their tokens."""
        each = f"SELECT DISTINCT {self.column} FROM {rows}"
        made = f"SELECT {self.column}, {asked(self.staged)} FROM ({each})"
        return f"CREATE OR REPLACE TEMP TABLE {self.table(of)} AS {made}"

    def pairs(self, of: str) -> str:
        """SQL for what the vault keeps of the numbers of a table."""
        pair = {"token": next(iter(self.staged)), "kind": quote(self.kind), "value": self.column}
        return f"SELECT {asked(pair)} FROM {self.table(of)}"


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


def staged_columns(columns: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Columns by name and type as they are staged: no number of a person, each row with its source."""
    of = {one.column: dict.fromkeys(one.staged, "VARCHAR") for one in _SECRETS}
    kept: dict[str, str] = {}
    for name, kind in columns:
        if name not in _SOURCE:
            kept |= of.get(name, {name: kind})
    return {**kept, "source_file": "VARCHAR", "source_line": "BIGINT"}


def _hash(path: Path) -> str:
    # Of the bytes, not the rows: it is compared with the file itself, and millions of rows cost nothing.
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _conserve(delivery: Delivery, table: str, lines: int, accounted: int) -> None:
    if lines != accounted:
        raise Unaccounted(
            f"{lines} lines came in and {accounted} are accounted for; none may be lost or doubled",
            f"{delivery.feed}.{table}@{delivery.delivery_id}",
            "Correct load.sql so that each line gives one row, or an edit that says why it does not",
        )
