"""Whether a partner's file that has just come is believable: a field that moved holds that file alone.

The bounds are those of the night (`expectations/feeds`), looked at when the file comes: what breaks one
as a whole is held for a person with the reason, and a night reads what it had before. Single odd rows
are the night's: they set aside whom they are about.
"""

from collections.abc import Collection

from arrears import house
from arrears.data.store import Store
from arrears.data.warehouse import warehouse
from arrears.expectations import few_rows, import_ahead, load_suites, run_checks
from arrears.intake.feeds import CASELOAD, load_feeds
from arrears.intake.load import attach
from arrears.ledger import Ledger
from arrears.ledger.records import Delivery


def prepare_to_look(feeds: Collection[str]) -> None:
    """Begins what looking at the files of partners needs, while they are read; a caseload needs nothing."""
    if set(feeds) - {CASELOAD}:
        import_ahead()


def put_back_unbelievable(store: Store, ledger: Ledger, state: str, came: Collection[str]) -> list[Delivery]:
    """The deliveries of partners, of those that have just come and are loaded, that are held instead."""
    known = ledger.deliveries(state, outcome="accepted")
    fresh = [one for one in known if one.delivery_id in came]
    odd = unbelievable(store, state, known, fresh)
    doubtful = [one for one in fresh if one.feed in odd]
    return [ledger.put_back(one, f"It is not believable: {odd[one.feed]}.") for one in doubtful]


def unbelievable(store: Store, state: str, known: list[Delivery], fresh: list[Delivery]) -> dict[str, str]:
    """Why the fresh ones of the deliveries that are known, all loaded, are not believable, by feed.

    A caseload is looked at by the night.
    """
    fresh = [one for one in fresh if one.feed != CASELOAD]
    if not fresh:
        return {}
    whole = any(one.feed == CASELOAD for one in known)
    tables = {f"staging.{one.feed}" for one in fresh}
    suites = [suite for suite in load_suites(house.EXPECTATIONS) if suite.table in tables]
    with warehouse(spill=store.spill()) as con:
        attach(con, store, state, known, load_feeds(house.FEEDS))
        outcome = run_checks({}, suites, max(one.received_on for one in fresh), con)
        return {
            check.table.partition(".")[2]: check.why
            for check in reversed(outcome.stops)
            # Before a caseload is there, nobody can be found in it.
            if (whole or f"{CASELOAD}." not in (check.query or ""))
            and "could_not_run" not in check.observed
            and not few_rows(con, check)
        }
