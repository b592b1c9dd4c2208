"""Past nights of a state, one after the other: those that never ran are run, those that did are compared.

A closed night never changes and is never sent again: it is made again by all that has come of its days and by
today's rules, and what would be otherwise is counted by cause. What is otherwise tonight leaves with the next
night, like everything else, once.
"""

import getpass
import json
import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears import house
from arrears.answers.runs import why_not_again
from arrears.compare.diff import diff
from arrears.compare.diff_report import report
from arrears.data.store import Store, write_aside
from arrears.errors import ArrearsError, Refused
from arrears.law.profile import Profile
from arrears.ledger import Ledger
from arrears.ledger.records import RunRecord, Word
from arrears.night import steps
from arrears.night.close import versions
from arrears.night.run import holder, latest_moment
from arrears.values import Row, dollars

COMPARED, RUN, ABSENT, PURGED = "compared", "run", "absent", "purged"
# Called with each day as it ends, how many days there are, and the seconds that the rest may take.
Days = Callable[[Row, int, float], None]


def backfill(
    store: Store,
    state: str,
    first: date,
    last: date,
    because: str,
    by: str = "",
    sends: bool = False,
    told: Days = lambda day, of, left: None,
    progress: Callable[[str, Row], None] = lambda step, counts: None,
) -> Row:
    """What became of each day from `first` to `last`, in order, and what changed by cause.

    A night that never ran is run, and sends nothing unless `sends`. A day that was compared before, with the
    same code, rules and files, is told again; one whose data were purged cannot be compared.
    Run again after a stop, it goes on where it stopped.
    """
    if last < first:
        raise ArrearsError(f"{last} is before {first}", "backfill", "Name the earlier night first")
    if not because.strip():
        raise ArrearsError("A backfill needs its reason", "--because", "Say why, in your words")
    ledger = Ledger.open(store.ledger_url)
    refuse_without_role(ledger, by)
    refuse_days_to_come(store, ledger, state, last)
    wanted = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found: list[Row] = []
    began = time.monotonic()
    for day in wanted:
        refuse_while_at_work(ledger, state)
        found.append(_one_day(store, ledger, state, day, because, by, sends, progress))
        each = (time.monotonic() - began) / len(found)
        told(found[-1], len(wanted), each * (len(wanted) - len(found)))
    causes: Counter[str] = Counter()
    for one in found:
        causes.update(one["causes"])
    return {
        "state": state,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "because": because,
        "sends": sends,
        "days": found,
        "lines": sum(one["lines"] for one in found),
        "causes": dict(causes.most_common()),
        "records": sum(one["records"] for one in found),
    }


def refuse_days_to_come(store: Store, ledger: Ledger, state: str, last: date) -> None:
    """Refuses a day that is not over and not closed: its own night is run on its own day, and may send."""
    profile = Profile.load(house.RULES, state)
    today = latest_moment(store, ledger, profile).astimezone(ZoneInfo(profile.timezone)).date()
    is_over = last < today or (last == today and store.kind == "invented")
    if not is_over and ledger.closed_run(state, last) is None:
        raise Refused(
            f"{last} is not over in {state.upper()}, where it is {today}",
            "TO",
            f"Name days before; `arrears night {state} {today}` runs tonight's",
        )


def refuse_without_role(ledger: Ledger, by: str) -> None:
    """Refuses a user who may not let nights of the past run; whoever names none is known by their account."""
    if by and not ledger.roles(by) & {"operator", "supervisor"}:
        raise Refused(f"{by} may not run nights of the past", "--as", "Ask an operator or a supervisor")


def refuse_while_at_work(ledger: Ledger, state: str) -> None:
    """Refuses to go on while another process works on a night of the state: tonight goes first."""
    run = ledger.open_run(state)
    who = ledger.lease_holder(state) if run else None
    if run and who and who != holder().name:
        raise Refused(
            f"{who} is at work on {run.run_id}",
            "backfill",
            "Wait until it has ended, then run the backfill again: it goes on where it stopped",
        )


def _one_day(
    store: Store,
    ledger: Ledger,
    state: str,
    day: date,
    because: str,
    by: str,
    sends: bool,
    progress: Callable[[str, Row], None],
) -> Row:
    if day in ledger.absences(state):
        return _day(day, ABSENT)
    if (run := ledger.closed_run(state, day)) is not None:
        if why_not_again(store, ledger, run):
            return _day(day, PURGED)
        return _compared(store, ledger, run)
    unsent = None if sends else Word(by or _account(), because)
    summary = steps.run_night(store, state, day, progress=progress, unsent=unsent)
    sent = summary["queues"]
    return _day(day, RUN) | {
        "records": sum(one["records"] for one in sent),
        "amount_cents": sum(one["amount_cents"] for one in sent),
        "files": [one["file"] for one in sent],
    }


def _account() -> str:
    """Whose account runs this; one without a name, as in a container, by its number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"account {os.getuid()}"


def _compared(store: Store, ledger: Ledger, run: RunRecord) -> Row:
    """A closed night compared with itself as known now; the same comparison is made once."""
    path = store.root / "backfills" / run.state / f"{run.as_of}.json"
    known = {
        "run": run.run_id,
        "versions": versions(),
        "heard": ledger.heard(run.state),
    }
    if path.is_file() and (kept := json.loads(path.read_text()))["known"] == known:
        return {**kept["day"], "is_kept": True}
    counts = report(diff(store, run.state, run.as_of, run.as_of), size=0)
    causes = {one["cause"]: one["lines"] for one in counts["causes"]}
    made = _day(run.as_of, COMPARED) | {"lines": sum(causes.values()), "causes": causes}
    write_aside(path, json.dumps({"known": known, "day": made}, indent=1, sort_keys=True).encode() + b"\n")
    return made


def _day(day: date, became: str) -> Row:
    return {
        "as_of": day.isoformat(),
        "became": became,
        "is_kept": False,
        "lines": 0,
        "causes": {},
        "records": 0,
        "amount_cents": 0,
        "files": [],
    }


def print_backfill(found: Row, out: Console) -> None:
    """Prints what became of each day, and what it comes to."""
    table = Table("night", "became", "lines otherwise", "by cause", "records sent", "dollars")
    for one in found["days"]:
        causes = ", ".join(f"{cause} {lines:,}" for cause, lines in one["causes"].items())
        became = f"{one['became']} before" if one["is_kept"] else one["became"]
        numbers = (f"{one['records']:,}", dollars(one["amount_cents"])) if one["became"] == RUN else ("", "")
        lines = f"{one['lines']:,}" if one["became"] == COMPARED else ""
        table.add_row(one["as_of"], became, lines, causes, *numbers)
    out.print(table)
    runs = [one for one in found["days"] if one["became"] == RUN]
    if found["lines"]:
        out.print(
            f"{found['lines']:,} lines would be otherwise by what is known now;"
            f" `arrears diff {found['state']} DATE DATE` tells each. Nothing of a closed night is sent again:"
            " what is otherwise tonight leaves with the next night."
        )
    if runs and not found["sends"]:
        out.print(
            f"{len(runs):,} night(s) ran and sent nothing; what is still due leaves with the next night."
        )
    elif runs:
        out.print(f"{len(runs):,} night(s) ran and sent {found['records']:,} records.")
    out.print(f"Because: {escape(found['because'])}")
