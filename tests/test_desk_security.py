"""The desk's doors: nobody without a session, nobody beyond their role, no forged form, no text that acts."""

import csv
import io
import logging
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from desk_pages import (
    HOSTILE,
    ROLES,
    Browser,
    Elements,
    a_line,
    a_line_page,
    a_list,
    a_store,
    a_why,
    supervisor,
)
from fastapi.testclient import TestClient

from arrears.data.store import Store
from arrears.desk import pages_explain, pages_lists
from arrears.desk.requests import Decided, Preview
from arrears.desk.serve import SIGN_IN, make_local_app
from arrears.desk.web import Person, make_app, roles_of_routes
from arrears.errors import Refused
from arrears.ledger import Ledger
from arrears.reports.export import as_csv, as_excel

EVERYBODY = frozenset(ROLES)
DECIDERS = frozenset(["operator", "caseworker", "supervisor"])
OVERSEERS = frozenset(["auditor", "policy", "supervisor"])
# Who may open what. A route that is not here fails the test: think before you open it.
MATRIX = {
    ("GET", "/"): EVERYBODY,
    ("GET", "/tonight"): EVERYBODY,
    ("GET", "/{state}/"): EVERYBODY,
    ("GET", "/{state}/tonight"): EVERYBODY,
    ("GET", "/{state}/list"): EVERYBODY,
    ("GET", "/{state}/line"): EVERYBODY,
    ("POST", "/{state}/line"): frozenset(["caseworker", "supervisor"]),
    ("GET", "/{state}/explain"): EVERYBODY,
    ("GET", "/{state}/print"): EVERYBODY,
    ("GET", "/{state}/list.csv"): EVERYBODY,
    ("GET", "/{state}/list.xlsx"): EVERYBODY,
    ("GET", "/{state}/access-log"): frozenset(["auditor", "supervisor"]),
    ("POST", "/{state}/preview"): DECIDERS,
    ("POST", "/{state}/decide"): DECIDERS,
    ("POST", "/{state}/views"): EVERYBODY,
    ("GET", "/{state}/decisions"): EVERYBODY,
    ("GET", "/{state}/resolved"): EVERYBODY,
    ("GET", "/{state}/pauses"): EVERYBODY,
    ("POST", "/{state}/pauses"): frozenset(["operator", "supervisor"]),
    ("POST", "/{state}/pauses/end"): frozenset(["supervisor"]),
    ("GET", "/{state}/what-if"): OVERSEERS,
    ("GET", "/{state}/what-if.csv"): OVERSEERS,
    ("POST", "/{state}/what-if/cancel"): OVERSEERS,
    ("GET", "/{state}/diff"): OVERSEERS | {"caseworker"},
    ("GET", "/{state}/partners"): EVERYBODY,
    ("GET", "/{state}/rejects"): OVERSEERS | {"operator"},
    ("GET", "/{state}/quality"): OVERSEERS | {"operator"},
    ("GET", "/{state}/quality/{name}.svg"): OVERSEERS | {"operator"},
    ("GET", "/{state}/reports"): OVERSEERS,
    ("GET", "/{state}/reports/certification"): OVERSEERS,
    ("GET", "/{state}/reports/{name}"): OVERSEERS,
    ("GET", "/{state}/reports/{name}.csv"): OVERSEERS,
    ("GET", "/{state}/reports/{name}/{line}"): OVERSEERS,
    ("GET", "/{state}/reports/{name}/{line}.csv"): OVERSEERS,
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Lets every page show one line whose texts are the word under `word`."""
    say = {"word": "plain"}

    def preview(*asked: Any, **more: Any) -> Preview:
        word = say["word"]
        row = [{"name": word, "lines": 1, "cents": 1}]
        odd = [{"say": word, "lines": 1, "items": [word]}]
        refused = [{"item_id": word, "why": word, "do": word}]
        return Preview("approve", 1, 1, 1, 1, 1, row, row, [a_line(word)], odd, refused, {word: word})

    def decided(*asked: Any, **more: Any) -> Decided:
        return Decided([], [{"item_id": say["word"], "why": say["word"], "do": say["word"]}])

    def views(*asked: Any) -> list[dict[str, Any]]:
        word = say["word"]
        return [{"name": word, "office": word, "asked": pages_lists.Asked(search=word)}]

    monkeypatch.setattr(pages_lists, "lists", lambda *a, **b: a_list([a_line(say["word"])], say["word"]))
    monkeypatch.setattr(pages_lists, "open_line", lambda *a, **b: a_line_page(say["word"]))
    monkeypatch.setattr(pages_explain, "why", lambda *a, **b: a_why(say["word"]))
    monkeypatch.setattr(pages_lists, "preview", preview)
    monkeypatch.setattr(pages_lists, "decide_lines", decided)
    monkeypatch.setattr(pages_lists, "saved_views", views)
    return say


def address(path: str) -> str:
    return path.replace("{state}", "me") + ("?item=x" if path.endswith("/line") else "")


def test_every_route_denies_without_a_session(store: Store) -> None:
    nobody = Browser(store, None)
    walked = [(method, path) for method, path in roles_of_routes(nobody.app_made) if method != "HEAD"]
    assert len(walked) >= len(MATRIX)
    open_doors = [one for one in walked if nobody.request(one[0], address(one[1])).status_code != 401]
    assert open_doors == []


def test_the_only_open_files_are_assets(store: Store) -> None:
    nobody = Browser(store, None)
    assert nobody.get("/static/desk.css").status_code == 200
    assert [nobody.get(f"/static/{path}").status_code for path in ("", "..%2fweb.py", "../web.py")] == [
        404,
        404,
        401,
    ]
    assert nobody.get("/me/no-such-page").status_code == 401


def test_every_route_asks_for_the_roles_of_the_matrix(store: Store) -> None:
    asked = {
        one: roles for one, roles in roles_of_routes(make_app(store, lambda request: None)).items() if roles
    }
    assert asked == MATRIX


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_the_matrix_says_and_nothing_else(
    store: Store, shown: dict[str, str], role: str
) -> None:
    browser = Browser(store, Person(f"a.{role}", frozenset([role])))
    form = {"csrf": browser.token(), "seen": '{"x": "y"}', "item": "x", "choice": "approve", "name": "v"}
    for (method, path), roles in MATRIX.items():
        answer = browser.request(method, address(path), data=form if method == "POST" else None)
        assert (answer.status_code == 403) is (role not in roles), (
            f"{role} {method} {path}: {answer.status_code}"
        )


def test_a_person_without_a_role_sees_nothing(store: Store, shown: dict[str, str]) -> None:
    browser = Browser(store, Person("stranger", frozenset()))
    assert {browser.request(method, address(path)).status_code for method, path in MATRIX} == {403}


@pytest.mark.parametrize(
    "fault", ["no token", "another person's", "another browser's", "another site's", "empty"]
)
def test_a_forged_form_changes_nothing(store: Store, shown: dict[str, str], fault: str) -> None:
    browser = Browser(store, supervisor())
    token, headers = browser.token(), {}
    if fault == "no token":
        token = ""
    elif fault == "another person's":
        browser.person = Person("a.caseworker", frozenset(["caseworker"]))
        token = browser.token()
        browser.person = supervisor()
    elif fault == "another browser's":
        browser.cookies.clear()
    elif fault == "another site's":
        headers["origin"] = "https://elsewhere.example"
    elif fault == "empty":
        token = "0" * 64
    answer = browser.post("/me/views", data={"csrf": token, "name": "mine"}, headers=headers)
    assert answer.status_code == 403
    assert "nothing was changed" in answer.text
    assert Ledger.open(store.ledger_url).saved_views("me") == []


def test_a_form_of_this_desk_is_taken(store: Store, shown: dict[str, str]) -> None:
    browser = Browser(store, supervisor())
    answer = browser.post(
        "/me/views", data={"csrf": browser.token(), "name": "mine"}, headers={"origin": "http://testserver"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/me/list?")
    assert [one["name"] for one in Ledger.open(store.ledger_url).saved_views("me")] == ["mine"]


def every_page(browser: Browser) -> dict[str, str]:
    """The text of every page that shows what others wrote."""
    form = {"csrf": browser.token(), "seen": '{"x": "y"}', "item": "x", "choice": "approve", "because": "so"}
    paths = ("/me/list", "/me/line?item=x", "/me/explain?who=x", "/me/print", "/me/access-log", "/me/nothing")
    found = {path: browser.get(path).text for path in paths}
    return found | {path: browser.post(path, data=form).text for path in ("/me/preview", "/me/decide")}


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_text_stays_text_on_every_page(store: Store, shown: dict[str, str], word: str) -> None:
    shown["word"] = word
    pages = every_page(Browser(store, Person(word, frozenset(["supervisor"]))))
    assert {path: Elements(text).faults() for path, text in pages.items()} == {path: [] for path in pages}
    shown["word"] = "plain"
    # As many elements as with harmless text: nothing that was shown became one.
    calm = every_page(Browser(store, Person("plain", frozenset(["supervisor"]))))
    counts = {path: len(Elements(text).found) for path, text in pages.items()}
    del counts["/me/access-log"], calm["/me/access-log"]  # it grows with each look
    assert counts == {path: len(Elements(text).found) for path, text in calm.items()}
    assert "49" not in pages["/me/print"], "a template of theirs was run"


def test_every_answer_forbids_scripts_styles_and_frames_of_others(
    store: Store, shown: dict[str, str]
) -> None:
    browser = Browser(store, supervisor())
    for path in ("/me/list", "/me/nothing", "/static/desk.js", "/me/list?on=zz", "/me/list.csv"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "frame-ancestors 'self'" in policy
        assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")


@pytest.mark.parametrize("word", HOSTILE)
def test_no_cell_of_a_csv_begins_a_formula(word: str) -> None:
    text = "".join(as_csv([a_line(word)]))
    assert "\r\n".join(text.splitlines()) == text.removesuffix("\r\n"), "a cell broke its line"
    head, row = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert len(head) == len(row)
    assert [cell for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "|", "%", "\uff1d")] == []
    assert row[head.index("Dollars")] == "1234.56"


@pytest.mark.parametrize("word", HOSTILE)
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(word: str) -> None:
    made = as_excel([a_line(word)], "Work list", a_list([]).as_of)
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        assert not [
            name for name in book.namelist() if "externalLink" in name or name.endswith("sheet1.xml.rels")
        ]
        texts = ["".join(one.itertext()) for one in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
    names = {one.tag.rpartition("}")[2] for one in sheet.iter()}
    assert not names & {"f", "hyperlink"}
    assert [text for text in texts if text[:1] in ("=", "+", "-", "@", "\t", "\r")] == []
    assert made == as_excel([a_line(word)], "Work list", a_list([]).as_of), (
        "the same list gives the same bytes"
    )


def test_amounts_below_zero_stay_numbers() -> None:
    row = list(csv.reader("".join(as_csv([a_line(amount_cents=-5)])).splitlines()))[1]
    assert "-0.05" in row


def test_a_fault_tells_neither_page_nor_log_what_it_held(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*asked: Any, **more: Any) -> Any:
        raise RuntimeError("Could not convert '912-34-5678' of Mallory\nforged line")

    monkeypatch.setattr(pages_lists, "lists", broken)
    with caplog.at_level(logging.DEBUG):
        answer = Browser(store, supervisor()).get("/me/list?search=Mallory%0Aforged")
    assert answer.status_code == 500
    said = answer.text + "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("arrears")
    )
    assert "RuntimeError in" in said
    assert [word for word in ("912", "Mallory", "forged") if word in said] == []


def test_what_people_search_for_is_in_no_audit_row(store: Store, shown: dict[str, str]) -> None:
    Browser(store, supervisor()).get("/me/list?search=912-34-5678&kind=Mallory")
    rows = Ledger.open(store.ledger_url).audit_rows("me", "look")
    assert [(row["who"], row["about"]["what"]) for row in rows] == [("a.supervisor", "work_list")]
    assert rows[0]["about"] == {"what": "work_list", "lines": 1, "page": 1}


def signed_out(store: Store, name: str = "a.supervisor") -> tuple[TestClient, Any]:
    app, session = make_local_app(store, name)
    return TestClient(app, base_url="http://127.0.0.1:8090", follow_redirects=False), session


def test_the_address_of_the_local_desk_opens_it_once(store: Store, shown: dict[str, str]) -> None:
    browser, session = signed_out(store)
    token = session.token
    assert browser.get("/me/list").status_code == 401
    assert browser.get(f"{SIGN_IN}?token=wrong").status_code == 401
    answer = browser.get(f"{SIGN_IN}?token={token}")
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert browser.get("/me/list").status_code == 200
    stranger = TestClient(browser.app, base_url="http://127.0.0.1:8090", follow_redirects=False)
    assert stranger.get(f"{SIGN_IN}?token={token}").status_code == 401
    assert stranger.get("/me/list").status_code == 401


def test_the_local_desk_answers_to_no_other_host(store: Store) -> None:
    browser, _ = signed_out(store)
    assert browser.get("/me/list", headers={"host": "elsewhere.example"}).status_code == 400


def test_a_role_that_is_taken_away_closes_the_local_desk(store: Store, shown: dict[str, str]) -> None:
    browser, session = signed_out(store)
    browser.get(f"{SIGN_IN}?token={session.token}")
    ledger = Ledger.open(store.ledger_url)
    ledger.add_user("a.supervisor", set(), at=ledger.latest_at("me"))
    assert browser.get("/me/list").status_code == 403


def test_the_local_desk_refuses_real_people_and_strangers(tmp_path: Path, store: Store) -> None:
    with pytest.raises(Refused, match="no role"):
        make_local_app(store, "stranger")
    with pytest.raises(Refused, match="real people"):
        make_local_app(Store.create(tmp_path / "real", "real"), "a.supervisor")
