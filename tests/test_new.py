"""`arrears new`: what it writes passes `arrears check` at once, is off, and is written over nothing."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer

from arrears import house
from arrears.author import new_remedy
from arrears.cli.main import app
from arrears.config import Faults
from arrears.errors import RuleFault
from arrears.law.catalog import catalog, described_facts
from arrears.law.conditions import read_library
from arrears.law.decide import why_off
from arrears.law.examples import check_examples, worked
from arrears.law.profile import Profile
from arrears.law.remedy import load_cards
from arrears.law.remedy_files import read_card

FEED, QUEUE, REMEDY, TOLD, STATE = (
    "boat_registrations",
    "yearly_letters",
    "yearly_letter",
    "yearly_word",
    "nh",
)
NIGHT = "2025-01-20"
ASKED = (
    ("feed", FEED, "--title", "Boats: whose they are", "--night", NIGHT),
    ("queue", QUEUE),
    (
        *("remedy", REMEDY, "--facts", "license_facts", "--title", "Yearly letter"),
        *("--queue", QUEUE, "--message", "report", "--takes-back", "withdraw"),
    ),
    ("remedy", TOLD),
    ("state", STATE, "New Hampshire"),
)
CARD = f"rules/remedies/{REMEDY}"


def arrears(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command, run on a copied house."""
    return subprocess.run(
        [sys.executable, "-m", "arrears.cli", *words],
        cwd=root,
        env={**os.environ, "ARREARS_HOUSE": str(root), "PYTHONPATH": str(house.ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def files(root: Path) -> dict[str, bytes]:
    """Every file of a house by its place."""
    return {one.relative_to(root).as_posix(): one.read_bytes() for one in root.rglob("*") if one.is_file()}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """A copied house in which one of each kind was begun, and what the command told of each."""
    root = tmp_path_factory.mktemp("begun") / "house"
    for name in ("rules", "transforms", "expectations"):
        shutil.copytree(house.ROOT / name, root / name)
    (root / "sample_data" / "me" / NIGHT / "inbox").mkdir(parents=True)
    told = []
    for words in ASKED:
        before = files(root)
        done = arrears(root, "new", *words, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        told.append(json.loads(done.stdout))
        after = files(root)
        assert {one for one in after if one not in before} == set(told[-1]["files"])
        assert {one for one in before if after[one] != before[one]} == set(told[-1]["changed"])
    return root, told


@pytest.mark.slow
def test_what_is_begun_passes_the_check_at_once(begun: tuple[Path, list[dict[str, Any]]]) -> None:
    root, _ = begun
    done = json.loads(arrears(root, "check", "--json").stdout)
    assert done["faults"] == []
    assert list(done["open"]) == [STATE]


def test_every_file_is_commented_and_every_next_step_can_be_taken(
    begun: tuple[Path, list[dict[str, Any]]],
) -> None:
    root, told = begun
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for one in told:
        for place in (place for place in one["files"] if not place.startswith("sample_data")):
            assert (root / place).read_text().startswith(("# ", "-- ")), place
        said = [found for step in one["next"] for found in re.findall(r"arrears ([a-z]+)((?: \S+)*)", step)]
        assert len(said) >= 4
        for verb, words in said:
            assert verb in commands
            options = {name for option in commands[verb].params for name in option.opts}
            given = {word for word in words.split() if word.startswith("--")}
            assert given <= options or verb == "new"
        for path in re.findall(r"(?:rules|sample_data|transforms)/\S+\.(?:yml|txt)", " ".join(one["next"])):
            assert (root / path).is_file()


def test_a_remedy_that_is_begun_takes_every_protection_and_runs_in_no_state(
    begun: tuple[Path, list[dict[str, Any]]],
) -> None:
    root, _ = begun
    card = read_card(root / CARD)
    library = read_library(root / "rules", catalog(root / "rules", Faults()), Faults())
    known = set(described_facts(root / "transforms" / "facts")["license_facts"])  # type: ignore[index]
    could = {
        one.protects for one in library.values() if set(one.columns) <= known and one.protects != one.name
    }
    assert could - {""} == {one.protects for one in card.conditions["stay"]} - {""}
    assert card.leaves == ()
    for state in ("ma", "me", STATE):
        profile = Profile.load(root / "rules", state)
        assert "is not in force" in str(why_off(profile, card, date(2026, 1, 1)))
    in_force = Profile.load(root / "rules", "me").with_remedy(REMEDY)
    assert why_off(in_force, card, date(2026, 1, 1)) == f"Yearly letter is off: {REMEDY}.least not set"


def test_examples_of_a_card_that_is_in_force_may_not_say_that_it_is_not(
    begun: tuple[Path, list[dict[str, Any]]], tmp_path: Path
) -> None:
    root = tmp_path / "house"
    shutil.copytree(begun[0], root)
    rules, card = root / "rules", read_card(root / CARD)
    assert len(check_examples(card, worked(card, rules))) > 10
    examples, profile = root / CARD / "examples.yml", rules / "jurisdictions" / "me.yml"
    text = examples.read_text()
    examples.write_text(text.replace("not_in_force_yet: true\n", ""))
    with pytest.raises(RuleFault, match="Yearly letter is not in force in Maine"):
        check_examples(card, worked(card, rules))
    told = profile.read_text()
    here = f"remedies_in_force:\n  {REMEDY}: {{from: 2020-01-01, cites: [arrears-policy#unset]}}\n"
    profile.write_text(told.replace("remedies_in_force:\n", here, 1))
    assert len(check_examples(card, worked(card, rules))) > 10
    examples.write_text(text)
    with pytest.raises(RuleFault, match="in force in a state by now; take not_in_force_yet away"):
        check_examples(card, worked(card, rules))


def test_the_sample_file_of_a_feed_that_is_begun_is_taken(begun: tuple[Path, list[dict[str, Any]]]) -> None:
    root, told = begun
    [sample] = [place for place in told[0]["files"] if place.startswith("sample_data")]
    done = arrears(
        root, "receive", "me", sample, "--on", NIGHT, "--store", str(root.parent / "store"), "--json"
    )
    [came] = json.loads(done.stdout)["deliveries"]
    assert (came["feed"], came["outcome"], came["rows"], came["rejects"]) == (FEED, "accepted", 2, 0)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("feed", FEED, "--night", NIGHT), "There is a feed boat_registrations already"),
        (("queue", QUEUE), "There is a queue yearly_letters already"),
        (("remedy", REMEDY), "There is a remedy yearly_letter already"),
        (("remedy", "license_revocation"), "There is a remedy license_revocation already"),
        (("state", STATE), "There is a state nh already"),
        (("feed", "Boats"), "A feed's name is a letter, then letters, digits and underscores, all small"),
        (("queue", "../queue"), "A queue's name is a letter"),
        (("remedy", "a" * 41), "A remedy's name is a letter"),
        (("feed", "select"), "select is a word of SQL and cannot name a feed"),
        (("state", "zz"), "zz is not a state"),
        (("feed", "other", "--night", "2030-01-01"), "2030-01-01 is not a sample night of me"),
        (("remedy", "other", "--message", "report"), "--message needs --queue"),
        (("remedy", "other", "--takes-back", "withdraw"), "--takes-back needs --queue"),
        (("remedy", "other", "--queue", "account_entries"), "several messages: --message is needed"),
        (("remedy", "other", "--queue", "obligor_notices"), "several messages: --message is needed"),
        (("remedy", "other", "--queue", QUEUE, "--message", "report"), "--takes-back is needed"),
        (("state", "vt", "Virginia"), "vt is Vermont"),
        (("remedy", "other", "--facts", "boats"), "There is no table of facts boats"),
        (("remedy", "other", "--facts", "twin_pairs"), "twin_pairs holds no amount"),
        (("remedy", "other", "--queue", "boats"), "There is no queue boats"),
        (("remedy", "other", "--queue", QUEUE, "--message", "boo"), "carries no message boo"),
        (("remedy", "other", "--cites", "hearsay"), "hearsay is written down nowhere"),
        (("feed", "other", "--state", "vt"), "There is no profile of vt"),
    ],
)
def test_what_cannot_be_begun_is_refused_in_a_sentence_and_nothing_is_written(
    begun: tuple[Path, list[dict[str, Any]]], words: tuple[str, ...], says: str
) -> None:
    root, _ = begun
    before = files(root)
    done = arrears(root, "new", *words)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert files(root) == before


def tables() -> Iterator[str]:
    """The tables of facts that hold an amount."""
    for table, columns in (described_facts(house.FACTS) or {}).items():
        if any(one.get("unit") == "cents" for one in columns.values()):
            yield table


@pytest.mark.parametrize("table", sorted(tables()))
def test_a_card_can_be_begun_on_every_table_that_holds_an_amount(table: str) -> None:
    """Each condition that is taken alone decides in an example, at entry or, of the amount itself, later."""
    parts = new_remedy.card_parts(table, "", "me", load_cards(house.RULES), catalog(house.RULES, Faults()))
    shown = [one.name for one in parts["alone"] if one.part != "release"]
    assert shown == [one["name"] for one in parts["taken"] if not one["at"]] + [
        one["name"] for one in parts["taken"] if one["at"]
    ]
