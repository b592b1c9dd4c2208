"""Which labels the columns of a SELECT bear, followed from the columns that it reads.

A value bears every label of every column that its expression names, the conditions of a CASE, a FILTER and a
window among them. A constant and a count of rows bear what the rows themselves tell. Which rows there are is
not followed through WHERE and ON: that a line exists is what a queue is asked to say.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import sqlglot
from sqlglot import exp

from arrears.law.relations import NONE, Labels, Relation, union

Tables = Callable[[str], Relation | None]


@lru_cache(maxsize=1024)
def parsed(sql: str) -> exp.Expr:
    """The tree of one SELECT; raises sqlglot's own error where the text is none."""
    return sqlglot.parse_one(sql.strip().rstrip(";"), dialect="duckdb")


def follow(sql: str, tables: Tables, sticky: frozenset[str] = frozenset()) -> Relation:
    """What the columns of a SELECT bear over these tables; a `KeyError` refuses an unknown table or column.

    A `sticky` label goes on to all of a row that is found by a column that bears it: who is found by the
    number of a child is one.
    """
    return _query(parsed(sql), _Names(tables, sticky))


@dataclass(frozen=True)
class _Names:
    """What a query can name: tables of the house, its own WITH, and the rows of the query around it."""

    tables: Tables
    sticky: frozenset[str] = frozenset()
    own: Mapping[str, Relation] = field(default_factory=dict)
    outer: "_Scope | None" = None

    def table(self, name: str) -> Relation:
        found = self.own.get(name) or self.tables(name)
        if found is None:
            raise KeyError(name)
        return found


@dataclass
class _Scope:
    names: _Names
    sources: dict[str, Relation] = field(default_factory=dict)
    # Of a column that USING merges: whose value it is, by what both sides bear.
    merged: dict[str, Labels] = field(default_factory=dict)
    aliases: dict[str, Labels] = field(default_factory=dict)
    rows: Labels = field(default_factory=dict)

    def bare(self, name: str) -> Labels | None:
        """What a column without its table bears, here or in the query around."""
        if name in self.merged:
            return self.merged[name]
        exact = [one.columns[name] for one in self.sources.values() if name in one.columns]
        if exact:
            return union(exact)
        if name in self.aliases:
            return self.aliases[name]
        if name in self.sources:  # a row as a whole
            return self.sources[name].all
        around = self.names.outer.bare(name) if self.names.outer else None
        if around is not None:
            return around
        rest = [one.rest for one in self.sources.values() if one.rest is not None]
        return union(rest) if rest else None

    def of(self, table: str, name: str) -> Labels | None:
        """What a column of a table bears, or a part of a column of that name."""
        if table in self.sources:
            return self.sources[table].column(name)
        around = self.names.outer.of(table, name) if self.names.outer else None
        return around if around is not None else self.bare(table)

    @property
    def all(self) -> Labels:
        """What anything that can be named here bears."""
        outer = self.names.outer.all if self.names.outer else NONE
        return union([*(one.all for one in self.sources.values()), outer])


def _query(node: exp.Expr, names: _Names) -> Relation:
    names = _with(node, names)
    if isinstance(node, exp.Subquery):
        return _renamed(_query(node.this, names), node)
    if isinstance(node, exp.SetOperation):
        return _set(node, names)
    if isinstance(node, exp.Select):
        return _select(node, names)
    if isinstance(node, exp.Values):
        return _renamed(Relation(rest=_labels(node, _Scope(names))), node)
    if isinstance(node, exp.Table):
        return _renamed(names.table(_name(node)), node)
    raise KeyError(type(node).__name__)


def _with(node: exp.Expr, names: _Names) -> _Names:
    clause = node.args.get("with_") or node.args.get("with")
    if clause is None:
        return names
    own = dict(names.own)
    for cte in clause.expressions:
        name = cte.alias.lower()
        if clause.args.get("recursive") and isinstance(cte.this, exp.SetOperation):
            own[name] = _query(cte.this.this, _Names(names.tables, names.sticky, own, names.outer))
            while True:
                found = _renamed(_query(cte.this, _Names(names.tables, names.sticky, own, names.outer)), cte)
                if found == own[name]:
                    break
                own[name] = found
        else:
            own[name] = _renamed(_query(cte.this, _Names(names.tables, names.sticky, own, names.outer)), cte)
    return _Names(names.tables, names.sticky, own, names.outer)


def _renamed(made: Relation, node: exp.Expr) -> Relation:
    """A relation under the names that `AS t (a, b)` gives its columns."""
    alias = node.args.get("alias")
    given = [one.name.lower() for one in alias.args.get("columns") or ()] if alias is not None else []
    if not given:
        return made
    known = list(made.columns.values())
    if len(known) < len(given) and made.rest is None:
        return Relation(dict.fromkeys(given, made.all), None, made.rows)
    names = [*given, *list(made.columns)[len(given) :]]
    values = [*known, *([made.rest or NONE] * len(names))]
    return Relation(dict(zip(names, values, strict=False)), made.rest, made.rows)


