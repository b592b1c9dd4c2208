"""The feeds: what each partner's delivery looks like and what it must prove, from `transforms/feeds/`.

A feed is a folder: `feed.yml`, one layout table a record or block, `load.sql` and, where the partner has
edits of its own, `edits.sql`. A feed of whole tables (`format: tables`) has `tables/*.csv` instead.
Adding one touches no Python.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Literal

from arrears.config import Faults, Node, read_once, read_yaml
from arrears.days import CADENCES
from arrears.errors import RuleFault, safe_path
from arrears.intake.match import Match, read_match
from arrears.intake.records import (
    Block,
    FieldName,
    Record,
    Segments,
    field_named,
    read_records,
    read_segments,
)
from arrears.layout import Layout
from arrears.layout.tables import TableContract, load_tables

Format = Literal["fixed", "delimited", "tables"]
CASELOAD = "caseload"
Mode = Literal["snapshot", "events", "control"]
# How often a feed comes, and how many days at most lie between two deliveries.


@dataclass(frozen=True)
class Proofs:
    """What the file itself says that can be held against it: counts, sums, echoes, its date, its state.

    `number` tells a second file of one day from another version of the first. A state stands on every
    record that has one: its number in `state_fips`, its two letters in `state`. What is not a plain count
    or sum is proven by the feed's `proofs.sql`.
    """

    counts: tuple[tuple[FieldName, str], ...] = ()
    sums: tuple[tuple[FieldName, FieldName], ...] = ()
    echoes: tuple[tuple[FieldName, FieldName], ...] = ()
    period: FieldName | None = None
    sender: FieldName | None = None
    number: FieldName | None = None
    state_fips: tuple[FieldName, ...] = ()
    state: tuple[FieldName, ...] = ()

    @property
    def fields(self) -> set[FieldName]:
        """Every field that is held against the file, or tells what the file is."""
        single = {name for name in (self.period, self.sender, self.number) if name is not None}
        said = {one[0] for one in (*self.counts, *self.sums)} | {one for both in self.echoes for one in both}
        return single | said | {*self.state_fips, *self.state}


@dataclass(frozen=True)
class Band:
    """How far a delivery's rows may part from the normal before a person looks at it.

    Normal is the median of the last accepted deliveries; counts under `small_rows` prove nothing.
    """

    least_percent: int
    most_percent: int
    small_rows: int
    most_rows: int


@dataclass(frozen=True)
class Feed:
    """One feed as its folder declares it."""

    name: str
    folder: Path
    title: str
    partner: str
    cadence: str
    stale_after_days: int
    mode: Mode
    format: Format
    encoding: str
    newline: str
    delimiter: str
    needs_control: bool
    may_be_empty: bool
    most_rejected_percent: int
    match: Match
    # Which fields (`record.field`, `table.column`, or `all` of them) bear which label.
    labels: Mapping[str, tuple[str, ...]]
    band: Band
    proofs: Proofs = field(default_factory=Proofs)
    # The fields of people's last names, or of their whole names: how many letters of one a partner can tell.
    names: tuple[FieldName, ...] = ()
    records: tuple[Record, ...] = ()
    # What follows the record in its line, in this order.
    blocks: tuple[Block, ...] = ()
    segments: Segments | None = None
    # The character of the lines that only fill up a block after the last record.
    padding: str = ""
    tables: dict[str, TableContract] = field(default_factory=dict)
    asked_once: tuple[str, ...] = ()

    def record(self, name: str) -> Record:
        """The record type of this name."""
        return next(record for record in self.records if record.name == name)

    @property
    def record_length(self) -> int:
        """The characters of a line; 0 for feeds whose lines have no fixed length."""
        return self.records[0].layout.length if self.format == "fixed" and not self.blocks else 0

    @property
    def layouts(self) -> dict[str, Layout]:
        """The layouts of its records and blocks, by the names under which its SQL reads them."""
        parts: tuple[Record | Block, ...] = (*self.records, *self.blocks)
        return {one.name: one.layout for one in parts}

    @property
    def line_records(self) -> tuple[Record, ...]:
        """The records that are whole lines; the others stand in their text."""
        return tuple(record for record in self.records if not record.in_segments)

    def delimiter_of(self, name: str) -> str:
        """What divides the elements of a record or block, where they are not told by their positions."""
        cut = {one.name for one in self.records if one.in_segments}
        return self.segments.delimiter if self.segments and name in cut else self.delimiter

    @property
    def name_letters(self) -> list[int]:
        """The letters that each of the fields of people's names has room for."""
        return [self.layouts[one.record].field(one.field).length for one in self.names]

    @property
    def load_sql(self) -> str:
        """The SELECT from typed records to the feed's columns."""
        return (self.folder / "load.sql").read_text(encoding="utf-8")

    @property
    def edits_sql(self) -> str:
        """The SELECT that names bad rows beyond what the layout can say; empty where there is none."""
        return self._sql("edits.sql")

    @property
    def proofs_sql(self) -> str:
        """The SELECT of what the file says and holds (what, told, found); empty where there is none."""
        return self._sql("proofs.sql")

    def _sql(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the feed's folder: rows staged under another one are staged again."""
        digest = sha256()
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                digest.update(
                    path.relative_to(self.folder).as_posix().encode()
                    + b"\0"
                    + sha256(path.read_bytes()).digest()
                )
        return digest.hexdigest()


@read_once()
def load_feeds(folder: Path) -> dict[str, Feed]:
    """Every feed by name; the faults of all of them are raised at once."""
    faults, feeds = Faults(), {}
    for path in sorted(folder.iterdir() if folder.is_dir() else ()):
        if path.is_dir() and (path / "feed.yml").exists():
            feed = _feed(path, faults)
            if feed is not None:
                feeds[feed.name] = feed
    if not feeds and not faults.found:
        faults.add(safe_path(folder), "there is no feed")
    faults.raise_any("feeds")
    return feeds


def _feed(folder: Path, faults: Faults) -> Feed | None:
    before = len(faults.found)
    node = read_yaml(folder / "feed.yml", faults)
    form = node.text("format", choices=("fixed", "delimited", "tables"))
    records: tuple[Record, ...] = ()
    blocks: tuple[Block, ...] = ()
    segments: Segments | None = None
    tables: dict[str, TableContract] = {}
    if form == "tables":
        tables = _tables(folder, node)
    else:
        records, blocks = read_records(folder, node, form)
        segments, cut = read_segments(folder, node, records)
        records += cut
        if not any(record.gives_rows for record in records):
            node.fault("one record must be the rows (place: any)")
        if not (folder / "load.sql").exists():
            node.fault("load.sql is missing next to it")
    delimiter = node.text("delimiter", required=form != "fixed")
    feed = Feed(
        name=folder.name,
        folder=folder,
        title=node.text("title"),
        partner=node.text("partner"),
        cadence=node.text("cadence", choices=tuple(CADENCES)),
        stale_after_days=node.integer("stale_after_days"),
        mode=node.text("mode", choices=("snapshot", "events", "control")),  # type: ignore[arg-type]
        format=form,  # type: ignore[arg-type]
        encoding=node.text("encoding", choices=("latin-1", "utf-8")),
        newline=node.text("newline", choices=("lf", "crlf", "any")),
        delimiter="\t" if delimiter == "tab" else delimiter,
        needs_control=node.text("control", choices=("required", "none")) == "required",
        may_be_empty=node.boolean("may_be_empty"),
        most_rejected_percent=node.integer("most_rejected_percent"),
        match=read_match(node.node("match"), folder / "load.sql"),
        labels=_labels(node.node("labels")),
        band=_band(node.node("band")),
        proofs=_proofs(node.node("proofs", required=False), (*records, *blocks)),
        names=tuple(
            field_named(node, text, (*records, *blocks)) for text in node.texts("names", required=False)
        ),
        records=records,
        blocks=blocks,
        segments=segments,
        padding=_padding(node, form),
        tables=tables,
        asked_once=node.texts("asked_once", required=False),
    )
    for table in sorted(set(feed.asked_once) - set(tables)):
        node.fault(f"asked_once: {table} is not a table of this feed")
    excused = node.node("not_proofs", required=False).pairs()
    if len(faults.found) == before:
        _account(feed, node, excused)
    node.done()
    return feed if len(faults.found) == before else None


def _labels(node: Node) -> dict[str, tuple[str, ...]]:
    given = {
        str(label): node.texts(label) if isinstance(node.data[label], list) else (node.text(label),)
        for label in node.names()
    }
    node.done()
    return given


def _tables(folder: Path, node: Node) -> dict[str, TableContract]:
    try:
        return load_tables(folder / "tables")
    except RuleFault as fault:
        node.fault(fault.what)
        return {}


def _padding(node: Node, form: str) -> str:
    padding = node.text("padding", required=False)
    if padding and (len(padding) > 1 or form != "fixed"):
        node.fault("padding is one character, in a file of lines of fixed length")
    return padding


def _band(node: Node) -> Band:
    band = Band(*(node.integer(key) for key in ("least_percent", "most_percent", "small_rows", "most_rows")))
    node.done()
    return band


def _proofs(node: Node, records: tuple[Record | Block, ...]) -> Proofs:
    layouts = {record.name: record.layout for record in records}

    def named(text: str) -> FieldName:
        return field_named(node, text, records)

    def pairs(key: str) -> tuple[tuple[FieldName, FieldName], ...]:
        said = node.node(key, required=False)
        return tuple((named(one), named(other)) for one, other in said.pairs().items())

    counts = node.node("counts", required=False)
    of = counts.pairs()
    for record in sorted(set(of.values()) - set(layouts)):
        node.fault(f"{record} is not a record of this feed")
    period, sender, number = (
        named(text) if (text := node.text(key, required=False)) else None
        for key in ("period", "sender", "number")
    )
    state_fips, state = (
        tuple(named(text) for text in node.texts(key, required=False)) for key in ("state_fips", "state")
    )
    proofs = Proofs(
        tuple((named(key), record) for key, record in of.items()),
        pairs("sums"),
        pairs("echoes"),
        period,
        sender,
        number,
        state_fips,
        state,
    )
    node.done()
    return proofs


def _account(feed: Feed, node: Node, excused: dict[str, str]) -> None:
    """Faults where something that a layout names is neither read, nor proven, nor set aside by a reason.

    Every record gives rows or says why not; every field of a record without rows (counts, sums, echoes) is
    a proof, is read, or stands under `not_proofs`, alone or by its record, as does a counter within a row.
    Where the source showed a part of such a record only (`<record>.rest`), or nothing in the file counts it
    (`file`), a reason says so. What names no state asks for a control file.
    """
    if feed.format == "tables":
        return
    loaded, sql = (
        re.sub(r"--.*", "", " ".join(parts))
        for parts in ((feed.load_sql,), (feed.load_sql, feed.edits_sql, feed.proofs_sql))
    )
    words = set(re.findall(r"[a-z0-9_]+\.[a-z0-9_]+", sql))
    told = feed.proofs.fields | {record.under[0] for record in feed.records if record.under}
    told |= {feed.segments.text} if feed.segments else set()
    read = set(re.findall(r"[a-z0-9_]+", loaded))
    for block in feed.blocks:
        if block.name not in read:
            node.fault(f"load.sql never reads the block {block.name}")
    for record in feed.records:
        if record.gives_rows and record.name not in read:
            node.fault(f"load.sql never reads {record.name}, and no_row does not say why")
        owed = {f"{record.name}.rest"} if record.layout.is_partial and not record.gives_rows else set()
        for column in record.layout.columns if record.gives_rows else ():
            counts_blocks = column.name in {block.times for block in feed.blocks}
            if column.name.endswith("_count") and column.name not in loaded and not counts_blocks:
                owed.add(f"{record.name}.{column.name}")
        for name in sorted(owed - set(excused)):
            node.fault(f"{name} is not a proof: say under not_proofs why it is not one")
        for name in owed:
            excused.pop(name, None)
        for column in record.layout.columns if not record.gives_rows else ():
            name = f"{record.name}.{column.name}"
            is_mark = record.at in range(column.start, column.end + 1)
            known = is_mark or FieldName(record.name, column.name) in told or name in words
            if not known and record.name in excused:
                continue
            if known == (name in excused):
                said = "is a proof or is read" if known else "is not a proof"
                node.fault(f"{name} {said}: make it a proof, or say under not_proofs why it is not one")
            excused.pop(name, None)
        states = {one.record for one in (*feed.proofs.state_fips, *feed.proofs.state)}
        if states and record.gives_rows and record.name not in states and not _frames(feed, states):
            node.fault(f"the state on {record.name} is compared with nothing")
    counted = bool(feed.proofs.counts or feed.proofs.sums or feed.proofs_sql)
    if counted == ("file" in excused):
        node.fault(
            "the file counts itself: take `file` out of not_proofs"
            if counted
            else "nothing in the file counts it: say under not_proofs, as `file`, what does and why"
        )
    excused.pop("file", None)
    for name in sorted(set(excused) - {one.name for one in feed.records if not one.gives_rows}):
        node.fault(f"not_proofs names {name}, which is not a field of a record without rows")
    if not feed.needs_control and not feed.proofs.state_fips and not feed.proofs.state:
        node.fault("no record names a state, so the control file has to name the receiver: control: required")


def _frames(feed: Feed, records: set[str]) -> bool:
    """Whether one of these records stands at the start: what it says, it says of every row."""
    return any(feed.record(name).place in ("first", "starts") for name in records)
