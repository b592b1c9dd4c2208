"""The outline of a night for who only schedules it: its steps in order, and the short names of sources.

Imports nothing of the engine, so that DAG files, which are read again and again, may read it too.
"""

# Each step with what it does, in the order of a night; `arrears.night.steps` holds the functions.
STEPS = {
    "match": "Links rows of the feeds to persons of the caseload; what only may be a match goes to a person.",
    "facts": "One wide row per case and per person, as of the date.",
    "remedies": "A verdict per subject and remedy: flag, clear or unknown, with every condition.",
    "actions": "What is to be done: notices, reviews, sends, stops and releases, each behind its clock.",
    "queues": "The rows that each agency queue would get.",
    "check": "The expectations on feeds, facts and queues; a stop ends the night before anything leaves.",
    "release": "Writes, reads back and publishes the queue files; stops are read again just before.",
    "close": "The manifest that makes the night final, and its summary.",
}
# Short names of sources; any other feed goes by its own name.
SHORT = {
    "employer_new_hires": "employer",
    "dmv_licenses": "dmv",
    "bank_accounts": "bank",
    "state_tax_refunds": "tax",
}


def source_of(feed: str) -> str:
    """The name under which a feed's files are waited for and taken in."""
    return SHORT.get(feed, feed)
