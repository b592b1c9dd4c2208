"""The bulk of the caseload: who they are, where they live, what they hold. One SELECT a table.

Nothing is drawn from a random stream: each fact is a hash of seed, tag and number, so a person is
the same whatever else is generated, and no loop runs over rows.
"""

from arrears.data.warehouse import Connection
from arrears.fakes.frame import Frame, sql_list
from arrears.fakes.places import EMPLOYERS, FIRST_NAMES, LAST_NAMES, STREETS

# Numbers that were never issued: 100 areas x 54 groups x 9,999 serials.
_NUMBERS = 100 * 54 * 9999
_PRIME = 15_485_863  # shares no factor with _NUMBERS, so that no two people share a number


def make_macros(con: Connection, frame: Frame) -> None:
    """Defines `dice` and the names, numbers and dates drawn with it."""
    cities = sql_list([city for city, _ in frame.towns])
    zips = sql_list([code for _, code in frame.towns])
    statements = [
        f"""dice(tag, i, sides) AS
            CAST(md5_number_lower(concat('{frame.seed}', tag, i)) % sides AS BIGINT)""",
        f"first_of(p) AS {sql_list(FIRST_NAMES)}[1 + dice('first', p, {len(FIRST_NAMES)})]",
        f"last_of(p) AS {sql_list(LAST_NAMES)}[1 + dice('last', p, {len(LAST_NAMES)})]",
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
    """Makes `bulk`: one row per case with all that its other tables are made of."""
    con.execute(f"""
      CREATE OR REPLACE TABLE bulk AS
      WITH drawn AS (
        SELECT i,
          CASE WHEN i % 20 = 7 AND i > {frame.first_bulk} THEN i - 1 ELSE i END AS obligor_i,
          dice('way', i, 100) AS way,
          dice('often', i, 100) AS often,
          4 + dice('months', i, 33) AS months,
          5000 * (2 + dice('amount', i, 17)) AS monthly_cents,
          date_trunc('month', DATE '{frame.first_night}') AS this_month
        FROM range({frame.first_bulk}, {frame.first_bulk + frame.bulk_cases}) AS r(i)
      ),
      named AS (
        SELECT drawn.*,
          obligor_i * 10 AS obligor_p,
          CASE WHEN way < 55 THEN 'paying' WHEN way < 73 THEN 'partial' WHEN way < 91 THEN 'stopped'
               WHEN way < 96 THEN 'never' ELSE 'closed' END AS conduct,
          CASE WHEN often < 76 THEN 'monthly' WHEN often < 84 THEN 'weekly' WHEN often < 92 THEN 'biweekly'
               WHEN often < 96 THEN 'semimonthly' ELSE 'quarterly' END AS frequency,
          CASE WHEN dice('class', i, 100) < 15 THEN 'current_assistance'
               WHEN dice('class', i, 100) < 60 THEN 'former_assistance'
               ELSE 'never_assistance' END AS case_class
        FROM drawn
      ),
      dated AS (
        SELECT named.*,
          CAST(this_month - to_months(CAST(CASE WHEN frequency IN ('weekly', 'biweekly')
                 THEN 4 + months // 3 ELSE months END AS INTEGER))
               + to_days(CAST(CASE WHEN frequency = 'semimonthly' THEN 0
                              ELSE dice('day', i, 28) END AS INTEGER)) AS DATE) AS first_due_on,
          CASE frequency WHEN 'weekly' THEN monthly_cents * 3 // 1300 * 100
                         WHEN 'biweekly' THEN monthly_cents * 6 // 1300 * 100
                         WHEN 'semimonthly' THEN monthly_cents // 2
                         WHEN 'quarterly' THEN monthly_cents * 3
                         ELSE monthly_cents END AS current_cents
        FROM named
      )
      SELECT dated.* EXCLUDE (way, often, this_month),
        CASE conduct
          WHEN 'stopped' THEN DATE '{frame.first_night}' - CAST(62 + dice('stopped', i, 400) AS INTEGER)
          WHEN 'never' THEN first_due_on - 1
        END AS stopped_on,
        CASE WHEN conduct = 'closed' THEN greatest(first_due_on + 60,
             DATE '{frame.first_night}' - CAST(100 + dice('end', i, 200) AS INTEGER)) END AS ends_on,
        CASE WHEN conduct IN ('partial', 'stopped', 'never') AND dice('opening', i, 10) < 4
             THEN 10000 * (1 + dice('opened', i, 60)) ELSE 0 END AS opening_cents,
        CASE WHEN conduct IN ('partial', 'stopped', 'never') AND case_class = 'former_assistance'
             THEN 5000 * (1 + dice('assigned', i, 80)) ELSE 0 END AS assigned_opening_cents,
        dice('assisted', obligor_i, 100) < 10 AS is_assisted,
        dice('license', obligor_i, 100) < 80 AS has_license,
        CASE WHEN dice('verified', obligor_i, 100) < 94 THEN 'Y'
             WHEN dice('verified', obligor_i, 100) < 96 THEN 'N' END AS ssn_verified,
        dice('died', obligor_i, 250) = 0 AS is_dead
      FROM dated ORDER BY i""")


def make_people(con: Connection, frame: Frame) -> None:
    """Fills cases, persons, addresses, children, orders, licenses and employers of the bulk."""
    con.execute("""
      CREATE OR REPLACE TABLE folk AS
      SELECT obligor_p AS p, 0 AS role, i, is_assisted, ssn_verified, is_dead FROM bulk WHERE obligor_i = i
      UNION ALL SELECT i * 10 + 1, 1, i, dice('aided', i, 10) < 3, 'Y', false FROM bulk
      UNION ALL
      SELECT i * 10 + 2 + child, 2, i, NULL, CASE WHEN dice('kid', i, 20) > 0 THEN 'Y' END, false
      FROM bulk, range(1 + dice('children', i, 3)) AS c(child)
      ORDER BY p""")
    known = f"DATE '{frame.throughs[0]}' AS known_on"
    for table, select in _selects(frame).items():
        con.execute(f"INSERT INTO v.{table} BY NAME SELECT *, {known} FROM ({select})")


def _selects(frame: Frame) -> dict[str, str]:
    """The SELECT of each table that does not change from night to night, in the order they are filled."""
    day, state = f"DATE '{frame.first_night}'", frame.state.upper()
    return {**_cases_and_persons(day), **_places_and_children(day, state), **_orders_and_assets(day, state)}


def _cases_and_persons(day: str) -> dict[str, str]:
    return {
        "cases": f"""
          SELECT case_of(i) AS case_id, office_of(i) AS office,
            'W' || office_of(i) || dice('worker', i, 4) AS worker,
            person_of(obligor_p) AS obligor_id, person_of(i * 10 + 1) AS custodial_id, case_class,
            CASE WHEN conduct = 'closed' THEN 'closed' ELSE 'open' END AS status,
            CASE WHEN dice('service', i, 50) = 0 THEN 'withholding_only' ELSE 'full' END AS service_level,
            CASE dice('interstate', i, 25) WHEN 0 THEN 'initiating' WHEN 1 THEN 'responding' ELSE 'none' END
              AS interstate,
            first_due_on - 45 AS opened_on,
            CASE WHEN conduct = 'closed' THEN least(ends_on + 30, {day} - 5) END AS closed_on
          FROM bulk""",
        "persons": f"""
          SELECT person_of(p) AS person_id, CASE WHEN role < 2 OR p % 10 = 2 THEN ssn_of(p) END AS ssn,
            ssn_verified, CASE WHEN role = 2 THEN last_of(i * 10) ELSE last_of(p) END AS last_name,
            first_of(p) AS first_name,
            CASE WHEN dice('middle', p, 3) > 0 THEN first_of(p + 5) END AS middle_name,
            CASE WHEN role = 0 THEN ['Jr', 'Sr', 'III'][1 + dice('suffix', p, 60)] END AS suffix,
            CASE role WHEN 2 THEN {day} - CAST(400 + dice('born', p, 6000) AS INTEGER)
                      ELSE {day} - CAST(8000 + dice('born', p, 13000) AS INTEGER) END AS birth_on,
            CASE WHEN is_dead THEN {day} - CAST(20 + dice('dead', p, 300) AS INTEGER) END AS died_on,
            CASE WHEN dice('sex', p, 100) < CASE role WHEN 0 THEN 85 WHEN 1 THEN 15 ELSE 50 END
                 THEN 'M' ELSE 'F' END AS sex,
            CASE WHEN role < 2 THEN CASE WHEN dice('violence', p, 33) = 0 THEN 'Y' ELSE 'N' END END
              AS family_violence,
            CASE WHEN role < 2 THEN CASE WHEN is_assisted AND p % 3 > 0 THEN 'Y' ELSE 'N' END END
              AS receives_tanf,
            CASE WHEN role < 2 THEN CASE WHEN is_assisted AND p % 3 = 0 THEN 'Y' ELSE 'N' END END
              AS receives_ssi,
            CASE WHEN role = 0 THEN CASE WHEN dice('prison', p, 50) = 0 THEN 'Y' ELSE 'N' END END AS in_prison
          FROM folk""",
    }


def _places_and_children(day: str, state: str) -> dict[str, str]:
    return {
        "addresses": f"""
          SELECT person_of(p) AS person_id, kind, street_of(p + shift) AS line_1,
            CASE WHEN dice('flat', p, 6) = 0 THEN 'Apt ' || (1 + dice('flat', p, 40)) END AS line_2,
            city_of(p + shift) AS city, '{state}' AS state, zip_of(p + shift) AS zip,
            {day} - CAST(dice('checked', p, 700) + 1 AS INTEGER) AS verified_on,
            CASE WHEN dice('violence', p, 33) = 0 THEN 'Y' ELSE 'N' END AS protected
          FROM folk, (VALUES ('mail', 0, 96), ('residence', 3, 30)) AS kinds(kind, shift, share)
          WHERE role < 2 AND dice('at ' || kind, p, 100) < share""",
        "children": """
          SELECT case_of(i) AS case_id, person_id, birth_on, NULL AS emancipated_on
          FROM folk JOIN v.persons AS persons ON persons.person_id = person_of(p) WHERE role = 2""",
    }


def _orders_and_assets(day: str, state: str) -> dict[str, str]:
    return {
        "orders": f"""
          SELECT 'O' || case_of(i) AS order_id, case_of(i) AS case_id,
            '{state}' AS issuing_state, 'this_state' AS issued_by,
            first_due_on - 20 AS entered_on, first_due_on, ends_on,
            CASE WHEN ends_on IS NOT NULL THEN 'emancipated' END AS end_reason, frequency, current_cents,
            CASE WHEN conduct = 'partial' THEN current_cents // 10 ELSE 0 END AS arrears_cents,
            CASE WHEN ends_on IS NULL THEN 'active' ELSE 'ended' END AS status,
            NULL AS suspended_from_on, NULL AS suspended_to_on,
            CASE WHEN dice('health', i, 10) < 4 THEN 'Y' ELSE 'N' END AS health_cover_ordered,
            CASE WHEN dice('health', i, 10) < 4 THEN
              CASE WHEN dice('covered', i, 12) > 0 THEN 'Y' ELSE 'N' END END AS health_cover_provided
          FROM bulk""",
        "review_offers": f"""
          SELECT case_of(i) AS case_id, {day} - CAST(dice('offered', i, 1000) AS INTEGER) AS told_on
          FROM bulk WHERE conduct <> 'closed'""",
        "licenses": f"""
          SELECT person_of(obligor_p) AS person_id, 'driver' AS license_kind,
            license_of(obligor_p) AS license_number, 'SOS' AS board, 'valid' AS status,
            {day} + CAST(30 + dice('expires', obligor_p, 1800) AS INTEGER) AS expires_on
          FROM bulk WHERE obligor_i = i AND has_license AND dice('on file', i, 100) < 35
          UNION ALL
          SELECT person_of(obligor_p), ['professional', 'hunting', 'fishing'][1 + dice('trade', i, 3)],
            'P' || license_of(obligor_p), ['NURSING', 'IFW', 'IFW'][1 + dice('trade', i, 3)], 'valid',
            {day} + 200
          FROM bulk WHERE obligor_i = i AND dice('other license', i, 20) = 0""",
        "employers": """
          SELECT person_of(obligor_p) AS person_id, employer_fein_of(obligor_p) AS fein,
            employer_name_of(obligor_p) AS employer_name, first_due_on AS from_on, NULL AS to_on,
            CASE WHEN dice('float', i, 60) = 0 THEN current_cents ELSE 0 END AS withheld_not_sent_cents
          FROM bulk
          WHERE obligor_i = i AND conduct IN ('paying', 'partial') AND dice('employed', i, 10) < 6""",
        "payors": f"""
          SELECT fein, any_value(employer_name) AS payor_name, '1 Wharf St' AS line_1,
            city_of(CAST(fein AS BIGINT)) AS city, '{state}' AS state,
            zip_of(CAST(fein AS BIGINT)) AS zip, 'Y' AS takes_electronic
          FROM v.employers GROUP BY fein""",
        "order_withholding": """
          SELECT 'O' || case_of(i) AS order_id, case_of(i) AS case_id, 'Y' AS withholding_ordered,
            'N' AS clause_suspended, 'N' AS other_arrangement, 'N' AS other_cover_named
          FROM bulk""",
    }
