"""`arrears calculate`: rows in as JSON or CSV, each cent out with its rule and citation."""

import csv
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from arrears import house
from arrears.cli.main import app
from arrears.errors import RuleFault
from arrears.law.profile import Profile
from arrears.law.waterfalls import CLASSES, read_waterfalls
from arrears.money.calculate import find
from arrears.money.calculations import load_money
from arrears.money.given_rows import checked_rows

WITHHOLDING = {
    "wage": [{"disposable_cents": 80000, "supports_second_family": True, "workweek_begins_on": "2025-06-02"}],
    "orders": [
        {"order_id": "A", "current_cents": 30000, "past_due_cents": 150000, "oldest_unpaid_on": "2025-03-01"},
        {"order_id": "B", "current_cents": 20000, "past_due_cents": 50000, "oldest_unpaid_on": "2025-03-01"},
    ],
}
ALLOCATION = {
    "receipts": [{"amount_cents": 65000}],
    "cases": [
        {"case_id": "A", "case_class": "never_assistance", "current_cents": 20000},
        {"case_id": "B", "case_class": "never_assistance", "current_cents": 30000},
    ],
    "balances": [
        {"case_id": "A", "balance_class": "current", "owed_cents": 20000},
        {"case_id": "B", "balance_class": "current", "owed_cents": 30000},
        {"case_id": "A", "balance_class": "never_assigned", "owed_cents": 40000},
        {"case_id": "B", "balance_class": "never_assigned", "owed_cents": 80000},
    ],
}


def said(*words: str, given: Any = None, code: int = 0) -> str:
    """What the command prints over rows on its standard input."""
    text = given if isinstance(given, str | bytes) else json.dumps(given)
    found = CliRunner().invoke(app, ["calculate", *words], input=text)
    assert found.exit_code == code, found.output
    return found.output


def rows(*words: str, given: Any) -> list[dict[str, Any]]:
    return json.loads(said(*words, "--json", given=given))


def test_withholding_tells_parts_limit_reasons_and_law():
    found = rows("withholding", "--state", "ma", "--on", "2025-06-02", given=WITHHOLDING)
    assert [(one["order_id"], one["current_cents"], one["arrears_cents"]) for one in found] == [
        ("A", 240_00, 24_00), ("B", 160_00, 16_00),
    ]  # fmt: skip
    assert (found[0]["limit_percent"], found[0]["limit_cents"], found[0]["state"]) == (55, 440_00, "ma")
    assert "15-usc-1673#(b)(2)" in found[0]["cites"]
    assert "arrears_withholding.add_pct_of_order" in found[0]["rules"]
    assert "limit" in found[0]["why"]


def test_a_method_overrules_the_states():
    words = ("withholding", "--state", "ME", "--on", "2025-06-02", "--method", "equal_shares")
    found = rows(*words, given=WITHHOLDING)
    assert [(one["current_cents"], one["method"]) for one in found] == [(200_00, "equal_shares")] * 2


def test_massachusetts_shows_both_readings_and_maine_one():
    both = rows("allocation", "--state", "ma", "--on", "2025-06-02", given=ALLOCATION)
    arrears = [one for one in both if one["tier"] == "arrears"]
    assert [(one["amount_cents"], one["by_arrears_cents"]) for one in arrears] == [
        (60_00, 50_00), (90_00, 100_00),
    ]  # fmt: skip
    assert {one["rule"] for one in arrears} == {"waterfalls.ma.ordinary.arrears"}
    assert all(one["cites"] for one in both)
    one = rows("allocation", "--state", "me", "--on", "2025-06-02", given=ALLOCATION)
    assert "by_arrears_cents" not in one[0]


@pytest.mark.parametrize("state", ["me", "ma"])
def test_every_cent_has_a_citation(state):
    for name, given in (("withholding", WITHHOLDING), ("allocation", ALLOCATION)):
        for one in rows(name, "--state", state, "--on", "2025-06-02", given=given):
            assert one["cites"]


def test_csv_goes_in_and_comes_out(tmp_path: Path):
    for relation, every in ALLOCATION.items():
        with (tmp_path / f"{relation}.csv").open("w") as file:
            writer = csv.DictWriter(file, sorted({key for row in every for key in row}))
            writer.writeheader()
            writer.writerows(every)
    files = [str(tmp_path / f"{relation}.csv") for relation in ALLOCATION]
    text = said("allocation", *files, "--state", "ma", "--on", "2025-06-02", "--csv")
    found = list(csv.DictReader(io.StringIO(text)))
    assert [one["amount_cents"] for one in found] == ["20000", "30000", "6000", "9000"]
    assert found[0]["cites"] == "ma-guide#how-we-distribute"


def test_one_csv_may_hold_every_table():
    text = "table,order_id,current_cents,disposable_cents\nwage,,,80000\norders,A,12000,\n"
    found = rows("withholding", "--state", "me", "--on", "2025-06-02", given=text)
    assert [(one["current_cents"], one["arrears_cents"]) for one in found] == [(120_00, 0)]


