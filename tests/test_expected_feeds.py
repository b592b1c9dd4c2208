"""The feeds that a state expects: a missing one is told once, and only what is required holds a night up."""

from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from builders import AS_OF, profile
from odd_world import NIGHT, caseload, write_inbox
from rich.console import Console

from arrears import house
from arrears.cli.check import feed_faults
from arrears.data.store import Store
from arrears.errors import Refused
from arrears.intake.feeds import load_feeds
from arrears.intake.inbox import take_in
from arrears.law.profile import ExpectedFeed, Profile
from arrears.ledger import Ledger
from arrears.night.run import refuse_without_required, scheduled_at
from arrears.night.summary import missing, print_missing

FEEDS = load_feeds(house.FEEDS)


def expecting(**feeds: ExpectedFeed) -> Profile:
    return replace(profile(), feeds=feeds)


def expected(feed: str, required: bool = False, cadence: str = "") -> ExpectedFeed:
    return ExpectedFeed(feed, required, cadence, ("invented-for-a-test",))


def night(came: dict[str, date], *feeds: ExpectedFeed) -> Any:
    deliveries = [SimpleNamespace(feed=feed, period_on=None, received_on=day) for feed, day in came.items()]
    known = expecting(**{one.feed: one for one in feeds})
    return SimpleNamespace(as_of=AS_OF, deliveries=deliveries, profile=known, feeds=FEEDS)


def test_a_feed_that_is_expected_and_not_here_is_named_once_with_its_last_day() -> None:
    days = timedelta(FEEDS["dmv_licenses"].stale_after_days)
    late, here = AS_OF - days - timedelta(1), AS_OF - days
    both = expected("dmv_licenses"), expected("bank_accounts", cadence="monthly")
    never = {"feed": "bank_accounts", "cadence": "monthly", "last_on": None}
    old = {"feed": "dmv_licenses", "cadence": "weekly", "last_on": late.isoformat()}
    assert missing(night({"dmv_licenses": late}, *both)) == [never, old]
    assert missing(night({"dmv_licenses": here, "winnings": late}, *both)) == [never]
    out = Console(file=StringIO(), width=200)
    print_missing(out, [never, old])
    said = out.file.getvalue()  # type: ignore[attr-defined]
    assert "bank_accounts (monthly, never came), dmv_licenses (weekly, last 2024-" in said


def test_a_state_that_lists_a_feed_nobody_has_described_is_told() -> None:
    whole = {name: expected(name) for name in ("caseload", "bank_accounts")}
    whole["caseload"] = expected("caseload", required=True)
    assert list(feed_faults(expecting(**whole), FEEDS)) == []
    [unknown] = feed_faults(expecting(**whole, banks=expected("banks")), FEEDS)
    assert unknown == f"there is no feed banks; know {', '.join(sorted(FEEDS))}"
    [idle] = feed_faults(expecting(caseload=expected("caseload")), FEEDS)
    assert "caseload must be there with `required: true`" in idle


def test_a_night_waits_for_the_feeds_that_its_state_requires_and_for_no_other(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store", "invented")
    take_in(store, "me", write_inbox(caseload(), tmp_path / "inbox"), on=NIGHT)
    ledger, at = Ledger.open(store.ledger_url), scheduled_at(profile(), NIGHT + timedelta(1))
    refuse_without_required(ledger, profile(), NIGHT, at)
    with pytest.raises(Refused, match="no bank_accounts has come"):
        refuse_without_required(
            ledger, expecting(bank_accounts=expected("bank_accounts", required=True)), NIGHT, at
        )
