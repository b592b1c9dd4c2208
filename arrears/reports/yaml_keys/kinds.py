"""The kinds of YAML files that people write, where they stand, and who reads them."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from arrears import house
from arrears.answers.quality_rules import load_quality
from arrears.config import Faults
from arrears.expectations import load_suites
from arrears.intake.feeds import load_feeds
from arrears.intake.load.orphans import load_keys
from arrears.law.citations import read_sources
from arrears.law.counting import load_counts
from arrears.law.counting_examples import worked_counts
from arrears.law.coverage import account
from arrears.law.deadlines import load_deadlines
from arrears.law.examples import fact_units, read_examples
from arrears.law.labels import load_labels
from arrears.law.parent_words import load_parent_words
from arrears.law.profile import Profile
from arrears.law.profile_files import states
from arrears.law.remedy import load_cards
from arrears.law.waterfalls import read_waterfalls
from arrears.law.work import load_kinds
from arrears.law.work_order import load_work_order
from arrears.money.calculations import load_money
from arrears.night.layers import load_facts, load_layer
from arrears.queues import load_queues
from arrears.queues.letters import load_letters
from arrears.reports.certification import load_certification
from arrears.reports.criteria import load_assessment
from arrears.reports.lines import FORMS, load_report
from arrears.reports.portal_form import load_portal


@dataclass(frozen=True)
class Kind:
    """A kind of file: its places in the house, and what reads every file of it."""

    name: str
    files: str
    read: Callable[[], Any]

    def holds(self, path: Path) -> bool:
        """Whether a file of the house is of this kind."""
        return path.is_relative_to(house.ROOT) and fnmatch(
            path.relative_to(house.ROOT).as_posix(), self.files
        )


def _profiles() -> dict[str, Profile]:
    return {state: Profile.load(house.RULES, state) for state in states(house.RULES)}


def _examples() -> None:
    for card in load_cards(house.RULES).values():
        read_examples(card, house.RULES, fact_units(card, house.RULES), Faults())


def _count_examples() -> None:
    worked_counts(load_counts(house.RULES), house.RULES)


def _reports() -> None:
    for name in FORMS:
        load_report(house.RULES, name)


def _tables() -> None:
    account(house.RULES, _profiles(), load_cards(house.RULES))


def _key_lists() -> None:
    for feed in load_feeds(house.FEEDS).values():
        if feed.format == "tables":
            load_keys(feed.folder)


def _waterfalls() -> None:
    for state in states(house.RULES):
        read_waterfalls(house.RULES, state)


# In the order of the page; a file belongs to the first kind that it fits.
KINDS = {
    kind.name: kind
    for kind in (
        Kind("feed", "transforms/feeds/*/feed.yml", lambda: load_feeds(house.FEEDS)),
        Kind("feed-keys", "transforms/feeds/*/keys.yml", _key_lists),
        Kind("match", "transforms/match/match.yml", lambda: load_layer(house.MATCH)),
        Kind("facts", "transforms/facts/*facts.yml", lambda: load_facts(house.FACTS)),
        Kind("plan", "transforms/plan/plan.yml", lambda: load_layer(house.PLAN)),
        Kind("condition", "rules/conditions/*.yml", lambda: load_cards(house.RULES)),
        Kind("count-examples", "rules/counts/examples/*.yml", _count_examples),
        Kind("count", "rules/counts/*.yml", lambda: load_counts(house.RULES)),
        Kind("remedy", "rules/remedies/*/remedy.yml", lambda: load_cards(house.RULES)),
        Kind("examples", "rules/remedies/*/examples.yml", _examples),
        Kind("queue", "transforms/queues/*/queue.yml", lambda: load_queues(house.QUEUES)),
        Kind("letters", "rules/letters.yml", lambda: load_letters(house.RULES, load_queues(house.QUEUES))),
        Kind("parents-told", "rules/parent_words/told.yml", lambda: load_parent_words(house.RULES)),
        Kind("parent-words", "rules/parent_words/*.yml", lambda: load_parent_words(house.RULES)),
        Kind("deadline", "rules/deadlines/*.yml", lambda: load_deadlines(house.RULES)),
        Kind("work", "rules/work/*.yml", lambda: load_kinds(house.RULES)),
        Kind("federal", "rules/jurisdictions/us.yml", _profiles),
        Kind("profile", "rules/jurisdictions/*.yml", _profiles),
        Kind("sources", "rules/sources.yml", lambda: read_sources(house.RULES, Faults())),
        Kind("labels", "rules/labels.yml", lambda: load_labels(house.RULES)),
        Kind("policy", "rules/policy.yml", lambda: read_sources(house.RULES, Faults())),
        Kind("waterfall", "rules/waterfalls/*.yml", _waterfalls),
        Kind("money", "transforms/money/money.yml", lambda: load_money(house.MONEY)),
        Kind("tables", "transforms/reports/decision_tables.yml", _tables),
        Kind("expectation", "expectations/*.yml", lambda: load_suites(house.EXPECTATIONS)),
        Kind("desk-kinds", "transforms/desk/kinds.yml", lambda: load_work_order(house.RULES)),
        Kind("desk-priority", "transforms/desk/priority.yml", lambda: load_work_order(house.RULES)),
        Kind("desk-reasons", "transforms/desk/reasons.yml", lambda: load_work_order(house.RULES)),
        Kind("desk-groups", "transforms/desk/groups.yml", lambda: load_work_order(house.RULES)),
        Kind("desk-headings", "transforms/desk/headings.yml", lambda: load_work_order(house.RULES)),
        Kind("desk-budget", "transforms/desk/budget.yml", lambda: load_work_order(house.RULES)),
        Kind("quality", "transforms/reports/quality.yml", lambda: load_quality(house.RULES)),
        Kind(
            "self-assessment", "transforms/reports/self_assessment.yml", lambda: load_assessment(house.RULES)
        ),
        Kind(
            "certification", "transforms/reports/certification.yml", lambda: load_certification(house.RULES)
        ),
        Kind("report", "transforms/reports/ocse_*.yml", _reports),
        Kind("portal", "transforms/portal/portal.yml", lambda: load_portal(house.RULES)),
    )
}
