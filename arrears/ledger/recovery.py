"""Batches that a killed run left behind, settled before the next run says what it knows."""

from collections.abc import Collection
from datetime import date, datetime

from arrears.ledger import schema
from arrears.ledger.batches import batches_of, publish_items, set_end
from arrears.ledger.book import Book
from arrears.ledger.records import Holder, RunKind
from arrears.ledger.runs import refuse_while_leased


class Recovery(Book):
    """What a crash left unfinished."""

    def settle_batches(
        self,
        state: str,
        as_of: date,
        kind: RunKind,
        whole: Collection[int],
        at: datetime,
        holder: Holder,
        now: datetime,
    ) -> int:
        """The number of unfinished batches published because their files have left, named in `whole`.

        The others are given up, but not those of the very run that begins: it may finish them. It is
        done before that run pins its cut, so that it knows of everything that left, and refused
        while another holder is at work.
        """
        own = f"{state}-{as_of.isoformat()}-{kind}-"
        published = 0
        with self.writing() as tx:
            unfinished = batches_of(tx.connection, state, schema.batch_ends.c.status.is_(None))
            if unfinished:
                refuse_while_leased(tx, state, as_of, kind, holder, now)
            for batch in unfinished:
                if batch.batch_no in whole:
                    publish_items(tx, batch, batch.run_id, at)
                    published += 1
                elif not batch.run_id.startswith(own):
                    set_end(tx, state, batch.run_id, batch.batch_no, "abandoned", "its run was killed", at)
        return published
