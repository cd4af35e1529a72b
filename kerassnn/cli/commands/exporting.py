import dataclasses
import json
from argparse import Namespace

from kerassnn.cli.command import Command
from kerassnn.cli.command import Parser
from kerassnn.cli.terminal import say

FORMATS = ("onnx", "onnx-stream", "litert", "litert-float16", "nir")
FORMATS += ("saved_model", "predictor")
PATH = "the file; for saved_model the folder, for predictor either: NAME.keras"
PATH += ", or the folder of a SavedModel"
CHECK = ".npy of normalised images to compare, for predictor of stored ones"


def define(parser: Parser) -> None:
    add = parser.add_argument
    add("name", metavar="NAME", help="an entry's name")
    add("format", metavar="FORMAT", choices=FORMATS, help=", ".join(FORMATS))
    add("path", metavar="PATH", help=PATH)
    add("--check", metavar="FILE", help=CHECK)
    add("--json", action="store_true", help="the report, as JSON")


def run(values: Namespace) -> None:
    # What other commands start without.
    import numpy as np

    from kerassnn import export
    from kerassnn import zoo

    check = None
    if values.check:
        check = np.load(values.check, allow_pickle=False)
    form, _, option = values.format.partition("-")
    options = {
        "stream": {"stream": True},
        "float16": {"precision": "float16"},
    }.get(option, {})
    write = getattr(export, form)
    model = zoo.load(values.name, preprocess=form == "predictor")
    report = write(model, values.path, check=check, **options)
    found = {**dataclasses.asdict(report), "path": str(report.path)}
    if values.json:
        print(json.dumps(found))
        return
    say(
        f"{report.path}: {report.bytes / 1e6:.2f} MB; of {report.samples} "
        f"inputs {report.agreeing} give the network's logits again, "
        f"{report.same_class} the same class"
    )


EXPORT = Command(
    "export", "Writes an entry for another runtime, checked.", define, run
)
