import json
from argparse import Namespace

from kerassnn import zoo
from kerassnn.cli.command import Command
from kerassnn.cli.command import Parser
from kerassnn.cli.terminal import say


def define(parser: Parser) -> None:
    add = parser.add_argument
    add("name", metavar="NAME", help="an entry's name")
    add("--json", action="store_true", help="the card, as JSON")


def run(values: Namespace) -> None:
    from kerassnn.cli import showing

    card = zoo.card(values.name)
    if values.json:
        print(json.dumps(card, indent=2))
    else:
        say(showing.entry(card))


INFO = Command(
    "info", "Shows what is known of an entry.", define, run, heavy=False
)
