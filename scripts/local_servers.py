"""A PostgreSQL and a Redis server on loopback, from Debian's packages: for trying, and for tests.

Both ask for a password: whoever may write into Redis decides what the workers run.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_processes import Mark, Trouble, alive, begin, end_all, free_port, keep

PATIENCE_SECONDS = 30
USER = "arrears"


@dataclass(frozen=True)
class Server:
    """A server that runs: its process, and the URL under which it is reached."""

    mark: Mark
    url: str
    politely: signal.Signals = signal.SIGTERM

    def stop(self) -> None:
        """Ends it, connections and all."""
        end_all([self.mark], self.politely)


def program(name: str) -> str | None:
    """The program on the path, else where Debian keeps the newest PostgreSQL."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(installed[-1]) if installed else None)


def lacking() -> list[str]:
    """The Debian packages without which these servers cannot be started here."""
    needed = {"postgresql": ("initdb", "postgres"), "redis-server": ("redis-server",)}
    return [package for package, names in needed.items() if not all(program(one) for one in names)]


def start_postgres(folder: Path, log: Path, is_durable: bool = True) -> Server:
    """PostgreSQL over the databases in a folder, which are made on first use; its URL names no database.

    A server that is not durable is quicker, and may lose everything where the machine stops.
    """
    initdb, postgres = program("initdb"), program("postgres")
    if not initdb or not postgres:
        raise Trouble("PostgreSQL is not here. Install the package postgresql.")
    user, password, port = unprivileged(folder), password_in(folder), free_port(0)
    data = folder / "data"
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)
        how = ["--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "-E", "UTF8"]
        command = [initdb, "-D", str(data), "-U", USER, *how, *([] if is_durable else ["--no-sync"])]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, **user)
        if done.returncode:
            raise Trouble(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")
    # Without a socket in the file system: its path may be no longer than a hundred letters.
    set_ = [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        f"fsync={'on' if is_durable else 'off'}",
    ]
    options = [word for one in set_ for word in ("-c", one)]
    mark = begin([postgres, "-D", str(data), "-p", str(port), *options], log, cwd=folder, **user)
    # SIGINT ends it although clients are connected.
    server = Server(mark, f"postgresql+psycopg2://{USER}:{password}@127.0.0.1:{port}", signal.SIGINT)
    wait_for(server, port, log)
    return server


def start_redis(log: Path) -> Server:
    """Redis as a broker: in memory only, since Airflow queues again what a broker has lost."""
    redis = program("redis-server")
    if not redis:
        raise Trouble("Redis is not here. Install the package redis-server.")
    port, password = free_port(0), secrets.token_urlsafe(24)
    said = f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n'
    # Told, not written: a password in a file or among the arguments could be read by others.
    server = Server(begin([redis, "-"], log, said.encode()), f"redis://:{password}@127.0.0.1:{port}/0")
    wait_for(server, port, log)
    return server


def wait_for(server: Server, port: int, log: Path) -> None:
    """Returns when the server takes connections; ends it and says where to look where it does not."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while alive(server.mark) and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    server.stop()
    raise Trouble(f"A server did not start. See {log}.")


def create_database(server: Server, name: str, template: str = "template1") -> str:
    """The URL of a database of this name, made where it is not there."""
    found = on_server(server, f"SELECT 1 FROM pg_database WHERE datname = '{name}'")
    if not found:
        on_server(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return f"{server.url}/{name}"


def drop_database(server: Server, name: str) -> None:
    """Takes a database away, whoever is connected to it."""
    on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def on_server(server: Server, statement: str) -> list[Any]:
    """What a statement outside of any transaction answers."""
    import sqlalchemy as sa

    deadline = time.monotonic() + PATIENCE_SECONDS
    engine = sa.create_engine(f"{server.url}/postgres", isolation_level="AUTOCOMMIT")
    try:
        while True:
            try:
                with engine.connect() as con:
                    answer = con.exec_driver_sql(statement)
                    return list(answer) if answer.returns_rows else []
            except sa.exc.OperationalError:
                # It takes connections before it is ready for them.
                if not alive(server.mark) or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
    finally:
        engine.dispose()


def password_in(folder: Path) -> str:
    """The password of the databases in a folder, made with them."""
    path = folder / "password"
    if not path.exists():
        keep(path, secrets.token_urlsafe(24))
        shutil.chown(path, *owner(folder))
    return path.read_text()


def owner(folder: Path) -> tuple[int, int]:
    """User and group of a folder."""
    about = folder.stat()
    return about.st_uid, about.st_gid


def unprivileged(folder: Path) -> dict[str, Any]:
    """As whom PostgreSQL is run, since it refuses root: its own user, who then owns the folder."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.geteuid() != 0:
        return {}
    try:
        server = pwd.getpwnam("postgres")
    except KeyError:
        raise Trouble("PostgreSQL does not run as root, and there is no user postgres.") from None
    os.chown(folder, server.pw_uid, server.pw_gid)
    user: dict[str, Any] = {"user": server.pw_uid, "group": server.pw_gid, "extra_groups": []}
    if subprocess.run(
        [shutil.which("test") or "/usr/bin/test", "-w", str(folder)], cwd="/", **user
    ).returncode:
        raise Trouble(
            f"The user postgres cannot enter {folder}. Do this as an ordinary user, or set AIRFLOW_HOME to a "
            "folder below ones that everybody may enter."
        )
    return user
