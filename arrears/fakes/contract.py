"""The caseload tables that a state sends, as the generator writes them: the contract itself, in SQL types."""

from dataclasses import dataclass

from arrears import house
from arrears.layout.tables import load_tables

_KINDS = {"text": "t", "date": "d", "cents": "c", "signed_cents": "c", "percent": "c", "yes_no": "y"}
# What a generated column is kept as: `t` text, `d` date, `c` a whole number, `y` Y, N or blank for not known.
_SQL_TYPES = {"t": "VARCHAR", "d": "DATE", "c": "BIGINT", "y": "VARCHAR"}


@dataclass(frozen=True)
class Table:
    """One table of the caseload: its columns in order with their kinds, and the key among them."""

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]

    @property
    def schema(self) -> str:
        """The columns as SQL column definitions."""
        return ", ".join(f"{name} {_SQL_TYPES[kind]}" for name, kind in self.columns.items())

    @property
    def select_list(self) -> str:
        """The columns as an SQL select list."""
        return ", ".join(self.columns)


# What an extract need not send, and the invented one does not.
LEFT_OUT = frozenset(
    (
        *("appointments", "deductions", "garnishments", "payor_shares"),
        *("jobs.gross_cents", "jobs.answer_settled_on"),
    )
)

TABLES = {
    name: Table(
        name,
        {c.name: _KINDS[c.type] for c in table.columns if f"{name}.{c.name}" not in LEFT_OUT},
        table.key,
    )
    for name, table in load_tables(house.FEEDS / "caseload" / "tables").items()
    if name not in LEFT_OUT
}

# Kinds of intake whose completeness a night must know before it may say "nobody asked".
INTAKE = ("hearings", "payments", "agreements", "stays", "notices", "balances")
# Columns whose sum the control file states.
SUMS = {"charges": "amount_cents", "receipts": "amount_cents", "balances": "past_due_cents"}
