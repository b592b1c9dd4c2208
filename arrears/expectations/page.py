"""The validation page of a night: one self-contained HTML file without script or outside assets."""

from collections.abc import Iterable
from html import escape

from arrears.expectations.outcome import Check, Outcome

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #ffffff; --line: #767676; --soft: #f0f0f0;
  --stop: #a3161c; --warn: #7a4a00; --good: #1a5e2a; }
@media (prefers-color-scheme: dark) { :root { --ink: #f0f0f0; --paper: #16181a; --line: #8d8d8d;
  --soft: #26292c; --stop: #ff9a9a; --warn: #f2c063; --good: #86d99a; } }
body { margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem; }
caption { text-align: left; font-weight: bold; padding: .5rem 0; }
th, td { border: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
thead th { background: var(--soft); }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.stop { color: var(--stop); font-weight: bold; } .warn { color: var(--warn); font-weight: bold; }
.passed { color: var(--good); }
code { font-size: .9em; }
summary { cursor: pointer; }
.wide { overflow-x: auto; }
"""

_DO = {
    "there_are_suites": "Say which suites the night runs; a night without checks cannot be released.",
    "suite_has_checks": "Write at least one check for this table.",
    "suite_can_run": "Compare the columns of the table with those that the suite names.",
    "table_can_be_read": "Find out which delivery or step should have made the table, and run that again.",
    "batch_has_rows": "Ask the sender whether the file is whole; say `may_be_empty` if such days are usual.",
    "column_is_there": "Compare the layout in use with the partner's latest one, or correct the check.",
    "column_has_values": "Compare the layout in use with the partner's latest one: a field may have moved.",
}
_DO_STOP = (
    "Nothing leaves until this is explained. Look at the rows named here; correct and load again, "
    "or ask for a new file. A bound is explained before it is moved."
)
_DO_PART = {
    "aside": "Only what is laid on those whom these rows are about waits, and says so on the list. "
    "Correct their rows.",
    "hold": "Only what rests on this table waits. Find out what is wrong; it leaves with the next night that "
    "passes.",
}
# Both look like a warning: the night goes on.
_LOOK = {"aside": "warn", "hold": "warn"}
_DO_WARN = "The night goes on. Tell the owner of the table, and look whether tomorrow shows it again."


def page(outcome: Outcome, title: str = "Checks") -> str:
    """The page: what stops first, then what warns, then everything that was looked at."""
    stops, kept, warnings = outcome.stops, outcome.kept_back, outcome.warnings
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<p>Business date {outcome.as_of.isoformat()}. {_headline(outcome)}</p>",
        _broken("What stops this night", "stop", stops) if stops else "",
        _broken("What keeps back a part, and lets the rest leave", "warn", kept) if kept else "",
        _broken("What a person should know of", "warn", warnings) if warnings else "",
        _everything(outcome),
        "<p>Counts and places in files only: this page holds no data about a person.</p>",
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(part for part in body if part)
        + "\n</main>\n</body>\n</html>\n"
    )


def _headline(outcome: Outcome) -> str:
    stops, warnings, all_of_them = len(outcome.stops), len(outcome.warnings), len(outcome.checks)
    held = (
        f'<strong class="stop">{_number(stops, "check stops", "checks stop")} this night.</strong>'
        if stops
        else '<strong class="passed">Nothing stops this night.</strong>'
    )
    also = f"{_number(warnings, 'warning', 'warnings')}; {_number(all_of_them, 'check', 'checks')} in all."
    return f"{held} {also}"


def _broken(caption: str, severity: str, checks: Iterable[Check]) -> str:
    rows = "\n".join(_broken_row(check) for check in checks)
    return (
        f'<div class="wide"><table>\n<caption>{escape(caption)}</caption>\n<thead><tr>'
        '<th scope="col">Table</th><th scope="col">Check</th><th scope="col">Found</th>'
        '<th scope="col">Why it matters</th><th scope="col">What to do</th></tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table></div>"
    )


def _broken_row(check: Check) -> str:
    places = f"<br>{escape(', '.join(check.rows))}" if check.rows else ""
    query = (
        f"<details><summary>The rule as a query</summary><code>{escape(check.query)}</code></details>"
        if check.query
        else ""
    )
    severity = check.severity
    usual = _DO_STOP if severity == "stop" else _DO_WARN
    do = check.do or _DO_PART.get(severity) or _DO.get(check.type) or usual
    return (
        f'<tr><th scope="row">{escape(check.table)}</th>'
        f'<td><span class="{_LOOK.get(severity, severity)}">{severity}</span>: {_name(check)}{query}</td>'
        f"<td>{escape(_found(check))}{places}</td><td>{escape(check.why)}</td><td>{escape(do)}</td></tr>"
    )


def _everything(outcome: Outcome) -> str:
    by_table: dict[str, list[Check]] = {}
    for check in outcome.checks:
        by_table.setdefault(check.table or "no table", []).append(check)
    parts = []
    for table, checks in by_table.items():
        rows = "\n".join(
            f'<tr><th scope="row">{_name(check)}</th><td>{_result(check)}</td>'
            f"<td>{escape(_found(check))}</td><td>{escape(check.why)}</td></tr>"
            for check in checks
        )
        parts.append(
            f"<details><summary>{escape(table)}: {_number(len(checks), 'check', 'checks')}</summary>\n"
            f'<div class="wide"><table>\n<caption>{escape(table)}</caption>\n<thead><tr>'
            '<th scope="col">Check</th><th scope="col">Result</th><th scope="col">Found</th>'
            f'<th scope="col">Why it is believed</th></tr></thead>\n<tbody>\n{rows}\n</tbody>\n'
            "</table></div></details>"
        )
    return "<h2>Everything that was looked at</h2>\n" + "\n".join(parts)


def _name(check: Check) -> str:
    plain = "rule about rows" if check.query else check.type.removeprefix("expect_").replace("_", " ")
    return escape(f"{plain} ({check.column})" if check.column else plain)


def _result(check: Check) -> str:
    word = "passed" if check.success else check.severity
    return f'<span class="{_LOOK.get(word, word)}">{word}</span>'


def _found(check: Check) -> str:
    """What was counted, in words."""
    seen = check.observed
    if "could_not_run" in seen:
        return "could not run"
    rows = seen.get("rows", seen.get("element_count"))
    parts = [f"{check.unexpected_count:,} unexpected"] if check.unexpected_count is not None else []
    if rows is not None:
        parts.append(f"{rows:,} rows")
    elif "observed_value" in seen and check.unexpected_count is None:
        parts.append(f"{seen['observed_value']:,}")
    if "filled" in seen:
        parts.append(f"{seen['filled']:,} filled")
    return ", ".join(parts)


def _number(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
