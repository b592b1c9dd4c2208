"""The bulk's money and process: charges, receipts, balances by class, notices, stays, what was sent.

Charges and receipts of the bulk are held small (numbers, not texts) and become rows of the contract
only as they are written, so that a state's caseload fits in little memory.
"""

from datetime import date
from pathlib import Path

from arrears.data.warehouse import Connection, add_sql_file, run_sql_file, sql_text
from arrears.fakes.frame import Frame

SQL = Path(__file__).with_name("sql")
# What is filled once who was sent a notice of debt is known.
TABLES_OF_PROCESS = ("classes", "notices", "hearings", "agreements", "stays")


def make_history(con: Connection, frame: Frame) -> None:
    """Makes the bulk's charges and receipts; `v.charges` and `v.receipts` show them with the stories'."""
    run_sql_file(con, SQL / "charges.sql", "bulk_charges", frame.params)
    run_sql_file(con, SQL / "receipts.sql", "bulk_receipts", frame.params)
    con.execute("SET VARIABLE known_on = $known_on", {"known_on": frame.throughs[0]})  # a view binds nothing
    for name in ("charges", "receipts"):
        con.execute(f"CREATE OR REPLACE VIEW v.{name} AS {sql_text(SQL / f'all_{name}.sql')}")


def make_process(con: Connection, frame: Frame) -> None:
    """Makes `noticed` and fills classes of debt, notices, hearings, agreements and stays of the bulk."""
    run_sql_file(con, SQL / "noticed.sql", "noticed", frame.params)
    for name in TABLES_OF_PROCESS:
        add_sql_file(con, SQL / f"{name}.sql", f"v.{name}", frame.params)


def make_balances(con: Connection, through: date) -> None:
    """Makes `balances_now`: the agency's own balances by class at the end of a day."""
    run_sql_file(con, SQL / "balances.sql", "balances_now", {"through": through})
