"""One case that is open twice or goes on under another number: a line asks, and nothing new begins."""

from datetime import date
from typing import Any

import pytest
from builders import Caseload, profile

from arrears import house
from arrears.desk.line_text import sentence
from arrears.law.remedy import load_cards
from arrears.law.work import load_kinds
from arrears.law.work_order import load_work_order
from arrears.night.plan import card_row
from tests.work_cases import MILL, Pay

PAIR = "C1~C2"


def opened_twice(**but: Any) -> Caseload:
    """Two open cases of the same parents about the same child and order."""
    caseload = Caseload().debtor("C1").debtor("C2", person_id="P-C1", case={"custodial_id": "K-C1"})
    caseload.rows["children"][1] |= {"person_id": "K-C1-1"} | but
    return caseload


def test_two_cases_that_may_be_one_are_named_and_neither_is_counted_for_anything_new() -> None:
    night = opened_twice().night("person_facts", "license_revocation", "credit_reporting")
    assert night.facts["P-C1"].twin_cases == ["C1", "C2"]
    assert night.facts["P-C1"].liquidated_cents is None
    for case_id in ("C1", "C2"):
        for remedy in ("license_revocation", "credit_reporting"):
            assert night.verdicts[remedy, "enter", case_id].verdict != "flag"
            assert night.verdicts[remedy, "release", case_id].verdict == "clear"


def test_another_child_or_another_order_is_another_case() -> None:
    other = opened_twice(person_id="9-SIBLING", birth_on=date(2018, 2, 1)).facts()
    assert [other[one].twin_cases for one in ("C1", "C2")] == [[], []]
    caseload = opened_twice()
    caseload.rows["orders"][1]["current_cents"] = 125_00
    assert caseload.facts()["C1"].twin_cases == []


def test_a_closed_case_is_no_twin() -> None:
    caseload = opened_twice()
    caseload.rows["cases"][1]["status"] = "closed"
    assert caseload.facts()["C1"].twin_cases == []


def twins(caseload: Caseload) -> dict[str, list[str]]:
    """The cases that may be the same one, by case."""
    made = caseload.made("twin_cases")["twin_cases"]
    return {row["case_id"]: row["twin_cases"] for row in made}


BOTH = {"C1": ["C2"], "C2": ["C1"]}


def keyed_anew(**but: Any) -> Caseload:
    """The same child and parent who owes, and the parent with custody under another person number."""
    caseload = opened_twice()
    caseload.rows["cases"][1]["custodial_id"] = "9-AGAIN"
    own = next(row for row in caseload.rows["persons"] if row["person_id"] == "K-C1")
    kept = {name: own[name] for name in ("last_name", "first_name", "birth_on") if name in own}
    return caseload.person("9-AGAIN", **kept | {"person_token": None} | but)


def test_the_parent_with_custody_may_be_keyed_twice() -> None:
    assert twins(keyed_anew()) == BOTH
    assert twins(keyed_anew(birth_on=None)) == BOTH
    assert twins(keyed_anew(last_name="Otherwise", person_token="t-K-C1")) == {}
    assert twins(keyed_anew(last_name="Otherwise")) == {}


def test_a_parent_with_custody_whom_nobody_knows_is_no_other_one() -> None:
    caseload = opened_twice()
    caseload.rows["cases"][1]["custodial_id"] = None
    assert twins(caseload) == BOTH


# A person says that they are two.


def declared(*words: tuple[str, str], item: str = f"case_opened_twice:{PAIR}") -> Caseload:
    """Two cases of which a person spoke: the decision and its reason, in order."""
    caseload = opened_twice()
    caseload.decisions = [
        {"item_id": item, "decision": word, "reason_code": code, "position": number}
        for number, (word, code) in enumerate(words, 1)
    ]
    return caseload


