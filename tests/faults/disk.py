"""The disk is full at a named write: the night stops, and ends the same once there is room."""

import errno
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from world import BROKE, SAID, World, in_child, night, recovered


def full_at(world: World, names: Sequence[str], workers: int) -> Iterator[str | None]:
    """What is wrong after a disk was full at each of these writes; None where nothing."""
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda n: _full(world, world.folder / f"full{n}", names[n]), range(len(names)))


def _full(world: World, root: Path, name: str) -> str | None:
    shutil.copytree(world.before, root)
    ended = in_child(lambda: full_night(root, name), is_quiet=True)
    if ended not in (SAID, BROKE):
        return f"no room at {name}: the night ended with {ended}"
    return recovered(root, f"no room at {name}", world.expected)


def full_night(root: Path, where: str) -> None:
    """Runs the night on a disk that is full from this write on."""
    from arrears.data import writes

    is_full = []

    def refuse(name: str) -> None:
        is_full.extend([name] if name == where else [])
        if is_full:
            raise OSError(errno.ENOSPC, "No space left on device")

    writes.watchers.append(refuse)
    night(root)
