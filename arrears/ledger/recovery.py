"""Batches that a killed run left behind, settled before the next run says what it knows."""

from collections.abc import Callable
from datetime import date, datetime

from arrears.ledger import schema
from arrears.ledger.batches import batches_of, publish_items, set_end
from arrears.ledger.book import Book
from arrears.ledger.records import Batch, Holder, RunKind
from arrears.ledger.runs import refuse_while_leased


class Recovery(Book):
    """What a crash left unfinished."""

    def refuse_at_work(self, state: str, as_of: date, kind: RunKind, holder: Holder, now: datetime) -> None:
        """Refuses while another holder is at work, before anything is read or written."""
        with self.writing() as tx:
            refuse_while_leased(tx, state, as_of, kind, holder, now)

    def settle_batches(
        self,
        state: str,
        as_of: date,
        kind: RunKind,
        sweep: Callable[[], None],
        has_left: Callable[[Batch], bool],
        at: datetime,
        holder: Holder,
        now: datetime,
    ) -> int:
        """The number of unfinished batches published because their files have left.

        The others are given up, but not those of the very run that begins: it may finish them. It is
        done before that run pins its cut, so that it knows of everything that left, and refused
        while another holder is at work. `sweep` takes away what older copies have not yet renamed: a
        copy that wakes up later has nothing left to rename, and what it renamed before is seen.
        """
        own = f"{state}-{as_of.isoformat()}-{kind}-"
        published = 0
        with self.writing() as tx:
            refuse_while_leased(tx, state, as_of, kind, holder, now)
            sweep()
            for batch in batches_of(tx.connection, state, schema.batch_ends.c.status.is_(None)):
                if has_left(batch):
                    publish_items(tx, batch, batch.run_id, at)
                    published += 1
                elif not batch.run_id.startswith(own):
                    set_end(tx, state, batch.run_id, batch.batch_no, "abandoned", "its run was killed", at)
        return published
