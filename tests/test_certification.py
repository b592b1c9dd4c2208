"""Certification: each requirement is answered by something that is there, or says plainly that nothing is."""

import ast
import shutil
from pathlib import Path

import pytest
import typer
from desk_pages import Browser

from arrears import house
from arrears.author.sample import sample_states
from arrears.cli.main import app
from arrears.config import RuleFault
from arrears.data.store import Store
from arrears.reports import certification as certified
from arrears.reports.lines import FORMS
from tests.recipe_files import NEW_HAMPSHIRE


def test_the_page_of_certification_is_current() -> None:
    assert certified.PAGE.read_text(encoding="utf-8") == certified.certification_page()


def test_every_requirement_is_traced_or_says_that_it_is_not_there_yet() -> None:
    told = certified.certification()
    assert len(told["requirements"]) == sum(told["counts"].values()) == 197
    for one in told["requirements"]:
        if one["applies"] == "no":
            assert (one["status"], one["by"], one["lacks"]) == ("outside", [], None)
        else:
            assert bool(one["by"]) != (one["status"] == "not_yet")
            assert one["by"] or one["lacks"]


def test_every_test_page_and_command_that_certification_names_is_there(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store", "invented")
    routes = {getattr(route, "path", "") for route in Browser(store, None).app_made.routes}
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    traces = {
        (one["kind"], one["what"]) for row in certified.certification()["requirements"] for one in row["by"]
    }
    missing = []
    for kind, what in sorted(traces):
        if kind == "test":
            path, _, name = what.partition("::")
            is_there = (house.ROOT / path).is_file() and name in names_of_tests(house.ROOT / path)
        elif kind == "examples":
            is_there = (house.RULES / "remedies" / what.split()[0] / "examples.yml").is_file()
        elif kind == "page":
            is_there = what in routes
        else:
            program, verb, *words = what.split()
            is_there = (
                program == "arrears" and verb in commands and set(words) <= {"ST", "self-assessment", *FORMS}
            )
        if not is_there:
            missing.append(what)
    assert missing == []


@pytest.mark.parametrize("key", ["CFR-303.102-e", "USC-666-a-16", "CFR-303.100-c-1"])
def test_a_traced_requirement_names_a_test_of_each_state_or_why_one_holds_for_all(
    key: str, tmp_path: Path
) -> None:
    path = a_copy(tmp_path)
    text = path.read_text()
    at = text.index("      ma: ", text.index(f"  {key}:\n"))
    path.write_text(text[:at] + text[text.index("\n", at) + 1 :])
    with pytest.raises(RuleFault, match=rf"{key} must name a test of each state: ma, me"):
        certified.load_certification(tmp_path / "rules")


def test_a_requirement_that_one_test_answers_says_why(tmp_path: Path) -> None:
    path = a_copy(tmp_path)
    text = path.read_text()
    path.write_text(text.replace("CFR-307.10-b-11, ", "", 1))
    with pytest.raises(RuleFault, match=r"CFR-307\.10-b-11 must name a test of each state"):
        certified.load_certification(tmp_path / "rules")
    path.write_text(text.replace("CFR-307.10-b-11, ", "CFR-307.10-b-11, CFR-303.102-e, ", 1))
    with pytest.raises(RuleFault, match=r"CFR-303\.102-e names states and is under one_for_all, too"):
        certified.load_certification(tmp_path / "rules")


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ("tests/test_state_offset_notice.py::test_massachusetts_sends_a_letter_before_it_claims_a_refund",
         "tests/test_money_days.py::test_nothing", "is not there"),
        ("test_massachusetts_takes_its_quarter_without_a_notice",
         "test_only_current_support_is_taken_before_the_notice_of_debt_has_run", "is of another state"),
        ('ma: "examples license_suspension_ma"', 'ma: "examples license_revocation"', "no example of"),
        ("examples license_suspension_ma no_full_agreement", "examples license_suspension_ma no_such_thing",
         "no example of"),
    ],
)  # fmt: skip
def test_arrears_check_holds_the_tests_and_examples_of_a_state(
    was: str, now: str, says: str, tmp_path: Path
) -> None:
    assert certified.trace_faults(house.RULES, house.ROOT / "tests") == []
    path = a_copy(tmp_path)
    text = path.read_text()
    assert was in text
    path.write_text(text.replace(was, now))
    assert says in " ".join(certified.trace_faults(tmp_path / "rules", house.ROOT / "tests"))


def test_a_state_that_is_not_claimed_has_open_requirements_and_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_copy(tmp_path)
    (tmp_path / "rules/jurisdictions/nh.yml").write_text(NEW_HAMPSHIRE)
    monkeypatch.setattr(house, "RULES", tmp_path / "rules")
    of_a_state = [one for one in certified.load_certification(house.RULES) if one.states]
    told = certified.certification("nh")
    left = [one["id"] for one in told["requirements"] if one["status"] == "open"]
    assert left == [one.id for one in of_a_state]
    assert told["counts"]["open"] == len(left) > 0
    assert not any("ma" in text for one in told["requirements"] if one["id"] in left for text in one["by"])
    count, is_open, faults = certified.check_certification(house.RULES, house.ROOT / "tests")
    assert (count, is_open, faults) == (197, {"nh": len(left)}, [])
    assert "## Open in a state" in certified.certification_page()
    assert "open" not in certified.certification("me")["counts"]

    text = path.read_text()
    key = "  CFR-303.102-e:\n"
    at = text.index("      ma: ", text.index(key))
    path.write_text(text[:at] + "      nh: examples credit_reporting\n" + text[at:])
    assert certified.check_certification(house.RULES, house.ROOT / "tests")[1:] == (
        {"nh": len(left) - 1},
        ["certification: CFR-303.102-e: no example of credit_reporting is of nh"],
    )
    path.write_text(text.replace("claimed_for: [ma, me]", "claimed_for: [ma, me, nh]"))
    with pytest.raises(RuleFault, match=r"CFR-303\.102-e must name a test of each state: ma, me, nh"):
        certified.load_certification(house.RULES)


def test_each_state_whose_nights_are_shipped_is_claimed(tmp_path: Path) -> None:
    """So that no state falls out of the claim, and with it out of the faults, unseen."""
    path = a_copy(tmp_path)
    text = path.read_text()
    shipped = sample_states()
    assert f"\nclaimed_for: [{', '.join(shipped)}]\n" in text
    path.write_text(text.replace("claimed_for: [ma, me]", "claimed_for: [ma, me, zz]"))
    with pytest.raises(RuleFault, match="claimed_for names zz, which has no profile"):
        certified.load_certification(tmp_path / "rules")


def a_copy(tmp_path: Path) -> Path:
    """The file of traces in a copy of the reports."""
    shutil.copytree(house.RULES, tmp_path / "rules")
    shutil.copytree(house.REPORTS, tmp_path / "transforms" / "reports")
    return tmp_path / "transforms" / "reports" / "certification.yml"


def names_of_tests(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}
