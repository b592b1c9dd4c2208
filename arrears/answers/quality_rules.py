"""What "was it right" counts, as `transforms/reports/quality.yml` tells it: blame, answers, bars of plots."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arrears import house
from arrears.config import Faults, Node, read_once, read_yaml
from arrears.sqltext import sql_faults


@dataclass(frozen=True)
class Answers:
    """A feed in which partners answer: to which queues, which rows are answers, and which are rejects."""

    feed: str
    queues: tuple[str, ...]
    answered_when: str
    rejected_when: str
    of: str
    # Which act a row answers, why it was refused, and whether no other answer follows.
    to: str
    reason: str
    is_final: bool
    # What the codes of a reason mean.
    words: Mapping[str, str]

    @property
    def sql(self) -> tuple[str, ...]:
        """Every expression in it."""
        return (self.answered_when, self.rejected_when, self.to, self.reason)

    def in_words(self, reason: str) -> str:
        """A reason, or several codes, as people say it."""
        if reason in self.words:
            return self.words[reason]
        codes = reason.split()
        if self.words and all(code in self.words for code in codes):
            return "; ".join(self.words[code] for code in codes)
        return reason.lower() if reason.isupper() and " " in reason else reason


@dataclass(frozen=True)
class QualityRules:
    """Everything that `transforms/reports/quality.yml` says."""

    blames: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, Answers]
    ageing_days: tuple[int, ...]
    release_days: tuple[int, ...]
    nights_plotted: int
    # How many nights make a line ignored that nobody decides, and which share of a kind makes it warn.
    ignored_nights: int
    ignored_percent: int


@read_once("../transforms")
def load_quality(rules_dir: Path) -> QualityRules:
    """The rules of counting; one `RuleFault` lists every fault of the file."""
    faults = Faults()
    root = read_yaml(house.transforms_of(rules_dir) / "reports" / "quality.yml", faults)
    feeds, queues = (
        {path.name for path in (house.transforms_of(rules_dir) / kind).iterdir()}
        for kind in ("feeds", "queues")
    )
    made = QualityRules(
        blames=root.node("blames").lists(),
        answers={
            str(feed): _answers(str(feed), node, feeds, queues)
            for feed, node in root.node("answers").children()
        },
        ageing_days=_days(root, "ageing_days"),
        release_days=_days(root, "release_days"),
        nights_plotted=root.integer("nights_plotted"),
        ignored_nights=root.integer("ignored_nights"),
        ignored_percent=root.integer("ignored_percent"),
    )
    root.done()
    faults.raise_any("transforms/reports", "Correct each of these; nothing was counted")
    return made


def _answers(feed: str, node: Node, feeds: set[str], queues: set[str]) -> Answers:
    made = Answers(
        feed=feed,
        queues=node.texts("queues"),
        answered_when=node.text("answered_when", required=False, otherwise="true"),
        rejected_when=node.text("rejected_when"),
        of=node.text("of", choices=("answers", "sent")),
        to=node.text("to"),
        reason=node.text("reason"),
        is_final=node.boolean("is_final", otherwise=True),
        words=node.node("words").pairs() if node.has("words") else {},
    )
    for one in sorted({feed} - feeds) + sorted(set(made.queues) - queues):
        node.fault(f"{one} is not a feed or queue")
    for fault in (fault for sql in made.sql for fault in sql_faults(sql)):
        node.fault(fault)
    node.done()
    return made


def _days(root: Node, key: str) -> tuple[int, ...]:
    found = root.take(key, kind="list of whole numbers")
    if (
        not isinstance(found, list)
        or found != sorted(found)
        or not all(isinstance(one, int) for one in found)
    ):
        root.fault(f"{key} must be whole numbers, rising")
        return ()
    return tuple(found)
