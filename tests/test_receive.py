"""Receive: every delivery is accepted, held, refused or known, each with one plain reason."""

import gzip
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from arrears.data.store import Store
from arrears.data.warehouse import warehouse
from arrears.errors import Refused, safe_path
from arrears.intake.feeds import Feed
from arrears.intake.inbox import load_waiting, take_in
from arrears.intake.load import attach, stage
from arrears.intake.receive import arrival, proofs, recognize
from arrears.intake.receive.landing import LONGEST_LINE
from arrears.ledger import Ledger, held_item_id
from arrears.ledger.records import Delivery
from tests.feed_files import DAY, FEEDS, Desk, acknowledgments, bank, hires, licenses, refunds, table

MOMENT = datetime(2025, 1, 15, 12, tzinfo=UTC)


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
    assert desk.store.landed("me", found.files[0].sha256).read_bytes() == data


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
    [found] = desk.take(desk.put("x", acknowledgments("A1")))
    assert (found.outcome, found.feed, found.rows) == ("accepted", "eiwo_acknowledgments", 1)
    assert found.period_on == DAY


def test_a_file_in_which_nothing_names_the_state_is_held_until_its_control_file_does(desk: Desk) -> None:
    [found] = desk.take(desk.put("x", refunds(100)))
    assert told(found) == "held: The sender's control file is missing."
    assert "It is of state 'ma', not me." in told(desk.send_refunds(refunds(100), state="ma"))


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
    assert told(late) == (
        "held: It is stale: dated 2025-01-07, and 2025-01-14 is already in; the newer one counts, also for a"
        " night that begins again, and letting this one in changes nothing."
    )


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
    found = desk.send_refunds(refunds(100, on=DAY + timedelta(days=1)))
    assert found.outcome == "held"


def test_a_second_money_file_of_the_same_date_is_held(desk: Desk) -> None:
    desk.send_refunds(refunds(100))
    found = desk.send_refunds(refunds(100, 200))
    assert found.outcome == "held"
    assert "was already taken with other bytes" in found.reason


def test_batches_of_a_withholding_file_are_counted_and_give_no_row(desk: Desk) -> None:
    [found] = desk.take(desk.put("x", acknowledgments("A1", "A2", batches=True)))
    assert (found.outcome, len(desk.rows(found, "eiwo_acknowledgments"))) == ("accepted", 2)
    for wrong, said in (
        ({"batch_count": "3"}, "says 3 batch records, the file has 2"),
        (
            {"control_number": "2300025011500000000009"},
            "control_number of the trailer record at line 8 is not",
        ),
    ):
        data = acknowledgments("A1", "A2", number="2300025011500000000002", batches=True, **wrong)
        assert said in desk.take(desk.put("y", data))[0].reason


def test_a_second_withholding_file_of_a_day_is_a_second_file(desk: Desk) -> None:
    first, second = acknowledgments("A1"), acknowledgments("A2", number="2300025011500000000002")
    assert [desk.take(desk.put("x", one))[0].outcome for one in (first, second)] == ["accepted", "accepted"]
    [again] = desk.take(desk.put("x", acknowledgments("A3")))
    assert (again.outcome, "with the same control number" in again.reason) == ("held", True)
    with warehouse() as con:
        attach(con, desk.store, "me", desk.book.accepted, FEEDS)
        found = con.execute("SELECT tracking_number FROM staging.eiwo_acknowledgments ORDER BY 1").fetchall()
    assert found == [("A1",), ("A2",)]


@pytest.mark.parametrize("batches", [False, True])
def test_withholding_answers_of_another_state_are_refused(desk: Desk, batches: bool) -> None:
    [found] = desk.take(desk.put("x", acknowledgments("A1", state_fips="25000", batches=batches)))
    assert told(found) == "refused: Line 1 carries another state's code than 23."


def test_two_institutions_in_one_file_are_two_senders(desk: Desk) -> None:
    one, two = bank({}).split(b"\n")[:2], bank({}, {}, institution_tin="010000055").split(b"\n")[:3]
    both = b"\n".join([*one, *two, bank().split(b"\n")[1]]) + b"\n"
    assert desk.send("bank_accounts", both, "account").outcome == "accepted"
    later = bank({"account_number": "0007654321"}, institution_tin="010000055")
    desk.send("bank_accounts", later, "account", period="2025-01-15", sequence=15)
    with warehouse() as con:
        attach(con, desk.store, "me", desk.book.accepted, FEEDS)
        query = "SELECT institution_tin, account_last4 FROM staging.bank_accounts ORDER BY 1"
        assert con.execute(query).fetchall() == [("010000055", "4321"), ("010000099", "4567")]


def test_an_institution_that_leaves_optional_positions_blank_is_read(desk: Desk) -> None:
    data = bank({}).split(b"\n")
    data[0] = data[0][:129] + b" " + data[0][130:370] + b" " + data[0][371:]
    assert desk.send("bank_accounts", b"\n".join(data), "account").outcome == "accepted"


