"""Whether a proven delivery is taken: known bytes, its place in time, and its volume."""

from collections.abc import Mapping, Sequence
from statistics import median

from arrears.intake.feeds import Feed
from arrears.intake.load.stage import Loaded
from arrears.intake.load.views import counts_if_let_in
from arrears.ledger.records import Delivery, Outcome

_NORMAL_OF = 5  # deliveries whose median is the normal volume
# What letting in an older snapshot would do: whole ones replace each other, changes rest on one before them.
_OF_STALE = {
    False: (
        "; the newer one counts, also for a night that begins again, and letting this one in changes nothing"
    ),
    True: "; what came since are changes to it, so it counts only once a person has let it in",
}
NO_SNAPSHOT = "changes came before any snapshot"
FEW = 5  # so many bad lines never refuse a file alone, however short it is


def judge(
    feed: Feed,
    draft: Delivery,
    earlier: Sequence[Delivery],
    header_period: str,
    told: Mapping[str, tuple[Sequence[str], str]],
    senders: Sequence[str] = (),
    number: str = "",
) -> tuple[Outcome, str]:
    """The outcome of a delivery that proved itself, and one sentence why it is not simply taken.

    Held, not refused, is what a person may let in: volume out of band, dates that disagree, an
    older snapshot after a newer one, a missing link in a chain of changes. `told` says of the earlier
    deliveries for whom they were sent and which number they have, as `senders` and `number` of this one.
    """
    taken = [d for d in earlier if d.outcome == "accepted" and d.feed == feed.name]
    for known in taken:
        if _same(known, draft):
            return "duplicate", f"the same bytes were taken as delivery {known.delivery_id}"
    if senders:
        taken = [d for d in taken if set(told.get(d.delivery_id, ((), ""))[0]) & set(senders)]
    numbers = {d.delivery_id: told.get(d.delivery_id, ((), ""))[1] for d in taken}
    reason = (
        _date_fault(draft, header_period)
        or (
            _event_fault(draft, taken, numbers, number)
            if feed.mode == "events"
            else _order_fault(feed, draft, taken)
        )
        or _band_fault(feed, draft, taken)
    )
    return ("held", reason) if reason else ("accepted", "")


def all_set_aside(feed: Feed, draft: Delivery, loaded: Loaded) -> str:
    """Why a delivery that loads without a row is looked at first, or nothing.

    It would empty what the feed tells, or make the feed look current without having told anything.
    """
    if loaded.rows or not draft.rows or (feed.mode != "snapshot" and draft.rows <= FEW):
        return ""
    return f"none of its {draft.rows} rows can be used: each was set aside with its reason"


def usual_rows(feed: str, came: Sequence[Delivery]) -> int | None:
    """How many rows a file of this feed usually has, by those that were last taken; None where none was."""
    taken = sorted(
        (one for one in came if one.feed == feed and one.outcome == "accepted"), key=lambda one: one.position
    )
    rows = [sum(file.rows for file in one.files) for one in taken[-_NORMAL_OF:]]
    return int(median(rows)) if rows else None


def _same(known: Delivery, draft: Delivery) -> bool:
    if known.sha256 == draft.sha256:
        return True
    files = {(f.table, f.sha256) for f in known.files} == {(f.table, f.sha256) for f in draft.files}
    # An unchanged snapshot of the next day has the same data under a new period: that is news.
    return (
        bool(draft.files) and files and (known.period_on, known.sequence) == (draft.period_on, draft.sequence)
    )


def _date_fault(draft: Delivery, header_period: str) -> str:
    period = draft.period_on
    if period and header_period and header_period != period.isoformat():
        return f"its header says {header_period}, its control file {period}"
    if period and period > draft.received_on:
        return f"it is dated {period}, after the day on which it came ({draft.received_on})"
    day = draft.received_on.isoformat()
    ahead = sorted(name for name, through in draft.complete_through.items() if through > day)
    if ahead:
        return f"it says what is complete through a day after it came ({day}): {', '.join(ahead)}"
    return ""


def _event_fault(draft: Delivery, taken: Sequence[Delivery], numbers: Mapping[str, str], number: str) -> str:
    for known in taken:
        other = numbers[known.delivery_id]
        if number and other:
            # The number is the identity: two files of one day have two, and neither uses it again.
            if number == other:
                return (
                    f"delivery {known.delivery_id} with the same control number was already taken with other"
                    " bytes; letting this one in puts it in its place"
                )
            continue
        slot = (known.period_on, known.sequence)
        if slot == (draft.period_on, draft.sequence) and slot != (None, None):
            return (
                f"delivery {known.delivery_id} of {draft.period_on} was already taken with other bytes;"
                " letting this one in puts it in its place"
            )
    return ""


def _order_fault(feed: Feed, draft: Delivery, taken: Sequence[Delivery]) -> str:
    if not taken:
        return NO_SNAPSHOT if draft.mode == "delta" else ""
    last = max(taken, key=lambda d: (d.period_on or d.received_on, d.sequence or 0, d.position))
    if last.period_on and draft.period_on and draft.period_on < last.period_on:
        counts = counts_if_let_in(feed, taken, draft)
        return f"it is stale: dated {draft.period_on}, and {last.period_on} is already in{_OF_STALE[counts]}"
    if last.sequence is not None and draft.sequence is not None:
        if draft.sequence < last.sequence:
            return f"it is stale: sequence {draft.sequence}, and {last.sequence} is already in"
        if draft.sequence == last.sequence and draft.period_on != last.period_on:
            return f"sequence {draft.sequence} was used for {last.period_on}"
        if draft.mode == "delta" and draft.sequence > last.sequence + 1:
            return f"changes {last.sequence + 1} to {draft.sequence - 1} are missing before it"
    return ""


def _band_fault(feed: Feed, draft: Delivery, taken: Sequence[Delivery]) -> str:
    band = feed.band
    if draft.rows > band.most_rows:
        return f"{draft.rows} rows are more than this feed may ever have ({band.most_rows})"
    if draft.mode == "delta":
        return ""
    before = sorted((d for d in taken if d.mode == draft.mode), key=lambda d: d.position)[-_NORMAL_OF:]
    for file in draft.files:
        past = [f.rows for d in before for f in d.files if f.table == file.table]
        if not past:
            continue
        normal = int(median(past))
        if file.rows * 100 > band.most_percent * max(normal, band.small_rows):
            return f"{file.table} has {file.rows} rows, normal are {normal}: more than {band.most_percent}%"
        if file.table in feed.asked_once:
            continue
        if normal >= band.small_rows and file.rows * 100 < band.least_percent * normal:
            return f"{file.table} has {file.rows} rows, normal are {normal}: less than {band.least_percent}%"
    if last := _emptied(feed, draft, before):
        return last
    gone = {f.table for f in before[-1].files} - {f.table for f in draft.files} if before else set()
    gone -= set(feed.asked_once)
    if gone:
        return f"table(s) {', '.join(sorted(gone))} came last time and are missing now"
    return ""


def _emptied(feed: Feed, draft: Delivery, before: Sequence[Delivery]) -> str:
    """Why a snapshot without a row is looked at, where the one before it told of somebody."""
    had = sum(file.rows for file in before[-1].files) if before else 0
    if feed.mode == "events" or not had or any(file.rows for file in draft.files):
        return ""
    return f"it has no row, and the one before it has {had}: taking it would empty the feed"
