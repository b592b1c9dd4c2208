"""Whole nights of the shipped sample: byte for byte, once each, explained, and without anybody's number."""

import csv
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from card_helpers import null_any_fact
from verdict_files import verdict_rows

from arrears import house
from arrears.answers.explain import explain_case
from arrears.author.sample import STATE, golden, live, outbox, sample_nights
from arrears.data.beside import attach_kept
from arrears.data.store import Store
from arrears.data.warehouse import attach_parquet, warehouse
from arrears.desk.review import decide, work_list
from arrears.errors import Refused
from arrears.law.profile import Profile
from arrears.law.remedy import load_cards
from arrears.law.verdicts import Verdicts
from arrears.ledger import Ledger
from arrears.night import steps
from arrears.night.layers import kept_facts, load_layer
from arrears.night.steps import run_night
from tests.outside_slicer import cut, records

pytestmark = pytest.mark.timeout(1500)
NIGHTS = sample_nights()
FIRST, SECOND, THIRD, *_, LAST = NIGHTS
# Statements of the first night and of the second, receipt with them, those aside that only define a view: so
# many at most. They do not hang on the caseload or the machine. The aim is 900: these numbers only go down.
MOST_STATEMENTS = (1_179, 840)


@pytest.fixture(scope="module")
def lived(lived_week: Store) -> Store:
    """A store that has lived all sample nights, people's decisions and day releases included."""
    return lived_week


@pytest.fixture(scope="module")
def received(maine: Path) -> Path:
    """The lived store as it was when it had received the first night's files and had run nothing."""
    return maine / "received"


@pytest.fixture
def fresh(received: Path, tmp_path: Path) -> Store:
    """A copy of it to run a night on."""
    shutil.copytree(received, tmp_path / "store")
    return Store.open(tmp_path / "store")


def verdicts(store: Store, night: date, remedy: str, part: str = "enter") -> dict[str, dict[str, Any]]:
    """Verdict rows of a remedy by subject."""
    return {row["subject_id"]: row for row in verdict_rows(store.night(STATE, night), remedy, part)}


def published(store: Store) -> list[dict[str, Any]]:
    """Every act that left, the opening ledger aside."""
    rows = Ledger.open(store.ledger_url).snapshot(STATE)["published"].to_pylist()
    return [row for row in rows if row["batch_no"]]


@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_exactly_the_golden_outbox_leaves(lived: Store, night: date) -> None:
    assert golden(night), "there is no golden outbox to compare with"
    assert outbox(lived.root, night) == golden(night)


@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_every_known_answer_comes_out(lived: Store, night: date) -> None:
    with (house.SAMPLE / STATE / str(night) / "answers.csv").open(newline="") as rows:
        answers = list(csv.DictReader(rows))
    assert len(answers) > 100
    found = {remedy: verdicts(lived, night, remedy) for remedy in {row["remedy"] for row in answers}}
    wrong = [
        (row["story"], row["remedy"], row["subject_id"], row["verdict"], said)
        for row in answers
        if (said := found[row["remedy"]][row["subject_id"]]["verdict"]) != row["verdict"]
    ]
    assert wrong == []


def test_a_night_is_few_statements(statements: list[int]) -> None:
    assert all(count <= most for count, most in zip(statements, MOST_STATEMENTS, strict=True)), statements


def test_a_second_run_of_every_night_sends_nothing(lived: Store) -> None:
    before = published(lived)
    for night in NIGHTS:
        assert run_night(lived, STATE, night)["already_closed"]
        assert outbox(lived.root, night) == golden(night)
    assert published(lived) == before


def test_a_night_waits_for_the_one_before_it(lived: Store) -> None:
    with pytest.raises(Refused, match="must wait"):
        run_night(lived, STATE, LAST + timedelta(2))


