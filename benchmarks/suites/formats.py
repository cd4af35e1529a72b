"""What LiteRT and short words do to an entry: accuracy, size and time.

    python -m benchmarks.suites.formats [--digits=360] [--cifar10=1000]

The first so many test images of each data set go through an entry, through its
LiteRT files (float32, float16, int8), one at a time and on one thread, and
through the network of 8-bit weights and 16-bit potentials. An image's time is
that of the thread that computes it, so what else runs does not count. CIFAR-10
needs KERASSNN_DATA=FOLDER. The last line is JSON.
"""

import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.harness import options
from benchmarks.harness import targets

ENTRIES = {
    "digits": "resnet8_sastc_digits",
    "cifar10": "resnet19w16_kd_cifar10",
}
FULL = {"digits": [360], "cifar10": [1000]}
QUICK = {"digits": [360], "cifar10": [0]}
PRECISIONS = ("float32", "float16", "int8")
CALIBRATION = 100  # training images, for the ranges of int8


def run(effort, digits, cifar10):
    """One row for each entry and form, and the targets.

    Args:
        effort: `benchmarks.harness.comparison.Effort`.
        digits, cifar10: Lists of one int, test images; 0 leaves the set out.

    Returns:
        Dict of `litert_same_class`, the least part of the images for which a
        float32 file gives the network's class, `targets` and `rows`.
    """
    rows = []
    for dataset, (number,) in {"digits": digits, "cifar10": cifar10}.items():
        if number:
            rows += measure(ENTRIES[dataset], dataset, number, effort.log)
    same = [row["same_class"] for row in rows if row["form"] == "float32"]
    same = targets.lowest(same)
    found = {"litert_same_class": targets.at_least(same, 0.99)}
    return {"litert_same_class": same, "targets": found, "rows": rows}


def measure(entry, dataset, number, log):
    """The rows of one entry: Keras, each precision, fixed point."""
    from kerassnn import analysis
    from kerassnn import data
    from kerassnn import export
    from kerassnn import zoo

    splits = data.load(dataset)
    x, y = splits.normalise(splits.test[0][:number]), splits.test[1][:number]
    some = splits.normalise(splits.train[0][:CALIBRATION])
    net = zoo.load(entry)
    expected = net.predict(x, verbose=0).argmax(axis=1)
    rows = []

    def add(form, classes, **more):
        row = {"entry": entry, "form": form, "images": len(y)}
        row["accuracy"] = round(float((classes == y).mean()), 4)
        row["same_class"] = round(float((classes == expected).mean()), 4)
        rows.append({**row, **more})
        log("  ".join(f"{k} {v}" for k, v in rows[-1].items()))

    add("keras", expected, bytes=4 * net.count_params())
    with tempfile.TemporaryDirectory() as folder:
        for precision in PRECISIONS:
            path = Path(folder) / f"{precision}.tflite"
            calibration = some if precision == "int8" else None
            report = export.litert(
                net,
                path,
                precision=precision,
                calibration=calibration,
                check=x[:16],
            )
            classes, seconds = one_by_one(path, x)
            spent = round(1000 * float(np.median(seconds)), 3)
            add(precision, classes, bytes=report.bytes, image_ms=spent)
    for weights, potentials in ((8, None), (8, 16)):
        chip = analysis.fixed_point(
            net, weight_bits=weights, potential_bits=potentials
        )
        classes = chip.predict(x, verbose=0).argmax(axis=1)
        add(f"{weights}-bit weights, {potentials or 'float32'}", classes)
    return rows


def one_by_one(path, x):
    """The classes that a LiteRT file gives, and each image's seconds."""
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(str(path), num_threads=1)
    interpreter.allocate_tensors()
    given = interpreter.get_input_details()[0]["index"]
    taken = interpreter.get_output_details()[0]["index"]
    classes, seconds = [], []
    for image in x:
        interpreter.set_tensor(given, image[None])
        begun = time.thread_time()
        interpreter.invoke()
        seconds.append(time.thread_time() - begun)
        classes.append(int(interpreter.get_tensor(taken).argmax()))
    return np.array(classes), seconds


if __name__ == "__main__":
    options.main(__doc__, run, FULL, QUICK)
