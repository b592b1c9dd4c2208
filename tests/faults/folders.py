"""A folder of the store cannot be written, or is gone: the night says so, and ends the same afterwards."""

import ctypes
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from world import SAID, WELL, World, in_child, night, recovered

HOW = ("cannot be written", "is gone")
# Of the store as it stands before its first night, and of that night; "" is the store itself.
FOLDERS = ("", "staging", "vault", "outbox", "nights", "landing", "secret", "tmp")
CAPABILITIES = (0x20080522, 0)  # version 3 of the call, this very process


def lost(world: World, count: int, seed: int) -> Iterator[str | None]:
    """What is wrong after each night in which a folder was lost; None where nothing."""
    dice = random.Random(seed)
    for number in range(count):
        how, folder = HOW[number % len(HOW)], FOLDERS[number // len(HOW) % len(FOLDERS)]
        # Before the night, then in the middle of it.
        when = dice.choice(world.names) if number >= len(HOW) * len(FOLDERS) else ""
        yield _one(world, world.folder / f"folder{number}", folder, how, when)


def _one(world: World, root: Path, folder: str, how: str, when: str) -> str | None:
    name = f"{folder or 'the store'} {how} {f'from {when} on' if when else 'before the night'}"
    shutil.copytree(world.before, root)
    ended = in_child(lambda: _night_without(root, root / folder, how, when), is_quiet=True)
    if ended not in (WELL, SAID):
        return f"{name}: the night ended with {ended}"
    put_back(root / folder)
    return recovered(root, name, world.expected)


def _night_without(root: Path, folder: Path, how: str, when: str) -> None:
    from arrears.data import writes

    obey_rights()
    if not when:
        lose(folder, how)
    writes.watchers.append(lambda name: lose(folder, how) if name == when else None)
    night(root)


def aside(folder: Path) -> Path:
    """Where a folder lies that is gone."""
    return folder.parent / f".{folder.name}.gone"


def lose(folder: Path, how: str) -> None:
    """Takes the right to write into a folder and all below it, or the folder itself."""
    if not folder.exists() or aside(folder).exists():
        return
    if how == "is gone":
        folder.rename(aside(folder))
        return
    for one in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
        one.chmod(0o500)


def put_back(folder: Path) -> None:
    """Gives everything back; what was written meanwhile in the place of a folder that was gone stays."""
    gone = aside(folder)
    if gone.exists():
        shutil.copytree(gone, folder, dirs_exist_ok=True)
        shutil.rmtree(gone)
    if folder.exists():
        for one in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
            one.chmod(0o700)


def obey_rights() -> None:
    """Gives up what root may do to files of whatever rights, so that these count as for anybody else."""
    if os.geteuid() != 0:
        return
    said = ctypes.CDLL(None, use_errno=True).capset(
        (ctypes.c_uint32 * 2)(*CAPABILITIES), (ctypes.c_uint32 * 6)()
    )
    if said:
        raise SystemExit(f"the rights of root could not be given up ({os.strerror(ctypes.get_errno())})")
