"""The contract of each partner, as a page: what a file looks like, what is proven, refused and set aside.

`docs/contracts` is printed from the folders of feeds and queues, which the engine runs by.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from arrears import house
from arrears.expectations import load_suites
from arrears.intake.feeds import Feed, load_feeds
from arrears.intake.records import FieldName, Record
from arrears.layout import Layout
from arrears.layout.words import of_field
from arrears.queues.queue import Count, Queue, load_queues
from arrears.reports.portal_form import load_portal, portal_page
from arrears.reports.records import records_page
from arrears.reports.rulebook_words import escaped

_MODES = {
    "snapshot": "each file is the whole; it takes the place of the one before",
    "events": "each file is what happened since the one before",
    "control": "whole, or the changes since; the control file says which",
}
_ENDS = {
    "lf": "LF",
    "crlf": "CR LF",
    "any": "LF or CR LF, the same in the whole file",
    "\n": "LF",
    "\r\n": "CR LF",
}
_REQUIRED = {"R": "yes", "C": "in the condition named", "O": "no", "": "not said"}


def contract_pages() -> dict[Path, str]:
    """Each page on partners' files in `docs/`, with the text that it should have."""
    folder = house.ROOT / "docs" / "contracts"
    feeds, queues = load_feeds(house.FEEDS), load_queues(house.QUEUES)
    pages = {folder / f"{name}.md": _page(feed_lines(feed)) for name, feed in feeds.items()}
    pages |= {folder / f"{name}.md": _page(queue_lines(queue)) for name, queue in queues.items()}
    index = _page(_index(feeds.values(), queues.values()))
    portal = portal_page(load_portal(house.RULES))
    pages |= {house.ROOT / "docs" / "portal.md": portal, house.ROOT / "docs" / "records.md": records_page()}
    return pages | {folder / "README.md": index}


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def _index(feeds: Iterable[Feed], queues: Iterable[Queue]) -> Iterator[str]:
    yield from ("# Contracts with partners", "")
    yield (
        "Printed by `arrears rulebook --docs`. One page a file: what it looks like, what is proven, what"
        " refuses it and what sets a row aside. Before a file is sent, `arrears check-file NAME FILE` says"
        " every fault of it; for each there is a good and a bad sample under `sample_data/contracts`."
    )
    yield from (
        "",
        "## Files that come in",
        "",
        "| file | partner | how often | format |",
        "|---|---|---|---|",
    )
    for one in feeds:
        yield f"| {_page_of(one)} | {escaped(one.partner)} | {one.cadence} | {_format(one)} |"
    yield from ("", "## Files that go out", "", "| file | records of | messages |", "|---|---|---|")
    for queue in queues:
        said = escaped(", ".join(queue.messages))
        yield f"| {_page_of(queue)} | {queue.detail.length} characters | {said} |"
    yield from ("", "What partners specified and where it is used: [records](../records.md).")


def _page_of(one: Feed | Queue) -> str:
    return f"[{escaped(one.title)}]({one.name}.md)"


def _format(feed: Feed) -> str:
    if feed.format == "tables":
        return f"tables, text divided by `{_sign(feed)}` or Parquet"
    if feed.blocks:
        return f"lines of {feed.records[0].layout.length} characters and the blocks that follow in them"
    if feed.format == "fixed":
        return f"lines of {feed.record_length} characters"
    return f"lines of elements divided by {_sign(feed)}"


def _sign(feed: Feed) -> str:
    return "tab" if feed.delimiter == "\t" else f"`{feed.delimiter}`"


