"""Statements seen as they run, for whoever measures; where nobody looks, nothing stands between."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

# Told of each statement that has ended: its text, and the seconds that it took. Several threads may tell.
Seen = Callable[[str, float], None]
Opened = TypeVar("Opened")  # a connection of the engine
_LOOKING: ContextVar[Seen | None] = ContextVar("looking", default=None)


@contextmanager
def watching(seen: Seen) -> Iterator[None]:
    """Tells `seen` of every statement of each connection that is opened meanwhile, and of its cursors."""
    before = _LOOKING.set(seen)
    try:
        yield
    finally:
        _LOOKING.reset(before)


def watched(con: Opened) -> Opened:
    """The connection itself; where somebody looks, one that tells of its statements."""
    seen = _LOOKING.get()
    return con if seen is None else cast(Opened, _Watched(con, seen))


class _Watched:
    """A connection that tells of its statements and is the engine's own in everything else."""

    def __init__(self, con: Any, seen: Seen) -> None:
        self._con, self._seen = con, seen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)

    def cursor(self) -> "_Watched":
        return _Watched(self._con.cursor(), self._seen)

    def execute(self, query: Any, parameters: Any = None) -> "_Watched":
        return self._told(self._con.execute, query, parameters)

    def executemany(self, query: Any, parameters: Any = None) -> "_Watched":
        return self._told(self._con.executemany, query, parameters)

    def _told(self, run: Callable[..., Any], query: Any, parameters: Any) -> "_Watched":
        began = time.perf_counter()
        try:
            run(query, parameters)
        finally:
            self._seen(str(query), time.perf_counter() - began)
        return self
