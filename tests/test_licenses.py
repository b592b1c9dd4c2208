"""Facts of notices of debt and licenses: what covers, what ripens, and what a board answered."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from builders import AS_OF, Caseload

from arrears import house
from arrears.law.remedy_files import read_card

SERVED = date(2025, 3, 3)
DUE = [date(2024, month, 1) for month in range(1, 13)]
BODIES = ("professional_license", "recreational_license", "vehicle_registration")


def notice(caseload: Caseload) -> SimpleNamespace:
    return caseload.facts("notice_facts")["C1"]


def license_of(caseload: Caseload) -> SimpleNamespace:
    return caseload.facts("license_facts")["C1"]


def owing(as_of: date = AS_OF, **but: Any) -> Caseload:
    """A debtor of a year's installments, without a notice of debt unless it is said."""
    return Caseload(as_of, but.pop("state", "me")).debtor(due_days=DUE, **{"notice": None, **but})


# The notice of debt.


def test_a_served_notice_covers_and_a_sent_one_does_not() -> None:
    assert notice(owing(notice=SERVED, as_of=date(2025, 3, 10))).debt_notice_covers is True
    for status in ("sent", "returned", "unserved"):
        fact = notice(owing().notice("C1", None, sent_on=date(2025, 1, 3), status=status))
        assert (fact.debt_notice_covers, fact.debt_notice_tries) == (False, 1)
        assert fact.debt_notice_retry_from_on == date(2025, 1, 3)


def test_the_notice_demands_payment_in_twenty_days() -> None:
    fact = notice(owing(date(2025, 3, 10), notice=SERVED))
    assert (fact.debt_notice_served_on, fact.debt_demand_ends_on) == (SERVED, date(2025, 3, 23))
    assert fact.debt_notice_window_ends_on == date(2025, 4, 2), "day 30; the gate opens on the day after"


def test_a_debt_that_was_zero_since_is_not_known_to_be_covered() -> None:
    paid = owing(date(2025, 7, 5), notice=SERVED).receipt("C1", date(2025, 4, 1), 3_600_00)
    assert notice(paid).debt_notice_covers is True, "nothing is owed, so nothing asks"
    again = paid.charge("C1", date(2025, 6, 4), 250_00)
    fact = notice(again)
    assert (fact.debt_notice_covers, fact.debt_settled_on) == (None, date(2025, 4, 1))
    assert again.verdict("notice_of_debt") == "unknown", "a person decides whether another notice is due"


def test_what_is_owed_for_days_only_asks_nobody_about_the_notice() -> None:
    paid = owing(date(2025, 7, 5), notice=SERVED).receipt("C1", date(2025, 4, 1), 3_600_00)
    again = paid.charge("C1", date(2025, 7, 1), 250_00)
    assert again.verdict("notice_of_debt") == "clear"


def test_a_notice_that_a_hearing_set_aside_is_not_sent_again_by_itself() -> None:
    caseload = owing(date(2025, 7, 5), notice=SERVED).hearing(
        "C1", date(2025, 3, 20), decided_on=date(2025, 5, 1), decision="set_aside",
        decision_mailed_on=date(2025, 5, 2),
    )  # fmt: skip
    fact = notice(caseload)
    assert (fact.debt_notice_covers, fact.debt_notice_set_aside) == (None, True)
    assert caseload.verdict("notice_of_debt") == "unknown"


def test_a_try_on_its_way_is_not_repeated() -> None:
    for sent_on, word in ((AS_OF - timedelta(29), "clear"), (AS_OF - timedelta(30), "flag")):
        caseload = owing().notice("C1", None, sent_on=sent_on, status="sent")
        assert caseload.verdict("notice_of_debt") == word


def test_no_notice_is_known_to_be_missing_only_where_notices_are_current() -> None:
    assert notice(owing()).debt_notice_covers is False
    assert notice(owing().known_through("notices", date(2024, 12, 1))).debt_notice_covers is None
    assert notice(owing().rejected("notices", case_id="C1")).debt_notice_covers is None


def test_later_installments_need_no_second_notice() -> None:
    caseload = owing(date(2025, 6, 2), notice=SERVED).charge("C1", date(2025, 5, 1), 250_00)
    assert caseload.verdict("notice_of_debt") == "clear"
    assert caseload.facts()["C1"].enforceable_cents == 3_850_00


