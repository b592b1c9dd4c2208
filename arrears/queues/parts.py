"""A file that would outgrow its format becomes several, each whole."""

from collections.abc import Collection

from arrears.queues.queue import Queue


def part_select(queue: Queue, rows: str, have: Collection[str]) -> str:
    """SQL for the first content rows of `rows`, by number, that one file of the queue has room for.

    `have` are their columns. What a header or trailer counts and sums stays within its fields. One row is
    always taken: where it alone is too much, the writer says which field it does not fit.
    """
    most, sums = queue.most_records, {name: room for name, room in queue.most_sums.items() if name in have}
    if most is None and not sums:
        return f"FROM ({rows})"
    so_far = "".join(f', sum(abs(CAST("{name}" AS HUGEINT))) OVER told AS "{name}"' for name in sums)
    tests = [f'coalesce("{name}", 0) <= {room}' for name, room in sums.items()]
    fits = " AND ".join([*tests, *([f"place <= {most}"] if most is not None else [])])
    told = f"SELECT record_no, row_number() OVER told AS place{so_far} FROM ({rows})"
    window = "WINDOW told AS (ORDER BY record_no ROWS UNBOUNDED PRECEDING)"
    fitting = f"SELECT record_no FROM ({told} {window}) WHERE place = 1 OR {fits}"
    return f"FROM ({rows}) WHERE record_no IN ({fitting})"
