"""A broken night begun again: on a person's word, with a new cut, only while nothing has left of it."""

from collections.abc import Callable
from datetime import date, datetime

from arrears.errors import Refused
from arrears.ledger import chain, schema
from arrears.ledger.batches import batches_of, set_end
from arrears.ledger.book import Book, Writing
from arrears.ledger.people import require_role
from arrears.ledger.reasons import require_words
from arrears.ledger.records import Batch, Holder, Word
from arrears.ledger.runs import _free, _night_status, _open_runs, refuse_while_leased

# Where a refusal stands that no waiting changes.
AGAIN = "--again"


class Again(Book):
    """The second beginnings of a ledger."""

    def broken_night(
        self,
        state: str,
        as_of: date,
        word: Word,
        stands: Callable[[Batch], bool],
        holder: Holder,
        now: datetime,
    ) -> str:
        """The run of a night that was begun and may be begun again; empty where it was given up before.

        Refused where it may not, or not by this person. `stands` says of a batch that is not published
        whether its file stands in the outbox.
        """
        with self.writing() as tx:
            return _broken(tx, state, as_of, word, stands, holder, now)

    def begin_anew(
        self,
        state: str,
        as_of: date,
        word: Word,
        stands: Callable[[Batch], bool],
        at: datetime,
        holder: Holder,
        now: datetime,
    ) -> str:
        """The run that is given up, so that the next beginning of its night takes a new cut; audited."""
        with self.writing() as tx:
            run_id = _broken(tx, state, as_of, word, stands, holder, now)
            if not run_id:
                return ""
            for batch in batches_of(tx.connection, state, schema.batch_ends.c.status.is_(None)):
                if batch.run_id == run_id:
                    set_end(tx, state, run_id, batch.batch_no, "abandoned", "its night begins again", at)
            tx.add(schema.run_ends, state, at, [{"run_id": run_id, "status": "given_up"}])
            _free(tx, state)
            tx.audit(
                state,
                at,
                word.by,
                "begin_anew",
                run_id=run_id,
                as_of=as_of.isoformat(),
                because_sha256=chain.digest(word.because),
            )
        return run_id


def _was(status: str) -> str:
    """A night's status in a sentence."""
    return f"was {status}" if status == "never begun" else f"is {status.replace('_', ' ')}"


def _broken(
    tx: Writing,
    state: str,
    as_of: date,
    word: Word,
    stands: Callable[[Batch], bool],
    holder: Holder,
    now: datetime,
) -> str:
    require_words(word.because, AGAIN)
    require_role(tx.connection, word.by, {"operator", "supervisor"}, "begin a night again", AGAIN)
    found = _open_runs(tx.connection, state, as_of, "night")
    if not found:
        status = _night_status(tx.connection, state, as_of)
        if status == "given_up":
            return ""
        do = "A closed night never changes; what is new counts from the next one."
        raise Refused(
            f"The night of {as_of} in {state} {_was(status)}, so it cannot begin again",
            AGAIN,
            do if status == "closed" else "Leave out --again.",
        )
    refuse_while_leased(tx, state, as_of, "night", holder, now)
    run_id = str(found[0].run_id)
    ours = batches_of(tx.connection, state, schema.batches.c.run_id == run_id)
    left = [
        one.queue for one in ours if one.status == "published" or (one.status == "prepared" and stands(one))
    ]
    if left:
        raise Refused(
            f"The night of {as_of} in {state} has sent files already ({', '.join(sorted(set(left)))})",
            AGAIN,
            "Run it without --again, which finishes it; what is new counts from the next night.",
        )
    return run_id
