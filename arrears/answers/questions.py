"""The questions of the desk's pages: worked on aside, each person's in turn, kept for a while.

At most `AT_ONCE` are worked on, never two of one person: nobody waits for another's long list. Whoever no
longer wants an answer says so; the work ends at its next step, unless somebody else waits for it.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock

from arrears.answers.background_answers import Answer, Progress
from arrears.errors import Refused
from arrears.values import Row

AT_ONCE, MOST_WAITING, MOST_IN_ALL = 3, 8, 64
Work = Callable[[Progress], Answer]


class Cancelled(Exception):
    """Ends the work on a question for which nobody waits any more."""


@dataclass(frozen=True)
class Standing:
    """How far a question has come that is worked on: its steps so far, or that it waits for its turn."""

    token: str
    is_begun: bool
    steps: tuple[str, ...]


@dataclass
class _Asked:
    work: Work
    number: int
    people: list[str]
    answer: "Future[Answer]" = field(default_factory=Future)
    steps: list[str] = field(default_factory=list)
    is_begun: bool = False
    is_cancelled: bool = False

    def progress(self, step: str, counts: Row) -> None:
        if self.is_cancelled:
            raise Cancelled
        self.steps.append(step)


class Questions:
    """The questions of one page, of all who ask them."""

    def __init__(self, kept: int = 16) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="asked")
        self._found: OrderedDict[str, _Asked] = OrderedDict()
        self._running: list[_Asked] = []
        self._served: dict[str, int] = {}
        self._lock, self._kept, self._number = Lock(), kept, 0

    def ask(self, question: str, work: Work, who: str = "") -> Answer | None:
        """The answer, or None while it is worked on; what went wrong is raised, and forgotten."""
        with self._lock:
            asked = self._found.get(question)
            if asked is None:
                self._refuse_many(who)
                self._number += 1
                asked = self._found[question] = _Asked(work, self._number, [who])
                self._begin()
                self._forget()
            elif who not in asked.people:
                asked.people.append(who)
            self._found.move_to_end(question)
            if asked.answer.done() and asked.answer.exception() is not None:
                del self._found[question]
        return asked.answer.result() if asked.answer.done() else None

    def standing(self, question: str) -> Standing:
        """How far a question has come."""
        with self._lock:
            asked = self._found.get(question)
        token = token_of(question)
        return Standing(token, asked.is_begun, tuple(asked.steps)) if asked else Standing(token, False, ())

    def cancel(self, token: str, who: str) -> bool:
        """Whether a person waited for a question, for which they wait no longer."""
        with self._lock:
            for question, asked in self._found.items():
                if token_of(question) == token and who in asked.people and not asked.answer.done():
                    break
            else:
                return False
            asked.people.remove(who)
            if not asked.people:
                asked.is_cancelled = True
                del self._found[question]
        return True

    def _refuse_many(self, who: str) -> None:
        waiting = [one for one in self._found.values() if not one.answer.done()]
        if len(waiting) >= MOST_IN_ALL or sum(who in one.people for one in waiting) >= MOST_WAITING:
            raise Refused("The desk works on many questions already", "", "Ask again in some minutes")

    def _begin(self) -> None:
        """Begins with as many questions as may be worked on: first of whom the last was begun longest ago."""
        while len(self._running) < AT_ONCE:
            busy = {one.people[0] for one in self._running if one.people}
            free = [
                one for one in self._found.values() if not one.is_begun and busy.isdisjoint(one.people[:1])
            ]
            if not free:
                return
            first = min(free, key=lambda one: (self._served.get(one.people[0], 0), one.number))
            first.is_begun = True
            self._served[first.people[0]] = self._number = self._number + 1
            self._running.append(first)
            self._pool.submit(self._work, first)

    def _work(self, asked: _Asked) -> None:
        try:
            answer = asked.work(asked.progress)
        except BaseException as fault:  # whoever asks is told, in their own thread
            asked.answer.set_exception(fault)
        else:
            asked.answer.set_result(answer)
        finally:
            with self._lock:
                self._running.remove(asked)
                self._begin()

    def _forget(self) -> None:
        done = [question for question, asked in self._found.items() if asked.answer.done()]
        for question in done[: max(0, len(self._found) - self._kept)]:
            del self._found[question]


def token_of(question: str) -> str:
    """What stands for a question on a page, which says nothing of it."""
    return hashlib.sha256(question.encode()).hexdigest()[:32]
