"""How near a subject is to the limits of a remedy: read from the conditions themselves.

A condition that compares facts with a value of the profile, such as `days_in_arrears > $arrears_days`, has a
margin. Whatever else a condition says has none.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlglot import exp

from arrears.answers.display import fetch
from arrears.data.warehouse import Connection, named, quote, sql_text
from arrears.law.conditions import parsed
from arrears.law.profile import Profile, UnsetValue
from arrears.law.remedy import AS_OF, Card
from arrears.sqltext import columns
from arrears.values import HUNDRED, Row

SQL = Path(__file__).with_name("sql")

COUNTED = ("cents", "days", "count")


@dataclass(frozen=True)
class Limit:
    """One comparison of facts with a value of the profile: both sides as SQL, and where it decides."""

    condition: str
    value: str
    limit: str
    name: str
    where: str


def near_select(con: Connection, card: Card, profile: Profile, as_of: date) -> str | None:
    """Makes `near.<remedy>` and returns its SELECT: the nearest limit of each subject that is in `work`.

    None where the remedy compares nothing with a value that is set.
    """
    selects = [
        f"SELECT {columns(_asked(one, key))} FROM {card.relation} WHERE {one.where}"
        for one, key in _counted(card, profile, as_of)
    ]
    if not selects:
        return None
    text, table = " UNION ALL ".join(selects), f'near."{card.remedy}"'
    measured = sql_text(SQL / "nearest.sql")
    bound = {**card.params(profile, as_of, "enter"), "remedy": card.remedy, "hundred": HUNDRED}
    text = f"WITH measured AS ({text})\n{measured}"
    con.execute(f"CREATE TABLE {table} AS {text}", named(text, bound))
    return f"SELECT * FROM {table}"


def measures(con: Connection, card: Card, profile: Profile, as_of: date, subject: str) -> list[Row]:
    """Every limit of a remedy that one subject is measured against: condition, key, value and limit.

    Needs the card's facts under their name.
    """
    selects = [
        f"SELECT {columns(_asked(one, key))} FROM {card.relation}"
        f" WHERE subject_id = $of_subject AND {one.where}"
        for one, key in _counted(card, profile, as_of)
    ]
    if not selects:
        return []
    text = " UNION ALL ".join(selects)
    bound = {**card.params(profile, as_of, "enter"), "of_subject": subject}
    found = fetch(con, text, named(text, bound))
    return [one for one in found if one["near_value"] is not None and one["near_limit"] is not None]


def _counted(card: Card, profile: Profile, as_of: date) -> list[tuple[Limit, str]]:
    """The limits that decide here and are counted, each with the key of its value."""
    try:
        numbers = card.numbers(profile, as_of)
    except UnsetValue:
        return []
    # What a state does not ask for decides nothing, so nobody is near it.
    waived = profile.waivers(card.remedy, as_of)
    return [
        (one, numbers[one.name].key)
        for one in limits(card)
        if one.name in numbers and numbers[one.name].unit in COUNTED and one.condition not in waived
    ]


def _asked(one: Limit, key: str) -> dict[str, str]:
    """What is asked of a subject for one limit, by column."""
    return {
        "subject_id": "subject_id",
        "near_condition": quote(one.condition),
        "near_key": quote(key),
        "near_value": f"TRY_CAST(({one.value}) AS BIGINT)",
        "near_limit": f"TRY_CAST(({one.limit}) AS BIGINT)",
    }


def limits(card: Card) -> list[Limit]:
    """Each comparison in the triggers of a remedy of facts with one value of the profile."""
    found = []
    for condition in (one for one in card.conditions["enter"] if not one.is_protection):
        for one, where in _comparisons(parsed(condition.sql), "true"):
            for value, limit in ((one.this, one.expression), (one.expression, one.this)):
                names = {str(word.name) for word in limit.find_all(exp.Placeholder, exp.Parameter)} - {AS_OF}
                if len(names) == 1 and not limit.find(exp.Column) and value.find(exp.Column):
                    sides = value.sql(dialect="duckdb"), limit.sql(dialect="duckdb")
                    found.append(Limit(condition.name, *sides, names.pop(), where))
    return found


def _comparisons(tree: exp.Expr, where: str) -> list[tuple[exp.Expr, str]]:
    """The comparisons of size in a condition, each with where the rest of it leaves the word to this one."""
    if isinstance(tree, exp.Paren):
        return _comparisons(tree.this, where)
    if isinstance(tree, exp.Or | exp.And):
        settled = "TRUE" if isinstance(tree, exp.Or) else "FALSE"
        found = []
        for one, other in ((tree.left, tree.right), (tree.right, tree.left)):
            found += _comparisons(one, f"{where} AND ({other.sql(dialect='duckdb')}) IS NOT {settled}")
        return found
    return [(tree, where)] if isinstance(tree, exp.GT | exp.GTE | exp.LT | exp.LTE) else []
