"""The keys of YAML files: printed from the readers, explained one by one, and each of use to something."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arrears import house
from arrears.cli.main import app
from arrears.config import Faults, read_yaml, recording
from arrears.reports.yaml_keys import KINDS, KeyOf, keys_of, markdown
from arrears.reports.yaml_keys.keys import about_kinds, ending

# What stands on the cards, which cannot be read whole once one file of them is faulty.
FAULTY = ("condition", "remedy", "examples", "tables")


@cache
def keys(kind: str) -> dict[str, KeyOf]:
    return {one.key: one for one in keys_of(kind)}


def test_the_page_is_what_the_readers_say() -> None:
    page = house.ROOT / "docs" / "keys.md"
    assert page.read_text() == markdown(), "write it again: arrears keys --markdown > docs/keys.md"


@pytest.mark.parametrize("kind", KINDS)
def test_each_key_is_explained_and_nothing_is_explained_that_is_no_key(kind: str) -> None:
    about, _ = about_kinds()
    assert [one.key for one in keys(kind).values() if not one.means] == []
    assert set(about[kind].keys) - set(keys(kind)) == set()


def test_no_explanation_that_holds_everywhere_is_unused() -> None:
    about, shared = about_kinds()
    used = {ending(key, shared) for kind in KINDS for key in keys(kind) if key not in about[kind].keys}
    assert set(shared) - used == set()


def test_every_file_of_the_house_belongs_to_a_kind_and_every_mapping_in_it_is_read() -> None:
    files = [
        p for name in ("rules", "transforms", "expectations") for p in (house.ROOT / name).rglob("*.yml")
    ]
    read: dict[Path, set[str]] = {}
    for kind in KINDS.values():
        with recording() as kept:
            kind.read()
        assert kept.unread == []
        for place in kept.asked:
            read.setdefault(Path(place[0]), set()).add(kind.name)
    for path in files:
        kind = next(one for one in KINDS.values() if one.holds(path))
        assert kind.name in read.get(path, ()), path.relative_to(house.ROOT).as_posix()


def test_type_default_and_choices_are_those_of_the_reader() -> None:
    step = keys("remedy")
    assert step["steps[].ground"].choices == ("enter", "stay")
    assert (step["steps[].ground"].required, step["steps[].ground"].otherwise) == ("no", "stay")
    assert (step["steps[].queue"].kind, step["steps[].queue"].required) == ("queue", "sometimes")
    assert keys("profile")["fips"].required == "always"
    assert keys("feed")["may_be_empty"].kind == "true or false"
    assert set(keys("expectation")["expect[].else"].choices) == {"stop", "warn"}


def test_the_words_of_a_card_are_explained_where_a_person_looks() -> None:
    done = CliRunner().invoke(app, ["keys", "remedy", "--json"])
    told = {one["key"]: one["means"] for one in json.loads(done.stdout)}
    words = ("ground", "targets", "rests_on", "urgent_when", "broken_agreement", "later", "at", "about")
    for word in (*words, "protects", "leaves", "follows"):
        said = [means for key, means in told.items() if key.split(".")[-1] == word]
        assert said, word
        assert all(len(one.split()) >= 5 for one in said), word


def test_an_unknown_kind_or_key_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["keys", "remedies", "--json"])
    assert done.exit_code == 1
    assert "queue, letters" in json.loads(done.stdout)["error"]["do"]
    (tmp_path / "one.yml").write_text("title: A\ncolour: blue\n")
    faults = Faults()
    node = read_yaml(tmp_path / "one.yml", faults)
    node.text("title")
    node.integer("order", required=False)
    node.done()
    [fault] = faults.found
    assert fault.endswith("unknown key colour; the keys are title, order")


def test_keys_are_told_while_something_in_the_house_is_faulty(tmp_path: Path) -> None:
    """Who writes a file asks for its keys when it is not right yet, or another file is not."""
    for name in ("rules", "transforms", "expectations"):
        shutil.copytree(house.ROOT / name, tmp_path / name)
    (tmp_path / "rules" / "conditions" / "zz.yml").write_text("conditions:\n  odd: {is: 1, color: blue}\n")
    card = tmp_path / "rules" / "remedies" / "license_revocation" / "remedy.yml"
    card.write_text(card.read_text() + "strange: 1\n")
    asked = "from arrears.reports.yaml_keys import keys_of; import json; "
    asked += f"print(json.dumps({{kind: [one.key for one in keys_of(kind)] for kind in {FAULTY}}}))"
    told = subprocess.run(
        [sys.executable, "-c", asked],
        env={**os.environ, "ARREARS_HOUSE": str(tmp_path), "PYTHONPATH": str(house.ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(told.stdout)
    for kind in FAULTY:
        assert set(keys(kind)) <= set(found[kind]), kind


# What readers keep for people who read the law, and nothing decides by.
FOR_PEOPLE = {"Source.read_on", "Value.standing", "Card.later", "Policy.sign"}
# Taken up by the labels of data.
NOT_YET = {"Feed.labels"}


def test_what_a_reader_keeps_of_a_file_is_used_by_something() -> None:
    """By the name of the field: one that shares its name with another used one is not seen."""
    code = [p for name in ("arrears", "dags", "plugins") for p in (house.ROOT / name).rglob("*.py")]
    trees = {path: ast.parse(path.read_text()) for path in code}
    used: set[str] = set()
    for tree in trees.values():
        called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        used |= {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and id(node) not in called
        }
    for page in (house.ROOT / "arrears").rglob("*.html"):
        used |= set(re.findall(r"\.(\w+)", page.read_text()))
    made_for = ("remedy", "profile", "suites")
    readers = [path for path in trees if "read_yaml" in path.read_text() or path.stem in made_for]
    unused = {
        f"{node.name}.{field.target.id}"
        for path in readers
        for node in ast.walk(trees[path])
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        for field in node.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if field.target.id not in used
    }
    assert unused - FOR_PEOPLE - NOT_YET == set()