def test_a_snapshot_that_would_empty_its_feed_is_held(desk: Desk) -> None:
    desk.send("bank_accounts", bank({}, {}), "account")
    found = desk.send("bank_accounts", bank(), "account", period="2025-01-15", sequence=15)
    assert told(found) == "held: It has no row, and the one before it has 2: taking it would empty the feed."


def test_the_order_in_which_files_are_given_is_nothing(desk: Desk, tmp_path: Path) -> None:
    def given(where: Desk, turn: int) -> list[tuple[str, str]]:
        files = []
        for day in (14, 15):
            number = f"23000250115000000000{day}"
            files.append(where.put(f"a{day}", acknowledgments(f"A{day}", number=number)))
            data = licenses({"license_number": f"D{day}"})
            files.append(where.put(f"l{day}", data))
            said = where.control(
                "dmv_licenses", {"license": (data, 1)}, period=f"2025-01-{day}", sequence=day
            )
            files.append(said.rename(where.inbox / f"c{day}"))
        found = where.take(*(files[turn:] + files[:turn]))
        return [(one.feed, one.delivery_id) for one in where.book.kept if one in found]

    other = Path(tmp_path / "other")
    other.mkdir()
    assert given(desk, 0) == given(Desk(other), 3)


def test_changes_and_the_snapshot_before_them_may_come_in_any_order_of_one_call(desk: Desk) -> None:
    files = []
    for mode, day, name in (("snapshot", 14, "Jo"), ("delta", 15, "Joe")):
        data = table("persons", {"first_name": name})
        said = desk.control(
            "caseload", {"persons": (data, 1)}, mode=mode, period=f"2025-01-{day}", sequence=day
        )
        files += [said.rename(desk.inbox / f"{mode}.json"), desk.put(mode, data)]
    found = desk.take(*reversed(files))
    assert [(one.mode, one.outcome) for one in found] == [("snapshot", "accepted"), ("delta", "accepted")]
    with warehouse() as con:
        attach(con, desk.store, "me", desk.book.accepted, FEEDS)
        assert con.execute("SELECT first_name FROM caseload.persons").fetchall() == [("Joe",)]


def test_the_control_file_may_say_that_a_day_was_empty(desk: Desk) -> None:
    found = desk.send("employer_new_hires", b"", "response")
    assert (found.outcome, found.rows) == ("accepted", 0)


def test_a_file_that_does_not_exist_is_refused_not_a_crash(desk: Desk) -> None:
    assert told(desk.take(desk.inbox / "none")[0]) == "refused: There is no such file."


def test_a_sender_name_is_kept_escaped_and_without_numbers() -> None:
    assert safe_path("a\n\x1b[31m'900-12-1234'900121234.txt") == "a\\n\\x1b[31m'999-99-9999'999999999.txt"


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


def test_a_file_that_cannot_be_loaded_is_held_and_stops_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = desk.put("a", acknowledgments("A1"))
    monkeypatch.setattr(Feed, "load_sql", property(lambda feed: load_sql(feed, "dmv_licenses")))
    data = licenses()
    files = [whole, desk.put("l", data), desk.control("dmv_licenses", {"license": (data, 1)})]
    found = {one["feed"]: one for one in take_in(desk.store, "me", files, on=DAY)["deliveries"]}
    assert found["eiwo_acknowledgments"]["outcome"] == "accepted"
    held = found["dmv_licenses"]
    assert (held["outcome"], held["reason"]) == (
        "held",
        "It cannot be loaded: 1 lines came in and 0 are accounted for; none may be lost or doubled.",
    )
    ledger = Ledger.open(desk.store.ledger_url)
    ledger.add_user("op", {"operator"}, at=MOMENT)
    item = held_item_id(held["delivery"])
    say = {"item_id": item, "by_user": "op", "because": "the load is corrected", "episode_id": "",
           "remedy": "", "subject_id": "", "step": ""}  # fmt: skip
    ledger.decide("me", decision="release_held", at=MOMENT, **say)
    assert load_waiting(desk.store, ledger, "me") == []
    assert [one.delivery_id for one in ledger.deliveries("me", outcome="held")] == [held["delivery"]]
    ledger.decide("me", decision="reject", at=MOMENT, **say)
    assert (ledger.deliveries("me", outcome="held"), load_waiting(desk.store, ledger, "me")) == ([], [])


def load_sql(feed: Feed, broken: str) -> str:
    """The load of a feed, or one that loses every row."""
    text = (feed.folder / "load.sql").read_text()
    return f"SELECT * FROM ({text}) WHERE source_line < 0" if feed.name == broken else text


