import keras
import numpy as np
from keras import ops

from kerassnn.analysis.fixed_point_neuron import FixedPointNeuron
from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.models import fold_norms
from kerassnn.models import graph
from kerassnn.models.linear import is_linear
from kerassnn.ops import checks


def fixed_point(
    student: keras.Model,
    *,
    weight_bits: int = 8,
    potential_bits: int | None = 16,
    reach: float = 16.0,
) -> keras.Model:
    """The network as a chip of these word lengths computes it.

    Norms are folded first. Kernels become whole numbers of `weight_bits` bits
    times one scale a layer, the largest of them being the largest number.
    Potentials are whole numbers of `potential_bits` bits, between -reach and
    reach thresholds; see `FixedPointNeuron`. Biases reach the potentials with
    the currents. Inputs, the sums of the head, and a norm that follows no
    layer with weights stay as they are.

    Args:
        student: Functional SNN, or sequential.
        weight_bits: Int from 2 to 24, the sign counted.
        potential_bits: Int from 2 to 24, or `None` for potentials in float32.
        reach: Float > 1, in thresholds.

    Returns:
        Functional `keras.Model` for inference, whose accuracy is the
        chip's.

    Raises:
        ValueError: if an argument is not as above, or a neuron is not given
            by its `dynamics`.

    Example:
        >>> chip = kerassnn.analysis.fixed_point(student, weight_bits=8)
        >>> logits = chip.predict(images)
    """
    _check_bits("weight_bits", weight_bits)
    if potential_bits is not None:
        _check_bits("potential_bits", potential_bits)
    folded = fold_norms(student)
    calls, _ = graph.trace(folded)
    neurons = {c.path for c in calls if isinstance(c.layer, SpikingNeuron)}
    if not neurons:
        raise ValueError(
            "expected an SNN with neurons of kerassnn.layers, received: "
            f"{student.name!r}, which has none"
        )

    def limited(call):
        neuron = type(call.layer).from_config(call.layer.get_config())
        return FixedPointNeuron(neuron, potential_bits, reach)

    copy = graph.Copy(
        folded,
        limited,
        only=neurons if potential_bits is not None else set(),
    )
    for call in calls:
        if is_linear(call.inner):
            for variable in copy.layers[call.path].weights:
                if variable.name.endswith("kernel"):
                    variable.assign(_rounded(variable, weight_bits))
    return copy.model


def _rounded(variable, bits):
    values = ops.convert_to_numpy(variable).astype("float64")
    largest = np.abs(values).max()
    if largest == 0:
        return values.astype("float32")
    scale = largest / (2 ** (bits - 1) - 1)
    return (np.round(values / scale) * scale).astype("float32")


def _check_bits(name, bits):
    if checks.integer(name, bits, 2) > 24:
        raise ValueError(
            f"expected {name} of at most 24, which float32 holds, received: "
            f"{name}={bits}"
        )
