"""ResNet-8, an SNN, on digits, trained on the labels alone.

Paper:    none: what the distilled students are judged by.
Data:     digits (scikit-learn): 1,437 training and 360 test images, 8x8.
Hardware: two CPU cores, TensorFlow 2.21.
Time:     20 s of CPU time, start included.
Accuracy: zoo/resnet8_hardlabel_digits.

    kerassnn train resnet8_hardlabel
"""

import dataclasses

from kerassnn import distillation
from kerassnn import layers
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
    teacher: str = "resnet8_ann_digits"  # of a warm start
    timesteps: int = 2


CONFIG = Config()
VARIANTS = {"digits": {}}
SMOKE = {"epochs": 1, "train_examples": 128, "width": 4, "teacher": ""}


def student(cfg):
    return models.Builder(
        models.ResNet8,
        classes=cfg.classes,
        width=cfg.width,
        timesteps=cfg.timesteps,
        neuron=layers.LIF.sastc(),
        weight_decay=cfg.weight_decay,
    )


def method(cfg, student, teacher):
    return distillation.HardLabel(student)


def needs_teacher(cfg):
    return False  # but for a warm start
