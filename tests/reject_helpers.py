"""What partners answer, as the facts of a night tell it: each act that was rejected and not taken since."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from arrears import house
from arrears.data.warehouse import Connection, attach_arrow, run_sql_file

T, D, Y = pa.string(), pa.date32(), pa.bool_()
SOURCE = {"source_file": T, "source_line": pa.int64()}
ANSWER = {"person_id": T, "license_number": T, "request_on": D, "result": T}
RECORD = {"subject_id": T, "reject_reasons": pa.list_(T), "rejected_on": D, "reject_src": T}
RECORD |= {"reject_is_open": Y, "transaction_type": T, "is_held": Y}
DELETE = {"person_id": T, "case_type": T, "transaction_type": T, "codes": pa.list_(T)}


def attach_rejected(
    con: Connection, answers: Iterable[dict[str, Any]] = (), office: Iterable[dict[str, Any]] = ()
) -> None:
    """Makes `facts.rejected_acts` of the ledger, by its own SQL.

    `answers` are those of the motor vehicle agency, each with `said_on`; `office` what the federal facts
    tell of each record, whose rejects came on `rejected_on` (and on each of `before`).
    """
    answers, office = list(answers), list(office)
    came = [("dmv_responses", f"d{n}", one["said_on"]) for n, one in enumerate(answers)]
    replies = [
        {"source_file": f"d{n}", "source_line": 1, **{k: v for k, v in one.items() if k != "said_on"}}
        for n, one in enumerate(answers)
    ]
    refused = []
    for one in office:
        person, _, kind = one["subject_id"].rpartition("-")
        for day in (*one.get("before", ()), one["rejected_on"]):
            came.append(("federal_offset_rejects", f"f{len(came)}", day))
            told = {"person_id": person, "case_type": kind, "transaction_type": "D", "codes": ["03"]}
            refused.append({**told, "source_file": came[-1][1], "source_line": 1})
    records = [{name: one.get(name) for name in RECORD} for one in office]
    arrivals = {
        "feed": pa.array([one[0] for one in came], T),
        "source_file": pa.array([one[1] for one in came], T),
        "period_on": pa.array([one[2] for one in came], D),
        "received_on": pa.array([one[2] for one in came], D),
    }
    rows = {
        "staging.dmv_responses": (replies, {**ANSWER, "reason": T, **SOURCE}),
        "staging.license_responses": ([], {**ANSWER, **SOURCE}),
        "staging.federal_offset_rejects": (refused, {**DELETE, **SOURCE}),
        "facts.federal_records": (records, RECORD),
    }
    for name, (told, shape) in rows.items():
        attach_arrow(con, name, pa.Table.from_pylist(told, pa.schema(list(shape.items()))))
    attach_arrow(con, "staging.arrivals", pa.table(arrivals))
    run_sql_file(con, house.FACTS / "answers" / "rejected_acts.sql", "facts.rejected_acts", {})