def test_a_copy_of_the_store_elsewhere_gives_the_same_night(lived: Store, fresh: Store) -> None:
    run_night(fresh, STATE, FIRST)
    one, other = (s.night(STATE, FIRST) / "manifest.json" for s in (lived, fresh))
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.postgres
def test_the_same_night_leaves_with_its_ledger_on_postgresql(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARREARS_LEDGER_URL", postgres_url)
    live(tmp_path / "store", FIRST)
    assert not (tmp_path / "store" / "ledger.db").exists()
    assert outbox(tmp_path / "store", FIRST) == golden(FIRST)


def test_no_social_security_number_lies_in_the_clear_outside_the_outbox(lived: Store) -> None:
    persons = (house.SAMPLE / STATE / str(FIRST) / "inbox" / "caseload.persons.csv").read_text()
    numbers = {
        row["ssn"].encode() for row in csv.DictReader(persons.splitlines(), delimiter="|") if row["ssn"]
    }
    assert len(numbers) > 200
    dump = [line.encode() for line in ledger_text(lived)]
    texts: dict[str, bytes] = {"ledger": b"\n".join(dump)}
    for path in lived.root.rglob("*"):
        top = path.relative_to(lived.root).parts[0]
        if path.is_file() and top not in ("outbox", "ledger.db", "ledger.db-wal", "ledger.db-shm"):
            texts[path.relative_to(lived.root).as_posix()] = plain_bytes(path)
    assert [name for name, data in texts.items() if not numbers.isdisjoint(nine_digits(data))] == []


def nine_digits(data: bytes) -> Iterator[bytes]:
    """Every nine digits in a row, also inside a longer number."""
    for run in re.findall(rb"[0-9]{9,}", data):
        for start in range(len(run) - 8):
            yield run[start : start + 9]


def ledger_text(store: Store) -> Iterator[str]:
    """Every value of every table of the ledger, as text."""
    import sqlalchemy as sa

    engine = sa.create_engine(store.ledger_url)
    with engine.connect() as connection:
        for table in sa.inspect(engine).get_table_names():
            for row in connection.execute(sa.text(f"SELECT * FROM {table}")):
                yield " ".join(str(value) for value in row)


def plain_bytes(path: Path) -> bytes:
    """A file's content; of a Parquet table the values that it decompresses to. The vault stays encrypted."""
    if path.suffix != ".parquet" or "vault" in path.parts:
        return path.read_bytes()
    import pyarrow.parquet as pq

    columns = [column.combine_chunks() for column in pq.read_table(path).columns]
    return b"\n".join(words for column in columns for words in words_of(column))


def words_of(column: Any) -> Iterator[bytes]:
    """Each different value of a column once, as text; those inside a list one by one."""
    import pyarrow as pa

    while pa.types.is_list(column.type):
        column = column.flatten()
    if pa.types.is_struct(column.type):
        for part in column.flatten():
            yield from words_of(part)
    elif not (pa.types.is_boolean(column.type) or pa.types.is_temporal(column.type)):
        yield from (str(value).encode() for value in column.unique().to_pylist())


def test_money_days_and_counts_are_whole_numbers_in_every_table(lived: Store) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables = list(lived.night(STATE, FIRST).rglob("*.parquet"))
    broken = [
        (path.stem, field.name)
        for path in tables
        for field in pq.read_schema(path)
        if pa.types.is_floating(field.type) or pa.types.is_decimal(field.type)
    ]
    assert len(tables) > 50
    assert broken == []


def test_nulling_any_fact_creates_no_flag_and_clears_none(lived: Store) -> None:
    profile, cards = Profile.load(house.RULES, STATE), load_cards(house.RULES)
    with warehouse() as con:
        folder = lived.night(STATE, FIRST) / "facts"
        attach_kept(con, {f"facts.{name}": folder / f"{name}.parquet" for name in kept_facts()})
        # What nobody has set keeps a remedy off; then it has no verdict to change.
        on = Verdicts(lived.night(STATE, FIRST)).remedies
        breaches = {name: null_any_fact(con, cards[name], profile, FIRST) for name in on}
    assert len(on) > 20
    assert breaches == {name: [] for name in on}


def test_a_token_payment_releases_nothing_and_a_full_one_releases_once(lived: Store) -> None:
    released = [
        (row["subject_id"], row["message"], row["published_on"])
        for row in published(lived)
        if row["queue"] == "sos_license" and row["kind"] == "release"
    ]
    assert released == [("00000122", "reinstate", SECOND)]


def test_a_license_of_two_cases_is_restricted_once(lived: Store) -> None:
    acts = {row["subject_id"] for row in published(lived) if row["message"] == "restrict"}
    assert {"00000150", "00000151"} <= acts
    [file] = (house.SAMPLE / STATE / str(FIRST) / "outbox").glob("sos_license.*.txt")
    lines = file.read_text().splitlines()
    assert len([line for line in lines if "0000001500" in line]) == 1


def test_what_is_approved_in_the_morning_leaves_that_day_by_the_release_run(lived: Store) -> None:
    restricted = [
        row for row in published(lived) if row["subject_id"] == "00000155" and row["queue"] == "sos_license"
    ]
    assert [(row["message"], row["published_on"]) for row in restricted] == [("restrict", FIRST)]
    runs = {batch.batch_no: batch.run_id for batch in Ledger.open(lived.ledger_url).batches(STATE)}
    assert {runs[row["batch_no"]] for row in restricted} == {f"{STATE}-{FIRST}-release-01"}


def test_what_was_rejected_or_held_never_left(lived: Store) -> None:
    left = {row["subject_id"] for row in published(lived) if row["remedy"] == "license_revocation"}
    assert not left & {"00000156", "00000157"}


def test_a_hearing_asked_for_on_the_last_day_stays_and_one_a_day_later_goes_to_a_person(lived: Store) -> None:
    # Both requests are keyed by the second night, with the day on which they were received.
    stay = verdicts(lived, SECOND, "license_revocation", "stay")
    assert stay["00000123"]["because"] == ["no_license_hearing_pending"]
    assert stay["00000124"]["verdict"] == "flag"
    waiting = {line["subject_id"] for line in work_list(lived, STATE, SECOND) if line["kind"] == "approval"}
    assert "00000124" in waiting
    assert "00000123" not in waiting
    sent = {row["subject_id"] for row in published(lived) if row["queue"] == "sos_license"}
    assert not sent & {"00000123", "00000124"}


def test_no_address_of_a_protected_parent_leaves(lived: Store) -> None:
    inbox_folder = house.SAMPLE / STATE / str(FIRST) / "inbox"
    with (inbox_folder / "caseload.addresses.csv").open(newline="") as rows:
        protected = [row for row in csv.DictReader(rows, delimiter="|") if row["protected"] == "Y"]
    assert protected
    for night in NIGHTS:
        for data in outbox(lived.root, night).values():
            text = data.decode("latin-1").upper()
            for row in protected:
                lines = [line for line in text.splitlines() if row["person_id"] in line]
                assert not [line for line in lines if row["line_1"].upper() in line]


def test_a_doubtful_match_is_a_line_for_a_person_and_never_a_link(lived: Store) -> None:
    with warehouse() as con:
        for name in load_layer(house.MATCH).keep:
            attach_parquet(con, name, [lived.night(STATE, FIRST) / "match" / f"{name}.parquet"])
        linked = con.execute("SELECT count(*) FROM links WHERE person_id = '0000001290'").fetchone()
        doubted = con.execute("SELECT count(*) FROM candidates WHERE person_id = '0000001290'").fetchone()
    assert linked == (0,)
    assert doubted is not None
    assert doubted[0] >= 1


def test_faulty_deliveries_end_as_they_must(lived: Store) -> None:
    ledger = Ledger.open(lived.ledger_url)
    fates = {(d.received_on, d.feed): d.outcome for d in ledger.deliveries(STATE) if d.outcome != "accepted"}
    assert fates[(SECOND, "dmv_licenses")] == "duplicate"
    assert fates[(SECOND, "bank_accounts")] == "refused"
    taken = {(d.received_on, d.feed): d for d in ledger.deliveries(STATE, outcome="accepted")}
    assert taken[(THIRD, "bank_accounts")].period_on < THIRD


def test_a_late_file_changes_only_later_nights(lived: Store) -> None:
    accounts = {}
    for night in (SECOND, THIRD):
        with warehouse() as con:
            attach_parquet(con, "l", [lived.night(STATE, night) / "match" / "links.parquet"])
            row = con.execute("SELECT count(*) FROM l WHERE feed = 'bank_accounts'").fetchone()
            accounts[night] = row[0] if row else 0
    assert accounts[THIRD] > accounts[SECOND]


@pytest.mark.parametrize(
    ("case", "remedy", "verdict", "words"),
    [
        (
            "00000101",
            "license_revocation",
            "flag",
            ["No payment since", "caseload.receipts@", "DSER Guide to Services"],
        ),
        (
            "00000138",
            "license_revocation",
            "clear",
            ["An agreement that includes current support is being kept"],
        ),
        ("00000142", "credit_reporting", "unknown", ["Not known:"]),
        (
            "00000105",
            "license_revocation",
            "flag",
            ["(law reading)", "44 days in arrears", "a person decides"],
        ),
    ],
)
def test_an_explanation_reads_like_a_caseworkers_note(
    lived: Store, case: str, remedy: str, verdict: str, words: list[str]
) -> None:
    from io import StringIO

    from rich.console import Console

    from arrears.answers.explain_print import print_explanation

    told = explain_case(lived, STATE, FIRST, case, remedy)
    assert told["remedies"][0]["verdict"] == verdict
    page = StringIO()
    print_explanation(told, Console(file=page, width=400))
    assert [word for word in words if word not in page.getvalue()] == []


def test_every_condition_that_rests_on_a_row_names_its_file_and_line(lived: Store) -> None:
    told = explain_case(lived, STATE, FIRST, "00000101", "license_revocation")
    conditions = {c["condition"]: c for c in told["remedies"][0]["parts"]["enter"]["conditions"]}
    for name in ("owes_debt", "debt_notice_has_run", "unpaid_long_enough", "identity_certain"):
        assert conditions[name]["rows"], name
        assert all("@" in row and row.rpartition(":")[2].isdigit() for row in conditions[name]["rows"])


def test_a_stop_between_the_plan_and_the_file_is_honoured(fresh: Store) -> None:
    place, day = str(fresh.root), FIRST.isoformat()
    steps.begin(place, STATE, day)
    for step in steps.NIGHT:
        if step.name == "release":
            break
        step(place, STATE, day)
    ledger = Ledger.open(fresh.ledger_url)
    item = "credit_reporting:00000101:1"
    ledger.decide(
        STATE, f"{item}:report", item, "credit_reporting", "00000101", "report", "hold",
        by_user="sam.supervisor", role="supervisor", because="The parent called: it may be the wrong person.",
        at=steps.nights.latest_moment(fresh, ledger, Profile.load(house.RULES, STATE)),
    )  # fmt: skip
    sent = {one["queue"]: one for one in steps.release(place, STATE, day)["queues"]}
    assert sent["credit_bureaus"]["stopped"] == 1
    [data] = [data for name, data in outbox(fresh.root, FIRST).items() if name.startswith("credit")]
    [usual] = [data for name, data in golden(FIRST).items() if name.startswith("credit")]
    assert (b"00000101 " in usual, b"00000101 " in data) == (True, False)
    steps.close(place, STATE, day)


def test_nobody_approves_both_steps_of_one_episode(lived: Store) -> None:
    lines = [line for line in work_list(lived, STATE) if line["kind"] == "approval"]
    with pytest.raises(Refused):
        decide(lived, STATE, [lines[0]["item_id"]], "approve", "pat.caseworker", "I may not do this.")


@pytest.fixture(scope="module")
def people() -> dict[str, dict[str, str]]:
    """The invented obligors of the first night by Social Security number, as the agency sent them."""
    with (house.SAMPLE / STATE / str(FIRST) / "inbox" / "caseload.persons.csv").open(newline="") as rows:
        return {row["ssn"]: row for row in csv.DictReader(rows, delimiter="|") if row["ssn"]}


def sliced(lived: Store, queue: str, length: int, tables: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    """Every record of a queue's files by kind, cut without the engine: first and last line by their place."""
    found: dict[str, list[dict[str, str]]] = {kind: [] for kind in ("header", "detail", "trailer")}
    for night in NIGHTS:
        for path in sorted((lived.root / "outbox" / STATE / str(night)).glob(f"{queue}.*.txt")):
            lines = records(path, length)
            first, last = ("header" in tables), len(lines) - ("trailer" in tables)
            for place, line in enumerate(lines):
                kind = "header" if place < first else "trailer" if place >= last else "detail"
                found[kind].append(cut(house.QUEUES / queue / tables[kind], line) | {"file": path.name})
    return found


def test_an_outside_slicer_finds_the_metro_2_fields(lived: Store, people: dict[str, dict[str, str]]) -> None:
    tables = {"header": "header.csv", "detail": "record.csv", "trailer": "trailer.csv"}
    found = sliced(lived, "credit_bureaus", 426, tables)
    assert {one["record_identifier"] for one in found["header"]} == {"HEADER"}
    for one in found["detail"]:
        person = people[one["social_security_number"]]
        assert one["date_birth"] == "".join(
            (person["birth_on"][5:7], person["birth_on"][8:], person["birth_on"][:4])
        )
        assert (one["portfolio_type"], one["account_type"], one["special_comment"]) == ("O", "50", "CS")
        assert one["account_status"] in ("11", "13", "71", "93")
        assert one["first_line_address"].strip()
    for total in found["trailer"]:
        own = [one for one in found["detail"] if one["file"] == total["file"]]
        assert int(total["total_base_records"]) == len(own) > 0
        assert int(total["total_status_code_93"]) == sum(one["account_status"] == "93" for one in own)


def test_an_outside_slicer_finds_the_federal_fields(lived: Store, people: dict[str, dict[str, str]]) -> None:
    found = sliced(lived, "federal_offset", 245, {"detail": "record.csv", "trailer": "trailer.csv"})
    for one in found["detail"]:
        assert people[one["ssn"]]["person_id"] == one["case_id"].strip()
        assert (one["submitting_state"], one["case_type"] in "AN") == ("ME", True)
        assert one["transaction_type"] in "ADLMRZ"
    for control in found["trailer"]:
        own = [one for one in found["detail"] if one["file"] == control["file"]]
        assert control["control_literal"] == "CTL"
        assert len({(one["ssn"], one["case_type"]) for one in own}) == len(own)
        for kind, count, amount in (
            ("A", "tanf_count", "tanf_amount"),
            ("N", "non_tanf_count", "non_tanf_amount"),
        ):
            of_kind = [int(one["arrears_amount"]) for one in own if one["case_type"] == kind]
            assert (int(control[count]), int(control[amount])) == (len(of_kind), sum(of_kind))


def test_an_outside_slicer_finds_the_set_off_and_license_fields(
    lived: Store, people: dict[str, dict[str, str]]
) -> None:
    debts = sliced(lived, "state_tax_setoff", 182, {"detail": "record.csv"})["detail"]
    for one in debts:
        assert one["account_id_number"].strip()[3:] == people[one["ssn"]]["person_id"]
        assert (one["debt_code"], one["debt_description"].strip()) == ("C", "CHILD SUPPORT")
        assert one["debt_amount"].isdigit()
    licenses = sliced(lived, "sos_license", 250, {"detail": "record.csv"})["detail"]
    for one in licenses:
        assert one["person_number"] == people[one["ssn"]]["person_id"]
        assert one["request_type"] in "12"
        assert one["date_of_birth"] == people[one["ssn"]]["birth_on"].replace("-", "")
    assert len(debts) > 50
    assert len(licenses) == 3