def test_a_try_of_ours_and_the_agencys_record_of_it_are_one_try() -> None:
    ours = {
        "action_id": "a1", "episode_id": "e1", "remedy": "notice_of_debt", "subject_id": "C1",
        "case_id": "C1", "person_id": "P-C1", "step": "notice", "kind": "notice", "queue": "obligor_notices",
        "message": "notice_of_debt", "target_id": "C1", "version": 1, "published_on": date(2024, 12, 2),
    }  # fmt: skip
    caseload = owing()
    caseload.published.append(ours)
    assert notice(caseload).debt_notice_tries == 1
    caseload.notice("C1", None, sent_on=date(2024, 12, 2), reference="a1", status="returned")
    fact = notice(caseload)
    assert (fact.debt_notice_tries, fact.debt_notice_tried_on) == (1, date(2024, 12, 2))


def test_one_notice_of_debt_and_no_other_letter_over_every_line() -> None:
    night = owing().night(
        "case_facts", "notice_of_debt", "annual_statement", "credit_reporting", "license_revocation"
    )
    said = {remedy: night.verdicts[remedy, "enter", "C1"].verdict for remedy, part, _ in night.verdicts}
    assert said == {
        "notice_of_debt": "flag", "annual_statement": "clear", "credit_reporting": "clear",
        "license_revocation": "clear",
    }  # fmt: skip


def test_the_children_are_named_for_their_parent_and_not_in_a_protected_household() -> None:
    free = owing().add("persons", person_id="K-C1-1", first_name="Ada ", family_violence=False)
    assert notice(free).children_names == "Ada"
    hidden = owing(custodial={"family_violence": True}).add("persons", person_id="K-C1-1", first_name="Ada")
    assert notice(hidden).children_names is None


def test_a_year_after_the_last_written_word_the_statement_is_due() -> None:
    for as_of, word in ((date(2026, 3, 2), "clear"), (date(2026, 3, 3), "flag")):
        assert owing(as_of, notice=SERVED).verdict("annual_statement") == word
    said = owing(date(2026, 5, 1), notice=SERVED)
    said.published.append(
        {"action_id": "s", "case_id": "C1", "message": "annual_statement", "published_on": date(2026, 3, 3)}
    )
    assert said.verdict("annual_statement") == "clear"
    assert said.verdict("annual_statement", part="release") == "flag", "done for this year"


# Licenses.


def held(as_of: date, *licenses: tuple[str, str | None], **but: Any) -> Caseload:
    """A debtor with licenses (kind and board) and a license notice that was served on 10 March 2025."""
    caseload = owing(as_of, **{"notice": date(2024, 9, 3), "license": False, **but})
    for number, (kind, board) in enumerate(licenses):
        caseload.add(
            "licenses", person_id="P-C1", license_kind=kind, board=board, license_number=f"N{number}",
            status="valid",
        )  # fmt: skip
    return caseload.notice("C1", date(2025, 3, 10), about="license_revocation")


def test_licenses_are_counted_by_the_body_that_gives_them() -> None:
    fact = license_of(
        held(
            date(2025, 4, 8),
            ("driver", None),
            ("professional", "NURSE"),
            ("shellfish", "DMR"),
            ("other", None),
            ("hunting", None),
            ("fishing", None),
            ("registration", None),
        )
    )
    assert (fact.license_count, fact.driver_license_count, fact.board_license_count) == (7, 1, 3)
    assert (fact.recreational_license_count, fact.registration_count) == (2, 1)
    assert (fact.agency_license_count, fact.boardless_license_count) == (5, 1)


def test_no_license_is_known_only_where_licenses_are_current() -> None:
    assert license_of(held(date(2025, 4, 8))).board_license_count == 0
    stale = held(date(2025, 4, 8)).known_through("licenses", date(2025, 1, 1))
    assert license_of(stale).board_license_count is None


@pytest.mark.parametrize("body", BODIES)
def test_a_certification_rides_on_the_notice_for_this_default(body: str) -> None:
    kind = {"professional_license": "professional", "recreational_license": "hunting"}.get(
        body, "registration"
    )
    caseload = held(date(2025, 4, 8), (kind, "NURSE"))
    night = caseload.night("license_facts", body)
    assert night.verdicts[body, "enter", "C1"].verdict == "flag"
    assert night.verdicts[body, "stay", "C1"].verdict == "flag"
    # The old default is paid; the one that began after the notice needs a notice of its own.
    later = held(date(2025, 8, 8), (kind, "NURSE")).receipt("C1", date(2025, 3, 20), 3_600_00)
    later.charge("C1", date(2025, 4, 1), 300_00)
    assert later.verdict(body) == "clear"


