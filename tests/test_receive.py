"""Receive: every delivery is accepted, held, refused or known, each with one plain reason."""

import gzip
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from arrears.errors import Refused
from arrears.intake import take_in
from arrears.ledger.records import Delivery
from arrears.receive.landing import LONGEST_LINE, shown_name
from arrears.store import Store
from tests.feed_files import DAY, Desk, bank, hires, licenses, refunds, table


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def told(delivery: Delivery) -> str:
    return f"{delivery.outcome}: {delivery.reason}"


def test_a_whole_file_with_its_control_file_is_accepted(desk: Desk) -> None:
    found = desk.send("dmv_licenses", licenses({}, {"license_number": "D2"}), "license")
    assert (found.outcome, found.reason, found.rows, found.feed) == ("accepted", "", 2, "dmv_licenses")
    assert (found.period_on, found.sequence) == (date(2025, 1, 14), 14)


def test_the_original_bytes_are_kept_under_their_hash(desk: Desk) -> None:
    data = licenses()
    found = desk.send("dmv_licenses", data, "license")
    assert (desk.store.landing("me") / found.files[0].sha256).read_bytes() == data


def test_the_same_control_file_again_is_a_duplicate(desk: Desk) -> None:
    first = desk.send("dmv_licenses", licenses(), "license")
    again = desk.take(*sorted(desk.inbox.iterdir()))[0]
    assert told(again) == f"duplicate: The same bytes were taken as delivery {first.delivery_id}."


def test_an_unchanged_snapshot_of_the_next_day_is_news(desk: Desk) -> None:
    desk.send("dmv_licenses", licenses(), "license")
    assert (
        desk.send("dmv_licenses", licenses(), "license", period="2025-01-15", sequence=15).outcome
        == "accepted"
    )


def test_the_same_data_under_a_reworded_control_file_is_a_duplicate(desk: Desk) -> None:
    desk.send("dmv_licenses", licenses(), "license")
    assert desk.send("dmv_licenses", licenses(), "license", encoding="latin-1").outcome == "duplicate"


def test_a_feed_that_proves_itself_needs_no_control_file(desk: Desk) -> None:
    [found] = desk.take(desk.put("x", refunds(100, 250)))
    assert (found.outcome, found.feed, found.rows, found.period_on) == (
        "accepted",
        "state_tax_refunds",
        2,
        DAY,
    )


def test_without_the_control_file_a_feed_that_needs_one_is_held(desk: Desk) -> None:
    [found] = desk.take(desk.put("x", licenses()))
    assert told(found) == "held: The sender's control file is missing."
    assert (found.feed, found.rows) == ("dmv_licenses", 1)


def test_a_control_file_without_its_data_is_refused_and_whole_delivery_taken_later(desk: Desk) -> None:
    data = licenses()
    control = desk.control("dmv_licenses", {"license": (data, 1)})
    assert desk.take(control)[0].outcome == "refused"
    assert desk.take(desk.put("data", data))[0].outcome == "held"
    assert desk.take(control)[0].outcome == "accepted"


def test_names_of_files_are_never_used(desk: Desk) -> None:
    data = licenses()
    given = desk.put("bank_accounts.txt", data)
    assert desk.take(given, desk.control("dmv_licenses", {"license": (data, 1)}))[0].outcome == "accepted"


def test_a_file_in_the_wrong_slot_is_refused_by_its_content(desk: Desk) -> None:
    [found] = desk.take(desk.put("dmv_licenses.txt", refunds(100)), expect="dmv_licenses")
    assert told(found) == "refused: Its content is state_tax_refunds, it was given as dmv_licenses."


def test_a_control_file_over_another_feeds_content_is_refused(desk: Desk) -> None:
    assert "its content is employer_new_hires" in desk.send("dmv_licenses", hires(), "license").reason.lower()


def test_another_states_control_file_is_refused(desk: Desk) -> None:
    assert (
        told(desk.send("dmv_licenses", licenses(), "license", state="nh"))
        == "refused: It is of state 'nh', not me."
    )


def test_one_row_of_another_state_stops_the_file(desk: Desk) -> None:
    found = desk.send("employer_new_hires", hires({}, {"receiving_state_fips": "33"}), "response")
    assert told(found) == "refused: Line 2 carries another state's code than 23."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"control": "arrears/2"}, "control must be 'arrears/1'"),
        ({"extra": 1}, "unknown key 'extra'"),
        ({"period": "2025-02-30"}, "period must be a date"),
        ({"sequence": "14"}, "sequence must be a whole number"),
        ({"mode": "all"}, "mode must be snapshot or delta"),
        ({"files": []}, "files must list at least one file"),
        ({"sums": {"a.b": 1.5}}, "sums must map"),
    ],
)
def test_a_control_file_is_read_strictly(desk: Desk, change: dict[str, object], said: str) -> None:
    found = desk.send("dmv_licenses", licenses(), "license", **change)
    assert found.outcome == "refused"
    assert said in found.reason


def test_a_control_file_that_is_no_json_is_refused(desk: Desk) -> None:
    found = desk.take(desk.put("c.json", b'{"control": "arrears/1", "control": "twice"}'))
    assert told(found[0]).startswith("refused: The control file is not JSON")


