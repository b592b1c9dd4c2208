"""What the tests of the recipes write: a feed of boats, a yearly letter with its queue, New Hampshire.

All of it is invented: no partner sends it, no law says it. Keys are paths within the house.
"""

NIGHT = "2025-01-14"
BOATS, STATEMENT, STATEMENTS = "boat_registrations", "yearly_letter", "yearly_letters"
SOURCE = """\
  invented-for-a-test:
    title: Nothing that any legislature has ever enacted
    where: tests
    seen: policy
"""
_TABLE = """\
# Invented for a test; record length: 80; fields tile positions 1-80 with no gap or overlap
field,start,length,type,required,values_or_edits,description
"""

FEED = {
    f"transforms/feeds/{BOATS}/feed.yml": """\
title: Boats registered to persons in the caseload
partner: a registry that exists only in a test
cadence: monthly
stale_after_days: 60
mode: snapshot
format: fixed
encoding: latin-1
newline: lf
record_length: 80
control: required
may_be_empty: false
most_rejected_percent: 10
match:
  exact: number_and_name
  number: ssn
  person_number: person_id
  name: [last_name, first_name]
  birth_date: birth_on
names: [boat.last_name]
labels: {ssn: [boat.ssn]}
records:
  boat: {}
not_proofs:
  file: it has no trailer; the control file counts the lines
band: {least_percent: 50, most_percent: 300, small_rows: 100, most_rows: 1_000_000}
""",
    f"transforms/feeds/{BOATS}/boat.csv": _TABLE
    + """\
last_name,1,20,A,R,,Name
first_name,21,15,A,,,First name
ssn,36,9,N,,,Number
date_of_birth,45,8,date:CCYYMMDD,,,Birth date
person_number,53,10,AN,R,,State person number
hull_number,63,12,AN,R,,Hull number
paid_through,75,6,date:CCYYMM,,,Month through which the registration is paid
""",
    f"transforms/feeds/{BOATS}/load.sql": """\
-- One row per boat of a person in the caseload.
SELECT
  source_line, ssn, person_number AS person_id, last_name, first_name, date_of_birth AS birth_on,
  hull_number, paid_through
FROM boat
""",
    f"transforms/feeds/{BOATS}/edits.sql": """\
-- One row per boat; the first true column is the reason it is set aside.
SELECT
  'boat' AS record,
  source_line,
  NOT regexp_matches(hull_number, '^[A-Z]') AS "a hull number without its maker"
FROM boat
""",
    f"expectations/feeds/{BOATS}.yml": f"""\
table: staging.{BOATS}
may_be_absent: true
expect:
  - {{type: expect_column_values_to_be_unique, column: hull_number, else: stop, why: "one boat, one owner"}}
""",
}

CARD = f"rules/remedies/{STATEMENT}/"
REMEDY = {
    CARD + "remedy.yml": f"""\
title: Yearly letter
order: 90
facts: case_facts
amount: owed_cents
rests_on: [owed_cents]
queue: {STATEMENTS}
cites: [me-19-a-2156]
if_wrong: A parent who owes nothing reads that they do.
innocent: A payment came in after the balance was struck.
needs: {{debt_over: {STATEMENT}.debt_over}}
conditions:
  - case_open
  - more_than_the_floor:
      is: owed_cents > $debt_over
      say: "Owes {{owed_cents}}, more than {{debt_over}}."
      not: "Owes {{owed_cents}}, not more than {{debt_over}}."
      cites: [me-19-a-2156]
      at: enter
leaves:
  - protections: [agreement, assistance, balance, bankruptcy, death, debt, dispute, exemption,
      withholding_only, good_cause, hearing, identity, interstate, notice_of_debt, payment_in_transit,
      tribal_order, abatement]
    why: A statement tells and takes nothing.
    cites: [me-19-a-2156]
steps:
  - {{step: statement, kind: notice, queue: {STATEMENTS}, message: statement, say: Mail the statement.}}
update: {{on: none}}
release: {{queue: {STATEMENTS}, message: paid, any: [paid_in_full]}}
""",
    CARD + "examples.yml": """\
jurisdiction: me
as_of: 2025-01-14
usual: {case_is_open: true, owed_cents: 100_01}
examples:
  - {say: a cent over the floor, then: flag}
  - {say: exactly at the floor, but: {owed_cents: 100_00}, then: clear, because: [more_than_the_floor]}
  - {say: nobody knows the debt, but: {owed_cents: null}, then: unknown, because: [more_than_the_floor]}
  - {say: a cent under the floor, but: {owed_cents: 99_99}, then: clear}
  - {say: the case is closed, but: {case_is_open: false}, then: clear, because: [case_open]}
  - {say: goes on, part: stay, then: flag}
  - {say: closed since, part: stay, but: {case_is_open: false}, then: clear, because: [case_open]}
  - {say: paid, part: release, but: {owed_cents: 0}, then: flag}
""",
}
REMEDY_IN_FORCE = f"""\
  {STATEMENT}:
    from: 2020-01-01
    cites: [me-19-a-2156]
"""
REMEDY_VALUE = f"""\
  {STATEMENT}.debt_over:
    unit: cents
    from:
      2020-01-01:
        value: 100_00
        standing: policy
        cites: [arrears-policy#conventions]
"""

