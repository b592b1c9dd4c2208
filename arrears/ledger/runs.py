"""Nights and release runs: their order, their pinned cut, and the lease that one holder has."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, get_args

import sqlalchemy as sa

from arrears.errors import Refused
from arrears.ledger import chain, schema
from arrears.ledger.batches import refuse_any_batch, refuse_unfinished_batches
from arrears.ledger.book import Book, Writing
from arrears.ledger.people import require_role
from arrears.ledger.reasons import require_words
from arrears.ledger.records import Cut, Holder, Run, RunKind, RunRecord, Word, utc_text, utc_time
from arrears.ledger.unsent import send_nothing

LEASE = timedelta(minutes=15)
ONE_DAY = timedelta(days=1)


class Runs(Book):
    """The runs of a ledger."""

    def begin_run(
        self,
        state: str,
        as_of: date,
        kind: RunKind,
        cut: Cut,
        at: datetime,
        holder: Holder | str,
        now: datetime | None = None,
        lease: timedelta = LEASE,
        unsent: Word | None = None,
    ) -> Run:
        """The run, new or entered again: with the cut pinned at its first beginning and a new fence.

        `unsent` is the word of a person that nothing leaves in the name of this night; it holds from its
        beginning on, whoever takes the night up.

        Every fence given out before is void from here on. `at` dates the row; `now` (by default
        `at`) is what leases are judged by, and is another moment only where nights of the past run.
        """
        if kind not in get_args(RunKind):
            raise Refused(f"There is no run of kind {kind}", state, "Use night or release.")
        who = holder if isinstance(holder, Holder) else Holder(holder)
        with self.writing() as tx:
            refuse_while_leased(tx, state, as_of, kind, who, now or at)
            found = _open_runs(tx.connection, state, as_of, kind)
            if found:
                if kind == "release":  # a newer night may have closed since it began
                    _refuse_out_of_order(tx.connection, state, as_of, kind)
                run_id, ordinal = found[0].run_id, found[0].ordinal
                cut = _cut(found[0])
            else:
                _refuse_out_of_order(tx.connection, state, as_of, kind)
                ordinal = _next_ordinal(tx.connection, state, as_of, kind)
                run_id = f"{state}-{as_of.isoformat()}-{kind}-{ordinal:02d}"
                _refuse_future_cut(tx, cut)
                row = {
                    "run_id": run_id,
                    "as_of": as_of.isoformat(),
                    "kind": kind,
                    "ordinal": ordinal,
                    "known_at": utc_text(cut.known_at),
                    "cut_position": cut.position,
                }
                tx.add(schema.runs, state, at, [row])
            if kind == "night":
                _give_up_releases(tx, state, as_of, at)
            if unsent is not None:
                refuse_any_batch(tx.connection, state, run_id, as_of)
                send_nothing(tx, state, as_of, unsent, at)
            fence = _take_lease(tx, state, run_id, who, (now or at) + lease)
            tx.audit(state, at, who.name, "begin", run_id=run_id, fence=fence, cut=cut.position)
        return Run(run_id, state, as_of, kind, ordinal, cut, fence)

    def resume_run(
        self, state: str, as_of: date, now: datetime, holder: Holder | str | None = None
    ) -> Run | None:
        """The open run of that date under the fence it already has, its lease kept alive; else None.

        It is for a later task of the same run, in another process. Where the lease belongs to
        another living process, or to another holder than the one given, it is refused.
        """
        with self.writing() as tx:
            lease = _lease(tx.connection, state)
            kinds = get_args(RunKind)
            found = [row for kind in kinds for row in _open_runs(tx.connection, state, as_of, kind)]
            row = next((row for row in found if lease is not None and row.run_id == lease.run_id), None)
            if row is None or lease is None:
                return None
            who = _holder(lease)
            name = holder.name if isinstance(holder, Holder) else holder
            if (name or who.name) != who.name or who.is_another_process():
                raise Refused(f"{who.name} is at work on {lease.run_id}", "", "Wait until it has ended.")
            _prolong(tx, state, now + LEASE)
        return Run(row.run_id, state, as_of, row.kind, row.ordinal, _cut(row), lease.fence)

    def heartbeat(self, run: Run, now: datetime, lease: timedelta = LEASE) -> None:
        """Keeps the run's lease alive; refuses where another holder has taken it."""
        with self.writing(run) as tx:
            _prolong(tx, run.state, now + lease)

    def let_go(self, run: Run, at: datetime) -> None:
        """Gives the lease back without closing the run, as a night that stopped on a fault does."""
        with self.writing(run) as tx:
            _free(tx, run.state)
            tx.audit(run.state, at, "engine", "let_go", run_id=run.run_id)

    def break_lease(self, state: str, by: str, because: str, at: datetime) -> None:
        """Frees a state whose lease nobody can prove dead; the old copy can write nothing more."""
        require_words(because)
        with self.writing() as tx:
            require_role(tx.connection, by, {"operator", "supervisor"}, "break a lease")
            _free(tx, state)
            tx.audit(state, at, by, "break_lease", because_sha256=chain.digest(because))

    def close_run(
        self, run: Run, manifest_sha256: str, at: datetime, finish: Callable[[], None] | None = None
    ) -> None:
        """Closes the run for good; closing it again with the same manifest changes nothing.

        `finish` gives the manifest its final name, under the ledger's lock and after the last look at
        the lease: no old copy writes over the manifest of a newer one.
        """
        with self.writing() as tx:
            ends = schema.run_ends.c
            end = tx.connection.execute(
                sa.select(schema.run_ends).where(ends.run_id == run.run_id)
            ).one_or_none()
            if end is not None:
                if end.status == "closed" and end.manifest_sha256 == manifest_sha256:
                    return
                raise Refused(
                    f"The {run.kind} of {run.as_of} in {run.state} is {end.status} with another manifest",
                    "",
                    "A closed run never changes; replay it to compare.",
                )
            tx.check_fence(run)
            refuse_unfinished_batches(tx.connection, run.state, run.run_id)
            row = {"run_id": run.run_id, "status": "closed", "manifest_sha256": manifest_sha256}
            tx.add(schema.run_ends, run.state, at, [row])
            _free(tx, run.state)
            tx.audit(run.state, at, "engine", "close", run_id=run.run_id, manifest_sha256=manifest_sha256)
            if finish is not None:
                finish()

    def declare_absent(
        self, state: str, as_of: date, by: str, because: str, at: datetime, now: datetime | None = None
    ) -> None:
        """Says that this night will not be run, so that the next one may start."""
        require_words(because)
        with self.writing() as tx:
            require_role(tx.connection, by, {"operator", "supervisor"}, "declare a night absent")
            if _is_absent(tx.connection, state, as_of):
                return
            open_runs = _open_runs(tx.connection, state, as_of, "night")
            if not open_runs:
                _refuse_out_of_order(tx.connection, state, as_of, "night")
            for row in open_runs:
                # A night that began and cannot end is given up, unless something left in its name.
                refuse_while_leased(tx, state, as_of, "night", Holder(by), now or at)
                refuse_any_batch(tx.connection, state, row.run_id, as_of)
                tx.add(schema.run_ends, state, at, [{"run_id": row.run_id, "status": "absent"}])
                _free(tx, state)
            row = {"as_of": as_of.isoformat(), "by_user": by, "because": because}
            tx.add(schema.absences, state, at, [row])
            tx.audit(state, at, by, "absent", as_of=as_of.isoformat(), because_sha256=chain.digest(because))

    def runs(self, state: str) -> list[RunRecord]:
        """Every run of a state in the order in which they first began."""
        with self.reading() as connection:
            rows = connection.execute(_history(state).order_by(schema.runs.c.position))
            return [_record(row) for row in rows]

    def closed_run(self, state: str, as_of: date, kind: RunKind = "night") -> RunRecord | None:
        """The closed night of that date (or its last closed release run), or None."""
        found = [r for r in self.runs(state) if (r.as_of, r.kind, r.status) == (as_of, kind, "closed")]
        return found[-1] if found else None

    def open_run(self, state: str) -> RunRecord | None:
        """The run that began last and has not ended, or None."""
        found = [r for r in self.runs(state) if r.status == "open"]
        return found[-1] if found else None

    def lease_holder(self, state: str) -> str | None:
        """Who is at work on a state's run, or None where its process is known to be gone."""
        with self.reading() as connection:
            lease = _lease(connection, state)
        return lease.holder if lease is not None and lease.run_id and not _holder(lease).is_gone() else None

    def absences(self, state: str) -> list[date]:
        """The nights that were declared absent."""
        table = schema.absences
        with self.reading() as connection:
            days = connection.execute(sa.select(table.c.as_of).where(table.c.state == state))
            return sorted(date.fromisoformat(day) for day in days.scalars())


