"""A desk to test with: a small store, people of every role, a browser that is signed in, lines to show."""

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from ledger_helpers import a_closed_night

from arrears.data.store import Store
from arrears.desk.requests import Asked, Facets, LinePage, ListPage
from arrears.desk.web import Person, make_app
from arrears.ledger import Ledger

NIGHT = date(2025, 1, 15)
ROLES = ("operator", "caseworker", "supervisor", "policy", "auditor")
# What people of bad will write into a name, and what a spreadsheet or a log would make of it.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "</td></table><iframe src=javascript:alert(1)>",
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r\n=1+1",
    "\uff1d1+1",
    "\u200b=1+1",
    '1","=1+1',
    "{{ 7 * 7 }}{% raw %}",
    "O'Brien & Sons \u202e",
)


def a_store(tmp_path: Path) -> Store:
    """A store of invented people with one closed night, and a person of each role named after it."""
    store = Store.create(tmp_path / "store", "invented")
    ledger = Ledger.open(store.ledger_url)
    for role in ROLES:
        ledger.add_user(f"a.{role}", {role}, at=datetime(2025, 1, 14, tzinfo=UTC))
    a_closed_night(ledger, NIGHT)
    return store


class Browser(TestClient):
    """A browser at the desk, signed in as whoever `person` is; nobody where it is None."""

    def __init__(self, store: Store, person: Person | None, prefix: str = "", public_url: str = "") -> None:
        self.person = person
        self.app_made = make_app(store, lambda request: self.person, prefix, public_url)
        super().__init__(self.app_made, raise_server_exceptions=True, follow_redirects=False)

    def token(self) -> str:
        """The token of a form that this browser is shown."""
        return self.token_in(self.get("/me/list").text)

    def token_in(self, text: str) -> str:
        """The token of a form of this page."""
        found = re.search(r'name="csrf" value="([0-9a-f]{64}[.][^"]*)"', text)
        assert found, "the list holds no form"
        return found[1]


def supervisor(offices: frozenset[str] | None = None) -> Person:
    """A supervisor, of all offices or of some."""
    return Person("a.supervisor", frozenset(["supervisor"]), offices)


def a_line(word: str = "plain", **more: Any) -> dict[str, Any]:
    """A line of the work list whose every text holds this word."""
    texts = (
        "kind_title",
        "title",
        "case_id",
        "person_id",
        "office",
        "worker",
        "assigned",
        "remedy",
        "why",
        "clock",
    )
    return {
        **dict.fromkeys((*texts, "nearness", "change", "instead", "subject_id", "episode_id", "step"), word),
        "item_id": f"item {word}",
        "kind": "approval",
        "needs": "supervisor",
        "amount_cents": 123_456,
        "due_on": NIGHT,
        "cites": [word],
        "since": "new",
        "verdict": word,
        "group": {"key": word, "title": word, "kind_title": word, "say": word},
        "reason": word,
        "gauge": a_gauge(word),
        "clock_left": word,
        "nights_open": 3,
        "first_seen_on": NIGHT,
        "priority": 7,
        "priority_because": [word],
        "guide": "flag",
        "law": "clear",
        "readings_differ": True,
        "minutes": 5,
        "seen": f"hash {word}",
        "facts_hash": f"hash {word}",
        "may": ["approve", "hold", "reject"],
        "matter_id": word,
        "folded": 1,
    } | more


def a_gauge(word: str) -> dict[str, Any]:
    """A value beside its limit whose every text is this word."""
    texts = dict.fromkeys(("what", "value", "limit", "apart"), word)
    return {**texts, "is_over": True, "value_percent": 100, "limit_percent": 8}


def a_list(lines: list[dict[str, Any]], word: str = "plain", total: int | None = None) -> ListPage:
    """A page of the list with these lines."""
    facet = [{"name": word, "title": word, "lines": 1, "minutes": 5}]
    return ListPage(
        state="me",
        as_of=NIGHT,
        run="r",
        asked=Asked(show="today"),
        counts=[{"kind": "approval", "title": word, "lines": 1, "cents": 1, "minutes": 5, "urgent": True}],
        headings=[{"name": word, "title": word, "lines": 1, "cents": 1, "minutes": 5}],
        days={"today": 1, "later": 0, "every": 1, "late": 1},
        lines=lines,
        total=len(lines) if total is None else total,
        cents=123_456,
        minutes=5,
        facets=Facets(facet, facet, facet, facet),
        ended=2,
    )


