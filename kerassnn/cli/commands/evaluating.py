import json
from argparse import Namespace

from kerassnn import zoo
from kerassnn.cli.command import Command
from kerassnn.cli.command import Parser
from kerassnn.cli.terminal import say


def define(parser: Parser) -> None:
    add = parser.add_argument
    add("name", metavar="NAME", help="an entry's name")
    add("--data_dir", metavar="DIR", help="folder of the data sets")
    add(
        "--part",
        choices=("test", "train"),
        default="test",
        help="train for the training images, test if not given",
    )
    add(
        "--check",
        action="store_true",
        help="fail unless the accuracy is that of the card",
    )
    add("--json", action="store_true", help="the result, as JSON")


def run(values: Namespace) -> None:
    if values.check and values.part != "test":
        raise ValueError(
            "expected --check of the test images, on which the card's "
            f"accuracy was measured, received: --part={values.part}"
        )
    found = zoo.evaluate(
        values.name, data_dir=values.data_dir, part=values.part
    )
    measured, stated = found["accuracy"], found["card_accuracy"]
    says = f"; its card says {100 * stated:.2f} %"
    if values.json:
        print(json.dumps(found))
    else:
        say(
            f"{values.name}: {100 * measured:.2f} % of {found['images']} "
            f"{values.part} images of {found['dataset']}"
            + (says if values.part == "test" else "")
        )
    moved = round(abs(measured - stated) * found["images"])
    # Another order of summation may move an image across a boundary.
    if values.check and moved > max(1, found["images"] // 1000):
        raise ValueError(
            f"expected the accuracy of the card, {100 * stated:.2f} %, "
            f"received: {100 * measured:.2f} %, {moved} images away"
        )


EVALUATE = Command(
    "evaluate", "Measures an entry's accuracy again.", define, run
)
