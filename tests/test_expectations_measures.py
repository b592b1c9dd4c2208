"""Each measure of a table is what Great Expectations' own metrics find in the same rows."""

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest
import yaml

from arrears.data.warehouse import attach_arrow, warehouse
from arrears.expectations import load_suites, run_checks
from arrears.expectations.library import great_expectations
from arrears.expectations.measures import ROWS, answers, measure
from arrears.expectations.suites import ARGUMENTS, UNEXPECTED_ROWS

AS_OF = date(2025, 1, 15)
# For each type some bounds, both kept and broken by the rows below.
BOUNDS: list[dict[str, Any]] = [
    {"type": "expect_table_row_count_to_be_between", "min_value": 3, "max_value": 200},
    {"type": "expect_table_row_count_to_be_between", "max_value": 30},
    {"type": "expect_table_columns_to_match_set", "column_set": ["a", "b", "c", "text", "on", "key", "dec"]},
    {"type": "expect_table_columns_to_match_set", "column_set": ["a"], "exact_match": False},
    {"type": "expect_table_columns_to_match_set", "column_set": ["a", "z"], "exact_match": False},
    *({"type": "expect_column_values_to_not_be_null", "column": one} for one in ("key", "a", "text", "on")),
    {"type": "expect_column_values_to_not_be_null", "column": "a", "mostly": 0.8},
    *({"type": "expect_column_values_to_be_null", "column": one} for one in ("a", "text")),
    *({"type": "expect_column_values_to_be_unique", "column": one} for one in ("key", "a", "text", "on")),
    {"type": "expect_compound_columns_to_be_unique", "column_list": ["b", "c"]},
    {"type": "expect_compound_columns_to_be_unique", "column_list": ["b", "key"]},
    {"type": "expect_column_value_lengths_to_equal", "column": "text", "value": 3},
    {"type": "expect_column_value_lengths_to_be_between", "column": "text", "min_value": 2},
    {
        "type": "expect_column_value_lengths_to_be_between",
        "column": "text",
        "max_value": 3,
        "strict_max": True,
    },
    {"type": "expect_column_values_to_be_in_set", "column": "text", "value_set": ["x", "xx"]},
    {"type": "expect_column_values_to_be_in_set", "column": "a", "value_set": [1, 2, 3, None]},
    {"type": "expect_column_values_to_not_be_in_set", "column": "text", "value_set": ["xx"], "mostly": 0.5},
    {"type": "expect_column_values_to_not_be_in_set", "column": "b", "value_set": [100]},
    {"type": "expect_column_values_to_be_between", "column": "a", "min_value": 2, "max_value": 6},
    {"type": "expect_column_values_to_be_between", "column": "a", "min_value": 2, "strict_min": True},
    {"type": "expect_column_values_to_be_between", "column": "b", "max_value": 9, "strict_max": True},
    {"type": "expect_column_values_to_be_between", "column": "b", "min_value": -1, "max_value": 99},
    *(
        {"type": f"expect_column_{what}_to_be_between", "column": column, "min_value": 1, "max_value": most}
        for what in ("mean", "median", "min", "max", "sum", "unique_value_count")
        for column in ("a", "b")
        for most in (4, 100_000)
    ),
    {"type": "expect_column_proportion_of_unique_values_to_be_between", "column": "a", "min_value": 0.5},
    {"type": "expect_column_proportion_of_unique_values_to_be_between", "column": "key", "min_value": 1},
    {"type": "expect_column_distinct_values_to_be_in_set", "column": "text", "value_set": ["x", "xx"]},
    {"type": "expect_column_distinct_values_to_be_in_set", "column": "b", "value_set": list(range(10))},
    *(
        {"type": "expect_column_pair_values_a_to_be_greater_than_b", **pair, **more}
        for pair in ({"column_A": "key", "column_B": "b"}, {"column_A": "b", "column_B": "c"})
        for more in ({}, {"or_equal": True}, {"mostly": 0.4})
    ),
    {
        "type": "expect_column_pair_values_a_to_be_greater_than_b",
        "column_A": "a",
        "column_B": "b",
        "ignore_row_if": "either_value_is_missing",
    },
    {"type": "expect_column_pair_values_to_be_equal", "column_A": "b", "column_B": "c"},
    {"type": "expect_column_pair_values_to_be_equal", "column_A": "a", "column_B": "a"},
    {
        "type": "expect_column_pair_values_to_be_equal",
        "column_A": "a",
        "column_B": "b",
        "ignore_row_if": "either_value_is_missing",
        "mostly": 0.01,
    },
]


