"""How work and debt move: lists by night, how long debt has been due, how fast we let go."""

import json
from collections.abc import Sequence

import pyarrow as pa

from arrears import house
from arrears.answers.closed_nights import ClosedNight
from arrears.answers.display import Told, fetch
from arrears.answers.quality_rules import QualityRules
from arrears.data.warehouse import Connection, attach_arrow, file_list
from arrears.law.remedy import load_cards, title_of
from arrears.law.work_order import load_work_order

NIGHT_OF = pa.schema([("filename", pa.string()), ("remedy", pa.string()), ("as_of", pa.date32())])


def lists_by_night(nights: Sequence[ClosedNight], rules: QualityRules) -> list[Told]:
    """Lines of the work list of each of the last nights, by kind, as each night's summary tells them."""
    found = []
    for night in nights[-rules.nights_shown :]:
        lines: dict[str, int] = json.loads((night.folder / "summary.json").read_text())["work_list"]
        found.append({"as_of": night.as_of.isoformat(), "lines": sum(lines.values()), "kinds": lines})
    return found


def kind_titles(nights: Sequence[Told]) -> dict[str, str]:
    """The words for each kind of line that any of these nights had."""
    order = load_work_order(house.RULES)
    names = sorted({kind for night in nights for kind in night["kinds"]})
    return {name: order.kind(name).title for name in names}


def ageing(con: Connection, night: ClosedNight, rules: QualityRules) -> list[Told]:
    """Cases and what they owe by how long the oldest unpaid installment has been due; needs `facts.*`."""
    bars = bars_of(rules.ageing_days)
    rows = fetch(
        con,
        """WITH aged AS (
             SELECT owed_cents, date_diff('day', oldest_unpaid_due_on, $as_of) AS days
             FROM facts.case_facts WHERE owed_cents > 0)
           SELECT len(list_filter($ends, lambda last: last < days)) AS bar, days IS NULL AS is_unknown,
             count(*) AS cases, CAST(sum(owed_cents) AS BIGINT) AS owed_cents
           FROM aged GROUP BY ALL""",
        {"as_of": night.as_of, "ends": list(rules.ageing_days)},
    )
    counts = {row["bar"]: row for row in rows if not row["is_unknown"]}
    none = {"cases": 0, "owed_cents": 0}
    told = [{"days": bar, **{k: counts.get(n, none)[k] for k in none}} for n, bar in enumerate(bars)]
    unknown = [row for row in rows if row["is_unknown"]]
    return told + [{"days": "not known", **{k: row[k] for k in none}} for row in unknown]


def releases(con: Connection, nights: Sequence[ClosedNight], rules: QualityRules) -> Told:
    """Days from the first night that asked for a release to the day on which it left, by remedy and in bars.

    Needs `ledger.published` and `ledger.episodes`. A release without such a night before it (a person's
    word, or what Arrears did not see) is counted apart.
    """
    last = nights[-1]
    files = [
        (path, remedy, night)
        for night in nights
        for remedy in _released(con)
        if (path := night.folder / "verdicts" / f"{remedy}.release.parquet").exists()
    ]
    if not files:
        return {"bars": [], "by_remedy": [], "without_ground": 0}
    named = [{"filename": str(path), "remedy": remedy, "as_of": night.as_of} for path, remedy, night in files]
    attach_arrow(con, "quality.night_of", pa.Table.from_pylist(named, NIGHT_OF))
    rows = fetch(
        con,
        f"""WITH asked AS (
              SELECT night.remedy, night.as_of, verdict.subject_id
              FROM read_parquet(
                {file_list([path for path, _, _ in files])}, union_by_name=true, filename=true) AS verdict
              JOIN quality.night_of AS night USING (filename)
              WHERE verdict.verdict = 'flag'),
            left_us AS (
              SELECT sent.remedy, sent.subject_id, sent.episode_id, episode.opened_on,
                min(sent.published_on) AS published_on
              FROM ledger.published AS sent
              LEFT JOIN ledger.episodes AS episode USING (episode_id)
              WHERE sent.kind = 'release' AND sent.batch_no > 0 AND sent.published_on <= $as_of
              GROUP BY ALL),
            gone AS (
              SELECT left_us.remedy, left_us.episode_id, left_us.published_on, min(asked.as_of) AS gone_on
              FROM left_us
              LEFT JOIN asked ON asked.remedy = left_us.remedy AND asked.subject_id = left_us.subject_id
                AND asked.as_of BETWEEN coalesce(left_us.opened_on, asked.as_of) AND left_us.published_on
              GROUP BY ALL)
            SELECT remedy, date_diff('day', gone_on, published_on) AS days, count(*) AS releases
            FROM gone GROUP BY ALL ORDER BY remedy, days""",
        {"as_of": last.as_of},
    )
    return _told_releases(rows, rules)


def bars_of(ends: Sequence[int]) -> list[str]:
    """The words under the bars whose last days these are."""
    firsts = [0, *(end + 1 for end in ends[:-1])]
    told = [
        f"{end:,}" if first == end else f"{first:,} to {end:,}"
        for first, end in zip(firsts, ends, strict=True)
    ]
    return [*told, f"over {ends[-1]:,}"]


def _released(con: Connection) -> list[str]:
    found = con.execute(
        "SELECT DISTINCT remedy FROM ledger.published WHERE kind = 'release' AND batch_no > 0 ORDER BY 1"
    ).fetchall()
    return [str(row[0]) for row in found]


def _told_releases(rows: list[Told], rules: QualityRules) -> Told:
    cards = load_cards(house.RULES)
    known = [row for row in rows if row["days"] is not None]
    bars = dict.fromkeys(bars_of(rules.release_days), 0)
    names = list(bars)
    for row in known:
        bars[names[sum(row["days"] > end for end in rules.release_days)]] += row["releases"]
    by_remedy = []
    for remedy in dict.fromkeys(row["remedy"] for row in rows):
        own = [row for row in known if row["remedy"] == remedy]
        by_remedy.append(
            {
                "remedy": remedy,
                "title": title_of(cards, remedy),
                "releases": sum(row["releases"] for row in rows if row["remedy"] == remedy),
                "same_day": sum(row["releases"] for row in own if row["days"] == 0),
                "longest_days": max((row["days"] for row in own), default=None),
            }
        )
    return {
        "bars": [{"days": days, "releases": count} for days, count in bars.items()],
        "by_remedy": by_remedy,
        "without_ground": sum(row["releases"] for row in rows if row["days"] is None),
    }
