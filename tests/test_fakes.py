"""Invented caseloads: the same from the same seed, coherent, impossible to mistake for real people."""

import csv
import hashlib
import json
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from arrears.data.store import Store
from arrears.errors import ArrearsError
from arrears.fakes import Made, make
from arrears.fakes.contract import LEFT_OUT, TABLES
from arrears.fakes.partners import LAYOUTS
from arrears.fakes.stories import SAMPLE_NIGHT, STORIES
from arrears.fakes.told import MEASURES, Measure
from arrears.fakes.verdicts import REMEDIES
from arrears.intake.inbox import take_in
from arrears.layout import load_layout
from arrears.values import ssn_fault

SHIPPED = Path(__file__).resolve().parents[1] / "sample_data"
CONTRACT = Path(__file__).resolve().parents[1] / "transforms" / "feeds" / "caseload" / "tables"
SAMPLE = {"state": "me", "cases": 420, "nights": 7, "seed": 2025, "first_night": SAMPLE_NIGHT}
OVERPAID = 205  # who sent more than they owe
SSN_AT = {"dmv_licenses": 29, "bank_accounts": 14, "employer_new_hires": 313}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(**SAMPLE, out=tmp_path_factory.mktemp("sample"))


def bytes_of(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def rows_of(made: Made, table: str, night: int) -> list[dict[str, str]]:
    """The rows of one caseload file."""
    path = made.folder / made.nights[night - 1].isoformat() / "inbox" / f"caseload.{table}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="|"))


def table_as_of(made: Made, table: str, night: int) -> dict[tuple[str, ...], dict[str, str]]:
    """A caseload table as a receiver holds it after a night: the first whole, then changes by key."""
    held = {}
    for n in range(1, night + 1):
        for row in rows_of(made, table, n):
            held[tuple(row[column] for column in TABLES[table].key)] = row
    return held


def owed(made: Made, case: int, night: int = 1) -> int:
    rows = table_as_of(made, "balances", night).values()
    return sum(int(row["past_due_cents"]) for row in rows if row["case_id"] == f"{case:08d}")


def test_the_tables_are_those_of_the_caseload_contract():
    contract, keys = defaultdict(list), defaultdict(list)
    for part in CONTRACT.glob("*.csv"):
        lines = [line for line in part.read_text().splitlines() if not line.startswith("#")]
        for row in csv.DictReader(lines):
            # What an extract need not send is left out by name, so that a file without it stays tested.
            if LEFT_OUT.isdisjoint((row["table"], f"{row['table']}.{row['column']}")):
                contract[row["table"]].append(row["column"])
                if row["key"]:
                    keys[row["table"]].append(row["column"])
    assert {name: list(table.columns) for name, table in TABLES.items()} == contract
    assert {name: list(table.key) for name, table in TABLES.items()} == keys


@pytest.mark.parametrize("parquet", [False, True])
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, parquet: bool):
    for folder in ("one", "two"):
        make("me", 320, 2, 7, tmp_path / folder, date(2025, 3, 4), parquet=parquet)
    make("me", 320, 2, 8, tmp_path / "other", date(2025, 3, 4), parquet=parquet)
    first, second, other = (bytes_of(tmp_path / folder) for folder in ("one", "two", "other"))
    assert first == second
    assert set(other) == set(first)
    assert other != first


@pytest.mark.parametrize(("state", "first_night"), [("me", SAMPLE_NIGHT), ("ma", date(2025, 1, 28))])
def test_the_shipped_sample_is_what_the_generator_makes(state: str, first_night: date, tmp_path: Path):
    made = make(**SAMPLE | {"state": state, "first_night": first_night}, out=tmp_path)
    shipped = {name: found for name, found in bytes_of(SHIPPED / state).items() if "/outbox/" not in name}
    assert bytes_of(made.folder) == shipped
    assert sum(p.stat().st_size for p in (SHIPPED / state).rglob("*") if p.is_file()) < 5_000_000


