r"""ResNet-19, an ANN whose activations are those of spikes, for conversion.

Starts from the ReLU network of the same width, with a threshold for each layer
that holds a quantile of its activations, and learns both on. What it gives is
an ANN; `kerassnn.convert` makes an SNN of it without data or further training.

Paper:    Bu et al., ICLR 2022, arXiv 2303.04347; none of its rows.
Data:     CIFAR-10 or CIFAR-100: 50,000 training and 10,000 test images.
Hardware: the defaults are for one GPU with JAX. On two CPU cores, add
          --width=16 --batch_size=64 --learning_rate=0.02 --cutout=0
          --jit_compile=false --teacher=resnet19w16_ann_cifar10.
Time:     not measured on a GPU.
Accuracy: no entry of full width yet; zoo/resnet19w16_qcfs_cifar10 is narrow.

    kerassnn train resnet19_qcfs --dataset=cifar10
"""

import dataclasses

from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import training


@dataclasses.dataclass(frozen=True)
class Config(training.ImageConfig):
    epochs: int = 20
    batch_size: int = 250
    learning_rate: float = 0.05
    clip: float = 1.0
    cutout: int = 12
    workers: int = 8
    precision: str = "mixed_bfloat16"
    checkpoint_seconds: float = 45.0
    teacher: str = "resnet19_ann_cifar10"
    warm_start: bool = True
    width: int = 128
    levels: int = 8
    quantile: float = 0.99

    UNUSED = ("scale", "teacher_logits", "timesteps")
    LIMITED = {**training.ImageConfig.LIMITED, "levels": "> 0"}


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
        input_shape=cfg.input_shape,
        width=cfg.width,
        stem_width=cfg.width // 2,
        weight_decay=cfg.weight_decay,
        flow=models.Analog(layers.QCFS(cfg.levels)),
    )


def method(cfg, student, teacher):
    return distillation.HardLabel(student)


def build(cfg):
    source = training.teacher_of(cfg)
    if cfg.warm_start and source:
        training.check_teachers(source)
    splits, train = training.classification.read(cfg)
    net = student(cfg)()
    if cfg.warm_start:
        relu = training.classification.ann_of(student(cfg))
        ann = training.load_teacher(source, relu)
        if isinstance(ann, distillation.Ensemble):
            ann = ann.teachers[0]
        training.classification.start(net, ann, scale=1.0)
        some = splits.normalise(splits.train[0][:512])
        for name, value in models.calibrate(ann, some, cfg.quantile).items():
            net.get_layer(name).threshold.assign(value)
    distiller = method(cfg, net, None)
    training.classification.finish(distiller, cfg, train)
    return distiller, training.Data.of(splits, train)
