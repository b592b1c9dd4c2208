"""The answer to a what-if as people and programs read it: counts first, lines by the page."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears.answers.background_answers import IN_OFFICES, Answer, Told, paged, within
from arrears.answers.display import fetch, measured
from arrears.data.warehouse import Connection
from arrears.values import dollars

LOW_INCOME_SAYS = (
    "Receives cash assistance or Supplemental Security Income, or earned less than low_income.yearly_income "
    "a year by the last quarter's wages that all employers reported; without an answer to both not known"
)
# Who begins or ends to be flagged, each with the dollars that the verdicts name.
_MOVES = """count(*) FILTER (moves = 'enters') AS enters,
  coalesce(sum(amount_cents) FILTER (moves = 'enters'), 0)::BIGINT AS enters_cents,
  count(*) FILTER (moves = 'leaves') AS leaves,
  coalesce(sum(amount_cents) FILTER (moves = 'leaves'), 0)::BIGINT AS leaves_cents"""
_ORDER = "moves = 'other', moves, amount_cents DESC NULLS LAST, remedy, subject_id"


def told(answer: Answer, page: int = 1, size: int = 50, offices: frozenset[str] | None = None) -> Told:
    """The answer in counts, then one page of its lines: who enters first, the largest amounts first."""
    where, bound = within(offices)
    own = "true" if offices is None else IN_OFFICES

    def read(con: Connection) -> Told:
        def each(sql: str) -> list[Told]:
            return fetch(con, sql.format(where=where, own=own), bound)

        return {
            **answer.head,
            "totals": each(_TOTALS)[0] | each(_MINUTES)[0],
            "remedies": each(_REMEDIES),
            "offices": each(_OFFICES),
            "work": each(_WORK),
            "acts": each(_ACTS),
            "low_income": {"says": LOW_INCOME_SAYS, "moves": each(_LOW_INCOME)},
            "lines": paged(con, "who", where, _ORDER, page, size, bound),
        }

    return answer.ask(read)


_TOTALS = f"""SELECT {_MOVES}, count(*) FILTER (enter_now = 'unknown') AS becomes_unknown,
  count(DISTINCT person_id) AS persons, count(DISTINCT case_id) AS cases
FROM who WHERE {{where}}"""
_MINUTES = """SELECT count(*) FILTER (list = 'work' AND was IS NULL) AS lines_more,
  count(*) FILTER (list = 'work' AND now IS NULL) AS lines_fewer,
  coalesce(sum(more_minutes), 0)::BIGINT AS more_minutes,
  count(*) FILTER (list = 'work' AND minutes IS NULL) AS lines_without_minutes
FROM moved WHERE {where}"""
_REMEDIES = f"""WITH moves AS (
  SELECT remedy, {_MOVES}, count(*) FILTER (enter_now = 'unknown') AS becomes_unknown
  FROM who WHERE {{where}} GROUP BY remedy
),
flagged AS (
  SELECT remedy, sum(flags_was)::BIGINT AS flags_was, sum(flags_now)::BIGINT AS flags_now
  FROM flags WHERE {{own}} GROUP BY remedy
)
SELECT remedy, coalesce(flags_was, 0) AS flags_was, coalesce(flags_now, 0) AS flags_now,
  moves.* EXCLUDE (remedy)
FROM moves LEFT JOIN flagged USING (remedy) ORDER BY remedy"""
_OFFICES = f"""WITH moves AS (SELECT office, worker, {_MOVES} FROM who WHERE {{where}} GROUP BY ALL),
work AS (
  SELECT office, worker, coalesce(sum(more_minutes), 0)::BIGINT AS more_minutes
  FROM moved WHERE {{where}} AND list = 'work' GROUP BY ALL
)
SELECT coalesce(moves.office, work.office) AS office, coalesce(moves.worker, work.worker) AS worker,
  coalesce(enters, 0) AS enters, coalesce(enters_cents, 0) AS enters_cents,
  coalesce(leaves, 0) AS leaves, coalesce(leaves_cents, 0) AS leaves_cents,
  coalesce(more_minutes, 0) AS more_minutes
