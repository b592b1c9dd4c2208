"""What a parent is told: in two languages, of their own case alone, with the days that the night counted."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from json_docs import documented, given
from typer.testing import CliRunner

from arrears import house
from arrears.answers.closed_nights import ClosedNight, attach_night, closed_nights
from arrears.author.sample import sample_nights
from arrears.cli.main import app
from arrears.data.store import Store
from arrears.data.warehouse import Connection, warehouse
from arrears.errors import ArrearsError, RuleFault
from arrears.law.parent_words import load_parent_words, parent_word_faults
from arrears.law.profile import Profile
from arrears.law.remedy import load_cards
from arrears.reports.for_parent import cases_of, for_parent, print_for_parent

pytestmark = pytest.mark.timeout(900)
STATE = "me"
LAST = sample_nights(STATE)[-1]


@pytest.fixture(scope="module")
def lived(lived_week: Store) -> Iterator[tuple[ClosedNight, Connection]]:
    """The last night of Maine's week, all that it knew attached."""
    [*_, night] = closed_nights(lived_week, STATE)
    with warehouse() as con:
        attach_night(con, night)
        yield night, con


def asked(con: Connection, sql: str) -> list[Any]:
    return con.execute(sql).fetchall()


def test_who_may_be_told_is_decided_as_for_the_portal(lived: tuple[ClosedNight, Connection]) -> None:
    night, con = lived
    party = (house.transforms_of(house.RULES) / "portal" / "party.sql").read_text()
    con.execute(f"CREATE OR REPLACE TEMP TABLE party AS {party}", {"as_of": night.as_of})
    may = {case for (case,) in asked(con, "SELECT case_id FROM party WHERE role = 'obligor'")}
    every = asked(con, "SELECT case_id, status FROM caseload.cases ORDER BY case_id")
    barred = [case for case, status in every if status == "open" and case not in may]
    told = [case for case, status in every if status == "open" and case in may]
    assert len(barred) > 2
    assert [case for case in barred if cases_of(con, night.folder, case)] == []
    assert [case for case in told[:25] if not cases_of(con, night.folder, case)] == []


def test_a_parent_of_whom_nothing_may_be_told_is_told_nothing(
    lived_week: Store, lived: tuple[ClosedNight, Connection]
) -> None:
    [(case,), *_] = asked(
        lived[1], "SELECT case_id FROM facts.case_facts WHERE identity_has_failed ORDER BY 1"
    )
    told = for_parent(lived_week, STATE, LAST, case)
    assert (told["person"], told["cases"], told["remedies"]) == (None, [], [])
    assert "Nothing may be told" in told["nothing"]


def test_nothing_of_others_employers_or_accounts_is_on_a_page(
    lived_week: Store, lived: tuple[ClosedNight, Connection]
) -> None:
    """Of the cases of which most could be told: a levy, a protected family, an employer, a settlement."""
    con = lived[1]
    found = asked(
        con,
        """WITH told AS (SELECT DISTINCT remedy, case_id FROM plan.episode WHERE case_id <> '')
        SELECT min(case_id) FROM told GROUP BY remedy
        UNION SELECT min(case_id) FROM facts.case_facts SEMI JOIN told USING (case_id)
          WHERE has_family_violence ORDER BY 1""",
    )
    secrets = {
        str(one)
        for select in (
            "custodial_id FROM caseload.cases WHERE custodial_id <> ''",
            "obligor_id FROM caseload.cases",
            "office FROM facts.case_facts WHERE office IS NOT NULL",
            "unnest(regexp_extract_all(employer_name, '[A-Z]{5,}')) FROM facts.employment_facts",
        )
        for (one,) in asked(con, f"SELECT DISTINCT {select}")
    }
    for (case,) in found:
        told = for_parent(lived_week, STATE, LAST, case)
        words = set(re.findall(r"[\w-]+", print_for_parent(told)))
        assert told["remedies"] or told["nothing"], case
        assert not words & (secrets - {told["person"], "MAINE"}), case


def test_nobody_is_warned_of_a_levy_before_its_letter_has_gone(
    lived_week: Store, lived: tuple[ClosedNight, Connection]
) -> None:
    [(person, ordered_on, told_on), *_] = asked(
        lived[1],
        f"""SELECT
          person_id,
          min(published_on) FILTER (step = 'order'),
          min(published_on) FILTER (step = 'copy')
        FROM ledger.published WHERE remedy = 'bank_levy' AND published_on >= DATE '{sample_nights(STATE)[0]}'
        GROUP BY ALL HAVING count(*) FILTER (step = 'copy') > 0 ORDER BY 1""",
    )
    assert ordered_on < told_on
    told = [for_parent(lived_week, STATE, night, person)["remedies"] for night in (ordered_on, told_on)]
    assert ["bank_levy" in {one["remedy"] for one in remedies} for remedies in told] == [False, True]


