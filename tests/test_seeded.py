"""The list of seeded bugs does not rot: each place is still there, and so is each test that has to notice."""

import ast
from functools import cache

import pytest
from faults.seeded import ROOT, SEEDS, Seed, is_caught

ROOMS = ("intake", "layout", "night", "ledger", "queues", "law", "desk", "compare", "data")
LAYERS = ("facts", "plan", "queues", "money", "match")


@cache
def names_in(path: str) -> set[str]:
    """The names of the tests of a file."""
    return {one.name for one in ast.parse((ROOT / path).read_text()).body if isinstance(one, ast.FunctionDef)}


def test_thirty_bugs_at_least_are_seeded_all_over_the_engine() -> None:
    assert len(SEEDS) >= 30
    assert len({one.name for one in SEEDS}) == len(SEEDS)
    folders = {one.file.rpartition("/")[0] for one in SEEDS}
    for room in (*(f"arrears/{one}" for one in ROOMS), *(f"transforms/{one}" for one in LAYERS)):
        assert any(f"{one}/".startswith(f"{room}/") for one in folders), room


@pytest.mark.parametrize("seed", SEEDS, ids=lambda one: one.name)
def test_a_bug_has_its_place_and_tests_that_there_are(seed: Seed) -> None:
    text = (ROOT / seed.file).read_text()
    assert seed.broken(text) != text
    assert seed.tests
    for path, _, name in (one.partition("::") for one in seed.tests):
        assert name in names_in(path)


@pytest.mark.parametrize("text", ["no such place", "twice twice"])
def test_a_place_that_is_not_there_once_is_an_error_that_says_so(text: str) -> None:
    with pytest.raises(SystemExit, match=r"a slip: its old text stands \d times in a.sql, not once"):
        Seed("a slip", "a.sql", "twice", "once", "test_a.py::test_a").broken(text)


@pytest.mark.parametrize(
    ("code", "said", "caught"),
    [
        (1, "FAILED tests/test_a.py::test_a - AssertionError: assert 1 == 2", True),
        (1, "FAILED tests/test_a.py::test_a - arrears.errors.Refused: no", True),
        (1, "FAILED tests/test_a.py::test_a - ImportError: cannot import name 'a'", False),
        (1, "FAILED tests/test_a.py::test_a - _duckdb.BinderException: no such column", False),
        (1, "FAILED tests/test_a.py::test_a - Failed: Timeout (>600.0s) from pytest-timeout.", False),
        (1, "ERROR tests/test_a.py::test_a - AssertionError", False),
        (2, "ERROR tests/test_a.py - SyntaxError: invalid syntax", False),
        (0, "", False),
        (5, "", False),
    ],
)
def test_only_a_test_that_fails_on_what_it_asks_catches_a_bug(code: int, said: str, caught: bool) -> None:
    assert is_caught(code, said) is caught
