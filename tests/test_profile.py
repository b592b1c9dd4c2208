"""Values of the law: dated, cited, strict."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arrears.compare.changes import requested_changes
from arrears.config import Faults, read_yaml
from arrears.errors import RuleFault
from arrears.law.citations import read_sources
from arrears.law.decide import why_off
from arrears.law.profile import Profile, UnsetValue
from arrears.law.profile_files import read_values, states
from arrears.law.remedy_files import read_card

RULES = Path(__file__).parents[1] / "rules"
MAINE, MASSACHUSETTS = Profile.load(RULES, "me"), Profile.load(RULES, "ma")
# The values that the sources were searched for: id, jurisdiction, key, and since when it holds.
BOOK = Path(__file__).parent / "data" / "rulebook_keys.csv"
NIGHT = date(2025, 1, 15)

SOURCES = """sources:
  guide: {title: Guide, where: shelf, read_on: 2025-01-01, seen: whole}
"""
FEDERAL = """name: United States
values:
  tax.threshold:
    unit: cents
    from: {start-not-established: {value: 150_00, standing: law, cites: [guide#2]}}
"""
STATE = """name: Utopia
fips: "07"
postal_code: UT
timezone: America/New_York
night_at: "02:00"
holidays: {cites: [guide], days: {2025-01-01: New Year's Day}}
remedies_in_force:
  license_revocation: {from: 2010-01-01, until: 2025-12-31, cites: [guide]}
values:
  fee.amount:
    unit: cents
    from:
      2006-10-01: {value: 25_00, standing: both, cites: [guide]}
      2018-10-01: {value: 35_00, standing: both, cites: [guide], reading: per case}
"""


def rules(folder: Path, state: str = STATE, federal: str = FEDERAL, sources: str = SOURCES) -> Path:
    (folder / "jurisdictions").mkdir(parents=True)
    (folder / "sources.yml").write_text(sources)
    (folder / "jurisdictions" / "us.yml").write_text(federal)
    (folder / "jurisdictions" / "ut.yml").write_text(state)
    return folder


def faults(folder: Path, **files: str) -> str:
    with pytest.raises(RuleFault) as told:
        Profile.load(rules(folder, **files), "ut")
    return str(told.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("license.no_payment_days", 60),
        ("license.arrears_days", 60),
        ("license.repeat_arrears_days", 30),
        ("license.repeat_count", 2),
        ("license.repeat_lookback_months", 24),
        ("license.hearing_request_days", 20),
        ("license.certify_after_service_days", 21),
        ("license.appeal_window_days", 30),
        ("notice_of_debt.challenge_window_days", 30),
        ("notice_of_debt.elapsed_after_decision_days", 30),
        ("credit_report.debt_over", 1000_00),
        ("credit_report.oldest_reportable_years", 7),
        ("state_tax.threshold", 25_00),
        ("federal_tax.threshold_assigned", 150_00),
        ("federal_tax.threshold_unassigned", 500_00),
        ("passport.threshold", 2500_00),
        ("admin_offset.threshold", 25_00),
    ],
)
def test_maines_numbers_are_those_of_the_guide_and_of_federal_law(key: str, value: int) -> None:
    assert MAINE.value(key, NIGHT).value == value


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("arrears_withholding.add_pct_of_order", 25),
        ("closure.small_balance_special_rule", 10_00),
        ("credit_report.debt_over", 0),
        ("interest_penalty.floor", 500_00),
        ("license.arrears_weeks", 8),
        ("license.hearing_request_days", 30),
        ("majority.age_max", 23),
        ("state_tax.hold_days", 45),
        ("state_tax.threshold", 50_00),
        ("passport.threshold", 2500_00),
    ],
)
def test_massachusetts_numbers_are_those_of_its_sources_and_of_federal_law(key: str, value: int) -> None:
    assert MASSACHUSETTS.value(key, NIGHT).value == value


@pytest.mark.parametrize(
    ("key", "on", "value"),
    [
        ("interest_penalty.interest_rate_month", date(2010, 6, 30), 100),
        ("interest_penalty.interest_rate_month", date(2010, 7, 1), 50),
        ("interest_penalty.penalty_rate_month", date(2010, 6, 30), 50),
        ("limitation.years", date(2006, 12, 31), None),
        ("limitation.years", date(2007, 1, 1), 20),
    ],
)
def test_massachusetts_values_change_on_their_days(key: str, on: date, value: Any) -> None:
    assert MASSACHUSETTS.value(key, on).value == value


def test_saturdays_holiday_leaves_massachusetts_friday_a_business_day() -> None:
    ours, maines = MASSACHUSETTS.calendar(), MAINE.calendar()
    assert date(2026, 7, 3) not in ours.holidays
    assert date(2026, 7, 3) in maines.holidays
    assert date(2027, 7, 5) in ours.holidays
    assert date(2025, 11, 28) not in ours.holidays
    assert {day.year for day in ours.holidays} == {2024, 2025, 2026, 2027}
    assert len(ours.holidays) == 4 * 12


def test_every_value_that_the_sources_gave_is_in_its_file_with_its_date_and_citation() -> None:
    book = list(csv.DictReader(BOOK.open()))
    files = {
        path.stem: read_values(
            read_yaml(path, Faults()).node("values"), path.stem, read_sources(RULES, Faults())
        )
        for path in (RULES / "jurisdictions").glob("??.yml")
    }
    starts = {
        (state, key): {str(one.from_on or "start-not-established"): one for one in versions}
        for state, values in files.items()
        for key, versions in values.items()
    }
    lacking = [
        row["rule_id"]
        for row in book
        if row["from"] not in starts.get((row["jurisdiction"], row["key"]), {})
        or not starts[row["jurisdiction"], row["key"]][row["from"]].cites
    ]
    assert (len(book), lacking) == (274, [])


@pytest.mark.parametrize(
    ("key", "on", "value"),
    [
        ("passport.threshold", date(2006, 9, 30), 5000_00),
        ("passport.threshold", date(2006, 10, 1), 2500_00),
        ("service_fee.amount", date(2018, 9, 30), 25_00),
        ("service_fee.amount", date(2018, 10, 1), 35_00),
        ("nonminor.federal_tax_allowed", date(2007, 9, 30), False),
        ("nonminor.federal_tax_allowed", date(2007, 10, 1), True),
        ("limitation.presumption_of_payment_years", date(2017, 10, 31), 20),
        ("limitation.presumption_of_payment_years", date(2017, 11, 1), None),
        ("lien.residence_exemption", date(2014, 6, 30), 12_500_00),
        ("lien.residence_exemption", date(2025, 6, 30), 47_500_00),
    ],
)
def test_the_value_in_force_is_the_last_one_dated_on_or_before_the_day(
    key: str, on: date, value: Any
) -> None:
    assert MAINE.value(key, on).value == value


def test_a_value_that_has_not_begun_is_an_error_and_never_zero() -> None:
    with pytest.raises(RuleFault, match="in force yet"):
        MAINE.value("service_fee.amount", date(2006, 9, 30))


def test_a_value_that_has_ended_is_an_error() -> None:
    assert MAINE.value("closure.locate_fail_years_poor_info", date(2017, 1, 18)).value == 1
    with pytest.raises(RuleFault, match="ended on 2017-01-19"):
        MAINE.value("closure.locate_fail_years_poor_info", date(2017, 1, 19))


def test_an_unset_value_is_told_apart_from_no_limit() -> None:
    with pytest.raises(UnsetValue, match=r"bank_levy\.minimum_balance is not set"):
        MAINE.value("bank_levy.minimum_balance", date(2024, 12, 31))
    with pytest.raises(UnsetValue, match=r"collection_agency\.minimum is not set"):
        MASSACHUSETTS.value("collection_agency.minimum", NIGHT)
    assert MAINE.value("limitation.assigned_years", NIGHT).value is None


def test_a_state_replaces_the_federal_value_of_the_same_key() -> None:
    assert MAINE.value("new_hire.employer_report_days", NIGHT).value == 7
    assert MAINE.value("new_hire.employer_report_days", NIGHT).jurisdiction == "me"


def test_a_start_that_no_source_told_is_in_force_and_marked() -> None:
    value = MAINE.value("license.no_payment_days", date(1900, 1, 1))
    assert (value.value, value.from_on, value.standing) == (60, None, "guide")


def cited(data: Any) -> Iterator[str]:
    """Every citation in a file of rules, however deep."""
    if isinstance(data, dict):
        for key, one in data.items():
            yield from one if key == "cites" and isinstance(one, list) else cited(one)
    elif isinstance(data, list):
        for one in data:
            yield from cited(one)


def test_every_citation_leads_to_a_source_and_every_source_is_cited() -> None:
    files = [path for path in RULES.rglob("*.yml") if path.name != "sources.yml"]
    for name in ("money", "reports", "desk"):
        files += sorted((RULES.parent / "transforms" / name).glob("*.yml"))
    every = {cite for path in files for cite in cited(read_yaml(path, Faults()).data)}
    assert all(MAINE.source(cite).title for cite in every)
    assert {MAINE.source(cite).id for cite in every} == set(MAINE.sources)


def test_the_guides_triggers_act_in_maine() -> None:
    for remedy in MAINE.remedies_in_force(NIGHT):
        assert MAINE.reading(remedy, NIGHT) == "guide"


def test_partner_identifiers_are_placeholders() -> None:
    # Eleven digits, as the record asks; no claimant agency has a number of nothing but zeros and its state.
    assert MAINE.partner("state_tax_setoff")["agency_account_number"] == "9" + "0" * 8 + MAINE.fips
    with pytest.raises(RuleFault, match="has no partner"):
        MAINE.partner("nobody")


def test_every_state_with_a_file_loads() -> None:
    assert states(RULES)
    for state in states(RULES):
        assert Profile.load(RULES, state).holidays


def test_a_remedy_is_in_force_through_its_last_day(tmp_path: Path) -> None:
    profile = Profile.load(rules(tmp_path), "ut")
    assert profile.remedies_in_force(date(2025, 12, 31)) == ["license_revocation"]
    assert profile.remedies_in_force(date(2026, 1, 1)) == []
    assert profile.remedies_in_force(date(2009, 12, 31)) == []


def test_the_laws_triggers_act_only_where_somebody_signed(tmp_path: Path) -> None:
    acts = "cites: [guide], acts: {2026-01-01: {reading: law, cites: [guide]%s}}}"
    unsigned = STATE.replace("cites: [guide]}\nvalues", acts % "" + "\nvalues")
    assert "only with signed_off_by" in faults(tmp_path / "a", state=unsigned)
    signed = STATE.replace("cites: [guide]}\nvalues", acts % ", signed_off_by: the director" + "\nvalues")
    profile = Profile.load(rules(tmp_path / "b", state=signed), "ut")
    assert profile.reading("license_revocation", date(2025, 12, 31)) == "guide"
    assert profile.reading("license_revocation", date(2026, 1, 1)) == "law"


def test_every_fault_of_every_file_is_listed_at_once(tmp_path: Path) -> None:
    broken = """name: Utopia
fips: 07
postal_code: ME
timezone: Mars/Olympus
night_at: 2 am
surprise: 1
holidays: {cites: [guide], days: {2025-02-30: No such day, monday: Closed}}
remedies_in_force: {}
not_used: {no.such: Nobody knows it.}
values:
  fee.amount:
    unit: dollars
    from:
      2006-10-01: {value: 25.5, standing: both, cites: [guide]}
      soon: {value: 1, standing: rumor, cites: [nowhere#1]}
  fee.amount: {unit: cents, from: {}}
  tax.threshold: {unit: days, value: 3, from: {2006-10-01: {value: yes, standing: law, cites: []}}}
"""
    sources = SOURCES + "  bad: {title: x}\n"
    told = faults(tmp_path, state=broken, federal=FEDERAL + "extra: 1\n", sources=sources)
    for fault in (
        "unknown key surprise",
        "unknown key extra",
        "unknown key value",
        "fee.amount is written twice",
        "postal_code ME does not belong to the file ut.yml",
        "timezone Mars/Olympus is not known",
        "night_at must be a time",
        "2025-02-30 is not a day of the calendar",
        "'monday' is not a day",
        "not_used names no.such",
        "needs at least one dated value",
        "value 'yes' is not a number of days",
        "needs at least one citation",
        "tax.threshold is days here and cents in us.yml",
        "where is missing",
        "seen is missing",
    ):
        assert fault in told, f"{fault} is not in\n{told}"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("value: 25.00", "value 25.0 is not an amount in whole cents"),
        ("value: '2500'", "value '2500' is not an amount in whole cents"),
        ("value: true", "value True is not an amount in whole cents"),
        ("value: -1", "value -1 is not an amount in whole cents"),
        ("value: 0250", "value '0250' is not an amount in whole cents"),
        ("amount: 1", "unknown key amount"),
        ("value: 1, standing: law", "standing is written twice"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(tmp_path: Path, written: str, fault: str) -> None:
    assert fault in faults(tmp_path, state=STATE.replace("value: 25_00", written))


@pytest.mark.parametrize(
    ("unit", "written", "fault"),
    [
        ("count, least: 1", "0", "value 0 is not a whole number from 1 up"),
        ("count, least: 1", "1000000000001", "value 1000000000001 is not a whole number from 1 up"),
        ("text, words: [night, order]", "moon", "value 'moon' is not one of night, order"),
        ("list, words: [night, order]", "[night, moon]", "is not a list of night, order"),
        ("text, least: 1", "moon", "least 1 is not a value in text"),
        ("cents, none_means: no limit", "5", "none_means tells what none means, and no value of it is none"),
    ],
)
def test_a_value_that_no_rule_can_read_is_refused(
    tmp_path: Path, unit: str, written: str, fault: str
) -> None:
    version = f"{{value: {written}, standing: law, cites: [guide]}}"
    one = f"  x.y: {{unit: {unit}, from: {{start-not-established: {version}}}}}\n"
    assert fault in faults(tmp_path, state=STATE + one)


def test_a_value_that_nothing_cites_is_refused(tmp_path: Path) -> None:
    assert "cites elsewhere, which is not in sources.yml" in faults(
        tmp_path, state=STATE.replace("cites: [guide], reading", "cites: [elsewhere], reading")
    )


def test_a_waiver_holds_from_its_day_and_says_why(tmp_path: Path) -> None:
    waiver = "waivers:\n  - {remedy: license_revocation, condition: notice_has_run, from: 2025-02-01, "
    profile = Profile.load(rules(tmp_path, state=STATE + waiver + "why: by statute, cites: [guide]}\n"), "ut")
    assert profile.waivers("license_revocation", date(2025, 1, 31)) == {}
    assert profile.waivers("license_revocation", date(2025, 2, 1))["notice_has_run"].why == "by statute"


def test_a_state_without_a_file_is_one_plain_sentence() -> None:
    with pytest.raises(RuleFault, match="There is no profile of zz"):
        Profile.load(RULES, "zz")


@pytest.mark.parametrize(
    ("remedy", "key", "asked", "value"),
    [
        ("collection_agency", "collection_agency.minimum", "$500.00", 500_00),
        ("pass_through", "pass_through.amount", "$50.00", 50_00),
        ("recoupment", "overpayment.recoup_percent", "10", 10),
        ("service_fee", "service_fee.paid_by", "custodial parent", "custodial parent"),
    ],
)
def test_what_is_off_in_massachusetts_for_want_of_a_value_is_policy_and_can_be_tried(
    remedy: str, key: str, asked: str, value: Any
) -> None:
    on, profile = date(2025, 1, 28), MASSACHUSETTS
    found = profile.value_or_unset(key, on)
    assert (found.value, found.standing) == ("unset", "policy")
    (change,) = requested_changes(profile, {}, [f"{key}={asked}"], on)
    assert (change.was, change.now) == ("unset", value)
    tried = profile.with_values({key: change.now})
    assert tried.value(key, on).value == value
    card = read_card(RULES / "remedies" / remedy)
    assert why_off(tried, card, on) is None
    # Recoupment says itself, case by case, that no share is set: nothing is kept, and a line asks.
    if remedy != "recoupment":
        assert key in (why_off(profile, card, on) or "")
