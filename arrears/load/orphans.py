"""Rows of the caseload that name a case, a person or another row that the extract does not have.

A stay whose case number lost its zeros protects nobody, and nobody would know. Such a row is an orphan: what
it would have told is not known of those whom it may mean, as of a row that was rejected.
"""

from dataclasses import dataclass
from pathlib import Path

from arrears.config import Faults, read_once, read_yaml
from arrears.feeds import Feed
from arrears.identity import use_identity
from arrears.load.masking import MASKED, masked_id, variants_of
from arrears.store import Store
from arrears.warehouse import Connection, quote

_SHAPE = "table_name VARCHAR, column_name VARCHAR, case_id VARCHAR, person_id VARCHAR, "
_SHAPE += "source_file VARCHAR, source_line BIGINT, is_of_everybody BOOLEAN"
# Whom an identifier means, by the table that it names.
_SUBJECT = {"cases": "case_id", "persons": "person_id"}


def core_sql(identifier: str) -> str:
    """SQL for what is left of an identifier that was padded, cut of its zeros or written with marks."""
    return f"ltrim(regexp_replace(upper({identifier}), '[^A-Z0-9]', '', 'g'), '0')"


@dataclass(frozen=True)
class Keys:
    """Which table each identifier names, which name none, and how many orphans one day can have."""

    names: dict[str, str]
    not_names: dict[str, str]
    most_rows: int
    most_percent: int


@read_once()
def load_keys(folder: Path) -> Keys:
    """The keys of a feed of tables; one error names every fault of its list."""
    faults = Faults()
    node = read_yaml(folder / "keys.yml", faults)
    names, not_names, most = node.node("names"), node.node("not_names"), node.node("most_orphans")
    keys = Keys(
        {str(one): names.text(one) for one in list(names.data)},
        {str(one): not_names.text(one) for one in list(not_names.data)},
        most.integer("rows"),
        most.integer("percent"),
    )
    most.done()
    node.done()
    faults.raise_any("feeds")
    return keys


def references(feed: Feed) -> list[tuple[str, str, str]]:
    """Each column that names a row of another table: its table, itself, and the table that it names."""
    keys = load_keys(feed.folder)
    return [
        (table.name, column, keys.names[column])
        for table in feed.tables.values()
        for column in table.names
        if column in keys.names and keys.names[column] != table.name
    ]


def key_faults(feed: Feed) -> list[str]:
    """The identifiers of a feed of tables of which nobody has said whether they name a row."""
    keys = load_keys(feed.folder)
    known = {*keys.names, *keys.not_names}
    faults = [
        f"{feed.name}.{table.name}.{column.name}: say in keys.yml which table it names, or why none"
        for table in feed.tables.values()
        for column in table.columns
        if column.name.endswith("_id") and column.name not in known and column.name not in table.key[:1]
    ]
    strays = {*keys.names.values()} - {*feed.tables}
    return faults + [f"{feed.name}: keys.yml names {one}, which is no table" for one in sorted(strays)]


