"""Extracts for the parents' portal: each parent sees the case's money and nothing of the other one."""

import airflow_env  # noqa: I001  first: it gives Airflow its home

import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from json_docs import documented, given
from typer.testing import CliRunner

from arrears import house
from arrears.answers.closed_nights import ClosedNight, attach_night, closed_nights
from arrears.answers.display import fetch
from arrears.cli.main import app
from arrears.data.store import Store
from arrears.data.warehouse import Connection, warehouse
from arrears.errors import ArrearsError
from arrears.reports import portal
from arrears.reports.portal_form import load_portal, portal_page
from arrears.values import Row

FORM = load_portal(house.RULES)
GIVEN = {"months": 36, "read_out": 10, "told_by_letter": ["bank_levy"], "time_zone": "America/New_York"}
# Two families of one parent who owes; the first one's mother is protected, and shares their street.
HOSTILE = {
    "caseload.persons": """
      SELECT * REPLACE (
        CASE person_id WHEN $mother THEN 'Zyxwvut' WHEN $father THEN 'Qponmlk' ELSE last_name END
          AS last_name,
        person_id = $mother OR family_violence AS family_violence)
      FROM caseload.persons""",
    "caseload.addresses": """
      SELECT * REPLACE (
        CASE WHEN person_id IN ($mother, $father) THEN '12 Hidden Lane' ELSE line_1 END AS line_1)
      FROM caseload.addresses""",
    "caseload.employers": """
      FROM caseload.employers
      UNION ALL BY NAME SELECT $father AS person_id, '991234567' AS fein, 'Hush Mill' AS employer_name""",
    "facts.custodial_parents": """
      SELECT * REPLACE (person_id = $mother OR location_is_protected AS location_is_protected)
      FROM facts.custodial_parents""",
    "caseload.notices": """
      FROM caseload.notices UNION ALL BY NAME FROM (VALUES
        ('H1', $case, $mother, 'letter to Zyxwvut', DATE '2025-01-10', 'sent'),
        ('H2', $case, $father, 'Qponmlk of 12 Hidden Lane', DATE '2025-01-10', 'sent'),
        ('H3', $case, NULL, 'to_nobody', DATE '2025-01-10', 'sent'))
        AS t(notice_id, case_id, person_id, about, sent_on, status)""",
    "facts.allocation": """
      FROM facts.allocation UNION ALL BY NAME
      (SELECT receipt_id, $other AS case_id, 1 AS tier_no, 'family_arrears' AS tier, 'family' AS pays,
        'never_assigned' AS balance_class, 700 AS amount_cents, 0 AS passed_through_cents,
        CAST([] AS VARCHAR[]) AS cites
      FROM caseload.receipts WHERE case_id = $case AND kind = 'payment' ORDER BY receipt_id LIMIT 1)""",
    "caseload.receipts": """
      FROM caseload.receipts UNION ALL BY NAME
      SELECT $case || '-' || $mother AS receipt_id, $case AS case_id, DATE '2025-01-13' AS received_on,
        0 AS amount_cents, 'adjustment' AS kind, 'posted' AS status, 'other' AS source
      UNION ALL BY NAME
      SELECT $case || '-TAX' AS receipt_id, $case AS case_id, DATE '2025-01-13' AS received_on,
        0 AS amount_cents, 'intercept' AS kind, 'pending' AS status, 'tax' AS source""",
    "caseload.disbursements": """
      FROM caseload.disbursements UNION ALL BY NAME FROM (VALUES
        ('HD1', $case, DATE '2025-01-13', 900, 'family', 'sent'),
        ('HD2', $case, DATE '2025-01-13', 800, 'state', 'sent'),
        ('HD3', $case, DATE '2025-01-13', 700, 'obligor', 'sent'))
        AS t(disbursement_id, case_id, disbursed_on, amount_cents, paid_to, status)""",
    "caseload.appointments": """
      FROM caseload.appointments UNION ALL BY NAME FROM (VALUES
        ('A1', $father, $case, 'hearing', DATE '2025-02-03', '09:30', 'Biddeford, room 4', 'scheduled'),
        ('A1', $mother, $case, 'hearing', DATE '2025-02-03', '09:30', 'Biddeford, room 4', 'scheduled'),
        ('A2', $mother, $case, 'interview', DATE '2025-01-21', '9 am', 'at 12 hidden lane', 'scheduled'),
        ('A3', $father, $case, 'genetic_test', DATE '2025-01-22', NULL, '=Ask for ZYXWVUT', 'scheduled'),
        ('A4', $father, $case, 'interview', DATE '2025-01-22', '08:00', '=HYPERLINK', 'canceled'),
        ('A5', $father, $case, 'interview', DATE '2025-01-02', '08:00', 'Portland', 'kept'))
        AS t(appointment_id, person_id, case_id, kind, starts_on, starts_at, place, status)""",
    "ledger.published": """
      FROM ledger.published UNION ALL BY NAME FROM (VALUES
        ('X1', 'bank_levy', $case, $father, 'bank_levy', 'order', DATE '2025-01-14', 5000),
        ('X2', 'professional_license', $case, $father, 'license_boards', 'suspend', DATE '2025-01-14', 5000))
        AS t(action_id, remedy, case_id, person_id, queue, message, published_on, amount_cents)""",
}


