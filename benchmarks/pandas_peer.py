"""The work in pandas: Arrow types throughout, whole columns at a time, never a row."""

from collections.abc import Iterator
from functools import cache, reduce
from operator import and_, eq, ge, gt, le, lt, ne, or_, sub
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import sqlglot
from job import MINUS, PLUS, Feed, Field, Job, Question, header, measured, trailer
from sqlglot import exp

TEXT, WHOLE, TRUTH, DAY = (pd.ArrowDtype(one) for one in (pa.string(), pa.int64(), pa.bool_(), pa.date32()))
COMPARED: dict[type[exp.Expression], Any] = {
    **{exp.EQ: eq, exp.NEQ: ne, exp.GT: gt, exp.GTE: ge, exp.LT: lt, exp.LTE: le},
    **{exp.And: and_, exp.Or: or_, exp.Sub: sub},
}


def work(job: Job, out: Path) -> Iterator[str]:
    """All of it, step by step."""
    staged = {feed.name: stage(feed, out) for feed in job.feeds}
    yield "stage"
    persons = read(job.tables["persons"], ["person_id", "ssn", "birth_on", "last_name", "first_name"])
    write(link(job, staged, persons), out / "links.parquet")
    yield "match"
    write(case_money(job), out / "case_money.parquet")
    yield "money"
    decided = {one.facts: decide(one) for one in job.questions}
    for facts, table in decided.items():
        write(table, out / f"verdicts_{facts}.parquet")
    yield "decide"
    write_claims(job, decided[job.claims[0]], persons, out)
    yield "queue"


def read(path: str, columns: list[str]) -> pd.DataFrame:
    """Some columns of a table."""
    return pq.read_table(path, columns=columns).to_pandas(types_mapper=pd.ArrowDtype)


def write(table: pd.DataFrame, path: Path) -> None:
    """Writes a table."""
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), path, compression="zstd")


def stage(feed: Feed, out: Path) -> pd.DataFrame:
    """The typed rows of a feed, after writing them and the rejects."""
    text = Path(feed.path).read_bytes().decode("latin-1").replace("\r", "").removesuffix("\n")
    lines = pd.Series(pa.array(text.split("\n")), dtype=TEXT)
    own = lines[lines.str.startswith(feed.mark)] if feed.mark else lines
    typed = {"source_line": pd.Series(own.index + 1, index=own.index, dtype=WHOLE)}
    wrong = own.str.len() != feed.length
    for one in feed.fields:
        raw = own.str.slice(one.start - 1, one.start - 1 + one.length)
        typed[one.name] = value(one, raw)
        wrong |= fault(one, raw, typed[one.name])
    whole = pd.DataFrame(typed)
    clean = whole[~wrong].reset_index(drop=True)
    write(clean, out / f"staged_{feed.name}.parquet")
    write(whole.loc[wrong, ["source_line"]], out / f"rejects_{feed.name}.parquet")
    return clean


def value(field: Field, raw: pd.Series) -> pd.Series:
    """The typed value of a field; none where it is blank or wrong."""
    if field.takes_any_sign:
        return signed(raw)
    match field.kind:
        case "digits":
            return raw.where(raw.str.fullmatch("[0-9]+"))
        case "date":
            return moment(raw, field.shape, field.format)
        case "month":
            kept = moment(raw + "01", f"{field.shape}[0-9]{{2}}", f"{field.format}%d")
            return pd.Series(pc.strftime(arrow(kept), "%Y-%m"), index=raw.index, dtype=TEXT)
        case _:
            kept = raw.str.rstrip(" ")
            return kept.where(kept != "")


def moment(raw: pd.Series, shape: str, form: str) -> pd.Series:
    """The day that a text tells; none where it tells none."""
    told = raw.where(raw.str.fullmatch(shape))
    days = pc.strptime(arrow(told), form, "s", error_is_null=True).cast(pa.date32())
    # The 31st of a short month is no day, however it is read.
    is_same = pc.equal(pc.strftime(days, form), arrow(told))
    return pd.Series(pc.if_else(is_same, days, None), index=raw.index, dtype=DAY)


def arrow(column: pd.Series) -> Any:
    """The column as Arrow holds it."""
    return pa.array(column)


