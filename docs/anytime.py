"""The figures of `pages/how-to/stop_early.md`, from entries of the zoo.

    python docs/anytime.py cifar10
    python docs/anytime.py nmnist

Both read the data set from `KERASSNN_DATA`. One half of the test inputs that
are taken chooses the threshold, every second one; the other is measured.
"""

import pathlib
import sys

from kerassnn import analysis
from kerassnn import data
from kerassnn import zoo
from kerassnn.analysis import plots

# Entry, T (None for the frames' own), test inputs taken.
FIGURES = {
    "cifar10": ("resnet19w16_kd_cifar10", 8, 4000),
    "nmnist": ("vggsnnw16_kd_nmnist", None, 100),
}
FOLDER = pathlib.Path(__file__).parent / "pages" / "how-to"


def main(dataset):
    name, timesteps, inputs = FIGURES[dataset]
    net, framing = zoo.load(name), {}
    if timesteps is None:
        _, steps, *size, _ = net.input_shape
        framing = {"timesteps": steps, "size": tuple(size)}
    splits = data.load(dataset, **framing)
    x, y = splits.normalise(splits.test[0][:inputs]), splits.test[1][:inputs]
    held_out = x[1::2], y[1::2]
    found = analysis.anytime(net, x[::2], y[::2], held_out, timesteps=timesteps)
    print("accuracies", found.accuracies)
    print("threshold", found.threshold, "exits", found.exits)
    print("steps", found.steps, "accuracy", found.accuracy)
    path = FOLDER / f"anytime_{dataset}.png"
    plots.anytime(found).savefig(path, dpi=100, metadata={"Software": None})


if __name__ == "__main__":
    main(*sys.argv[1:])
