"""A spiking network run one timestep at a time, as frames arrive."""

import keras
import numpy as np
from keras import ops

from kerassnn.layers.direct_encode import DirectEncode
from kerassnn.layers.mean_readout import MeanReadout
from kerassnn.layers.membrane_readout import MembraneReadout
from kerassnn.layers.norms import TEBN
from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.layers.time_fold import TimeFold
from kerassnn.models.step_layers import NeuronStep
from kerassnn.models.step_layers import ReadoutStep
from kerassnn.models.step_layers import Shared
from kerassnn.ops.checks import check_finite
from kerassnn.ops.native import compiled_call

STEP = "step"  # the state that counts the steps done
# Layers of Keras that do the same with one step as with all of them.
ELEMENTWISE = (
    keras.layers.Activation,
    keras.layers.Add,
    keras.layers.Dropout,
    keras.layers.Identity,
    keras.layers.ReLU,
)


def streaming(student: keras.Model) -> keras.Model:
    """The network that takes one frame at a time, with the same weights.

    It is a functional model from `[frame, states]` to `[logits, states]`:
    what a student computes over T steps, cut between the steps. The frame is
    an image (B, H, W, C), for a student of event frames one of its T frames.
    `states` is a dict of tensors: the potential of each neuron (B, ...), what
    the readout has gathered (B, K), and `"step"` (B, 1), the steps done. The
    logits (B, K) after t steps are those of the student unrolled over t.

    Its layers share the student's weights, and it can be called inside
    `tf.function` and `jax.jit`, and exported. `initial_states` makes the
    states before the first frame; `Stream` keeps them.

    Args:
        student: Functional SNN of a builder of `kerassnn.models`.

    Returns:
        `keras.Model`.

    Raises:
        ValueError: if the student has a layer that needs all steps at once,
            such as STAA's step attention, or weights for each step.

    Example:
        >>> net = kerassnn.models.ResNet8(neuron=kerassnn.layers.LIF())
        >>> one = kerassnn.models.streaming(net)
        >>> states = kerassnn.models.initial_states(one, batch_size=1)
        >>> logits, states = one([frame, states])
    """
    _check_student(student)
    steps = _Steps(student)
    for layer in student.layers:
        steps.pass_through(layer)
    logits = steps.of(student.outputs[0])
    steps.after[STEP] = keras.layers.Rescaling(
        1.0, 1.0, dtype="float32", name="count_steps"
    )(steps.count)
    return keras.Model(
        [steps.frame, steps.before],
        [logits, steps.after],
        name=f"{student.name}_streaming",
    )


def initial_states(
    model: keras.Model, batch_size: int = 1
) -> dict[str, np.ndarray]:
    """The states before the first frame.

    Args:
        model: What `streaming` returned.
        batch_size: Int >= 1, streams side by side.

    Returns:
        Dict of NumPy arrays, float32.
    """
    if type(batch_size) is not int or batch_size < 1:
        raise ValueError(
            f"expected an int batch_size >= 1, received: {batch_size!r}"
        )
    states = {}
    for name, tensor in model.input[1].items():
        states[name] = np.zeros((batch_size, *tensor.shape[1:]), "float32")
        step = None if name == STEP else model.get_layer(name)
        if isinstance(step, NeuronStep):
            initial = step.neuron.initial_state(ops.array(states[name]))
            states[name] = ops.convert_to_numpy(initial)
    return states