def signed(raw: pd.Series) -> pd.Series:
    """The number in whichever form it came."""
    bare = raw.str.lstrip(" ")
    last, rest = bare.str.slice(-1), bare.str.slice(0, -1)
    plain, apart = bare.str.fullmatch("[0-9]+"), bare.str.fullmatch("[0-9]+[+-]")
    punched = bare.str.fullmatch(f"[0-9]*[{PLUS}{MINUS}]")
    digit = last.map(dict(zip(PLUS + MINUS, "01234567890123456789", strict=True))).astype(TEXT)
    magnitude = bare.where(plain, rest.where(apart, (rest + digit).where(punched))).astype(WHOLE)
    is_minus = (apart & (last == "-")) | (punched & last.isin(list(MINUS)))
    return magnitude.where(~is_minus, -magnitude)


def fault(field: Field, raw: pd.Series, typed: pd.Series) -> pd.Series:
    """Whether a field is wrong."""
    is_blank = raw.str.strip(" ") == ""
    wrong = pd.Series(False, index=raw.index, dtype=TRUTH)
    if field.takes_any_sign:
        wrong = ~is_blank & ~raw.str.lstrip(" ").str.fullmatch(f"[0-9]+[+-]?|[0-9]*[{PLUS}{MINUS}]")
    elif field.kind == "digits":
        wrong = ~is_blank & typed.isna().astype(TRUTH)
    elif field.kind in ("date", "month"):
        wrong = ~raw.str.fullmatch("[ 0./-]*") & typed.isna().astype(TRUTH)
    elif field.kind == "text":
        wrong = raw.str.contains("\0", regex=False)
    if field.codes:
        wrong |= ~is_blank & ~raw.str.rstrip(" ").isin(field.codes).astype(TRUTH)
    if field.is_required and not field.may_be_blank:
        wrong |= typed.isna().astype(TRUTH) if field.kind in ("date", "month") else is_blank
    return wrong


def link(job: Job, staged: dict[str, pd.DataFrame], persons: pd.DataFrame) -> pd.DataFrame:
    """Which person a row of a feed speaks of."""
    known, found = persons[["person_id", "ssn", "birth_on"]].dropna(subset=["ssn"]), []
    for feed in job.feeds:
        rows = staged[feed.name][["source_line", feed.number, "date_of_birth"]]
        both = rows.rename(columns={feed.number: "ssn"}).merge(known, on="ssn")
        exact = (both["birth_on"] == both["date_of_birth"]).fillna(False)
        both["tier"] = pd.Series(np.where(exact.to_numpy(bool), "exact", "candidate"), dtype=TEXT)
        both["feed"] = pd.Series(feed.name, index=both.index, dtype=TEXT)
        found.append(
            both[["feed", "source_line", "person_id", "tier"]].sort_values(["source_line", "person_id"])
        )
    return pd.concat(found, ignore_index=True)


def case_money(job: Job) -> pd.DataFrame:
    """Balances and payments of each case."""
    cases = read(job.tables["cases"], ["case_id"])
    balances = read(job.tables["balances"], ["case_id", "past_due_cents", "is_assigned"])
    receipts = read(job.tables["receipts"], ["case_id", "received_on", "amount_cents", "kind", "status"])
    balances["assigned_cents"] = balances["past_due_cents"].where(balances["is_assigned"] == "Y", 0)
    owed = balances.groupby("case_id")[["past_due_cents", "assigned_cents"]].sum()
    posted = receipts[(receipts["status"] == "posted") & (receipts["received_on"] <= job.as_of)]
    recent, paying = posted["received_on"] > job.year_before, posted["kind"] == "payment"
    paid = posted["amount_cents"][recent].groupby(posted["case_id"][recent]).sum().rename("paid_cents")
    # Days as numbers: the greatest of a group is found without a Python object.
    days = posted["received_on"].astype(pd.ArrowDtype(pa.int32()))[paying]
    last = days.groupby(posted["case_id"][paying]).max().rename("last_paid_on")
    count = posted.groupby("case_id").size().astype(WHOLE).rename("receipts")
    told = cases.set_index("case_id").join([owed, paid, last, count])
    sums = ["past_due_cents", "assigned_cents", "paid_cents", "receipts"]
    told[sums] = told[sums].fillna(0).astype(WHOLE)
    told["last_paid_on"] = told["last_paid_on"].astype(pd.ArrowDtype(pa.int32())).astype(DAY)
    ordered = ["case_id", *sums[:3], "last_paid_on", "receipts"]
    return told.reset_index().sort_values("case_id")[ordered]