class World:
    """A night with two hostile cases planted in it, and every extract made of it."""

    def __init__(self, con: Connection, night: ClosedNight) -> None:
        self.con, self.night = con, night
        attach_night(con, night)
        [[self.case, self.father, self.mother], [self.other, _, _]] = con.execute(
            """SELECT case_id, obligor_id, custodial_id FROM caseload.cases
            SEMI JOIN caseload.receipts USING (case_id) SEMI JOIN facts.case_facts AS facts USING (case_id)
            WHERE custodial_id <> obligor_id ORDER BY case_id LIMIT 2"""
        ).fetchall()
        named = {"case": self.case, "other": self.other, "mother": self.mother, "father": self.father}
        for name, sql in HOSTILE.items():
            self.plant(name, sql, {key: value for key, value in named.items() if f"${key}" in sql})
        self.make()

    def plant(self, name: str, sql: str, given: Row | None = None) -> None:
        """Puts other rows in the place of a table or view."""
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE planted AS {sql}", given or {})
        schema, table = name.split(".")
        [[kind]] = self.con.execute(
            "SELECT table_type FROM information_schema.tables WHERE table_schema = ? AND table_name = ?",
            [schema, table],
        ).fetchall()
        self.con.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} {name}")
        self.con.execute(f"CREATE TABLE {name} AS FROM planted")

    def make(self, *names: str, **other: str) -> None:
        """Makes extracts again: all, or these alone; one of another SQL where that is given."""
        wanted = {*names, *other} or {*FORM.first, *FORM.extracts}
        self.con.execute("DROP VIEW IF EXISTS portal.before")
        extracts = {name: replace(one, sql=other.get(name, one.sql)) for name, one in FORM.extracts.items()}
        form = replace(
            FORM,
            first={name: other.get(name, one) for name, one in FORM.first.items() if name in wanted},
            extracts={name: one for name, one in extracts.items() if name in wanted},
        )
        portal.make_extracts(self.con, form, {**GIVEN, "as_of": self.night.as_of}, None)

    def rows(self, extract: str, person: str) -> list[Row]:
        return fetch(
            self.con,
            f"SELECT * FROM portal.{extract} WHERE case_id = $case AND person_id = $person",
            {"case": self.case, "person": person},
        )

    def tells(self) -> list[tuple[str, str]]:
        """Each extract and text of the other parent (number, name, street, work) that a row of it holds."""
        found = []
        for name, extract in FORM.extracts.items():
            texts = ", ".join(f"CAST({one} AS VARCHAR)" for one in extract.columns if one != "person_id")
            found += self.con.execute(
                f"""WITH secret AS (
                  SELECT person_id AS of, person_id AS secret FROM caseload.persons
                  UNION ALL SELECT person_id, last_name FROM caseload.persons
                    WHERE last_name IN ('Zyxwvut', 'Qponmlk')
                  UNION ALL SELECT person_id, line_1 FROM caseload.addresses
                  UNION ALL SELECT person_id, employer_name FROM caseload.employers
                  UNION ALL SELECT person_id, fein FROM caseload.employers)
                SELECT DISTINCT '{name}', secret FROM (
                  SELECT case_id, person_id, concat_ws('|', {texts}) AS said FROM portal.{name}) AS row
                JOIN portal.party AS party USING (case_id, person_id)
                JOIN secret ON secret.of = party.other_id
                WHERE contains(lower(said), lower(secret))"""
            ).fetchall()
        return found


