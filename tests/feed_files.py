"""Files as partners send them, for tests: each call says only what matters, the rest is usual.

All people are invented: their numbers were never issued (area 9xx outside the taxpayer groups).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from arrears import house
from arrears.data.store import Store
from arrears.data.warehouse import warehouse
from arrears.intake.feeds import load_feeds
from arrears.intake.load import Loaded, load_delivery
from arrears.intake.receive import receive
from arrears.layout import load_layout, write_select
from arrears.ledger.records import Delivery

FEEDS = load_feeds(house.FEEDS)
DAY = date(2025, 1, 15)
_USUAL: dict[str, dict[str, Any]] = {
    "dmv_licenses.license": {
        "last_name": "PELLETIER", "first_name": "JO", "ssn": "900121234", "date_of_birth": date(1980, 2, 29),
        "person_number": "0000000017", "license_number": "D0000017", "license_class": "C",
        "address_line_1": "1 PINE ST", "city": "BANGOR", "state": "ME", "zip": "04401",
    },
    "employer_new_hires.response": {
        "record_id": "FN", "match_type": "P", "receiving_state_fips": "23", "source_agency_code": "H99",
        "first_name": "JO", "last_name": "PELLETIER", "ssn": "900121234", "state_member_id": "0000000017",
        "employer_name": "MILL LLC", "w4_date_of_hire": date(2025, 1, 2), "w4_fein": "010000001",
        "w4_ssn_match_code": "V", "w4_address_type": "1", "street_address_1": "2 MILL RD",
    },
    "employer_wages.response": {
        "record_id": "FN", "match_type": "P", "receiving_state_fips": "23", "source_agency_code": "H98",
        "first_name": "JO", "last_name": "PELLETIER", "ssn": "900121234", "state_member_id": "0000000017",
        "employer_name": "MILL LLC", "qw_wage_amount": 900_000, "qw_fein": "010000001",
        "qw_ssn_match_code": "V", "qw_address_type": "1", "qw_reporting_year": "2024",
        "qw_reporting_quarter": "3",
    },
    "unemployment_matches.response": {
        "record_id": "FN", "match_type": "P", "receiving_state_fips": "23", "source_agency_code": "H97",
        "first_name": "JO", "last_name": "PELLETIER", "ssn": "900121234", "state_member_id": "0000000017",
        "ui_reporting_state": "ME", "ui_benefit_amount": 420_000, "ui_ssn_match_code": "V",
        "ui_reporting_year": "2024", "ui_reporting_quarter": "4",
    },
    "eiwo_acknowledgments.header": {
        "document_code": "FHA", "control_number": "2300025011500000000001", "state_fips": "23000",
        "creation_date": DAY, "creation_time": "010203",
    },
    "eiwo_acknowledgments.answer": {
        "document_code": "ACK", "action_code": "ORG", "case_identifier": "00000101",
        "employer_ein": "010000001", "employee_last_name": "PELLETIER", "employee_ssn": "900121234",
        "document_tracking_number": "T1", "disposition_status": "A",
    },
    "eiwo_acknowledgments.trailer": {
        "document_code": "FTA", "control_number": "2300025011500000000001", "batch_count": "0",
        "record_count": "1",
    },
    "eiwo_results.header": {
        "document_code": "FHS", "control_number": "2300025011500000000001", "state_fips": "23000",
        "creation_date": DAY, "creation_time": "010203",
    },
    "eiwo_results.result": {
        "document_code": "DTL", "document_action": "ORG", "document_date": DAY,
        "case_identifier": "00000101", "employer_ein": "010000001", "document_tracking_number": "T1",
    },
    "eiwo_results.trailer": {
        "document_code": "FTS", "control_number": "2300025011500000000001", "batch_count": "0",
        "record_count": "1",
    },
    "unemployment_withholdings.header": {"record_type": "1", "file_date": DAY},
    "unemployment_withholdings.detail": {
        "record_type": "2", "ssn": "900121234", "last_name": "PELLETIER", "person_number": "0000000017",
        "payment_date": DAY, "amount": 8_000,
    },
    "unemployment_withholdings.footer": {
        "record_type": "3", "record_count": "1", "total_amount": 8_000,
    },
    "bank_accounts.institution": {
        "record_type": "A", "institution_tin": "010000099", "match_date": "2025-01",
        "transfer_agent_ind": "0", "institution_name": "FIRST BANK", "institution_street": "1 BANK ST",
        "institution_city": "BANGOR",
        "institution_state": "ME", "institution_zip5": "04401", "reporting_agent_tin": "010000099",
        "reporting_agent_name": "FIRST BANK", "reporting_agent_street": "1 BANK ST",
        "reporting_agent_city": "BANGOR", "reporting_agent_state": "ME", "reporting_agent_zip5": "04401",
        "data_match_file_ind": "M",
    },
    "bank_accounts.account": {
        "record_type": "B", "match_date": "2025-01", "matched_ssn": "900121234",
        "account_number": "0001234567",
        "matched_name": "JO PELLETIER", "account_balance": 1250, "name_match_flag": "1", "trust_ind": "0",
        "account_balance_ind": "2", "account_type": "04",
        "state_person_number": "0000000017", "payee_ind": "0",
    },
    "bank_accounts.total": {"record_type": "T"},
    "state_tax_refunds.header": {"record_type": "1", "creation_date": DAY},
    "state_tax_refunds.detail": {
        "record_type": "2", "region_or_office": "101", "person_number": "0000000017",
        "payment_amount": 15_000,
        "collection_type": "S",
    },
    "state_tax_refunds.total": {"record_type": "3"},
}  # fmt: skip
_CASELOAD: dict[str, dict[str, Any]] = {
    "persons": {"person_id": "0000000017", "ssn": "900121234", "last_name": "Pelletier", "first_name": "Jo"},
    "cases": {
        "case_id": "00000101", "office": "101", "obligor_id": "0000000017", "case_class": "never_assistance",
        "status": "open", "service_level": "full", "interstate": "none", "opened_on": "2020-01-01",
    },
    "receipts": {
        "receipt_id": "R1", "case_id": "00000101", "received_on": "2025-01-03", "posted_on": "2025-01-03",
        "amount_cents": "10000", "kind": "payment", "status": "posted", "source": "obligor",
    },
    "balances": {
        "case_id": "00000101", "balance_class": "never_assigned", "is_assigned": "N",
        "past_due_cents": "123456",
    },
}  # fmt: skip


class Book:
    """The part of the ledger that receiving needs, in memory."""

    def __init__(self) -> None:
        self.kept: list[Delivery] = []

    def deliveries(self, state: str) -> list[Delivery]:
        return [delivery for delivery in self.kept if delivery.state == state]

    def record_delivery(self, delivery: Delivery, judged: Any = None) -> Delivery:
        delivery = judged(delivery, self.deliveries(delivery.state)) if judged else delivery
        self.kept.append(replace(delivery, position=len(self.kept) + 1))
        return self.kept[-1]

    @property
    def accepted(self) -> list[Delivery]:
        return [delivery for delivery in self.kept if delivery.outcome == "accepted"]


class Desk:
    """A store with an inbox: `put` a file, `take` what is there, `load` what was accepted."""

    def __init__(self, folder: Path, kind: Any = "invented") -> None:
        self.inbox, self.book = folder / "inbox", Book()
        self.store = Store.create(folder / "store", kind)
        self.inbox.mkdir()

    def put(self, name: str, data: bytes) -> Path:
        path = self.inbox / name
        path.write_bytes(data)
        return path

    def take(self, *files: Path, on: date = DAY, expect: str | None = None) -> list[Delivery]:
        """What became of these files."""
        found = receive(self.store, self.book, "me", list(files), on=on, expect=expect, feeds=FEEDS)
        return [receipt.delivery for receipt in found]

    def send(self, feed: str, data: bytes, table: str = "", **control: Any) -> Delivery:
        """What became of one file of lines with its control file."""
        given = self.put(f"{len(self.book.kept)}.txt", data)
        record = table or feed
        said = self.control(feed, {record: (data, data.count(b"\n"))}, **control)
        return self.take(given, said)[0]

    def send_refunds(self, data: bytes, name: str = "refunds.txt", **control: Any) -> Delivery:
        """What became of a refund file, its control file of the day that its header tells."""
        day = data[1:9].decode("ascii", "replace")
        usual = {"period": f"{day[4:]}-{day[:2]}-{day[2:4]}", "sequence": int(day[2:4])}
        said = self.control("state_tax_refunds", {"detail": (data, data.count(b"\n"))}, **usual | control)
        return self.take(self.put(name, data), said)[0]

    def send_caseload(self, tables: dict[str, bytes], **control: Any) -> Delivery:
        """What became of caseload tables with their control file."""
        number = len(self.book.kept)
        files = [self.put(f"{number}.{name}", data) for name, data in tables.items()]
        counted = {name: (data, max(0, data.count(b"\n") - 1)) for name, data in tables.items()}
        return self.take(*files, self.control("caseload", counted, **control))[0]

    def control(self, feed: str, counted: dict[str, tuple[bytes, int]], **said: Any) -> Path:
        """A control file over these bytes and row counts."""
        listed = [
            {"table": name, "rows": rows, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, (data, rows) in counted.items()
        ]
        whole = {"control": "arrears/1", "feed": feed, "state": "me", "period": "2025-01-14", "sequence": 14,
                 "mode": "snapshot", "files": listed} | said  # fmt: skip
        return self.put(f"{len(self.book.kept)}.{feed}.control.json", json.dumps(whole).encode())

    def load(self, delivery: Delivery) -> Loaded:
        return load_delivery(self.store, delivery, FEEDS)

    def rows(self, delivery: Delivery, table: str) -> list[dict[str, Any]]:
        """The staged rows of a table of a delivery, in order."""
        path = self.store.staging("me", delivery.feed, delivery.delivery_id) / f"{table}.parquet"
        with warehouse() as con:
            found = con.execute(f"SELECT * FROM read_parquet('{path}') ORDER BY source_line")
            names = [column[0] for column in found.description or []]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def lines(feed: str, record: str, *rows: dict[str, Any]) -> bytes:
    """Lines of one record type; each row says what is unusual about it."""
    layout = load_layout(house.FEEDS / feed / f"{record}.csv")
    usual = _USUAL[f"{feed}.{record}"]
    made = b""
    for row in rows:
        values = usual | row
        names = list(values)
        with warehouse() as con:
            con.execute(f"CREATE TABLE r AS SELECT {', '.join(f'${n} AS {n}' for n in names)}", values)
            [(line, field, why)] = con.execute(write_select(layout, "r", names[0], names)).fetchall()
        assert line is not None, (field, why)
        made += str(line).encode("latin-1") + b"\n"
    return made


def licenses(*rows: dict[str, Any]) -> bytes:
    return lines("dmv_licenses", "license", *(rows or ({},)))


def hires(*rows: dict[str, Any]) -> bytes:
    return lines("employer_new_hires", "response", *(rows or ({},)))


def bank(*accounts: dict[str, Any], **institution: Any) -> bytes:
    body = lines("bank_accounts", "account", *accounts) if accounts else b""
    return lines("bank_accounts", "institution", institution) + body + lines("bank_accounts", "total", {})


def refunds(*amounts: int, on: date = DAY, count: int | None = None, total: int | None = None) -> bytes:
    feed = "state_tax_refunds"
    details = [
        {"payment_amount": amount, "person_number": f"{n:010d}"} for n, amount in enumerate(amounts, 17)
    ]
    said = {
        "record_count": str(len(amounts) if count is None else count),
        "total_amount": sum(amounts) if total is None else total,
    }
    head, tail = lines(feed, "header", {"creation_date": on}), lines(feed, "total", said)
    return head + (lines(feed, "detail", *details) if details else b"") + tail


def table(name: str, *rows: dict[str, Any], newline: str = "\n", without: Sequence[str] = ()) -> bytes:
    """A caseload table as delimited text."""
    names = [column for column in FEEDS["caseload"].tables[name].names if column not in without]
    made = ["|".join(names)]
    for row in rows:
        values = _CASELOAD.get(name, {}) | row
        cells = [str(values.get(column, "")) for column in names]
        made.append("|".join(f'"{cell}"' if any(c in cell for c in '|"\n') else cell for cell in cells))
    return "".join(line + newline for line in made).encode()


def acknowledgments(
    *tracking: str,
    number: str = "2300025011500000000001",
    state_fips: str = "23000",
    batches: bool = False,
    **said: Any,
) -> bytes:
    """A file of employers' answers, one a tracking number, each in a batch of its own where it has some."""
    feed, head = "eiwo_acknowledgments", {"control_number": number, "state_fips": state_fips}
    body = b""
    for n, one in enumerate(tracking):
        answer = lines(feed, "answer", {"document_tracking_number": one})
        if batches:
            own = {"control_number": f"{number[:-4]}B{n:03d}"}
            first = lines(feed, "header", head | own | {"document_code": "BHA"})
            last = lines(
                feed, "trailer", own | {"document_code": "BTA", "batch_count": "0", "record_count": "1"}
            )
            answer = first + answer + last
        body += answer
    counted = {"batch_count": str(len(tracking) if batches else 0), "record_count": str(len(tracking))}
    return (
        lines(feed, "header", head)
        + body
        + lines(feed, "trailer", {"control_number": number} | counted | said)
    )
