"""What partners said of what we sent: of each act whether it was accepted, rejected, or is overdue."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears import house
from arrears.answers.display import fetch, fetch_file
from arrears.answers.quality_rules import Answers, load_quality
from arrears.data.store import Store
from arrears.data.warehouse import Connection, attach_blocks, quote, run_sql_file, warehouse
from arrears.intake.feeds import load_feeds
from arrears.intake.load import attach
from arrears.law.profile import Profile
from arrears.law.remedy import load_cards, title_of
from arrears.ledger import Ledger
from arrears.sqltext import columns
from arrears.values import Row

SQL = Path(__file__).with_name("sql")
WORK = ("rejected", "overdue")


def partner_answers(store: Store, state: str, deliveries: Collection[str] = ()) -> Row:
    """The scorecard of each partner that answers, each act that needs somebody, and what nobody sent.

    With `deliveries` the answers that came in these are told one by one, too.
    """
    Profile.load(house.RULES, state)  # an unknown state is said to be one
    ledger, rules = Ledger.open(store.ledger_url), load_quality(house.RULES).answers
    came, feeds = ledger.deliveries(state, outcome="accepted"), load_feeds(house.FEEDS)
    days = [run.as_of for run in ledger.runs(state) if run.status == "closed"]
    as_of = max([*days, *(one.received_on for one in came)], default=date.min)
    with warehouse(spill=store.spill()) as con:
        attach(con, store, state, came, {name: feeds[name] for name in rules})
        with ledger.blocks(state, only=["published"]) as told:
            attach_blocks(con, "ledger.published", told["published"])
        make_answered(con, rules, as_of)
        cards = fetch_file(con, SQL / "scorecards.sql", {"half": 0.5})
        left_over = "list_contains($work, became) AND NOT (became = 'rejected' AND is_followed)"
        acts = fetch(con, f"FROM answered WHERE {left_over}", {"work": [*WORK]})
        heard = fetch(
            con,
            """SELECT answer.*, answered.queue, answered.remedy, answered.subject_id FROM answer
               LEFT JOIN answered USING (action_id) WHERE list_contains($of, answer.source_file)
               ORDER BY feed, answer.source_file, answer.source_line""",
            {"of": [*deliveries]},
        )
        strangers = fetch(
            con,
            "SELECT feed, count(*) AS answers FROM answer WHERE action_id IS NULL GROUP BY ALL ORDER BY ALL",
            {},
        )
    return {
        "state": state,
        "as_of": as_of.isoformat() if came else None,
        "queues": cards,
        "acts": [_act(row, rules) for row in acts],
        "heard": [_answer(row) for row in heard],
        "no_answers": sorted({one.feed for one in came if one.delivery_id in deliveries} - rules.keys()),
        "not_ours": {row["feed"]: row["answers"] for row in strangers},
    }


def make_answered(con: Connection, rules: Mapping[str, Answers], as_of: date) -> None:
    """Makes `sent`, `answer` and `answered` of `staging.*` and `ledger.published`."""
    queues = sorted({queue for one in rules.values() for queue in one.queues})
    run_sql_file(con, SQL / "sent_acts.sql", "sent", {"queues": queues})
    rows = ", ".join(
        f"({quote(queue)}, {quote(one.feed)}, {quote(one.of)})"
        for one in rules.values()
        for queue in one.queues
    )
    con.execute(f"CREATE TABLE answering AS FROM (VALUES {rows}) AS told(queue, feed, of)")
    each = " UNION ALL ".join(map(answer_select, rules.values()))
    con.execute(f"CREATE TABLE answer AS {each}")
    run_sql_file(con, SQL / "answered_acts.sql", "answered", {"as_of": as_of})


def answer_select(one: Answers) -> str:
    """The SELECT of a feed's answers: each with the last act before it that it answers, if there is one."""
    told = {
        "feed": quote(one.feed),
        "source_file": "said.source_file",
        "source_line": "said.source_line",
        "said_on": "said.said_on",
        "is_rejected": f"coalesce({one.rejected_when}, false)",
        "is_final": str(one.is_final).lower(),
        "reason": f"CAST(({one.reason}) AS VARCHAR)",
        "action_id": "sent.action_id",
    }
    rows = f"""SELECT rows.*, coalesce(arrivals.period_on, arrivals.received_on) AS said_on
      FROM staging.{one.feed} AS rows JOIN staging.arrivals AS arrivals
        ON arrivals.feed = {quote(one.feed)} AND arrivals.source_file = rows.source_file"""
    through = ", ".join(map(quote, one.queues))
    act = f"sent.queue IN ({through}) AND sent.published_on <= said.said_on AND ({one.to})"
    line = "said.source_file, said.source_line"
    # Of rejects alone, one that came today is of what left before: today's may be the correction of it.
    before = "sent.published_on < said.said_on DESC NULLS LAST, " if one.of == "sent" else ""
    last = f"{before}sent.published_on DESC NULLS LAST, sent.action_id"
    answers = f"FROM ({rows}) AS said LEFT JOIN sent ON {act} WHERE {one.answered_when}"
    once = f"QUALIFY row_number() OVER (PARTITION BY {line} ORDER BY {last}) = 1"
    return f"SELECT {columns(told)} {answers} {once}"


