"""How often people agreed with a rule: precision by remedy and by condition, from their own decisions."""

from collections.abc import Mapping
from datetime import date

import pyarrow as pa

from arrears import house
from arrears.answers.closed_nights import ClosedNight
from arrears.answers.display import Told, fetch
from arrears.answers.quality_rules import QualityRules
from arrears.data.warehouse import Connection, attach_arrow
from arrears.law.remedy import Card, load_cards, title_of
from arrears.law.work_order import load_work_order
from arrears.reports.percent import basis_points

# A later decision on an item replaces an earlier one; a hold is not a verdict.
VERDICTS = """
  SELECT remedy, item_id, reason_code,
    CASE WHEN decision = 'approve' THEN 'yes' ELSE coalesce(reason.was_right, 'not_said') END AS was_right,
    decision = 'approve' AS is_approved
  FROM (
    SELECT * FROM quality.decisions
    WHERE remedy <> '' AND decided_on <= $as_of
    QUALIFY row_number() OVER (PARTITION BY item_id ORDER BY position DESC) = 1
  ) AS last
  LEFT JOIN quality.reason AS reason ON reason.code = last.reason_code
  WHERE decision IN ('approve', 'reject')"""


def precision(con: Connection, night: ClosedNight, rules: QualityRules) -> Told:
    """Precision by remedy and by condition, of everything that people had decided by the end of that day."""
    attach_arrow(
        con, "quality.decisions", night.ledger.snapshot(night.state, only=["decisions"])["decisions"]
    )
    cards = load_cards(house.RULES)
    reasons = [
        {"code": one.code, "was_right": one.was_right}
        for one in load_work_order(house.RULES).reasons.values()
    ]
    attach_arrow(con, "quality.reason", pa.Table.from_pylist(reasons, REASON))
    attach_arrow(con, "quality.blame", pa.Table.from_pylist(list(_blames(cards, rules)), BLAME))
    return {
        "by_remedy": _by_remedy(con, night.as_of, cards),
        "by_condition": _by_condition(con, night.as_of, cards),
        "by_reason": _by_reason(con, night.as_of),
    }


REASON = pa.schema([("code", pa.string()), ("was_right", pa.string())])
BLAME = pa.schema([("remedy", pa.string()), ("code", pa.string()), ("condition", pa.string())])


def _blames(cards: Mapping[str, Card], rules: QualityRules) -> list[Told]:
    """The condition of each remedy that each reason speaks against, where the remedy has one of them."""
    found = []
    for card in cards.values():
        have = {one.name for one in card.conditions["enter"]}
        for code, conditions in rules.blames.items():
            if first := next((one for one in conditions if one in have), None):
                found.append({"remedy": card.remedy, "code": code, "condition": first})
    return found


def _by_remedy(con: Connection, as_of: date, cards: Mapping[str, Card]) -> list[Told]:
    rows = fetch(
        con,
        f"""SELECT remedy,
              count(*) FILTER (is_approved)                             AS approved,
              count(*) FILTER (NOT is_approved AND was_right = 'yes')   AS rejected_though_right,
              count(*) FILTER (was_right = 'no')                        AS rejected_as_wrong,
              count(*) FILTER (was_right = 'not_said')                  AS rejected_without_reason
            FROM ({VERDICTS}) GROUP BY remedy ORDER BY remedy""",
        {"as_of": as_of},
    )
    return [
        {
            **row,
            "title": title_of(cards, row["remedy"]),
            "basis_points": _share(row["approved"] + row["rejected_though_right"], row["rejected_as_wrong"]),
        }
        for row in rows
    ]


def _by_condition(con: Connection, as_of: date, cards: Mapping[str, Card]) -> list[Told]:
    """Each condition that a rejection spoke against; where it names none, the rule as a whole."""
    rows = fetch(
        con,
        f"""WITH verdict AS ({VERDICTS}),
            stood AS (SELECT remedy, count(*) AS times FROM verdict WHERE was_right = 'yes' GROUP BY remedy)
            SELECT verdict.remedy, coalesce(blame.condition, '') AS condition, count(*) AS rejected_as_wrong,
              coalesce(any_value(stood.times), 0) AS stood
            FROM verdict
            LEFT JOIN quality.blame AS blame
              ON blame.remedy = verdict.remedy AND blame.code = verdict.reason_code
            LEFT JOIN stood ON stood.remedy = verdict.remedy
            WHERE verdict.was_right = 'no'
            GROUP BY ALL ORDER BY 1, 2""",
        {"as_of": as_of},
    )
    return [
        {
            **row,
            "title": title_of(cards, row["remedy"]),
            "basis_points": _share(row["stood"], row["rejected_as_wrong"]),
        }
        for row in rows
    ]


def _by_reason(con: Connection, as_of: date) -> list[Told]:
    said = {one.code: one.say for one in load_work_order(house.RULES).reasons.values()}
    rows = fetch(
        con,
        f"""SELECT reason_code, was_right, count(*) AS rejected FROM ({VERDICTS})
            WHERE NOT is_approved GROUP BY ALL ORDER BY rejected DESC, reason_code""",
        {"as_of": as_of},
    )
    return [
        {**row, "say": said.get(row["reason_code"], "No reason code, or one not in the list")} for row in rows
    ]


def _share(right: int, wrong: int) -> int | None:
    return basis_points(right, right + wrong)
