"""Load: every line is accounted for, every row knows its line, and no number of a person is staged."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from arrears import house
from arrears.data.identity import attach_vault, token_of, use_identity
from arrears.data.store import Store
from arrears.data.warehouse import Connection, attach_arrow, column_types, statements_in, warehouse
from arrears.data.watched import watching
from arrears.errors import ArrearsError, RuleFault
from arrears.intake.feeds import load_feeds
from arrears.intake.load import add_orphans, attach, load_delivery, named_relations, opening_rows, views
from arrears.intake.load.lines import NO_LINES, records_sql, shapes_sql
from arrears.intake.load.orphans import key_faults, references
from arrears.layout.tables import NUMBERS, typed_select
from arrears.ledger.records import Delivery
from arrears.night import stops
from tests.feed_files import DAY, FEEDS, Desk, bank, hires, licenses, refunds, table


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def seen(desk: Desk, query: str, deliveries: list[Delivery] | None = None) -> list[tuple[Any, ...]]:
    """What a night that knows these deliveries (all accepted ones) finds."""
    known = desk.book.accepted if deliveries is None else deliveries
    for delivery in known:
        desk.load(delivery)
    with warehouse() as con:
        attach(con, desk.store, "me", known, FEEDS)
        return con.execute(query).fetchall()


def rejects(desk: Desk, delivery: Delivery) -> list[tuple[Any, ...]]:
    names = ("source_line", "scope", "reason", "field", "shown_value")
    return [tuple(row[name] for name in names) for row in desk.rows(delivery, "rejects")]


def test_each_feed_is_staged_in_its_common_columns(desk: Desk) -> None:
    desk.send("dmv_licenses", licenses(), "license")
    desk.send("employer_new_hires", hires(), "response")
    desk.send("bank_accounts", bank({}), "account")
    desk.send_refunds(refunds(12_345))
    assert seen(desk, "SELECT person_id, license_number, birth_on, zip FROM staging.dmv_licenses") == [
        ("0000000017", "D0000017", date(1980, 2, 29), "04401")
    ]
    hire = "SELECT person_id, hired_on, employer_fein, employer_street FROM staging.employer_new_hires"
    assert seen(desk, hire) == [("0000000017", date(2025, 1, 2), "010000001", "2 MILL RD")]
    account = "SELECT institution_tin, account_last4, balance_cents, match_month FROM staging.bank_accounts"
    assert seen(desk, account) == [("010000099", "4567", 125_000, "2025-01")]
    refund = "SELECT person_id, office, amount_cents, created_on FROM staging.state_tax_refunds"
    assert seen(desk, refund) == [("0000000017", "101", 12_345, DAY)]


def test_numbers_become_tokens_that_only_the_vault_leads_back(desk: Desk) -> None:
    found = desk.send("bank_accounts", bank({}), "account")
    desk.load(found)
    [row] = desk.rows(found, "bank_accounts")
    assert row["person_token"] == token_of(desk.store, "900121234")
    staged = b"".join(p.read_bytes() for p in (desk.store.root / "staging").rglob("*") if p.is_file())
    vault = b"".join(p.read_bytes() for p in desk.store.vault("me").rglob("*.parquet"))
    for number in (b"900121234", b"0001234567"):
        assert number not in staged
        assert number not in vault
    with warehouse() as con:
        attach_vault(con, desk.store, "me")
        assert con.execute("FROM vault").fetchall() == [(row["person_token"], "900121234")]
        assert con.execute("FROM vault_accounts").fetchall() == [(row["account_token"], "0001234567")]


def test_tokens_in_sql_are_those_of_the_standard_keyed_hash(desk: Desk) -> None:
    with warehouse() as con:
        use_identity(con, desk.store)
        [found] = con.execute("SELECT person_token('900121234'), person_token('004010001')").fetchall()
    assert found == (token_of(desk.store, "900121234"), None)


def test_a_bad_line_is_rejected_with_its_reason_and_never_stops_the_file(desk: Desk) -> None:
    good = licenses({"license_number": "D1"}, {"license_number": "D2"}, {"license_number": "D3"})
    bad = licenses().replace(b"1980-02-29", b"1980-02-30")
    found = desk.send("dmv_licenses", good + bad + b"short\n", "license")
    assert (desk.load(found).rows, desk.load(found).rejects) == (3, 2)
    assert rejects(desk, found) == [
        (4, "field", "not a date written CCYY-MM-DD", "date_of_birth", "9999-99-99"),
        (5, "line", "the line is not 156 characters long", None, None),
    ]


def test_every_row_knows_its_file_and_line(desk: Desk) -> None:
    found = desk.send("bank_accounts", bank({}, {"account_number": "2"}), "account")
    desk.load(found)
    assert [(r["source_file"], r["source_line"]) for r in desk.rows(found, "bank_accounts")] == [
        (found.delivery_id, 2), (found.delivery_id, 3)
    ]  # fmt: skip


def test_loading_twice_changes_nothing(desk: Desk) -> None:
    found = desk.send("dmv_licenses", licenses(), "license")
    first, again = desk.load(found), desk.load(found)
    assert first == again
    folder = desk.store.staging("me", "dmv_licenses", found.delivery_id)
    (folder / "staged.json").unlink()  # as a crash before the last write leaves it
    assert desk.load(found) == first


def test_a_changed_load_is_staged_anew(desk: Desk) -> None:
    found = desk.send("dmv_licenses", licenses(), "license")
    desk.load(found)
    feed = FEEDS["dmv_licenses"]
    changed = replace(feed, band=replace(feed.band, small_rows=1))
    changed.__dict__["fingerprint"] = "another"
    path = desk.store.staging("me", feed.name, found.delivery_id) / "staged.json"
    before = path.read_text()
    load_delivery(desk.store, found, {feed.name: changed})
    assert path.read_text() != before


def test_a_hire_on_a_corrected_number_uses_the_corrected_number(desk: Desk) -> None:
    corrected = {"w4_ssn_match_code": "C", "corrected_or_multiple_ssn": "900121235"}
    found = desk.send("employer_new_hires", hires({}, corrected), "response")
    desk.load(found)
    tokens = [row["person_token"] for row in desk.rows(found, "employer_new_hires")]
    assert tokens == [token_of(desk.store, "900121234"), token_of(desk.store, "900121235")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            {"source_agency_code": "H01", "match_type": "L", "locate_response_code": "06"},
            "the directory has no data; the request is answered",
        ),
        (
            {"source_agency_code": "H01", "match_type": "P"},
            "an answer without data whose match type or response code does not say so",
        ),
        ({"source_agency_code": "H98"}, "wages or unemployment, not a new hire"),
        ({"w4_date_of_hire": None}, "a new hire without its date"),
        ({"w4_ssn_match_code": "M"}, "matched on another number, which is missing"),
    ],
)
def test_an_answer_that_is_no_new_hire_is_set_aside_with_its_reason(
    desk: Desk, row: dict[str, Any], reason: str
) -> None:
    blank_ssn = hires({}, row)
    if row.get("w4_ssn_match_code"):
        blank_ssn = blank_ssn.replace(b"000000000" + b" " + b"MILL", b" " * 10 + b"MILL")
    found = desk.send("employer_new_hires", blank_ssn, "response")
    assert desk.load(found).rows == 1
    assert [said[2] for said in rejects(desk, found)] == [reason]


def test_a_test_file_of_a_bank_gives_no_account(desk: Desk) -> None:
    desk.send("bank_accounts", bank({}), "account")
    test = bank({}, test_or_correction_ind="T")
    found = desk.send("bank_accounts", test, "account", period="2025-01-15", sequence=15)
    assert (found.outcome, found.reason) == (
        "held", "None of its 1 rows can be used: each was set aside with its reason."
    )  # fmt: skip
    assert (desk.load(found).rows, rejects(desk, found)[0][2]) == (0, "a test file")
    assert seen(desk, "SELECT count(*) FROM staging.bank_accounts") == [(1,)]


def test_a_balance_that_was_not_given_is_not_known(desk: Desk) -> None:
    found = desk.send("bank_accounts", bank({"account_balance_ind": "0", "account_balance": 0}), "account")
    desk.load(found)
    assert desk.rows(found, "bank_accounts")[0]["balance_cents"] is None


def test_the_latest_snapshot_stands_and_later_changes_go_over_it(desk: Desk) -> None:
    rows = [{"case_id": "1", "office": "A"}, {"case_id": "2", "office": "A"}]
    desk.send_caseload({"cases": table("cases", *rows)})
    changed = [{"case_id": "2", "office": "B"}, {"case_id": "3", "office": "B"}]
    desk.send_caseload({"cases": table("cases", *changed)}, mode="delta", period="2025-01-15", sequence=15)
    query = "SELECT case_id, office FROM caseload.cases ORDER BY case_id"
    assert seen(desk, query) == [("1", "A"), ("2", "B"), ("3", "B")]
    assert seen(desk, query, desk.book.accepted[:1]) == [("1", "A"), ("2", "A")]


def test_of_many_changes_the_last_row_of_each_key_stands_on_every_night(desk: Desk) -> None:
    rows = {"1": "A", "2": "A", "4": "A"}
    whole = table("cases", *({"case_id": case, "office": office} for case, office in rows.items()))
    desk.send_caseload({"cases": whole}, period="2025-01-10", sequence=10)
    days, expected = ({"2": "B", "3": "B"}, {"2": "C"}, {"1": "D", "2": "A"}, {"3": "E"}), [dict(rows)]
    for day, changed in enumerate(days, 11):
        told = table("cases", *({"case_id": case, "office": office} for case, office in changed.items()))
        found = desk.send_caseload({"cases": told}, mode="delta", period=f"2025-01-{day}", sequence=day)
        assert found.outcome == "accepted", found.reason
        expected.append(expected[-1] | changed)
    query = "SELECT case_id, office FROM caseload.cases ORDER BY case_id"
    for night, offices in enumerate(expected, 1):
        assert seen(desk, query, desk.book.accepted[:night]) == sorted(offices.items())


def test_a_step_sees_the_tables_that_its_sql_names_and_no_other(desk: Desk, tmp_path: Path) -> None:
    sql = "SELECT case_id FROM caseload.cases ANTI JOIN caseload.stays USING (case_id)"
    (tmp_path / "one.sql").write_text(sql)
    found = desk.send_caseload({"cases": table("cases", {"case_id": "1"})})
    desk.load(found)
    named = named_relations(tmp_path)
    assert named == {"caseload.cases", "caseload.stays"}
    with warehouse() as con:
        attach(con, desk.store, "me", [found], FEEDS, named)
        assert con.execute(sql).fetchall() == [("1",)]
        made = con.execute("SELECT count(*) FROM information_schema.tables").fetchone()
        assert made == (2,)


def test_a_missing_table_is_not_known_and_an_empty_one_is_known_to_be_empty(desk: Desk) -> None:
    through = {"hearings": "2025-01-13", "payments": "2025-01-12"}
    desk.send_caseload({"cases": table("cases", {}), "hearings": table("hearings")}, complete_through=through)
    assert seen(desk, "FROM caseload.hearings") == seen(desk, "FROM caseload.stays") == []
    query = "FROM caseload.currency WHERE table_name IN ('cases', 'hearings', 'stays', 'payments') ORDER BY 1"
    assert seen(desk, query) == [
        ("cases", date(2025, 1, 14)), ("hearings", date(2025, 1, 13)), ("payments", date(2025, 1, 12)),
        ("stays", None),
    ]  # fmt: skip


def test_a_feed_that_never_came_has_its_columns_no_rows_and_no_date(desk: Desk) -> None:
    assert seen(desk, "SELECT person_token, hired_on, source_line FROM staging.employer_new_hires") == []
    assert ("employer_new_hires", None, None) in seen(
        desk, "SELECT feed, last_period_on, last_received_on FROM staging.currency"
    )


def test_a_feed_that_never_came_costs_no_statement(desk: Desk) -> None:
    def statements(feeds: dict[str, Any]) -> int:
        views._SHAPES.clear()
        texts: list[str] = []
        with warehouse() as con, watching(lambda text, _seconds: texts.append(text)):
            attach(con, desk.store, "me", [], feeds)
        return sum(statements_in(text) for text in texts)

    few = {name: FEEDS[name] for name in ("caseload", "dmv_licenses")}
    assert statements(FEEDS) == statements(few)


def test_a_feed_that_never_came_has_the_columns_of_a_file_that_did() -> None:
    with warehouse() as con:
        for feed in (feed for feed in FEEDS.values() if feed.records):
            names = [one.name for one in (*feed.records, *feed.blocks)]
            con.execute(";".join([NO_LINES, *records_sql(feed)]))
            read = {name: column_types(con, name) for name in names}
            con.execute(";".join(shapes_sql(feed)))
            assert {name: column_types(con, name) for name in names} == read, feed.name


def test_events_add_up_and_snapshots_replace(desk: Desk) -> None:
    desk.send_refunds(refunds(100, on=date(2025, 1, 14)))
    desk.send_refunds(refunds(100))
    desk.send("dmv_licenses", licenses({"license_number": "OLD"}), "license")
    desk.send(
        "dmv_licenses", licenses({"license_number": "NEW"}), "license", period="2025-01-15", sequence=15
    )
    assert seen(desk, "SELECT sum(amount_cents) FROM staging.state_tax_refunds") == [(200,)]
    assert seen(desk, "SELECT license_number FROM staging.dmv_licenses") == [("NEW",)]


def test_a_bank_file_replaces_that_bank_only(desk: Desk) -> None:
    desk.send("bank_accounts", bank({}), "account")
    desk.send("bank_accounts", bank({}, institution_tin="010000055"), "account", sequence=15)
    later = bank({"account_number": "0007654321"}, institution_tin="010000055")
    desk.send("bank_accounts", later, "account", period="2025-01-15", sequence=16)
    found = seen(desk, "SELECT institution_tin, account_last4 FROM staging.bank_accounts ORDER BY 1")
    assert found == [("010000055", "4321"), ("010000099", "4567")]


def test_equal_payments_are_two_payments(desk: Desk) -> None:
    desk.send_refunds(refunds(100, 100))
    rows = table("receipts", {"receipt_id": "1"}, {"receipt_id": "2"})
    desk.send_caseload({"receipts": rows})
    assert seen(desk, "SELECT count(*), sum(amount_cents) FROM caseload.receipts") == [(2, 20_000)]
    assert seen(desk, "SELECT sum(amount_cents) FROM staging.state_tax_refunds") == [(200,)]


def test_a_key_that_comes_twice_in_one_file_is_loaded_once_and_said(desk: Desk) -> None:
    found = desk.send_caseload({"cases": table("cases", {"office": "A"}, {"office": "B"})})
    assert (desk.load(found).rows, desk.load(found).rejects) == (1, 1)
    assert rejects(desk, found)[0][:4] == (3, "field", "key given twice in the file", "case_id")


STAY = {"stay_id": "S1", "case_id": "C1", "kind": "exemption", "from_on": "2025-01-01"}
LOST = "FROM caseload.rejected ORDER BY ALL"


def test_a_night_sees_of_whom_a_rejected_row_would_have_told(desk: Desk) -> None:
    bad = {"to_on": "2025-02-30"}
    desk.send_caseload(
        {
            "stays": table(
                "stays", STAY | bad, STAY | bad | {"stay_id": "S2", "case_id": "", "person_id": "P2"},
                STAY | bad | {"stay_id": "S3", "case_id": ""}, STAY | {"stay_id": "S4"},
            ),
            "cases": table("cases", {"case_id": "C9", "opened_on": "soon"}),
        }
    )  # fmt: skip
    assert seen(desk, LOST) == [
        ("cases", "C9", "0000000017"), ("stays", "C1", None), ("stays", None, "P2"), ("stays", None, None),
    ]  # fmt: skip


def test_a_rejected_change_is_seen_until_a_good_row_of_its_key_comes(desk: Desk) -> None:
    desk.send_caseload({"stays": table("stays", STAY)}, period="2025-01-12", sequence=12)
    for day, rows in (
        (13, [STAY | {"to_on": "x"}]),
        (14, [STAY | {"stay_id": "S2"}]),
        (15, [STAY | {"to_on": "2025-03-01"}]),
    ):
        changed = {"stays": table("stays", *rows)}
        desk.send_caseload(changed, mode="delta", period=f"2025-01-{day}", sequence=day)
    nights = [desk.book.accepted[:n] for n in (1, 2, 3, 4)]
    assert [seen(desk, LOST, night) for night in nights] == [
        [], [("stays", "C1", None)], [("stays", "C1", None)], []
    ]  # fmt: skip


def test_a_new_snapshot_ends_what_was_rejected_before(desk: Desk) -> None:
    desk.send_caseload({"stays": table("stays", STAY | {"to_on": "x"})})
    desk.send_caseload({"stays": table("stays", STAY)}, period="2025-01-15", sequence=15)
    assert (seen(desk, LOST, desk.book.accepted[:1]), seen(desk, LOST)) == ([("stays", "C1", None)], [])


def test_rejects_of_a_delivery_that_noted_no_subjects_may_be_about_anybody(desk: Desk) -> None:
    found = desk.send_caseload({"stays": table("stays", STAY | {"to_on": "x"})})
    desk.load(found)
    (desk.store.staging("me", "caseload", found.delivery_id) / "rejected.parquet").unlink()
    with warehouse() as con:
        attach(con, desk.store, "me", [found], FEEDS)
        assert con.execute(LOST).fetchall() == [("stays", None, None)]


PEOPLE = {"persons": table("persons", {}, {"person_id": "0000000018"}, {"person_id": "P3"})}
CASES = {
    "cases": table(
        "cases", {"custodial_id": "0000000018"}, {"case_id": "00000102"},
        {"case_id": "A-7", "obligor_id": "P3"},
    )
}  # fmt: skip
WIDE = {"stay_id": "S1 ", "case_id": "00000101  ", "kind": "good_cause ", "from_on": "2025-01-01  "}


def lost_by(desk: Desk, tables: dict[str, bytes]) -> tuple[list[Any], list[Any]]:
    """Of whom something is not known, and the orphans that a night sees, in these tables."""
    found = desk.send_caseload(CASES | PEOPLE | tables)
    assert found.outcome == "accepted", found.reason
    with warehouse() as con:
        attach(con, desk.store, "me", desk.book.accepted, FEEDS)
        add_orphans(con, desk.store, FEEDS["caseload"])
        orphans = "SELECT table_name, column_name, source_line FROM caseload.orphans ORDER BY ALL"
        return con.execute(LOST).fetchall(), con.execute(orphans).fetchall()


def test_blanks_around_an_identifier_a_code_or_a_date_are_no_part_of_it(desk: Desk) -> None:
    assert lost_by(desk, {"stays": table("stays", WIDE)}) == ([], [])
    query = "SELECT case_id, kind, from_on FROM caseload.stays"
    assert seen(desk, query) == [("00000101", "good_cause", date(2025, 1, 1))]


@pytest.mark.parametrize("name", ["stays", "hearings", "agreements", "claims", "hardship_checks"])
@pytest.mark.parametrize(("given", "meant"), [("101", "00000101"), ("a 7", "A-7"), ("0000101", "00000101")])
def test_a_protection_whose_key_matches_no_case_is_not_known_for_whom_it_may_mean(
    desk: Desk, name: str, given: str, meant: str
) -> None:
    contract = FEEDS["caseload"].tables[name]
    usual = {"date": "2025-01-02", "yes_no": "Y"} | dict.fromkeys(NUMBERS, "1")
    row = {
        column.name: column.values[0] if column.values else usual.get(column.type, "X1")
        for column in contract.columns
        if column.is_required and not column.name.endswith(("case_id", "person_id"))
    }
    rejected, orphans = lost_by(desk, {name: table(name, row | {"case_id": given})})
    assert (rejected, orphans) == ([(name, meant, None)], [(name, "case_id", 2)])


PROTECTING = {
    "person_id": (
        *("benefits", "benefit_checks", "custody", "exemption_claims", "offset_reviews", "stays"),
        "unemployment_claims",
    ),
    "case_id": (
        *("hardship_checks", "unkeyed", "scheduled_payments", "hearings", "agreements", "claims", "stays"),
        "contacts",
    ),
}
NINE = "0900819030"  # without its zero it looks like a number of a person
PLENTY = {
    "persons": table("persons", *({"person_id": one} for one in (NINE, "0000000017", "0000000018", "P3"))),
    "cases": table("cases", *({"case_id": one, "custodial_id": "P3"} for one in (NINE, "00000101", "A-7"))),
}


@pytest.mark.parametrize("is_at_fault", [False, True])
@pytest.mark.parametrize("given", ["900819030", "900-81-9030", "00900819030"])
@pytest.mark.parametrize("column", PROTECTING)
def test_a_protection_whose_key_lost_a_zero_and_looks_like_a_number_of_a_person_is_not_lost(
    desk: Desk, column: str, given: str, is_at_fault: bool
) -> None:
    tables = {name: table(name, *protecting(name, column, given, is_at_fault)) for name in PROTECTING[column]}
    found = desk.send_caseload(PLENTY | tables)
    assert found.outcome == "accepted", found.reason
    with warehouse() as con:
        attach(con, desk.store, "me", desk.book.accepted, FEEDS)
        add_orphans(con, desk.store, FEEDS["caseload"])
        kept = f"SELECT table_name, count(*) FROM caseload.rejected WHERE {column} = '{NINE}' GROUP BY ALL"
        assert dict(con.execute(kept).fetchall()) == dict.fromkeys(tables, 1)


def protecting(name: str, column: str, given: str, is_at_fault: bool) -> list[dict[str, str]]:
    """Three rows of a table: the first has this key and may be unreadable, the others have known keys."""
    usual = {"date": "2025-01-02", "yes_no": "Y"} | dict.fromkeys(NUMBERS, "1")
    columns = FEEDS["caseload"].tables[name].columns
    rows = [
        {
            one.name: one.values[0] if one.values else usual.get(one.type, f"X{n}")
            for one in columns
            if (one.is_required or one.is_key) and not one.name.endswith(("case_id", "person_id"))
        }
        | {column: held}
        for n, held in enumerate([given, "00000101" if column == "case_id" else "0000000017", "A-7"])
    ]
    if is_at_fault:
        rows[0] |= {next(one.name for one in columns if one.type == "date"): "never"}
    return rows


def test_an_orphan_that_also_names_somebody_is_about_them(desk: Desk) -> None:
    stay = STAY | {"case_id": "gone", "person_id": "P3"}
    assert lost_by(desk, {"stays": table("stays", stay)})[0] == [("stays", None, "P3")]


def test_one_orphan_that_resembles_nobody_leaves_everybody_known_and_many_leave_nobody_so(desk: Desk) -> None:
    rows = [STAY | {"stay_id": f"S{n}", "case_id": f"gone {n}"} for n in range(6)]
    one, orphans = lost_by(desk, {"stays": table("stays", rows[0])})
    assert (one, len(orphans)) == ([], 1)
    many = {"stays": table("stays", *rows)}
    desk.send_caseload(CASES | PEOPLE | many, period="2025-01-15", sequence=15)
    with warehouse() as con:
        attach(con, desk.store, "me", desk.book.accepted, FEEDS)
        add_orphans(con, desk.store, FEEDS["caseload"])
        assert con.execute(LOST).fetchall() == [("stays", None, None)]


# Tables whose rows protect or tell of somebody, and what a row of them is blank of when it names nobody.
NAMELESS = ["stays", "notices", "hearings", "agreements", "claims", "benefits", "custody", "unkeyed", "terms"]


def row_of(name: str, n: int = 1, **own: str) -> dict[str, str]:
    """A row of a table with all that it needs and nobody whom it names."""
    usual = {"date": "2025-01-02", "yes_no": "Y"} | dict.fromkeys(NUMBERS, "1")
    needed = [one for one in FEEDS["caseload"].tables[name].columns if one.is_required or one.is_key]
    row = {one.name: one.values[0] if one.values else usual.get(one.type, f"X{n}") for one in needed}
    return row | {one: "" for one in row if one in ("case_id", "person_id", "order_id")} | own


@pytest.mark.parametrize("name", NAMELESS)
def test_one_row_that_names_nobody_is_a_line_and_holds_nobody_up(desk: Desk, name: str) -> None:
    rejected, orphans = lost_by(desk, {name: table(name, row_of(name))})
    assert rejected == []
    assert {(one, line) for one, _, line in orphans} == {(name, 2)}


@pytest.mark.parametrize(("name", "rows"), [*((name, 2) for name in NAMELESS), ("stays", 6), ("notices", 6)])
def test_a_table_that_names_nobody_is_not_known_of_anybody(desk: Desk, name: str, rows: int) -> None:
    several = [row_of(name, n, from_on=f"2025-01-0{n}") for n in range(1, rows + 1)]
    own = FEEDS["caseload"].tables[name].names
    several = [{one: value for one, value in row.items() if one in own} for row in several]
    assert lost_by(desk, {name: table(name, *several)})[0] == [(name, None, None)]


LEADS = [
    ("terms", {"order_id": "O7", "from_on": "x"}), ("hearings", {"notice_id": "N7"}),
    ("postings", {"receipt_id": "R7"}), ("charges", {"order_id": "O7"}),
    ("cases", {"custodial_id": "0000000018", "obligor_id": ""}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "own"), LEADS)
def test_a_row_that_names_nobody_is_traced_by_whatever_else_it_names(
    desk: Desk, name: str, own: dict[str, str]
) -> None:
    there = {
        "orders": table("orders", row_of("orders", order_id="O7", case_id="00000101")),
        "notices": table("notices", row_of("notices", notice_id="N7", case_id="00000101")),
        "receipts": table("receipts", row_of("receipts", receipt_id="R7", case_id="00000101")),
    }
    rows = [row_of(name, **own)]
    if name == "cases":
        first = {"case_id": "00000101", "custodial_id": "0000000018"}
        rows = [first, *({"case_id": one, "obligor_id": "P3"} for one in ("00000102", "A-7")), *rows]
    rejected, orphans = lost_by(desk, there | {name: table(name, *rows)})
    assert (rejected, orphans) == ([(name, "00000101", None)], [])


def test_a_line_at_fault_that_names_nobody_of_the_extract_is_a_line_of_work_too(desk: Desk) -> None:
    stay = STAY | {"case_id": "gone", "to_on": "never"}
    rejected, orphans = lost_by(desk, {"stays": table("stays", stay)})
    assert ([one for one in rejected if one[1] != "gone"], orphans) == ([], [("stays", "case_id", 2)])


def paper(claim: str) -> dict[str, bytes]:
    return {
        "cases": table("cases", {}),
        "intake": table("intake", {"kind": "hearings", "complete_through_on": claim}),
    }


@pytest.mark.parametrize("claim", ["2999-12-31", "2025-13-01"])
def test_a_day_that_cannot_be_true_is_no_word_about_the_mail_and_the_last_true_one_stands(
    desk: Desk, claim: str
) -> None:
    for n, said in enumerate(["2025-01-10", "2025-01-11", claim, "2025-01-09"], 12):
        found = desk.send_caseload(paper(said), period=f"2025-01-{n}", sequence=n)
        assert found.outcome == "accepted", found.reason
    stands = "SELECT arg_max(complete_through_on, place) FROM caseload.intake_complete"
    nights = [desk.book.accepted[:n] for n in (2, 3, 4)]
    days = [date(2025, 1, 11), date(2025, 1, 11), date(2025, 1, 9)]
    assert [seen(desk, stands, night) for night in nights] == [[(day,)] for day in days]
    later = replace(desk.book.accepted[2], received_on=date(2025, 1, 21), position=9, sequence=99)
    assert seen(desk, stands, [*desk.book.accepted[:2], later]) == [(None,)]


def test_a_case_whose_parent_is_missing_has_a_parent_of_whom_nothing_is_known(desk: Desk) -> None:
    found = desk.send_caseload(
        CASES | {"persons": table("persons", {"person_id": "P3"}, {"person_id": "17"})}
    )
    assert found.outcome == "accepted"
    with warehouse() as con:
        attach(con, desk.store, "me", desk.book.accepted, FEEDS)
        add_orphans(con, desk.store, FEEDS["caseload"])
        lost = con.execute("SELECT DISTINCT table_name, case_id FROM caseload.rejected ORDER BY 2").fetchall()
    assert lost == [("persons", "00000101"), ("persons", "00000102")]


def test_a_late_row_is_news_of_whom_its_odd_key_may_mean(desk: Desk) -> None:
    with warehouse() as con:
        con.execute(
            "CREATE TABLE party AS SELECT '00000101' AS case_id, 'P3' AS obligor_id, 'K1' AS other_id"
        )
        con.execute("CREATE TABLE late_case AS SELECT '101' AS id")
        con.execute("CREATE TABLE late_person AS SELECT unnest(['p-3', 'Q9']) AS id")
        stops._add_meant(con, desk.store)
        found = [
            con.execute(f"SELECT id FROM {name} ORDER BY 1").fetchall()
            for name in ("late_case", "late_person")
        ]
    assert found == [[("00000101",), ("101",)], [("P3",), ("Q9",), ("p-3",)]]


@pytest.mark.parametrize(
    ("feed", "file", "old", "new", "said"),
    [
        (
            "eiwo_results",
            "feed.yml",
            "trailer.batch_count: batch, ",
            "",
            "trailer.batch_count is not a proof",
        ),
        ("eiwo_results", "feed.yml", '  batch.ein: "', '  batch.xyz: "', "batch.ein is not a proof"),
        (
            "federal_offset_rejects",
            "proofs.sql",
            "control.tanf_warnings",
            "1",
            "control.tanf_warnings is not a proof",
        ),
        ("state_tax_refunds", "feed.yml", "control: required", "control: none", "no record names a state"),
        (
            "sves_title_xvi",
            "feed.yml",
            ", not_found.sort_state_code",
            "",
            "the state on not_found is compared with nothing",
        ),
        ("sves_title_ii", "load.sql", "pending", "title_ii", "load.sql never reads pending"),
        ("bank_accounts", "feed.yml", "total.rest: ", "account.rest: ", "total.rest is not a proof"),
        (
            "federal_offset_reconciliation",
            "feed.yml",
            "  file: ",
            "  files: ",
            "nothing in the file counts it",
        ),
        (
            "sves_title_ii",
            "feed.yml",
            "title_ii.mbc_entry_count: ",
            "title_ii.mbc_entries: ",
            "title_ii.mbc_entry_count is not a proof",
        ),
        (
            "state_tax_refunds",
            "feed.yml",
            "band:",
            "not_proofs: {file: nothing counts it}\nband:",
            "the file counts itself",
        ),
    ],
)
def test_the_check_names_what_a_layout_says_and_nobody_holds_against_the_file(
    tmp_path: Path, feed: str, file: str, old: str, new: str, said: str
) -> None:
    folder = tmp_path / "feeds" / feed
    shutil.copytree(FEEDS[feed].folder, folder)
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))
    with pytest.raises(RuleFault) as fault:
        load_feeds(tmp_path / "feeds")
    assert said in str(fault.value)


def test_every_identifier_of_the_caseload_names_a_row_or_says_why_not() -> None:
    caseload = FEEDS["caseload"]
    assert key_faults(caseload) == []
    keyed = {(t, c) for t, c, _ in references(caseload)}
    assert {(t, "case_id") for t in caseload.tables if "case_id" in caseload.tables[t].names} - keyed == {
        ("cases", "case_id")
    }


def test_parquet_and_text_give_the_same_rows(desk: Desk) -> None:
    rows = table("receipts", {"receipt_id": "007", "amount_cents": "-5"}, {"receipt_id": "NULL"})
    text = desk.send_caseload({"receipts": rows})
    desk.load(text)
    source = desk.put("r.csv", rows)
    target = desk.inbox / "r.parquet"
    with warehouse() as con:
        con.execute(
            f"""COPY (SELECT * REPLACE (CAST(received_on AS DATE) AS received_on,
                                        CAST(amount_cents AS INTEGER) AS amount_cents)
                      FROM read_csv('{source}', delim='|', all_varchar=true))
                TO '{target}' (FORMAT parquet)"""
        )
    control = desk.control(
        "caseload", {"receipts": (target.read_bytes(), 2)}, sequence=15, period="2025-01-15"
    )
    [found] = desk.take(target, control)
    desk.load(found)

    def plain(delivery: Delivery) -> list[dict[str, Any]]:
        return [
            {k: v for k, v in row.items() if not k.startswith("source_")}
            for row in desk.rows(delivery, "receipts")
        ]

    assert plain(found) == plain(text)


TABLES = FEEDS["caseload"].tables
NEVER_BELOW_ZERO = [
    (name, one.name) for name, of in TABLES.items() for one in of.columns if one.type in ("cents", "percent")
]
MAY_BE_BELOW_ZERO = {
    "assets.equity_cents", "balances.opening_cents", "balances.past_due_cents", "charges.amount_cents",
    "disbursements.amount_cents", "postings.amount_cents", "receipts.amount_cents",
}  # fmt: skip


def test_what_may_be_below_zero_is_credits_corrections_and_worth_less_debts() -> None:
    signed = {
        f"{n}.{one.name}" for n, of in TABLES.items() for one in of.columns if one.type == "signed_cents"
    }
    assert signed == MAY_BE_BELOW_ZERO
    numbers = {f"{n}.{one.name}" for n, of in TABLES.items() for one in of.columns if "cents" in one.name}
    assert numbers == signed | {f"{n}.{column}" for n, column in NEVER_BELOW_ZERO}


_USUAL = {"date": "2020-01-02", "yes_no": "Y", "text": "word"}


def faults(name: str, *rows: dict[str, str]) -> list[tuple[str | None, str | None]]:
    """Field and reason of each row of a table that is good but for what it says here."""
    contract = TABLES[name]
    usual = {one.name: one.values[0] if one.values else _USUAL.get(one.type, "5") for one in contract.columns}
    with warehouse() as con:
        columns = {column: [(usual | row)[column] for row in rows] for column in contract.names}
        attach_arrow(con, "given", pa.table(columns))
        select = typed_select(contract, "given", dict.fromkeys(contract.names, "VARCHAR"))
        return con.execute(f"SELECT fault_field, fault_reason FROM ({select})").fetchall()


@pytest.mark.parametrize("name", sorted({name for name, _ in NEVER_BELOW_ZERO}))
def test_an_amount_that_cannot_be_below_zero_is_set_aside_with_its_reason(name: str) -> None:
    """A share of -5 cents of each dollar was taken, told on a line, and read by nobody."""
    columns = [column for table, column in NEVER_BELOW_ZERO if table == name]
    assert faults(name, *({column: "-5"} for column in columns)) == [(one, "below zero") for one in columns]
    assert faults(name, dict.fromkeys(columns, "0")) == [(None, None)]


def test_a_correction_may_be_below_zero() -> None:
    for name, column in (word.split(".") for word in MAY_BE_BELOW_ZERO):
        assert faults(name, {column: "-5"}) == [(None, None)]


def test_nobody_bears_more_than_the_whole_dollar() -> None:
    found = faults("payor_shares", *({"share_cents": share} for share in ("100", "101", "a", "1.5")))
    assert [reason for _, reason in found] == [None, "more than 100", *["not a whole number"] * 2]


BEFORE = [(n, one.name, one.not_before) for n, of in TABLES.items() for one in of.columns if one.not_before]


@pytest.mark.parametrize(("name", "column", "first"), BEFORE)
def test_a_day_before_birth_or_before_what_it_ends_is_set_aside(name: str, column: str, first: str) -> None:
    days = [{first: "2020-01-02", column: day} for day in ("2020-01-02", "2020-01-03", "", "2020-01-01")]
    assert faults(name, *days, {first: "", column: "2020-01-01"}) == [
        *[(None, None)] * 3,
        (column, f"before {first}"),
        (None, None) if first == "birth_on" or not is_needed(name, first) else (first, "required, but blank"),
    ]


def is_needed(name: str, column: str) -> bool:
    """Whether a column has to be there."""
    return next(one.is_required for one in TABLES[name].columns if one.name == column)


def test_who_cannot_have_died_before_birth_and_no_stay_ends_before_it_begins() -> None:
    told = {(name, column) for name, column, _ in BEFORE}
    assert {("persons", "died_on"), ("children", "emancipated_on"), ("stays", "to_on")} <= told


def test_what_such_a_row_would_have_told_is_not_known_of_its_case(desk: Desk) -> None:
    usual = {"fein": "1", "stated_on": "2025-01-02"}
    rows = [{"case_id": "C1", "share_cents": "-5"}, {"case_id": "C2", "share_cents": "100"}]
    found = desk.send_caseload({"payor_shares": table("payor_shares", *(usual | row for row in rows))})
    lost = "SELECT table_name, case_id FROM caseload.rejected WHERE table_name = 'payor_shares'"
    assert seen(desk, lost) == [("payor_shares", "C1")]
    assert rejects(desk, found) == [(2, "field", "below zero", "share_cents", "-9")]


def test_the_opening_ledger_comes_with_the_caseload(desk: Desk) -> None:
    row = {"remedy": "federal_offset", "subject_id": "1", "step": "submit", "queue": "federal_offset",
           "message": "add", "sent_on": "2024-12-01", "amount_cents": "100"}  # fmt: skip
    found = desk.send_caseload({"sent": table("sent", row)})
    desk.load(found)
    [part] = opening_rows(desk.store, found)
    [opening] = part.to_pylist()
    assert (opening["subject_id"], opening["sent_on"], opening["target_id"]) == ("1", date(2024, 12, 1), None)


def test_a_large_opening_ledger_comes_in_parts_of_whole_subjects(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"remedy": "federal_offset", "subject_id": str(case), "step": step, "queue": "federal_offset",
         "message": "add", "sent_on": "2024-12-01", "amount_cents": str(100 + case)}
        for step in ("notice", "submit") for case in range(4)
    ]  # fmt: skip
    found = desk.send_caseload({"sent": table("sent", *rows)})
    desk.load(found)
    [whole] = opening_rows(desk.store, found)
    monkeypatch.setattr(views, "MOST", 3)
    parts = [part.to_pylist() for part in opening_rows(desk.store, found)]
    assert len(parts) > 1
    said = sorted((row for part in parts for row in part), key=str)
    assert said == sorted(whole.to_pylist(), key=str)
    subjects = [{row["subject_id"] for row in part} for part in parts]
    assert sum(map(len, subjects)) == 4
    # Of one subject, in the order of the file.
    assert [row["step"] for part in parts for row in part] == ["notice", "submit"] * 4


def test_an_accepted_delivery_that_is_not_loaded_stops_the_night(desk: Desk) -> None:
    found = desk.send("dmv_licenses", licenses(), "license")
    (desk.store.staging("me", "dmv_licenses", found.delivery_id) / "staged.json").unlink()
    with warehouse() as con, pytest.raises(ArrearsError, match="is not loaded"):
        attach(con, desk.store, "me", desk.book.accepted, FEEDS)


def test_each_line_must_give_one_row_or_one_reason(desk: Desk, tmp_path: Path) -> None:
    found = desk.send("dmv_licenses", licenses({}, {"license_number": "D2"}), "license")
    folder = tmp_path / "feeds" / "dmv_licenses"
    folder.mkdir(parents=True)
    for path in FEEDS["dmv_licenses"].folder.iterdir():
        (folder / path.name).write_text(path.read_text())
    forgets = (folder / "load.sql").read_text() + "WHERE license_number <> 'D2'"
    (folder / "load.sql").write_text(forgets)
    with pytest.raises(ArrearsError, match="2 lines came in and 1 are accounted for"):
        load_delivery(desk.store, found, load_feeds(tmp_path / "feeds"))


def staged_numbers(con: Connection, store: Store) -> list[tuple[Any, ...]]:
    attach_vault(con, store, "me")
    return con.execute("SELECT ssn FROM vault ORDER BY ssn").fetchall()


@pytest.mark.parametrize(
    ("kind", "kept"), [("real", ["001010001", "004010001", "034010001"]), ("invented", ["900121234"])]
)
def test_a_store_takes_only_numbers_of_its_kind_and_keeps_leading_zeros(
    tmp_path: Path, kind: Any, kept: list[str]
) -> None:
    desk = Desk(tmp_path, kind)
    numbers = ["001010001", "900121234", "004010001", "034010001", "666010001", "078051120", ""]
    people = [{"person_id": f"{n:010d}", "ssn": ssn} for n, ssn in enumerate(numbers)]
    found = desk.send_caseload({"persons": table("persons", *people)})
    assert desk.load(found).rows == len(numbers)
    with warehouse() as con:
        assert staged_numbers(con, desk.store) == [(number,) for number in kept]
    rows = desk.rows(found, "persons")
    assert [row["ssn_fault"] is None for row in rows] == [number in kept for number in numbers]
    assert [row["person_token"] is None for row in rows] == [number not in kept for number in numbers]


def test_the_page_for_the_agencys_engineers_names_every_column_as_it_is_read() -> None:
    page = (house.ROOT / "docs" / "caseload.md").read_text(encoding="utf-8")
    for contract in FEEDS["caseload"].tables.values():
        section = page.split(f"\n### {contract.name}\n")[1].split("\n### ")[0]
        told = [line.split(" | ")[:4] for line in section.splitlines() if line.startswith("| `")]
        read = [
            [
                f"| `{c.name}`",
                c.type,
                "yes" if c.is_required else "",
                f"not before `{c.not_before}`" if c.not_before else ", ".join(f"`{v}`" for v in c.values),
            ]
            for c in contract.columns
        ]
        assert told == read
