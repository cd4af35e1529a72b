from argparse import Namespace

from kerassnn.cli.command import Command
from kerassnn.cli.command import Parser
from kerassnn.cli.terminal import say


def define(parser: Parser) -> None:
    add = parser.add_argument
    add("folder", nargs="?", default="site", help='"site" if not given')
    add("--entries", metavar="PATTERN", default="*", help='such as "*cifar10*"')


def run(values: Namespace) -> None:
    from kerassnn import publishing

    say(f"open {publishing.site(values.folder, values.entries)}")


SITE = Command(
    "site",
    "Writes static pages of the zoo: a table to filter, a page an entry.",
    define,
    run,
    heavy=False,
)
