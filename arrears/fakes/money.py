"""The bulk's money and process: charges, receipts, balances by class, notices, stays, what was sent.

Charges and receipts of the bulk are held small (numbers, not texts) and become rows of the contract
only as they are written, so that a state's caseload fits in little memory.
"""

from datetime import date

from arrears.data.warehouse import Connection
from arrears.fakes.frame import Frame


def make_history(con: Connection, frame: Frame) -> None:
    """Makes the bulk's charges and receipts; `v.charges` and `v.receipts` show them with the stories'."""
    last = f"DATE '{frame.throughs[-1]}'"
    _make_charges(con, last)
    _make_receipts(con, frame, last)
    _show_history(con, frame)


def _make_charges(con: Connection, last: str) -> None:
    """Every installment of the bulk that fell due by the last night."""
    con.execute(f"""
      CREATE OR REPLACE TABLE bulk_charges AS
      WITH counted AS (
        SELECT *, least(coalesce(ends_on, {last}), {last}) AS last_on FROM bulk
      ),
      numbered AS (
        SELECT counted.*, unnest(range(0, 1 + CASE frequency
            WHEN 'weekly' THEN (last_on - first_due_on) // 7
            WHEN 'biweekly' THEN (last_on - first_due_on) // 14
            WHEN 'semimonthly' THEN date_diff('month', first_due_on, last_on) * 2 + 1
            WHEN 'quarterly' THEN date_diff('month', first_due_on, last_on) // 3
            ELSE date_diff('month', first_due_on, last_on) END)) AS n
        FROM counted
      )
      SELECT CAST(i AS INTEGER) AS i, CAST(n AS SMALLINT) AS n, CAST(current_cents AS INTEGER) AS cents,
        CAST(CASE frequency
          WHEN 'weekly' THEN first_due_on + CAST(7 * n AS INTEGER)
          WHEN 'biweekly' THEN first_due_on + CAST(14 * n AS INTEGER)
          WHEN 'semimonthly' THEN first_due_on + to_months(CAST(n // 2 AS INTEGER))
                                  + to_days(CAST(14 * (n % 2) AS INTEGER))
          WHEN 'quarterly' THEN first_due_on + to_months(CAST(3 * n AS INTEGER))
          ELSE first_due_on + to_months(CAST(n AS INTEGER)) END AS DATE) AS due_on,
        last_on
      FROM numbered
      WHERE due_on <= last_on ORDER BY i, n""")
    con.execute("ALTER TABLE bulk_charges DROP COLUMN last_on")


def _make_receipts(con: Connection, frame: Frame, last: str) -> None:
    """What the bulk paid, as each one's conduct has it, bounced payments with their reversals."""
    con.execute(f"""
      CREATE OR REPLACE TABLE bulk_receipts AS
      WITH manner AS (
        SELECT i, conduct, stopped_on, ends_on, dice('lag', i, 97) AS lag, 4 + dice('part', i, 5) AS tenths,
          CASE WHEN dice('by', i, 10) < 5 THEN 'employer' ELSE 'obligor' END AS source
        FROM bulk WHERE conduct <> 'never'
      ),
      paid AS (
        SELECT bulk_charges.i, CAST('R' || n AS VARCHAR) AS tail, source, 'payment' AS kind, NULL AS reverses,
          due_on + CAST((lag + n * 17) % CASE conduct WHEN 'partial' THEN 9 ELSE 4 END AS INTEGER)
            AS received_on,
          (lag + n) % 8 = 0 AS is_slow, stopped_on,
          CASE conduct WHEN 'partial' THEN cents * tenths // 1000 * 100 ELSE cents END AS cents
        FROM bulk_charges JOIN manner USING (i)
      ),
      bounced AS (
        SELECT i, tail, 'obligor', kind, reverses, DATE '{frame.first_night}' - before_days, false, NULL,
          CAST(sign * current_cents AS INTEGER)
        FROM bulk, (VALUES ('B0', 'payment', NULL, 40, 1), ('B1', 'reversal', 'B0', 31, -1))
          AS pair(tail, kind, reverses, before_days, sign)
        WHERE conduct = 'stopped' AND dice('bounced', i, 40) = 0
      )
      SELECT i, tail, source, kind, reverses, received_on, cents,
        received_on + CASE WHEN is_slow THEN 1 ELSE 0 END AS posted_on
      FROM (SELECT * FROM paid UNION ALL SELECT * FROM bounced)
      WHERE received_on <= {last} AND received_on <= coalesce(stopped_on, received_on)
      ORDER BY i, received_on, tail""")


