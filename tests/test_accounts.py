"""Every value is read, held by a rule or told not to be used; every decision table is answered."""

import shutil
from pathlib import Path

import pytest

from arrears import house
from arrears.config import Faults, read_yaml
from arrears.law.coverage import TABLES, account, what_is_there
from arrears.law.profile import Profile
from arrears.law.profile_files import states
from arrears.law.remedy import load_cards

MAINE, TOLD = "rules/jurisdictions/me.yml", "transforms/reports/decision_tables.yml"
VALUE = """
  boats.fee:
    unit: cents
    from: {2020-01-01: {value: 5_00, standing: policy, cites: [arrears-policy#conventions]}}
"""


def accounts(root: Path = house.ROOT) -> tuple[dict[str, int], list[str]]:
    rules = root / "rules"
    return account(rules, {one: Profile.load(rules, one) for one in states(rules)}, load_cards(rules))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("rules", "transforms", "expectations"):
        shutil.copytree(house.ROOT / name, tmp_path / name)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_thirty_tables_and_every_value_are_accounted_for() -> None:
    counts, faults = accounts()
    assert faults == []
    assert (counts["tables"], counts["unexplained"]) == (len(TABLES), 0)
    assert counts["values"] == counts["read"] + counts["held"] + counts["not used"]


def test_a_value_that_nothing_reads_is_a_fault_until_somebody_says_why(copied: Path) -> None:
    before, known = accounts(copied)
    path = copied / MAINE
    path.write_text(path.read_text() + VALUE)
    after, faults = accounts(copied)
    assert set(faults) - set(known) == {"me.yml: nothing reads boats.fee; say under not_used why"}
    assert after["values"] == before["values"] + 1
    change(path, "\nnot_used:", "\nnot_used:\n  boats.fee: Boats are not built yet.")
    told, faults = accounts(copied)
    assert faults == known
    assert told["not used"] == before["not used"] + 1


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("expectations/boats.yml", "most: boats.fee\n"),
        ("transforms/money/boats.yml", "params: {fee_cents: boats.fee}\n"),
        ("rules/deadlines/boats.yml", "deadlines: {boats: {clock: boats.fee}}\n"),
    ],
)
def test_any_file_of_the_house_that_names_a_key_reads_it(copied: Path, file: str, text: str) -> None:
    known = accounts(copied)[1]
    path = copied / MAINE
    path.write_text(path.read_text() + VALUE)
    (copied / file).parent.mkdir(exist_ok=True)
    (copied / file).write_text(text)
    assert accounts(copied)[1] == known


def test_what_is_read_may_not_be_listed_as_not_used(copied: Path) -> None:
    known = accounts(copied)[1]
    change(copied / MAINE, "\nnot_used:", "\nnot_used:\n  credit_report.debt_over: Nobody asks.")
    [fault] = set(accounts(copied)[1]) - set(known)
    assert (
        "credit_report.debt_over is accounted for twice: read, not used, remedies/credit_reporting" in fault
    )


def test_a_card_reads_only_where_it_is_in_force(copied: Path) -> None:
    known = accounts(copied)[1]
    node = read_yaml(copied / MAINE, Faults()).data["remedies_in_force"]
    assert "state_tax_intercept" in node
    text = (copied / MAINE).read_text()
    start = text.index("  state_tax_intercept:\n    from:")
    end = text.index("\n  ", text.index("acts:", start) + len("acts:\n      "))
    (copied / MAINE).write_text(text[:start] + text[end + 1 :])
    assert "me.yml: nothing reads state_tax.threshold; say under not_used why" in set(
        accounts(copied)[1]
    ) - set(known)


def test_a_table_points_at_things_that_are_there(copied: Path) -> None:
    known = set(accounts(copied)[1])
    change(copied / TOLD, "  30:\n", "  31:\n")
    change(copied / TOLD, "    queues: [credit_bureaus]\n", "    queues: [bureaus]\n")
    told = "\n".join(set(accounts(copied)[1]) - known)
    assert "tables: 31: is not a number of a decision table" in told
    assert "the table 30 is not answered" in told
    assert "tables: 9: queues has no bureaus" in told
    names = what_is_there(copied / "rules", load_cards(copied / "rules"))
    assert "license_revocation.certify" in names["steps"]
    assert "license_revocation.no_license_hearing_pending" in names["conditions"]


def test_a_number_is_held_by_no_words(copied: Path) -> None:
    path = copied / MAINE
    path.write_text(path.read_text() + VALUE)
    known = accounts(copied)[1]
    change(copied / TOLD, "\nvalues:", "\nvalues:\n  boats.fee: {conditions: [bank_levy.obligor_alive]}")
    told = set(accounts(copied)[1]) - set(known)
    assert [one for one in told if "a number in cents that nothing reads" in one]
