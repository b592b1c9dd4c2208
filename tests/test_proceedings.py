"""What another law does to each proceeding, and why others in between do not move: groups, sums, reasons."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arrears.answers.background_answers import Answer
from arrears.author.sample import STATE, sample_nights
from arrears.compare.proceedings import GROUPS
from arrears.compare.proceedings import SQL as FILES
from arrears.compare.what_if import what_if
from arrears.compare.what_if_report import report
from arrears.data.store import Store
from arrears.data.warehouse import attach_arrow, run_sql_file, warehouse
from arrears.values import Row

pytestmark = pytest.mark.timeout(600)
SECOND = sample_nights()[1]
TEXT = pa.string()
# Three verdicts: may it begin, may it go on, must it be taken back.
YES, NO, UNKNOWN = ("flag", "flag", "clear"), ("clear", "flag", "clear"), ("unknown", "unknown", "clear")
RESTS, BACK = ("clear", "clear", "clear"), ("clear", "clear", "flag")
# A subject's proceeding: whether anything was sent, where its episode stands under the law of the night
# and under the other one, and whether it ends there; then its verdicts on both sides.
EPISODES: dict[str, tuple[bool, str, str, Any, Any, str | None]] = {
    "not begun, new flag": (False, "", "stands", NO, YES, "begins"),
    "new that night, flag gone": (False, "stands", "", YES, NO, "no_longer_begins"),
    "open, nothing sent, flag gone": (False, "stands", "ends", YES, NO, "no_longer_begins"),
    "open, nothing sent, not known": (False, "stands", "stands", YES, UNKNOWN, "not_known"),
    "new that night, not known": (False, "stands", "", YES, UNKNOWN, "not_known"),
    "sent, flag gone": (True, "stands", "stands", YES, NO, "stays"),
    "sent, flag gone, rests": (True, "stands", "stands", YES, RESTS, "stays"),
    "sent, flag comes": (True, "stands", "stands", NO, YES, "stays"),
    "sent, taken back": (True, "stands", "ends", YES, BACK, "taken_back"),
    "held by a partner, released": (True, "stands", "released", YES, BACK, "taken_back"),
    "taken back by either law": (True, "ends", "ends", BACK, ("unknown", "clear", "flag"), "other"),
    "taken back no longer": (True, "ends", "stands", BACK, RESTS, "stays"),
    "rejected by a person": (False, "", "", NO, YES, "other"),
    "nothing differs": (True, "stands", "stands", YES, YES, None),
}


def a_side(folder: Path, place: int) -> Path:
    """The plan of one side: its episodes, what ends, and what is released."""
    stands = {name: one[place] for name, one in EPISODES.items() if one[place]}
    who = {"remedy": "levy", "case_id": "", "person_id": "p"}
    rows = [{"episode_id": name, "subject_id": name, **who} for name in stands]
    tables = {
        "episode": rows,
        "ending": [one for one in rows if stands[one["subject_id"]] == "ends"],
        "actions": [
            one | {"kind": "release" if stands[one["subject_id"]] == "released" else "update"} for one in rows
        ],
    }
    for name, made in tables.items():
        columns = ["episode_id", "subject_id", *who, *(["kind"] if name == "actions" else [])]
        (folder / "plan").mkdir(parents=True, exist_ok=True)
        table = pa.Table.from_pylist(made, pa.schema([(one, TEXT) for one in columns]))
        pq.write_table(table, folder / "plan" / f"{name}.parquet")
    return folder


def lines(place: int) -> pa.Table:
    """The verdicts of one side as lines."""
    names = ("enter_verdict", "stay_verdict", "release_verdict")
    rows = [
        {
            "list": "verdict", "key": f"levy:{name}", "remedy": "levy", "subject_id": name, "case_id": name,
            "person_id": name, "office": "101", "worker": "w", "amount_cents": 100 + place,
            "says": "enter {}, stay {}, release {}".format(*one[place]),
            **dict(zip(names, one[place], strict=True)),
        }
        for name, one in EPISODES.items()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


def test_each_proceeding_is_in_the_group_that_the_plan_of_either_law_says(tmp_path: Path) -> None:
    was, now = (a_side(tmp_path / name, place) for name, place in (("was", 1), ("now", 2)))
    persons = pa.Table.from_pylist([{"subject_id": "p", "office": "102", "worker": "v"}])
    pq.write_table(persons, tmp_path / "persons.parquet")
    params: Row = {
        f"{side}_{short}": [str(folder / "plan" / f"{table}.parquet")]
        for side, folder in (("was", was), ("now", now))
        for short, table in (("acts", "actions"), ("episode", "episode"), ("ending", "ending"))
    }
    params |= {"was": "lines.was", "now": "lines.now", "was_remedies": ["levy"], "now_remedies": ["levy"]}
    sent = [name for name, one in EPISODES.items() if one[0]]
    with warehouse() as con:
        attach_arrow(con, "lines.was", lines(3))
        attach_arrow(con, "lines.now", lines(4))
        attach_arrow(con, "published", pa.table({"episode_id": sent}))
        attach_arrow(con, "low_income", pa.table({"person_id": ["sent, flag gone"], "is_low_income": [True]}))
        asked = params | {"persons": [str(tmp_path / "persons.parquet")], "remedy": None}
        run_sql_file(con, FILES / "proceedings.sql", "proceedings", asked)
        wanted = 'subject_id, "group", rests, is_low_income'
        found = {one[0]: one[1:] for one in con.execute(f"SELECT {wanted} FROM proceedings").fetchall()}
    assert {name: one[0] for name, one in found.items()} == {
        name: one[5] for name, one in EPISODES.items() if one[5]
    }
    assert {name for name, one in found.items() if one[1] and one[0] == "stays"} == {"sent, flag gone, rests"}
    assert [name for name, one in found.items() if one[2] is not None] == ["sent, flag gone"]


def test_a_remedy_that_is_off_opens_and_keeps_nothing(tmp_path: Path) -> None:
    """An open episode of which nothing was sent would not begin, though nobody closes it."""
    was, now = (a_side(tmp_path / name, 1) for name in ("was", "now"))
    persons = pa.Table.from_pylist([{"subject_id": "p", "office": "102", "worker": "v"}])
    pq.write_table(persons, tmp_path / "persons.parquet")
    params: Row = {
        f"{side}_{short}": [str(folder / "plan" / f"{table}.parquet")]
        for side, folder in (("was", was), ("now", now))
        for short, table in (("acts", "actions"), ("episode", "episode"), ("ending", "ending"))
    }
    params |= {"was": "lines.was", "now": "lines.now", "was_remedies": ["levy"], "now_remedies": []}
    with warehouse() as con:
        attach_arrow(con, "lines.was", lines(3))
        attach_arrow(con, "lines.now", lines(3).slice(0, 0))
        attach_arrow(con, "published", pa.table({"episode_id": pa.array([], TEXT)}))
        attach_arrow(con, "low_income", pa.table({"person_id": ["p"], "is_low_income": [True]}))
        asked = params | {"persons": [str(tmp_path / "persons.parquet")], "remedy": None}
        run_sql_file(con, FILES / "proceedings.sql", "proceedings", asked)
        found = con.execute(
            """SELECT "group" FROM proceedings WHERE subject_id = 'open, nothing sent, flag gone'"""
        )
        assert found.fetchall() == [("no_longer_begins",)]


@pytest.fixture(scope="module")
def answers(lived_nights: Store) -> dict[str, Answer]:
    """Two questions about the second night, when proceedings have begun."""
    asked = ("license.no_payment_days=20", "passport.threshold=$4,000")
    return {one: what_if(lived_nights, STATE, SECOND, [one]) for one in asked}


def test_every_verdict_that_moves_is_in_one_group_and_the_sums_meet(answers: dict[str, Answer]) -> None:
    for answer in answers.values():
        found = report(answer, size=10_000)
        groups = found["groups"]
        assert [one["group"] for one in groups] == list(GROUPS)
        for name in ("enters", "leaves", "becomes_unknown"):
            assert sum(one[name] for one in groups) == found["totals"][name]
        keys = [(one["remedy"], one["subject_id"]) for one in found["cases"]["rows"]]
        assert len(keys) == len(set(keys)) == sum(one["lines"] for one in groups) == found["cases"]["total"]
        assert {(one["remedy"], one["subject_id"]) for one in found["lines"]["rows"]} <= set(keys)
        for one in groups:
            if one["group"] in ("begins", "no_longer_begins", "stays", "taken_back"):
                offices = found["group_offices"]
                assert sum(office[one["group"]] for office in offices) == one["lines"]
                assert sum(office[f"{one['group']}_cents"] for office in offices) == one["amount_cents"]
            parents = one["low_income"] + one["higher_income"] + one["income_unknown"]
            assert parents == one["parents"]
            page = report(answer, size=10_000, group=one["group"])["cases"]
            assert page["total"] == one["lines"]
            assert {row["group"] for row in page["rows"]} <= {one["group"]}


def test_those_in_between_are_those_who_stay_for_a_reason_and_those_who_move(
    answers: dict[str, Answer],
) -> None:
    for answer in answers.values():
        found = report(answer, size=10_000)
        assert found["band"]
        for one in found["band"]:
            assert one["in_band"] == one["moves"] + sum(each["stays"] for each in one["reasons"])
            assert all(each["alone"] <= each["stays"] for each in one["reasons"])
            moved = [row for row in found["lines"]["rows"] if row["remedy"] == one["remedy"]]
            assert len(moved) == one["moves"]
    sooner = report(answers["license.no_payment_days=20"])["band"]
    assert [(one["remedy"], one["conditions"]) for one in sooner] == [
        ("license_revocation", ["unpaid_long_enough"])
    ]
    assert {"owes_debt", "holds_a_license"} <= {one["condition"] for one in sooner[0]["reasons"]}
    assert "unpaid_long_enough" not in {one["condition"] for one in sooner[0]["reasons"]}


def test_who_has_begun_is_told_apart_from_who_has_not(answers: dict[str, Answer]) -> None:
    """A higher threshold never takes a passport denial back: whom it was sent for stays."""
    groups = {one["group"]: one for one in report(answers["passport.threshold=$4,000"])["groups"]}
    assert groups["stays"]["leaves"] > 0
    assert groups["no_longer_begins"]["leaves"] > 0
    assert groups["taken_back"]["lines"] == 0


def test_an_office_sees_its_own_groups_and_reasons(answers: dict[str, Answer]) -> None:
    answer = answers["license.no_payment_days=20"]
    office = report(answer, size=1)["cases"]["rows"][0]["office"]
    own = report(answer, size=10_000, offices=frozenset([office]))
    assert {one["office"] for one in own["group_offices"]} == {office}
    assert {one["office"] for one in own["cases"]["rows"]} == {office}
    every = report(answer, size=0)
    assert own["band"][0]["in_band"] < every["band"][0]["in_band"]
    assert own["band"][0]["in_band"] == own["band"][0]["moves"] + sum(
        each["stays"] for each in own["band"][0]["reasons"]
    )
