"""What the Federal Case Registry and other federal partners tell: what protects counts, the rest is work."""

from datetime import date
from pathlib import Path
from typing import Any

import feed_files
import pytest
from feed_files import Desk, lines
from test_stands_after import lines as work_lines

from arrears.ledger.records import Delivery
from tests.builders import Caseload
from tests.work_cases import Pay

SSN = {"ssn": "900121234"}
NAMED = SSN | {"first_name": "JO", "last_name": "PELLETIER"}
USUAL: dict[str, dict[str, Any]] = {
    "fcr_acknowledgments.case_answer": {
        "record_id": "FD", "action_type": "A", "case_id": "00000101", "case_type": "F", "order_ind": "Y",
        "acknowledgement_code": "AAAAA",
    },
    "fcr_acknowledgments.person_answer": NAMED | {
        "record_id": "FS", "action_type": "A", "case_id": "00000101", "participant_type": "NP",
        "member_id": "0000000017", "acknowledgement_code": "AAAAA", "ssn_validity_code": "V",
        "ssa_city_last_residence": "HIDDENVILLE",
    },
    "fcr_matches.match": NAMED | {
        "record_id": "FT", "receiving_state_fips": "23", "action_type": "P", "state_member_id": "0000000017",
        "state_case_id": "00000101", "response_code": "MA", "matched_case_id": "NH77",
        "matched_case_state": "33", "matched_case_type": "F", "matched_order_ind": "Y",
        "matched_participant_type": "NP", "sort_state_code": "23", "associated_1_ssn": "900125678",
        "associated_1_last_name": "SECRET",
    },
    "dmdc_coverage.coverage": {
        "record_id": "XX", "state_code": "23", "case_id": "00000101", "child_last_name": "KID",
        "child_member_id": "0000000018", "child_medical_coverage_ind": "Y",
        "child_coverage_begin_date": date(2024, 6, 1), "ncp_first_name": "JO", "ncp_last_name": "PELLETIER",
        "ncp_ssn": "900121234", "ncp_member_id": "0000000017", "ncp_in_military": "Y",
    },
    "fpls_answers.answer": NAMED | {
        "record_id": "FN", "state_code": "23", "agency_group": "F", "agency_number": "01",
        "state_person_number": "0000000017", "employer_name": "VA REGION 1",
        "returned_address": "9 HIDDEN LANE BATH ME",
    },
    "csenet_errors.error": {
        "transaction_counter": "000001", "local_fips": "2300000", "other_state_fips": "33",
        "other_place_fips": "00000", "local_case_id": "00000101", "other_case_id": "NH77",
        "action_code": "R", "functional_type": "ENF", "action_reason": "ERALL", "error_code": "1014",
        "transaction_date": date(2025, 1, 8), "error_message": "CASE DATA BLOCK MISSING",
    },
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk that knows the usual lines of these files."""
    monkeypatch.setattr(feed_files, "_USUAL", feed_files._USUAL | USUAL)
    return Desk(tmp_path)


def sent(desk: Desk, feed: str, data: bytes) -> Delivery:
    """What became of a file with its control file."""
    return desk.send(feed, data, feed_files.FEEDS[feed].records[0].name)


def staged(desk: Desk, feed: str, data: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows that a file became, and why its other lines were set aside."""
    delivery = sent(desk, feed, data)
    assert delivery.outcome == "accepted", delivery.reason
    desk.load(delivery)
    return desk.rows(delivery, feed), [row["reason"] for row in desk.rows(delivery, "rejects")]


def persons(*rows: dict[str, Any]) -> bytes:
    return lines("fcr_acknowledgments", "person_answer", *rows)


def test_what_the_registry_did_is_told_with_warnings_and_errors_apart(desk: Desk) -> None:
    case = {
        "acknowledgement_code": "REJCT",
        "error_code_1": "PE101",
        "error_code_2": "LW005",
        "error_code_3": "ZZ1",
    }
    data = lines("fcr_acknowledgments", "case_answer", case) + persons(
        {}, {"acknowledgement_code": "HOLDS", "error_code_1": "TW011"}
    )
    rows, _ = staged(desk, "fcr_acknowledgments", data)
    assert [(row["about"], row["result"]) for row in rows] == [
        ("case", "rejected"), ("person", "accepted"), ("person", "held")]  # fmt: skip
    assert [(row["errors"], row["warnings"]) for row in rows] == [
        (["PE101", "ZZ1"], ["LW005"]), ([], []), ([], ["TW011"])]  # fmt: skip
    assert "HIDDENVILLE" not in str(rows)
    assert "900121234" not in str(rows)


@pytest.mark.parametrize(
    ("answer", "is_verified", "is_another"),
    [
        ({}, True, False),
        ({"ssn_validity_code": None}, False, False),
        ({"ssn_validity_code": "N"}, False, False),
        ({"ssn_validity_code": "C", "provided_or_corrected_ssn": "900125678"}, True, True),
        ({"ssn_validity_code": "C", "provided_or_corrected_ssn": "900121234"}, True, False),
        ({"multiple_ssn_1": "900125678"}, True, True),
        ({"multiple_ssn_1": "000000000", "provided_or_corrected_ssn": "000000000"}, True, False),
    ],
)
def test_whether_the_registry_knows_the_number(
    desk: Desk, answer: dict[str, Any], is_verified: bool, is_another: bool
) -> None:
    [row] = staged(desk, "fcr_acknowledgments", persons(answer))[0]
    assert (row["number_is_verified"], row["number_is_another"]) == (is_verified, is_another)


def test_an_answer_for_another_state_is_refused(desk: Desk) -> None:
    for feed, record, field in (
        ("fcr_matches", "match", "receiving_state_fips"),
        ("dmdc_coverage", "coverage", "state_code"),
        ("fpls_answers", "answer", "state_code"),
        ("csenet_errors", "error", "local_fips"),
    ):
        code = "3300000" if field == "local_fips" else "33"
        found = sent(desk, feed, lines(feed, record, {field: code}))
        assert (found.outcome, "another state's code" in (found.reason or "")) == ("refused", True)


def test_a_case_of_another_state_is_read_without_the_people_in_it(desk: Desk) -> None:
    nothing = {"matched_case_id": None}
    dead = nothing | {"matched_date_of_death": date(2024, 11, 1)}
    data = lines("fcr_matches", "match", {}, {"person_delete_ind": "D"}, nothing, dead)
    rows, why = staged(desk, "fcr_matches", data)
    assert [(row["other_fips"], row["other_case_id"], row["was_taken_out"]) for row in rows] == [
        ("33", "NH77", False), ("33", "NH77", True), ("33", None, False)]  # fmt: skip
    assert (rows[0]["other_role"], rows[0]["other_has_order"]) == ("noncustodial parent", True)
    assert why == ["a match that names no case of another state"]
    assert "SECRET" not in str(rows)


def test_coverage_names_the_parent_who_owes_or_may_be_the_father(desk: Desk) -> None:
    father = {
        "ncp_last_name": None, "ncp_first_name": None, "ncp_ssn": None, "ncp_member_id": None,
        "ncp_in_military": None, "putative_father_last_name": "ROY", "putative_father_first_name": "AL",
        "putative_father_ssn": "900125678", "putative_father_in_military": "N",
    }  # fmt: skip
    backwards = {"child_coverage_end_date": date(2024, 1, 1)}
    endless = {"child_coverage_begin_date": None}
    data = lines("dmdc_coverage", "coverage", {}, father, backwards, endless)
    rows, why = staged(desk, "dmdc_coverage", data)
    assert [(row["last_name"], row["is_in_military"]) for row in rows] == [
        ("PELLETIER", True),
        ("ROY", False),
    ]
    assert (rows[0]["child_is_covered"], rows[0]["cover_from_on"]) == (True, date(2024, 6, 1))
    assert why == ["coverage that ends before it begins", "coverage without the day on which it begins"]
    assert "KID" not in str(rows)


def test_an_agencys_answer_has_an_address_only_where_it_says_so(desk: Desk) -> None:
    dead, none = {"response_code": "02"}, {"response_code": "06", "agency_group": "H"}
    data = lines("fpls_answers", "answer", {}, dead, none, {"agency_group": "H"},
                 {"corrected_or_multiple_ssn": "900125678"})  # fmt: skip
    rows, why = staged(desk, "fpls_answers", data)
    assert [(row["agency"], row["has_address"], row["is_dead"]) for row in rows] == [
        ("F01", True, False), ("F01", False, True), ("H01", False, False), ("F01", True, False)]  # fmt: skip
    assert rows[1]["returned_address"] is None
    assert rows[3]["person_token"] != rows[0]["person_token"]
    assert why == ["an answer without data whose response code does not say so"]


def test_an_error_of_the_network_names_our_case(desk: Desk) -> None:
    rows, why = staged(desk, "csenet_errors", lines("csenet_errors", "error", {}, {"local_case_id": None}))
    assert [(row["case_id"], row["other_fips"], row["transaction_kind"]) for row in rows] == [
        ("00000101", "33", "R ENF ERALL")]  # fmt: skip
    assert why == ["no case number: the transaction cannot be found"]


ANSWER = {
    "person_token": "t-P-C1", "person_id": "P-C1", "last_name": "PELLETIER", "first_name": "ADRIEN",
    "about": "person", "case_id": "C1", "asked": "A", "result": "accepted", "warnings": [], "errors": [],
    "role": "noncustodial parent", "number_is_verified": True, "number_is_another": False,
    "birth_differs": False, "has_family_violence": False,
}  # fmt: skip


def answered(caseload: Caseload | None = None, **but: Any) -> Caseload:
    """A debtor of whom the registry answered."""
    return (caseload or Caseload().debtor("C1")).partner("fcr_acknowledgments", **ANSWER | but)


def again(made: Caseload, **but: Any) -> Caseload:
    """The same, and a later answer."""
    made.earlier_file("fcr_acknowledgments", "later", date(2025, 1, 15))
    return answered(made, source_file="later", **but)


REGISTRY = (
    ("registry_rejected", {"result": "rejected", "errors": ["PE101"]}, "noncustodial parent PE101"),
    ("registry_held", {"result": "held"}, "until a number is identified: noncustodial parent"),
    ("registry_unmatched", {"number_is_verified": False}, "without a verified number: noncustodial parent"),
    ("registry_differs", {"warnings": ["TW011"]}, "with a warning noncustodial parent TW011"),
    ("registry_differs", {"number_is_another": True}, "a further number noncustodial parent"),
    ("registry_differs", {"birth_differs": True}, "born on another day noncustodial parent"),
)


@pytest.mark.parametrize(("kind", "answer", "part"), REGISTRY)
def test_what_the_registry_did_not_simply_take_is_work_until_it_answers_otherwise(
    kind: str, answer: dict[str, Any], part: str
) -> None:
    [said] = work_lines(answered(**answer), kind)
    assert part in said
    assert work_lines(again(answered(**answer)), kind) == []
    assert len(work_lines(again(answered(), **answer), kind)) == 1


@pytest.mark.parametrize(
    ("but", "why"),
    [
        ({"last_name": "ROY"}, "another person's answer"),
        ({"person_token": "t-other"}, "the number was corrected since"),
        ({"asked": "D", "result": "accepted", "number_is_verified": False}, "taken out, as was asked"),
    ],
    ids=["name", "number", "deleted"],
)
def test_an_answer_that_is_not_about_what_stands_now_is_no_work(but: dict[str, Any], why: str) -> None:
    made = answered(**{"result": "rejected", "number_is_verified": False} | but)
    assert work_lines(made, "registry_rejected") == [], why
    assert work_lines(made, "registry_unmatched") == [], why


def test_a_rejected_child_and_a_rejected_case_are_work_of_the_case() -> None:
    made = answered(person_id="CHILD-1", person_token=None, role="child", result="rejected", errors=["PE2"])
    nobody = dict.fromkeys(("person_id", "person_token", "last_name", "first_name", "role"))
    answered(made, **nobody, about="case", result="rejected", errors=["PE1"])
    [said] = work_lines(made, "registry_rejected")
    assert "case PE1, child PE2" in said
    made.rows["cases"][0]["status"] = "closed"
    assert work_lines(made, "registry_rejected") == []


MATCH = {
    "person_token": "t-P-C1", "person_id": "P-C1", "last_name": "PELLETIER", "first_name": "ADRIEN",
    "case_id": "C1", "other_fips": "33", "other_case_id": "NH77", "other_has_order": True,
    "other_role": "noncustodial parent", "was_taken_out": False,
}  # fmt: skip


def test_another_states_case_is_work_until_its_role_is_entered() -> None:
    def said(interstate: str = "none", **but: Any) -> list[str]:
        made = Caseload().debtor("C1", case={"interstate": interstate})
        return work_lines(made.partner("fcr_matches", **MATCH | but), "other_state_case")

    [line] = said()
    assert "state 33 case NH77 as noncustodial parent on 2025-01-14; one of them has an order: yes" in line
    assert said("initiating") == []
    assert said(was_taken_out=True) == []
    assert said(last_name="ROY") == []


PLACE = {
    "person_token": "t-P-C1", "person_id": "P-C1", "last_name": "PELLETIER", "first_name": "ADRIEN",
    "agency": "F01", "agency_name": "Department of Veterans Affairs", "is_dead": False,
}  # fmt: skip


def located(address: bool = True, employer: bool = False, **but: Any) -> Caseload:
    """A parent of whom an agency told an address or an employer."""
    told = {"has_address": address, "has_employer": employer}
    told |= {"returned_address": "9 A ST"} if address else {"employer_name": "VA"}
    return Caseload().debtor("C1", **but).partner("fpls_answers", **PLACE | told)


def test_an_address_is_work_while_the_parent_is_looked_for() -> None:
    assert work_lines(located(), "locate_answer") == []
    [said] = work_lines(located(person={"address": False}), "locate_answer")
    assert "Told by Department of Veterans Affairs on 2025-01-14" in said
    sought = located()
    sought.add("locating", case_id="C1", person_id="P-C1", needed_from_on=date(2024, 12, 1))
    assert len(work_lines(sought, "locate_answer")) == 1
    sought.rows["locating"][0]["found_on"] = date(2025, 1, 15)
    assert work_lines(sought, "locate_answer") == []


def test_an_employer_is_work_while_no_job_is_known() -> None:
    made = located(address=False, employer=True)
    assert len(work_lines(made, "locate_answer")) == 1
    made.add("employers", person_id="P-C1", fein="010000001", employer_name="Mill", from_on=date(2024, 1, 2))
    assert work_lines(made, "locate_answer") == []


def dead(feed: str, **but: Any) -> Caseload:
    """A debtor whom a partner calls dead."""
    told: dict[str, dict[str, Any]] = {
        "fcr_acknowledgments": ANSWER | {"died_on": date(2024, 11, 1)},
        "fcr_matches": MATCH | {"died_on": date(2024, 11, 1)},
        "fpls_answers": PLACE | {"is_dead": True},
        "dmdc_coverage": COVER | {"is_dead": True},
    }
    return Caseload().debtor("C1").partner(feed, **told[feed] | but)


COVER = {
    "person_token": "t-P-C1", "person_id": "P-C1", "last_name": "PELLETIER", "first_name": "ADRIEN",
    "case_id": "C1", "child_id": "K1", "child_is_covered": True, "cover_from_on": date(2024, 6, 1),
    "is_in_military": True, "is_dead": False,
}  # fmt: skip
DEATHS = ("fcr_acknowledgments", "fcr_matches", "fpls_answers", "dmdc_coverage")


@pytest.mark.parametrize("feed", DEATHS)
def test_a_reported_death_stops_what_is_new_until_a_person_confirms_it(feed: str) -> None:
    made = dead(feed)
    assert made.facts()["C1"].obligor_is_alive is None
    assert made.verdict("credit_reporting") != "flag"
    [said] = work_lines(made, "death_found")
    assert "Until it is confirmed nothing new begins and nothing is taken back" in said
    made.rows["persons"][0]["died_on"] = date(2024, 11, 1)
    assert made.facts()["C1"].obligor_is_alive is False
    assert work_lines(made, "death_found") == []


@pytest.mark.parametrize("feed", DEATHS)
def test_a_death_under_the_number_and_another_name_leaves_it_not_known(feed: str) -> None:
    said = {"person_id": None, "last_name": "ROY"}
    assert dead(feed, **said).facts()["C1"].obligor_is_alive is None
    assert work_lines(dead(feed, **said), "death_found") == []


def test_a_family_violence_mark_that_the_registry_echoes_protects() -> None:
    assert answered(has_family_violence=True).facts()["C1"].has_family_violence is True
    assert answered().facts()["C1"].has_family_violence is False


def covered(**but: Any) -> Pay:
    """A worker whose order asks for coverage that the caseload does not have, and the military reports."""
    made = Pay().worker(order={"health_cover_ordered": True, "health_cover_provided": False})
    made.partner("dmdc_coverage", **COVER | but)
    return made


@pytest.mark.parametrize(
    ("but", "is_reported"),
    [
        ({}, True),
        ({"cover_to_on": date(2025, 1, 15)}, True),
        ({"cover_to_on": date(2025, 1, 14)}, False),
        ({"cover_from_on": date(2025, 1, 16)}, False),
        ({"child_is_covered": False}, False),
        ({"last_name": "ROY"}, False),
        ({"case_id": "C9"}, False),
    ],
)
def test_coverage_through_the_military_holds_the_notice_to_the_employer_for_a_person(
    but: dict[str, Any], is_reported: bool
) -> None:
    made = covered(**but)
    assert made.job().cover_is_wanted is (None if is_reported else True)
    assert len(work_lines(made, "military_cover")) == int(is_reported)


def test_coverage_that_is_entered_is_no_work() -> None:
    made = covered()
    made.rows["orders"][0]["health_cover_provided"] = True
    assert work_lines(made, "military_cover") == []
    assert made.job().cover_is_wanted is False


def test_service_in_the_military_is_told_and_silence_is_no_answer() -> None:
    assert covered().facts()["C1"].obligor_in_military is True
    assert covered(is_in_military=False).facts()["C1"].obligor_in_military is None
    assert Caseload().debtor("C1").facts()["C1"].obligor_in_military is None


def test_what_the_network_turned_down_is_work_until_it_is_sent_again() -> None:
    error = {
        "case_id": "C1", "other_fips": "33", "transaction_kind": "R ENF ERALL",
        "transaction_on": date(2025, 1, 8), "error_code": "1014", "error_message": "BLOCK MISSING",
    }  # fmt: skip
    made = Caseload().debtor("C1").partner("csenet_errors", **error)
    [said] = work_lines(made, "network_error")
    assert "sent to state 33 on 2025-01-08 (R ENF ERALL): 1014 BLOCK MISSING" in said
    made.add("referrals", case_id="C1", to_state="NH", decided_on=date(2025, 1, 2), sent_on=date(2025, 1, 8))
    assert len(work_lines(made, "network_error")) == 1
    made.rows["referrals"][0]["sent_on"] = date(2025, 1, 9)
    assert work_lines(made, "network_error") == []


def test_a_pending_claim_is_work_until_it_is_decided() -> None:
    def said(*answers: tuple[str, bool | None]) -> list[str]:
        made = Caseload().debtor("C1")
        for number, (answer, is_paid) in enumerate(answers):
            made.earlier_file("sves_title_ii", f"f{number}", date(2025, 1, 2 + number))
            made.partner(
                "sves_title_ii", person_token="t-P-C1", person_id="P-C1", first_name="ADRIEN",
                last_name="PELLETIER", answer=answer, is_paid=is_paid, source_file=f"f{number}",
                pending_kind="disability" if answer == "pending" else None,
            )  # fmt: skip
        return work_lines(made, "title_ii_pending")

    [line] = said(("pending", None))
    assert "Social Security (disability)" in line
    assert said(("pending", None), ("claim", True)) == []
    assert said(("pending", None), ("claim", False)) == []


def test_files_that_never_came_say_nothing_of_anybody() -> None:
    made = Caseload().debtor("C1")
    assert made.facts("case_news") == {}
    assert made.facts("person_news") == {}
    fact = made.facts()["C1"]
    assert (fact.obligor_is_alive, fact.has_family_violence, fact.new_hire_on) == (True, False, None)