def test_pay_cycle_reads_a_bare_list_and_prints_a_table():
    given = [{"cents": 43333, "frequency": "monthly"}]
    text = said("pay-cycle", "--state", "me", "--on", "2025-06-02", given=given)
    assert "$100.00" in text
    assert "$216.67" in text
    assert "pay_cycle.monthly" in text


def test_interest_and_disbursement_say_why_nothing_is_taken():
    account = {"case_id": "A", "principal_cents": 50000, "required_payment_made": False, "is_excluded": False}
    found = rows("interest", "--state", "ma", "--on", "2025-06-30", given=[account])
    assert (found[0]["interest_cents"], found[0]["why"]) == (0, "Past due is not over the floor")
    due = {"due_id": "D", "case_id": "A", "amount_cents": 10000, "overpaid_cents": 12000, "notice_sent": True}
    found = rows("disbursement", "--state", "me", "--on", "2025-06-30", given=[due])
    assert (found[0]["paid_cents"], found[0]["reason"]) == (100_00, "no_percentage")


@pytest.mark.parametrize(
    ("name", "given", "fault"),
    [
        ("pay-cycle", [{"cents": "433.33", "frequency": "monthly"}], "which is not an amount in whole cents"),
        ("pay-cycle", [{"cents": 1, "frequency": "daily"}], "which is not weekly or"),
        ("pay-cycle", [{"cents": -1, "frequency": "weekly"}], "which is not an amount in whole cents"),
        ("pay-cycle", [{"cents": 0.1, "frequency": "weekly"}], "which is not an amount in whole cents"),
        ("pay-cycle", [{"amount": 1}], "no column amount"),
        ("pay-cycle", {"sums": [{}]}, "reads no table 'sums'"),
        ("pay-cycle", "[{", "This is not JSON"),
        ("withholding", {"orders": [{"order_id": "A", "current_cents": 1}]}, "is in no row of wage"),
        ("withholding", {"orders": [{"current_cents": 1}]}, "order_id is missing"),
        ("withholding", {**WITHHOLDING, "orders": [WITHHOLDING["orders"][0]] * 2}, "comes twice"),
        ("withholding", [], "which table"),
        (
            "withholding",
            {
                "wage": [{"wage_id": "w"}, {"wage_id": "v"}],
                "orders": [
                    {"wage_id": "w", "order_id": "A", "current_cents": 1},
                    {"wage_id": "v", "order_id": "A", "current_cents": 2},
                ],
            },
            "A has current_cents 1 here and 2 there",
        ),
        ("disbursement", [{"due_id": one, "amount_cents": 1} for one in "AB"], "would count as one"),
        ("pay-cycle", '[{"cents": 1, "cents": 2, "frequency": "weekly"}]', "cents comes twice"),
        ("pay-cycle", "cents,frequency,cents\n1,weekly,2\n", "The column cents comes twice"),
        ("pay-cycle", "cents,frequency\n1,weekly,2\n", "Line 2 has more values"),
        ("pay-cycle", "", "There is nothing in it"),
        ("pay-cycle", b"cents,frequency\n1,weekl\xff\n", "Line 2 holds characters that are not UTF-8"),
        ("pay-cycle", "[" * 100_000, "too deep"),
        ("pay-cycle", [{"cents": -1}] * 11, "and 13 more"),
        (
            "allocation",
            {"balances": [{"case_id": "X", "balance_class": "debt", "owed_cents": 1}]},
            "not current or",
        ),
    ],
)
def test_rows_that_cannot_be_meant_are_refused(name, given, fault):
    text = said(name, "--state", "me", "--on", "2025-06-02", "--json", given=given, code=1)
    assert fault in json.loads(text)["error"]["what"]


def test_the_mark_of_a_spreadsheet_is_no_part_of_a_column():
    text = "cents,frequency\n100,weekly\n".encode("utf-8-sig")
    assert rows("pay-cycle", "--state", "me", "--on", "2025-06-02", given=text)[0]["weekly_cents"] == 100


def test_arrears_of_which_nobody_says_the_age_are_told():
    order = {"order_id": "A", "current_cents": 10000, "past_due_cents": 5000, "arrears_cents": 1000}
    given = {"wage": [{"disposable_cents": 80000}], "orders": [order]}
    found = rows("withholding", "--state", "me", "--on", "2025-06-02", given=given)
    assert "age_unknown" in found[0]["reasons"]
    dated = {**given, "orders": [{**order, "oldest_unpaid_on": "2025-05-26"}]}
    found = rows("withholding", "--state", "me", "--on", "2025-06-02", given=dated)
    assert "age_unknown" not in found[0]["reasons"]


