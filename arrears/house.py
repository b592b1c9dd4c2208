"""Where the house stands: the folders of rules, transforms, expectations and sample data."""

import os
from pathlib import Path

ROOT = Path(os.environ.get("ARREARS_HOUSE") or Path(__file__).resolve().parents[1])
RULES = ROOT / "rules"
FEEDS = ROOT / "transforms" / "feeds"
MATCH = ROOT / "transforms" / "match"
FACTS = ROOT / "transforms" / "facts"
MONEY = ROOT / "transforms" / "money"
PLAN = ROOT / "transforms" / "plan"
QUEUES = ROOT / "transforms" / "queues"
REPORTS = ROOT / "transforms" / "reports"
EXPECTATIONS = ROOT / "expectations"
SAMPLE = ROOT / "sample_data"


def transforms_of(rules_dir: Path) -> Path:
    """The transforms that belong to a folder of rules: the two stand side by side."""
    return rules_dir.parent / "transforms"
