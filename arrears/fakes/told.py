"""What an invented caseload was made like, beside what public sources tell of real ones."""

from dataclasses import dataclass
from pathlib import Path

from arrears.data.warehouse import Connection, ask_sql_file
from arrears.fakes.frame import Frame

SQL = Path(__file__).with_name("sql")
OURS = "our own choice"
ASKED = "asked for by this project; no public table gives it"
CLASSES = "CRS report RL32875, 14 September 2016: caseload of fiscal year 2015"
CASES = "OCSE annual report FY 2010 (17.5 million children); CRS report RL33422, 2012 (15.9 million cases)"
DEBTORS = "OCSE, Who Owes the Child Support Debt?, 15 September 2017"
NAMES = "Census Bureau, Frequently Occurring Surnames from Census 1990"


@dataclass(frozen=True)
class Measure:
    """One thing that is measured of a caseload: what is wanted, how far from it is well, and who says so."""

    name: str
    says: str
    wanted: float
    within: float
    source: str

    def holds(self, made: float) -> bool:
        """Whether what was made is as near as it has to be."""
        return abs(made - self.wanted) <= self.within


MEASURES = (
    Measure("with_arrears", "cases with arrears, %", 65, 2, ASKED),
    Measure("over_1000", "cases that owe over $1,000, %", 51, 3,
            f"{ASKED}; Missouri State Auditor, 2007: 187,033 cases, about half of the caseload"),
    Measure("current_assistance", "cases with assistance now, %", 10.5, 1.5, CLASSES),
    Measure("former_assistance", "cases with assistance before, %", 42.8, 2, CLASSES),
    Measure("persons", "persons a case", 2.45, 0.25, ASKED),
    Measure("children", "children a case", 1.10, 0.15, CASES),
    Measure("cases_a_debtor", "cases a debtor", 1.36, 0.2, 
            f"{DEBTORS}; Trends in Child Support Debt Amounts, 15 March 2018 (7.5 million cases)"),
    Measure("payments", "payments a case and month", 0.35, 0.04, ASKED),
    Measure("debtors_below_10000", "debtors who owe less than $10,000, %", 50, 7, DEBTORS),
    Measure("debt_below_10000", "their part of the debt, %", 9, 3, DEBTORS),
    Measure("debtors_over_40000", "debtors who owe over $40,000, %", 15, 4, DEBTORS),
    Measure("debt_over_40000", "their part of the debt, %", 56, 7, DEBTORS),
    Measure("debtors_over_100000", "debtors who owe over $100,000, %", 3, 1, DEBTORS),
    Measure("debt_over_100000", "their part of the debt, %", 22, 7, DEBTORS),
    Measure("owed_to_the_state", "part of the debt owed to the state, %", 20, 6, DEBTORS),
    Measure("first_surname", "parents with the most common surname, %", 1.01, 0.25, NAMES),
    Measure("thirty_surnames", "parents with one of the thirty most common ones, %", 10.5, 3, NAMES),
)  # fmt: skip


def measure(con: Connection, frame: Frame) -> dict[str, float]:
    """Each measure of what was made by its name, and `namesakes`: who shares name and year of birth, %."""
    answer = ask_sql_file(con, SQL / "told.sql", frame.params)
    names = [column[0] for column in answer.description or ()]
    return dict(zip(names, (float(made or 0) for made in answer.fetchone() or ()), strict=True))


def table(made: dict[str, float]) -> str:
    """The measures as a page's table."""
    lines = ["| what | wanted | within | made | source |", "|---|---|---|---|---|"]
    lines += [
        f"| {one.says} | {one.wanted:g} | {one.within:g} | {made[one.name]:.2f} | {one.source} |"
        for one in MEASURES
    ]
    lines.append(
        f"| parents with a namesake born in the same year, % | | | {made['namesakes']:.2f} | {OURS} |"
    )
    return "\n".join(lines)
