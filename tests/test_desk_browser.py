"""The desk in a real browser: a supervisor's morning by keyboard, every page with axe, and inside Airflow."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import local_airflow
import pictures
import pytest
from browser import PATIENCE_SECONDS, picture, retry, sign_in
from local_airflow import point_at, web_server

from arrears.data.store import Store
from arrears.ledger import Ledger

AXE = Path(__file__).parent / "data" / "axe" / "axe.min.js"
# A busy machine's clock says nothing: keys and pages are counted, at the pace of an unhurried person.
MORNING_SECONDS, KEY_SECONDS, PAGE_SECONDS = 180, 0.3, 2.0
SUPERVISOR = "sam.supervisor"
# What axe calls broken for people who see, hear or move otherwise; best practices are read, not asserted.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def store(lived_nights: Store, tmp_path: Path) -> Store:
    """The lived nights in a copy."""
    shutil.copytree(lived_nights.root, tmp_path / "store")
    return Store.open(tmp_path / "store")


@pytest.fixture
def desk(store: Store) -> Iterator[str]:
    """The address, good for one sign-in, of the desk of sam.supervisor."""
    with pictures.served(store.root) as address:
        yield address


@pytest.fixture
def page(chromium: Any, desk: str) -> Iterator[Any]:
    """A page of a browser that has signed in; anything that its console calls an error fails the test."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    opened, said = context.new_page(), []
    opened.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    opened.on("pageerror", lambda one: said.append(str(one)))
    opened.on("request", lambda one: said.append(one.url) if "//127.0.0.1:" not in one.url else None)
    retry(lambda: opened.goto(desk))
    yield opened
    context.close()
    assert said == [], "errors of the page, or requests to another place"


def faults_of(page: Any) -> list[str]:
    """What axe finds broken on the page as it stands, and what sticks out of a small screen sideways."""
    page.evaluate(AXE.read_text())  # the page's own policy forbids a script element; the debugger may
    found = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations']})", RULES)
    told = [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]
    is_too_wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return [*told, *(["wider than the screen"] if is_too_wide else [])]


