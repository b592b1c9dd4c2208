"""What `make seeds` does: seeds bugs into the engine, one at a time, and shows that a test catches each.

Each is a slip that a hurried developer could make, in one place of one file, with the few quick tests that
have to notice it. They run on a copy of the project: first as it is, when all must pass, then with each bug
alone. A bug is caught where one of its tests fails; code that does not even load, or SQL that no engine
takes, is no bug that somebody could ship, and counts as missed.

    python tests/faults/seeded.py [--list] [--only NAME] [--workers N]
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parents[2]
COPIED = ("arrears", "benchmarks", "dags", "docs", "expectations", "plugins", "rules", "scripts", "tests")
COPIED_TOO, LENT = ("transforms", "pyproject.toml"), ("sample_data",)
# What a test says of code that is broken rather than wrong.
NO_BUG = re.compile(
    r" - [\w.]*(Import|ModuleNotFound|Syntax|Name|Attribute|Type|Parser|Binder|Catalog)(Error|Exception)\b"
    r"| - Failed: Timeout"
)


@dataclass(frozen=True)
class Seed:
    """One bug: what it is, where, the text as it stands, as it is broken, and who has to notice."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def __init__(self, name: str, file: str, old: str, new: str, *tests: str) -> None:
        for field, value in (("name", name), ("file", file), ("old", old), ("new", new)):
            object.__setattr__(self, field, value)
        object.__setattr__(self, "tests", tuple(f"tests/{one}" for one in tests))

    def broken(self, text: str) -> str:
        """The file's text with the bug in it; refuses where the place is not there, or is there twice."""
        if (found := text.count(self.old)) != 1:
            raise SystemExit(f"{self.name}: its old text stands {found} times in {self.file}, not once.")
        return text.replace(self.old, self.new)


