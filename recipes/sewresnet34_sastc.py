"""SEW-ResNet-34, an SNN, distilled by SASTC on ImageNet.

Paper:    Hong and Wang, AAAI 2025, arXiv 2501.08049: 68.69 % on ImageNet at
          T = 4, of a student, a teacher and settings that are not named. The
          network is Fang et al.'s, arXiv 2102.04159; it starts from its
          teacher's weights, and the feature weight is that of resnet19_sastc.
Data:     ImageNet (imagenet2012): 1,281,167 training images, and the 50,000 of
          validation for testing, streamed from the records that
          tensorflow-datasets prepared in --data_dir. Nothing is downloaded.
Hardware: the defaults are for one GPU with JAX, and --workers for its cores.
Time:     not measured; `python -m benchmarks.suites.cluster` estimates it.
Accuracy: not measured: nothing was trained but its SMOKE.

    kerassnn train sewresnet34_sastc --dataset=imagenet2012 --data_dir=DIR \\
        --teacher=runs/sewresnet34_ann_imagenet2012/0
"""

import dataclasses

from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import training


@dataclasses.dataclass(frozen=True)
class Config(training.RecordsConfig):
    epochs: int = 100
    batch_size: int = 128
    learning_rate: float = 0.05
    weight_decay: float = 2e-5
    clip: float = 1.0
    warmup: float = 0.05
    workers: int = 16
    precision: str = "mixed_bfloat16"
    teacher: str = "sewresnet34_ann_imagenet2012"
    warm_start: bool = True
    width: int = 64
    timesteps: int = 4
    temperature: float = 4.0
    feature: float = 5.0


CONFIG = Config()
VARIANTS = {"imagenet2012": {}}
SMOKE = {
    "epochs": 1,
    "batch_size": 8,
    "size": 32,
    "teacher": "",
    "width": 8,
    "timesteps": 2,
    "workers": 1,
    "precision": "float32",
    "jit_compile": False,
    "feature": 1e-6,  # an untrained teacher has huge features
}


def student(cfg):
    return models.Builder(
        models.SEWResNet34,
        classes=cfg.classes,
        input_shape=cfg.input_shape,
        width=cfg.width,
        imagenet_stem=True,
        timesteps=cfg.timesteps,
        neuron=layers.LIF(),
        weight_decay=cfg.weight_decay,
    )


def method(cfg, student, teacher):
    return distillation.SASTC(
        student,
        teacher,
        temperature=cfg.temperature,
        loss_weights={"feature": cfg.feature},
        batch_size=cfg.batch_size,
    )
