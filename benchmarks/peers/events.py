"""Other libraries' sides of a benchmark: event recordings framed."""

import importlib
import sys
import types

import numpy as np

from benchmarks.harness.worker import serve

# SpikingJelly's data sets import these, of which framing needs nothing.
UNUSED = (
    "matplotlib",
    "matplotlib.pyplot",
    "scipy",
    "scipy.io",
    "torchaudio",
    "torchvision",
    "torchvision.datasets",
    "torchvision.datasets.utils",
    "torchvision.transforms",
    "tqdm",
)
SIDE = 128


class Anything(types.ModuleType):
    """A module that has every name."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name)

    def __call__(self, *args, **kwargs):
        return self

    def __mro_entries__(self, bases):
        return (object,)


def build(settings):
    """Recordings framed when asked, by equal event counts.

    Args:
        settings: Dict of `paths`, AEDAT 2.0 files; `timesteps`; and
            `library`, `tonic` or `spikingjelly`.

    Returns:
        Tuple (step, about) for `serve`.
    """
    recordings = [_read(path) for path in settings["paths"]]
    make = {"tonic": _tonic, "spikingjelly": _spikingjelly}[settings["library"]]
    framings = [make(events, settings["timesteps"]) for events in recordings]

    def step():
        return [float(frames().max()) for frames in framings]

    return step, {"events": sum(map(len, recordings))}


def _tonic(events, timesteps):
    from tonic.functional import to_frame_numpy

    def frame():
        return to_frame_numpy(events, (SIDE, SIDE, 2), n_event_bins=timesteps)

    return frame


def _spikingjelly(events, timesteps):
    for name in UNUSED:
        try:
            importlib.import_module(name)
        except ImportError:
            sys.modules[name] = Anything(name)
    from spikingjelly.datasets import utils

    # As its own files hold them, an array a field.
    fields = {name: events[name].copy() for name in events.dtype.names}

    def frame():
        return utils.integrate_events_by_fixed_frames_number(
            fields, "number", timesteps, SIDE, SIDE
        )

    return frame


def _read(path):
    with open(path, "rb") as file:
        content = file.read()
    end = b"#End Of ASCII Header\r\n"
    start = content.index(end) + len(end)
    address, time = np.frombuffer(content[start:], ">u4").reshape(-1, 2).T
    events = np.empty(
        len(time), [("x", "i2"), ("y", "i2"), ("t", "i8"), ("p", "u1")]
    )
    events["x"], events["y"] = address >> 1 & 127, address >> 8 & 127
    events["t"], events["p"] = time, address & 1
    return events


if __name__ == "__main__":
    serve(build)
