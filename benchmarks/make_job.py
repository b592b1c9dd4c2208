"""From a lived night to the work of the peers: layouts, files and remedies as they are, no engine needed."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from job import Feed, Field, Question

from arrears import house
from arrears.data.beside import kept_rows
from arrears.data.store import Store
from arrears.data.warehouse import warehouse, write_parquet
from arrears.intake.feeds import CASELOAD
from arrears.law.decide import question
from arrears.law.profile import Profile
from arrears.law.remedy import PARTS, Card, by_facts, load_cards
from arrears.law.verdicts import WHO, Wide, wide_of
from arrears.layout import BLANK_ITEM, load_layout

FEEDS = (("dmv_licenses", "license", "", "ssn"), ("bank_accounts", "account", "B", "matched_ssn"))
# Of seven facts tables; each with all conditions of its three questions.
REMEDIES = (
    *("license_revocation", "passport_denial", "credit_reporting", "state_tax_intercept"),
    *("unemployment_intercept", "lottery_setoff", "gambling_registry", "lien_network"),
    *("lump_sum", "insurance_settlement", "lien_real_property", "bank_levy"),
)
TABLES = {
    "persons": ("person_id", "ssn", "birth_on", "last_name", "first_name"),
    "cases": ("case_id",),
    "balances": ("case_id", "past_due_cents", "is_assigned"),
    "receipts": ("case_id", "received_on", "amount_cents", "kind", "status"),
}


def asked(state: str, as_of: date) -> dict[str, Wide]:
    """What the twelve remedies ask, by facts table."""
    profile = Profile.load(house.RULES, state)
    cards = {name: card.here(profile, as_of) for name, card in load_cards(house.RULES).items()}
    found: dict[str, list[Card]] = by_facts([cards[name] for name in REMEDIES])
    return {
        facts: wide_of(question(card, part, profile, as_of) for card in own for part in PARTS)
        for facts, own in found.items()
    }


def make_job(store: Store, state: str, as_of: date, inbox: Path, out: Path) -> Path:
    """Writes the work down, with the facts that it is given as plain tables beside it."""
    wides = asked(state, as_of)
    folder = store.night(state, as_of) / "facts"
    job = {
        "as_of": as_of.isoformat(),
        "feeds": [asdict(_feed(*one, inbox)) for one in FEEDS],
        "tables": {name: _table(name, inbox, out) for name in TABLES},
        "questions": [asdict(_question(facts, wide, folder, out)) for facts, wide in wides.items()],
        "claims": ["registry_facts", "lottery_setoff.enter", "lottery_cents"],
    }
    path = out / "job.json"
    path.write_text(json.dumps(job, default=lambda day: {"date": day.isoformat()}))
    return path


def _feed(name: str, record: str, mark: str, number: str, inbox: Path) -> Feed:
    layout = load_layout(house.FEEDS / name / f"{record}.csv")
    fields = [
        Field(
            *(one.name, one.start, one.length, str(one.kind), one.format or "", one.is_required),
            codes=[code for code in one.codes if code != BLANK_ITEM and one.kind in ("text", "digits")],
            may_be_blank=BLANK_ITEM in one.codes,
            takes_any_sign=one.takes_any_sign,
        )
        for one in layout.columns
    ]
    return Feed(name, str(inbox / f"{name}.txt"), mark, layout.length, number, fields)


def _table(name: str, inbox: Path, out: Path) -> str:
    """A table of the caseload as Parquet, however it came: as small caseloads come, it is text."""
    came = next(inbox.glob(f"{CASELOAD}.{name}.*"))
    read = f"read_csv('{came}', all_varchar=true)" if came.suffix == ".csv" else f"read_parquet('{came}')"
    kinds = {
        one: {"on": "DATE", "cents": "BIGINT"}.get(one.split("_")[-1], "VARCHAR") for one in TABLES[name]
    }
    told = ", ".join(f'CAST("{column}" AS {kind}) AS "{column}"' for column, kind in kinds.items())
    with warehouse() as con:
        write_parquet(con, f"SELECT {told} FROM {read}", out / f"{name}.parquet")
    return str(out / f"{name}.parquet")


def _question(facts: str, wide: Wide, folder: Path, out: Path) -> Question:
    path = out / f"{facts}.parquet"
    with warehouse() as con:
        write_parquet(con, f"FROM ({kept_rows(folder / path.name)}) ORDER BY subject_id", path)
    verdicts: dict[str, Any] = {
        one.verdict.strip('"'): (
            "any" if one.part == "release" else "all",
            [one.answers[one.conditions.index(name)] for name in one.acting],
        )
        for one in wide.asked
    }
    answers = {column: text for text, column in wide.answers.items()}
    amounts = {column: fact for fact, column in wide.amounts.items()}
    return Question(facts, str(path), ["subject_id", *WHO], amounts, answers, verdicts, dict(wide.bound))
