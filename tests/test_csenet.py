"""What other states tell: blocks that follow in one line, what protects at once, and what becomes work."""

from datetime import date
from itertools import pairwise
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from feed_files import FEEDS, Desk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_layout import SQL, comes_back, value_of
from test_stands_after import lines as work_lines

from arrears.data.warehouse import warehouse
from arrears.errors import RuleFault
from arrears.intake.feeds import load_feeds
from arrears.intake.load.lines import make_records
from arrears.layout import Layout, write_select
from tests.builders import AS_OF, Caseload, rows_of

FEED = FEEDS["csenet_transactions"]
TIMES = {block.name: block.times for block in FEED.blocks}
HEADER = {
    "local_state_fips": "33", "local_county_fips": "011", "local_office_fips": "00", "other_state_fips": "23",
    "other_county_fips": "000", "other_office_fips": "00", "version": "001", "transaction_serial": "1",
    "action_code": "P", "functional_type": "ENF", "transaction_date": date(2025, 1, 8),
    "attachments_ind": "Y",
    "local_case_id": "NH77", "other_case_id": "00000101",
}  # fmt: skip
PARENT = {
    "last_name": "PELLETIER",
    "first_name": "JO",
    "ssn": "900121234",
    "date_of_birth": date(1980, 2, 29),
}
FULL: dict[str, list[dict[str, Any]]] = {
    "case_data": [{"case_status": "O", "nondisclosure_finding": "N"}],
    "parent": [PARENT],
    "places": [{"residence_address_1": "9 HIDDEN ST", "residence_city": "KEENE", "employer_1_name": "MILL"}],
    "participant": [{"last_name": "ROY", "relationship": "C"}, {"last_name": "KID", "relationship": "D"}],
    "support_order": [
        {"order_state_fips": "33", "order_id": "A", "payment_amount": 10_000, "payment_frequency": "W",
         "effective_date": date(2019, 1, 1)},
        {"order_state_fips": "33", "order_id": "B", "payment_amount": 40_000, "payment_frequency": "M",
         "effective_date": date(2024, 1, 1)},
    ],
    "collection": [
        {"collection_date": date(2024, 12, 2), "posting_date": date(2024, 12, 3), "payment_amount": 5_000},
        {"collection_date": date(2025, 1, 3), "payment_amount": 7_050},
    ],
    "information": [{"text_line_1": "THE PARENT, SSN 900121234,", "text_line_2": "LIVES THERE NO MORE"}],
}  # fmt: skip


def text_of(layout: Layout, row: dict[str, Any]) -> str:
    """One record as it is written."""
    with warehouse() as con:
        kinds = {one.name: SQL.get(str(one.kind), "VARCHAR") for one in layout.columns}
        con.execute(f"CREATE TABLE given ({', '.join(f'{name} {kinds[name]}' for name in row)})")
        con.execute(f"INSERT INTO given VALUES ({', '.join('?' for _ in row)})", list(row.values()))
        [(line, field, why)] = con.execute(write_select(layout, "given", "1", list(row))).fetchall()
    assert line is not None, (field, why)
    return str(line)


