"""Whether every condition of a card can be told apart, and every limit is shown by examples.

From an example that is flagged one fact at a time is given another value: each condition has to come out as
the one reason why the answer is no. One that never does is weaker than it looks, or another one hides it.
A comparison with a value of the law needs an example at the limit and one on each side of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlglot import exp

from arrears.data.warehouse import Connection, attach_arrow, lent, quote
from arrears.law.conditions import parsed
from arrears.law.decide import why_off
from arrears.law.examples import Example, Law, Worked, examples_table
from arrears.law.profile import Profile, Reading
from arrears.law.remedy import AS_OF, Card, Condition, Part

READINGS: tuple[Reading, ...] = ("guide", "law")
_COMPARES = (exp.GT, exp.GTE, exp.LT, exp.LTE)
_COUNTED = ("cents", "days", "business_days", "weeks", "months", "years", "count", "basis_points", "percent")
# How far from a limit an example stands: below it, at it, above it.
SIDES = ("one below", "at the limit", "one above")


@dataclass(frozen=True)
class Comparison:
    """A comparison of facts with values of the law, wherever it stands: both sides as SQL, and the keys."""

    left: str
    right: str
    keys: frozenset[str]

    def __str__(self) -> str:
        return f"{self.left} and {self.right} ({', '.join(sorted(self.keys))})"


def untold(card: Card, given: Worked, con: Connection | None = None) -> list[str]:
    """Each condition or ground that no example of the card, with one fact changed, tells apart."""
    examples, units, profiles = given.examples, given.units, given.profiles
    heres = {(of.law, of.as_of): card.here(profiles[of.law], of.as_of) for of in examples}
    wanted = {
        (part, one.name)
        for (law, as_of), here in heres.items()
        for part, every in here.conditions.items()
        for one in every
        if decides(here, profiles[law], as_of, part, one)
    }
    by_law = _by_law(card, examples, profiles)
    with lent(con) as con:
        attach_arrow(con, card.relation, examples_table(examples, units))
        # What people wrote comes first: few conditions are left for what is made from it.
        for (_, law, as_of), group in by_law.items():
            wanted -= _alone(con, heres[law, as_of], profiles[law], group)
        for (part, law, as_of), group in by_law.items():
            here = heres[law, as_of]
            for one in (one for one in group if one.then == ("clear" if part == "release" else "flag")):
                if left := {name for of, name in wanted if of == part}:
                    rows = _changed(here, profiles[law], one, units, left)
                    attach_arrow(con, card.relation, examples_table(rows, units))
                    wanted -= _alone(con, here, profiles[law], rows)
    named = {name for one in examples for name in one.because or ()}
    alone = {
        one.name
        for part in ("enter", "stay")
        for one in card.conditions[part]
        if one.protects == one.name or card.is_count
    }
    asked = {one.name for here in heres.values() for every in here.conditions.values() for one in every}
    return [
        *(
            f"no example is of a day on which {state} asks {one.condition.name}, which it adds"
            for (state, _), one in card.added.items()
            if one.condition.name not in asked
        ),
        *(
            f"{part}: nothing tells {name} apart; give an example in which it alone decides"
            for part, name in sorted(wanted)
        ),
        # A protection that cards share is missed by the card without it; of its own ones, and of all that a
        # count of cases asks, only examples speak.
        *(f"no example names {name}, so it could be taken out unseen" for name in sorted(alone - named)),
    ]


def _by_law(
    card: Card, examples: Iterable[Example], profiles: Mapping[Law, Profile]
) -> dict[tuple[Part, Law, date], list[Example]]:
    """The examples of each part, law and day on which the remedy runs."""
    found: dict[tuple[Part, Law, date], list[Example]] = {}
    for one in examples:
        if why_off(profiles[one.law], card, one.as_of) is None:
            found.setdefault((one.part, one.law, one.as_of), []).append(one)
    return found


def decides(card: Card, profile: Profile, as_of: date, part: Part, one: Condition) -> bool:
    """Whether a condition decides anything in a state that day: it is not waived."""
    waived = profile.waivers(card.remedy, as_of)
    return any(one in card.acting(part, reading, waived) for reading in READINGS)


def _alone(con: Connection, card: Card, profile: Profile, rows: list[Example]) -> set[tuple[Part, str]]:
    """The conditions that alone decide one of these rows of the table, which are of one part, law and day."""
    part, waived = rows[0].part, profile.waivers(card.remedy, rows[0].as_of)
    acting = [[one.name for one in card.acting(part, by, waived)] for by in READINGS]
    answers = _answers(con, card, profile, rows)
    return {(part, only) for row in answers for names in acting if (only := _only_reason(part, row, names))}


def _only_reason(part: Part, row: Mapping[str, Any], acting: list[str]) -> str | None:
    """The one condition that is false (of a release: the one ground that is true), all others answered."""
    wanted = part == "release"
    turned = [name for name in acting if row[name] is wanted]
    rest = [name for name in acting if row[name] is (not wanted)]
    return turned[0] if len(turned) == 1 and len(rest) == len(acting) - 1 else None


def _changed(
    card: Card, profile: Profile, start: Example, units: Mapping[str, str], left: set[str]
) -> list[Example]:
    """An example, then the same with one fact changed, for each fact that the conditions left read."""
    hints = _hints(card, start.part, card.params(profile, start.as_of, start.part))
    rows = [start]
    conditions = (one for one in card.conditions[start.part] if one.name in left)
    for fact in sorted({fact for one in conditions for fact in one.facts}):
        for value in others(units[fact], start.facts.get(fact), hints.get(fact, set()), start.as_of):
            rows.append(replace(start, facts={**start.facts, fact: value}))
    return [replace(one, number=number) for number, one in enumerate(rows)]


def _hints(card: Card, part: Part, params: Mapping[str, Any]) -> dict[str, set[Any]]:
    """Fact to the texts and numbers that the conditions hold against it."""
    found: dict[str, set[Any]] = {}
    for one in card.conditions[part]:
        tree = parsed(one.sql)
        said: set[Any] = {str(text.this) for text in tree.find_all(exp.Literal) if text.is_string}
        for name in one.params:
            value = params[name]
            said |= set(value) if isinstance(value, list) else {value}
        for fact in one.facts:
            found.setdefault(fact, set()).update(said)
    return found


def others(unit: str, now: Any, hints: Iterable[Any], as_of: date) -> list[Any]:
    """Other values that a fact could have: the ends, and what lies beside what the conditions name."""
    if unit == "yes_no":
        return [value for value in (True, False) if value is not now]
    if unit in ("cents", "days", "count"):
        near = {-1, 0, 1, 10**9} | ({now - 1, now + 1} if isinstance(now, int) else set())
        near |= {one + step for one in hints if _is_count(one) for step in (-1, 0, 1)}
        return sorted(near - {now})
    if unit == "date":
        starts = {as_of, as_of - timedelta(36_500), as_of + timedelta(36_500)}
        if isinstance(now, date):
            starts |= {now - timedelta(1), now + timedelta(1)}
        starts |= {
            as_of - timedelta(int(one) + step) for one in hints if _is_count(one) for step in (-1, 0, 1)
        }
        return sorted(starts - {now})
    texts = sorted({one for one in hints if isinstance(one, str)})
    if unit == "list":
        return [value for value in ([], *([one] for one in texts), ["another"]) if value != now]
    return [value for value in (*texts, "another") if value != now]


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1_000_000


def _answers(con: Connection, card: Card, profile: Profile, rows: list[Example]) -> list[dict[str, Any]]:
    """Every condition's answer for rows of one part and day, as the card's own SQL gives it."""
    part, as_of = rows[0].part, rows[0].as_of
    select = f"SELECT * FROM ({card.select(part)}) WHERE {_among(rows)}"
    found = con.execute(select, card.params(profile, as_of, part)).to_arrow_table()
    return list(found.to_pylist())


def _among(rows: Iterable[Example]) -> str:
    """SQL for whether a row of the table is one of these."""
    return f"subject_id IN ({', '.join(quote(one.subject_id) for one in rows)})"


def unshown(cards: Iterable[tuple[Card, Worked]], con: Connection | None = None) -> list[str]:
    """Each comparison with a value of the law that lacks an example at its limit, or on a side of it."""
    shown: dict[Comparison, set[str]] = {}
    where: dict[Comparison, str] = {}
    with lent(con) as con:
        for card, given in cards:
            for one, name, sides in _sides_with_examples(con, card, given):
                shown.setdefault(one, set()).update(sides)
                where.setdefault(one, f"{card.remedy}.{name}")
    return [
        f"{where[one]}: no example {', '.join(side for side in SIDES if side not in sides)} of {one}"
        for one, sides in shown.items()
        if len(sides) < len(SIDES)
    ]


def _sides_with_examples(
    con: Connection, card: Card, given: Worked
) -> Iterator[tuple[Comparison, str, set[str]]]:
    """Each comparison of a card with its condition, and on which sides of it an example hangs on it."""
    units, profiles = given.units, given.profiles
    attach_arrow(con, card.relation, examples_table(given.examples, units))
    for (part, law, as_of), group in _by_law(card, given.examples, profiles).items():
        profile, here = profiles[law], card.here(profiles[law], as_of)
        numbers = here.numbers(profile, as_of)
        keys = {name: value.key for name, value in numbers.items() if value.unit in _COUNTED}
        every = [
            (condition, number, tree)
            for condition in here.conditions[part]
            for number, tree in enumerate(comparisons(condition, keys))
        ]
        if not every:
            continue
        columns = [f'{one.sql} AS "{one.name}"' for one in here.conditions[part]]
        for at, (condition, number, tree) in enumerate(every):
            columns += [f"{_side(tree, units)} AS side_{at}"]
            columns += [
                f"{settled(condition, keys, number, answer)} AS {str(answer).lower()}_{at}"
                for answer in (True, False)
            ]
        select = f"SELECT subject_id, {', '.join(columns)} FROM {card.relation} WHERE {_among(group)}"
        found = con.execute(select, here.params(profile, as_of, part)).to_arrow_table().to_pylist()
        rows = {row["subject_id"]: row for row in found}
        for at, (condition, _, tree) in enumerate(every):
            sides = {
                rows[one.subject_id][f"side_{at}"]
                for one in group
                if _hangs_on(here, profile, one, condition.name, rows[one.subject_id], at)
            }
            yield comparison(tree, keys), condition.name, sides - {None}


def _hangs_on(
    card: Card, profile: Profile, example: Example, name: str, row: Mapping[str, Any], at: int
) -> bool:
    """Whether an example comes out otherwise where this comparison is answered otherwise."""
    reading = example.reading or profile.reading(card.remedy, example.as_of)
    acting = card.acting(example.part, reading, profile.waivers(card.remedy, example.as_of))
    told = []
    for answer in ("true", "false"):
        answers = [row[f"{answer}_{at}"] if one.name == name else row[one.name] for one in acting]
        stop = example.part == "release"
        told.append(stop if stop in answers else None if None in answers else not stop)
    return told[0] is not told[1]


def comparison(tree: exp.Expression, keys: Mapping[str, str]) -> Comparison:
    """The comparison that a tree is, with the keys of the values that it names."""
    words = {str(word.name) for word in tree.find_all(exp.Placeholder, exp.Parameter)}
    left, right = tree.this.sql(dialect="duckdb"), tree.expression.sql(dialect="duckdb")
    return Comparison(left, right, frozenset(keys[word] for word in words & keys.keys()))


def settled(one: Condition, keys: Mapping[str, str], number: int, answer: bool) -> str:
    """The condition's SQL with one of its comparisons answered."""
    root = exp.Paren(this=parsed(one.sql))
    compared(root, keys)[number].replace(exp.Boolean(this=answer))
    return str(root.sql(dialect="duckdb"))


