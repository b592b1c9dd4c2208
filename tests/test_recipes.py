"""The five recipes of CONTRIBUTING.md, each followed file by file on a copy of the house, without Python."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from arrears import house

RECIPES = ("Add a feed", "Change a number from a date", "Add a remedy", "Add a queue", "Add a jurisdiction")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of everything that a recipe may touch."""
    for name in ("rules", "transforms", "expectations"):
        shutil.copytree(house.ROOT / name, tmp_path / name)
    (tmp_path / "sample_data").mkdir()
    return tmp_path


def arrears(copied: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command, run on the copied house."""
    return subprocess.run(
        [sys.executable, "-m", "arrears.cli", *words],
        cwd=copied,
        env={"ARREARS_HOUSE": str(copied), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(house.ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def assert_checked(copied: Path) -> None:
    done = arrears(copied, "check")
    assert done.returncode == 0, done.stdout + done.stderr


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new))


def test_the_book_holds_these_five_recipes() -> None:
    told = re.findall(r"^## \d\. (.+)$", (house.ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    assert tuple(told) == RECIPES
