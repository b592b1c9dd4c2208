"""The files for the Federal Case Registry: what they count, and that no two of a day are one batch."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from outside_slicer import cut, records
from queue_desk import AS_OF, QUEUES, a_desk

from arrears.night.release import terms_of_file


def in_header(queue: str, folder: Path, files_before: int) -> tuple[str, str]:
    """The batch number of a file with two records, and the count of its trailer."""
    folder.mkdir()
    with a_desk(queue, folder) as desk:
        for number in ("1", "2"):
            person, case = f"000000000{number}", f"C{number}"
            subject = case if queue == "fcr_cases" else f"{case}:{person}"
            desk.person(person, sex="F").case(case, person)
            desk.add("facts.life_facts", subject_id=subject, case_id=case, has_enforceable_order=True)
            desk.add("facts.registry_people", subject_id=subject, role="owes", is_disclosure_barred=False)
            desk.item(
                "add", subject_id=subject, case_id=case, target_id=subject, person_id=person, amount_cents=0
            )
        desk.terms = desk.queue.terms(desk.profile, AS_OF, files_before)
        written = desk.write()
        assert written.not_sent == ()
        assert desk.prove(written.path).faults == ()
        header, *_, trailer = records(written.path, 640)
    said = cut(QUEUES / queue / "header.csv", header), cut(QUEUES / queue / "trailer.csv", trailer)
    return said[0]["batch_number"], said[1]["record_count"]


def test_no_two_files_of_a_day_bear_one_batch_number(tmp_path: Path) -> None:
    found = [
        in_header(queue, tmp_path / f"{queue}{before}", before)
        for before in range(4)
        for queue in ("fcr_cases", "fcr_persons")
    ]
    assert [number for number, _ in found] == [f"25015{n}" for n in range(1, 9)]


@pytest.mark.parametrize("queue", ["fcr_cases", "fcr_persons"])
def test_the_trailer_counts_the_records_without_header_and_trailer(queue: str, tmp_path: Path) -> None:
    assert in_header(queue, tmp_path / queue, 0)[1] == "00000002"


def a_batch(number: int, **but: Any) -> Any:
    return SimpleNamespace(
        batch_no=number, **{"queue": "fcr_cases", "status": "published", "records": 1, **but}
    )


def test_only_files_of_the_queue_that_left_that_day_count_and_of_a_replay_only_those_before(
    tmp_path: Path,
) -> None:
    batches = [
        a_batch(1),
        a_batch(2, status="abandoned"),
        a_batch(3, queue="fcr_persons"),
        a_batch(4, records=0),
        a_batch(5),
    ]
    asked = []

    def held(state: str, as_of: Any) -> list[Any]:
        asked.append((state, as_of))
        return batches

    with a_desk("fcr_cases", tmp_path) as desk:
        night: Any = SimpleNamespace(
            ledger=SimpleNamespace(batches=held), state="me", as_of=AS_OF, profile=desk.profile
        )
        said = [terms_of_file(night, desk.queue, *of).params["files_before"] for of in ((), (1,), (5,), (9,))]
    assert said == [2, 0, 1, 2]
    assert set(asked) == {("me", AS_OF)}
