"""What a run looks at before any work: keys, room on the disk, and that its inputs are as they were loaded.

Each fault is one sentence at once, instead of an engine's own words after minutes.
"""

import os

from arrears.data.identity import attach_vault, use_file_keys, vault_files, vault_select
from arrears.data.store import Store
from arrears.data.warehouse import Connection, EngineError, warehouse
from arrears.errors import ArrearsError, Refused
from arrears.ledger import Ledger
from arrears.ledger.store_marks import lost_numbers, refuse_strangers, staged_faults

LEAST_BYTES, LEAST_FILES = 64 << 20, 500
VOLUME = "volume"  # the act by which a supervisor says so


def refuse_unready(store: Store, ledger: Ledger, state: str) -> None:
    """Refuses a run whose key, disk, ledger or inputs would stop it later, or let it send twice."""
    refuse_full_disk(store)
    refuse_bare_outbox(store, ledger)
    refuse_broken_vault(store, state)
    refuse_lost_numbers(store, ledger, state)
    refuse_strangers(store, ledger, state)
    if faults := staged_faults(store, ledger, state):
        raise ArrearsError(
            f"{len(faults)} staged table(s) are not as they were loaded",
            " ".join(faults[:3]),
            "Restore them from the backup; nothing was decided on them",
        )


def refuse_full_disk(store: Store) -> None:
    """Refuses where the store's disk has no room for a night, by bytes or by files."""
    disk = os.statvfs(store.root)
    room = disk.f_bavail * disk.f_frsize
    if room < LEAST_BYTES:
        raise ArrearsError(f"The disk of the store has {room >> 20} MiB left", store.root, "Make room on it")
    if disk.f_files and disk.f_favail < LEAST_FILES:
        raise ArrearsError(
            f"The disk of the store can take {disk.f_favail} more files (inodes)",
            store.root,
            "Remove what is not needed from it",
        )


def refuse_bare_outbox(store: Store, ledger: Ledger) -> None:
    """Refuses to fill the outbox of real people where nobody has said that its disk is encrypted.

    Partners read these files as they are, so that they cannot lie under our own key.
    """
    if store.kind == "real" and not ledger.audit_rows(act=VOLUME):
        raise Refused(
            "The outbox holds numbers as partners read them, and nobody has said that its disk is encrypted",
            "outbox",
            "Put it on an encrypted volume, then `python -m arrears.ledger volume --as USER --because TEXT`",
        )


def attach_whole_vault(con: Connection, store: Store, ledger: Ledger, state: str) -> None:
    """Makes the relation by which a partner is told a number; refuses where some of them are lost."""
    refuse_lost_numbers(store, ledger, state)
    attach_vault(con, store, state)


def refuse_lost_numbers(store: Store, ledger: Ledger, state: str) -> None:
    """Refuses where the vault has no numbers of a delivery that had some: its people would be left out."""
    if lost := lost_numbers(store, ledger, state):
        raise ArrearsError(
            f"The vault lacks the numbers of {len(lost)} delivery(ies)",
            " ".join(lost[:3]),
            "Restore it from the backup; nothing was sent without them",
        )


def refuse_broken_vault(store: Store, state: str) -> None:
    """Refuses where the key is lost or another one, or a file of the vault was changed or cut."""
    with warehouse(spill=store.spill()) as con:
        files = vault_files(store, state)
        use_file_keys(con, store.ring())
        for key, paths in files:
            try:
                con.execute(f"SELECT max(token), max(value) FROM {vault_select(paths, key)}").fetchall()
            except EngineError:
                folder = paths[0].parent.relative_to(store.root).as_posix()
                raise ArrearsError(
                    "A file of the vault cannot be read: it was changed or cut",
                    folder,
                    "Restore it from the backup",
                ) from None