def add_orphans(con: Connection, store: Store, feed: Feed) -> None:
    """Makes `<feed>.orphans` and adds to `<feed>.rejected` whom they, and the lines at fault, may mean."""
    each = "\nUNION ALL\n".join(_orphans(feed, *one) for one in references(feed))
    con.execute(f"CREATE OR REPLACE TABLE {feed.name}.orphans ({_SHAPE})")
    con.execute(f"CREATE OR REPLACE TEMP TABLE orphan AS {each}")
    for named, subject in _SUBJECT.items():
        there = f"SELECT {subject} AS id FROM {feed.name}.{named}"
        lost = f"""SELECT id FROM (
                     SELECT id FROM orphan WHERE named = {quote(named)}
                     UNION SELECT {subject} FROM {feed.name}.rejected)
                   WHERE id NOT IN ({there})"""
        make_cores(con, store, f"core_{named}", lost, there)
    keys = load_keys(feed.folder)
    sizes = "\nUNION ALL\n".join(
        f"SELECT {quote(name)} AS table_name, count(*) AS rows FROM {feed.name}.{name}"
        for name in sorted({table for table, _, _ in references(feed)})
    )
    con.execute(
        f"""INSERT INTO {feed.name}.orphans
            WITH many AS (
              SELECT table_name
              FROM (
                SELECT table_name, count(DISTINCT (source_file, source_line)) AS lost FROM orphan GROUP BY ALL
              )
              JOIN ({sizes}) USING (table_name)
              WHERE lost > greatest({keys.most_rows}, rows * {keys.most_percent} // 100)
            )
            SELECT orphan.table_name, column_name, coalesce(core_cases.id, orphan.case_id),
              coalesce(core_persons.id, orphan.person_id), source_file, source_line,
              orphan.table_name IN (FROM many)
            FROM orphan
            LEFT JOIN core_cases ON named = 'cases' AND core_cases.core = {core_sql("orphan.id")}
            LEFT JOIN core_persons ON named = 'persons' AND core_persons.core = {core_sql("orphan.id")}
            ORDER BY ALL"""
    )
    con.execute(
        f"""INSERT INTO {feed.name}.rejected
            SELECT DISTINCT table_name, case_id, person_id FROM {feed.name}.orphans
            WHERE case_id IS NOT NULL OR person_id IS NOT NULL
            UNION
            SELECT table_name, NULL, NULL FROM {feed.name}.orphans WHERE is_of_everybody
            UNION
            -- A line at fault may have lost its zeros as well.
            SELECT table_name, core_cases.id, core_persons.id
            FROM (
              SELECT table_name,
                CASE WHEN case_id NOT IN (SELECT case_id FROM {feed.name}.cases) THEN case_id END AS case_id,
                CASE WHEN person_id NOT IN (SELECT person_id FROM {feed.name}.persons) THEN person_id END
                  AS person_id
              FROM {feed.name}.rejected
            ) AS bad
            LEFT JOIN core_cases ON core_cases.core = {core_sql("bad.case_id")}
            LEFT JOIN core_persons ON core_persons.core = {core_sql("bad.person_id")}
            WHERE core_cases.id IS NOT NULL OR core_persons.id IS NOT NULL"""
    )


def make_cores(con: Connection, store: Store, target: str, lost: str, there: str) -> None:
    """Makes the table `target`: whom of the identifiers `there` those of `lost` may mean, by their core.

    An identifier that lost a zero may look like a number of a person, and came in as a token: it is
    compared with the tokens that the identifiers of those who are there would have become.
    """
    core = core_sql("id")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {target} AS
            SELECT id, {core} AS core FROM ({there}) WHERE {core} IN (SELECT {core} FROM ({lost}))"""
    )
    masked = f"SELECT id FROM ({lost}) WHERE starts_with(id, {quote(MASKED)})"
    if con.execute(masked).fetchone():
        use_identity(con, store)
        con.execute(
            f"""INSERT INTO {target}
                SELECT DISTINCT id, {core_sql("token")} FROM (
                  SELECT id, {masked_id("written")} AS token FROM (
                    SELECT id, unnest({variants_of(core)}) AS written
                    FROM ({there}) WHERE regexp_full_match({core}, '[0-9]{{1,9}}')))
                WHERE token IN ({masked})"""
        )


def _orphans(feed: Feed, table: str, column: str, named: str) -> str:
    """SQL for the rows of a table whose identifier names no row, with the case and person that they do name.

    A case whose person is missing has a person of whom nothing is known; a row says of whom it tells by its
    other identifier, where that one names somebody.
    """
    own = feed.tables[table].names
    [key] = feed.tables[named].key
    case, person = (
        f"(SELECT any_value({name}) FROM {feed.name}.{of} WHERE {name} = one.{name})"
        if name in own and name != column
        else "CAST(NULL AS VARCHAR)"
        for name, of in (("case_id", "cases"), ("person_id", "persons"))
    )
    told = "persons" if table == "cases" else table
    return f"""SELECT {quote(told)} AS table_name, {quote(column)} AS column_name, {quote(named)} AS named,
                 {column} AS id, {case} AS case_id, {person} AS person_id, source_file, source_line
               FROM {feed.name}.{table} AS one
               WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT {key} FROM {feed.name}.{named})"""