@pytest.mark.parametrize("night", [1, 2, 3, 4])
def test_control_files_state_the_bytes_the_rows_and_the_sums(sample: Made, night: int):
    inbox = sample.folder / sample.nights[night - 1].isoformat() / "inbox"
    control = json.loads((inbox / "caseload.control.json").read_text())
    assert control["period"] == sample.nights[night - 1].isoformat()
    assert control["mode"] == ("snapshot" if night == 1 else "delta")
    assert set(control["complete_through"]) == set(TABLES)
    sums = {}
    for file in control["files"]:
        data = (inbox / f"caseload.{file['table']}.csv").read_bytes()
        rows = rows_of(sample, file["table"], night)
        assert (len(rows), len(data)) == (file["rows"], file["bytes"])
        assert hashlib.sha256(data).hexdigest() == file["sha256"]
        for column in ("amount_cents", "past_due_cents"):
            sums[f"{file['table']}.{column}"] = sum(int(row.get(column) or 0) for row in rows)
    assert control["sums"] == {key: sums[key] for key in control["sums"]}
    new_hires = json.loads((inbox / "employer_new_hires.control.json").read_text())["files"][0]
    assert hashlib.sha256((inbox / "employer_new_hires.txt").read_bytes()).hexdigest() == new_hires["sha256"]


def test_the_first_night_knows_every_table_and_later_ones_bring_changes_only(sample: Made):
    first = json.loads((sample.folder / "2025-01-14/inbox/caseload.control.json").read_text())
    assert {file["table"] for file in first["files"]} == set(TABLES)
    for night in (2, 3, 4):
        before = table_as_of(sample, "balances", night - 1)
        for row in rows_of(sample, "balances", night):
            assert before.get((row["case_id"], row["balance_class"])) != row


@pytest.mark.parametrize("night", [1, 2, 3, 4])
def test_balances_are_opening_plus_charges_less_posted_receipts(sample: Made, night: int):
    told, explained = Counter(), Counter()
    for row in table_as_of(sample, "balances", night).values():
        told[row["case_id"]] += int(row["past_due_cents"])
        explained[row["case_id"]] += int(row["opening_cents"])
        assert int(row["opening_cents"]) >= 0
        assert int(row["liquidated_cents"]) in (0, int(row["past_due_cents"]))
    for row in table_as_of(sample, "charges", night).values():
        explained[row["case_id"]] += int(row["amount_cents"])
    for row in table_as_of(sample, "receipts", night).values():
        if row["status"] == "posted":
            explained[row["case_id"]] -= int(row["amount_cents"])
    odd = {s.case: s.unexplained for s in STORIES if s.unexplained}
    unknown = {f"{s.case:08d}" for s in STORIES if not s.has_balance}
    overpaid = f"{OVERPAID:08d}"
    assert told.pop(overpaid, 0) <= 0
    assert min(told.values()) >= 0
    unknown |= {overpaid}
    for case_id in set(explained) - unknown:
        assert told[case_id] - explained[case_id] == odd.get(int(case_id), 0), case_id


def test_every_row_belongs_to_a_case_and_a_person_that_exist(sample: Made):
    cases = {row["case_id"]: row for row in rows_of(sample, "cases", 1)}
    persons = {row["person_id"] for row in rows_of(sample, "persons", 1)}
    assert len(cases) == 420
    for table in TABLES:
        for row in table_as_of(sample, table, 4).values():
            assert not row.get("case_id") or row["case_id"] in cases
            assert not row.get("person_id") or row["person_id"] in persons
    assert {row["obligor_id"] for row in cases.values()} <= persons
    assert len(rows_of(sample, "persons", 1)) == len(persons)
    assert all(len(person) == 10 and person.startswith("000") for person in persons)


def test_numbers_were_never_issued_to_anyone(sample: Made):
    numbers = [row["ssn"] for row in rows_of(sample, "persons", 1) if row["ssn"]]
    for feed, at in SSN_AT.items():
        for path in sample.folder.glob(f"*/inbox/{feed}*.txt"):
            lines = path.read_text(encoding="latin-1").splitlines()
            kept = [line for line in lines if feed != "bank_accounts" or line.startswith("B")]
            numbers += [line[at : at + 9] for line in kept if len(line) > at + 9]
    assert len(numbers) > 900
    assert [n for n in numbers if ssn_fault(n, "invented") or not n.startswith("9")] == []


def test_only_the_planted_two_share_a_number(sample: Made):
    held = Counter(row["ssn"] for row in rows_of(sample, "persons", 1) if row["ssn"])
    shared = [number for number, count in held.items() if count > 1]
    holders = {row["person_id"] for row in rows_of(sample, "persons", 1) if row["ssn"] in shared}
    assert holders == {"0000001300", "0000001310"}


