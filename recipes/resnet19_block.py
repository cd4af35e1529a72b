"""ResNet-19, an SNN, distilled through hybrids with an ANN.

Paper:    Yang et al., CVPR 2025, arXiv 2503.16572: rate-based training through
          hybrid networks; its accuracies are not known to us.
Data:     CIFAR-10 or CIFAR-100: 50,000 training and 10,000 test images.
Hardware: the defaults are for one GPU with JAX. On two CPU cores, add
          --width=16 --batch_size=64 --jit_compile=false and a teacher of that
          width.
Time:     not measured on a GPU.
Accuracy: no entry of full width yet; zoo/resnet19w16_block_cifar10, which
          compare_methods trains, is narrow.

    kerassnn train resnet19_block --dataset=cifar10
"""

import dataclasses

from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import training


@dataclasses.dataclass(frozen=True)
class Config(training.ImageConfig):
    epochs: int = 30
    batch_size: int = 250
    clip: float = 1.0
    cutout: int = 12
    workers: int = 8
    precision: str = "mixed_bfloat16"
    checkpoint_seconds: float = 45.0
    teacher: str = "resnet19_ann_cifar10"
    warm_start: bool = True
    width: int = 128
    timesteps: int = 4
    temperature: float = 4.0


CONFIG = Config()
VARIANTS = {
    "cifar10": {},
    "cifar100": {"teacher": "resnet19_ann_cifar100"},
}
SMOKE = {
    "epochs": 1,
    "batch_size": 64,
    "train_examples": 256,
    "teacher": "",
    "width": 4,
    "workers": 1,
    "precision": "float32",
}


def student(cfg):
    return models.Builder(
        models.ResNet19,
        classes=cfg.classes,
        width=cfg.width,
        stem_width=cfg.width // 2,
        timesteps=cfg.timesteps,
        flow=models.RateBased(layers.LIF.rate_based()),
        weight_decay=cfg.weight_decay,
    )


def method(cfg, student, teacher):
    return distillation.BlockReplacement(
        student, teacher, temperature=cfg.temperature
    )
