"""Verdicts written by hand as a night keeps them, and read as readers see them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.data.warehouse import warehouse
from arrears.law.catalog import KEYS
from arrears.law.decide import write_asked
from arrears.law.remedy import PARTS, Part
from arrears.law.verdicts import Asked, Verdicts

Row = dict[str, Any]
TRUTH = {"flag": True, "clear": False, "unknown": None}


def verdict_rows(folder: Path, remedy: str, part: str = "enter", wanted: str = "*") -> list[Row]:
    """The verdicts of a part of a remedy in a run's folder."""
    with warehouse() as con:
        select = Verdicts(folder).select(remedy, part)
        rows: list[Row] = con.execute(f"SELECT {wanted} FROM ({select})").to_arrow_table().to_pylist()
        return rows


def keep_verdicts(folder: Path, remedy: str, rows: Sequence[Row], facts: str = "license_facts") -> None:
    """Writes the verdicts of one remedy: each row is a subject's part with its verdict and reasons."""
    schema = [(name, pa.string()) for name in KEYS]
    subjects: dict[str, Row] = {row["subject_id"]: {name: row.get(name) for name in KEYS} for row in rows}
    asked = []
    for part in PARTS:
        own = {row["subject_id"]: row for row in rows if row["part"] == part}
        names = sorted({name for row in own.values() for name in row.get("because", [])}) or ["holds"]
        asked.append(_asked(remedy, part, facts, tuple(names)))
        schema += [(f"{part}_{name}", pa.bool_()) for name in names] + [(f"{remedy}.{part}", pa.bool_())]
        for subject, row in own.items():
            truth, idle = TRUTH[row["verdict"]], part != "release"
            named = {name: truth if name in row.get("because", []) else idle for name in names}
            answers = {f"{part}_{name}": answer for name, answer in named.items()}
            subjects[subject] |= {**answers, f"{remedy}.{part}": truth}
    write_asked(folder / "verdicts", asked)
    table = pa.Table.from_pylist(list(subjects.values()), pa.schema(schema))
    pq.write_table(table, folder / "verdicts" / f"{facts}.parquet")


def _asked(remedy: str, part: Part, facts: str, names: tuple[str, ...]) -> Asked:
    answers = tuple(f"{part}_{name}" for name in names)
    return Asked(remedy, part, facts, "", (), names, answers, names, names, names)
