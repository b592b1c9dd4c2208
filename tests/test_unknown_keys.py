"""A key that nothing reads is a fault in a YAML file of any kind; the message lists those that there are."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from arrears import house
from arrears.reports.yaml_keys import KINDS

STRANGE = "color_of_nobody"
TOLD = re.compile(rf"(\S+\.yml)[^:]*: unknown key `?{STRANGE}`?; the keys are \w")


def one_of(kind: str) -> str:
    """The first file of a kind, as its path within the house."""
    files = sorted(
        path
        for name in ("rules", "transforms", "expectations")
        for path in (house.ROOT / name).rglob("*.yml")
    )
    of = next(path for path in files if next(one for one in KINDS.values() if one.holds(path)).name == kind)
    return of.relative_to(house.ROOT).as_posix()


def told(root: Path) -> set[str]:
    """The files of a copied house in which `arrears check` finds the strange key."""
    done = subprocess.run(
        [sys.executable, "-m", "arrears.cli", "check", "--json"],
        cwd=root.parent,
        env={"ARREARS_HOUSE": str(root), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(house.ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    named = TOLD.findall("\n".join(json.loads(done.stdout)["faults"]))
    return {one.split(f"{root.name}/")[-1] for one in named}


@pytest.mark.slow
def test_a_key_that_nothing_reads_is_a_fault_in_every_kind_of_file(tmp_path: Path) -> None:
    """What is read with the help of other files is looked at once these are right: it takes a few rounds."""
    root = tmp_path / "copy"
    for name in ("rules", "transforms", "expectations"):
        shutil.copytree(house.ROOT / name, root / name)
    (root / "sample_data").mkdir()
    left = {one_of(kind): kind for kind in KINDS}
    assert len(left) == len(KINDS)
    for path in left:
        (root / path).write_text(f"{(root / path).read_text().rstrip()}\n{STRANGE}: blue\n")
    while left:
        found = {path for named in told(root) for path in (named, f"expectations/{named}") if path in left}
        assert found, f"no fault of {', '.join(left.values())}"
        for path in found:
            shutil.copy(house.ROOT / path, root / path)
            del left[path]