def _act(row: Row, rules: Mapping[str, Answers]) -> Row:
    """One act that needs somebody, its reason in words, without what only the engine knows."""
    days = {name: row[name] and row[name].isoformat() for name in ("published_on", "said_on", "due_on")}
    names = ("queue", "action_id", "remedy", "step", "message", "case_id", "person_id", "became", "reason")
    because = rules[row["feed"]].in_words(row["reason"]) if row["reason"] else None
    told = {"because": because, "times_rejected": row["times_rejected"]}
    told |= {"feed": row["feed"], "line": row["source_line"]}
    return {name: row[name] for name in names} | days | told


def _answer(row: Row) -> Row:
    """One answer of a file: to which act it is, and what it says."""
    says = "not ours" if row["action_id"] is None else "rejected" if row["is_rejected"] else "accepted"
    if says == "accepted" and not row["is_final"]:
        says = "received"
    return {
        "feed": row["feed"],
        "line": row["source_line"],
        "says": says,
        "reason": row["reason"] if row["is_rejected"] else None,
        "queue": row["queue"],
        "action_id": row["action_id"],
    }


def print_answers(found: Row, limit: int, out: Console) -> None:
    """Prints what files said, the scorecard of each partner, and which acts need somebody."""
    if found["heard"]:
        counts = Counter((one["feed"], one["says"]) for one in found["heard"])
        for feed in dict.fromkeys(one["feed"] for one in found["heard"]):
            says = ", ".join(f"{count:,} {word}" for (name, word), count in counts.items() if name == feed)
            out.print(f"{feed}: {says}.")
    for feed in found["no_answers"]:
        out.print(f"[yellow]In {feed} no partner answers:[/yellow] it was taken in as any file.")
    numbers = ("sent", "accepted", "rejected", "received", "waiting", "overdue")
    table = Table("queue", *numbers, "median days", title="What became of what we sent", title_justify="left")
    for one in found["queues"]:
        days = "" if one["median_days"] is None else str(one["median_days"])
        table.add_row(one["queue"], *(f"{one[name]:,}" for name in numbers), days)
    out.print(table if found["queues"] else "Nothing was sent to a partner that answers.")
    cards = load_cards(house.RULES)
    if found["acts"]:
        each = Table("queue", "what", "about", "left", "became", "why")
        for one in found["acts"][:limit]:
            why = one["because"] or f"due by {one['due_on']}"
            what = f"{title_of(cards, one['remedy'])}, {one['message']}"
            about = one["case_id"] or one["person_id"]
            each.add_row(*map(escape, (one["queue"], what, about, one["published_on"], one["became"], why)))
        out.print(each)
        if len(found["acts"]) > limit:
            out.print(f"{len(found['acts']) - limit:,} more; --limit shows more, --json all.")
    for feed, count in found["not_ours"].items():
        out.print(f"[yellow]{feed}: {count:,} answer(s) to what we did not send.[/yellow]")
