"""Which records, sentences, reports and exports bear a label that they may not show.

What each bears is followed by `label_flow`. A queue says what it `carries`, and a report of a form what the
list of its cases does; its figures bear nothing. The lists of the agency's own workers, their exports, the
verdicts and the self-assessment show what `lists_show` of `rules/labels.yml` names.
"""

from collections.abc import Iterable, Iterator, Mapping

from arrears import house
from arrears.law.catalog import described_facts
from arrears.law.deadlines import Deadline, load_deadlines
from arrears.law.relations import NONE, OPEN, Labels, Relation
from arrears.law.remedy import PARTS, Card, load_cards
from arrears.law.work import Kind, load_kinds
from arrears.queues import Queue, load_queues
from arrears.reports.assessment import clock_rows, outcomes_sql
from arrears.reports.criteria import NAME as SELF_ASSESSMENT
from arrears.reports.criteria import load_assessment
from arrears.reports.label_flow import PLACE_LABEL, PLACE_UNIT, Flow, flow, of_remedies, queue_rows
from arrears.reports.lines import FORMS, Report, load_report
from arrears.reports.portal_form import Form, load_portal
from arrears.reports.run import sql_of

# Of a line of a report what leaves the agency: sums of it, by part.
FIGURES = ("part", "counted")
NO_LIST = "no list may show"
# What the pages and exports of the agency's own workers show, whole.
SHOWN = ("plan.work_list", "plan.deadlines", *(f"verdicts.{part}" for part in PARTS))


def _faults(where: str, borne: Labels, may: Iterable[str], why: str) -> Iterator[str]:
    """Each label that is borne here and may not be, with the columns by which it came."""
    for label in sorted(set(borne) - set(may)):
        yield f"{where} bears {label} (by {' > '.join(borne[label])}), which {why}"


def _unlike(
    where: str, carries: Iterable[str], known: Iterable[str], borne: set[str], by: str
) -> Iterator[str]:
    """Each label that may be carried and that there is not, and each that nothing bears."""
    for label in sorted(set(carries) - set(known)):
        yield f"{where}: carries: there is no label {label}"
    for label in sorted(set(carries) & set(known) - borne):
        yield f"{where}: carries {label}, which no {by} bears"


def _columns(rows: Relation) -> dict[str, Labels]:
    """What each column bears, and as `*` what any does that is not named."""
    return {**rows.columns, **({"*": rows.rest} if rows.rest else {})}


def queue_faults(made: Flow, queue: Queue, cards: Mapping[str, Card]) -> Iterator[str]:
    """Each label that a record of a queue bears and may not carry, and each that it may and never does."""
    where = f"{queue.name}/queue.yml"
    borne: set[str] = set()
    for record, rows in queue_rows(made, queue, cards).items():
        for column, labels in rows.columns.items():
            borne |= set(labels)
            yield from _faults(
                f"{where}: {record}.{column}", labels, queue.carries, "this queue may not carry"
            )
            if PLACE_LABEL in labels and column not in queue.location:
                yield f"{where}: {record}.{column} holds a place, and `location` does not name it"
    yield from _unlike(where, queue.carries, made.words.labels, borne, "field")


def sentence_faults(made: Flow, told: Iterable[tuple[str, str, Iterable[str]]]) -> Iterator[str]:
    """Each word of a sentence, by where it stands and its table, that bears what no list may show.

    A place is told to whoever asks for it, which the unit of the fact sees to.
    """
    described = described_facts(house.FACTS) or {}
    for where, table, columns in told:
        facts, units = made.tables.get(table, OPEN), described.get(table.split(".")[-1], {})
        for column in dict.fromkeys(columns):
            labels = facts.column(column) or NONE
            yield from _faults(f"{where}: {column}", labels, made.words.lists_show, NO_LIST)
            if PLACE_LABEL in labels and units.get(column, {}).get("unit") != PLACE_UNIT:
                path = " > ".join(labels[PLACE_LABEL])
                yield f"{where}: {column} holds a place (by {path}), so its unit has to be {PLACE_UNIT}"