LOOK = "look_for_boats"
CLOCK = {
    "rules/deadlines/boats.yml": f"""\
deadlines:
  {LOOK}:
    title: A look at the boats after the first order
    facts: case_facts
    anchor: order_entered_on
    met: debt_notice_served_on
    clock: {LOOK}.days
    needs: caseworker
    say: "The first order is of {{order_entered_on}}; somebody looks at the boats by {{ends_on}}."
    cites: [arrears-policy#conventions]
"""
}
CLOCK_VALUE = f"""\
  {LOOK}.days:
    unit: days
    from:
      2020-01-01:
        value: 60
        standing: policy
        cites: [arrears-policy#conventions]
"""

WORK = {
    "rules/work/boats.yml": """\
heading: decide
kinds:
  boats_to_look_for:
    title: Boats to look for
    facts: case_facts
    when: case_is_open AND past_due_cents > 0
    say: "Past due are {past_due_cents}; somebody looks for boats."
    do: Ask the registry
    needs: caseworker
    minutes: 10
    cites: [arrears-policy#conventions]
"""
}
LINE = """\
  "99":
    title: Cases whose parents may have boats
    counts: cases
    sql: boats_open.sql
    needs: [cases]
    cites: [ocse-157-instructions]
"""
LINE_SQL = """\
-- One row per case that is open on the night.
SELECT case_id, person_id, office, part, counted, src
FROM open_case
"""

# Nobody decides anything after the sample night.
DECIDED = "remedy,subject_id,step,decision,by_user,at,because\n"

WAIVER = """\
  - remedy: credit_reporting
    condition: not_assisted
    from: 2026-01-01
    why: To show that it can be waived.
    cites: [invented-for-a-test]
"""

ADDED = """
adds:
  - remedy: credit_reporting
    condition: free
    from: 2026-01-01
    why: To show that it can be added.
    cites: [invented-for-a-test]
    is: NOT obligor_in_prison
    say: Is free.
    not: Is held in a prison or jail.
    protects: true
"""

