"""Whether a store keeps what is promised of it, read without a line of the engine.

    python tests/faults/promises.py STORE

Every row of an accepted file is loaded or a reject. Every file in the outbox is one that the ledger says was
published, as it was published, and no other is there. No act is published twice. No run that is closed
is open, too. Only the standard library is used, so that a fault of the engine cannot hide here.
"""

import hashlib
import sqlite3
import sys
from pathlib import Path
from typing import Any

LOST = """
  SELECT feed || ' ' || delivery_id || ': ' || deliveries.rows || ' row(s), of which '
    || coalesce(loads.rows, 0) || ' loaded and ' || coalesce(loads.rejects, 0) || ' set aside'
  FROM deliveries LEFT JOIN loads USING (state, delivery_id)
  WHERE outcome = 'accepted' AND deliveries.rows <> coalesce(loads.rows, 0) + coalesce(loads.rejects, 0)"""
TWICE = """
  SELECT 'an act stands ' || count(*) || ' times: ' || min(position)
  FROM publications GROUP BY queue, episode, step, version, target_id HAVING count(*) > 1"""
ENDED_TWICE = """
  SELECT run_id || ' ended ' || count(*) || ' times' FROM run_ends GROUP BY run_id HAVING count(*) > 1"""
CUT = """
  SELECT 'the audit chain is cut at ' || later.ordinal
  FROM audit AS later JOIN audit AS earlier ON earlier.ordinal = later.ordinal - 1
  WHERE later.previous <> earlier.sha256"""
FILES = """
  SELECT file_name, sha256 FROM batches JOIN batch_ends USING (state, batch_no)
  WHERE batch_ends.status = 'published' AND records > 0"""
# A file gets its name before its batch is said to be published.
MAY_BE = "SELECT file_name FROM batches WHERE records > 0"


def broken_promises(root: Path, database: Any = None) -> list[str]:
    """A sentence for each promise that this store does not keep.

    `database` is a connection to the ledger of a store that does not have it in its folder.
    """
    ledger = database or sqlite3.connect(f"file:{root / 'ledger.db'}?mode=ro", uri=True)
    try:
        found = [row[0] for ask in (LOST, TWICE, ENDED_TWICE, CUT) for row in told(ledger, ask)]
        sent, known = dict(told(ledger, FILES)), {row[0] for row in told(ledger, MAY_BE)}
    finally:
        ledger.close()
    there = {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (root / "outbox").rglob("*.*")
        if path.is_file() and not path.name.startswith(".")
    }
    found += [f"{name} was published and is not there" for name in sorted(sent.keys() - there.keys())]
    found += [f"{name} is in the outbox and nobody sent it" for name in sorted(there.keys() - known)]
    found += [
        f"{name} is not as it was published"
        for name in sorted(sent)
        if there.get(name, sent[name]) != sent[name]
    ]
    return found


def told(ledger: Any, question: str) -> list[Any]:
    """The answer of the ledger's database."""
    cursor = ledger.cursor()
    cursor.execute(question)
    return list(cursor.fetchall())


if __name__ == "__main__":
    broken = broken_promises(Path(sys.argv[1]))
    print("\n".join(broken) or "every promise is kept")
    sys.exit(1 if broken else 0)
