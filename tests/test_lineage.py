"""Labels follow values through SQL: joins, WITH, unions, lists, stars, laterals, counts and windows."""

import pytest
from sqlglot.errors import SqlglotError

from arrears.law.lineage import follow
from arrears.law.relations import NONE, OPEN, Labels, Relation


def borne(label: str, column: str) -> Labels:
    return {label: (column,)}


TABLES = {
    "accounts": Relation(
        {"person": NONE, "cents": borne("bank", "accounts.cents"), "parts": borne("bank", "accounts.parts")},
        rows=borne("bank", "accounts"),
    ),
    "people": Relation({"person": NONE, "name": NONE, "number": borne("ssn", "people.number")}),
    "kids": Relation({"person": borne("children", "kids.person"), "born": borne("children", "kids.born")}),
    "cases": Relation({"case_no": NONE, "person": NONE, "owed": NONE}),
    "unknown": OPEN,
}


def labels(sql: str, *sticky: str) -> dict[str, set[str]]:
    """The labels of each column of a SELECT."""
    made = follow(sql, TABLES.get, frozenset(sticky))
    return {name: set(found) for name, found in made.columns.items()}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT cents + 1 AS a, person AS b FROM accounts", {"a": {"bank"}, "b": set()}),
        (
            "SELECT p.name AS a, x.cents AS b FROM people p LEFT JOIN accounts x USING (person)",
            {"a": set(), "b": {"bank"}},
        ),
        (
            "WITH rich AS (SELECT person, cents AS held FROM accounts) SELECT held, person FROM rich",
            {"held": {"bank"}, "person": set()},
        ),
        (
            "SELECT person, cents FROM accounts UNION ALL SELECT number, 0 FROM people",
            {"person": {"ssn"}, "cents": {"bank"}},
        ),
        (
            "SELECT cents, person FROM accounts UNION ALL BY NAME SELECT person, number FROM people",
            {"cents": {"bank"}, "person": set(), "number": {"ssn"}},
        ),
        ("SELECT {'a': cents, 'b': person} AS s FROM accounts", {"s": {"bank"}}),
        ("SELECT parts[1].cents AS a FROM accounts", {"a": {"bank"}}),
        ("SELECT s.held AS a FROM (SELECT {'held': cents} AS s FROM accounts)", {"a": {"bank"}}),
        ("SELECT list_filter(parts, lambda part: part > owed) AS a FROM accounts, cases", {"a": {"bank"}}),
        ("SELECT [one for one in parts if one > 0] AS a FROM accounts", {"a": {"bank"}}),
        (
            "SELECT * FROM accounts JOIN people USING (person)",
            {"person": set(), "cents": {"bank"}, "parts": {"bank"}, "name": set(), "number": {"ssn"}},
        ),
        ("SELECT * EXCLUDE (cents, parts) FROM accounts", {"person": set()}),
        (
            "SELECT p.* EXCLUDE (name) REPLACE (name || number AS person) FROM people p",
            {"person": {"ssn"}, "number": {"ssn"}},
        ),
        ("SELECT v AS a FROM accounts, unnest(accounts.parts) AS part(v)", {"a": {"bank"}}),
        (
            "SELECT a FROM cases, LATERAL (SELECT cents AS a FROM accounts x WHERE x.person = cases.person)",
            {"a": {"bank"}},
        ),
        ("SELECT person, sum(cents) AS a FROM accounts GROUP BY person", {"person": set(), "a": {"bank"}}),
        (
            """SELECT person, max(owed) FILTER (WHERE x.cents > 0) AS a
               FROM cases JOIN accounts x USING (person) GROUP BY person""",
            {"person": set(), "a": {"bank"}},
        ),
        ("SELECT row_number() OVER (PARTITION BY person ORDER BY cents) AS a FROM accounts", {"a": {"bank"}}),
        ("SELECT CASE WHEN cents > 0 THEN 'rich' ELSE 'poor' END AS a FROM accounts", {"a": {"bank"}}),
        ("SELECT cents > 0 AS a, a OR false AS b FROM accounts", {"a": {"bank"}, "b": {"bank"}}),
        ("SELECT (SELECT max(cents) FROM accounts) AS a FROM cases", {"a": {"bank"}}),
        ("SELECT to_json(people) AS a FROM people", {"a": {"ssn"}}),
    ],
)
def test_a_value_bears_what_it_is_made_of(sql: str, expected: dict[str, set[str]]) -> None:
    assert labels(sql) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) AS a FROM accounts",
        "SELECT 'has an account' AS a FROM accounts",
        "SELECT person IN (SELECT person FROM accounts) AS a FROM cases",
        "SELECT EXISTS (SELECT 1 FROM accounts x WHERE x.person = cases.person) AS a FROM cases",
        "SELECT k.a FROM cases LEFT JOIN (SELECT person, true AS a FROM accounts) AS k USING (person)",
    ],
)
def test_that_there_is_a_labeled_row_is_told_by_a_count_a_constant_and_a_question(sql: str) -> None:
    assert labels(sql) == {"a": {"bank"}}


