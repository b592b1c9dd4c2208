"""Who a partner's line is about: exact enough to act on, a question for a person, or nobody."""

from datetime import date

import pytest
from builders import Caseload

from arrears import house
from arrears.intake.feeds import load_feeds
from arrears.night.layers import load_layer
from arrears.sqltext import parameters, sql_faults


def one_person(**but: object) -> Caseload:
    return Caseload().person("P1", **{"last_name": "Pelletier", "first_name": "Adrien", **but})


def of_dmv(**but: object) -> dict[str, list[tuple[str, str]]]:
    return one_person().license_of_dmv("P1", **but).match()


def of_bank(owner: str, **person: object) -> dict[str, list[tuple[str, str]]]:
    house_of = one_person(**person).partner(
        "bank_accounts", person_token="t-P1", owner_name=owner, account_token="a"
    )
    return house_of.match()


def test_number_and_name_together_are_exact() -> None:
    assert of_dmv() == {"links": [("P1", "number and name agree")], "candidates": []}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Núñez", "NUNEZ"),
        ("O'Brien", "OBRIEN"),
        ("Smith-Jones", "SMITH JONES"),
        ("Pelletier Jr.", "PELLETIER"),
        ("Null", "NULL"),
    ],
)
def test_a_last_name_agrees_when_folded(ours: str, theirs: str) -> None:
    caseload = one_person(last_name=ours).license_of_dmv("P1", last_name=theirs)
    assert len(caseload.match()["links"]) == 1


@pytest.mark.parametrize(
    ("theirs", "links"), [("A", 1), ("ADRI", 1), ("ADRIEN PAUL", 1), ("BASIL", 0), (None, 0)]
)
def test_a_first_name_agrees_by_prefix_or_initial(theirs: str | None, links: int) -> None:
    assert len(of_dmv(first_name=theirs)["links"]) == links


def test_another_name_makes_a_question_of_the_number() -> None:
    assert of_dmv(last_name="STRANGER") == {
        "links": [],
        "candidates": [("P1", "number agrees, name does not")],
    }


def test_name_and_birth_date_alone_link_nobody() -> None:  # C12: junior and senior, twins
    assert of_dmv(person_token="t-other", person_id=None) == {"links": [], "candidates": []}


def test_a_number_held_by_two_people_links_neither() -> None:  # C10
    caseload = one_person().person("P2", person_token="t-P1", last_name="Roy").license_of_dmv("P1")
    why = "number held by two people"
    assert caseload.match() == {"links": [], "candidates": [("P1", why), ("P2", why)]}


def test_an_impossible_number_is_no_number() -> None:  # C08
    assert of_dmv(ssn_fault="not nine digits") == {"links": [], "candidates": []}


def test_an_impossible_number_in_the_caseload_matches_nothing() -> None:
    caseload = one_person(ssn_fault="group or serial is all zeros").license_of_dmv("P1", person_id=None)
    assert caseload.match() == {"links": [], "candidates": []}


def test_a_person_number_that_contradicts_the_number_makes_a_question() -> None:
    found = (
        one_person()
        .person("P2", last_name="Roy", first_name="Zoe")
        .license_of_dmv("P1", person_id="P2")
        .match()
    )
    assert found["links"] == []
    assert ("P1", "number agrees, person number names somebody else") in found["candidates"]


def test_one_person_with_two_numbers_is_a_question_not_a_link() -> None:  # C11
    found = of_dmv(person_token="t-second")
    assert found == {"links": [], "candidates": [("P1", "person number agrees, number does not")]}


def test_another_birth_date_makes_a_question_of_the_link() -> None:
    found = of_dmv(birth_on=date(1960, 5, 4))
    assert found == {"links": [], "candidates": [("P1", "number and name agree, birth date does not")]}


@pytest.mark.parametrize(
    "owner",
    ["PELLETIER ADRIEN", "PELLETIER, ADRIEN P", "Adrien P. Pelletier", "PELLETIER A", "ADRIEN PELLETIER JR"],
)
def test_an_account_owner_agrees_in_either_order_of_the_name(owner: str) -> None:
    assert len(of_bank(owner)["links"]) == 1


@pytest.mark.parametrize("owner", ["PELLETIER", "PELLETIERADRIEN", "STRANGER ADRIEN", "PELLETIER BASIL", ""])
def test_an_account_owner_of_another_name_is_only_a_question(owner: str) -> None:
    found = of_bank(owner)
    assert found == {"links": [], "candidates": [("P1", "number agrees, name does not")]}


def test_part_of_a_longer_name_is_no_name() -> None:
    assert of_bank("LEEANN SMITH", last_name="Lee", first_name="A")["links"] == []


