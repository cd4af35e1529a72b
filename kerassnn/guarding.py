"""Errors of a command, told in one line."""

import os
import sys
from collections.abc import Callable
from typing import Any

# `kerassnn.data` raises RuntimeError where a data set cannot be had.
EXPECTED = (
    ValueError,
    FloatingPointError,
    ImportError,
    OSError,
    RuntimeError,
)
INTERRUPTED, BROKEN_PIPE = 130, 141  # 128 plus the signal, as shells expect


def guard(
    function: Callable[..., int | None],
    *arguments: Any,
    say: Callable[..., None] = print,
) -> int:
    """Runs a command's function; returns the exit code of its process.

    What a user can put right is told in one line; 1 is returned. An
    interrupted command gives 128 plus the signal, and so does one whose
    reader has gone, as in `kerassnn list | head -1`.

    Args:
        function: Called with `arguments`; returns an exit code or `None`.
        say: Function that prints the line, as `print` does.
    """
    try:
        code = function(*arguments) or 0
        sys.stdout.flush()  # a broken pipe shows here at the latest
        return code
    except KeyboardInterrupt as error:
        # A training says what it has saved, and how to go on.
        say(f"kerassnn: {str(error) or 'interrupted'}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _discard(sys.stdout)
        return BROKEN_PIPE
    except EXPECTED as error:
        say(f"kerassnn: {error}", file=sys.stderr)
        return 1


def _discard(stream: Any) -> None:
    """Python flushes at exit, and would complain of the pipe once more."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
