"""A state's first page: the night in the numbers of the command, what needs a person, and what comes next."""

import json
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from desk_pages import Browser, Elements
from feed_files import Desk, licenses

from arrears import house
from arrears.answers.status import status
from arrears.author.sample import STATE, sample_nights
from arrears.data.store import Store
from arrears.desk.lists import ended, lists
from arrears.desk.night_strip import running_strip
from arrears.desk.pauses import pause
from arrears.desk.requests import Asked
from arrears.desk.tonight import sentences
from arrears.desk.web import Person
from arrears.intake.inbox import take_in
from arrears.law.profile import Profile
from arrears.ledger import Ledger

pytestmark = pytest.mark.timeout(900)
FIRST, SECOND, THIRD, *_ = sample_nights()
SAM = Person("sam.supervisor", frozenset(["supervisor"]))
PROFILE = Profile.load(house.RULES, STATE)


@pytest.fixture(scope="module")
def read_store(lived_nights: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two lived days, after which a file of licenses was held and another one refused."""
    folder = tmp_path_factory.mktemp("tonight")
    shutil.copytree(lived_nights.root, folder / "store")
    made = Store.open(folder / "store")
    many = b"".join(licenses().replace(b"D0000017", b"D%07d" % number) for number in range(300))
    assert send(made, many, folder / "cut", counted=305) == "refused"
    assert send(made, licenses(), folder / "few", counted=1) == "held"
    return made


@pytest.fixture
def store(read_store: Store, tmp_path: Path) -> Store:
    """A copy in which something is changed."""
    shutil.copytree(read_store.root, tmp_path / "store")
    return Store.open(tmp_path / "store")


def send(store: Store, data: bytes, folder: Path, counted: int) -> str:
    """What becomes of a file of licenses whose control file counts so many."""
    folder.mkdir()
    desk = Desk(folder)
    control = desk.control(
        "dmv_licenses", {"license": (data, counted)}, period=str(THIRD), sequence=THIRD.day
    )
    [came] = take_in(store, STATE, [desk.put("licenses.txt", data), control], on=THIRD)["deliveries"]
    return str(came["outcome"])


def tonight(store: Store, person: Person = SAM, **asked: Any) -> str:
    answer = Browser(store, person).get(f"/{STATE}/tonight", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.text


def steps(text: str) -> dict[str, list[str]]:
    """The counts of each step of the strip, in their order."""
    strip = text[text.index('aria-label="Steps of the night"') :]
    parts = strip[: strip.index("</ol>")].split("<li ")[1:]
    found = {re.findall(r"<strong>(\w+)</strong>", one)[0]: one for one in parts}
    return {
        name: re.findall(r'"count">(?:<a[^>]*>)?([^<]+)<', one.replace("\n", ""))
        for name, one in found.items()
    }


def words_of(text: str) -> str:
    """What a reader sees of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text[text.index("<main") :]))


def test_the_strip_has_the_numbers_of_the_command(read_store: Store) -> None:
    last = status(read_store, STATE)["last_night"]
    shown = steps(tonight(read_store))
    assert list(shown) == ["files", "match", "facts", "decide", "plan", "queues", "check", "release"]
    fates = [last["files"][one] for one in ("accepted", "held", "refused", "duplicate")]
    assert shown["files"] == [f"{one:,}" for one in (*filter(None, fates), last["rows"], last["rejects"])]
    assert shown["match"] == [f"{last[name]:,}" for name in ("matched", "doubtful")]
    assert shown["decide"] == [f"{last[name]:,}" for name in ("flags", "unknown")]
    assert shown["plan"] == [f"{last[name]:,}" for name in ("work_list", "decisions_wanted")]
    assert shown["release"][0] == f"{last['records']:,}"
    assert shown["release"][2:] == [f"{len(last['held_queues'])}"]


