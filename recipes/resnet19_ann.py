"""ResNet-19, an ANN: the teacher of the spiking ResNet-19s.

Paper:    none. The layout is that of SASTC's teacher: a stem of half width
          and a linear head.
Data:     CIFAR-10 or CIFAR-100: 50,000 training and 10,000 test images; or
          Tiny-ImageNet: 100,000 and 10,000 of 64x64 pixels, on which nothing
          was trained yet but its SMOKE.
Hardware: the defaults are for one GPU with JAX. On two CPU cores, add
          --width=16 --batch_size=64 --learning_rate=0.08 --jit_compile=false.
Time:     not measured on a GPU. Width 16, 40 epochs: 1 h 45 min on two cores.
Accuracy: no entry of full width yet; zoo/resnet19w16_ann_cifar10,
          zoo/resnet19w32_ann_cifar10 and zoo/resnet19w32_ann_cifar100 are
          narrow.

    kerassnn train resnet19_ann --dataset=cifar10
"""

import dataclasses

from kerassnn import distillation
from kerassnn import models
from kerassnn import training


@dataclasses.dataclass(frozen=True)
class Config(training.ImageConfig):
    epochs: int = 40
    batch_size: int = 500
    learning_rate: float = 0.3
    cutout: int = 12
    workers: int = 8
    precision: str = "mixed_bfloat16"
    checkpoint_seconds: float = 45.0
    width: int = 128

    UNUSED = (*training.ImageConfig.TEACHING, "timesteps")


CONFIG = Config()
VARIANTS = {
    "cifar10": {},
    "cifar100": {},
    "tinyimagenet": {"crop": 8, "cutout": 0, "batch_size": 250},
}
SMOKE = {
    "epochs": 1,
    "batch_size": 64,
    "train_examples": 256,
    "width": 4,
    "workers": 1,
    "precision": "float32",
}


def student(cfg):
    return models.Builder(
        models.ResNet19,
        classes=cfg.classes,
        input_shape=cfg.input_shape,
        width=cfg.width,
        stem_width=cfg.width // 2,
        weight_decay=cfg.weight_decay,
    )


def method(cfg, student, teacher):
    return distillation.HardLabel(student)
