"""`arrears undo`: what went out for the wrong person is listed, and taken back once a supervisor agrees."""

import json
import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import Caseload
from json_docs import documented, given
from typer.testing import CliRunner

from arrears.answers.status import status
from arrears.author.sample import STATE, receive, sample_nights
from arrears.cli.main import app
from arrears.data.store import Store
from arrears.desk.undo import Wanted, undo
from arrears.errors import Refused
from arrears.ledger import Ledger
from arrears.night import steps

pytestmark = pytest.mark.usefixtures("one_suite")
OFF_IN_MAINE = "administrative_offset"
WHY = "The number belongs to a namesake."


def sent(store: Store) -> list[dict[str, Any]]:
    """All that was ever sent in the state."""
    return Ledger.open(store.ledger_url).snapshot(STATE, only=["published"])["published"].to_pylist()


def most_sent(store: Store) -> str:
    """The person of whom the most was sent, all of it to partners who can find it again."""
    told = [one for one in sent(store) if one["kind"] == "send"]
    # An order to a bank names an account that no file of the week has any more.
    levied = {one["person_id"] for one in told if one["queue"] == "bank_levy"}
    [(person, _)] = Counter(one["person_id"] for one in told if one["person_id"] not in levied).most_common(1)
    return str(person)


@pytest.fixture
def store(lived_nights: Store, tmp_path: Path) -> Store:
    """Two whole days, to write into."""
    shutil.copytree(lived_nights.root, tmp_path / "store")
    made = Store.open(tmp_path / "store")
    ledger = Ledger.open(made.ledger_url)
    at = max(run.cut.known_at for run in ledger.runs(STATE))
    for name, role in (("ann", "caseworker"), ("sue", "supervisor"), ("olu", "operator")):
        ledger.add_user(name, {role}, at)
    return made


def asked(store: Store, *words: str) -> Any:
    return CliRunner().invoke(app, ["undo", STATE, *words, "--store", str(store.root)])


@pytest.mark.timeout(900)
def test_what_was_sent_for_the_wrong_person_is_taken_back_once_and_nothing_new_is_begun(store: Store) -> None:
    third = sample_nights()[2]
    person = most_sent(store)
    before = undo(store, STATE, person)
    assert (before["word"], before["counts"].get("still there", 0) > 3) == ("", True)
    undo(store, STATE, person, Wanted("ask", "ann", WHY))
    undo(store, STATE, person, Wanted("approve", "sue", WHY))
    receive(store.root, third)
    steps.run_night(store, STATE, third)
    told = asked(store, person, "--json")
    assert told.exit_code == 0
    found = json.loads(told.stdout)
    assert {one for one in given(found) if not one.startswith("counts.")} == documented("undo")
    assert (found["word"], found["by"]) == ("approve", "sue")
    assert found["counts"].keys() <= {"taken back", "a letter", "ended"}
    held = {(one["queue"], one["subject_id"]) for one in before["acts"] if one["became"] == "still there"}
    taken = [one for one in sent(store) if one["person_id"] == person and one["kind"] == "release"]
    new = [one for one in taken if one["published_on"] == third]
    assert {(one["queue"], one["subject_id"]) for one in new} == held
    key = [(one["queue"], one["episode_id"], one["target_id"]) for one in taken]
    assert len(key) == len(set(key))
    assert {
        one["kind"] for one in sent(store) if one["person_id"] == person and one["published_on"] == third
    } == {"release"}

    fourth = third + timedelta(1)
    steps.run_night(store, STATE, fourth)
    assert [one for one in sent(store) if one["person_id"] == person and one["published_on"] == fourth] == []


def test_what_a_remedy_sent_that_is_off_now_is_told_to_be_taken_back_by_hand(lived_nights: Store) -> None:
    [[remedy, person]] = {
        (one["remedy"], one["person_id"]) for one in sent(lived_nights) if one["remedy"] == OFF_IN_MAINE
    }
    became = {one["remedy"]: one["became"] for one in undo(lived_nights, STATE, person)["acts"]}
    assert became[remedy] == "by hand"
    assert "still there" in became.values()


def test_only_another_supervisor_may_approve_and_a_word_is_said_once(store: Store) -> None:
    person = most_sent(store)
    for wish in ("approve", "reject"):
        with pytest.raises(Refused, match="Nobody has asked for it"):
            undo(store, STATE, person, Wanted(wish, "sue", WHY))
    with pytest.raises(Refused, match="olu may not hold this"):
        undo(store, STATE, person, Wanted("ask", "olu", WHY))
    assert undo(store, STATE, person, Wanted("ask", "sue", WHY))["word"] == "hold"
    [claim] = status(store, STATE)["wrong_person_claims"]
    assert (claim["person"], claim["by"]) == (person, "sue")
    with pytest.raises(Refused, match="This was asked for already"):
        undo(store, STATE, person, Wanted("ask", "ann", WHY))
    with pytest.raises(Refused, match="sue asked for it, so another must approve"):
        undo(store, STATE, person, Wanted("approve", "sue", WHY))
    for wish in ("approve", "reject"):
        with pytest.raises(Refused, match=f"ann may not {wish} this"):
            undo(store, STATE, person, Wanted(wish, "ann", WHY))
    assert undo(store, STATE, person, Wanted("reject", "sue", WHY))["word"] == "reject"
    assert status(store, STATE)["wrong_person_claims"] == []
    assert undo(store, STATE, person, Wanted("ask", "ann", WHY))["word"] == "hold"
    words = [person, "--approve", "--because", WHY, "--as", "sue"]
    assert "approved by sue" in " ".join(asked(store, *words).output.split())
    again = asked(store, *words)
    assert (again.exit_code, "This was approved already" in again.output) == (2, True)


def test_an_undo_of_nobody_without_a_name_or_both_ways_is_refused(store: Store) -> None:
    for words, says in (
        (["nobody"], "Nothing was ever begun about nobody in ME"),
        (["nobody", "--approve"], "Who, and why?"),
        (["nobody", "--because", WHY], "Who, and why?"),
        (["nobody", "--approve", "--reject", "--because", WHY, "--as", "sue"], "It is one or the other"),
    ):
        told = asked(store, *words)
        assert told.exit_code != 0
        assert says in " ".join(told.output.split())


@pytest.mark.parametrize(
    ("said", "is_certain", "has_failed"),
    [
        ([], True, False),
        (["hold"], False, False),
        (["hold", "approve"], False, True),
        (["hold", "reject"], True, False),
        (["hold", "reject", "hold"], False, False),
    ],
)
def test_what_is_said_of_a_person_counts_in_their_cases_and_in_no_other(
    said: list[str], is_certain: bool, has_failed: bool
) -> None:
    caseload = Caseload().debtor("C1").debtor("C2")
    for place, word in enumerate(said):
        caseload.decisions.append(
            {
                **{"item_id": "undo:P-C1", "remedy": "", "subject_id": "P-C1", "step": "undo"},
                **{"decision": word, "position": place},
                "decided_on": caseload.as_of - timedelta(2),
            }
        )
    facts = caseload.facts()
    assert (facts["C1"].identity_is_certain, facts["C1"].identity_has_failed) == (is_certain, has_failed)
    assert (facts["C2"].identity_is_certain, facts["C2"].identity_has_failed) == (True, False)
