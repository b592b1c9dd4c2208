"""The caseload tables that a state sends: columns, types and keys, as the generator writes them.

`t` text, `d` date, `c` whole cents, `y` Y, N or blank for not known.
"""

from dataclasses import dataclass

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


def _table(name: str, key: str, columns: str) -> Table:
    """A table written as `column:kind` words; a bare column is text."""
    cells = [word.partition(":") for word in columns.split()]
    return Table(name, {column: kind or "t" for column, _, kind in cells}, tuple(key.split()))


TABLES = {
    table.name: table
    for table in [
        _table(
            "cases", "case_id",
            "case_id office worker obligor_id custodial_id case_class status service_level interstate"
            " opened_on:d closed_on:d",
        ),
        _table(
            "persons", "person_id",
            "person_id ssn ssn_verified:y last_name first_name middle_name suffix birth_on:d died_on:d sex"
            " family_violence:y receives_tanf:y receives_ssi:y in_prison:y",
        ),
        _table(
            "addresses", "person_id kind",
            "person_id kind line_1 line_2 city state zip verified_on:d protected:y",
        ),
        _table("children", "case_id person_id", "case_id person_id birth_on:d emancipated_on:d"),
        _table(
            "orders", "order_id",
            "order_id case_id issuing_state entered_on:d first_due_on:d ends_on:d end_reason frequency"
            " current_cents:c arrears_cents:c status suspended_from_on:d suspended_to_on:d"
            " health_cover_ordered:y health_cover_provided:y",
        ),
        _table("charges", "charge_id", "charge_id order_id case_id due_on:d amount_cents:c"),
        _table(
            "receipts", "receipt_id",
            "receipt_id case_id received_on:d posted_on:d amount_cents:c kind status source"
            " reverses_receipt_id",
        ),
        _table(
            "balances", "case_id balance_class",
            "case_id balance_class is_assigned:y past_due_cents:c liquidated_cents:c disputed_cents:c"
            " barred_cents:c opening_cents:c",
        ),
        _table(
            "notices", "notice_id",
            "notice_id case_id person_id about reference debt_cents:c sent_on:d served_on:d returned_on:d"
            " status",
        ),
        _table(
            "hearings", "hearing_id",
            "hearing_id case_id notice_id about requested_on:d decided_on:d decision decision_mailed_on:d",
        ),
        _table(
            "agreements", "agreement_id",
            "agreement_id case_id signed_on:d ends_on:d includes_current:y status broken_on:d"
            " inability_reported_on:d",
        ),
        _table("stays", "stay_id", "stay_id case_id person_id kind remedy from_on:d to_on:d"),
        _table(
            "employers", "person_id fein",
            "person_id fein employer_name from_on:d to_on:d withheld_not_sent_cents:c",
        ),
        _table(
            "licenses", "person_id license_number",
            "person_id license_kind license_number board status expires_on:d",
        ),
        _table(
            "sent", "remedy subject_id step target_id",
            "remedy subject_id case_id person_id step queue message target_id sent_on:d amount_cents:c carry",
        ),
        _table("intake", "kind", "kind complete_through_on:d"),
    ]
}  # fmt: skip

# Kinds of intake whose completeness a night must know before it may say "nobody asked".
INTAKE = ("hearings", "payments", "agreements", "stays", "notices", "balances")
# Columns whose sum the control file states.
SUMS = {"charges": "amount_cents", "receipts": "amount_cents", "balances": "past_due_cents"}