def a_line_page(word: str) -> LinePage:
    """A line opened whose every text holds this word."""
    condition = {
        "condition": word, "answer": None, "text": word, "reading": word, "is_protection": True,
        "is_waived": False, "is_asked": True, "decides": True, "mark": word,
        "values": {}, "cites": [word], "quotes": [word], "rows": [word], "gauges": [a_gauge(word)],
    }  # fmt: skip
    part = {"verdict": "unknown", "because": [word], "asked": 1, "met": 0, "conditions": [condition]}
    remedy = {
        "remedy": word, "title": word, "headline": word, "if_wrong": word, "innocent": word,
        "episode": {"episode_id": word, "opened_on": NIGHT, "is_new": False}, "group": "under_way",
        "parts": dict.fromkeys(("enter", "stay", "release"), part),
        "sources": [dict.fromkeys(("id", "cited_as", "title", "where", "address", "what"), word)],
    }  # fmt: skip
    decision = {
        "decision": "hold", "by_user": word, "role": word, "decided_on": "2025-01-15", "step": word,
        "until_on": "2025-01-20", "reason_code": word, "because": word,
    }  # fmt: skip
    episode = {"title": word, "opened_on": "2025-01-15", "case_id": word, "episode_id": word}
    return LinePage(
        line=a_line(word),
        explanation={"remedies": [remedy]},
        timeline=[{"on": NIGHT, "when": "tonight", "say": word}, {"on": None, "when": "next", "say": word}],
        facts=[{"fact": word, "say": word, "value": word, "rows": [word]}],
        cases=[{"case_id": word, "office": word, "past_due_cents": 5}],
        episodes=[episode],
        others=[a_line(word)],
        decisions=[decision],
        audit=[{"ordinal": 1, "at": word, "who": word, "act": word, "sha256": word}],
        effects=[{"choice": one, "does": word, "when": word} for one in ("approve", "hold", "reject")],
        held=a_held_file(word),
    )


def a_held_file(word: str) -> dict[str, Any]:
    """A file that is held whose every text is this word."""
    texts = dict.fromkeys(("title", "sender", "name", "reason"), word)
    counts = {"bytes": 9, "rows": 2, "usual_rows": 3, "last_rows": 3, "last_bytes": 12}
    days = {"period_on": NIGHT, "received_on": NIGHT, "last_on": NIGHT}
    tables = [{"name": word, "now": 1, "was": 2}, {"name": word, "now": 1, "was": None}]
    return {"what": "file", "is_whole": True, **texts, **counts, **days, "tables": tables}


def a_why(word: str) -> dict[str, Any]:
    """Why, about a case, whose every text is this word."""
    explanation = a_line_page(word).explanation
    assert explanation is not None
    clock = {
        "key": word, "number": 3, "unit": word, "from": word, "step": word, "anchor_on": NIGHT,
        "ends_on": NIGHT, "tolled_by": None, "tolled_days": 0, "cites": [word],
    }  # fmt: skip
    return {
        **explanation,
        "acts": [{"remedy": word, "title": word, "step": word, "status": word, "due_on": NIGHT}],
        "deadlines": [{"said": word, "status": word, "clock": clock, "cites": [word]}],
    }


class Elements(HTMLParser):
    """The elements of a page with their attributes, as a browser would see them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps an element."""
        self.found.append((tag, dict(attrs)))

    def faults(self) -> list[str]:
        """What no page of the desk holds: scripts and styles of its own, handlers, frames, other places."""
        said = []
        for tag, attrs in self.found:
            if tag in ("iframe", "object", "embed", "base", "style"):
                said.append(tag)
            if tag == "script" and not (attrs.get("src") or "").endswith("/static/desk.js"):
                said.append("script")
            if tag == "img" and not (attrs.get("src") or "").endswith("/static/mark.svg"):
                said.append("img")
            said += [name for name in attrs if name.startswith("on") or name in ("style", "autofocus")]
            said += [
                f"{name} {value}"
                for name, value in attrs.items()
                if name in ("href", "src", "action") and not (value or "").startswith(("/", "#"))
            ]
        return said
