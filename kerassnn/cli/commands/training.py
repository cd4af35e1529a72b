import textwrap
from argparse import Namespace

from kerassnn.cli.command import Command
from kerassnn.cli.command import Parser
from kerassnn.cli.recipes import find_training
from kerassnn.cli.recipes import recipes

FLAGS = """\
flags of every recipe; `kerassnn train RECIPE --help` lists its own:
  --runs=DIR            folder of run folders, "runs" if not given
  --smoke               a small and short version, to see that it works
  --fresh               throw an earlier run of this seed away
  --minutes=M           train for that time: the epochs that fit are chosen
  --stop_after_seconds=S
                        stop then; the same command goes on
  --tensorboard         write curves for TensorBoard into the run folder
  --json                end with a line of JSON, the folder and the accuracy
"""


def define(parser: Parser) -> None:
    parser.usage = "kerassnn train RECIPE [--field=value ...]"
    known = textwrap.fill(", ".join(recipes()), 76, break_on_hyphens=False)
    shown = textwrap.indent(known, "  ")
    parser.epilog = f"{FLAGS}\nrecipes that come with kerassnn:\n{shown}\n"
    parser.add_argument(
        "recipe",
        metavar="RECIPE",
        help="a file, or the name of a recipe that comes with kerassnn or "
        "of an entry, which is then trained as its card says",
    )


def run(values: Namespace, fields: list[str]) -> int:
    path, given, name = find_training(values.recipe)
    from kerassnn import training

    return training.train(path, [*given, *fields], name)


TRAIN = Command(
    "train",
    "Trains a recipe, or continues its training.",
    define,
    run,
    takes_fields=True,
    # The fields are the recipe's.
    shows_itself=lambda arguments: not arguments[0].startswith("-"),
)