def _set(node: exp.SetOperation, names: _Names) -> Relation:
    left, right = _query(node.left, names), _query(node.right, names)
    rows = union([left.rows, right.rows])
    if isinstance(node, exp.Except):
        return left
    rest = (
        None if left.rest is None and right.rest is None else union([left.rest or NONE, right.rest or NONE])
    )
    if node.args.get("by_name"):
        every = [*left.columns, *(name for name in right.columns if name not in left.columns)]
        return Relation(
            {name: union([left.column(name) or NONE, right.column(name) or NONE]) for name in every},
            rest,
            rows,
        )
    if left.rest is not None or right.rest is not None or len(left.columns) != len(right.columns):
        # Which column meets which is not known: each bears what any of the other side does.
        other = union([right.all, rest or NONE])
        return Relation(
            {name: union([labels, other]) for name, labels in left.columns.items()},
            None if rest is None else union([left.all, right.all]),
            rows,
        )
    pairs = zip(left.columns.items(), right.columns.values(), strict=True)
    return Relation({name: union([one, other]) for (name, one), other in pairs}, None, rows)


def _select(node: exp.Select, names: _Names) -> Relation:
    scope = _Scope(names)
    clause = node.args.get("from_") or node.args.get("from")
    if clause is not None:
        _add(scope, clause.this)
        for one in clause.this.args.get("joins") or ():
            _join(scope, one)
    for lateral in node.args.get("laterals") or ():
        _add(scope, lateral)
    for join in node.args.get("joins") or ():
        _join(scope, join)
    columns: dict[str, Labels] = {}
    rest: Labels | None = None
    for place, one in enumerate(node.expressions):
        star = _star(one)
        if star is not None:
            given, open_ = _starred(scope, *star)
            columns |= given
            rest = rest if open_ is None else union([rest or NONE, open_])
            continue
        inner = one.this if isinstance(one, exp.Alias) else one
        labels = _labels(inner, scope)
        if inner.find(exp.Columns) is not None:
            labels = scope.all
            rest = union([rest or NONE, labels])
        name = (one.alias_or_name or f"_{place}").lower()
        columns[name] = labels
        if isinstance(one, exp.Alias):
            scope.aliases.setdefault(name, labels)
    _find_columns(node, ("where", "group", "having", "qualify", "order"), scope)
    return Relation(columns, rest, scope.rows)


def _find_columns(node: exp.Expr, clauses: Iterable[str], scope: _Scope) -> None:
    """Refuses a column that nothing has where it only chooses, groups or orders rows: it gives no label."""
    for asked in (node.args.get(clause) for clause in clauses):
        if isinstance(asked, exp.Expr):
            for _ in _borne(asked, scope, frozenset()):
                pass


def _add(scope: _Scope, node: exp.Expr, optional: bool = False) -> str:
    """The name under which a source of FROM can be named, after adding it."""
    names = _Names(scope.names.tables, scope.names.sticky, scope.names.own, scope)
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        made, name = _renamed(scope.names.table(_name(node)), node), node.alias_or_name.lower()
    elif isinstance(node, exp.Subquery | exp.Values):
        if isinstance(node.this, exp.Table):  # a join in brackets
            inner = _Scope(scope.names)
            for one in (node.this, *(join.this for join in node.this.args.get("joins") or ())):
                _add(inner, one)
            scope.sources |= inner.sources
            scope.rows = union([scope.rows, inner.rows])
            return ""
        made, name = _query(node, names), node.alias.lower()
    elif isinstance(node, exp.Lateral) and isinstance(node.this, exp.Subquery):
        made, name = _renamed(_query(node.this, names), node), node.alias.lower()
    else:  # UNNEST, range() and other functions of rows
        labels = _labels(node, scope)
        made, name = _renamed(Relation(rest=labels), node), node.alias.lower()
    name = name or f"_{len(scope.sources)}"
    scope.sources[name] = made
    if not optional:
        scope.rows = union([scope.rows, made.rows])
    return name


def _join(scope: _Scope, join: exp.Join) -> None:
    side, kind = (join.side or "").upper(), (join.kind or "").upper()
    before = {name: labels for one in scope.sources.values() for name, labels in one.columns.items()}
    bare = dict(scope.merged)
    name = _add(scope, join.this, optional=side in ("LEFT", "FULL") or kind in ("SEMI", "ANTI"))
    _find_columns(join, ("on",), scope)
    if "SEMI" in (side, kind) or "ANTI" in (side, kind):
        if "SEMI" in (side, kind):
            scope.rows = union([scope.rows, scope.sources[name].rows])
        del scope.sources[name]
        return
    added = scope.sources.get(name)
    if added is None:
        return
    _stick(scope, join)
    added = scope.sources[name]
    for one in join.args.get("using") or ():
        column = one.name.lower()
        left, right = bare.get(column, before.get(column)), added.column(column) or NONE
        if left is None:  # a table whose columns are not all known
            left = union([source.rest or NONE for source in scope.sources.values() if source is not added])
        # An inner or left join gives the value that the left side has already.
        merged = {"RIGHT": right, "FULL": union([left, right])}.get(side, left)
        scope.merged[column] = merged


