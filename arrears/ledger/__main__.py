"""Acts on the ledger that an operator needs seldom: users, absences, leases, the audit chain.

python -m arrears.ledger --store store absent me 2025-01-15 --as USER --because TEXT
"""

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from arrears.data.store import Store
from arrears.errors import ArrearsError
from arrears.ledger import AuditTip, Ledger
from arrears.ledger.key_rotation import rotate_key
from arrears.ledger.store_marks import ACCEPTED, carry_away, note_tip, verify


def parser() -> argparse.ArgumentParser:
    """The commands and their arguments."""
    top = argparse.ArgumentParser(
        prog="python -m arrears.ledger", description=(__doc__ or "").splitlines()[0]
    )
    top.add_argument("--store", metavar="DIR-or-URL", default="store")
    verbs = top.add_subparsers(dest="verb", required=True)
    user = verbs.add_parser("user", help="give a user roles")
    user.add_argument("name")
    user.add_argument("roles", nargs="+", metavar="ROLE")
    absent = verbs.add_parser("absent", help="declare that a night will not be run")
    absent.add_argument("state")
    absent.add_argument("as_of", type=date.fromisoformat, metavar="DATE")
    free = verbs.add_parser("break-lease", help="free a state whose holder is gone for certain")
    free.add_argument("state")
    check = verbs.add_parser("verify", help="compare ledger, outbox, manifests and staging with each other")
    check.add_argument("--tip", metavar="N:HASH", help="a last act that was kept on paper")
    verbs.add_parser("tip", help="print the last act of the audit chain, to be kept elsewhere")
    rotate = verbs.add_parser("rotate-key", help="put vault and landing under a new key")
    volume = verbs.add_parser("volume", help="say that the outbox is on an encrypted volume")
    accept = verbs.add_parser("accept", help="go on with a restored ledger that knows less than the store")
    carried = verbs.add_parser("carried", help="let published files go to their partner")
    carried.add_argument("files", type=Path, nargs="+", metavar="FILE")
    hold = verbs.add_parser("hold", help="keep a case's data from every purge")
    lift = verbs.add_parser("lift-hold", help="let a purge take a case's data again")
    for verb in (hold, lift):
        verb.add_argument("state")
        verb.add_argument("case", metavar="CASE")
    for verb in (absent, free, accept, rotate, volume, carried, hold, lift):
        verb.add_argument("--as", dest="by", required=True, metavar="USER")
        verb.add_argument("--because", required=True, metavar="TEXT")
    return top


def run(asked: argparse.Namespace, now: datetime) -> str:
    """What was done, in one sentence; an `ArrearsError` where it was not."""
    store = Store.open(asked.store)
    ledger = Ledger.open(store.ledger_url)
    if asked.verb == "user":
        ledger.add_user(asked.name, set(asked.roles), at=now)
        return f"{asked.name} is {', '.join(sorted(asked.roles))}."
    if asked.verb == "absent":
        ledger.declare_absent(asked.state, asked.as_of, asked.by, asked.because, at=now)
        return f"The night of {asked.as_of} in {asked.state} will not be run."
    if asked.verb == "break-lease":
        ledger.break_lease(asked.state, asked.by, asked.because, at=now)
        return f"{asked.state} is free."
    if asked.verb == "rotate-key":
        moved = rotate_key(store, ledger, asked.by, asked.because, now)
        return f"{moved} file(s) of vault and landing are now encrypted with the newest key."
    if asked.verb == "volume":
        ledger.said(asked.by, "volume", asked.because, at=now)
        return "The outbox counts as encrypted by its volume."
    if asked.verb == "carried":
        taken = carry_away(store, ledger, asked.files, asked.by, asked.because, at=now)
        return f"{taken} published file(s) may be carried away."
    if asked.verb in ("hold", "lift-hold"):
        is_lifted = asked.verb == "lift-hold"
        ledger.hold(asked.state, asked.case, asked.by, asked.because, now, is_lifted)
        return f"No hold keeps case {asked.case} now." if is_lifted else f"A hold keeps case {asked.case}."
    if asked.verb == "tip":
        tip = note_tip(store, ledger, "noted")
        return f"{tip.ordinal}:{tip.sha256}"
    if asked.verb == "accept":
        ledger.said(asked.by, "accept_restored", asked.because, at=now)
        note_tip(store, ledger, f"{ACCEPTED} by {asked.by}")
        return "The ledger counts as it is; whatever left since its copy was made must be in caseload.sent."
    if faults := verify(store, ledger, *_paper(asked.tip)):
        raise ArrearsError(f"{len(faults)} thing(s) are not as they were recorded: {' '.join(faults)}")
    return "The audit chain is intact; outbox, manifests and staging are as they were recorded."


def _paper(text: str | None) -> list[AuditTip]:
    """The tip that somebody read from paper, if any."""
    if text is None:
        return []
    ordinal, _, sha256 = text.partition(":")
    if not ordinal.isdigit() or not sha256:
        raise ArrearsError(
            "This is not a tip", "--tip", "Write it as it was printed: the number, a colon, the hash."
        )
    return [AuditTip(int(ordinal), sha256)]


def main() -> None:
    """The entry point of `python -m arrears.ledger`."""
    try:
        print(run(parser().parse_args(), datetime.now(UTC)))
    except ArrearsError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
