"""Files of packed records, which follow each other without line ends: made of lines, and read as lines."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from arrears.data.warehouse import Connection, lend_arrow
from arrears.queues.queue import Queue

# The records of a packed file, spelled out: `line_no` from 1, and `l`.
SPELLED = "packed_line"
_AT_ONCE = 10_000


def wire_bytes(queue: Queue, kind: str, text: bytes) -> bytes:
    """Some lines of one kind of record as the partner gets them."""
    if not queue.is_packed:
        return text
    return b"".join(map(queue.layouts[kind].packed, text.splitlines()))


def spell_out(con: Connection, queue: Queue, path: Path, records: int) -> None:
    """Makes `packed_line` of the first so many records of a file."""
    texts = [
        pa.array([_spelled(queue, number, records, one) for number, one in enumerate(block, first)])
        for first, block in _blocks(queue, path, records)
    ]
    lines = pa.chunked_array(texts, pa.string())
    numbers = pa.array(range(1, len(lines) + 1), pa.int64())
    lend_arrow(con, SPELLED, pa.table({"line_no": numbers, "l": lines}))


def out_of_step(queue: Queue, path: Path, records: int) -> int:
    """The record from which on none begins with its length, a byte being missing or too much; 0 if none."""
    each = (one for _, block in _blocks(queue, path, records) for one in block)
    last_right = max((n for n, one in enumerate(each, 1) if queue.detail.is_in_step(one)), default=0)
    return last_right + 1 if records > last_right + 1 else 0


def _spelled(queue: Queue, number: int, records: int, record: bytes) -> str:
    kind = {1: "header", records: "trailer"}.get(number, "detail")
    return queue.layouts.get(kind, queue.detail).unpacked(record).decode("latin-1")


def _blocks(queue: Queue, path: Path, records: int) -> Iterator[tuple[int, list[bytes]]]:
    """Records of a file, some at a time, each time with the number of the first."""
    length = queue.detail.record_length
    with path.open("rb") as file:
        for first in range(1, records + 1, _AT_ONCE):
            block = file.read(min(_AT_ONCE, records - first + 1) * length)
            yield first, [block[at : at + length] for at in range(0, len(block), length)]
