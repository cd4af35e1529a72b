"""MS-ResNet-18, an SNN, distilled from its teacher's logits.

Paper:    the network is Hu et al.'s, arXiv 2112.08954, the loss that of Hinton
          et al., 2015, arXiv 1503.02531; none of their rows.
Data:     CIFAR-10 or CIFAR-100: 50,000 training and 10,000 test images.
Hardware: the defaults are for one GPU with JAX. On two CPU cores, add
          --width=32 --batch_size=64 --cutout=8 --jit_compile=false and a
          teacher of that width.
Time:     not measured on a GPU.
Accuracy: no entry of full width yet; zoo/msresnet18w32_kd_cifar10 and
          zoo/msresnet18w32_kd_cifar100 are narrow.

    kerassnn train msresnet18_kd --dataset=cifar10
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
    teacher: str = "msresnet18_ann_cifar10"
    warm_start: bool = True
    width: int = 64
    timesteps: int = 2
    temperature: float = 4.0


CONFIG = Config()
VARIANTS = {
    "cifar10": {},
    "cifar100": {"teacher": "msresnet18_ann_cifar100"},
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
        models.MSResNet18,
        classes=cfg.classes,
        input_shape=cfg.input_shape,
        width=cfg.width,
        timesteps=cfg.timesteps,
        neuron=layers.LIF(),
        weight_decay=cfg.weight_decay,
    )


def method(cfg, student, teacher):
    return distillation.LogitsKD(student, teacher, temperature=cfg.temperature)