def test_a_refund_is_matched_by_our_own_person_number() -> None:
    caseload = (
        one_person().partner("state_tax_refunds", person_id="P1").partner("state_tax_refunds", person_id="P9")
    )
    assert caseload.match()["links"] == [("P1", "our own person number")]


def of_compensation(**person: object) -> dict[str, list[tuple[str, str]]]:
    house_of = one_person(**person).partner(
        "workers_comp_claims", person_id="P1", last_name="PELLETIER", first_name="ADRIEN"
    )
    return house_of.match()


@pytest.mark.parametrize("fault", [None, "group or serial is all zeros"])
def test_a_claim_is_matched_by_our_own_person_number_and_the_name(fault: str | None) -> None:
    why = "our own person number and name agree"
    assert of_compensation(ssn_fault=fault) == {"links": [("P1", why)], "candidates": []}
    assert of_compensation(ssn_fault=fault, last_name="Roy") == {"links": [], "candidates": []}


def test_only_what_a_feed_calls_exact_acts_without_a_person() -> None:
    for name, feed in load_feeds(house.FEEDS).items():
        assert bool(feed.match.none) != bool(feed.match.exact), name
    kinds = {feed.match.exact: name for name, feed in load_feeds(house.FEEDS).items()}
    assert kinds["person_number"] == "state_tax_refunds"
    assert kinds["person_number_and_name"] == "workers_comp_claims"


def test_a_new_hire_is_matched_like_a_license() -> None:
    caseload = one_person().partner(
        "employer_new_hires",
        person_token="t-P1",
        last_name="PELLETIER",
        first_name="ADRIEN",
        hired_on=date(2025, 1, 2),
    )
    assert len(caseload.match()["links"]) == 1


@pytest.mark.parametrize("folder", [house.MATCH, house.FACTS])
def test_the_sql_of_a_layer_is_listed_and_holds_no_number_of_its_own(folder: object) -> None:
    layer = load_layer(folder)  # type: ignore[arg-type]
    assert layer.tables


@pytest.mark.parametrize(
    "text",
    [
        "SELECT x > 60",
        "SELECT now()",
        "SELECT current_date",
        "SELECT due_on - INTERVAL '30' DAY",
        "SELECT DATE '2025-01-01'",
        "SELECT CAST('31' AS INTEGER)",
        "SELECT '31'::INTEGER",
        "SELECT to_days(2)",
        "SELECT 1.5",
        "SELECT 'unclosed",
    ],
)
def test_a_number_a_date_or_a_clock_in_sql_is_a_fault(text: str) -> None:
    assert len(sql_faults(text)) == 1


@pytest.mark.parametrize(
    "text",
    ["SELECT x > $limit, 0, 1, a[1:n]", "SELECT '0426' AS code -- 60 days, now", "SELECT name || '2x'"],
)
def test_codes_comments_zero_and_one_are_no_faults(text: str) -> None:
    assert sql_faults(text) == []


def test_parameters_are_read_from_sql_and_not_from_its_comments() -> None:
    assert parameters("SELECT $b, $a, $b -- $c\n/* $d */") == ("b", "a")


def of_ssa(last_name: str, **but: object) -> dict[str, list[tuple[str, str]]]:
    row = {"person_token": "t-P1", "person_id": "P1", "last_name": last_name, "first_name": "ADRIEN"}
    return one_person(last_name="Featherstone-Harding").partner("sves_title_xvi", **row | but).match()


@pytest.mark.parametrize(
    ("theirs", "links"),
    [
        ("FEATHERSTONE-HARDIN", 1),  # nineteen letters, all that the field has room for
        ("FEATHERSTONE HARDIN", 1),
        ("FEATHERSTONE-HARDI", 1),  # eighteen, and perhaps a blank that was cut off behind them
        ("FEATHERSTONE", 0),  # there was room for more, so this is another name
        ("FEATHERSTONE-HARPER", 0),
    ],
)
def test_a_name_agrees_as_far_as_the_partner_s_field_reaches(theirs: str, links: int) -> None:
    assert len(of_ssa(theirs)["links"]) == links


def test_an_account_owner_s_last_name_may_be_cut_off_at_the_end_of_the_field() -> None:
    owner = "MAXIMILIANE ALEXANDRINA ELISABETH FEATHE"  # forty letters
    found = of_bank(owner, last_name="Featherstone-Harding", first_name="Maximiliane Alexandrina Elisabeth")
    assert len(found["links"]) == 1
    owner = "MAXIMILIANE FEATHERSTONE HARDING OF ROCK"
    found = of_bank(owner, last_name="Featherstone Harding of Rockland", first_name="Maximiliane")
    assert len(found["links"]) == 1