SLIPS = f"transforms/queues/{STATEMENTS}/"
QUEUE = {
    SLIPS + "queue.yml": """\
title: Yearly letters
encoding: ascii
newline: lf
records: {header: header.csv, detail: statement.csv, trailer: trailer.csv}
messages: [statement, paid]
partner: [agency_name]
unique: [case_id]
amount: {field: owed, unit: cents}
checks: {debt_is_stated: a statement states a debt}
totals:
  trailer:
    statement_count: {count: records}
    owed_sum: {sum: owed}
""",
    SLIPS + "header.csv": _TABLE
    + """\
kind,1,1,A,R,H=header,Kind of record
agency_name,2,30,AN,R,,Agency
made_on,32,8,date:CCYYMMDD,R,,Business date
filler,40,41,F,,,
""",
    SLIPS + "statement.csv": _TABLE
    + """\
kind,1,1,A,R,D=statement,Kind of record
case_id,2,10,AN,R,,Case
last_name,12,40,A,R,,Name
owed,52,13,N2,R,,Debt
filler,65,16,F,,,
""",
    SLIPS + "trailer.csv": _TABLE
    + """\
kind,1,1,A,R,T=total,Kind of record
statement_count,2,9,N,R,,Statements
owed_sum,11,15,N2,R,,Sum of their debts
filler,26,55,F,,,
""",
    SLIPS + "header.sql": """\
-- One row: whose statements, of which day.
SELECT 'H' AS kind, agency_name, $as_of AS made_on
FROM partner
""",
    SLIPS + "rows.sql": """\
-- One row per statement.
SELECT
  'D' AS kind, item.case_id, plain(person.last_name) AS last_name, item.amount_cents AS owed,
  [item.action_id] AS action_ids, item.amount_cents, item.message = 'paid' AS is_withdrawal, NULL AS carry
FROM item
JOIN caseload.persons AS person USING (person_id)
""",
    SLIPS + "trailer.sql": """\
-- One row: the statements and their debts, over the lines as they were written.
SELECT 'T' AS kind, count(*) AS statement_count, sum(owed) AS owed_sum
FROM records
""",
    SLIPS + "checks.sql": """\
-- One row per statement: it states a debt.
SELECT record_no, owed > 0 AS debt_is_stated
FROM record
""",
    f"expectations/queues/{STATEMENTS}.yml": f"""\
table: queues.{STATEMENTS}
may_be_absent: true
may_be_empty: true
expect:
  - {{type: expect_column_values_to_be_unique, column: case_id, else: stop, why: "one statement a case"}}
""",
}
QUEUE_PARTNER = f"""\
  {STATEMENTS}:
    agency_name: MAINE DHHS DSER
"""

# What the facts ask of every jurisdiction, what the remedies need, and one value that nobody has set yet.
_VALUES = {
    "assisted_obligor.resume_after_days": ("days", 14),
    "credit_report.debt_over": ("cents", "500_00"),
    "federal_tax.pre_offset_contest_days": ("days", 30),
    "gambling_lottery.lottery_threshold": ("cents", "unset"),
    "license.appeal_window_days": ("days", 30),
    "license.hearing_request_days": ("days", 20),
    "license.repeat_arrears_days": ("days", 30),
    "license.repeat_lookback_months": ("months", 24),
    "majority.age": ("years", 18),
    "majority.age_max": ("years", 20),
    "notice_of_debt.challenge_window_days": ("days", 30),
    "notice_of_debt.elapsed_after_decision_days": ("days", 30),
}
NEW_HAMPSHIRE = """\
name: New Hampshire
fips: "33"
postal_code: NH
timezone: America/New_York
night_at: "03:30"
holidays:
  cites: [invented-for-a-test]
  days: {2025-01-01: "New Year's Day", 2025-01-20: Civil Rights Day}
feeds:
  caseload: {required: true, cites: [invented-for-a-test]}
  dmv_licenses: {cadence: monthly, cites: [invented-for-a-test]}
remedies_in_force:
  credit_reporting: {from: 2020-01-01, cites: [invented-for-a-test]}
  lottery_setoff: {from: 2020-01-01, cites: [invented-for-a-test]}
waivers:
  - remedy: credit_reporting
    condition: not_assisted
    from: 2020-01-01
    why: To show that it can be waived.
    cites: [invented-for-a-test]
partners:
  credit_bureaus:
    equifax_program_identifier: TESTEQFX01
    experian_program_identifier: TESTX
    transunion_program_identifier: TESTTU0001
    innovis_program_identifier: TESTINNOV1
    reporter_name: NEW HAMPSHIRE TEST
    reporter_address: 1 INVENTED ST CONCORD NH 03301
    reporter_telephone_number: "6035550100"
    program_date: 2024-01-01
    program_revision_date: 2024-01-01
    identification_number: TEST0000000000000033
    cycle_identifier: "01"
    software_vendor_name: ARREARS
    software_version_number: "1"
  lottery:
    agency_name: NEW HAMPSHIRE TEST
    agency_telephone: "6035550100"
values:
""" + "".join(
    f"  {key}: {{unit: {unit}, from: {{2020-01-01: "
    f"{{value: {value}, standing: policy, cites: [invented-for-a-test]}}}}}}\n"
    for key, (unit, value) in _VALUES.items()
)
