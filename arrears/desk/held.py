"""What is held for a person as a whole: a partner's file, a queue's gate, a remedy with unusual numbers."""

from arrears import house
from arrears.answers.runs import ClosedRun
from arrears.answers.status import summary_of
from arrears.data.store import Store
from arrears.desk.in_short import feed_title
from arrears.desk.open_lines import Waiting, held_title
from arrears.desk.requests import Line
from arrears.intake.feeds import load_feeds
from arrears.intake.receive.judge import usual_rows
from arrears.law.remedy import title_of
from arrears.ledger import Delivery, held_item_id
from arrears.night.summary import kept_back


def held_body(desk: Waiting, row: Line) -> Line | None:
    """What a person looks at before they let it go: size, sender, difference to last time; None of a case."""
    if row["kind"] == "held_file":
        return held_file(desk, row["item_id"])
    if row["kind"] in ("held_queue", "held_remedy"):
        return held_acts(desk, row["item_id"])
    return None


def held_file(desk: Waiting, item_id: str) -> Line | None:
    """A file that is held: who sent it, how large it is, and beside it the last one that was taken."""
    came = desk.ledger.deliveries(desk.run.record.state)
    one = next((file for file in came if held_item_id(file.delivery_id) == item_id), None)
    if one is None:
        return None
    feed = load_feeds(house.FEEDS).get(one.feed)
    taken = [file for file in came if (file.feed, file.outcome) == (one.feed, "accepted")]
    last = max(taken, key=lambda file: file.position, default=None)
    was = {file.table: file.rows for file in last.files} if last else {}
    return {
        "what": "file",
        "title": feed_title(one.feed),
        "sender": feed.partner if feed else "",
        "name": one.original_name,
        "bytes": sum(file.bytes for file in one.files),
        "rows": rows_of(one),
        "usual_rows": usual_rows(one.feed, came),
        "is_whole": one.mode == "snapshot",
        "period_on": one.period_on,
        "received_on": one.received_on,
        "reason": one.reason,
        "last_on": last.received_on if last else None,
        "last_rows": rows_of(last) if last else None,
        "last_bytes": sum(file.bytes for file in last.files) if last else None,
        "tables": [
            {"name": file.table, "now": file.rows, "was": was.get(file.table) if last else None}
            for file in one.files
        ],
    }


def rows_of(one: Delivery) -> int:
    """How many rows a delivery holds, as they are counted before any is loaded."""
    return sum(file.rows for file in one.files) or one.rows


def held_acts(desk: Waiting, item_id: str) -> Line | None:
    """What a gate holds: the acts by remedy, and beside each how many were held the night before."""
    held = next((one for one in kept_back(desk.run.folder, "held") if one["item_id"] == item_id), None)
    if held is None:
        return None
    before = desk.run.before
    was = before_held(before, held["queue"], held.get("remedy", "")) if before else None
    by_remedy = held.get("by_remedy", {})
    cards = desk.words.cards
    return {
        "what": "queue" if held["queue"] else "remedy",
        "title": held_title(held, cards),
        "reason": held["held"],
        "acts": sum(by_remedy.values()),
        "rows": [
            {"name": title_of(cards, name), "now": acts, "was": was.get(name, 0) if was is not None else None}
            for name, acts in by_remedy.items()
        ],
        "before_on": before.as_of if before else None,
        "before_acts": sum(was.values()) if was is not None else None,
        "before_records": left_before(desk.store, before, held["queue"]) if before else None,
    }


def before_held(before: ClosedRun, queue: str, remedy: str) -> dict[str, int] | None:
    """How many acts by remedy the run before held of the same queue or remedy; None where it held nothing."""
    for one in kept_back(before.folder, "held"):
        if (one["queue"], one.get("remedy", "")) == (queue, remedy):
            return dict(one.get("by_remedy", {}))
    return None


def left_before(store: Store, before: ClosedRun, queue: str) -> int | None:
    """How many records left through a queue in the run before; None for a remedy, which has many queues."""
    if not queue:
        return None
    sent: list[Line] = summary_of(store, before.record)["queues"]
    return sum(int(one["records"]) for one in sent if one["queue"] == queue)
