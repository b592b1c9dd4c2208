"""What people may write and which days they may name: every word and day of a person passes here."""

import re
import unicodedata
from datetime import date, timedelta

from arrears.days import months_after
from arrears.errors import Refused

# As much as a reader of the audit chain takes in at a glance; the forms of the desk take no more either.
MOST_LETTERS = 500
# A day further ahead is a slip of the hand: what has no end is written without one.
MOST_MONTHS_AHEAD = 60
# Nine digits as people write a Social Security number, alone or inside a sentence; or an account's many.
LIKE_A_NUMBER = re.compile(r"(?<![0-9])[0-9]{3}[-. _/]?[0-9]{2}[-. _/]?[0-9]{4}(?![0-9])|[0-9]{12,}")
# Control characters and halves of a letter, which nobody can read and not every database keeps.
UNREADABLE = ("Cc", "Cs")
BREAKS = "\t\n\r"


def require_words(text: str, what: str = "") -> None:
    """Refuses a reason that is empty, too long to be read, or not readable, or seems to hold a number."""
    if not text.strip():
        raise Refused("This act needs a reason", what, "Say why in a few words.")
    require_readable(text, what)
    letters = len(text.replace("\r\n", "\n"))
    if letters > MOST_LETTERS:
        raise Refused(
            f"A reason of {letters:,} letters is too long to be read",
            what,
            f"Say it in {MOST_LETTERS} or fewer.",
        )
    refuse_numbers(text, what)


def require_readable(text: str, what: str = "") -> None:
    """Refuses text with control characters, except tabs and line breaks."""
    if any(unicodedata.category(one) in UNREADABLE and one not in BREAKS for one in text):
        raise Refused("The words hold a character that cannot be read", what, "Write them as plain text.")


def refuse_numbers(text: str, what: str = "") -> None:
    """Refuses words that seem to hold a Social Security or account number."""
    if LIKE_A_NUMBER.search(text):
        raise Refused(
            "The words seem to hold a Social Security or account number",
            what,
            "Name the case or person id instead.",
        )


def require_coming(day: date, today: date, what: str) -> None:
    """Refuses a day that is over, or so far ahead that it is a slip of the hand; `what` is to end with it."""
    if day < today:
        raise Refused(f"{what} until {day} is over already", "", f"Name {today} or a later day.")
    if day > months_after(today, MOST_MONTHS_AHEAD):
        raise Refused(
            f"{what} until {day} is more than {MOST_MONTHS_AHEAD // 12} years away",
            "",
            "Name a nearer day, or none where it stands until further notice.",
        )


def require_pause_days(from_on: date, to_on: date | None, today: date) -> None:
    """Refuses a pause that ends before it begins, begins before today, or lies too far ahead."""
    if to_on is not None and to_on < from_on:
        raise Refused("The pause ends before it begins", f"{from_on} to {to_on}", "Swap the two days.")
    if from_on < today:
        raise Refused(
            f"A pause from {from_on} would begin in the past, where nothing can be stopped",
            "",
            f"Let it begin on {today} or later.",
        )
    require_coming(max(from_on, to_on or from_on), today, "A pause")


def require_pause_end(last_on: date, from_on: date, planned: date | None, today: date) -> None:
    """Refuses a last day of a pause that changes what is past, or makes the pause longer than it was set."""
    earliest = max(today, from_on) - timedelta(days=1)
    if last_on < earliest:
        raise Refused(
            f"{last_on} cannot be the last day of this pause, which stands from {from_on}",
            "",
            f"Name {earliest} to end it at once, or a later day.",
        )
    if planned is not None and last_on > planned:
        raise Refused(
            f"This pause ends on {planned}, before {last_on}", "", "A longer stop is a pause of its own."
        )
    require_coming(max(last_on, today), today, "A pause")