def feed_lines(feed: Feed) -> Iterator[str]:
    """The page of a feed."""
    yield from _head(feed.name, feed.title)
    yield from ("| | |", "|---|---|")
    yield f"| from | {escaped(feed.partner)} |"
    yield f"| comes | {feed.cadence}; {_MODES[feed.mode]} |"
    yield f"| is missed | after {feed.stale_after_days} days without one |"
    yield f"| format | {_format(feed)} |"
    yield f"| characters | {feed.encoding}{'' if feed.format == 'tables' else ', no byte-order mark'} |"
    yield f"| line ends | {_ENDS[feed.newline]} |"
    if feed.padding:
        yield f"| filling | lines of `{feed.padding}` alone after the last record fill up its block |"
    yield f"| names | a file is known by its content; people know it as {_names(feed)} |"
    yield f"| control file | {'required: see below' if feed.needs_control else 'not needed'} |"
    yield f"| without a row | {'may come so' if feed.may_be_empty else 'is refused'} |"
    yield f"| rows | {feed.band.most_rows:,} at most |"
    yield from ("", "## What refuses the file", "")
    yield from (f"- {one}" for one in _refusals(feed))
    yield from ("", "## What holds the file until a person looks", "")
    yield from (f"- {one}" for one in _holds(feed))
    yield from ("", "## What sets a row aside", "")
    yield "- a field is not what its record below says: its type, its codes, or always there and blank"
    if feed.blocks:
        yield "- its line is not as long as the blocks that it says follow, or one of them has such a field"
    yield from (f"- {escaped(one)}" for one in edits_of(feed))
    if feed.needs_control:
        yield from _control(feed)
    yield from _records(feed)
    yield from _check(feed.name)


def _head(name: str, title: str) -> Iterator[str]:
    yield from (f"# {escaped(title)}", "")
    yield f"The contract of `{name}`, printed by `arrears rulebook --docs`. [All contracts](README.md)."
    yield ""


def _names(feed: Feed) -> str:
    data = f"{feed.name}.<table>.csv" if feed.format == "tables" else f"{feed.name}.txt"
    return f"`{data}`" + (f" and `{feed.name}.control.json`" if feed.needs_control else "")


def edits_of(feed: Feed) -> list[str]:
    """What the edits of a feed say of a row that they set aside, in their order."""
    return list(dict.fromkeys(re.findall(r'\bAS\s+"([^"]+)"', feed.edits_sql)))


def _refusals(feed: Feed) -> Iterator[str]:
    yield "it is packed (zip, gzip and the like), UTF-16 or EBCDIC, or begins with a byte-order mark"
    yield "it has no line end within 1 MiB"
    if feed.needs_control:
        yield "its bytes are not those that its control file describes"
    if feed.format == "tables":
        yield "a column is unknown, named twice or missing where it may not be; in Parquet, text is a number"
        yield "a table has another number of rows, or another sum, than its control file says"
    else:
        yield "its lines end in more than one way, or its last line is empty"
        if feed.record_length:
            yield f"its lines are not {feed.record_length} characters long, or its last one is cut"
    for record in feed.records:
        yield from _place(record)
    for said, of in feed.proofs.counts:
        yield f"{_field(said)} is not the number of {of} records"
    for said, part in feed.proofs.sums:
        yield f"{_field(said)} is not the sum of {_field(part)}"
    for said, first in feed.proofs.echoes:
        yield f"{_field(said)} is not {_field(first)}"
    for what in dict.fromkeys(
        re.findall(r"'([^']+)'(?: AS what)?,\s*CAST|SELECT '([^']+)'", feed.proofs_sql)
    ):
        yield f"what it says of its {next(filter(None, what))} is not what it holds"
    for state in (*feed.proofs.state_fips, *feed.proofs.state):
        yield f"{_field(state)} is another state's"
    share = feed.most_rejected_percent
    yield f"more than {share} % of its rows, and more than five, cannot be read, or none can"


def _place(record: Record) -> Iterator[str]:
    if record.place == "first":
        yield f"its first line is not the {record.name} record, or there is a second one"
    elif record.place == "starts":
        yield f"its first line is not the {record.name} record"
    elif record.place == "last":
        yield f"its last line is not the {record.name} record"


def _field(name: FieldName) -> str:
    return f"`{name.record}.{name.field}`"


