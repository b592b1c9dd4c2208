"""Who may decide what, and the chain that shows who did."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from ledger_helpers import (
    AT,
    DAY,
    NIGHT,
    STATE,
    a_closed_night,
    a_delivery,
    an_episode,
    begin,
    decide,
    prepare,
    with_people,
)

from arrears.errors import Refused
from arrears.ledger import AuditTip, Ledger, schema


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    ledger = Ledger.open(ledger_url)
    with_people(ledger)
    return ledger


def test_a_decision_comes_back_with_what_it_rested_on(ledger: Ledger) -> None:
    made = decide(ledger, "hold", facts_hash="h1", until_on=NIGHT, reason_code="ok")
    (kept,) = ledger.snapshot(STATE)["decisions"].to_pylist()
    assert (kept["decision_id"], kept["facts_hash"]) == (made.decision_id, "h1")
    assert (kept["until_on"], kept["decided_on"]) == (NIGHT, date(2025, 1, 15))


def test_the_day_of_a_decision_is_the_agencys_own(ledger: Ledger) -> None:
    assert decide(ledger, decided_on=NIGHT - DAY).decided_on == NIGHT - DAY


def test_the_same_decision_given_twice_is_kept_once(ledger: Ledger) -> None:
    assert decide(ledger) == decide(ledger)
    assert ledger.snapshot(STATE)["decisions"].num_rows == 1


@pytest.mark.parametrize(
    ("decision", "by", "role"),
    [
        ("approve", "cass", "supervisor"),
        ("approve", "olive", "operator"),
        ("approve", "audra", "auditor"),
        ("approve", "stranger", "supervisor"),
        ("approve", "", "supervisor"),
        ("hold", "audra", "supervisor"),
        ("release_held", "cass", "caseworker"),
        ("reject", "audra", "auditor"),
        ("delete", "sam", "supervisor"),
    ],
)
def test_only_a_person_with_the_right_decides(ledger: Ledger, decision: str, by: str, role: str) -> None:
    with pytest.raises(Refused):
        decide(ledger, decision, by, role=role)
    assert ledger.snapshot(STATE)["decisions"].num_rows == 0


@pytest.mark.parametrize(
    ("decision", "by", "needs", "role"),
    [
        ("approve", "cass", "caseworker", "caseworker"),
        ("approve", "cass", None, "caseworker"),
        ("approve", "sam", "caseworker", "caseworker"),
        ("approve", "sam", "supervisor", "supervisor"),
        ("hold", "cass", "supervisor", "caseworker"),
        ("reject", "cass", "supervisor", "caseworker"),
    ],
)
def test_whoever_may_send_may_and_whoever_works_on_it_may_stop_it(
    ledger: Ledger, decision: str, by: str, needs: str | None, role: str
) -> None:
    made = decide(ledger, decision, by, role=None, needs=needs)
    assert made.role == role
    assert made.as_json()["at"] == "2025-01-15T07:00:00.000000Z"
    assert [row["item_id"] for row in ledger.decisions(STATE)] == [made.item_id]


@pytest.mark.parametrize("decision", ["hold", "reject"])
def test_an_operator_decides_on_files_and_not_on_cases(ledger: Ledger, decision: str) -> None:
    with pytest.raises(Refused, match="may not"):
        decide(ledger, decision, "olive", role="operator")
    assert decide(ledger, decision, "olive", role="operator", item_id="delivery:1").role == "operator"


def test_the_latest_moment_is_that_of_the_last_act(ledger: Ledger) -> None:
    assert ledger.latest_at(STATE).year == 1
    decide(ledger, at=AT + DAY)
    decide(ledger, at=AT)
    assert ledger.latest_at(STATE) == AT + DAY


def test_roles_can_be_taken_away(ledger: Ledger) -> None:
    ledger.add_user("sam", [], AT)
    assert ledger.roles("sam") == frozenset()
    with pytest.raises(Refused, match="may not approve"):
        decide(ledger)
    with pytest.raises(Refused, match="no such role"):
        ledger.add_user("sam", {"king"}, AT)


@pytest.mark.parametrize(("first", "second"), [("caseworker", "supervisor"), ("supervisor", "caseworker")])
def test_the_preparer_is_not_the_approver(ledger: Ledger, first: str, second: str) -> None:
    decide(ledger, by="both", step="notice", item_id="i1", role=first)
    with pytest.raises(Refused, match="another person"):
        decide(ledger, by="both", step="certify", item_id="i2", role=second)
    decide(ledger, by="sam", step="certify", item_id="i2")


def test_one_person_may_hold_what_they_approved_and_approve_another_episode(ledger: Ledger) -> None:
    decide(ledger, by="both", step="notice", item_id="i1", role="caseworker")
    decide(ledger, "hold", by="both", step="certify", item_id="i2")
    decide(ledger, by="both", step="certify", item_id="i3", episode_id="license_revocation:c9:1")


@pytest.mark.parametrize(
    "because",
    ["", "   ", "father is 912-34-5678", "see 912345678", "912 34 5678 again", "account 00912345678123"],
)
def test_a_reason_is_words_and_never_a_social_security_number(ledger: Ledger, because: str) -> None:
    with pytest.raises(Refused) as caught:
        decide(ledger, because=because)
    assert "5678" not in str(caught.value)


def test_a_reason_may_name_a_case_or_an_amount(ledger: Ledger) -> None:
    decide(ledger, because="case 0012345678 owes $1,234.56 since 2025-01-14")


def test_a_pause_can_be_ended_by_a_supervisor_and_the_past_keeps_it(ledger: Ledger) -> None:
    made = ledger.pause(STATE, "license_revocation", "", NIGHT, None, "olive", "storm", AT)
    before = ledger.pin(AT)
    with pytest.raises(Refused, match="may not end"):
        ledger.end_pause(STATE, made.pause_id, NIGHT + DAY, "olive", "over", AT)
    ledger.end_pause(STATE, made.pause_id, NIGHT + DAY, "sam", "over", AT)
    assert ledger.snapshot(STATE, before)["pauses"]["to_on"].to_pylist() == [None]
    assert ledger.snapshot(STATE)["pauses"]["to_on"].to_pylist() == [NIGHT + DAY]
    ledger.end_pause(STATE, made.pause_id, NIGHT + 2 * DAY, "sam", "not yet", AT)
    assert ledger.snapshot(STATE)["pauses"]["to_on"].to_pylist() == [NIGHT + 2 * DAY]
    assert ledger.snapshot(STATE, before)["pauses"]["to_on"].to_pylist() == [None]
    with pytest.raises(Refused, match="ends before it begins"):
        ledger.pause(STATE, "", "", NIGHT, NIGHT - DAY, "olive", "storm", AT)


def a_days_work(ledger: Ledger) -> None:
    """One of every kind of act."""
    delivery = ledger.record_delivery(a_delivery(original_name="canary.txt", reason="canary"))
    ledger.record_loaded(delivery.delivery_id, 1, 0, AT)
    run = begin(ledger)
    ledger.open_episodes(run, [an_episode()])
    ledger.publish_batch(run, prepare(ledger, run), AT)
    ledger.close_run(run, "m", AT)
    decide(ledger, because="canary")
    ledger.pause(STATE, "", "", NIGHT, None, "sam", "canary", AT)
    ledger.declare_absent(STATE, NIGHT + DAY, "sam", "canary", AT)
    ledger.look(STATE, "audra", "case", AT, case_id="c1")


def test_every_act_and_every_look_is_in_the_chain(ledger: Ledger) -> None:
    a_days_work(ledger)
    acts = [row["act"] for row in ledger.audit_rows(STATE)]
    work = "receive load begin open_episodes prepare published close decide pause absent look"
    assert acts == work.split()
    assert {row["who"] for row in ledger.audit_rows(STATE, "look")} == {"audra"}
    assert ledger.verify_chain(ledger.audit_tip()) == []
    assert ledger.audit_tip().ordinal == len(ledger.audit_rows())


def test_the_chain_holds_no_free_text(ledger: Ledger) -> None:
    a_days_work(ledger)
    assert "canary" not in str(ledger.audit_rows())


def tamper(ledger: Ledger, *statements: str) -> None:
    """Changes history as somebody with all rights on the database could."""
    with ledger.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        for table in schema.HISTORY:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
                continue
            for change in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{change}")
        for statement in statements:
            connection.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE audit SET who = 'mallory' WHERE ordinal = 7"], ["Audit row 7 was edited."]),
        (["UPDATE audit SET about = '{}' WHERE ordinal = 7"], ["Audit row 7 was edited."]),
        (["UPDATE audit SET at = '2024-01-01' WHERE ordinal = 7"], ["Audit row 7 was edited."]),
        (["DELETE FROM audit WHERE ordinal = 7"], ["Audit rows 7 to 7 are missing."]),
        (["DELETE FROM audit WHERE ordinal = 1"], ["Audit rows 1 to 1 are missing."]),
        (
            ["DELETE FROM audit WHERE ordinal > 14"],
            ["The chain ends at row 14, but the ledger's counter knows 16: the tail was cut."],
        ),
        (
            ["DELETE FROM audit"],
            ["The chain ends at row 0, but the ledger's counter knows 16: the tail was cut."],
        ),
    ],
)
def test_an_act_edited_removed_or_cut_off_is_found(
    ledger: Ledger, statements: list[str], said: list[str]
) -> None:
    a_days_work(ledger)
    tamper(ledger, *statements)
    assert ledger.verify_chain() == said


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM publications", "1 of 1 rows of publications that act 11 wrote are gone."),
        ("UPDATE publications SET version = 2", "Rows of publications that act 11 wrote were changed."),
        ("UPDATE publications SET position = 99", "1 of 1 rows of publications that act 11 wrote are gone."),
        ("DELETE FROM decisions", "1 of 1 rows of decisions that act 13 wrote are gone."),
        ("UPDATE episodes SET facts_hash = 'other'", "Rows of episodes that act 9 wrote were changed."),
        ("DELETE FROM pauses", "1 of 1 rows of pauses that act 14 wrote are gone."),
        ("DELETE FROM users WHERE name = 'sam'", "1 of 1 rows of users that act 3 wrote are gone."),
        ("UPDATE counter SET position = 1", "The counter stands at 1, but 42 was given out."),
        ("DELETE FROM leases", "The fence of me stands at 0, but 1 was given out."),
    ],
)
def test_a_row_of_history_lost_or_changed_is_found(ledger: Ledger, statement: str, said: str) -> None:
    a_days_work(ledger)
    assert ledger.verify_chain() == []
    tamper(ledger, statement)
    assert said in ledger.verify_chain()


@pytest.mark.parametrize("position", [0, 1000], ids=["before all others", "after all others"])
def test_a_row_that_no_act_wrote_is_found(ledger: Ledger, position: int) -> None:
    a_days_work(ledger)
    with ledger.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        row = dict(position=position, at="2025-01-14", state=STATE, name="mallory", roles="supervisor")
        connection.execute(sa.insert(schema.users).values(row))
    assert ledger.verify_chain() == ["1 rows of users were written by no act of the chain."]


def test_reordered_acts_are_found(ledger: Ledger) -> None:
    a_days_work(ledger)
    swap = "UPDATE audit SET ordinal = {} WHERE ordinal = {}"
    tamper(ledger, swap.format(99, 7), swap.format(7, 8), swap.format(8, 99))
    assert any("Audit row 7 was edited" in fault for fault in ledger.verify_chain())


def test_a_tail_cut_together_with_the_counter_is_found_by_the_outside_anchor(ledger: Ledger) -> None:
    a_days_work(ledger)
    anchor = ledger.audit_tip()
    tamper(
        ledger,
        "DELETE FROM absences",
        "DELETE FROM audit WHERE ordinal > 14",
        "UPDATE counter SET audit_ordinal = 14, audit_sha256 = (SELECT sha256 FROM audit WHERE ordinal = 14)",
    )
    assert ledger.verify_chain() == []
    earlier = AuditTip(anchor.ordinal - 1, "0" * 64)
    assert ledger.verify_chain(earlier, anchor) == [
        "The chain ends at row 14, but the outside anchor knows 16: the tail was cut."
    ]


def test_a_chain_written_anew_is_found_by_the_outside_anchor(ledger: Ledger) -> None:
    a_days_work(ledger)
    anchor = ledger.audit_tip()
    other = AuditTip(anchor.ordinal, "0" * 64)
    (said,) = ledger.verify_chain(other)
    assert said == f"Audit row {anchor.ordinal} is not the one that the outside anchor knows."


def test_an_earlier_anchor_still_holds(ledger: Ledger) -> None:
    a_closed_night(ledger)
    anchor = ledger.audit_tip()
    begin(ledger, NIGHT + DAY)
    assert ledger.verify_chain(anchor) == []


def test_history_that_parts_from_its_audit_row_is_still_append_only(ledger: Ledger) -> None:
    decide(ledger)
    forbidden: Any = (Refused, sa.exc.DatabaseError)
    with pytest.raises(forbidden, match="append-only"), ledger.writing() as tx:
        tx.connection.execute(sa.update(schema.decisions).values(decision="hold"))