def test_every_card_of_the_proceeding_asks_the_same_of_the_case() -> None:
    """What stays or bars a license in Maine may not drift apart between the bodies that hold one."""
    own = {"holds_a_license", "quarter_is_overdue", "unpaid_long_enough", "statute_out_of_compliance"}
    own |= {"no_temporary_license", "notice_served_for_this_default"}

    def asked(remedy: str) -> dict[str, list[tuple[object, ...]]]:
        card = read_card(house.RULES / "remedies" / remedy)
        return {
            part: [
                (one.name, one.sql, one.say_not, one.cites, one.protects)
                for one in card.conditions[part]
                if one.name not in own
            ]
            for part in ("enter", "stay")
        }

    first = asked("license_revocation")
    assert all(len(one) > 15 for one in first.values())
    assert {body: asked(body) for body in BODIES} == dict.fromkeys(BODIES, first)


@pytest.mark.parametrize(
    ("outcome", "days", "found", "able"),
    [
        ("can_pay", 90, False, True),  # the last day on which it stands
        ("can_pay", 91, False, False),
        ("cannot_pay", 400, True, False),
        ("no_answer", 1, False, False),
    ],
)
def test_a_look_at_hardship_stands_for_a_time_if_it_was_favorable_to_the_act(
    outcome: str, days: int, found: bool, able: bool
) -> None:
    caseload = owing().add(
        "hardship_checks", check_id="h", case_id="C1", checked_on=AS_OF - timedelta(days), outcome=outcome
    )
    fact = license_of(caseload)
    assert (fact.hardship_is_found, fact.ability_is_found) == (found, able)


def test_a_look_is_due_for_whoever_is_over_the_line_of_license_action() -> None:
    assert license_of(owing()).hardship_check_is_due is True
    looked = {"check_id": "h", "case_id": "C1", "checked_on": AS_OF, "outcome": "can_pay"}
    assert license_of(owing().add("hardship_checks", **looked)).hardship_check_is_due is False
    assert license_of(owing(license=False)).hardship_check_is_due is False
    assert license_of(owing(state="ma")).hardship_check_is_due is True


def test_where_no_such_record_is_kept_the_review_decides_hardship_and_an_old_one_is_not_known() -> None:
    never = license_of(owing().known_through("hardship_checks", None))
    assert (never.hardship_is_found, never.ability_is_found) == (False, None)
    old = license_of(owing().known_through("hardship_checks", date(2024, 6, 1)))
    assert (old.hardship_is_found, old.ability_is_found) == (None, None)
    lost = license_of(owing().rejected("hardship_checks", case_id="C1"))
    assert (lost.hardship_is_found, lost.ability_is_found) == (None, None)


def test_what_is_asked_for_at_once_stands_until_it_is_decided() -> None:
    ask = {"request_id": "r", "case_id": "C1", "kind": "temporary_license", "received_on": date(2025, 1, 14)}
    assert license_of(owing().add("license_requests", **ask)).temporary_asked_on == date(2025, 1, 14)
    decided = {**ask, "decided_on": date(2025, 1, 14), "granted": False}
    assert license_of(owing().add("license_requests", **decided)).temporary_asked_on is None


def test_a_years_support_follows_the_frequency_of_the_order() -> None:
    for frequency, cents in (("weekly", 15_600_00), ("biweekly", 7_800_00), ("monthly", 3_600_00)):
        fact = license_of(owing(order={"frequency": frequency, "current_cents": 300_00}))
        assert fact.yearly_support_cents == cents


def test_orders_of_unlike_cycles_add_up_by_the_year() -> None:
    caseload = owing(order={"frequency": "weekly", "current_cents": 100_00})
    row = caseload.rows["orders"][0]
    caseload.add("orders", **row | {"order_id": "O2", "frequency": "monthly", "current_cents": 10_00})
    fact = license_of(caseload)
    assert fact.yearly_support_cents == 5_320_00
    assert (fact.current_cents, fact.order_frequency) == (443_33, "monthly")
    row["frequency"], caseload.rows["orders"][1]["frequency"] = "monthly", "weekly"
    assert license_of(caseload).yearly_support_cents == 1_720_00