def _show_history(con: Connection, frame: Frame) -> None:
    """The rows of the contract over the bulk's numbers and the stories' rows."""
    con.execute("""
      CREATE OR REPLACE VIEW v.charges AS
      SELECT case_of(i) || '-' || n AS charge_id, 'O' || case_of(i) AS order_id, case_of(i) AS case_id,
        due_on, CAST(cents AS BIGINT) AS amount_cents, due_on AS known_on FROM bulk_charges
      UNION ALL SELECT * FROM planted.charges""")
    # A receipt is pending from the day it came in until the day it is posted.
    con.execute(f"""
      CREATE OR REPLACE VIEW v.receipts AS
      SELECT case_of(i) || '-' || tail AS receipt_id, case_of(i) AS case_id, received_on,
        CASE WHEN is_posted THEN posted_on END AS posted_on, CAST(cents AS BIGINT) AS amount_cents, kind,
        CASE WHEN is_posted THEN 'posted' ELSE 'pending' END AS status, source,
        case_of(i) || '-' || reverses AS reverses_receipt_id,
        CASE WHEN is_posted THEN posted_on ELSE received_on END AS known_on
      FROM bulk_receipts, (VALUES (true), (false)) AS states(is_posted)
      WHERE is_posted OR (posted_on > received_on AND received_on >= DATE '{frame.throughs[0]}')
      UNION ALL SELECT * FROM planted.receipts""")


def make_process(con: Connection, frame: Frame) -> None:
    """Fills classes of debt, notices, hearings, agreements and stays of the bulk."""
    first = f"DATE '{frame.throughs[0]}'"
    _make_notices(con, first)
    _fill_classes(con)
    _fill_process(con, first)
    _fill_protections(con, frame, first)


def _make_notices(con: Connection, first: str) -> None:
    """The table `noticed`: who of the bulk was sent a notice of debt, and how its service ended."""
    con.execute(f"""
      CREATE OR REPLACE TABLE noticed AS
      WITH begun AS (
        SELECT i, conduct, obligor_p, opening_cents + assigned_opening_cents AS opening_cents,
          CASE conduct WHEN 'partial' THEN first_due_on + 60 ELSE greatest(stopped_on, first_due_on) + 40 END
            + CAST(dice('noticed', i, 60) AS INTEGER) AS sent_on,
          CASE WHEN dice('notice', i, 100) < 76 THEN 'served' WHEN dice('notice', i, 100) < 84 THEN 'returned'
               WHEN dice('notice', i, 100) < 90 THEN 'sent' END AS status,
          2 + CAST(dice('service', i, 9) AS INTEGER) AS service_days
        FROM bulk WHERE conduct IN ('partial', 'stopped', 'never')
      ),
      due AS (
        SELECT i, sum(cents) AS cents FROM bulk_charges JOIN begun USING (i)
        WHERE due_on <= sent_on GROUP BY i
      ),
      paid AS (
        SELECT i, sum(cents) AS cents FROM bulk_receipts JOIN begun USING (i)
        WHERE posted_on <= sent_on GROUP BY i
      )
      SELECT begun.*, opening_cents + coalesce(due.cents, 0) - coalesce(paid.cents, 0) AS debt_cents,
        sent_on + service_days AS ended_on
      FROM begun LEFT JOIN due USING (i) LEFT JOIN paid USING (i)
      WHERE status IS NOT NULL AND sent_on + service_days <= {first} AND debt_cents > 0""")


def _fill_classes(con: Connection) -> None:
    """Opening balances of the bulk by class."""
    con.execute("""
      INSERT INTO v.classes BY NAME
      SELECT case_of(i) AS case_id,
        CASE case_class WHEN 'never_assistance' THEN 'never_assigned'
          WHEN 'current_assistance' THEN 'during_assistance' ELSE 'post_assistance' END AS balance_class,
        CASE case_class WHEN 'current_assistance' THEN 'Y' ELSE 'N' END AS is_assigned, true AS is_main,
        opening_cents, CASE WHEN status = 'served' THEN ended_on END AS liquidated_from,
        CASE WHEN dice('dispute', i, 80) = 0 AND conduct <> 'paying' THEN least(20000, opening_cents)
             ELSE 0 END AS disputed_cents
      FROM bulk LEFT JOIN (SELECT i, status, ended_on FROM noticed) USING (i)
      UNION ALL
      SELECT case_of(i), 'during_assistance', 'Y', false, assigned_opening_cents,
        CASE WHEN status = 'served' THEN ended_on END, 0
      FROM bulk LEFT JOIN (SELECT i, status, ended_on FROM noticed) USING (i)
      WHERE assigned_opening_cents > 0""")


