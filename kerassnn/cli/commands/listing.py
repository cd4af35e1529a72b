import json
import math
from argparse import Namespace

from kerassnn.cli.command import Command
from kerassnn.cli.command import Parser
from kerassnn.cli.command import at_least
from kerassnn.cli.terminal import say


def define(parser: Parser) -> None:
    add = parser.add_argument
    add("pattern", nargs="?", default="*", help='such as "*cifar10*"')
    add("--dataset", metavar="NAME", help="entries of this data set")
    add("--method", metavar="NAME", help="such as SASTC, or ann")
    add("--timesteps", metavar="T", type=at_least(1), help="trained at this T")
    add(
        "--max_parameters",
        metavar="N",
        type=at_least(1),
        default=math.inf,
        help="entries of no more parameters",
    )
    add("--json", action="store_true", help="the cards, as JSON")


def run(values: Namespace) -> None:
    from kerassnn.cli import showing
    from kerassnn.zoo.registry import cards

    found = cards(
        values.pattern,
        dataset=values.dataset,
        method=values.method,
        timesteps=values.timesteps,
    )
    found = [c for c in found if c["parameters"] <= values.max_parameters]
    if values.json:
        print(json.dumps(found))
    else:
        say(showing.listing(found) if found else _nothing(values.dataset))


def _nothing(dataset):
    """That no entry is like that, and which data sets have one."""
    from kerassnn.zoo.registry import cards

    known = sorted({card["dataset"] for card in cards()})
    if dataset is None or dataset in known:
        return "no entry is like that"
    return (
        f"no entry is of {dataset!r}; the data sets of entries are "
        f"{', '.join(known) or 'none'}"
    )


LIST = Command("list", "Lists the zoo's entries.", define, run, heavy=False)
