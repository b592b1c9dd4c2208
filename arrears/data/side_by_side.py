"""Work on one engine side by side: each piece as soon as what it needs is there.

The tables of a night are small enough that one statement keeps one core busy; independent statements keep
them all busy.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from arrears.data.warehouse import Connection, cores


@dataclass(frozen=True)
class Work:
    """One piece of work: its name, what must have been done before, and what does it.

    It is given a connection of its own to the same database, which does not see temporary tables.
    """

    name: str
    needs: frozenset[str]
    do: Callable[[Connection], None]
    # No two pieces that give the same word run at once.
    alone_among: str = ""
    # Gives back what it made, once all that need it are done; what others may read afterwards has none.
    give_back: Callable[[Connection], None] | None = None


def do_all(con: Connection, works: Sequence[Work]) -> None:
    """Does all of the work, as much of it at once as there are cores.

    Raises what the first piece that failed raised, after those that had begun have ended. Each piece
    needs only ones before it.
    """
    done: dict[str, Work] = {}
    if cores() == 1:
        for place, work in enumerate(works, 1):
            work.do(con)
            done[work.name] = work
            _give_back(con, done, works[place:], work)
        return
    waiting = list(works)
    running: dict[Future[None], Work] = {}
    with ThreadPoolExecutor(cores()) as pool:
        while waiting or running:
            for work in [one for one in waiting if one.needs <= done.keys()]:
                if work.alone_among and work.alone_among in {one.alone_among for one in running.values()}:
                    continue
                waiting.remove(work)
                running[pool.submit(_on_its_own, con, work)] = work
            ended, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                work = running.pop(future)
                if future.exception():
                    waiting.clear()
                    wait(running)
                future.result()
                done[work.name] = work
                _give_back(con, done, [*waiting, *running.values()], work)


def _give_back(con: Connection, done: Mapping[str, Work], to_come: Sequence[Work], last: Work) -> None:
    """Gives back what the last piece, or what it needed, made, where nothing to come needs it."""
    still = frozenset[str]().union(*(work.needs for work in to_come))
    for name in sorted((last.needs | {last.name}) - still):
        if name in done and (give_back := done[name].give_back) is not None:
            give_back(con)


def needed_for(names: Collection[str], works: Sequence[Work], done: Collection[str] = ()) -> list[Work]:
    """The pieces of these names and all that they need and is not `done`, in the same order."""
    needed, found = set(names), list[Work]()
    for work in reversed(works):
        if work.name in needed:
            needs = work.needs - set(done)
            needed |= needs
            found.append(replace(work, needs=needs))
    return found[::-1]


def _on_its_own(con: Connection, work: Work) -> None:
    cursor = con.cursor()
    try:
        work.do(cursor)
    finally:
        cursor.close()
