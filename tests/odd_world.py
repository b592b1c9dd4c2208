"""A small caseload as files in an inbox, and odd rows to throw at it: who else is in it may not notice.

The odd rows read well or are rejected; they are about one parent, who may be anything afterwards.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from builders import CONTRACT, Caseload
from test_night import published

from arrears.data.store import Store
from arrears.layout.tables import NUMBERS, TableContract

NIGHT = date(2025, 1, 14)
ODD_CASE, ODD_PERSON, ODD_FILE = "90000099", "0900000990", "f" * 16
OTHERS = ("90000001", "90000002", "90000003")
Rows = dict[str, list[dict[str, Any]]]


def caseload(as_of: date = NIGHT) -> Caseload:
    """Three parents whose debts are enforced, each in another stage, and the one whom odd rows are about."""
    made = Caseload(as_of)
    made.debtor(OTHERS[0], person_id="0900000010", last_paid=date(2024, 3, 2))
    made.debtor(OTHERS[1], person_id="0900000020", notice=None)
    made.debtor(OTHERS[2], person_id="0900000030", notice=date(2024, 12, 2), last_paid=date(2024, 12, 2))
    made.debtor(ODD_CASE, person_id=ODD_PERSON, last_paid=date(2024, 3, 2))
    return made


def text(value: Any) -> str:
    """A value as an extract writes it."""
    if value is None:
        return ""
    return {True: "Y", False: "N"}[value] if isinstance(value, bool) else str(value)


def write_inbox(
    made: Caseload, folder: Path, sequence: int = 1, without: tuple[str, ...] = (), more: Rows | None = None
) -> list[Path]:
    """The files of a snapshot of a caseload with its control file; `more` are rows already in text."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: Rows = {table: list(kept) for table, kept in made.rows.items()}
    rows["balances"] = made._balances()
    rows["intake"] = [{"kind": kind, "complete_through_on": day} for kind, day in made.intake.items()]
    # Children are persons of the extract too, without numbers.
    rows["persons"] += [
        {"person_id": child["person_id"], "person_token": None, "birth_on": child["birth_on"]}
        for child in rows["children"]
    ]
    numbers = {row["person_token"]: f"90012{n:04d}" for n, row in enumerate(made.rows["persons"], 1)}
    rows["persons"] = [{**row, "ssn": numbers.get(row["person_token"])} for row in rows["persons"]]
    listed, files = [], []
    for table, contract in CONTRACT.items():
        if table in without:
            continue
        told = [{name: text(row.get(name)) for name in contract.names} for row in rows.get(table, [])]
        told += [{name: row.get(name, "") for name in contract.names} for row in (more or {}).get(table, [])]
        out = io.StringIO()
        writer = csv.DictWriter(out, contract.names, delimiter="|", lineterminator="\n")
        writer.writeheader()
        writer.writerows(told)
        data = out.getvalue().encode()
        files.append(folder / f"caseload.{table}.csv")
        files[-1].write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        listed.append({"table": table, "rows": len(told), "bytes": len(data), "sha256": digest})
    control = {
        "control": "arrears/1", "feed": "caseload", "state": made.state, "period": made.as_of.isoformat(),
        "sequence": sequence, "mode": "snapshot", "files": listed,
        "complete_through": {table: made.through.isoformat() for table in CONTRACT if table not in without},
    }  # fmt: skip
    files.append(folder / "caseload.control.json")
    files[-1].write_text(json.dumps(control))
    return files


# Values that read well and that nobody expects, one set a row: far off, long ago, blank, unreadable.
FAR = {
    "date": "2999-12-31",
    "cents": "0",
    "signed_cents": "-1",
    "percent": "100",
    "yes_no": "Y",
    "text": "ZZ-9",
}
LONG_AGO = {"date": "1900-01-01", "yes_no": "N", "text": "'' -- é", "percent": "0"}
LONG_AGO |= dict.fromkeys(("cents", "signed_cents"), "99999999999")
BLANK = dict.fromkeys(FAR, "")
UNREADABLE = {"date": "2024-13-45", "yes_no": "?", "text": "x", **dict.fromkeys(NUMBERS, "1.5")}
NEEDED = {"date": "2024-06-01", "yes_no": "N", "text": "n", **dict.fromkeys(NUMBERS, "0")}


