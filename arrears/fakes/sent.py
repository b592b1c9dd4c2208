"""The bulk's opening ledger: what the agency had sent already, so that the first night is not a flood."""

from dataclasses import asdict, replace
from pathlib import Path

from arrears.data.warehouse import Connection, add_sql_file, run_sql_file
from arrears.fakes.frame import Frame
from arrears.fakes.money import make_balances
from arrears.fakes.verdicts import MASSACHUSETTS, SENT, SentItem

SQL = Path(__file__).with_name("sql")
SHARE = 85  # of a hundred cases that a remedy reaches, so many are with the partner already
LICENSE_SHARE = 60
# What a remedy reaches: which debt, from how many cents, and what share of those the partner has already.
REACHED = {
    "credit": ("owed", 100_001, SHARE),
    "state": ("owed", 2_501, SHARE),
    "lottery": ("owed", 50_000, SHARE),
    "registry": ("owed", 1, SHARE),
    "network": ("owed", 1, SHARE),
    "federal A": ("assigned", 15_000, SHARE),
    "federal N": ("unassigned", 50_000, SHARE),
    "annual": ("owed", 1, SHARE),
    "offset notice A": ("assigned", 1, SHARE),
    "offset notice N": ("unassigned", 1, SHARE),
    "restrict": ("owed", 50_001, LICENSE_SHARE),
}


def sent_in(state: str, items: tuple[SentItem, ...]) -> list[SentItem]:
    """The lines of the opening ledger that a state has, under its own remedies."""
    own = MASSACHUSETTS if state == "ma" else {}
    renamed = [replace(item, remedy=own.get(item.remedy, item.remedy)) for item in items]
    return [item for item in renamed if item.remedy]


def make_sent(con: Connection, frame: Frame) -> None:
    """Fills `v.sent` with what most long-standing debtors' cases had led to before the first night."""
    make_balances(con, frame.throughs[0])
    run_sql_file(con, SQL / "standing.sql", "standing", frame.params)
    for what, (debt, least, share) in REACHED.items():
        for item in sent_in(frame.state, SENT[what]):
            line = {**asdict(item), "what": what, "debt": debt, "least_cents": least, "share": share}
            add_sql_file(con, SQL / "sent.sql", "v.sent", {**frame.params, **line, "carry": list(item.carry)})
    most = {**frame.params, "share": SHARE}
    add_sql_file(con, SQL / "notices_under_way.sql", "v.notices", most)
    add_sql_file(con, SQL / "ordered.sql", "v.sent", most)
    if frame.state == "ma":
        add_sql_file(con, SQL / "notices_of_refunds.sql", "v.notices", most)
    add_sql_file(con, SQL / "notices_of_offsets.sql", "v.notices", {})
