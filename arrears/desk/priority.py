"""The score of a line: the points of its parts, computed in SQL and told again in words."""

from typing import Any

from arrears.data.warehouse import quote
from arrears.law.work_order import PointPart, Points

_MEASURE = {
    "urgent": "CAST(is_urgent AS BIGINT)",
    "days_late": "greatest(0, date_diff('day', due_on, $as_of))",
    "days_left": "CASE WHEN due_on >= $as_of THEN date_diff('day', $as_of, due_on) END",
    "dollars": "greatest(0, amount_cents) // 100",
    "nights_open": "nights_open",
    "new": "CAST(since = 'new' AS BIGINT)",
    "changed": "CAST(since = 'changed' AS BIGINT)",
    "readings_differ": "CAST(readings_differ AS BIGINT)",
    "near_percent": "near_percent",
}


def score_sql(points: Points) -> str:
    """The SELECT of every line with its score, `priority`, and the parts that it is the sum of, `score`."""
    cases = " ".join(f"WHEN {quote(kind)} THEN {worth}" for kind, worth in points.kinds.items())
    own = f"CASE kind {cases} ELSE {points.other_kinds} END" if cases else str(points.other_kinds)
    parts = [f"struct_pack(name := 'kind', points := CAST({own} AS BIGINT), n := CAST(0 AS BIGINT))"]
    parts += [
        f"struct_pack(name := {quote(part.name)}, points := CAST({part_sql(part)} AS BIGINT),"
        f" n := CAST(coalesce({_MEASURE[part.of]}, 0) AS BIGINT))"
        for part in points.parts
    ]
    priority = "CAST(list_sum(list_transform(score, lambda part: part.points)) AS BIGINT) AS priority"
    score = f"list_filter([{', '.join(parts)}], lambda part: part.points > 0) AS score"
    return f"SELECT *, {priority} FROM (SELECT *, {score} FROM line)"


def part_sql(part: PointPart) -> str:
    """SQL for the points of one part of a line's score."""
    measure = f"({_MEASURE[part.of]})"
    if part.within is None:
        stands, units = f"{measure} > 0", measure
    else:
        stands, units = f"{measure} BETWEEN 0 AND {part.within}", f"({part.within} - {measure})"
    points = f"{part.points} + {part.each} * ({units} // {part.per})"
    if part.at_most is not None:
        points = f"least({points}, {part.at_most})"
    return f"(CASE WHEN {stands} THEN {points} ELSE 0 END)"


def score_reasons(score: list[dict[str, Any]], points: Points, title: str) -> list[str]:
    """The parts of a score in words, greatest first, so that a person can add them up."""
    said = {part.name: part.say for part in points.parts} | {"kind": title.lower()}
    ordered = sorted(score, key=lambda part: -part["points"])
    return [f"{said.get(one['name'], one['name']).format(n=one['n'])} +{one['points']}" for one in ordered]
