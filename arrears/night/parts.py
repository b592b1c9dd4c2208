"""A night's facts and verdicts in parts, so that several machines share one state's night, or one its memory.

Each part is worked on by itself, over the rows of its own groups of cases and those that are nobody's; what
speaks of the whole caseload is made once before. The parts meet in the run's folder and nowhere else, and put
together they are the tables of a night in one piece, row by row. What lies between goes as the night closes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow.parquet as pq

from arrears import house
from arrears.data.beside import mark
from arrears.data.store import write_aside
from arrears.data.warehouse import Connection, file_list, write_parquet
from arrears.data.writes import take_away
from arrears.errors import ArrearsError
from arrears.law.decide import decide
from arrears.law.verdicts import ASKED
from arrears.night.groups import LARGEST, keep_own, make_groups
from arrears.night.layers import Layer, load_facts
from arrears.night.run import Night
from arrears.night.transform import bound, run_facts, run_layer

FOLDER, GROUPS, REJECTED, WHOLE, DONE = "parts", "groups.parquet", "rejected.parquet", "whole", "done.json"


def split(night: Night, con: Connection) -> dict[str, int]:
    """How many cases there are, and how many cases and persons the largest group holds.

    Writes to whose group each of them belongs, of whom lines at fault may tell, and the tables that speak of
    the whole caseload.
    """
    place = night.folder / FOLDER
    make_groups(con)
    write_parquet(con, "SELECT node, root FROM parts.groups ORDER BY node", place / GROUPS)
    write_parquet(con, "FROM caseload.rejected ORDER BY ALL", place / REJECTED)
    for layer in load_facts(house.FACTS):
        if layer.whole:
            keep = {table: layer.keep.get(table, ("ALL",)) for table in layer.whole}
            own = replace(layer, tables=layer.whole, keep=keep, calculated={}, counted="", beside={})
            run_layer(con, own, place / WHOLE, bound(layer, night.profile, night.as_of))
    told = {"cases": _cases(con), "largest": int((con.execute(LARGEST).fetchone() or (1,))[0])}
    write_aside(place / DONE, json.dumps(told).encode() + b"\n")
    return told


def make_part(night: Night, con: Connection, number: int, of: int) -> dict[str, int]:
    """Rows by kept table of one part, after making its facts and verdicts."""
    place, folder = night.folder / FOLDER, _folder(night, number, of)
    con.execute(f"CREATE OR REPLACE TABLE caseload.rejected AS {_rows([place / REJECTED])}")
    keep_own(con, place / GROUPS, number, of)
    kept = run_facts(con, folder / "facts", night.profile, night.as_of, whole=place / WHOLE)
    decide(con, night.profile, night.cards, night.as_of, folder / "verdicts")
    write_aside(folder / DONE, json.dumps({"cases": _cases(con)}).encode() + b"\n")
    return kept


def merge(night: Night, con: Connection, number: int, of: int) -> dict[str, int]:
    """Rows by table, after putting together one share of the tables of all the parts."""
    prove_whole(night, of)
    writes = _merged(night, [_folder(night, one, of) for one in range(of)])
    size = {table: sum(path.stat().st_size for path in one.paths) for table, one in writes.items()}
    share = sorted(writes, key=lambda table: (-size[table], table))[number::of]
    return {
        table: write_parquet(con, one.select, night.folder / f"{table}.parquet", told=one.told)
        for table in share
        for one in (writes[table],)
    }


def prove_whole(night: Night, of: int) -> None:
    """Refuses to go on where a part is missing, or a case is in none of them or in two."""
    cases = []
    for place in (night.folder / FOLDER, *(_folder(night, number, of) for number in range(of))):
        if not (place / DONE).exists():
            raise ArrearsError("A part of the night is not made", place, "Run the task that makes it again")
        cases.append(json.loads((place / DONE).read_text())["cases"])
    if cases[0] != sum(cases[1:]):
        raise ArrearsError(
            f"The parts hold {sum(cases[1:])} cases where there are {cases[0]}",
            night.folder / FOLDER,
            "Run every worker on the same version, and the night again from its split",
        )


def clear(night: Night) -> None:
    """Takes away what only lay between the tasks."""
    if (night.folder / FOLDER).exists():
        take_away(night.folder / FOLDER)


def _cases(con: Connection) -> int:
    return int((con.execute("SELECT count(*) FROM caseload.cases").fetchone() or (0,))[0])


def _folder(night: Night, number: int, of: int) -> Path:
    return night.folder / FOLDER / f"{number + 1}-of-{of}"


@dataclass(frozen=True)
class _Merged:
    """A table of the night: where its rows lie, the SELECT of them in order, what its file says of itself."""

    paths: list[Path]
    select: str
    told: Mapping[str, str] = field(default_factory=dict)


def _merged(night: Night, folders: list[Path]) -> dict[str, _Merged]:
    """What each table of the night is put together from."""
    found = {}
    for layer in load_facts(house.FACTS):
        for table, order in layer.keep.items():
            paths = [one / "facts" / f"{table}.parquet" for one in folders]
            if table in layer.whole:
                paths = [night.folder / FOLDER / WHOLE / f"{table}.parquet"]
            rows = _summed(layer, table, paths) if table in layer.summed else f"SELECT * {_rows(paths)}"
            told = mark(layer.beside.get(table, {}))
            found[f"facts/{table}"] = _Merged(paths, f"{rows} ORDER BY {', '.join(order)}", told)
    for name in sorted(path.name for path in (folders[0] / "verdicts").glob("*.parquet")):
        if name != ASKED:
            paths = [one / "verdicts" / name for one in folders]
            ordered = f"SELECT * {_rows(paths)} ORDER BY subject_id"
            found[f"verdicts/{Path(name).stem}"] = _Merged(paths, ordered)
    return found


def _rows(paths: list[Path]) -> str:
    return f"FROM read_parquet({file_list(paths)})"


def _summed(layer: Layer, table: str, paths: list[Path]) -> str:
    """The SELECT of a table that sums over the caseload: its whole numbers are the sums of the parts'."""
    keys = layer.keep[table]
    columns = {field.name: str(field.type) for field in pq.read_schema(paths[0])}
    sums = {one: f"CAST(sum({one}) AS BIGINT)" for one, kind in columns.items() if kind == "int64"}
    told = ", ".join(
        one if one in keys else f"{sums.get(one, f'any_value({one})')} AS {one}" for one in columns
    )
    again = ", ".join(f"{text} AS {column}" for column, text in layer.summed[table].items())
    added = f"SELECT {told} {_rows(paths)} GROUP BY {', '.join(keys)}"
    return f"SELECT * REPLACE ({again}) FROM ({added})"
