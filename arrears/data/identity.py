"""Numbers of people: keyed tokens in SQL, and the encrypted vault that leads back to the numbers.

A token is HMAC-SHA256 of the number under the store's key, in hex. Without the key it can be
neither computed nor reversed by trying all numbers. Nothing outside landing, vault and the files
for partners holds a number.
"""

import hmac
import secrets
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from arrears.data.encrypted_files import know, reseal
from arrears.data.keys import FileKey, Ring
from arrears.data.store import Store, sync_folder
from arrears.data.warehouse import Connection, file_list, load_crypto, quote, warehouse
from arrears.data.writes import give_name, take_away
from arrears.errors import ArrearsError
from arrears.values import ssn_is_possible_sql

_BLOCK = 64  # bytes of a SHA-256 block, to which RFC 2104 fills the key
NO_NUMBER, IMPOSSIBLE = "no number given", "not a possible number of a person in this store"


def use_identity(con: Connection, store: Store) -> None:
    """Gives the engine the macros `ssn_fault(ssn)`, `person_token(ssn)` and `keyed_token(text)`.

    They work on this connection, and on each other one of the engine that has the key (`use_key`).
    """
    use_key(con, store)
    hashed = "sha256(getvariable('pads')[1] || encode(value))"
    fault = f"""CASE WHEN ssn IS NULL THEN '{NO_NUMBER}'
                     WHEN NOT {ssn_is_possible_sql("ssn", store.kind)} THEN '{IMPOSSIBLE}' END"""
    macros = {
        "keyed_token(value)": f"sha256(getvariable('pads')[2] || unhex({hashed}))",
        "ssn_fault(ssn)": fault,
        "person_token(ssn)": "CASE WHEN ssn_fault(ssn) IS NULL THEN keyed_token(ssn) END",
    }
    con.execute(";\n".join(f"CREATE OR REPLACE MACRO {name} AS {sql}" for name, sql in macros.items()))


def use_key(con: Connection, store: Store) -> None:
    """Gives one connection the key of the tokens.

    Its pads are bound as parameters and live as variables of this connection, so no statement that anybody
    could log holds the key.
    """
    filled = sha256(store.key().encode()).digest().ljust(_BLOCK, b"\0")
    pads = [bytes(byte ^ pad for byte in filled) for pad in (0x36, 0x5C)]
    con.execute("SET VARIABLE pads = $pads", {"pads": pads})


def token_of(store: Store, text: str) -> str:
    """The token of one number, equal to what SQL computes: for tests and single look-ups."""
    return hmac.new(sha256(store.key().encode()).digest(), text.encode(), sha256).hexdigest()


def write_vault(
    con: Connection, store: Store, state: str, delivery: str, pairs: str, before: Sequence[str] = ()
) -> None:
    """Keeps the numbers behind a delivery's tokens: `pairs` selects (token, kind, value).

    One encrypted file a delivery, written aside and renamed; writing it again changes nothing. The
    connection has the keys of files (`use_file_keys`); the statements `before` run first.
    """
    key = store.ring().newest
    path = store.vault(state) / key.mark / f"{delivery}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    select = f"SELECT DISTINCT token, kind, value FROM ({pairs}) WHERE token IS NOT NULL ORDER BY ALL"
    _write(con, select, path, key, before)


def _write(con: Connection, select: str, path: Path, key: FileKey, before: Sequence[str] = ()) -> None:
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    copy = f"""COPY ({select}) TO {quote(str(aside))}
               (FORMAT parquet, COMPRESSION zstd, ENCRYPTION_CONFIG {{footer_key: '{_name(key)}'}})"""
    con.execute(";\n".join([*before, copy]))
    aside.chmod(0o600)
    give_name(aside, path)
    sync_folder(path.parent)


def vault_files(store: Store, state: str) -> list[tuple[FileKey, list[Path]]]:
    """The files of a state's vault by the key under which they lie; refuses where a key is not here."""
    ring, found = store.ring(), []
    for folder in sorted(path for path in store.vault(state).glob("*") if path.is_dir()):
        if paths := sorted(folder.glob("[0-9a-f]*.parquet")):
            if (key := ring.marked(folder.name)) is None:
                raise ArrearsError(
                    "The vault is encrypted with a key that is not here",
                    folder.relative_to(store.root).as_posix(),
                    "Restore the key with all its lines",
                )
            found.append((key, paths))
    return found


def rotate_files(store: Store, states: list[str]) -> int:
    """The number of files of vault and landing that lay under an older key and now lie under the newest."""
    ring, moved = store.ring(), 0
    know(ring)
    with warehouse(spill=store.spill()) as con:
        use_file_keys(con, ring)
        for state in states:
            for key, paths in vault_files(store, state):
                for old in paths if key != ring.newest else []:
                    new = store.vault(state) / ring.newest.mark / old.name
                    new.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                    if not new.exists():
                        _write(
                            con, f"SELECT * FROM {vault_select([old], key)} ORDER BY ALL", new, ring.newest
                        )
                    take_away(old)
                    moved += 1
            landing = store.folder(f"landing/{state}")
            files = [path for path in sorted(landing.glob("*")) if not path.name.startswith(".")]
            moved += sum(reseal(path, ring.newest) for path in files)
    return moved


def attach_vault(con: Connection, store: Store, state: str) -> None:
    """Makes the tables `vault(person_token, ssn)` and `vault_accounts(account_token, account_number)`.

    Only writers of partner files may ask for it. It is opened once for all of them; what spills is encrypted.
    """
    files = vault_files(store, state)
    use_file_keys(con, store.ring())
    _attach(con, files, "vault", "ssn", ("person_token", "ssn"))
    _attach(con, files, "vault_accounts", "account", ("account_token", "account_number"))


def _attach(
    con: Connection, files: list[tuple[FileKey, list[Path]]], name: str, kind: str, names: tuple[str, str]
) -> None:
    token, value = names
    if not files:
        none = "CAST(NULL AS VARCHAR)"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {none} AS {token}, {none} AS {value} WHERE false"
        )
        return
    every = " UNION ALL ".join(f"SELECT * FROM {vault_select(paths, key)}" for key, paths in files)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {name} AS
            SELECT DISTINCT token AS {token}, value AS {value} FROM ({every}) WHERE kind = '{kind}'"""
    )


def vault_select(paths: list[Path], key: FileKey) -> str:
    """SQL for the rows of files of the vault that lie under this key."""
    return f"read_parquet({file_list(paths)}, encryption_config={{footer_key: '{_name(key)}'}})"


def _name(key: FileKey) -> str:
    """How the connection calls a key: by its mark, which tells nothing of it."""
    return f"vault_{key.mark}"


def use_file_keys(con: Connection, ring: Ring) -> None:
    """Gives the connection the vault's keys, each derived from its secret so that neither tells the other."""
    load_crypto(con)
    for key in ring.files:
        # DuckDB binds no parameter here. The statement stays inside this in-memory connection, whose
        # query log is off.
        derived = key.derived("vault of numbers").hex()[:32]
        con.execute(f"PRAGMA add_parquet_key('{_name(key)}', '{derived}')")
