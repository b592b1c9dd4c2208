"""Checks fail closed, say stop or warn, and keep no value of any row."""

import json
import logging
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from arrears.data.warehouse import warehouse, write_parquet
from arrears.errors import RuleFault
from arrears.expectations import Outcome, Suite, load_suites, page, run_checks
from arrears.expectations.suites import ARGUMENTS

AS_OF = date(2025, 1, 15)
SSN, NAME = "900123456", "Canary Quillfeather"
TABLE = "staging.people"
PEOPLE = f"""
    SELECT 'aaaaaaaaaaaaaaaa' AS source_file, CAST(i AS BIGINT) AS source_line, CAST(i AS VARCHAR) AS case_id,
           CASE WHEN i = 2 THEN '{NAME}' ELSE 'SMITH' END AS last_name,
           CASE WHEN i = 2 THEN '{SSN}' ELSE 'A' END AS code,
           CASE WHEN i = 2 THEN -1 ELSE i * 100 END AS amount_cents,
           CASE WHEN i = 2 THEN DATE '2030-01-01' ELSE DATE '2024-01-01' END AS hired_on,
           CAST(NULL AS VARCHAR) AS never_filled
    FROM range(1, 11) AS r(i)"""
UNIQUE = {
    "type": "expect_column_values_to_be_unique",
    "column": "case_id",
    "else": "stop",
    "why": "one row a case",
}


def suites(tmp_path: Path, *expect: dict[str, Any], **suite: Any) -> list[Suite]:
    (tmp_path / "feeds").mkdir(exist_ok=True)
    body = {"table": TABLE, "expect": list(expect), **suite}
    (tmp_path / "feeds" / "people.yml").write_text(yaml.safe_dump(body))
    return load_suites(tmp_path)


def outcome(tmp_path: Path, *expect: dict[str, Any], rows: str = PEOPLE, **suite: Any) -> Outcome:
    return run_checks({TABLE: rows}, suites(tmp_path, *expect, **suite), AS_OF)


def faults(tmp_path: Path, *expect: dict[str, Any], **suite: Any) -> str:
    with pytest.raises(RuleFault) as caught:
        suites(tmp_path, *expect, **suite)
    return str(caught.value)


def rule(rows: str, **more: Any) -> dict[str, Any]:
    return {"type": "unexpected_rows_expectation", "rows": rows, "else": "warn", "why": "because", **more}


# --- what runs -------------------------------------------------------------------------------


def test_importing_the_package_does_not_import_the_library():
    code = (
        "import sys, arrears.expectations as e; "
        "assert e.run_checks; "
        "heavy = {'great_expectations', 'sqlalchemy', 'pandas'} & set(sys.modules); "
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent.parent)


def test_a_table_that_keeps_every_bound_stops_nothing(tmp_path):
    found = outcome(tmp_path, UNIQUE)
    assert (found.stops, found.warnings) == ((), ())
    assert [c.type for c in found.checks] == ["batch_has_rows", "expect_column_values_to_be_unique"]


def test_a_parquet_table_is_checked_where_it_lies(tmp_path):
    path = tmp_path / "people.parquet"
    with warehouse() as con:
        write_parquet(con, f"{PEOPLE} ORDER BY 2", path)
    found = run_checks({TABLE: [path]}, suites(tmp_path, UNIQUE), AS_OF)
    assert found.stops == ()
    assert found.checks[0].observed == {"rows": 10}


def test_a_table_of_a_lent_connection_is_checked_and_left_as_it_was(tmp_path):
    with warehouse() as con:
        con.execute(f"CREATE SCHEMA staging; CREATE VIEW {TABLE} AS {PEOPLE}")
        found = run_checks({}, suites(tmp_path, UNIQUE), AS_OF, con=con)
        tables = con.execute("SELECT table_name FROM information_schema.tables").fetchall()
    assert found.stops == ()
    assert tables == [("people",)]


