"""The clearing house's own file: payments read from its segments, what it proves, what is set aside."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from ach_files import DAY, Batch, Entry, Paid, ach, message
from feed_files import Desk
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.ledger.records import Delivery

FEED = "ach_payments"
NUMBER = "900121234"
TWO = Entry((Paid(), Paid(case="00000102", ssn="900121235")))


def sent(desk: Desk, data: bytes, on: date = DAY) -> Delivery:
    """What became of a file with its control file."""
    return desk.send(FEED, data, period=on.isoformat())


def read(desk: Desk, data: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    """The payments of a file that is taken, and the reasons of what is set aside."""
    found = sent(desk, data)
    assert (found.outcome, found.feed) == ("accepted", FEED), found.reason
    desk.load(found)
    return desk.rows(found, FEED), [one["reason"] for one in desk.rows(found, "rejects")]


# Nine digits in a row would be masked, since a sender may have typed the number of a person there.
_CASE = st.text(st.sampled_from("ABCXYZ -"), max_size=19).map(lambda text: f"7{text}".strip())
PAYMENT = st.builds(
    Paid,
    case=_CASE,
    cents=st.integers(1, 99_999_999),
    kind=st.sampled_from(["CS", "II", "IT", "IO"]),
    paid_on=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    ssn=st.integers(900_110_000, 900_119_999).map(str),
    medical=st.sampled_from(["Y", "N", "W"]),
    name=st.sampled_from(["", "ROY,BO", "PELLETIJO"]),
    fips=st.sampled_from(["", "23001", "2300100"]),
    ended=st.sampled_from(["", "Y"]),
)
BATCH = st.lists(st.lists(PAYMENT, min_size=1, max_size=4), min_size=1, max_size=4).flatmap(
    lambda entries: st.sampled_from(["CCD", "CTX"]).map(
        lambda sec: Batch(tuple(Entry(tuple(one if sec == "CTX" else one[:1])) for one in entries), sec)
    )
)


@settings(max_examples=12)
@given(batches=st.lists(BATCH, min_size=1, max_size=3), fill=st.booleans())
def test_what_senders_write_is_read_however_it_is_cut(batches: list[Batch], fill: bool) -> None:
    own = [
        Batch(one.entries, one.sec, f"MILL {n}", f"01000000{n}", first_trace=100 * n)
        for n, one in enumerate(batches)
    ]
    meant = [
        (paid.case, paid.cents, paid.cents, paid.kind, paid.paid_on, paid.name or None, paid.ended == "Y",
         {"Y": True, "N": False}.get(paid.medical), batch.company, batch.fein, batch.bank + f"{n:07d}", DAY)
        for batch in own for n, entry in enumerate(batch.entries, batch.first_trace) for paid in entry.paid
    ]  # fmt: skip
    names = (
        "named", "collected_cents", "passed_on_cents", "collection_kind", "withheld_on", "short_name",
        "job_has_ended", "has_family_cover", "payor_name", "employer_fein", "trace_number", "arrived_on",
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        rows, aside = read(Desk(Path(folder)), ach(*own, fill=fill))
    assert aside == []
    by_number = sorted(rows, key=lambda row: row["segment_no"])
    assert [tuple(row[name] for name in names) for row in by_number] == meant


def test_a_number_becomes_a_token_and_two_segments_of_one_line_are_two_payments(tmp_path: Path) -> None:
    short = "DED*CS*101*20250110*700*900121234*N\\DED*CS*102*20250110*800*900121235*N\\"
    rows, aside = read(Desk(tmp_path), ach(Batch((Entry((), 1_500, text=short),), "CTX")))
    assert [(row["named"], row["source_line"], row["segment_no"]) for row in rows] == [
        ("101", 4, 1),
        ("102", 4, 2),
    ]
    assert rows[0]["person_token"] != rows[1]["person_token"]
    assert (NUMBER in str(rows), aside) == (False, [])


CCD, CTX = Batch(), Batch((TWO,), "CTX")
CONTROLS = [
    ("8220", 4, "000009", "entries and addenda of the batch"),
    ("8220", 10, "0000000007", "as sum of the banks of the batch"),
    ("8220", 20, "000000000100", "cents of debits in the batch"),
    ("8220", 32, "000000000100", "cents of credits in the batch"),
    ("8220", 44, "1010000009", "the company_id of the batch_end record"),
    ("8220", 87, "0000002", "the batch_number of the batch_end record"),
    ("9000", 1, "000009", "the trailer record says 9 batch records"),
    ("9000", 7, "000009", "the file says 9 blocks"),
    ("9000", 13, "00000009", "the file says 9 entries and addenda and holds"),
    ("9000", 21, "0000000007", "as sum of the banks"),
    ("9000", 31, "000000000100", "cents of debits"),
    ("9000", 43, "000000000100", "cents of credits"),
    ("622", 87, "0000009", "addenda that name another entry"),
    ("705", 83, "0002", "addenda that are not in their order"),
]  # fmt: skip


def changed(data: bytes, begins: str, at: int, text: str) -> bytes:
    """The file with other text in the first line that begins so."""
    lines = data.decode("latin-1").splitlines()
    where = next(n for n, one in enumerate(lines) if one.startswith(begins))
    lines[where] = lines[where][:at] + text + lines[where][at + len(text) :]
    return "".join(f"{one}\n" for one in lines).encode("latin-1")


@pytest.mark.parametrize(("begins", "at", "text", "said"), CONTROLS, ids=[one[3] for one in CONTROLS])
@pytest.mark.parametrize("batch", [CCD, CTX], ids=["CCD", "CTX"])
def test_a_file_that_differs_from_what_it_says_is_refused(
    tmp_path: Path, batch: Batch, begins: str, at: int, text: str, said: str
) -> None:
    found = sent(Desk(tmp_path), changed(ach(batch), begins, at, text))
    assert found.outcome == "refused"
    assert said in found.reason[0].lower() + found.reason[1:]


def test_addenda_that_an_entry_does_not_tell_are_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    of_ctx = sent(desk, changed(ach(CTX), "622", 54, "0009"))
    assert (of_ctx.outcome, "9 addenda of the entry at line 3" in of_ctx.reason) == ("refused", True)
    second = sent(desk, ach(Batch((TWO,))))
    assert (second.outcome, "1 addenda of the entry at line 3 and holds 2" in second.reason) == (
        "refused",
        True,
    )


def test_lines_that_fill_up_are_no_records_and_stand_last(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    whole = ach()
    assert whole.count(b"\n") == 10
    assert len(read(desk, whole)[0]) == 1
    lines = ach(on=DAY - timedelta(1)).splitlines(keepends=True)
    amid = sent(desk, b"".join([*lines[:3], lines[-1], *lines[3:-1]]), DAY - timedelta(1))
    assert (amid.outcome, "cannot be read" in amid.reason) == ("refused", True)
    followed = sent(desk, b"".join([*lines, lines[3]]), DAY - timedelta(1))
    assert (followed.outcome, "follow the trailer record" in followed.reason) == ("refused", True)


BAD = Paid(case="")
ASIDE: list[tuple[Batch, int, list[str]]] = [
    (Batch((Entry(), Entry(code="27"))), 1, ["a debit: it takes money and brings none"]),
    (Batch((Entry(), Entry(cents=0))), 1, ["no money came with it"]),
    (Batch((Entry(), Entry(cents=12_600))), 1,
     ["the segments of its entry do not add up to what came, and no fee was kept back"]),
    (Batch((Entry(), Entry((Paid(kind="RI"),), 12_600))), 1,
     ["the segments of its entry do not add up to what came, and a fee makes them more"]),
    (Batch((Entry(), Entry(text=""))), 1,
     ["no addenda follow it: a federal offset deposit, or money of which nothing says whose it is"]),
    (Batch((TWO, Entry(text="")), "CTX"), 2,
     ["no addenda follow it: a federal offset deposit, or money of which nothing says whose it is"]),
    (Batch((TWO, Entry(text=message(()))), "CTX"), 2, ["no segment of its addenda says whose money it is"]),
    (Batch((Entry(), Entry(), Entry(text="DED*CS*101*250110*12500*900121234*N"))), 2,
     ["a segment without its end"]),
    (Batch((Entry(), Entry(), Entry(text="DEX*CS*101*250110*12500*900121234*N\\"))), 2,
     ["no segment of this feed"]),
    (Batch((Entry(), Entry(text="DED*CS*101*251310*12500*900121234*N\\"))), 1,
     ["the day of the pay is not written YYMMDD or CCYYMMDD"]),
    (Batch((Entry(), Entry(text="DED*CS*101*250110*125.00*900121234*N\\"))), 1, ["not all digits"]),
    (Batch((Entry(), Entry(text="DED*ZZ*101*250110*12500*900121234*N\\"))), 1, ["code not in the list"]),
    (Batch((Entry(), Entry(text="DED*CS*101*250110*12500*900121234*N*A*B*Y*Z\\"))), 1,
     ["the line does not have 10 elements"]),
    # The other segments of the entry count.
    (Batch((Entry((Paid(), BAD, Paid(case="00000103"))),), "CTX"), 2, ["required, but blank"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("batch", "rows", "why"), ASIDE, ids=[f"{n} {one[2][0]}" for n, one in enumerate(ASIDE)]
)
def test_what_is_no_payment_is_set_aside_with_its_reason(
    tmp_path: Path, batch: Batch, rows: int, why: list[str]
) -> None:
    found, aside = read(Desk(tmp_path), ach(batch))
    assert (len(found), aside) == (rows, why)


def test_a_batch_of_another_class_is_set_aside_and_so_is_a_trace_that_came_before(tmp_path: Path) -> None:
    found, aside = read(Desk(tmp_path), ach(Batch(), Batch(sec="PPD"), Batch(fein="010000002")))
    assert (len(found), aside) == (2, ["its batch is of another class than CCD and CTX"])
    again = tmp_path / "again"
    again.mkdir()
    found, aside = read(Desk(again), ach(Batch(), Batch()))
    assert (len(found), aside) == (1, ["the same trace number of the same company stands in the file before"])


def test_a_fee_that_is_kept_back_is_shared_by_the_segments_that_name_it(tmp_path: Path) -> None:
    fees = (Paid(), Paid("102", 10_000, "RI"), Paid("103", 30_000, "RI"))
    rows, aside = read(Desk(tmp_path), ach(Batch((Entry(fees, 48_500),), "CTX")))
    told = sorted((row["named"], row["collected_cents"], row["passed_on_cents"]) for row in rows)
    assert told == [("00000101", 12_500, 12_500), ("102", 10_000, 9_000), ("103", 30_000, 27_000)]
    assert aside == []