@dataclass
class Hands:
    """Somebody at the keyboard of a page: what they press, and the pages that they come to."""

    page: Any
    keys: int = 0
    pages: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("load", lambda one: self.pages.append(one.url))

    def press(self, *keys: str) -> None:
        """Presses keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)
        self.keys += len(keys)

    def type(self, text: str) -> None:
        """Types words, a key a letter, and sends them."""
        self.page.keyboard.type(text)
        self.keys += len(text)
        self.press("Enter")

    def seconds(self) -> float:
        """How long a person takes for the same."""
        return self.keys * KEY_SECONDS + len(self.pages) * PAGE_SECONDS


def lines_left(page: Any) -> int:
    """The count at the top of the list."""
    return int(page.locator(".figures strong").first.inner_text().replace(",", ""))


def decided(store: Store, choice: str) -> int:
    """How many decisions of sam.supervisor with this choice the ledger holds."""
    found = Ledger.open(store.ledger_url).decisions("me")
    return sum((one["by_user"], one["decision"]) == (SUPERVISOR, choice) for one in found)


def test_the_morning_of_a_supervisor_by_keyboard_alone(page: Any, store: Store) -> None:
    hands = Hands(page)
    before = {choice: decided(store, choice) for choice in ("approve", "reject", "hold")}
    hands.press("l")
    page.wait_for_url("**/list")
    while "Approvals due" not in page.locator("h1").inner_text():
        heading = page.locator("h1").inner_text()
        hands.press("]")
        page.wait_for_function("was => document.querySelector('h1').innerText !== was", arg=heading)
    waiting = lines_left(page)
    picture(page, "list")
    # Open the first line, read it, approve it.
    hands.press("j", "o")
    page.wait_for_url("**/line?**")
    picture(page, "line")
    hands.press("a")
    hands.type("Read it; the ground stands")
    page.wait_for_url("**made=1**")
    assert lines_left(page) == waiting - 1
    # Reject the next one from the list itself.
    hands.press("r", "p")  # the reason code that begins with P: paid
    hands.press("Tab")
    picture(page, "reject")
    hands.type("The employer's check came yesterday")
    page.wait_for_url("**choice=reject**")
    assert lines_left(page) == waiting - 2
    # Hold one, then approve all that is left, page by page, after its preview.
    hands.press("h")
    hands.type("Ask the worker first")
    page.wait_for_url("**choice=hold**")
    left = lines_left(page)
    while left:
        hands.press("X", "A")
        page.wait_for_url("**/preview")
        able = int(re.findall(r"\d+", page.locator("aside h2").inner_text())[0])
        picture(page, "preview")
        assert able
        hands.press("a")
        hands.type("Looked at sums and oddities")
        page.wait_for_url("**made=**")
        left -= able
        assert lines_left(page) == left
    assert {choice: decided(store, choice) - count for choice, count in before.items()} == {
        "approve": waiting - 2,
        "reject": 1,
        "hold": 1,
    }
    print(f"{hands.keys} keys, {len(hands.pages)} pages, {hands.seconds():.0f} s")
    assert hands.seconds() < MORNING_SECONDS


def test_a_line_stands_next_to_the_list_and_is_decided_there(page: Any, store: Store) -> None:
    hands, before = Hands(page), decided(store, "hold")
    page.goto(f"{page.url.split('/me/')[0]}/me/list?kind=approval&size=10")
    hands.pages.clear()
    for _ in range(2):
        hands.press("j")
        page.locator("tr.is-here").wait_for()
    item = page.locator("tr.is-here").get_attribute("data-item")
    page.wait_for_url(f"**item={item.replace(':', '%3A')}")
    pane = page.get_by_role("region", name="The line", exact=True)
    pane.get_by_text("May it begin?").first.wait_for()
    assert hands.pages == [], "the line came with a page of its own"
    picture(page, "split")
    faults = faults_of(page)
    hands.press("h")
    hands.type("Ask the worker first")
    page.wait_for_url("**choice=hold**")
    assert decided(store, "hold") == before + 1
    # The next line stands where the decided one stood.
    page.locator(f"tr.is-here:not([data-item='{item}'])").wait_for()
    pane.get_by_text("May it begin?").first.wait_for()
    hands.press("Escape")
    pane.wait_for(state="hidden")
    hands.press("Control+k")
    page.keyboard.type("resolved")
    picture(page, "go")
    faults += faults_of(page)
    hands.press("Enter")
    page.wait_for_url("**/resolved")
    assert faults == []


def test_a_picture_is_taken_only_where_everything_that_it_is_there_to_show_has_loaded(
    chromium: Any, desk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture of `Was it right` without its plots once stood in README."""
    cut_short = pictures.Picture("tonight", {".strip li": 8, "figure img": 4})
    monkeypatch.setitem(pictures.PICTURES, "cut-short", cut_short)
    with pytest.raises(pictures.Trouble, match="cut-short would not show figure img 0 of 4"):
        pictures.take(chromium, desk, tmp_path, ["tonight", "quality", "cut-short"])
    for name in ("tonight", "quality"):
        head = (tmp_path / f"desk-{name}.png").read_bytes()[:24]
        assert (int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) == (1400, 900)
    assert not (tmp_path / "desk-cut-short.png").exists()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 390)])
