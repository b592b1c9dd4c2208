"""The bulk's opening ledger: what the agency had sent already, so that the first night is not a flood."""

from dataclasses import asdict, replace
from pathlib import Path

from arrears.data.warehouse import Connection, add_sql_file, run_sql_file
from arrears.fakes.frame import Frame
from arrears.fakes.money import make_balances
from arrears.fakes.verdicts import MASSACHUSETTS, SENT, SentItem

SQL = Path(__file__).with_name("sql")
# What may be told before the debt is final by a served notice; and what is told again by month or year.
NO_SERVICE = ("federal A", "federal N", "offset notice A", "offset notice N", "passport A", "passport N")
# What neither a hearing nor a bankruptcy stops.
UNSTOPPED = (*NO_SERVICE, "state")
AGAIN = {"credit": "month", "annual": "year"}
# What a remedy reaches: which debt, from how many cents of it and of all debt.
REACHED = {
    "credit": ("owed", 100_001, 0),
    "state": ("owed", 2_501, 0),
    "lottery": ("owed", 50_000, 0),
    "registry": ("owed", 1, 0),
    "network": ("owed", 1, 0),
    "federal A": ("assigned", 15_000, 0),
    "federal N": ("unassigned", 50_000, 0),
    "annual": ("owed", 1, 0),
    "offset notice A": ("assigned", 1, 0),
    "offset notice N": ("unassigned", 1, 0),
    "restrict": ("owed", 50_001, 0),
    "passport A": ("assigned", 1, 250_001),
    "passport N": ("unassigned", 1, 250_001),
}


def sent_in(state: str, items: tuple[SentItem, ...]) -> list[SentItem]:
    """The lines of the opening ledger that a state has, under its own remedies."""
    own = MASSACHUSETTS if state == "ma" else {}
    renamed = [replace(item, remedy=own.get(item.remedy, item.remedy)) for item in items]
    return [item for item in renamed if item.remedy]


def make_sent(con: Connection, frame: Frame) -> None:
    """Fills `v.sent` with what most long-standing debtors' cases had led to before the first night."""
    shares = frame.shares
    make_balances(con, frame.throughs[0])
    run_sql_file(con, SQL / "standing.sql", "standing", frame.params)
    for what, (debt, least, least_owed) in REACHED.items():
        if what.startswith("passport") and not shares["told_unserved"]:
            continue
        for item in sent_in(frame.state, SENT[what]):
            line = {**asdict(item), "what": what, "debt": debt, "least_cents": least}
            line |= {"least_owed_cents": least_owed, "needs_service": what not in NO_SERVICE}
            line |= {"waits": what not in UNSTOPPED}
            line |= {"share": shares["told_licenses" if what == "restrict" else "told"]}
            line |= {"again": AGAIN.get(what, "") if shares["told_unserved"] else ""}
            add_sql_file(con, SQL / "sent.sql", "v.sent", {**frame.params, **line, "carry": list(item.carry)})
    most = {**frame.params, "share": shares["told"]}
    add_sql_file(con, SQL / "notices_under_way.sql", "v.notices", most)
    add_sql_file(con, SQL / "ordered.sql", "v.sent", most)
    add_sql_file(con, SQL / "ordered_arrears.sql", "v.sent", most)
    if frame.state == "ma":
        add_sql_file(con, SQL / "notices_of_refunds.sql", "v.notices", most)
    add_sql_file(con, SQL / "notices_of_offsets.sql", "v.notices", {})
    add_sql_file(con, SQL / "notices_of_offsets_beside.sql", "v.notices", frame.params)
