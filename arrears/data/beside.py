"""Tables that keep their own columns only, and show those of another table's row beside them.

A kept table says in its own file which of its columns names whose row: `{"case_id": "case_facts"}` reads,
for each of its rows, the row of `case_facts` in the same folder whose `subject_id` is that `case_id`. So a
night is read as it was written, whatever its transforms have become.
"""

import filecmp
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.data.warehouse import Connection, attach_views, file_list

# Column of a table to the other table whose `subject_id` it names.
Beside = Mapping[str, str]
KEY = "subject_id"
_MARK = "beside"


def mark(beside: Beside) -> dict[str, str]:
    """What a file says of itself, to be written with it."""
    return {_MARK: json.dumps(beside, sort_keys=True)} if beside else {}


def kept_rows(path: Path) -> str:
    """The SELECT of the rows of a kept table as readers see them, other rows beside its own included."""
    return _kept(path)[0]


def kept_columns(path: Path) -> frozenset[str]:
    """The columns of a kept table as readers see them."""
    return _kept(path)[1]


def same_kept(one: Path, other: Path) -> bool:
    """Whether readers see the very same in two kept tables: their files and those beside them are alike."""
    if not filecmp.cmp(one, other, shallow=False):
        return False
    return all(
        same_kept(one.with_name(f"{of}.parquet"), other.with_name(f"{of}.parquet"))
        for of in _beside(pq.read_schema(one)).values()
    )


def attach_kept(con: Connection, paths: Mapping[str, Path]) -> None:
    """Makes each `schema.table` a view of the kept table as readers see it."""
    attach_views(con, {name: kept_rows(path) for name, path in paths.items()})


@dataclass
class Kept:
    """The tables that lie in a folder so far: how many rows each has, and which are seen by SQL already."""

    folder: Path
    rows: dict[str, int] = field(default_factory=dict)
    _shown: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def path(self, table: str) -> Path:
        """Where a table lies."""
        return self.folder / f"{table}.parquet"

    def show(self, con: Connection, schema: str, tables: Iterable[str]) -> None:
        """Lets SQL see those of these tables that lie there, as `schema.<table>`."""
        with self._lock:
            new = sorted((set(tables) & set(self.rows)) - self._shown)
            attach_kept(con, {f"{schema}.{table}": self.path(table) for table in new})
            self._shown |= set(new)


def _beside(schema: pa.Schema) -> dict[str, str]:
    """What a file says of the columns beside its own."""
    return dict(json.loads((schema.metadata or {}).get(_MARK.encode(), b"{}")))


def _kept(path: Path) -> tuple[str, frozenset[str]]:
    schema, rows = pq.read_schema(path), f"FROM read_parquet({file_list([path])})"
    others = [(key, *_kept(path.with_name(f"{of}.parquet"))) for key, of in _beside(schema).items()]
    columns = frozenset(schema.names).union(*(held for _, _, held in others))
    return _shown(rows, schema.names, others), columns


def _shown(rows: str, own: Collection[str], others: Iterable[tuple[str, str, Collection[str]]]) -> str:
    """The SELECT of rows with those of others beside them; what a table says itself, it says."""
    told, joins, taken = [], [], set(own)
    for place, (key, select, columns) in enumerate(others):
        hidden = ", ".join(f'"{one}"' for one in sorted(taken & set(columns)))
        told.append(f"b{place}.* EXCLUDE ({hidden})")
        joins.append(f' LEFT JOIN ({select}) AS b{place} ON b{place}.{KEY} = own."{key}"')
        taken |= set(columns)
    if not told:
        return f"SELECT * {rows}"
    return f"SELECT own.*, {', '.join(told)} FROM ({rows}) AS own{''.join(joins)}"