def test_ids_that_hold_a_bar_do_not_mix_two_wages():
    """Joined by bars, the order `b|c` of wage `a` would be the order `c` of wage `a|b`."""
    wages = [{"wage_id": one, "disposable_cents": 80000} for one in ("a", "a|b")]
    orders = [
        {"wage_id": "a", "order_id": "b|c", "current_cents": 10000},
        {"wage_id": "a|b", "order_id": "c", "current_cents": 30000},
    ]
    given = {"wage": wages, "orders": orders}
    found = rows("withholding", "--state", "ma", "--on", "2025-06-02", given=given)
    assert [one["current_cents"] for one in found] == [100_00, 300_00]


def test_a_law_that_is_missing_is_named_and_nothing_is_withheld():
    text = said("withholding", "--state", "me", "--on", "1925-06-02", "--json", given=WITHHOLDING, code=1)
    told = json.loads(text)["error"]
    assert "No value of ccpa_limit.max_pct_second_family is in force yet" in told["what"]
    assert told["where"] == "me on 1925-06-02"


def test_twenty_thousand_rows_are_checked_in_one_pass():
    given = [{"amount_id": str(n), "cents": n, "frequency": "weekly"} for n in range(20_000)]
    started = time.process_time()
    checked_rows(find("pay-cycle"), {"amounts": given})
    assert time.process_time() - started < 5


def test_state_and_day_are_asked_for_and_methods_are_those_that_exist():
    assert "Whose rules" in said("allocation", "--json", given=ALLOCATION, code=1)
    text = said(
        "pay-cycle", "--state", "me", "--on", "2025-06-02", "--method", "x", "--json", given=[], code=1
    )
    assert "has no method" in text


def test_the_shape_tells_every_column():
    assert "disposable_cents" in said("withholding", "--shape", given="")
    shape = json.loads(said("allocation", "--shape", "--json", given=""))
    assert set(shape["input"]) == {"receipts", "cases", "balances", "allocations"}


CALCULATIONS = load_money(house.MONEY).calculations.values()


@pytest.mark.parametrize("one", CALCULATIONS, ids=lambda one: one.name)
def test_the_shape_lists_the_words_of_each_column_that_takes_words(one: Any):
    """Only names and the tiers of an earlier allocation are free text; `kind` once hid what it may be."""
    shape = said(one.name.replace("_", "-"), "--shape", given="")
    for relation, columns in one.input.items():
        for column, unit in columns.items():
            assert unit != "text" or column.endswith("_id") or column == "tier", f"{relation}.{column}"
            assert f"  {column}: {unit.replace('|', ' | ')}" in shape
    assert "pay_frequency: weekly | biweekly" in said("withholding", "--shape", given="")


def test_the_shape_says_what_a_column_is_that_is_left_out():
    shape = said("allocation", "--shape", given="")
    assert "unknown_intercept (ordinary if left out)" in shape
    assert "amount_cents: signed_cents (needed)" in shape


def test_a_kind_of_money_that_nobody_knows_is_refused():
    given = {**ALLOCATION, "receipts": [{"amount_cents": 100, "kind": "federal_tax_refund"}]}
    text = said("allocation", "--state", "me", "--on", "2025-06-02", "--json", given=given, code=1)
    assert "not ordinary or state_refund or federal_refund" in json.loads(text)["error"]["what"]


@pytest.mark.parametrize("state", ["me", "ma"])
def test_every_kind_of_money_takes_each_debt_once_and_cites(state):
    profile = Profile.load(house.RULES, state)
    told = find("allocation").input
    assert told["balances"]["balance_class"] == "|".join(CLASSES)
    assert told["allocations"]["balance_class"] == "|".join([*CLASSES, "over_collected", "held"])
    kinds = {*told["receipts"]["kind"].split("|")} - {"unknown_intercept"}
    assert kinds == read_waterfalls(house.RULES, state).keys()
    for kind, versions in read_waterfalls(house.RULES, state).items():
        for one in versions:
            named = {name for tier in one.tiers for take in tier.takes for name in take.of}
            assert named <= set(CLASSES)
            assert ("current" in named) == (kind != "federal_refund")
            for cite in [*one.cites, *(cite for tier in one.tiers for cite in tier.cites)]:
                assert profile.source(cite)


def test_a_debt_that_two_tiers_take_is_a_fault(tmp_path: Path):
    (tmp_path / "waterfalls").mkdir()
    for name in ("sources.yml", "policy.yml"):
        (tmp_path / name).write_text((house.RULES / name).read_text())
    text = (house.RULES / "waterfalls" / "us.yml").read_text()
    wrong = text.replace("{of: [conditionally_assigned], pays: state}", "{of: [never_assigned], pays: state}")
    (tmp_path / "waterfalls" / "us.yml").write_text(wrong)
    with pytest.raises(RuleFault, match="taken by a tier before"):
        read_waterfalls(tmp_path, "me")


def test_every_citation_of_the_words_resolves():
    profile = Profile.load(house.RULES, "ma")
    assert all(profile.source(cite) for _, cites in load_money(house.MONEY).words.values() for cite in cites)
