"""How often people agreed with a rule: precision by remedy and by condition, from their own decisions."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from arrears import house
from arrears.answers.closed_nights import ClosedNight
from arrears.answers.display import fetch_file
from arrears.answers.quality_rules import QualityRules
from arrears.data.warehouse import Connection, attach_arrow, file_list, run_sql_file
from arrears.law.remedy import Card, load_cards, title_of
from arrears.law.work_order import load_work_order
from arrears.reports.percent import basis_points
from arrears.values import Row

SQL = Path(__file__).with_name("sql")


def precision(con: Connection, night: ClosedNight, rules: QualityRules) -> Row:
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
    run_sql_file(con, SQL / "opinions.sql", "quality.opinions", {"as_of": night.as_of})
    return {
        "by_remedy": _by_remedy(con, cards),
        "by_condition": _by_condition(con, cards),
        "by_reason": _by_reason(con),
    }


REASON = pa.schema([("code", pa.string()), ("was_right", pa.string())])
BLAME = pa.schema([("remedy", pa.string()), ("code", pa.string()), ("condition", pa.string())])


def _blames(cards: Mapping[str, Card], rules: QualityRules) -> list[Row]:
    """The condition of each remedy that each reason speaks against, where the remedy has one of them."""
    found = []
    for card in cards.values():
        have = {one.name for one in card.conditions["enter"]}
        for code, conditions in rules.blames.items():
            if first := next((one for one in conditions if one in have), None):
                found.append({"remedy": card.remedy, "code": code, "condition": first})
    return found


def _by_remedy(con: Connection, cards: Mapping[str, Card]) -> list[Row]:
    rows = fetch_file(con, SQL / "opinions_by_remedy.sql")
    return [
        {
            **row,
            "title": title_of(cards, row["remedy"]),
            "basis_points": _share(row["approved"] + row["rejected_though_right"], row["rejected_as_wrong"]),
        }
        for row in rows
    ]


def _by_condition(con: Connection, cards: Mapping[str, Card]) -> list[Row]:
    """Each condition that a rejection spoke against; where it names none, the rule as a whole."""
    rows = fetch_file(con, SQL / "opinions_by_condition.sql")
    return [
        {
            **row,
            "title": title_of(cards, row["remedy"]),
            "basis_points": _share(row["stood"], row["rejected_as_wrong"]),
        }
        for row in rows
    ]


def _by_reason(con: Connection) -> list[Row]:
    said = {one.code: one.say for one in load_work_order(house.RULES).reasons.values()}
    rows = fetch_file(con, SQL / "opinions_by_reason.sql")
    return [
        {**row, "say": said.get(row["reason_code"], "No reason code, or one not in the list")} for row in rows
    ]


def _share(right: int, wrong: int) -> int | None:
    return basis_points(right, right + wrong)


def usefulness(con: Connection, nights: Sequence[ClosedNight], rules: QualityRules) -> list[Row]:
    """What became of the lines of the last nights' lists, by kind, those first that are ignored.

    Needs `quality.decisions`. A line that went without a decision was ended by a fact, a partner or a clock.
    """
    order = load_work_order(house.RULES)
    lists = " UNION ALL ".join(
        f"SELECT item_id, kind, DATE '{night.as_of}' AS as_of"
        f" FROM read_parquet({file_list([night.folder / 'plan' / 'work_list.parquet'])})"
        for night in nights[-rules.nights_plotted :]
    )
    asked = {"lists": lists, "as_of": nights[-1].as_of, "ignored_nights": rules.ignored_nights}
    return [
        {
            **one,
            "title": order.kind(one["kind"]).title,
            "basis_points": basis_points(one["decided"], one["shown"]),
            "is_ignored": one["ignored"] * 100 >= rules.ignored_percent * one["shown"] and one["ignored"] > 0,
        }
        for one in fetch_file(con, SQL / "usefulness.sql", asked)
    ]