# What licensing bodies answer.


def certified(
    as_of: date, *acts: tuple[str, date], queue: str = "sos_license", target: str = "N1"
) -> Caseload:
    """A debtor of whom a licensing body was asked something on some days."""
    caseload = owing(as_of)
    for number, (kind, day) in enumerate(acts):
        caseload.published.append({
            "action_id": f"x{number}", "episode_id": "license_revocation:C1:1",
            "remedy": "license_revocation", "subject_id": "C1", "case_id": "C1", "person_id": "P-C1",
            "step": "certify", "kind": kind,
            "queue": queue, "message": "m", "target_id": target, "version": 1, "published_on": day,
        })  # fmt: skip
    return caseload


def test_a_certification_stands_until_it_is_released() -> None:
    sent = [("send", date(2024, 12, 2))]
    fact = license_of(certified(AS_OF, *sent))
    assert (fact.certified_on, fact.certified_count) == (date(2024, 12, 2), 1)
    fact = license_of(certified(AS_OF, *sent, ("release", date(2025, 1, 6))))
    assert (fact.certified_on, fact.certified_count, fact.unconfirmed_count) == (None, 0, 1)
    assert fact.release_asked_on == date(2025, 1, 6)


@pytest.mark.parametrize(
    ("queue", "target", "feed"),
    [
        ("sos_license", "N1", "dmv_responses"),
        ("rmv_license", "registration:N1", "dmv_responses"),
        ("license_boards", "NURSE:N1", "license_responses"),
        ("wildlife_licenses", "hunting:N1", "license_responses"),
    ],
)
def test_a_release_is_confirmed_by_the_answer_to_that_very_request(
    queue: str, target: str, feed: str
) -> None:
    day = date(2025, 1, 6)
    acts = (("send", date(2024, 12, 2)), ("release", day))
    answer = {"person_id": "P-C1", "license_number": "N1", "request_on": day, "result": "reinstated"}
    caseload = certified(AS_OF, *acts, queue=queue, target=target).partner(feed, **answer)
    fact = license_of(caseload)
    assert (fact.unconfirmed_count, fact.release_confirmed_on) == (0, day)
    older = {**answer, "request_on": date(2024, 12, 2)}
    other = certified(AS_OF, *acts, queue=queue, target=target).partner(feed, **older)
    assert license_of(other).unconfirmed_count == 1


def test_a_refusal_is_told_with_its_reason() -> None:
    caseload = certified(AS_OF, ("send", date(2025, 1, 6))).partner(
        "dmv_responses", person_id="P-C1", license_number="N1", request_on=date(2025, 1, 6),
        result="restriction_denied", reason="WRONG NUMBER",
    )  # fmt: skip
    fact = license_of(caseload)
    assert (fact.denied_count, fact.denied_reason) == (1, "WRONG NUMBER")


def test_a_refused_release_that_was_sent_again_is_confirmed_by_the_second_answer() -> None:
    first, second = date(2025, 1, 6), date(2025, 1, 9)
    acts = (("send", date(2024, 12, 2)), ("release", first), ("release", second))
    caseload = certified(AS_OF, *acts)
    for day, result in ((first, "reinstatement_denied"), (second, "reinstated")):
        caseload.partner(
            "dmv_responses", person_id="P-C1", license_number="N1", request_on=day, result=result
        )
    fact = license_of(caseload)
    assert (fact.unconfirmed_count, fact.denied_count, fact.release_confirmed_on) == (0, 0, second)


# The cure of Massachusetts.


def test_the_cure_counts_payments_of_a_quarter_of_the_debt_and_current_support() -> None:
    def paying(*cents: int) -> SimpleNamespace:
        caseload = owing(date(2025, 6, 2), state="ma")
        caseload.notice("C1", None, sent_on=date(2025, 2, 3), status="sent", about="license_revocation",
                        debt_cents=900_01)  # fmt: skip
        for month, amount in enumerate(cents, 3):
            caseload.receipt("C1", date(2025, month, 5), amount)
        return license_of(caseload)

    share = 225_01 + 300_00
    assert paying(share).cure_share_cents == share, "a quarter is rounded up"
    assert paying(share, share, share - 1).cure_payments == 2
    assert paying(share, share, share).cure_is_under_way is True
    assert paying(share).cure_is_under_way is False, "the last one is older than a month"
