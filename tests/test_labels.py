"""Every column of every record and sentence knows its labels, and what it may not carry is refused."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from arrears import house
from arrears.errors import RuleFault
from arrears.intake.feeds import load_feeds
from arrears.law.deadlines import load_deadlines
from arrears.law.labels import load_labels
from arrears.law.remedy import load_cards
from arrears.law.work import load_kinds
from arrears.queues import load_queues
from arrears.reports.assessment import outcomes_sql
from arrears.reports.criteria import load_assessment
from arrears.reports.label_faults import (
    FIGURES,
    SHOWN,
    assessed,
    listed_faults,
    queue_faults,
    report_faults,
    sentence_faults,
    sentences,
)
from arrears.reports.label_flow import Flow, flow, of_remedies, queue_rows
from arrears.reports.lines import FORMS, load_report
from arrears.reports.run import sql_of

QUEUES = sorted(path.parent.name for path in house.QUEUES.glob("*/queue.yml"))
# A column that bears each label, as somebody who fills a record might come by it.
PLANTED = {
    "ssn": "SELECT any_value(person_token) FROM caseload.persons",
    "federal_tax": "SELECT sum(collected_cents) FROM staging.federal_collections",
    "state_tax": "SELECT count(*) FROM staging.state_tax_refunds",
    "national_directory": "SELECT max(earned_quarter_cents) FROM facts.order_reviews",
    "bank": "SELECT max(balance_cents) FROM facts.account_facts",
    "protected_location": "SELECT any_value(zip) FROM caseload.addresses",
    "health": "SELECT bool_or(disabled) FROM caseload.children",
    "children": "SELECT any_value(last_name) FROM caseload.persons JOIN caseload.children USING (person_id)",
    "other_party": "SELECT any_value(custodial_id) FROM caseload.cases",
}


@pytest.fixture(scope="module")
def followed() -> Flow:
    """The labels of every table of a night."""
    return flow()


def again(made: Flow) -> Flow:
    """The same tables, with no fault found yet."""
    return Flow(made.words, dict(made.tables))


def test_every_table_can_be_followed_and_every_lift_lifts(followed: Flow) -> None:
    assert followed.faults == []


def test_each_label_has_a_column_that_brings_it() -> None:
    given = {label for feed in load_feeds(house.FEEDS).values() for label in feed.labels}
    assert given == set(load_labels(house.RULES).labels) == set(PLANTED)


@pytest.mark.parametrize("name", QUEUES)
def test_no_label_gets_into_a_record_that_may_not_carry_it(name: str, followed: Flow) -> None:
    queue, cards, made = load_queues(house.QUEUES)[name], load_cards(house.RULES), again(followed)
    assert [*queue_faults(made, queue, cards), *made.faults] == []
    field = next(
        one.name
        for one in queue.detail.columns
        if one.name in queue_rows(made, queue, cards)["detail"].columns and one.name not in queue.secrets
    )
    every = ", ".join(f"({sql})" for sql in PLANTED.values())
    rows = f"SELECT * REPLACE (concat({every}) AS {field}) FROM (\n{queue.sql['rows']}\n)"
    spoiled = replace(queue, sql={**queue.sql, "rows": rows}, carries=())
    told = list(queue_faults(made, spoiled, cards))
    for label in PLANTED:
        assert [one for one in told if f"{name}/queue.yml: detail.{field} bears {label} (by " in one], label
    may = list(queue_faults(made, replace(spoiled, carries=queue.carries), cards))
    for label in PLANTED:
        refused = any(f"detail.{field} bears {label} (by " in one for one in may)
        assert refused is (label not in queue.carries), label


def test_a_queue_that_carries_what_no_field_bears_is_told_so(followed: Flow) -> None:
    queue = load_queues(house.QUEUES)["lottery"]
    told = list(
        queue_faults(
            again(followed), replace(queue, carries=("ssn", "bank", "secret")), load_cards(house.RULES)
        )
    )
    assert told == [
        "lottery/queue.yml: carries: there is no label secret",
        "lottery/queue.yml: carries bank, which no field bears",
    ]


def test_the_path_by_which_a_label_came_is_told(followed: Flow) -> None:
    queue = load_queues(house.QUEUES)["lottery"]
    (told,) = [
        one
        for one in queue_faults(
            again(followed),
            replace(
                queue,
                sql={
                    **queue.sql,
                    "rows": queue.sql["rows"].replace(
                        "plain(person.last_name)",
                        "CAST((SELECT max(balance_cents) FROM facts.account_facts) AS VARCHAR)",
                    ),
                },
            ),
            load_cards(house.RULES),
        )
        if "bank" in one
    ]
    assert "detail.last_name bears bank (by bank_account_lists.account.account_balance" in told
    assert "> facts.account_facts.balance_cents)" in told


def test_federal_tax_information_is_known_where_it_reaches(followed: Flow) -> None:
    reached = {name for name, one in followed.tables.items() if "federal_tax" in one.all}
    assert {"staging.federal_collections", "facts.offset_money", "plan.kinds"} <= reached
    assert not any(
        "federal_tax" in one for one in (queue.carries for queue in load_queues(house.QUEUES).values())
    )


def test_an_address_stands_only_in_fields_that_are_withheld(followed: Flow) -> None:
    queue = load_queues(house.QUEUES)["federal_offset"]
    told = queue_faults(again(followed), replace(queue, location=queue.location[1:]), load_cards(house.RULES))
    assert list(told) == [
        "federal_offset/queue.yml: detail.address_line_1 holds a place, and `location` does not name it"
    ]


def test_an_amount_of_one_remedy_gives_its_label_to_no_other(followed: Flow) -> None:
    actions = followed.tables["plan.actions"]
    assert "bank" in of_remedies(actions, frozenset(["bank_levy"])).columns["amount_cents"]
    assert of_remedies(actions, frozenset(["lottery_intercept"])).columns["amount_cents"] == {}


def test_no_sentence_tells_a_number_or_a_place_to_who_did_not_ask(followed: Flow) -> None:
    said = [*sentences(load_cards(house.RULES), load_kinds(house.RULES), load_deadlines(house.RULES))]
    assert len(said) > 500
    assert list(sentence_faults(followed, said)) == []
    planted = [("a line", "caseload.persons", ["person_token"]), ("a line", "caseload.addresses", ["city"])]
    assert list(sentence_faults(followed, planted)) == [
        "a line: person_token bears ssn (by caseload.persons.ssn), which no list may show",
        "a line: city holds a place (by caseload.addresses.city), so its unit has to be place",
    ]


@pytest.mark.parametrize("name", FORMS)
def test_no_label_gets_into_a_line_of_a_report_that_may_not_carry_it(name: str, followed: Flow) -> None:
    form = load_report(house.RULES, name)
    lines = {line: sql_of(form, one) for line, one in form.lines.items() if one.sql}
    made = again(followed)
    assert [*report_faults(made, form, lines), *made.faults] == []
    every = ", ".join(f"({sql})" for sql in PLANTED.values())
    for line, sql in lines.items():
        for column in ("person_id", "src", *FIGURES):
            spoiled = {line: f"SELECT * REPLACE (concat({every}) AS {column}) FROM (\n{sql}\n)"}
            told = [
                one for one in report_faults(made, form, spoiled) if f"line {line}: {column} bears" in one
            ]
            refused = {label for label in PLANTED if any(f" bears {label} (by " in one for one in told)}
            assert refused == set(PLANTED) - (set() if column in FIGURES else set(form.carries)), line


def test_a_report_that_carries_what_no_line_bears_is_told_so(followed: Flow) -> None:
    form = load_report(house.RULES, "ocse-34")
    one = replace(form, carries=("bank", "secret"))
    told = report_faults(again(followed), one, {"2": sql_of(form, form.lines["2"])})
    assert list(told) == [
        "the report ocse-34: carries: there is no label secret",
        "the report ocse-34: carries bank, which no line bears",
    ]


def test_no_list_export_or_assessment_shows_a_number(followed: Flow) -> None:
    made = again(followed)
    shown = {name: made.tables[name] for name in SHOWN} | dict(assessed(made))
    assert len(shown) > 40
    assert [fault for where, rows in shown.items() for fault in listed_faults(made, where, rows)] == []
    closure = outcomes_sql(load_assessment(house.RULES).criteria["closure"])
    for place in ("plan.work_list", "verdicts.enter", f"({closure})"):
        column = next(iter(made.followed("x", f"SELECT * FROM {place} AS every").columns))
        planted = f"SELECT * REPLACE (({PLANTED['ssn']}) AS {column}) FROM {place} AS every"
        [told] = [
            one
            for one in listed_faults(made, "a list", made.followed("a list", planted))
            if one.startswith(f"a list: {column} ")
        ]
        assert told == f"a list: {column} bears ssn (by caseload.persons.ssn), which no list may show"


def test_sql_that_cannot_be_followed_bears_every_label_and_is_told(followed: Flow) -> None:
    made = again(followed)
    made.make("facts.odd", "SELECT case_id FROM caseload.no_such_table")
    assert set(made.tables["facts.odd"].all) == set(made.words.labels)
    assert made.faults == [
        "facts.odd: its SQL cannot be followed (caseload.no_such_table), so every label counts as borne"
    ]


def test_a_lift_that_lifts_nothing_is_a_fault(followed: Flow) -> None:
    made = again(followed)
    made.make("facts.known_case", "SELECT case_id FROM caseload.cases")
    made.make("facts.places", "SELECT person_id AS has_address FROM caseload.persons")
    assert made.faults == ["labels.yml: lifts of facts.places: has_address bears none of them"]


def test_the_vocabulary_names_its_faults_at_once(tmp_path: Path) -> None:
    words = yaml.safe_load((house.RULES / "labels.yml").read_text())
    words["labels"]["bank"]["cites"] = ["no-such-law"]
    words["lifts"]["facts.places"][0]["labels"] = ["secret"]
    del words["lifts"]["facts.stays"][0]["why"]
    (tmp_path / "labels.yml").write_text(yaml.safe_dump(words))
    (tmp_path / "sources.yml").write_text((house.RULES / "sources.yml").read_text())
    with pytest.raises(RuleFault) as caught:
        load_labels(tmp_path)
    for said in ("cites no-such-law", "there is no label secret", "why is missing"):
        assert said in str(caught.value)
