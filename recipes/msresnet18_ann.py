"""MS-ResNet-18, an ANN: the teacher of the spiking MS-ResNet-18s.

Paper:    none. The layout is Hu et al.'s, arXiv 2112.08954, with ReLU in place
          of its neurons: shortcuts add what comes before the activation.
Data:     CIFAR-10 or CIFAR-100: 50,000 training and 10,000 test images.
Hardware: the defaults are for one GPU with JAX. On two CPU cores, add
          --width=32 --batch_size=128 --learning_rate=0.15 --cutout=8
          --jit_compile=false.
Time:     not measured on a GPU.
Accuracy: no entry of full width yet; zoo/msresnet18w32_ann_cifar10 and
          zoo/msresnet18w32_ann_cifar100 are narrow.

    kerassnn train msresnet18_ann --dataset=cifar10
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
    width: int = 64

    UNUSED = (*training.ImageConfig.TEACHING, "timesteps")


CONFIG = Config()
VARIANTS = {
    "cifar10": {},
    "cifar100": {},
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
        models.MSResNet18,
        classes=cfg.classes,
        input_shape=cfg.input_shape,
        width=cfg.width,
        weight_decay=cfg.weight_decay,
    )


def method(cfg, student, teacher):
    return distillation.HardLabel(student)
