"""`arrears check` finds what would stop a night or lie in it: columns, numbers, missing expectations."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from arrears import house
from arrears.cli.check import own_numbers, unexpected
from arrears.intake.feeds import load_feeds


def planted(root: Path, place: str, old: str, new: str) -> None:
    """Changes one place of a copied house."""
    text = (root / place).read_text()
    assert old in text
    (root / place).write_text(text.replace(old, new, 1))


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house of one's own, which the check reads in this process."""
    for name in ("rules", "transforms", "expectations"):
        shutil.copytree(house.ROOT / name, tmp_path / name)
    monkeypatch.setattr(house, "RULES", tmp_path / "rules")
    monkeypatch.setattr(house, "EXPECTATIONS", tmp_path / "expectations")
    return tmp_path


MISSPELLED = (
    ("transforms/feeds/winnings/load.sql", "win_reference", "win_referense AS win_reference"),
    ("transforms/feeds/bank_accounts/edits.sql", "institution.test_or_correction_ind", "institution.is_test"),
    ("transforms/feeds/federal_collections/proofs.sql", "typed_collection", "typed_colection"),
    ("transforms/facts/stays.sql", "WHERE from_on <= $as_of", "WHERE form_on <= $as_of"),
    ("transforms/queues/lottery/rows.sql", "message = 'withdraw'", "mesage = 'withdraw'"),
)
TOLD = """
winnings/load.sql: its SQL cannot be followed (there is no column win_referense)
bank_accounts/edits.sql: its SQL cannot be followed (there is no column institution.is_test)
federal_collections/proofs.sql: its SQL cannot be followed (typed_colection)
facts.stays: its SQL cannot be followed (there is no column form_on)
queue lottery: rows.sql: its SQL cannot be followed (there is no column mesage)
"""


def test_a_column_that_nothing_has_is_a_fault_that_names_it_and_its_file(copied: Path) -> None:
    for place, old, new in MISSPELLED:
        planted(copied, place, old, new)
    asked = "from arrears.reports.label_faults import label_faults; print(*label_faults()[1], sep='\\n')"
    told = subprocess.run(
        [sys.executable, "-c", asked],
        env={**os.environ, "ARREARS_HOUSE": str(copied), "PYTHONPATH": str(house.ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    said = [one.removesuffix(", so every label counts as borne") for one in told.splitlines()]
    assert sorted(said) == sorted(TOLD.strip().splitlines())


def test_a_number_in_sql_of_the_house_is_a_fault(copied: Path) -> None:
    assert list(own_numbers()) == []
    sql = copied / "transforms" / "feeds" / "winnings" / "load.sql"
    sql.write_text("-- Times a hundred.\nSELECT amount * 100 AS amount_cents FROM winner\n")
    [told] = own_numbers()
    assert told.endswith("feeds/winnings/load.sql: line 2 holds the number 100; make it a parameter")


def test_a_feed_without_expectations_is_a_fault(copied: Path) -> None:
    feeds = load_feeds(copied / "transforms" / "feeds")
    assert list(unexpected(feeds)) == []
    (copied / "expectations" / "feeds" / "winnings.yml").unlink()
    assert list(unexpected(feeds)) == ["feed winnings has no expectations/feeds/winnings.yml"]
