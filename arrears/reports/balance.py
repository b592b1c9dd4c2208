"""Work shared among the workers of an office by estimated minutes, a case always whole."""

from pathlib import Path

from arrears.data.warehouse import Connection, run_sql_file

SQL = Path(__file__).with_name("sql")


HALVES = 2  # the middle of what is moved lies half of it before its end


def balance(con: Connection) -> None:
    """Makes `balanced`: for each item of `scored` the worker it is given to tonight.

    Everybody keeps their own cases up to the office's mean of minutes. What is over it goes, in one fixed
    order of cases, to those who have room.
    """
    run_sql_file(con, SQL / "balanced.sql", "balanced", {"halves": HALVES})
