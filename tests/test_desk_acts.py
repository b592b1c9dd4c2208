"""Acts at the desk mean what they say: words, days, shared views, the night of a form, a proxy before it."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from desk_pages import NIGHT, Browser
from desk_world import REMEDY, STATE, Tonight, World, line
from ledger_helpers import decide as said

from arrears.data.store import Store
from arrears.desk.line import line as opened
from arrears.desk.lists import save_view, saved_views
from arrears.desk.requests import Asked
from arrears.desk.web import Person
from arrears.errors import ArrearsError, Refused
from arrears.ledger import Ledger
from arrears.ledger.reasons import MOST_LETTERS, require_words

DAY, FIRST = timedelta(days=1), f"{REMEDY}:c1:1:certify"
SUE = Person("sue", frozenset(["supervisor"]))
CAS = Person("cas", frozenset(["caseworker"]))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    # These nights hold no conditions to explain.
    monkeypatch.setattr("arrears.desk.line.explanation", lambda desk, row, digits: None)
    made = World(tmp_path / "store")
    made.night(NIGHT, Tonight(work=[line("c1"), line("c2")]))
    return made


@pytest.fixture
def store(world: World) -> Store:
    return world.store


def shown(browser: Browser, item: str = FIRST) -> dict[str, str]:
    """The form of a decision as the page of a line shows it."""
    text = browser.get(f"/{STATE}/line", params={"item": item}).text
    seen = opened(browser.app_made.state.store, STATE, item).line["seen"]
    form = {"csrf": browser.token_in(text), "seen": json.dumps({item: seen})}
    return form | {"choice": "approve", "because": "I looked."}


# Words and days.


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (" \n", "needs a reason"),
        ("a" * 100_000, "too long to be read"),
        ("so\x00so", "cannot be read"),
        ("so\x1b[2J", "cannot be read"),
        ("half \ud800", "cannot be read"),
        ("912-34-5678", "Social Security"),
    ],
)
def test_words_that_nobody_can_read_are_refused(words: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        require_words(words)


def test_a_reason_of_several_lines_as_a_browser_sends_it_counts_each_break_once() -> None:
    require_words("so\r\n" * (MOST_LETTERS // 3))


@pytest.mark.parametrize(
    ("choice", "until", "why"),
    [
        ("hold", NIGHT - DAY, "is over already"),
        ("hold", date(9999, 1, 1), "more than 5 years away"),
        ("reject", NIGHT + DAY, "Only a hold"),
    ],
)
def test_a_hold_until_a_day_that_makes_no_sense_is_refused(
    store: Store, choice: str, until: date, why: str
) -> None:
    ledger = Ledger.open(store.ledger_url)
    with pytest.raises(Refused, match=why):
        said(ledger, choice, by_user="sue", until_on=until)
    assert ledger.decisions(STATE) == []
    assert said(ledger, "hold", by_user="sue", until_on=NIGHT).until_on == NIGHT


# Views of an office.


def names(store: Store, person: Person) -> list[str]:
    return [one["name"] for one in saved_views(store, STATE, person)]


def test_what_a_supervisor_shares_a_caseworker_neither_removes_nor_changes(store: Store) -> None:
    save_view(store, STATE, SUE, "Ours", Asked(sort="due"), office="101")
    for asked in (None, Asked(sort="age")):
        with pytest.raises(Refused, match="was saved by sue"):
            save_view(store, STATE, CAS, "Ours", asked, office="101")
    assert [one["asked"].sort for one in saved_views(store, STATE, CAS)] == ["due"]
    # One's own goes, and a supervisor may take away a caseworker's.
    save_view(store, STATE, CAS, "Theirs", Asked(sort="age"), office="101")
    save_view(store, STATE, SUE, "Theirs", None, office="101")
    save_view(store, STATE, CAS, "Ours", Asked(sort="age"))
    save_view(store, STATE, CAS, "Ours", None)
    assert names(store, CAS) == ["Ours"]
    with pytest.raises(Refused, match="no view of yours"):
        save_view(store, STATE, CAS, "Ours", None)


@pytest.mark.parametrize("name", ["", "a" * 61, "so\x00so"])
def test_a_view_has_a_name_that_can_be_read(store: Store, name: str) -> None:
    with pytest.raises(ArrearsError):
        save_view(store, STATE, SUE, name, Asked())
    assert names(store, SUE) == []


def test_a_view_belongs_to_an_office_of_the_caseload_and_asks_for_what_a_list_knows(store: Store) -> None:
    browser = Browser(store, SUE)
    form = {"csrf": browser.token(), "name": "Odd", "back": "sort=nope&show=never&kind=approval&limit=1"}
    assert browser.post(f"/{STATE}/views", data=form | {"office": "999"}).status_code == 404
    assert browser.post(f"/{STATE}/views", data=form).status_code == 303
    [kept] = saved_views(store, STATE, SUE)
    assert kept["asked"] == Asked(kind="approval")
    whole = browser.post(f"/{STATE}/preview", data=form | {"every": "1", "choice": "hold"})
    assert (whole.status_code, "Hold 2 lines?" in whole.text) == (200, True)


# The page that an act was chosen on.


def test_nothing_is_decided_from_the_page_of_a_night_that_is_no_longer_the_last(world: World) -> None:
    browser = Browser(world.store, SUE)
    form = shown(browser)
    world.night(NIGHT + DAY, Tonight(work=[line("c1"), line("c2")]))
    answer = browser.post(f"/{STATE}/decide", data=form)
    assert answer.status_code == 400
    assert "This page is of the night of 2025-01-15" in answer.text
    assert "I looked." in answer.text, "what was written is lost"
    ahead = browser.post(f"/{STATE}/preview?on={NIGHT}", data=form | {"item": FIRST})
    assert (ahead.status_code, world.ledger.decisions(STATE)) == (409, [])
    assert browser.post(f"/{STATE}/decide", data=shown(browser)).status_code == 303


def test_an_address_that_says_that_lines_were_decided_is_no_confirmation(store: Store) -> None:
    browser = Browser(store, SUE)
    assert "decided: approved" not in browser.get(f"/{STATE}/list?made=1&choice=approve").text
    told = browser.post(f"/{STATE}/decide", data=shown(browser)).headers["location"]
    assert "1 line decided: approved" in browser.get(told).text
    assert "decided: approved" not in browser.get(told.replace("made=1", "made=9")).text


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("pauses?from_on=2025-01-15&group=boats", "There is no group of remedies called boats"),
        ("pauses?from_on=2025-01-15&remedy=boats", "There is no remedy called boats"),
        ("pauses?from_on=tomorrow", "This is not a date"),
        ("reports/no-such-report", "There is no"),
    ],
)
def test_an_error_names_no_file_and_no_option(store: Store, path: str, what: str) -> None:
    answer = Browser(store, SUE).get(f"/{STATE}/{path}")
    shown = answer.text[answer.text.index('<section class="error">') :].partition("</section>")[0]
    assert what in shown
    assert [word for word in ("rules/", "transforms/", ".yml", "--", str(store.root)) if word in shown] == []


def test_a_form_that_came_through_a_proxy_that_ends_tls_is_taken(store: Store) -> None:
    """The desk itself is asked by http and under another name; the browser knows https and its own."""
    headers = {"origin": "https://desk.agency.example"}
    form = {"name": "mine"}
    plain = Browser(store, SUE)
    refused = plain.post(f"/{STATE}/views", data=form | {"csrf": plain.token()}, headers=headers)
    assert (refused.status_code, "another site" in refused.text) == (403, True)
    browser = Browser(store, SUE, public_url="https://Desk.agency.example/airflow")
    assert "secure" in browser.get(f"/{STATE}/list").headers["set-cookie"].lower()
    # A browser sends a secure cookie to the proxy only, which hands it on.
    cookie = browser.get(f"/{STATE}/list").headers["set-cookie"].partition(";")[0]
    headers["cookie"] = cookie
    shown = browser.get(f"/{STATE}/list", headers=headers).text
    taken = browser.post(f"/{STATE}/views", data=form | {"csrf": browser.token_in(shown)}, headers=headers)
    assert taken.status_code == 303
    elsewhere = browser.post(
        f"/{STATE}/views",
        data=form | {"csrf": browser.token_in(shown)},
        headers=headers | {"origin": "https://elsewhere.example"},
    )
    assert elsewhere.status_code == 403