def _history(state: str) -> sa.Select[Any]:
    runs, ends = schema.runs, schema.run_ends
    return (
        sa.select(runs, ends.c.status, ends.c.manifest_sha256, ends.c.at.label("ended_at"))
        .select_from(runs.outerjoin(ends, runs.c.run_id == ends.c.run_id))
        .where(runs.c.state == state)
    )


def _record(row: Any) -> RunRecord:
    return RunRecord(
        run_id=row.run_id,
        state=row.state,
        as_of=date.fromisoformat(row.as_of),
        kind=row.kind,
        ordinal=row.ordinal,
        cut=_cut(row),
        began_at=utc_time(row.at),
        status=row.status or "open",
        manifest_sha256=row.manifest_sha256 or "",
        ended_at=utc_time(row.ended_at) if row.ended_at else None,
    )


def _cut(row: Any) -> Cut:
    return Cut(utc_time(row.known_at), row.cut_position)


def _open_runs(connection: sa.Connection, state: str, as_of: date, kind: str) -> list[Any]:
    runs = schema.runs.c
    query = _history(state).where(
        runs.as_of == as_of.isoformat(), runs.kind == kind, schema.run_ends.c.status.is_(None)
    )
    return list(connection.execute(query))


def _night_status(connection: sa.Connection, state: str, as_of: date) -> str:
    """closed, absent, open, given_up (to begin again), or never begun."""
    if _is_absent(connection, state, as_of):
        return "absent"
    runs = schema.runs.c
    row = connection.execute(
        _history(state)
        .where(runs.as_of == as_of.isoformat(), runs.kind == "night")
        .order_by(runs.ordinal.desc())
    ).first()
    return "never begun" if row is None else row.status or "open"


