"""The commands for those who write rules and feeds: which keys a file may hold."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from arrears.cli.tools import AsJson, errors, out, print_json
from arrears.errors import ArrearsError

if TYPE_CHECKING:
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