def test_a_broken_bound_says_stop_or_warn_as_its_suite_does(tmp_path):
    negative = "SELECT source_file, source_line FROM {batch} WHERE amount_cents < 0"
    late = "SELECT source_file, source_line FROM {batch} WHERE hired_on > {as_of}"
    found = outcome(tmp_path, rule(negative, **{"else": "stop"}), rule(late))
    assert [(c.severity, c.unexpected_count) for c in found.stops] == [("stop", 1)]
    assert [(c.severity, c.unexpected_count) for c in found.warnings] == [("warn", 1)]


def test_a_broken_rule_names_the_file_and_line_of_its_rows(tmp_path):
    found = outcome(tmp_path, rule("SELECT source_file, source_line FROM {batch} WHERE amount_cents < 0"))
    assert found.warnings[0].rows == ("people.people@aaaaaaaaaaaaaaaa:2",)


def test_a_rule_may_join_another_table(tmp_path):
    joined = rule("SELECT p.case_id FROM {batch} AS p JOIN facts.known AS k USING (case_id) WHERE k.is_bad")
    known = "SELECT '3' AS case_id, true AS is_bad"
    found = run_checks({TABLE: PEOPLE, "facts.known": known}, suites(tmp_path, joined), AS_OF)
    assert [c.unexpected_count for c in found.warnings] == [1]


def test_a_pattern_keeps_its_quantifier(tmp_path):
    shape = rule("SELECT case_id FROM {batch} WHERE regexp_full_match(code, '[0-9]{{9}}')")
    assert [c.unexpected_count for c in outcome(tmp_path, shape).warnings] == [1]


def test_each_suite_sees_its_own_table(tmp_path):
    one = yaml.safe_dump({"table": "facts.one", "expect": [UNIQUE]})
    two = yaml.safe_dump({"table": "facts.two", "expect": [{**UNIQUE, "column": "other_id"}]})
    (tmp_path / "both.yml").write_text(f"{one}---\n{two}")
    tables = {"facts.one": "SELECT 1 AS case_id", "facts.two": "SELECT 7 AS other_id FROM range(3)"}
    found = run_checks(tables, load_suites(tmp_path), AS_OF)
    assert [(c.table, c.unexpected_count) for c in found.checks] == [
        ("facts.one", None),
        ("facts.one", 0),
        ("facts.two", None),
        ("facts.two", 3),
    ]


# --- failing closed --------------------------------------------------------------------------


def test_an_empty_batch_stops(tmp_path):
    found = outcome(tmp_path, UNIQUE, rows=f"{PEOPLE} WHERE false")
    assert [c.type for c in found.stops] == ["batch_has_rows"]


def test_an_empty_batch_passes_where_the_suite_allows_it(tmp_path):
    found = outcome(tmp_path, UNIQUE, rows=f"{PEOPLE} WHERE false", may_be_empty=True)
    assert found.stops == ()
    assert found.checks[0].observed == {"rows": 0}


def test_a_table_that_is_not_there_stops(tmp_path):
    found = run_checks({}, suites(tmp_path, UNIQUE), AS_OF)
    assert [c.type for c in found.stops] == ["table_can_be_read"]


def test_a_table_that_is_not_there_is_passed_over_where_the_suite_allows_it(tmp_path):
    assert run_checks({}, suites(tmp_path, UNIQUE, may_be_absent=True), AS_OF).checks == ()


def test_a_table_that_cannot_be_read_stops_even_where_it_may_be_absent(tmp_path):
    broken = f"SELECT CAST('{SSN}x' AS INTEGER) AS case_id"
    gone = [tmp_path / "gone.parquet"]
    for source in (broken, gone):
        found = run_checks({TABLE: source}, suites(tmp_path, UNIQUE, may_be_absent=True), AS_OF)
        assert len(found.stops) == 1
        assert SSN not in json.dumps(found.as_json())


