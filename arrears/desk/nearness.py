"""How near a subject is to the limits of a remedy: read from the conditions themselves.

A condition that compares facts with a value of the profile, such as `days_in_arrears > $arrears_days`, has a
margin. Whatever else a condition says has none.
"""

import re
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from arrears.data.warehouse import Connection, quote
from arrears.law.conditions import parsed
from arrears.law.profile import Profile, UnsetValue
from arrears.law.remedy import AS_OF, Card

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
    try:
        numbers = card.numbers(profile, as_of)
    except UnsetValue:
        return None
    # What a state does not ask for decides nothing, so nobody is near it.
    waived = profile.waivers(card.remedy, as_of)
    selects = [
        f"""SELECT subject_id, {quote(one.condition)} AS near_condition,
          {quote(numbers[one.name].key)} AS near_key,
          TRY_CAST(({one.value}) AS BIGINT) AS near_value, TRY_CAST(({one.limit}) AS BIGINT) AS near_limit
        FROM {card.relation} WHERE {one.where}"""
        for one in limits(card)
        if one.name in numbers and numbers[one.name].unit in COUNTED and one.condition not in waived
    ]
    if not selects:
        return None
    text, table = " UNION ALL ".join(selects), f'near."{card.remedy}"'
    used = set(re.findall(r"\$(\w+)", text))
    params = {name: given for name, given in card.params(profile, as_of, "enter").items() if name in used}
    con.execute(
        f"""CREATE TABLE {table} AS
        SELECT {quote(card.remedy)} AS remedy, subject_id, near_condition, near_key, near_value, near_limit,
          CAST(100 * abs(near_value - near_limit) // greatest(abs(near_limit), 1) AS BIGINT) AS near_percent
        FROM ({text})
        WHERE near_value IS NOT NULL AND near_limit IS NOT NULL
          AND subject_id IN (SELECT subject_id FROM work WHERE remedy = {quote(card.remedy)})
        QUALIFY row_number() OVER (
          PARTITION BY subject_id ORDER BY near_percent, near_condition, near_key) = 1""",
        params,
    )
    return f"SELECT * FROM {table}"


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
