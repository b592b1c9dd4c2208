"""Work on the engine that stands still is ended, since nothing else would end it.

DuckDB 1.5 can wait forever for memory that nobody frees; no interrupt and no exception reaches a thread that
is in it. Only the end of the process does, and a night then goes on from the step that stopped.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

# What a batch system reads as "try again later" (EX_TEMPFAIL of sysexits.h).
EXIT_CODE = 75
AFTER_SECONDS = 15 * 60.0
# What waits looks up fifty times a second; what works uses far more of a core than that.
_LEAST_SHARE_OF_A_CORE = 0.02
_OURS = str(Path(__file__).parents[1])


@contextmanager
def ends_at_standstill(what: str, after_seconds: float = AFTER_SECONDS) -> Iterator[None]:
    """Ends the process, with a plain sentence, where one call of ours does not return and nothing works.

    Waiting for a lock, a disk or a network is none of it: those waits are in code of other libraries.
    """
    done = Event()
    Thread(target=_watch, args=(what, after_seconds, done), name="standstill", daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _watch(what: str, after_seconds: float, done: Event) -> None:
    used, calls = time.process_time(), _calls()
    while not done.wait(after_seconds):
        used_before, calls_before = used, calls
        used, calls = time.process_time(), _calls()
        if used - used_before < after_seconds * _LEAST_SHARE_OF_A_CORE and calls & calls_before:
            _end(what, after_seconds)


def _calls() -> set[tuple[int, int, int]]:
    """Where each thread is that is in a call of our own code into a library of another language."""
    return {
        (thread, id(frame), frame.f_lasti)
        for thread, frame in sys._current_frames().items()
        if frame.f_code.co_filename.startswith(_OURS) and frame.f_code.co_filename != __file__
    }


def _end(what: str, after_seconds: float) -> None:
    sys.stderr.write(
        f"error: {what} has stood still for {after_seconds / 60:.0f} minutes. ARREARS_MEMORY_LIMIT."
        " Set it to more, such as 12GB, and run the same again: what is done stays done.\n"
    )
    sys.stderr.flush()
    os._exit(EXIT_CODE)
