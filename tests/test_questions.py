"""Whose question is worked on when: nobody waits for another's list, and what nobody wants any more ends."""

import time
from collections.abc import Callable
from threading import Event

import pytest

from arrears.answers import questions as module
from arrears.answers.background_answers import Answer, Progress, scratch_folder
from arrears.answers.questions import AT_ONCE, Cancelled, Questions, Work, token_of


def until(is_so: Callable[[], bool]) -> None:
    """Waits until something is so, for a while."""
    for _ in range(500):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError("It never came")


@pytest.fixture
def free() -> Event:
    """Lets every question that waits for it end."""
    return Event()


@pytest.fixture
def begun() -> list[str]:
    return []


@pytest.fixture
def work(free: Event, begun: list[str]) -> Callable[[str], Work]:
    """Work that notes that it began and waits to be let go."""

    def named(name: str) -> Work:
        def waits(progress: Progress) -> Answer:
            begun.append(name)
            free.wait(60)
            progress("facts", {})
            return Answer({"name": name}, scratch_folder())

        return waits

    return named


def test_nobody_waits_for_anothers_long_list(
    work: Callable[[str], Work], free: Event, begun: list[str]
) -> None:
    questions = Questions()
    for number in range(5):
        assert questions.ask(f"a{number}", work(f"a{number}"), "ann") is None
    questions.ask("b0", work("b0"), "bob")
    until(lambda: len(begun) == 2)
    assert set(begun) == {"a0", "b0"}
    free.set()
    until(lambda: questions.ask("a4", work("again"), "ann") is not None)
    assert begun[2:] == ["a1", "a2", "a3", "a4"]


def test_no_more_are_worked_on_at_once_than_the_machine_is_given(
    work: Callable[[str], Work], free: Event, begun: list[str]
) -> None:
    questions = Questions()
    people = [f"person {number}" for number in range(AT_ONCE + 2)]
    for name in people:
        questions.ask(name, work(name), name)
    until(lambda: len(begun) == AT_ONCE)
    assert not questions.standing(people[-1]).is_begun
    free.set()
    until(lambda: len(begun) == len(people))


def test_people_take_turns(
    work: Callable[[str], Work], free: Event, begun: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 1)
    questions = Questions()
    for name in ("a0", "a1", "a2", "b0", "b1"):
        questions.ask(name, work(name), name[0])
    until(lambda: begun == ["a0"])
    free.set()
    until(lambda: len(begun) == 5)
    assert begun == ["a0", "b0", "a1", "b1", "a2"]


def test_what_nobody_waits_for_ends_at_its_next_step(
    work: Callable[[str], Work], free: Event, begun: list[str]
) -> None:
    questions, ended = Questions(), []

    def watched(progress: Progress) -> Answer:
        try:
            return work("a")(progress)
        except Cancelled:
            ended.append("a")
            raise

    questions.ask("a", watched, "ann")
    until(lambda: begun == ["a"])
    assert not questions.cancel(token_of("a"), "bob")
    assert questions.cancel(token_of("a"), "ann")
    free.set()
    until(lambda: ended == ["a"])
    questions.ask("a", work("a"), "ann")
    until(lambda: questions.ask("a", work("a"), "ann") is not None)


def test_what_somebody_else_waits_for_goes_on(work: Callable[[str], Work], free: Event) -> None:
    questions = Questions()
    questions.ask("a", work("a"), "ann")
    questions.ask("a", work("a"), "bob")
    assert questions.cancel(token_of("a"), "ann")
    free.set()
    until(lambda: questions.ask("a", work("a"), "bob") is not None)
    assert questions.standing("a").steps == ("facts",)


def test_a_question_that_has_not_begun_is_taken_from_the_list(
    work: Callable[[str], Work], free: Event, begun: list[str]
) -> None:
    questions = Questions()
    for name in ("a", "b", "c"):
        questions.ask(name, work(name), "ann")
    assert questions.cancel(token_of("b"), "ann")
    free.set()
    until(lambda: questions.ask("c", work("c"), "ann") is not None)
    assert begun == ["a", "c"]
