"""Many invented parents in one night: each test asks for its own by name, and the night runs once."""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import builders
from builders import Caseload, rows_of

from arrears import house
from arrears.law.profile import Profile
from arrears.night import transform

TABLES = (
    "account_facts",
    "asset_facts",
    "lien_facts",
    "lump_sum_facts",
    "winnings_facts",
    "registry_facts",
)
DEBT = 3_600_00


@cache
def profile(state: str) -> Profile:
    """The profile of a state, read once."""
    return Profile.load(house.RULES, state)


def account_id(person: str, last4: str = "4321", tin: str = "010000099") -> str:
    """The subject of an account."""
    lower = hashlib.md5(f"{tin}-{last4}".encode()).digest()[8:]
    return f"{person}-{int.from_bytes(lower, 'little'):X}"


class World:
    """A caseload in which every test adds the parents that it asks for."""

    def __init__(self, as_of: date, state: str = "me") -> None:
        self.as_of, self.state = as_of, state
        self.caseload = Caseload(as_of)

    def ago(self, count: int) -> date:
        return self.as_of - timedelta(count)

    def parent(self, name: str, **but: Any) -> str:
        """A parent who owes twelve months of $300.00 since a notice of debt long ago."""
        self.caseload.debtor(name, **but)
        return f"P-{name}"

    def account(self, name: str, person: Any = None, **but: Any) -> str:
        """A checking account of the parent alone, told in the match of the month before."""
        who = self.parent(name, **(person or {})) if person is not False else f"P-{name}"
        month = (self.as_of.replace(day=1) - timedelta(1)).replace(day=1)
        usual = {
            "person_token": f"t-{who}", "person_id": who, "owner_name": "ADRIEN PELLETIER",
            "account_token": "aa", "account_last4": "4321", "balance_cents": 1_200_00,
            "match_month_on": month, "match_month": str(month)[:7], "institution_tin": "010000099",
            "institution_name": "First Bank", "institution_state": "ME", "account_kind": "checking",
            "trust_kind": "none", "owner_kind": "sole", "name_agrees": True,
        }  # fmt: skip
        self.caseload.partner("bank_accounts", **usual | but)
        return who

    def checked(self, who: str, days: int = 5, result: str = "none_found", **but: Any) -> None:
        """A check for federal benefits."""
        row = {
            "check_id": f"B-{who}-{days}",
            "person_id": who,
            "checked_on": self.ago(days),
            "result": result,
        }
        self.caseload.add("benefit_checks", **row | but)

    def claimed(self, who: str, kind: str = "ssi", **but: Any) -> None:
        """A claim that money is exempt."""
        row = {"claim_id": f"X-{who}", "person_id": who, "kind": kind, "received_on": self.ago(4)}
        self.caseload.add("exemption_claims", **row | but)

    def asset(self, name: str, asset_id: str = "A", person: Any = None, **but: Any) -> str:
        """A house in the name of the parent alone, where they live."""
        who = self.parent(name, **(person or {})) if person is not False else f"P-{name}"
        usual = {
            "asset_id": f"{asset_id}-{name}", "person_id": who, "kind": "real_property", "title": "sole",
            "is_residence": True, "state": "ME", "equity_cents": 47_500_00, "found_on": date(2014, 1, 1),
            "description": "12 Mill St",
        }  # fmt: skip
        self.caseload.add("assets", **usual | but)
        return who

    def sum(self, name: str, kind: str = "settlement", person: Any = None, **but: Any) -> str:
        """A settlement of $10,000.00 that the agency was told of."""
        who = self.parent(name, **(person or {})) if person is not False else f"P-{name}"
        usual = {
            "sum_id": f"S-{name}", "person_id": who, "kind": kind, "payer_name": "Acme",
            "amount_cents": 10_000_00, "told_on": self.ago(3),
        }  # fmt: skip
        self.caseload.add("lump_sums", **usual | but)
        return who

    def win(self, name: str, **but: Any) -> str:
        """A win at a casino of $5,000.00, of which $3,200.00 was withheld."""
        who = self.parent(name)
        usual = {
            "person_token": f"t-{who}", "person_id": who, "last_name": "PELLETIER", "first_name": "ADRIEN",
            "kind": "casino", "win_reference": "W", "licensee_name": "Casino", "won_on": self.ago(9),
            "prize_cents": 5_000_00, "withheld_cents": 3_200_00, "registry_attempts": 2,
            "notice_received_on": self.ago(9),
        }  # fmt: skip
        self.caseload.partner("winnings", **usual | but)
        return who

    def said(self, remedy: str, subject: str, queue: str, cents: int, days: int, **but: Any) -> str:
        """What a partner was told so many days ago; the number of that act."""
        episode = f"{remedy}:{subject}:1"
        row = {
            "action_id": f"{episode}:order:{subject}:1", "episode_id": episode, "remedy": remedy,
            "subject_id": subject, "person_id": subject, "step": "order", "kind": "send", "queue": queue,
            "message": "order", "target_id": subject, "version": 1, "amount_cents": cents,
            "published_on": self.ago(days),
        } | but  # fmt: skip
        self.caseload.published.append(row)
        return str(row["action_id"])

    def levied(self, who: str, days: int = 9, cents: int = 1_200_00, **answer: Any) -> str:
        """An order on the parent's account, and the institution's answer where one is given."""
        action = self.said("bank_levy", account_id(who), "bank_levy", cents, days, person_id=who)
        if answer:
            usual = {"reference": action, "answered_on": self.ago(days - 3), "held_cents": 0}
            self.caseload.partner("bank_levy_answers", **usual | {"delivered_cents": 0} | answer)
        return action

    def tables(self) -> dict[str, dict[str, list[SimpleNamespace]]]:
        """Table to parent to the facts about them, in the order of their subjects."""
        own = profile(self.state)
        with (
            patch.object(builders, "profile", lambda *_: own),
            self.caseload.attached() as con,
            TemporaryDirectory() as place,
        ):
            transform.run_match(con, Path(place) / "match", self.as_of)
            transform.run_facts(con, Path(place) / "facts", own, self.as_of, wanted=TABLES)
            found: dict[str, dict[str, list[SimpleNamespace]]] = {}
            for table in TABLES:
                rows = found.setdefault(table, {})
                for row in sorted(rows_of(con, f"facts.{table}"), key=lambda one: str(one["subject_id"])):
                    rows.setdefault(str(row["person_id"]).removeprefix("P-"), []).append(
                        SimpleNamespace(**row)
                    )
        return found


def night(as_of: date, *adds: Callable[[World], None], state: str = "me") -> dict[str, Any]:
    """The facts of a night of the parents that these functions add."""
    world = World(as_of, state)
    for add in adds:
        add(world)
    return world.tables()
