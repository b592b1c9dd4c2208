"""Orders to payors, medical support notices and deductions from benefits, byte for byte by their layouts."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from arrears.data.warehouse import attach_arrow, warehouse
from arrears.queues import Built
from tests.queue_desk import AS_OF, QUEUES, C, Desk, T, Y

FEIN, SUBJECT = "010000001", "00000101:010000001"
PERSON = "0000000001"
_CYCLES = ("weekly", "biweekly", "semimonthly", "monthly")
WORK: dict[str, dict[str, Any]] = {
    "facts.employment_facts": {
        "subject_id": T, "fein": T, "employer_name": T, "ccpa_percent": C, "ccpa_percent_current": C,
        "arrears_over_twelve_weeks": Y, "order_is_void": Y,
        **{f"{part}_{cycle}_cents": C for part in ("current", "arrears") for cycle in _CYCLES},
    },
    "facts.payors": {
        "fein": T, "payor_name": T, "line_1": T, "line_2": T, "city": T, "state": T, "zip": T,
    },
    "facts.withholding_terms": {"case_id": T, "order_id": T},
}  # fmt: skip


class Payroll(Desk):
    """A desk with one parent who works at the mill for $120.00 a week of support and $30.00 of arrears."""

    def __init__(self, con: Any, queue: str, folder: Path) -> None:
        super().__init__(con, queue, folder)
        self.work: dict[str, list[dict[str, Any]]] = {name: [] for name in WORK}
        self.person(PERSON, middle_name="Jean", suffix="Jr")
        cents = {"weekly": (120_00, 30_00), "biweekly": (240_00, 60_00), "semimonthly": (260_00, 65_00),
                 "monthly": (520_00, 130_00)}  # fmt: skip
        amounts = {f"current_{c}_cents": one for c, (one, _) in cents.items()}
        amounts |= {f"arrears_{c}_cents": two for c, (_, two) in cents.items()}
        self.fact: dict[str, Any] = {
            "subject_id": SUBJECT, "fein": FEIN, "employer_name": "Mill LLC", "ccpa_percent": 55,
            "ccpa_percent_current": 50, "arrears_over_twelve_weeks": True, **amounts,
        }  # fmt: skip
        self.payor: dict[str, Any] = {
            "fein": FEIN, "payor_name": "Mill L.L.C.", "line_1": "2 Mill Rd", "line_2": "Dock 4",
            "city": "Bath",
            "state": "ME", "zip": "04530-1234",
        }  # fmt: skip
        self.work["facts.withholding_terms"].append({"case_id": "00000101", "order_id": "O-101"})

    def child(self, person_id: str, first_name: str, birth_on: date, **but: Any) -> "Payroll":
        """A child of the case."""
        self.tables["caseload.persons"].append(
            {"person_id": person_id, "last_name": "Pelletier", "first_name": first_name, "birth_on": birth_on}
        )
        row = {"case_id": "00000101", "person_id": person_id, "birth_on": birth_on}
        self.tables["caseload.children"].append(row | but)
        return self

    def act(self, remedy: str, kind: str, message: str, **but: Any) -> "Payroll":
        """An act on the case and payor that is due tonight."""
        usual = {
            "remedy": remedy, "kind": kind, "subject_id": SUBJECT, "case_id": "00000101",
            "person_id": PERSON, "target_id": SUBJECT, "amount_cents": 120_00,
            "action_id": f"{remedy}:{SUBJECT}:1:{kind}:{message}",
        }  # fmt: skip
        self.item(message, **usual | but)
        return self

    def told(self, remedy: str, kind: str = "send", batch_no: int = 1, **carry: Any) -> "Payroll":
        """What the payor was told in an earlier batch."""
        self.add(
            "published", queue="income_withholding", remedy=remedy, subject_id=SUBJECT, person_id=PERSON,
            target_id=SUBJECT, kind=kind, published_on=date(2024, 12, 2), batch_no=batch_no,
            carry=json.dumps(carry),
        )  # fmt: skip
        return self

    def build(self) -> Built:
        """The content rows, frozen."""
        self.work["facts.employment_facts"] = [self.fact]
        self.work["facts.payors"] = [self.payor]
        for name, shape in WORK.items():
            rows = [{column: row.get(column) for column in shape} for row in self.work[name]]
            attach_arrow(self.con, name, pa.Table.from_pylist(rows, pa.schema(list(shape.items()))))
        return super().build()


@contextmanager
def payroll(folder: Path, queue: str = "income_withholding") -> Iterator[Payroll]:
    """A desk for a queue about pay, on a warehouse of its own."""
    with warehouse() as con:
        yield Payroll(con, queue, folder)


def cut(queue: str, record: str, line: str) -> dict[str, str]:
    """The fields of a line by the positions of the layout table, read by nothing but this."""
    text = (QUEUES / queue / f"{record}.csv").read_text().splitlines()[1:]
    fields = list(csv.DictReader(text))
    assert len(line) == int(fields[-1]["start"]) + int(fields[-1]["length"]) - 1
    return {f["field"]: line[int(f["start"]) - 1 :][: int(f["length"])] for f in fields}


def lines_of(desk: Payroll) -> list[str]:
    """The lines of the written file, proven first."""
    written = desk.write()
    for item in desk.tables["items"]:
        desk.add("ledger_items", action_id=item["action_id"], amount_cents=item["amount_cents"])
    table = pa.Table.from_pylist(
        desk.tables["ledger_items"], pa.schema([("action_id", T), ("amount_cents", C)])
    )
    attach_arrow(desk.con, "ledger_items", table)
    assert desk.prove(written.path, "ledger_items").faults == ()
    return written.path.read_text(encoding="latin-1").split("\n")[:-1]


def order(desk: Payroll) -> dict[str, str]:
    """The fields of the one order of a file."""
    lines = lines_of(desk)
    assert len(lines) == 3
    return cut("income_withholding", "record", lines[1])


def test_an_original_order_byte_for_byte(tmp_path: Path) -> None:
    with payroll(tmp_path) as desk:
        desk.child("0000000012", "Zoé", date(2018, 4, 5)).child("0000000011", "Abel", date(2016, 3, 1))
        desk.child("0000000013", "Grown", date(2005, 3, 1), emancipated_on=date(2024, 3, 1))
        head, line, tail = lines_of(desk.act("income_withholding", "send", "original"))
        field = cut("income_withholding", "record", line)
    expected = {
        "document_code": "DTL", "document_action": "ORG", "document_date": "20250115",
        "issuing_state_name": "MAINE", "case_identifier": "00000101", "employer_name": "MILL L.L.C.",
        "employer_address_1": "2 MILL RD", "employer_address_2": "DOCK 4", "employer_city": "BATH",
        "employer_state": "ME", "employer_zip5": "04530", "employer_zip4": "1234", "employer_ein": FEIN,
        "employee_last_name": "PELLETIER", "employee_first_name": "ADRIEN", "employee_middle_name": "JEAN",
        "employee_suffix": "JR", "employee_ssn": "900010001", "employee_birth_date": "19800229",
        "obligee_last_name": "MAINE DHHS DSER", "issuing_tribunal": "MAINE DHHS DSER",
        "current_child_amount": "00000052000", "current_child_frequency": "M",
        "past_due_child_amount": "00000000000", "past_due_child_frequency": "",
        "current_medical_amount": "00000000000", "total_amount": "00000052000", "total_frequency": "M",
        "arrears_over_12_weeks": "N", "deduction_weekly": "00000012000", "deduction_biweekly": "00000024000",
        "deduction_semimonthly": "00000026000", "deduction_monthly": "00000052000", "begin_within_days": "14",
        "send_payment_within_days": "07", "ccpa_percent": "50", "payee_name": "MAINE DHHS DSER",
        "payee_city": "AUGUSTA", "payee_state": "ME", "payee_zip5": "04333", "payee_fips": "2300000",
        "employee_copy_ind": "Y", "document_tracking_number": f"00000101{FEIN}25015O",
        "order_identifier": "O-101", "remittance_identifier": "00000101", "child_1_first_name": "ABEL",
        "child_1_birth_date": "20160301", "child_2_first_name": "ZOE", "child_2_birth_date": "20180405",
        "child_3_first_name": "", "child_3_birth_date": "00000000", "lump_sum_amount": "00000000000",
    }  # fmt: skip
    assert {name: field[name].strip() for name in expected} == expected
    assert cut("income_withholding", "header", head)["document_code"] == "FHI"
    control = cut("income_withholding", "header", head)["control_number"]
    assert control.startswith("23000250115")
    assert len(control.strip()) == 22
    ending = cut("income_withholding", "trailer", tail)
    assert (ending["document_code"], ending["control_number"]) == ("FTI", control)
    assert (ending["record_count"], ending["state_sent_count"], ending["batch_count"]) == (
        "00001",
        "00001",
        "00000",
    )


def test_both_parts_on_one_night_are_one_order(tmp_path: Path) -> None:
    with payroll(tmp_path) as desk:
        desk.act("income_withholding", "send", "original")
        field = order(desk.act("arrears_withholding", "send", "amended", amount_cents=30_00))
        assert len(desk.rows()[0]["action_ids"]) == 2
    assert (field["document_action"], field["total_amount"]) == ("ORG", "00000065000")
    assert (field["past_due_child_amount"], field["past_due_child_frequency"]) == ("00000013000", "M")
    assert (field["deduction_weekly"], field["ccpa_percent"], field["arrears_over_12_weeks"]) == (
        "00000015000", "55", "Y",
    )  # fmt: skip


def test_arrears_that_join_later_amend_the_whole_order(tmp_path: Path) -> None:
    with payroll(tmp_path) as desk:
        desk.told("income_withholding", person_token=f"t{PERSON}")
        field = order(desk.act("arrears_withholding", "send", "amended", amount_cents=30_00))
    assert (field["document_action"], field["deduction_weekly"]) == ("AMD", "00000015000")
    assert field["document_tracking_number"].strip().endswith("25015A")


def test_arrears_that_are_paid_leave_current_support_alone(tmp_path: Path) -> None:
    with payroll(tmp_path) as desk:
        desk.told("income_withholding").told("arrears_withholding")
        field = order(desk.act("arrears_withholding", "release", "amended", amount_cents=0))
    assert (field["document_action"], field["deduction_weekly"], field["ccpa_percent"]) == (
        "AMD", "00000012000", "50",
    )  # fmt: skip


def test_current_support_that_ended_leaves_the_arrears(tmp_path: Path) -> None:
    with payroll(tmp_path) as desk:
        desk.told("income_withholding").told("arrears_withholding")
        field = order(desk.act("income_withholding", "release", "terminated"))
    assert (field["document_action"], field["current_child_amount"]) == ("AMD", "00000000000")
    assert (field["deduction_weekly"], field["ccpa_percent"]) == ("00000003000", "55")


def test_the_next_word_after_an_order_that_could_not_be_worked_is_an_original(tmp_path: Path) -> None:
    with payroll(tmp_path) as desk:
        desk.told("income_withholding").told("arrears_withholding")
        desk.fact["order_is_void"] = True
        field = order(desk.act("income_withholding", "update", "amended"))
        assert (field["document_action"], field["total_amount"]) == ("ORG", "00000065000")


@pytest.mark.parametrize("parts", [["income_withholding"], ["income_withholding", "arrears_withholding"]])
def test_the_last_part_that_ends_terminates_the_order(tmp_path: Path, parts: list[str]) -> None:
    with payroll(tmp_path) as desk:
        for part in parts:
            desk.told(part, person_token="told")
            desk.act(part, "release", "terminated")
        desk.add("vault", person_token="told", ssn="900017777")
        field = order(desk)
        assert desk.rows()[0]["is_withdrawal"]
    assert (field["document_action"], field["total_amount"], field["total_frequency"]) == (
        "TRM",
        "0" * 11,
        " ",
    )
    assert (field["send_payment_within_days"], field["ccpa_percent"]) == ("00", "00")
    # The payor knows the parent by the number under which the payor was told.
    assert field["employee_ssn"] == "900017777"


def test_an_order_after_the_end_of_another_is_an_original(tmp_path: Path) -> None:
    with payroll(tmp_path) as desk:
        desk.told("income_withholding", batch_no=1).told("income_withholding", "release", batch_no=2)
        assert order(desk.act("income_withholding", "send", "original"))["document_action"] == "ORG"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"payor": {"line_1": None}}, "employer_address_1"),
        ({"payor": {"line_1": "1234567890 Very Long Mill Road"}}, "employer_address_1"),
        ({"payor": {"city": "9 Mile"}}, "city"),
        ({"payor": {"line_1": "#"}}, "employer_address_1"),
        ({"payor": {"state": "M1"}}, "state"),
        ({"payor": {"zip": None}}, "employer_zip5"),
        ({"fact": {"ccpa_percent_current": 0}}, "share of pay"),
        ({"terms": {"order_id": "O*101"}}, "asterisk or a backslash"),
        ({"terms": {"order_id": "O\\101"}}, "asterisk or a backslash"),
        ({"person": {"middle_name": "J(ean)"}}, "parent's name"),
        ({"child": {"last_name": "Pellet13r"}}, "name of a child"),
        ({"fact": {"current_weekly_cents": 0, "current_monthly_cents": 0}}, "amount"),
    ],
)
def test_an_order_that_the_portal_would_refuse_goes_to_a_person(
    tmp_path: Path, change: dict[str, dict[str, Any]], said: str
) -> None:
    with payroll(tmp_path) as desk:
        desk.payor |= change.get("payor", {})
        desk.fact |= change.get("fact", {})
        desk.work["facts.withholding_terms"][0] |= change.get("terms", {})
        desk.tables["caseload.persons"][0] |= change.get("person", {})
        desk.child("0000000011", "Abel", date(2016, 3, 1))
        desk.tables["caseload.persons"][-1] |= change.get("child", {})
        built = desk.act("income_withholding", "send", "original").build()
    assert built.records == 0
    assert said in f"{built.not_sent[0].field} {built.not_sent[0].reason}"


def test_a_name_that_is_wider_than_its_field_is_written_as_far_as_it_reaches(tmp_path: Path) -> None:
    with payroll(tmp_path) as desk:
        desk.tables["caseload.persons"][0]["last_name"] = "Papadopoulos-Kowalski"
        desk.payor["payor_name"] = "The Very Long Name of a Mill at the Mouth of the Great River LLC"
        path = desk.act("income_withholding", "send", "original").write().path
        assert desk.prove(path).faults == ()
        field = cut("income_withholding", "record", path.read_text().splitlines()[1])
    assert field["employee_last_name"] == "PAPADOPOULOS-KOWALSK"
    assert field["employer_name"] == "THE VERY LONG NAME OF A MILL AT THE MOUTH OF THE GREAT RI"


def test_a_payor_is_written_from_the_first_letter_or_digit_on(tmp_path: Path) -> None:
    with payroll(tmp_path) as desk:
        desk.payor |= {"payor_name": "'The' (Mill)", "line_1": "#2 Mill Rd", "line_2": "(Dock 4)"}
        field = order(desk.act("income_withholding", "send", "original"))
    found = [field[name].strip() for name in ("employer_name", "employer_address_1", "employer_address_2")]
    assert found == ["THE' (MILL)", "2 MILL RD", "DOCK 4)"]


def test_no_number_is_frozen_and_no_home_is_told(tmp_path: Path) -> None:
    with payroll(tmp_path) as desk:
        desk.act("income_withholding", "send", "original")
        line = lines_of(desk)[1]
        assert "900010001" not in str(desk.rows())
    assert "MILL ST" not in line


def test_a_medical_support_notice_byte_for_byte(tmp_path: Path) -> None:
    with payroll(tmp_path, "medical_support") as desk:
        desk.child("0000000011", "Abel", date(2016, 3, 1))
        act = {"queue": "medical_support", "amount_cents": None}
        head, line, tail = lines_of(desk.act("medical_support", "send", "notice", **act))
        field = cut("medical_support", "record", line)
    expected = {
        "record_type": "D", "notice_kind": "N", "notice_on": "20250115", "reference": f"00000101{FEIN}25015N",
        "case_id": "00000101", "order_id": "O-101", "employer_fein": FEIN, "employer_name": "Mill L.L.C.",
        "employer_address_1": "2 Mill Rd", "employer_zip": "045301234", "employee_last_name": "Pelletier",
        "employee_ssn": "900010001", "agency_name": "MAINE DHHS DSER", "agency_city": "AUGUSTA",
        "employer_days": "020", "plan_days": "040", "child_1_first_name": "Abel",
        "child_1_birth_date": "20160301", "child_2_first_name": "",
    }  # fmt: skip
    assert {name: field[name].strip() for name in expected} == expected
    assert cut("medical_support", "trailer", tail)["notice_count"] == "000000001"
    assert cut("medical_support", "header", head)["created_on"] == "20250115"


def test_a_medical_support_notice_under_a_corrected_name_is_the_same_notice_once_more(tmp_path: Path) -> None:
    with payroll(tmp_path, "medical_support") as desk:
        desk.child("0000000011", "Abel", date(2016, 3, 1))
        desk.tables["caseload.persons"][0] |= {"last_name": "Pelletier-Roy"}
        act = {"queue": "medical_support", "amount_cents": None, "step": "identity_in"}
        _, line, _ = lines_of(desk.act("medical_support", "update", "notice", **act))
        field, [row] = cut("medical_support", "record", line), desk.rows()
    assert (field["notice_kind"], field["employee_last_name"].rstrip()) == ("N", "Pelletier-Roy")
    assert (row["is_withdrawal"], json.loads(row["carry"])["fein"]) == (False, FEIN)


def test_a_notice_without_a_child_goes_to_a_person(tmp_path: Path) -> None:
    with payroll(tmp_path, "medical_support") as desk:
        built = desk.act("medical_support", "send", "notice", queue="medical_support").build()
    assert (built.records, built.not_sent[0].field) == (0, "child_1_last_name")


@pytest.mark.parametrize(
    ("kind", "message", "amount", "percent"),
    [("send", "deduct", "00008000", "100"), ("update", "change", "00008000", "100"),
     ("release", "stop", "00000000", "000")],
)  # fmt: skip
def test_a_deduction_from_benefits_byte_for_byte(
    tmp_path: Path, kind: str, message: str, amount: str, percent: str
) -> None:
    with payroll(tmp_path, "unemployment") as desk:
        who = {"queue": "unemployment", "subject_id": PERSON, "target_id": PERSON, "case_id": None}
        head, line, tail = lines_of(
            desk.act("unemployment_intercept", kind, message, amount_cents=80_00, **who)
        )
        field = cut("unemployment", "record", line)
    expected = {
        "record_type": "2", "ssn": "900010001", "first_name": "ADRIEN", "middle_initial": "J",
        "last_name": "PELLETIER", "person_number": PERSON, "file_date": f"{AS_OF:%Y%m%d}",
        "withholding_amount": amount, "max_percent": percent,
    }  # fmt: skip
    assert {name: field[name].strip() for name in expected} == expected
    ending = cut("unemployment", "trailer", tail)
    assert (ending["record_count"], ending["total_amount"]) == ("0000000001", amount.zfill(15))
    assert cut("unemployment", "header", head)["file_date"] == "20250115"
