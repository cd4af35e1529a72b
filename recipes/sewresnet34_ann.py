"""ResNet-34, an ANN: the teacher of the spiking SEW-ResNet-34s on ImageNet.

Paper:    none. The layout is Fang et al.'s, arXiv 2102.04159, with ReLU in
          place of its neurons, that is before each sum.
Data:     ImageNet (imagenet2012): 1,281,167 training images, and the 50,000 of
          validation for testing, streamed from the records that
          tensorflow-datasets prepared in --data_dir. Nothing is downloaded.
Hardware: the defaults are for one GPU with JAX, and --workers for its cores.
Time:     not measured; `python -m benchmarks.suites.cluster` estimates it.
Accuracy: not measured: nothing was trained but its SMOKE.

    kerassnn train sewresnet34_ann --dataset=imagenet2012 --data_dir=DIR
"""

import dataclasses

from kerassnn import distillation
from kerassnn import models
from kerassnn import training


@dataclasses.dataclass(frozen=True)
class Config(training.RecordsConfig):
    epochs: int = 90
    batch_size: int = 256
    weight_decay: float = 1e-4
    warmup: float = 0.05
    workers: int = 16
    precision: str = "mixed_bfloat16"
    width: int = 64

    UNUSED = (
        *training.RecordsConfig.UNUSED,
        *training.RecordsConfig.TEACHING,
        "timesteps",
    )


CONFIG = Config()
VARIANTS = {"imagenet2012": {}}
SMOKE = {
    "epochs": 1,
    "batch_size": 8,
    "size": 32,
    "width": 8,
    "workers": 1,
    "precision": "float32",
    "jit_compile": False,
}


def student(cfg):
    return models.Builder(
        models.SEWResNet34,
        classes=cfg.classes,
        input_shape=cfg.input_shape,
        width=cfg.width,
        imagenet_stem=True,
        weight_decay=cfg.weight_decay,
    )


def method(cfg, student, teacher):
    return distillation.HardLabel(student)