def test_a_held_file_and_a_refused_file_are_both_told_with_their_rows_and_what_is_usual(
    read_store: Store,
) -> None:
    found = status(read_store, STATE)
    [held] = found["held_files"]
    text = tonight(read_store)
    files = text[text.index('id="files"') : text.index("</table>")]
    assert files.count('tag warn">held') == 1
    assert files.count('tag stop">refused') == len(found["refused_files"]) == 2  # one came for the night
    for one in (held, *found["refused_files"]):
        assert one["reason"] in files
    assert held["rows"] == 1
    assert held["usual_rows"] > 300
    assert f'<td class="number">1</td><td class="number">{held["usual_rows"]}</td>' in files
    [link] = [a["href"] for tag, a in Elements(files).found if tag == "a"]
    assert Browser(read_store, SAM).get(link).status_code == 200


def test_a_queue_at_its_gate_tells_its_new_acts_by_remedy(store: Store) -> None:
    path = store.night(STATE, SECOND) / "summary.json"
    summary = json.loads(path.read_text())
    [gate] = summary["held"]
    gate["by_remedy"] = {"pre_offset_notice": 133, "notice_of_debt": 20}
    path.write_text(json.dumps(summary))
    said = words_of(tonight(store))
    assert gate["held"] in said
    assert "Federal pre-offset notice 133" in said
    assert "Notice of debt 20" in said


def test_what_came_and_left_is_that_of_the_list_and_of_nobody_elses_office(read_store: Store) -> None:
    office = lists(read_store, STATE, Asked(size=1)).facets.offices[0]["name"]
    counts = set()
    for offices in (None, frozenset([office])):
        person = Person("kim.supervisor", frozenset(["supervisor"]), offices)
        text = tonight(read_store, person)
        figures = text[text.index('id="in-out"') :]
        shown = re.findall(r"<strong>(?:<a[^>]*>)?([^<]+)<", figures.replace("\n", ""))[:3]
        new = lists(read_store, STATE, Asked(size=1, since="new"), offices=offices).total
        gone = ended(read_store, STATE, offices=offices).total
        whole = lists(read_store, STATE, Asked(size=1), offices=offices).total
        assert shown == [f"{new:,}", f"{gone:,}", f"{whole:,}"]
        counts.add(whole)
    assert len(counts) == 2


def test_approved_lines_and_pauses_are_told_to_those_who_may_see_them(store: Store) -> None:
    line = lists(store, STATE, Asked(kind="approval", size=500)).lines[0]
    assert "leaves at 14:00" not in tonight(store)
    browser = Browser(store, SAM)
    form = {
        "csrf": browser.token(),
        "choice": "approve",
        "because": "looked",
        "seen": json.dumps({line["item_id"]: line["seen"]}),
    }
    assert browser.post(f"/{STATE}/decide", data=form).status_code == 303
    pause(store, STATE, SAM, SECOND, None, "the board moves house", office=line["office"])
    mine = Person("kim.supervisor", frozenset(["supervisor"]), frozenset([line["office"]]))
    theirs = Person("kim.supervisor", frozenset(["supervisor"]), frozenset(["no such office"]))
    for person in (SAM, mine):
        assert "1 approved line leaves at 14:00" in words_of(tonight(store, person))
        assert "the board moves house" in tonight(store, person)
    assert "leaves at 14:00" not in tonight(store, theirs)
    assert "the board moves house" not in tonight(store, theirs)


def test_a_number_leads_only_where_its_reader_may_go(store: Store) -> None:
    path = store.night(STATE, SECOND) / "summary.json"
    summary = json.loads(path.read_text())
    summary["deliveries"][0]["rejects"] = 5
    path.write_text(json.dumps(summary))
    pat = Person("pat.caseworker", frozenset(["caseworker"]))
    for person, may_see_rejects in ((SAM, True), (pat, False)):
        browser = Browser(store, person)
        text = browser.get(f"/{STATE}/tonight").text
        main = Elements(text[text.index("<main") :])
        ids = {a.get("id") for _, a in main.found}
        links = {str(a["href"]) for tag, a in main.found if tag == "a"}
        assert {one[1:] for one in links if one.startswith("#")} <= ids
        pages = {one.partition("?")[0]: one for one in links if not one.startswith("#")}
        assert (f"/{STATE}/rejects" in pages) is may_see_rejects
        assert {one: browser.get(one).status_code for one in pages.values()} == dict.fromkeys(
            pages.values(), 200
        )


