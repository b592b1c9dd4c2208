"""What a night does with what banks, boards, state agencies and the payment unit's bank send.

Many invented parents in one night: each test asks for its own, and the night runs once.
"""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pytest
from builders import AS_OF, Caseload, profile, rows_of

from arrears import house
from arrears.law.work import load_kinds, make_kinds
from arrears.night.transform import run_facts, run_match

TABLES = (
    "case_facts", "person_facts", "life_facts", "employment_facts", "unemployment_facts", "account_facts",
    "asset_facts", "license_facts", "licenses",
)  # fmt: skip
KINDS = (
    "tax_documents_found", "tax_number_refused", "alaska_dividend", "benefit_claimed", "state_wage_found",
    "license_not_found", "job_ended_with_pay", "electronic_payment_missing", "medicaid_told",
    "assistance_differs", "good_cause_told", "account_to_review",
)  # fmt: skip
NAMED = {"last_name": "PELLETIER", "first_name": "ADRIEN"}
MONTH = date(2024, 12, 1)
# Those of whom the clearing house's own file tells.
ACH = ("BOTH", "TWICE", "NEXT", "TRACE", "QUIT")


def day(count: int) -> date:
    """So many days before the night."""
    return AS_OF - timedelta(count)


def whose(name: str) -> dict[str, Any]:
    """The number of a parent as a partner tells it, and our own number of them."""
    return {"person_token": f"t-P-{name}", "person_id": f"P-{name}"}


def account(world: Caseload, feed: str, name: str, **but: Any) -> None:
    """A checking account of a parent alone, told by one of the matches."""
    world.debtor(name)
    row = {
        "person_token": f"t-P-{name}", "owner_name": "ADRIEN PELLETIER", "account_token": f"a-{name}",
        "account_last4": "4321", "balance_cents": 1_200_00, "match_month_on": MONTH, "match_month": "2024-12",
        "institution_tin": "010000099", "institution_name": "First Bank", "institution_state": "ME",
        "account_kind": "checking", "trust_kind": "none", "owner_kind": "sole",
        "account_title": "ADRIEN PELLETIER",
    }  # fmt: skip
    world.partner(feed, **row | but)


def payment(world: Caseload, name: str, feed: str = "electronic_payments", **but: Any) -> None:
    """An electronic payment of an employer that came yesterday and names the case of a parent."""
    row = {
        "person_token": f"t-P-{name}", "named": name, "short_name": "PELLETIADR", "collection_kind": "CS",
        "payor_name": "MILL LLC", "employer_fein": "010000001", "trace_number": f"trace-{name}",
        "passed_on_cents": 125_00, "collected_cents": 125_00, "withheld_on": day(4), "arrived_on": day(1),
        "job_has_ended": False,
    }  # fmt: skip
    world.partner(feed, **row | but)


def banks(world: Caseload) -> None:
    """Accounts told by a list of all accounts, and by institutions of several states."""
    for name, but in {
        "LIST": {},
        "BORN": {"birth_on": date(1950, 1, 1)},
        "NAME": {"owner_name": "BO ROY"},
    }.items():
        account(world, "bank_account_lists", name, **but)
    far = {"institution_state": "NC", "person_id": "P-MANY"}
    account(world, "multistate_bank_matches", "MANY", account_state="ME", name_agrees=True, **far)
    for name, but in {
        "SHUT": {"is_closed": True}, "TRUST": {"trust_kind": "trust"}, "OTHER": {"name_agrees": False},
        "BLANK": {"balance_cents": None},
    }.items():  # fmt: skip
        account(world, "multistate_bank_matches", name, person_id=f"P-{name}", **but)


def payments(world: Caseload) -> None:
    """Payments on their way, posted, missing, under another number, and with the last pay."""
    for name in ("SENT", "POSTED", "MISSING", "LOST", "ALIEN", "LAST", "AGAIN", "FEE", *ACH):
        world.debtor(name)
        world.add(
            "employers",
            person_id=f"P-{name}",
            fein="010000001",
            employer_name="Mill",
            from_on=day(900),
            withheld_not_sent_cents=0,
        )
    payment(world, "SENT", arrived_on=AS_OF)
    payment(world, "POSTED", arrived_on=day(2))
    world.receipt("POSTED", day(2), 125_00, source="employer")
    payment(world, "MISSING", arrived_on=day(2))
    payment(world, "LOST", named="NO-SUCH-CASE", arrived_on=AS_OF)
    payment(world, "ALIEN", named="NO-SUCH-CASE", arrived_on=AS_OF, short_name="ROYBO")
    payment(world, "LAST", job_has_ended=True)
    payment(world, "AGAIN", job_has_ended=True, withheld_on=day(9), trace_number="before")
    payment(world, "AGAIN")
    payment(world, "FEE", arrived_on=AS_OF, collection_kind="RI", passed_on_cents=120_00)
    payment(world, "BOTH", arrived_on=AS_OF)
    own = {"feed": "ach_payments", "arrived_on": AS_OF}
    payment(world, "BOTH", **own)
    for number in (1, 2):
        payment(world, "TWICE", segment_no=number, **own)
    payment(world, "TWICE", **own, named="NO-SUCH-CASE", segment_no=3, person_token="t-P-NEXT")
    for days in (18, 4):
        payment(world, "TRACE", withheld_on=day(days), **own | {"arrived_on": day(days - 4)})
    payment(world, "QUIT", job_has_ended=True, **own)


