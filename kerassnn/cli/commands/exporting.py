import dataclasses
import json
from argparse import Namespace

from kerassnn.cli.command import Command
from kerassnn.cli.command import Parser
from kerassnn.cli.command import at_least
from kerassnn.cli.terminal import say

# {format: what its writer is given besides}; the writer is the first word.
FORMATS = {
    "onnx": {},
    "onnx-stream": {"stream": True},
    "litert": {},
    "litert-float16": {"precision": "float16"},
    "litert-int8": {"precision": "int8"},
    "litert-stream": {"stream": True},
    "litert-stream-float16": {"stream": True, "precision": "float16"},
    "nir": {},
    "saved_model": {},
    "predictor": {},
}
PATH = "the file; for saved_model the folder, for predictor either: NAME.keras"
PATH += ", or the folder of a SavedModel"
CHECK = ".npy of normalised images to compare, for predictor of stored ones"
CALIBRATION = 100
CALIBRATE = "training images of the entry's data set, each class in its share, "
CALIBRATE += f"that give litert-int8 its ranges; {CALIBRATION} if not given"


def define(parser: Parser) -> None:
    add = parser.add_argument
    add("name", metavar="NAME", help="an entry's name")
    add("format", metavar="FORMAT", choices=FORMATS, help=", ".join(FORMATS))
    add("path", metavar="PATH", help=PATH)
    add("--check", metavar="FILE", help=CHECK)
    add("--calibrate", type=at_least(1), metavar="N", help=CALIBRATE)
    add("--data_dir", metavar="DIR", help="folder of the data sets, for these")
    add("--json", action="store_true", help="the report, as JSON")


def run(values: Namespace) -> None:
    # What other commands start without.
    import numpy as np

    from kerassnn import export
    from kerassnn import zoo

    form, _, _ = values.format.partition("-")
    options = dict(FORMATS[values.format])
    whole = options.get("precision") == "int8"
    if not whole and (values.calibrate or values.data_dir):
        raise ValueError(
            "expected --calibrate and --data_dir with litert-int8 alone, "
            f"received: {values.format}"
        )
    check = None
    if values.check:
        check = np.load(values.check, allow_pickle=False)
    write = getattr(export, form)
    model = zoo.load(values.name, preprocess=form == "predictor")
    if whole:
        count = values.calibrate or CALIBRATION
        options["calibration"] = _calibration(
            values.name, model, count, values.data_dir
        )
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


def _calibration(name, model, count, data_dir):
    """Training images as the entry takes them; the test set is not read."""
    from kerassnn import zoo
    from kerassnn.zoo.evaluation import load_splits

    card = zoo.card(name)
    splits = load_splits(card["dataset"], model, data_dir)
    x, _ = splits.take(count).train
    return zoo.prepare(card["preprocessing"], x[:])


EXPORT = Command(
    "export", "Writes an entry for another runtime, checked.", define, run
)
