"""What a believable feed, fact table or queue looks like, checked before anything leaves.

Suites are YAML under `expectations/`. Great Expectations says what each expectation must know of a table and
judges the answers; DuckDB gives those of a table from one statement. This package is the only place that
imports `great_expectations`.

Importing this package is cheap. The library, more than a second of import, comes with `run_checks` or
`import_ahead`.
"""

from arrears.expectations.broken import few_rows
from arrears.expectations.library import import_ahead
from arrears.expectations.outcome import Check, Outcome
from arrears.expectations.page import page
from arrears.expectations.run import run_checks
from arrears.expectations.suites import Expectation, Suite, load_suites

__all__ = [
    "Check",
    "Expectation",
    "Outcome",
    "Suite",
    "few_rows",
    "import_ahead",
    "load_suites",
    "page",
    "run_checks",
]
