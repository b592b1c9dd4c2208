"""The desk's commands: its pages on this machine."""

import socket
from typing import Annotated

import typer

from arrears.cli.tools import STORE, StoreAt, errors, out, place
from arrears.errors import ArrearsError


def serve(
    by: Annotated[str, typer.Option("--as", metavar="USER", help="Who sits at the desk.")],
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on this machine; 0 takes a free one.")
    ] = 8090,
    office: Annotated[
        list[str] | None, typer.Option(metavar="OFFICE", help="See this office only; may be given again.")
    ] = None,
    store: StoreAt = STORE,
) -> None:
    """Open the review desk in a browser on this machine (invented people only)."""
    # Only here: a web server is heavy, and no other command needs one.
    import uvicorn

    from arrears.desk.serve import HOST, SIGN_IN, make_local_app

    with errors(False):
        app, session = make_local_app(place(store), by, frozenset(office) if office else None)
        with socket.socket() as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind((HOST, port))
            except OSError:
                raise ArrearsError(f"Port {port} is in use", "--port", "Give another, or 0") from None
            address = f"http://{HOST}:{door.getsockname()[1]}"
            out.print(
                f"The desk of {by} is open. Once, in one browser:\n{address}{SIGN_IN}?token={session.token}"
            )
            out.print("End it with Ctrl-C.")
            # The log of accesses would keep what people search for.
            config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
            uvicorn.Server(config).run(sockets=[door])
