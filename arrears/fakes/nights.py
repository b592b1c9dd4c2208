"""Writing what arrives each night: tables or changes of the caseload, partner files, control files."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from arrears import house
from arrears.data.store import write_aside
from arrears.data.warehouse import Connection, cores, quote
from arrears.fakes.contract import INTAKE, SUMS, TABLES
from arrears.fakes.frame import Frame
from arrears.fakes.money import make_balances
from arrears.fakes.partners import QUARTERS, partner_files, record_lines, wage_files
from arrears.fakes.plant import Planter
from arrears.intake.feeds import Feed, load_feeds

CSV = "FORMAT csv, DELIMITER '|', HEADER true, QUOTE '\"', ESCAPE '\"', NULLSTR ''"
PARQUET = "FORMAT parquet, COMPRESSION zstd"
# Large tables that are made in the order of their cases, and so are written without being sorted by a text.
MADE_IN_ORDER = ("charges", "receipts", "persons", "orders")
NIGHTS_WITH_FAULTS = 3  # a cut file needs a night after it on which it comes whole
WAGES = "employer_wages"
STALE_DAYS = 2  # how far the planted first night's hearing requests lag behind its other tables


class NightWriter:
    """Writes the inboxes of consecutive nights: all of the caseload first, then what changed."""

    def __init__(self, con: Connection, frame: Frame, out: Path, parquet: bool, planter: Planter) -> None:
        self.con, self.frame, self.out = con, frame, out
        self.parquet, self.planter = parquet, planter
        self.is_planted = bool(planter.stories)
        self.has_faults = self.is_planted and frame.nights >= NIGHTS_WITH_FAULTS
        self.feeds = load_feeds(house.FEEDS)
        self.earlier: dict[str, bytes] = {}

    def inbox(self, night: int) -> Path:
        """The folder of the files that arrive on a night (from 1)."""
        return self.out / self.frame.state / self.frame.days[night - 1].isoformat() / "inbox"

    def write(self, night: int) -> None:
        """Writes one night's inbox."""
        self.inbox(night).mkdir(parents=True, exist_ok=True)
        self._caseload(night)
        for feed, table, data, lines in partner_files(self.con, self.frame, night):
            self._partner_file(night, feed, table, data, lines)
        if self.frame.is_full_day and night == 1:
            self._wages()
        for (name, on), planted in sorted(self.planter.lines.items()):
            if on == night and not (name == WAGES and self.frame.is_full_day):
                self._planted_file(night, self.feeds[name], planted)

    def _caseload(self, night: int) -> None:
        """The caseload's tables as of the day before: whole on the first night, changed rows later."""
        through, files, sums = self.frame.throughs[night - 1], [], {}
        make_balances(self.con, through)
        for name in TABLES:
            file = self._table_file(name, night)
            if file is not None:
                files.append(file)
                if name in SUMS:
                    sums[f"{name}.{SUMS[name]}"] = self._sum(name, SUMS[name], night)
        self.con.execute("CREATE OR REPLACE TABLE balances_before AS FROM balances_now")
        complete = {name: self._complete(name, night).isoformat() for name in TABLES}
        self._control(
            night, "caseload", files, "utf-8", "snapshot" if night == 1 else "delta",
            sums=sums, complete_through=complete,
        )  # fmt: skip

    def _complete(self, name: str, night: int) -> date:
        """The day through which a table is complete; hearing requests of the planted first night lag."""
        through = self.frame.throughs[night - 1]
        lags = name == "hearings" and night == 1 and self.is_planted
        return through - timedelta(STALE_DAYS) if lags else through

    def _rows(self, name: str, night: int) -> str:
        """SQL for the rows of a table that a night brings, with exactly the contract's columns."""
        table, throughs = TABLES[name], self.frame.throughs
        if name == "intake":
            kinds = ", ".join(f"('{kind}', DATE '{self._complete(kind, night)}')" for kind in INTAKE)
            return f"SELECT * FROM (VALUES {kinds}) AS k(kind, complete_through_on)"
        if name == "balances":
            before = "" if night == 1 else "EXCEPT SELECT * FROM balances_before"
            return f"SELECT {table.select_list} FROM (SELECT * FROM balances_now {before})"
        since = "" if night == 1 else f"known_on > DATE '{throughs[night - 2]}' AND "
        until = f"known_on <= DATE '{throughs[night - 1]}'"
        return f"SELECT {table.select_list} FROM v.{name} WHERE {since}{until}"

    def _table_file(self, name: str, night: int) -> dict[str, Any] | None:
        is_ordered = self.parquet and name in MADE_IN_ORDER
        order = "" if is_ordered else f"ORDER BY {self._order(name)}"
        # Where nothing is sorted, two threads would cut the row groups as their luck has it.
        self.con.execute(f"SET threads={1 if is_ordered else cores()}")
        path = self.inbox(night) / f"caseload.{name}.{'parquet' if self.parquet else 'csv'}"
        copied = self.con.execute(
            f"COPY ({self._rows(name, night)} {order}) TO {quote(str(path))}"
            f" ({PARQUET if self.parquet else CSV})"
        ).fetchone()
        rows = int(copied[0]) if copied else 0
        if not rows and night > 1:
            path.unlink()
            return None
        return {"table": name, "rows": rows, "bytes": path.stat().st_size, "sha256": file_hash(path)}

    def _order(self, name: str) -> str:
        """What a table is written in the order of; of a large one every column, should a key come twice."""
        key = TABLES[name].key
        rest = (column for column in TABLES[name].columns if self.parquet and column not in key)
        return ", ".join((*key, *rest))

    def _sum(self, name: str, column: str, night: int) -> int:
        rows = self._rows(name, night)
        row = self.con.execute(f"SELECT coalesce(sum({column}), 0) FROM ({rows})").fetchone()
        return int(row[0]) if row else 0

    def _partner_file(self, night: int, feed: str, table: str, data: bytes, lines: int) -> None:
        inbox, name = self.inbox(night), feed
        if self.has_faults and feed == "bank_accounts" and night == 3:
            self._late_bank_file(night)
            return
        if self.has_faults and feed == "bank_accounts" and night == 2:
            self.earlier["bank"] = data
            name, data_written = "bank_accounts.cut_inside_a_record", data[: len(data) - 700]
        elif self.has_faults and feed == "state_tax_refunds" and night == 3:
            name, data_written = "state_tax_refunds.trailer_count_wrong", _count_off_by_one(data)
        else:
            data_written = data
        write_aside(inbox / f"{name}.txt", data_written)
        # The cut file was whole when it was counted; the wrong count stands in what was sent.
        sent = data_written if feed == "state_tax_refunds" else data
        entry = {"table": table, "rows": lines, "bytes": len(sent), "sha256": sha256(sent).hexdigest()}
        control = self._control(night, feed, [entry], "latin-1", "snapshot", name=name)
        if feed == "dmv_licenses" and self.has_faults and night == 1:
            write_aside(self.inbox(2) / "dmv_licenses.same_again.txt", data)
            write_aside(self.inbox(2) / "dmv_licenses.same_again.control.json", control)
        if self.has_faults and feed == "bank_accounts" and night == 2:
            self.earlier["control"] = control

    def _wages(self) -> None:
        """The wages of a full day, a file a quarter; the planted ones end the last one."""
        planted = [fields for _, fields in self.planter.lines.get((WAGES, 1), [])]
        for number, (on, pieces) in enumerate(wage_files(self.con, self.frame), 1):
            told = iter([record_lines(self.con, WAGES, {"response": planted})] if number == QUARTERS else [])
            self._wage_file(f"{WAGES}.{number}", on, chain(pieces, told))

    def _wage_file(self, name: str, on: date, pieces: Iterator[tuple[bytes, int]]) -> None:
        """A file too large to be held whole, and its control file."""
        path, digest, lines = self.inbox(1) / f"{name}.txt", sha256(), 0
        aside = path.with_suffix(".part")
        with aside.open("wb") as file:
            for data, some in pieces:
                file.write(data)
                digest.update(data)
                lines += some
        aside.replace(path)
        entry = {
            "table": "response",
            "rows": lines,
            "bytes": path.stat().st_size,
            "sha256": digest.hexdigest(),
        }
        self._control(1, WAGES, [entry], "latin-1", "snapshot", name=name, on=on)

    def _planted_file(self, night: int, feed: Feed, planted: list[tuple[str, dict[str, Any]]]) -> None:
        """A file of planted records alone, its first and last ones where the feed wants them."""
        order = sorted(
            feed.records, key=lambda record: ("first", "starts", "any", "last").index(record.place)
        )
        data, lines = record_lines(
            self.con,
            feed.name,
            {one.name: [fields for name, fields in planted if name == one.name] for one in order},
            feed.delimiter,
        )
        write_aside(self.inbox(night) / f"{feed.name}.txt", data)
        if feed.needs_control:
            main = next(record.name for record in feed.records if record.gives_rows)
            entry = {"table": main, "rows": lines, "bytes": len(data), "sha256": sha256(data).hexdigest()}
            # A file that tells its own day has it in its control file, too.
            said = feed.proofs.period
            days = [fields[said.field] for name, fields in planted if said and name == said.record]
            self._control(night, feed.name, [entry], feed.encoding, "snapshot", on=days[0] if days else None)

    def _late_bank_file(self, night: int) -> None:
        """The bank file that came cut the night before, now whole, under its own date."""
        write_aside(self.inbox(night) / "bank_accounts.late.txt", self.earlier["bank"])
        write_aside(self.inbox(night) / "bank_accounts.late.control.json", self.earlier["control"])

    def _control(
        self, night: int, feed: str, files: list[dict[str, Any]], encoding: str, mode: str, name: str = "",
        on: date | None = None, **more: Any,
    ) -> bytes:  # fmt: skip
        control = {
            "control": "arrears/1", "feed": feed, "state": self.frame.state,
            "period": (on or self.frame.days[night - 1]).isoformat(), "sequence": night, "mode": mode,
            "encoding": encoding, "files": files, **({"sums": {}, "complete_through": {}} | more),
        }  # fmt: skip
        data = (json.dumps(control, indent=1) + "\n").encode()
        write_aside(self.inbox(night) / f"{name or feed}.control.json", data)
        return data


def file_hash(path: Path) -> str:
    """The SHA-256 of a file's bytes, read in pieces."""
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _count_off_by_one(data: bytes) -> bytes:
    """The refund file with one record more in its total than there is."""
    head, last = data[:-81], data[-81:]
    return head + last[:1] + b"%04d" % (int(last[1:5]) + 1) + last[5:]
