from argparse import Namespace

from kerassnn.cli.command import Command
from kerassnn.cli.command import Parser
from kerassnn.cli.command import fraction
from kerassnn.cli.terminal import say


def define(parser: Parser) -> None:
    add = parser.add_argument
    add(
        "runs",
        nargs="+",
        metavar="RUN",
        help="finished run folders of one recipe, of distinct seeds",
    )
    add(
        "--name",
        required=True,
        help="the entry's, <architecture>_<method>_<dataset>",
    )
    add(
        "--zoo",
        metavar="DIR",
        required=True,
        help="folder of entries; `zoo` is a checkout's own",
    )
    add(
        "--baseline",
        metavar="RUN",
        action="append",
        help="a run of the same network without distillation; repeatable",
    )
    add(
        "--reference",
        metavar="ARXIV",
        action="append",
        default=[],
        help="arXiv id, besides those of the method; repeatable",
    )
    add(
        "--differences",
        metavar="TEXT",
        default="",
        help="how the recipe differs from the paper, besides the method",
    )
    add(
        "--paper",
        metavar="SHARE",
        type=fraction,
        help="accuracy that the paper reports, such as 0.9512",
    )
    add("--paper_source", metavar="TEXT", help="where the paper says so")
    add("--data_dir", metavar="DIR", help="folder of the data sets")
    add(
        "--overwrite",
        action="store_true",
        help="replace an entry of this name",
    )
    add(
        "--push",
        metavar="hf://OWNER/REPO",
        help="also upload the entry to the Hugging Face Hub",
    )


def run(values: Namespace) -> None:
    from kerassnn import publishing
    from kerassnn.publishing.pushing import repository
    from kerassnn.zoo.cards import OWN_RECIPE

    if values.push is not None:
        repository(values.push)  # told now, not after all the measuring
    entry = publishing.publish(
        values.runs,
        values.name,
        values.zoo,
        baseline_runs=values.baseline,
        paper=_paper(values),
        references=values.reference,
        differences=values.differences,
        data_dir=values.data_dir,
        overwrite=values.overwrite,
    )
    say(f"published {entry}")
    if (entry / OWN_RECIPE).is_file():
        say(f"its recipe is not one of kerassnn's: it has it as {OWN_RECIPE}")
    if values.push is not None:
        say(f"uploaded {publishing.push(entry, values.push)}")


def _paper(values):
    value, source = values.paper, values.paper_source
    if (value is None) != (source is None):
        raise ValueError(
            "expected --paper, an accuracy read in the paper, together with "
            f"--paper_source, received: paper={value}, paper_source={source}"
        )
    if value is None:
        return None
    return {"value": value, "tag": "V", "source": source}


PUBLISH = Command(
    "publish", "Makes an entry of the runs of n seeds.", define, run
)