def transaction(blocks: dict[str, list[dict[str, Any]]] | None = None, **header: Any) -> str:
    """A line: the header, its numbers those of the blocks, and the blocks in their order."""
    blocks = blocks or {}
    counts = {times: str(len(blocks.get(name, []))) for name, times in TIMES.items()}
    parts = [text_of(FEED.layouts["header"], HEADER | counts | header)]
    parts += [text_of(FEED.layouts[name], row) for name in TIMES for row in blocks.get(name, [])]
    return "".join(parts)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def staged(desk: Desk, *lines: str) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    """The rows that a file became, and where and why its other lines were set aside."""
    given = desk.send(FEED.name, "".join(f"{line}\n" for line in lines).encode("latin-1"))
    assert given.outcome == "accepted", given.reason
    desk.load(given)
    aside = desk.rows(given, "rejects")
    return desk.rows(given, FEED.name), [
        (one["source_line"], one["table_name"], one["reason"]) for one in aside
    ]


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_written_of_random_transactions_is_read_back(data: st.DataObject) -> None:
    sent = []
    for serial in range(data.draw(st.integers(1, 3))):
        most = {name: 2 if times.endswith("_count") else 1 for name, times in TIMES.items()}
        times = {name: data.draw(st.integers(0, many), name) for name, many in most.items()}
        sent.append(
            {
                "header": [drawn(data, "header") | {"transaction_serial": str(serial)}],
                **{name: [drawn(data, name) for _ in range(many)] for name, many in times.items()},
            }
        )
    lines = [transaction(one, **one["header"][0] | counts_of(one)) for one in sent]
    with warehouse() as con:
        con.execute("CREATE TEMP TABLE lines AS SELECT unnest(?::VARCHAR[]) AS l", [lines])
        assert make_records(con, FEED) == {}
        for name, layout in FEED.layouts.items():
            order = "source_line" if name == "header" else "source_line, block_no"
            found = rows_of(con, f"(SELECT * FROM {name} ORDER BY {order})")
            wrote = [
                (place, {field.name: comes_back(field, row[field.name]) for field in layout.columns})
                for place, one in enumerate(sent, 1)
                for row in ([one["header"][0] | counts_of(one)] if name == "header" else one[name])
            ]
            assert [(one["source_line"], {key: one[key] for key in was}) for one, (_, was) in
                    zip(found, wrote, strict=True)] == wrote  # fmt: skip


def drawn(data: st.DataObject, name: str) -> dict[str, Any]:
    row = {one.name: data.draw(value_of(one), one.name) for one in FEED.layouts[name].columns}
    # A block of nothing but missing values is told by its absence.
    return row | {next(iter(row)): row[next(iter(row))] or "1"}