@pytest.fixture(scope="module")
def night(lived_nights: Store) -> ClosedNight:
    return closed_nights(lived_nights, "me")[-1]


@pytest.fixture(scope="module")
def world(night: ClosedNight) -> Iterator[World]:
    with warehouse() as con:
        yield World(con, night)


def test_no_row_tells_a_parent_anything_of_the_other_one(world: World) -> None:
    assert world.tells() == []
    assert [
        one for extract in FORM.extracts.values() for one in portal.extract_faults(world.con, extract)
    ] == []
    said = [column for one in FORM.extracts.values() for column in one.columns]
    assert not [
        one for one in said if any(word in one for word in ("ssn", "name", "address", "zip", "employer"))
    ]


def test_what_is_protected_or_told_to_one_of_them_alone_is_not_there_for_the_other(world: World) -> None:
    [his], [hers] = world.rows("cases", world.father), world.rows("cases", world.mother)
    # Her place is protected, and what office works her case could tell where it is. His is not.
    assert his["office"] is None
    assert hers["office"] is not None
    tax = f"{world.case}-TAX"
    of = {
        who: {one["receipt_id"]: one for one in world.rows("collections", who)}
        for who in (world.father, world.mother)
    }
    assert (of[world.father][tax]["kind"], of[world.father][tax]["source"]) == ("intercept", "tax")
    assert (of[world.mother][tax]["kind"], of[world.mother][tax]["source"]) == ("payment", None)
    assert [one["disbursement_id"] for one in world.rows("disbursements", world.mother)] == ["HD1"]
    assert [one["disbursement_id"] for one in world.rows("disbursements", world.father)] == ["HD3"]
    # A number that is made of hers: she sees it whole, he with a star.
    assert f"{world.case}-{world.mother}" in of[world.mother]
    assert f"{world.case}-*" in of[world.father]
    # What was written in a notice's code is not handed on, to nobody what names nobody.
    assert "other" in {one["notice"] for one in world.rows("notices", world.mother)}
    told = world.con.execute("SELECT count(*) FROM portal.notices WHERE notice = 'to_nobody'").fetchone()
    assert told == (0,)
    # He sees which act it was, but no levy before its letter; she sees that there was one.
    on = date(2025, 1, 14)
    acts = {one["act"] for one in world.rows("activity", world.father) if one["acted_on"] == on}
    assert "professional_license" in acts
    assert "bank_levy" not in acts
    assert {one["act"] for one in world.rows("activity", world.mother)} == {"enforcement"}
    # A part of another family's receipt comes without the number that names their case.
    parts = world.con.execute(
        "SELECT DISTINCT receipt_id FROM portal.explanations WHERE case_id = ? AND amount_cents = 700",
        [world.other],
    ).fetchall()
    assert parts == [(None,)]


def test_an_appointment_is_told_to_who_is_expected_in_the_states_own_time(world: World) -> None:
    def told(who: str) -> list[tuple[object, ...]]:
        names = ("appointment_id", "starts_at", "time_zone", "place", "place_is_withheld", "status")
        return [tuple(one[name] for name in names) for one in world.rows("appointments", who)]

    zone = "America/New_York"
    court = ("A1", "09:30", zone, "Biddeford, room 4", False, "scheduled")
    # They share a street, so his address is hers; an hour that is none is not set yet.
    assert told(world.mother) == [("A2", None, None, None, True, "scheduled"), court]
    assert told(world.father) == [
        ("A3", None, None, None, True, "scheduled"),
        ("A4", "08:00", zone, "HYPERLINK", False, "canceled"),
        court,
    ]
    [his], [hers] = world.rows("voice", world.father), world.rows("voice", world.mother)
    assert (his["appointment_code"], his["next_appointment_on"]) == ("Y", date(2025, 1, 22))
    assert (his["next_appointment_code"], hers["next_appointment_code"]) == ("G", "I")
    # The extract of that night had no table of appointments: for everybody else that is not known.
    others = world.con.execute(
        "SELECT DISTINCT appointment_code FROM portal.voice WHERE case_id <> ?", [world.case]
    )
    assert others.fetchall() == [("U",)]


