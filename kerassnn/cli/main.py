import difflib
import os
import sys
import warnings
from collections.abc import Sequence

from kerassnn.cli.commands import COMMANDS
from kerassnn.cli.terminal import say
from kerassnn.guarding import guard
from kerassnn.version import __version__

BACKENDS = ("tensorflow", "jax", "torch")
HELP = ("help", "-h", "--help", "-help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Args:
        arguments: List of strings. Defaults to those of the process.

    Returns:
        The exit code: 0, 1 after an error that is told in one line, 2 after
        a wrong command, 75 where a training was stopped by its time, 128
        plus the signal after an interruption.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    return guard(_run, arguments, say=say)


def usage() -> str:
    """The text of `kerassnn --help`."""
    wide = max(map(len, COMMANDS))
    lines = [f"  {n:<{wide}}  {c.about}" for n, c in COMMANDS.items()]
    return "\n".join(
        [
            "usage: kerassnn COMMAND ...",
            "",
            *lines,
            "",
            "`kerassnn COMMAND --help` lists the flags of a command, and",
            "`kerassnn --version` shows the version. KERAS_BACKEND chooses "
            "the backend,",
            "KERASSNN_ZOO further folders of entries, KERASSNN_DATA the "
            "folder of data sets.",
        ]
    )


def _run(arguments: list[str]) -> int:
    if not arguments or arguments[0] in HELP:
        say(usage())
        return 0
    if arguments == ["--version"]:
        say(f"kerassnn {__version__}")
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, cutoff=0.4)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        say(f"kerassnn: unknown command {name!r}{hint}\n", file=sys.stderr)
        say(usage(), file=sys.stderr)
        return 2
    command = COMMANDS[name]
    if {"--help", "-h"} & set(rest) and not command.shows_itself(rest):
        say(command.parser().format_help().rstrip("\n"))
        return 0
    if command.heavy:
        _prepare()
    with warnings.catch_warnings():
        warnings.showwarning = _warn
        return command(rest)


def _prepare() -> None:
    """Before Keras is imported: its backend, and TensorFlow's start log."""
    backend = os.environ.get("KERAS_BACKEND")
    if backend and backend not in BACKENDS:
        raise ValueError(
            f"expected KERAS_BACKEND to be one of {', '.join(BACKENDS)}, "
            f"received: KERAS_BACKEND={backend!r}"
        )
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def _warn(message, category, filename, lineno, file=None, line=None):
    say(f"kerassnn: {message}", file=sys.stderr)
