"""What went wrong, where, and what to do next: every error a person may see."""


class ArrearsError(Exception):
    """A fault said in one plain sentence each: what, where, what to do.

    None of the three may hold a Social Security number, a name or an account number.
    """

    def __init__(self, what: str, where: str = "", do: str = "") -> None:
        self.what, self.where, self.do = what, where, do
        super().__init__(" ".join(_sentence(part) for part in (what, where, do) if part))


class RuleFault(ArrearsError):
    """A fault in `rules/`, `transforms/` or `expectations/`; several are listed at once."""


class Refused(ArrearsError):
    """An act that due process, order of nights or the ledger forbids; nothing was changed."""


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", ":")) else text + "."