def test_two_cases_that_a_person_declared_to_be_two_both_count_and_new_acts_go_on() -> None:
    alone = Caseload().debtor("C1").facts("person_facts")["P-C1"]
    night = declared(("reject", "each_counts")).night("person_facts", "state_tax_intercept")
    both = night.facts["P-C1"]
    assert (both.twin_cases, both.past_due_cents) == ([], 2 * alone.past_due_cents)
    assert night.verdicts["state_tax_intercept", "enter", "P-C1"].verdict == "flag"


@pytest.mark.parametrize(
    "words",
    [
        [("reject", "not_worth_it")],
        [("hold", "")],
        [("reject", "each_counts"), ("approve", "")],
        [("reject", "each_counts"), ("reject", "data_wrong")],
    ],
)
def test_any_other_word_leaves_the_question_open(words: list[tuple[str, str]]) -> None:
    assert twins(declared(*words)) == BOTH


def test_what_was_said_of_one_pair_is_not_said_of_another() -> None:
    assert twins(declared(("reject", "each_counts"), item="case_opened_twice:C1~C3")) == BOTH


def test_the_line_and_the_reason_that_declare_two_cases_are_there_and_a_supervisor_is_asked() -> None:
    kind = load_kinds(house.RULES)["case_opened_twice"]
    assert (kind.facts, kind.needs, "each_counts" in kind.do) == ("twin_pairs", "supervisor", True)
    assert "each_counts" in load_work_order(house.RULES).reasons


# What a payor hears.


def two_jobs(**first: Any) -> Pay:
    """A worker whose case stands a second time, with cover ordered and missing."""
    caseload = Pay().worker("C1").worker("C2", person_id="P-C1", case={"custodial_id": "K-C1"})
    caseload.rows["children"][1] |= {"person_id": "K-C1-1"}
    caseload.rows["cases"][0] |= first
    for order in caseload.rows["orders"]:
        order |= {"health_cover_ordered": True, "health_cover_provided": False}
    return caseload


def test_no_payor_is_asked_twice_to_withhold_for_or_enroll_the_same_child() -> None:
    made = two_jobs().work()
    for case_id in ("C1", "C2"):
        fact = made[f"{case_id}:{MILL}"]
        assert (len(fact.twin_cases), fact.withheld_current_cents, fact.cover_is_wanted) == (1, None, True)


CLOSED = {"status": "closed", "closed_on": date(2025, 1, 15)}


def renumbered(told_on: date, *, is_gone: bool = False, release_on: date | None = None, **but: Any) -> Pay:
    """A case that goes on as C2, in which the payor was told as C1."""
    caseload = two_jobs(**CLOSED)
    told = {"person_id": "P-C1", "episode_id": "E", "target_id": f"C1:{MILL}"} | but
    caseload.sent(told_on, **told)
    if release_on:
        caseload.sent(release_on, **told | {"kind": "release", "message": "termination"})
    for order in caseload.rows["orders"][:1]:
        order["status"] = "ended"
    if is_gone:
        for table in ("cases", "orders", "children", "order_withholding"):
            caseload.rows[table] = [row for row in caseload.rows[table] if row.get("case_id") != "C1"]
    return caseload


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_case_under_a_new_number_asks_before_its_payor_is_told_again(is_gone: bool) -> None:
    caseload = renumbered(date(2024, 11, 1), is_gone=is_gone)
    fact = caseload.job("C2")
    assert (fact.twin_cases, fact.withheld_current_cents) == (["C1"], None)
    [pair] = caseload.made("twin_pairs")["twin_pairs"]
    assert (pair["case_id"], pair["twin_is_open"]) == ("C2", False)
    assert pair["twin_is"] == ("no longer in the extract" if is_gone else "closed 2025-01-15")


