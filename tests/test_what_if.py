"""What if a value were another one: equal to the real night with that value, and nothing is written."""

import hashlib
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from json_docs import documented, given
from verdict_files import verdict_rows

from arrears import house
from arrears.answers.background_answers import Answer
from arrears.author.sample import STATE, sample_nights
from arrears.compare.changes import read_value, requested_changes
from arrears.compare.what_if import make_low_income, what_if
from arrears.compare.what_if_report import report
from arrears.data.store import Store
from arrears.data.warehouse import attach_parquet, warehouse
from arrears.errors import ArrearsError
from arrears.fakes.plant import case_of
from arrears.law.profile import NotYet, Profile
from arrears.law.remedy import load_cards
from arrears.law.verdicts import Verdicts
from arrears.night import steps
from arrears.night.transform import reached

pytestmark = pytest.mark.timeout(900)
NIGHT = sample_nights()[0]
# A value that only cards read, one that reaches most of the facts, and one that reaches one table of them.
ASKED = {
    "license_revocation.unpaid_days": ("license.no_payment_days", 45),
    "mail.lag_days": ("mail.lag_days", 30),
    "license.arrears_days": ("license.arrears_days", 30),
}


def rows(path: Path, *columns: str) -> set[tuple[Any, ...]]:
    """Some columns of a table."""
    with warehouse() as con:
        attach_parquet(con, "one", [path])
        return set(con.execute(f"SELECT {', '.join(columns)} FROM one").fetchall())


def verdicts(folder: Path) -> dict[tuple[str, str], str]:
    """The verdict of every remedy and subject, whether it may begin."""
    found: dict[tuple[str, str], str] = {}
    for remedy in Verdicts(folder).remedies:
        told = verdict_rows(folder, remedy, wanted="subject_id, verdict")
        found |= {(remedy, row["subject_id"]): row["verdict"] for row in told}
    return found


def content(root: Path) -> dict[str, str]:
    """Every file of a store by its hash; what SQLite keeps beside its file comes and goes."""
    every = (
        one for one in sorted(root.rglob("*")) if one.is_file() and not one.name.startswith("ledger.db-")
    )
    return {str(one.relative_to(root)): hashlib.sha256(one.read_bytes()).hexdigest() for one in every}


@pytest.fixture(scope="module")
def sooner(lived_nights: Store) -> Answer:
    """What if licenses could be revoked after 45 days without payment."""
    return what_if(lived_nights, STATE, NIGHT, ["license.no_payment_days=45"])


def a_house(tmp_path: Path, key: str, value: int | str, start: str = "") -> Path:
    """A copy of the rules in which one value of Maine is another one, from a day where one is given."""
    rules = tmp_path / "house" / "rules"
    shutil.copytree(house.RULES, rules)
    (tmp_path / "house" / "transforms").symlink_to(house.ROOT / "transforms")
    for name in (STATE, "us"):
        path = rules / "jurisdictions" / f"{name}.yml"
        text = path.read_text()
        own = re.search(rf"^  {re.escape(key)}:\n(?:    .*\n)+", text, flags=re.MULTILINE)
        if own is None:
            continue
        body = re.sub(r"^        value: .*$", f"        value: {value}", own[0], flags=re.MULTILINE)
        if start:
            later = re.sub(
                r"^      \S.*:$", f"      {start}:", body.partition("    from:\n")[2], flags=re.MULTILINE
            )
            body = own[0] + later
        path.write_text(text.replace(own[0], body))
        return rules
    raise AssertionError(f"no file holds {key}")


