"""No guard hides behind another one, and no limit of the law stands without examples beside it."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from builders import card as shipped
from card_helpers import CARD, EXAMPLES, tree
from mutants import Mutant, asked_now, every_mutant, is_noticed, with_condition

from arrears import house
from arrears.law.examples import worked
from arrears.law.remedy import Part
from arrears.law.remedy_files import read_card
from arrears.law.truth import unshown, untold


def test_every_condition_decides_alone_somewhere_and_every_limit_is_shown() -> None:
    asked = asked_now()
    assert {name: told for name, one in asked.items() if (told := untold(one.card, one.given))} == {}
    assert unshown((one.card, one.given) for one in asked.values()) == []


def told(folder: Path, **changed: str) -> str:
    rules = tree(folder, **changed)
    card = read_card(rules / "remedies" / "license")
    return "; ".join(untold(card, worked(card, rules)))


def test_a_condition_that_another_one_contains_is_told(tmp_path: Path) -> None:
    hidden = (
        "  - owes_more: {is: enforceable_cents > 0 AND NOT has_agreement, say: A., not: B., cites: [guide]}"
    )
    assert told(tmp_path) == ""
    found = told(tmp_path, card=CARD.replace("  - something_is_owed", f"{hidden}\n  - something_is_owed"))
    assert "enter: nothing tells something_is_owed apart" in found


def test_a_limit_without_an_example_beside_it_is_told(tmp_path: Path) -> None:
    def limits(folder: Path, examples: str) -> list[str]:
        rules = tree(folder, examples=examples)
        card = read_card(rules / "remedies" / "license")
        return unshown([(card, worked(card, rules))])

    shown = (
        EXAMPLES
        + """  - {say: a day more, but: {unpaid_since_on: 2024-12-31}, then: flag}
  - {say: the law at its line, reading: law, but: {days_in_arrears: 60}, then: clear}
  - {say: the law below its line, reading: law, but: {days_in_arrears: 59}, then: clear}
"""
    )
    assert limits(tmp_path / "all", shown) == []
    [lacks] = limits(tmp_path / "one", shown.replace("days_in_arrears: 59", "days_in_arrears: 58"))
    assert lacks.startswith("license.in_arrears_long_enough: no example one below of days_in_arrears")
    [lacks] = limits(tmp_path / "two", shown.replace("2024-12-31", "2024-12-30"))
    assert "no example one above of DATE_DIFF" in lacks


# Five guards that could be weakened at once without a file of the sample night changing.
WEAKENED: list[tuple[str, Part, str]] = [
    ("license_revocation", "stay", "no_good_cause"),
    ("credit_reporting", "stay", "identity_certain"),
    ("bank_levy", "stay", "no_bankruptcy"),
    ("federal_tax_offset", "stay", "no_hearing_pending"),
    ("contempt", "enter", "full_service"),
]


@pytest.mark.parametrize(("remedy", "part", "name"), WEAKENED)
def test_a_guard_that_is_weakened_is_noticed(remedy: str, part: Part, name: str) -> None:
    whole = shipped(remedy)
    one = next(one for one in whole.conditions[part] if one.name == name)
    weak = replace(one, sql=f"CASE WHEN ({one.sql}) IS NOT NULL THEN true END")
    broken = with_condition(whole, part, name, weak)
    assert is_noticed(Mutant("weakened", f"{remedy}.{part}.{name}", (broken,)))
    assert any(name in fault for fault in untold(broken, asked_now()[remedy].given))


def test_a_seeded_sample_of_broken_rules_is_noticed() -> None:
    """`make mutants` breaks them all; the sample keeps the lane itself working."""
    done = subprocess.run(
        [sys.executable, "tests/mutants.py", "--sample", "60", "--seed", "7", "--jobs", "2"],
        cwd=house.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "0 survived" in done.stdout


def test_each_kind_of_break_is_among_the_mutants() -> None:
    kinds = {type(one).__name__ if not isinstance(one, Mutant) else one.kind for one in every_mutant()}
    assert kinds == {"weakened", "limit", "dropped", "Moved"}
