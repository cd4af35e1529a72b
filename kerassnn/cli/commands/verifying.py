import json
import sys
from argparse import Namespace

from kerassnn import zoo
from kerassnn.cli.command import Command
from kerassnn.cli.command import Parser
from kerassnn.cli.terminal import say


def define(parser: Parser) -> None:
    add = parser.add_argument
    add(
        "pattern",
        nargs="*",
        default=["*"],
        help='an entry\'s name, or such as "*cifar10*"; all, if none is given',
    )
    add("--json", action="store_true", help="the results, as JSON")


def run(values: Namespace) -> int:
    results, failed = [], 0
    for name in _names(values.pattern):
        try:
            found = zoo.verify(name)
        except ValueError as error:
            failed += 1
            say(f"kerassnn: {error}", file=sys.stderr)
            continue
        results.append(found)
        if not values.json:
            say(
                f"{name}: right on {found['backend']}, "
                f"{found['agreeing']} of {found['inputs']} stored outputs"
            )
    if values.json:
        print(json.dumps(results))
    return 1 if failed else 0


def _names(patterns):
    names = {}
    for pattern in patterns:
        found = zoo.list(pattern)
        if not found:
            zoo.card(pattern)  # says which are the nearest
        names.update(dict.fromkeys(found))
    return list(names)


VERIFY = Command(
    "verify",
    "Checks the files of entries, and their stored outputs on this backend.",
    define,
    run,
)
