"""The bulk's opening ledger: what the agency had sent already, so that the first night is no flood."""

from arrears.fakes.frame import Frame
from arrears.fakes.money import balances_as_of
from arrears.fakes.verdicts import SENT
from arrears.warehouse import Connection

SHARE = 85  # of a hundred cases that a remedy reaches, so many are with the partner already
LICENSE_SHARE = 60
_TOLD = {
    "first_delinquency_on": "delinquent_on",
    "highest_dollars": "{amount} // 100",
    "reported_dollars": "{amount} // 100",
    "certified_cents": "{amount}",
}


def make_sent(con: Connection, frame: Frame) -> None:
    """Fills `v.sent` with what most long-standing debtors' cases had led to before the first night."""
    con.execute(f"CREATE OR REPLACE TABLE balances_now AS {balances_as_of(frame.throughs[0])}")
    con.execute(f"""
      CREATE OR REPLACE TABLE standing AS
      SELECT i, obligor_p, case_of(i) AS case_id, person_of(obligor_p) AS person_id,
        noticed.ended_on + 45 AS open_on, noticed.sent_on - 30 AS delinquent_on,
        stopped_on, has_license, balance.*
      FROM bulk JOIN (SELECT i, ended_on, sent_on, status FROM noticed) AS noticed USING (i)
      JOIN (SELECT CAST(case_id AS BIGINT) AS i, sum(past_due_cents) AS owed_cents,
              sum(past_due_cents) FILTER (is_assigned = 'Y') AS assigned_cents,
              sum(past_due_cents) FILTER (is_assigned = 'N') AS unassigned_cents
            FROM balances_now GROUP BY 1) AS balance USING (i)
      WHERE noticed.status = 'served' AND ended_on + 60 < DATE '{frame.first_night}' AND NOT is_dead
        AND NOT is_assisted AND ssn_verified = 'Y'
        AND obligor_p NOT IN (SELECT obligor_p FROM bulk WHERE obligor_i <> i)""")
    reached = {
        "credit": ("owed_cents > 100000", "owed_cents", SHARE),
        "state": ("owed_cents > 2500", "owed_cents", SHARE),
        "federal A": ("assigned_cents >= 15000", "assigned_cents", SHARE),
        "federal N": ("unassigned_cents >= 50000", "unassigned_cents", SHARE),
        "restrict": (
            f"stopped_on < DATE '{frame.first_night}' - 150 AND has_license AND owed_cents > 50000",
            "owed_cents", LICENSE_SHARE,
        ),
    }  # fmt: skip
    for what, (where, amount, share) in reached.items():
        for item in SENT[what]:
            subject = item.subject.format(case="' || case_id || '", person="' || person_id || '")
            target = "license_of(obligor_p)" if item.target == "license" else f"'{subject}'"
            told = ", ".join(f"'{name}': {_TOLD[name].format(amount=amount)}" for name in item.carry)
            carry = f"CAST(to_json({{{told}}}) AS VARCHAR)" if told else "NULL"
            con.execute(f"""
              INSERT INTO v.sent BY NAME
              SELECT '{item.remedy}' AS remedy, '{subject}' AS subject_id, case_id, person_id,
                '{item.step}' AS step, '{item.queue}' AS queue, '{item.message}' AS message,
                {target} AS target_id,
                open_on + CAST(dice('sent {what}', i, 14) AS INTEGER) AS sent_on, {amount} AS amount_cents,
                {carry} AS carry, DATE '{frame.throughs[0]}' AS known_on
              FROM standing WHERE {where} AND dice('sent before {what}', i, 100) < {share}""")
    con.execute("""
      INSERT INTO v.notices BY NAME
      SELECT 'F' || case_id AS notice_id, case_id, person_id, 'federal_offset' AS about,
        sum(amount_cents) AS debt_cents, min(sent_on) - 40 AS sent_on, 'sent' AS status,
        min(known_on) AS known_on
      FROM v.sent
      WHERE remedy = 'federal_tax_offset'
        AND case_id NOT IN (SELECT case_id FROM v.notices WHERE about = 'federal_offset')
      GROUP BY case_id, person_id""")
