"""The files of the federal office and of the Social Security Administration, through receive and load."""

from datetime import date
from pathlib import Path
from typing import Any

import feed_files
import pytest
from feed_files import Desk, lines
from outside_slicer import positions

from arrears import house
from arrears.data.warehouse import warehouse
from arrears.intake.load import attach

SSN = {"ssn": "900121234"}
PERSON = SSN | {"submitted_first_name": "JO", "submitted_last_name": "PELLETIER", "member_id": "0000000017"}
SVES = PERSON | {
    "record_id": "FK",
    "sves_match_type": "P",
    "sort_state_code": "23",
    "transmitter_state": "23",
}
USUAL: dict[str, dict[str, Any]] = {
    "federal_collections.collection": SSN | {
        "submitting_state": "ME", "case_id": "0000000017", "last_name": "PELLETIER", "first_name": "JO",
        "certified_arrears": 600_00, "collection_amount": 1_000_00, "adjustment_amount": 0, "case_type": "N",
        "offset_type": "TAX", "offset_tax_year": "2024", "joint_return_ind": "J", "injured_spouse_ind": "N",
        "joint_return_name": "SPOUSE SECRET", "street_address": "9 HIDDEN LANE",
    },
    "federal_collections.total": {
        "submitting_state": "ME", "total_literal": "TOTAL", "adjustment_count": "0", "collection_count": "1",
        "arrears_amount": 600_00, "collection_amount": 1_000_00, "adjustment_amount": 0,
        "net_amount": 1_000_00,
    },
    "federal_offset_rejects.reject": SSN | {
        "submitting_state": "ME", "case_id": "0000000017", "last_name": "PELLETIER", "arrears_amount": "900",
        "transaction_type": "A", "case_type": "N", "error_code_1": "17", "error_code_2": "47",
        "federal_last_name_4": "SMIT",
    },
    "federal_offset_rejects.control": {
        "submitting_state": "ME", "control_literal": "CTL", "tanf_accepted": "0", "tanf_rejected": "0",
        "non_tanf_accepted": "4", "non_tanf_rejected": "1", "tanf_warnings": "0", "non_tanf_warnings": "0",
    },
    "federal_offset_reconciliation.record": SSN | {
        "record_id": "REC", "submitting_state": "ME", "case_id": "0000000017", "last_name": "PELLETIER",
        "current_arrears": 2500, "case_type": "N", "exclude_administrative": "ADM", "exclude_fidm": "FIN",
    },
    "sves_title_ii.title_ii": SVES | {
        "locate_source": "E05", "claim_number_and_bic": "900998888HA", "ledger_account_file_code": "C",
        "net_monthly_benefit": 943_00,
    },
    "sves_title_ii.pending": SSN | {
        "record_id": "FK", "match_type": "P", "state_or_tribe_code": "23", "sort_state_code": "23",
        "locate_source": "E04", "first_name": "JO", "last_name": "PELLETIER", "member_id": "0000000017",
        "claim_type": "DI",
    },
    "sves_title_xvi.title_xvi": SVES | {
        "locate_source": "E06", "current_payment_status": "C01", "eligibility_date": "2024-11",
    },
    "sves_title_xvi.not_found": PERSON | {
        "record_id": "FK", "sort_state_code": "23", "transmitter_state": "23", "locate_source": "E10",
    },
    "sves_prisoners.prisoner": SVES | {
        "locate_source": "E07", "confinement_date": date(2024, 3, 1), "facility_name": "STATE PRISON",
    },
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk that knows the usual lines of these files."""
    monkeypatch.setattr(feed_files, "_USUAL", feed_files._USUAL | USUAL)
    return Desk(tmp_path)


def staged(desk: Desk, feed: str, record: str, data: bytes) -> list[dict[str, Any]]:
    """The rows that a file became."""
    delivery = desk.send(feed, data, record)
    assert delivery.outcome == "accepted", delivery.reason
    desk.load(delivery)
    return desk.rows(delivery, feed)


def refused(desk: Desk, feed: str, record: str, data: bytes) -> list[str]:
    """Why the one line of a file was set aside."""
    delivery = desk.send(feed, data, record)
    desk.load(delivery)
    return [row["reason"] for row in desk.rows(delivery, "rejects")]


def collections(*rows: dict[str, Any], **total: Any) -> bytes:
    """A file of collections with the total that is right for them, but for what is said."""
    usual = USUAL["federal_collections.collection"]
    told = [usual | row for row in (rows or ({},))]
    collected, taken_back = (
        sum(one[f"{what}_amount"] for one in told) for what in ("collection", "adjustment")
    )
    adjustments = sum(one["adjustment_amount"] != 0 for one in told)
    right = {
        "arrears_amount": sum(one["certified_arrears"] for one in told), "collection_amount": collected,
        "adjustment_amount": taken_back, "net_amount": collected - taken_back,
        "adjustment_count": str(adjustments), "collection_count": str(len(told) - adjustments),
    }  # fmt: skip
    return lines("federal_collections", "collection", *told) + lines(
        "federal_collections", "total", right | total
    )


def test_a_collection_keeps_nothing_of_the_other_person_on_the_return(desk: Desk) -> None:
    [row] = staged(desk, "federal_collections", "collection", collections())
    told = {name: row[name] for name in ("person_id", "case_type", "offset_type", "collected_cents")}
    assert told == {
        "person_id": "0000000017", "case_type": "N", "offset_type": "TAX", "collected_cents": 1_000_00,
    }  # fmt: skip
    assert (row["is_joint_return"], row["injured_spouse"], row["certified_cents"]) == (True, "N", 600_00)
    kept = b"".join(p.read_bytes() for p in (desk.store.root / "staging").rglob("*") if p.is_file())
    assert not any(word in kept for word in (b"SPOUSE", b"HIDDEN", b"900121234"))


def test_a_total_that_is_not_the_sum_refuses_the_file(desk: Desk) -> None:
    delivery = desk.send("federal_collections", collections(collection_amount=999_99), "collection")
    assert (delivery.outcome, "collection records sum to 100000" in (delivery.reason or "")) == (
        "refused",
        True,
    )


@pytest.mark.parametrize(
    ("total", "said"),
    [
        ({"collection_count": "2"}, "The file says 2 collection records and holds 1."),
        ({"adjustment_count": "1"}, "The file says 1 adjustment records and holds 0."),
        ({"net_amount": 999_99}, "The file says 99999 cents net and holds 100000."),
    ],
)
def test_each_count_of_the_total_record_is_a_proof(desk: Desk, total: dict[str, Any], said: str) -> None:
    delivery = desk.send("federal_collections", collections(**total), "collection")
    assert (delivery.outcome, delivery.reason) == ("refused", said)


@pytest.mark.parametrize(
    ("feed", "record", "data"),
    [
        ("federal_collections", "collection", lambda: collections({"submitting_state": "MA"}, {})),
        ("federal_collections", "collection", lambda: collections(submitting_state="MA")),
        ("federal_offset_reconciliation", "record", lambda: lines(
            "federal_offset_reconciliation", "record", {}, {"submitting_state": "MA"})),
        ("sves_title_xvi", "title_xvi", lambda: lines("sves_title_xvi", "title_xvi", {}) + lines(
            "sves_title_xvi", "not_found", {"sort_state_code": "25"})),
        ("sves_title_ii", "title_ii", lambda: lines(
            "sves_title_ii", "pending", {}, {"sort_state_code": "25"})),
    ],
)  # fmt: skip
def test_a_record_of_another_state_refuses_its_file(desk: Desk, feed: str, record: str, data: Any) -> None:
    found = desk.send(feed, data(), record)
    assert (found.outcome, "carries another state's code than" in found.reason) == ("refused", True)


def test_certified_arrears_may_be_signed(desk: Desk) -> None:
    data = collections().replace(b"00000060000", b"0000006000{", 1)
    [row] = staged(desk, "federal_collections", "collection", data)
    assert row["certified_cents"] == 600_00


@pytest.mark.parametrize("count", ["non_tanf_rejected", "tanf_warnings"])
def test_the_control_record_of_rejects_is_held_against_them(desk: Desk, count: str) -> None:
    feed = "federal_offset_rejects"
    data = lines(feed, "reject", {}) + lines(feed, "control", {count: "3"})
    found = desk.send(feed, data, "reject")
    assert (found.outcome, "records rejected or with warnings" in found.reason) == ("refused", True)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"adjustment_amount": 5_00}, "in one record"),
        ({"collection_amount": 0}, "neither"),
        ({"offset_type": "XYZ"}, "not known"),
    ],
)
def test_a_collection_that_contradicts_itself_is_set_aside(
    desk: Desk, line: dict[str, Any], reason: str
) -> None:
    good = {
        "collection_amount": 0,
        "adjustment_amount": 1_00,
        "adjustment_year": "2023",
        "certified_arrears": 0,
    }
    found = refused(desk, "federal_collections", "collection", collections(line, good))
    assert (len(found), reason in found[0]) == (1, True)


def test_a_reject_comes_with_its_codes(desk: Desk) -> None:
    data = lines("federal_offset_rejects", "reject", {}) + lines("federal_offset_rejects", "control", {})
    [row] = staged(desk, "federal_offset_rejects", "reject", data)
    assert (row["codes"], row["transaction_type"], row["last_name"]) == (["17", "47"], "A", "PELLETIER")
    assert row["submitted_dollars"] == 900


def test_a_week_without_rejects_is_the_control_record_alone(desk: Desk) -> None:
    data = lines("federal_offset_rejects", "control", {"non_tanf_rejected": "0"})
    assert staged(desk, "federal_offset_rejects", "reject", data) == []


def test_what_the_office_holds_is_whole_dollars_and_a_list(desk: Desk) -> None:
    data = lines("federal_offset_reconciliation", "record", {})
    [row] = staged(desk, "federal_offset_reconciliation", "record", data)
    assert (row["held_cents"], row["excluded"]) == (2_500_00, ["ADM", "FIN"])


@pytest.mark.parametrize(
    ("code", "is_paid"), [("C", True), ("E", True), ("S6", False), ("T1", False), ("A9", None)]
)
def test_a_title_ii_claim_is_paid_by_its_ledger_code_and_keeps_no_claim_number(
    desk: Desk, code: str, is_paid: bool | None
) -> None:
    data = lines("sves_title_ii", "title_ii", {"ledger_account_file_code": code})
    [row] = staged(desk, "sves_title_ii", "title_ii", data)
    assert (row["is_paid"], row["is_disability"], row["monthly_cents"]) == (is_paid, True, 943_00)
    kept = b"".join(p.read_bytes() for p in (desk.store.root / "staging").rglob("*") if p.is_file())
    assert b"900998888" not in kept


def test_a_claim_that_is_pending_comes_in_the_same_file(desk: Desk) -> None:
    data = lines("sves_title_ii", "title_ii", {}) + lines("sves_title_ii", "pending", {})
    told = [(row["answer"], row["pending_kind"]) for row in staged(desk, "sves_title_ii", "title_ii", data)]
    assert told == [("claim", None), ("pending", "disability")]


@pytest.mark.parametrize(("code", "is_paid"), [("C01", True), ("N01", False), ("T30", False), ("E02", None)])
def test_supplemental_security_income_is_paid_by_its_status(
    desk: Desk, code: str, is_paid: bool | None
) -> None:
    data = lines("sves_title_xvi", "title_xvi", {"current_payment_status": code})
    data += lines("sves_title_xvi", "not_found", {})
    first, second = staged(desk, "sves_title_xvi", "title_xvi", data)
    assert (first["is_paid"], first["eligible_since_on"]) == (is_paid, date(2024, 11, 1))
    assert (second["answer"], second["is_paid"]) == ("nothing", False)


def test_a_confinement_names_its_first_day(desk: Desk) -> None:
    [row] = staged(desk, "sves_prisoners", "prisoner", lines("sves_prisoners", "prisoner", {}))
    assert (row["confined_on"], row["release_on"], row["facility_name"]) == (
        date(2024, 3, 1), None, "STATE PRISON",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("feed", "record", "field", "state", "is_set"),
    [
        ("sves_title_ii", "title_ii", "family_violence_state_1", "33", True),
        ("sves_title_xvi", "title_xvi", "family_violence_state_3", "25", True),
        ("sves_prisoners", "prisoner", "family_violence_state_2", "25", True),
        ("sves_prisoners", "prisoner", "family_violence_state_1", "00", False),
    ],
)
def test_the_family_violence_indicator_of_any_state_is_read_and_zeros_are_no_state(
    desk: Desk, feed: str, record: str, field: str, state: str, is_set: bool
) -> None:
    assert (
        staged(desk, feed, record, lines(feed, record, {field: state}))[-1]["has_family_violence"] is is_set
    )


def test_a_death_is_kept_though_the_rest_of_the_record_says_nothing(desk: Desk) -> None:
    silent = {"current_payment_status": None, "payment_status": None}
    row = staged(
        desk, "sves_title_xvi", "title_xvi",
        lines("sves_title_xvi", "title_xvi", silent | {"date_of_death": date(2024, 11, 1)}),
    )[0]  # fmt: skip
    assert (row["is_paid"], row["died_on"]) == (None, date(2024, 11, 1))


def test_an_answer_for_another_state_refuses_the_file(desk: Desk) -> None:
    delivery = desk.send(
        "sves_prisoners", lines("sves_prisoners", "prisoner", {"sort_state_code": "25"}), "prisoner"
    )
    assert (delivery.outcome, "another state's code" in (delivery.reason or "")) == ("refused", True)


@pytest.mark.parametrize("feed", sorted({name.split(".")[0] for name in USUAL}))
def test_a_feed_that_never_came_has_the_columns_that_the_facts_read(desk: Desk, feed: str) -> None:
    with warehouse() as con:
        attach(con, desk.store, "me", [], {feed: feed_files.FEEDS[feed]})
        names = {row[0] for row in con.execute(f"DESCRIBE staging.{feed}").fetchall()}
    assert {"person_id", "person_token", "source_file", "source_line"} <= names


@pytest.mark.parametrize("name", sorted(USUAL))
def test_every_position_of_a_layout_is_a_field_or_filler(name: str) -> None:
    feed, record = name.split(".")
    places = sorted(positions(house.FEEDS / feed / f"{record}.csv").values(), key=lambda place: place.start)
    assert [place.start for place in places] == [0, *(place.stop for place in places[:-1])]