def test_no_suites_at_all_stops():
    assert [c.type for c in run_checks({TABLE: PEOPLE}, [], AS_OF).stops] == ["there_are_suites"]


def test_a_suite_without_checks_stops():
    bare = Suite("feeds/people", TABLE, (), may_be_empty=False, may_be_absent=False)
    assert [c.type for c in run_checks({TABLE: PEOPLE}, [bare], AS_OF).stops] == ["suite_has_checks"]


def test_a_feed_of_which_nothing_ever_came_stops_nothing_and_an_empty_file_does(tmp_path):
    nobody = f"SELECT * FROM ({PEOPLE}) WHERE false"
    for came, stops in (("CAST(NULL AS DATE)", []), ("DATE '2025-01-14'", ["batch_has_rows"])):
        currency = f"SELECT 'people' AS feed, {came} AS last_received_on"
        tables = {TABLE: nobody, "staging.currency": currency}
        found = run_checks(tables, suites(tmp_path, UNIQUE), AS_OF)
        assert [check.type for check in found.stops] == stops


MANY = PEOPLE.replace("range(1, 11)", "range(1, 61)")


def test_a_column_missing_throughout_stops_although_the_library_passes_it(tmp_path):
    in_set = {"type": "expect_column_values_to_be_in_set", "column": "never_filled", "value_set": ["A"]}
    said = {"else": "stop", "why": "codes"}
    found = outcome(tmp_path, {**in_set, **said}, rows=MANY)
    assert [(c.type, c.column) for c in found.stops] == [("column_has_values", "never_filled")]
    assert outcome(tmp_path, {**in_set, **said, "may_be_missing": True}, rows=MANY).stops == ()


def test_a_column_missing_in_few_rows_or_under_bounds_that_warn_stops_nothing(tmp_path):
    in_set = {"type": "expect_column_values_to_be_in_set", "column": "never_filled", "value_set": ["A"]}
    few = outcome(tmp_path, {**in_set, "else": "stop", "why": "codes"})
    assert few.stops == ()
    assert "a stop from 50 rows on" in few.warnings[0].why
    assert outcome(tmp_path, {**in_set, "else": "warn", "why": "codes"}, rows=MANY).stops == ()


def test_a_rule_that_asks_for_a_blank_needs_no_column_that_is_filled(tmp_path):
    query = "SELECT case_id FROM {batch} WHERE last_name = 'x' AND never_filled IS NULL"
    asked = rule(query, columns=["never_filled"], **{"else": "stop"})
    assert outcome(tmp_path, asked, rows=MANY).stops == ()


def test_a_column_that_a_rule_rests_on_may_not_be_missing_throughout(tmp_path):
    query = "SELECT case_id FROM {batch} WHERE never_filled = 'x'"
    asked = rule(query, columns=["never_filled"], **{"else": "stop"})
    found = outcome(tmp_path, asked, rows=MANY)
    assert [(c.type, c.column) for c in found.stops] == [("column_has_values", "never_filled")]


def test_a_column_that_is_not_there_stops(tmp_path):
    found = outcome(tmp_path, {**UNIQUE, "column": "gone", "else": "warn"})
    assert [(c.type, c.column) for c in found.stops] == [("column_is_there", "gone")]


def test_a_share_of_few_rows_warns_and_of_many_stops(tmp_path):
    share = {"type": "expect_column_values_to_not_be_null", "column": "never_filled", "mostly": 0.9}
    said = {"else": "stop", "why": "shares"}
    few = outcome(tmp_path, {**share, **said, "stops_from_rows": 11})
    assert (len(few.stops), len(few.warnings)) == (0, 2)
    enough = outcome(tmp_path, {**share, **said, "stops_from_rows": 10})
    assert [check.type for check in enough.stops] == ["expect_column_values_to_not_be_null"]


