"""What a queue is: the partner's record layouts, the SQL that fills them, and what may leave through it.

A queue is a folder under `transforms/queues/`: `queue.yml`, one layout a record type, `rows.sql` for the
detail records, `header.sql` and `trailer.sql` over what was written, `checks.sql` for a partner's edits.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from arrears.config import Faults, Node, read_once, read_yaml
from arrears.errors import RuleFault, safe_path
from arrears.law.profile import Profile
from arrears.layout import Layout, load_layout
from arrears.queues.following import Follow

Encoding = Literal["ascii", "latin-1"]
Unit = Literal["cents", "whole_dollars"]
UNITS = ("cents", "whole_dollars")
NEWLINES = {"lf": "\n", "crlf": "\r\n"}
# What every rows.sql gives beside the fields of its record.
CONTENT = ("action_ids", "amount_cents", "is_withdrawal", "carry")
WITHHELD = "location_is_withheld"
# What SQL may ask beside what a queue needs: the day, how long a record is in the form in force, and how many
# files of the queue left that day before this one.
OF_NIGHT = ("as_of", "record_length", "files_before")
# A token that a row may give for a field: the view that leads back to the number, and its column there.
VAULTS = {"person_token": ("vault", "ssn"), "account_token": ("vault_accounts", "account_number")}


@dataclass(frozen=True)
class Count:
    """How one total of a header or trailer is recounted from the lines of the file."""

    record: str
    field: str
    how: Literal["count", "sum"]
    of: str
    where: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Terms:
    """What a queue needs to know of the night: its date, values in force, and who the partner knows us as."""

    as_of: date
    params: Mapping[str, Any] = field(default_factory=dict)
    partner: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Queue:
    """One partner's queue, checked whole."""

    name: str
    folder: Path
    title: str
    encoding: Encoding
    newline: str
    layouts: Mapping[str, Layout]
    sql: Mapping[str, str]
    messages: tuple[str, ...]
    needs: Mapping[str, str]
    partner: tuple[str, ...]
    secrets: Mapping[str, str]
    carries: tuple[str, ...]
    needs_location: bool
    location: tuple[str, ...]
    holds_target: bool
    one_record: bool
    # How a corrected number is told: `again` withdraws under the old one and tells it again the next night,
    # `end` withdraws for good, `change` tells it at once; `own`: rows.sql sees to it. And a corrected name or
    # birth date: `change` by the card's change record, `again` by the same word once more, `own` by a record
    # for it.
    new_number: str
    new_name: str
    unique: tuple[str, ...]
    amount_field: str
    amount_unit: Unit
    tables: Mapping[str, Path]
    checks: Mapping[str, str]
    totals: tuple[Count, ...]
    # How many records the partner takes in one file; 0 where it states none.
    stated_most: int = 0
    # What follows a record in lines of its own, in their order.
    follows: tuple[Follow, ...] = ()
    # The same records in packed bytes: the value that says whether they are in force, and their layouts.
    packed_when: str = ""
    packed_layouts: Mapping[str, Layout] = field(default_factory=dict)

    @property
    def keys(self) -> frozenset[str]:
        """The values of a profile that it asks for."""
        return frozenset({*self.needs.values(), *filter(None, [self.packed_when])})

    @property
    def packed(self) -> "Queue":
        """The queue in its packed form, whose records end with their length."""
        return replace(self, layouts=self.packed_layouts)

    def in_force(self, profile: Profile, on: date) -> "Queue":
        """The queue in the form in which the state's partner takes it on a day."""
        is_packed = self.packed_when and profile.plain(self.packed_when, on)
        return self.packed if is_packed else self

    @property
    def is_packed(self) -> bool:
        """Whether its records are bytes one after the other, and no lines."""
        return bool(self.detail.wire)

    @property
    def detail(self) -> Layout:
        """The layout of the records that carry acts."""
        return self.layouts["detail"]

    @property
    def edges(self) -> tuple[str, ...]:
        """Which records frame those: a header, a trailer, both or none."""
        return tuple(kind for kind in ("header", "trailer") if kind in self.layouts)

    @property
    def every_layout(self) -> dict[str, Layout]:
        """The layout of each kind of line, in the order of the file."""
        edges = {kind: one for kind, one in self.layouts.items() if kind != "trailer"}
        last = {kind: one for kind, one in self.layouts.items() if kind == "trailer"}
        return edges | {one.kind: one.layout for one in self.follows} | last

    @property
    def kept(self) -> tuple[str, ...]:
        """The columns of a content row that are no fields of the record."""
        withheld = (WITHHELD,) if self.location else ()
        return ("record_no", *CONTENT, "acts_cents", *withheld, *sorted(set(self.secrets.values())))

    @property
    def most_records(self) -> int | None:
        """How many records one file can hold: what the partner states, and what its counts have room for.

        None where nothing bounds it.
        """
        edges = len(self.layouts) - 1
        rooms = [
            self._room(total) - (edges if total.of == "lines" else 0)
            for total in self.totals
            if total.how == "count"
        ]
        return min([*rooms, *([self.stated_most] if self.stated_most else [])], default=None)

    @property
    def most_sums(self) -> dict[str, int]:
        """The columns that a header or trailer sums, each with the most that its sum has room for."""
        found: dict[str, int] = {}
        for total in self.totals:
            if total.how == "sum":
                found[total.of] = min(self._room(total), found.get(total.of, self._room(total)))
        return found

    def _room(self, total: Count) -> int:
        """The largest number that the field of a total can say."""
        [field] = [one for one in self.layouts[total.record].columns if one.name == total.field]
        return field.most

    @property
    def tells_birth(self) -> bool:
        """Whether its records name the person by birth date too, so that a corrected one has to be told."""
        return re.search(r"\bperson\.birth_on\b", self.sql["rows"]) is not None

    def terms(self, profile: Profile, as_of: date, files_before: int = 0) -> Terms:
        """The values in force on a date and the partner's row, each named key present."""
        params = {name: profile.plain(key, as_of) for name, key in self.needs.items()}
        params |= {"record_length": f"{self.detail.record_length:04d}", "files_before": files_before}
        given = profile.partner(self.name) if self.partner else {}
        missing = [key for key in self.partner if given.get(key) is None]
        if missing:
            raise RuleFault(
                f"The profile does not say what the partner of {self.name} knows us by: {', '.join(missing)}",
                profile.state,
                "Add the keys under `partners`",
            )
        return Terms(as_of, params, {key: given[key] for key in self.partner})


