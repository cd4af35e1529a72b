"""One measurement of a training step, in a process of its own.

Run by the benchmarks; prints one JSON line. A fresh process each time is what
makes the peak of its memory that of this one setting.
"""

import argparse
import json
import resource
import statistics
import sys
import time


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--flow", choices=("bptt", "rate", "ann"))
    parser.add_argument("--timesteps", type=int)
    parser.add_argument("--width", type=int)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--jit", type=int)
    args = parser.parse_args()

    import keras
    import numpy as np

    from kerassnn import distillation
    from kerassnn import layers
    from kerassnn import models

    keras.utils.set_random_seed(0)
    choice = {
        "bptt": {"neuron": layers.LIF.rate()},
        "rate": {"flow": models.RateBased(layers.LIF.rate())},
        "ann": {},
    }[args.flow]
    student = models.ResNet19(
        width=args.width, timesteps=args.timesteps, **choice
    )
    trainer = distillation.HardLabel(student)
    trainer.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=bool(args.jit),
    )
    rng = np.random.default_rng(0)
    x = rng.normal(size=(args.batch, 32, 32, 3)).astype("float32")
    y = rng.integers(0, 10, args.batch).astype("int32")
    idle = _peak_mb()
    start = time.perf_counter()
    trainer.train_on_batch(x, y)
    first = time.perf_counter() - start
    seconds = []
    for _ in range(args.steps):
        start = time.perf_counter()
        float(trainer.train_on_batch(x, y))
        seconds.append(time.perf_counter() - start)
    result = {
        **vars(args),
        "backend": keras.backend.backend(),
        "first_step_s": round(first, 2),
        "step_s": round(statistics.median(seconds), 4),
        "images_per_s": round(args.batch / statistics.median(seconds), 1),
        "peak_mb": round(_peak_mb() - idle),
    }
    print(json.dumps(result))


def _peak_mb():
    """Highest resident memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 if sys.platform != "darwin" else 1024**2)


if __name__ == "__main__":
    main()