def test_every_page_is_for_everybody(page: Any, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    faults = {}
    base = page.url.split("/me/")[0]
    for name, path in (
        ("tonight", "tonight"),
        ("list", "list?size=20"),
        ("print", "print?kind=approval"),
        ("access-log", "access-log"),
        ("decisions", "decisions?on=2025-01-14"),
        ("resolved", "resolved"),
        ("pauses", "pauses?from_on=2025-01-16"),
        ("what-if", "what-if"),
        ("diff", "diff"),
        ("partners", "partners"),
        ("rejects", "rejects"),
        ("quality", "quality"),
        ("reports", "reports"),
        ("certification", "reports/certification"),
        ("ocse-157", "reports/ocse-157"),
        ("self-assessment", "reports/self-assessment"),
        ("explain", "explain?who=00000105"),
    ):
        page.goto(f"{base}/me/{path}")
        picture(page, f"{name}-{scheme}-{width}")
        faults[name] = faults_of(page)
    page.goto(f"{base}/me/list?kind=approval&size=10")
    hands = Hands(page)
    hands.press("j", "a")
    faults["decide"] = faults_of(page)
    hands.press("Escape", "?")
    faults["keys"] = faults_of(page)
    hands.press("Escape", "o")
    page.wait_for_url("**/line?**")
    faults["line"] = faults_of(page)
    page.goto(f"{base}/me/list?kind=approval&size=10")
    hands.press("X", "A")
    page.wait_for_url("**/preview")
    faults["preview"] = faults_of(page)
    assert {name: found for name, found in faults.items() if found} == {}


@dataclass(frozen=True)
class Airflow:
    """Airflow's web server with the plugin in it: its address, and the password of the supervisor."""

    address: str
    password: str


@pytest.fixture
def airflow(
    store: Store, airflow_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Airflow]:
    """Airflow's own web server over the copied store; its scheduler is not needed to look and decide."""
    point_at(monkeypatch, tmp_path / "airflow", store.root, airflow_database)
    script = local_airflow.script()
    port = script.free_port(0)
    environment = script.settings(port)
    script.migrate(environment, print)
    passwords = json.loads((script.HOME / "passwords.json").read_text())
    with web_server(script, port, environment) as address:
        yield Airflow(address, passwords[SUPERVISOR])


def decide_line(desk: Any, choice: str, because: str, reason: str = "") -> None:
    """Opens the first line of the list, reads why it is there, and decides on it."""
    desk.locator("[data-open]").first.click()
    desk.get_by_text("May it begin?").first.wait_for()
    told = desk.locator(".conditions li").all_text_contents()
    assert any(re.search(r"caseload\.\w+@\w+:\d+", one) for one in told), "no condition names file and line"
    form = desk.get_by_role("complementary", name="Decide")
    form.locator(f"[value={choice}]").check()
    if reason:
        form.get_by_label("Reason code").select_option(reason)
    form.get_by_label("Why, in your words").fill(because)
    form.get_by_role("button", name="Decide").click()


@pytest.mark.airflow
def test_a_supervisor_finds_the_desk_inside_airflow(chromium: Any, airflow: Airflow, store: Store) -> None:
    before = {choice: decided(store, choice) for choice in ("approve", "reject")}
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page = context.new_page()
    sign_in(page, airflow.address, SUPERVISOR, airflow.password)
    page.get_by_role("region", name="Tonight").get_by_text("lines wait").wait_for()
    page.get_by_role("button", name="Browse").click()
    page.get_by_role("menuitem", name="Review desk").click()
    desk = page.frame_locator("iframe[title='Review desk']")
    desk.get_by_role("link", name="Work list").first.click()
    desk.get_by_role("link", name="Approvals due").click()
    desk.get_by_role("heading", name="Approvals due").wait_for()
    picture(page, "airflow")
    waiting = lines_left(desk)

    decide_line(desk, "approve", "Read it; the ground stands")
    desk.get_by_text("1 line decided: approved.").wait_for()
    decide_line(desk, "reject", "The employer's check came yesterday", "already_paid")
    desk.get_by_text("1 line decided: rejected.").wait_for()
    for place in range(3):
        desk.locator("[name=item]").nth(place).check()
    desk.get_by_role("button", name="Approve…").click()
    desk.get_by_role("heading", name="Approve 3 lines?").wait_for()
    assert desk.get_by_role("heading", name="Look at these first").is_visible()
    desk.get_by_label("Why, in your words").fill("Looked at sums and oddities")
    desk.get_by_role("button", name="Approve all").click()
    desk.get_by_text("3 lines decided: approved.").wait_for()
    assert lines_left(desk) == waiting - 5
    assert decided(store, "approve") == before["approve"] + 4
    assert decided(store, "reject") == before["reject"] + 1

    desk.get_by_role("link", name="Print").click()
    desk.get_by_role("heading", name="Work list of ME").wait_for()
    assert desk.locator("tbody tr").count() == waiting - 5
    with context.expect_page() as opened:
        desk.get_by_role("link", name="a tab of its own").click(modifiers=["Control"])
    opened.value.get_by_role("button", name="Print").wait_for()
    opened.value.close()

    desk.get_by_role("link", name="What if").click()
    desk.get_by_label("Value 1").fill("passport.threshold")
    desk.get_by_label("would be").first.fill("$4,000")
    desk.get_by_role("button", name="Ask").click()
    desk.get_by_role(
        "heading", name="Debt above which a passport is denied: $2,500.00 → $4,000.00"
    ).wait_for()
    answer = desk.get_by_role("region", name="The answer").inner_text()
    assert re.search(r"[1-9]\d* (?:is one|are one) no longer", answer), (
        "a higher limit denies fewer passports"
    )
    picture(page, "what-if")

    desk.get_by_role("link", name="What changed").click()
    desk.get_by_label("From the night of").select_option("2025-01-14")
    desk.get_by_label("to the night of").select_option("2025-01-15")
    desk.get_by_role("button", name="Compare").click()
    desk.get_by_role("region", name="Changed lines").wait_for()
    causes = desk.locator("table.lines tbody td:first-child").all_inner_texts()
    picture(page, "diff")
    assert causes
    assert set(causes) <= {"data", "match", "rule", "calendar", "code", "decision"}
    context.close()
