"""The power fails at every named write of a night, and at random moments: the next night ends the same."""

import random
import shutil
import signal
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock

from world import World, in_child, night, recovered


def of_each_kind(names: Sequence[str]) -> list[str]:
    """The one in the middle of the named writes of each moment and kind of file, and the last of all."""
    kinds = defaultdict[tuple[str, str], list[str]](list)
    for name in names:
        moment, _, what = name.partition(" ")
        # A page is written as any other file of a step is.
        kinds[moment, Path(what).suffix.replace(".html", ".json")].append(name)
    return [*(found[len(found) // 2] for found in kinds.values()), names[-1]]


def at_named_writes(world: World, names: Collection[str], workers: int) -> Iterator[str | None]:
    """What is wrong where the store lies as it did at each of these writes; None where nothing."""
    images, root = world.folder / "images", world.folder / "watched"
    images.mkdir()
    shutil.copytree(world.before, root)
    if in_child(lambda: watched_night(root, images, names)):
        raise SystemExit("the watched night did not end")
    with ThreadPoolExecutor(workers) as pool:
        found = sorted(path.name for path in images.iterdir())
        yield from pool.map(lambda name: recovered(images / name, f"at {name}", world.expected), found)


def at_random_moments(world: World, count: int, workers: int, seed: int) -> Iterator[str | None]:
    """What is wrong after each night that was killed at some moment and run again; None where nothing."""
    dice = random.Random(seed)
    moments = [dice.uniform(0, world.seconds) for _ in range(count)]
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda n: killed(world, world.folder / f"killed{n}", moments[n]), range(count))


def watched_night(root: Path, images: Path, names: Collection[str]) -> None:
    """Runs the night and copies the store at each of these named writes, as `kill -9` would leave it."""
    from arrears.data import writes

    one_by_one = Lock()

    def still_there(source: str, target: str) -> None:
        with suppress(FileNotFoundError):  # tables are made side by side: another may have just got its name
            shutil.copy2(source, target)

    def copy(name: str) -> None:
        if name not in names:
            return
        plain = "".join(c if c.isalnum() else "_" for c in name)
        with one_by_one:
            image = images / f"{len(list(images.iterdir())):03d}_{plain}"
            shutil.copytree(root, image, copy_function=still_there)

    writes.watchers.append(copy)
    night(root)


def killed(world: World, root: Path, moment: float) -> str | None:
    """What is wrong after a night was killed at this moment and run again, or None."""
    shutil.copytree(world.before, root)
    ended = in_child(lambda: night(root), kill_after=moment)
    if ended not in (-signal.SIGKILL, 0):
        return f"killed after {moment:.2f} s: it had ended with {ended} before"
    return recovered(root, f"killed after {moment:.2f} s", world.expected)
