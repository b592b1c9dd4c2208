"""Worked examples run through the rule that they explain."""

from pathlib import Path

import pytest
from card_helpers import CARD, EXAMPLES, STATE, null_breaches, tree

from arrears.errors import RuleFault
from arrears.law.decide import waiver_faults
from arrears.law.examples import check_examples, worked
from arrears.law.profile import Profile
from arrears.law.profile_files import states
from arrears.law.remedy import load_cards
from arrears.law.remedy_files import read_card

RULES = Path(__file__).parents[1] / "rules"
SHIPPED = sorted(one.parent.name for one in (RULES / "remedies").glob("*/remedy.yml"))


def run(folder: Path, **changed: str) -> list[str]:
    rules = tree(folder, **changed)
    card = read_card(rules / "remedies" / "license")
    outcomes = check_examples(card, worked(card, rules))
    return [f"{one.example.part}: {one.verdict}" for one in outcomes]


def faults(folder: Path, **changed: str) -> str:
    with pytest.raises(RuleFault) as told:
        run(folder, **changed)
    return str(told.value)


def test_each_example_runs_through_the_cards_own_sql(tmp_path: Path) -> None:
    told = run(tmp_path)
    assert told.count("enter: flag") == 3
    assert told[-3:] == ["stay: flag", "release: flag", "release: clear"]


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        ("then: flag, because: []", "then: clear", "sixty days exactly: is flag () instead of clear"),
        ("because: [unpaid_long_enough], p", "because: [no_agreement], p", "instead of ['no_agreement']"),
        ("parts: true", "parts: false", "a day less: the readings disagree"),
        ("parts: false", "parts: true", "sixty days exactly: the readings agree"),
        ("because: [unpaid_long_enough], p", "because: [no_such], p", "no_such, which is not a condition"),
        (
            "enforceable_cents: 10_00",
            "enforceable_cents: 10.00",
            "is 10.0, which is not an amount in whole cents",
        ),
        ("has_agreement: false", "has_agrement: false", "has_agrement is not a fact"),
        ("has_agreement: false", "has_agreement: no", "has_agreement is 'no', which is not true or false"),
        ("then: unknown", "then: unclear", "then must be one of flag, clear, unknown"),
        ("jurisdiction: ut", "jurisdiction: zz", "there is no state zz; there are ut"),
        ("say: goes on, part: stay", "say: goes on, part: stays", "part must be one of"),
        ("say: goes on", "tell: goes on", "unknown key tell"),
    ],
)
def test_an_example_that_does_not_come_out_or_is_not_understood_is_a_fault(
    tmp_path: Path, written: str, instead: str, fault: str
) -> None:
    assert written in EXAMPLES
    assert fault in faults(tmp_path, examples=EXAMPLES.replace(written, instead, 1))


def test_every_card_needs_a_flag_a_clear_and_an_unknown(tmp_path: Path) -> None:
    some = [line for line in EXAMPLES.splitlines() if "then: unknown" not in line]
    assert "no example of the part enter comes to unknown" in faults(tmp_path, examples="\n".join(some))


def test_an_example_of_a_remedy_that_is_off_that_day_is_a_fault_and_not_a_pass(tmp_path: Path) -> None:
    told = faults(tmp_path, state=STATE.replace("from: 2010-01-01", "from: 2025-06-01"))
    assert "not in force in Utopia on 2025-03-02" in told


def test_a_changed_rule_is_caught_by_its_examples(tmp_path: Path) -> None:
    told = faults(tmp_path, card=CARD.replace(">= $unpaid_days", "> $unpaid_days"))
    assert "sixty days exactly: is clear (unpaid_long_enough) instead of flag" in told
    assert "the new limit exactly" in told


def test_nulling_any_fact_of_any_example_makes_no_flag_and_clears_none(tmp_path: Path) -> None:
    rules = tree(tmp_path)
    assert null_breaches(read_card(rules / "remedies" / "license"), rules) == []


def test_every_remedy_that_a_state_uses_has_a_card_and_its_waivers_name_conditions() -> None:
    cards = load_cards(RULES)
    for state in states(RULES):
        assert waiver_faults(Profile.load(RULES, state), cards) == []


@pytest.mark.parametrize("remedy", SHIPPED)
def test_the_shipped_examples_come_out_as_they_say(remedy: str) -> None:
    card = read_card(RULES / "remedies" / remedy)
    assert check_examples(card, worked(card, RULES))


@pytest.mark.parametrize("remedy", SHIPPED)
def test_nulling_any_fact_of_a_shipped_example_makes_no_flag_and_clears_none(remedy: str) -> None:
    assert null_breaches(read_card(RULES / "remedies" / remedy), RULES) == []
