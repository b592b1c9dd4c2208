"""Rows of the caseload that name nobody, or a case, a person or another row that the extract does not have.

A stay whose case number lost its zeros protects nobody, and nobody would know. Such a row is an orphan, also
where it was rejected: what it would have told is not known of those whom it may mean. One that may mean
nobody in particular holds nobody up; more of them than a table can have by mistake hold everybody.
"""

from dataclasses import dataclass
from pathlib import Path

from arrears.config import Faults, read_once, read_yaml
from arrears.data.identity import use_identity
from arrears.data.store import Store
from arrears.data.warehouse import Connection, add_sql_file, quote, run_sql_file
from arrears.intake.feeds import Feed
from arrears.intake.load.masking import MASKED, masked_id, variants_of
from arrears.sqltext import columns
from arrears.values import HUNDRED

SQL = Path(__file__).with_name("sql")

_SHAPE = "table_name VARCHAR, column_name VARCHAR, case_id VARCHAR, person_id VARCHAR, "
_SHAPE += "source_file VARCHAR, source_line BIGINT, is_of_everybody BOOLEAN"
# Whom an identifier means, by the table that it names.
_SUBJECT = {"cases": "case_id", "persons": "person_id"}
# By which columns a row says of whom it tells.
_CASE, _PERSON = ("case_id",), ("person_id", "obligor_id")


# What is left of an identifier that was padded, cut of its zeros or written with marks.
CORE = "core_of(identifier) AS ltrim(regexp_replace(upper(identifier), '[^A-Z0-9]', '', 'g'), '0')"


@dataclass(frozen=True)
class Keys:
    """Which table each identifier names, which name none, and how many orphans one day can have.

    `leads` are the columns, as `table.column`, by which a row that names nobody may yet be traced;
    `names_nobody` the tables of which a row may do so, each with its reason.
    """

    names: dict[str, str]
    not_names: dict[str, str]
    leads: dict[str, str]
    names_nobody: dict[str, str]
    most_rows: int
    most_percent: int


