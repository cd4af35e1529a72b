r"""A published student learns new classes from few labels.

The entry's network gets a new head and trains on the first classes of
another data set, with a share of their labels. With `--from_scratch` the same
network starts from nothing: the same images, batches, steps and schedule.

Paper:    none; a recipe of our own.
Data:     the first 20 classes of CIFAR-100: 1,000 training images, a tenth of
          theirs, drawn by the seed, and all of their 2,000 test images.
Hardware: 2 CPU cores with AVX-512 BF16.
Time:     103 s; three times as long beside other work.
Accuracy: 50.05 +- 1.02 % (50.85, 48.90, 50.40: seeds 0 to 2). From scratch,
          at 0.1, the better rate there: 29.85 +- 1.66 % (31.75, 29.15, 28.65).
          Both rates were chosen on images held out of the training set.

    kerassnn train finetune --seed=0
    kerassnn train finetune --seed=0 --from_scratch --learning_rate=0.1 \
        --runs=runs/scratch
"""

import dataclasses

from kerassnn import data
from kerassnn import distillation
from kerassnn import models
from kerassnn import training
from kerassnn import zoo


@dataclasses.dataclass(frozen=True)
class Config(training.ImageConfig):
    entry: str = "resnet19w16_hardlabel_cifar10"
    from_scratch: bool = False
    dataset: str = "cifar100"
    classes: int = 20
    label_fraction: float = 0.1
    epochs: int = 40
    batch_size: int = 50
    learning_rate: float = 0.02
    optimizer: str = "sgd"
    precision: str = "mixed_bfloat16"
    jit_compile: bool = False

    # The entry says what the network is, and where it starts.
    UNUSED = (*training.ImageConfig.TEACHING, "width", "timesteps")


CONFIG = Config()
SMOKE = {
    "entry": "resnet8_sastc_digits",
    "dataset": "digits",
    "classes": 5,
    "crop": 1,
    "flip": False,
    "epochs": 1,
    "batch_size": 10,
    "precision": "float32",
}


def student(cfg):
    entry = models.Builder.from_json(zoo.card(cfg.entry)["builder"])
    return entry.replace(classes=cfg.classes, weight_decay=cfg.weight_decay)


def build(cfg):
    splits = data.load(cfg.dataset, data_dir=cfg.data_dir or None)
    splits = splits.first_classes(cfg.classes).hold_out(cfg.validation)
    splits = splits.few_labels(cfg.label_fraction, cfg.seed)
    # What the entry's weights know is images normalised as theirs were.
    known = zoo.card(cfg.entry)["preprocessing"]
    splits = dataclasses.replace(
        splits, mean=tuple(known["mean"]), std=tuple(known["std"])
    )
    train = training.classification.pipeline(cfg, splits)
    net = student(cfg)()
    if not cfg.from_scratch:
        net.set_weights(zoo.load(cfg.entry, classes=cfg.classes).get_weights())
    distiller = distillation.HardLabel(net)
    training.classification.finish(distiller, cfg, train)
    return distiller, training.Data.of(splits, train)