def odd_rows() -> Rows:
    """Odd rows of every table of the caseload but `intake`, of which each row is about all mail of a kind."""
    return {
        table: [odd_row(contract, n, kind) for n, kind in enumerate((FAR, LONG_AGO, BLANK, UNREADABLE), 1)]
        for table, contract in CONTRACT.items()
        if table != "intake"
    }


def odd_row(contract: TableContract, number: int, kind: dict[str, str]) -> dict[str, str]:
    """One odd row of a table, about the one case and parent; its key is its own where it can be."""
    row = {}
    for column in contract.columns:
        value = kind[column.type]
        if column.values:
            value = column.values[number % len(column.values)] if value else ""
        if column.is_required and not value:
            value = column.values[0] if column.values else NEEDED[column.type]
        row[column.name] = value
    names = set(contract.names)
    for own in names & {"case_id", "person_id", "obligor_id", "order_id", "ssn"}:
        row[own] = {"case_id": ODD_CASE, "order_id": f"O-{ODD_CASE}", "ssn": ""}.get(own, ODD_PERSON)
    for own in set(contract.key) - {"case_id", "person_id", "order_id"}:
        column = next(one for one in contract.columns if one.name == own)
        if column.type == "text" and not column.values:
            row[own] = f"ODD{number}"
    if contract.name in ("cases", "persons", "orders") and number < 4:
        row[contract.key[0]] = f"9900000{number:02d}0"[:10]
    return row


TO_COME = date(2199, 12, 31)
NAMES = {
    "case_id",
    "person_id",
    "obligor_id",
    "custodial_id",
    "order_id",
    "receipt_id",
    "notice_id",
    "asset_id",
}


def odd_key_rows() -> Rows:
    """Three rows of every table: one names nobody, one whom nobody knows, and one is of a day to come."""
    rows: Rows = {}
    for n, (table, contract) in enumerate(CONTRACT.items()):
        blank, foreign, to_come = (odd_row(contract, number, NEEDED) for number in (1, 2, 3))
        blank |= dict.fromkeys(NAMES & set(blank), "")
        foreign |= dict.fromkeys(NAMES & set(foreign), f"F{n}")
        to_come |= {column.name: str(TO_COME) for column in contract.columns if column.type == "date"}
        rows[table] = [blank, foreign, to_come]
    return rows


def odd_partner_rows(columns: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Odd rows of a partner's staged file by its columns and types: far off, long ago, and blank."""
    about = {"case_id": ODD_CASE, "person_id": ODD_PERSON, "source_file": ODD_FILE}
    for line, kind in enumerate((FAR, LONG_AGO, BLANK), 1):
        row: dict[str, Any] = {}
        for name, sql in columns:
            simple = {"DATE": "date", "BIGINT": "cents", "BOOLEAN": "yes_no"}.get(sql, "text")
            value: Any = kind[simple] or None
            if value and simple == "yes_no":
                value = value == "Y"
            elif value and simple == "cents":
                value = int(value)
            row[name] = None if sql.endswith("[]") else value
        yield row | {name: about[name] for name in about if name in row} | {"source_line": line}


def acts_of_others(store: Store) -> list[tuple[Any, ...]]:
    """What left for everybody but the odd one, as the ledger has it."""
    rows = [row for row in published(store) if ODD_CASE not in (row["case_id"] or "")]
    told = ("action_id", "queue", "message", "target_id", "amount_cents", "kind")
    return sorted(tuple(str(row[name]) for name in told) for row in rows if row["person_id"] != ODD_PERSON)
