"""What a believable feed, fact table or queue looks like, checked before anything leaves.

Suites are YAML under `expectations/`; Great Expectations runs them as SQL on DuckDB. This package
is the only place that imports `great_expectations` and `duckdb_engine`. The latter opens DuckDB
for SQLAlchemy when it is imported (it asks for the list of reserved words): the one exception to
the rule that only `arrears.data.warehouse` opens the engine. No data passes through that connection;
the checks run over one that `arrears.data.warehouse` opened.

Importing this package is cheap. The libraries, 3 to 4 seconds of import, come with `run_checks`.
"""

from arrears.expectations.broken import few_rows
from arrears.expectations.outcome import Check, Outcome
from arrears.expectations.page import page
from arrears.expectations.run import run_checks
from arrears.expectations.suites import Expectation, Suite, load_suites

__all__ = ["Check", "Expectation", "Outcome", "Suite", "few_rows", "load_suites", "page", "run_checks"]
