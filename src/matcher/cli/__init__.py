"""The command line."""

from matcher.cli.start import main

__all__ = ["main"]