@pytest.mark.parametrize("moved", [("orders",), ("children",), ("orders", "children")])
def test_what_went_along_to_the_new_number_is_not_looked_for_under_the_old_one(
    moved: tuple[str, ...],
) -> None:
    """An order has one number of its own: in the renumbered extract its row names the new case alone."""
    caseload = renumbered(date(2024, 11, 1))
    for table in moved:
        caseload.rows[table] = [row for row in caseload.rows[table] if row["case_id"] != "C1"]
    assert twins(caseload) == {"C2": ["C1"]}
    caseload.rows["cases"][1]["custodial_id"] = "K-OTHER"
    caseload.person("K-OTHER", last_name="Otherwise", person_token=None)
    assert twins(caseload) == {}
    caseload.rows["cases"][1]["custodial_id"] = "K-C1"
    caseload.sent(date(2024, 11, 1), f"C2:{MILL}", person_id="P-C1", episode_id="E2", target_id=f"C2:{MILL}")
    assert twins(caseload) == {}


def test_the_question_stays_until_it_is_answered_although_the_old_order_was_ended() -> None:
    caseload = renumbered(date(2024, 11, 1), release_on=date(2025, 1, 15))
    caseload.rows["cases"][1]["opened_on"] = date(2025, 1, 14)
    assert twins(caseload) == {"C2": ["C1"]}
    item = {"item_id": "case_opened_twice:C2~C1", "position": 1}
    caseload.decisions = [item | {"decision": "reject", "reason_code": "each_counts"}]
    fact = caseload.job("C2")
    assert (fact.twin_cases, fact.withheld_current_cents) == ([], 300_00)


def test_a_case_whose_acts_ended_long_before_the_other_was_opened_is_another_one() -> None:
    caseload = renumbered(date(2024, 11, 1), release_on=date(2024, 12, 2))
    caseload.rows["cases"][1]["opened_on"] = date(2025, 1, 14)
    assert twins(caseload) == {}


@pytest.mark.parametrize("but", [{"kind": "notice"}, {"queue": "account_entries"}, {"person_id": "9-OTHER"}])
def test_what_no_partner_holds_of_this_parent_asks_nothing(but: dict[str, Any]) -> None:
    assert twins(renumbered(date(2024, 11, 1), **but)) == {}


def test_a_case_in_which_partners_were_told_is_no_new_number_of_one_that_is_gone() -> None:
    caseload = renumbered(date(2024, 11, 1), is_gone=True)
    caseload.sent(date(2024, 11, 1), f"C2:{MILL}", person_id="P-C1", episode_id="E2", target_id=f"C2:{MILL}")
    assert twins(caseload) == {}


def test_the_parent_may_have_another_person_number_in_the_new_case() -> None:
    caseload = renumbered(date(2024, 11, 1), person_id="9-OLD", carry='{"identity": {"number": "t-P-C1"}}')
    assert twins(caseload) == {"C2": ["C1"]}


# What stands in the closed case.


@pytest.mark.parametrize(
    ("remedy", "with_case"),
    [
        ("income_withholding", ["case_closed", "no_order_runs"]),
        ("license_revocation", ["case_closed", "complies_again", "paid_in_full"]),
        ("medical_support", ["case_closed", "covered_elsewhere", "order_ended"]),
    ],
)
def test_what_a_new_number_brings_about_waits_for_a_person_and_nothing_else(
    remedy: str, with_case: list[str]
) -> None:
    card = load_cards(house.RULES)[remedy]
    assert card_row(card, profile("me"), date(2025, 1, 15))["grounds_with_case"] == with_case
    lone = [one.name for one in card.conditions["release"] if one.with_case and one.reading == "law"]
    assert lone in ([], ["complies_again"])


def test_the_line_of_what_waits_says_where_the_case_may_go_on() -> None:
    line = {
        "kind": "approval", "step": "release", "remedy": "income_withholding", "amount_cents": 300_00,
        "because": ["it may go on as case C2", "case_closed"], "needs": "supervisor",
        "readings_differ": False,
    }  # fmt: skip
    said = sentence(line, load_cards(house.RULES))
    assert "would be taken back (it may go on as case C2, case closed); a supervisor decides first" in said
