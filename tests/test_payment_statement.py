"""A statement of what the family was paid: asked for by portal or telephone, sent to who has custody."""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from outside_slicer import records
from queue_desk import a_desk

from tests.builders import Caseload

AS_OF = date(2025, 5, 15)
ASKED = AS_OF - timedelta(2)


def asked(**but: object) -> Caseload:
    """A case of which the parent with custody asked for records, with a year and a half of payments."""
    caseload = Caseload(AS_OF).debtor()
    mother = caseload.rows["cases"][0]["custodial_id"]
    tip = {"tip_id": "T1", "case_id": "C1", "person_id": mother, "told_by": "C", "channel": "V", "kind": "RA"}
    usual = {**tip, "about": "O", "received_on": ASKED, "has_evidence": False}
    for number, (on, cents, to, status) in enumerate(
        [
            (date(2025, 5, 1), 300_00, "family", "sent"),
            (date(2024, 5, 16), 200_00, "family", "sent"),
            (date(2024, 5, 15), 150_00, "family", "sent"),
            (date(2025, 4, 1), 100_00, "state", "sent"),
            (date(2025, 4, 2), 75_00, "family", "returned"),
            (None, 50_00, "family", "on_hold"),
        ]
    ):
        paid = {"disbursement_id": f"D{number}", "case_id": "C1", "disbursed_on": on, "amount_cents": cents}
        caseload.add("disbursements", **paid, paid_to=to, status=status)
    return caseload.partner("portal_intake", **usual | but)


def life(caseload: Caseload) -> SimpleNamespace:
    return caseload.facts("life_facts")["C1"]


def letter(on: date) -> dict[str, object]:
    key = {"action_id": "a", "episode_id": "e", "remedy": "payment_statement", "subject_id": "C1"}
    said = {
        "step": "statement",
        "kind": "notice",
        "queue": "custodial_notices",
        "message": "payment_statement",
    }
    return {**key, **said, "case_id": "C1", "published_on": on, "version": 1}


def test_who_has_custody_and_asks_is_told_what_was_sent_in_twelve_months() -> None:
    found = life(asked())
    assert (found.statement_asked_on, found.statement_is_owed) == (ASKED, True)
    assert found.statement_cents == 500_00
    assert asked().verdict("payment_statement") == "flag"


@pytest.mark.parametrize(
    "but",
    [
        {"told_by": "O", "person_id": "P-C1"},
        {"person_id": "P-STRANGER"},
        {"kind": "IQ"},
        {"received_on": AS_OF + timedelta(1)},
    ],
    ids=["who owes", "who has no custody any more", "another question", "tomorrow"],
)
def test_nobody_else_gets_one(but: dict[str, object]) -> None:
    assert asked(**but).verdict("payment_statement") == "clear"


def test_one_letter_answers_one_request() -> None:
    caseload = asked()
    caseload.published.append(letter(ASKED - timedelta(30)))
    assert life(caseload).statement_is_owed is True
    caseload.published.append(letter(ASKED))
    assert life(caseload).statement_is_owed is False
    assert caseload.verdict("payment_statement", part="release") == "flag"
    worked = asked().add("tips_worked", tip_id="T1", worked_on=AS_OF)
    assert worked.verdict("payment_statement") == "clear"


def test_what_is_not_known_is_no_sum() -> None:
    untold = asked().known_through("disbursements", None)
    assert life(untold).statement_cents is None
    assert untold.verdict("payment_statement") == "unknown"
    none = asked()
    none.rows["disbursements"].clear()
    assert life(none).statement_cents == 0
    assert none.verdict("payment_statement") == "clear"


def test_the_letter_states_the_sum_and_nothing_of_the_other_parent(tmp_path: Path) -> None:
    with a_desk("custodial_notices", tmp_path) as desk:
        desk.person()
        desk.person("0000000009", last_name="Roy", first_name="Claire", line_1="5 Oak Ave", city="Saco")
        desk.case().add(
            "facts.custodial_parents", case_id="C1", person_id="0000000009", location_is_protected=False
        )
        desk.item("payment_statement", remedy="payment_statement", amount_cents=500_00)
        _, told, _ = records(desk.write().path, 400, "latin-1")
    assert told[338:351] == "0000000050000"
    assert told[354:366].strip() == "STATEMENT"
    assert "Roy" in told
    assert "Pelletier" not in told
    assert "12 Mill" not in told