def counts_of(blocks: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    return {times: str(len(blocks[name])) for name, times in TIMES.items()}


def test_a_transaction_is_one_row_whatever_follows_in_its_line(desk: Desk) -> None:
    rows, aside = staged(desk, transaction(FULL), transaction(transaction_serial="2", attachments_ind="N"))
    full, bare = rows
    assert aside == []
    told = {
        "case_id": "00000101", "other_fips": "33", "other_place_fips": "01100", "other_case_id": "NH77",
        "functional_type": "ENF", "action_code": "P", "transaction_on": date(2025, 1, 8),
        "has_attachments": True, "is_closed_there": False, "has_nondisclosure": False,
        "last_name": "PELLETIER", "birth_on": date(1980, 2, 29), "told_address": "9 HIDDEN ST, KEENE, 00000",
        "employer_name": "MILL", "order_cents": 40_000, "order_frequency": "monthly",
        "order_from_on": date(2024, 1, 1), "collected_cents": 12_050, "collected_on": date(2025, 1, 3),
    }  # fmt: skip
    assert {key: full[key] for key in told} == told
    assert full["person_token"] is not None
    assert "900121234" not in str(rows)
    assert full["information_text"].endswith("LIVES THERE NO MORE")
    assert (bare["case_id"], bare["has_attachments"]) == ("00000101", False)
    left = ("person_token", "told_address", "order_cents", "collected_cents", "information_text",
            "is_closed_there", "has_nondisclosure")  # fmt: skip
    assert {bare[one] for one in left} == {None}


def test_a_parent_without_a_block_may_stand_among_the_participants(desk: Desk) -> None:
    people = [{"last_name": "ROY", "relationship": "C"}, PARENT | {"relationship": "A"}]
    [row] = staged(desk, transaction({"participant": people}))[0]
    assert (row["last_name"], row["birth_on"]) == ("PELLETIER", date(1980, 2, 29))


@pytest.mark.parametrize(
    "cut", [1, 70, 416, 400], ids=["a letter", "a collection", "a block", "within a block"]
)
def test_blocks_that_do_not_add_up_set_their_line_aside_and_no_other(desk: Desk, cut: int) -> None:
    short = transaction(FULL, transaction_serial="2")[:-cut]
    rows, aside = staged(desk, transaction(FULL), short, transaction(transaction_serial="3"))
    assert [row["source_line"] for row in rows] == [1, 3]
    assert aside == [(2, "header", "the line is not as long as the blocks that it says follow")]


@pytest.mark.parametrize(
    ("change", "record", "reason"),
    [
        ({"action_code": "X"}, "header", "code not in the list"),
        ({"case_data_ind": "7"}, "header", "the line is not as long as the blocks that it says follow"),
        ({"order_count": "-"}, "header", "not all digits"),
        ({"attachments_ind": "?"}, "header", "code not in the list"),
    ],
)
def test_a_code_that_nobody_knows_sets_its_line_aside(
    desk: Desk, change: dict[str, str], record: str, reason: str
) -> None:
    line = transaction(FULL, transaction_serial="2")
    [(name, value)] = change.items()
    at = FEED.layouts["header"].field(name)
    odd = line[: at.start - 1] + value + line[at.end :]
    rows, aside = staged(desk, transaction(FULL), odd)
    assert [row["source_line"] for row in rows] == [1]
    assert aside == [(2, record, reason)]


def test_one_fault_of_a_block_sets_the_whole_transaction_aside_once(desk: Desk) -> None:
    line = transaction(FULL, transaction_serial="2")
    for was, wrong in (("20241202", "20241399"), ("+00000070.50", "+00000070,50")):
        assert was in line
        line = line.replace(was, wrong)
    rows, aside = staged(desk, transaction(FULL), line)
    assert [row["source_line"] for row in rows] == [1]
    assert aside == [(2, "collection", "not a date written CCYYMMDD")]


def test_a_serial_number_comes_once_and_money_is_posted_after_it_is_collected(desk: Desk) -> None:
    early = {"collection": [{"collection_date": date(2025, 1, 3), "posting_date": date(2025, 1, 2),
                             "payment_amount": 1}]}  # fmt: skip
    rows, aside = staged(desk, transaction(), transaction(), transaction(early, transaction_serial="3"))
    assert len(rows) == 1
    assert [reason for *_, reason in aside] == [
        "the same serial number as an earlier transaction of that state",
        "money posted before it was collected",
    ]


def test_a_transaction_for_another_state_refuses_its_file(desk: Desk) -> None:
    given = desk.send(FEED.name, f"{transaction(other_state_fips='33')}\n".encode())
    assert (given.outcome, "another state's code" in (given.reason or "")) == ("refused", True)


@pytest.mark.parametrize(
    ("blocks", "header", "is_closed"),
    [
        ({"case_data": [{"case_status": "C"}]}, {}, True),
        ({"information": [{"status_change_code": "C"}]}, {}, True),
        ({"information": [{"status_change_code": "O"}]}, {}, False),
        ({"case_data": [{"case_status": "O"}], "information": [{"status_change_code": "C"}]}, {}, True),
        ({}, {"functional_type": "MSC", "action_reason": "GSC09"}, True),
        ({}, {"functional_type": "MSC", "action_reason": "GSCAS"}, None),
        ({}, {"functional_type": "MSC", "action_reason": "GSC09", "action_code": "R"}, None),
        ({}, {"action_reason": "ZZZZZ"}, None),
    ],
)
def test_whether_the_other_state_closed_its_case(
    desk: Desk, blocks: dict[str, Any], header: dict[str, str], is_closed: bool | None
) -> None:
    [row] = staged(desk, transaction(blocks, **header))[0]
    assert row["is_closed_there"] is is_closed


def test_any_mark_but_n_keeps_places_back(desk: Desk) -> None:
    marks = ["Y", "1", "N", None]
    lines = [
        transaction(
            {"case_data": [{"case_status": "O", "nondisclosure_finding": mark}]}, transaction_serial=str(n)
        )
        for n, mark in enumerate(marks)
    ]
    rows = staged(desk, *lines)[0]
    assert [row["has_nondisclosure"] for row in rows] == [True, True, False, None]


TOLD = {
    "case_id": "C1", "other_fips": "33", "other_case_id": "NH77", "action_code": "P",
    "functional_type": "ENF",
    "action_reason": "EIWAR", "transaction_on": date(2025, 1, 8), "has_attachments": True,
}  # fmt: skip


def told(*transactions: dict[str, Any], interstate: str = "initiating") -> Caseload:
    """A debtor of whose case other states told something."""
    made = Caseload().debtor("C1", case={"interstate": interstate})
    for one in transactions or ({},):
        made.partner(FEED.name, **TOLD | one)
    return made


CLOSED = {"is_closed_there": True}
OPEN_AGAIN = {"is_closed_there": False, "transaction_on": date(2025, 1, 9)}


@pytest.mark.parametrize(
    ("transactions", "interstate", "is_known"),
    [
        ([CLOSED], "responding", False),
        ([CLOSED], "initiating", False),
        ([CLOSED], "none", True),
        ([{}], "responding", True),
        ([CLOSED, OPEN_AGAIN], "responding", True),
        ([CLOSED, {"is_closed_there": False}], "responding", False),
        ([CLOSED, OPEN_AGAIN | {"other_fips": "50"}], "responding", False),
        ([CLOSED | {"case_id": "C9"}], "responding", True),
        ([CLOSED | {"case_id": None}], "responding", True),
        ([CLOSED | {"transaction_on": date(2025, 2, 1)}], "responding", True),
    ],
    ids=["responding", "initiating", "ours alone", "no word", "open again", "same day", "another state",
         "another case", "no case", "later than tonight"],
)  # fmt: skip
def test_a_case_closed_elsewhere_leaves_role_and_good_cause_not_known(
    transactions: list[dict[str, Any]], interstate: str, is_known: bool
) -> None:
    fact = told(*transactions, interstate=interstate).facts()["C1"]
    expected = (interstate, False) if is_known else (None, None)
    assert (fact.interstate, fact.has_good_cause) == expected


def test_a_case_closed_elsewhere_begins_nothing_and_is_urgent_work_until_the_role_is_entered() -> None:
    closed, open_ = told(CLOSED, interstate="responding"), told(interstate="responding")
    remedy = "license_revocation"
    assert open_.verdict(remedy) == "flag"
    assert closed.verdict(remedy) == "unknown"
    assert closed.verdict(remedy, part="release") != "flag"
    [said] = work_lines(closed, "closed_elsewhere")
    assert "said on 2025-01-08 that it closed its case" in said
    closed.rows["cases"][0]["interstate"] = "none"
    assert work_lines(closed, "closed_elsewhere") == []
    assert closed.facts()["C1"].has_good_cause is False


HIDDEN = {"has_nondisclosure": True}


@pytest.mark.parametrize(
    ("transactions", "is_protected"),
    [
        ([HIDDEN], True),
        ([{}], False),
        ([HIDDEN, {"transaction_on": date(2025, 1, 9)}], True),
        ([HIDDEN, {"has_nondisclosure": False, "transaction_on": date(2025, 1, 9)}], False),
        ([HIDDEN, {"has_nondisclosure": False}], True),
        (
            [HIDDEN, {"has_nondisclosure": False, "transaction_on": date(2025, 1, 9), "other_fips": "50"}],
            True,
        ),
        ([HIDDEN | {"case_id": "C9"}], False),
    ],
)
def test_places_that_another_state_keeps_back_are_kept_back_here(
    transactions: list[dict[str, Any]], is_protected: bool
) -> None:
    fact = told(*transactions).facts()["C1"]
    assert (fact.has_family_violence, fact.obligor_location_is_protected) == (is_protected, is_protected)


def test_both_parents_of_the_case_are_protected_and_nobody_else() -> None:
    made = told(HIDDEN).debtor("C2")
    made.rows["persons"].append(made.rows["persons"][0] | {"person_id": "CP", "person_token": "t-CP"})
    made.rows["cases"][0]["custodial_id"] = "CP"
    report = {
        row["person_id"]: row["has_family_violence"] for row in made.made("person_reports")["person_reports"]
    }
    assert {person for person, is_kept_back in report.items() if is_kept_back} == {"P-C1", "CP"}


def test_a_message_is_work_with_what_it_tells_and_moves_no_balance() -> None:
    made = told({"collected_cents": 12_050, "collected_on": date(2025, 1, 3), "order_cents": 40_000,
                 "order_frequency": "monthly", "information_text": "ASK THE CLERK"})  # fmt: skip
    [said] = work_lines(made, "other_state_message")
    for part in ("state 33 case NH77, last on 2025-01-08: P ENF EIWAR", "papers follow: yes", "$120.50",
                 "$400.00 (monthly)"):  # fmt: skip
        assert part in said
    alone, with_it = told({"case_id": "C9"}).facts()["C1"], made.facts()["C1"]
    owed = ("past_due_cents", "enforceable_cents", "owed_cents", "pending_payment_cents", "last_payment_on")
    assert [getattr(with_it, one) for one in owed] == [getattr(alone, one) for one in owed]


def test_a_place_is_told_only_of_the_parent_whose_number_is_ours() -> None:
    place = {"told_address": "9 HIDDEN ST", "employer_name": "MILL"}
    ours = told(place | {"person_token": "t-P-C1"}).facts("case_news")["C1"]
    other = told(place | {"person_token": "t-other"}).facts("case_news")["C1"]
    assert (ours.message_place, ours.message_employer) == ("9 HIDDEN ST", "MILL")
    assert (other.message_place, other.message_employer) == (None, None)


def test_a_message_is_taken_up_once_the_register_or_a_referral_tells_of_something_later() -> None:
    for table, but, is_open in (
        ("registry_requests", {"request_id": "R", "received_on": date(2025, 1, 8)}, False),
        ("registry_requests", {"request_id": "R", "received_on": date(2025, 1, 7)}, True),
        ("referrals", {"to_state": "NH", "sent_on": date(2025, 1, 8)}, True),
        ("referrals", {"to_state": "NH", "sent_on": date(2025, 1, 9)}, False),
    ):
        made = told()
        made.add(table, case_id="C1", **but)
        assert len(work_lines(made, "other_state_message")) == int(is_open), (table, but)


def test_a_request_starts_the_time_for_its_acknowledgment_before_it_is_entered() -> None:
    asked, informed = told({"action_code": "R"}), told()
    assert asked.facts("life_facts")["C1"].registry_asked_on == asked.through
    assert informed.facts("life_facts")["C1"].registry_asked_on is None
    asked.add("registry_requests", request_id="R", case_id="C1", received_on=AS_OF.replace(day=9),
              answered_on=AS_OF.replace(day=10))  # fmt: skip
    fact = asked.facts("life_facts")["C1"]
    assert (fact.registry_asked_on, fact.registry_answered_on) == (date(2025, 1, 9), date(2025, 1, 10))


def test_a_case_that_is_not_ours_is_nobodys_line() -> None:
    made = told(CLOSED | HIDDEN | {"case_id": "C9", "action_code": "R"}, interstate="responding")
    assert made.facts("case_news") == {}
    assert made.facts("life_facts")["C1"].registry_asked_on is None
    assert work_lines(made, "closed_elsewhere") == []


def test_blocks_stand_in_the_order_of_the_numbers_that_count_them() -> None:
    header = FEED.layouts["header"]
    places = [header.field(block.times).start for block in FEED.blocks]
    assert all(one < other for one, other in pairwise(places))


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("parent: ap_identification_ind", "parent: local_case_id", "local_case_id is not a number in header"),
        ("newline: any", "newline: any\nrecord_length: 127", "a line with blocks is as long as they are"),
        ("parent: ap_identification_ind", "nobody: ap_identification_ind", "blocks: "),
        (
            "  header: {}",
            "  header: {at: 15, mark: '001'}\n  places: {at: 15, mark: '002'}",
            "the one record",
        ),
    ],
    ids=["no number", "a length", "no layout", "two records"],
)
def test_blocks_that_no_line_can_have_are_a_fault_of_the_feed(
    tmp_path: Path, was: str, now: str, said: str
) -> None:
    copytree(FEED.folder, tmp_path / FEED.name)
    feed = tmp_path / FEED.name / "feed.yml"
    text = feed.read_text()
    assert was in text
    feed.write_text(text.replace(was, now))
    with pytest.raises(RuleFault, match=said):
        load_feeds(tmp_path)
