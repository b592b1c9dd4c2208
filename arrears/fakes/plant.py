"""From a story to its rows: the few planted cases, written row by row beside the bulk."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from arrears.data.warehouse import Connection, attach_arrow
from arrears.days import months_before
from arrears.fakes.contract import TABLES
from arrears.fakes.frame import Frame
from arrears.fakes.places import FIRST_NAMES, LAST_NAMES, STREETS
from arrears.fakes.stories import Story
from arrears.fakes.verdicts import SENT
from arrears.values import Row

_ARROW = {"b": pa.bool_(), "t": pa.string(), "d": pa.date32(), "c": pa.int64(), "y": pa.string()}
UNPAID_WHEN_SENT = 5  # instalments that the usual debtor owed when the agency told its partners
_CLASSES = {
    "never_assistance": "never_assigned",
    "former_assistance": "post_assistance",
    "current_assistance": "during_assistance",
}
TYPES = {"t": "VARCHAR", "b": "BOOLEAN", "c": "BIGINT", "d": "DATE"}
CLASS_COLUMNS = (
    "case_id:t balance_class:t is_assigned:t is_main:b opening_cents:c liquidated_from:d disputed_cents:c "
    "barred_cents:c unexplained_cents:c"
)
PARTNER_COLUMNS = {
    "dmv": "person_id:t number_p:c last_name:t first_name:t birth_on:d license_number:t night:c",
    "bank": "person_id:t number_p:c owner_name:t night:c",
    "hires": "person_id:t number_p:c last_name:t first_name:t birth_on:d night:c",
}


class Planter:
    """Collects the rows of every story."""

    def __init__(self, frame: Frame, stories: tuple[Story, ...]) -> None:
        self.frame, self.stories = frame, stories
        self.by_case = {story.case: story for story in stories}
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.lines: dict[tuple[str, int], list[tuple[str, Row]]] = defaultdict(list)
        self.decisions: list[tuple[int, Row]] = []
        self.answers: list[tuple[str, str, str, str]] = []

    def day(self, days: int) -> date:
        """The date so many days before the first night."""
        return self.frame.first_night - timedelta(days)

    def add(self, table: str, known: date | None = None, **values: Any) -> None:
        """One more row, known from a day on (from the start where none is given)."""
        self.rows[table].append({**values, "known_on": known or self.frame.throughs[0]})

    def line(self, feed: str, record: str, night: int, **fields: Any) -> None:
        """One more record of a partner's file of a night; a field `<name>_p` is the number of that person."""
        self.lines[feed, night].append((record, fields))

    def decide(
        self, night: int, remedy: str, subject_id: str, step: str, word: str, because: str, by: str = ""
    ) -> None:
        """What a person decides on the day after a night; a caseworker on reviews, else a supervisor."""
        who = by or ("pat.caseworker" if step == "review" else "sam.supervisor")
        row: Row = dict(
            remedy=remedy, subject_id=subject_id, step=step, decision=word, by_user=who, because=because
        )
        self.decisions.append((night, row))

    def answer(self, remedy: str, subject_id: str, words: str, tag: str) -> None:
        """What a remedy must say of a subject, one word a night, the last one holding for the rest."""
        self.answers.append((remedy, subject_id, words, tag))

    def plant(self) -> None:
        """Makes the rows of all stories."""
        for story in self.stories:
            self._case(story)
            self._people(story)
            self._money(story)
            self._process(story)

    def obligor(self, story: Story) -> int:
        """The number of the person who owes."""
        return 10 * (story.obligor_of or story.case)

    def name(self, story: Story) -> tuple[str, str]:
        """First and last name of the person who owes."""
        case = story.case
        drawn = FIRST_NAMES[case * 5 % len(FIRST_NAMES)], LAST_NAMES[case * 11 % len(LAST_NAMES)]
        return story.name or drawn

    def _case(self, story: Story) -> None:
        case_id, frame = case_of(story.case), self.frame
        self.add(
            "cases", case_id=case_id, office=f"10{1 + story.case % 4}", worker=f"W10{1 + story.case % 4}1",
            obligor_id=person_of(self.obligor(story)), custodial_id=person_of(story.case * 10 + 1),
            case_class=story.case_class, status=story.case_status, service_level=story.service,
            interstate=story.interstate, opened_on=self.due_days(story)[0] - timedelta(45),
            closed_on=self.day(30) if story.case_status == "closed" else None,
        )  # fmt: skip
        is_ended = story.order_ended is not None
        self.add(
            "orders", order_id=f"O{case_id}", case_id=case_id, issuing_state=frame.state.upper(),
            entered_on=self.due_days(story)[0] - timedelta(20), first_due_on=self.due_days(story)[0],
            ends_on=self.day(story.order_ended) if story.order_ended is not None else None,
            end_reason="emancipated" if is_ended else None,
            frequency="quarterly" if story.months_apart == 3 else "monthly", current_cents=story.monthly,
            issued_by="this_state",
            arrears_cents=0, status="ended" if is_ended else story.order_status,
            suspended_from_on=self.day(10) if story.order_status == "suspended" else None,
            health_cover_ordered="N",
        )  # fmt: skip

    def _people(self, story: Story) -> None:
        case, frame = story.case, self.frame
        first, last = self.name(story)
        kid_birth = months_before(frame.first_night, 12 * story.child_age + 3)
        if story.obligor_of is None:
            self.add(
                "persons", person_id=person_of(case * 10), ssn_p=10 * (story.number_of or case),
                ssn_verified=story.ssn_verified, last_name=last, first_name=first, suffix=story.suffix,
                birth_on=self.day(13000 + case), died_on=self.day(story.died) if story.died else None,
                sex="M", family_violence="Y" if story.has_violence else "N", receives_tanf=story.tanf,
                receives_ssi=story.ssi, in_prison="N",
            )  # fmt: skip
            self._holdings(story)
        self.add(
            "persons", person_id=person_of(case * 10 + 1), ssn_p=case * 10 + 1, ssn_verified="Y",
            last_name=last, first_name=FIRST_NAMES[case * 3 % len(FIRST_NAMES)],
            birth_on=self.day(12000 + case), sex="F", family_violence="N", receives_tanf="N",
            receives_ssi="N",
        )  # fmt: skip
        self.add(
            "persons", person_id=person_of(case * 10 + 2), ssn_p=case * 10 + 2, ssn_verified="Y",
            last_name=last, first_name=FIRST_NAMES[case * 7 % len(FIRST_NAMES)], birth_on=kid_birth, sex="F",
        )  # fmt: skip
        self.add("children", case_id=case_of(case), person_id=person_of(case * 10 + 2), birth_on=kid_birth)
        for role in range(2):
            if role == 0 and (story.obligor_of or not story.has_address):
                continue
            city, code = frame.towns[case % len(frame.towns)]
            self.add(
                "addresses", person_id=person_of(case * 10 + role), kind="mail",
                line_1=f"{case + role} {STREETS[case % len(STREETS)]}", city=city, state=frame.state.upper(),
                zip=code, verified_on=self.day(200),
                protected="Y" if story.has_violence and not role else "N",
            )  # fmt: skip

    def _holdings(self, story: Story) -> None:
        """License, employer, and what partners report about the obligor."""
        case, (first, last), frame = story.case, self.name(story), self.frame
        person: Row = {"person_id": person_of(case * 10), "number_p": 10 * (story.number_of or case)}
        names: Row = {"first_name": first, "birth_on": self.day(13000 + case)}
        if story.license and story.license_on_file:
            self.add(
                "licenses", person_id=person_of(case * 10), license_kind="driver",
                license_number=license_of(case), board="SOS", status="valid", expires_on=self.day(-700),
            )  # fmt: skip
        if story.license:
            self.add("dmv", **person, **names, last_name=story.dmv_last_name or last,
                     license_number=license_of(case), night=1)  # fmt: skip
        if story.bank:
            self.add("bank", **person, owner_name=story.bank_last_name or f"{last} {first}", night=story.bank)
        if story.hire:
            self.add("hires", **person, **names, last_name=last, night=story.hire)
        if story.withheld:
            self.add(
                "employers", person_id=person_of(case * 10), fein=f"070000{case}", from_on=self.day(300),
                employer_name="Invented Boatyard", withheld_not_sent_cents=story.withheld,
            )  # fmt: skip
            city, code = frame.towns[0]
            self.add(
                "payors", fein=f"070000{case}", payor_name="Invented Boatyard", line_1="1 Wharf St",
                city=city, state=frame.state.upper(), zip=code, takes_electronic="Y",
            )  # fmt: skip

    def due_days(self, story: Story) -> list[date]:
        """The due dates of the order, oldest first."""
        latest, ended = self.day(story.due), self.day(story.order_ended or -10_000)
        days = [months_before(latest, n) for n in range(0, story.months, story.months_apart)]
        return [day for day in reversed(days) if day <= ended]

    def _money(self, story: Story) -> None:
        case_id, due = case_of(story.case), self.due_days(story)
        for n, day in enumerate(due):
            self.add("charges", day, charge_id=f"{case_id}-{n}", order_id=f"O{case_id}", case_id=case_id,
                     due_on=day, amount_cents=story.monthly)  # fmt: skip
        last_on = self.day(story.last_paid) if story.last_paid is not None else date.min
        paid = [day for day in due if day <= last_on]
        for n, day in enumerate(paid):
            self._receipt(case_id, f"R{n}", last_on if day == paid[-1] else day, story.monthly, "payment")
        for n, (days, cents, kind) in enumerate(story.money):
            self._receipt(case_id, f"M{n}", self.day(days), cents, kind, reverses=f"{case_id}-M{n - 1}")
        if story.has_balance:
            self._balances(story, story.monthly * (len(due) - len(paid)))

    def _receipt(self, case_id: str, tail: str, day: date, cents: int, kind: str, reverses: str = "") -> None:
        is_pending = kind == "pending"
        self.add(
            "receipts", day, receipt_id=f"{case_id}-{tail}", case_id=case_id, received_on=day,
            posted_on=None if is_pending else day, amount_cents=cents,
            kind="reversal" if kind == "reversal" else "payment",
            status="pending" if is_pending else "posted", source="obligor",
            reverses_receipt_id=reverses if kind == "reversal" else None,
        )  # fmt: skip

    def _balances(self, story: Story, unpaid: int) -> None:
        case_id = case_of(story.case)
        before = sum(c for days, c, kind in story.money if days > 0 and kind in ("payment", "reversal"))
        opening = 0 if story.owes is None else story.owes - unpaid + before
        served = self.day(story.notice) if story.notice and story.notice_status == "served" else None
        self.add(
            "classes", case_id=case_id, balance_class=_CLASSES[story.case_class], is_main=True,
            is_assigned="Y" if story.case_class == "current_assistance" else "N", opening_cents=opening,
            liquidated_from=served, disputed_cents=story.disputed, unexplained_cents=story.unexplained,
        )  # fmt: skip
        if story.assigned:
            self.add("classes", case_id=case_id, balance_class="during_assistance", is_main=False,
                     is_assigned="Y", opening_cents=story.assigned, liquidated_from=served)  # fmt: skip

    def _process(self, story: Story) -> None:
        case_id, person_id = case_of(story.case), person_of(self.obligor(story))
        who: Row = {"case_id": case_id, "person_id": person_id}
        debt = story.owes or story.monthly * 2
        if story.notice is not None:
            self._notice(who, f"N{case_id}", "notice_of_debt", None, story.notice + 5, story.notice,
                         story.notice_status, debt + story.assigned)  # fmt: skip
        if story.license_notice is not None:
            reference = f"license_revocation:{case_id}:1:notice:{case_id}:1"
            self._notice(who, f"L{case_id}", "license_revocation", reference, story.license_notice + 5,
                         story.license_notice, "served", debt)  # fmt: skip
        if story.hearing is not None:
            about, days = story.hearing
            known = max(self.frame.throughs[0], self.day(days)) if days > 4 else self.day(0)
            self.add("hearings", known, hearing_id=f"H{case_id}", case_id=case_id, about=about,
                     notice_id=("N" if about == "notice_of_debt" else "L") + case_id,
                     requested_on=self.day(days))  # fmt: skip
        if story.agreement is not None:
            broken, inability = story.agreement.get("broken"), story.agreement.get("inability")
            self.add(
                "agreements", agreement_id=f"A{case_id}", case_id=case_id, signed_on=self.day(60),
                ends_on=self.day(-265), includes_current="Y", status=story.agreement["status"],
                broken_on=self.day(broken) if broken else None,
                inability_reported_on=self.day(inability) if inability else None,
            )  # fmt: skip
        for kind, remedy in story.stays:
            self.add("stays", stay_id=f"S{case_id}{kind[0]}", kind=kind, remedy=remedy, from_on=self.day(60),
                     **who)  # fmt: skip
        held = [*story.sent, *([("notice", story.license_notice + 5)] if story.license_notice else [])]
        for what, days in held:
            self._sent(story, who, what, days)

    def _carry(self, story: Story, names: tuple[str, ...], amount: int) -> str | None:
        """What the partner last heard, as JSON text."""
        due, dollars = self.due_days(story), amount // 100
        unpaid = [day for day in due if day > self.day(story.last_paid or 10_000)] or due
        values: Row = {
            "first_delinquency_on": unpaid[0].isoformat(),
            "highest_dollars": dollars,
            "reported_dollars": dollars,
            "certified_cents": amount,
        }
        return json.dumps({name: values[name] for name in names}, separators=(",", ":")) if names else None

    def _notice(
        self, who: Row, notice_id: str, about: str, reference: str | None, sent: int, ended: int, status: str,
        debt: int,
    ) -> None:  # fmt: skip
        self.add(
            "notices", notice_id=notice_id, about=about, reference=reference, debt_cents=debt,
            sent_on=self.day(sent), served_on=self.day(ended) if status == "served" else None,
            returned_on=self.day(ended) if status == "returned" else None, status=status, **who,
        )  # fmt: skip

    def _sent(self, story: Story, who: Row, what: str, days: int) -> None:
        if what.startswith("federal"):
            debt = story.owes or story.monthly * UNPAID_WHEN_SENT
            self._notice(who, f"F{who['case_id']}", "federal_offset", None, days + 40, 0, "sent", debt)
        for item in SENT[what]:
            subject = item.subject.format(case=who["case_id"], person=who["person_id"])
            amount = story.owes or story.monthly * UNPAID_WHEN_SENT
            self.add(
                "sent", remedy=item.remedy, subject_id=subject, step=item.step, queue=item.queue,
                message=item.message, sent_on=self.day(days), amount_cents=amount,
                carry=self._carry(story, item.carry, amount),
                target_id=license_of(story.obligor_of or story.case) if item.target == "license" else subject,
                **who,
            )  # fmt: skip


