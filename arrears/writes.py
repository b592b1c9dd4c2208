"""The named writes of a night: every moment at which a crash could leave something half done.

`tests/crash.py` kills a night at each of them and shows that the next run ends the same.
"""

import os
import signal
from pathlib import Path

STOP_VARIABLE, TRACE_VARIABLE = "ARREARS_STOP_AT_WRITE", "ARREARS_TRACE_WRITES"
_reached = 0


def reached(name: str) -> None:
    """Marks a named write; under test, notes it or ends the process there without any clean-up."""
    global _reached
    stop, trace = os.environ.get(STOP_VARIABLE), os.environ.get(TRACE_VARIABLE)
    if not stop and not trace:
        return
    _reached += 1
    if trace:
        with Path(trace).open("a") as out:
            out.write(f"{_reached} {name}\n")
    if stop and int(stop) == _reached:
        os.kill(os.getpid(), signal.SIGKILL)
