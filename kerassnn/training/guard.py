import sys

# `kerassnn.data` raises RuntimeError where a data set cannot be had.
EXPECTED = (
    ValueError,
    FloatingPointError,
    ImportError,
    OSError,
    RuntimeError,
)


def guard(function, *arguments):
    """Runs a command's function; returns the exit code of its process.

    What a user can mend is told in one line; 1 is returned. An interrupted
    command gives 128 plus the signal, as shells expect.
    """
    try:
        return function(*arguments) or 0
    except KeyboardInterrupt:
        return 130
    except EXPECTED as error:
        print(f"kerassnn: {error}", file=sys.stderr)
        return 1
