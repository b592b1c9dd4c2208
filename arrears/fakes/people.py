"""The bulk of the caseload: who they are, where they live, what they hold. One SELECT a table.

Nothing is drawn from a random stream: each fact is a hash of seed, tag and number, so a person is
the same whatever else is generated, and no loop runs over rows.
"""

from pathlib import Path

from arrears.data.warehouse import Connection, add_sql_file, run_sql_file
from arrears.fakes.frame import Frame, sql_list
from arrears.fakes.names import name_macros
from arrears.fakes.places import EMPLOYERS, STREETS
from arrears.fakes.shares import SAMPLE, debt_of

SQL = Path(__file__).with_name("sql")
# The tables that do not change from night to night, in the order in which they are filled.
TABLES_OF_PEOPLE = (
    *("cases", "persons", "addresses", "children", "orders", "review_offers", "licenses", "employers"),
    *("payors", "order_withholding"),
)
# Numbers that were never issued: 100 areas x 54 groups x 9,999 serials.
_NUMBERS = 100 * 54 * 9999
_WORD = 2**32 - 1
_PRIME = 15_485_863  # shares no factor with _NUMBERS, so that no two people share a number


def dice_of(frame: Frame) -> list[str]:
    """The macros that draw: a number from 0 below `sides`, always the same for one seed, tag and number.

    Of whole numbers alone, so that every machine, thread and version of the engine draws the same. A small
    caseload is drawn by a digest, twenty times as dear, so that the shipped one stays as it is.
    """
    if frame.shape == SAMPLE:
        return [
            f"dice(tag, i, sides) AS CAST(md5_number_lower(concat('{frame.seed}', tag, i)) % sides AS BIGINT)"
        ]
    key = f"CAST(md5_number_lower(concat('{frame.seed}', tag)) % {_WORD} AS UBIGINT)"
    return [
        "folded(x) AS xor(x, x >> 15)",
        f"spread(x, odd) AS (x * odd) & {_WORD}",
        f"""dice(tag, i, sides) AS CAST(folded(spread(folded(spread(folded(
            (CAST(i AS UBIGINT) + {key}) & {_WORD}), 2221713035)), 1181783497)) % sides AS BIGINT)""",
    ]


def make_macros(con: Connection, frame: Frame) -> None:
    """Defines `dice` and the names, numbers and dates drawn with it."""
    cities = sql_list([city for city, _ in frame.towns])
    zips = sql_list([code for _, code in frame.towns])
    statements = [
        *dice_of(frame),
        f"debt_of(i) AS {debt_of(frame.shares['debts'])}",
        *name_macros(frame),
        f"street_of(p) AS (1 + dice('door', p, 399)) || ' ' || "
        f"{sql_list(STREETS)}[1 + dice('street', p, {len(STREETS)})]",
        f"city_of(p) AS {cities}[1 + dice('town', p, {len(frame.towns)})]",
        f"zip_of(p) AS {zips}[1 + dice('town', p, {len(frame.towns)})]",
        "person_of(p) AS lpad(CAST(p AS VARCHAR), 10, '0')",
        "case_of(i) AS lpad(CAST(i AS VARCHAR), 8, '0')",
        "office_of(i) AS CAST(101 + dice('office', i, 8) AS VARCHAR)",
        "license_of(p) AS lpad(CAST((p * 48271 + 1234567) % 100000000 AS VARCHAR), 8, '0')",
        f"serial_of(p) AS ((p * {_PRIME} + 7919 * {frame.seed % 100_000}) % {_NUMBERS})",
        """group_of(g) AS CASE WHEN g < 49 THEN g + 1 WHEN g < 53 THEN g + 17 ELSE 89 END""",
        """ssn_of(p) AS concat(900 + serial_of(p) // (54 * 9999),
             lpad(CAST(group_of(serial_of(p) // 9999 % 54) AS VARCHAR), 2, '0'),
             lpad(CAST(serial_of(p) % 9999 + 1 AS VARCHAR), 4, '0'))""",
        "employer_fein_of(p) AS '07' || lpad(CAST(dice('fein', p, 300) AS VARCHAR), 7, '0')",
        f"""employer_name_of(p) AS {sql_list(EMPLOYERS)}[1 + dice('fein', p, 300) % {len(EMPLOYERS)}]
             || ' No ' || dice('fein', p, 300)""",
    ]
    for statement in statements:
        con.execute(f"CREATE OR REPLACE MACRO {statement}")


def make_bulk(con: Connection, frame: Frame) -> None:
    """Makes `bulk`, one row per case with all that its other tables are made of, and `errors` among them."""
    run_sql_file(con, SQL / "bulk.sql", "bulk", frame.params)
    run_sql_file(con, SQL / "errors.sql", "errors", frame.params)


def make_people(con: Connection, frame: Frame) -> None:
    """Fills cases, persons, addresses, children, orders, licenses and employers of the bulk."""
    run_sql_file(con, SQL / "folk.sql", "folk", frame.params)
    for table in TABLES_OF_PEOPLE:
        add_sql_file(con, SQL / "people" / f"{table}.sql", f"v.{table}", frame.params)
