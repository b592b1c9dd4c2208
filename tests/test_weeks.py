"""A week of Massachusetts' nights: the golden outbox, the known answers, every remedy at least once."""

import csv
from datetime import date
from pathlib import Path

import pytest
from verdict_files import verdict_rows

from arrears import house
from arrears.author.sample import golden, outbox, sample_nights
from arrears.data.store import Store
from arrears.law.profile import Profile
from arrears.law.remedy import load_cards
from arrears.ledger import Ledger

pytestmark = pytest.mark.timeout(1500)
STATE = "ma"
NIGHTS = sample_nights(STATE)


@pytest.fixture(scope="module")
def lived(massachusetts: Path) -> Store:
    """A store that has lived the week, people's decisions and day releases included."""
    return Store.open(massachusetts / "week")


@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_exactly_the_golden_outbox_leaves(lived: Store, night: date) -> None:
    assert golden(night, STATE), "there is no golden outbox to compare with"
    assert outbox(lived.root, night, STATE) == golden(night, STATE)


def answered(store: Store, night: date, remedy: str) -> dict[str, str]:
    """The verdicts of a remedy by subject."""
    rows = verdict_rows(store.night(STATE, night), remedy, wanted="subject_id, verdict")
    return {row["subject_id"]: row["verdict"] for row in rows}


@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_every_known_answer_comes_out(lived: Store, night: date) -> None:
    with (house.SAMPLE / STATE / str(night) / "answers.csv").open(newline="") as rows:
        answers = list(csv.DictReader(rows))
    found = {remedy: answered(lived, night, remedy) for remedy in {row["remedy"] for row in answers}}
    wrong = [r for r in answers if found[r["remedy"]].get(r["subject_id"]) != r["verdict"]]
    assert wrong == []


def test_every_remedy_in_force_acts_or_comes_before_a_person(lived: Store) -> None:
    assert silent(lived, STATE, NIGHTS) == OFF_IN_MASSACHUSETTS | NOT_IN_THE_WEEK


# What nobody has set keeps these off, and the night's summary says so.
OFF_IN_MASSACHUSETTS = {"collection_agency", "pass_through", "recoupment", "service_fee"}
# Nobody of the week asks for a review of another state's order; tests/test_promises.py lets one leave.
NOT_IN_THE_WEEK = {"review_referral"}


def silent(store: Store, state: str, nights: list[date]) -> set[str]:
    """The remedies in force of which nothing was sent, and nothing was asked of a person, in all nights."""
    profile, cards = Profile.load(house.RULES, state), load_cards(house.RULES)
    ledger = Ledger.open(store.ledger_url)
    snapshot = ledger.snapshot(state)
    told = {row["remedy"] for row in snapshot["published"].to_pylist() if row["batch_no"]}
    decided = {row["remedy"] for row in snapshot["decisions"].to_pylist()}
    reviewed = {
        name for name in decided & cards.keys() if all(step.kind == "review" for step in cards[name].steps)
    }
    return set(profile.remedies_in_force(nights[-1])) - told - reviewed


def test_the_summary_says_what_is_off_and_why(lived: Store) -> None:
    summary = (Path(lived.night(STATE, NIGHTS[0])) / "summary.json").read_text()
    for remedy in OFF_IN_MASSACHUSETTS:
        assert f'"{remedy}"' in summary