class Stream:
    """A student that sees frames one after the other and keeps its states.

    Args:
        student: As for `streaming`.
        batch_size: Int >= 1, streams side by side.

    Raises:
        ValueError: as `streaming`.

    Example:
        >>> stream = kerassnn.Stream(kerassnn.zoo.load("resnet8_sastc_digits"))
        >>> for frame in frames:  # (1, 8, 8, 1) each
        ...     logits = stream.step(frame)
        >>> stream.reset()
    """

    def __init__(self, student: keras.Model, batch_size: int = 1):
        self.model = streaming(student)
        self.batch_size = batch_size
        self._run = compiled_call(self.model)
        self.reset()

    def reset(self) -> None:
        """Forgets all frames."""
        states = initial_states(self.model, self.batch_size)
        self.states = {k: ops.convert_to_tensor(v) for k, v in states.items()}
        self.steps = 0

    def step(self, frame: np.ndarray) -> np.ndarray:
        """Takes the next frame of every stream.

        Args:
            frame: Array (B, H, W, C), normalised.

        Returns:
            NumPy array (B, K): the logits of all frames since the reset, as
            of the student unrolled over them.

        Raises:
            ValueError: if the frame has another shape, or is not finite.
        """
        frame = ops.convert_to_numpy(frame).astype("float32")
        expected = (self.batch_size, *self.model.input[0].shape[1:])
        if frame.shape != expected:
            raise ValueError(
                f"expected a frame of shape {expected}, received: frame of "
                f"shape {frame.shape}"
            )
        check_finite("a frame", frame)
        frame = ops.convert_to_tensor(frame)
        logits, self.states = self._run([frame, self.states])
        self.steps += 1
        return ops.convert_to_numpy(logits)


class _Steps:
    """The student's graph, followed with the tensors of one step."""

    def __init__(self, student):
        static = any(isinstance(x, DirectEncode) for x in student.layers)
        shape = student.input_shape[1 if static else 2 :]
        self.frame = keras.Input(shape, name="frame")
        self.count = keras.Input((1,), name=STEP, dtype="float32")
        self.before = {STEP: self.count}
        self.after = {}
        # Without an encoder the input has its time axis from the start.
        self.timed = set() if static else {id(student.inputs[0])}
        self.found = {id(student.inputs[0]): self.frame}

    def of(self, tensor):
        return self.found[id(tensor)]

    def pass_through(self, layer):
        if isinstance(layer, keras.layers.InputLayer):
            return
        given, output = _ends(layer)
        inputs = [self.of(tensor) for tensor in given]
        timed = any(id(tensor) in self.timed for tensor in given)
        self.found[id(output)] = self.one_step(layer, inputs, timed)
        ends = isinstance(layer, (MeanReadout, MembraneReadout))
        if (timed and not ends) or isinstance(layer, DirectEncode):
            self.timed.add(id(output))

    def one_step(self, layer, inputs, timed):
        """What a layer gives at one step."""
        if isinstance(layer, DirectEncode):
            return inputs[0]
        if isinstance(layer, SpikingNeuron):
            state = self.state(layer.name, inputs[0].shape)
            spikes, self.after[layer.name] = NeuronStep(layer)(
                [inputs[0], state]
            )
            return spikes
        if isinstance(layer, (MeanReadout, MembraneReadout)):
            return self.readout(layer, inputs[0])
        inputs = inputs if len(inputs) > 1 else inputs[0]
        if not timed or isinstance(layer, ELEMENTWISE):
            return Shared(layer)(inputs)
        if isinstance(layer, TimeFold) and not isinstance(layer, TEBN):
            return Shared(layer.layer)(inputs)
        raise ValueError(
            f"expected layers that see one timestep at a time, received: "
            f"layer {layer.name!r}, a {type(layer).__name__}, which needs all "
            "steps or has weights for each of them"
        )

    def readout(self, layer, logits):
        state = self.state(layer.name, logits.shape)
        step = ReadoutStep(
            getattr(layer, "tau", None), dtype="float32", name=layer.name
        )
        shown, self.after[layer.name] = step([logits, state, self.count])
        return shown

    def state(self, name, shape):
        self.before[name] = keras.Input(
            shape[1:], name=f"{name}_state", dtype="float32"
        )
        return self.before[name]


def _ends(layer):
    """The tensors that go into a layer, and the one that comes out."""
    try:
        given, output = layer.input, layer.output
    except (AttributeError, ValueError):
        given, output = None, None
    if not isinstance(output, keras.KerasTensor):
        raise ValueError(
            "expected a student in which each layer is called once and gives "
            f"one tensor, received: layer {layer.name!r}"
        )
    return keras.tree.flatten(given), output


def _check_student(student):
    if not isinstance(student, keras.Model) or not hasattr(student, "outputs"):
        raise ValueError(
            f"expected a functional keras.Model, received: {student!r}"
        )
    if not any(isinstance(x, SpikingNeuron) for x in student.layers):
        raise ValueError(
            "expected an SNN with neurons of kerassnn.layers, received: "
            f"{student.name!r}, which has none"
        )
