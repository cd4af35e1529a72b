"""The `kerassnn` command."""

from kerassnn.cli.main import main

__all__ = ["main"]
