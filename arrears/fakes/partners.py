"""What the partners send: new hires, driver licenses, bank accounts, state tax refunds, in their layouts."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from arrears.data.warehouse import Connection, attach_arrow
from arrears.errors import ArrearsError
from arrears.fakes.frame import Frame
from arrears.fakes.places import BANKS
from arrears.layout import load_layout, write_select

LAYOUTS = Path(__file__).resolve().parents[2] / "transforms" / "feeds"
MOST_REFUNDS = 9_999  # the total record counts in four digits
LICENSES_EVERY = 7  # the licenses come once a week; the other files every night


def partner_files(con: Connection, frame: Frame, night: int) -> Iterator[tuple[str, str, bytes, int]]:
    """Each file of a night: feed, table of its control file, bytes, lines."""
    as_of = frame.days[night - 1]
    if night % LICENSES_EVERY == 1:
        yield ("dmv_licenses", "license", *_lines(con, "dmv_licenses", {"license": _licenses()}))
    hires = {"response": _hires(frame, night)}
    yield ("employer_new_hires", "response", *_lines(con, "employer_new_hires", hires))
    yield ("bank_accounts", "account", *_lines(con, "bank_accounts", _bank(frame, night)))
    if night == 1:
        held = {"record": _federal_records(frame)}
        feed = "federal_offset_reconciliation"
        yield (feed, "record", *_lines(con, feed, held))
    con.execute(f"CREATE OR REPLACE TEMP TABLE refunds AS {_refunds(night)}")
    yield ("state_tax_refunds", "detail", *_lines(con, "state_tax_refunds", _refund_records(as_of)))


def _lines(con: Connection, feed: str, records: dict[str, str]) -> tuple[bytes, int]:
    """The records of a file one after the other, each ordered by `n`, as latin-1 lines; and their number."""
    lines: list[str] = []
    for name, select in records.items():
        layout = load_layout(LAYOUTS / feed / f"{name}.csv")
        con.execute(f"CREATE OR REPLACE TEMP TABLE leaving_rows AS {select}")
        columns = [row[0] for row in con.execute("DESCRIBE leaving_rows").fetchall()]
        written = con.execute(write_select(layout, "leaving_rows", "n", columns, keep=["n"]))
        table = written.to_arrow_table()
        faults = [f for f in table.column("fault_field").to_pylist() if f is not None]
        if faults:
            raise ArrearsError(f"An invented value does not fit field {faults[0]}", f"{feed}/{name}.csv")
        lines += table.column("l").to_pylist()
    return "".join(f"{line}\n" for line in lines).encode("latin-1"), len(lines)


def record_lines(
    con: Connection, feed: str, records: dict[str, list[dict[str, Any]]], delimiter: str = ""
) -> tuple[bytes, int]:
    """Planted records one after the other as latin-1 lines, and their number.

    A field `<name>_p` is told as the number of that person.
    """
    if delimiter:
        return _delimited(feed, records, delimiter)
    selects = {}
    for name, rows in records.items():
        if not rows:
            continue
        fields = list(dict.fromkeys(field for row in rows for field in row))
        given = {field: pa.array([row.get(field) for row in rows]) for field in fields}
        attach_arrow(con, f"planted.{feed}_{name}", pa.table({"n": pa.array(range(len(rows))), **given}))
        told = ", ".join(
            f'ssn_of("{field}") AS "{field.removesuffix("_p")}"' if field.endswith("_p") else f'"{field}"'
            for field in fields
        )
        selects[name] = f"SELECT n, {told} FROM planted.{feed}_{name}"
    return _lines(con, feed, selects)


def _delimited(feed: str, records: dict[str, list[dict[str, Any]]], delimiter: str) -> tuple[bytes, int]:
    """The same for a feed whose elements are told apart by a character; it holds no number of a person."""
    lines = []
    for name, rows in records.items():
        fields = load_layout(LAYOUTS / feed / f"{name}.csv").fields
        lines += [delimiter.join(str(row.get(field.name, "")) for field in fields) for row in rows]
    return "".join(f"{line}\n" for line in lines).encode("latin-1"), len(lines)


def _licenses() -> str:
    """Every license the Secretary of State knows of: names as cut there, a few of them not the agency's."""
    return """
      WITH held AS (
        SELECT person_of(obligor_p) AS person_id, obligor_p AS number_p,
          license_of(obligor_p) AS license_number,
          CASE WHEN dice('renamed', obligor_p, 100) = 0 THEN 'Stranger' END AS other_name
        FROM bulk WHERE obligor_i = i AND has_license
      ),
      named AS (
        SELECT held.*, coalesce(other_name, persons.last_name) AS last_name, persons.first_name,
          persons.birth_on
        FROM held JOIN v.persons AS persons USING (person_id)
        UNION ALL
        SELECT person_id, number_p, license_number, NULL, last_name, first_name, birth_on FROM planted.dmv
      )
      SELECT license_number AS n, upper(last_name) AS last_name, upper(first_name) AS first_name,
        ssn_of(number_p) AS ssn, birth_on AS date_of_birth, named.person_id AS person_number, license_number,
        'C' AS license_class, CAST(birth_on + to_years(70) AS DATE) AS expiration_date, 'M' AS sex,
        upper(addresses.line_1) AS address_line_1, upper(addresses.line_2) AS address_line_2,
        upper(addresses.city) AS city, addresses.state, addresses.zip || '0000' AS zip
      FROM named LEFT JOIN v.addresses AS addresses
        ON addresses.person_id = named.person_id AND addresses.kind = 'mail'"""


