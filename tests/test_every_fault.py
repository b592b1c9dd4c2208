"""A store that is broken in one way ends the next night as if nothing had happened, or says what is broken.

Here a few faults of each kind that takes seconds; `make faults` tries thousands, of every kind.
"""

import os
import re
import subprocess
import sys

import pytest

from arrears import house


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_no_fault_of_a_few_does_harm() -> None:
    done = subprocess.run(
        [sys.executable, "tests/faults/run.py", "--short"],
        cwd=house.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    tried = dict(re.findall(r"^(.+): ([0-9,]+), 0 did harm", done.stdout, re.MULTILINE))
    # One of each of eight kinds and the last; a name that a night writes twice counts twice.
    assert int(tried.pop("the power fails at a named write", 0)) >= 9, done.stdout
    on_postgres = {} if os.environ.get("ARREARS_NO_POSTGRES") else {"PostgreSQL dies in mid-night": "1"}
    assert tried == on_postgres | {
        "killed at a random moment": "2",
        "two processes run one night at once": "1",
        "a task wakes late, its clock set back": "1",
        "the ledger is an older copy": "3",
        "a file of a closed store is cut, changed or gone": "10",
        "a partner's file is damaged": "25",
    }
