"""The rule book tells the law as it runs, whole, in words, and its kept pages are never stale."""

import re
from datetime import date

import pytest
from typer.testing import CliRunner

from arrears import house
from arrears.cli.main import app
from arrears.law.catalog import described_facts
from arrears.law.citations import load_policies
from arrears.law.profile import Profile
from arrears.law.remedy import load_cards
from arrears.reports.rulebook import rulebook, why_off
from arrears.reports.rulebook_compare import changes, compared
from arrears.reports.rulebook_docs import ON, docs
from arrears.reports.rulebook_law import Law
from arrears.reports.rulebook_page import page
from arrears.reports.rulebook_words import amount, escaped, filled

STATES = ("me", "ma")
BOOKS = {state: rulebook(state, ON) for state in STATES}


def section(state: str, remedy: str) -> str:
    """What the book says of one remedy."""
    return BOOKS[state].split(f'<a id="{remedy}"></a>\n###')[1].split('<a id="')[0]


@pytest.mark.parametrize("path", list(docs()), ids=lambda path: path.name)
def test_a_page_that_is_printed_from_the_rules_is_not_stale(path) -> None:
    assert path.read_text(encoding="utf-8") == docs()[path], "run `arrears rulebook --docs`"


@pytest.mark.parametrize("state", STATES)
def test_every_condition_of_every_remedy_that_runs_is_written_out(state: str) -> None:
    law = Law(Profile.load(house.RULES, state), ON)
    for remedy, card in load_cards(house.RULES).items():
        if remedy not in law.profile.remedies_in_force(ON) or why_off(card, law):
            assert f'<a id="{remedy}"></a>' not in BOOKS[state]
            continue
        told, waived = section(state, remedy), law.profile.waivers(remedy, ON)
        for one in [one for part in card.conditions.values() for one in part]:
            assert escaped(filled(one.say, law.limits(card), law.units(card))) in told
        for name, waiver in waived.items():
            assert f"Not asked here: {escaped(waiver.why)}" in told, name
        for step in card.steps:
            assert escaped(step.say) in told
        for left in card.leaves:
            assert escaped(left.why) in told


def test_the_limits_of_the_day_the_clock_and_the_sentence_of_the_guide_stand_in_the_text() -> None:
    told = section("me", "license_revocation")
    assert "No payment since (date): 60 days or more" in told
    assert "It waits 20 days from the proven service of the notice" in told
    assert "“DSER may begin a License Revocation Proceeding when the NCP has not paid child support" in told
    assert "19-A M.R.S. § 2201(6)(A)" in told


def test_a_state_is_shown_its_own_law_alone() -> None:
    assert "M.R.S." not in section("ma", "license_suspension_ma")
    assert "M.G.L." not in section("me", "license_revocation")


@pytest.mark.parametrize("state", STATES)
def test_nobody_has_to_read_a_name_of_the_files(state: str) -> None:
    facts = {name for columns in (described_facts(house.FACTS) or {}).values() for name in columns}
    cards = load_cards(house.RULES)
    named = {one.name for card in cards.values() for part in card.conditions.values() for one in part}
    text = re.sub(r'<a id="[^"]*"></a>|\]\(#[^)]*\)', "", BOOKS[state]).replace("\\", "")
    words = set(re.findall(r"\b[a-z]+_[a-z_]+\b", text))
    assert words & (facts | named | set(cards)) == set()


def test_the_page_stands_by_itself_and_every_link_in_it_leads_somewhere() -> None:
    told = page(rulebook("ma", ON, has_links=True))
    assert not re.search(r"<(script|link|img|iframe)\b|@import|url\(", told)
    linked = set(re.findall(r'href="#([^"]+)"', told))
    assert linked
    assert linked <= set(re.findall(r'id="([^"]+)"', told))


def test_text_of_the_rules_cannot_become_markup() -> None:
    assert "<b>" not in page(f"# A\n\n{escaped('a <b> | c')}\n")


def test_two_states_are_set_side_by_side_by_what_differs() -> None:
    told = compared("me", "ma", ON)
    assert "| Notice of debt | used | not used |" in told
    assert re.search(r"\| Debt above which credit bureaus are told \| \$1,000.00 .*\| \$0.00 ", told)
    assert "| Income withholding |" not in told


