"""The extracts of a closed night for the parents' portal and the voice response: made, checked, named.

Written into a folder aside, which gets its name only when every file is whole and every row is for a parent
of its case: who loads it never meets half of it, nor a row of somebody else.
"""

import json
import os
import secrets
import shutil
from datetime import date
from pathlib import Path

from arrears import house
from arrears.answers.closed_nights import ClosedNight, attach_night, closed_nights
from arrears.answers.display import fetch_file
from arrears.data.beside import attach_kept
from arrears.data.store import Store, sync_folder, write_aside
from arrears.data.warehouse import (
    Connection,
    column_types,
    content_hash,
    named,
    quote,
    warehouse,
    write_parquet,
)
from arrears.errors import ArrearsError, safe_path
from arrears.law.profile import Profile
from arrears.ledger.store_marks import file_hash
from arrears.reports.portal_form import UNITS, Extract, Form, load_portal
from arrears.values import Row

SQL = Path(__file__).with_name("sql")
MANIFEST = "manifest.json"


def write_portal(store: Store, state: str, as_of: date, to: Path) -> Row:
    """What was written, file by file; nothing where the night is not closed or a row is nobody's to see."""
    # An address as a path has it.
    if to.parts and to.parts[0].endswith(":"):
        raise ArrearsError(
            "The extracts are written into a folder of this machine, not to an address",
            "--out",
            "Name a folder, and carry what is in it to where the portal takes it from",
        )
    nights = closed_nights(store, state, as_of)
    if nights[-1].as_of != as_of:
        raise ArrearsError(
            f"The night of {as_of} is not closed in {state}; the last one is of {nights[-1].as_of}",
            store.address,
            "Name a closed night, or run that night first",
        )
    place = to / f"{state}-{as_of.isoformat()}"
    aside = to / f".{place.name}.{secrets.token_hex(4)}.part"
    to.mkdir(parents=True, exist_ok=True)
    _sweep(to, place.name)
    aside.mkdir(mode=0o700)
    try:
        with warehouse(spill=store.spill()) as con:
            told = _write(con, nights[-1], nights[-2] if nights[1:] else None, aside)
        is_new = not _is_same(aside, place)
        if is_new:
            _take_place(aside, place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return {"state": state, "as_of": as_of.isoformat(), "folder": str(place), "is_new": is_new, **told}


def _write(con: Connection, night: ClosedNight, before: ClosedNight | None, to: Path) -> Row:
    """What the manifest says of the files, all of them written to a folder."""
    form, profile = load_portal(house.RULES), Profile.load(house.RULES, night.state)
    attach_night(con, night)
    given = {name: profile.plain(key, night.as_of) for name, key in form.params.items()}
    given |= {"as_of": night.as_of, "told_by_letter": list(form.told_by_letter)}
    given["time_zone"] = profile.timezone
    make_extracts(con, form, given, before)
    if faults := [one for extract in form.extracts.values() for one in extract_faults(con, extract)]:
        raise ArrearsError(
            f"{len(faults)} thing(s) of the extracts may not leave: {' '.join(faults)}",
            "transforms/portal",
            "Nothing was written; correct the SQL that is named",
        )
    files = []
    for name, extract in form.extracts.items():
        csv, parquet = to / f"{name}.csv", to / f"{name}.parquet"
        select = f"SELECT * FROM portal.{name} ORDER BY ALL"
        rows = write_parquet(con, select, parquet)
        con.execute(f"COPY ({select}) TO {quote(str(csv))} (FORMAT csv, HEADER true, FORCE_QUOTE *)")
        told = {
            "extract": name,
            "title": extract.title,
            "rows": rows,
            "rows_sha256": content_hash(parquet),
        }
        files.append({**told, "csv_sha256": file_hash(csv), "parquet_sha256": file_hash(parquet)})
    known = {
        "known_at": night.cut.known_at.isoformat(),
        "values": {key: given[name] for name, key in form.params.items()},
    }
    told = {
        "title": form.title,
        "state": night.state,
        "as_of": night.as_of.isoformat(),
        **known,
        "extracts": files,
    }
    write_aside(to / MANIFEST, json.dumps(told, indent=1, sort_keys=True).encode() + b"\n")
    return {"known_at": known["known_at"], "extracts": files}


def make_extracts(con: Connection, form: Form, given: Row, before: ClosedNight | None) -> None:
    """Makes `portal.<extract>` of each extract of a night that is attached, and what they read."""
    con.execute("CREATE SCHEMA IF NOT EXISTS portal")
    was = before.with_facts / "facts" / "case_facts.parquet" if before is not None else None
    if was is not None and was.exists():
        attach_kept(con, {"portal.before": was})
    else:
        con.execute("CREATE VIEW portal.before AS SELECT * FROM facts.case_facts WHERE false")
    for name, sql in {**form.first, **{name: one.sql for name, one in form.extracts.items()}}.items():
        con.execute(f"CREATE OR REPLACE TABLE portal.{name} AS\n{sql}", named(sql, given))


def extract_faults(con: Connection, extract: Extract) -> list[str]:
    """What of an extract may not leave, a sentence each: other columns, a key twice, somebody else's row."""
    name = f"portal.{extract.name}"
    types = column_types(con, name)
    wanted = {column: UNITS[one.unit] for column, one in extract.columns.items()}
    if types != wanted:
        odd = sorted(
            column for column in types.keys() | wanted.keys() if types.get(column) != wanted.get(column)
        )
        return [f"{extract.name} has other columns than described, or in another order: {', '.join(odd)}."]
    texts = [
        f"CAST({column} AS VARCHAR)"
        for column, kind in types.items()
        if kind == "VARCHAR" and column != "person_id"
    ]
    said_in, key = f"concat_ws(' ', {', '.join(texts)})", f"row({', '.join(extract.key)})"
    looked = f"SELECT case_id, person_id, {key} AS key, {said_in} AS said FROM {name}"
    con.execute(f"CREATE OR REPLACE TEMP VIEW looked AS {looked}")
    [told] = fetch_file(con, SQL / "portal_faults.sql")
    said = {
        "rows of nobody who may see the case": told["strangers"],
        "rows of one key": told["repeated"],
        "rows that hold the other parent's number": told["leaks"],
    }
    return [f"{extract.name} holds {count} {what}." for what, count in said.items() if count]


def _sweep(to: Path, name: str) -> None:
    """Takes away what a run that was cut short left behind."""
    for left in to.glob(f".{name}.*.part"):
        shutil.rmtree(left, ignore_errors=True)


def _is_same(one: Path, other: Path) -> bool:
    return (other / MANIFEST).is_file() and all(
        (other / path.name).is_file() and file_hash(path) == file_hash(other / path.name)
        for path in one.iterdir()
    )


def _take_place(aside: Path, place: Path) -> None:
    """Gives the folder its name; one of that name goes away."""
    for path in aside.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    old = aside.with_name(f"{aside.name}.old.part")
    if place.exists():
        place.rename(old)
    aside.rename(place)
    sync_folder(place.parent)
    shutil.rmtree(old, ignore_errors=True)


def print_portal(told: Row) -> str:
    """What was written, for a person."""
    rows = [f"  {one['extract']:<20} {one['rows']:>10,} rows" for one in told["extracts"]]
    end = "Written" if told["is_new"] else "The same was there already"
    return "\n".join([*rows, f"{end}: {safe_path(told['folder'])}"])