def comparisons(one: Condition, keys: Mapping[str, str]) -> list[exp.Expression]:
    """The comparisons of size in a condition that hold facts against a value of the law."""
    return compared(parsed(one.sql), keys)


def compared(root: exp.Expression, keys: Mapping[str, str]) -> list[exp.Expression]:
    """The comparisons of size in a tree that hold facts against one of these values."""
    return [
        tree
        for tree in root.find_all(*_COMPARES)
        if tree.find(exp.Column)
        and any(str(word.name) in keys for word in tree.find_all(exp.Placeholder, exp.Parameter))
    ]


def _side(tree: exp.Expression, units: Mapping[str, str]) -> str:
    """SQL for the side of the limit that a row shows: within one step of the facts, or none."""
    left, right = tree.this, tree.expression
    far = _distance(left, right, units)
    # A step is how far the side of the facts goes when the first of them is one more.
    facts = left if left.find(exp.Column) else right
    more = exp.Paren(this=facts.copy())
    column = next(iter(more.find_all(exp.Column)))
    column.replace(exp.Paren(this=exp.Add(this=column.copy(), expression=exp.Literal.number(1))))
    step = f"greatest(abs({_distance(more, facts, units)}), 1)"
    below, at, above = (f"'{side}'" for side in SIDES)
    return f"""CASE WHEN {far} = 0 THEN {at} WHEN {far} BETWEEN -{step} AND 0 THEN {below}
      WHEN {far} BETWEEN 0 AND {step} THEN {above} END"""


def _distance(left: exp.Expression, right: exp.Expression, units: Mapping[str, str]) -> str:
    one, other = left.sql(dialect="duckdb"), right.sql(dialect="duckdb")
    if _is_day(left, units) or _is_day(right, units):
        return f"date_diff('day', CAST({other} AS DATE), CAST({one} AS DATE))"
    return f"(CAST(({one}) AS DOUBLE) - CAST(({other}) AS DOUBLE))"


def _is_day(side: exp.Expression, units: Mapping[str, str]) -> bool:
    """Whether a side is a date, of the facts or the night, and not a count of days between two."""
    if side.find(exp.DateDiff) or side.find(exp.TsOrDsDiff):
        return False
    dates = any(units.get(column.name) == "date" for column in side.find_all(exp.Column))
    return dates or any(word.name == AS_OF for word in side.find_all(exp.Placeholder, exp.Parameter))