FROM moves FULL JOIN work
  ON moves.office IS NOT DISTINCT FROM work.office AND moves.worker IS NOT DISTINCT FROM work.worker
WHERE coalesce(enters, 0) + coalesce(leaves, 0) > 0 OR coalesce(more_minutes, 0) <> 0
ORDER BY 1 NULLS LAST, 2 NULLS LAST"""
_WORK = """SELECT kind, any_value(title) AS title, count(*) FILTER (was IS NULL) AS lines_more,
  count(*) FILTER (now IS NULL) AS lines_fewer,
  count(*) FILTER (was IS NOT NULL AND now IS NOT NULL) AS lines_changed,
  any_value(minutes) AS minutes_each, coalesce(sum(more_minutes), 0)::BIGINT AS more_minutes
FROM moved WHERE {where} AND list = 'work' GROUP BY kind ORDER BY kind"""
_ACTS = """SELECT remedy, kind AS step, coalesce(now, was) AS says,
  count(*) FILTER (was IS NULL) AS acts_more, count(*) FILTER (now IS NULL) AS acts_fewer,
  count(*) FILTER (was IS NOT NULL AND now IS NOT NULL) AS acts_changed
FROM moved WHERE {where} AND list = 'act' GROUP BY ALL ORDER BY ALL"""
# A person counts once on each side, however many remedies reach them.
_LOW_INCOME = """WITH one AS (
  SELECT DISTINCT moves, person_id, is_low_income FROM who WHERE {where} AND moves <> 'other'
),
counted AS (
  SELECT moves, count(*) FILTER (is_low_income) AS yes, count(*) FILTER (NOT is_low_income) AS no,
    count(*) FILTER (is_low_income IS NULL) AS unknown
  FROM one GROUP BY moves
)
SELECT *, CASE WHEN yes + no > 0 THEN 100 * yes // (yes + no) END AS percent_of_known
FROM counted ORDER BY moves"""


def print_what_if(found: Told, out: Console) -> None:
    """Prints the answer: what is changed, the counts, and the first lines."""
    out.print(f"[bold]What if, on the night of {found['as_of']}, {found['state'].upper()}[/bold]")
    for one in found["changed"]:
        was, now = (escape(measured(one[side], one["unit"])) for side in ("was", "now"))
        out.print(f"  {one['key']}: {was} -> [bold]{now}[/bold]")
    for one in found["in_force"]:
        out.print(f"  {one['remedy']}: in force {one['was']} -> {one['now']}, {one['reading_now']} reading")
    totals = found["totals"]
    out.print(
        f"Enter: {totals['enters']:,} ({dollars(totals['enters_cents'])}). "
        f"Leave: {totals['leaves']:,} ({dollars(totals['leaves_cents'])}). "
        f"Work list: {totals['lines_more']:,} line(s) more, {totals['lines_fewer']:,} fewer, "
        f"{totals['more_minutes']:+,} minutes."
    )
    for one in found["low_income"]["moves"]:
        share = "not known" if one["percent_of_known"] is None else f"{one['percent_of_known']} %"
        out.print(f"Of those who {one['moves'][:-1]}, low-income: {share} ({one['unknown']:,} not known).")
    for title, rows in (("By remedy", found["remedies"]), ("By office and worker", found["offices"])):
        if rows:
            out.print(_table(title, rows))
    lines = found["lines"]
    if lines["rows"]:
        named = ("moves", "remedy", "subject_id", "office", "worker", "amount_cents")
        out.print(
            _table(
                f"{lines['total']:,} lines", [{name: one[name] for name in named} for one in lines["rows"]]
            )
        )
    if lines["total"] > lines["page"] * lines["size"]:
        out.print(f"More by --page {lines['page'] + 1}.")
    out.print(f"Compared with {found['compared_with']}; nothing was written.")


def _table(title: str, rows: list[Told]) -> Table:
    made = Table(
        *(name.replace("_cents", "").replace("_", " ") for name in rows[0]), title=title, title_justify="left"
    )
    for row in rows:
        made.add_row(
            *(
                "" if value is None else dollars(value) if name.endswith("_cents") else escape(str(value))
                for name, value in row.items()
            )
        )
    return made
