"""The desk's pages about partners: what they said of what was sent, and the rows that could not be read."""

import re
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from desk_pages import Browser
from feed_files import Desk, licenses

from arrears.answers.partner_answers import partner_answers
from arrears.answers.rejects import rejects
from arrears.author.sample import STATE, sample_nights
from arrears.data.store import Store
from arrears.desk import pages_partners
from arrears.desk.web import Person
from arrears.intake.inbox import take_in

pytestmark = pytest.mark.timeout(900)
_, SECOND, THIRD, *_ = sample_nights()
BAD_ROWS = 12
NUMBERS = ("sent", "accepted", "rejected", "received", "waiting", "overdue")


@pytest.fixture(scope="module")
def store(lived_nights: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two lived days, and a file of licenses of which many rows cannot be read."""
    folder = tmp_path_factory.mktemp("partners")
    shutil.copytree(lived_nights.root, folder / "store")
    made = Store.open(folder / "store")
    one = licenses()
    rows = [one.replace(b"D0000017", b"D%07d" % number) for number in range(400)]
    bad = [row.replace(b"1980-02-29", b"1980-02-30") for row in rows[:BAD_ROWS]]
    send(made, b"".join(rows[BAD_ROWS:] + bad), folder / "inbox")
    return made


def send(store: Store, data: bytes, folder: Path) -> None:
    """Takes in a file of licenses with its control file."""
    folder.mkdir()
    desk = Desk(folder)
    counted = {"license": (data, data.count(b"\n"))}
    control = desk.control("dmv_licenses", counted, period=str(THIRD), sequence=THIRD.day)
    [came] = take_in(store, STATE, [desk.put("licenses.txt", data), control], on=THIRD)["deliveries"]
    assert came["outcome"] == "accepted"


def told(browser: Browser, path: str, **asked: Any) -> str:
    answer = browser.get(f"/{STATE}/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.text


def someone(store: Store, role: str, *offices: str) -> Browser:
    return Browser(store, Person(f"a.{role}", frozenset([role]), frozenset(offices) or None))


def figures(text: str) -> list[list[int]]:
    """The numbers of each row of the first table of a page."""
    table = text[text.index("<tbody>") : text.index("</tbody>")]
    rows = table.split("</tr>")[:-1]
    cells = [re.findall(r'<td class="number">(?:<a[^>]*>)?([0-9,]+)', row) for row in rows]
    return [[int(cell.replace(",", "")) for cell in row] for row in cells]


def test_the_scorecard_has_the_numbers_of_the_command(store: Store) -> None:
    found = partner_answers(store, STATE)
    assert found["queues"]
    shown = figures(told(someone(store, "auditor"), "partners"))
    assert [row[: len(NUMBERS)] for row in shown] == [
        [one[name] for name in NUMBERS] for one in found["queues"]
    ]


def test_an_act_that_a_partner_refused_says_why_in_words(store: Store) -> None:
    acts = partner_answers(store, STATE)["acts"]
    assert {"17", "U"} <= {one["reason"] for one in acts}
    text = told(someone(store, "caseworker"), "partners", became="rejected")
    assert f"{len(acts)} acts need somebody" in text
    assert "last name and Social Security number do not match" in text
    assert "not known to the employer" in text
    only = told(someone(store, "caseworker"), "partners", queue="federal_offset")
    assert "1 act needs somebody" in only
    assert "not known to the employer" not in only


def test_another_offices_acts_are_not_on_the_page_of_partners(store: Store) -> None:
    facts = pq.read_table(store.night(STATE, SECOND) / "facts" / "case_facts.parquet")
    office = dict(zip(*(facts[name].to_pylist() for name in ("case_id", "office")), strict=True))
    acts = partner_answers(store, STATE)["acts"]
    mine = next(office[one["case_id"]] for one in acts)
    expected = {one["case_id"] for one in acts if office[one["case_id"]] == mine}
    theirs = {one["case_id"] for one in acts} - expected
    text = told(someone(store, "caseworker", mine), "partners")
    assert all(case in text for case in expected)
    nobody = told(someone(store, "caseworker", "no such office"), "partners")
    assert [case for case in theirs if case in text] == []
    assert [one["case_id"] for one in acts if one["case_id"] in nobody] == []
    assert figures(nobody) == figures(text), "the scorecard is the whole state's"


def test_every_rejected_row_is_told_with_its_line_and_no_value_of_anybody(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_partners, "ON_A_PAGE", 8)
    found = rejects(store, STATE)
    assert found["total"] == BAD_ROWS
    browser = someone(store, "operator")
    first, second = told(browser, "rejects"), told(browser, "rejects", feed="dmv_licenses", page=2)
    assert f"{BAD_ROWS} rows could not be read" in first
    shown = re.findall(r'"number">([0-9,]+)</td><td>date of birth', first + second)
    assert [int(one) for one in shown] == [one["line"] for one in found["rows"]]
    assert "not a date written CCYY-MM-DD" in first
    assert "9999-99-99" in first
    assert "1980-02-30" not in first + second
    assert "900121234" not in first + second
    assert browser.get(f"/{STATE}/rejects?page=3").status_code == 404
    assert browser.get(f"/{STATE}/rejects?feed=nobody").status_code == 404
