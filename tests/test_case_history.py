"""A case's life over its nights: each change once, on its day, with what brought it about."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from json_docs import documented, given
from typer.testing import CliRunner

from arrears.answers.case_history import case_history
from arrears.author.sample import STATE, sample_nights
from arrears.cli.main import app
from arrears.data.beside import kept_rows
from arrears.data.store import Store
from arrears.data.warehouse import file_list, warehouse
from arrears.law.verdicts import Verdicts

pytestmark = pytest.mark.timeout(900)
FIRST, *_, LAST = sample_nights()


def changes(store: Store, case: str, kind: str) -> list[dict[str, Any]]:
    """The changes of one kind in the life of a case."""
    return [one for one in case_history(store, case, STATE)["changes"] if one["kind"] == kind]


def test_a_payment_ends_a_ground_and_the_line_says_which_payment(lived_week: Store) -> None:
    # What the facts of the week themselves say: who owed last night and owes nothing tonight, having paid.
    nights = sample_nights()
    tables = [lived_week.night(STATE, night) / "facts" / "case_facts.parquet" for night in nights]
    with warehouse() as con:
        paid = con.execute(
            f"""SELECT was.case_id, now.last_payment_on FROM read_parquet({file_list(tables[:-1])}) AS was
                JOIN read_parquet({file_list(tables[1:])}) AS now USING (case_id)
                WHERE was.owed_cents > 0 AND now.owed_cents = 0 AND now.last_payment_on > was.last_payment_on
                ORDER BY ALL LIMIT 1"""
        ).fetchone()
    assert paid
    case, paid_on = paid
    [settled] = [one for one in changes(lived_week, case, "debt") if one["now"] == "$0.00"]
    assert any(f"on {paid_on}" in said for said in settled["because"])
    ended = [one for one in changes(lived_week, case, "verdict") if one["on"] == settled["on"]]
    assert ended
    assert {(one["was"], one["cause"]) for one in ended if one["now"] == "clear"} <= {
        ("flag", "data"),
        ("unknown", "data"),
    }
    assert all(one["because"] for one in ended)


def test_verdicts_acts_and_decisions_stand_on_the_day_on_which_they_counted(lived_week: Store) -> None:
    [decided, *_] = _decided(lived_week)
    told = case_history(lived_week, decided, STATE)["changes"]
    assert told == sorted(told, key=lambda one: one["on"])
    acts = [one for one in told if one["kind"] == "act"]
    said = [one for one in told if one["kind"] == "decision"]
    assert said
    assert all(": " in one["because"][0] for one in said)
    for one in acts:  # nothing leaves but in an episode that was open by then
        opened = [
            each["on"]
            for each in told
            if (each["kind"], each["remedy"], each["subject"], each["now"])
            == ("episode", one["remedy"], one["subject"], "open")
        ]
        assert opened
        assert min(opened) <= one["on"]


def _decided(store: Store) -> list[str]:
    """The cases of which a person decided something in the week."""
    from arrears.ledger import Ledger

    with Ledger.open(store.ledger_url).kept_open() as ledger:
        episodes = {one["episode_id"] for one in ledger.decisions(STATE) if one["episode_id"]}
        table = ledger.snapshot(STATE, only=["episodes"])["episodes"].to_pylist()
    found = [one["case_id"] for one in table if one["episode_id"] in episodes and one["case_id"]]
    assert found
    return sorted(found)


def test_a_rule_that_changed_is_told_as_a_rule_and_a_day_that_passed_as_the_calendar(
    lived_nights: Store, tmp_path: Path
) -> None:
    # The second night is told again as if one verdict had been another on the first.
    shutil.copytree(lived_nights.root, tmp_path / "store")
    store = Store.open(tmp_path / "store")
    first = store.night(STATE, FIRST)
    table = first / "verdicts" / "license_facts.parquet"
    with warehouse() as con:
        kept = f"read_parquet({file_list([table])})"
        found = con.execute(
            f"""SELECT subject_id, case_id FROM {kept} WHERE "license_revocation.enter" IS FALSE
                AND case_id IS NOT NULL ORDER BY 1 LIMIT 1"""
        ).fetchone()
        assert found
        subject, case = found
        con.execute(
            f"""COPY (SELECT * REPLACE ("license_revocation.enter" OR subject_id = '{subject}'
                AS "license_revocation.enter") FROM {kept}) TO '{tmp_path / "other.parquet"}'"""
        )
    (tmp_path / "other.parquet").replace(table)
    assert [one["cause"] for one in _revocation(store, case)] == ["data", "calendar"]
    manifest = json.loads((first / "manifest.json").read_text())
    manifest["law"]["values"]["license.no_payment_days"] = 5
    (first / "manifest.json").write_text(json.dumps(manifest))
    assert [one["cause"] for one in _revocation(store, case)] == ["data", "rule"]


def _revocation(store: Store, case: str) -> list[dict[str, Any]]:
    return [one for one in changes(store, case, "verdict") if one["remedy"] == "license_revocation"]


def test_a_life_tells_no_digits_of_an_account(lived_nights: Store, tmp_path: Path) -> None:
    # The second night is told again as if only one account's certainty had been another on the first.
    shutil.copytree(lived_nights.root, tmp_path / "store")
    store = Store.open(tmp_path / "store")
    first = store.night(STATE, FIRST)
    asked = Verdicts(first).asked["bank_levy", "enter"]
    column, table = asked.column("account_distinct"), first / "verdicts" / "account_facts.parquet"
    with warehouse() as con:
        kept, facts = f"read_parquet({file_list([table])})", first / "facts" / "account_facts.parquet"
        found = con.execute(
            f"""SELECT subject_id, person_id, account_last4 FROM ({kept_rows(facts)})
                WHERE account_last4 IS NOT NULL ORDER BY 1 LIMIT 1"""
        ).fetchone()
        assert found
        subject, person, last_four = found
        con.execute(
            f"""COPY (SELECT * REPLACE (
                  CASE WHEN subject_id = '{subject}' THEN {asked.verdict} IS NOT TRUE ELSE {asked.verdict} END
                    AS {asked.verdict},
                  CASE WHEN subject_id = '{subject}' THEN {column} IS NOT TRUE ELSE {column} END AS {column})
                FROM {kept}) TO '{tmp_path / "other.parquet"}'"""
        )
    (tmp_path / "other.parquet").replace(table)
    told = json.dumps([one for one in changes(store, person, "verdict") if one["remedy"] == "bank_levy"])
    assert "ends in ****" in told
    assert f"ends in {last_four}" not in told


def test_a_number_that_nobody_knows_is_said_plainly(lived_week: Store) -> None:
    told = CliRunner().invoke(app, ["history", "no-such-case", "--store", str(lived_week.root)])
    assert told.exit_code == 1
    assert "No case or person no-such-case" in told.output


def test_the_json_of_history_is_as_documented(lived_week: Store) -> None:
    case = _decided(lived_week)[0]
    told = CliRunner().invoke(app, ["history", case, "--store", str(lived_week.root), "--json"])
    assert given(json.loads(told.stdout)) == documented("history")
