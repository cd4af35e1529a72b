"""Anytime prediction: accuracy after each step, and early exit."""

import dataclasses
from typing import Any

import keras
import numpy as np
from keras import ops

from kerassnn.models.stepwise import initial_states
from kerassnn.models.stepwise import streaming
from kerassnn.ops.checks import check_inputs
from kerassnn.ops.native import compiled_call


@dataclasses.dataclass(frozen=True)
class Anytime:
    """What a network has got right after each step, and with early exit.

    Args:
        accuracies: Array (T,), of the mean logits of the first 1, ..., T
            steps, for all inputs alike.
        threshold: Float, the confidence at which an input is decided.
        exits: Array (T,), share of the inputs decided at each step.
        steps: Float, mean number of steps that an input takes.
        accuracy: Float, of the inputs, each at its own step.
        trade: Array (M, 2), mean steps and accuracy at M thresholds from 0
            to 1, so from one step for all to T for all.
        inputs: Int, how many were measured.
        held_out: Int, how many others the threshold was chosen on.
    """

    accuracies: np.ndarray
    threshold: float
    exits: np.ndarray
    steps: float
    accuracy: float
    trade: np.ndarray
    inputs: int
    held_out: int


def anytime(
    net: keras.Model,
    x: Any,
    y: Any,
    held_out: tuple[Any, Any],
    *,
    timesteps: int | None = None,
    tolerance: float = 0.005,
    batch_size: int = 64,
) -> Anytime:
    """Accuracy after each step, and with early exit by confidence.

    An input is decided at the first step after which the largest softmax
    probability of its mean logits is at least a threshold, at T otherwise.
    The threshold is the lowest at which the held-out inputs lose no more
    accuracy than `tolerance` against all T steps. The measured inputs have no
    say in it.

    Args:
        net: Functional SNN that `kerassnn.models.streaming` takes.
        x: Array (N, ...), inputs as the network takes them.
        y: Array (N,) of class indices.
        held_out: Pair of such arrays, of other inputs.
        timesteps: Int >= 1, T. Defaults to the network's own; event frames
            have no other.
        tolerance: Float in [0, 1), a fraction of the inputs.
        batch_size: Int >= 1.

    Returns:
        `Anytime`.

    Raises:
        ValueError: as `streaming`, or if an argument is not as above.

    Example:
        >>> held = splits.normalise(x[:1000]), y[:1000]
        >>> found = anytime(net, splits.normalise(x[1000:]), y[1000:], held)
        >>> found.steps, found.accuracy
    """
    number = isinstance(tolerance, (int, float))
    if not number or not 0 <= tolerance < 1:
        raise ValueError(
            f"expected tolerance in [0, 1), received: tolerance={tolerance!r}"
        )
    if type(batch_size) is not int or batch_size < 1:
        raise ValueError(
            f"expected an int batch_size >= 1, received: {batch_size!r}"
        )
    timesteps = _steps(net, timesteps)
    pairs = [_checked(net, *pair) for pair in (held_out, (x, y))]
    model = streaming(net)
    logits = [_logits(model, p[0], timesteps, batch_size) for p in pairs]
    held, own = (
        _Decisions.of(found, pair[1])
        for found, pair in zip(logits, pairs, strict=True)
    )
    threshold = held.lowest_threshold(tolerance)
    taken, accuracy = own.at(threshold)
    levels = np.quantile(own.sure, np.linspace(0, 1, 101))
    levels = np.unique([0.0, *levels, np.inf])
    points = [own.at(level) for level in levels]
    return Anytime(
        accuracies=own.right.mean(0),
        threshold=threshold,
        exits=np.bincount(taken - 1, minlength=timesteps) / len(taken),
        steps=float(taken.mean()),
        accuracy=accuracy,
        trade=np.array([(steps.mean(), found) for steps, found in points]),
        inputs=len(own.right),
        held_out=len(held.right),
    )


@dataclasses.dataclass(frozen=True)
class _Decisions:
    """Confidence and correctness (N, T) of inputs after each step."""

    sure: np.ndarray
    right: np.ndarray

    @classmethod
    def of(cls, logits, y):
        logits = logits.astype("float64")
        p = np.exp(logits - logits.max(-1, keepdims=True))
        sure = p.max(-1) / p.sum(-1)
        return cls(sure, logits.argmax(-1) == y[:, None])

    def at(self, threshold):
        """Steps (N,) that inputs take, and the accuracy."""
        ready = self.sure >= threshold
        ready[:, -1] = True
        first = ready.argmax(1)
        return first + 1, float(self.right[np.arange(len(first)), first].mean())

    def lowest_threshold(self, tolerance):
        """Lowest confidence from which on no more than that is lost."""
        least = self.right[:, -1].mean() - tolerance - 1e-12
        levels = np.unique(np.quantile(self.sure, np.linspace(0, 1, 1001)))
        best = float(levels[-1])
        for level in levels[::-1]:
            if self.at(level)[1] < least:
                break
            best = float(level)
        return best


def _logits(model, x, timesteps, batch_size):
    """Mean logits (N, T, K) after each step."""
    run, frame = compiled_call(model), model.input[0]
    states = {
        name: ops.convert_to_tensor(value)
        for name, value in initial_states(model, batch_size).items()
    }
    parts = []
    for start in range(0, len(x), batch_size):
        batch = np.asarray(x[start : start + batch_size], "float32")
        n = len(batch)
        # One shape of batch, so that one program is compiled.
        batch = np.concatenate([batch, np.repeat(batch[:1], batch_size - n, 0)])
        after, found = states, []
        for t in range(timesteps):
            seen = batch if batch.ndim == len(frame.shape) else batch[:, t]
            logits, after = run([ops.convert_to_tensor(seen), after])
            found.append(ops.convert_to_numpy(logits))
        parts.append(np.stack(found, axis=1)[:n])
    return np.concatenate(parts)


def _steps(net, timesteps):
    own = next(
        (
            layer.output.shape[1]
            for layer in getattr(net, "layers", ())
            if layer.name == "logits_t"
        ),
        None,
    )
    events = len(net.input_shape) == 5
    if timesteps is None and own:
        return own
    good = type(timesteps) is int and timesteps >= 1
    if not good or (events and timesteps != net.input_shape[1]):
        raise ValueError(
            "expected an int timesteps >= 1, for event frames none but "
            f"theirs, received: timesteps={timesteps!r}"
        )
    return timesteps


def _checked(net, x, y):
    x, y = x if hasattr(x, "shape") else np.asarray(x), np.asarray(y)
    wanted = tuple(net.input_shape[1:])
    if tuple(x.shape[1:]) != wanted or y.shape != (len(x),) or not len(y):
        raise ValueError(
            f"expected inputs (N, {', '.join(map(str, wanted))}) and N labels, "
            f"received: shapes {tuple(x.shape)} and {y.shape}"
        )
    check_inputs("inputs", x)
    return x, y
