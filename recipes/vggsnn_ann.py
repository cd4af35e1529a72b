"""VGGSNN, an ANN, on the mean of event frames: the teacher.

Paper:    none of this ANN; the network is of Deng et al., ICLR 2022, arXiv
          2202.11946.
          Optimizer, batches and augmentation are those of the code of Yu et
          al., NeurIPS 2024, arXiv 2410.11488, for CIFAR10-DVS; the other
          variants are ours.
Data:     CIFAR10-DVS, 9,000 and 1,000 recordings (90 to 10 %, stratified),
          48x48, T = 10; DVS-Gesture, 1,176 and 288, 48x48, T = 16; or
          N-MNIST, 60,000 and 10,000, 34x34, T = 8.
Hardware: the defaults are for one GPU. On two CPU cores, add --width=16
          --workers=1 --jit_compile=false.
Time:     not measured at full width. Of width 16 at 17x17, 278 s on saccades
          and 52 s of fine-tuning, on a core shared with other work.
Accuracy: not measured at full width. Of width 16 at 17x17 and trained on 1,000
          recordings, 93 of 100 (zoo/vggsnnw16_ann_nmnist); first trained on
          saccades, 96 (zoo/vggsnnw16_ann_saccades_nmnist), and 95.55 +- 0.99 %
          by 5-fold cross-validation.

    kerassnn train vggsnn_ann --dataset=nmnist
"""

import dataclasses

from kerassnn import distillation
from kerassnn import models
from kerassnn import training


@dataclasses.dataclass(frozen=True)
class Config(training.EventConfig):
    dataset: str = "cifar10dvs"
    size: int = 48
    flip: bool = True
    epochs: int = 300
    batch_size: int = 128
    optimizer: str = "sgd"
    warmup: float = 0.0
    workers: int = 8
    width: int = 64

    UNUSED = training.EventConfig.TEACHING


CONFIG = Config()
VARIANTS = {
    "cifar10dvs": {},
    "dvsgesture": {
        "timesteps": 16,
        "flip": False,
        "batch_size": 32,
    },
    "nmnist": {
        "timesteps": 8,
        "size": 0,
        "flip": False,
        "roll": 2,
        "epochs": 30,
        "batch_size": 32,
        "learning_rate": 1e-3,
        "optimizer": "adam",
        "weight_decay": 0.0,
    },
}
SMOKE = {
    "epochs": 1,
    "batch_size": 10,
    "train_examples": 10,
    "timesteps": 2,
    "width": 4,
    "workers": 1,
    "jit_compile": False,
}


def student(cfg):
    return models.Builder(
        models.VGGSNN,
        classes=cfg.classes,
        input_shape=cfg.input_shape,
        width=cfg.width,
        weight_decay=cfg.weight_decay,
    )


def method(cfg, student, teacher):
    return distillation.HardLabel(student)


def needs_teacher(cfg):
    return False
