"""A remedy that begins with far more or fewer parents than usual waits for a word, before anything leaves."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from desk_pages import Browser
from ledger_helpers import with_people
from typer.testing import CliRunner

from arrears import house
from arrears.author.sample import STATE, sample_nights
from arrears.cli.main import app
from arrears.data.store import Store
from arrears.data.warehouse import attach_arrow, warehouse
from arrears.desk.review import decide, work_list
from arrears.desk.web import Person
from arrears.errors import ArrearsError
from arrears.law.profile import Profile
from arrears.law.verdicts import Verdicts
from arrears.ledger import Ledger
from arrears.night import steps, volume
from arrears.night.volume import Guard, Volume, judge, judge_night

pytestmark = pytest.mark.timeout(900)
FIRST, SECOND, *_ = sample_nights()
PROFILE = Profile.load(house.RULES, STATE)
REMEDY, OTHER = "income_withholding", "federal_tax_offset"
USUAL = [30, 40, 50, 30, 40, 50, 30, 40, 50, 45]


def word(counts: list[int], tonight: int) -> str:
    """What tonight's number is to those of the nights before it."""
    days = [FIRST + timedelta(n) for n in range(len(counts) + 1)]
    by_day = dict(zip(days, [*counts, tonight], strict=True))
    return judge_night(PROFILE, REMEDY, by_day, days, days[-1]).word


@pytest.mark.parametrize(
    ("counts", "tonight", "expected"),
    [
        (USUAL, 45, "usual"),
        (USUAL, 100, "usual"),  # twice the most, and no more
        (USUAL, 101, "more"),
        (USUAL, 15, "usual"),
        ([60] * 10, 30, "usual"),  # half the least
        ([60] * 10, 29, "fewer"),
        ([1] * 10, 20, "usual"),  # many times the usual, and few people
        ([1] * 10, 21, "more"),
        ([0] * 10, 0, "usual"),
        (USUAL[1:], 5_000, "not_known"),  # nine nights tell nothing yet
        ([500, *[40] * 34], 300, "usual"),  # within the nights that count
        ([500, *[40] * 35], 300, "more"),  # a jump that is too long ago
    ],
)
def test_a_number_beside_its_band_is_held_and_few_nights_tell_nothing(
    counts: list[int], tonight: int, expected: str
) -> None:
    assert word(counts, tonight) == expected


def test_the_first_night_of_a_state_is_no_usual_one_and_an_old_jump_still_waits() -> None:
    days = [FIRST + timedelta(n) for n in range(14)]
    numbers = [9_000, *USUAL, 400, 40, 45]
    begun = {REMEDY: dict(zip(days, numbers, strict=True)), OTHER: {days[0]: 3}}
    found = {(one.remedy, one.on): one.word for one in judge(PROFILE, days, begun, days[-1])}
    assert found == {(REMEDY, days[11]): "more", (REMEDY, days[13]): "usual", (OTHER, days[13]): "usual"}
    [tonight, _] = judge(PROFILE, days[:12], begun, days[11])[::-1]
    assert (tonight.word, tonight.least, tonight.most, tonight.nights) == ("more", 30, 50, 10)
    assert tonight.item == f"volume:{REMEDY}:{days[11]}:400"


def guard(*held: Volume) -> Guard:
    made = object.__new__(Guard)
    made.night, made.held, made.kept = SimpleNamespace(as_of=SECOND), list(held), {}  # type: ignore[assignment]
    return made


def test_only_what_the_remedy_lays_on_people_waits_and_an_earlier_night_keeps_its_own() -> None:
    acts = [
        # act, remedy, whether it eases, in which record, begun on
        ("old", REMEDY, False, 1, FIRST),
        ("new", REMEDY, False, 2, SECOND),
        ("back", REMEDY, True, 3, SECOND),
        ("other", OTHER, False, 4, SECOND),
        ("with it", OTHER, False, 2, SECOND),  # in one record with what waits
    ]
    rows = [
        {"action_id": a, "remedy": r, "eases": e, "queue": "q", "episode_id": a, "is_covered": False}
        for a, r, e, _, _ in acts
    ]
    borne = [{"queue": "q", "record_no": n, "action_id": a} for a, _, _, n, _ in acts]

    def left(on: date) -> tuple[set[str], set[int], dict[str, int]]:
        held = guard(Volume(REMEDY, on, 400, 10, 30, 50, "more"))
        with warehouse() as con:
            for name, told in (("leaving", rows), ("borne", borne)):
                con.register("given", pa.Table.from_pylist(told))
                con.execute(f"CREATE TEMP TABLE {name} AS FROM given")
            con.execute("CREATE TEMP TABLE bearing AS SELECT DISTINCT queue, record_no FROM borne")
            began = [{"episode_id": a, "opened_on": on} for a, _, _, _, on in acts]
            attach_arrow(con, "plan.episode", pa.Table.from_pylist(began))
            held.keep(con)
            found = con.execute("SELECT action_id FROM leaving").fetchall()
            records = con.execute("SELECT record_no FROM bearing").fetchall()
        return {one for (one,) in found}, {one for (one,) in records}, held.kept

    item = f"volume:{REMEDY}:{SECOND}:400"
    assert left(SECOND) == ({"back", "other"}, {3, 4}, {item: 2})
    item = f"volume:{REMEDY}:{FIRST}:400"
    assert left(FIRST) == ({"new", "back", "other", "with it"}, {2, 3, 4}, {item: 1})


