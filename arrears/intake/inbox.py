"""Taking files in: received by content, loaded once, what had been sent before remembered."""

import json
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from arrears import house
from arrears.data.standstill import ends_at_standstill
from arrears.data.store import Store
from arrears.data.warehouse import Connection
from arrears.errors import Refused
from arrears.intake.feeds import load_feeds
from arrears.intake.file_checks import prepare_to_look, put_back_unbelievable
from arrears.intake.load import load_delivery, opening_rows
from arrears.intake.load.stage import LOAD_FAULTS, intake_engine, read_staged, why_not_loaded
from arrears.intake.receive import Receipt, receive
from arrears.law.remedy import load_cards
from arrears.ledger import Ledger
from arrears.ledger.records import Delivery


def take_in(
    store: Store,
    state: str,
    files: list[Path],
    on: date | None = None,
    at: datetime | None = None,
    expect: str | None = None,
) -> dict[str, Any]:
    """What became of each delivery among the files: its outcome, reason, rows and rejects."""
    if store.kind == "real" and (on is not None or at is not None):
        raise Refused(
            "Only deliveries of invented people may be dated", "--on", "Leave it out: they arrive now"
        )
    ledger, feeds = Ledger.open(store.ledger_url), load_feeds(house.FEEDS)
    with ends_at_standstill("The receipt of files"), ledger.kept_open(), intake_engine(store) as con:
        receipts = receive(
            store,
            ledger,
            state,
            files,
            on=on,
            at=at,
            expect=expect,
            feeds=feeds,
            con=con,
            named=prepare_to_look,
        )
        if store.kind == "invented" and receipts:
            add_invented_users(ledger, state, at=receipts[0].delivery.at)
        loads = {loaded["delivery"]: loaded for loaded in load_waiting(store, ledger, state, con)}
    kept = {one.delivery_id: one for one in ledger.deliveries(state, outcome="held")}

    def now(receipt: Receipt) -> Delivery:
        """The delivery as it stands once all were loaded: what could not be is held."""
        taken = receipt.delivery
        return kept.get(taken.delivery_id, taken) if taken.outcome == "accepted" else taken

    return {
        "state": state,
        "deliveries": [
            {
                "delivery": receipt.delivery.delivery_id,
                "feed": receipt.delivery.feed,
                "outcome": now(receipt).outcome,
                "reason": now(receipt).reason,
                "rows": loads.get(receipt.delivery.delivery_id, {}).get("rows", receipt.delivery.rows),
                "rejects": loads.get(receipt.delivery.delivery_id, {}).get("rejects", 0),
                "warnings": masked_in(store, receipt.delivery),
            }
            for receipt in receipts
        ],
    }


def add_invented_users(ledger: Ledger, state: str, at: datetime) -> None:
    """Gives a store of invented people the invented users who decide in the sample nights."""
    path = house.SAMPLE / state / "users.json"
    if path.exists():
        for name, about in sorted(json.loads(path.read_text())["users"].items()):
            ledger.add_user(name, set(about["roles"]), at=at)


def load_waiting(
    store: Store, ledger: Ledger, state: str, con: Connection | None = None
) -> list[dict[str, Any]]:
    """Every accepted delivery that was not loaded yet (a crash, or a person's release), now loaded.

    One that cannot be loaded is held again with its reason, and the others go on: no file stops a state.
    """
    done, loaded = ledger.loaded(state), []
    for delivery in ledger.deliveries(state, outcome="accepted"):
        if delivery.delivery_id not in done:
            try:
                loaded.append(load_one(store, ledger, delivery, con))
            except (*LOAD_FAULTS, Refused) as error:
                why = why_not_loaded(error)
                ledger.put_back(delivery, f"{why[0].upper()}{why[1:]}.")
    put_back_unbelievable(store, ledger, state, [one["delivery"] for one in loaded])
    return loaded


def masked_in(store: Store, delivery: Delivery) -> list[str]:
    """Where a delivery held numbers of people or accounts in columns of words; they were masked."""
    staged = read_staged(store.staging(delivery.state, delivery.feed, delivery.delivery_id)) or {}
    found: list[str] = staged.get("masked", [])
    return found


def load_one(
    store: Store, ledger: Ledger, delivery: Delivery, con: Connection | None = None
) -> dict[str, Any]:
    """Rows and rejects of a delivery that is now staged; its opening ledger is imported with it."""
    loaded = load_delivery(store, delivery, load_feeds(house.FEEDS), con)
    opening = opening_rows(store, delivery)
    if (first := next(opening, None)) is not None:
        cards = load_cards(house.RULES).values()
        kinds = {(card.remedy, step.step): step.kind for card in cards for step in card.steps}
        parts = chain([first], opening)
        ledger.import_opening(delivery.state, delivery.delivery_id, parts, delivery.at, kinds)
    ledger.record_loaded(
        delivery.delivery_id,
        loaded.rows,
        loaded.rejects,
        at=delivery.at,
        state=delivery.state,
        hashes=loaded.hashes,
    )
    return {"delivery": delivery.delivery_id, "rows": loaded.rows, "rejects": loaded.rejects}