def _holds(feed: Feed) -> Iterator[str]:
    if feed.needs_control:
        yield "its control file did not come with it"
    if feed.proofs.period:
        yield f"{_field(feed.proofs.period)} is not the day of its control file, or is later than its arrival"
    if feed.proofs.number:
        yield f"{_field(feed.proofs.number)} was used before, with other bytes"
    if feed.mode != "events":
        yield "one of a later day is already in"
    yield (
        f"it has more than {feed.band.most_percent} % of the usual rows, or, where {feed.band.small_rows} are"
        f" usual, less than {feed.band.least_percent} %"
    )
    for suite in load_suites(house.EXPECTATIONS):
        if suite.table == f"staging.{feed.name}":
            yield from dict.fromkeys(
                f"it is not believable: {escaped(one.why)}"
                for one in suite.expectations
                if one.severity == "stop"
            )


def _control(feed: Feed) -> Iterator[str]:
    yield from ("", "## The control file", "")
    yield (
        "One JSON object: `control` (`arrears/1`), `feed`, `state` (two letters), `period` (the day of the"
        " data), `sequence`, `mode` (`snapshot` or `delta`), `encoding`, `files` (of each `table`, `rows`,"
        " `bytes` and `sha256`); where they are known, `sums` of amounts and `complete_through`. `rows`"
        " counts every line"
        + (" but that of the column names." if feed.format == "tables" else ", header and trailer too.")
    )
    sample = f"sample_data/contracts/{feed.name}/good.control.json"
    yield from ("", f"A sample: [good.control.json](../../{sample}).")


def _records(feed: Feed) -> Iterator[str]:
    if feed.format == "tables":
        yield from (
            "",
            "## Tables",
            "",
            "Each table with its columns: [the caseload extract](../caseload.md).",
            "",
        )
        yield ", ".join(f"`{name}`" for name in feed.tables) + "."
        return
    seen: dict[str, str] = {}
    for record in feed.records:
        told = _told(feed, record)
        row = "" if record.gives_rows else "; gives no row"
        yield from ("", f"## Record `{record.name}`", "", f"Which line it is: {told}{row}.")
        if record.layout.name in seen:
            yield f"Its fields are those of `{seen[record.layout.name]}`."
            continue
        seen[record.layout.name] = record.name
        yield from _fields(record.layout)
    for block in feed.blocks:
        yield from ("", f"## Block `{block.name}`", "")
        yield f"Follows in the same line as often as `{feed.records[0].name}.{block.times}` says."
        yield from _fields(block.layout)


def _told(feed: Feed, record: Record) -> str:
    """How a record is known from the others."""
    if feed.segments and record.in_segments:
        text, end, by = _field(feed.segments.text), feed.segments.end, feed.segments.delimiter
        frames = f"; {', '.join(feed.segments.frames)} may stand around it" if feed.segments.frames else ""
        return (
            f"a segment in {text} that begins with `{record.mark}`, ends with `{end}` and has elements"
            f" divided by `{by}`; the text runs on from line to line{frames}"
        )
    if not record.mark:
        return "every other line"
    above = f" under a {_field(record.under[0])} of `{record.under[1]}`" if record.under else ""
    return f"told by `{record.mark}` at {record.at}{above}"


def _fields(layout: Layout) -> Iterator[str]:
    place = "element" if layout.is_delimited else "start"
    yield from (
        "",
        f"| field | {place} | length | type | always | what to send | values and edits | what it is |",
    )
    yield "|---|---|---|---|---|---|---|---|"
    for one in layout.wire or layout.fields:
        send = "blanks" if one.kind == "filler" else of_field(one)
        told = (one.name, one.start, one.length, one.type, _REQUIRED[one.required], send)
        cells = [*map(escaped, told), escaped(one.values_or_edits), escaped(one.description)]
        yield f"| {' | '.join(cells)} |"
    yield from ("", f"{escaped(layout.source)}.")


