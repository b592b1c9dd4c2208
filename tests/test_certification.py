"""Certification: each requirement is answered by something that is there, or says plainly that nothing is."""

import ast
import shutil
from pathlib import Path

import pytest
import typer
from desk_pages import Browser

from arrears import house
from arrears.cli import app
from arrears.config import RuleFault
from arrears.desk.reports import certification as certified
from arrears.desk.reports.lines import FORMS
from arrears.store import Store


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


def test_a_requirement_of_each_states_own_law_names_a_test_of_each_state(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(house.RULES, rules)
    path = rules / "reports" / "certification.yml"
    text = path.read_text()
    line = next(one for one in text.splitlines() if "test_massachusetts_sends_a_letter" in one)
    path.write_text(text.replace(line + "\n", "", 1))
    with pytest.raises(RuleFault, match=r"CFR-303\.102-e must name a test of each state: ma, me"):
        certified.load_certification(rules)
    for one in certified.load_certification(house.RULES):
        for state, test in one.states:
            file, _, name = test.partition("::")
            source = (house.ROOT / file).read_text()
            body = ast.unparse(
                next(
                    n
                    for n in ast.walk(ast.parse(source))
                    if isinstance(n, ast.FunctionDef) and n.name == name
                )
            )
            # Caseloads of the tests are Maine's where no state is named.
            assert ("'ma'" in body) == (state == "ma"), f"{test} is of another state than {state}"


def names_of_tests(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}