def test_an_expectation_that_raises_stops_alone(tmp_path):
    raising = rule("SELECT case_id FROM {batch} WHERE CAST(last_name AS INTEGER) > 1")
    compared = {"type": "expect_column_values_to_be_between", "column": "last_name", "min_value": 3}
    found = outcome(tmp_path, raising, {**compared, "else": "warn", "why": "numbers"}, UNIQUE)
    assert [(c.type, c.observed) for c in found.stops] == [
        ("unexpected_rows_expectation", {"could_not_run": 1}),
        ("expect_column_values_to_be_between", {"could_not_run": 1}),
    ]
    assert found.checks[-1].success


def test_an_argument_that_the_library_refuses_stops(tmp_path):
    odd = {"type": "expect_table_row_count_to_be_between", "min_value": "many", "else": "warn", "why": "odd"}
    assert [c.observed for c in outcome(tmp_path, odd).stops] == [{"could_not_run": 1}]


# --- nothing of a person ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, str, str]:
    """Checks of every kind that fail on a column holding a number and a name, and what was logged."""
    folder = tmp_path_factory.mktemp("leaky")
    said = {"else": "stop", "why": "because"}
    checks = [
        {"type": "expect_column_values_to_be_in_set", "column": "code", "value_set": ["A"]},
        {"type": "expect_column_values_to_not_be_in_set", "column": "last_name", "value_set": ["SMITH"]},
        {"type": "expect_column_values_to_be_unique", "column": "last_name"},
        {"type": "expect_column_distinct_values_to_be_in_set", "column": "code", "value_set": ["B"]},
        {"type": "expect_column_max_to_be_between", "column": "last_name", "max_value": 1},
        {"type": "expect_column_min_to_be_between", "column": "code", "max_value": "0"},
        {"type": "expect_column_value_lengths_to_be_between", "column": "code", "max_value": 1},
        {"type": "expect_compound_columns_to_be_unique", "column_list": ["last_name", "code"]},
        {"type": "expect_column_pair_values_to_be_equal", "column_A": "last_name", "column_B": "code"},
        {"type": "unexpected_rows_expectation", "rows": "SELECT case_id FROM {batch} WHERE code <> 'A'"},
        {
            "type": "unexpected_rows_expectation",
            "rows": "SELECT source_file, source_line FROM {batch} WHERE CAST(code AS INTEGER) > 0",
        },
    ]
    # Keys that are not ours to trust: a partner's value where a place should be.
    rows = PEOPLE.replace("'aaaaaaaaaaaaaaaa'", f"'{NAME}'").replace("CAST(i AS VARCHAR)", f"'{SSN}'")
    everything = "SELECT source_file, source_line FROM {batch}"
    checks.append({"type": "unexpected_rows_expectation", "rows": everything})
    logged: list[str] = []
    handler = logging.Handler(level=0)
    handler.emit = lambda record: logged.append(handler.format(record))  # type: ignore[method-assign]
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        found = outcome(folder, *[{**c, **said} for c in checks], rows=rows)
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
    assert len(found.stops) == len(checks)
    return found, json.dumps(found.as_json()), "\n".join(logged)


@pytest.mark.parametrize("canary", [SSN, "Quillfeather", "SMITH"], ids=["number", "name", "other name"])
def test_no_value_of_a_row_is_kept(leaky, canary):
    found, text, logged = leaky
    assert canary not in text
    assert canary not in page(found)
    assert canary not in logged


def test_nothing_is_printed_by_the_library(tmp_path, capfd):
    raising = rule("SELECT case_id FROM {batch} WHERE CAST(code AS INTEGER) > 1")
    outcome(tmp_path, raising)
    assert capfd.readouterr() == ("", "")


# --- the page --------------------------------------------------------------------------------


def test_the_page_shows_stops_before_warnings_and_says_what_to_do(tmp_path):
    late = rule("SELECT case_id FROM {batch} WHERE hired_on > {as_of}", why="hired <tomorrow>")
    shape = rule("SELECT case_id FROM {batch} WHERE amount_cents < 0", **{"else": "stop"}, do="Ask the bank.")
    text = page(outcome(tmp_path, late, shape), "Maine, 2025-01-15")
    assert text.index("Ask the bank.") < text.index("hired &lt;tomorrow&gt;") < text.index("Everything that")
    assert "1 check stops this night." in text