def licenses(world: Caseload) -> None:
    """Licenses of boards and of the motor vehicle agency, and vehicles."""
    for name in ("NURSE", "STRANGER", "LAPSED", "FOUND", "NONE", "CAR", "SHARED", "OWN"):
        world.debtor(name, license=False)
    board = {
        "board": "NURSE",
        "license_kind": "professional",
        "status": "valid",
        "expires_on": date(2026, 6, 30),
    }
    world.partner("board_licenses", person_token="t-P-NURSE", license_number="RN1", **NAMED, **board)
    other = NAMED | {"last_name": "ROY"}
    world.partner("board_licenses", person_token="t-P-STRANGER", license_number="RN2", **other, **board)
    world.partner(
        "board_licenses", person_token="t-P-LAPSED", license_number="RN3", **NAMED,
        **board | {"status": "suspended"},
    )  # fmt: skip
    world.partner("dmv_matches", license_number="D1", **NAMED, **whose("FOUND"))
    for name in ("NONE", "FOUND"):
        world.partner("dmv_non_matches", status="E01", reason="NO SUCH PERSON", **whose(name))
    car = {"description": "2015 FORD F150", "state": "ME", "plate_number": "AB1"}
    world.partner("dmv_vehicles", vin="1CAR", title="sole", **car, **NAMED, **whose("CAR"))
    world.partner("dmv_vehicles", vin="1SHARED", title="joint", **car, **NAMED, **whose("SHARED"))
    world.partner("dmv_vehicles", vin="1OWN", title="sole", **car, **NAMED, **whose("OWN"))
    world.add("assets", asset_id="1OWN", person_id="P-OWN", kind="vehicle", title="sole", found_on=day(90))


def leads(world: Caseload) -> None:
    """What partners tell of income and claims, some of it known already."""
    for name in ("FUND", "KNOWN", "NOBODY", "NORTH", "ENTERED", "CLAIM", "CLAIMED", "WAGES", "WORKS", "IDLE"):
        world.debtor(name)
    document = {
        "payer_ein": "010000088",
        "payer_name": "HILL FUND",
        "tax_year": "2023",
        "document_kind": "5498",
    }
    for name in ("FUND", "KNOWN"):
        world.partner("asset_information", largest_cents=12_500_00, **document, **NAMED, **whose(name))
    world.add("employers", person_id="P-KNOWN", fein="010000088", from_on=day(900))
    world.partner("asset_information", refused_because="name does not agree", **NAMED, **whose("NOBODY"))
    for name in ("NORTH", "ENTERED"):
        names = {"applicant_last_name": "PELLETIER", "applicant_first_name": "ADRIEN"}
        world.partner("alaska_dividends", **names, **whose(name))
    world.add(
        "lump_sums", sum_id="S1", person_id="P-ENTERED", kind="other", payer_name="Alaska",
        amount_cents=1_700_00, told_on=AS_OF,
    )  # fmt: skip
    for name in ("CLAIM", "CLAIMED"):
        world.partner("unemployment_claimants", person_token=f"t-P-{name}", told_on=day(3))
    world.add("unemployment_claims", person_id="P-CLAIMED", from_on=day(5))
    quarter = {"quarter_ends_on": date(2024, 9, 30), "employer_name": "MILL LLC"}
    for name in ("WAGES", "WORKS"):
        world.partner("state_wages", kind="wages", amount_cents=9_000_00, **quarter, **whose(name))
    world.add("employers", person_id="P-WORKS", fein="010000001", from_on=day(900))
    benefits = {"kind": "benefits", "amount_cents": 4_200_00, "quarter_ends_on": date(2024, 12, 31)}
    world.partner("state_wages", **benefits, **whose("IDLE"))


