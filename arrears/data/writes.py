"""How files get their names, and the named moments at which a crash could leave something half done.

`tests/faults/` looks at the store at each of them and shows that the next run ends the same.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

watchers: list[Callable[[str], None]] = []


class Keeper(Protocol):
    """Who has a store's files besides this machine."""

    def keep(self, aside: Path, final: Path, is_once: bool) -> None:
        """Takes a file that is about to get its name; one that is once is never written over."""

    def forget(self, path: Path) -> None:
        """Takes away a file, or a folder with all that is in it."""


# The stores by URL that this process has opened, by the folder of their working copy.
keepers: dict[Path, Keeper] = {}


def reached(name: str) -> None:
    """Marks a named write; nobody looks, except a test that has put itself among the watchers."""
    for watcher in watchers:
        watcher(name)


def give_name(aside: Path, final: Path, is_once: bool = False) -> None:
    """Gives a file that is whole its name, after whoever keeps its store has it under that name."""
    for root, keeper in list(keepers.items()):
        if final.is_relative_to(root):
            keeper.keep(aside, final, is_once)
    aside.replace(final)


def take_away(path: Path) -> None:
    """Takes away a file, or a folder with all that is in it, here and where its store is kept."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    for root, keeper in list(keepers.items()):
        if path.is_relative_to(root):
            keeper.forget(path)
