"""The commands for those who write rules and feeds: the keys of a file, and what sample nights would send."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from arrears.cli.tools import AsJson, State, err, errors, out, print_json
from arrears.errors import ArrearsError

if TYPE_CHECKING:
    from arrears.author.golden import Change
    from arrears.reports.yaml_keys import KeyOf


def keys(
    kind: Annotated[
        str, typer.Argument(metavar="[KIND]", help="Kind of file: feed, remedy, queue, profile and so on.")
    ] = "",
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the whole of docs/keys.md.")] = False,
    as_json: AsJson = False,
) -> None:
    """What each key of a YAML file holds and means, as its reader asks for it; without KIND, the kinds."""
    from arrears.reports import yaml_keys

    with errors(as_json):
        if markdown and (kind or as_json):
            raise ArrearsError("The page holds every kind", "--markdown", "Give --markdown alone")
        if markdown:
            typer.echo(yaml_keys.markdown(), nl=False)
        elif not kind and as_json:
            print_json([{"kind": one.name, "files": one.files, "say": one.say} for one in yaml_keys.kinds()])
        elif not kind:
            for one in yaml_keys.kinds():
                out.print(f"[bold]{one.name}[/bold]  {escape(one.files)}\n  {escape(one.say)}")
            out.print("\nIts keys: arrears keys KIND")
        elif as_json:
            print_json([vars(one) for one in yaml_keys.keys_of(kind)])
        else:
            _print_keys(yaml_keys.keys_of(kind))


def _print_keys(found: "list[KeyOf]") -> None:
    for one in found:
        needed = {"always": "needed", "sometimes": "sometimes needed"}.get(one.required, "optional")
        usual = f"; {one.otherwise} if left out" if one.otherwise else ""
        out.print(f"[bold]{escape(one.key)}[/bold]  {one.kind}, {needed}{escape(usual)}")
        if one.choices:
            out.print(f"    one of {escape(', '.join(one.choices))}")
        out.print(f"    {escape(one.means)}")


def golden(
    state: State,
    write: Annotated[
        bool, typer.Option("--write", help="Make what the nights send today the golden outboxes.")
    ] = False,
    lines: Annotated[int, typer.Option(min=0, metavar="N", help="How many lines of each file to show.")] = 20,
    as_json: AsJson = False,
) -> None:
    """What would change in the golden outboxes of a state's sample nights; ends with 1 if anything would.

    Lines are told by field: amounts, days and codes as they are, of anything else only that it differs.
    """
    from arrears.author.golden import changes

    with errors(as_json):
        found = changes(
            state.lower(), write, lambda night: None if as_json else err.print(f"  {night} lived")
        )
        if as_json:
            rows = [{**vars(one), "what": one.what} for one in found]
            print_json({"state": state.lower(), "files": rows, "is_written": write})
        else:
            _print_changes(found, state.lower(), write, lines)
    if found and not write:
        raise typer.Exit(1)


def _print_changes(found: "list[Change]", state: str, is_written: bool, lines: int) -> None:
    for one in found:
        counts = f"{one.added} lines added, {one.removed} removed, {one.changed} changed"
        out.print(f"[bold]{one.night} {one.was or one.file}[/bold]: {one.what}; {counts}")
        for line in one.lines[:lines]:
            out.print(f"  {escape(line)}", soft_wrap=True)
        if len(one.lines) > lines:
            out.print(f"  and {len(one.lines) - lines} more; --lines shows them")
    if is_written:
        out.print(f"{len(found)} golden files of {state} changed and written.")
    elif found:
        out.print(f"{len(found)} golden files of {state} would change; --write writes them.")
    else:
        out.print(f"Every golden outbox of {state} stays as it is.")