def test_the_page_names_no_place_of_the_machine_and_no_key(read_store: Store) -> None:
    said = words_of(tonight(read_store))
    assert "outbox/" not in said
    assert str(read_store.root) not in said
    files = {one.original_name for one in Ledger.open(read_store.ledger_url).deliveries(STATE)}
    keys = {one for one in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", said) if not any(one in f for f in files)}
    assert keys == set()
    assert [word for word in ("None", "True", "False", "{", "}") if word in said] == []


def test_a_past_night_tells_itself_and_not_what_is_so_now(read_store: Store) -> None:
    said = words_of(tonight(read_store, on=str(FIRST)))
    assert f"night of {FIRST}" in said
    assert "normal are" not in said
    assert "The next night" not in said


def test_the_first_page_leads_to_the_night_and_the_list_is_one_key_away(read_store: Store) -> None:
    browser = Browser(read_store, SAM)
    assert [browser.get(path).headers["location"] for path in ("/", f"/{STATE}/")] == [
        f"/{STATE}/tonight"
    ] * 2
    links = {a.get("data-nav"): a["href"] for _, a in Elements(tonight(read_store)).found if "data-nav" in a}
    assert links == {"tonight": "/me/tonight", "list": "/me/list"}
    assert 'l: () => follow("[data-nav=list]")' in (house.ROOT / "arrears/desk/static/desk.js").read_text()


def test_a_state_without_a_night_says_so_and_what_comes_next(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store", "invented")
    said = words_of(tonight(store))
    assert "No night is closed yet in Maine." in said
    assert "`arrears receive me FILE...` takes files in" in said
    assert Browser(store, SAM).get("/zz/tonight").status_code == 404
    many = b"".join(licenses().replace(b"D0000017", b"D%07d" % number) for number in range(300))
    assert send(store, many, tmp_path / "cut", counted=305) == "refused"
    said = words_of(tonight(store))
    assert "The control file says 305 records, the file has 300." in said
    assert Browser(store, SAM).get("/").headers["location"] == "/me/tonight"


def now_told(absent: date | None = None, **more: Any) -> str:
    """How a state stands, in one text; `more` is what differs from a closed night."""
    usual = {
        "state": STATE,
        "last_night": {"as_of": str(SECOND)},
        "releases_since": 0,
        "at_work": None,
        "next_night": {"as_of": str(THIRD), "due_at": f"{THIRD}T07:00:00+00:00"},
        "waiting_files": 2,
        "came": 9,
    }
    ledger: Any = SimpleNamespace(absences=lambda state: [absent] if absent else [])
    now = more.pop("now", datetime(2025, 1, 15, 20, tzinfo=UTC))
    return " ".join(sentences(usual | more, ledger, PROFILE, now))


def test_a_night_that_comes_is_told_by_the_states_own_clock() -> None:
    assert now_told() == (f"The next night, of {THIRD}, begins on {THIRD} at 02:00; 2 files wait for it.")
    late = now_told(now=datetime(2025, 1, 17, tzinfo=UTC), waiting_files=0)
    assert late == f"The next night, of {THIRD}, was due to begin on {THIRD} at 02:00 and has not begun."


def test_a_night_that_runs_stopped_or_is_absent_is_said_in_a_sentence() -> None:
    work = {"kind": "night", "as_of": str(THIRD), "holder": "host", "steps_done": ["match", "facts"]}
    assert now_told(at_work=work) == f"The night of {THIRD} is running now; done: match, facts."
    stopped = now_told(at_work=work | {"holder": None})
    assert "stopped before its end; done: match, facts." in stopped
    assert f"`arrears night me {THIRD}`" in stopped
    assert f"The night of {THIRD} was declared absent: nothing was decided on it." in now_told(absent=THIRD)
    strip = [one.stands for one in running_strip(work["steps_done"], is_at_work=True)]
    assert strip == ["done", "done", "done", "at work", *["to come"] * 4]
    assert [one.stands for one in running_strip([], is_at_work=False)][1] == "stopped"