def _stick(scope: _Scope, join: exp.Join) -> None:
    """Gives who is found by a column that bears a sticky label that label too."""
    sticky = scope.names.sticky
    if not sticky:
        return
    found: list[tuple[str, Labels, Labels]] = []
    for key in (one.name.lower() for one in join.args.get("using") or ()):
        holders = {alias: one.columns[key] for alias, one in scope.sources.items() if key in one.columns}
        for alias, own in holders.items():
            others = union(labels for name, labels in holders.items() if name != alias)
            found.append((alias, own, others))
    on = join.args.get("on")
    for same in on.find_all(exp.EQ) if on is not None else ():
        for one, other in ((same.left, same.right), (same.right, same.left)):
            if isinstance(one, exp.Column) and one.table.lower() in scope.sources:
                own, others = (union(_borne(side, scope, frozenset())) for side in (one, other))
                found.append((one.table.lower(), own, others))
    side, added = (join.side or "").upper(), list(scope.sources)[-1]
    for alias, own, others in found:
        if (side == "LEFT" and alias != added) or (side == "RIGHT" and alias == added):
            continue  # rows that are there whatever the other side finds
        # Two numbers of one kind held against each other find nobody.
        new = {label: path for label, path in others.items() if label in sticky and label not in own}
        _add_to(scope, alias, new)


def _add_to(scope: _Scope, alias: str, labels: Labels) -> None:
    if labels:
        one = scope.sources[alias]
        columns = {column: union([own, labels]) for column, own in one.columns.items()}
        scope.sources[alias] = Relation(
            columns, None if one.rest is None else union([one.rest, labels]), one.rows
        )


def _star(node: exp.Expr) -> tuple[exp.Star, str] | None:
    if isinstance(node, exp.Star):
        return node, ""
    if isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
        return node.this, node.table.lower()
    return None


def _starred(scope: _Scope, star: exp.Star, table: str) -> tuple[dict[str, Labels], Labels | None]:
    """The columns that a `*` or `t.*` gives, and what its unknown ones bear."""
    sources = [scope.sources[table]] if table in scope.sources else list(scope.sources.values())
    found: dict[str, Labels] = {}
    for source in sources:
        for name, labels in source.columns.items():
            found[name] = union([found.get(name, NONE), labels])
    if not table:
        found |= {name: labels for name, labels in scope.merged.items() if name in found}
    opened = [source.rest for source in sources if source.rest is not None]
    for one in star.args.get("except_") or star.args.get("except") or ():
        found.pop(one.name.lower(), None)
    for one in star.args.get("replace") or ():
        found[one.alias.lower()] = _labels(one.this, scope)
    for one in star.args.get("rename") or ():
        if one.this.name.lower() in found:
            found[one.alias.lower()] = found.pop(one.this.name.lower())
    return found, union(opened) if opened else None


def _labels(node: exp.Expr, scope: _Scope) -> Labels:
    """What an expression bears: all that its columns do, or, where it names none, what the rows tell."""
    found = list(_borne(node, scope, frozenset()))
    counts = any(isinstance(one.this, exp.Star) for one in node.find_all(exp.Count))
    return union([*found, *([scope.rows] if counts or not found else [])])


def _borne(node: exp.Expr, scope: _Scope, own: frozenset[str]) -> Iterator[Labels]:
    """What each column in an expression bears; `own` are the names that a lambda gives its values."""
    if isinstance(node, exp.Lambda):
        own |= {one.name.lower() for one in node.expressions}
    if isinstance(node, exp.Comprehension):
        own |= {one.name.lower() for one in _names_of(node)}
    if isinstance(node, exp.Query) and not (
        isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table)
    ):
        inner = _query(node, _Names(scope.names.tables, scope.names.sticky, scope.names.own, scope))
        yield inner.all
        return
    if isinstance(node, exp.Column):
        name, table, first = node.name.lower(), node.table.lower(), node.db.lower()
        if (first or table or name) in own or isinstance(node.this, exp.Star):
            return
        if first and table not in scope.sources:  # a part of a part of a column
            name, table = table, first
        labels = scope.of(table, name) if table else scope.bare(name)
        if labels is None:
            raise KeyError(f"there is no column {node.sql(dialect='duckdb', comments=False)}")
        yield labels
        return
    for child in node.iter_expressions():
        yield from _borne(child, scope, own)


def _names_of(node: exp.Expr) -> Iterator[exp.Expr]:
    told = node.args.get("expression")
    yield from told.find_all(exp.Identifier) if isinstance(told, exp.Expr) else ()


def _name(node: exp.Table) -> str:
    return ".".join(part.name.lower() for part in (node.args.get("db"), node.this) if part is not None)