def _both(world: World) -> None:
    test_no_row_tells_a_parent_anything_of_the_other_one(world)
    test_what_is_protected_or_told_to_one_of_them_alone_is_not_there_for_the_other(world)


MUTANTS = {
    "cases": ("CASE WHEN NOT party.other_is_protected THEN cases.office END", "party.other_id"),
    "orders": ("replace(orders.order_id, party.other_id, '*')", "party.other_last_name"),
    "notices": ("sent.person_id = party.person_id OR", "true OR"),
    "disbursements": ("CASE party.role WHEN 'custodial' THEN 'family' ELSE 'obligor' END", "paid.paid_to"),
    "collections": (
        "CASE party.role WHEN 'obligor' THEN coalesce(receipt.source, 'unknown') END",
        "receipt.source",
    ),
    "explanations": (
        "CASE WHEN receipt.case_id = party.case_id THEN replace(part.receipt_id, party.other_id, '*') END",
        "part.receipt_id",
    ),
    "appointments": ("WHERE contains(lower(coming.place), lower(word.word)) OR", "WHERE"),
    "activity": ("CASE party.role WHEN 'obligor' THEN act.remedy ELSE 'enforcement' END", "act.remedy"),
    "party": (
        "coalesce(\n    facts.has_family_violence",
        "NOT coalesce(\n    true OR facts.has_family_violence",
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_sql_that_tells_too_much_is_noticed(world: World, name: str) -> None:
    old, new = MUTANTS[name]
    sql = FORM.first.get(name) or FORM.extracts[name].sql
    assert old in sql
    try:
        world.make(**{name: sql.replace(old, new)})
        if name == "party":
            world.make("cases")
        with pytest.raises(AssertionError):
            _both(world)
    finally:
        world.make(name, "cases")


def test_the_sums_are_the_balance_of_the_case(world: World) -> None:
    classes = " + ".join(
        f"cases.{one}_cents"
        for one in (
            "pre_assistance",
            "during_assistance",
            "post_assistance",
            "conditionally_assigned",
            "never_assigned",
        )
    )
    counted = world.con.execute(
        f"""SELECT count(*), count(*) FILTER ({classes} = cases.past_due_cents),
          count(*) FILTER (cases.past_due_cents = facts.past_due_cents),
          count(*) FILTER (voice.past_due_cents = facts.past_due_cents)
        FROM portal.cases AS cases JOIN facts.case_facts AS facts USING (case_id)
        JOIN portal.voice AS voice ON voice.case_id = cases.case_id AND voice.person_id = cases.person_id
        WHERE facts.past_due_cents IS NOT NULL"""
    ).fetchone()
    assert counted is not None
    assert len(set(counted)) == 1
    assert counted[0] > 800
    # The last month of a statement is what is owed; each month is the one before, and what moved in it.
    last, moved = world.con.execute(
        """WITH run AS (SELECT *, lag(owed_at_end_cents) OVER months AS before,
            row_number() OVER (PARTITION BY case_id, role ORDER BY month_on DESC) AS back
            FROM portal.statement
            WINDOW months AS (PARTITION BY case_id, role ORDER BY month_on))
        SELECT count(*) FILTER (back = 1 AND owed_at_end_cents <> cases.past_due_cents),
          count(*) FILTER (before + charged_cents - collected_cents <> owed_at_end_cents)
        FROM run JOIN portal.cases AS cases USING (case_id, role)"""
    ).fetchall()[0]
    assert (last, moved) == (0, 0)
    [told] = world.con.execute("SELECT count(owed_at_end_cents) FROM portal.statement").fetchall()
    assert told[0] > 1000


def test_what_is_not_known_is_said_to_be_so_and_is_never_zero(world: World) -> None:
    unknown = fetch(
        world.con,
        """SELECT voice.* FROM portal.voice AS voice JOIN facts.case_facts AS facts USING (case_id)
        WHERE facts.past_due_cents IS NULL""",
        {},
    )
    assert unknown
    assert {(one["balance_code"], one["past_due_cents"]) for one in unknown} == {("U", None)}
    assert {one["disbursement_code"] for one in unknown if one["role_code"] == "O"} <= {"X"}
    world.plant("caseload.currency", "FROM caseload.currency WHERE table_name <> 'receipts'")
    world.make()
    row = world.con.execute(
        """SELECT count(collections_known_through_on), count(*) FILTER (payment_code <> 'U')
        FROM portal.cases JOIN portal.voice USING (case_id, person_id)"""
    ).fetchone()
    assert row == (0, 0)
    assert world.con.execute("SELECT count(collected_cents) FROM portal.statement").fetchone() == (0,)


def test_the_same_night_gives_the_same_bytes_under_one_name(
    lived_nights: Store, night: ClosedNight, tmp_path: Path
) -> None:
    on = night.as_of.isoformat()
    done = CliRunner().invoke(
        app, ["portal", "ME", on, "--out", str(tmp_path / "a"), "--store", str(lived_nights.root), "--json"]
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert given(told) == documented("portal")
    folder = tmp_path / "a" / f"me-{on}"
    assert Path(told["folder"]) == folder
    assert told["is_new"]
    have = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(have) == {
        "manifest.json",
        *(f"{name}.{kind}" for name in FORM.extracts for kind in ("csv", "parquet")),
    }
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in folder.iterdir()} == {0}
    # Cut short in the middle before: what it left is swept. Changed by somebody: it is put right.
    (tmp_path / "a" / f".me-{on}.dead.part").mkdir()
    (folder / "cases.csv").write_text("changed")
    again = portal.write_portal(lived_nights, "me", night.as_of, tmp_path / "a")
    assert again["is_new"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == have
    assert not portal.write_portal(lived_nights, "me", night.as_of, tmp_path / "a")["is_new"]
    assert [path.name for path in (tmp_path / "a").iterdir()] == [folder.name]


def test_what_changed_since_the_night_before_is_an_alert(lived_nights: Store, night: ClosedNight) -> None:
    before, only = closed_nights(lived_nights, "me")[-2], FORM.extracts["alerts"]
    with warehouse() as con:
        attach_night(con, night)
        form = replace(FORM, extracts={"alerts": only})
        portal.make_extracts(con, form, {**GIVEN, "as_of": night.as_of}, before)
        changed = con.execute(
            """SELECT party.case_id, party.role, was.past_due_cents, now.past_due_cents
            FROM portal.before AS was JOIN facts.case_facts AS now USING (case_id)
            JOIN portal.party AS party USING (case_id) 
            WHERE was.past_due_cents <> now.past_due_cents ORDER BY ALL"""
        ).fetchall()
        told = con.execute(
            """SELECT case_id, role, was_cents, is_cents FROM portal.alerts
            WHERE alert = 'past_due' ORDER BY ALL"""
        ).fetchall()
        assert told == changed
        assert told


def test_nothing_is_written_where_a_row_is_somebody_elses(
    lived_nights: Store, night: ClosedNight, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaky = FORM.extracts["orders"].sql.replace(
        "replace(orders.order_id, party.other_id, '*')", "party.other_id", 1
    )
    made = replace(FORM, extracts={"orders": replace(FORM.extracts["orders"], sql=leaky)})
    monkeypatch.setattr(portal, "load_portal", lambda _: made)
    with pytest.raises(ArrearsError, match=r"orders holds [0-9]+ rows that hold the other parent's number"):
        portal.write_portal(lived_nights, "me", night.as_of, tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ArrearsError, match="is not closed"):
        portal.write_portal(lived_nights, "me", date(2025, 2, 28), tmp_path)


def test_a_night_writes_them_where_a_folder_is_named_for_it(
    lived_nights: Store, night: ClosedNight, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.dag_processing.dagbag import DagBag

    monkeypatch.setenv("ARREARS_PORTAL", str(tmp_path))
    monkeypatch.setenv("ARREARS_STORE", str(lived_nights.root))
    bag = DagBag(str(airflow_env.DAGS / "nightly.py"))
    assert bag.import_errors == {}
    task = bag.dags["me_nightly"].task_dict["portal"]
    assert task.upstream_task_ids == {"desk"}
    made = task.python_callable(dag_run=SimpleNamespace(partition_key=night.as_of.isoformat()))
    assert (Path(made) / "manifest.json").is_file()


def test_every_column_is_described_on_the_page() -> None:
    page = portal_page(FORM)
    assert (house.ROOT / "docs" / "portal.md").read_text() == page
    assert all(f"| `{name}` |" in page for one in FORM.extracts.values() for name in one.columns)
