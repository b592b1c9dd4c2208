"""Two processes take up the same night at the same moment: one of them lives it, and nothing leaves twice."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from world import BROKE, SAID, WELL, World, end_of, in_child, night


def two_at_once(world: World, count: int) -> Iterator[str | None]:
    """What is wrong after each time that two ran one night at once; None where nothing."""
    for number in range(count):
        yield _two(world, world.folder / f"two{number}")


def _two(world: World, root: Path) -> str | None:
    from promises import broken_promises

    shutil.copytree(world.before, root)
    other = os.fork()
    if other == 0:
        os._exit(in_child(lambda: night(root), is_quiet=True))
    ended = {in_child(lambda: night(root), is_quiet=True), os.waitstatus_to_exitcode(os.waitpid(other, 0)[1])}
    if BROKE in ended or not ended <= {WELL, SAID}:
        return f"two at once ended with {sorted(ended)}"
    if ended == {SAID} and in_child(lambda: night(root)):
        return "two at once stopped each other, and the night did not go on afterwards"
    broken = broken_promises(root)
    if broken or end_of(root) != world.expected:
        return f"two at once: {broken[0] if broken else 'the outbox or the ledger differs'}"
    shutil.rmtree(root)
    return None
