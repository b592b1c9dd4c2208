"""Flag, clear or unknown: never a flag, never a "no", from a fact that is missing."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from card_helpers import CARD, CONDITIONS, FEDERAL, STATE, null_any_fact, tree

from arrears.data.warehouse import warehouse, write_parquet
from arrears.errors import ArrearsError
from arrears.law.decide import decide, waiver_faults
from arrears.law.profile import Profile
from arrears.law.remedy_files import read_card
from arrears.law.verdicts import Verdicts

NIGHT = date(2025, 3, 2)
WAIVER = "waivers: [{remedy: license, condition: %s, from: 2020-01-01, why: x, cites: [guide]}]\n"
Row = tuple[Any, ...]
Read = dict[str, list[dict[str, Any]]]
FLAG = ("1", "1", "p1", "o", "w", date(2025, 1, 1), 61, 500, False)
LATE = ("2", "2", "p2", "o", "w", date(2025, 1, 2), 61, 500, False)
ODD = ("3", "3", "p3", None, None, None, 10, 500, False)
DOUBT = ("4", "4", "p4", None, None, None, 10, 500, True)


def night(folder: Path, rows: list[Row], **changed: str) -> tuple[Any, Read]:
    """What `decide` counted, and the verdict rows of each part."""
    rules = tree(folder, **changed)
    card, profile = read_card(rules / "remedies" / "license"), Profile.load(rules, "ut")
    with warehouse() as con:
        attach(con, rows)
        write_parquet(con, "FROM facts.case_facts", folder / "facts" / "case_facts.parquet")
        decided = decide(con, profile, {"license": card}, NIGHT, folder / "verdicts")["license"]
        kept = Verdicts(folder)
        read = {
            part: con.execute(f"{kept.select(remedy, part, True)} ORDER BY 3").to_arrow_table().to_pylist()
            for remedy, part in kept.asked
        }
    return decided, read


def attach(con: Any, rows: list[Row]) -> None:
    con.execute("CREATE SCHEMA facts")
    con.execute(
        "CREATE TABLE facts.case_facts ("
        "subject_id VARCHAR, case_id VARCHAR, person_id VARCHAR, office VARCHAR, worker VARCHAR,"
        " unpaid_since_on DATE, days_in_arrears BIGINT, enforceable_cents BIGINT, has_agreement BOOLEAN)"
    )
    if rows:
        con.executemany("INSERT INTO facts.case_facts VALUES (?,?,?,?,?,?,?,?,?)", rows)


def test_all_true_is_a_flag_any_false_clear_and_otherwise_unknown(tmp_path: Path) -> None:
    decided, read = night(tmp_path, [FLAG, LATE, ODD, DOUBT])
    assert decided.counts["enter"] == {"flag": 1, "clear": 2, "unknown": 1}
    assert [(row["subject_id"], row["verdict"], row["because"]) for row in read["enter"]] == [
        ("1", "flag", []),
        ("2", "clear", ["unpaid_long_enough"]),
        ("3", "unknown", ["unpaid_long_enough"]),
        ("4", "clear", ["no_agreement"]),
    ]


def test_every_condition_of_every_subject_is_kept(tmp_path: Path) -> None:
    _, read = night(tmp_path, [FLAG, LATE, ODD])
    assert [row["in_arrears_long_enough"] for row in read["enter"]] == [True, True, False]
    assert [row["amount_cents"] for row in read["enter"]] == [500, 500, 500]
    assert (read["enter"][0]["office"], read["enter"][0]["person_id"]) == ("o", "p1")


def test_the_laws_reading_is_computed_beside_the_guides_and_the_parting_is_marked(tmp_path: Path) -> None:
    decided, read = night(tmp_path, [FLAG, LATE])
    assert [(row["guide_verdict"], row["law_verdict"], row["readings_differ"]) for row in read["enter"]] == [
        ("flag", "flag", False),
        ("clear", "flag", True),
    ]
    assert decided.readings_differ["enter"] == 1


def test_the_laws_triggers_act_where_the_profile_says_so(tmp_path: Path) -> None:
    acts = "cites: [guide], acts: {2025-01-01: {reading: law, cites: [guide], signed_off_by: director}}}"
    _, read = night(tmp_path, [LATE], state=STATE.replace("cites: [guide]}}\nvalues", acts + "}\nvalues"))
    assert [row["verdict"] for row in read["enter"]] == ["flag"]


def test_a_waived_condition_is_computed_and_shown_but_does_not_decide(tmp_path: Path) -> None:
    _, read = night(tmp_path, [(*FLAG[:-1], True)], state=STATE + WAIVER % "no_agreement")
    assert [(row["verdict"], row["no_agreement"]) for row in read["enter"]] == [("flag", False)]


def test_a_remedy_whose_every_condition_is_waived_flags_nobody(tmp_path: Path) -> None:
    decided, _ = night(tmp_path, [FLAG], state=STATE + WAIVER % "something_is_owed")
    assert decided.counts["stay"] == {"flag": 0, "clear": 0, "unknown": 1}


def test_the_hash_changes_with_a_fact_that_the_decision_rests_on_and_with_no_other(tmp_path: Path) -> None:
    rows = [FLAG, ("2", *FLAG[1:]), ("3", *FLAG[1:6], 99, 500, True), ("4", *FLAG[1:7], 501, False)]
    rows.append(("5", *FLAG[1:5], None, 61, 500, False))
    _, read = night(tmp_path, rows)
    hashes = [row["facts_hash"] for row in read["enter"]]
    assert hashes[0] == hashes[1] == hashes[2]
    assert len(set(hashes)) == 3


def test_verdicts_are_the_same_rows_whatever_order_the_facts_come_in(tmp_path: Path) -> None:
    _, one = night(tmp_path / "a", [FLAG, LATE, ODD])
    _, other = night(tmp_path / "b", [ODD, FLAG, LATE])
    assert one == other


@pytest.mark.parametrize("rows", [[FLAG, FLAG], [FLAG, (None, *FLAG[1:])]])
def test_a_subject_that_is_there_twice_or_has_no_name_stops_the_night(
    tmp_path: Path, rows: list[Row]
) -> None:
    with pytest.raises(ArrearsError, match="one row per subject"):
        night(tmp_path, rows)


def test_no_subjects_make_empty_verdicts_and_not_an_error(tmp_path: Path) -> None:
    decided, read = night(tmp_path, [])
    assert decided.counts["enter"] == {"flag": 0, "clear": 0, "unknown": 0}
    assert read["enter"] == []


def test_an_unset_value_turns_the_remedy_off_says_so_and_leaves_no_verdicts(tmp_path: Path) -> None:
    night(tmp_path, [FLAG])
    unset = FEDERAL.replace("value: 60, standing: law", "value: unset, standing: law")
    decided, read = night(tmp_path, [FLAG], federal=unset)
    assert decided.off == "License revocation is off: license.arrears_days not set"
    assert read == {}


def test_a_remedy_that_is_not_in_force_is_off(tmp_path: Path) -> None:
    decided, read = night(tmp_path, [FLAG], state=STATE.replace("from: 2010-01-01", "from: 2025-03-03"))
    assert decided.off == "License revocation is not in force in Utopia on 2025-03-02"
    assert read == {}


def test_nulling_any_fact_makes_no_flag_and_clears_none(tmp_path: Path) -> None:
    rules = tree(tmp_path)
    card, profile = read_card(rules / "remedies" / "license"), Profile.load(rules, "ut")
    with warehouse() as con:
        attach(con, [FLAG, LATE, ODD, DOUBT])
        assert null_any_fact(con, card, profile, NIGHT) == []


def test_a_condition_that_takes_a_missing_fact_for_an_answer_is_found(tmp_path: Path) -> None:
    rules = tree(
        tmp_path,
        conditions=CONDITIONS.replace("NOT has_agreement", "has_agreement IS NOT TRUE"),
        card=CARD.replace("is: enforceable_cents > 0", "is: 'coalesce(enforceable_cents, 0) > 0'"),
    )
    card, profile = read_card(rules / "remedies" / "license"), Profile.load(rules, "ut")
    kept = ("6", *FLAG[1:-1], True)
    with warehouse() as con:
        attach(con, [FLAG, LATE, ODD, kept])
        assert [one for one in null_any_fact(con, card, profile, NIGHT) if "enter" in one] == [
            "license.enter: without enforceable_cents, 1 goes from flag to clear",
            "license.enter: without has_agreement, 6 goes from clear to flag",
        ]


def test_a_waiver_of_a_condition_that_no_card_holds_is_a_fault(tmp_path: Path) -> None:
    rules = tree(tmp_path, state=STATE + WAIVER % "no_agrement")
    card, profile = read_card(rules / "remedies" / "license"), Profile.load(rules, "ut")
    assert waiver_faults(profile, {"license": card}) == [
        "ut: waives license.no_agrement, which no card holds"
    ]
    assert waiver_faults(profile, {})[0] == "ut: license is in force, but there is no such card"


def test_a_card_without_a_stay_condition_cannot_be_loaded(tmp_path: Path) -> None:
    only_entry = CARD.replace("something_is_owed: {is", "something_is_owed: {at: enter, is")
    with pytest.raises(ArrearsError, match="conditions, stay: needs at least one"):
        read_card(tree(tmp_path, card=only_entry) / "remedies" / "license")
