"""The named writes of a night: every moment at which a crash could leave something half done.

`tests/crash.py` looks at the store at each of them and shows that the next run ends the same.
"""

from collections.abc import Callable

watchers: list[Callable[[str], None]] = []


def reached(name: str) -> None:
    """Marks a named write; nobody looks, except a test that has put itself among the watchers."""
    for watcher in watchers:
        watcher(name)
