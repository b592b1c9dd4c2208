"""Files of the clearing house, for tests: written by position, by nothing that reads them.

All people are invented: their numbers were never issued (area 9xx outside the taxpayer groups).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

WIDTH, ROOM, BLOCK = 94, 80, 10
DAY = date(2025, 1, 15)
BANK = "01120045"


@dataclass(frozen=True)
class Paid:
    """A payment of one parent's pay, as the sender tells it in a segment."""

    case: str = "00000101"
    cents: int = 12_500
    kind: str = "CS"
    paid_on: date = date(2025, 1, 10)
    ssn: str = "900121234"
    medical: str = "N"
    name: str = "PELLETIJO"
    fips: str = "2300000"
    ended: str = ""

    def segment(self, long_day: bool) -> str:
        """The segment, with its day in six digits or in eight."""
        day = f"{self.paid_on:%Y%m%d}" if long_day else f"{self.paid_on:%y%m%d}"
        told = ("DED", self.kind, self.case, day, str(self.cents), self.ssn, self.medical, self.name)
        return "*".join((*told, self.fips, self.ended)) + "\\"


@dataclass(frozen=True)
class Entry:
    """Money that came, with the text of its addenda: of the payments, unless another one is given."""

    paid: tuple[Paid, ...] = (Paid(),)
    cents: int | None = None
    code: str = "22"
    text: str | None = None

    @property
    def came(self) -> int:
        """The cents that came."""
        return sum(one.cents for one in self.paid) if self.cents is None else self.cents


@dataclass(frozen=True)
class Batch:
    """Entries of one company."""

    entries: tuple[Entry, ...] = (Entry(),)
    sec: str = "CCD"
    company: str = "MILL LLC"
    fein: str = "010000001"
    bank: str = "01100001"
    first_trace: int = 1


@dataclass
class _File:
    lines: list[str] = field(default_factory=list)
    sums: list[tuple[int, int, int, int]] = field(default_factory=list)


def message(paid: Sequence[Paid]) -> str:
    """A message of form 820 around the segments of the payments."""
    head = "ISA*00*          *00*          *ZZ*MILL           *ZZ*MAINE\\GS*RA*MILL*MAINE\\ST*820*0001\\"
    return head + "".join(one.segment(long_day=True) for one in paid) + "SE*4*0001\\GE*1*1\\IEA*1*1\\"


def ach(*batches: Batch, on: date = DAY, fill: bool = True) -> bytes:
    """A file of these batches with its counts and sums, filled up to whole blocks unless told otherwise."""
    made = _File([_head(on)])
    for number, batch in enumerate(batches or (Batch(),), 1):
        _add(made, batch, number, on)
    blocks = -(-(len(made.lines) + 1) // BLOCK)
    parts, banks, debits, credits = (sum(one) for one in zip(*made.sums, strict=True))
    said = f"9{len(made.sums):06d}{blocks:06d}{parts:08d}{banks % 10**10:010d}{debits:012d}{credits:012d}"
    made.lines.append(f"{said:<{WIDTH}}")
    if fill:
        made.lines += ["9" * WIDTH] * (blocks * BLOCK - len(made.lines))
    assert {len(one) for one in made.lines} == {WIDTH}
    return "".join(f"{one}\n" for one in made.lines).encode("latin-1")


def _head(on: date) -> str:
    said = f"101 {BANK}2 {'01100001':<9}{on:%y%m%d}0102A094101{'STATE PAYMENT UNIT':<23}{'FIRST BANK':<23}"
    return f"{said:<{WIDTH}}"


def _add(made: _File, batch: Batch, number: int, on: date) -> None:
    ends = f"{batch.bank}{number:07d}"
    said = f"5220{batch.company:<16}{'':<20}1{batch.fein}{batch.sec}{'CHILDSUPP':<10}"
    made.lines.append(f"{said}{on:%y%m%d}{on:%y%m%d}   1{ends}")
    parts = banks = debits = credits = 0
    for n, entry in enumerate(batch.entries, batch.first_trace):
        is_long = batch.sec == "CTX"
        whole = message(entry.paid) if is_long else "".join(one.segment(False) for one in entry.paid)
        text = whole if entry.text is None else entry.text
        added = [text[at : at + ROOM] for at in range(0, len(text), ROOM)]
        names = f"{len(added):04d}{'STATE UNIT':<16}  " if is_long else f"{'STATE UNIT':<22}"
        own = f"6{entry.code}{BANK}2{'0007654321':<17}{entry.came:010d}{'REF':<15}{names}  "
        made.lines.append(f"{own}{int(bool(added))}{batch.bank}{n:07d}")
        made.lines += [f"705{one:<{ROOM}}{at:04d}{n:07d}" for at, one in enumerate(added, 1)]
        parts += 1 + len(added)
        banks += int(BANK)
        debits += entry.came if entry.code[1] >= "5" else 0
        credits += entry.came if entry.code[1] < "5" else 0
    sums = f"{parts:06d}{banks % 10**10:010d}{debits:012d}{credits:012d}"
    made.lines.append(f"8220{sums}1{batch.fein}{'':<25}{ends}")
    made.sums.append((parts, banks, debits, credits))
