"""How work and debt move: lists by night, how long debt has been due, how fast we let go."""

import json
from collections.abc import Sequence
from pathlib import Path

from arrears import house
from arrears.answers.closed_nights import ClosedNight
from arrears.answers.display import fetch_file
from arrears.answers.quality_rules import QualityRules
from arrears.data.warehouse import Connection
from arrears.law.remedy import load_cards, title_of
from arrears.law.verdicts import Verdicts
from arrears.law.work_order import load_work_order
from arrears.values import Row

SQL = Path(__file__).with_name("sql")


def lists_by_night(nights: Sequence[ClosedNight], rules: QualityRules) -> list[Row]:
    """Lines of the work list of each of the last nights, by kind, as each night's summary tells them."""
    found = []
    for night in nights[-rules.nights_plotted :]:
        lines: dict[str, int] = json.loads((night.folder / "summary.json").read_text())["work_list"]
        found.append({"as_of": night.as_of.isoformat(), "lines": sum(lines.values()), "kinds": lines})
    return found


def kind_titles(nights: Sequence[Row]) -> dict[str, str]:
    """The words for each kind of line that any of these nights had."""
    order = load_work_order(house.RULES)
    names = sorted({kind for night in nights for kind in night["kinds"]})
    return {name: order.kind(name).title for name in names}


def ageing(con: Connection, night: ClosedNight, rules: QualityRules) -> list[Row]:
    """Cases and what they owe by how long the oldest unpaid installment has been due; needs `facts.*`."""
    bars = bars_of(rules.ageing_days)
    asked = {"as_of": night.as_of, "ends": list(rules.ageing_days)}
    rows = fetch_file(con, SQL / "ageing.sql", asked)
    counts = {row["bar"]: row for row in rows if not row["is_unknown"]}
    none = {"cases": 0, "owed_cents": 0}
    told = [{"days": bar, **{k: counts.get(n, none)[k] for k in none}} for n, bar in enumerate(bars)]
    unknown = [row for row in rows if row["is_unknown"]]
    return told + [{"days": "not known", **{k: row[k] for k in none}} for row in unknown]


def releases(con: Connection, nights: Sequence[ClosedNight], rules: QualityRules) -> Row:
    """Days from the first night that asked for a release to the day on which it left, by remedy and in bars.

    Needs `ledger.published` and `ledger.episodes`. A release without such a night before it (a person's
    word, or what Arrears did not see) is counted apart.
    """
    last = nights[-1]
    released = _released(con)
    asked = [
        f"SELECT remedy, DATE '{night.as_of}' AS as_of, subject_id"
        f" FROM ({kept.select(remedy, 'release')}) WHERE verdict = 'flag'"
        for night in nights
        if (kept := Verdicts(night.folder))
        for remedy in released
        if remedy in kept.remedies
    ]
    if not asked:
        return {"bars": [], "by_remedy": [], "without_ground": 0}
    about = {"asked": " UNION ALL ".join(asked), "as_of": last.as_of}
    rows = fetch_file(con, SQL / "releases.sql", about)
    return _release_delays(rows, rules)


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


def _release_delays(rows: list[Row], rules: QualityRules) -> Row:
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
