"""How useful each kind of line has been: acted on, of those shown, told where people meet them."""

from pathlib import Path

import pyarrow as pa

from arrears import house
from arrears.answers.closed_nights import closed_nights
from arrears.answers.display import fetch
from arrears.answers.quality_rules import load_quality
from arrears.answers.runs import the_run
from arrears.data.warehouse import attach_arrow, file_list, warehouse, write_parquet
from arrears.desk.answer_cache import kept
from arrears.desk.requests import Line
from arrears.desk.table import WORK_LIST, made_once, table_path
from arrears.desk.web import Desk
from arrears.law.work_order import load_work_order
from arrears.ledger import Cut
from arrears.reports.precision import usefulness

KIND = pa.schema(
    [("kind", pa.string()), ("shown", pa.int64()), ("decided", pa.int64()), ("is_ignored", pa.bool_())]
)


def useful(desk: Desk) -> dict[str, Line]:
    """By kind how many lines the last nights have shown, how many of them people decided, and whether most
    are ignored; as it stood when the run began, so it is made once with the run's table.
    """
    run = the_run(desk.store, desk.ledger, desk.state, desk.as_of)
    path = table_path(desk.store, run, "useful")

    def made() -> dict[str, Line]:
        made_once(path, lambda: make_useful(desk, run.record.cut, path))
        with warehouse() as con:
            found = fetch(con, f"SELECT * FROM read_parquet({file_list([path])})", {})
        return {one["kind"]: one for one in found}

    return kept(("useful", str(path)), made)


def make_useful(desk: Desk, cut: Cut, path: Path) -> int:
    """The number of kinds, after writing the usefulness of each by what was decided before the cut."""
    nights = [
        night
        for night in closed_nights(desk.store, desk.state, desk.as_of)
        if (night.folder / WORK_LIST).exists()
    ]
    with warehouse(spill=desk.store.spill()) as con:
        said = desk.ledger.snapshot(desk.state, cut, only=["decisions"])["decisions"]
        attach_arrow(con, "quality.decisions", said)
        told = usefulness(con, nights, load_quality(house.RULES)) if nights else []
        rows = [{name: one[name] for name in KIND.names} for one in told]
        attach_arrow(con, "told", pa.Table.from_pylist(rows, KIND))
        return write_parquet(con, "FROM told ORDER BY kind", path)


def by_heading(kinds: dict[str, Line]) -> dict[str, Line]:
    """The same added up by heading of the desk, under which urgent kinds stand first."""
    order, found = load_work_order(house.RULES), dict[str, Line]()
    for name, one in kinds.items():
        kind = order.kind(name)
        total = found.setdefault("urgent" if kind.urgent else kind.heading, {"shown": 0, "decided": 0})
        total["shown"] += one["shown"]
        total["decided"] += one["decided"]
    return found
