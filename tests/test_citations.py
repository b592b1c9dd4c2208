"""Citations are read as people write them and lead somewhere; every policy is written down and cited."""

from pathlib import Path

import pytest

from arrears import house
from arrears.config import Faults
from arrears.law.citations import (
    as_cited,
    load_policies,
    load_sources,
    policy_faults,
    read_sources,
    with_written,
)

SOURCES = load_sources(house.RULES)


@pytest.mark.parametrize(
    ("cite", "said"),
    [
        ("42-usc-652#(k)(1)", "42 U.S.C. § 652(k)(1)"),
        ("42-usc-666#(a)(7)-before-1996-08-22", "42 U.S.C. § 666(a)(7), before 1996-08-22"),
        ("45-cfr-303.11#(b)", "45 C.F.R. § 303.11(b)"),
        ("31-cfr-212", "31 C.F.R. part 212"),
        ("me-19-a-2201", "19-A M.R.S. § 2201"),
        ("me-19-a-2201#(1)(B)-(D)", "19-A M.R.S. § 2201(1)(B)-(D)"),
        ("me-14-864#after-PL-2017-c.102", "14 M.R.S. § 864, after PL 2017 c.102"),
        ("me-ch-351-14-1#(B)", "10-144 C.M.R. ch. 351, § 14-1(B)"),
        ("ma-119a-16#(b)", "M.G.L. c. 119A, § 16(b)"),
        ("me-guide#license-revocation", "DSER Guide to Services, license revocation"),
        ("ma-roster#G", "Interstate Roster, Massachusetts, section G"),
        ("pl-115-123#s.53117", "P.L. 115-123, § 53117"),
        ("arrears-policy#mail", "Policy, Mail that is still on its way"),
        ("no-such-source#(b)", "no-such-source#(b)"),
    ],
)
def test_a_citation_is_read_as_people_write_it(cite: str, said: str) -> None:
    assert as_cited(cite, SOURCES) == said


def test_no_source_is_known_by_its_id_alone() -> None:
    assert {one.id for one in SOURCES.values() if one.title == one.id} == set()


def test_a_source_that_was_not_read_says_where_it_can_be(tmp_path: Path) -> None:
    faults = Faults()
    (tmp_path / "sources.yml").write_text("sources: {law: {title: Law, where: not read, seen: memory}}\n")
    read_sources(tmp_path, faults)
    assert any("give the address" in one for one in faults.found)


def test_a_program_gets_the_id_and_what_people_write() -> None:
    told = with_written({"lines": [{"cites": ["42-usc-652#(k)"]}]})
    assert told == {"lines": [{"cites": ["42-usc-652#(k)"], "cited_as": ["42 U.S.C. § 652(k)"]}]}


def test_a_policy_that_is_not_written_down_and_one_that_nobody_cites_are_faults(tmp_path: Path) -> None:
    text = (house.RULES / "policy.yml").read_text()
    (tmp_path / "policy.yml").write_text(text.replace("  mail:\n", "  post:\n"))
    found = list(policy_faults(tmp_path, [house.RULES, house.ROOT / "transforms"]))
    assert found == [
        "rules/policy.yml: arrears-policy#mail is cited and not written down",
        "rules/policy.yml: post is cited by nothing",
    ]


def test_every_policy_says_who_signs_it() -> None:
    assert {one.name for one in load_policies(house.RULES).values() if not one.sign} == set()