def _is_absent(connection: sa.Connection, state: str, as_of: date) -> bool:
    table = schema.absences.c
    query = sa.select(table.position).where(table.state == state, table.as_of == as_of.isoformat())
    return connection.execute(query).first() is not None


def _refuse_out_of_order(connection: sa.Connection, state: str, as_of: date, kind: str) -> None:
    status = _night_status(connection, state, as_of)
    if kind == "release":
        if status != "closed":
            raise Refused(
                f"The night of {as_of} in {state} is {status}, so there is nothing to release from",
                "",
                "Run that night first, or release the last closed one.",
            )
        later = _history(state).where(
            schema.runs.c.kind == "night",
            schema.runs.c.as_of > as_of.isoformat(),
            schema.run_ends.c.status == "closed",
        )
        if (newer := connection.execute(later).first()) is not None:
            raise Refused(
                f"The night of {newer.as_of} in {state} is closed, so the facts of {as_of} are old",
                "",
                f"Release from {newer.as_of}.",
            )
        return
    if status == "closed":
        raise Refused(
            f"The night of {as_of} in {state} is closed",
            "",
            "A closed night never changes; replay it to compare.",
        )
    if status == "absent":
        raise Refused(f"The night of {as_of} in {state} was declared absent", "", "Run the next one.")
    runs, absences = schema.runs.c, schema.absences.c
    others = sa.and_(runs.state == state, runs.kind == "night", runs.as_of != as_of.isoformat())
    nights = sa.select(runs.as_of).where(others)
    gone = sa.select(absences.as_of).where(absences.state == state)
    if connection.execute(nights.union(gone)).first() is None:
        return  # the first night of a store follows none
    before = as_of - ONE_DAY
    status = _night_status(connection, state, before)
    if status not in ("closed", "absent"):
        raise Refused(
            f"The night of {as_of} in {state} must wait: the night of {before} is {status}",
            "",
            f"Run {before} first, or declare it absent.",
        )


