import math
from typing import Any

import keras
from keras import ops

from kerassnn.distillation import adapters
from kerassnn.distillation import arguments
from kerassnn.distillation.losses import logits_kd
from kerassnn.distillation.paired import Paired
from kerassnn.distillation.taps import layer_at
from kerassnn.ops.distance import divergence


def class_activation(features, kernel, logits):
    """ReLU of the maps weighted by the head's row of the predicted class.

    Args:
        features: Tensor (B, H, W, C), what the head averages over space.
        kernel: Tensor (C, K), of the head.
        logits: Tensor (B, K).

    Returns:
        Tensor (B, H, W).
    """
    predicted = ops.argmax(logits, axis=-1)
    rows = ops.take(ops.transpose(kernel), predicted, axis=0)
    weighted = features * ops.expand_dims(ops.expand_dims(rows, 1), 1)
    return ops.relu(ops.sum(weighted, axis=-1))


def between_0_and_1(maps):
    """Maps (B, H, W) over the range of the whole batch; flat ones become 0."""
    low = ops.min(maps)
    span = ops.max(maps) - low
    alive = span > 1e-6
    return ops.where(alive, (maps - low) / ops.where(alive, span, 1.0), 0.0)


def map_kl(teacher, student, temperature):
    """tau^2 KL of two maps (B, H, W), softmax-ed over space; a scalar."""
    size = teacher.shape[1] * teacher.shape[2]
    rows = [ops.reshape(maps, (-1, size)) for maps in (teacher, student)]
    return logits_kd(*rows, temperature)


def noisy_kd(teacher_logits, logits, draw, mix, temperature):
    """Distillation of probabilities mixed with those of a noise.

    tau^2 KL(softmax(z^a / tau) || q), q = (1 - mix) softmax(z / tau)
    + mix softmax(e / tau), e = mean z + (var z) draw.

    Args:
        teacher_logits: Tensor (B, K).
        logits: Tensor (B, K), K > 1.
        draw: Tensor (B, K), from N(0, 1).
        mix: Float in (0, 1).
        temperature: Float > 0.

    Returns:
        Scalar, mean over the batch.
    """
    mean = ops.mean(logits, axis=-1, keepdims=True)
    square = ops.sum(ops.square(logits - mean), axis=-1, keepdims=True)
    noise = mean + draw * square / (logits.shape[-1] - 1)
    log_p = ops.log_softmax(teacher_logits / temperature, axis=-1)
    log_q = ops.logaddexp(
        math.log(1 - mix) + ops.log_softmax(logits / temperature, axis=-1),
        math.log(mix) + ops.log_softmax(noise / temperature, axis=-1),
    )
    return ops.mean(divergence(log_p, log_q)) * temperature**2


@keras.saving.register_keras_serializable("kerassnn")
class CKDSNN(Paired):
    """Where the teacher looks, and its logits through noise.

        L = task + activation + kd
        activation = tau^2 KL(softmax(m^a / tau) || softmax(m^s / tau))

    m^a is the class activation map of the teacher's prediction, m^s the sum
    of the student's spikes over time and channels, both scaled to [0, 1] by
    the range of the batch; under a strategy of TensorFlow, of a replica's.
    kd is `noisy_kd` of the student's mean logits.

    Args:
        student: SNN with maps (B, T, H, W, C) at its last stage.
        teacher: ANN whose linear head averages its last stage over space.
        temperature: Float > 0, tau. Defaults to `2.0`.
        noise: Float in (0, 1), share of the noise. Defaults to `0.1`.
        head: Name of the teacher's head. Defaults to `"head"`.
        seed: Int or `None`, of the noise.
        loss_weights: Dict over `{"task": 1.0, "activation": 1.0, "kd": 1.0}`.
        student_taps: The layer of m^s. Defaults to the last stage.
        teacher_taps: The layer of m^a. Likewise.

    Raises:
        ValueError: as `Distiller`; if an option lies outside its range or
            the head's inputs are not the channels of the teacher's tap.

    Differs from the paper: follows its code. The paper adds the noise to the
        logits, with their deviation for a scale; the code has no tau^2 in
        `activation`, and a student that ends in a ReLU. Flat maps, of silent
        layers, pass no gradient, which is ours.

    Reference: CKDSNN, AAAI 2026, and its code, SinoLeu/CKDSNN.
    """

    default_weights = {"task": 1.0, "activation": 1.0, "kd": 1.0}
    default_taps = "last stage"

    def __init__(
        self,
        student: keras.Model,
        teacher: keras.Model,
        *,
        temperature: float = 2.0,
        noise: float = 0.1,
        head: str = "head",
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(student, teacher, **kwargs)
        self.temperature = arguments.positive("temperature", temperature)
        self.noise = arguments.share("noise", noise)
        self.head = head
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)
        kernel = layer_at(teacher, head, "teacher").kernel
        channels = [target for _, target in self.channels()]
        if channels != [kernel.shape[0]]:
            raise ValueError(
                "expected one tap of the teacher, with as many channels as "
                f"its layer {head!r} has inputs, {kernel.shape[0]}. "
                f"Received: taps of {channels} channels"
            )

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        student, teacher = views["student"], views["teacher"]
        [(rates, features)] = self.maps(views)
        head = layer_at(self.teacher, self.head, "teacher")
        kernel = adapters.widened(head.kernel)
        if kernel.shape[-1] == 1:  # its two classes are -z / 2 and z / 2
            kernel = ops.concatenate([-kernel, kernel], axis=-1)
        rates, features = adapters.same_size(rates, features)
        cam = class_activation(features, kernel, teacher["logits"])
        activation = map_kl(
            between_0_and_1(cam),
            between_0_and_1(ops.sum(rates, axis=-1)),
            self.temperature,
        )
        logits = student["logits"]
        draw = keras.random.normal(
            ops.shape(logits), dtype=logits.dtype, seed=self.generator
        )
        kd = noisy_kd(
            teacher["logits"], logits, draw, self.noise, self.temperature
        )
        return {"activation": activation, "kd": kd}

    def get_config(self) -> dict[str, Any]:
        own = {
            "temperature": self.temperature,
            "noise": self.noise,
            "head": self.head,
            "seed": self.seed,
        }
        return {**super().get_config(), **own}
