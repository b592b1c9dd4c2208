"""Who a feed's rows say they are about: `match:` of each feed, and the one SELECT that is made of them all.

`transforms/match/` reads its answer, `match.feed_rows`; a feed is matched by what its `feed.yml` says alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot.errors import SqlglotError

from arrears.config import Node
from arrears.data.warehouse import sql_text

SQL = Path(__file__).with_name("sql")

# What has to agree before anything acts on a row without a person, and which columns that takes.
EXACT = {
    "number_and_name": ("number", "name"),
    "person_number_and_name": ("person_number", "name"),
    "person_number": ("person_number",),
}
# A number of a person is staged as its token, with the fault of one that can be nobody's beside it.
NUMBER, TOKEN = "ssn", "person_token"


@dataclass(frozen=True)
class Match:
    """How the rows of a feed find their person: which columns of `load.sql` say who it is, and what is exact.

    `name` is a last and a first name, or one whole name. `none` says why the rows are not matched.
    """

    none: str = ""
    exact: str = ""
    number: str = ""
    person_number: str = ""
    name: tuple[str, ...] = ()
    birth_date: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of `load.sql` that it reads."""
        return tuple(one for one in (self.number, self.person_number, *self.name, self.birth_date) if one)


def read_match(node: Node, load: Path) -> Match:
    """What `match:` says; a fault where its exact tier lacks what it takes, or a column is not loaded."""
    if node.has("none"):
        found = Match(none=node.text("none"))
        node.done()
        return found
    found = Match(
        exact=node.text("exact", choices=tuple(EXACT)),
        number=node.text("number", required=False, choices=(NUMBER,)),
        person_number=node.text("person_number", required=False),
        name=node.texts("name", required=False),
        birth_date=node.text("birth_date", required=False),
    )
    node.done()
    for need in EXACT.get(found.exact, ()):
        if not getattr(found, need):
            node.fault(f"exact: {found.exact} takes {need}, which is not given")
    if len(found.name) > len(("last", "first")):
        node.fault("name is a last and a first name, or one whole name")
    for column in sorted(set(found.columns) - loaded_columns(load)):
        node.fault(f"{column} is not a column of load.sql")
    return found


def loaded_columns(load: Path) -> frozenset[str]:
    """The columns that a feed's `load.sql` gives; none where it is missing or no SQL."""
    try:
        tree = sqlglot.parse_one(load.read_text(encoding="utf-8"), dialect="duckdb")
    except (OSError, SqlglotError):
        return frozenset()
    return frozenset(tree.named_selects) if isinstance(tree, sqlglot.exp.Query) else frozenset()


def feed_rows(matches: Iterable[tuple[str, Match]]) -> str:
    """SQL for one row a line of every feed that is matched: whom it says it is about, by which rule."""
    return "\nUNION ALL BY NAME\n".join(
        [
            sql_text(SQL / "no_rows.sql"),
            *(_rows(feed, match) for feed, match in sorted(matches) if not match.none),
        ]
    )


def _rows(feed: str, match: Match) -> str:
    columns = [f"'{feed}' AS feed", "source_file", "source_line", f"'{match.exact}' AS exact"]
    if match.number:
        columns += [
            f"CASE WHEN ssn_fault IS NULL THEN {TOKEN} END AS {TOKEN}",
            "ssn_fault IS NOT NULL AS number_is_impossible",
        ]
    else:
        columns += ["false AS number_is_impossible"]
    names = ("whole_name",) if len(match.name) == 1 else ("last_name", "first_name")
    called = [*zip(match.name, names, strict=False), (match.person_number, "person_id")]
    called += [(match.birth_date, "birth_on")]
    columns += [f"{column} AS {name}" for column, name in called if column]
    return f"SELECT {', '.join(columns)} FROM staging.{feed}"
