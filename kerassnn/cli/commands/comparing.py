import json
from argparse import Namespace

from kerassnn.cli.command import Command
from kerassnn.cli.command import Parser
from kerassnn.cli.command import at_least
from kerassnn.cli.recipes import find_recipe
from kerassnn.cli.terminal import say


def define(parser: Parser) -> None:
    parser.epilog = "--field=value sets any field of the recipe's config."
    add = parser.add_argument
    add(
        "recipe",
        metavar="RECIPE",
        help="one with METHODS, such as compare_methods",
    )
    add("--methods", metavar="A,B", help="all of the recipe, if not given")
    add(
        "--seeds",
        metavar="N",
        type=at_least(1),
        default=5,
        help="seeds of each method, 0 to N - 1; 5 if not given",
    )
    add(
        "--baseline",
        metavar="NAME",
        default="HardLabel",
        help="the method to compare with, HardLabel if not given",
    )
    add("--runs", metavar="DIR", default="runs", help="folder of run folders")
    add(
        "--report",
        metavar="DIR",
        default="runs",
        help="folder of the table and the plot",
    )
    add("--json", action="store_true", help="the report, as JSON")


def run(values: Namespace, fields: list[str]) -> None:
    path = find_recipe(values.recipe)
    from kerassnn import training
    from kerassnn.training.comparing import table

    report = training.compare(
        path,
        methods=values.methods and values.methods.split(","),
        baseline=values.baseline,
        seeds=values.seeds,
        overrides=fields,
        folder=values.runs,
        report=values.report,
    )
    if values.json:
        print(json.dumps(report))
    else:
        say("\n".join(table(report)))


COMPARE = Command(
    "compare",
    "Trains every method of a recipe with N seeds; a table and a plot.",
    define,
    run,
    takes_fields=True,
)
