import dataclasses
from typing import Any

from kerassnn.training.config import Config


@dataclasses.dataclass(frozen=True)
class ClassificationConfig(Config):
    """Abstract: what a recipe of classification can be given.

    `training.classification` reads all of it but the student's `width` and
    `timesteps`, which the recipe's `student(cfg)` does.

    Args:
        flip: Whether half of the images are mirrored.
        policy: Name of `kerassnn.data.policy`, or `""`.
        cutout: Side of the square painted over, 0 for none.
        workers: Threads that augment.
        teacher: An entry's name or a run folder, of the network that teaches
            or whose weights come first; `""` for an untrained one. Several
            with commas between them, `a,b`, are one, the mean of their
            logits, for methods that read logits alone. `{seed}` stands for
            the seed.
        teacher_logits: Folder in which the teacher's logits are stored, and
            from which a later training with the same seed, batches and
            augmentation reads them; `""` for a teacher that runs each time.
            For methods that read logits alone.
        warm_start: Whether the student starts from its teacher's weights,
            of several from the first's.
        scale: What the teacher's activations are divided by before that; 1
            for the weights as they are.
        optimizer: `"nesterov"`, `"sgd"` or `"adam"`.
        warmup: Share of the steps in which the learning rate rises.
        clip: Largest norm of all gradients together, 0 for any.
        ema: Momentum of the average of the weights, 0 for none.
        width: Channels of the first stage.
        timesteps: T of the student, 0 for a network without steps.
    """

    flip: bool = True
    policy: str = ""
    cutout: int = 0
    workers: int = 1
    teacher: str = ""
    teacher_logits: str = ""
    warm_start: bool = False
    scale: float = 2.0
    optimizer: str = "nesterov"
    warmup: float = 0.1
    clip: float = 0.0
    ema: float = 0.0
    width: int = 16
    timesteps: int = 0

    # For `UNUSED` of a recipe whose network has no teacher.
    TEACHING = ("teacher", "teacher_logits", "warm_start", "scale")
    LIMITED = {
        **Config.LIMITED,
        "cutout": ">= 0",
        "workers": "> 0",
        "scale": "> 0",
        "warmup": "in [0, 1)",
        "clip": ">= 0",
        "ema": "in [0, 1)",
        "width": "> 0",
        "timesteps": ">= 0",
    }
    CHOICES = {
        **Config.CHOICES,
        "optimizer": ("nesterov", "sgd", "adam"),
    }

    @property
    def framing(self) -> dict[str, Any]:
        """Dict, what `data.load` is given besides the name."""
        return {}