def test_rows_that_need_not_be_there_leave_a_constant_alone() -> None:
    joined = "SELECT 'x' AS a FROM cases {} JOIN accounts USING (person)"
    assert labels(joined.format("LEFT")) == labels(joined.format("ANTI")) == {"a": set()}
    assert labels(joined.format("SEMI")) == {"a": {"bank"}}


def test_who_is_found_by_a_childs_number_is_a_child_and_nobody_else_is() -> None:
    sql = """SELECT people.name AS a, cases.owed AS b
             FROM cases JOIN kids ON true JOIN people ON people.person = kids.person"""
    assert labels(sql, "children") == {"a": {"children"}, "b": set()}
    assert labels(sql) == {"a": set(), "b": set()}
    beside = "SELECT people.name AS a FROM people LEFT JOIN kids USING (person)"
    assert labels(beside, "children") == {"a": set()}
    held = """SELECT mine.born IS NULL AS a, cases.owed AS b
              FROM kids mine JOIN kids other ON mine.person = other.person, cases"""
    assert labels(held, "children") == {"a": {"children"}, "b": set()}


def test_a_recursive_query_comes_to_rest_with_every_label() -> None:
    sql = """WITH RECURSIVE up AS (
               SELECT person, 0 AS depth, 0 AS cents FROM cases
               UNION ALL SELECT up.person, depth + 1, x.cents FROM up JOIN accounts x USING (person))
             SELECT * FROM up"""
    assert labels(sql) == {"person": set(), "depth": set(), "cents": {"bank"}}


def test_what_cannot_be_told_apart_bears_everything() -> None:
    made = follow("SELECT COLUMNS('c.*') FROM accounts, people", TABLES.get)
    assert set(made.all) == {"bank", "ssn"}
    with pytest.raises(KeyError, match="nowhere"):
        follow("SELECT * FROM nowhere", TABLES.get)
    with pytest.raises(SqlglotError):
        follow("SELECT FROM WHERE (", TABLES.get)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT no_such AS a FROM accounts",
        "SELECT a.no_such FROM accounts AS a",
        "SELECT cents FROM accounts WHERE no_such = cents",
        "SELECT count(*) AS n FROM accounts GROUP BY no_such",
        "SELECT cents FROM accounts ORDER BY accounts.no_such",
        "SELECT cents FROM accounts JOIN people ON people.no_such = accounts.person",
        "SELECT cents FROM accounts WHERE EXISTS (SELECT 1 FROM people WHERE no_such = accounts.person)",
    ],
)
def test_a_column_that_nothing_has_is_refused_wherever_it_stands(sql: str) -> None:
    with pytest.raises(KeyError, match="no_such"):
        follow(sql, TABLES.get)


def test_a_label_knows_by_which_columns_it_came() -> None:
    first = follow("SELECT person, cents AS held FROM accounts", TABLES.get).named("facts.first")
    made = follow("SELECT held FROM facts.first", {"facts.first": first}.get)
    assert made.columns["held"] == {"bank": ("accounts.cents", "facts.first.held")}
