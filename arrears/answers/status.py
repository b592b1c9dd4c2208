"""Where a state stands now: the run at work, the last night, what waits for a person, what comes next."""

import json
from datetime import UTC, date, datetime, timedelta

from rich.console import Console
from rich.markup import escape

from arrears import house
from arrears.answers.runs import folder_of
from arrears.data.store import Store
from arrears.intake.receive.judge import usual_rows
from arrears.law.profile import Profile
from arrears.ledger import Delivery, Ledger, RunRecord, held_item_id
from arrears.night.close import SUMMARY
from arrears.night.done import steps_done
from arrears.night.outline import STEPS
from arrears.night.run import scheduled_at
from arrears.values import Row, dollars

OPEN_KINDS = ("approval", "review")


def status(store: Store, state: str) -> Row:
    """What an operator asks first in the morning, as JSON values."""
    ledger, profile = Ledger.open(store.ledger_url), Profile.load(house.RULES, state)
    with ledger.kept_open():
        runs, came = ledger.runs(state), ledger.deliveries(state)
        closed = [run for run in runs if run.status == "closed"]
        nights = sorted((run for run in closed if run.kind == "night"), key=lambda run: run.as_of)
        before, last = [None, None, *nights][-2:]
        said = [one for one in ledger.decisions(state) if last and one["position"] > last.cut.position]
        released = [run for run in closed if last and run.kind == "release" and run.as_of == last.as_of]
        open_run = ledger.open_run(state)
        holder = ledger.lease_holder(state) if open_run else None
        absences = ledger.absences(state)
        claims = [one for one in ledger.wrong_person_claims(state) if one["decision"] == "hold"]
    return {
        "state": state,
        "last_night": night_told(store, last) if last else None,
        "releases_since": len(released),
        "at_work": _at_work(store, open_run, holder) if open_run else None,
        "next_night": _next(profile, last, absences),
        "held_files": [_file(one, came) for one in came if one.outcome == "held"],
        "refused_files": [
            _file(one, came) for one in came if one.outcome == "refused" and _is_new(one, before)
        ],
        "waiting_files": sum(
            1 for one in came if one.outcome == "accepted" and last and one.position > last.cut.position
        ),
        "decisions_since": len(said),
        "wrong_person_claims": [
            {"person": one["subject_id"], "by": one["by_user"], "on": one["decided_on"]} for one in claims
        ],
        "came": len(came),
    }


def summary_of(store: Store, run: RunRecord) -> Row:
    """What a closed run says of itself."""
    found: Row = json.loads((folder_of(store, run) / SUMMARY).read_text())
    return found


def night_told(store: Store, run: RunRecord) -> Row:
    """A closed night in a few numbers, from its own summary."""
    found = summary_of(store, run)
    return {
        "as_of": run.as_of.isoformat(),
        "run": run.run_id,
        "files": {
            outcome: sum(1 for one in found["deliveries"] if one["outcome"] == outcome)
            for outcome in ("accepted", "held", "refused", "duplicate")
        },
        "rows": sum(one["rows"] for one in found["deliveries"]),
        "rejects": sum(one["rejects"] for one in found["deliveries"]),
        "matched": sum(count for feed, count in found["match"].items() if feed != "doubtful"),
        "doubtful": found["match"]["doubtful"],
        "flags": sum(one["flag"] for one in found["verdicts"].values()),
        "unknown": sum(one["unknown"] for one in found["verdicts"].values()),
        "off": [why for why in found["off"].values() if why],
        "work_list": sum(found["work_list"].values()),
        "decisions_wanted": sum(found["work_list"].get(kind, 0) for kind in OPEN_KINDS),
        "records": sum(one["records"] for one in found["queues"]),
        "amount_cents": sum(one["amount_cents"] for one in found["queues"]),
        "held_queues": [one["queue"] for one in found["held"] if one["queue"]],
        "held_remedies": [
            {name: one[name] for name in ("remedy", "item_id", "held")}
            for one in found["held"]
            if not one["queue"]
        ],
        "usual_not_known": found.get("usual_not_known", []),
        "missing": [one["feed"] for one in found["missing"]],
        "late": [{"feed": one["feed"], "due_on": one["due_on"]} for one in found["late"]],
    }


def _at_work(store: Store, run: RunRecord, holder: str | None) -> Row:
    """The run that began and has not ended: how far it came, and who works on it."""
    done = steps_done(folder_of(store, run))
    return {
        "run": run.run_id,
        "as_of": run.as_of.isoformat(),
        "kind": run.kind,
        "began_at": run.began_at.isoformat(),
        "holder": holder,
        "steps_done": [step for step in STEPS if step in done],
        "steps": len(STEPS),
    }


def _next(profile: Profile, last: RunRecord | None, absences: list[date]) -> Row | None:
    """The night after the last one that was run or declared absent, and when it is due to begin."""
    if last is None:
        return None
    day = max([last.as_of, *absences]) + timedelta(days=1)
    return {"as_of": day.isoformat(), "due_at": scheduled_at(profile, day).isoformat()}


