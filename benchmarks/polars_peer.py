"""The work in Polars: lazy where it can be, on all cores."""

from collections.abc import Iterator
from functools import cache, reduce
from operator import and_, or_
from pathlib import Path
from typing import Any

import polars as pl
import sqlglot
from job import MINUS, PLUS, Feed, Field, Job, Question, header, measured, trailer
from sqlglot import exp


def work(job: Job, out: Path) -> Iterator[str]:
    """All of it, step by step."""
    tables = {name: pl.scan_parquet(path) for name, path in job.tables.items()}
    staged = {feed.name: stage(feed, out) for feed in job.feeds}
    yield "stage"
    link(job, staged, tables["persons"]).sink_parquet(out / "links.parquet", compression="zstd")
    yield "match"
    case_money(job, tables).sink_parquet(out / "case_money.parquet", compression="zstd")
    yield "money"
    asked = [decide(one) for one in job.questions]
    sinks = [
        table.sink_parquet(out / f"verdicts_{one.facts}.parquet", compression="zstd", lazy=True)
        for one, table in zip(job.questions, asked, strict=True)
    ]
    pl.collect_all(sinks)
    yield "decide"
    write_claims(job, tables["persons"], out)
    yield "queue"


def stage(feed: Feed, out: Path) -> pl.DataFrame:
    """The typed rows of a feed, after writing them and the rejects."""
    text = Path(feed.path).read_bytes().decode("latin-1").replace("\r", "")
    lines = pl.LazyFrame({"l": text.removesuffix("\n").split("\n")}).with_row_index("source_line", offset=1)
    own = lines.filter(pl.col("l").str.starts_with(feed.mark)) if feed.mark else lines
    raw = {one.name: pl.col("l").str.slice(one.start - 1, one.length).alias(one.name) for one in feed.fields}
    cut = own.with_columns(*raw.values())
    wrong = reduce(or_, (fault(one) for one in feed.fields), pl.col("l").str.len_chars() != feed.length)
    number = pl.col("source_line").cast(pl.Int64)
    typed = cut.select(number, *(value(one).alias(one.name) for one in feed.fields), wrong.alias("wrong"))
    found = typed.collect()
    clean = found.filter(~pl.col("wrong")).drop("wrong")
    clean.write_parquet(out / f"staged_{feed.name}.parquet", compression="zstd")
    rejects = found.filter(pl.col("wrong")).select("source_line")
    rejects.write_parquet(out / f"rejects_{feed.name}.parquet", compression="zstd")
    return clean


def value(field: Field) -> pl.Expr:
    """The typed value of a field; none where it is blank or wrong."""
    raw = pl.col(field.name)
    if field.takes_any_sign:
        return signed(raw)
    match field.kind:
        case "digits":
            return pl.when(raw.str.contains("^[0-9]+$")).then(raw)
        case "date":
            return raw.str.to_date(field.format, strict=False)
        case "month":
            return (raw + "01").str.to_date(f"{field.format}%d", strict=False).dt.strftime("%Y-%m")
        case _:
            kept = raw.str.strip_chars_end(" ")
            return pl.when(kept != "").then(kept)


def signed(raw: pl.Expr) -> pl.Expr:
    """The number in whichever form it came."""
    bare = raw.str.strip_chars_start(" ")
    last, rest = bare.str.slice(-1), bare.str.head(-1)
    digit = last.replace_strict(list(PLUS + MINUS), list("01234567890123456789"), default=None)
    punched = (rest + digit).cast(pl.Int64, strict=False)
    minus = last.is_in(list(MINUS))
    return (
        pl.when(bare.str.contains("^[0-9]+$"))
        .then(bare.cast(pl.Int64, strict=False))
        .when(bare.str.contains("^[0-9]+[+-]$"))
        .then((last + rest).cast(pl.Int64, strict=False))
        .when(bare.str.contains(f"^[0-9]*[{PLUS}{MINUS}]$"))
        .then(pl.when(minus).then(-punched).otherwise(punched))
    )


def fault(field: Field) -> pl.Expr:
    """Whether a field is wrong."""
    raw, is_blank = pl.col(field.name), pl.col(field.name).str.strip_chars(" ") == ""
    wrong = pl.lit(False)
    if field.takes_any_sign:
        shape = f"^ *([0-9]+[+-]?|[0-9]*[{PLUS}{MINUS}])$"
        wrong = ~is_blank & ~raw.str.contains(shape)
    elif field.kind == "digits":
        wrong = ~is_blank & ~raw.str.contains("^[0-9]+$")
    elif field.kind in ("date", "month"):
        is_empty = raw.str.contains("^[ 0./-]*$")
        wrong = ~is_empty & ~(raw.str.contains(f"^{field.shape}$") & value(field).is_not_null())
    elif field.kind == "text":
        wrong = raw.str.contains("\0", literal=True)
    if field.codes:
        wrong = wrong | (~is_blank & ~raw.str.strip_chars_end(" ").is_in(field.codes))
    if field.is_required and not field.may_be_blank:
        wrong = wrong | (value(field).is_null() if field.kind in ("date", "month") else is_blank)
    return wrong


def link(job: Job, staged: dict[str, pl.DataFrame], persons: pl.LazyFrame) -> pl.LazyFrame:
    """Which person a row of a feed speaks of."""
    known = persons.select("person_id", "ssn", "birth_on")
    exact = (pl.col("birth_on") == pl.col("date_of_birth")).fill_null(False)
    return pl.concat(
        staged[feed.name]
        .lazy()
        .select("source_line", pl.col(feed.number).alias("ssn"), "date_of_birth")
        .join(known, on="ssn")
        .select(
            pl.lit(feed.name).alias("feed"),
            "source_line",
            "person_id",
            pl.when(exact).then(pl.lit("exact")).otherwise(pl.lit("candidate")).alias("tier"),
        )
        .sort("source_line", "person_id")
        for feed in job.feeds
    )