# fmt: off
SEEDS = (
    # Files come in
    Seed("a control file's count is not compared", "arrears/intake/receive/proofs.py",
         "if promised.rows != lines:", "if promised.rows < lines:",
         "test_receive.py::test_counts_and_sums_of_the_control_file_are_held_against_the_data"),
    Seed("a trailer that counts too few is believed", "arrears/intake/receive/proofs.py",
         "if told != shape.counts[record] and there", "if told > shape.counts[record] and there",
         "test_faults_abc.py::test_a04_a_wrong_trailer_count_is_refused_with_both_numbers"),
    Seed("a header counts as a row", "arrears/intake/receive/proofs.py",
         "for record in feed.records if record.gives_rows)", "for record in feed.records)",
         "test_receive.py::test_a_feed_that_proves_itself_needs_no_control_file",
         "test_receive.py::test_batches_of_a_withholding_file_are_counted_and_give_no_row"),
    Seed("a file that was cut short is taken", "arrears/intake/receive/proofs.py",
         "shape.last != feed.record_length and landed.ends_open",
         "shape.last > feed.record_length and landed.ends_open",
         "test_faults_abc.py::test_a01_a_file_cut_inside_a_record_is_refused_as_cut"),
    Seed("a stale file is accepted", "arrears/intake/receive/judge.py",
         "draft.period_on < last.period_on", "draft.received_on < last.received_on",
         "test_receive.py::test_an_older_snapshot_after_a_newer_one_is_held_as_stale"),
    Seed("a gap of one in the sequence passes", "arrears/intake/receive/judge.py",
         "draft.sequence > last.sequence + 1", "draft.sequence > last.sequence + 2",
         "test_receive.py::test_a_gap_in_a_chain_of_changes_is_held"),
    Seed("a duplicate is taken as new", "arrears/intake/receive/judge.py",
         "(known.period_on, known.sequence) == (draft.period_on, draft.sequence)\n    )",
         "known.delivery_id == draft.delivery_id\n    )",
         "test_receive.py::test_the_same_data_under_a_reworded_control_file_is_a_duplicate"),
    Seed("a file that changes while it is read is kept", "arrears/intake/receive/landing.py",
         "(before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or (",
         "before.st_size > after.st_size or (",
         "test_faults_abc.py::test_a19_a20_a_file_that_changes_while_it_is_read_is_refused"),
    Seed("a reject counts as loaded", "arrears/intake/load/stage.py",
         "return Loaded(count, rejects, tables,",
         "return Loaded(count + rejects, rejects, tables,",
         "test_load.py::test_a_bad_line_is_rejected_with_its_reason_and_never_stops_the_file"),
    Seed("only the first number in a text is masked", "arrears/intake/load/masking.py",
         "'{_MASK}', 'g')", "'{_MASK}')",
         "test_masking.py::test_each_number_of_a_text_is_masked"),
    # Layouts
    Seed("a masked value is shown", "arrears/layout/read.py",
         "'\\\\p{{N}}', '9', 'g')", "'\\\\p{{N}}', '9')",
         "test_layout.py::test_a_fault_shows_the_shape_of_a_value_never_its_content"),
    Seed("a number that lost its sign is a plus", "arrears/layout/read.py",
         "'{shape}|0+')", "'{shape}|[0-9]+')",
         "test_layout.py::test_a_lost_sign_is_a_fault_not_a_plus"),
    Seed("a text that is too wide is cut", "arrears/layout/write.py",
         "if not field.may_be_cut:", "if field.is_required and not field.may_be_cut:",
         "test_layout.py::test_a_value_that_does_not_fit_is_an_error_never_cut"),
    # Law and days
    Seed("a business day ignores holidays", "arrears/days.py",
         "day.weekday() < _SATURDAY and day not in self.holidays", "day.weekday() < _SATURDAY",
         "test_days.py::test_seven_business_days_over_independence_day"),
    Seed("where everything is waived everybody is flagged", "arrears/law/verdicts.py",
         "or 'CAST(NULL AS BOOLEAN)'", "or 'true'",
         "test_decide.py::test_a_remedy_whose_every_condition_is_waived_flags_nobody"),
    Seed("a new law begins a day late", "arrears/law/profile.py",
         "if one.from_on is None or one.from_on <= on]", "if one.from_on is None or one.from_on < on]",
         "test_profile.py::test_the_value_in_force_is_the_last_one_dated_on_or_before_the_day"),
    # Facts
    Seed("people vanish with a JOIN", "transforms/facts/case_facts.sql",
         "LEFT JOIN facts.places AS place ON", "JOIN facts.places AS place ON",
         "test_facts_people.py::test_every_case_has_one_row_whatever_is_missing"),
    Seed("a stay ends a day early", "transforms/facts/stays.sql",
         "coalesce(to_on >= $as_of, true)", "coalesce(to_on > $as_of, true)",
         "test_facts_people.py::test_a_stay_ends_after_its_last_day"),
    Seed("good cause is read from the wrong parent", "transforms/facts/stays.sql",
         "JOIN caseload.cases AS cases ON cases.custodial_id = stay.person_id",
         "JOIN caseload.cases AS cases ON cases.obligor_id = stay.person_id",
         "test_facts_edges.py::"
         "test_good_cause_as_the_parent_with_custody_does_not_shield_what_the_same_parent_owes_another_family"),
    Seed("a payment counts before it is posted", "transforms/facts/receipt.sql",
         "status = 'posted' AND coalesce(posted_on", "status = 'posted' OR coalesce(posted_on",
         "test_facts.py::test_a_pending_receipt_is_in_transit_and_no_payment_yet"),
    Seed("an order rests a day too few", "transforms/facts/pause.sql",
         "coalesce(abated_to_on + 1, ", "coalesce(abated_to_on, ",
         "test_facts_accrual.py::test_abated_support_and_times_that_touch_are_one_rest"),
    Seed("a number that two people share links both", "transforms/match/pairs.sql",
         "AND NOT number_is_shared AND NOT", "AND NOT",
         "test_match.py::test_a_number_held_by_two_people_links_neither"),
    # Money
    Seed("cents are divided as float", "transforms/money/shares.sql",
         "left_cents * shared_by // left_weight", "left_cents * shared_by / left_weight",
         "test_money_allocation.py::test_one_cent_goes_to_the_oldest_order",
         "test_money_withholding.py::"
         "test_a_sum_over_equal_orders_goes_by_largest_remainder_to_the_oldest"),
    Seed("whole dollars are rounded up", "arrears/queues/content.py",
         "CAST(amount // 100 AS BIGINT)", "CAST((amount + 99) // 100 AS BIGINT)",
         "test_queues_records.py::"
         "test_a_federal_record_stands_at_its_positions_with_whole_dollars_truncated"),
    Seed("the monthly fee is taken twice", "transforms/money/withholding.sql",
         "$fee_cents - coalesce(wage.fee_taken_cents, 0)", "$fee_cents",
         "test_money_withholding.py::test_the_fee_gives_way_to_support_and_a_monthly_one_is_taken_once"),
    # Plan
    Seed("a window closes on its last day", "transforms/plan/clock.sql",
         "    WHEN $as_of = last_day.ends_on AND anchor.clock_on_last_day IS NOT TRUE THEN false\n", "",
         "test_plan.py::test_the_window_closes_at_the_end_of_its_rolled_last_day"),
    Seed("a hold ends a day early", "transforms/plan/stepping.sql",
         "WHEN decision.decision = 'hold' AND coalesce(decision.until_on >= $as_of, true)",
         "WHEN decision.decision = 'hold' AND coalesce(decision.until_on > $as_of, true)",
         "test_plan.py::test_a_hold_lasts_through_its_day"),
    Seed("an approval outlives its facts", "transforms/plan/stepping.sql",
         "\n        OR decision.facts_hash IS DISTINCT FROM verdict.facts_hash)", ")",
         "test_plan.py::test_an_approval_to_act_does_not_outlive_them_either"),
    Seed("a release is sent twice", "transforms/plan/sent.sql",
         "ANTI JOIN taken_back USING (episode_id, target_id)\n", "",
         "test_plan.py::test_what_was_sent_is_released_once_and_the_episode_ends"),
    Seed("under a stay an amount rises", "transforms/plan/upkeep.sql",
         "OR holding.amount_today_cents < holding.amount_cents)",
         "OR holding.amount_today_cents <> holding.amount_cents)",
         "test_plan.py::test_under_a_stay_an_amount_may_fall_but_not_rise"),
    Seed("a license is given back while a case still holds it", "transforms/plan/actions.sql",
         "coalesce(kept.first_id <> act.episode_id OR kept.last_id <> act.episode_id, false)",
         "coalesce(kept.first_id <> act.episode_id AND kept.first_id = act.episode_id, false)",
         "test_plan.py::test_a_license_shared_by_two_cases_is_given_back_when_the_last_lets_go"),
    Seed("a deadline is overdue on its last day", "transforms/plan/deadlines.sql",
         "last_day.ends_on < $as_of THEN 'overdue'", "last_day.ends_on <= $as_of THEN 'overdue'",
         "test_deadlines.py::test_a_deadline_is_met_runs_is_due_or_overdue"),
    # Queues
    Seed("a file is written in place", "arrears/queues/file.py",
         """aside = path.with_name(f".{path.name}{copy and '.'}{copy}.part")""", "aside = path",
         "test_queues.py::test_a_file_stands_aside_until_the_release_names_it"),
    Seed("a place of which nobody knows is told", "transforms/queues/address.sql",
         "obligor_location_is_protected IS DISTINCT FROM false AS is_protected",
         "coalesce(obligor_location_is_protected, false) AS is_protected",
         "test_queues.py::test_an_address_is_withheld_unless_the_facts_say_it_is_free"),
    Seed("the token of the wrong column", "transforms/queues/identified.sql",
         "THEN any_value(heard.number)", "THEN any_value(marks.number_mark)",
         "test_new_number.py::test_what_is_taken_back_is_taken_back_under_the_number_that_was_told"),
    # Night
    Seed("a hold is not looked at before release", "arrears/night/sql/stopped.sql",
         "'all|' || act.episode_id IN (SELECT key FROM stop_word)\n      OR 'subject|'", "'subject|'",
         "test_release.py::test_why_an_act_does_not_leave"),
    Seed("a pause of one office stops all", "arrears/night/sql/stopped.sql",
         "IN ('', act.remedy) AND pause.office", "IN ('', act.remedy) OR pause.office",
         "test_release.py::test_why_an_act_does_not_leave"),
    Seed("a pause ends a day early", "arrears/night/stops.py",
         '<= night.as_of <= (row["to_on"]', '<= night.as_of < (row["to_on"]',
         "test_release.py::test_a_pause_holds_from_its_first_day_through_its_last"),
    # Ledger
    Seed("an audit row without its previous hash", "arrears/ledger/chain.py",
         '"previous": tip.sha256,', '"previous": "",',
         "test_ledger_people.py::test_every_act_and_every_look_is_in_the_chain"),
    Seed("a lease is not renewed", "arrears/ledger/runs.py",
         "_prolong(tx, run.state, now + lease)", "tx.check_fence(run)",
         "test_ledger_runs.py::test_a_heartbeat_keeps_the_lease"),
    Seed("an old copy still writes", "arrears/ledger/book.py",
         "lease.fence != run.fence or lease.run_id != run.run_id",
         "lease.fence != run.fence and lease.run_id != run.run_id",
         "test_ledger_runs.py::test_an_old_copy_that_wakes_up_can_write_nothing"),
    Seed("what was published is prepared again", "arrears/ledger/batches.py",
         "            _refuse_published(tx.connection, run.state, queue, items)\n", "",
         "test_ledger_batches.py::test_a_published_item_is_refused_before_its_file_is_written"),
    Seed("an accepted delivery is accepted again", "arrears/ledger/deliveries.py",
         'if delivery.outcome in ("accepted", "held"):\n                stands',
         'if delivery.outcome == "held":\n                stands',
         "test_ledger.py::test_the_same_delivery_is_accepted_once"),
    Seed("whoever prepared it approves it", "arrears/ledger/people.py",
         'if row["role"] != "supervisor":', 'if row["role"] == "supervisor":',
         "test_ledger_people.py::test_the_preparer_is_not_the_approver"),
    # Desk, compare, data
    Seed("a forged form is taken", "arrears/desk/security.py",
         "seed and hmac.compare_digest(given.encode(), wanted.encode())",
         "seed",
         "test_desk_security.py::test_a_forged_form_changes_nothing"),
    Seed("an office sees the lines of all", "arrears/desk/open_lines.py",
         'return f"({table}.office IN ({listed}) OR ({nobody}))"', 'return "true"',
         "test_desk_lists.py::test_a_line_of_another_office_is_not_found"),
    Seed("who comes or goes has not changed", "arrears/compare/causes.py",
         "was.signature IS DISTINCT FROM now.signature", "was.signature <> now.signature",
         "test_diff.py::test_whoever_comes_or_goes_has_changed_too"),
    Seed("a sealed file that lost its end is read", "arrears/data/encrypted_files.py",
         'number.to_bytes(11, "big") + bytes([is_last])', 'number.to_bytes(11, "big") + bytes(1)',
         "test_sealed.py::test_a_sealed_file_that_was_changed_is_never_read"),
)
# fmt: on