ODD = {
    "a number over 2^63": (
        b'{"control": "arrears/1", "feed": "dmv_licenses", "state": "me", "period": "2025-01-14",'
        b' "sequence": 9223372036854775808, "mode": "snapshot", "files": []}',
        "sequence must be a whole number below 2^63",
    ),
    "deep": (b'{"control": ' + b"[" * 100_000, "is not JSON"),
    "no Parquet": (b"PAR1" + b"\0" * 64, "of no feed that is known"),
    "noise": (bytes(range(256)) * 40, "is"),
    "line ends alone": (b"\n" * 50, "is of no feed that is known"),
    "a link": (b"", "It is a link"),
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_one_odd_file_among_many_gets_a_sentence_and_the_others_are_taken(desk: Desk, odd: str) -> None:
    data, said = ODD[odd]
    given = desk.put("odd", data)
    if odd == "a link":
        given.unlink()
        given.symlink_to(desk.put("elsewhere", b"x"))
    found = desk.take(given, desk.put("good", acknowledgments("A1")))
    fates = {one.outcome: one.reason for one in found}
    assert set(fates) == {"refused", "accepted"}
    assert said in fates["refused"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: b"\xef\xbb\xbf" + data, "It begins with a byte-order mark"),
        (lambda data: data + b"\n", "Its last line (3) is empty; have the extra line end left out."),
    ],
)
def test_a_mark_or_an_extra_line_end_is_named(desk: Desk, change: Any, said: str) -> None:
    found = desk.send("dmv_licenses", change(licenses({}, {"license_number": "D2"})), "license")
    assert (found.outcome, said in found.reason) == ("refused", True), found.reason


def test_an_amount_that_nobody_can_owe_is_set_aside(desk: Desk) -> None:
    rows = [{}, {"balance_class": "pre_assistance", "past_due_cents": "9" * 18}]
    found = desk.send_caseload({"balances": table("balances", *rows)})
    assert found.outcome == "accepted"
    [(reason,)] = [(row["reason"],) for row in desk.rows(found, "rejects")]
    assert (reason, len(desk.rows(found, "balances"))) == ("an amount of more than 12 digits", 1)


def test_a_large_file_of_another_shape_is_told_by_its_head(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int | None] = []
    make = proofs.make_lines

    def seen(con: Any, path: Any, most_lines: int | None = None) -> int:
        read.append(most_lines)
        return make(con, path, most_lines)

    for place in (proofs, recognize):
        monkeypatch.setattr(place, "make_lines", seen)
    data = b"a foreign line of another length\n" * 300
    assert desk.send("dmv_licenses", data, "license").reason.startswith("Its lines are 32 characters long")
    assert desk.take(desk.put("x", data))[0].outcome == "refused"
    assert None not in read


def test_what_was_proven_is_loaded_and_not_read_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "_type", None)
    lines = desk.send("dmv_licenses", licenses({}, {"license_number": "D2"}), "license")
    tables = desk.send_caseload({"balances": table("balances", {}), "cases": table("cases", {})})
    assert (told(lines), told(tables)) == ("accepted: ", "accepted: ")
    assert [row["license_number"] for row in desk.rows(lines, "dmv_licenses")] == ["D0000017", "D2"]
    assert [len(desk.rows(tables, name)) for name in ("balances", "cases")] == [1, 1]


def test_of_two_files_proven_before_one_is_loaded_each_loads_its_own_lines(desk: Desk) -> None:
    numbers = [f"230002501150000000000{n}" for n in range(2)]
    files = [desk.put(n, acknowledgments(f"T{n}", number=n)) for n in numbers]
    found = [desk.rows(one, "eiwo_acknowledgments") for one in desk.take(*files)]
    assert sorted(row["tracking_number"] for rows in found for row in rows) == [f"T{n}" for n in numbers]


def test_of_two_receives_at_once_the_second_sees_the_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other receive comes in after the first look and before the record."""
    one, two = refunds(100), refunds(200)
    control = {"period": DAY.isoformat(), "sequence": 15}
    files = [
        [desk.put(f"{n}", data), desk.control("state_tax_refunds", {"detail": (data, 3)}, **control).rename(
            desk.inbox / f"{n}.json")]
        for n, data in enumerate((one, two))
    ]  # fmt: skip
    load = arrival.load_delivery

    def meanwhile(*args: Any) -> Any:
        monkeypatch.setattr(arrival, "load_delivery", load)
        assert take_in(desk.store, "me", files[1], on=DAY)["deliveries"][0]["outcome"] == "accepted"
        return load(*args)

    monkeypatch.setattr(arrival, "load_delivery", meanwhile)
    [found] = take_in(desk.store, "me", files[0], on=DAY)["deliveries"]
    assert (found["outcome"], "was already taken with other bytes" in found["reason"]) == ("held", True)


def test_a_real_store_dates_its_deliveries_itself(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store", "real")
    with pytest.raises(Refused, match="invented people may be dated"):
        take_in(store, "me", [], on=date(2025, 1, 15))