def families(world: Caseload) -> None:
    """What the agencies that help families tell."""
    for name in ("GRANT", "SAME", "ENDED", "FEAR", "OVER", "SICK", "TOLD"):
        world.debtor(name, case={"case_class": "current_assistance"} if name in ("SAME", "ENDED") else {})
    said = {"last_name": "ROY", "first_name": "CLAIRE", "told_on": day(1)}

    def refer(name: str, event: str, **but: Any) -> None:
        row = {"person_id": f"K-{name}", "case_number": name, "event": event, "from_on": day(30)}
        world.partner("assistance_referrals", **said | row | but)

    refer("GRANT", "grant", monthly_cents=485_00)
    refer("SAME", "grant", monthly_cents=485_00)
    refer("ENDED", "grant_ended", to_on=day(2))
    refer("FEAR", "good_cause_claimed")
    refer("OVER", "good_cause_claimed", told_on=day(9))
    refer("OVER", "good_cause_over")
    spell = {"from_on": day(60), "rights_assigned": True}
    for name in ("SICK", "TOLD"):
        row = {"person_id": f"K-{name}", "case_number": name, "child_id": f"K-{name}-1"}
        world.partner("medicaid_referrals", **said | row | spell)
    world.add("medicaid", case_id="TOLD", **spell)


@cache
def night() -> SimpleNamespace:
    """Facts by table and subject, links, and the lines of the kinds by kind: whom they are about."""
    world = Caseload()
    for tell in (banks, payments, licenses, leads, families):
        tell(world)
    kinds = load_kinds(house.RULES)
    with world.attached() as con, TemporaryDirectory() as place:
        run_match(con, Path(place) / "match", AS_OF)
        run_facts(con, Path(place) / "facts", profile("me"), AS_OF, wanted=TABLES)
        facts = {
            table: {
                (row["person_id"], row["license_number"])
                if table == "licenses"
                else row["subject_id"]: SimpleNamespace(**row)
                for row in rows_of(con, f"facts.{table}")
            }
            for table in TABLES
        }
        con.execute("CREATE SCHEMA plan")
        make_kinds(con, {name: kinds[name] for name in KINDS})
        lines: dict[str, set[str]] = {name: set() for name in KINDS}
        for row in rows_of(con, "plan.kinds"):
            lines[row["kind"]].add(str(row["person_id"]).removeprefix("P-"))
        return SimpleNamespace(**facts, lines=lines)


def account_of(name: str) -> SimpleNamespace | None:
    """The account of a parent, if the night knows one."""
    return next((one for one in night().account_facts.values() if one.person_id == f"P-{name}"), None)


def test_accounts_of_every_match_are_accounts() -> None:
    listed, many = account_of("LIST"), account_of("MANY")
    assert listed is not None
    assert (listed.balance_cents, listed.owner_kind, listed.account_kind) == (1_200_00, "sole", "checking")
    assert many is not None
    assert (many.institution_state, many.account_state, many.account_is_here) == ("NC", "ME", True)
    assert night().case_facts["LIST"].bank_account_count == 1


@pytest.mark.parametrize("name", ["BORN", "NAME"])
def test_a_number_alone_makes_no_account(name: str) -> None:
    assert account_of(name) is None


@pytest.mark.parametrize("name", ["SHUT", "TRUST", "OTHER"])
def test_a_doubtful_account_goes_to_a_person_and_is_never_levied(name: str) -> None:
    assert name in night().lines["account_to_review"]
    found = account_of(name)
    assert found is not None
    assert (found.account_is_closed, found.is_no_trust, found.owner_name_agrees) == (
        name == "SHUT", name != "TRUST", name != "OTHER",
    )  # fmt: skip


def test_a_balance_that_is_not_given_is_not_known() -> None:
    found = account_of("BLANK")
    assert found is not None
    assert (found.balance_cents, found.balance_is_over_minimum, found.levy_cents) == (None, None, None)


def test_a_payment_that_is_not_posted_is_on_its_way() -> None:
    cases = night().case_facts
    sent = cases["SENT"]
    assert (sent.has_payment_in_transit, sent.pending_payment_cents) == (True, 125_00)
    assert sent.in_transit_src.startswith("electronic_payments.electronic_payments@")
    assert cases["FEE"].pending_payment_cents == 125_00
    assert (cases["POSTED"].has_payment_in_transit, cases["POSTED"].pending_payment_cents) == (False, 0)
    assert cases["LIST"].has_payment_in_transit is False


