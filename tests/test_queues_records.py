"""Each queue's records, found by an outside slicer where the partner's layout says."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from outside_slicer import cut, records
from queue_desk import QUEUES, a_desk

NOTICE = {"person_id": "0000000001", "about": "federal_offset", "sent_on": date(2024, 11, 1)}
FEDERAL = {"remedy": "federal_tax_offset", "subject_id": "0000000001-N", "target_id": "0000000001-N"}


def test_a_license_record_stands_at_the_positions_of_the_license_agency(tmp_path: Path) -> None:
    with a_desk("sos_license", tmp_path) as desk:
        desk.person().case().item("restrict", target_id="1234567")
        [line] = records(desk.write().path, 250)
    assert line[0] == "1"
    assert line[1:18] == "PELLETIER        "
    assert line[30:39] == "900010001"
    assert line[57:66] == "1234567  "
    assert line[74:] == " " * 176
    assert cut(QUEUES / "sos_license" / "record.csv", line) == {
        "request_type": "1",
        "last_name": "PELLETIER        ",
        "first_name": "ADRIEN      ",
        "ssn": "900010001",
        "date_of_birth": "19800229",
        "person_number": "0000000001",
        "license_number": "1234567  ",
        "process_date": "20250115",
        "filler": " " * 176,
    }


def test_two_cases_on_one_license_are_one_record_that_carries_both_acts(tmp_path: Path) -> None:
    with a_desk("sos_license", tmp_path) as desk:
        desk.person().case("C1").case("C2")
        for case in ("C2", "C1"):
            desk.item("restrict", subject_id=case, case_id=case, target_id="1234567")
        written = desk.write()
        [line] = records(written.path, 250)
        [row] = desk.rows()
    assert row["action_ids"] == [
        "license_revocation:C1:1:restrict:1234567:1",
        "license_revocation:C2:1:restrict:1234567:1",
    ]
    assert (written.acts, written.acts_cents, row["amount_cents"]) == (2, 5_001_98, 5_001_98)
    assert line[0] == "1"


def test_a_reinstatement_is_request_type_2_and_takes_back(tmp_path: Path) -> None:
    with a_desk("sos_license", tmp_path) as desk:
        desk.person().case().item("reinstate", kind="release", target_id="1234567")
        [line] = records(desk.write().path, 250)
        assert (line[0], desk.rows()[0]["is_withdrawal"]) == ("2", True)


def test_restrict_and_reinstate_of_one_license_in_one_file_go_to_a_person(tmp_path: Path) -> None:
    with a_desk("sos_license", tmp_path) as desk:
        desk.person().case("C1").case("C2").item("restrict", target_id="1234567")
        desk.item("reinstate", subject_id="C2", case_id="C2", target_id="1234567")
        built = desk.build()
    assert built.records == 0
    assert {one.reason for one in built.not_sent} == {
        "two records for the same person number and license number"
    }


def test_a_bureau_line_stands_at_the_positions_of_metro_2(tmp_path: Path) -> None:
    with a_desk("credit_bureaus", tmp_path) as desk:
        desk.person(middle_name="Guy", suffix="Jr.", line_2="Apt 4").case().item(
            "report", amount_cents=1_000_01
        )
        header, base, trailer = records(desk.write().path, 426)
    folder = QUEUES / "credit_bureaus"
    assert (header[0:10], header[47:63]) == ("0426HEADER", "0115202501152025")
    assert header[79:119].rstrip() == "MAINE DHHS DSER"
    said = {name: text.rstrip() for name, text in cut(folder / "record.csv", base).items()}
    assert base[123:125] == "71"
    assert (base[154:163], base[163:172]) == ("000001000", "000001000")
    assert said | {
        "record_descriptor_word": "0426", "processing_indicator": "1", "time_stamp": "01152025000000",
        "correction_indicator": "0", "consumer_account_number": "C1", "portfolio_type": "O",
        "account_type": "50", "date_opened": "05042020", "credit_limit": "000000000",
        "highest_credit": "000001000", "terms_duration": "001", "terms_frequency": "",
        "scheduled_monthly_payment_amount": "000000000", "actual_payment_amount": "000000000",
        "account_status": "71", "payment_rating": "", "payment_history_profile": "B" * 24,
        "special_comment": "CS", "compliance_condition_code": "", "original_charge_off_amount": "000000000",
        "date_account_information": "01152025", "date_first_delinquency": "12012024",
        "date_closed": "00000000", "date_last_payment": "11202024", "surname": "PELLETIER",
        "first_name": "ADRIEN", "middle_name": "GUY", "generation_code": "J",
        "social_security_number": "900010001", "date_birth": "02291980", "telephone_number": "0000000000",
        "ecoa_code": "1", "country_code": "US", "first_line_address": "12 MILL ST.",
        "second_line_address": "APT 4", "city": "BATH", "state": "ME", "zip_code": "04530",
    } == said  # fmt: skip
    assert cut(folder / "trailer.csv", trailer)["record_identifier"] == "TRAILER"


def _statuses(desk_rows: list[dict[str, object]]) -> list[object]:
    return [row["account_status"] for row in desk_rows]


@pytest.mark.parametrize(
    ("oldest", "status"), [(date(2024, 9, 16), "71"), (date(2024, 9, 15), "93"), (date(2024, 9, 14), "93")]
)
def test_arrears_turn_from_71_to_93_on_the_day_they_are_four_months_old(
    tmp_path: Path, oldest: date, status: str
) -> None:
    with a_desk("credit_bureaus", tmp_path) as desk:
        desk.person().case(oldest_unpaid_due_on=oldest).item("report").build()
        assert _statuses(desk.rows()) == [status]


def test_closing_deleting_and_falling_under_a_dollar_have_their_own_status_and_no_balance(
    tmp_path: Path,
) -> None:
    with a_desk("credit_bureaus", tmp_path) as desk:
        desk.person().case("C1").case("C2").case("C3")
        for case, message in (("C1", "close"), ("C2", "delete"), ("C3", "update")):
            desk.item(message, case_id=case, subject_id=case, target_id=case, amount_cents=99)
        _, *bases, _ = records(desk.write().path, 426)
    assert [base[123:126] for base in bases] == ["130", "DA ", "11 "]
    assert {base[154:172] for base in bases} == {"0" * 18}
    assert [base[197:205] for base in bases] == ["01152025", "00000000", "00000000"]
    assert {base[189:197] for base in bases} == {"00000000"}


def test_an_account_whose_debt_fell_to_nothing_is_brought_current(tmp_path: Path) -> None:
    with a_desk("credit_bureaus", tmp_path) as desk:
        desk.person().case(oldest_unpaid_due_on=None).item("update", amount_cents=0)
        _, base, _ = records(desk.heard(first_delinquency_on="2024-03-01").write().path, 426)
    assert (base[123:125], base[154:172], base[189:197]) == ("11", "0" * 18, "0" * 8)


def test_first_delinquency_never_moves_forward_while_the_account_is_delinquent(tmp_path: Path) -> None:
    with a_desk("credit_bureaus", tmp_path) as desk:
        desk.person().case(oldest_unpaid_due_on=date(2024, 12, 1)).item("update")
        desk.heard(first_delinquency_on="2024-03-01", highest_dollars=9000).build()
        [row] = desk.rows()
    assert row["date_first_delinquency"] == date(2024, 3, 1)
    assert '"first_delinquency_on":"2024-03-01"' in row["carry"]


def test_first_delinquency_may_move_back_and_begins_anew_after_it_ended(tmp_path: Path) -> None:
    with a_desk("credit_bureaus", tmp_path) as desk:
        desk.person().case("C1", oldest_unpaid_due_on=date(2024, 2, 1)).case("C2")
        desk.item("update").heard("C1", first_delinquency_on="2024-03-01")
        desk.item("report", case_id="C2", subject_id="C2", target_id="C2")
        desk.heard("C2", 1, first_delinquency_on="2019-01-01").heard("C2", 2, first_delinquency_on=None)
        desk.build()
        found = [row["date_first_delinquency"] for row in desk.rows()]
    assert found == [date(2024, 2, 1), date(2024, 12, 1)]


def test_highest_credit_never_falls_except_after_a_delete(tmp_path: Path) -> None:
    with a_desk("credit_bureaus", tmp_path) as desk:
        desk.person().case("C1").case("C2")
        desk.item("update").heard("C1", highest_dollars=9000)
        desk.item("report", case_id="C2", subject_id="C2", target_id="C2").heard("C2", highest_dollars=None)
        desk.build()
        assert [row["highest_credit"] for row in desk.rows()] == [9000, 2500]


def test_the_payment_history_says_the_months_that_the_ledger_knows(tmp_path: Path) -> None:
    """Of the usual account that was opened again in August: two months, a month without a line, then two."""
    months = {"2024-08": "1", "2024-09": "1", "2024-11": "G", "2024-12": "0"}
    with a_desk("credit_bureaus", tmp_path) as desk:
        desk.person().case("C1").case("C2")
        for n, (period, rating) in enumerate(months.items(), 1):
            desk.heard("C1", n, period=period, rating=rating)
        desk.item("update").item("report", case_id="C2", subject_id="C2", target_id="C2").build()
        found = {row["consumer_account_number"]: row["payment_history_profile"] for row in desk.rows()}
    assert found == {"C1": "0GD11" + "B" * 19, "C2": "B" * 24}


def test_a_line_told_before_ratings_were_kept_says_how_the_account_stood(tmp_path: Path) -> None:
    with a_desk("credit_bureaus", tmp_path) as desk:
        desk.person().case().item("update")
        desk.heard(first_delinquency_on="2024-03-01", reported_dollars=900).build()
        [row] = desk.rows()
    assert row["payment_history_profile"] == "G" + "B" * 23
    assert json.loads(row["carry"])["rating"] == "1"


def test_what_was_deleted_as_an_error_is_no_history(tmp_path: Path) -> None:
    with a_desk("credit_bureaus", tmp_path) as desk:
        desk.person().case().item("report").heard("C1", 1, period="2024-11", rating="G")
        desk.heard("C1", 2, period="2024-12").tables["published"][-1]["message"] = "delete"
        desk.build()
        assert [row["payment_history_profile"] for row in desk.rows()] == ["B" * 24]


def test_the_amount_paid_is_what_came_in_a_month_since_the_bureaus_last_heard(tmp_path: Path) -> None:
    with a_desk("credit_bureaus", tmp_path) as desk:
        desk.person().case().item("update").heard()
        desk.tables["published"][-1]["published_on"] = date(2024, 12, 19)
        usual = {"case_id": "C1", "status": "posted", "kind": "payment"}
        for day, cents, kind in (
            (date(2024, 12, 19), 900_00, "payment"), (date(2024, 12, 20), 120_50, "payment"),
            (date(2025, 1, 2), -20_00, "reversal"), (date(2025, 1, 10), 500_00, "adjustment"),
        ):  # fmt: skip
            desk.add("caseload.receipts", **usual | {"received_on": day, "amount_cents": cents, "kind": kind})
        desk.build()
        assert [row["actual_payment_amount"] for row in desk.rows()] == [100]
        desk.tables["published"][-1]["published_on"] = date(2023, 6, 1)
        desk.add("caseload.receipts", **usual | {"received_on": date(2024, 12, 15), "amount_cents": 700_00})
        desk.build()
        assert [row["actual_payment_amount"] for row in desk.rows()] == [1_000], (
            "of one month, not of all since"
        )


def test_a_delinquent_account_without_first_delinquency_goes_to_a_person(tmp_path: Path) -> None:
    with a_desk("credit_bureaus", tmp_path) as desk:
        desk.person().case(oldest_unpaid_due_on=None).item("report")
        built = desk.build()
    assert (built.records, built.not_sent[0].field) == (0, "account_status")


def test_every_metro_2_trailer_total_is_what_a_slicer_counts(tmp_path: Path) -> None:
    with a_desk("credit_bureaus", tmp_path) as desk:
        desk.person().person("0000000002", ssn=None)
        for n, message in enumerate(["report", "update", "close", "delete", "report"]):
            person, case = f"000000000{1 + n % 2}", f"C{n}"
            oldest = date(2024, 1, 1) if n == 4 else date(2024, 12, 1)
            desk.case(case, person, oldest_unpaid_due_on=oldest)
            desk.item(message, person_id=person, case_id=case, subject_id=case, target_id=case)
        lines = records(desk.write().path, 426)
    folder = QUEUES / "credit_bureaus"
    bases = [cut(folder / "record.csv", line) for line in lines[1:-1]]
    totals = cut(folder / "trailer.csv", lines[-1])
    by_status = Counter(base["account_status"] for base in bases)
    assert by_status == {"71": 2, "13": 1, "DA": 1, "93": 1}
    numbers = sum(base["social_security_number"].strip("0") != "" for base in bases)
    births = sum(base["date_birth"].strip("0") != "" for base in bases)
    due = {"total_base_records": 5, "block_count": len(lines)}
    due |= {f"total_status_{kind}{code.lower()}": n for code, n in by_status.items()
            for kind in [("" if code.isalpha() else "code_")]}  # fmt: skip
    due |= {f"total_social_numbers_{part}_segments": numbers for part in ("all", "base")}
    due |= {f"total_dates_birth_{part}_segments": births for part in ("all", "base")}
    found = {name: int(text) for name, text in totals.items() if name.startswith(("total_", "block_"))}
    assert (numbers, births) == (3, 5)
    assert found == dict.fromkeys(found, 0) | due


def test_a_setoff_record_stands_at_its_positions_and_withdraws_by_amount_zero(tmp_path: Path) -> None:
    with a_desk("state_tax_setoff", tmp_path) as desk:
        desk.person(middle_name="Guy").person("0000000002")
        desk.item("certify", remedy="state_tax_intercept", subject_id="0000000001", amount_cents=25_01)
        desk.item("withdraw", remedy="state_tax_intercept", subject_id="0000000002", person_id="0000000002")
        first, second = records(desk.write().path, 182)
    assert (first[142:155], second[142:155]) == ("0000000002501", "0000000000000")
    assert cut(QUEUES / "state_tax_setoff" / "record.csv", first) == {
        "agency_account_number": "90000000023",
        "debtor_id_code": "1",
        "ssn": "900010001",
        "first_name": "ADRIEN".ljust(35),
        "middle_initial": "G",
        "last_name": "PELLETIER".ljust(35),
        "account_id_code": "1",
        "account_id_number": "0010000000001".ljust(18),
        "debt_code": "C",
        "debt_description": "CHILD SUPPORT".ljust(30),
        "debt_amount": "0000000002501",
        "filler": " " * 12,
        "driver_license_number": " " * 15,
    }


def test_an_account_number_without_office_and_person_goes_to_a_person(tmp_path: Path) -> None:
    with a_desk("state_tax_setoff", tmp_path) as desk:
        desk.person().item("certify", subject_id="0000000001", office="BATH")
        built = desk.build()
    assert built.records == 0
    assert "3-digit office" in built.not_sent[0].reason


def test_a_federal_record_stands_at_its_positions_with_whole_dollars_truncated(tmp_path: Path) -> None:
    with a_desk("federal_offset", tmp_path) as desk:
        desk.person(last_name="O'Neil-Roy", line_2="Apt 4").add("caseload.notices", **NOTICE)
        desk.case().item("add", **FEDERAL, amount_cents=2_500_99)
        record, control = records(desk.write().path, 245)
    assert (record[29:33], record[64:72], record[72:74]) == ("ONEI", "00002500", "AN")
    assert cut(QUEUES / "federal_offset" / "record.csv", record) == {
        "submitting_state": "ME",
        "local_code": "000",
        "ssn": "900010001",
        "case_id": "0000000001".ljust(15),
        "last_name": "ONEIL-ROY".ljust(20),
        "first_name": "ADRIEN".ljust(15),
        "arrears_amount": "00002500",
        "transaction_type": "A",
        "case_type": "N",
        "transfer_state": "  ",
        "transfer_local_code": "000",
        "process_year": "0000",
        "address_line_1": "12 MILL ST.".ljust(30),
        "address_line_2": "APT 4".ljust(30),
        "city": "BATH".ljust(25),
        "state": "ME",
        "zip": "045300000",
        "pre_offset_notice_date": "20241101",
        "offset_exclusions": "ADM,FIN,PAS,RET,SAL,VEN".ljust(40),
        "filler": " " * 18,
    }
    assert control[2:5] == "CTL"


def test_the_control_record_comes_last_and_its_sums_are_what_a_slicer_adds(tmp_path: Path) -> None:
    with a_desk("federal_offset", tmp_path) as desk:
        for n, kind, message, cents in (
            (1, "A", "add", 150_99),
            (1, "N", "add", 500_00),
            (2, "N", "delete", 700_00),
        ):
            person = f"000000000{n}"
            subject = f"{person}-{kind}"
            desk.item(
                message, remedy="federal_tax_offset", person_id=person, subject_id=subject, amount_cents=cents
            )
        desk.person().person("0000000002").add("caseload.notices", **NOTICE)
        *cases, last = records(desk.write().path, 245)
    folder = QUEUES / "federal_offset"
    control, sliced = cut(folder / "trailer.csv", last), [cut(folder / "record.csv", line) for line in cases]
    for kind, name in (("A", "tanf"), ("N", "non_tanf")):
        own = [int(one["arrears_amount"]) for one in sliced if one["case_type"] == kind]
        assert (int(control[f"{name}_count"]), int(control[f"{name}_amount"])) == (len(own), sum(own))
    assert (control["control_literal"], control["tanf_amount"], control["non_tanf_amount"]) == (
        "CTL", "00000000150", "00000000500",
    )  # fmt: skip
    assert [(one["transaction_type"], one["arrears_amount"]) for one in sliced] == [
        ("A", "00000150"), ("A", "00000500"), ("D", "00000000"),
    ]  # fmt: skip


def test_one_federal_record_per_person_and_case_type(tmp_path: Path) -> None:
    with a_desk("federal_offset", tmp_path) as desk:
        desk.person().add("caseload.notices", **NOTICE)
        desk.item("add", **FEDERAL).item("add", **{**FEDERAL, "remedy": "passport_denial"})
        desk.item("add", **{**FEDERAL, "subject_id": "0000000001-A"})
        built = desk.build()
        told = [(row["case_type"], row["transaction_type"], len(row["action_ids"])) for row in desk.rows()]
    assert (told, built.not_sent) == ([("A", "A", 1), ("N", "A", 2)], ())


@pytest.mark.parametrize(
    ("remedy", "excluded"),
    [
        ("federal_tax_offset", "ADM,FIN,PAS,RET,SAL,VEN"),
        ("passport_denial", "ADM,FIN,RET,SAL,TAX,VEN"),
        # Not in use in Maine: excluded all the same.
        ("administrative_offset", "ADM,FIN,PAS,RET,SAL,TAX,VEN"),
    ],
)
def test_every_program_that_no_approved_remedy_uses_is_excluded_by_name(
    tmp_path: Path, remedy: str, excluded: str
) -> None:
    with a_desk("federal_offset", tmp_path) as desk:
        desk.person().add("caseload.notices", **NOTICE)
        desk.item("add", **{**FEDERAL, "remedy": remedy})
        desk.build()
        [row] = desk.rows()
    assert row["offset_exclusions"] == excluded


def test_a_modify_says_neither_address_nor_exclusions(tmp_path: Path) -> None:
    with a_desk("federal_offset", tmp_path) as desk:
        desk.person().heard("0000000001-N", remedy="federal_tax_offset", reported_dollars=2600)
        desk.item("modify", **FEDERAL, kind="update")
        record, _ = records(desk.write().path, 245)
    assert (record[72], record[83:179].strip(), record[187:227].strip()) == ("M", "000000000", "")


@pytest.mark.parametrize(
    ("last_name", "written"),
    [("Li", "LI"), ("de la Cruz", "DELACRUZ"), ("Mc'Donald", "MCDONALD"), ("St-Onge", "ST-ONGE")]
    + [("Bélanger", "BELANGER"), ("Smith Jones", "SMITH JONES")],
)
def test_the_first_four_letters_of_a_federal_name_hold_no_blank_or_special(
    tmp_path: Path, last_name: str, written: str
) -> None:
    with a_desk("federal_offset", tmp_path) as desk:
        desk.person(last_name=last_name).add("caseload.notices", **NOTICE).item("add", **FEDERAL)
        record, _ = records(desk.write().path, 245)
    assert record[29:49].rstrip() == written


@pytest.mark.parametrize(
    ("person", "reason"),
    [({"first_name": "3"}, "starts with a letter"), ({"first_name": None}, "starts with a letter")],
)
def test_an_add_that_the_federal_office_would_reject_goes_to_a_person(
    tmp_path: Path, person: dict[str, object], reason: str
) -> None:
    with a_desk("federal_offset", tmp_path) as desk:
        built = desk.person(**person).add("caseload.notices", **NOTICE).item("add", **FEDERAL).build()
    assert built.records == 0
    assert reason in built.not_sent[0].reason


def test_an_add_without_its_pre_offset_notice_goes_to_a_person(tmp_path: Path) -> None:
    with a_desk("federal_offset", tmp_path) as desk:
        built = desk.person().item("add", **FEDERAL).build()
    assert (built.records, "pre-offset notice" in built.not_sent[0].reason) == (0, True)


def test_a_notice_names_the_obligor_his_debt_and_his_days_and_the_trailer_sums_them(tmp_path: Path) -> None:
    with a_desk("obligor_notices", tmp_path) as desk:
        desk.person(last_name="Bélanger").case().item("notice_of_debt", amount_cents=1_000_01)
        desk.item("license_revocation", amount_cents=7)
        header, *notices, trailer = records(desk.write().path, 600, "latin-1")
    folder = QUEUES / "obligor_notices"
    sliced = [cut(folder / "record.csv", line) for line in notices]
    assert (header[0], header[24:32], trailer[0]) == ("H", "20250115", "T")
    assert [(one["notice_kind"].strip(), one["amount"], one["respond_days"]) for one in sliced] == [
        ("license_revocation", "0000000000007", "020"), ("notice_of_debt", "0000000100001", "030"),
    ]  # fmt: skip
    assert {one["last_name"].rstrip() for one in sliced} == {"Bélanger"}
    assert {one["address_line_1"].rstrip() for one in sliced} == {"12 Mill St."}
    assert (int(trailer[1:10]), int(trailer[10:25])) == (2, sum(int(one["amount"]) for one in sliced))