def case_money(job: Job, tables: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Balances and payments of each case."""
    owed = (
        tables["balances"]
        .group_by("case_id")
        .agg(
            pl.col("past_due_cents").sum(),
            pl.col("past_due_cents").filter(pl.col("is_assigned") == "Y").sum().alias("assigned_cents"),
        )
    )
    posted = (pl.col("status") == "posted") & (pl.col("received_on") <= job.as_of)
    paid = (
        tables["receipts"]
        .filter(posted)
        .group_by("case_id")
        .agg(
            pl.col("amount_cents").filter(pl.col("received_on") > job.year_before).sum().alias("paid_cents"),
            pl.col("received_on").filter(pl.col("kind") == "payment").max().alias("last_paid_on"),
            pl.len().cast(pl.Int64).alias("receipts"),
        )
    )
    sums = ("past_due_cents", "assigned_cents", "paid_cents")
    both = (
        tables["cases"]
        .select("case_id")
        .join(owed, on="case_id", how="left")
        .join(paid, on="case_id", how="left")
    )
    return both.select(
        "case_id",
        *(pl.col(one).fill_null(0) for one in sums),
        "last_paid_on",
        pl.col("receipts").fill_null(0),
    ).sort("case_id")


def decide(asked: Question) -> pl.LazyFrame:
    """Every condition of every subject, and the verdicts that they join to."""
    answers = {column: condition(text, asked.bound).alias(column) for column, text in asked.answers.items()}
    amounts = [pl.col(fact).cast(pl.Int64).alias(column) for column, fact in asked.amounts.items()]
    verdicts = [
        reduce(or_ if word == "any" else and_, map(pl.col, names)).alias(name)
        for name, (word, names) in asked.verdicts.items()
    ]
    told = pl.scan_parquet(asked.path).select(*asked.keys, *amounts, *answers.values())
    return told.with_columns(*verdicts).sort("subject_id")


def condition(text: str, bound: dict[str, Any]) -> pl.Expr:
    """A condition of a remedy as an expression."""
    return _of(parsed(text), bound)


def _of(node: exp.Expression, bound: dict[str, Any]) -> Any:
    def of(name: str) -> Any:
        return _of(node.args[name], bound)

    match node:
        case exp.Paren():
            return of("this")
        case exp.Column():
            return pl.col(node.name)
        case exp.Placeholder() | exp.Parameter():
            held = bound[node.name]
            return held if isinstance(held, list) else pl.lit(held)
        case exp.Literal():
            return pl.lit(str(node.this) if node.is_string else int(node.this))
        case exp.Not():
            return ~of("this")
        case exp.And():
            return of("this") & of("expression")
        case exp.Or():
            return of("this") | of("expression")
        case exp.EQ():
            return of("this") == of("expression")
        case exp.NEQ():
            return of("this") != of("expression")
        case exp.GT():
            return of("this") > of("expression")
        case exp.GTE():
            return of("this") >= of("expression")
        case exp.LT():
            return of("this") < of("expression")
        case exp.LTE():
            return of("this") <= of("expression")
        case exp.Sub():
            return of("this") - of("expression")
        case exp.DateDiff():
            return (of("this") - of("expression")).dt.total_days()
        case exp.ArrayContains():
            return of("this").list.contains(of("expression"))
        case exp.ArrayOverlaps():
            held = literals(node.args["expression"], bound)
            return reduce(or_, (of("this").list.contains(one) for one in held))
    raise NotImplementedError(type(node).__name__)


def literals(node: exp.Expression, bound: dict[str, Any]) -> list[str]:
    """The texts of a list that a condition names."""
    if isinstance(node, exp.Placeholder | exp.Parameter):
        return list(bound[node.name])
    return [one.this for one in node.find_all(exp.Literal)]


@cache
def parsed(text: str) -> exp.Expression:
    """A condition as a tree; read once, as our own rules are before the work begins."""
    return sqlglot.parse_one(text, dialect="duckdb")


def write_claims(job: Job, persons: pl.LazyFrame, out: Path) -> None:
    """The queue file: who owes and how much, a line each."""
    facts, verdict, amount = job.claims
    flagged = pl.scan_parquet(out / f"verdicts_{facts}.parquet").filter(pl.col(verdict))
    told = flagged.join(persons.filter(pl.col("ssn").is_not_null()), on="person_id").sort("person_id")
    line = pl.concat_str(
        pl.lit("D" + "LIST".ljust(8)),
        pl.col("ssn").str.pad_start(9, "0"),
        pl.col("person_id").str.pad_end(10),
        pl.col("last_name").fill_null("").str.slice(0, 30).str.pad_end(30),
        pl.col("first_name").fill_null("").str.slice(0, 20).str.pad_end(20),
        pl.col("birth_on").dt.strftime("%Y%m%d").fill_null("0" * 8),
        pl.col(amount).cast(pl.String).str.pad_start(11, "0"),
        pl.lit("00" + " " * 61),
    )
    lines, cents = told.select(line.alias("l"), pl.col(amount)).collect().get_columns()
    whole = [header(job), *lines.to_list(), trailer(len(lines), int(cents.sum()))]
    (out / "lottery.txt").write_bytes(("\n".join(whole) + "\n").encode("latin-1"))


if __name__ == "__main__":
    measured(work, polars=pl.__version__)