@read_once()
def load_queues(folder: Path) -> dict[str, Queue]:
    """Every queue of a folder by name; one `RuleFault` lists the faults of all of them."""
    faults = Faults()
    found = {path.name: _load(path, faults) for path in sorted(folder.iterdir()) if path.is_dir()}
    faults.raise_any(safe_path(folder))
    return {name: queue for name, queue in found.items() if queue is not None}


def load_queue(folder: Path) -> Queue:
    """One queue from its folder; one `RuleFault` lists every fault."""
    faults = Faults()
    queue = _load(folder, faults)
    faults.raise_any(safe_path(folder))
    assert queue is not None
    return queue


def _load(folder: Path, faults: Faults) -> Queue | None:
    before = len(faults.found)
    root = read_yaml(folder / "queue.yml", faults)
    amount = root.node("amount", required=False)
    secrets = root.node("secrets", required=False).pairs()
    layouts = _layouts(folder, root.node("records"), faults)
    packed = root.node("packed", required=False)
    of_packed = _layouts(folder, packed.node("records"), faults) if root.has("packed") else {}
    queue = Queue(
        name=folder.name,
        folder=folder,
        title=root.text("title"),
        encoding=cast(Encoding, root.text("encoding", choices=("ascii", "latin-1"))),
        newline=NEWLINES[root.text("newline", choices=tuple(NEWLINES), otherwise="lf")],
        layouts=layouts,
        sql=_sql(folder, layouts, faults),
        messages=root.texts("messages"),
        needs=root.node("needs", required=False).pairs(),
        partner=root.texts("partner", required=False),
        secrets=secrets,
        carries=root.texts("carries", required=False),
        needs_location=root.boolean("needs_location"),
        location=root.texts("location", required=False),
        holds_target=root.boolean("holds_target"),
        one_record=root.boolean("one_record"),
        new_number=root.text("new_number", required=False, choices=("again", "change", "end", "own")),
        new_name=root.text("new_name", required=False, choices=("again", "change", "own")),
        unique=root.texts("unique"),
        amount_field=amount.text("field", required=root.has("amount")),
        amount_unit=cast(Unit, amount.text("unit", root.has("amount"), UNITS, otherwise="cents")),
        tables={name: folder / file for name, file in root.node("tables", required=False).pairs().items()},
        checks=root.node("checks", required=False).pairs(),
        totals=_totals(root.node("totals", required=False)),
        stated_most=root.integer("most_records", required=False),
        follows=_follows(folder, root.node("follows", required=False), faults),
        packed_when=packed.text("when", required=root.has("packed")),
        packed_layouts=of_packed,
    )
    packed.done()
    amount.done()
    root.done()
    if len(faults.found) == before:
        for fault in _disagreements(queue):
            faults.add(root.where, fault)
    return queue if len(faults.found) == before else None


def _layouts(folder: Path, records: Node, faults: Faults) -> dict[str, Layout]:
    found: dict[str, Layout] = {}
    for kind in ("header", "detail", "trailer"):
        file = records.text(kind, required=kind == "detail")
        if not file:
            continue
        try:
            found[kind] = load_layout(folder / file)
        except RuleFault as fault:
            faults.add(records.where, str(fault))
    records.done()
    return found


