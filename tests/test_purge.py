"""Retention: data of past nights go, what was decided stays and is explained, and no ground is taken."""

import hashlib
import json
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from desk_pages import Browser
from json_docs import documented, given
from typer.testing import CliRunner

from arrears import house
from arrears.answers.background_answers import question_id
from arrears.answers.case_history import case_history
from arrears.answers.closed_nights import attach_night, closed_nights
from arrears.answers.explain import explain_case, write_verdicts
from arrears.cli.main import app
from arrears.compare.backfill import backfill
from arrears.compare.replay import replay
from arrears.data import writes
from arrears.data.store import Store
from arrears.data.warehouse import file_list, warehouse
from arrears.desk.web import Person
from arrears.errors import ArrearsError, Refused
from arrears.intake.feeds import load_feeds
from arrears.law.profile import Profile
from arrears.ledger import Ledger
from arrears.ledger.__main__ import parser, run
from arrears.ledger.purge_lists import purged_things, read_list
from arrears.ledger.purges import keyed_digest
from arrears.ledger.store_marks import verify
from arrears.night import purge_search
from arrears.night.purge import look, purge

BY, WHY, AT = "sam.supervisor", "Three years are over.", datetime(2025, 1, 21, tzinfo=UTC)
# A store of two nights, of which the first is past its retention.
FIRST, LAST = date(2025, 1, 14), date(2025, 1, 15)
FACTS = f"nights/me/{FIRST}/facts/case_facts.parquet"