@pytest.fixture
def planned(planned_once: Path, tmp_path: Path) -> Store:
    shutil.copytree(planned_once, tmp_path / "planned")
    return Store.open(tmp_path / "planned")


def test_a_held_remedy_stands_wherever_a_person_looks_until_a_supervisor_says_why_it_is_right(
    planned: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(_profile: Any, _nights: Any, begun: Any, as_of: date) -> list[Volume]:
        assert begun[REMEDY][FIRST] > 0
        unknown = Volume(OTHER, as_of, 1, 0, 0, 0, "not_known")
        return [Volume(REMEDY, as_of, begun[REMEDY][as_of], 10, 1, 2, "more"), unknown]

    monkeypatch.setattr(volume, "judge", held)
    for step in (steps.check, steps.release, steps.close):
        step(str(planned.root), STATE, FIRST.isoformat())
    ledger = Ledger.open(planned.ledger_url)
    sent = ledger.snapshot(STATE, only=["published"])["published"].to_pylist()
    sent = [one for one in sent if one["batch_no"]]
    assert {one["kind"] for one in sent if one["remedy"] == REMEDY} <= {"release", "update"}
    assert any(one["remedy"] == OTHER for one in sent), "no other remedy waits"
    [line] = [one for one in work_list(planned, STATE) if one["kind"] == "held_remedy"]
    told = CliRunner().invoke(app, ["status", STATE, "--store", str(planned.root)])
    assert f"Held: {REMEDY}: it began with" in told.output
    assert "Not known yet: how many parents are usual, of 1 remedies" in told.output
    page = Browser(planned, Person("s.s", frozenset(["supervisor"]), None)).get(f"/{STATE}/tonight").text
    assert "far more than on the 10 nights before (1 to 2)" in page
    assert "1 remedy has too few nights behind it" in page
    with_people(ledger)
    run = SimpleNamespace(ledger=ledger, state=STATE, as_of=FIRST, profile=PROFILE)
    assert [one.item for one in Guard(run).held] == [line["item_id"]]  # type: ignore[arg-type]
    with pytest.raises(ArrearsError):
        decide(planned, STATE, [line["item_id"]], "approve", "cass", "It is right.")
    decide(planned, STATE, [line["item_id"]], "approve", "sam", "The employers' file is new.")
    assert Guard(run).held == []  # type: ignore[arg-type]


def test_what_a_jump_rests_on_is_told_by_condition_and_by_file(lived_nights: Store) -> None:
    first, second = (lived_nights.night(STATE, day) for day in (FIRST, SECOND))
    asked = {day: Verdicts(folder).asked[(REMEDY, "enter")] for day, folder in ((1, first), (2, second))}
    rows = {
        day: {row["subject_id"]: row for row in pq.read_table(path).to_pylist()}
        for day, folder in ((1, first), (2, second))
        for path in [Verdicts(folder).tables[asked[day].facts]]
    }
    flag = f"{REMEDY}.enter"
    gone = [one for one, row in rows[1].items() if row[flag] and not rows[2].get(one, {}).get(flag)]
    with warehouse() as con:
        told = list(volume.conditions_turned(con, second, first, REMEDY, to_true=False))
    assert gone
    assert len(told) == 1
    assert f"of {len(gone):,} who are not flagged and were" in told[0]


def test_the_files_furthest_from_their_usual_size_are_told_first() -> None:
    def came(position: int, feed: str, rows: int) -> SimpleNamespace:
        files = [SimpleNamespace(rows=rows)]
        return SimpleNamespace(position=position, feed=feed, rows=rows, outcome="accepted", files=files)

    files = [came(1, "caseload", 100), came(2, "wages", 50), came(3, "caseload", 104), came(4, "wages", 500)]
    night: Any = SimpleNamespace(deliveries=files)
    assert volume.files_since(night, 2) == [
        "files since then: wages 500 rows (usually 50), caseload 104 rows (usually 100)"
    ]
    assert volume.files_since(night, 4) == []
