"""Numbers of people and accounts that were typed into a column of words: masked where they enter.

Words with nine or more digits in a row, or grouped as a Social Security number is, lose them. A column that
is a number by its name (an identifier, a ZIP, an employer's number) keeps its digits; only an identifier that
looks like a person's number, where the column's others do not, becomes a token: it still names one thing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from arrears.data.warehouse import Connection, ask_all, quote
from arrears.errors import LONG_NUMBER

_ID = "[0-9]{3}[-. _/]?[0-9]{2}[-. _/]?[0-9]{4}"
_MASK = "xxxxxxxxx"
MASKED = "masked-"  # how the token of an identifier begins
_MARKS = ("", "-", ".", " ", "_", "/")
_NUMBERED = re.compile(r"(^|_)(id|number|fein|tin|zip|reference|token|ssn|last4|carry|hash|month|year)$")
_BREAK = "chr(31)"


@dataclass(frozen=True)
class Masked:
    """How each column is staged whose digits must go, and where they stood."""

    columns: dict[str, str]
    places: list[str]

    def rows(self, relation: str) -> str:
        """SQL for the rows of a relation with its numbers masked."""
        parts = ", ".join(f"{sql} AS {column}" for column, sql in self.columns.items())
        return f"(SELECT * REPLACE ({parts}) FROM {relation})" if parts else relation


@dataclass(frozen=True)
class Suspect:
    """A relation that is looked at for such numbers: what it is called, its columns of text, its rows."""

    name: str
    relation: str
    texts: Sequence[str]
    rows: int

    @property
    def words(self) -> list[str]:
        """The columns of words, in which no long number belongs."""
        return [one for one in self.texts if not _NUMBERED.search(one)]

    @property
    def ids(self) -> list[str]:
        """The columns of identifiers."""
        return [one for one in self.texts if one.endswith("_id")]

    @property
    def tests(self) -> dict[str, str]:
        """SQL by column that is true where a number stands."""
        told = {column: f"regexp_matches({column}, {quote(LONG_NUMBER)})" for column in self.words}
        return told | {column: _is_like(column) for column in self.ids}


def masked_columns(con: Connection, suspects: Sequence[Suspect]) -> dict[str, Masked]:
    """What must be masked of each relation: SQL by column, and a sentence a column with its place."""
    answers = ask_all(con, [(_look(one), one.rows) for one in suspects if one.tests])
    found = {name: (hits, at) for name, hits, at in answers}
    return {one.name: _masked(con, one, *found.get(one.name, ((), ()))) for one in suspects}


def _look(suspect: Suspect) -> str:
    """SQL for how many values of each tested column are such a number, and the line of the first."""
    # One look at a row's words together: nearly no row has any.
    together = " OR ".join(
        f"regexp_matches(concat_ws({_BREAK}, {', '.join(columns)}), {quote(pattern)})"
        for columns, pattern in ((suspect.words, LONG_NUMBER), (suspect.ids, _ID))
        if columns
    )
    tests = suspect.tests.values()
    hits = ", ".join(f"count(*) FILTER ({test})" for test in tests)
    first = ", ".join(f"min(source_line) FILTER ({test})" for test in tests)
    return f"SELECT {quote(suspect.name)}, [{hits}], [{first}] FROM {suspect.relation} WHERE {together}"


def _masked(con: Connection, suspect: Suspect, hits: Sequence[int], at: Sequence[int | None]) -> Masked:
    columns, places, ids = {}, [], suspect.ids
    for column, number, line in zip(suspect.tests, hits, at, strict=True):
        if not number or (column in ids and _is_usual(con, suspect.relation, column)):
            continue
        columns[column] = masked_id(column) if column in ids else masked_words(column)
        places.append(f"{suspect.name}.{column}: {number} value(s) masked, the first at line {line}")
    return Masked(columns, places)


def masked_words(column: str) -> str:
    """SQL for a text without its long numbers."""
    return f"regexp_replace({column}, {quote(LONG_NUMBER)}, '{_MASK}', 'g')"


def masked_id(column: str) -> str:
    """SQL for an identifier, a token where it looks like a person's number."""
    return (
        f"CASE WHEN {_is_like(column)} THEN '{MASKED}' || left(keyed_token({column}), 12) ELSE {column} END"
    )


def variants_of(core: str) -> str:
    """SQL for how an identifier of nine digits at most may stand that became a token: a list of texts."""
    nine = f"lpad({core}, 9, '0')"
    parts = f"{nine}[1:3], {nine}[4:5], {nine}[6:9]"
    return f"[{', '.join(f'concat_ws({quote(mark)}, {parts})' for mark in _MARKS)}]"


def id_sql(con: Connection, relation: str, column: str) -> str:
    """SQL for an identifier of a relation, masked unless all of the column look so."""
    return column if _is_usual(con, relation, column) else masked_id(column)


def _is_like(column: str) -> str:
    return f"coalesce(regexp_full_match({column}, {quote(_ID)}), false)"


def _is_usual(con: Connection, relation: str, column: str) -> bool:
    """Whether identifiers of this column are nine digits by nature: most of them are."""
    row = con.execute(
        f"SELECT count(*) FILTER ({_is_like(column)}) * 2 > count({column}) FROM {relation}"
    ).fetchone()
    return bool(row and row[0])
