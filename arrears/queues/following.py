"""Records that follow a record that carries acts: what more the partner asks of it, in lines of their own.

A row of the queue then holds, under the name of each kind, a list of such records in their order. They stand
or fall with the row that they follow: one that cannot be written keeps the whole of it back.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from arrears.data.warehouse import quote
from arrears.layout import Layout, read_select, write_select

Encoding = Literal["ascii", "latin-1"]
# What rows.sql says of a record that stands under another: under which one of its kind, from 1.
UNDER_NTH = "under_nth"


@dataclass(frozen=True)
class Follow:
    """One kind of record that follows another one."""

    kind: str
    layout: Layout
    # What its first field holds, by which its lines are known.
    mark: str
    # The fields that rows.sql gives; every other one is blank or zero.
    fields: tuple[str, ...]
    # Which of its fields says how many records of which kind stand before it, after the same record.
    counts: Mapping[str, str] = field(default_factory=dict)
    is_last: bool = False
    # The kind of which each record has its own records of this kind, right after it.
    under: str = ""

    @property
    def test(self) -> str:
        """SQL that is true for a line `l` of this kind."""
        first = self.layout.fields[0]
        return f"substr(l, {first.start}, {first.length}) = {quote(self.mark)}"


def kind_of(follows: Collection[Follow]) -> str:
    """SQL for the kind of a line `l`: of what follows, or the record itself."""
    cases = "".join(f" WHEN {one.test} THEN {quote(one.kind)}" for one in follows)
    return f"CASE{cases} ELSE 'detail' END" if cases else "'detail'"


def follow_lines(follows: Sequence[Follow], newline: str, encoding: Encoding) -> str:
    """SQL for the lines that follow the rows of the relation `record`, each after the end of a line.

    `place` and `nth` are those of a record of its own or, of one that stands under another, of that one.
    """
    places = {one.kind: place for place, one in enumerate(follows)}
    end = "chr(13) || chr(10)" if "\r" in newline else "chr(10)"
    parts = []
    for one in follows:
        each = f"generate_subscripts({one.kind}, 1) AS given_nth, unnest({one.kind}, max_depth := 2)"
        nth, own_nth = (UNDER_NTH, "given_nth") if one.under else ("given_nth", "0")
        given = f"SELECT record_no, {each} FROM record"
        rows = f"(SELECT *, {nth} AS nth, {own_nth} AS own_nth FROM ({given}))"
        keep = ("record_no", "nth", "own_nth")
        text = write_select(one.layout, rows, "1", (*keep, *one.fields), keep, encoding)
        place = places[one.under or one.kind]
        told = f"{place} AS place, {quote(one.kind)} AS kind, * REPLACE ({end} || l AS l)"
        parts.append(f"SELECT {told} FROM ({text})")
    return " UNION ALL ".join(parts)


def lines_before(follows: Collection[Follow]) -> str:
    """SQL for how many lines stand before a row's own, among those of the rows."""
    own = " + ".join(["1", *(f"coalesce(len({one.kind}), 0)" for one in follows)])
    before = "ORDER BY record_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    return f"CAST(coalesce(sum({own}) OVER ({before}), 0) AS BIGINT)"


def frame_faults(follows: Sequence[Follow], lines: str) -> str:
    """SQL for what the lines of a file (`line_no`, `l`) say against each other: source_line, field, reason.

    A record ends with one of the kind that is last, and with what that one counts before it; what belongs
    under another stands under one.
    """
    kinds = f"SELECT line_no, l, {kind_of(follows)} AS kind FROM {lines}"
    group = "count(*) FILTER (kind = 'detail') OVER (ORDER BY line_no) AS own"
    said = [_miscounted(one, *pair) for one in follows for pair in one.counts.items()]
    said += [_unended(one) for one in follows if one.is_last]
    said += [_astray(one) for one in follows if one.under]
    return f"WITH framed AS (SELECT *, {group} FROM ({kinds})) {' UNION ALL '.join(said)}"


def _miscounted(one: Follow, name: str, counted: str) -> str:
    at = one.layout.field(name)
    number = f"TRY_CAST(substr(l, {at.start}, {at.length}) AS BIGINT)"
    found = f"count(*) FILTER (kind = {quote(counted)}) OVER (PARTITION BY own)"
    reason = f"not the number of {counted.replace('_', ' ')} records before it"
    return (
        f"SELECT line_no AS source_line, {quote(name)} AS field, {quote(reason)} AS reason"
        f" FROM (SELECT *, {number} IS DISTINCT FROM {found} AS is_wrong FROM framed)"
        f" WHERE kind = {quote(one.kind)} AND is_wrong"
    )


def _unended(one: Follow) -> str:
    kind, reason = quote(one.kind), f"it does not end with one {one.kind.replace('_', ' ')} record"
    is_wrong = f"arg_max(kind, line_no) <> {kind} OR count(*) FILTER (kind = {kind}) <> 1"
    said = f"min(line_no) AS source_line, CAST(NULL AS VARCHAR) AS field, {quote(reason)} AS reason"
    return f"SELECT {said} FROM framed GROUP BY own HAVING {is_wrong}"


def _astray(one: Follow) -> str:
    above = "lag(kind) OVER (PARTITION BY own ORDER BY line_no)"
    is_wrong = f"coalesce({above} NOT IN ({quote(one.under)}, {quote(one.kind)}), true) AS is_wrong"
    name, above_name = (kind.replace("_", " ") for kind in (one.kind, one.under))
    reason = quote(f"the {name} record does not come after a {above_name} record")
    return (
        f"SELECT line_no AS source_line, CAST(NULL AS VARCHAR) AS field, {reason} AS reason"
        f" FROM (SELECT *, {is_wrong} FROM framed) WHERE kind = {quote(one.kind)} AND is_wrong"
    )


def read_following(follow: Follow, lines: str) -> str:
    """SQL for the records of one kind that the lines of a file hold."""
    return read_select(follow.layout, f"(SELECT * FROM {lines} WHERE {follow.test})")
