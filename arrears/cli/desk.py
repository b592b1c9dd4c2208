"""The desk's commands: its pages on this machine, and pauses."""

import socket
from typing import Annotated

import typer

from arrears.cli.tools import STORE, State, StoreAt, day, errors, moment, out, place
from arrears.days import need_day
from arrears.errors import ArrearsError

By = Annotated[str, typer.Option("--as", metavar="USER", help="Who says so.")]
Because = Annotated[str, typer.Option(metavar="TEXT", help="Why, in your words.")]
At = Annotated[str | None, typer.Option(metavar="TIME", help="When (invented people only).")]


def add_commands(review: typer.Typer) -> None:
    """Adds the desk's commands to those of `arrears review`."""
    review.command("serve")(serve)
    review.command("pause")(pause_command)
    review.command("end-pause")(end_pause_command)


def pause_command(
    state: State,
    from_on: Annotated[str, typer.Option("--from", metavar="DATE", help="The first day.")],
    by: By,
    because: Because,
    to_on: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="The last day; none until further notice.")
    ] = None,
    remedy: Annotated[str, typer.Option(help="One remedy only.")] = "",
    group: Annotated[str, typer.Option(help="The remedies of a group, such as licenses.")] = "",
    office: Annotated[str, typer.Option(help="One office only.")] = "",
    at: At = None,
    store: StoreAt = STORE,
) -> None:
    """Pause a remedy, a group of remedies or everything for some days, in one office or all."""
    from arrears.desk.pauses import pause
    from arrears.desk.security import Person

    with errors(False):
        made = pause(
            place(store),
            state.lower(),
            Person(by, frozenset()),
            need_day(from_on),
            day(to_on),
            because,
            remedy,
            group,
            office,
            moment(at),
        )
        end = f"to {made['to_on']}" if made["to_on"] else "until further notice"
        where = f"office {made['office']}" if made["office"] else "every office"
        out.print(f"Pause {made['pause_id']}: {made['stops']}, {where}, {made['from_on']} {end}.")


def end_pause_command(
    state: State,
    pause_id: Annotated[str, typer.Argument(metavar="PAUSE", help="The pause, as it was printed.")],
    by: By,
    because: Because,
    last: Annotated[
        str | None, typer.Option(metavar="DATE", help="Its last day; without it, an end is taken back.")
    ] = None,
    at: At = None,
    store: StoreAt = STORE,
) -> None:
    """End a pause with a day, correct its end, or take its end back."""
    from arrears.desk.pauses import end_pause
    from arrears.desk.security import Person

    with errors(False):
        end_pause(
            place(store), state.lower(), Person(by, frozenset()), pause_id, day(last), because, moment(at)
        )
        out.print(f"Pause {pause_id} ends with {last}." if last else f"Pause {pause_id} is as it was set.")


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