def test_counts_and_sums_of_the_control_file_are_held_against_the_data(desk: Desk) -> None:
    data = bank({}, {})
    assert (
        desk.send("bank_accounts", data, "account", sums={"account.account_balance": 2500}).outcome
        == "accepted"
    )
    wrong = desk.send("bank_accounts", data, "account", sums={"account.account_balance": 2501}, sequence=15)
    assert "sums to 2500, the control file says 2501: -1 apart" in wrong.reason
    control = desk.control("bank_accounts", {"account": (data, 9)}, sequence=16)
    assert "says 9 records, the file has 4" in desk.take(control)[0].reason


def test_an_older_snapshot_after_a_newer_one_is_held_as_stale(desk: Desk) -> None:
    desk.send("dmv_licenses", licenses(), "license")
    late = desk.send("dmv_licenses", licenses({"zip": "04402"}), "license", period="2025-01-07", sequence=13)
    assert told(late) == "held: It is stale: dated 2025-01-07, and 2025-01-14 is already in."


def test_sequences_of_one_institution_say_nothing_about_another(desk: Desk) -> None:
    assert desk.send("bank_accounts", bank({}), "account").outcome == "accepted"
    other = bank({}, institution_tin="010000055")
    assert desk.send("bank_accounts", other, "account", period="2025-01-10", sequence=2).outcome == "accepted"
    own = bank({}, {}, institution_tin="010000099")
    assert desk.send("bank_accounts", own, "account", period="2025-01-10", sequence=2).outcome == "held"


def test_a_gap_in_a_chain_of_changes_is_held(desk: Desk) -> None:
    desk.send_caseload({"persons": table("persons", {})})
    changed = {"persons": table("persons", {"first_name": "Joe"})}
    found = desk.send_caseload(changed, mode="delta", period="2025-01-15", sequence=16)
    assert told(found) == "held: Changes 15 to 15 are missing before it."
    assert desk.send_caseload(changed, mode="delta", period="2025-01-15", sequence=15).outcome == "accepted"


def test_changes_before_any_snapshot_are_held(desk: Desk) -> None:
    found = desk.send_caseload({"persons": table("persons", {})}, mode="delta")
    assert told(found) == "held: Changes came before any snapshot."


def test_a_table_that_came_last_time_and_is_missing_now_is_held(desk: Desk) -> None:
    desk.send_caseload({"persons": table("persons", {}), "cases": table("cases", {})})
    found = desk.send_caseload({"persons": table("persons", {})}, period="2025-01-15", sequence=15)
    assert told(found) == "held: Table(s) cases came last time and are missing now."


def test_a_file_dated_after_its_arrival_is_held(desk: Desk) -> None:
    found = desk.take(desk.put("x", refunds(100, on=DAY + timedelta(days=1))))[0]
    assert found.outcome == "held"


def test_a_second_money_file_of_the_same_date_is_held(desk: Desk) -> None:
    desk.take(desk.put("a", refunds(100)))
    found = desk.take(desk.put("b", refunds(100, 200)))[0]
    assert found.outcome == "held"
    assert "was already taken with other bytes" in found.reason


def test_the_control_file_may_say_that_a_day_was_empty(desk: Desk) -> None:
    found = desk.send("employer_new_hires", b"", "response")
    assert (found.outcome, found.rows) == ("accepted", 0)


def test_a_file_that_does_not_exist_is_refused_not_a_crash(desk: Desk) -> None:
    assert told(desk.take(desk.inbox / "none")[0]) == "refused: There is no such file."


def test_a_sender_name_is_kept_escaped_and_without_numbers() -> None:
    assert shown_name("a\n\x1b[31m'900-12-1234'900121234.txt") == "a\\n\\x1b[31m'999-99-9999'999999999.txt"


def test_reasons_and_records_hold_no_number_of_a_person(desk: Desk) -> None:
    bad = licenses({}).replace(b"900121234", b"90012123X") * 20
    found = desk.send("dmv_licenses", bad, "license")
    assert found.outcome == "refused"
    assert "90012" not in json.dumps([found.reason, found.original_name])


def test_packed_files_are_refused_and_never_unpacked(desk: Desk) -> None:
    [found] = desk.take(desk.put("x.gz", gzip.compress(licenses())))
    assert told(found) == "refused: It is packed with gzip; give the file inside."


def test_a_file_that_no_feed_knows_says_how_it_looks(desk: Desk) -> None:
    [found] = desk.take(desk.put("x", b"a" * 77 + b"\n"))
    assert "most of its lines are 77 characters long" in found.reason


def test_a_line_without_end_is_refused_in_constant_memory(desk: Desk) -> None:
    path = desk.inbox / "x"
    with path.open("wb") as out:
        out.truncate(64 * LONGEST_LINE)
    assert "no newline within" in desk.take(path)[0].reason
    assert not [one for one in desk.store.landing("me").iterdir() if one.name.startswith(".")]


def test_landing_can_be_read_by_its_owner_only(desk: Desk) -> None:
    desk.send("dmv_licenses", licenses(), "license")
    assert desk.store.landing("me").stat().st_mode & 0o077 == 0


def test_a_real_store_dates_its_deliveries_itself(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store", "real")
    with pytest.raises(Refused, match="invented people may be dated"):
        take_in(store, "me", [], on=date(2025, 1, 15))
