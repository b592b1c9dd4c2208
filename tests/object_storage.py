"""An S3 server for tests, in this process and on loopback, and machines that share what is in its bucket."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import boto3
import pytest
from moto.s3.responses import S3Response
from moto.server import ThreadedMotoServer
from typer.testing import CliRunner

from arrears.cli.main import app
from arrears.data.store import Store

BUCKET, STORE = "agency", "s3://agency/maine"
SECRET = "a-secret-that-nobody-prints"


@contextmanager
def s3_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of a server with one empty bucket; this process finds it in AWS's usual ways."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    one_write_at_once(monkeypatch)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "invented",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.session.Session().client("s3")
    client.create_bucket(Bucket=BUCKET)
    try:
        yield client
    finally:
        server.stop()


def one_write_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the server look at a write's condition and write in one, as S3 does; its threads do not."""
    put, lock = S3Response.put_object, Lock()

    def alone(*given: Any, **named: Any) -> Any:
        with lock:
            return put(*given, **named)

    monkeypatch.setattr(S3Response, "put_object", alone)


class Machines:
    """Machines of one agency: each has its own working copies; they share ledger, key and bucket."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, url: str = STORE) -> None:
        self.folder, self.url, self._patch = folder, url, monkeypatch
        monkeypatch.setenv("ARREARS_LEDGER_URL", f"sqlite:///{folder / 'ledger.db'}")
        monkeypatch.setenv("ARREARS_KEY_FILE", str(folder / "key"))
        # As a scheduler does, whose tasks run on many machines.
        monkeypatch.setenv("ARREARS_HOLDER", "the scheduler")
        self.at("one")

    def at(self, name: str) -> None:
        """From now on this process is the machine of this name."""
        self._patch.setenv("ARREARS_COPIES", str(self.folder / name))

    def store(self, name: str) -> Store:
        """The store as this machine opens it."""
        self.at(name)
        return Store.open(self.url)

    def arrears(self, *words: str, code: int = 0) -> Any:
        """What a verb of the command line says as JSON, on the machine that this process is."""
        done = CliRunner().invoke(app, [*words, "--store", self.url, "--json"])
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)


def objects(client: Any) -> dict[str, bytes]:
    """Everything in the bucket, by name within the store."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    names = [one["Key"] for page in pages for one in page.get("Contents", ())]
    return {
        name.partition("/")[2]: client.get_object(Bucket=BUCKET, Key=name)["Body"].read() for name in names
    }
