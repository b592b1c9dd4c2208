"""What may leave through a queue, what goes to a person instead, and how a written file is proven."""

import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from outside_slicer import records
from queue_desk import AS_OF, HOUSE, QUEUES, a_desk

from arrears.errors import RuleFault
from arrears.law.profile import Profile
from arrears.queues import load_queue, load_queues, proof

LENGTHS = {
    "account_entries": 180,
    "bank_inquiries": 99,
    "bank_levy": 560,
    "collection_agency": 300,
    "credit_bureaus": 426,
    "custodial_notices": 400,
    "dividend_inquiries": 80,
    "fcr_cases": 640,
    "fcr_persons": 640,
    "federal_offset": 245,
    "gambling_registry": 160,
    "hire_inquiries": 602,
    "income_withholding": 2406,
    "interstate_referrals": 240,
    "license_boards": 350,
    "license_inquiries": 250,
    "lien_network": 980,
    "liens": 720,
    "lottery": 160,
    "medical_support": 1000,
    "obligor_notices": 600,
    "rmv_license": 160,
    "settlements": 560,
    "sos_license": 250,
    "state_tax_setoff": 182,
    "tax_inquiries": 80,
    "unemployment": 142,
    "wildlife_licenses": 920,
}
# Those that an ordinary act fills; the others need facts of their own, and are tested with them.
MESSAGE = {
    "account_entries": "annual_fee",
    "credit_bureaus": "report",
    "custodial_notices": "review_right",
    "federal_offset": "add",
    "license_boards": "certify",
    "obligor_notices": "notice_of_debt",
    "rmv_license": "certify",
    "sos_license": "restrict",
    "state_tax_setoff": "certify",
    "wildlife_licenses": "certify",
}
TARGET = {
    "license_boards": "NURSE:N",
    "rmv_license": "registration:N",
    "sos_license": "N",
    "wildlife_licenses": "hunting:N",
}


def one_record(desk, person_id="0000000001", **but):  # type: ignore[no-untyped-def]
    """A desk with one ordinary act for its queue."""
    desk.person(person_id, **but).case(f"C{person_id}", person_id)
    desk.add("caseload.notices", person_id=person_id, about="federal_offset", sent_on=date(2024, 11, 1))
    subject = {"federal_offset": f"{person_id}-A"}.get(desk.queue.name, f"C{person_id}")
    target = TARGET[desk.queue.name] + person_id[3:] if desk.queue.name in TARGET else subject
    desk.add(
        "facts.custodial_parents", case_id=f"C{person_id}", person_id=person_id, location_is_protected=False
    )
    desk.add("facts.fee_facts", subject_id=f"C{person_id}", fiscal_year_ends_on=date(2025, 9, 30))
    return desk.item(
        MESSAGE[desk.queue.name], subject_id=subject, target_id=target, person_id=person_id,
        case_id=f"C{person_id}", remedy="federal_tax_offset",
    )  # fmt: skip


@pytest.mark.parametrize("queue", MESSAGE)
def test_a_file_is_proven_against_its_content_and_the_ledger(tmp_path: Path, queue: str) -> None:
    with a_desk(queue, tmp_path) as desk:
        one_record(one_record(desk), "0000000002")
        for action in [item["action_id"] for item in desk.tables["items"]]:
            desk.add("ledger_items", action_id=action, amount_cents=2_500_99)
        written = desk.write()
        assert len(records(written.path, LENGTHS[queue], "latin-1")) == written.lines
        proof = desk.prove(written.path, "ledger_items")
        assert (proof.faults, proof.records, proof.sha256) == ((), 2, written.sha256)


@pytest.mark.parametrize("queue", MESSAGE)
def test_no_social_security_number_is_in_frozen_content(tmp_path: Path, queue: str) -> None:
    with a_desk(queue, tmp_path) as desk:
        written = one_record(desk, ssn="987654329").write()
        if queue != "account_entries":  # the only one that names nobody
            assert "Pelletier".upper() in str(desk.rows()).upper()
        assert "987654329" not in str(desk.rows())
        assert (b"987654329" in written.path.read_bytes()) == bool(desk.queue.secrets)


