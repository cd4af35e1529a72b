"""ResNet-8, an SNN, on digits, distilled by SASTC.

Paper:    Hong and Wang, AAAI 2025, arXiv 2501.08049; none of its rows. The
          feature weight, 30, is ours, chosen on 237 held-out training images
          (800 in the authors' scripts, at a tenth of this learning rate).
Data:     digits (scikit-learn): 1,437 training and 360 test images, 8x8.
Hardware: two CPU cores, TensorFlow 2.21.
Time:     45 s of CPU time, start included.
Accuracy: zoo/resnet8_sastc_digits, three seeds.

    kerassnn train resnet8_sastc
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
    teacher: str = "resnet8_ann_digits"
    timesteps: int = 2
    temperature: float = 4.0
    feature: float = 30.0


CONFIG = Config()
VARIANTS = {"digits": {}}
SMOKE = {
    "epochs": 1,
    "train_examples": 128,
    "width": 4,
    "teacher": "",
    "feature": 1e-6,
}


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
    return distillation.SASTC(
        student,
        teacher,
        temperature=cfg.temperature,
        loss_weights={"feature": cfg.feature},
        batch_size=cfg.batch_size,
    )