@pytest.mark.parametrize("asked", sorted(ASKED))
def test_what_if_is_what_the_night_with_that_value_decides_and_writes_nothing(
    lived_nights: Store, maine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    key, value = ASKED[asked]
    stood = content(lived_nights.root)
    answer = report(what_if(lived_nights, STATE, NIGHT, [f"{asked}={value}"]), size=10_000)
    assert content(lived_nights.root) == stood

    shutil.copytree(maine / "received", tmp_path / "store")
    monkeypatch.setattr(house, "RULES", a_house(tmp_path, key, value))
    assert Profile.load(house.RULES, STATE).value(key, NIGHT).value == value
    store, day = str(tmp_path / "store"), NIGHT.isoformat()
    steps.begin(store, STATE, day)
    for step in (steps.match, steps.facts, steps.remedies, steps.actions):
        step(store, STATE, day)

    was, real = lived_nights.night(STATE, NIGHT), Store.open(tmp_path / "store").night(STATE, NIGHT)
    before, after = verdicts(was), verdicts(real)
    changed = {one: (before.get(one), after.get(one)) for one in before.keys() | after.keys()}
    assert {
        (one["remedy"], one["subject_id"]): (one["enter_was"], one["enter_now"])
        for one in answer["lines"]["rows"]
    } == {one: both for one, both in changed.items() if both[0] != both[1]}
    assert answer["totals"]["enters"] == sum(both[1] == "flag" != both[0] for both in changed.values())
    assert answer["totals"]["leaves"] == sum(both[0] == "flag" != both[1] for both in changed.values())
    assert answer["totals"]["enters"] + answer["totals"]["leaves"] + answer["totals"]["lines_more"] > 0
    lists = [rows(one / "plan" / "work_list.parquet", "item_id") for one in (was, real)]
    assert answer["totals"]["lines_more"] == len(lists[1] - lists[0])
    assert answer["totals"]["lines_fewer"] == len(lists[0] - lists[1])
    acts = [rows(one / "plan" / "actions.parquet", "action_id") for one in (was, real)]
    assert sum(one["acts_more"] for one in answer["acts"]) == len(acts[1] - acts[0])


def test_facts_are_made_again_only_as_far_as_a_value_reaches() -> None:
    profile = Profile.load(house.RULES, STATE)
    assert reached(profile, NIGHT, ["license.arrears_days"]) == {"license_facts"}
    assert reached(profile, NIGHT, ["license.no_payment_days"]) == set()
    # A value of money reaches the tables that a calculation makes, and all that read them.
    assert {"allocation", "pass_through_facts"} <= reached(profile, NIGHT, ["pass_through.amount"])
    # Whoever counts cases by other conditions counts again, and the debts of persons with it.
    counted = reached(profile, NIGHT, [], counts=True)
    assert {"case_counts", "person_debt_facts"} <= counted
    assert "case_facts" not in counted
    assert counted <= set(reached(profile, NIGHT, ["caseload.stale_after_days"]))


def test_dollars_and_offices_add_up_and_an_office_sees_its_own(sooner: Answer) -> None:
    answer = report(sooner, size=10_000)
    enters = [one for one in answer["lines"]["rows"] if one["moves"] == "enters"]
    assert enters
    assert answer["totals"]["enters_cents"] == sum(one["amount_cents"] for one in enters)
    for name in ("enters", "leaves", "enters_cents", "leaves_cents"):
        assert sum(one[name] for one in answer["offices"]) == answer["totals"][name]
    assert sum(one["more_minutes"] for one in answer["work"]) == answer["totals"]["more_minutes"]
    assert answer["totals"]["lines_without_minutes"] == 0
    office = enters[0]["office"]
    own = report(sooner, size=10_000, offices=frozenset([office]))
    assert {one["office"] for one in own["lines"]["rows"]} == {office}
    assert {one["office"] for one in own["offices"]} == {office}
    assert own["totals"]["enters"] == sum(one["office"] == office for one in enters)


def test_a_page_holds_its_lines_and_the_counts_stay_whole(sooner: Answer) -> None:
    pages = [report(sooner, page, size=1) for page in (1, 2)]
    assert pages[0]["totals"] == pages[1]["totals"]
    assert [len(one["lines"]["rows"]) for one in pages] == [1, 1]
    assert pages[0]["lines"]["rows"] != pages[1]["lines"]["rows"]


def test_a_later_day_brings_the_law_of_that_day(
    lived_nights: Store, sooner: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_value = report(sooner, size=10_000)
    monkeypatch.setattr(house, "RULES", a_house(tmp_path, "license.no_payment_days", 45, "2025-02-01"))
    later = report(what_if(lived_nights, STATE, NIGHT, on=date(2025, 2, 1)), size=10_000)
    changed = {one["key"]: (one["was"], one["now"]) for one in later["changed"]}
    assert changed["license.no_payment_days"] == (60, 45)
    only = [one for one in later["lines"]["rows"] if one["remedy"] == "license_revocation"]
    assert only == [one for one in by_value["lines"]["rows"] if one["remedy"] == "license_revocation"] != []


def test_a_share_that_nobody_set_shows_which_families_would_read_the_letter(lived_nights: Store) -> None:
    answer = report(what_if(lived_nights, STATE, NIGHT, ["overpayment.recoup_percent=10"]), size=100)
    entered = [one for one in answer["lines"]["rows"] if one["remedy"] == "recoupment"]
    assert [(one["case_id"], one["moves"], one["amount_cents"]) for one in entered] == [
        (case_of(204), "enters", 120_00)
    ]


def test_the_json_is_as_documented(sooner: Answer) -> None:
    answer = report(sooner)
    answer["in_force"] = answer["in_force"] or [
        dict.fromkeys(("remedy", "was", "now", "reading_was", "reading_now"))
    ]
    answer["band"][0]["reasons"] = answer["band"][0]["reasons"] or [
        dict.fromkeys(("condition", "answer", "stays", "alone", "cites"))
    ]
    assert given(answer) == documented("what-if")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("license_revocation.unpaid_day=45", "license_revocation.unpaid_days"),
        ("license.no_payment_dys=45", "license.no_payment_days"),
        ("license.no_payment_days", "not KEY=VALUE"),
        ("license.no_payment_days=soon", "'soon' is not a number of days"),
        ("license.no_payment_days=-3", "is not a number of days"),
        ("passport.threshold=1500", "does not say what money it is"),
        ("passport.threshold=1500.00", "does not say what money it is"),
        ("passport.threshold=15 00 cents", "does not say what money it is"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_is_near(asked: str, says: str) -> None:
    profile, cards = Profile.load(house.RULES, STATE), load_cards(house.RULES)
    with pytest.raises(ArrearsError, match=says.replace(".", r"\.")):
        requested_changes(profile, cards, [asked], NIGHT)


def test_one_value_under_two_names_is_refused() -> None:
    profile, cards = Profile.load(house.RULES, STATE), load_cards(house.RULES)
    twice = ["license.no_payment_days=45", "license_revocation.unpaid_days=50"]
    with pytest.raises(ArrearsError, match="asked for twice"):
        requested_changes(profile, cards, twice, NIGHT)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("45", "days", 45),
        ("$1,000", "cents", 1_000_00),
        ("100000 cents", "cents", 1_000_00),
        ("yes", "boolean", True),
        ("a, b", "list", ("a", "b")),
        ("2025-02-01", "date", date(2025, 2, 1)),
        ("none", "days", None),
        ("unset", "days", "unset"),
    ],
)
def test_a_value_is_read_in_its_unit(text: str, unit: str, value: Any) -> None:
    assert read_value("some.key", text, unit) == value


@pytest.mark.parametrize(
    ("dates", "says"),
    [
        ({}, "Nothing is changed"),
        ({"on": date(2025, 1, 1)}, "before the night"),
        ({"on": date(2025, 2, 1), "from_on": date(2025, 3, 1)}, "does not hold yet"),
    ],
)
def test_a_question_that_means_nothing_is_refused(
    lived_nights: Store, dates: dict[str, date], says: str
) -> None:
    with pytest.raises(ArrearsError, match=says):
        what_if(lived_nights, STATE, NIGHT, **dates)  # type: ignore[arg-type]


def test_the_law_of_a_day_stands_on_every_day() -> None:
    profile = Profile.load(house.RULES, STATE)
    key = "low_income.yearly_income"
    before, after = (profile.standing_on(day) for day in (date(2025, 1, 14), date(2025, 1, 15)))
    assert before.value(key, date(2030, 1, 1)).value == profile.value(key, date(2025, 1, 14)).value
    assert after.value(key, date(2024, 2, 1)).value == profile.value(key, date(2025, 1, 15)).value
    assert before.value(key, NIGHT).value != after.value(key, NIGHT).value
    early = profile.standing_on(date(2000, 1, 1))
    with pytest.raises(NotYet, match=key):
        early.plain(key, NIGHT)
    assert early.remedies_in_force(NIGHT) == profile.remedies_in_force(date(2000, 1, 1))


def test_low_income_is_told_only_as_far_as_it_is_known(tmp_path: Path) -> None:
    """Assistance or low wages say yes, both answers together no, and otherwise nobody knows."""
    profile = Profile.load(house.RULES, STATE)
    quarter = profile.value("low_income.yearly_income", NIGHT).value // 4
    assisted = {
        "yes": True,
        "rich": False,
        "poor": False,
        "two jobs": False,
        "no wages": False,
        "old": False,
        "asked": None,
    }
    wages = [
        ("rich", "E1", quarter + 1, date(2024, 12, 31)),
        ("poor", "E1", quarter - 1, date(2024, 12, 31)),
        ("poor", "E1", quarter - 1, date(2024, 12, 31)),  # one job, two cases
        ("two jobs", "E1", quarter - 1, date(2024, 12, 31)),
        ("two jobs", "E2", quarter - 1, date(2024, 12, 31)),
        ("old", "E1", quarter - 1, date(2023, 12, 31)),
        ("asked", "E1", quarter + 1, date(2024, 12, 31)),
    ]
    facts = tmp_path / "facts"
    facts.mkdir()
    names = ("person_id", "fein", "quarter_wage_cents", "wage_quarter_ends_on")
    pq.write_table(
        pa.Table.from_pylist([dict(zip(names, one, strict=True)) for one in wages]),
        facts / "employment_facts.parquet",
    )
    cases = [{"person_id": name, "obligor_is_assisted": known} for name, known in assisted.items()]
    pq.write_table(pa.Table.from_pylist(cases), facts / "case_facts.parquet")
    with warehouse() as con:
        make_low_income(con, tmp_path, profile, NIGHT)
        found = dict(con.execute("SELECT person_id, is_low_income FROM low_income").fetchall())
    assert found == {
        "yes": True, "rich": False, "poor": True, "two jobs": False,
        "no wages": None, "old": None, "asked": None,
    }  # fmt: skip
