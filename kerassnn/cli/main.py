import difflib
import sys

from kerassnn.cli import commands
from kerassnn.training.guard import guard

USAGE = """\
usage: kerassnn COMMAND ...

  list [PATTERN] [--dataset=NAME] [--method=NAME] [--timesteps=T]
       [--max_parameters=N] [--json]
                                  the zoo's entries, such as "*cifar10*"
  info NAME [--json]              what is known of an entry
  evaluate NAME [--data_dir=DIR] [--json]
                                  its accuracy, measured again
  distill RECIPE [--field=value ...] [--runs=DIR] [--smoke] [--fresh]
          [--stop_after_seconds=S]
                                  trains a recipe, or goes on with it;
                                  --help lists the recipe's fields
  compare RECIPE [--methods=A,B] [--seeds=N] [--field=value ...]
                                  trains every method of a recipe with N
                                  seeds; a table and a plot in --report=DIR
  publish RUN ... --name=NAME [--baseline=RUN ...] [--reference=ARXIV ...]
          [--differences=TEXT] [--paper=0.95 --paper_source=TEXT]
          [--data_dir=DIR] [--zoo=DIR] [--overwrite]
                                  makes an entry of the runs of n seeds
  pack RUN DIR [--part_mb=15] [--checkpoint]
                                  a run in parts that can be carried
  unpack DIR/RECIPE-SEED.json ... [--runs=DIR]
                                  makes the run of its parts again

RECIPE is a file, or the name of one that comes with kerassnn. KERAS_BACKEND
chooses the backend, KERASSNN_ZOO further folders and URLs of entries.
"""


def main(arguments=None):
    """Runs the command line.

    Args:
        arguments: List of strings. Defaults to those of the process.

    Returns:
        The exit code: 0, 1 after an error that is told in one line, 2 after
        a wrong command, 75 where a training was stopped by its time, 128
        plus the signal after an interruption.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if not arguments or arguments[0] in ("help", "-h", "--help", "-help"):
        print(USAGE, end="")
        return 0
    name, *rest = arguments
    if name not in commands.COMMANDS:
        near = difflib.get_close_matches(name, commands.COMMANDS, cutoff=0.4)
        hint = f"; the nearest: {', '.join(near)}" if near else ""
        print(f"kerassnn: unknown command {name!r}{hint}\n", file=sys.stderr)
        print(USAGE, end="", file=sys.stderr)
        return 2
    if name != "distill" and {"--help", "-h"} & set(rest):
        print(USAGE, end="")
        return 0
    return guard(commands.COMMANDS[name], rest)