def test_names_and_codes_that_break_careless_readers_are_there(sample: Made):
    persons = rows_of(sample, "persons", 1)
    last_names = {row["last_name"] for row in persons}
    assert {"Null", "NA", "O'Brien", "True", "Núñez", "Smith-Jones"} <= last_names
    assert {"Jr", "III"} <= {row["suffix"] for row in persons}
    assert all(row["zip"].startswith("04") for row in rows_of(sample, "addresses", 1))


def test_every_story_is_planted_and_answered_every_night(sample: Made):
    assert {row["case_id"] for row in rows_of(sample, "cases", 1)} >= {f"{s.case:08d}" for s in STORIES}
    for night in sample.nights:
        with (sample.folder / night.isoformat() / "answers.csv").open(newline="") as file:
            answers = list(csv.DictReader(file))
        assert {(a["case_id"], a["remedy"]) for a in answers} >= {
            (f"{s.case:08d}", remedy) for s in STORIES for remedy in s.then
        }
        assert {a["verdict"] for a in answers} <= {"flag", "clear", "unknown"}
        assert {a["remedy"] for a in answers} >= set(REMEDIES)
    assert len({story.case for story in STORIES}) == len(STORIES)


@pytest.mark.parametrize(
    ("case", "cents"),
    [(108, 100_000), (109, 100_001), (110, 2_500), (111, 2_501), (112, 14_999), (113, 15_000), (114, 49_999),
     (115, 50_000), (116, 57_000), (117, 30_000), (118, 25_000), (119, 0), (120, 0)],
)  # fmt: skip
def test_people_at_a_limit_owe_exactly_that(sample: Made, case: int, cents: int):
    assert owed(sample, case) == cents


@pytest.mark.parametrize(("case", "paid_on"), [(105, "2024-11-15"), (106, "2024-11-16"), (107, "2024-11-14")])
def test_people_at_sixty_days_last_paid_exactly_then(sample: Made, case: int, paid_on: str):
    rows = rows_of(sample, "receipts", 1)
    assert max(row["received_on"] for row in rows if row["case_id"] == f"{case:08d}") == paid_on


def test_a_full_payment_settles_everything_and_a_token_does_not(sample: Made):
    assert [owed(sample, 122, night) for night in (1, 2)] == [2_000_00, 0]
    assert [owed(sample, 121, night) for night in (1, 2)] == [2_000_00, 1_995_00]


def test_faulty_deliveries_have_the_fault_that_they_are_named_after(sample: Made):
    nights = [sample.folder / night.isoformat() / "inbox" for night in sample.nights]
    whole = (nights[0] / "dmv_licenses.txt").read_bytes()
    assert (nights[1] / "dmv_licenses.same_again.txt").read_bytes() == whole
    cut = (nights[1] / "bank_accounts.cut_inside_a_record.txt").read_bytes()
    said = json.loads((nights[1] / "bank_accounts.cut_inside_a_record.control.json").read_text())
    late = (nights[2] / "bank_accounts.late.txt").read_bytes()
    late_control = json.loads((nights[2] / "bank_accounts.late.control.json").read_text())
    assert len(cut) % 421 != 0
    assert late.startswith(cut)
    assert late_control == said
    assert said["period"] == sample.nights[1].isoformat()
    assert hashlib.sha256(late).hexdigest() == said["files"][0]["sha256"]
    refunds = (nights[2] / "state_tax_refunds.trailer_count_wrong.txt").read_text().splitlines()
    assert int(refunds[-1][1:5]) == len(refunds) - 2 + 1
    right = (nights[3] / "state_tax_refunds.txt").read_text().splitlines()
    assert int(right[-1][1:5]) == len(right) - 2
    assert int(right[-1][5:14]) == sum(int(line[15:24]) for line in right[1:-1])


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, list[float]]:
    """A caseload mixed like a state's, and what its making said of how far it was."""
    said: list[float] = []
    place = tmp_path_factory.mktemp("large")
    made = make("me", 20_000, 1, 3, place, SAMPLE_NIGHT, progress=lambda _what, done: said.append(done))
    return made, said


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_a_large_caseload_is_mixed_as_public_sources_tell(large: tuple[Made, list[float]], measure: Measure):
    assert measure.holds(large[0].told[measure.name]), large[0].told[measure.name]


