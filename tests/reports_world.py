"""Small literal tables for the SQL of reports: each test says only the rows that matter."""

from datetime import date
from typing import Any

import pyarrow as pa

from arrears import house
from arrears.answers.display import fetch
from arrears.data.warehouse import Connection, attach_arrow
from arrears.layout.tables import load_tables
from arrears.reports.lines import line_sql
from arrears.values import Row

CONTRACT = load_tables(house.FEEDS / "caseload" / "tables")
_TYPES = {"text": pa.string(), "date": pa.date32(), "yes_no": pa.bool_()}
_TYPES |= dict.fromkeys(("cents", "signed_cents", "percent"), pa.int64())
_SOURCE = [("source_file", pa.string()), ("source_line", pa.int64())]
FROM_ON, AS_OF = date(2024, 10, 1), date(2025, 1, 15)


def caseload(con: Connection, **rows: list[dict[str, Any]]) -> None:
    """Makes these tables of the caseload; a case is open and was never on assistance unless it says so."""
    usual = {"cases": {"obligor_id": "P1", "office": "1", "case_class": "never_assistance", "status": "open"}}
    for name, own in rows.items():
        types = [(one.name, _TYPES[one.type]) for one in CONTRACT[name].columns]
        told = [
            {**usual.get(name, {}), "source_file": "f", "source_line": line, **row}
            for line, row in enumerate(own, 2)
        ]
        attach_arrow(con, f"caseload.{name}", pa.Table.from_pylist(told, pa.schema([*types, *_SOURCE])))


def table(con: Connection, name: str, columns: dict[str, pa.DataType], rows: list[dict[str, Any]]) -> None:
    """Makes a table of facts, plan or ledger with these columns."""
    attach_arrow(con, name, pa.Table.from_pylist(rows, pa.schema(list(columns.items()))))


def run(con: Connection, path: str, **params: Any) -> list[Row]:
    """The rows of one SQL file of `transforms/reports`."""
    return fetch(con, line_sql(house.REPORTS / path), params)