@read_once()
def load_keys(folder: Path) -> Keys:
    """The keys of a feed of tables; one error names every fault of its list."""
    faults = Faults()
    node = read_yaml(folder / "keys.yml", faults)
    most = node.node("most_orphans")
    lists = {}
    for name in ("names", "not_names", "leads", "names_nobody"):
        lists[name] = node.node(name).pairs()
    keys = Keys(
        **lists,
        most_rows=most.integer("rows"),
        most_percent=most.integer("percent"),
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
    strays = {*keys.names.values(), *keys.names_nobody} - {*feed.tables}
    faults += [f"{feed.name}: keys.yml names {one}, which is not a table" for one in sorted(strays)]
    columns = {f"{table.name}.{name}" for table in feed.tables.values() for name in table.names}
    dead = {*keys.leads.values()} - columns
    return faults + [f"{feed.name}: keys.yml leads to {one}, which is not a column" for one in sorted(dead)]


def add_orphans(con: Connection, store: Store, feed: Feed) -> None:
    """Makes `<feed>.orphans` and adds to `<feed>.rejected` whom they, and the lines at fault, may mean."""
    _trace_lines(con, feed)
    each = "\nUNION ALL\n".join(
        [*(_orphans(feed, *one) for one in references(feed)), *_nameless(feed), *_lines_astray(feed)]
    )
    con.execute(f"CREATE OR REPLACE TABLE {feed.name}.orphans ({_SHAPE})")
    con.execute(f"CREATE OR REPLACE TEMP TABLE lost_id AS {_lost_ids(feed)}")
    present = {
        subject: f"CASE WHEN {subject} IN (SELECT {subject} FROM {feed.name}.{named}) THEN {subject} END"
        for named, subject in _SUBJECT.items()
    }
    said = f"SELECT * REPLACE ({columns(present)}) FROM ({each})"
    con.execute(f"CREATE OR REPLACE TEMP TABLE orphan AS {said}")
    for named, subject in _SUBJECT.items():
        there = f"SELECT {subject} AS id FROM {feed.name}.{named}"
        named_here = f"SELECT id FROM orphan WHERE named = {quote(named)}"
        every = f"{named_here} UNION SELECT {subject} FROM {feed.name}.rejected"
        lost = f"SELECT id FROM ({every}) WHERE id NOT IN ({there})"
        make_cores(con, store, f"core_{named}", lost, there)
    keys = load_keys(feed.folder)
    con.execute(f"CREATE OR REPLACE TEMP VIEW table_size AS {_sizes(feed)}")
    most = {"most_rows": keys.most_rows, "most_percent": keys.most_percent, "hundred": HUNDRED}
    add_sql_file(con, SQL / "orphans.sql", f"{feed.name}.orphans", most)
    _add_rejected(con, feed)


def _lost_ids(feed: Feed) -> str:
    """SQL for each identifier that names no row, by the table that it would name: few, and most days none."""
    by_named: dict[str, list[str]] = {}
    for table, column, named in references(feed):
        by_named.setdefault(named, []).append(f"SELECT {column} AS id FROM {feed.name}.{table}")
    each = []
    for named, told in by_named.items():
        [key] = feed.tables[named].key
        lost = f"id IS NOT NULL AND id NOT IN (SELECT {key} FROM {feed.name}.{named})"
        each.append(f"SELECT {quote(named)} AS named, id FROM ({' UNION ALL '.join(told)}) WHERE {lost}")
    return f"SELECT DISTINCT named, id FROM ({' UNION ALL '.join(each)})"


def _sizes(feed: Feed) -> str:
    """SQL for how many rows came of each table, those at fault included."""
    bad = f"SELECT count(*) FROM {feed.name}.rejected_lines WHERE table_name"
    each = [(name, f"count(*) + ({bad} = {quote(name)})") for name in sorted(feed.tables)]
    return "\nUNION ALL\n".join(
        f"SELECT {quote(name)} AS own_table, {rows} AS rows FROM {feed.name}.{name}" for name, rows in each
    )


def _add_rejected(con: Connection, feed: Feed) -> None:
    """Adds to `<feed>.rejected` whom orphans and lines at fault may mean, and takes out what means nobody.

    What was noted before places were may be about anybody.
    """
    nobody = "case_id IS NULL AND person_id IS NULL"
    anybody = f"SELECT table_name FROM {feed.name}.rejected_lines WHERE {nobody} AND source_line IS NULL"
    con.execute(f"DELETE FROM {feed.name}.rejected WHERE {nobody} AND table_name NOT IN ({anybody})")
    add_sql_file(con, SQL / "meant.sql", f"{feed.name}.rejected", _relations(feed))


def _relations(feed: Feed) -> dict[str, str]:
    """The tables of a feed that `meant.sql` and `unnamed.sql` read, by the names that they give them."""
    names = ("cases", "persons", "orphans", "rejected", "rejected_lines")
    return {name: f"{feed.name}.{name}" for name in names}


def _trace_lines(con: Connection, feed: Feed) -> None:
    """Makes `unnamed`, the lines at fault that name nobody, and `traced`: whom the rest of them leads to.

    A child names its parents by the case alone.
    """
    run_sql_file(con, SQL / "unnamed.sql", "unnamed", _relations(feed), is_temporary=True)
    con.execute("CREATE OR REPLACE TEMP TABLE traced AS SELECT * EXCLUDE (named) FROM unnamed WHERE false")
    said = "SELECT * EXCLUDE (case_id, person_id, named), unnest(named, recursive := true) FROM unnamed"
    con.execute(f"CREATE OR REPLACE TEMP TABLE clue AS {said}")
    there = {str(row[0]) for row in con.execute("SELECT DISTINCT column_name FROM clue").fetchall()}
    for column, to in load_keys(feed.folder).leads.items():
        if column not in there:
            continue
        name, _, key = to.partition(".")
        own = feed.tables[name].names
        case, person = (next((one for one in names if one in own), "NULL") for names in (_CASE, _PERSON))
        asked = {
            "table_name": "clue.table_name",
            "case_id": case,
            "person_id": f"CASE WHEN {case} IS NULL THEN {person} END",
            "source_line": "clue.source_line",
            "source_file": "clue.source_file",
        }
        both = f"clue JOIN {feed.name}.{name} AS meant ON meant.{key} = clue.id"
        leads = f"clue.column_name = {quote(column)} AND coalesce({case}, {person}) IS NOT NULL"
        con.execute(f"INSERT INTO traced BY NAME SELECT DISTINCT {columns(asked)} FROM {both} WHERE {leads}")


def make_cores(con: Connection, store: Store, target: str, lost: str, there: str) -> None:
    """Makes the table `target`: whom of the identifiers `there` those of `lost` may mean, by their core.

    An identifier that lost a zero may look like a number of a person, and came in as a token: it is
    compared with the tokens that the identifiers of those who are there would have become.
    """
    con.execute(f"CREATE OR REPLACE TEMP MACRO {CORE}")
    found = f"SELECT id, core_of(id) AS core FROM ({there})"
    meant = f"core IN (SELECT core_of(id) FROM ({lost}))"
    con.execute(f"CREATE OR REPLACE TEMP TABLE {target} AS SELECT * FROM ({found}) WHERE {meant}")
    masked = f"SELECT id FROM ({lost}) WHERE starts_with(id, {quote(MASKED)})"
    if con.execute(masked).fetchone():
        use_identity(con, store)
        digits = f"SELECT * FROM ({found}) WHERE regexp_full_match(core, '[0-9]{{1,9}}')"
        written = f"SELECT id, unnest({variants_of('core')}) AS written FROM ({digits})"
        tokens = f"SELECT id, {masked_id('written')} AS token FROM ({written})"
        same = f"SELECT DISTINCT id, core_of(token) FROM ({tokens}) WHERE token IN ({masked})"
        con.execute(f"INSERT INTO {target} {same}")


def _orphans(feed: Feed, table: str, column: str, named: str) -> str:
    """SQL for the rows of a table whose identifier names no row, with the case and person that they do name.

    A case whose person is missing has a person of whom nothing is known; a row says of whom it tells by its
    other identifier, where that one names somebody.
    """
    own = feed.tables[table].names
    case, person = (
        name if name in own and name != column else "CAST(NULL AS VARCHAR)" for name in _SUBJECT.values()
    )
    told = "persons" if table == "cases" else table
    asked = _asked(told, column, quote(named), column, case, person, table)
    lost = f"{column} IN (SELECT id FROM lost_id WHERE named = {quote(named)})"
    return f"SELECT {asked} FROM {feed.name}.{table} WHERE {lost}"


def _asked(table: str, column: str, named: str, identifier: str, case: str, person: str, own: str) -> str:
    """What every SELECT of orphans asks for, in one order."""
    return columns(
        {
            "table_name": quote(table),
            "column_name": quote(column),
            "named": named,
            "id": identifier,
            "case_id": case,
            "person_id": person,
            "source_file": "source_file",
            "source_line": "source_line",
            "own_table": quote(own),
        }
    )


def _subjects(feed: Feed, table: str) -> list[str]:
    """The columns by which a row of a table says of whom it tells."""
    return [name for name in feed.tables[table].names if name in (*_CASE, *_PERSON)]


def _nameless(feed: Feed) -> list[str]:
    """SQL for the rows that read well and say by none of their columns of whom they tell."""
    found = []
    for table in feed.tables.values():
        names = _subjects(feed, table.name)
        needed = any(one.is_required or one.is_key for one in table.columns if one.name in names)
        if names and not needed and table.name not in load_keys(feed.folder).names_nobody:
            blank = " AND ".join(f"{name} IS NULL" for name in names)
            found += [
                f"SELECT {_asked(table.name, name, 'NULL', 'NULL', 'NULL', 'NULL', table.name)}"
                f" FROM {feed.name}.{table.name} WHERE {blank}"
                for name in names
            ]
    return found


def _lines_astray(feed: Feed) -> list[str]:
    """SQL for the lines at fault that name nobody and lead to nobody, or name nobody of the extract."""
    by = [
        (table.name, name)
        for table in feed.tables.values()
        for name in _subjects(feed, table.name) or table.key
        if table.name not in load_keys(feed.folder).names_nobody
    ]
    listed = ", ".join(f"({quote(table)}, {quote(name)})" for table, name in by)
    place = "source_file, source_line, table_name"
    own = f"unnamed JOIN (VALUES {listed}) AS own(table_name, column_name) USING (table_name)"
    asked = f"table_name, column_name, NULL, NULL, NULL, NULL, {place}"
    blank = f"SELECT {asked} FROM {own} ANTI JOIN traced USING ({place})"
    of_nobody = "table_name NOT IN ('cases', 'persons', 'children')"
    for named, subject in _SUBJECT.items():
        of_nobody += f" AND coalesce({subject} NOT IN (SELECT {subject} FROM {feed.name}.{named}), true)"
    strange = [
        f"SELECT table_name, {quote(subject)}, {quote(named)}, {subject}, NULL, NULL, {place}"
        f" FROM {feed.name}.rejected_lines AS line WHERE {subject} IS NOT NULL AND {of_nobody}"
        for named, subject in _SUBJECT.items()
    ]
    return [blank, *strange]
