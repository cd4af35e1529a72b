"""A NIR graph run in NumPy, by the equations of its nodes."""

import numpy as np

NEURONS = ("CubaLIF", "IF", "LIF")


def run_nir(graph, frames, dt):
    """The outputs of a graph, one Euler step a frame.

    Args:
        graph: `nir.NIRGraph` without cycles, of the kinds below.
        frames: List over T of arrays (N, C, H, W), (N, C, L) or (N, F).
        dt: Float, seconds a step.

    Returns:
        List over T of arrays (N, K).

    Raises:
        ValueError: if a node is of another kind, or the graph has a cycle.
    """
    order, into = _ordered(graph)
    states, found = {}, []
    for frame in frames:
        values = {}
        for name in order:
            node, kind = graph.nodes[name], type(graph.nodes[name]).__name__
            if kind == "Input":
                values[name] = frame
                continue
            x = sum(values[source] for source in into[name])
            if kind in NEURONS:
                values[name], states[name] = _neuron(
                    node, kind, x, states.get(name), dt
                )
            else:
                values[name] = _stateless(node, kind, x)
        found.append(values[order[-1]])
    return found


def _ordered(graph):
    into = {name: [] for name in graph.nodes}
    for source, target in graph.edges:
        into[target].append(source)
    order, left = [], dict(into)
    while left:
        ready = [n for n, s in left.items() if not set(s) & left.keys()]
        if not ready:
            raise ValueError(f"expected no cycle, received: one in {set(left)}")
        order += ready
        left = {n: s for n, s in left.items() if n not in ready}
    outputs = [n for n in order if type(graph.nodes[n]).__name__ == "Output"]
    if len(outputs) != 1:
        raise ValueError(f"expected one output, received: {outputs}")
    return [*(n for n in order if n not in outputs), *outputs], into


def _neuron(node, kind, x, state, dt):
    current, v = state or (0.0, node.v_reset[None])
    if kind == "CubaLIF":
        # The current of a step is what its potential integrates.
        current = current + (dt / node.tau_syn) * (node.w_in * x - current)
        x = current
    if kind == "IF":
        v = v + dt * node.r * x
    else:
        tau = node.tau if kind == "LIF" else node.tau_mem
        v = v + (dt / tau) * (node.v_leak - v + node.r * x)
    spikes = v > node.v_threshold
    v = np.where(spikes, node.v_reset, v)
    return spikes.astype(x.dtype), (current, v)


def _stateless(node, kind, x):
    if kind == "Output":
        return x
    if kind == "Flatten":
        return x.reshape(len(x), -1)
    if kind == "Affine":
        return x @ node.weight.T + node.bias
    if kind == "Linear":
        return x @ node.weight.T
    if kind == "Scale":
        return x * node.scale
    if kind == "Threshold":
        return (x > node.threshold).astype(x.dtype)
    if kind == "AvgPool2d":
        return _pool(node, x).mean((-2, -1))
    if kind == "SumPool2d":
        return _pool(node, x).sum((-2, -1))
    if kind == "Conv1d":
        return _convolution(node, x[:, :, None], 1)[:, :, 0]
    if kind == "Conv2d":
        return _convolution(node, x, 2)
    raise ValueError(f"expected nodes that are known here, received: {kind}")


def _pool(node, x):
    ones = (1, 1)
    return _windows(x, node.kernel_size, node.stride, node.padding, ones)


def _convolution(node, x, dimensions):
    weight = node.weight if dimensions == 2 else node.weight[:, :, None]
    size = weight.shape[2:]

    def pair(value, missing):
        value = [int(v) for v in np.broadcast_to(value, dimensions)]
        return [missing] * (2 - dimensions) + value

    strides, dilation = pair(node.stride, 1), pair(node.dilation, 1)
    if isinstance(node.padding, str):
        same = node.padding == "same"
        pads = [(k - 1) * d // 2 for k, d in zip(size, dilation, strict=True)]
        pads = pads if same else [0, 0]
    else:
        pads = pair(node.padding, 0)
    groups = int(node.groups)
    found = []
    for part, kernel in zip(
        np.split(x, groups, 1), np.split(weight, groups), strict=True
    ):
        windows = _windows(part, size, strides, pads, dilation)
        found.append(np.tensordot(windows, kernel, ((1, 4, 5), (1, 2, 3))))
    found = np.moveaxis(np.concatenate(found, -1), -1, 1)
    return found + node.bias[:, None, None]


def _windows(x, size, strides, padding, dilation):
    """(N, C, H', W', kh, kw)."""
    (a, b), (c, d) = padding, dilation
    x = np.pad(x, ((0, 0), (0, 0), (a, a), (b, b)))
    reach = [(k - 1) * n + 1 for k, n in zip(size, dilation, strict=True)]
    found = np.lib.stride_tricks.sliding_window_view(x, reach, (2, 3))
    return found[:, :, :: strides[0], :: strides[1], ::c, ::d]
