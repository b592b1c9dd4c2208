"""Processes that the scripts start and end on this machine, with the ports and secrets that they need.

Each runs in a session of its own, so that whatever it starts itself ends with it.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Mark = tuple[int, str]  # a process: its number, and the tick at which it began
PATIENCE_SECONDS = 20


class Trouble(Exception):
    """Something that the person at the terminal must know; said without a traceback."""


def begin(command: list[Any], log: Path, said: bytes | None = None, **how: Any) -> Mark:
    """A process in a session of its own, which writes into the log and reads what is said."""
    with log.open("ab") as out:
        heard = subprocess.DEVNULL if said is None else subprocess.PIPE
        made = subprocess.Popen(command, stdin=heard, stdout=out, stderr=out, start_new_session=True, **how)
    if made.stdin is not None and said is not None:
        made.stdin.write(said)
        made.stdin.close()
    return made.pid, started(made.pid)


def end_all(ones: list[Mark], politely: signal.Signals = signal.SIGTERM) -> None:
    """Ends processes of ours with all that they started: asked first, and killed where they do not go."""
    belonging = [other for one in ones for other in members(one)]
    for one in ones:
        if alive(one):
            os.killpg(one[0], politely)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(alive(one) for one in ones) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid, tick in [*belonging, *(other for one in ones for other in members(one))]:
        if alive((pid, tick)):
            os.kill(pid, signal.SIGKILL)


def members(one: Mark) -> list[Mark]:
    """Every living process of the session that this one leads or led, whose number stays taken."""
    pid, tick = one
    if started(pid) not in ("", tick):
        return []
    found = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [(other, begun) for other in found if _about(other, 3) == str(pid) and (begun := started(other))]


def started(pid: int) -> str:
    """When a living process began, in ticks since the machine did; nothing where it does not live."""
    return "" if _about(pid, 0) in ("", "Z", "X") else _about(pid, 19)


def _about(pid: int, word: int) -> str:
    """One word that the system tells of a process: 0 state, 1 parent, 3 session, 19 start."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[word]
    except OSError:
        return ""


def parent(pid: int) -> int:
    """The process that started this one, or that took it over; 0 where it does not live."""
    return int(_about(pid, 1) or 0)


def alive(one: Mark) -> bool:
    """True where this very process still runs, and not another under its number."""
    pid, tick = one
    return bool(tick) and started(pid) == tick


def free_port(wanted: int) -> int:
    """The wanted port, or the next one that is free."""
    for port in range(wanted, wanted + 50) if wanted else [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Trouble(f"No port is free from {wanted} on.")


def keep(path: Path, text: str) -> None:
    """Writes a secret that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)


def exported(environment: Mapping[str, str]) -> str:
    """What a shell reads to know these values."""
    return "".join(f"export {name}='{value}'\n" for name, value in environment.items())
