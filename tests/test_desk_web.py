"""The desk's pages over nights that were lived: what a person sees, decides, prints and takes away."""

import csv
import io
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_pages import Browser, Elements

from arrears import house
from arrears.data.store import Store
from arrears.desk.list_words import grouped
from arrears.desk.lists import lists
from arrears.desk.requests import Asked, Line
from arrears.desk.web import Person
from arrears.law.citations import written
from arrears.ledger import Ledger

STATE = "me"
SAM = Person("sam.supervisor", frozenset(["supervisor"]))
KIM = Person("kim.supervisor", frozenset(["supervisor"]))
PAT = Person("pat.caseworker", frozenset(["caseworker"]))


@pytest.fixture(scope="module")
def read_store(lived_nights: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The lived nights in a copy that this file may look at; a look is written too."""
    return copied(lived_nights, tmp_path_factory.mktemp("read"))


@pytest.fixture
def store(read_store: Store, tmp_path: Path) -> Store:
    """A copy in which decisions are taken."""
    return copied(read_store, tmp_path)


def copied(store: Store, folder: Path) -> Store:
    shutil.copytree(store.root, folder / "store")
    return Store.open(folder / "store")


@pytest.fixture
def sam(store: Store) -> Browser:
    return Browser(store, SAM)


@pytest.fixture(scope="module")
def reader(read_store: Store) -> Browser:
    return Browser(read_store, SAM)


def lines_of(store: Store, **asked: Any) -> list[Line]:
    return lists(store, STATE, Asked(size=2_000, **asked)).lines


def of_one_step(lines: list[Line]) -> list[Line]:
    """The lines of the remedy and step that most of these are of: what one decision may cover."""
    [(most, _)] = Counter((line["remedy"], line["step"]) for line in lines).most_common(1)
    return [line for line in lines if (line["remedy"], line["step"]) == most]


def items_on(text: str) -> list[str]:
    """The items of the lines that a page of the list shows, in their order."""
    return [
        attrs["value"] or ""
        for tag, attrs in Elements(text).found
        if tag == "input" and attrs.get("name") == "item"
    ]


def hidden(text: str, name: str) -> str:
    """The value of the first hidden field of this name."""
    return next(
        attrs["value"] or ""
        for tag, attrs in Elements(text).found
        if tag == "input" and attrs.get("name") == name and attrs.get("type") == "hidden"
    )


def decide(browser: Browser, item: str, choice: str, **more: str) -> Any:
    """The answer to a decision that is taken on the page of a line."""
    text = browser.get(f"/{STATE}/line", params={"item": item}).text
    form = {"csrf": hidden(text, "csrf"), "seen": hidden(text, "seen"), "back": "kind=approval"}
    return browser.post(f"/{STATE}/decide", data=form | {"choice": choice, "because": "looked at it"} | more)


def made_by(store: Store, name: str, items: list[str]) -> list[tuple[str, str]]:
    """The decisions of a person on these items."""
    found = Ledger.open(store.ledger_url).decisions(STATE)
    return [
        (one["item_id"], one["decision"])
        for one in found
        if one["by_user"] == name and one["item_id"] in items
    ]


def test_the_list_shows_counts_and_dollars_of_what_waits(reader: Browser, read_store: Store) -> None:
    text = reader.get(f"/{STATE}/list").text
    whole = lists(read_store, STATE, Asked(show="today"))
    assert f"<strong>{whole.total:,}</strong>" in text
    assert whole.total < whole.days["every"]
    every = reader.get(f"/{STATE}/list?show=every").text
    assert f"<strong>{whole.days['every']:,}</strong>" in every
    assert items_on(text) == [line["item_id"] for group in grouped(whole.lines) for line in group]
    for kind in whole.counts:
        assert f"kind={kind['kind']}" in text


def test_the_list_filters_sorts_searches_and_turns_pages(reader: Browser, read_store: Store) -> None:
    by_amount = reader.get(f"/{STATE}/list", params={"kind": "approval", "sort": "amount", "size": 5}).text
    wanted = lists(read_store, STATE, Asked(kind="approval", sort="amount", size=500)).lines
    assert items_on(by_amount) == [line["item_id"] for line in wanted[:5]]
    second = reader.get(
        f"/{STATE}/list", params={"kind": "approval", "sort": "amount", "size": 5, "page": 2}
    ).text
    assert items_on(second) == [line["item_id"] for line in wanted[5:10]]
    person = wanted[0]["person_id"]
    assert wanted[0]["item_id"] in items_on(reader.get(f"/{STATE}/list", params={"search": person[:-1]}).text)
    assert "Nothing waits here" in reader.get(f"/{STATE}/list", params={"search": "no such words"}).text


@pytest.mark.parametrize(
    "query", ["sort=evil", "since=x", "page=0", "size=100000", "on=yesterday", "search=" + "x" * 101]
)
def test_a_list_that_cannot_be_understood_is_told_so(reader: Browser, query: str) -> None:
    answer = reader.get(f"/{STATE}/list?{query}")
    assert answer.status_code == 422
    assert "cannot be understood" in answer.text


def test_a_line_opens_to_conditions_law_and_source_rows(reader: Browser, read_store: Store) -> None:
    line = lines_of(read_store, kind="approval")[0]
    text = reader.get(f"/{STATE}/line", params={"item": line["item_id"]}).text
    assert "May it begin?" in text
    assert written(line["cites"])[0] in text
    assert re.search(r"caseload\.\w+@[0-9a-f]{16}:\d+", text), "no source file and line"
    assert text.count("<li>") > 10


def test_each_look_at_a_line_is_an_audit_row(read_store: Store, reader: Browser) -> None:
    item = lines_of(read_store, kind="approval")[0]["item_id"]
    ledger = Ledger.open(read_store.ledger_url)
    before = len(ledger.audit_rows(STATE, "look"))
    reader.get(f"/{STATE}/line", params={"item": item})
    rows = ledger.audit_rows(STATE, "look")[before:]
    assert [(row["who"], row["about"]["what"], row["about"]["item_id"]) for row in rows] == [
        ("sam.supervisor", "line", item)
    ]
    assert ledger.verify_chain() == []
    assert "sam.supervisor" in reader.get(f"/{STATE}/access-log").text


def test_the_last_four_of_an_account_are_shown_when_asked_for_and_the_look_is_kept(store: Store) -> None:
    line = next(one for one in lines_of(store, kind="benefit_check_missing"))
    browser, asked = Browser(store, PAT), {"item": line["item_id"]}
    hidden = browser.get(f"/{STATE}/line", params=asked).text
    assert "account ending ****" in hidden
    assert "Show the last four" in hidden
    shown = browser.post(f"/{STATE}/line", data={**asked, "csrf": browser.token()}).text
    found = re.search(r"account ending (\w{4});", shown)
    assert found
    # Neither the address of a line nor any id on its page tells them.
    assert not re.search(rf"\b{found[1]}\b", hidden)
    assert "Show the last four" not in shown
    looks = [row["about"]["what"] for row in Ledger.open(store.ledger_url).audit_rows(STATE, "look")]
    assert looks[-3:] == ["line", "work_list", "last_four"]
    auditor = Browser(store, Person("ada.auditor", frozenset(["auditor"])))
    assert "Show the last four" not in auditor.get(f"/{STATE}/line", params=asked).text


def test_why_is_told_of_any_case_also_where_nothing_was_flagged(read_store: Store, reader: Browser) -> None:
    clear = "00000102"  # pays again: no license is touched
    text = reader.get(f"/{STATE}/explain", params={"who": clear, "remedy": "license_revocation"}).text
    assert "License revocation: not flagged" in text
    assert re.search(r"caseload\.\w+@[0-9a-f]{16}:\d+", text), "no source file and line"
    past = reader.get(f"/{STATE}/explain", params={"who": clear, "on": "2025-01-14"}).text
    assert "on the night of 2025-01-14" in past
    looks = Ledger.open(read_store.ledger_url).audit_rows(STATE, "look")
    assert [row["about"].get("subject_id") for row in looks[-2:]] == [clear, clear]


def test_why_is_not_told_of_another_offices_case_nor_of_what_is_not_there(store: Store) -> None:
    line = lines_of(store, kind="approval")[0]
    elsewhere = next(one["office"] for one in lines_of(store) if one["office"] not in (None, line["office"]))
    browser = Browser(store, Person("sam.supervisor", frozenset(["supervisor"]), frozenset([elsewhere])))
    before = len(Ledger.open(store.ledger_url).audit_rows(STATE, "look"))
    asked = (line["case_id"] or line["person_id"], "000-00-0000")
    answers = [browser.get(f"/{STATE}/explain", params={"who": who}) for who in asked]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].text.replace(asked[0], asked[1]) == answers[1].text
    assert len(Ledger.open(store.ledger_url).audit_rows(STATE, "look")) == before


@pytest.mark.parametrize(
    "path",
    [
        "tonight",
        "list",
        "print",
        "list.csv",
        "list.xlsx",
        "explain",
        "decisions",
        "resolved",
        "pauses",
        "access-log",
        "partners",
        "rejects",
        "quality",
        "reports",
    ]
    + ["reports/ocse-157", "reports/ocse-157.csv", "reports/self-assessment", "reports/certification"],
)
def test_a_look_at_any_page_is_kept(read_store: Store, reader: Browser, path: str) -> None:
    ledger = Ledger.open(read_store.ledger_url)
    before = len(ledger.audit_rows(STATE, "look"))
    assert reader.get(f"/{STATE}/{path}").status_code == 200
    assert len(ledger.audit_rows(STATE, "look")) == before + 1


def test_the_page_for_the_parent_is_in_their_language_and_a_look_of_its_own(
    read_store: Store, reader: Browser
) -> None:
    asked = {"who": "00000101", "for": "parent", "language": "es"}
    text = reader.get(f"/{STATE}/explain", params=asked).text
    assert '<article class="for-parent" lang="es">' in text
    assert "Qué pasa en su caso" in text
    last = Ledger.open(read_store.ledger_url).audit_rows(STATE, "look")[-1]
    assert (last["about"]["what"], last["about"]["subject_id"]) == ("for_parent", "00000101")
    elsewhere = Browser(read_store, Person("pat.caseworker", frozenset(["caseworker"]), frozenset(["none"])))
    assert elsewhere.get(f"/{STATE}/explain", params=asked).status_code == 404
    assert reader.get(f"/{STATE}/explain", params=asked | {"language": "xx"}).status_code == 400


def test_another_offices_line_is_not_there(store: Store) -> None:
    lines = lines_of(store, kind="approval")
    theirs = lines[0]
    mine = next(line for line in lines if line["office"] != theirs["office"])
    browser = Browser(store, Person("sam.supervisor", frozenset(["supervisor"]), frozenset([mine["office"]])))
    hidden_one = browser.get(f"/{STATE}/line", params={"item": theirs["item_id"]})
    unknown = browser.get(f"/{STATE}/line", params={"item": "no-such-item"})
    assert (hidden_one.status_code, unknown.status_code) == (404, 404)
    assert hidden_one.text.replace(theirs["item_id"], "no-such-item") == unknown.text
    form = {"csrf": browser.token(), "choice": "approve", "because": "x", "item": theirs["item_id"]}
    assert browser.post(f"/{STATE}/preview", data=form).status_code == 404
    form["seen"] = f'{{"{theirs["item_id"]}": "{theirs["seen"]}"}}'
    assert browser.post(f"/{STATE}/decide", data=form).status_code == 404
    assert made_by(store, "sam.supervisor", [theirs["item_id"]]) == []
    for path in ("list?size=500", "print", "list.csv"):
        text = browser.get(f"/{STATE}/{path}").text
        assert mine["item_id"] in text or mine["why"] in text
        assert theirs["item_id"] not in text
        assert theirs["person_id"] not in text


def test_an_approval_is_kept_and_the_line_leaves_the_list(store: Store, sam: Browser) -> None:
    item = lines_of(store, kind="approval")[0]["item_id"]
    answer = decide(sam, item, "approve")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/me/list?kind=approval&made=1&choice=approve&proof=")
    assert made_by(store, "sam.supervisor", [item]) == [(item, "approve")]
    text = sam.get(answer.headers["location"]).text
    assert "1 line decided: approved." in text
    assert item not in items_on(text)


def test_the_second_of_two_people_is_told_who_came_first(store: Store, sam: Browser) -> None:
    item = lines_of(store, kind="approval")[0]["item_id"]
    kim = Browser(store, KIM)
    page = kim.get(f"/{STATE}/line", params={"item": item}).text
    decide(sam, item, "hold")
    form = {
        "csrf": hidden(page, "csrf"),
        "seen": hidden(page, "seen"),
        "choice": "approve",
        "because": "fine",
    }
    answer = kim.post(f"/{STATE}/decide", data=form)
    assert answer.status_code == 409
    assert "by sam.supervisor" in answer.text
    assert made_by(store, "kim.supervisor", [item]) == []


def test_a_rejection_needs_a_reason_code(store: Store, sam: Browser) -> None:
    item = lines_of(store, kind="approval")[0]["item_id"]
    answer = decide(sam, item, "reject")
    assert answer.status_code == 400
    assert "reason code" in answer.text
    assert "looked at it</textarea>" in answer.text, "the words were lost"
    assert made_by(store, "sam.supervisor", [item]) == []
    assert decide(sam, item, "reject", reason_code="already_paid").status_code == 303
    assert made_by(store, "sam.supervisor", [item]) == [(item, "reject")]


def test_a_caseworker_cannot_approve_what_needs_a_supervisor(store: Store) -> None:
    item = next(line["item_id"] for line in lines_of(store, kind="approval") if line["needs"] == "supervisor")
    answer = decide(Browser(store, PAT), item, "approve")
    assert answer.status_code == 409
    assert "Ask a supervisor" in answer.text
    assert made_by(store, "pat.caseworker", [item]) == []


def test_a_bulk_decision_comes_after_a_preview_of_its_sum(store: Store, sam: Browser) -> None:
    chosen = of_one_step(lines_of(store, kind="approval", sort="amount"))[:3]
    items = [line["item_id"] for line in chosen]
    form = {"csrf": sam.token(), "back": "kind=approval", "choice": "approve", "item": items}
    text = sam.post(f"/{STATE}/preview", data=form).text
    cents = sum(line["amount_cents"] for line in chosen)
    assert f"${cents // 100:,}.{cents % 100:02d}" in text
    assert "Approve 3 lines?" in text
    assert made_by(store, "sam.supervisor", items) == []
    done = {"csrf": sam.token(), "seen": hidden(text, "seen"), "choice": "approve", "because": "all seen"}
    refused = sam.post(f"/{STATE}/decide", data=done | {"choice": "reject"})
    assert (refused.status_code, "all seen</textarea>" in refused.text) == (400, True), "the words were lost"
    assert sam.post(f"/{STATE}/decide", data=done).status_code == 303
    assert sorted(made_by(store, "sam.supervisor", items)) == sorted((item, "approve") for item in items)


def test_every_line_of_a_list_can_be_decided_at_once(store: Store, sam: Browser) -> None:
    waiting = of_one_step(lines_of(store, kind="approval"))
    remedy = waiting[0]["remedy"]
    back = f"kind=approval&remedy={remedy}&size=5"
    form = {"csrf": sam.token(), "back": back, "choice": "hold", "every": "1"}
    text = sam.post(f"/{STATE}/preview", data=form).text
    done = {
        "csrf": sam.token(),
        "seen": hidden(text, "seen"),
        "choice": "hold",
        "because": "office is closed",
    }
    sam.post(f"/{STATE}/decide", data=done)
    items = [line["item_id"] for line in waiting]
    assert len(made_by(store, "sam.supervisor", items)) == len(items) > 5


def test_a_saved_view_brings_its_filters_back(store: Store, sam: Browser) -> None:
    form = {"csrf": sam.token(), "back": "kind=approval&sort=amount&page=3", "name": "Largest first"}
    assert sam.post(f"/{STATE}/views", data=form).status_code == 303
    links = [attrs["href"] for tag, attrs in Elements(sam.get(f"/{STATE}/list").text).found if tag == "a"]
    assert "/me/list?kind=approval&sort=amount&show=every" in links
    assert "Largest first" not in Browser(store, KIM).get(f"/{STATE}/list").text
    sam.post(f"/{STATE}/views", data=form | {"remove": "1"})
    assert "Largest first" not in sam.get(f"/{STATE}/list").text


def test_a_past_night_is_read_and_not_decided(reader: Browser, read_store: Store) -> None:
    nights = sorted({run.as_of for run in Ledger.open(read_store.ledger_url).runs(STATE)})
    text = reader.get(f"/{STATE}/list", params={"on": str(nights[0])}).text
    assert "past night" in text
    assert "/decide" not in text
    assert reader.get(f"/{STATE}/list", params={"on": "1999-01-01"}).status_code == 404
    assert reader.get("/ma/list").status_code == 404


def test_what_is_taken_away_is_what_is_shown(reader: Browser, read_store: Store) -> None:
    wanted = [line["item_id"] for line in lines_of(read_store, kind="unknown")]
    answer = reader.get(f"/{STATE}/list.csv", params={"kind": "unknown"})
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["Item"] for row in rows] == wanted
    assert 'filename="work-list-me-' in answer.headers["content-disposition"]
    printed = reader.get(f"/{STATE}/print", params={"kind": "unknown"}).text
    assert printed.count("<tr>") == len(wanted) + 1
    assert "<form" not in printed
    assert reader.get(f"/{STATE}/list.xlsx", params={"kind": "unknown"}).content.startswith(b"PK")


def test_tonight_says_what_waits_in_every_state(reader: Browser, read_store: Store) -> None:
    told = reader.get("/tonight").json()["states"]
    whole = lists(read_store, STATE, Asked())
    assert [(one["state"], one["lines"], one["cents"]) for one in told] == [(STATE, whole.total, whole.cents)]


def secrets_of_people() -> Iterator[str]:
    """The numbers, names and street addresses of the sample's people."""
    inbox = house.SAMPLE / STATE / "2025-01-14" / "inbox"
    for name, columns in (("persons", ("ssn", "last_name")), ("addresses", ("line_1",))):
        with (inbox / f"caseload.{name}.csv").open() as rows:
            for row in csv.DictReader(rows, delimiter="|"):
                yield from (row[column] for column in columns if row.get(column))


def test_no_number_name_or_address_of_anybody_is_on_a_page(reader: Browser, read_store: Store) -> None:
    secrets = {one for one in secrets_of_people() if len(one) > 5}
    assert len(secrets) > 500
    pages = [reader.get(f"/{STATE}/{path}").text for path in ("list?size=500", "print", "list.csv")]
    kinds = [kind["kind"] for kind in lists(read_store, STATE, Asked()).counts]
    for kind in kinds:
        item = lines_of(read_store, kind=kind)[0]["item_id"]
        answer = reader.get(f"/{STATE}/line", params={"item": item})
        assert answer.status_code == 200, f"{kind}: {item}"
        pages.append(answer.text)
    words = {word for text in pages for word in re.findall(r"[\w'-]+", text)}
    assert sorted(words & {one for one in secrets if " " not in one}) == []
    assert [one for one in secrets if " " in one and any(one in text for text in pages)] == []


def test_a_pause_shows_what_it_keeps_back_before_it_is_made(store: Store, sam: Browser) -> None:
    asked = {"from_on": "2025-01-15", "to_on": "2025-12-31", "group": "licenses"}
    text = sam.get(f"/{STATE}/pauses", params=asked).text
    assert int(re.findall(r"<strong>([0-9,]+)</strong><span>acts kept back", text)[0].replace(",", "")) > 0
    assert Ledger.open(store.ledger_url).audit_rows(STATE, "pause") == []
    form = asked | {"csrf": hidden(text, "csrf"), "because": "the board's system is down"}
    assert Browser(store, PAT).post(f"/{STATE}/pauses", data=form).status_code == 403
    assert sam.post(f"/{STATE}/pauses", data=form).status_code == 303
    assert len(Ledger.open(store.ledger_url).audit_rows(STATE, "pause")) > 0
    assert "the board&#39;s system is down" in sam.get(f"/{STATE}/pauses").text


def test_what_closed_itself_says_why(reader: Browser) -> None:
    text = reader.get(f"/{STATE}/resolved").text
    total = int(re.findall(r"<h1>([0-9,]+) line", text)[0].replace(",", ""))
    assert total > 0
    assert len(re.findall(r"<tr><td>\w[^<]+\.</td>", text)) == min(total, 100)
