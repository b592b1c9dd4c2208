"""A night that is stopped anywhere ends, when it is run again, as if nothing had happened.

Here at one of its writes of each kind; `python tests/crash.py` takes them all.
"""

import subprocess
import sys

import pytest

from arrears import house


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_night_stopped_at_any_write_or_moment_ends_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "tests/crash.py", "--workers", "2", "--kinds", "--random", "2"],
        cwd=house.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 trial(s) differ" in done.stdout
