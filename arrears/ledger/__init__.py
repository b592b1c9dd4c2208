"""The ledger: what arrived, what was decided by whom, what was sent, in which order."""

from arrears.ledger.audit import Audit
from arrears.ledger.batches import Batches
from arrears.ledger.begun import Begun
from arrears.ledger.book import DatabaseError
from arrears.ledger.deliveries import Deliveries
from arrears.ledger.people import People
from arrears.ledger.plan import Plan
from arrears.ledger.purges import Purge, Purges
from arrears.ledger.records import (
    AuditTip,
    Batch,
    Cut,
    Decision,
    DeliveredFile,
    Delivery,
    Holder,
    Loaded,
    Pause,
    Run,
    RunRecord,
    held_item_id,
    utc_text,
    utc_time,
)
from arrears.ledger.recovery import Recovery
from arrears.ledger.restart import Again
from arrears.ledger.runs import Runs
from arrears.ledger.told import Lives
from arrears.ledger.unsent import Unsent
from arrears.ledger.views import Views

__all__ = [
    "AuditTip",
    "Batch",
    "Cut",
    "DatabaseError",
    "Decision",
    "DeliveredFile",
    "Delivery",
    "Holder",
    "Ledger",
    "Loaded",
    "Pause",
    "Purge",
    "Run",
    "RunRecord",
    "held_item_id",
    "utc_text",
    "utc_time",
]


class Ledger(
    Deliveries, Runs, Again, Unsent, Plan, Begun, Lives, Batches, Recovery, People, Views, Purges, Audit
):
    """The transactional memory of a store, in SQLite or PostgreSQL; history is append-only."""
