"""What `arrears golden` says before a golden outbox changes, and that it writes only when it is asked to."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arrears import house
from arrears.author.golden import Change, compared
from arrears.author.sample import golden, sample_nights
from arrears.cli.main import app
from arrears.queues import load_queues

STATE = "ma"
NIGHT = sample_nights(STATE)[0]
REFUNDS = "state_tax_setoff.000018.txt"


def kept() -> dict[str, bytes]:
    """The golden files of the first night, and of them one claim on a refund."""
    return golden(NIGHT, STATE)


def told(now: dict[str, bytes]) -> list[Change]:
    """What is said where these files would leave in place of the golden ones."""
    return compared(STATE, NIGHT, kept(), now, load_queues(house.QUEUES))


def test_nothing_is_said_of_what_stays() -> None:
    assert told(kept()) == []


def test_a_changed_record_is_told_by_field_and_without_anybodys_name_or_number() -> None:
    layout = load_queues(house.QUEUES)["state_tax_setoff"].detail
    amount = next(one for one in layout.columns if one.kind == "cents")
    name = next(one for one in layout.columns if "last_name" in one.name)
    lines = kept()[REFUNDS].decode("latin-1").splitlines(keepends=True)
    at = next(n for n, one in enumerate(lines) if one[amount.start - 1 : amount.end].strip("0 "))
    line = lines[at]
    other = line[: amount.start - 1] + "7" * amount.length + line[amount.end :]
    other = other[: name.start - 1] + "Q" * name.length + other[name.end :]
    lines[at] = other
    [one] = told(kept() | {REFUNDS: "".join(lines).encode("latin-1")})
    assert (one.what, one.added, one.removed, one.changed) == ("differs", 0, 0, 1)
    [said] = one.lines
    assert f"{amount.name} {line[amount.start - 1 : amount.end]} -> {'7' * amount.length}" in said
    assert f"{name.name} is another" in said
    assert "QQQ" not in said
    for field in layout.columns:
        value = line[field.start - 1 : field.end].strip()
        if field.name == "ssn" or "name" in field.name:
            assert not value or value not in said


def test_a_record_more_and_one_less_are_counted_and_show_no_number() -> None:
    lines = kept()[REFUNDS].decode("latin-1").splitlines(keepends=True)
    [less] = told(kept() | {REFUNDS: "".join(lines[:1] + lines[2:]).encode("latin-1")})
    assert (less.added, less.removed, less.changed) == (0, 1, 0)
    ssn = load_queues(house.QUEUES)["state_tax_setoff"].detail.field("ssn")
    assert lines[1][ssn.start - 1 : ssn.end] not in " ".join(less.lines)


def test_a_batch_of_another_number_is_held_against_the_one_that_it_replaces() -> None:
    was, renumbered = "lottery.000007.txt", "lottery.000099.txt"
    now = kept()
    now[renumbered] = now.pop(was)
    [one] = told(now)
    assert one.what == f"is {renumbered} now, otherwise the same"
    assert (one.was, one.file, one.lines) == (was, renumbered, ())
    del now[renumbered]
    assert [(one.was, one.what) for one in told(now)] == [(was, "gone")]
    new = told(kept() | {"letters.000001.txt": b"L\n"})
    assert [(one.file, one.what) for one in new] == [("letters.000001.txt", "new")]


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The outbox of a copied sample night on which what really must leave has left; it is not lived anew."""
    folder = house.SAMPLE / STATE / str(NIGHT)
    outbox = tmp_path / "sample_data" / STATE / str(NIGHT) / "outbox"
    shutil.copytree(folder / "outbox", outbox)
    outbox.with_name("inbox").mkdir()
    real = kept()

    def live(root: Path, night: date, state: str) -> None:
        sent = root / "outbox" / state / str(night)
        sent.mkdir(parents=True)
        for name, data in real.items():
            (sent / name).write_bytes(data)

    monkeypatch.setattr(house, "SAMPLE", tmp_path / "sample_data")
    monkeypatch.setattr("arrears.author.golden.live", live)
    return outbox


def test_golden_shows_what_would_change_and_writes_only_when_asked(shipped: Path) -> None:
    def ask(*words: str, code: int) -> list[tuple[str, str]]:
        done = CliRunner().invoke(app, ["golden", STATE, *words, "--json"])
        assert done.exit_code == code, done.output
        return [(one["was"], one["what"]) for one in json.loads(done.stdout)["files"]]

    def files() -> dict[str, bytes]:
        return {one.name: one.read_bytes() for one in shipped.iterdir()}

    real = files()
    assert ask(code=0) == []
    (shipped / "lottery.000007.txt").write_bytes(b"nothing\n")
    (shipped / "stray.000001.txt").write_bytes(b"nobody sends this\n")
    before, wrong = files(), [("lottery.000007.txt", "differs"), ("stray.000001.txt", "gone")]
    assert ask(code=1) == wrong
    assert files() == before
    assert ask("--write", code=0) == wrong
    assert files() == real
    assert ask(code=0) == []


def test_a_state_without_sample_nights_is_refused(shipped: Path) -> None:
    done = CliRunner().invoke(app, ["golden", "nh"])
    assert done.exit_code == 1
    assert "No sample nights of nh are shipped" in done.stderr
