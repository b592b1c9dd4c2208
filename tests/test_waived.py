"""What a state does not ask for reads as waived, and another state's kinds of work open no line."""

from datetime import date

import pytest
from builders import card, profile

from arrears import house
from arrears.answers.explain_conditions import explain_condition, mark_of
from arrears.answers.explain_print import is_met
from arrears.law.catalog import described_facts
from arrears.law.work import kinds_of, load_kinds


def test_a_waived_condition_says_why_it_is_not_asked_instead_of_not_known() -> None:
    """Massachusetts has no notice of debt: nobody is to look for the one that is missing."""
    contempt = card("contempt")
    waiver = profile("ma").waivers("contempt", date(2025, 1, 28))["debt_notice_has_run"]
    [one] = [one for one in contempt.conditions["enter"] if one.name == "debt_notice_has_run"]
    described = (described_facts(house.FACTS) or {})[contempt.facts]
    told = explain_condition(one, None, {}, {}, described, profile("ma"), waiver=waiver)
    assert (told["is_waived"], told["text"]) == (True, f"Not asked here: {waiver.why}")
    assert told["cites"] == list(waiver.cites)
    assert (is_met(told), mark_of("enter", told)) == (True, "waived")
    asked = explain_condition(one, None, {}, {}, described, profile("ma"))
    assert (asked["is_waived"], asked["text"][:10]) == (False, "Not known:")


@pytest.mark.parametrize(("state", "has"), [("me", False), ("ma", True)])
def test_a_kind_of_work_that_is_one_states_own_opens_no_line_elsewhere(state: str, has: bool) -> None:
    kinds = load_kinds(house.RULES)
    assert ("license_soft_exclusion" in kinds_of(kinds, state)) is has
    assert "hardship_check_due" in kinds_of(kinds, state)
