"""What a LIF layer keeps for its backward pass, in tensors of its input's size.

    python -m benchmarks.suites.saved [--timesteps=4] [--quick]

Resident memory of a fresh process on each backend, before and behind the
forward pass of one layer whose input is forgotten: what is left beyond the
spikes, which the next layer keeps, is kept for the backward pass. The last
line is JSON.
"""

import gc
import json
import os
import subprocess
import sys

from benchmarks.harness import options
from benchmarks.harness import targets
from benchmarks.harness.interleaving import ROOT
from benchmarks.harness.interleaving import THREADS
from benchmarks.harness.worker import resident_mb

FULL = {"timesteps": [4], "batch": [512]}
QUICK = {"timesteps": [4], "batch": [256]}
BACKENDS = ("tensorflow", "jax", "torch")
SHAPE = (32, 32, 32)
# glibc then returns what is freed to the system, where we look for it.
GIVE_BACK = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "0"}
# What allocators round sizes up by, in parts of the input.
NOISE = 0.1


def run(effort, timesteps, batch):
    """One row for each backend and T, and the target.

    Args:
        effort: `benchmarks.harness.comparison.Effort`.
        timesteps, batch: Lists of int.

    Returns:
        Dict of `lif_saved_tensors`, the most of all rows, `targets`, `rows`.
    """
    rows = []
    for backend in BACKENDS:
        for steps in timesteps:
            for size in batch:
                saved = measure(backend, steps, size)
                shape = {"timesteps": steps, "batch": size}
                rows.append({"backend": backend, **shape, "saved": saved})
                effort.log(f"{backend:<12} T = {steps}  {saved:>6} saved")
    most = targets.highest(row["saved"] for row in rows)
    found = {"lif_saved_tensors": targets.at_most(most, 1.0 + NOISE)}
    return {"lif_saved_tensors": most, "targets": found, "rows": rows}


def measure(backend, timesteps, batch):
    """Runs `child` on that backend, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.suites.saved", "--child"]
    env = {**os.environ, **THREADS, **GIVE_BACK, "KERAS_BACKEND": backend}
    done = subprocess.run(
        [*command, str(timesteps), str(batch)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"on {backend}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def child(timesteps, batch):
    """Input-sized tensors that are alive behind the forward pass."""
    import numpy as np

    from kerassnn import layers

    neuron = layers.LIF(tau=2.0)
    rng = np.random.default_rng(0)
    shape = (batch, timesteps, *SHAPE)
    size = 4 * np.prod(shape) / 1024**2
    # Once for what a backend loads, or compiles for this shape; kept, since
    # what it gave back might serve the second time.
    first = forward(neuron, rng.random(shape, "float32"))
    gc.collect()
    before = resident_mb()
    second = forward(neuron, rng.random(shape, "float32"))
    gc.collect()
    kept = resident_mb() - before - size  # less the spikes
    del first, second
    return round(float(kept / size), 3)


def forward(neuron, currents):
    """The spikes and what the backend keeps to differentiate them."""
    import keras

    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        return jax.block_until_ready(jax.vjp(neuron, jax.numpy.array(currents)))
    if backend == "torch":
        import torch

        x = torch.from_numpy(currents).clone().requires_grad_()
        return neuron(x)
    import tensorflow as tf

    x, neuron = tf.constant(currents), tf.function(neuron)
    with tf.GradientTape() as tape:
        tape.watch(x)
        spikes = neuron(x)
    return spikes, tape


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(child(*map(int, sys.argv[2:]))))
    else:
        options.main(__doc__, run, FULL, QUICK)