def test_a_payment_of_the_clearing_house_counts_once_and_each_segment_of_an_entry() -> None:
    cases = night().case_facts
    assert cases["BOTH"].pending_payment_cents == 125_00
    assert (cases["TWICE"].pending_payment_cents, cases["NEXT"].pending_payment_cents) == (250_00, 125_00)
    assert cases["TRACE"].pending_payment_cents == 250_00, "a bank counts its traces from the beginning again"
    assert cases["QUIT"].in_transit_src.startswith("ach_payments.ach_payments@")
    job = night().employment_facts["QUIT:010000001"]
    assert (job.job_goes_on, job.last_pay_on) == (False, day(4))


def test_whom_a_payment_is_of_takes_number_and_name() -> None:
    cases = night().case_facts
    assert cases["LOST"].has_payment_in_transit is True
    assert cases["ALIEN"].has_payment_in_transit is False


def test_a_payment_that_no_receipt_holds_stays_on_its_way_and_is_somebodys_work() -> None:
    assert night().case_facts["MISSING"].has_payment_in_transit is True
    assert "MISSING" in night().lines["electronic_payment_missing"]
    assert not {"SENT", "POSTED"} & night().lines["electronic_payment_missing"]


def test_an_employer_who_says_that_the_job_ended_ends_it() -> None:
    jobs = night().employment_facts
    last = jobs["LAST:010000001"]
    assert (last.job_goes_on, last.job_ended_on, last.last_pay_on) == (False, day(4), day(4))
    assert jobs["AGAIN:010000001"].job_goes_on is True
    assert night().lines["job_ended_with_pay"] == {"LAST", "QUIT"}


def test_a_boards_license_is_a_license() -> None:
    found = night().licenses
    assert (found["P-NURSE", "RN1"].board, found["P-NURSE", "RN1"].license_kind) == ("NURSE", "professional")
    assert night().license_facts["NURSE"].board_license_count == 1
    assert ("P-STRANGER", "RN2") not in found
    assert ("P-LAPSED", "RN3") not in found


def test_an_answer_of_the_motor_vehicle_agency_is_a_license_or_a_question() -> None:
    assert night().case_facts["FOUND"].driver_license_count == 1
    assert night().lines["license_not_found"] == {"NONE"}


def test_vehicles_are_property_and_registrations() -> None:
    assets = night().asset_facts
    car = assets["P-CAR-1CAR"]
    assert (car.asset_kind, car.title_is_sole, car.asset_description) == ("vehicle", True, "2015 FORD F150")
    assert car.equity_cents is None
    assert assets["P-SHARED-1SHARED"].title_is_sole is False
    assert [one for one in assets if one.startswith("P-OWN")] == ["P-OWN-1OWN"]
    assert assets["P-OWN-1OWN"].asset_src.startswith("caseload.assets@")
    assert night().license_facts["CAR"].registration_count == 1


@pytest.mark.parametrize(
    ("kind", "stands"),
    [
        ("tax_documents_found", {"FUND"}),
        ("tax_number_refused", {"NOBODY"}),
        ("alaska_dividend", {"NORTH"}),
        ("benefit_claimed", {"CLAIM"}),
        ("state_wage_found", {"WAGES"}),
        ("medicaid_told", {"SICK"}),
        ("assistance_differs", {"GRANT", "ENDED"}),
        ("good_cause_told", {"FEAR"}),
    ],
)
def test_a_line_stands_until_the_caseload_answers_it(kind: str, stands: set[str]) -> None:
    assert night().lines[kind] == stands


def test_what_is_told_keeps_its_cents() -> None:
    people = night().person_facts
    assert (people["P-FUND"].tax_document_cents, people["P-FUND"].tax_payer_name) == (12_500_00, "HILL FUND")
    assert people["P-WAGES"].state_wage_cents == 9_000_00
    assert night().life_facts["GRANT"].assistance_monthly_cents == 485_00


def test_benefits_of_the_states_own_agency_are_benefits_paid_here() -> None:
    idle = night().unemployment_facts["P-IDLE"]
    assert (idle.benefit_goes_on, idle.benefit_is_paid_here, idle.quarter_benefit_cents) == (
        True,
        True,
        4_200_00,
    )


def test_good_cause_protects_from_the_claim_on_until_it_is_over() -> None:
    cases = night().case_facts
    assert cases["FEAR"].has_good_cause is True
    assert cases["OVER"].has_good_cause is False
    assert cases["GRANT"].has_good_cause is False


def test_medicaid_that_is_told_is_medicaid() -> None:
    sick = night().life_facts["SICK"]
    assert (sick.family_gets_medicaid, sick.medical_support_is_assigned) == (True, True)
