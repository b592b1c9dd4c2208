"""What partners made of our files, and we of theirs: rejects by queue and feed, and matches by feed."""

from pathlib import Path

from arrears import house
from arrears.answers.closed_nights import ClosedNight
from arrears.answers.display import fetch_file
from arrears.answers.partner_answers import make_answered
from arrears.answers.quality_rules import QualityRules
from arrears.data.warehouse import Connection
from arrears.intake.feeds import load_feeds
from arrears.reports.percent import basis_points
from arrears.values import Row

SQL = Path(__file__).with_name("sql")


def rejects_by_queue(con: Connection, night: ClosedNight, rules: QualityRules) -> list[Row]:
    """Acts sent through each queue, partners' answers to them, and how many of these are rejects.

    Needs `staging.*` and `ledger.published` as of the night.
    """
    make_answered(con, rules.answers, night.as_of)
    rows = fetch_file(con, SQL / "rejects.sql")
    rows.sort(key=lambda row: (rules.answers[row["feed"]].queues, row["feed"]))
    return [
        {
            "queues": [*rules.answers[row["feed"]].queues],
            "feed": row["feed"],
            "sent": int(row["sent"]),
            "answers": row["answers"] if row["of"] == "answers" else None,
            "rejected": row["rejected"],
            "basis_points": basis_points(
                row["rejected"], row["answers" if row["of"] == "answers" else "sent"]
            ),
        }
        for row in rows
        if row["sent"] or row["answers"]
    ]


def rejects_by_feed(night: ClosedNight) -> list[Row]:
    """Lines of each feed that could not be read and were set aside, and what became of its deliveries."""
    loaded = night.ledger.loaded(night.state)
    found: dict[str, Row] = {}
    for one in night.ledger.deliveries(night.state, cut=night.cut):
        told = found.setdefault(
            one.feed or "not known",
            {"feed": one.feed or "not known", "accepted": 0, "held": 0, "refused": 0, "duplicate": 0}
            | {"rows": 0, "rejects": 0},
        )
        told[one.outcome] += 1
        if one.outcome == "accepted" and one.delivery_id in loaded:
            told["rows"] += loaded[one.delivery_id].rows
            told["rejects"] += loaded[one.delivery_id].rejects
    return [
        {**told, "basis_points": basis_points(told["rejects"], told["rows"] + told["rejects"])}
        for _, told in sorted(found.items())
    ]


def match_rates(con: Connection) -> list[Row]:
    """Rows of each feed that name a person, how many are linked exactly, and how many only might be."""
    feeds = {name: one for name, one in load_feeds(house.FEEDS).items() if not one.match.none}
    rows = " UNION ALL ".join(
        f"SELECT '{name}' AS feed, count(*) AS rows FROM staging.{name}" for name in feeds
    )
    con.execute(f"CREATE OR REPLACE TEMP VIEW staged AS {rows}")
    found = fetch_file(con, SQL / "match_rates.sql")
    return [
        {**one, "title": feeds[one["feed"]].title, "basis_points": basis_points(one["linked"], one["rows"])}
        for one in found
    ]
