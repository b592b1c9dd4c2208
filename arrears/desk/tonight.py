"""What a state's first page tells: the night, what needs a person now, what came and went, what left."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from arrears.answers.runs import folder_of
from arrears.answers.status import night_told, summary_of
from arrears.desk.lists import ended, lists
from arrears.desk.night_strip import STRIP, broken, night_strip, read_checks
from arrears.desk.open_lines import waiting
from arrears.desk.partners import scorecard, titles
from arrears.desk.pauses import pauses
from arrears.desk.requests import Asked, Line
from arrears.desk.web import Desk
from arrears.law.profile import Profile
from arrears.ledger import Ledger, RunRecord
from arrears.values import Row

# What ended the lines that left the list, in words.
WENT = {
    "decided": "decided by a person",
    "condition": "a condition no longer holds",
    "facts": "the facts changed",
    "episode": "the episode ended",
    "known": "what was missing is known",
    "met": "the deadline was met",
    "became": "became another line",
    "goes_on": "goes on without a person",
    "not_there": "no longer in the data",
    "no_longer": "nothing is left to do",
}


def of_night(desk: Desk, offices: frozenset[str] | None) -> Row:
    """A closed night: its strip, its broken bounds, flags by remedy, and what left by queue."""
    run = the_night(desk)
    told, summary, folder = (
        night_told(desk.store, run),
        summary_of(desk.store, run),
        folder_of(desk.store, run),
    )
    named = titles()
    cards = {one["queue"]: one for one in scorecard(desk)["queues"]}
    rejected: Counter[str] = Counter()
    for one in summary["deliveries"]:
        rejected[one["feed"]] += one["rejects"]
    return {
        "told": told,
        "strip": night_strip(told, summary, folder),
        "checks": broken(read_checks(folder)["checks"]),
        "rejected": {feed: rows for feed, rows in rejected.items() if rows},
        "gates": gates(desk, summary["held"]),
        "flags": [
            {"remedy": name, "title": named.remedies.get(name, name), **counts}
            for name, counts in summary["verdicts"].items()
            if counts["flag"] or counts["unknown"]
        ],
        "off": [named.remedies.get(name, name) for name, why in summary["off"].items() if why],
        "usual_not_known": len(summary.get("usual_not_known", [])),
        "sends_nothing": summary["sends_nothing"],
        "left": [{**one, "answers": cards.get(one["queue"])} for one in summary["queues"]],
        "list": work(desk, offices),
        "titles": named,
    }


def the_night(desk: Desk) -> RunRecord:
    """The night of the desk's day, of which the day's releases are made."""
    return next(
        run
        for run in desk.ledger.runs(desk.state)
        if (run.as_of, run.kind, run.status) == (desk.as_of, "night", "closed")
    )


def gates(desk: Desk, held: list[Row]) -> list[Row]:
    """The queues and remedies that are held: why, new acts by remedy, what a person said since."""
    said = {one["item_id"]: one["decision"] for one in desk.ledger.decisions(desk.state)}
    with waiting(desk.store, desk.state, desk.as_of, decided_too=True) as every:
        rows = every.con.execute(
            "SELECT item_id FROM line WHERE kind IN ('held_queue', 'held_remedy')"
        ).fetchall()
    listed = {row[0] for row in rows}  # a release that sent what was held takes its line away
    return [
        {
            **one,
            "by_remedy": one.get("by_remedy", {}),
            "decision": said.get(one["item_id"]),
            "is_listed": one["item_id"] in listed,
        }
        for one in held
    ]


def work(desk: Desk, offices: frozenset[str] | None) -> Row:
    """What waits for a person, what came onto the list and what left it, of the offices that may be seen."""
    found = lists(desk.store, desk.state, Asked(size=1), desk.as_of, offices)
    new = lists(desk.store, desk.state, Asked(size=1, since="new"), desk.as_of, offices)
    gone = ended(desk.store, desk.state, desk.as_of, offices, size=1)
    return {
        "lines": found.total,
        "cents": found.cents,
        "minutes": found.minutes,
        "urgent": [one for one in found.counts if one["urgent"]],
        "new": new.total,
        "new_kinds": new.counts,
        "gone": gone.total,
        "gone_how": [{**one, "say": WENT.get(one["how"], "no longer true")} for one in gone.by_how],
    }


def pauses_in_force(desk: Desk, offices: frozenset[str] | None) -> list[Line]:
    """The pauses that keep something back on the desk's day, each with what it stops."""
    found = pauses(desk.store, desk.state, desk.as_of, offices)
    return [one for one in found if one["is_in_force"]]


def approved(desk: Desk, offices: frozenset[str] | None) -> int:
    """How many lines were approved since the last run, and leave with the next one."""
    with waiting(desk.store, desk.state, desk.as_of, offices, decided_too=True) as every:
        row = every.con.execute(
            "SELECT count(*) FROM line JOIN since_run USING (item_id) WHERE decision = 'approve'"
        ).fetchone()
    return int(row[0]) if row else 0


def sentences(found: Row, ledger: Ledger, profile: Profile, now: datetime) -> list[str]:
    """How the state stands now, and what comes next, one sentence each; `found` is what `status` tells."""
    state, last, work_on = found["state"], found["last_night"], found["at_work"]
    told = []
    if last is None:
        told.append(f"No night is closed yet in {profile.name}.")
        if not found["came"]:
            told.append(f"No file came yet: `arrears receive {state} FILE...` takes files in.")
        elif not work_on:
            told.append(f"{files(found['came'])} came; the first night begins at {profile.night_at}.")
    if work_on:
        told += at_work_told(state, work_on)
    since = last["as_of"] if last else ""
    absent = [f"{day}" for day in ledger.absences(state) if f"{day}" > since]
    told += [f"The night of {day} was declared absent: nothing was decided on it." for day in absent]
    if releases := found["releases_since"]:
        told.append(f"{releases:,} day release{'' if releases == 1 else 's'} since that night.")
    if (following := found["next_night"]) and not (work_on and work_on["kind"] == "night"):
        told.append(next_told(following, found["waiting_files"], profile, now))
    return told


def at_work_told(state: str, work_on: Row) -> list[str]:
    """How far the run came that began and has not ended, and what lets it go on."""
    what = "night" if work_on["kind"] == "night" else "day release"
    done = [name for name, step in STRIP.items() if step in work_on["steps_done"]]
    so_far = f"done: {', '.join(done)}" if done else "no step is done yet"
    if work_on["holder"]:
        return [f"The {what} of {work_on['as_of']} is running now; {so_far}."]
    verb = "night" if what == "night" else "release"
    return [
        f"The {what} of {work_on['as_of']} stopped before its end; {so_far}.",
        f"An operator lets it go on from there: `arrears {verb} {state} {work_on['as_of']}`.",
    ]


def next_told(following: Row, waiting_files: int, profile: Profile, now: datetime) -> str:
    """When the next night begins, by the state's own clock, and what waits for it."""
    due = datetime.fromisoformat(following["due_at"])
    local = due.astimezone(ZoneInfo(profile.timezone))
    was = "was due to begin" if due < now else "begins"
    late = " and has not begun" if due < now else ""
    waits = (
        f"; {files(waiting_files)} wait{'s' if waiting_files == 1 else ''} for it" if waiting_files else ""
    )
    return (
        f"The next night, of {following['as_of']}, {was} on {local:%Y-%m-%d} at {local:%H:%M}{late}{waits}."
    )


def files(count: int) -> str:
    """So many files, in words."""
    return f"{count:,} file{'' if count == 1 else 's'}"