def test_the_page_stands_alone(tmp_path):
    text = page(outcome(tmp_path, UNIQUE))
    for outside in ("http://", "https://", "<script", "<link", "src=", "url(", "@import"):
        assert outside not in text


# --- reading suites --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    [
        "expect_column_values_to_match_regex",
        "expect_column_values_to_match_like_pattern",
        "expect_column_values_to_be_of_type",
        "expect_column_quantile_values_to_be_between",
    ],
)
def test_a_type_that_fails_on_duckdb_is_refused(tmp_path, kind):
    assert f"`{kind}` fails on DuckDB" in faults(tmp_path, {**UNIQUE, "type": kind})


def test_every_fault_of_a_suite_is_listed_at_once(tmp_path):
    silent = {k: v for k, v in UNIQUE.items() if k not in ("why", "else")}
    found = faults(tmp_path, {**UNIQUE, "collumn": "x"}, silent, {**UNIQUE, "type": "expect_luck"}, tabel="x")
    for said in (
        "unknown key `collumn`",
        "`why` must say something",
        "`else` must be stop or warn",
        "unknown type `expect_luck`",
        "unknown key `tabel`",
    ):
        assert said in found


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("SELECT case_id FROM facts.x", "must read from {batch}"),
        ("SELECT * FROM {batch}", "keys only"),
        ("SELECT case_id, last_name FROM {batch}", "keys only"),
        ("SELECT case_id FROM {batch} WHERE d > {today}", "unknown placeholder {today}"),
        ("SELECT case_id FROM {batch} WHERE regexp_full_match(x, '[0-9]{9}')", "unknown placeholder {9}"),
        ("SELECT case_id FROM {batch} JOIN facts.x USING (case_id)", "with a JOIN write"),
        ("SELECT case_id FROM {batch} -- all", "without comments"),
    ],
)
def test_a_rule_must_be_one_query_of_keys_over_the_batch(tmp_path, rows, said):
    assert said in faults(tmp_path, rule(rows))


def test_a_suite_without_checks_is_a_fault(tmp_path):
    assert "has no checks" in faults(tmp_path)


def test_a_bound_without_a_limit_is_a_fault(tmp_path):
    assert "needs `min_value` or `max_value`" in faults(
        tmp_path, {**UNIQUE, "type": "expect_column_values_to_be_between"}
    )


def test_a_key_given_twice_is_a_fault(tmp_path):
    (tmp_path / "x.yml").write_text("table: facts.x\ntable: facts.y\nexpect: []\n")
    with pytest.raises(RuleFault, match="`table` is given twice"):
        load_suites(tmp_path)


def test_one_file_may_hold_the_suites_of_several_tables(tmp_path):
    one = yaml.safe_dump({"table": "caseload.cases", "expect": [UNIQUE]})
    two = yaml.safe_dump({"table": "caseload.persons", "expect": [UNIQUE]})
    (tmp_path / "caseload.yml").write_text(f"{one}---\n{two}")
    assert [s.table for s in load_suites(tmp_path)] == ["caseload.cases", "caseload.persons"]
    (tmp_path / "other.yml").write_text(one)
    with pytest.raises(RuleFault, match=r"caseload\.cases: has more than one suite"):
        load_suites(tmp_path)


def test_every_type_and_argument_that_suites_may_use_is_the_librarys_own():
    import great_expectations as gx

    ours = {"rows", "columns"}
    for kind, (required, optional) in ARGUMENTS.items():
        known = getattr(gx.expectations, "".join(p.capitalize() for p in kind.split("_"))).__fields__
        assert {*required, *optional} - ours <= set(known)
