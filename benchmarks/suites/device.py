"""What a training step asks of the device and how much of it is used (JAX).

    python -m benchmarks.suites.device --width=128 --batch=256 \\
        --peak_tflops=989 --peak_gb=4800

On the device that JAX finds: FLOPs and bytes of a step of ResNet-19 as the
compiler counts them, its time, and which share of the peak FLOP/s follows;
then for the LIF of each stage alone, forward and backward, the share of the
peak GB/s, counting the tensors that must be moved and no others. Peaks are
the maker's figures, dense; without them no share is given. The last line is
JSON.
"""

import argparse
import json
import os
import statistics
import time

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np

from benchmarks.ours.network import network
from benchmarks.ours.network import policy
from benchmarks.suites import budget

# One tensor in, spikes out; then their gradient and the input again in, its
# gradient out.
MOVED = 5


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--timesteps", type=int, default=4)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--dtype", default="bfloat16")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--peak_tflops", type=float)
    parser.add_argument("--peak_gb", type=float, help="GB/s of the memory")
    args = parser.parse_args()
    policy(args.dtype)
    device = jax.devices()[0]
    found = {"device": device.device_kind, **vars(args)}
    found |= train_step(args)
    found["lif"] = [neuron(args, stage) for stage in range(3)]
    print(
        f"{device.device_kind}: {found['images_per_second']:.0f} images/s, "
        f"{found['gflop']:.0f} GFLOP and {found['gb']:.2f} GB a step, "
        f"{share(found['flops_share'])} of the peak FLOP/s"
    )
    for row in found["lif"]:
        print(
            f"LIF {row['shape']}: {row['gb_s']:.0f} GB/s, "
            f"{share(row['bandwidth_share'])} of the peak"
        )
    print(json.dumps(found))


def train_step(args):
    """Count and time of the network's step."""
    keras.utils.set_random_seed(0)
    settings = {"flow": "lif", "timesteps": args.timesteps}
    net = network(settings, args.width)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(args.batch, 32, 32, 3)).astype("float32")
    y = np.eye(10, dtype="float32")[rng.integers(0, 10, args.batch)]
    lowered = budget.lowered(net, x, y)
    compiled = lowered.compile()
    state, data = budget.state(net), jax.device_put((x, y))

    def step():
        nonlocal state
        _, state = compiled(state, data)
        return state

    seconds = median(step, args.steps)
    flops = lowered.cost_analysis()["flops"]
    moved = compiled.cost_analysis()["bytes accessed"]
    return {
        "gflop": flops / 1e9,
        "gb": moved / 1e9,
        "step_s": seconds,
        "images_per_second": args.batch / seconds,
        "flops_share": of(flops / seconds / 1e12, args.peak_tflops),
        "bandwidth_share": of(moved / seconds / 1e9, args.peak_gb),
    }


def neuron(args, stage):
    """Time and share of the bandwidth of one LIF, forward and backward."""
    from kerassnn import layers

    lif = layers.LIF(tau=2.0)
    size, channels = 32 >> stage, args.width << stage
    shape = (args.batch, args.timesteps, size, size, channels)
    x = jax.random.normal(jax.random.key(0), shape, args.dtype)
    lif.build(shape)

    # Two programs, as in a network, so that x is read in both.
    forward = jax.jit(lambda x: jax.vjp(lif, x))
    backward = jax.jit(lambda pull, g: pull(g))

    def both():
        spikes, pull = forward(x)
        return spikes, backward(pull, spikes)

    seconds = median(both, args.steps)
    gb_s = MOVED * x.nbytes / seconds / 1e9
    return {
        "shape": shape,
        "seconds": seconds,
        "gb_s": gb_s,
        "bandwidth_share": of(gb_s, args.peak_gb),
    }


def median(step, steps):
    """Median seconds of a step, the first two not counted."""
    taken = []
    for _ in range(steps + 2):
        start = time.perf_counter()
        jax.block_until_ready(step())
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[2:])


def of(value, peak):
    return value / peak if peak else None


def share(value):
    return "an unknown share" if value is None else f"{100 * value:.1f} %"


if __name__ == "__main__":
    main()
