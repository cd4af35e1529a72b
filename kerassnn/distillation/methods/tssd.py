from typing import Any

import keras
from keras import ops

from kerassnn.distillation import adapters
from kerassnn.distillation import arguments
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.losses import logits_kd
from kerassnn.distillation.losses import two_classes
from kerassnn.ops.labels import cross_entropy


def self_kd(target, logits, temperature):
    """`logits_kd` from a detached target of the same network."""
    return logits_kd(ops.stop_gradient(target), logits, temperature)


@keras.saving.register_keras_serializable("kerassnn")
class TSSD(Distiller):
    """Longer runs teach shorter ones, and late layers earlier ones.

    The student runs T_t > T steps in training. With z_T the mean logits of
    the first T of them, z those of all, and w the logits of a weak
    classifier on a middle stage:

        L = CE(z_T, y) + temporal + spatial (+ weak)
        temporal = a^2 KL(softmax(z / a) || softmax(z_T / a))
        spatial = a^2 KL(softmax(z / a) || softmax(w / a))
        weak = CE(w, y)

    z is detached as a teacher. Spiking networks are causal: the first T of
    T_t steps are the T-step run, but for batch norms, whose statistics in
    training are of all T_t. The weak classifier, average pooling and a
    linear layer on the stage's rates, is dropped afterwards.

    Args:
        student: SNN. For static input it has one `DirectEncode`; for event
            frames (B, T_t, H, W, C) its own number of steps is T_t.
        train_timesteps: Int, T_t, static input only. Defaults to `2 T`.
        timesteps: Int, T, event frames only: how many of the given steps
            the network is to manage with. Defaults to half of them.
        temperature: Float > 0, a. Defaults to `2.0`.
        loss_weights: Dict over `{"task": 1.0, "temporal": 1.0, "spatial": 1.0,
            "weak": 0.0}`.
        student_taps: The weak classifier's stage. Defaults to the middle.

    Raises:
        ValueError: as `Distiller`; unless T < T_t, if the student is for the
            other kind of input, or if it has weights for each timestep.

    Differs from the paper: its abstract alone is known. What is its own:
        T_t > T, both teachings and the weights' names. The losses,
        what is detached, that labels are compared with z_T, the weak
        classifier's form and place, and all defaults are ours.

    Reference: Zuo et al., Self-Distillation Learning Based on
        Temporal-Spatial Consistency for Spiking Neural Networks, 2024,
        arXiv 2406.07862.
    """

    reads_steps = True
    rate_based = False
    reruns_student = True
    default_taps = "middle stage"
    abstract_only = True
    default_weights = {
        "task": 1.0,
        "temporal": 1.0,
        "spatial": 1.0,
        "weak": 0.0,
    }

    def __init__(
        self,
        student: keras.Model,
        *,
        train_timesteps: int | None = None,
        timesteps: int | None = None,
        temperature: float = 2.0,
        **kwargs: Any,
    ):
        super().__init__(student, **kwargs)
        self.temperature = arguments.positive("temperature", temperature)
        self.train_timesteps = arguments.count(
            "train_timesteps", train_timesteps
        )
        self.timesteps = arguments.count("timesteps", timesteps)
        steps = self.student_shape("logits_t")[1]
        events = len(student.input_shape) == 5
        if (train_timesteps if events else timesteps) is not None:
            raise ValueError(
                "expected `train_timesteps` for static input, `timesteps` for "
                f"event frames. Received: train_timesteps={train_timesteps}, "
                f"timesteps={timesteps}, input shape {student.input_shape}"
            )
        if events:
            self.steps, longer = timesteps or steps // 2, steps
        else:
            self.steps, longer = steps, train_timesteps or 2 * steps
        if not 0 < self.steps < longer:
            raise ValueError(
                "training must run for more steps than the network is to "
                f"manage with. Received: {longer} and {self.steps}"
            )
        if not events:
            self.rerun_student(longer)

    def build_adapters(self, batch_size: int | None) -> None:
        [tap] = self.student_taps
        self.weak = keras.layers.Dense(max(2, self.student.output_shape[-1]))
        self.weak.build((None, self.student_shape(tap)[-1]))

    def views(self, x: Any) -> dict:
        student = self.student_views(x)
        student["logits_long"] = student["logits"]
        student["logits"] = ops.mean(
            student["logits_t"][:, : self.steps], axis=1
        )
        return {"student": student}

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        student = views["student"]
        [tap] = self.student_taps
        pooled = ops.mean(adapters.rates(student[tap]), axis=(1, 2))
        weak = adapters.adapt(self.weak, pooled)
        final = two_classes(student["logits_long"])
        a = self.temperature
        return {
            "temporal": self_kd(final, student["logits"], a),
            "spatial": self_kd(final, weak, a),
            "weak": ops.mean(cross_entropy(y, weak)),
        }

    def get_config(self) -> dict[str, Any]:
        own = {
            "train_timesteps": self.train_timesteps,
            "timesteps": self.timesteps,
            "temperature": self.temperature,
        }
        return {**super().get_config(), **own}
