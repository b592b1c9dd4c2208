"""What still stands with a partner after its case closed or its parent gets assistance: a line asks."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from builders import AS_OF, Caseload, profile, rows_of

from arrears import house
from arrears.law.work import load_kinds, make_kinds
from arrears.night.transform import run_facts, run_match


def lines(caseload: Caseload, kind: str) -> list[str]:
    """What the lines of a kind say of a caseload."""
    told = load_kinds(house.RULES)[kind]
    with caseload.attached() as con, TemporaryDirectory() as place:
        run_match(con, Path(place) / "match", caseload.as_of)
        run_facts(con, Path(place) / "facts", profile(caseload.state), caseload.as_of, wanted={told.facts})
        con.execute("CREATE SCHEMA plan")
        make_kinds(con, {kind: told})
        return [row["because"][0] for row in rows_of(con, "plan.kinds")]


def reported(*acts: tuple[str, date], **but: Any) -> Caseload:
    """A closed case with debt left, of which the bureaus heard on some days."""
    caseload = Caseload().debtor("C1")
    caseload.rows["cases"][0] |= {"status": "closed", "closed_on": date(2025, 1, 6)} | but
    for number, (kind, day) in enumerate(acts):
        caseload.published.append({
            "action_id": f"x{number}", "episode_id": "E", "remedy": "credit_reporting", "subject_id": "C1",
            "case_id": "C1", "person_id": "P-C1", "kind": kind, "queue": "credit_bureaus", "message": "m",
            "target_id": "C1", "version": number + 1, "published_on": day,
        })  # fmt: skip
    return caseload


HEARD = (("send", date(2024, 11, 4)), ("update", date(2024, 12, 2)))


def test_a_closed_case_whose_account_stands_with_the_bureaus_is_somebodys_work() -> None:
    [said] = lines(reported(*HEARD), "reported_case_closed")
    assert "closed 2025-01-06 and $3,600.00 is still owed" in said
    assert "last heard of the account on 2024-12-02" in said


@pytest.mark.parametrize(
    ("caseload", "why"),
    [
        (reported(*HEARD, ("release", date(2025, 1, 7))), "taken back"),
        (reported(*HEARD, status="open"), "open"),
        (reported(), "never told"),
        (reported(*HEARD, obligor_id="9-OTHER").person("9-OTHER"), "another parent, released automatically"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_an_account_that_is_told_on_or_no_more_there_is_no_line(caseload: Caseload, why: str) -> None:
    assert lines(caseload, "reported_case_closed") == [], why


def restricted(**person: Any) -> Caseload:
    """A parent whose license was restricted before."""
    caseload = Caseload().debtor("C1", last_paid=date(2024, 6, 1))
    caseload.rows["persons"][0] |= person
    caseload.published.append({
        "action_id": "x", "episode_id": "license_revocation:C1:1", "remedy": "license_revocation",
        "subject_id": "C1", "case_id": "C1", "person_id": "P-C1", "step": "certify", "kind": "send",
        "queue": "sos_license", "message": "restrict", "target_id": "L1", "version": 1,
        "published_on": date(2024, 12, 2),
    })  # fmt: skip
    return caseload


@pytest.mark.parametrize("fact", ["receives_ssi", "receives_tanf"])
def test_assistance_told_after_a_license_was_restricted_is_somebodys_work(fact: str) -> None:
    [said] = lines(restricted(**{fact: True}), "license_assisted_since")
    assert "licenses now certified: 1, since 2024-12-02" in said


def test_supplemental_security_income_counts_from_wherever_it_is_told() -> None:
    caseload = restricted()
    caseload.partner("sves_title_xvi", person_token="t-P-C1", person_id="P-C1", answer="claim", is_paid=True)
    assert len(lines(caseload, "license_assisted_since")) == 1


def test_without_assistance_or_without_a_restriction_there_is_no_line() -> None:
    assert lines(restricted(), "license_assisted_since") == []
    caseload = restricted(receives_ssi=True)
    caseload.published.append(
        caseload.published[0] | {"action_id": "y", "kind": "release", "published_on": AS_OF}
    )
    assert lines(caseload, "license_assisted_since") == []