def _hires(frame: Frame, night: int) -> str:
    """New hires of the day: two in a hundred obligors, and the planted ones."""
    as_of = frame.days[night - 1]
    return f"""
      WITH hired AS (
        SELECT person_of(obligor_p) AS person_id, obligor_p AS number_p FROM bulk
        WHERE obligor_i = i AND dice('hired {night}', i, 50) = 0
        UNION ALL SELECT person_id, number_p FROM planted.hires WHERE night = {night}
      )
      SELECT person_id AS n, 'FN' AS record_id, 'P' AS match_type, '{frame.fips}' AS receiving_state_fips,
        'H99' AS source_agency_code, '1' AS name_matched_ind, upper(first_name) AS first_name,
        upper(last_name) AS last_name, upper(first_name) AS returned_first_name,
        upper(last_name) AS returned_last_name, ssn_of(number_p) AS ssn, person_id AS state_member_id,
        upper(employer_name_of(number_p + {night})) AS employer_name, 'C' AS address_format_ind,
        upper(street_of(number_p + {night})) AS street_address_1, upper(city_of(number_p + {night})) AS city,
        '{frame.state.upper()}' AS state, zip_of(number_p + {night}) AS zip5,
        '{frame.state.upper()}' AS w4_reporting_state, '1' AS w4_address_type, birth_on AS w4_date_of_birth,
        DATE '{as_of}' - CAST(2 + dice('start {night}', number_p, 14) AS INTEGER) AS w4_date_of_hire,
        employer_fein_of(number_p + {night}) AS w4_fein, 'V' AS w4_ssn_match_code,
        '{frame.state.upper()}' AS w4_state_of_hire
      FROM hired JOIN v.persons AS persons USING (person_id)"""


