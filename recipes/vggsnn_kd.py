"""VGGSNN, an SNN, on event frames, from the logits of an ANN of their mean.

Paper:    Hinton et al., 2015, arXiv 1503.02531; the network is of Deng et
          al., ICLR 2022, arXiv 2202.11946.
          Optimizer, batches and augmentation are those of the code of Yu et
          al., NeurIPS 2024, arXiv 2410.11488, for CIFAR10-DVS; the other
          variants are ours.
Data:     CIFAR10-DVS, 9,000 and 1,000 recordings (90 to 10 %, stratified),
          48x48, T = 10; DVS-Gesture, 1,176 and 288, 48x48, T = 16; or
          N-MNIST, 60,000 and 10,000, 34x34, T = 8.
Hardware: the defaults are for one GPU. On two CPU cores, add --width=16
          --workers=1 --jit_compile=false --teacher=runs/vggsnn_ann_nmnist/0,
          of that width.
Time:     not measured at full width. Of width 16 at 17x17, 185 s of
          fine-tuning, on a core shared with other work.
Accuracy: not measured at full width. Of width 16 at 17x17 and trained on 1,000
          recordings, 97 of 100 (zoo/vggsnnw16_kd_nmnist); from the weights that
          `vggsnn_hardlabel` learned on saccades, 99
          (zoo/vggsnnw16_kd_saccades_nmnist), and 97.55 +- 0.76 % by 5-fold
          cross-validation.

    kerassnn train vggsnn_kd --dataset=nmnist
"""

import dataclasses

from kerassnn import distillation
from kerassnn import layers
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
    teacher: str = "vggsnn_ann_cifar10dvs"
    width: int = 64
    temperature: float = 4.0


CONFIG = Config()
VARIANTS = {
    "cifar10dvs": {},
    "dvsgesture": {
        "teacher": "vggsnn_ann_dvsgesture",
        "timesteps": 16,
        "flip": False,
        "batch_size": 32,
    },
    "nmnist": {
        "teacher": "vggsnn_ann_nmnist",
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
    "teacher": "",
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
        timesteps=cfg.timesteps,
        neuron=layers.LIF(),
        weight_decay=cfg.weight_decay,
    )


def method(cfg, student, teacher):
    return distillation.LogitsKD(student, teacher, temperature=cfg.temperature)
