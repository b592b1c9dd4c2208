"""What the ledger remembers, as plain values: deliveries, runs, batches, decisions, audit rows."""

import os
import socket
import uuid
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from arrears.errors import ArrearsError

Outcome = Literal["accepted", "held", "refused", "duplicate"]
RunKind = Literal["night", "release"]
Choice = Literal["approve", "hold", "reject", "release_held"]
BatchStatus = Literal["prepared", "published", "abandoned"]
ROLES = frozenset(["operator", "caseworker", "supervisor", "policy", "auditor"])


def utc_text(at: datetime) -> str:
    """The moment as UTC text of one width, so that text order is time order."""
    if at.tzinfo is None:
        raise ArrearsError("A time without its zone came to the ledger", "", "Pass an aware datetime.")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def utc_time(text: str) -> datetime:
    """The moment that `utc_text` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


@dataclass(frozen=True)
class Cut:
    """What a run may know: rows dated up to `known_at` and written up to `position`."""

    known_at: datetime
    position: int

    def as_json(self) -> dict[str, Any]:
        """The cut as JSON values, for a task that runs in another process."""
        return {"known_at": utc_text(self.known_at), "position": self.position}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Cut":
        """The cut that `as_json` wrote."""
        return cls(utc_time(values["known_at"]), int(values["position"]))


@dataclass(frozen=True)
class DeliveredFile:
    """One data file of a delivery: its table, content hash, lines and bytes."""

    table: str
    sha256: str
    rows: int
    bytes: int


@dataclass(frozen=True)
class Delivery:
    """One arrival of one feed, with what was done with it and why."""

    delivery_id: str
    state: str
    feed: str
    sha256: str
    files: tuple[DeliveredFile, ...]
    mode: str
    period_on: date | None
    sequence: int | None
    received_on: date
    at: datetime
    outcome: Outcome
    reason: str = ""
    original_name: str = ""
    rows: int = 0
    complete_through: dict[str, str] = field(default_factory=dict)
    position: int = 0

    @property
    def item_id(self) -> str:
        """What a decision on this held delivery is keyed by."""
        return held_item_id(self.delivery_id)


def held_item_id(delivery_id: str) -> str:
    """The work-list item of a held delivery: decide `release_held` or `reject` on it."""
    return f"delivery:{delivery_id}"


@dataclass(frozen=True)
class Loaded:
    """How many rows and rejects a delivery became, and the hash of each staged file."""

    delivery_id: str
    state: str
    rows: int
    rejects: int
    hashes: dict[str, str]
    at: datetime


@dataclass(frozen=True)
class Word:
    """A person's word: who says it, and why."""

    by: str
    because: str


@dataclass(frozen=True)
class Holder:
    """Who holds a lease: a name, and where known the process behind it.

    Work that outlives one process (a scheduler's run of many tasks) passes only a name.
    """

    name: str
    place: str = ""
    boot: str = ""
    pid: int = 0
    started: str = ""

    @classmethod
    def here(cls, name: str = "") -> "Holder":
        """This process as a holder unlike any other, even a later one of the same process number."""
        pid = os.getpid()
        label = f"{name or 'process'} {pid} on {socket.gethostname()}"
        return cls(f"{label} ({uuid.uuid4().hex[:8]})", _place(), _read(_BOOT), pid, _started(pid))

    def is_another_process(self) -> bool:
        """True where the lease belongs to a process that may run and is not this one."""
        mine = (_place(), _read(_BOOT), os.getpid())
        return bool(self.pid) and (self.place, self.boot, self.pid) != mine and not self.is_gone()

    def is_gone(self) -> bool:
        """True only where it is certain that the process behind the lease no longer runs."""
        if not self.pid or self.place != _place():
            return False
        if self.boot != _read(_BOOT):
            return True
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass  # alive under another user
        # A new process may carry an old number; its start tells them apart.
        return self.started != _started(self.pid)


_BOOT = Path("/proc/sys/kernel/random/boot_id")


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _place() -> str:
    # Process numbers mean something only inside one host and one process namespace.
    try:
        return f"{socket.gethostname()} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname()


def _started(pid: int) -> str:
    # After the closing parenthesis of the command: the state, and as 20th word the start tick.
    words = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    if len(words) <= 19:
        return ""
    return "dead" if words[0] in "ZX" else words[19]


@dataclass(frozen=True)
class Run:
    """One night or release run: its pinned cut, and the fence under which it may write."""

    run_id: str
    state: str
    as_of: date
    kind: RunKind
    ordinal: int
    cut: Cut
    fence: int

    def as_json(self) -> dict[str, Any]:
        """The run as JSON values, for a task that runs in another process."""
        return {**asdict(self), "as_of": self.as_of.isoformat(), "cut": self.cut.as_json()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Run":
        """The run that `as_json` wrote."""
        return cls(
            **{**values, "as_of": date.fromisoformat(values["as_of"]), "cut": Cut.from_json(values["cut"])}
        )


@dataclass(frozen=True)
class RunRecord:
    """A run as history tells it: open, closed with its manifest, or given up as absent."""

    run_id: str
    state: str
    as_of: date
    kind: RunKind
    ordinal: int
    cut: Cut
    began_at: datetime
    status: Literal["open", "closed", "absent", "given_up"]
    manifest_sha256: str
    ended_at: datetime | None


@dataclass(frozen=True)
class Batch:
    """One queue file: frozen at prepare, then published or abandoned; its number is never reused."""

    state: str
    batch_no: int
    queue: str
    file_name: str
    sha256: str
    records: int
    amount_cents: int
    run_id: str
    as_of: date
    prepared_at: datetime
    status: BatchStatus
    ended_at: datetime | None = None
    because: str = ""
    # Where its items stand in the ledger: from which position on, and how many.
    first_item: int = 0
    items: int = 0


@dataclass(frozen=True)
class Decision:
    """A person's decision on one work-list item; a later one on the same item replaces it."""

    decision_id: str
    state: str
    item_id: str
    episode_id: str
    remedy: str
    subject_id: str
    step: str
    decision: Choice
    until_on: date | None
    by_user: str
    role: str
    because: str
    reason_code: str
    facts_hash: str
    decided_on: date
    at: datetime

    def as_json(self) -> dict[str, Any]:
        """The decision as JSON values."""
        until = self.until_on.isoformat() if self.until_on else None
        days = {"until_on": until, "decided_on": self.decided_on.isoformat()}
        return {**asdict(self), **days, "at": utc_text(self.at)}


@dataclass(frozen=True)
class Pause:
    """A dated stop of a remedy in an office (blank: all), both days included; of a group, by each name."""

    pause_id: str
    state: str
    remedy: str
    office: str
    from_on: date
    to_on: date | None
    by_user: str
    because: str
    at: datetime


@dataclass(frozen=True)
class AuditTip:
    """The last row of the audit chain; kept outside the ledger it reveals a cut tail."""

    ordinal: int
    sha256: str
