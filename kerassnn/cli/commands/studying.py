import json
from argparse import Namespace

from kerassnn.cli.command import Command
from kerassnn.cli.command import Parser
from kerassnn.cli.command import at_least
from kerassnn.cli.recipes import find_study
from kerassnn.cli.recipes import studies as found_studies
from kerassnn.cli.terminal import say


def define(parser: Parser) -> None:
    parser.epilog = "--field=value sets any field of the study's config."
    add = parser.add_argument
    add(
        "study",
        nargs="?",
        metavar="NAME",
        help="a study's file or name; without it, the names are listed",
    )
    add(
        "--seeds",
        metavar="N",
        type=at_least(1),
        help="seeds of each cell, 0 to N - 1; the study's if not given",
    )
    add("--cells", metavar="A,B", help="measure these now; all if not given")
    add("--smoke", action="store_true", help="two cells in small, elsewhere")
    add("--fresh", action="store_true", help="throw earlier results away")
    add(
        "--runs",
        metavar="DIR",
        default="runs/studies",
        help="folder of the trainings, runs/studies if not given",
    )
    add(
        "--report",
        metavar="DIR",
        help="folder of NAME.json and NAME.png, zoo/studies if not given, "
        "beside which STUDIES.md is written",
    )
    add("--json", action="store_true", help="the report, as JSON")


def run(values: Namespace, fields: list[str]) -> None:
    if values.study is None:
        say("\n".join(found_studies()) or "no study is here")
        return
    path = find_study(values.study)
    from kerassnn import studies

    usual = f"{values.runs}/smoke/studies" if values.smoke else "zoo/studies"
    found = studies.run(
        path,
        seeds=values.seeds,
        cells=values.cells and values.cells.split(","),
        overrides=fields,
        smoke=values.smoke,
        fresh=values.fresh,
        folder=f"{values.runs}/smoke" if values.smoke else values.runs,
        report=values.report or usual,
    )
    if values.json:
        print(json.dumps(found))
        return
    for v in found["verdicts"]:
        say(f"{v['verdict']}: {v['claim']}\n  {v['test']}")


STUDY = Command(
    "study",
    "Measures a claim of a paper: numbers, a figure, a verdict.",
    define,
    run,
    takes_fields=True,
)
