"""What the partners send: new hires, driver licenses, bank accounts, state tax refunds, in their layouts."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from arrears.data.warehouse import Connection, attach_arrow, named, run_sql_file, sql_text
from arrears.errors import ArrearsError
from arrears.fakes.frame import Frame
from arrears.fakes.places import BANKS
from arrears.layout import load_layout, write_select

SQL = Path(__file__).with_name("sql")
LAYOUTS = Path(__file__).resolve().parents[2] / "transforms" / "feeds"
QUARTERS = 4
WAGE_CASES_A_PIECE = 50_000  # what is held at once of a file of wages
MOST_REFUNDS = 9_999  # the total record counts in four digits
LICENSES_EVERY = 7  # the licenses come once a week; the other files every night


def partner_files(con: Connection, frame: Frame, night: int) -> Iterator[tuple[str, str, bytes, int]]:
    """Each file of a night: feed, table of its control file, bytes, lines."""
    params = {**frame.params, "night": night, "as_of": frame.days[night - 1], "most": MOST_REFUNDS}
    if frame.is_full_day:
        params["banked"] = frame.shares["banked_on_a_full_day"]

    def made(feed: str, table: str, *records: str) -> tuple[str, str, bytes, int]:
        selects = {name: sql_text(SQL / feed / f"{name}.sql") for name in records}
        return (feed, table, *_lines(con, feed, selects, params | _institution(frame, night)))

    if night % LICENSES_EVERY == 1:
        yield made("dmv_licenses", "license", "license")
    yield made("employer_new_hires", "response", "response")
    yield made("bank_accounts", "account", "institution", "account", "total")
    if night == 1:
        yield made("federal_offset_reconciliation", "record", "record")
    run_sql_file(con, SQL / "refunds.sql", "refunds", params, is_temporary=True)
    yield made("state_tax_refunds", "detail", "header", "detail", "total")


def wage_files(con: Connection, frame: Frame) -> Iterator[tuple[date, Iterator[tuple[bytes, int]]]]:
    """A full day's wages by quarter: the day of its file, and its pieces of bytes and lines."""
    select = {"response": sql_text(SQL / "employer_wages" / "response.sql")}
    first, end = frame.first_bulk, frame.first_bulk + frame.bulk_cases

    def pieces(quarter: int) -> Iterator[tuple[bytes, int]]:
        for case in range(first, end, WAGE_CASES_A_PIECE):
            some = {"quarter": quarter, "first_case": case, "end_case": min(case + WAGE_CASES_A_PIECE, end)}
            yield _lines(con, "employer_wages", select, frame.params | some)

    for quarter in range(QUARTERS):
        yield frame.throughs[0] - (QUARTERS - 1 - quarter) * timedelta(91), pieces(quarter)


def _institution(frame: Frame, night: int) -> dict[str, str]:
    """The one institution that answers on a night."""
    tin, name = BANKS[night % len(BANKS)]
    city, code = frame.towns[0]
    month = f"{frame.days[night - 1]:%Y-%m}"
    return {"tin": tin, "institution": name.upper(), "city": city.upper(), "zip": code, "month": month}


def _lines(
    con: Connection, feed: str, records: dict[str, str], params: Mapping[str, Any]
) -> tuple[bytes, int]:
    """The records of a file one after the other, each ordered by `n`, as latin-1 lines; and their number."""
    data, lines = b"", 0
    for name, select in records.items():
        layout = load_layout(LAYOUTS / feed / f"{name}.csv")
        con.execute(f"CREATE OR REPLACE TEMP TABLE leaving_rows AS {select}", named(select, params))
        columns = [row[0] for row in con.execute("DESCRIBE leaving_rows").fetchall()]
        written = con.execute(write_select(layout, "leaving_rows", "n", columns, keep=["n"]))
        table = written.to_arrow_table()
        faults = table.column("fault_field").drop_null()
        if len(faults):
            raise ArrearsError(f"An invented value does not fit field {faults[0]}", f"{feed}/{name}.csv")
        data += b"".join(_bytes(chunk) for chunk in table.column("l").chunks)
        lines += len(table)
    return data, lines


def _bytes(chunk: pa.StringArray) -> bytes:
    """The texts of a chunk as latin-1 lines, without a Python text for each."""
    ended = pc.binary_join_element_wise(chunk, "", "\n")
    _, _, held = ended.buffers()
    return held.to_pybytes().decode("utf-8").encode("latin-1") if held is not None else b""


def record_lines(
    con: Connection, feed: str, records: dict[str, list[dict[str, Any]]], delimiter: str = ""
) -> tuple[bytes, int]:
    """Planted records one after the other as latin-1 lines, and their number.

    A field `<name>_p` is told as the number of that person.
    """
    if delimiter:
        return _delimited(feed, records, delimiter)
    selects = {}
    for name, rows in records.items():
        if not rows:
            continue
        fields = list(dict.fromkeys(field for row in rows for field in row))
        given = {field: pa.array([row.get(field) for row in rows]) for field in fields}
        attach_arrow(con, f"planted.{feed}_{name}", pa.table({"n": pa.array(range(len(rows))), **given}))
        told = ", ".join(
            f'ssn_of("{field}") AS "{field.removesuffix("_p")}"' if field.endswith("_p") else f'"{field}"'
            for field in fields
        )
        selects[name] = f"SELECT n, {told} FROM planted.{feed}_{name}"
    return _lines(con, feed, selects, {})


def _delimited(feed: str, records: dict[str, list[dict[str, Any]]], delimiter: str) -> tuple[bytes, int]:
    """The same for a feed whose elements are told apart by a character; it holds no number of a person."""
    lines = []
    for name, rows in records.items():
        fields = load_layout(LAYOUTS / feed / f"{name}.csv").fields
        lines += [delimiter.join(str(row.get(field.name, "")) for field in fields) for row in rows]
    return "".join(f"{line}\n" for line in lines).encode("latin-1"), len(lines)
