"""ResNet-8, an ANN, on digits: the teacher of the spiking ones.

Paper:    none: a small network, so that everything can be tried in minutes.
Data:     digits (scikit-learn): 1,437 training and 360 test images, 8x8.
Hardware: two CPU cores, TensorFlow 2.21.
Time:     14 s of CPU time, start included.
Accuracy: zoo/resnet8_ann_digits, three seeds.

    kerassnn train resnet8_ann
"""

import dataclasses

from kerassnn import distillation
from kerassnn import models
from kerassnn import training


@dataclasses.dataclass(frozen=True)
class Config(training.ImageConfig):
    dataset: str = "digits"
    epochs: int = 15
    crop: int = 1
    flip: bool = False
    pad: str = "zeros"
    optimizer: str = "sgd"

    UNUSED = (*training.ImageConfig.TEACHING, "timesteps")


CONFIG = Config()
VARIANTS = {"digits": {}}
SMOKE = {"epochs": 1, "train_examples": 128, "width": 4}


def student(cfg):
    return models.Builder(
        models.ResNet8,
        classes=cfg.classes,
        width=cfg.width,
        weight_decay=cfg.weight_decay,
    )


def method(cfg, student, teacher):
    return distillation.HardLabel(student)