def flipped(data: bytes, at: int) -> bytes:
    """The bytes with one other digit, letter or blank at a place."""
    return data[:at] + (b"3" if data[at : at + 1] == b"8" else b"8") + data[at + 1 :]


@pytest.mark.parametrize("queue", MESSAGE)
def test_a_flipped_byte_at_any_position_of_a_record_is_caught(
    tmp_path: Path, queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many records as positions: the n-th record is wrong at its n-th position."""
    length = LENGTHS[queue]
    monkeypatch.setattr(proof, "SHOWN", 10 * length)
    with a_desk(queue, tmp_path) as desk:
        for n in range(1, length + 1):
            one_record(desk, f"{n:010d}")
        path = desk.write().path
        data, first = path.read_bytes(), int("header" in desk.queue.layouts)
        for n in range(length):
            data = flipped(data, (n + first) * (length + 1) + n)
        path.write_bytes(data)
        said = " ".join(desk.prove(path).faults)
    caught = {int(line) - first for line in re.findall(r"line (\d+):", said)}
    assert set(range(1, length + 1)) - caught == set()


@pytest.mark.parametrize("queue", ["credit_bureaus", "federal_offset", "obligor_notices"])
def test_a_flipped_byte_in_a_header_or_trailer_is_caught(tmp_path: Path, queue: str) -> None:
    with a_desk(queue, tmp_path) as desk:
        path = one_record(desk).write().path
        data, length = path.read_bytes(), LENGTHS[queue] + 1
        edges = [*range(0, length, 67)] * ("header" in desk.queue.layouts)
        missed = []
        for at in [*edges, *range(len(data) - length, len(data), 67), len(data) - 1]:
            path.write_bytes(flipped(data, at))
            missed += [at] if desk.prove(path).is_proven else []
    assert missed == []


@pytest.mark.parametrize("queue", MESSAGE)
def test_a_removed_doubled_or_cut_line_is_caught(tmp_path: Path, queue: str) -> None:
    with a_desk(queue, tmp_path) as desk:
        path = one_record(one_record(desk), "0000000002").write().path
        data = path.read_bytes()
        lines = data.splitlines(keepends=True)
        for n in range(len(lines)):
            path.write_bytes(b"".join(lines[:n] + lines[n + 1 :]))
            assert not desk.prove(path).is_proven, f"line {n + 1} removed"
            path.write_bytes(b"".join(lines[: n + 1] + lines[n:]))
            assert not desk.prove(path).is_proven, f"line {n + 1} doubled"
        for cut in (data[:-1], data[:-10], b""):
            path.write_bytes(cut)
            assert not desk.prove(path).is_proven
        path.write_bytes(data)
        assert desk.prove(path).is_proven


@pytest.mark.parametrize(
    ("queue", "place"),
    [("credit_bureaus", (11, 20)), ("credit_bureaus", (146, 155)), ("credit_bureaus", (326, 335))]
    + [("federal_offset", (5, 14)), ("federal_offset", (23, 34)), ("obligor_notices", (10, 25))],
)
def test_a_wrong_total_is_caught_and_named(tmp_path: Path, queue: str, place: tuple[int, int]) -> None:
    with a_desk(queue, tmp_path) as desk:
        path = one_record(desk).write().path
        data = path.read_bytes()
        length = LENGTHS[queue] + 1
        start, end = len(data) - length + place[0], len(data) - length + place[1]
        wrong = str(int(data[start:end]) + 1).zfill(end - start).encode()
        path.write_bytes(data[:start] + wrong + data[end:])
        assert any("a recount of the file gives" in fault for fault in desk.prove(path).faults)


def test_acts_that_the_ledger_does_not_hold_or_holds_beside_are_caught(tmp_path: Path) -> None:
    with a_desk("sos_license", tmp_path) as desk:
        desk.add("ledger_items", action_id="another", amount_cents=1)
        path = one_record(desk).write().path
        assert desk.prove(path, "ledger_items").faults == (
            "1 acts of the file are not in the ledger's batch",
            "1 acts of the ledger's batch are not in the file",
            "the acts of the file sum to 250099 cents, those of the ledger's batch to 1",
        )


def test_faults_of_a_proof_show_no_value(tmp_path: Path) -> None:
    with a_desk("sos_license", tmp_path) as desk:
        path = one_record(desk, ssn="987654329").write().path
        path.write_bytes(path.read_bytes().replace(b"987654329", b"98765432X"))
        said = " ".join(desk.prove(path).faults)
    assert "ssn" in said
    assert "98765" not in said


@pytest.mark.parametrize(
    ("queue", "field", "person"),
    [
        ("credit_bureaus", "first_line_address", {"line_1": "1" * 33}),
        ("sos_license", "last_name", {"last_name": "Wałęsa"}),
    ],
)
def test_a_value_that_does_not_fit_is_not_cut_and_goes_to_a_person(
    tmp_path: Path, queue: str, field: str, person: dict[str, str]
) -> None:
    with a_desk(queue, tmp_path) as desk:
        one_record(one_record(desk, **person), "0000000002")
        built = desk.build()
        assert (built.records, len(built.not_sent)) == (1, 1), "the other record leaves"
    [refused] = built.not_sent
    assert refused.field == field
    assert refused.action_ids == (desk.tables["items"][0]["action_id"],)
    assert not any(value in refused.reason for value in person.values())


@pytest.mark.parametrize(
    ("queue", "person"),
    [
        ("sos_license", {"last_name": "Featherstonehaugh-"}),
        ("sos_license", {"first_name": "Maximiliennes"}),
        ("federal_offset", {"last_name": "A" * 21}),
        ("obligor_notices", {"last_name": "A" * 31}),
    ],
)
def test_a_name_that_is_wider_than_its_field_keeps_nobody_back(
    tmp_path: Path, queue: str, person: dict[str, str]
) -> None:
    with a_desk(queue, tmp_path) as desk:
        built = one_record(desk, **person).build()
        assert (built.records, built.not_sent) == (1, ())
        assert desk.prove(desk.write().path).faults == ()


def test_a_license_number_wider_than_nine_goes_to_a_person(tmp_path: Path) -> None:
    with a_desk("sos_license", tmp_path) as desk:
        built = desk.person().item("restrict", target_id="1234567890").build()
    assert [(one.field, one.reason) for one in built.not_sent] == [
        ("license_number", "wider than 9 characters")
    ]


@pytest.mark.parametrize("queue", ["sos_license", "state_tax_setoff", "federal_offset"])
def test_a_record_without_the_number_that_it_needs_goes_to_a_person(tmp_path: Path, queue: str) -> None:
    with a_desk(queue, tmp_path) as desk:
        built = one_record(desk, ssn=None).build()
    assert [(one.field, one.reason) for one in built.not_sent] == [("ssn", "required, but missing")]


@pytest.mark.parametrize(
    "guard", [{"protected": True}, {"protected": None}, {"family_violence": True}], ids=str
)
def test_a_protected_address_is_withheld(tmp_path: Path, guard: dict[str, object]) -> None:
    with a_desk("federal_offset", tmp_path) as desk:
        written = one_record(desk, **guard).write()
        record, _ = records(written.path, 245)
        assert record[83:179].replace("0", "").strip() == ""
        assert (written.records, "MILL" in str(desk.rows())) == (1, False)


@pytest.mark.parametrize("flag", [True, None])
def test_an_address_is_withheld_unless_the_facts_say_it_is_free(tmp_path: Path, flag: bool | None) -> None:
    with a_desk("federal_offset", tmp_path) as desk:
        one_record(desk).case("C2", obligor_location_is_protected=flag)
        record, _ = records(desk.write().path, 245)
    assert record[83:179].replace("0", "").strip() == ""


@pytest.mark.parametrize("queue", ["credit_bureaus", "obligor_notices"])
def test_a_format_that_needs_a_protected_address_goes_to_a_person(tmp_path: Path, queue: str) -> None:
    with a_desk(queue, tmp_path) as desk:
        built = one_record(one_record(desk, protected=True), "0000000002").build()
        assert built.records == 1
        assert "0000000001" not in {row.get("person_id") for row in desk.rows()}
    assert [one.reason for one in built.not_sent] == ["needs an address that is protected"]


@pytest.mark.parametrize("queue", ["credit_bureaus", "obligor_notices"])
def test_a_format_that_needs_an_address_goes_to_a_person_where_none_is_known(
    tmp_path: Path, queue: str
) -> None:
    with a_desk(queue, tmp_path) as desk:
        built = one_record(desk, line_1=None).build()
    assert (built.records, built.not_sent[0].reason) == (0, "required, but missing")


def test_the_mailing_address_is_used_before_the_residence(tmp_path: Path) -> None:
    with a_desk("obligor_notices", tmp_path) as desk:
        place = {"line_1": "9 Elm Rd", "line_2": "Rear", "city": "Saco", "state": "ME", "zip": "04072"}
        one_record(desk).add(
            "caseload.addresses", person_id="0000000001", kind="residence", protected=False, **place
        ).build()
        [row] = desk.rows()
    assert (row["address_line_1"], row["address_line_2"], row["city"]) == ("12 Mill St.", None, "Bath")


def test_one_address_is_used_as_it_stands_and_two_are_never_mixed(tmp_path: Path) -> None:
    with a_desk("obligor_notices", tmp_path) as desk:
        place = {"line_1": "9 Elm Rd", "city": "Bangor", "state": "ME", "zip": "04401"}
        one_record(desk, line_1="PO Box 9", city=None).add(
            "caseload.addresses", person_id="0000000001", kind="residence", protected=False, **place
        ).build()
        [row] = desk.rows()
    assert (row["address_line_1"], row["city"], row["zip"]) == ("9 Elm Rd", "Bangor", "04401")


def test_two_addresses_that_are_not_whole_make_none_that_is(tmp_path: Path) -> None:
    with a_desk("obligor_notices", tmp_path) as desk:
        place = {"line_1": None, "city": "Bangor", "state": "ME", "zip": "04401"}
        one_record(desk, line_1="PO Box 9", city=None).add(
            "caseload.addresses", person_id="0000000001", kind="residence", protected=False, **place
        )
        assert [one.reason for one in desk.build().not_sent] == ["required, but missing"]


def test_every_act_ends_in_a_record_or_with_a_person(tmp_path: Path) -> None:
    with a_desk("sos_license", tmp_path) as desk:
        one_record(desk).item("burn", action_id="strange").item("restrict", action_id="nobody", person_id="9")
        built = desk.build()
    assert (built.records, built.acts) == (1, 1)
    assert {one.action_ids[0]: one.reason for one in built.not_sent} == {
        "strange": "this queue has no message burn",
        "nobody": "the facts name nobody to write about",
    }


def test_acts_of_other_queues_are_left_alone(tmp_path: Path) -> None:
    with a_desk("sos_license", tmp_path) as desk:
        built = one_record(desk).item("report", queue="credit_bureaus").build()
    assert (built.records, built.not_sent) == (1, ())


@pytest.mark.parametrize("queue", MESSAGE)
def test_the_same_content_gives_the_same_bytes_in_any_order_of_acts(tmp_path: Path, queue: str) -> None:
    hashes = set()
    for turn in (1, -1):
        with a_desk(queue, tmp_path) as desk:
            one_record(one_record(desk), "0000000002")
            for rows in desk.tables.values():
                rows[:] = rows[::turn]
            hashes.add(desk.write().sha256)
    assert len(hashes) == 1


def test_a_file_stands_aside_until_the_release_names_it(tmp_path: Path) -> None:
    with a_desk("sos_license", tmp_path) as desk:
        written = one_record(desk).write()
        assert (written.path.parent, written.path.name.startswith(".")) == (desk.final.parent, True)
        assert not desk.final.exists()


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the license queue, to be spoiled."""
    shutil.copytree(QUEUES / "sos_license", tmp_path / "sos_license")
    return tmp_path / "sos_license"


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_every_queue_loads_with_records_of_the_partners_length() -> None:
    assert {name: queue.detail.length for name, queue in load_queues(QUEUES).items()} == LENGTHS


def test_an_unknown_key_and_every_other_fault_of_a_queue_are_named_at_once(broken: Path) -> None:
    spoil(broken, "queue.yml", "holds_target: true", "holds_targets: true\ncarry: [bank]")
    spoil(broken, "queue.yml", "newline: lf", "newline: cr")
    with pytest.raises(RuleFault) as caught:
        load_queue(broken)
    for said in ("unknown key holds_targets", "unknown key carry", "newline must be one of"):
        assert said in str(caught.value)


def test_rows_that_would_freeze_a_secret_are_refused(tmp_path: Path) -> None:
    with a_desk("sos_license", tmp_path) as desk:
        rows = desk.queue.sql["rows"].replace("person.person_token,", "person.person_token, '9' AS ssn,", 1)
        desk.queue.sql["rows"] = rows
        with pytest.raises(RuleFault, match="must leave ssn to the writer"):
            one_record(desk).build()


def test_a_floating_sum_is_refused(tmp_path: Path) -> None:
    with a_desk("sos_license", tmp_path) as desk:
        desk.queue.sql["rows"] = desk.queue.sql["rows"].replace(
            "CAST(sum(amount_cents) AS BIGINT)", "sum(amount_cents)"
        )
        with pytest.raises(RuleFault, match="must cast amount_cents"):
            one_record(desk).build()


def test_a_parameter_that_no_value_feeds_is_refused(broken: Path) -> None:
    spoil(
        broken,
        "rows.sql",
        "$as_of                                       AS process_date",
        "$run_on AS process_date",
    )
    with pytest.raises(RuleFault, match=r"\$run_on is used, but needs does not name it"):
        load_queue(broken)


def test_a_missing_partner_identifier_is_named(tmp_path: Path) -> None:
    profile = Profile.load(HOUSE / "rules", "me")
    queue = load_queue(QUEUES / "federal_offset")
    known = {key: said for key, said in profile.partners["federal_offset"].items() if key != "local_code"}
    profile = replace(profile, partners={**profile.partners, "federal_offset": known})
    with pytest.raises(RuleFault, match="local_code"):
        queue.terms(profile, AS_OF)


@pytest.mark.parametrize("queue", MESSAGE)
def test_what_the_profile_says_partners_know_us_by_fits_their_records(tmp_path: Path, queue: str) -> None:
    with a_desk(queue, tmp_path) as desk:
        desk.terms = desk.queue.terms(Profile.load(HOUSE / "rules", "me"), AS_OF)
        built = one_record(desk).build()
    assert [(one.field, one.reason) for one in built.not_sent] == []


def test_a_file_without_records_is_still_whole(tmp_path: Path) -> None:
    with a_desk("federal_offset", tmp_path) as desk:
        written = desk.write()
        assert (written.records, written.lines, desk.prove(written.path).faults) == (0, 1, ())


def test_a_file_whose_lines_end_with_two_bytes_is_proven_and_no_other_end_passes(tmp_path: Path) -> None:
    with a_desk("gambling_registry", tmp_path) as desk:
        desk.queue = replace(desk.queue, newline="\r\n")
        desk.person().case().item("add", remedy="gambling_lottery")
        path = desk.write().path
        data = path.read_bytes()
        assert (data.count(b"\r\n"), data.count(b"\n")) == (3, 3)
        assert desk.prove(path).faults == ()
        for spoiled in (data.replace(b"\r\n", b"\n"), data.replace(b"\r\n", b"\r\r\n", 1), data[:-1]):
            path.write_bytes(spoiled)
            assert not desk.prove(path).is_proven


@pytest.mark.parametrize("end", [b"\r\n", b"\r"])
def test_another_end_of_line_than_the_partners_is_caught(tmp_path: Path, end: bytes) -> None:
    with a_desk("sos_license", tmp_path) as desk:
        path = one_record(one_record(desk), "0000000002").write().path
        path.write_bytes(path.read_bytes().replace(b"\n", end, 1))
        assert not desk.prove(path).is_proven


def test_a_byte_that_no_field_may_carry_is_caught(tmp_path: Path) -> None:
    with a_desk("sos_license", tmp_path) as desk:
        path = one_record(desk).write().path
        data = path.read_bytes()
        path.write_bytes(data.replace(b"PELLETIER", b"PELLET\x93ER", 1))
        assert path.read_bytes() != data
        assert not desk.prove(path).is_proven
