"""The command line."""

from arrears.cli.main import main

__all__ = ["main"]