class Copy:
    """A copy of the project, in which one bug at a time stands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in (*COPIED, *COPIED_TOO):
            source, target = ROOT / name, folder / name
            shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)
        for name in LENT:
            (folder / name).symlink_to(ROOT / name)

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What Python says in the copy, whose own code comes before any that is installed."""
        own = {"PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "400"}
        return subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env=os.environ | own,
            capture_output=True,
            text=True,
        )

    def pytest(self, tests: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """What these tests say, none of them on a database server."""
        quick = ("-q", "-n0", "-x", "-rfE", "--tb=short", "-p", "no:cacheprovider", "-m", "not postgres")
        return self.python("-m", "pytest", *quick, *tests)

    def runs_itself(self) -> bool:
        """Whether it is the code of the copy that runs in it."""
        said = self.python("-c", "import arrears; print(arrears.__file__)").stdout
        return Path(said.strip()).is_relative_to(self.folder)

    @contextmanager
    def broken(self, seed: Seed) -> Iterator[None]:
        """The copy with this bug in it, and as it was afterwards."""
        path = self.folder / seed.file
        whole = path.read_text()
        path.write_text(seed.broken(whole))
        try:
            yield
        finally:
            path.write_text(whole)


def is_caught(code: int, output: str) -> bool:
    """Whether a test failed on what it asks, rather than on code that cannot run."""
    failed = [line for line in output.splitlines() if line.startswith("FAILED ")]
    return code == 1 and bool(failed) and not any(NO_BUG.search(line) for line in failed)


def passes(tests: Sequence[str], copies: "SimpleQueue[Copy]") -> bool:
    """Whether these tests pass in a copy that is not broken; what they say where they do not."""
    copy = copies.get()
    done = copy.pytest(tests)
    copies.put(copy)
    if done.returncode:
        print(done.stdout[-3000:], done.stderr[-1000:], "Unbroken, these tests do not pass.", sep="\n")
    return done.returncode == 0


def tried(seed: Seed, copies: "SimpleQueue[Copy]") -> bool:
    """Whether a bug is caught, told on a line of its own."""
    copy = copies.get()
    try:
        with copy.broken(seed):
            done = copy.pytest(seed.tests)
    finally:
        copies.put(copy)
    caught = is_caught(done.returncode, done.stdout)
    said = [line for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    by = said[0].partition(" - ")[0].rpartition("::")[2] if said else "nobody"
    print(f"{'caught' if caught else 'MISSED'}: {seed.name} ({seed.file}), by {by}", flush=True)
    if not caught:
        print("\n".join([*said, *done.stdout.splitlines()[-3:], *done.stderr.splitlines()[-3:]]), flush=True)
    return caught


def main() -> int:
    """Tries the bugs that are asked for; 1 where one is missed."""
    ask = argparse.ArgumentParser(description="Seeds bugs into the engine and shows that each is caught.")
    ask.add_argument("--only", default="", help="those whose name has these words")
    ask.add_argument("--list", action="store_true", help="name them and try none")
    ask.add_argument("--workers", type=int, default=2, help="how many are tried at once")
    asked = ask.parse_args()
    seeds = [one for one in SEEDS if asked.only in one.name]
    if asked.list or not seeds:
        print("\n".join(f"{one.file}: {one.name}" for one in seeds) or f"No bug is named {asked.only!r}.")
        return int(not seeds)
    with tempfile.TemporaryDirectory(prefix="arrears-seeds-") as folder:
        copies: SimpleQueue[Copy] = SimpleQueue()
        for number in range(max(1, min(asked.workers, len(seeds)))):
            copies.put(whole := Copy(Path(folder).resolve() / str(number)))
        if not whole.runs_itself():
            print("An installed copy of the project runs instead of the copy that is to be broken.")
            return 1
        tests = sorted({test for one in seeds for test in one.tests})
        parts = [tests[number :: copies.qsize()] for number in range(min(copies.qsize(), len(tests)))]
        with ThreadPoolExecutor(copies.qsize()) as pool:
            if not all(pool.map(lambda part: passes(part, copies), parts)):
                return 1
            print(f"unbroken, all {len(tests)} tests pass", flush=True)
            caught = sum(pool.map(lambda one: tried(one, copies), seeds))
    print(f"{len(seeds)} seeded, {caught} caught, {len(seeds) - caught} missed")
    return int(caught < len(seeds))


if __name__ == "__main__":
    sys.exit(main())