def _give_up_releases(tx: Writing, state: str, as_of: date, at: datetime) -> None:
    """Ends the open releases of earlier dates: from now on this night decides what leaves."""
    earlier = _history(state).where(
        schema.runs.c.kind == "release",
        schema.runs.c.as_of < as_of.isoformat(),
        schema.run_ends.c.status.is_(None),
    )
    for row in tx.connection.execute(earlier).all():
        tx.add(schema.run_ends, state, at, [{"run_id": row.run_id, "status": "absent"}])
        tx.audit(state, at, "engine", "give_up", run_id=row.run_id, for_night=as_of.isoformat())


def _next_ordinal(connection: sa.Connection, state: str, as_of: date, kind: str) -> int:
    runs = schema.runs.c
    query = sa.select(sa.func.coalesce(sa.func.max(runs.ordinal), 0)).where(
        runs.state == state, runs.kind == kind, runs.as_of == as_of.isoformat()
    )
    return int(connection.execute(query).scalar_one()) + 1


def _refuse_future_cut(tx: Writing, cut: Cut) -> None:
    if not 0 <= cut.position <= tx.position:
        raise Refused("The cut is not of this ledger", f"position {cut.position}", "Pin it again.")


def refuse_while_leased(
    tx: Writing, state: str, as_of: date, kind: str, holder: Holder, now: datetime
) -> None:
    """Refuses while another holder's lease lives: neither past its time nor its process gone."""
    lease = _lease(tx.connection, state)
    if lease is None or not lease.run_id or lease.expires_at <= utc_text(now):
        return
    if _holder(lease).is_gone():
        return
    asked = _open_runs(tx.connection, state, as_of, kind)
    if lease.holder == holder.name and any(row.run_id == lease.run_id for row in asked):
        return  # the same holder tries its own run again
    do = "Wait until it has ended."
    if lease.expires_at > utc_text(now + LEASE):  # no lease is as long
        do = "A clock was set back, or is fast: set it right and wait. See `A clock is wrong` in the runbook."
    raise Refused(
        f"{lease.holder} is at work on {lease.run_id}", f"The lease runs until {lease.expires_at}", do
    )


def _lease(connection: sa.Connection, state: str) -> Any:
    """The row of a state's lease, or None where it never had one."""
    return connection.execute(sa.select(schema.leases).where(schema.leases.c.state == state)).one_or_none()


def _holder(lease: Any) -> Holder:
    return Holder(lease.holder, lease.place, lease.boot, lease.pid, lease.started)


def _prolong(tx: Writing, state: str, until: datetime) -> None:
    leases = schema.leases
    tx.connection.execute(sa.update(leases).where(leases.c.state == state).values(expires_at=_later(until)))


def _later(until: datetime) -> sa.Case[Any]:
    """When a lease ends that is given anew: a clock that was set back takes nothing off it."""
    had, text = schema.leases.c.expires_at, utc_text(until)
    return sa.case((had > text, had), else_=text)


def _take_lease(tx: Writing, state: str, run_id: str, holder: Holder, until: datetime) -> int:
    leases = schema.leases
    values: dict[str, Any] = {
        "run_id": run_id,
        "holder": holder.name,
        "place": holder.place,
        "boot": holder.boot,
        "pid": holder.pid,
        "started": holder.started,
    }
    raised = (
        sa.update(leases)
        .where(leases.c.state == state)
        .values(fence=leases.c.fence + 1, expires_at=_later(until), **values)
        .returning(leases.c.fence)
    )
    fence: int | None = tx.connection.execute(raised).scalar_one_or_none()
    if fence is None:
        fence = 1
        expires_at = utc_text(until)
        tx.connection.execute(
            sa.insert(leases).values(state=state, fence=fence, expires_at=expires_at, **values)
        )
    return fence


def _free(tx: Writing, state: str) -> None:
    """Ends the lease; its fence stays, so that the next one is higher."""
    tx.connection.execute(
        sa.update(schema.leases)
        .where(schema.leases.c.state == state)
        .values(run_id="", holder="", place="", boot="", pid=0, started="", expires_at="")
    )
