"""What the lines of a feed are: records, and the blocks that follow one in its line."""

from dataclasses import dataclass, replace
from pathlib import Path

from arrears.config import Node
from arrears.errors import RuleFault
from arrears.layout import Follower, Layout, load_layout

_PLACES = ("first", "last", "starts", "any")


@dataclass(frozen=True)
class Record:
    """One record type of a file: its layout, how it is told, and where it must stand.

    `at` is the position of the mark that tells the record (the element number in delimited files),
    0 where every line is this record that is none of the others. `place` is first, last, starts or any:
    first and last come once, starts stands at the first line and may come again. `no_row` says why a
    record that may come any number of times gives no row. `under` is what the nearest line above says in
    a field, where the mark alone does not tell the record: a record of the same mark without `under` is the
    lines that no other one takes. A record of `segments` is told by the first element of a segment.
    """

    name: str
    layout: Layout
    at: int
    mark: str
    place: str
    no_row: str = ""
    under: tuple["FieldName", str] | None = None
    in_segments: bool = False

    @property
    def gives_rows(self) -> bool:
        """Whether its lines become rows; the others frame them."""
        return self.place == "any" and not self.no_row


@dataclass(frozen=True)
class FieldName:
    """A field of a record type, written `record.field` in feed.yml."""

    record: str
    field: str


@dataclass(frozen=True)
class Segments:
    """Records in the text of a field, which runs on from each line to the next one of the same record.

    Each ends with `end` and has elements divided by `delimiter`. Segments that begin with one of `frames`
    frame the others and say nothing of their own.
    """

    text: FieldName
    end: str
    delimiter: str
    frames: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """A record that follows others in one line, there as often as a field of the line's record says."""

    name: str
    layout: Layout
    times: str


def read_records(folder: Path, node: Node, form: str) -> tuple[tuple[Record, ...], tuple[Block, ...]]:
    """The records and the blocks that feed.yml names, each with its layout."""
    records, blocks = _records(folder, node), _blocks(folder, node)
    length = node.integer("record_length", required=form == "fixed" and not blocks)
    for record in records:
        if record.layout.is_delimited != (form == "delimited"):
            node.fault(f"the layout of {record.name} is not {form}")
        elif form == "fixed" and not blocks and record.layout.length != length:
            node.fault(f"{record.name} is {record.layout.length} long, record_length says {length}")
    if not blocks:
        return records, ()
    if length:
        node.fault("record_length: a line with blocks is as long as they are")
    return _with_blocks(node, records, blocks, form), blocks


def _records(folder: Path, node: Node) -> tuple[Record, ...]:
    found: list[Record] = []
    for name, one in node.node("records").children():
        table = folder / f"{one.text('layout', required=False) or name}.csv"
        mark, at = one.text("mark", required=False), one.integer("at", required=False)
        place = one.text("place", required=False, choices=_PLACES, otherwise="any")
        no_row = one.text("no_row", required=False)
        under = one.node("under", required=False).pairs()
        if no_row and (place != "any" or not mark):
            one.fault("no_row says of a record with a mark that may come often why it gives no row")
        if bool(mark) != bool(at):
            one.fault("at and mark belong together")
        one.done()
        try:
            layout = load_layout(table)
            of, said = next(iter(under.items()), ("", ""))
            if under and (len(under) > 1 or not mark or layout.is_delimited):
                one.fault("under names one field of a record of fixed length, for a record with a mark")
            above = (field_named(node, of, tuple(found)), said) if under else None
            found.append(Record(str(name), layout, at, mark, place, no_row, above))
        except RuleFault as fault:
            one.fault(fault.what)
    if sum(not record.mark for record in found) > 1 or any(
        not record.mark and record.place != "any" for record in found
    ):
        node.fault("at most one record of the rows can do without at and mark: the lines of no other one")
    return tuple(found)


def field_named(node: Node, text: str, records: tuple[Record | Block, ...]) -> FieldName:
    """The field that feed.yml names, with a fault where these records have none of that name."""
    layouts = {record.name: record.layout for record in records}
    record, _, name = text.partition(".")
    if record not in layouts or name not in {column.name for column in layouts[record].columns}:
        node.fault(f"{text} is not a record.field of this feed")
    return FieldName(record, name)


def read_segments(
    folder: Path, node: Node, records: tuple[Record, ...]
) -> tuple[Segments | None, tuple[Record, ...]]:
    """How the text of a record is cut into segments, and the records that they are."""
    if not node.has("segments"):
        return None, ()
    node, found = node.node("segments"), []
    for name, one in node.node("records").children():
        mark = one.text("mark")
        one.done()
        try:
            found.append(
                Record(str(name), load_layout(folder / f"{name}.csv"), 1, mark, "any", in_segments=True)
            )
            if not found[-1].layout.is_delimited:
                one.fault(f"the layout of {name} is not delimited")
        except RuleFault as fault:
            one.fault(fault.what)
    text = field_named(node, node.text("text"), records)
    frames = node.texts("frames", required=False)
    segments = Segments(text, node.text("end"), node.text("delimiter"), frames)
    node.done()
    return segments, tuple(found)


def _blocks(folder: Path, node: Node) -> tuple[Block, ...]:
    found = []
    for name, times in node.node("blocks", required=False).pairs().items():
        try:
            found.append(Block(name, load_layout(folder / f"{name}.csv"), times))
        except RuleFault as fault:
            node.fault(f"blocks: {fault.what}")
    return tuple(found)


def _with_blocks(
    node: Node, records: tuple[Record, ...], blocks: tuple[Block, ...], form: str
) -> tuple[Record, ...]:
    """The records, of which the one that gives the rows knows what follows it in its line."""
    if form != "fixed" or len(records) != 1:
        node.fault("blocks follow the one record of a feed of fixed lines")
        return records
    head = records[0].layout
    digits = {field.name: field for field in head.columns if field.kind == "digits"}
    for block in blocks:
        if block.name == records[0].name or block.layout.is_delimited or block.layout.is_partial:
            node.fault(f"blocks: {block.name} is a record of its own, fixed, and known to its end")
        if block.times not in digits:
            node.fault(f"blocks: {block.times} is not a number in {records[0].name}")
    followers = tuple(Follower(digits[b.times], b.layout.length) for b in blocks if b.times in digits)
    return (replace(records[0], layout=replace(head, followers=followers)),)
