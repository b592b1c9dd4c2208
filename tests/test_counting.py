"""What a case counts for: each condition alone keeps it out, and what is not known stays so."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from mutants import asked_now, dropped, is_noticed, weakened

from arrears import house
from arrears.errors import RuleFault
from arrears.law.counting import COUNTS, answer_columns, counted_select, load_counts
from arrears.law.counting_examples import as_card, check_count, worked_counts
from arrears.law.profile import Profile, Waiver
from arrears.law.truth import untold

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


EXAMPLES = """jurisdiction: me
as_of: 2025-01-14
usual: {case_is_open: true, is_full_service: true, has_good_cause: false, exempted_remedies: []}
examples:
  - {say: nothing is against it, then: counts, because: []}
  - {say: closed, but: {case_is_open: false}, then: does not count, because: [case_open]}
  - {say: some services, but: {is_full_service: false}, then: does not count, because: [full_service]}
  - {say: good cause, but: {has_good_cause: true}, then: does not count, because: [no_good_cause]}
  - {say: exempt, but: {exempted_remedies: [all]}, then: does not count, because: [not_exempt]}
"""


def of_benefits(folder: Path, examples: str) -> list[str]:
    """What is wrong with examples of the count `benefits`, as `arrears check` says it."""
    (folder / "counts" / "examples").mkdir(parents=True, exist_ok=True)
    (folder / "counts" / "examples" / "benefits.yml").write_text(examples)
    for name in ("jurisdictions", "sources.yml", "policy.yml"):
        if not (folder / name).exists():
            (folder / name).symlink_to(house.RULES / name)
    if not (folder.parent / "transforms").exists():
        (folder.parent / "transforms").symlink_to(house.ROOT / "transforms")
    one = load_counts(house.RULES)["benefits"]
    given = worked_counts({"benefits": one}, folder)["benefits"]
    try:
        check_count(one, given)
    except RuleFault as fault:
        return str(fault).splitlines()[1:]
    return untold(as_card(one, folder), given)


def test_each_condition_of_a_count_is_told_apart_and_named_by_an_example(tmp_path: Path) -> None:
    assert of_benefits(tmp_path / "rules", EXAMPLES) == []
    kept = "".join(line for line in EXAMPLES.splitlines(keepends=True) if "good cause," not in line)
    assert of_benefits(tmp_path / "rules", kept) == [
        "no example names no_good_cause, so it could be taken out unseen"
    ]
    unknown = kept.replace("has_good_cause: false", "has_good_cause: null")
    found = of_benefits(tmp_path / "rules", unknown.replace("then: counts, because: []", "then: unknown"))
    assert "enter: nothing tells no_good_cause apart; give an example in which it alone decides" in found


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        ("then: counts, because: []", "then: does not count", "benefits, nothing is against it: counts ()"),
        ("because: [full_service]", "because: [case_open]", "does not count (full_service) instead of"),
        (
            "because: [full_service]",
            "because: [has_order]",
            "has_order, which is not a condition of benefits",
        ),
        ("say: closed", "say: closed, of: [account]", "of names account, which is none of benefits"),
        ("then: counts", "then: flag", "then must be one of counts, does not count, unknown, not flag"),
        ("say: closed", "say: closed, part: stay", "unknown key part; the keys are"),
        ("{case_is_open: false}", "{case_open: false}", "case_open is not a fact"),
    ],
)
def test_an_example_of_a_count_that_is_wrong_is_a_fault(
    tmp_path: Path, written: str, instead: str, fault: str
) -> None:
    assert written in EXAMPLES
    found = of_benefits(tmp_path / "rules", EXAMPLES.replace(written, instead, 1))
    assert any(fault in one for one in found), found


def test_a_guard_of_a_count_that_is_weakened_or_taken_out_is_noticed() -> None:
    every = [asked_now()[name] for name in load_counts(house.RULES)]
    made = [*weakened(every), *dropped(every)]
    assert len(made) == 2 * sum(len(one.conditions) for one in load_counts(house.RULES).values())
    assert [str(one) for one in made if not is_noticed(one)] == []


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
