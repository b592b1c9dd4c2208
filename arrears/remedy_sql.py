"""The SQL of a remedy: one SELECT over one facts table, a column per condition, and nothing hidden."""

import re
from collections.abc import Iterator
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from arrears.config import Faults
from arrears.errors import shown
from arrears.remedy import AS_OF, Condition
from arrears.sqltext import CLOCKS

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def placeholders(one: Condition) -> set[str]:
    """The names in braces of a condition's sentences."""
    return set(_PLACEHOLDER.findall(one.say)) | set(_PLACEHOLDER.findall(one.say_not))


def read_sql(
    path: Path, facts: str, conditions: tuple[Condition, ...], needs: set[str], faults: Faults
) -> tuple[str, frozenset[str]]:
    """The text of a part and the parameters it binds; faults go to the list."""
    where = shown(path)
    if not path.is_file():
        faults.add(where, "the file is missing")
        return "", frozenset()
    text = path.read_text(encoding="utf-8")
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
    except SqlglotError as error:
        faults.add(where, f"not SQL: {str(error).splitlines()[0]}")
        return text, frozenset()
    if len(trees) != 1 or not isinstance(trees[0], exp.Select):
        faults.add(where, "must be one SELECT")
        return text, frozenset()
    params = frozenset(one.name for one in trees[0].find_all(exp.Placeholder, exp.Parameter) if one.name)
    for fault in _sql_faults(text, trees[0], facts, conditions):
        faults.add(where, fault)
    for name in sorted(params - needs - {AS_OF}):
        faults.add(where, f"${name} is not in `needs`")
    return text, params


def _sql_faults(text: str, tree: exp.Select, facts: str, conditions: tuple[Condition, ...]) -> Iterator[str]:
    yield from _shape_faults(tree, facts)
    yield from _column_faults(tree, conditions)
    yield from literal_faults(tree)
    yield from clock_faults(text)


def _shape_faults(tree: exp.Select, facts: str) -> Iterator[str]:
    for one in tree.find_all(exp.Table):
        name = f"{one.db}.{one.name}" if one.db else one.name
        if name != f"facts.{facts}":
            yield f"reads {name}; a condition reads only facts.{facts}"
    if tree.find(exp.Join) or len(list(tree.find_all(exp.Select))) != 1 or tree.args.get("with_"):
        yield "holds a join, a WITH or a second SELECT; put the work into a fact"
    for clause in ("where", "group", "having", "qualify", "limit", "offset", "distinct"):
        if tree.args.get(clause):
            yield f"holds {clause.upper()}; a condition without a name cannot be explained"
    if any(isinstance(one, exp.AggFunc | exp.Window) for one in tree.walk()):
        yield "holds an aggregate or a window; put the work into a fact"


def _column_faults(tree: exp.Select, conditions: tuple[Condition, ...]) -> Iterator[str]:
    names = [one.alias_or_name for one in tree.expressions]
    told = [one.name for one in conditions]
    if names[:1] != ["subject_id"]:
        yield "the first column must be subject_id"
    columns = names[1:] if names[:1] == ["subject_id"] else names
    for name in (one for one in columns if one not in told):
        yield f"column {name or '(unnamed)'} is not described in remedy.yml"
    for name in (one for one in told if one not in columns):
        yield f"condition {name} has no column"
    if sorted(columns) == sorted(told) and columns != told:
        yield "the columns are not in the order of the conditions in remedy.yml"
    for one in tree.expressions:
        condition = next((c for c in conditions if c.name == one.alias_or_name), None)
        if condition is None:
            continue
        read = {column.name for column in one.find_all(exp.Column)}
        for fact in sorted(read - set(condition.facts)):
            yield f"{condition.name} reads {fact}, which its `facts` do not list"
        for fact in sorted(set(condition.facts) - read - placeholders(condition)):
            yield f"{condition.name} lists the fact {fact}, which it neither reads nor says"


def literal_faults(tree: exp.Expression) -> Iterator[str]:
    """A fault for each number or date that stands in SQL instead of in a profile."""
    for one in tree.find_all(exp.Literal):
        text = str(one.this)
        if text in ("0", "1"):
            continue
        if not one.is_string or re.match(r"\s*[-+]?\.?\d", text):
            yield f"holds the number {text}; put it into the profile"


def clock_faults(text: str) -> Iterator[str]:
    """A fault for each word of SQL whose answer depends on when it runs."""
    tokens = sqlglot.tokenize(text, dialect="duckdb")
    for word in sorted({token.text.lower() for token in tokens} & CLOCKS):
        yield f"asks the clock or chance ({word}); the date is $as_of"
