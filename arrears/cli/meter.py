"""What a piece of work costs: seconds, processor seconds, SQL statements, memory of all its processes."""

import cProfile
import os
import pstats
import re
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from arrears.data.warehouse import statements_in
from arrears.data.watched import watching

Row = dict[str, Any]
_HEAVIEST, _WORDS = 12, 110
_KIB_PER_MIB, _PROC = 1024, Path("/proc")
# A statement is known by its words, without text or number that may be anybody's.
_LITERAL_OR_COMMENT, _NUMBER = re.compile(r"'(?:[^']|'')*'|--[^\n]*"), re.compile(r"\b\d+\b")


class Meter:
    """Counts what each step of the work costs, from the end of the one before it to its own."""

    def __init__(self, profile: bool = False) -> None:
        self.steps: dict[str, Row] = {}
        self._statements: list[tuple[str, float]] = []
        self._profile = cProfile.Profile(time.thread_time) if profile else None
        self._functions: dict[str, cProfile.Profile] = {}
        self._texts: dict[str, list[tuple[str, float]]] = {}
        self._wall, self._cpu = time.monotonic(), _processor_seconds()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Looks at every statement, and at every function where it was asked to, until the end."""
        with watching(lambda text, seconds: self._statements.append((text, seconds))):
            self._wall, self._cpu = time.monotonic(), _processor_seconds()
            if self._profile:
                self._profile.enable()
            yield
            if self._profile:
                self._profile.disable()

    def ended(self, step: str) -> Row:
        """What the step cost that has just ended; the next begins here."""
        wall, cpu = time.monotonic(), _processor_seconds()
        seen, self._statements[:] = list(self._statements), []
        self.steps[step] = {
            "seconds": round(wall - self._wall, 3),
            "cpu_seconds": round(cpu - self._cpu, 3),
            "statements": sum(statements_in(text) for text, _ in seen),
            "statement_seconds": round(sum(seconds for _, seconds in seen), 3),
        }
        if self._profile:
            self._profile.disable()
            self._functions[step], self._texts[step] = self._profile, seen
            self._profile = cProfile.Profile(time.thread_time)
            self._profile.enable()
        self._wall, self._cpu = time.monotonic(), _processor_seconds()
        return self.steps[step]

    def heaviest(self) -> dict[str, list[Row]]:
        """The statements and the functions that took most, by step; nothing of them is data."""
        return {
            "statements": [row for step, seen in self._texts.items() for row in _statements(step, seen)],
            "functions": [row for step, one in self._functions.items() for row in _functions(step, one)],
        }


def first_words(sql: str) -> str:
    """The first words of a statement, without comments and without any literal."""
    bare = _LITERAL_OR_COMMENT.sub(lambda found: "?" if found[0].startswith("'") else " ", sql)
    return " ".join(_NUMBER.sub("?", bare).split())[:_WORDS]


def _statements(step: str, seen: list[tuple[str, float]]) -> list[Row]:
    counts: dict[str, int] = defaultdict(int)
    seconds: dict[str, float] = defaultdict(float)
    for text, took in seen:
        words = first_words(text)
        counts[words] += 1
        seconds[words] += took
    most = sorted(seconds, key=lambda words: -seconds[words])[:_HEAVIEST]
    return [
        {"step": step, "count": counts[words], "seconds": round(seconds[words], 3), "statement": words}
        for words in most
    ]


def _functions(step: str, profile: cProfile.Profile) -> list[Row]:
    # The profiler knows only the thread that called it; its clock is that thread's processor time.
    found: dict[tuple[str, int, str], Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    most = sorted(found.items(), key=lambda item: -item[1][2])[:_HEAVIEST]
    return [
        {
            "step": step,
            "calls": calls,
            "own_seconds": round(own, 3),
            "seconds": round(whole, 3),
            "function": f"{'/'.join(Path(file).parts[-2:])}:{line} {name}".removeprefix("~:0 "),
        }
        for (file, line, name), (_, calls, own, whole, _callers) in most
    ]


def _processor_seconds() -> float:
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system


def tree_mib(pid: int) -> int:
    """The memory that a process and all that it started hold now; 0 where the system does not say."""
    return sum(_memory_kib(one, "VmRSS") for one in _family(pid)) // _KIB_PER_MIB


def peak_mib() -> int:
    """The most memory that this process ever held."""
    # What the system says of used resources begins with what the parent held; this does not.
    if said := _memory_kib(os.getpid(), "VmHWM"):
        return said // _KIB_PER_MIB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _KIB_PER_MIB


def _family(pid: int) -> Iterator[int]:
    yield pid
    for told in _PROC.glob(f"{pid}/task/*/children"):
        try:
            young = told.read_text().split()
        except OSError:  # it has ended meanwhile
            continue
        for child in young:
            yield from _family(int(child))


def _memory_kib(pid: int, what: str) -> int:
    try:
        told = (_PROC / str(pid) / "status").read_text()
    except OSError:
        return 0
    found = re.search(rf"^{what}:\s+(\d+) kB", told, re.MULTILINE)
    return int(found[1]) if found else 0


def places_bytes(folder: Path) -> Counter[str]:
    """How many bytes the files of a folder hold, by the first part of their paths."""
    found: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file():
            found[path.relative_to(folder).parts[0]] += path.stat().st_size
    return found
