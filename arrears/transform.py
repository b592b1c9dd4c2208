"""Matches and facts: one SQL file one table, run in the order that the folder's list gives.

`match.yml` and `facts.yml` name the tables of their folder in order, which of them a night keeps
(with the columns that order it), and which values of the profile the SQL binds by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from arrears import house
from arrears.config import Faults, Node, read_yaml, shown
from arrears.profile import Profile
from arrears.sqltext import parameters, sql_faults
from arrears.warehouse import Connection, write_parquet

AS_OF = "as_of"


@dataclass(frozen=True)
class Layer:
    """The tables of one folder: their order, what is kept of them, and the values that they need."""

    name: str
    folder: Path
    tables: tuple[str, ...]
    keep: Mapping[str, tuple[str, ...]]
    params: Mapping[str, str]

    def path(self, table: str) -> Path:
        """The SQL file of a table."""
        return self.folder / f"{table}.sql"


def run_match(con: Connection, folder: Path, as_of: date, sql: Path = house.MATCH) -> dict[str, int]:
    """Rows of `links` and `candidates`, after writing them to the night's folder.

    Reads `caseload.*` and `staging.*`; makes `match.*` on the connection.
    """
    return run_layer(con, load_layer(sql), folder, {AS_OF: as_of})


def run_facts(
    con: Connection, folder: Path, profile: Profile, as_of: date, sql: Path = house.FACTS
) -> dict[str, int]:
    """Rows of each fact table that is kept, after writing them to the night's folder.

    Reads `caseload.*`, `staging.*`, `match.links` and `calendar`; makes `facts.*` on the connection.
    """
    layer = load_layer(sql)
    return run_layer(con, layer, folder, {AS_OF: as_of, **values(layer, profile, as_of)})


def values(layer: Layer, profile: Profile, as_of: date) -> dict[str, Any]:
    """The values in force on a date by the names that a layer's SQL knows them by; no limit is None."""
    found = {name: profile.value(key, as_of).value for name, key in layer.params.items()}
    return {name: list(one) if isinstance(one, tuple) else one for name, one in found.items()}


def run_layer(con: Connection, layer: Layer, folder: Path, params: Mapping[str, Any]) -> dict[str, int]:
    """Rows by kept table, after making every table of a layer and writing those that are kept."""
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {layer.name}")
    for table in layer.tables:
        run_sql_file(con, layer.path(table), f"{layer.name}.{table}", params)
    return {
        table: write_parquet(
            con,
            f"SELECT * FROM {layer.name}.{table} ORDER BY {', '.join(order)}",
            folder / f"{table}.parquet",
        )
        for table, order in layer.keep.items()
    }


def run_sql_file(con: Connection, path: Path, name: str, params: Mapping[str, Any]) -> None:
    """Makes the table `name` from the one SELECT in a file, binding those parameters that it names."""
    text = path.read_text(encoding="utf-8").strip().rstrip(";")
    con.execute(f"CREATE OR REPLACE TABLE {name} AS\n{text}", {one: params[one] for one in parameters(text)})


def load_layer(folder: Path) -> Layer:
    """The layer in a folder; one `RuleFault` lists every fault of its list and of its SQL."""
    faults = Faults()
    root = read_yaml(folder / f"{folder.name}.yml", faults)
    tables = root.texts("tables")
    layer = Layer(
        name=folder.name,
        folder=folder,
        tables=tables,
        keep=_keep(root.node("keep"), tables),
        params=_params(root.node("params", required=False)),
    )
    root.take("facts", required=False)
    root.done()
    _check_sql(layer, faults)
    faults.raise_any(shown(folder), "Correct the lines above; nothing was run")
    return layer


def _keep(node: Node, tables: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found = {str(table): node.texts(table) for table in list(node.data)}
    for table, order in found.items():
        if table not in tables:
            node.fault(f"keeps {table}, which is no table")
        if not order:
            node.fault(f"{table} needs the columns that order it")
    return found


def _params(node: Node) -> dict[str, str]:
    return {str(name): node.text(name) for name in list(node.data)}


def _check_sql(layer: Layer, faults: Faults) -> None:
    files = {path.stem for path in layer.folder.glob("*.sql")}
    for table in sorted(files ^ set(layer.tables)):
        what = "is not in the list of tables" if table in files else "has no file"
        faults.add(shown(layer.path(table)), what)
    used: set[str] = set()
    for table in (one for one in layer.tables if one in files):
        text = layer.path(table).read_text(encoding="utf-8")
        for fault in sql_faults(text):
            faults.add(shown(layer.path(table)), fault)
        named = set(parameters(text))
        for name in sorted(named - set(layer.params) - {AS_OF}):
            faults.add(shown(layer.path(table)), f"binds ${name}, which `params` does not give")
        used |= named
    for name in sorted(set(layer.params) - used):
        faults.add(layer.name, f"`params` gives {name}, which no SQL binds")