def _fill_process(con: Connection, first: str) -> None:
    """Notices of debt and the hearings that were asked for on them."""
    con.execute(f"""
      INSERT INTO v.notices BY NAME
      SELECT 'N' || case_of(i) AS notice_id, case_of(i) AS case_id, person_of(obligor_p) AS person_id,
        'notice_of_debt' AS about, debt_cents, sent_on,
        CASE WHEN status = 'served' THEN ended_on END AS served_on,
        CASE WHEN status = 'returned' THEN ended_on END AS returned_on, status, {first} AS known_on
      FROM noticed""")
    con.execute(f"""
      INSERT INTO v.hearings BY NAME
      SELECT 'H' || case_of(i) AS hearing_id, case_of(i) AS case_id, 'N' || case_of(i) AS notice_id,
        'notice_of_debt' AS about, ended_on + CAST(3 + dice('asked', i, 20) AS INTEGER) AS requested_on,
        CASE WHEN is_decided THEN ended_on + 120 END AS decided_on,
        CASE WHEN is_decided THEN ['upheld', 'upheld', 'withdrawn', 'set_aside'][1 + dice('decided', i, 4)]
        END AS decision,
        CASE WHEN is_decided THEN ended_on + 124 END AS decision_mailed_on, {first} AS known_on
      FROM (SELECT *, ended_on + 124 <= {first} AS is_decided FROM noticed)
      WHERE status = 'served' AND dice('hearing', i, 20) = 0 AND ended_on + 23 <= {first}""")


def _fill_protections(con: Connection, frame: Frame, first: str) -> None:
    """Agreements and stays of the bulk."""
    con.execute(f"""
      INSERT INTO v.agreements BY NAME
      SELECT 'A' || case_of(i) AS agreement_id, case_of(i) AS case_id,
        {first} - 90 AS signed_on, {first} + 400 AS ends_on, 'Y' AS includes_current,
        CASE WHEN conduct = 'partial' THEN 'kept' ELSE 'broken' END AS status,
        CASE WHEN conduct <> 'partial' THEN {first} - 20 END AS broken_on, {first} AS known_on
      FROM bulk WHERE conduct IN ('partial', 'stopped') AND dice('agreed', i, 12) = 0""")
    con.execute(f"""
      INSERT INTO v.stays BY NAME
      SELECT 'S' || case_of(i) || left(kind, 1) AS stay_id,
        CASE WHEN kind <> 'bankruptcy' THEN case_of(i) END AS case_id,
        CASE WHEN kind = 'bankruptcy' THEN person_of(obligor_p) END AS person_id, kind,
        CASE WHEN kind = 'exemption' THEN 'license_revocation' END AS remedy,
        DATE '{frame.first_night}' - CAST(10 + dice(kind, i, 200) AS INTEGER) AS from_on, {first} AS known_on
      FROM bulk, (VALUES ('good_cause', 120), ('bankruptcy', 70), ('exemption', 150), ('dispute', 200))
        AS kinds(kind, sides)
      WHERE dice('stay ' || kind, i, sides) = 0""")


def balances_as_of(through: date) -> str:
    """SQL for the agency's own balances by class at the end of a day.

    Charges and receipts move the main class of a case; its other classes stand still.
    """
    return f"""
      WITH moved AS (
        SELECT case_id, sum(amount_cents) AS cents FROM (
          SELECT case_of(i) AS case_id, cents AS amount_cents FROM (
            SELECT i, sum(cents) AS cents FROM (
              SELECT i, cents FROM bulk_charges WHERE due_on <= DATE '{through}'
              UNION ALL SELECT i, -cents FROM bulk_receipts WHERE posted_on <= DATE '{through}') GROUP BY i)
          UNION ALL SELECT case_id, amount_cents FROM planted.charges WHERE due_on <= DATE '{through}'
          UNION ALL SELECT case_id, -amount_cents FROM planted.receipts
            WHERE status = 'posted' AND posted_on <= DATE '{through}')
        GROUP BY case_id
      ),
      summed AS (
        SELECT classes.*, opening_cents + CASE WHEN is_main THEN coalesce(moved.cents, 0) ELSE 0 END
            + coalesce(unexplained_cents, 0) AS past_due_cents
        FROM v.classes AS classes LEFT JOIN moved USING (case_id)
      )
      SELECT case_id, balance_class, is_assigned, CAST(past_due_cents AS BIGINT) AS past_due_cents,
        CAST(CASE WHEN liquidated_from <= DATE '{through}' THEN past_due_cents ELSE 0 END AS BIGINT)
          AS liquidated_cents,
        CAST(coalesce(disputed_cents, 0) AS BIGINT) AS disputed_cents,
        CAST(coalesce(barred_cents, 0) AS BIGINT) AS barred_cents, opening_cents
      FROM summed"""
