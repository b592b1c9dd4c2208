"""What a case counts for: each condition alone keeps it out, and what is not known stays so."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import pytest

from arrears import house
from arrears.law.counting import COUNTS, answer_columns, counted_select, load_counts
from arrears.law.profile import Profile, Waiver

ON = date(2025, 1, 14)
ABOUT = {
    "exempted_remedies": "VARCHAR[]",
    "disputes_about": "VARCHAR[]",
    "hearings_pending_about": "VARCHAR[]",
}
TYPES = {"interstate": "VARCHAR", **ABOUT}
COUNTED: dict[str, Any] = {
    "case_is_open": True,
    "is_full_service": True,
    "interstate": "none",
    "has_enforceable_order": True,
    "has_good_cause": False,
    "debt_gate_is_open": True,
    "balance_is_trusted": True,
    **{name: [] for name in ABOUT},
}
AGAINST: dict[str, Any] = {
    "case_is_open": False,
    "is_full_service": False,
    "interstate": "responding",
    "has_enforceable_order": False,
    "has_good_cause": True,
    "debt_gate_is_open": False,
    "balance_is_trusted": False,
    "exempted_remedies": ["all"],
    "disputes_about": ["all"],
    "hearings_pending_about": ["notice_of_debt"],
}


def answers(profile: Profile, **changed: Any) -> Mapping[str, Any]:
    """Each column of what a case counts for, of a case that counts but for what is changed."""
    facts = COUNTED | changed
    values = ", ".join(f"CAST(${name} AS {TYPES.get(name, 'BOOLEAN')}) AS {name}" for name in facts)
    con = duckdb.connect()
    con.execute("CREATE SCHEMA facts")
    con.execute(f"CREATE TABLE facts.case_facts AS SELECT 'C' AS case_id, 'P' AS person_id, {values}", facts)
    text, bound = counted_select(load_counts(house.RULES).values(), profile, ON, "facts.case_facts")
    found = con.execute(text, bound)
    return dict(zip([one[0] for one in found.description], found.fetchall()[0], strict=True))


@pytest.fixture(scope="module")
def maine() -> Profile:
    return Profile.load(house.RULES, "me")


@pytest.mark.parametrize("fact", AGAINST)
def test_each_guard_of_a_case_alone_keeps_it_from_counting(maine: Profile, fact: str) -> None:
    counts, told = load_counts(house.RULES), answers(maine, **{fact: AGAINST[fact]})
    columns = answer_columns(counts.values())
    for name, count in counts.items():
        mine = {column: one for (of, column), one in columns.items() if of == name}
        untrue = [column for column in mine if told[column] is False]
        word = AGAINST[fact][0] if fact in ABOUT else ""
        asked = [column for column, one in mine.items() if fact in one.sql and word in one.sql]
        assert untrue == asked, name
        doubt = any(mine[column].name in count.in_doubt for column in untrue)
        assert told[COUNTS + name] is (True if not untrue else None if doubt else False)


@pytest.mark.parametrize("fact", COUNTED)
def test_what_is_not_known_of_a_case_makes_it_neither_count_nor_not(maine: Profile, fact: str) -> None:
    columns, told = answer_columns(load_counts(house.RULES).values()), answers(maine, **{fact: None})
    for name in load_counts(house.RULES):
        reads = any(fact in one.sql for (of, _), one in columns.items() if of == name)
        assert told[COUNTS + name] is (None if reads else True), name


def test_an_exemption_from_one_remedy_keeps_the_case_in_every_other_count(maine: Profile) -> None:
    told = answers(maine, exempted_remedies=["bank_levy"])
    assert told["account_not_exempt"] is False
    assert {name for name in load_counts(house.RULES) if told[COUNTS + name] is not True} == {"account"}


def test_a_state_without_notices_of_debt_counts_without_one() -> None:
    told = answers(Profile.load(house.RULES, "ma"), debt_gate_is_open=None)
    assert {told[COUNTS + name] for name in load_counts(house.RULES)} == {True}


def test_a_waiver_of_a_count_lets_the_case_count_and_still_answers_the_condition(maine: Profile) -> None:
    waiver = Waiver("federal_refund", "has_order", None, None, "To show it.", ("45-cfr-303.72",))
    told = answers(replace(maine, waived=(waiver,)), has_enforceable_order=False)
    assert (told[COUNTS + "federal_refund"], told[COUNTS + "state_refund"]) == (True, False)
    assert told["has_order"] is False