def load_planted(
    con: Connection, frame: Frame, stories: tuple[Story, ...], plants: Sequence[Callable[[Planter], None]]
) -> Planter:
    """Who planted them, after putting the stories' rows beside the bulk's."""
    planter = Planter(frame, stories)
    planter.plant()
    for plant in plants:
        plant(planter)
    for table, rows in planter.rows.items():
        columns = {name: _ARROW[kind] for name, kind in _columns(table).items()}
        arriving = pa.table(
            {name: pa.array([row.get(name) for row in rows], kind) for name, kind in columns.items()}
        )
        attach_arrow(con, "planted.arriving", arriving)
        if table == "persons":
            select = "SELECT * EXCLUDE (ssn_p), ssn_of(ssn_p) AS ssn FROM planted.arriving"
        else:
            select = "SELECT * FROM planted.arriving"
        home = "planted" if table in ("charges", "receipts", *PARTNER_COLUMNS) else "v"
        con.execute(f"INSERT INTO {home}.{table} BY NAME {select}")
    return planter


def make_homes(con: Connection) -> None:
    """Makes the empty tables that hold every version of every row, each with the day it became known."""
    con.execute("CREATE SCHEMA v; CREATE SCHEMA planted")
    for name, table in TABLES.items():
        if name not in ("charges", "receipts", "balances", "intake"):
            con.execute(f"CREATE TABLE v.{name} ({table.schema}, known_on DATE)")
    for name in ("charges", "receipts"):
        con.execute(f"CREATE TABLE planted.{name} ({TABLES[name].schema}, known_on DATE)")
    for name in ("planted.dmv", "planted.bank", "planted.hires", "v.classes"):
        columns = _columns(name.partition(".")[2])
        cells = ", ".join(f"{column} {TYPES[kind]}" for column, kind in columns.items())
        con.execute(f"CREATE TABLE {name} ({cells})")


def _columns(table: str) -> dict[str, str]:
    words = CLASS_COLUMNS if table == "classes" else PARTNER_COLUMNS.get(table)
    if words is not None:
        return {**dict(word.split(":") for word in words.split()), "known_on": "d"}
    columns = {**TABLES[table].columns, "known_on": "d"}
    if table == "persons":
        columns.pop("ssn")
        columns["ssn_p"] = "c"
    return columns


def case_of(case: int) -> str:
    """The case number as the agency writes it."""
    return f"{case:08d}"


def person_of(person: int) -> str:
    """The person number as the agency writes it: ten digits, leading zeros."""
    return f"{person:010d}"


def license_of(case: int) -> str:
    """The driver license number of a planted case's obligor, the same as the bulk's macro would give."""
    return f"{(case * 10 * 48271 + 1234567) % 100_000_000:08d}"