def test_the_days_are_those_of_the_clocks_of_the_night(
    lived_week: Store, lived: tuple[ClosedNight, Connection]
) -> None:
    [(person, episode, due_on, ends_on), *_] = asked(
        lived[1],
        f"""SELECT act.person_id, episode_id, due_on, window_ends_on
        FROM plan.clock JOIN plan.actions AS act USING (episode_id, step)
        WHERE clock.intake = 'hearings' AND window_ends_on >= DATE '{LAST}' AND act.status = 'waits'
          AND act.remedy = 'federal_tax_offset' ORDER BY 1""",
    )
    months = {"en": f"{ends_on:%B} {ends_on.day}, {ends_on.year}", "es": f"{ends_on.day} de "}
    for language, said in months.items():
        told = for_parent(lived_week, STATE, LAST, person, language)
        one = next(one for one in told["remedies"] if one["episode"] == episode)
        hearing = next(stop for stop in one["stops"] if stop["stop"] == "hearing")
        assert hearing["by_on"] == ends_on
        assert said in hearing["said"]
        assert [each["on"] for each in one["steps"]] == [due_on]
        # Every day is written out as the language does.
        assert not re.search(r"\d{4}-\d\d-\d\d", print_for_parent(told))


def test_a_debt_that_is_not_known_is_not_told_as_none(
    lived_week: Store, lived: tuple[ClosedNight, Connection]
) -> None:
    [(case,), *_] = asked(
        lived[1],
        """SELECT case_id FROM facts.case_facts
        WHERE past_due_cents IS NULL AND case_is_open AND obligor_is_alive AND NOT identity_has_failed
        ORDER BY 1""",
    )
    [one] = [one for one in for_parent(lived_week, STATE, LAST, case)["cases"] if one["case_id"] == case]
    assert one["past_due_cents"] is None
    assert "$" not in one["said"]
    assert "not known" in one["said"]


def test_the_command_prints_reads_and_refuses(lived_week: Store) -> None:
    run, place = CliRunner(), ["--for-parent", "--store", str(lived_week.root)]
    verb = ["explain", STATE, str(LAST), "00000101"]
    told = run.invoke(app, [*verb, "--language", "es", *place])
    assert told.exit_code == 0, told.output
    assert "A quién llamar: MAINE DHHS DSER, 207-555-0100" in told.output
    document = run.invoke(app, [*verb, "--json", *place])
    assert given(json.loads(document.stdout)) == documented("explain ST DATE CASE --for-parent")
    other = run.invoke(app, [*verb, "--language", "xx", *place])
    assert other.exit_code == 1
    assert "en (English), es (Español)" in " ".join(other.output.split())


def test_each_remedy_in_force_is_told_or_said_not_to_be() -> None:
    words, cards = load_parent_words(house.RULES), load_cards(house.RULES)
    profiles = [Profile.load(house.RULES, state) for state in ("me", "ma")]
    assert parent_word_faults(words, profiles, cards) == []
    with_more = [profiles[0].with_remedy("license_inquiry")]
    without = words.told.__class__(words.told.remedies, words.told.once_sent, {}, words.told.stops)
    [fault] = [
        one
        for one in parent_word_faults(words.__class__(without, words.languages), with_more, cards)
        if "license_inquiry" in one
    ]
    assert "neither told nor not_told" in fault


def test_each_fault_of_the_words_is_listed_at_once(tmp_path: Path) -> None:
    for name in ("rules", "transforms"):
        shutil.copytree(house.ROOT / name, tmp_path / name)
    es, told = (tmp_path / "rules" / "parent_words" / name for name in ("es.yml", "told.yml"))
    text = es.read_text()
    text = text.replace("  now: ", "  odd: ").replace("más tardar el {day}", "más tardar el 3 de mayo")
    text = text.replace('{report: "La agencia informa la deuda', '{raport: "La agencia informa la deuda', 1)
    es.write_text(text)
    told.write_text(
        told.read_text().replace("  contempt:", "  contemt:").replace("no_hardship,", "no_hardshp,")
    )
    with pytest.raises(RuleFault) as found:
        load_parent_words(tmp_path / "rules")
    said = str(found.value)
    for fault in (
        "contemt; there is no such remedy",
        "no_hardshp; no remedy has such a condition",
        "now is missing",
        "unknown key odd",
        "hearing_by must hold day in braces",
        "hearing_by holds a figure",
        "report is missing",
        "unknown key raport",
    ):
        assert fault in said, fault


def test_words_that_nobody_has_are_refused(lived_week: Store) -> None:
    with pytest.raises(ArrearsError, match="There are no words in 'xx'"):
        for_parent(lived_week, STATE, date(2025, 1, 20), "00000101", "xx")