def _follows(folder: Path, node: Node, faults: Faults) -> tuple[Follow, ...]:
    found: list[Follow] = []
    for kind, one in node.children():
        try:
            layout = load_layout(folder / one.text("layout"))
        except RuleFault as fault:
            faults.add(one.where, str(fault))
            continue
        counts = one.node("counts", required=False).pairs()
        ends, under = one.boolean("is_last"), one.text("under", required=False)
        made = Follow(str(kind), layout, one.text("mark"), one.texts("fields"), counts, ends, under)
        known = {column.name for column in layout.columns}
        for name in sorted({*made.fields, *counts} - known):
            one.fault(f"{name} is not a field of {layout.name}.csv")
        if len(made.mark) != layout.fields[0].length:
            one.fault(f"mark must fill the first field of {layout.name}.csv")
        one.done()
        found.append(made)
    kinds = {made.kind for made in found}
    strangers = {of for made in found for of in made.counts.values()} - kinds
    for counted in sorted(strangers):
        node.fault(f"{counted} is counted and does not follow")
    on_top = {made.kind for made in found if not made.under}
    for made in found:
        if made.under and made.under not in on_top:
            node.fault(f"{made.kind} cannot stand under {made.under}")
    return tuple(found)


def _sql(folder: Path, layouts: Mapping[str, Layout], faults: Faults) -> dict[str, str]:
    wanted = {"rows": True, "header": "header" in layouts, "trailer": "trailer" in layouts, "checks": False}
    found = {}
    for name, needed in wanted.items():
        path = folder / f"{name}.sql"
        if path.is_file():
            found[name] = path.read_text(encoding="utf-8").strip().rstrip(";")
        elif needed:
            faults.add(safe_path(path), "the file is missing")
    return found


def _totals(node: Node) -> tuple[Count, ...]:
    found = []
    for record in ("header", "trailer"):
        for name, one in node.node(record, required=False).children():
            counted, summed = one.text("count", required=False), one.text("sum", required=False)
            if bool(counted) == bool(summed):
                one.fault("say either count or sum")
            where = tuple(one.node("where", required=False).pairs().items())
            one.done()
            how: Literal["count", "sum"] = "count" if counted else "sum"
            found.append(Count(record, str(name), how, counted or summed, where))
    node.done()
    return tuple(found)


def _packed_faults(queue: Queue) -> list[str]:
    """Where the packed records of a queue are not the same records as its lines."""
    faults = []
    for kind in sorted(queue.layouts.keys() | queue.packed_layouts.keys()):
        names = [
            {one.name for one in layouts[kind].columns} if kind in layouts else set()
            for layouts in (queue.layouts, queue.packed_layouts)
        ]
        if strange := names[0] ^ names[1]:
            faults.append(f"packed: the {kind} differs in {', '.join(sorted(strange))}")
        if kind in queue.packed_layouts and not queue.packed_layouts[kind].wire:
            faults.append(f"packed: the {kind} has no packed field")
    if queue.follows or queue.encoding != "ascii":
        faults.append("packed: it cannot be packed where records follow, or its text is not ascii")
    return faults


def _disagreements(queue: Queue) -> list[str]:
    """What the parts of a queue say against each other."""
    fields = {record: {f.name for f in layout.columns} for record, layout in queue.layouts.items()}
    detail, faults = fields["detail"], []
    for layouts in (queue.every_layout, queue.packed_layouts):
        lengths = {layout.record_length for layout in layouts.values()}
        if len(lengths) > 1:
            faults.append(f"its records have different lengths: {sorted(lengths)}")
    if queue.packed_layouts:
        faults += _packed_faults(queue)
    named = [
        *queue.unique,
        *queue.location,
        *queue.secrets,
        *([queue.amount_field] if queue.amount_field else []),
    ]
    faults += [f"{name} is not a field of {queue.detail.name}.csv" for name in named if name not in detail]
    if queue.needs_location and not queue.location:
        faults.append("needs_location, but location names no field")
    for total in queue.totals:
        if total.field not in fields.get(total.record, set()):
            faults.append(f"totals: {total.field} is not a field of the {total.record}")
        known = detail | ({"records", "lines"} if total.how == "count" else set())
        faults += [
            f"totals: {name} is not a field" for name in (total.of, *dict(total.where)) if name not in known
        ]
    if ("person_token" in queue.secrets.values()) != bool(queue.new_number):
        faults.append(
            "new_number says how a corrected number is told, where and only where a record holds one"
        )
    text = {name: re.sub(r"--[^\n]*", "", sql) for name, sql in queue.sql.items()}
    used = {name for sql in text.values() for name in re.findall(r"\$([a-z_]+)", sql)} - {*OF_NIGHT}
    faults += [f"needs: ${name} is used nowhere" for name in sorted(set(queue.needs) - used)]
    faults += [f"${name} is used, but needs does not name it" for name in sorted(used - set(queue.needs))]
    faults += [f"secrets: no vault holds {name}" for name in queue.secrets.values() if name not in VAULTS]
    if queue.stated_most < 0:
        faults.append("most_records: a file needs room for a record")
    faults += [f"tables: {path.name} is missing" for path in queue.tables.values() if not path.is_file()]
    if bool(queue.checks) != ("checks" in queue.sql):
        faults.append("checks and checks.sql must both be there, or neither")
    return faults