def test_the_page_of_the_invented_caseload_says_what_is_measured():
    page = (SHIPPED.parent / "docs" / "invented-caseload.md").read_text()
    for measure in MEASURES:
        assert f"| {measure.says} | {measure.wanted:g} | {measure.within:g} | " in page
        assert measure.source in page


def test_a_large_caseload_is_already_running(large: tuple[Made, list[float]]):
    made, said = large
    inbox = made.folder / "2025-01-14" / "inbox"
    sent = pq.read_table(inbox / "caseload.sent.parquet").to_pylist()
    told = Counter(row["remedy"] for row in sent)
    assert all(told[remedy] > 1_000 for remedy in REMEDIES)
    assert max(row["sent_on"] for row in sent) < SAMPLE_NIGHT
    assert said[0] == 0.0
    assert said == sorted(said)
    assert said[-1] == 1.0


def test_what_is_written_wrong_is_known(large: tuple[Made, list[float]]):
    home = large[0].folder / "2025-01-14"
    with (home / "errors.csv").open(newline="") as file:
        wrong = {row["person_id"]: row["wrong"] for row in csv.DictReader(file)}
    assert Counter(wrong.values()).keys() == {"name", "number", "birth date", "one number for two"}
    persons = {
        row["person_id"]: row
        for row in pq.read_table(home / "inbox" / "caseload.persons.parquet").to_pylist()
    }
    layout = load_layout(LAYOUTS / "dmv_licenses" / "license.csv")
    at = {field.name: slice(field.start - 1, field.start - 1 + field.length) for field in layout.fields}
    differs = defaultdict(set)
    for line in (home / "inbox" / "dmv_licenses.txt").read_text(encoding="latin-1").splitlines():
        person = persons[line[at["person_number"]].strip()]
        if line[at["last_name"]].strip() != person["last_name"].upper()[:17].strip():
            differs["name"].add(person["person_id"])
        if line[at["ssn"]] != person["ssn"]:
            differs["number"].add(person["person_id"])
        if line[at["date_of_birth"]] != f"{person['birth_on']:%Y-%m-%d}":
            differs["birth date"].add(person["person_id"])
    bulk = {person_id for person_id in persons if int(person_id) >= 10_010}
    for kind in ("number", "birth date"):
        assert differs[kind] & bulk == {person for person, what in wrong.items() if what == kind}
    assert differs["name"] >= {person for person, what in wrong.items() if what == "name"}
    held = Counter(person["ssn"] for person in persons.values() if person["ssn"])
    shared = {person_id for person_id in bulk if held[persons[person_id]["ssn"]] > 1 and person_id[-1] == "0"}
    assert shared == {person for person, what in wrong.items() if what == "one number for two"}


def test_a_full_day_brings_wages_and_accounts_that_are_all_taken_in(tmp_path: Path):
    made = make("me", 1_200, 1, 5, tmp_path / "in", SAMPLE_NIGHT, is_full_day=True)
    store = Store.create(tmp_path / "store", "invented")
    inbox = made.folder / "2025-01-14" / "inbox"
    files = [path for path in sorted(inbox.iterdir()) if path.name.startswith(("employer_wages", "bank_"))]
    taken = take_in(store, "me", files, on=SAMPLE_NIGHT)["deliveries"]
    assert {one["outcome"] for one in taken} == {"accepted"}
    rows = Counter()
    for one in taken:
        rows[one["feed"]] += one["rows"]
    # 18 million wages and a million accounts in 3.1 million cases.
    bulk = made.cases - made.stories
    assert 5.3 < rows["employer_wages"] / bulk < 6.3
    assert 0.28 < rows["bank_accounts"] / bulk < 0.42


def test_any_number_of_threads_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    found = []
    for threads in ("1", "2"):
        monkeypatch.setenv("ARREARS_THREADS", threads)
        found.append(bytes_of(make("me", 20_000, 1, 5, tmp_path / threads, SAMPLE_NIGHT).folder))
    assert found[0] == found[1]


def test_another_state_gets_the_bulk_without_maines_stories(tmp_path: Path):
    made = make("nh", 40, 1, 3, tmp_path, date(2025, 3, 4))
    assert made.stories == 0
    assert {row["state"] for row in rows_of(made, "addresses", 1)} == {"NH"}
    with pytest.raises(ArrearsError, match="No towns are known"):
        make("zz", 40, 1, 3, tmp_path, date(2025, 3, 4))