def sentences(
    cards: Mapping[str, Card], kinds: Mapping[str, Kind], deadlines: Mapping[str, Deadline]
) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Where each sentence stands that people read, the table that it speaks of, and the columns it tells."""
    for kind in kinds.values():
        yield f"the kind of work {kind.kind}", f"facts.{kind.facts}", kind.displayed
    for deadline in deadlines.values():
        yield f"the deadline {deadline.deadline}", f"facts.{deadline.facts}", deadline.reads
    for card in cards.values():
        for part, conditions in card.conditions.items():
            for one in conditions:
                yield f"the condition {card.remedy}.{part}.{one.name}", card.relation, one.facts


def report_faults(made: Flow, form: Report, sql: Mapping[str, str]) -> Iterator[str]:
    """Each label that a line of a form bears and may not carry, and each that none bears; `sql` is by line.

    A line is counted, and its cases are listed for the agency's own workers, as CSV, too.
    """
    where = f"the report {form.report}"
    borne: set[str] = set()
    for line, text in sql.items():
        for column, labels in _columns(made.followed(f"{where}, line {line}", text)).items():
            borne |= set(labels)
            may = () if column in FIGURES else form.carries
            yield from _faults(f"{where}: line {line}: {column}", labels, may, "it may not carry")
    yield from _unlike(where, form.carries, made.words.labels, borne, "line")


def portal_faults(made: Flow, form: Form) -> Iterator[str]:
    """Each label that an extract for parents bears and may not carry, and columns other than described."""
    made.tables["portal.before"] = made.tables["facts.case_facts"]
    for name, sql in form.first.items():
        made.make(f"portal.{name}", sql)
    for name, extract in form.extracts.items():
        where, borne = f"portal/{name}.sql", set[str]()
        made.make(f"portal.{name}", extract.sql)
        rows = made.tables[f"portal.{name}"]
        if list(rows.columns) != list(extract.columns):
            yield f"{where}: its columns are not those that portal.yml describes, in their order"
        for column, labels in _columns(rows).items():
            borne |= set(labels)
            yield from _faults(f"{where}: {column}", labels, extract.carries, "no extract may carry")
        yield from _unlike(where, extract.carries, made.words.labels, borne, "column")


def listed_faults(made: Flow, where: str, rows: Relation) -> Iterator[str]:
    """Each column of a list, or of an export of it, that bears what no list may show."""
    for column, labels in _columns(of_remedies(rows, frozenset(load_cards(house.RULES)))).items():
        yield from _faults(f"{where}: {column}", labels, made.words.lists_show, NO_LIST)


def assessed(made: Flow) -> Iterator[tuple[str, Relation]]:
    """Each criterion and each timeframe of the self-assessment, with what its rows bear."""
    every = {
        one.criterion: outcomes_sql(one)
        for one in load_assessment(house.RULES).criteria.values()
        if not one.cannot
    }
    every |= {name: clock_rows(name)[0] for name in load_deadlines(house.RULES) if name not in every}
    for name, sql in every.items():
        where = f"the report {SELF_ASSESSMENT}, line {name}"
        yield where, made.followed(where, sql)


def label_faults() -> tuple[int, list[str]]:
    """How many columns of tables were followed, and what bears a label where it may not.

    SQL that cannot be followed, as one that names a column that nothing has, is told alone.
    """
    made, cards = flow(), load_cards(house.RULES)
    for queue in load_queues(house.QUEUES).values():
        made.faults += queue_faults(made, queue, cards)
    said = sentences(cards, load_kinds(house.RULES), load_deadlines(house.RULES))
    made.faults += sentence_faults(made, said)
    for name in FORMS:
        form = load_report(house.RULES, name)
        sql = {line: sql_of(form, one) for line, one in form.lines.items() if one.sql}
        made.faults += report_faults(made, form, sql)
    made.faults += portal_faults(made, load_portal(house.RULES))
    listed = {name: made.tables[name] for name in SHOWN} | dict(assessed(made))
    for where, rows in listed.items():
        made.faults += listed_faults(made, where, rows)
    strangers = set(made.words.lifts) - set(made.tables)
    made.faults += [f"labels.yml: lifts: there is no table {name}" for name in sorted(strangers)]
    return sum(len(one.columns) for one in made.tables.values()), list(
        dict.fromkeys(made.broken or made.faults)
    )
