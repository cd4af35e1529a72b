"""SEW-ResNet-34, an SNN whose strongest step teaches its weakest, on ImageNet.

Paper:    Ding et al., NeurIPS 2025, Strong2Weak: 70.53 % with this network on
          ImageNet at T = 4. Its settings there are not known to us: epochs,
          rates and decay are ours. It begins untrained, without a teacher; the
          network is Fang et al.'s, arXiv 2102.04159.
Data:     ImageNet (imagenet2012): 1,281,167 training images, and the 50,000 of
          validation for testing, streamed from the records that
          tensorflow-datasets prepared in --data_dir. Nothing is downloaded.
Hardware: the defaults are for one GPU with JAX, and --workers for its cores.
Time:     not measured; `python -m benchmarks.suites.cluster` estimates it.
Accuracy: not measured: nothing was trained but its SMOKE.

    kerassnn train sewresnet34_strong2weak --dataset=imagenet2012 --data_dir=DIR
"""

import dataclasses

from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import training


@dataclasses.dataclass(frozen=True)
class Config(training.RecordsConfig):
    epochs: int = 100
    batch_size: int = 128
    learning_rate: float = 0.05
    weight_decay: float = 2e-5
    warmup: float = 0.05
    workers: int = 16
    precision: str = "mixed_bfloat16"
    width: int = 64
    timesteps: int = 4
    temperature: float = 2.0

    UNUSED = (
        *training.RecordsConfig.UNUSED,
        *training.RecordsConfig.TEACHING,
    )


CONFIG = Config()
VARIANTS = {"imagenet2012": {}}
SMOKE = {
    "epochs": 1,
    "batch_size": 8,
    "size": 32,
    "width": 8,
    "timesteps": 2,
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
        timesteps=cfg.timesteps,
        neuron=layers.LIF(),
        weight_decay=cfg.weight_decay,
    )


def method(cfg, student, teacher):
    return distillation.Strong2Weak(student, temperature=cfg.temperature)


def needs_teacher(cfg):
    return False
