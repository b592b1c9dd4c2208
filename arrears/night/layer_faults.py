"""What is wrong between the list of a layer's tables and their SQL."""

from typing import TYPE_CHECKING

from arrears.config import Faults
from arrears.errors import safe_path
from arrears.sqltext import parameters, sql_faults

if TYPE_CHECKING:
    from arrears.night.layers import Layer


def check_sql(layer: "Layer", given: frozenset[str], faults: Faults) -> None:
    """Notes what is wrong between a layer's list and its SQL, which may also bind what is `given`."""
    files = {path.stem for path in layer.folder.glob("*.sql")}
    if layer.counted and layer.counted not in layer.tables:
        faults.add(safe_path(layer.folder), f"`counted` names {layer.counted}, which is not a table")
    for table in sorted(files ^ (set(layer.tables) - {*layer.calculated, layer.counted})):
        what = "is not in the list of tables" if table in files else "has no file"
        faults.add(safe_path(layer.path(table)), what)
    for table in sorted({*layer.whole, *layer.summed} - set(layer.tables)):
        faults.add(safe_path(layer.folder), f"`whole` and `summed` name {table}, which is not a table")
    for table in sorted(set(layer.beside) - set(layer.keep)):
        faults.add(safe_path(layer.folder), f"`beside` names {table}, which is not kept")
    used: set[str] = set()
    for table in (one for one in layer.tables if one in files):
        text = layer.path(table).read_text(encoding="utf-8")
        if table in layer.whole and (part := layer.named(text) - set(layer.whole)):
            reads = ", ".join(sorted(part))
            faults.add(safe_path(layer.path(table)), f"speaks of the whole caseload, yet reads {reads}")
        for fault in sql_faults(text):
            faults.add(safe_path(layer.path(table)), fault)
        named = set(parameters(text))
        for name in sorted(named - set(layer.params) - given):
            faults.add(safe_path(layer.path(table)), f"binds ${name}, which `params` does not give")
        used |= named
    for name in sorted(set(layer.params) - used):
        faults.add(safe_path(layer.folder), f"`params` gives {name}, which no SQL binds")
    for name in sorted(set(layer.may_lack) - set(layer.params)):
        faults.add(safe_path(layer.folder), f"`may_lack` names {name}, which `params` does not give")
    for name in sorted(set(layer.asked_on) - set(layer.params)):
        faults.add(safe_path(layer.folder), f"`asked_on` names {name}, which `params` does not give")