def test_what_changes_between_two_days_is_listed_and_nothing_else() -> None:
    told = changes("me", date(2007, 1, 1), date(2025, 1, 15))
    assert re.search(r"\$12,500.00 .*\| \$47,500.00 ", told)
    assert "| Vehicle registrations | not used |" in told
    assert changes("me", date(2025, 1, 14), ON).count("No difference.") == 2


def test_every_policy_has_its_place_on_the_policy_page() -> None:
    text = (house.ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    assert set(load_policies(house.RULES)) <= set(re.findall(r'<a id="([^"]+)"></a>', text))


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (1000_00, "cents", "$1,000.00"),
        (1, "business_days", "1 business day"),
        (20, "days", "20 days"),
        (None, "cents", "none"),
        ("unset", "cents", "not set"),
        (True, "boolean", "yes"),
        (25, "percent", "25 %"),
    ],
)
def test_a_value_is_said_with_its_unit(value, unit: str, said: str) -> None:
    assert amount(value, unit) == said


def test_a_value_of_none_is_no_limit_only_where_the_law_says_that_it_is_one() -> None:
    assert "| Debt owed to the state is barred after | no limit |" in BOOKS["me"]
    assert "| What current support waits for before it is withheld | no gate |" in BOOKS["me"]
    assert "| Least debt for state tax offset, by federal law | no amount set |" in BOOKS["me"]
    assert "no limit" not in section("ma", "order_modification")


def test_a_condition_whose_number_nobody_set_says_so() -> None:
    assert "more than (no number of percent is set) apart" in section("ma", "order_modification")
    assert "more than 15 % apart" in section("me", "order_modification")


def test_two_blanks_of_a_kind_in_one_sentence_each_name_their_fact() -> None:
    units = {"owed_cents": "cents", "take_cents": "cents", "due_on": "date"}
    assert filled("{take_cents} of {owed_cents} by {due_on}", {}, units) == (
        "(take amount) of (owed amount) by (date)"
    )
    assert filled("{owed_cents} is owed; {owed_cents}!", {}, units) == "(amount) is owed; (amount)!"
    for state in STATES:
        assert not re.search(r"\((amount|date|number)\)[^.:;|]{1,20}\(\1\)", BOOKS[state])


def test_a_value_that_only_the_first_state_has_keeps_its_title() -> None:
    told = compared("me", "ma", ON)
    assert "| Certified copies of another state's order | 3 " in told
    assert "| Payments that cure a license notice | — | 4 " in told


def test_what_is_not_done_yet_of_another_state_is_not_told() -> None:
    assert "come with their profiles" not in section("me", "license_revocation")
    assert "Conditions of a temporary license" in section("me", "license_revocation")
    assert "Maine" in section("me", "arrears_withholding").split("**Not done yet:**")[1]
    assert "Maine" not in section("ma", "arrears_withholding").split("**Not done yet:**")[1]


def test_law_from_memory_is_not_told_as_if_somebody_had_read_it() -> None:
    rows = [line for line in BOOKS["me"].splitlines() if "From memory, unverified" in line]
    assert rows
    assert not [line for line in rows if "agrees or is silent" in line]


def test_a_clock_of_no_days_waits_until_its_day() -> None:
    assert "waits 0 days" not in "".join(BOOKS.values())
    assert "It waits until a day of the case (“" in section("me", "state_tax_intercept")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--state", "me", "--on", "2025-01-15", "--compare", "ME"], "cannot differ from itself"),
        (["--state", "me", "--changes", "2025-01-15", "2007-01-01"], "Name the earlier day first"),
        (["--state", "me", "--on", "2025-01-15", "--out", "book.pdf"], ".html or .md"),
        (["--state", "me", "--on", "2025-01-15", "--out", "book"], ".html or .md"),
    ],
)
def test_what_cannot_be_printed_is_refused(given: list[str], said: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = CliRunner().invoke(app, ["rulebook", *given])
    assert ran.exit_code != 0
    assert said in " ".join(ran.output.split())
    assert not list(tmp_path.iterdir())