def _bank(frame: Frame, night: int) -> dict[str, str]:
    """One institution's answer: header, an account for one in twenty obligors, total."""
    tin, name = BANKS[night % len(BANKS)]
    city, code = frame.towns[0]
    month = f"{frame.days[night - 1]:%Y-%m}"
    return {
        "institution": f"""
          SELECT 0 AS n, 'A' AS record_type, '{tin}' AS institution_tin, '{month}' AS match_date,
            '{name.upper()}' AS institution_name, '0' AS transfer_agent_ind,
            '1 CANAL ST' AS institution_street, '{city.upper()}' AS institution_city,
            '{frame.state.upper()}' AS institution_state,
            '{code}' AS institution_zip5, '{tin}' AS reporting_agent_tin,
            '{name.upper()}' AS reporting_agent_name,
            '1 CANAL ST' AS reporting_agent_street, '{city.upper()}' AS reporting_agent_city,
            '{frame.state.upper()}' AS reporting_agent_state, '{code}' AS reporting_agent_zip5,
            'M' AS data_match_file_ind""",
        "account": f"""
          WITH owned AS (
            SELECT person_of(obligor_p) AS person_id, obligor_p AS number_p, NULL AS other_name FROM bulk
            WHERE obligor_i = i AND dice('bank {night}', i, 20) = 0
            UNION ALL SELECT person_id, number_p, owner_name FROM planted.bank WHERE night = {night}
          ),
          drawn AS (
            SELECT owned.*, birth_on,
              upper(coalesce(other_name, last_name || ' ' || first_name)) AS owner_name,
              dice('joint {night}', number_p, 10) = 0 AS is_joint, other_name IS NOT NULL
                AND other_name NOT LIKE last_name || '%' AS is_other
            FROM owned JOIN v.persons AS persons USING (person_id)
          )
          SELECT person_id AS n, 'B' AS record_type, '{month}' AS match_date, ssn_of(number_p) AS matched_ssn,
            CAST(1000000000 + dice('account {night}', number_p, 900000000) AS VARCHAR) AS account_number,
            left(owner_name, 40) AS matched_name,
            CASE WHEN is_joint THEN 'JOINT OWNER' END AS second_payee_name,
            dice('balance {night}', number_p, 9000) AS account_balance,
            CASE WHEN is_other THEN '2' ELSE '1' END AS name_match_flag, '0' AS trust_ind,
            '2' AS account_balance_ind, birth_on AS date_of_birth,
            CASE WHEN dice('kind {night}', number_p, 3) = 0 THEN '01' ELSE '04' END AS account_type,
            person_id AS state_person_number, CASE WHEN is_joint THEN '2' ELSE '0' END AS payee_ind
          FROM drawn""",
        "total": "SELECT 0 AS n, 'T' AS record_type",
    }


def _federal_records(frame: Frame) -> str:
    """What the federal offset office holds before the first night: what the agency had told it."""
    return f"""
      SELECT subject_id AS n, 'REC' AS record_id, '{frame.state.upper()}' AS submitting_state,
        any_value(persons.ssn) AS ssn, any_value(sent.person_id) AS case_id,
        left(upper(any_value(last_name)), 20) AS last_name,
        left(upper(any_value(first_name)), 10) AS first_name,
        CAST(max(amount_cents) // 100 AS BIGINT) AS current_arrears, right(subject_id, 1) AS case_type
      FROM v.sent AS sent JOIN v.persons AS persons USING (person_id)
      WHERE queue = 'federal_offset'
      GROUP BY subject_id"""


def _refunds(night: int) -> str:
    """State refunds set off this night: three in a hundred obligors of arrears cases."""
    return f"""
      SELECT person_of(obligor_p) AS n, '2' AS record_type, office_of(i) AS region_or_office,
        person_of(obligor_p) AS person_number, 1000 + dice('refund of {night}', i, 90000) AS payment_amount,
        'S' AS collection_type
      FROM bulk WHERE obligor_i = i AND conduct IN ('partial', 'stopped', 'never')
        AND dice('refund {night}', i, 100) < 3
      ORDER BY obligor_p LIMIT {MOST_REFUNDS}"""


def _refund_records(as_of: date) -> dict[str, str]:
    return {
        "header": f"SELECT 0 AS n, '1' AS record_type, DATE '{as_of}' AS creation_date",
        "detail": "FROM refunds",
        "total": """SELECT 0 AS n, '3' AS record_type, count(*) AS record_count,
                      CAST(coalesce(sum(payment_amount), 0) AS BIGINT) AS total_amount FROM refunds""",
    }