def frame() -> pd.DataFrame:
    """Rows with repeats and blanks, the same every time."""
    dice = Random(7)
    rows = range(150)
    blank = pd.NA
    return pd.DataFrame(
        {
            "key": pd.array(rows, dtype="Int64"),
            "a": pd.array([dice.choice([1, 2, 3, 7, 9, blank]) for _ in rows], dtype="Int64"),
            "b": pd.array([dice.randrange(10) for _ in rows], dtype="Int64"),
            "c": pd.array([dice.randrange(10) for _ in rows], dtype="Int64"),
            "text": [dice.choice(["x", "xx", "xxx", None]) for _ in rows],
            "on": [dice.choice([AS_OF - timedelta(n), None]) for n in rows],
            "dec": pd.array([n / 4 for n in rows]),
        }
    )


@pytest.fixture(scope="module")
def theirs() -> list[Any]:
    """What the library finds by its own means, in pandas."""
    gx = great_expectations()
    own = [
        getattr(gx.expectations, "".join(part.capitalize() for part in one["type"].split("_")))(
            **{key: value for key, value in one.items() if key != "type"}, meta={"number": number}
        )
        for number, one in enumerate(BOUNDS)
    ]
    asset = gx.get_context(mode="ephemeral").data_sources.add_pandas("rows").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame()})
    found = batch.validate(gx.ExpectationSuite("suite", expectations=own), result_format="BASIC")
    return sorted(found.results, key=lambda one: one.expectation_config.meta["number"])


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What the checks of a table find in the same rows."""
    folder = tmp_path_factory.mktemp("suites")
    said = [{**one, "else": "stop", "why": "because", "may_be_missing": True} for one in BOUNDS]
    (folder / "rows.yml").write_text(yaml.safe_dump({"table": "staging.rows", "expect": said}))
    with warehouse() as con:
        con.execute("CREATE SCHEMA staging")
        con.register("arriving", frame())
        con.execute("CREATE TABLE staging.rows AS SELECT * FROM arriving")
        _, *checks = run_checks({}, load_suites(folder), AS_OF, con).checks
    return checks


def test_every_type_that_suites_may_use_is_compared():
    assert {one["type"] for one in BOUNDS} == set(ARGUMENTS) - {UNEXPECTED_ROWS}


@pytest.mark.parametrize("number", range(len(BOUNDS)), ids=lambda n: f"{n} {BOUNDS[n]['type']}")
def test_a_bound_is_judged_as_by_the_library_itself(theirs, ours, number):
    mine, own = ours[number], theirs[number]
    assert not own.exception_info["raised_exception"]
    assert mine.success == bool(own.success)
    assert mine.unexpected_count == own.result.get("unexpected_count")
    for name in ("element_count", "missing_count", "unexpected_percent"):
        assert mine.observed.get(name) == pytest.approx(own.result.get(name))


def test_both_verdicts_are_among_the_bounds(ours):
    assert {one.success for one in ours} == {True, False}


@pytest.mark.parametrize(("ignored", "broken"), [("both_values_are_missing", 2), ("neither", 3)])
def test_a_value_beside_none_is_not_equal_to_it(ignored, broken):
    args = {"column_A": "one", "column_B": "two", "ignore_row_if": ignored}
    asked = measure("column_pair_values.equal.unexpected_count", args, "pairs", {})
    with warehouse() as con:
        con.execute(
            "CREATE TABLE pairs AS FROM (VALUES (1, 1), (1, 2), (1, NULL), (NULL, NULL)) AS v(one, two)"
        )
        assert answers(con, "pairs", [asked]) == {asked: broken}


def test_all_measures_of_a_table_are_one_statement_and_a_failing_one_takes_no_other_with_it():
    import pyarrow as pa

    with warehouse() as con:
        attach_arrow(con, "one.rows", pa.table({"text": ["1", "x", "3"]}))
        count, fails = "count(text)", "sum(CAST(text AS INTEGER))"
        query = "(SELECT count(*) FROM (SELECT 1 FROM one.rows WHERE text = '3'))"
        said: list[str] = []

        class Listening:
            def execute(self, sql: str) -> Any:
                said.append(sql)
                return con.execute(sql)

        known = {ROWS: 3, count: 3, query: 1}
        assert answers(Listening(), "one.rows", [ROWS, count, query]) == known  # type: ignore[arg-type]
        assert len(said) == 1
        assert answers(con, "one.rows", [ROWS, fails, count, query]) == known
        assert answers(con, "one.rows", [fails]) == {}


def test_a_query_does_not_see_the_columns_of_the_table_beside_it(tmp_path: Path):
    lost = "SELECT case_id FROM facts.other WHERE text = (SELECT max(case_id) FROM {batch})"
    rule = {"type": UNEXPECTED_ROWS, "rows": lost, "else": "stop", "why": "because"}
    (tmp_path / "rows.yml").write_text(yaml.safe_dump({"table": "facts.rows", "expect": [rule]}))
    tables = {"facts.rows": "SELECT 'x' AS text, '1' AS case_id", "facts.other": "SELECT '1' AS case_id"}
    _, check = run_checks(tables, load_suites(tmp_path), AS_OF).checks
    assert check.observed == {"could_not_run": 1}
