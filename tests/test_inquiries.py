"""Other agencies are asked about whoever owes, by their own number, and not again before its time."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import queue_desk
from builders import D, T, Y, profile, table_of
from outside_slicer import cut, records
from queue_desk import QUEUES, C, a_desk

from arrears import house
from arrears.data.warehouse import attach_arrow, sql_text, warehouse

OWN_FACTS = {"case_is_open": Y, "office": T}
WHO = "0000000001"
LENGTHS = {
    "bank_inquiries": 99, "tax_inquiries": 80, "license_inquiries": 250, "dividend_inquiries": 80,
    "hire_inquiries": 602,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _offices(monkeypatch: pytest.MonkeyPatch) -> None:
    shape = queue_desk.SHAPES["facts.case_facts"] | OWN_FACTS
    monkeypatch.setitem(queue_desk.SHAPES, "facts.case_facts", shape)


def asked(queue: str, folder: Path, cases: int = 1, **person: Any) -> list[str]:
    """The lines of a file that asks about one parent with so many cases."""
    with a_desk(queue, folder) as desk:
        desk.person(WHO, **person).item("ask", kind="notice", subject_id=WHO, amount_cents=None)
        for number in range(cases):
            desk.case(f"{number:08d}", WHO, case_is_open=number > 0, office="0106")
        assert desk.build().not_sent == ()
        assert desk.prove(desk.write().path).faults == ()
        return records(desk.final.with_name(f".{desk.final.name}.part"), LENGTHS[queue])


def said(queue: str, line: str) -> dict[str, str]:
    return {name: text.strip() for name, text in cut(QUEUES / queue / "record.csv", line).items()}


def test_banks_get_the_month_each_parent_and_their_count(tmp_path: Path) -> None:
    header, line, trailer = asked("bank_inquiries", tmp_path)
    assert (header.rstrip(), trailer.rstrip()) == ("D202501T", "T0000000001")
    parent = said("bank_inquiries", line)
    assert (parent["ssn"], parent["last_name"], parent["first_name"]) == ("900010001", "PELLETIER", "ADRIEN")
    assert (parent["case_id"], parent["fips"]) == (WHO, "23000")


@pytest.mark.parametrize(
    ("queue", "told"),
    [
        ("tax_inquiries", {"submitting_state": "ME", "case_id": WHO, "case_type": "", "order_ind": ""}),
        ("license_inquiries", {"date_of_birth": "19800229", "person_number": WHO, "license_number": ""}),
        ("dividend_inquiries", {"state_fips": "23", "date_of_birth": "19800229", "person_number": WHO}),
    ],
)
def test_each_agency_is_told_who_is_meant_and_no_more(
    queue: str, told: dict[str, str], tmp_path: Path
) -> None:
    [line] = asked(queue, tmp_path)
    found = said(queue, line)
    assert {name: found[name] for name in told} == told
    assert (found["ssn"], found["last_name"]) == ("900010001", "PELLETIER")
    assert "MILL" not in line.upper()


def test_a_name_goes_as_far_as_its_field(tmp_path: Path) -> None:
    [line] = asked("license_inquiries", tmp_path, last_name="Featherstonehaugh-Smythe")
    assert said("license_inquiries", line)["last_name"] == "FEATHERSTONEHAUGH"


def test_the_directory_of_new_hires_is_told_ten_open_cases_with_their_offices(tmp_path: Path) -> None:
    [line] = asked("hire_inquiries", tmp_path, cases=13)
    found = said("hire_inquiries", line)
    assert [found[f"case_number_{n}"] for n in (1, 10)] == ["00000001", "00000010"]
    assert [found[f"case_{n}_office"] for n in (1, 10)] == ["0106", "0106"]
    assert "00000011" not in line


def test_who_has_no_birth_date_is_not_asked_about_where_it_is_compared(tmp_path: Path) -> None:
    with a_desk("dividend_inquiries", tmp_path) as desk:
        desk.person(WHO, birth_on=None).item("ask", kind="notice", subject_id=WHO)
        [one] = desk.build().not_sent
        assert one.field == "date_of_birth"


def due(as_of: date, *told: tuple[str, date]) -> dict[str, bool]:
    """What is due on a day of a parent of whom these queues were told on these days."""
    values = profile("me")
    keys = {
        "bank_months": "bank_list_months", "dividend_from": "dividend_list_from",
        "dividend_by": "dividend_list_by", "tax_months": "tax_documents_months",
        "license_months": "license_months", "hires_months": "new_hires_months",
    }  # fmt: skip
    params = {name: values.plain(f"inquiry.{key}", as_of) for name, key in keys.items()} | {"as_of": as_of}
    case = {"case_id": "C1", "person_id": WHO, "case_is_open": True, "order_is_accruing": True}
    tables: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
        "ledger.published": (
            {"queue": T, "person_id": T, "published_on": D},
            [{"queue": queue, "person_id": WHO, "published_on": day} for queue, day in told],
        ),
        "facts.case_facts": (
            {
                "case_id": T,
                "person_id": T,
                "case_is_open": Y,
                "order_is_accruing": Y,
                "driver_license_count": C,
            },
            [case],
        ),
        "facts.life_fresh": ({"case_id": T, "employers": Y}, [{"case_id": "C1", "employers": True}]),
        "caseload.employers": ({"person_id": T, "to_on": D}, []),
    }
    with warehouse() as con:
        for name, (shape, rows) in tables.items():
            attach_arrow(con, name, table_of(shape, rows))
        for name in ("inquiry_lists", "inquiry_facts"):
            text = sql_text(house.FACTS / "life" / f"{name}.sql")
            given = params if name == "inquiry_facts" else {}
            con.execute(f"CREATE TABLE facts.{name} AS {text}", given)
        [row] = con.execute("FROM facts.inquiry_facts").to_arrow_table().to_pylist()
    return {name: row[name] for name in row if name.endswith("_is_due")} | {"payor": row["payor_is_known"]}


MAY = date(2026, 5, 4)


def test_whoever_was_never_asked_about_is_and_with_the_day_it_is_over() -> None:
    everything = ["bank_list", "dividend_list", "tax_ask", "license_ask", "hires_ask"]
    assert due(MAY) == {f"{one}_is_due": True for one in everything} | {"payor": False}
    queues = ("bank_inquiries", "dividend_inquiries", "tax_inquiries", "license_inquiries", "hire_inquiries")
    after = due(date(2026, 5, 5), *((queue, MAY) for queue in queues))
    assert after == {f"{one}_is_due": False for one in everything} | {"payor": False}


@pytest.mark.parametrize(
    ("queue", "what", "told", "first"),
    [
        ("bank_inquiries", "bank_list_is_due", date(2026, 1, 31), date(2026, 4, 30)),
        ("tax_inquiries", "tax_ask_is_due", date(2025, 5, 4), MAY),
        ("license_inquiries", "license_ask_is_due", date(2025, 5, 4), MAY),
        ("hire_inquiries", "hires_ask_is_due", date(2026, 4, 4), MAY),
        ("dividend_inquiries", "dividend_list_is_due", date(2025, 5, 31), date(2026, 5, 1)),
    ],
)
def test_it_is_asked_again_from_its_day_on_and_not_the_day_before(
    queue: str, what: str, told: date, first: date
) -> None:
    before = date.fromordinal(first.toordinal() - 1)
    assert [due(day, (queue, told))[what] for day in (before, first)] == [False, True]


def test_alaskas_list_goes_in_may_alone() -> None:
    days = (date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 1))
    assert [due(day)["dividend_list_is_due"] for day in days] == [False, True, True, False]
