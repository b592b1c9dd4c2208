"""Numbers of people: keyed tokens in SQL, and the encrypted vault that leads back to the numbers.

A token is HMAC-SHA256 of the number under the store's key, in hex. Without the key it can be
neither computed nor reversed by trying all numbers. Nothing outside landing, vault and the files
for partners holds a number.
"""

import hmac
from hashlib import sha256
from pathlib import Path

from arrears.store import Store, sync_folder
from arrears.values import ssn_is_possible_sql
from arrears.warehouse import Connection, file_list, load_crypto, quote

_BLOCK = 64  # bytes of a SHA-256 block, to which RFC 2104 fills the key
_PARQUET_KEY = "vault"
NO_NUMBER, IMPOSSIBLE = "no number given", "not a possible number of a person in this store"


def use_identity(con: Connection, store: Store) -> None:
    """Gives the connection the macros `ssn_fault(ssn)`, `person_token(ssn)` and `keyed_token(text)`.

    The pads of the key are bound as parameters and live as variables of this connection, so no
    statement that anybody could log holds the key.
    """
    filled = sha256(store.key().encode()).digest().ljust(_BLOCK, b"\0")
    con.execute("SET VARIABLE inner_pad = $pad", {"pad": bytes(byte ^ 0x36 for byte in filled)})
    con.execute("SET VARIABLE outer_pad = $pad", {"pad": bytes(byte ^ 0x5C for byte in filled)})
    con.execute(
        """CREATE OR REPLACE TEMP MACRO keyed_token(value) AS
             sha256(getvariable('outer_pad') || unhex(sha256(getvariable('inner_pad') || encode(value))))"""
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP MACRO ssn_fault(ssn) AS CASE
              WHEN ssn IS NULL THEN '{NO_NUMBER}'
              WHEN NOT {ssn_is_possible_sql("ssn", store.kind)} THEN '{IMPOSSIBLE}' END"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP MACRO person_token(ssn) AS
             CASE WHEN ssn_fault(ssn) IS NULL THEN keyed_token(ssn) END"""
    )


def token_of(store: Store, text: str) -> str:
    """The token of one number, equal to what SQL computes: for tests and single look-ups."""
    return hmac.new(sha256(store.key().encode()).digest(), text.encode(), sha256).hexdigest()


def write_vault(con: Connection, store: Store, state: str, delivery: str, pairs: str) -> None:
    """Keeps the numbers behind a delivery's tokens: `pairs` selects (token, kind, value).

    One encrypted file a delivery, written aside and renamed; writing it again changes nothing.
    """
    _use_key(con, store)
    path = store.vault(state) / f"{delivery}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.part")
    con.execute(
        f"""COPY (SELECT DISTINCT token, kind, value FROM ({pairs}) WHERE token IS NOT NULL ORDER BY ALL)
            TO {quote(str(aside))}
            (FORMAT parquet, COMPRESSION zstd, ENCRYPTION_CONFIG {{footer_key: '{_PARQUET_KEY}'}})"""
    )
    aside.chmod(0o600)
    aside.replace(path)
    sync_folder(path.parent)


def attach_vault(con: Connection, store: Store, state: str) -> None:
    """Makes the views `vault(person_token, ssn)` and `vault_accounts(account_token, account_number)`.

    Only writers of partner files may ask for it.
    """
    paths = sorted(store.vault(state).glob("[0-9a-f]*.parquet"))
    _attach(con, store, paths, "vault", "ssn", ("person_token", "ssn"))
    _attach(con, store, paths, "vault_accounts", "account", ("account_token", "account_number"))


def _attach(
    con: Connection, store: Store, paths: list[Path], view: str, kind: str, names: tuple[str, str]
) -> None:
    token, value = names
    if not paths:
        none = "CAST(NULL AS VARCHAR)"
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT {none} AS {token}, {none} AS {value} WHERE false"
        )
        return
    _use_key(con, store)
    con.execute(
        f"""CREATE OR REPLACE TEMP VIEW {view} AS
            SELECT DISTINCT token AS {token}, value AS {value}
            FROM read_parquet({file_list(paths)}, encryption_config={{footer_key: '{_PARQUET_KEY}'}})
            WHERE kind = '{kind}'"""
    )


def _use_key(con: Connection, store: Store) -> None:
    """Gives the connection the vault's key, derived from the store's so that neither tells the other."""
    load_crypto(con)
    derived = hmac.new(store.key().encode(), b"vault of numbers", sha256).hexdigest()[:32]
    # DuckDB binds no parameter here. The statement stays inside this in-memory connection, whose
    # query log is off.
    con.execute(f"PRAGMA add_parquet_key('{_PARQUET_KEY}', '{derived}')")
