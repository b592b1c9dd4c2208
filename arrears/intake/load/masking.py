"""Numbers of people and accounts that were typed into a column of words: masked where they enter.

Words with nine or more digits in a row, or grouped as a Social Security number is, lose them. A column that
is a number by its name (an identifier, a ZIP, an employer's number) keeps its digits; only an identifier that
looks like a person's number, where the column's others do not, becomes a token: it still names one thing.
"""

import re
from dataclasses import dataclass

from arrears.data.warehouse import Connection, quote
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


def masked_columns(con: Connection, name: str, relation: str = "loading") -> Masked:
    """What must be masked of a relation: SQL by column, and a sentence a column with its place."""
    texts = [
        row[0]
        for row in con.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        if row[1] == "VARCHAR" and row[0] not in ("source_file", "l")
    ]
    words = [column for column in texts if not _NUMBERED.search(column)]
    ids = [column for column in texts if column.endswith("_id")]
    # One look at a row's words together: nearly no row has any.
    told = {column: f"regexp_matches({column}, {quote(LONG_NUMBER)})" for column in words}
    told |= {column: _is_like(column) for column in ids}
    together = [
        f"regexp_matches(concat_ws({_BREAK}, {', '.join(columns)}), {quote(pattern)})"
        for columns, pattern in ((words, LONG_NUMBER), (ids, _ID))
        if columns
    ]
    if not together:
        return Masked({}, [])
    counts = ", ".join(
        f"count(*) FILTER ({test}), min(source_line) FILTER ({test})" for test in told.values()
    )
    found = con.execute(f"SELECT {counts} FROM {relation} WHERE {' OR '.join(together)}").fetchone() or ()
    columns, places = {}, []
    for place, column in enumerate(told):
        hits, line = found[2 * place : 2 * place + 2]
        if not hits or (column in ids and _is_usual(con, relation, column)):
            continue
        columns[column] = masked_id(column) if column in ids else masked_words(column)
        places.append(f"{name}.{column}: {hits} value(s) masked, the first at line {line}")
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
