"""What went wrong, where, and what to do next: every error a person may see."""

import re
from pathlib import Path

# As people write a person's number: 3, 2 and 4 digits apart; or digits in a row, as many as it has or more.
LONG_NUMBER = "[0-9]{3}[-. _/][0-9]{2}[-. _/][0-9]{4}|[0-9]{9,}"
# The hash of a content, by which landing names a file, is nobody's number.
_NUMBER_OR_HASH = re.compile(f"(?P<hash>[0-9a-f]{{64}})|{LONG_NUMBER}")
_PARTS = 4


def safe_path(path: Path | str) -> str:
    """A path or a file's name as every message, list, log and the ledger shows it.

    Escaped, the digits of long numbers masked, and of an absolute one the last parts only, so that no
    machine's folders are printed.
    """
    path = Path(path)
    text = "/".join(path.parts[-_PARTS:]) if len(path.parts) > _PARTS and path.is_absolute() else str(path)
    safe = text.encode("unicode_escape", "surrogateescape").decode("ascii", "replace")
    return _NUMBER_OR_HASH.sub(lambda found: found["hash"] or re.sub("[0-9]", "9", found[0]), safe)


class ArrearsError(Exception):
    """A fault said in one plain sentence each: what, where, what to do.

    None of the three may hold a Social Security number, a name or an account number. Where it happened
    may be a path, which is said as it may be shown.
    """

    def __init__(self, what: str, where: str | Path = "", do: str = "") -> None:
        self.what, self.do = what, do
        self.where = safe_path(where) if isinstance(where, Path) else where
        super().__init__(" ".join(_sentence(part) for part in (what, self.where, do) if part))


class RuleFault(ArrearsError):
    """A fault in `rules/`, `transforms/` or `expectations/`; several are listed at once."""


class Refused(ArrearsError):
    """An act that due process, order of nights or the ledger forbids; nothing was changed."""


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", ":")) else text + "."