def _is_new(one: Delivery, before: RunRecord | None) -> bool:
    """Whether a file came for the last night or since."""
    return before is None or one.position > before.cut.position


def _file(one: Delivery, came: list[Delivery]) -> Row:
    return {
        "item_id": held_item_id(one.delivery_id),
        "feed": one.feed,
        "file": one.original_name,
        "received_on": one.received_on.isoformat(),
        "rows": one.rows,
        "usual_rows": usual_rows(one.feed, came),
        "reason": one.reason,
    }


def print_status(found: Row, out: Console) -> None:
    """Prints where a state stands, what needs a person, and what to do next."""
    state, last = found["state"], found["last_night"]
    if last is None:
        came = "" if found["came"] else f" No file came yet: `arrears receive {state} FILE...` takes them in."
        out.print(f"[bold]{state.upper()}[/bold]: no night is closed yet.{came}")
    else:
        out.print(f"[bold]{state.upper()}, last night {last['as_of']}[/bold] (run {last['run']})")
        for name, said in strip(last):
            out.print(f"  {name:<8} {escape(said)}")
    _print_open(found, out)
    if following := found["next_night"]:
        began = datetime.fromisoformat(following["due_at"]).astimezone(UTC)
        waiting = f"; {found['waiting_files']:,} new file(s) wait for it" if found["waiting_files"] else ""
        out.print(f"Next night: {following['as_of']}, due {began:%Y-%m-%d %H:%M} UTC{waiting}.")


def strip(last: Row) -> list[tuple[str, str]]:
    """The steps of a night, each with its numbers in words."""
    files = ", ".join(f"{count:,} {outcome}" for outcome, count in last["files"].items() if count)
    names = [*last["held_queues"], *(one["remedy"] for one in last["held_remedies"])]
    held = f"; held: {', '.join(names)}" if names else ""
    return [
        ("files", f"{files or 'none'}; {last['rows']:,} rows, {last['rejects']:,} rejected"),
        ("match", f"{last['matched']:,} exact, {last['doubtful']:,} doubtful"),
        ("decide", f"{last['flags']:,} flags, {last['unknown']:,} not known"),
        ("plan", f"{last['work_list']:,} lines for people, {last['decisions_wanted']:,} decisions wanted"),
        ("release", f"{last['records']:,} records, {dollars(last['amount_cents'])}{held}"),
    ]


def _print_open(found: Row, out: Console) -> None:
    state, work, last = found["state"], found["at_work"], found["last_night"]
    if work:
        who = f"{work['holder']} is at work on it" if work["holder"] else "nobody is at work on it"
        done = ", ".join(work["steps_done"]) or "nothing yet"
        out.print(f"[yellow]Open:[/yellow] the {work['kind']} of {work['as_of']}; done: {done}; {who}.")
        if not work["holder"]:
            verb = "night" if work["kind"] == "night" else "release"
            out.print(f"  `arrears {verb} {state} {work['as_of']}` goes on from the step that stopped.")
    for one in found["held_files"]:
        out.print(
            f"[yellow]Held:[/yellow] {one['feed']} {escape(one['file'])} of {one['received_on']}"
            f"{_rows(one)}:"
            f" {escape(one['reason'])} `arrears review approve {state} {one['item_id']}"
            " --as USER --because TEXT` lets it in.",
            soft_wrap=True,
        )
    for one in found["refused_files"]:
        what = one["feed"] or "a file of no feed"
        said = f"{what} {escape(one['file'])}{_rows(one)}: {escape(one['reason'])}"
        out.print(f"[yellow]Refused:[/yellow] {said}")
    for one in last["held_remedies"] if last else ():
        out.print(
            f"[yellow]Held:[/yellow] {one['remedy']}: {escape(one['held'])}."
            f" `arrears review approve {state} {one['item_id']} --as USER --because TEXT` lets it go on.",
            soft_wrap=True,
        )
    if few := last and last["usual_not_known"]:
        out.print(f"Not known yet: how many parents are usual, of {len(few):,} remedies (too few nights).")
    if last and last["missing"]:
        out.print(f"[yellow]Expected and not here:[/yellow] {', '.join(last['missing'])}.")
    for one in last["late"] if last else ():
        out.print(f"[yellow]Late:[/yellow] {one['feed']}, due by {one['due_on']}.")
    for why in last["off"] if last else ():
        out.print(f"[yellow]Off:[/yellow] {escape(why)}.")
    for one in found["wrong_person_claims"]:
        asked = f"{one['by']} asked of {one['person']} on {one['on']}"
        verb = f"`arrears undo {state} {one['person']}`"
        out.print(f"[yellow]Wrong person?[/yellow] {asked}; a supervisor decides: {verb}.")
    if last and found["decisions_since"]:
        out.print(
            f"{found['decisions_since']:,} decision(s) since; `arrears release {state} {last['as_of']}`"
            " sends what they approved."
        )


def _rows(one: Row) -> str:
    usual = "" if one["usual_rows"] is None else f", usual {one['usual_rows']:,}"
    return f" ({one['rows']:,} rows{usual})"
