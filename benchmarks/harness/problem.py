"""The weights and the batch that all sides of a benchmark start from.

    python -m benchmarks.harness.problem FILE --width=32 --batch=64

Statistics and scales of the norms are drawn, not at their initial values:
the network then fires in every layer, and equality with it means something.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.harness.interleaving import ROOT


def make(path, width, batch):
    """Writes the file in a process of its own, which gives its memory back."""
    command = [sys.executable, "-m", "benchmarks.harness.problem", str(path)]
    command += [f"--width={width}", f"--batch={batch}"]
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")


def files(widths, batches):
    """Makes one for each width and batch; yields it with the two."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "problem.npz"
        for width in widths:
            for batch in batches:
                make(path, width, batch)
                yield path, width, batch


def shapes(effort, widths, timesteps, batches):
    """`files` at each T: yields the path and the shape, a dict."""
    for path, width, batch in files(widths, batches):
        for steps in timesteps:
            effort.log(f"-- width {width}, T = {steps}, batch {batch}")
            yield path, {"width": width, "timesteps": steps, "batch": batch}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path")
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--batch", type=int, default=64)
    args = parser.parse_args()

    import keras
    import numpy as np
    from keras import ops

    from kerassnn import models

    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    draws = {
        "gamma": lambda shape: rng.uniform(0.8, 1.2, shape),
        "beta": lambda shape: rng.normal(0.0, 0.2, shape),
        "moving_mean": lambda shape: rng.normal(0.0, 0.1, shape),
        "moving_variance": lambda shape: rng.uniform(0.3, 0.6, shape),
    }
    net = models.ResNet19(width=args.width)
    arrays = {
        "images": rng.normal(size=(args.batch, 32, 32, 3)),
        "labels": rng.integers(0, 10, args.batch).astype("int32"),
    }
    for name, variable in models.named_weights(net).items():
        draw = draws.get(variable.name)
        arrays[name] = (
            draw(variable.shape) if draw else ops.convert_to_numpy(variable)
        )
    for name, array in arrays.items():
        if array.dtype == np.float64:
            arrays[name] = array.astype("float32")
    with open(args.path, "wb") as file:
        np.savez(file, **arrays)


if __name__ == "__main__":
    main()
