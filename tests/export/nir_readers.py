"""Other libraries' readers of NIR, run in their own environment.

    python nir_readers.py LIBRARY GRAPH FRAMES OUTPUTS DT

FRAMES is an .npy file of (T, N, ...), OUTPUTS one of (T, N, K) that is
written: what the graph gives for each frame, the neurons' states kept from
one to the next, each of the N inputs for itself from rest. Inputs have no
batch axis: NIR's axes do not count one, and the readers of snnTorch and Norse
flatten by those numbers as they stand.
"""

import sys

import numpy as np


def snntorch(path, dt):
    """It has one timestep of its own, 1e-4 s, and says nothing of others."""
    import nir
    from snntorch import utils
    from snntorch.import_nir import import_from_nir

    net = import_from_nir(nir.read(path))

    def run(frames):
        utils.reset(net)
        state, found = None, []
        for frame in frames:
            out, state = net(frame, state)
            found.append(out)
        return found

    return run


def norse(path, dt):
    import nir
    from norse.torch.utils.import_nir import from_nir

    net = from_nir(nir.read(path), dt=dt)

    def run(frames):
        state, found = None, []
        for frame in frames:
            out, state = net(frame, state)
            found.append(out)
        return found

    return run


def spikingjelly(path, dt):
    from spikingjelly.activation_based.nir_exchange import import_from_nir

    net = import_from_nir(path, dt=dt)

    def run(frames):
        state, found = None, []
        for frame in frames:
            # Its Linear and Flatten take a batch.
            out, state = net(frame[None], state)
            found.append(out[0])
        return found

    return run


def main(library, path, frames, outputs, dt):
    import torch

    torch.set_num_threads(1)
    run = {"snntorch": snntorch, "norse": norse, "spikingjelly": spikingjelly}
    run = run[library](path, float(dt))
    with torch.inference_mode():
        samples = torch.from_numpy(np.load(frames)).float().transpose(0, 1)
        found = [torch.stack(run(list(sample))) for sample in samples]
    np.save(outputs, torch.stack(found, 1).numpy())


if __name__ == "__main__":
    main(*sys.argv[1:])
