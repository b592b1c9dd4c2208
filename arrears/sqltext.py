"""What the SQL of rules, transforms and engine may not hold: numbers of its own, and questions to the clock.

Works on tokens, so that it also reads what a parser of the dialect would stumble over.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

import sqlglot
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType

# Anything whose answer depends on when or where it runs: words that ask by themselves, and functions.
CLOCKS = frozenset(("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"))
CLOCK_FUNCTIONS = frozenset(
    (
        *("now", "today", "get_current_time", "get_current_timestamp", "transaction_timestamp"),
        *("random", "uuid", "gen_random_uuid", "nextval"),
    )
)
_ASKING = CLOCKS | CLOCK_FUNCTIONS
_LITERALS = frozenset((TokenType.STRING, TokenType.NUMBER))
_FREE_NUMBERS = ("0", "1")
# A text right after one of these words is a date, a time or a span, whatever its quotes say.
_TYPED = frozenset(("date", "time", "timestamp", "interval"))
_A_DATE = re.compile(r"\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_STARTS_AS_NUMBER = re.compile(r"\s*[-+]?\.?[0-9]")


def sql_faults(text: str) -> list[str]:
    """Every number, date or clock that an SQL text holds instead of taking it as a parameter."""
    return list(_sql_faults(text))


@lru_cache(maxsize=2048)
def _sql_faults(text: str) -> tuple[str, ...]:
    try:
        tokens = _tokens(text)
    except SqlglotError as error:
        return (f"not SQL: {str(error).splitlines()[0]}",)
    # Most tokens are names and signs: they are not looked at twice.
    suspects = [
        place
        for place, token in enumerate(tokens)
        if token.token_type in _LITERALS or token.text.lower() in _ASKING
    ]
    return tuple(fault for place in suspects if (fault := _fault(tokens, place)))


@lru_cache(maxsize=2048)
def parameters(text: str) -> tuple[str, ...]:
    """The names that an SQL text binds as `$name`, in order of first use; comments do not count."""
    found = [name.text for sign, name in pairwise(_tokens(text)) if sign.token_type == TokenType.PARAMETER]
    return tuple(dict.fromkeys(found))


def columns(given: Mapping[str, str]) -> str:
    """Expressions by the names of their columns as what a SELECT asks for."""
    return ", ".join(f"{expression} AS {name}" for name, expression in given.items())


def no_rows(kinds: Mapping[str, str]) -> str:
    """SQL for a relation without a row, of columns by name and type."""
    return f"SELECT {columns({name: f'CAST(NULL AS {kind})' for name, kind in kinds.items()})} WHERE false"


def case_of(column: str, said: Mapping[str, str]) -> str:
    """SQL for what is said of the name that a column holds; NULL for one of which nothing is said."""
    cases = " ".join(f"WHEN '{name}' THEN {sql}" for name, sql in said.items())
    return f"CASE {column} {cases} END" if cases else "NULL"


def lines_select(
    relation: str, key: str, when: Mapping[str, str], told: Mapping[str, Mapping[str, str]]
) -> str:
    """The SELECT, in one scan, of a line for each row of a relation and name whose condition is true of it.

    `told` is what the lines of each name say, by column, all of the same columns; `key` names the name.
    """
    names = ", ".join(f"'{name}'" for name in when)
    true = ", ".join(f"({condition}) IS TRUE" for condition in when.values())
    opened = f"SELECT *, unnest(list_where([{names}], [{true}])) AS {key} FROM {relation}"
    asked = {}
    for column in next(iter(told.values())):
        said = {name: own[column] for name, own in told.items()}
        one, *others = dict.fromkeys(said.values())
        asked[column] = case_of(key, said) if others else one
    return f"SELECT {columns(asked)} FROM ({opened})"


@lru_cache(maxsize=512)
def selected(text: str) -> tuple[str, ...]:
    """The columns that a SELECT gives, each of which it names."""
    return tuple(sqlglot.parse_one(text, dialect="duckdb").named_selects)


def strings(text: str) -> tuple[str, ...]:
    """The texts that an SQL text holds in quotes, each once."""
    found = [token.text for token in _tokens(text) if token.token_type == TokenType.STRING]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=2048)
def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(sqlglot.tokenize(text, dialect="duckdb"))


def _fault(tokens: tuple[Token, ...], place: int) -> str | None:
    token = tokens[place]
    where = f"line {token.line}"
    if token.token_type == TokenType.STRING:
        if _is_a_value(tokens, place):
            return f"{where} holds '{token.text}' for a number or a date; make it a parameter"
        return None
    if token.token_type == TokenType.NUMBER and token.text not in _FREE_NUMBERS:
        return f"{where} holds the number {token.text}; make it a parameter"
    is_called = place + 1 < len(tokens) and tokens[place + 1].token_type == TokenType.L_PAREN
    if token.text.lower() in CLOCKS or (is_called and token.text.lower() in CLOCK_FUNCTIONS):
        return f"{where} asks the clock or chance ({token.text}); the date is $as_of"
    return None


def _is_a_value(tokens: tuple[Token, ...], place: int) -> bool:
    """Whether a text stands for a number or a date: by its shape, or by the cast around it.

    A code such as `'0426'` that stays text is a word of its layout, not a number of ours.
    """
    text = tokens[place].text
    if _A_DATE.match(text):
        return True
    before = [token.text.lower() for token in tokens[max(place - 2, 0) : place]]
    is_cast = (
        before[-1:] in [[word] for word in _TYPED]
        or before in (["cast", "("], ["try_cast", "("])
        or (place + 1 < len(tokens) and tokens[place + 1].token_type == TokenType.DCOLON)
    )
    return is_cast and bool(_STARTS_AS_NUMBER.match(text)) and text not in _FREE_NUMBERS
