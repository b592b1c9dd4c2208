"""Which labels every column of the house bears, from the feeds to the records, lists and sentences.

Each SELECT is followed once, in the order in which a night runs it. What a remedy alone brings to an act, as
the amount, is kept apart by remedy, so that a queue answers for the remedies that speak through it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot.errors import SqlglotError

from arrears import house
from arrears.intake.feeds import Feed, load_feeds
from arrears.intake.load.segments import SEGMENT
from arrears.intake.match import feed_rows
from arrears.law.catalog import KEYS
from arrears.law.counting import OF, counted_sql, load_counts
from arrears.law.deadlines import Deadline, load_deadlines
from arrears.law.labels import EVERY, Vocabulary, load_labels
from arrears.law.lineage import follow
from arrears.law.relations import NONE, OPEN, Labels, Relation, union
from arrears.law.remedy import PARTS, Card, Part, by_facts, load_cards
from arrears.law.verdicts import Question, sides_of, wide_of
from arrears.law.work import Kind, kinds_select, load_kinds
from arrears.ledger.told import DECISIONS, EPISODES, PUBLISHED
from arrears.money.calculations import Money, load_money
from arrears.night.layers import Layer, load_facts, load_layer
from arrears.night.plan import anchor_select, subject_select
from arrears.queues import Queue
from arrears.queues.content import ADDRESS_SQL

# What the engine itself makes, in which there is nothing of a person's: days, law, cards, what came when.
_PLAIN_SCHEMAS = ("card", "law", "input", "money")
_PLAIN = (
    *("staging.currency", "staging.arrivals", "match.reach", "calendar", "partner"),
    *("caseload.currency", "caseload.rejected", "caseload.intake_complete", "caseload.orphans"),
)
_TOKENS = {"ssn": ("person_token", "ssn_fault"), "account_number": ("account_token", "account_last4")}
_OF = " of "
# Where somebody is: a record's fields of it are withheld by `location`, a sentence's by the unit of its fact.
PLACE_LABEL, PLACE_UNIT = "protected_location", "place"


@dataclass
class Flow:
    """What the tables of the house bear, and what went wrong on the way."""

    words: Vocabulary
    tables: dict[str, Relation] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    # Of these what cannot be followed: what is said of labels after that only follows from it.
    broken: list[str] = field(default_factory=list)

    def table(self, name: str) -> Relation | None:
        """A table as SQL names it; None where nobody makes it."""
        known = name in _PLAIN or name.split(".")[0] in _PLAIN_SCHEMAS
        return self.tables.get(name, OPEN if known else None)

    def make(self, name: str, sql: str, tables: Callable[[str], Relation | None] | None = None) -> None:
        """Notes what the table bears that one SELECT makes."""
        self.keep(name, self.followed(name, sql, tables).named(name))

    def followed(
        self, name: str, sql: str, tables: Callable[[str], Relation | None] | None = None
    ) -> Relation:
        """What the columns of a SELECT bear; where it cannot be followed, each bears every label."""
        try:
            made = follow(sql, tables or self.table, self.words.sticky)
        except (SqlglotError, KeyError) as error:
            said = str(error).splitlines()[0].strip("'")
            self.broken.append(f"{name}: its SQL cannot be followed ({said}), so every label counts as borne")
            self.faults.append(self.broken[-1])
            return Relation(rest={label: (name,) for label in self.words.labels})
        return made

    def keep(self, name: str, made: Relation) -> None:
        """Notes what a table bears, less what a declared reason lifts."""
        self.faults += [f"labels.yml: lifts of {name}: {one}" for one in self.words.idle(name, made)]
        self.tables[name] = self.words.lifted(name, made)


def flow(words: Vocabulary | None = None) -> Flow:
    """What every table of a night bears, up to its acts and its work list."""
    made = Flow(words or load_labels(house.RULES))
    feeds = load_feeds(house.FEEDS).values()
    for feed in feeds:
        _feed(made, feed)
    made.tables |= {
        f"ledger.{name}": Relation({column: NONE for column in shape.names})
        for name, shape in (("published", PUBLISHED), ("decisions", DECISIONS), ("episodes", EPISODES))
    }
    made.make("match.feed_rows", feed_rows((feed.name, feed.match) for feed in feeds))
    match = load_layer(house.MATCH)
    for table in match.tables:
        made.make(f"match.{table}", match.path(table).read_text(encoding="utf-8"))
    money = load_money(house.MONEY)
    for layer in load_facts(house.FACTS):
        for table in layer.tables:
            _fact(made, layer, table, money)
    made.tables["spoken_of"] = OPEN
    made.make("facts.person_marks", (house.QUEUES / "person_marks.sql").read_text(encoding="utf-8"))
    _plan(made, load_cards(house.RULES), load_deadlines(house.RULES), load_kinds(house.RULES))
    return made


def _feed(made: Flow, feed: Feed) -> None:
    """Notes what the staged rows of a feed bear; numbers stand there as tokens."""
    _said(made, feed)
    if feed.format == "tables":
        for table in feed.tables.values():
            name = f"{feed.name}.{table.name}"
            columns = {column: _given(feed, table.name, column, f"{name}.{column}") for column in table.names}
            made.keep(name, Relation(_staged(columns)))
        return
    records = {}
    for record, layout in feed.layouts.items():
        fields = [one.name for one in layout.columns]
        columns = {one: _given(feed, record, one, f"{feed.name}.{record}.{one}") for one in fields}
        whole = {label: (f"{feed.name}.*",) for label, named in feed.labels.items() if named == (EVERY,)}
        records[record] = Relation(
            {**columns, "source_line": NONE, "block_no": NONE, SEGMENT: NONE}, None, whole
        )
    # Proofs also count the rows that have a fault.
    faults = dict.fromkeys(("fault_field", "fault_reason", "fault_value"), NONE)
    typed = {
        f"typed_{one}": replace(rows, columns={**rows.columns, **faults}) for one, rows in records.items()
    }
    typed["typed_none"] = Relation({"source_line": NONE, **faults})
    for file, sql in (("edits.sql", feed.edits_sql), ("proofs.sql", feed.proofs_sql)):
        if sql:
            made.followed(f"{feed.name}/{file}", sql, {**records, **typed}.get)
    name = f"staging.{feed.name}"
    loaded = made.followed(f"{feed.name}/load.sql", feed.load_sql, records.get)
    made.keep(name, Relation(_staged(loaded.columns), loaded.rest, loaded.rows).named(name))


def _said(made: Flow, feed: Feed) -> None:
    """Faults where a feed names a label or a field that there is not, or a number without its label."""
    groups = {one.name: one.names for one in feed.tables.values()}
    groups |= {name: tuple(column.name for column in one.columns) for name, one in feed.layouts.items()}
    known = {f"{group}.{column}" for group, columns in groups.items() for column in columns}
    where = f"{feed.name}/feed.yml: labels"
    for label, named in feed.labels.items():
        if label not in made.words.labels:
            made.faults.append(f"{where}: there is no label {label}")
        made.faults += [
            f"{where}: {one} is not a field" for one in named if one != EVERY and one not in known
        ]
    numbers = {one for one in known if "ssn" in one.split(".")[1].split("_") and _holds_number(one)}
    for one in sorted(numbers - set(feed.labels.get("ssn", ()))):
        made.faults.append(f"{where}: {one} is named for a number, and is not under ssn")


def _holds_number(name: str) -> bool:
    return not name.endswith(("_code", "_verified", "_indicator", "_ind", "_flag"))


def _given(feed: Feed, group: str, column: str, path: str) -> Labels:
    named = f"{group}.{column}"
    return {label: (path,) for label, of in feed.labels.items() if of == (EVERY,) or named in of}


def _staged(columns: Mapping[str, Labels]) -> dict[str, Labels]:
    """The columns as they are staged: a token in the place of a number, and the source of each row."""
    found: dict[str, Labels] = {}
    for name, labels in columns.items():
        found |= dict.fromkeys(_TOKENS.get(name, (name,)), labels)
    # That a number is wrong or missing tells no number.
    told = dict.fromkeys(
        [*(name for name in ("ssn_fault",) if name in found), "source_file", "source_line"], NONE
    )
    return found | told


def _fact(made: Flow, layer: Layer, table: str, money: Money) -> None:
    name = f"{layer.schema}.{table}"
    if table == layer.counted:
        made.make(name, counted_sql(load_counts(house.RULES).values(), f"{layer.schema}.{OF}"))
        return
    if table not in layer.calculated:
        own = made.followed(name, layer.path(table).read_text(encoding="utf-8"))
        for other in layer.beside.get(table, {}).values():
            beside = made.tables[f"{layer.schema}.{other}"]
            own = Relation({**beside.columns, **own.columns}, own.rest, union([own.rows, beside.rows]))
        made.keep(name, own.named(name))
        return
    one = layer.calculated[table]
    for relation, source in one.input.items():
        made.tables[f"input.{relation}"] = made.followed(f"{name}: {relation}", f"SELECT * FROM {source}")
    steps = money.calculations[one.by].steps
    for step in steps:
        made.tables.pop(f"money.{step.table}", None)
    for _ in range(2):  # a round reads what the round before it left
        for step in steps:
            table_name = f"money.{step.table}"
            made.tables[table_name] = made.followed(f"{name} ({step.by}.sql)", money.text(step.by))
    made.keep(name, made.tables[f"money.{steps[-1].table}"].named(name))


def _plan(
    made: Flow, cards: Mapping[str, Card], deadlines: Mapping[str, Deadline], kinds: Mapping[str, Kind]
) -> None:
    made.tables["plan.kinds"] = _both(
        made.followed(f"the kind of work {kind.kind}", kinds_select([kind])) for kind in kinds.values()
    ).named("plan.kinds")
    for part in PARTS:
        rows = [_verdict(made, card, part) for card in cards.values()]
        made.keep(f"verdicts.{part}", _both(rows))
    made.tables["card.watched"] = _watched(made)
    made.tables["card.subject"] = _both(_subjects(made, own) for own in by_facts(cards.values()).values())
    anchors = [
        made.followed(f"the card {card.remedy}", anchor_select(card, place, step.after))
        for card in cards.values()
        for place, step in enumerate(card.steps, 1)
        if step.after
    ]
    made.tables["card.anchor"] = _both(anchors)
    made.tables["card.deadline"] = Relation(
        rest=union(_reads(made, f"facts.{one.facts}", one.reads) for one in deadlines.values())
    )
    plan = load_layer(house.PLAN)
    for table in plan.tables:
        made.make(f"plan.{table}", plan.path(table).read_text(encoding="utf-8"))


def _reads(made: Flow, table: str, columns: Iterable[str]) -> Labels:
    facts = made.tables.get(table, OPEN)
    return union(facts.column(one) or NONE for one in columns)


def _verdict(made: Flow, card: Card, part: Part) -> Relation:
    """What a verdict of a remedy bears: the word what its conditions read, the amount what its fact does."""
    facts = made.tables.get(card.relation, OPEN)
    read = union(facts.column(fact) or NONE for one in card.conditions[part] for fact in one.facts)
    word = dict.fromkeys(("verdict", "because", "readings_differ"), read)
    keys = {one: facts.column(one) or NONE for one in KEYS}
    amount = facts.column(card.amount) or NONE if card.amount else NONE
    rests = union(facts.column(one) or NONE for one in card.rests_on)
    own = {**keys, "amount_cents": amount, "facts_hash": rests}
    apart = {
        name: {f"{label}{_OF}{card.remedy}": path for label, path in labels.items()}
        for name, labels in own.items()
    }
    return Relation({"remedy": NONE, **word, **apart}).named(f"verdicts.{part}")


def _watched(made: Flow) -> Relation:
    """What the verdicts of the three questions bear, side by side."""
    enter, release = made.tables["verdicts.enter"], made.tables["verdicts.release"]
    own = {name: enter.columns[name] for name in ("remedy", *KEYS, "readings_differ", "amount_cents")}
    for part in PARTS:
        of = made.tables[f"verdicts.{part}"].columns
        own |= {f"{part}_verdict": of["verdict"], f"{part}_because": of["because"]}
    differ = release.columns["readings_differ"]
    return Relation({**own, "release_readings_differ": differ, "is_told": own["enter_verdict"]})


def _subjects(made: Flow, cards: Sequence[Card]) -> Relation:
    """What the plan asks of the facts bears, of the remedies over one facts table."""
    name = cards[0].facts
    wide = wide_of(Question(card, part, "guide", {}, {}) for card in cards for part in PARTS)
    made.tables[f"verdicts.{name}"] = made.followed(f"verdicts.{name}", wide.select(f"facts.{name}"))
    sides = sides_of({(one.remedy, one.part): one for one in wide.asked})
    rows = made.followed(f"the subjects of {name}", subject_select(cards, sides))
    rests = made.tables["verdicts.enter"].columns["facts_hash"]
    return replace(rows, columns={**rows.columns, "facts_hash": rests})


def _both(many: Iterable[Relation]) -> Relation:
    """The relation that holds the rows of all."""
    columns: dict[str, Labels] = {}
    rest: Labels | None = None
    rows: Labels = NONE
    for one in many:
        columns = {
            name: union([columns.get(name, NONE), one.columns.get(name, NONE)])
            for name in dict.fromkeys([*columns, *one.columns])
        }
        rest = rest if one.rest is None else union([rest or NONE, one.rest])
        rows = union([rows, one.rows])
    return Relation(columns, rest, rows)


def of_remedies(made: Relation, remedies: frozenset[str]) -> Relation:
    """A table for those remedies alone: what only another one brings is left out."""

    def own(labels: Labels) -> Labels:
        found = [
            {label.split(_OF)[0]: path}
            for label, path in labels.items()
            if _OF not in label or label.split(_OF)[1] in remedies
        ]
        return union(found)

    columns = {name: own(labels) for name, labels in made.columns.items()}
    return Relation(columns, None if made.rest is None else own(made.rest), own(made.rows))


def queue_rows(made: Flow, queue: Queue, cards: Mapping[str, Card]) -> dict[str, Relation]:
    """What the columns of a queue's rows, header and trailer bear, by the name of the record."""
    remedies = frozenset(name for name, card in cards.items() if queue.name in card.queues)
    actions = of_remedies(made.tables["plan.actions"], remedies)
    own: dict[str, Relation] = {name: OPEN for name in queue.tables}
    own |= {"item": actions, "items": actions}
    own["published"] = of_remedies(made.tables["ledger.published"], remedies)

    def table(name: str) -> Relation | None:
        return own.get(name) or made.table(name)

    where = f"queue {queue.name}"
    known = (house.QUEUES / "known_persons.sql").read_text(encoding="utf-8")
    own["known_persons"] = made.followed(where, known, table)
    address = (queue.folder.parent / ADDRESS_SQL).read_text(encoding="utf-8")
    own["address"] = made.followed(where, address, table)
    for _ in range(2):  # what was told before is what these rows tell
        rows = made.followed(f"{where}: rows.sql", queue.sql["rows"], table)
        told = {**own["published"].columns, "carry": rows.column("carry") or NONE}
        own["published"] = Relation(told)
    fields = {field: rows.column(token) or NONE for field, token in queue.secrets.items()}
    detail = {one.name: rows.column(one.name) or NONE for one in queue.detail.columns} | fields
    detail |= {one.kind: rows.column(one.kind) or NONE for one in queue.follows}
    name = f"queues.{queue.name}"
    made.keep(name, Relation(detail))
    found = {"detail": made.tables[name]}
    own["records"] = found["detail"]
    for kind in ("header", "trailer"):
        if kind in queue.sql:
            found[kind] = made.followed(f"{where}: {kind}.sql", queue.sql[kind], table)
    return found