@pytest.fixture(autouse=True)
def _old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has to be kept longer than until the last night."""
    monkeypatch.setattr(purge_search, "_value", lambda *_: 0)


def copied(lived: Store, to: Path) -> Store:
    shutil.copytree(lived.root, to)
    return Store.open(to)


def tree(store: Store) -> dict[str, str]:
    """Each file of a store, by its hash."""
    return {
        path.relative_to(store.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(store.root.rglob("*"))
        if path.is_file() and "ledger.db" not in path.name
    }


def rows(store: Store, name: str, where: str = "true") -> int:
    with warehouse() as con:
        [[count]] = con.execute(
            f"SELECT count(*) FROM read_parquet({file_list([store.root / name])}) WHERE {where}"
        ).fetchall()
    return int(count)


def one_that_went(lived: Store, purged: Store) -> tuple[str, str]:
    """A case of which nothing is left in the facts of the first night, and its parent who owes."""
    here, there = (file_list([one.root / FACTS]) for one in (lived, purged))
    with warehouse() as con:
        [[case, person]] = con.execute(
            f"""SELECT was.case_id, was.person_id FROM read_parquet({here}) AS was
            ANTI JOIN read_parquet({there}) AS now USING (case_id) ORDER BY ALL LIMIT 1"""
        ).fetchall()
    return case, person


@pytest.fixture(scope="module")
def purged(lived_nights: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = copied(lived_nights, tmp_path_factory.mktemp("purged") / "store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(purge_search, "_value", lambda *_: 0)
        purge(store, "me", LAST, BY, WHY, AT)
    return store


def test_a_dry_run_says_what_would_go_and_touches_nothing(lived_nights: Store, purged: Store) -> None:
    before = tree(lived_nights)
    told = look(lived_nights, "me", LAST)
    assert tree(lived_nights) == before
    assert Ledger.open(lived_nights.ledger_url).purges("me") == []
    goes = {one["kind"]: one for one in told["goes"]}
    assert goes["night"]["rows"] > 1000
    assert goes["outbox"]["files"] > 0
    _, things = read_list(purged, Ledger.open(purged.ledger_url).purges("me")[0])
    assert sum(one["files"] for one in told["goes"]) == len(things)


def test_nothing_is_lost_to_verify_and_the_ledger_knows_who_why_and_what(
    lived_nights: Store, purged: Store
) -> None:
    ledger = Ledger.open(purged.ledger_url)
    assert verify(purged, ledger) == []
    [made] = ledger.purges("me")
    assert (made.by, made.before, made.is_ended) == (BY, LAST, True)
    told, things = read_list(purged, made)
    assert told["because"] == WHY
    key = lived_nights.key()
    for thing in things:
        whole = lived_nights.root / thing.name
        sha256 = whole.name if thing.kind == "landed" else hashlib.sha256(whole.read_bytes()).hexdigest()
        assert thing.digest == keyed_digest(key, sha256)
        assert sha256 not in thing.digest
        assert (purged.root / thing.name).is_file() == bool(thing.kept_sha256)
    # What was decided is as it was, file by file; no copy of a row that went is left anywhere.
    was, now = tree(lived_nights), tree(purged)
    kept = [
        name for name in was if "/verdicts/" in name or "/plan/" in name or name.endswith("manifest.json")
    ]
    assert kept
    assert all(now[name] == was[name] for name in kept)
    left = {"purges/me/0001/list.json", "purges/me/0001/went.txt"}
    assert {name for name in now if name.startswith("purges/")} == left
    assert rows(purged, f"nights/me/{FIRST}/queues/credit_bureaus.parquet") == 0


def test_what_a_purged_night_decided_is_still_explained(lived_nights: Store, purged: Store) -> None:
    case, _ = one_that_went(lived_nights, purged)
    was, now = (
        explain_case(store, "me", FIRST, case, "credit_reporting") for store in (lived_nights, purged)
    )
    assert was["purged"] is None
    assert (
        now["purged"]
        == "The facts of this night were purged on 2025-01-21 by sam.supervisor: Three years are over."
    )

    def decided(told: dict[str, Any]) -> list[Any]:
        return [
            (
                one["remedy"],
                one["verdict"],
                one["because"],
                part,
                condition["condition"],
                condition["answer"],
                condition["cites"],
            )
            for one in told["remedies"]
            for part, said in one["parts"].items()
            if said
            for condition in said["conditions"]
        ]

    assert decided(now) == decided(was)
    assert decided(now)
    assert now["acts"] == was["acts"]
    # No fact is told, and none is made up.
    texts = [
        one
        for told in now["remedies"]
        for part in told["parts"].values()
        if part
        for one in part["conditions"]
    ]
    assert all(one["values"] == {} and one["rows"] == [] for one in texts)
    assert not any("$" in one["text"] for one in texts if not one["is_waived"])
    done = CliRunner().invoke(
        app, ["explain", "me", str(FIRST), case, "--remedy", "credit_reporting", "--store", str(purged.root)]
    )
    assert done.exit_code == 0, done.output
    assert "were purged on 2025-01-21" in done.output


# Whoever asks facts of a night; the last two are made of the night before, too.
GONE = rf"The facts of the (night|day release) of {FIRST} were purged on 2025-01-21 by {BY}"
READERS = {
    "replay": f"{FIRST}",
    "diff": f"{FIRST} {LAST}",
    "what-if": f"{FIRST} --set credit_report.threshold_federal=$1",
    "review list": f"{FIRST}",
    "quality": f"{FIRST}",
    "report": f"ocse-157 --on {FIRST}",
    "portal": f"{LAST} --out",
}


@pytest.mark.parametrize("verb", READERS)
def test_who_asks_for_facts_that_are_gone_is_told_so_and_what_can_be_asked(
    purged: Store, tmp_path: Path, verb: str
) -> None:
    said = [*verb.split(), "me", *READERS[verb].split(), *([str(tmp_path / "out")] * (verb == "portal"))]
    done = CliRunner().invoke(app, [*said, "--store", str(purged.root)])
    assert done.exit_code == 1, done.output
    told = " ".join(done.output.split())
    assert re.search(GONE, told)
    assert "`arrears explain`, `verdicts` and `history` still tell" in told
    assert list((tmp_path / "out").glob("*")) == []


def test_verdicts_and_history_still_tell_every_decision(lived_nights: Store, purged: Store) -> None:
    case, _ = one_that_went(lived_nights, purged)
    was, now = (
        write_verdicts(store, "me", FIRST, None, "enter", None, as_rows=True)["verdicts"]
        for store in (lived_nights, purged)
    )
    assert [{**one, "facts_hash": None} for one in was] == [{**one, "facts_hash": None} for one in now]
    assert len({one["facts_hash"] for one in was}) > len({one["facts_hash"] for one in now}) > 1
    was, now = (case_history(store, case) for store in (lived_nights, purged))
    assert (was["purged_nights"], now["purged_nights"]) == (0, 1)
    decided = [[one for one in told["changes"] if one["kind"] != "debt"] for told in (was, now)]
    told = ("on", "kind", "remedy", "subject", "was", "now")
    assert [[one[name] for name in told] for one in decided[0]] == [
        [one[name] for name in told] for one in decided[1]
    ]
    assert {one["cause"] for one in decided[1]} - {one["cause"] for one in decided[0]} <= {"purged"}
    # What was owed that night is gone; on the next one it is known again, and nobody says it began then.
    [debt] = [one for one in now["changes"] if one["kind"] == "debt"]
    assert (debt["on"], debt["was"]) == (LAST.isoformat(), "not known")


def test_the_desk_says_so_on_each_page_and_explains_to_whom_may_know(
    lived_nights: Store, purged: Store
) -> None:
    case, _ = one_that_went(lived_nights, purged)
    roles = frozenset({"supervisor", "policy"})
    browser = Browser(purged, Person(BY, roles))
    for path in ("tonight", "list", "list.csv", "resolved", "quality", "reports/self-assessment"):
        page = browser.get(f"/me/{path}?on={FIRST}")
        assert (page.status_code, bool(re.search(GONE, page.text))) == (400, True)
    assert browser.get("/me/list").status_code == 200
    assert re.search(GONE, browser.get("/me/resolved").text)
    asked = f"/me/explain?who={case}&on={FIRST}"
    assert "What was decided, and by which rule, follows" in browser.get(asked).text
    browser.person = Person(BY, roles, frozenset({"no such office"}))
    assert browser.get(asked).status_code == 404


def test_a_backfill_says_which_days_cannot_be_compared_and_goes_on(purged: Store) -> None:
    told = backfill(purged, "me", FIRST, FIRST, WHY)
    assert [(one["as_of"], one["became"]) for one in told["days"]] == [(FIRST.isoformat(), "purged")]


def test_the_nights_after_a_purge_are_read_as_before(purged: Store) -> None:
    with warehouse() as con:
        attach_night(con, closed_nights(purged, "me")[-1])
        assert con.execute("SELECT count(*) > 400 FROM caseload.cases").fetchall() == [(True,)]


def test_the_ground_of_an_open_episode_stays(lived_nights: Store, purged: Store) -> None:
    with warehouse() as con:
        told = Ledger.open(lived_nights.ledger_url).snapshot("me", only=["episodes"])["episodes"]
        con.register("episodes", told)
        ground = {
            row[0]
            for row in con.execute(
                """SELECT DISTINCT case_id FROM episodes
                WHERE closed_on IS NULL AND opened_on = $on AND case_id <> ''""",
                {"on": FIRST},
            ).fetchall()
        }
    listed = ", ".join(f"'{case}'" for case in sorted(ground))
    assert ground
    kept, were = (rows(store, FACTS, f"case_id IN ({listed})") for store in (purged, lived_nights))
    assert kept == were == len(ground)
    assert kept < rows(lived_nights, FACTS)


def test_a_hold_keeps_all_of_a_case_and_only_while_it_stands(
    lived_nights: Store, purged: Store, tmp_path: Path
) -> None:
    case, person = one_that_went(lived_nights, purged)
    store = copied(lived_nights, tmp_path / "store")
    said = ["--store", str(store.root), "hold", "me", case, "--as", BY, "--because", "A suit is pending."]
    assert run(parser().parse_args(said), AT) == f"A hold keeps case {case}."
    asked = question_id(store, "me", FIRST)
    assert purge(store, "me", LAST, BY, WHY, AT)["held_cases"] == [case]
    # What a page has found out before is not told again.
    assert question_id(store, "me", FIRST) != asked
    assert rows(store, FACTS, f"case_id = '{case}'") == 1
    assert rows(store, f"nights/me/{FIRST}/match/people.parquet", f"person_id = '{person}'") == 1
    run(parser().parse_args([one if one != "hold" else "lift-hold" for one in said]), AT)
    purge(store, "me", LAST, BY, WHY, AT)
    assert rows(store, FACTS, f"case_id = '{case}'") == 0
    assert verify(store, Ledger.open(store.ledger_url)) == []
    with pytest.raises(Refused, match="may not hold"):
        run(parser().parse_args([one if one != BY else "pat.caseworker" for one in said]), AT)


@pytest.mark.parametrize("at", ["purge begun", "purged case_facts.parquet"])
def test_a_purge_that_is_cut_short_is_ended_by_the_next_one(
    lived_nights: Store, purged: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    store = copied(lived_nights, tmp_path / "store")

    def cut(name: str) -> None:
        if name == at:
            raise KeyboardInterrupt

    monkeypatch.setattr(writes, "watchers", [cut])
    with pytest.raises(KeyboardInterrupt):
        purge(store, "me", LAST, BY, WHY, AT)
    monkeypatch.setattr(writes, "watchers", [])
    ledger = Ledger.open(store.ledger_url)
    begun = [one for one in ledger.purges("me") if not one.is_ended]
    if begun:
        told = purged_things(store, ledger, "me")[1]
        assert told == ["Purge 1 of me has not ended: `arrears purge` ends it."]
    told = purge(store, "me", LAST, BY, WHY, AT)
    assert told["ended_before"] == [one.number for one in begun]
    assert purged_things(store, ledger, "me")[1] == []
    same = {
        name: sha
        for name, sha in tree(store).items()
        if name.startswith(("nights/", "outbox/", "landing/", "staging/"))
    }
    assert same == {name: sha for name, sha in tree(purged).items() if name in same}


def test_what_comes_back_or_is_changed_after_a_purge_is_noticed(
    lived_nights: Store, purged: Store, tmp_path: Path
) -> None:
    store = copied(purged, tmp_path / "store")
    ledger = Ledger.open(store.ledger_url)
    _, things = read_list(store, ledger.purges("me")[0])
    back = next(one for one in things if one.kind == "outbox")
    (store.root / back.name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(lived_nights.root / back.name, store.root / back.name)
    left = next(one for one in things if one.kept_rows)
    shutil.copy(lived_nights.root / left.name, store.root / left.name)
    assert verify(store, ledger) == [
        f"{left.name} was changed since the run was closed.",
        f"{back.name} was purged and is there again.",
    ]
    about = store.root / "purges" / "me" / "0001" / "list.json"
    about.write_text(about.read_text().replace(WHY, "No reason."))
    assert purged_things(store, ledger, "me")[1] == ["The list of purge 1 is not the one of its day."]


def test_data_younger_than_the_law_keeps_them_stay(
    lived_nights: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    told = look(lived_nights, "me", date(2030, 1, 1))
    assert told["goes"] == []
    assert (told["records_before"], told["directory_before"]) == ("2022-01-15", "2023-01-15")
    profile = Profile.load(house.RULES, "me")
    for key in (purge_search.RECORDS, purge_search.DIRECTORY):
        assert profile.citable(profile.value(key, LAST).cites)


def test_what_the_national_directory_told_goes_at_its_own_time(
    lived_nights: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    years = {purge_search.RECORDS: 3, purge_search.DIRECTORY: 0}
    monkeypatch.setattr(purge_search, "_value", lambda _, key, __: years[key])
    ledger, profile = Ledger.open(lived_nights.ledger_url), Profile.load(house.RULES, "me")
    feeds, feed_of = load_feeds(house.FEEDS), {one.delivery_id: one.feed for one in ledger.deliveries("me")}

    def going() -> set[str]:
        found = purge_search.search(lived_nights, ledger, profile, LAST)
        assert {one.kind for one in found.things} <= {"staged", "landed", "vault"}
        return {feed_of[one] for one in found.deliveries}

    # An open episode rests on what came so far; without one, nothing but what the directory told may go.
    assert going() == set()
    monkeypatch.setattr(purge_search._Look, "_sources", lambda _: (set(feed_of), set()))
    assert going()
    assert all("national_directory" in feeds[name].labels for name in going())


def test_a_delivery_goes_with_its_original_its_rows_and_its_numbers(
    lived_nights: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = copied(lived_nights, tmp_path / "store")
    monkeypatch.setattr(purge_search._Look, "_sources", lambda _: (set(), set()))
    ledger = Ledger.open(store.ledger_url)
    before = {one.delivery_id: one for one in ledger.deliveries("me", outcome="accepted")}
    told = purge(store, "me", LAST, BY, WHY, AT)
    gone = set(before) - {one.delivery_id for one in ledger.deliveries("me", outcome="accepted")}
    assert len(gone) == told["deliveries"] > 0
    names = {path.relative_to(store.root).as_posix() for path in store.root.rglob("*") if path.is_file()}
    assert not {f"landing/me/{file.sha256}" for one in gone for file in before[one].files} & names
    # Of some the rows stay on which an episode of that night rests; of the others nothing does.
    left = {delivery for delivery in gone if any(f"/{delivery}" in name for name in names)}
    assert gone - left
    assert any(one["kind"] == "vault" for one in told["goes"])
    assert verify(store, ledger) == []
    with warehouse() as con:
        attach_night(con, closed_nights(store, "me")[-1])
    with pytest.raises(
        ArrearsError, match=rf"deliveries that the night of {LAST} read were purged on 2025-01-21"
    ):
        replay(store, "me", LAST)


def test_what_is_gone_without_a_purge_is_told(lived_nights: Store, tmp_path: Path) -> None:
    store = copied(lived_nights, tmp_path / "store")
    ledger = Ledger.open(store.ledger_url)
    one = next(one for one in ledger.deliveries("me", outcome="accepted") if one.feed == "dmv_licenses")
    note = f"nights/me/{FIRST}/validation.html"
    landed = f"landing/me/{one.files[0].sha256}"
    [numbers] = store.root.glob(f"vault/me/*/{one.delivery_id}.parquet")
    for path in (store.root / note, store.root / landed, numbers):
        path.unlink()
    assert verify(store, ledger) == [
        f"{note} is missing.",
        f"{landed} is missing, and no purge took it.",
        f"The numbers of dmv_licenses {one.delivery_id} are not in the vault.",
    ]


def test_only_a_supervisor_purges_and_says_why(lived_nights: Store, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="may not purge"):
        purge(lived_nights, "me", LAST, "pat.caseworker", WHY, AT)
    base = ["purge", "me", "--before", str(LAST), "--store", str(lived_nights.root)]
    done = CliRunner().invoke(app, base)
    assert done.exit_code == 1
    assert "Who purges, and why?" in done.output
    dry = CliRunner().invoke(app, [*base, "--dry-run", "--json"])
    told = json.loads(dry.output)
    assert told["is_done"] is False
    assert given(told) == documented("purge") - {"purge", "ended_before"}