def queue_lines(queue: Queue) -> Iterator[str]:
    """The page of a queue."""
    yield from _head(queue.name, queue.title)
    yield from ("| | |", "|---|---|")
    yield "| to | the partner who reads it |"
    messages = escaped(", ".join(queue.messages))
    yield f"| comes | with each night or release that has something to say: {messages} |"
    yield f"| format | lines of {queue.detail.length} characters |"
    yield f"| characters | {queue.encoding} |"
    yield f"| line ends | {_ENDS[queue.newline]} |"
    yield f"| names | `{queue.name}.<batch number>.txt`; the number is used once |"
    yield "| control file | none: the file proves itself |" if queue.edges else "| control file | none |"
    most = (
        f"{queue.most_records:,} at most; what is more comes in a further file"
        if queue.most_records
        else "not bounded"
    )
    yield f"| records | {most} |"
    yield from ("", "## What the file proves", "")
    yield from (f"- {one}" for one in _proven(queue))
    yield from ("", "## What keeps a record from leaving", "")
    yield f"- there is a second one for the same {escaped(' and '.join(queue.unique).replace('_', ' '))}"
    yield from (f"- {escaped(say)}" for say in queue.checks.values())
    for kind, layout in queue.every_layout.items():
        yield from ("", f"## Record `{kind}`", "", _stands(queue, kind))
        yield from _fields(layout)
    if queue.packed_layouts:
        yield from _packed(queue)
    yield from _check(queue.name)


def _packed(queue: Queue) -> Iterator[str]:
    length = queue.packed.detail.record_length
    good, bad, faults = (
        f"../../sample_data/contracts/{queue.name}/packed_{one}"
        for one in ("good.dat", "bad.dat", "bad.faults.txt")
    )
    yield from ("", "## The same records packed", "")
    yield (
        f"From the day on which `{queue.packed_when}` is true in the state's profile, and only then, the same"
        f" records leave in {length} bytes each, one after the other and without line ends. What the file"
        " proves and what keeps a record from leaving is the same. `arrears check-file` tells the form by the"
        " bytes, counts records, and shows bytes that are not a packed number as question marks."
        f" [A good file]({good}), [a bad one]({bad}) and [what is found of it]({faults})."
    )
    for kind, layout in queue.packed_layouts.items():
        yield from ("", f"### Packed `{kind}`")
        yield from _fields(layout)


_STANDS = {"header": "The first line.", "detail": "Every line between.", "trailer": "The last line."}


def _stands(queue: Queue, kind: str) -> str:
    if kind in _STANDS:
        of_follows = "The first line of each record, between header and trailer."
        return of_follows if kind == "detail" and queue.follows else _STANDS[kind]
    [one] = [follow for follow in queue.follows if follow.kind == kind]
    if one.under:
        return f"After the `{one.under}` that it belongs to."
    return "The last line of each record." if one.is_last else "After the first line of the record, in order."


def _proven(queue: Queue) -> Iterator[str]:
    yield f"every line is {queue.detail.length} characters long and ends with {_ENDS[queue.newline]}"
    yield "fillers are blank"
    for one in queue.follows:
        for name, counted in one.counts.items():
            yield f"`{one.kind}.{name}` is the number of its `{counted}` records"
        if one.under:
            yield f"each `{one.kind}` comes after a `{one.under}`"
        if one.is_last:
            yield f"each record ends with one `{one.kind}`"
    for total in queue.totals:
        yield f"`{total.record}.{total.field}` is {_total(total)}"


def _total(total: Count) -> str:
    where = " and ".join(f"`{name}` is {value}" for name, value in total.where)
    of = f" whose {where}" if where else ""
    if total.how == "sum":
        return f"the sum of `{total.of}`{of and f' of the records{of}'}"
    if total.of in ("records", "lines"):
        return f"the number of {total.of}{of}"
    return f"the number of records{of} in which `{total.of}` stands"


def _check(name: str) -> Iterator[str]:
    samples = f"../../sample_data/contracts/{name}"
    yield from ("", "## Before it is sent", "", "```", f"arrears check-file {name} FILE", "```", "")
    yield (
        "It says every fault by line and field, with what to send instead, and ends with 0 only if the file"
        f" would be taken whole. [Samples]({samples}): a good file, a bad one, and"
        f" [what is found of it]({samples}/bad.faults.txt)."
    )
