"""The bulk's opening ledger: what the agency had sent already, so that the first night is not a flood."""

from dataclasses import replace

from arrears.data.warehouse import Connection
from arrears.fakes.frame import Frame
from arrears.fakes.money import balances_as_of
from arrears.fakes.verdicts import MASSACHUSETTS, SENT, SentItem

SHARE = 85  # of a hundred cases that a remedy reaches, so many are with the partner already
LICENSE_SHARE = 60
_TOLD = {
    "first_delinquency_on": "delinquent_on",
    "highest_dollars": "{amount} // 100",
    "reported_dollars": "{amount} // 100",
    "certified_cents": "{amount}",
}


def told_in(state: str, items: tuple[SentItem, ...]) -> list[SentItem]:
    """The lines of the opening ledger that a state has, under its own remedies."""
    own = MASSACHUSETTS if state == "ma" else {}
    renamed = [replace(item, remedy=own.get(item.remedy, item.remedy)) for item in items]
    return [item for item in renamed if item.remedy]


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
        "lottery": ("owed_cents >= 50000", "owed_cents", SHARE),
        "registry": ("owed_cents > 0", "owed_cents", SHARE),
        "network": ("owed_cents > 0", "owed_cents", SHARE),
        "federal A": ("assigned_cents >= 15000", "assigned_cents", SHARE),
        "federal N": ("unassigned_cents >= 50000", "unassigned_cents", SHARE),
        "annual": ("owed_cents > 0", "owed_cents", SHARE),
        "offset notice A": ("assigned_cents > 0", "assigned_cents", SHARE),
        "offset notice N": ("unassigned_cents > 0", "unassigned_cents", SHARE),
        "restrict": (
            f"stopped_on < DATE '{frame.first_night}' - 150 AND has_license AND owed_cents > 50000",
            "owed_cents", LICENSE_SHARE,
        ),
    }  # fmt: skip
    for what, (where, amount, share) in reached.items():
        for item in told_in(frame.state, SENT[what]):
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
    _noticed_and_ordered(con, frame)
    if frame.state == "ma":
        _told_of_refunds(con, frame)
    con.execute("""
      INSERT INTO v.notices BY NAME
      SELECT 'F' || case_id AS notice_id, case_id, person_id, 'federal_offset' AS about,
        sum(amount_cents) AS debt_cents, min(sent_on) - 40 AS sent_on, 'sent' AS status,
        min(known_on) AS known_on
      FROM v.sent
      WHERE remedy = 'federal_tax_offset'
        AND case_id NOT IN (SELECT case_id FROM v.notices WHERE about = 'federal_offset')
      GROUP BY case_id, person_id""")


def _told_of_refunds(con: Connection, frame: Frame) -> None:
    """Letters before a state refund is claimed, where no notice of debt is one: most had theirs."""
    con.execute(f"""
      INSERT INTO v.notices BY NAME
      SELECT 'T' || case_id AS notice_id, case_id, obligor_id AS person_id, 'state_offset' AS about,
        owed_cents AS debt_cents, DATE '{frame.first_night}' - 60 AS sent_on, 'sent' AS status,
        DATE '{frame.throughs[0]}' AS known_on
      FROM (SELECT case_id, sum(past_due_cents) AS owed_cents FROM balances_now GROUP BY case_id) AS owed
      JOIN v.cases AS cases USING (case_id)
      WHERE owed_cents > 0 AND dice('told of refunds', CAST(case_id AS BIGINT), 100) < {SHARE}""")


def _noticed_and_ordered(con: Connection, frame: Frame) -> None:
    """Notices of debt that are on their way, and the orders that most payors have."""
    con.execute(f"""
      INSERT INTO v.notices BY NAME
      SELECT 'W' || case_id AS notice_id, case_id, obligor_id AS person_id, 'notice_of_debt' AS about,
        owed_cents AS debt_cents, DATE '{frame.first_night}' - 12 AS sent_on, 'sent' AS status,
        DATE '{frame.throughs[0]}' AS known_on
      FROM (SELECT case_id, sum(past_due_cents) AS owed_cents FROM balances_now GROUP BY case_id) AS owed
      JOIN v.cases AS cases USING (case_id) JOIN bulk ON case_of(i) = case_id
      WHERE owed_cents > 0 AND dice('noticed before', i, 100) < {SHARE}
        AND case_id NOT IN (SELECT case_id FROM v.notices WHERE about = 'notice_of_debt')""")
    con.execute(f"""
      INSERT INTO v.sent BY NAME
      SELECT 'income_withholding' AS remedy, case_id || ':' || fein AS subject_id, case_id,
        obligor_id AS person_id, 'order' AS step, 'income_withholding' AS queue, 'original' AS message,
        case_id || ':' || fein AS target_id,
        least(from_on + 14, DATE '{frame.throughs[0]}') AS sent_on, 0 AS amount_cents,
        DATE '{frame.throughs[0]}' AS known_on
      FROM v.employers AS employers JOIN v.cases AS cases ON cases.obligor_id = employers.person_id
      JOIN bulk ON case_of(i) = case_id
      WHERE status = 'open' AND dice('ordered before', i, 100) < {SHARE}""")
