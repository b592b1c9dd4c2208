"""What an operator and a supervisor want to know of a run, as data and as a printed page."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears.data.warehouse import Connection, file_list, quote, row_count
from arrears.days import CADENCES, Calendar
from arrears.intake.inbox import masked_in
from arrears.law.decide import why_off
from arrears.law.verdicts import Verdicts, count_columns, counts_of
from arrears.ledger.records import Delivery, held_item_id
from arrears.night.checks import PAGE
from arrears.night.run import Night
from arrears.night.stops import CHECK_ITEM
from arrears.night.volume import NOT_KNOWN
from arrears.values import dollars

SQL = Path(__file__).with_name("sql")
Summary = dict[str, Any]


def summarize(night: Night, con: Connection) -> Summary:
    """The run in counts and dollars: files and their fate, matches, verdicts, work list, queue files."""
    gone = missing(night)
    not_there = {one["feed"] for one in gone}
    return {
        "state": night.state,
        "as_of": night.as_of.isoformat(),
        "kind": night.run.kind,
        "run": night.run.run_id,
        "known_at": night.run.cut.known_at.isoformat(),
        "deliveries": deliveries(night),
        "missing": gone,
        "late": late(
            {name: cadence for name, cadence in cadences(night).items() if name not in not_there},
            night.deliveries,
            night.profile.calendar(),
            night.as_of,
        ),
        "match": counted(con, night, "match/links", "feed")
        | {"doubtful": row_count(night.folder / "match" / "candidates.parquet")},
        "verdicts": verdicts(night, con),
        "off": off(night),
        "work_list": counted(con, night, "plan/work_list", "kind"),
        "acts": acts(night, con),
        "queues": sent(night),
        "sends_nothing": night.ledger.sends_nothing(night.state, night.as_of),
        "held": kept_back(night.folder, "held"),
        "usual_not_known": kept_back(night.folder, NOT_KNOWN),
        "stopped": stopped(night),
        "not_sent": dict(Counter(row["queue"] for row in kept_back(night.folder, "not_sent"))),
    }


def deliveries(night: Night) -> list[dict[str, Any]]:
    """Each delivery that came since the run before this one, with its fate, rows and rejects."""
    before = [r for r in night.ledger.runs(night.state) if r.run_id != night.run.run_id]
    since = max((r.cut.position for r in before if r.status == "closed"), default=0)
    loaded = night.ledger.loaded(night.state)
    found = []
    for one in night.ledger.deliveries(night.state, cut=night.run.cut):
        if one.position <= since:
            continue
        fate = loaded.get(one.delivery_id)
        found.append(
            {
                "feed": one.feed,
                "delivery": one.delivery_id,
                "outcome": one.outcome,
                "reason": one.reason,
                "rows": fate.rows if fate else one.rows,
                "rejects": fate.rejects if fate else 0,
                "warnings": masked_in(night.store, one),
            }
        )
    return found


def cadences(night: Night) -> dict[str, str]:
    """How often each feed that the state expects should come."""
    return {name: one.cadence or night.feeds[name].cadence for name, one in night.profile.feeds.items()}


def missing(night: Night) -> list[dict[str, Any]]:
    """The feeds that the state expects and of which no file that is still current has come, by name."""
    last: dict[str, date] = {}
    for one in night.deliveries:
        day = one.period_on or one.received_on
        last[one.feed] = max(day, last.get(one.feed, day))
    found = []
    for name, cadence in sorted(cadences(night).items()):
        feed, came = night.feeds[name], last.get(name)
        if came is None or came < night.as_of - timedelta(feed.stale_after_days):
            found.append({"feed": name, "cadence": cadence, "last_on": came and came.isoformat()})
    return found


def late(
    expected: Mapping[str, str], deliveries: Iterable[Delivery], calendar: Calendar, as_of: date
) -> list[dict[str, Any]]:
    """Each feed whose next delivery should have come by now, by its cadence and the day of the last one."""
    last: dict[str, date] = {}
    for one in deliveries:
        last[one.feed] = max(one.received_on, last.get(one.feed, one.received_on))
    found = []
    for name, cadence in sorted(expected.items()):
        due = calendar.roll(last.get(name, as_of) + timedelta(CADENCES[cadence]))
        if due < as_of:
            found.append({"feed": name, "cadence": cadence, "last_on": str(last[name]), "due_on": str(due)})
    return found


def counted(con: Connection, night: Night, table: str, by: str) -> dict[str, int]:
    """The rows of a table of the run's folder, counted by a column."""
    path = night.folder / f"{table}.parquet"
    found = con.execute(
        f"SELECT {by}, count(*) FROM read_parquet({file_list([path])}) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return {str(name): int(count) for name, count in found}


def verdicts(night: Night, con: Connection) -> dict[str, dict[str, int]]:
    """Flags, clears, unknowns and parted readings by remedy, of the question whether it may begin."""
    kept = Verdicts(night.folder)
    asked = {
        facts: [one for one in kept.asked.values() if (one.facts, one.part) == (facts, "enter")]
        for facts in kept.tables
    }
    selects = [
        f"SELECT {quote(facts)}, [{', '.join(count_columns(own))}]"
        f" FROM read_parquet({file_list([kept.tables[facts]])})"
        for facts, own in asked.items()
    ]
    counted_rows = con.execute(" UNION ALL ".join(selects)).fetchall() if selects else []
    told = [counts_of(asked[facts], counts) for facts, counts in counted_rows]
    found = {remedy: counts for one in told for (remedy, _), counts in one.items()}
    return {name: found[name] for name in night.cards if name in found}


def off(night: Night) -> dict[str, str | None]:
    """The remedies in force that a value which nobody has set turned off, each with that value."""
    decided = Verdicts(night.folder).remedies
    return {
        name: why_off(night.profile, card, night.as_of)
        for name, card in night.cards.items()
        if name not in decided
    }


def acts(night: Night, con: Connection) -> dict[str, int]:
    """Tonight's acts by what stands in their way."""
    return counted(con, night, "plan/actions", "status")


def sent(night: Night) -> list[dict[str, Any]]:
    """The queue files of this run, as the ledger has them."""
    return [
        {
            "queue": batch.queue,
            "file": batch.file_name,
            "records": batch.records,
            "amount_cents": batch.amount_cents,
            "batch": batch.batch_no,
        }
        for batch in night.ledger.batches(night.state, as_of=night.as_of)
        if batch.run_id == night.run.run_id and batch.status == "published" and batch.records
    ]


def kept_back(folder: Path, name: str) -> list[Any]:
    """What the queues step or the release step wrote down about acts that did not leave."""
    path = folder / "queues" / f"{name}.json"
    found: list[Any] = json.loads(path.read_text()) if path.exists() else []
    return found


def stopped(night: Night) -> list[dict[str, Any]]:
    """The due acts that a stop kept back at the last moment, counted by queue and reason."""
    found = Counter((row["queue"], row["reason"]) for row in kept_back(night.folder, "stopped"))
    return [{"queue": queue, "reason": why, "acts": acts} for (queue, why), acts in sorted(found.items())]


def print_summary(summary: Summary, console: Console | None = None) -> None:
    """Prints a run's summary as tables, ending with what to do next."""
    out = console or Console()
    what = "Night" if summary["kind"] == "night" else "Day release"
    out.print(
        f"\n[bold]{what} of {summary['as_of']}, {summary['state'].upper()}[/bold] (run {summary['run']})"
    )
    print_deliveries(out, summary["state"], summary["deliveries"])
    print_missing(out, summary.get("missing", []))
    for one in summary.get("late", []):
        out.print(
            f"[yellow]{one['feed']} is late:[/yellow] it comes {one['cadence']}, last on {one['last_on']};"
            f" the next was due by {one['due_on']}."
        )
    links = ", ".join(f"{feed} {count:,}" for feed, count in summary["match"].items() if feed != "doubtful")
    out.print(
        f"Matched exactly: {links or 'nothing'}. Doubtful, for a person: {summary['match']['doubtful']:,}."
    )
    print_verdicts(out, summary["verdicts"])
    for why in summary["off"].values():
        out.print(f"[yellow]{why}.[/yellow]")
    waiting = ", ".join(f"{kind.replace('_', ' ')} {count:,}" for kind, count in summary["work_list"].items())
    out.print(f"Waiting for a person: {waiting or 'nothing'}.")
    print_queues(out, summary["queues"])
    if because := summary.get("sends_nothing"):
        out.print(f"[yellow]Nothing was to leave of this night:[/yellow] {escape(because)}")
    for one in summary["held"]:
        what = one["queue"] or one["remedy"]
        out.print(f"[yellow]{what} is held:[/yellow] {escape(one['held'])}.", soft_wrap=True)
    if few := summary.get("usual_not_known"):
        out.print(f"How many parents are usual is not known yet of {len(few):,} remedies: too few nights.")
    for one in summary.get("stopped", []):
        out.print(
            f"[yellow]{one['queue']}: {one['acts']:,} due act(s) did not leave:[/yellow] {one['reason']}."
        )
    if summary["not_sent"]:
        each = ", ".join(f"{queue} {count:,}" for queue, count in summary["not_sent"].items())
        out.print(f"Could not be written and went to a person: {each}.")
    out.print("Next: " + next_step(summary))


def print_deliveries(out: Console, state: str, found: list[dict[str, Any]]) -> None:
    """Prints the files that came and what became of them."""
    table = Table("feed", "delivery", "fate", "rows", "rejects", "why", title="Files", title_justify="left")
    for one in found:
        table.add_row(
            one["feed"] or "not known",
            one["delivery"][:8],
            one["outcome"],
            f"{one['rows']:,}",
            f"{one['rejects']:,}",
            one["reason"],
        )
    out.print(table if found else "No new files.")
    for one in found:
        if one["outcome"] == "held":
            item = held_item_id(one["delivery"])
            out.print(
                f"Held: `arrears review approve {state} {item} --as USER --because TEXT` lets it in,"
                " `reject` keeps it out.",
                soft_wrap=True,
            )
        for warning in one.get("warnings", []):
            out.print(
                f"[yellow]{one['feed']} {one['delivery'][:8]}:[/yellow] {escape(warning)}: a number in words."
            )


def print_missing(out: Console, found: list[dict[str, Any]]) -> None:
    """Prints, in one line, the feeds that are expected and not here."""
    each = ", ".join(
        f"{one['feed']} ({one['cadence']}, {'last ' + one['last_on'] if one['last_on'] else 'never came'})"
        for one in found
    )
    if each:
        out.print(f"[yellow]Expected and not here:[/yellow] {each}. What they would say is not known.")


def print_verdicts(out: Console, found: dict[str, dict[str, int]]) -> None:
    """Prints how each remedy decided."""
    table = Table(
        "remedy",
        "flag",
        "clear",
        "unknown",
        "guide, statute disagree",
        title="Verdicts",
        title_justify="left",
    )
    for name, counts in found.items():
        table.add_row(name, *(f"{counts[key]:,}" for key in ("flag", "clear", "unknown", "readings_differ")))
    out.print(table)


def print_queues(out: Console, found: list[dict[str, Any]]) -> None:
    """Prints the queue files with counts, dollars and paths."""
    table = Table("queue", "records", "dollars", title="Sent", title_justify="left")
    table.add_column("file in the store", overflow="fold")
    for one in found:
        table.add_row(one["queue"], f"{one['records']:,}", dollars(one["amount_cents"]), one["file"])
    out.print(table if found else "Sent: nothing new.")


def next_step(summary: Summary) -> str:
    """What a person should do after this run, in one sentence."""
    state, as_of, work = summary["state"], summary["as_of"], summary["work_list"]
    if summary.get("sends_nothing"):
        return "the next night sends what is still due."
    held = [d for d in summary["deliveries"] if d["outcome"] in ("held", "refused")]
    gated = [one["item_id"] for one in summary["held"] if not one["item_id"].startswith(CHECK_ITEM)]
    if len(gated) < len(summary["held"]):
        return (
            f"read the checks of the night in nights/{state}/{as_of}/{PAGE} of the store: they stop a queue."
        )
    if gated:
        item = gated[0]
        return f"look before you approve `{item}`: it is not as many as usual."
    caseload = [d for d in summary["deliveries"] if d["feed"] == "caseload"]
    if caseload and all(d["outcome"] in ("held", "refused") for d in caseload):
        why = caseload[-1]
        return f"this night rests on an earlier caseload, since its own was {why['outcome']}: {why['reason']}"
    if held:
        return f"{len(held)} file(s) were held or refused: read why above, and ask the sender."
    if work.get("review") or work.get("approval"):
        return (
            f"`arrears review list {state} {as_of}` shows what waits;"
            f" approved lines leave by `arrears release {state} {as_of}`."
        )
    return "nothing waits for a decision."
