"""What every command of the line shares: its options, its errors, its output."""

import gc
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from arrears.days import need_day
from arrears.errors import ArrearsError, Refused

if TYPE_CHECKING:  # a help text needs no engine
    from arrears.data.store import Store

out = Console(highlight=False)
# Whoever reads an error in a file or through a pipe gets each in one line.
err = Console(stderr=True, highlight=False, soft_wrap=True)

State = Annotated[str, typer.Argument(metavar="ST", help="State, two letters.")]
Night = Annotated[str, typer.Argument(metavar="DATE", help="Business date, YYYY-MM-DD.")]
StoreAt = Annotated[str, typer.Option("--store", metavar="DIR-or-URL", help="The store.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
ReleaseNo = Annotated[
    int | None,
    typer.Option("--release", metavar="N", min=1, help="The n-th release of that day, not the night."),
]
STORE, DEBUG_VARIABLE = "store", "ARREARS_DEBUG"


@contextmanager
def errors(as_json: bool) -> Iterator[None]:
    """Says an error in one plain line and ends with 1 (2 where due process refused).

    What engine, ledger or disk say of themselves may hold a person's data: it is shown only where
    `ARREARS_DEBUG` asks for it. A reader that has gone away is not an error.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would say so again when it ends; from here on nobody reads.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except Exception as found:
        error = found if isinstance(found, ArrearsError) else unexpected(found)
        if error is None or (os.environ.get(DEBUG_VARIABLE) and error is not found):
            raise
        if as_json:
            print_json({"error": {"what": error.what, "where": error.where, "do": error.do}})
        else:
            err.print(f"[red]error:[/red] {escape(str(error))}")
        raise typer.Exit(2 if isinstance(error, Refused) else 1) from None


def unexpected(found: Exception) -> ArrearsError | None:
    """What to say of a fault of the engine, the ledger's database or the disk; None of any other."""
    # Only here: both are heavy, and most commands end without a fault.
    from arrears.data.warehouse import EngineError
    from arrears.ledger import DatabaseError

    if isinstance(found, OSError):
        return ArrearsError(
            f"A file could not be read or written: {found.strerror or type(found).__name__}",
            Path(os.fsdecode(found.filename)) if isinstance(found.filename, str | bytes) else "",
            "Check the disk, the path and its rights, then run the command again",
        )
    if isinstance(found, EngineError) and type(found).__name__ == "IOException":
        return ArrearsError(
            "The engine could not read or write a file of the store",
            "",
            "Check room and inodes of its disk; `python -m arrears.ledger verify` names a table that was cut."
            " Then run the command again",
        )
    whose = "engine" if isinstance(found, EngineError) else "ledger's database"
    if not isinstance(found, EngineError | DatabaseError):
        return None
    return ArrearsError(
        f"The {whose} stopped on a fault that nobody expected ({type(found).__name__})",
        "",
        f"Run the command again; if it stays, run it with {DEBUG_VARIABLE}=1 where no data may leak",
    )


def collect_seldom() -> None:
    """Has Python look for garbage seldom: a command makes objects that stay, and looking takes a tenth."""
    gc.set_threshold(100_000, 50, 100)


def progress(quiet: bool) -> Any:
    """Prints each step as it ends, to the error stream so that `--json` stays clean."""
    last = [time.monotonic()]

    def told(step: str, counts: dict[str, Any]) -> None:
        now = time.monotonic()
        took, last[0] = now - last[0], now
        if not quiet:
            err.print(f"  {step:<10} " + ("done before" if counts.get("done_before") else f"{took:5.1f} s"))

    return told


def place(at: str, people: str = "") -> "Store":
    """The store; one for these people (invented or real) is made where there is none."""
    from arrears.data.store import NoStore, Store

    try:
        return Store.open(at)
    except NoStore:
        if not people:
            raise
    if people not in ("invented", "real"):
        raise ArrearsError(f"A store cannot hold {people!r}", "--people", "Write invented or real")
    return Store.create(at, "real" if people == "real" else "invented")


def folder(path: Path) -> Path:
    """A folder that is there."""
    if not path.is_dir():
        raise ArrearsError("There is no such folder", path, "Give the folder that holds the night's files")
    return path


def day(text: str | None) -> date | None:
    """A date as written, or none."""
    return None if text is None else need_day(text)


def moment(text: str | None) -> datetime | None:
    """A moment as written, or none; one without a zone is refused."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ArrearsError("This is not a time with a time zone", repr(text), "Write 2025-01-15T09:00-05:00")
    return found


def print_json(value: Any) -> None:
    """Prints one JSON document; beside every `cites` stands how people write them."""
    from arrears.law.citations import with_written

    sys.stdout.write(json.dumps(with_written(value), indent=1, default=str) + "\n")
