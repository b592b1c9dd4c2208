"""Work that stands still ends with a sentence; work that goes on, or waits for others, is left alone."""

import subprocess
import sys

import pytest

from arrears.data.standstill import EXIT_CODE

# A statement that never ends is one that waits for a lock here; the program itself is no code of ours.
PROGRAM = """
import sys, threading, time
from arrears.data import standstill

def busy():
    until = time.monotonic() + 3
    while time.monotonic() < until:
        pass

ours = compile("import time; time.sleep(60)", standstill._OURS + "/data/warehouse.py", "exec")
kinds = {{
    "still": lambda: exec(ours),
    "busy": busy,
    "waits for others": lambda: threading.Event().wait(3),
    "done": lambda: None,
}}
with standstill.ends_at_standstill("The step facts", after_seconds=1):
    # What hangs is a thread, for whose end the process would wait forever.
    other = threading.Thread(target=kinds[{kind!r}])
    other.start()
    other.join()
time.sleep(1.5 if {kind!r} == "done" else 0)
print("went on")
"""


@pytest.mark.parametrize("kind", ["still", "busy", "waits for others", "done"])
def test_only_a_call_that_never_returns_is_ended(kind: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(kind=kind)],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    if kind == "still":
        assert ran.returncode == EXIT_CODE
        assert ran.stderr.startswith("error: The step facts has stood still for 0 minutes.")
        assert "run the same again" in ran.stderr
    else:
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "went on\n", "")
