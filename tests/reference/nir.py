"""NIR graphs without branches in plain NumPy, by the equations of NIR's paper.

Every node is a tuple (kind, constants); what passes between them is
(N, C, H, W) or (N, C). Neurons make one Euler step of `dt` a frame and fire
above their threshold.
"""

import numpy as np


def simulate(nodes, frames, dt):
    """Outputs of every node at every step.

    Args:
        nodes: List of pairs (kind, dict of arrays), in order.
        frames: Array (T, N, ...).
        dt: Float, seconds.

    Returns:
        List of arrays (T, N, ...), one a node.
    """
    states = [{} for _ in nodes]
    steps = []
    for x in frames.astype("float64"):
        found = []
        for (kind, node), state in zip(nodes, states, strict=True):
            if kind in NEURONS:
                x = NEURONS[kind](node, state, x, dt)
            else:
                x = MAPS[kind](node, x)
            found.append(x)
        steps.append(found)
    return [np.stack(each) for each in zip(*steps, strict=True)]


def convolve(node, x):
    weight, (rows, columns) = node["weight"], node["stride"]
    pads = [(0, 0), (0, 0), *((p, p) for p in node["padding"])]
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(x, pads), weight.shape[2:], axis=(2, 3)
    )[:, :, ::rows, ::columns]
    found = np.einsum("nchwij,ocij->nohw", windows, weight, optimize=True)
    return found + node["bias"].reshape(1, -1, 1, 1)


def pool(node, x):
    n, c, h, w = x.shape
    rows, columns = node["kernel_size"]
    blocks = x.reshape(n, c, h // rows, rows, w // columns, columns)
    return blocks.sum(axis=(3, 5))


def integrate(node, state, x, dt):
    v = state.get("v", node["v_reset"]) + dt * node["r"] * x
    return _fire(node, state, v)


def leak(node, state, x, dt):
    v = state.get("v", node["v_reset"])
    v = v + dt / node["tau"] * (node["v_leak"] - v + node["r"] * x)
    return _fire(node, state, v)


def leak_current(node, state, x, dt):
    current = state.get("i", 0.0)
    current = current + dt / node["tau_syn"] * (node["w_in"] * x - current)
    state["i"] = current
    constants = {**node, "tau": node["tau_mem"]}
    return leak(constants, state, current, dt)


def _fire(node, state, v):
    spikes = v > node["v_threshold"]
    state["v"] = np.where(spikes, node["v_reset"], v)
    return spikes.astype("float64")


NEURONS = {"IF": integrate, "LIF": leak, "CubaLIF": leak_current}
MAPS = {
    "Conv2d": convolve,
    "SumPool2d": pool,
    "Flatten": lambda node, x: x.reshape(len(x), -1),
    "Linear": lambda node, x: x @ node["weight"].T,
    "Affine": lambda node, x: x @ node["weight"].T + node["bias"],
}
