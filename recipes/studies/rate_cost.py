"""Rate-based training: CPU time and memory over T, beside BPTT.

One step on a batch of 64 images of 8x8 pixels, ResNet-8 of width 16, labels
alone. Each cell is a process of its own: processor time of a step, median of
five after two, and by how much the process has grown since before the first
step, at its peak. Processor time does not count what other programs take.
`python -m benchmarks.suites.rate` measures larger networks side by side.

Paper: Yu et al., NeurIPS 2024, arXiv 2410.11488, and Yang et al., CVPR 2025,
       arXiv 2503.16572, figure 4 (on a GPU).
Data:  none; noise.
Cost:  fifteen seconds a cell on one core.

    kerassnn study rate_cost
"""

import dataclasses
import json
import subprocess
import sys

from kerassnn import studies
from kerassnn import training

TITLE = "Rate-based training: time and memory over T"
PAPER = "Yang et al., CVPR 2025, arXiv 2503.16572, figure 4"
SECONDS = 15.0
STEPS = (1, 2, 4, 8, 16)
CELLS = {
    f"{flow} T={t}": {"rate_based": flow == "rate-based", "timesteps": t}
    for flow in ("BPTT", "rate-based")
    for t in STEPS
}
PROGRAM = """
import json, resource, statistics, sys, time
import keras, numpy as np
from kerassnn import distillation, layers, models

rate_based, steps, width, batch, count = json.loads(sys.argv[1])
neuron = layers.LIF.rate_based()
how = {"flow": models.RateBased(neuron)} if rate_based else {"neuron": neuron}
net = models.ResNet8(timesteps=steps, width=width, **how)
distiller = distillation.HardLabel(net)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
distiller.compile(keras.optimizers.SGD(0.01), loss, jit_compile=False)
random = np.random.default_rng(0)
x = random.normal(size=(batch, 8, 8, 1)).astype("float32")
y = random.integers(0, 10, batch)
net.predict_on_batch(x[:1])
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, seconds = peak(), []
for _ in range(count):
    begun = time.process_time()
    distiller.fit(x, y, batch_size=batch, verbose=0)
    seconds.append(time.process_time() - begun)
print(json.dumps([statistics.median(seconds[2:]), peak() - before]))
"""


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    rate_based: bool = False
    timesteps: int = 1
    width: int = 16
    count: int = 7  # steps, two of them before the measured ones


CONFIG = Config()
SMOKE = {"width": 4, "batch_size": 8, "count": 3}


def measure(found):
    cfg = found.config
    given = [cfg.rate_based, cfg.timesteps, cfg.width, cfg.batch_size]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps([*given, cfg.count])],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
    return {"seconds": seconds, "megabytes": megabytes}


def verdicts(table):
    if not {*CELLS} <= {*table.cells}:
        return []

    def growth(flow, key):
        first, last = (f"{flow} T={t}" for t in (STEPS[0], STEPS[-1]))
        return table.mean(last, key) / table.mean(first, key)

    found = []
    for key, word in (("seconds", "time"), ("megabytes", "memory")):
        plain, ours = (growth(flow, key) for flow in ("BPTT", "rate-based"))
        found.append(
            studies.fact(
                f"From T = 1 to 16, the {word} of a step grows less than half "
                "as much in rate-based training as in BPTT",
                ours < plain / 2,
                f"{ours:.2f} times against {plain:.2f} times",
            )
        )
    ratio = table.mean("BPTT T=4", "seconds") / table.mean(
        "rate-based T=4", "seconds"
    )
    claim = "At T = 4, a step of rate-based training takes less time"
    text = f"BPTT takes {ratio:.2f} times as long"
    return [*found, studies.fact(claim, ratio > 1, text)]


def draw(table, figure):
    for axes, key, scale, label in zip(
        figure.subplots(1, 2),
        ("seconds", "megabytes"),
        (1000.0, 1.0),
        ("processor time of a step (ms)", "growth of the process (MiB)"),
        strict=True,
    ):
        for flow in ("BPTT", "rate-based"):
            cells = {f"{flow} T={t}": t for t in STEPS}
            studies.curve(axes, table, cells, flow, key, scale)
        axes.set_xlabel("timesteps T")
        axes.set_xticks(STEPS)
        axes.set_ylabel(label)
        axes.set_ylim(bottom=0)
        axes.legend()
