"""Runs the peers one after another, each in a process of its own, and compares what they wrote."""

import hashlib
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from make_job import REMEDIES, make_job

from arrears.cli.bench import in_child
from arrears.data.store import Store
from arrears.data.warehouse import quote, warehouse

PEERS = {"arrears": "ours", "duckdb": "floor", "polars": "polars_peer", "pandas": "pandas_peer"}


def run(store: Path, state: str, as_of: date, inbox: Path, out: Path) -> dict[str, Any]:
    """What each peer took, its ratio to ours, and whether it gave the same answers."""
    out.mkdir(parents=True, exist_ok=True)
    job = make_job(Store.open(store), state, as_of, inbox, out)
    peers: dict[str, Any] = {}
    hashes: dict[str, dict[str, str]] = {}
    for name, module in PEERS.items():
        program, folder = Path(__file__).with_name(f"{module}.py"), out / name
        peers[name] = in_child([str(program), str(job), str(folder), state], lambda *_: None)
        hashes[name] = answers(folder)
        print(json.dumps({"step": f"peer {name}", "seconds": peers[name]["seconds"]}), flush=True)
    ours = peers["arrears"]
    for name, one in peers.items():
        one["times_ours"] = round(one["seconds"] / ours["seconds"], 2)
        one["cpu_times_ours"] = round(one["cpu_seconds"] / ours["cpu_seconds"], 2)
        one["differs_in"] = different(hashes["arrears"], hashes[name])
    return {"peers": peers, "remedies": list(REMEDIES), "answers": hashes["arrears"], "peak_mib": 0}


def different(ours: dict[str, str], theirs: dict[str, str]) -> list[str]:
    """The tables and files of which one side has other rows, or has none."""
    return sorted(what for what in ours | theirs if ours.get(what) != theirs.get(what))


def answers(folder: Path) -> dict[str, str]:
    """A hash of the rows of each table in their order, and of the bytes of each file."""
    found = {}
    with warehouse() as con:
        for path in sorted(folder.glob("*.parquet")):
            read = f"(SELECT *, row_number() OVER () AS row FROM read_parquet({quote(str(path))}))"
            names = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()]
            # Of a reject all tell the line; why it is one only we tell.
            kept = [name for name in names if not name.startswith("fault_")]
            texts = ", ".join(f"coalesce('+' || CAST(\"{name}\" AS VARCHAR), '-')" for name in kept)
            rows = f"SELECT md5_number(concat_ws(chr(31), {texts})) AS one FROM {read}"
            [told] = con.execute(f"SELECT count(*) || ':' || bit_xor(one) FROM ({rows})").fetchone() or ("",)
            found[path.stem] = str(told)
    for path in sorted(folder.glob("*.txt")):
        found[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


if __name__ == "__main__":
    store, state, as_of, inbox, out = sys.argv[1:]
    print(json.dumps(run(Path(store), state, date.fromisoformat(as_of), Path(inbox), Path(out))))