def decide(asked: Question) -> pd.DataFrame:
    """Every condition of every subject, and the verdicts that they join to."""
    trees = {column: parsed(text) for column, text in asked.answers.items()}
    named = {one.name for tree in trees.values() for one in tree.find_all(exp.Column)}
    facts = read(asked.path, list(dict.fromkeys([*asked.keys, *asked.amounts.values(), *named])))
    facts = facts.sort_values("subject_id", ignore_index=True)
    told = {key: facts[key] for key in asked.keys}
    told |= {column: facts[fact].astype(WHOLE) for column, fact in asked.amounts.items()}
    told |= {column: truth(_of(tree, facts, asked.bound), facts) for column, tree in trees.items()}
    for name, (word, names) in asked.verdicts.items():
        told[name] = reduce(or_ if word == "any" else and_, (told[one] for one in names))
    return pd.DataFrame(told)


def truth(found: Any, facts: pd.DataFrame) -> pd.Series:
    """A condition's answer as a column, also where it is the same for all."""
    return found if isinstance(found, pd.Series) else pd.Series(found, index=facts.index, dtype=TRUTH)


def _of(node: exp.Expression, facts: pd.DataFrame, bound: dict[str, Any]) -> Any:
    def of(name: str) -> Any:
        return _of(node.args[name], facts, bound)

    if operation := COMPARED.get(type(node)):
        return operation(of("this"), of("expression"))
    match node:
        case exp.Paren():
            return of("this")
        case exp.Column():
            return facts[node.name]
        case exp.Placeholder() | exp.Parameter():
            return bound[node.name]
        case exp.Literal():
            return str(node.this) if node.is_string else int(node.this)
        case exp.Not():
            found = of("this")
            return not found if isinstance(found, bool) else ~found
        case exp.DateDiff():
            days = pc.days_between(arrow(of("expression")), pa.scalar(of("this"), pa.date32()))
            return pd.Series(days, dtype=WHOLE)
        case exp.ArrayContains():
            return overlaps(of("this"), [of("expression")])
        case exp.ArrayOverlaps():
            return overlaps(of("this"), literals(node.args["expression"], bound))
    raise NotImplementedError(type(node).__name__)


def literals(node: exp.Expression, bound: dict[str, Any]) -> list[str]:
    """The texts of a list that a condition names."""
    if isinstance(node, exp.Placeholder | exp.Parameter):
        return list(bound[node.name])
    return [one.this for one in node.find_all(exp.Literal)]


def overlaps(lists: pd.Series, wanted: list[str]) -> pd.Series:
    """Whether each list holds one of these texts; not known of a list that is not there."""
    held = arrow(lists)
    held = held.combine_chunks() if isinstance(held, pa.ChunkedArray) else held
    hits = pc.is_in(pc.list_flatten(held), value_set=pa.array(wanted, pa.string()))
    found = np.zeros(len(held), bool)
    found[pc.list_parent_indices(held).filter(hits).to_numpy()] = True
    return pd.Series(pa.array(found, mask=held.is_null().to_numpy(zero_copy_only=False)), dtype=TRUTH)


@cache
def parsed(text: str) -> exp.Expression:
    """A condition as a tree; read once, as our own rules are before the work begins."""
    return sqlglot.parse_one(text, dialect="duckdb")


def write_claims(job: Job, decided: pd.DataFrame, persons: pd.DataFrame, out: Path) -> None:
    """The queue file: who owes and how much, a line each."""
    _, verdict, amount = job.claims
    flagged = decided.loc[decided[verdict].fillna(False), ["person_id", amount]]
    told = flagged.merge(persons.dropna(subset=["ssn"]), on="person_id").sort_values("person_id")
    born = pd.Series(pc.strftime(arrow(told["birth_on"]), "%Y%m%d"), index=told.index, dtype=TEXT)
    lines = (
        told["ssn"].str.pad(9, "left", "0").radd("D" + "LIST".ljust(8))
        + told["person_id"].str.pad(10, "right")
        + told["last_name"].fillna("").str.slice(0, 30).str.pad(30, "right")
        + told["first_name"].fillna("").str.slice(0, 20).str.pad(20, "right")
        + born.fillna("0" * 8)
        + told[amount].astype(TEXT).str.pad(11, "left", "0")
        + ("00" + " " * 61)
    )
    whole = [header(job), *lines.tolist(), trailer(len(lines), int(told[amount].sum()))]
    (out / "lottery.txt").write_bytes(("\n".join(whole) + "\n").encode("latin-1"))


if __name__ == "__main__":
    measured(work, pandas=pd.__version__, pyarrow=pa.__version__)
