"""A page of the list in groups, its filters as chips, and where an exact number leads."""

import re
import shutil
from urllib.parse import urlencode

import pyarrow.parquet as pq
import pytest
from desk_pages import Browser, Elements

from arrears.author.sample import STATE, sample_nights
from arrears.data.store import Store
from arrears.desk.lists import lists
from arrears.desk.requests import Asked
from arrears.desk.web import Person


@pytest.fixture(scope="module")
def read_store(lived_nights: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The lived nights in a copy that this file may look at; a look is written too."""
    folder = tmp_path_factory.mktemp("read") / "store"
    shutil.copytree(lived_nights.root, folder)
    return Store.open(folder)


@pytest.fixture(scope="module")
def reader(read_store: Store) -> Browser:
    return Browser(read_store, Person("sam.supervisor", frozenset(["supervisor"])))


def items_on(text: str) -> list[str]:
    """The items of the lines that a page of the list shows, in their order."""
    found = Elements(text).found
    return [attrs["value"] or "" for tag, attrs in found if tag == "input" and attrs.get("name") == "item"]


def test_what_lines_share_is_said_once_and_how_useful_their_kind_has_been(reader: Browser) -> None:
    text = reader.get(f"/{STATE}/list", params={"kind": "approval", "remedy": "license_revocation"}).text
    assert text.count("Certify each driver license to the Secretary of State.") == 1
    assert len(items_on(text)) > 1
    assert re.search(r"acted on \d+ of \d+", text)


def test_each_filter_is_a_chip_that_takes_it_away(reader: Browser) -> None:
    text = reader.get(f"/{STATE}/list", params={"kind": "approval", "office": "101"}).text
    chips = re.search(r'<ul class="chips".*?</ul>', text, re.DOTALL)
    assert chips
    without_kind, without_office, clear = re.findall(r'href="([^"]*)"', chips[0])
    assert ("kind=" in without_kind, "office=101" in without_kind) == (False, True)
    assert ("kind=approval" in without_office, "office=" in without_office) == (True, False)
    assert "show=today" in without_kind, "what a day holds stands again once no kind is asked for"
    assert clear == f"/{STATE}/list"


def test_an_exact_number_opens_its_only_line_or_says_why_there_is_none(
    reader: Browser, read_store: Store
) -> None:
    lines = lists(read_store, STATE, Asked(size=2_000)).lines
    listed = {one for line in lines for one in (line["case_id"], line["person_id"])}
    alone = next(
        one for one in lines
        if one["case_id"] and [one["case_id"] == line["case_id"] for line in lines].count(True) == 1
    )  # fmt: skip
    answer = reader.get(f"/{STATE}/list", params={"search": alone["case_id"]})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/{STATE}/line?{urlencode({'item': alone['item_id']})}"
    facts = read_store.night(STATE, sample_nights()[1]) / "facts" / "case_facts.parquet"
    cases = pq.read_table(facts, columns=["case_id"])["case_id"].to_pylist()
    unflagged = next(case for case in cases if case not in listed)
    answer = reader.get(f"/{STATE}/list", params={"search": unflagged})
    assert answer.headers["location"] == f"/{STATE}/explain?who={unflagged}"
    assert reader.get(f"/{STATE}/list", params={"search": "99999999"}).status_code == 200
