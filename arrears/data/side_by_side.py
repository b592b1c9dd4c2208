"""Work on one engine side by side: each piece as soon as what it needs is there.

The tables of a night are small enough that one statement keeps one core busy; independent statements keep
them all busy.
"""

from collections.abc import Callable, Collection, Sequence
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


def do_all(con: Connection, works: Sequence[Work]) -> None:
    """Does all of the work, as much of it at once as there are cores.

    Raises what the first piece that failed raised, after those that had begun have ended. Each piece
    needs only ones before it.
    """
    if cores() == 1:
        for work in works:
            work.do(con)
        return
    waiting, done = list(works), set[str]()
    running: dict[Future[None], Work] = {}
    with ThreadPoolExecutor(cores()) as pool:
        while waiting or running:
            for work in [one for one in waiting if one.needs <= done]:
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
                done.add(work.name)


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
