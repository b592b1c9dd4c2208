"""Which cases and persons of a night belong together, and the rows of some of these groups alone.

Cases that share a person, and persons who may be one, are never parted: a group is known by the least of its
numbers, and which part of a night it belongs to is that number's remainder.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from arrears import house
from arrears.data.warehouse import Connection, attach_parquet, fit_threads, quote, run_sql_file, sql_text
from arrears.errors import ArrearsError
from arrears.night.layers import load_facts

# What is read by the facts, of which each row is some case's or person's.
_READ = re.compile(r"\b(?:caseload|staging|match|ledger)\.\w+")
# Where a row names neither: the table that does, by a column of both.
_BY = {
    "caseload.terms": ("order_id", "caseload.orders"),
    "caseload.order_incomes": ("order_id", "caseload.orders"),
    "caseload.intercepts": ("receipt_id", "caseload.receipts"),
    "caseload.tips_worked": ("tip_id", "staging.portal_intake"),
}
# A search that doubles its reach with each round ends long before.
_ROUNDS = 60
SQL = Path(__file__).with_name("sql")
# The number of cases and persons of the largest group.
LARGEST = "SELECT coalesce(max(many), 1) FROM (SELECT count(*) + 1 AS many FROM parts.groups GROUP BY root)"


def make_groups(con: Connection) -> None:
    """Makes `parts.groups`: of each case and person that is tied to another, the one that stands for all."""
    _make_about(con)
    run_sql_file(con, house.FACTS / "same_people.sql", "parts.same_people", {})
    pairs = " UNION ALL ".join(_ties(con))
    con.execute(
        "CREATE TABLE parts.tie AS SELECT DISTINCT least(a, b) AS a, greatest(a, b) AS b"
        f" FROM ({pairs}) AS pair(a, b) WHERE a <> b"
    )
    for table in ("counted", "leaf", "core"):
        _make(con, table)
    con.execute("CREATE TABLE parts.reach AS SELECT DISTINCT a AS node, a AS root FROM parts.core")
    before = None
    for _ in range(_ROUNDS):
        _make(con, "far")
        _make(con, "reach")
        now = con.execute("SELECT sum(root) FROM parts.reach").fetchone()
        if now == before:
            break
        before = now
    else:
        raise ArrearsError("The groups of cases do not end", "parts", "Run the night in one part")
    _make(con, "groups")


def keep_own(con: Connection, groups: Path, number: int, of: int) -> None:
    """Leaves, of what the facts read, the rows of one part, and those that are nobody's."""
    _make_about(con)
    attach_parquet(con, "parts.kept", [groups])
    con.execute("CREATE SCHEMA part; CREATE TABLE parts.groups AS FROM parts.kept")
    made = {}
    for relation, (node, source) in _owned(con).items():
        made[relation] = f"part.{relation.replace('.', '_')}"
        con.execute(
            f"CREATE TABLE {made[relation]} AS SELECT told.* {source}"
            f" LEFT JOIN parts.groups AS tied ON tied.node = {node}"
            f" WHERE {node} IS NULL OR coalesce(tied.root, {node}) % {of} = {number}"
        )
    views = con.execute("SELECT schema_name || '.' || view_name FROM duckdb_views()").fetchall()
    for relation, rows in made.items():
        kind = "VIEW" if (relation,) in views else "TABLE"
        con.execute(f"DROP {kind} {relation}; CREATE VIEW {relation} AS FROM {rows}")
    fit_threads(con, "caseload.cases")


def _make(con: Connection, table: str) -> None:
    run_sql_file(con, SQL / f"parts_{table}.sql", f"parts.{table}", {})


def _make_about(con: Connection) -> None:
    """Makes whom each line of a feed is about or may be, and the first of them."""
    con.execute("CREATE SCHEMA IF NOT EXISTS parts")
    _make(con, "about")
    first = "feed, source_file, source_line, min(person_id) AS person_id"
    con.execute(f"CREATE TABLE parts.linked AS SELECT {first} FROM parts.about GROUP BY ALL")


def _owned(con: Connection) -> dict[str, tuple[str, str]]:
    """By relation of rows that are somebody's: SQL for whose, and the FROM in which it holds."""
    found, relations = {}, _relations(con)
    for relation, columns in relations.items():
        schema, table = relation.split(".")
        nodes, source = _nodes("told", columns), f"FROM {relation} AS told"
        if schema == "staging" and "source_line" in columns:
            # Whom the matching linked it to comes before whom its sender thought it is about.
            nodes.insert(0, _node("person", "linked.person_id"))
            source += (
                f" LEFT JOIN parts.linked AS linked ON linked.feed = {quote(table)}"
                " AND linked.source_file = told.source_file AND linked.source_line = told.source_line"
            )
        elif relation in _BY:
            key, other = _BY[relation]
            nodes = _nodes("other", relations[other])
            ids = ", ".join(f"min({one}) AS {one}" for one in _ids(relations[other]))
            source += f" LEFT JOIN (SELECT {key}, {ids} FROM {other} GROUP BY {key}) AS other USING ({key})"
        if nodes:
            found[relation] = (f"coalesce({', '.join(nodes)})", source)
    return found


def _ties(con: Connection) -> Iterator[str]:
    """The SELECTs of what belongs together, two by two."""
    case, person, other = _node("case", "case_id"), _node("person", "person_id"), _node("person", "other_id")
    for one in ("obligor", "custodial"):
        yield f"SELECT {case}, {_node('person', f'{one}_id')} FROM caseload.cases"
    for relation, columns in _relations(con).items():
        schema, table = relation.split(".")
        if {"case_id", "person_id"} <= columns and schema != "staging":
            yield f"SELECT {case}, {person} FROM {relation}"
        if {"case_id", "source_line"} <= columns and schema == "staging":
            yield (
                f"SELECT {_node('case', 'told.case_id')}, {_node('person', 'about.person_id')}"
                f" FROM {relation} AS told JOIN parts.about AS about USING (source_file, source_line)"
                f" WHERE about.feed = {quote(table)}"
            )
    yield f"SELECT {person}, {other} FROM parts.same_people"
    # One line of a feed may be about several persons.
    yield (
        f"SELECT {_node('person', 'about.person_id')}, {_node('person', 'linked.person_id')}"
        " FROM parts.about AS about JOIN parts.linked AS linked USING (feed, source_file, source_line)"
    )


def _relations(con: Connection) -> dict[str, frozenset[str]]:
    """The columns of everything that the facts read, by its name."""
    paths = [layer.path(table) for layer in load_facts(house.FACTS) for table in layer.tables]
    read = frozenset(name for path in paths if path.exists() for name in _READ.findall(sql_text(path)))
    found = con.execute(
        "SELECT schema_name || '.' || table_name AS name, list(column_name) FROM duckdb_columns()"
        " GROUP BY name ORDER BY name"
    ).fetchall()
    return {name: frozenset(columns) for name, columns in found if name in read}


def _ids(columns: frozenset[str]) -> list[str]:
    return [one for one in ("case_id", "person_id") if one in columns]


def _nodes(relation: str, columns: frozenset[str]) -> list[str]:
    return [_node(one.removesuffix("_id"), f"{relation}.{one}") for one in _ids(columns)]


def _node(word: str, column: str) -> str:
    """SQL for the number that stands for a case or a person; NULL where none is named."""
    return f"if({column} <> '', hash({quote(word)} || {column}), NULL)"
