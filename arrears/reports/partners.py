"""What partners made of our files, and we of theirs: rejects by queue and feed, and matches by feed."""

from arrears import house
from arrears.answers.closed_nights import ClosedNight
from arrears.answers.display import Told, fetch
from arrears.answers.quality_rules import QualityRules
from arrears.data.warehouse import Connection, attach_arrow
from arrears.intake.feeds import load_feeds
from arrears.reports.percent import basis_points


def rejects_by_queue(con: Connection, night: ClosedNight, rules: QualityRules) -> list[Told]:
    """Acts sent through each queue, partners' answers to them, and how many of these are rejects.

    Needs `staging.*` and `ledger.published` as of the night.
    """
    held = night.ledger.snapshot(night.state, night.cut, only=["acknowledgements"])["acknowledgements"]
    attach_arrow(con, "ledger.acknowledgements", held)
    parts = [
        """SELECT queue, 'acknowledgements' AS feed, count(*) AS answers,
             count(*) FILTER (result <> 'accepted') AS rejected, 'answers' AS of
           FROM ledger.acknowledgements GROUP BY queue"""
    ]
    parts += [
        f"""SELECT '{"/".join(one.queues)}' AS queue, '{one.feed}' AS feed,
              count(*) FILTER ({one.answered_when}) AS answers,
              count(*) FILTER ({one.rejected_when}) AS rejected, '{one.of}' AS of
            FROM staging.{one.feed}"""
        for one in rules.answers.values()
    ]
    rows = fetch(
        con,
        f"""WITH answer AS ({" UNION ALL ".join(parts)}),
            sent AS (
              SELECT queue, count(*) AS sent FROM ledger.published WHERE batch_no IS NOT NULL AND batch_no > 0
              GROUP BY queue)
            SELECT answer.queue, answer.feed, answer.of, answer.answers, answer.rejected,
              coalesce((SELECT sum(sent) FROM sent
                WHERE list_contains(string_split(answer.queue, '/'), sent.queue)), 0) AS sent
            FROM answer ORDER BY answer.queue, answer.feed""",
        {},
    )
    return [
        {
            "queues": row["queue"].split("/"),
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


def rejects_by_feed(night: ClosedNight) -> list[Told]:
    """Lines of each feed that could not be read and were set aside, and what became of its deliveries."""
    loaded = night.ledger.loaded(night.state)
    found: dict[str, Told] = {}
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


def match_rates(con: Connection) -> list[Told]:
    """Rows of each feed that name a person, how many are linked exactly, and how many only might be."""
    feeds = {name: one for name, one in load_feeds(house.FEEDS).items() if not one.match.none}
    rows = " UNION ALL ".join(
        f"SELECT '{name}' AS feed, count(*) AS rows FROM staging.{name}" for name in feeds
    )
    told = """SELECT feed, count(DISTINCT (source_file, source_line)) AS lines FROM match.{} GROUP BY feed"""
    found = fetch(
        con,
        f"""SELECT feed, rows, coalesce(links.lines, 0) AS linked, coalesce(doubtful.lines, 0) AS doubtful
            FROM ({rows})
            LEFT JOIN ({told.format("links")}) AS links USING (feed)
            LEFT JOIN ({told.format("candidates")}) AS doubtful USING (feed)
            WHERE rows > 0 ORDER BY feed""",
        {},
    )
    return [
        {**one, "title": feeds[one["feed"]].title, "basis_points": basis_points(one["linked"], one["rows"])}
        for one in found
    ]
