"""How a recipe of classification is trained, from its config.

A recipe says what is trained and by which method; here is the rest: data,
augmentation, teacher, warm start, optimizer and schedule. A recipe that
differs defines its own `build(cfg)` out of these functions.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras

from kerassnn import data
from kerassnn import distillation
from kerassnn import models
from kerassnn.training.classification_config import ClassificationConfig
from kerassnn.training.data import Data
from kerassnn.training.data import first
from kerassnn.training.event_config import EventConfig
from kerassnn.training.optimizing import compile
from kerassnn.training.optimizing import cosine
from kerassnn.training.records_config import RecordsConfig
from kerassnn.training.teacher import check_teachers
from kerassnn.training.teacher import load_teacher
from kerassnn.training.teacher import teacher_of

# Arguments of a builder that its ANN does not have.
SPIKING = ("timesteps", "neuron", "flow", "weight_decay")


def build(
    cfg: ClassificationConfig, recipe: Any
) -> tuple[distillation.Distiller, Data]:
    """Returns the compiled distiller and the `Data` of a recipe."""
    taught = cfg.warm_start or recipe.needs_teacher(cfg)
    source = teacher_of(cfg)
    if taught and source:
        check_teachers(source)  # told now, not after the data are read
    splits, train = read(cfg)
    student = recipe.student(cfg)
    net, teacher = student(), None
    check_input(net, splits)
    if taught:
        teacher = load_teacher(source, recipe.teacher(cfg))
    if cfg.warm_start:
        start(net, teacher, cfg.scale)
    if isinstance(cfg, EventConfig) and cfg.initial:
        start(net, load_teacher(cfg.initial, student), 1.0)
    if cfg.teacher_logits:
        teacher, train = stored(cfg, recipe.needs_teacher(cfg), teacher, train)
    distiller = recipe.method(cfg, net, teacher)
    finish(distiller, cfg, train)
    return distiller, Data.of(splits, train)


def read(
    cfg: ClassificationConfig,
) -> tuple[data.Splits | data.Records, data.Pipeline | data.Records]:
    """Returns the splits of the data set, and the training pipeline.

    Of a set that is streamed, `Records` for testing and for training.
    """
    if isinstance(cfg, RecordsConfig):
        return cfg.records("test"), cfg.records("train")
    where = {"data_dir": cfg.data_dir or None, **cfg.framing}
    splits = data.load(cfg.dataset, **where)
    if isinstance(cfg, EventConfig) and cfg.folds:
        splits = splits.fold(cfg.seed % cfg.folds, cfg.folds)
    if isinstance(cfg, EventConfig) and cfg.train_on:
        other = data.load(cfg.train_on, **where)
        splits = dataclasses.replace(splits, train=other.train)
    splits = splits.hold_out(cfg.validation)
    return splits, pipeline(cfg, splits)


def check_input(net: keras.Model, splits: data.Splits | data.Records) -> None:
    """ValueError unless a network takes the images of a data set."""
    if net.input_shape[1:] != splits.input_shape:
        raise ValueError(
            f"expected a student that takes {splits.input_shape}, as "
            f"{splits.name} gives, received: {net.input_shape[1:]}"
        )


def pipeline(cfg: ClassificationConfig, splits: data.Splits) -> data.Pipeline:
    """Returns the training images, shuffled and augmented by the seed."""
    given = first(splits.train, cfg.train_examples)
    if isinstance(cfg, EventConfig) and cfg.train_examples:
        given = splits.take(cfg.train_examples).train  # files go by class
    return data.Pipeline(
        *given,
        cfg.batch_size,
        augment=augmentation(cfg, splits.fill),
        normalise=splits.normalise,
        drop_remainder=True,
        seed=cfg.seed,
        one_hot=splits.classes,
        workers=cfg.workers,
    )


def augmentation(
    cfg: ClassificationConfig, fill: Sequence[float]
) -> data.Augment | data.EventAugment | None:
    """Returns crops, flips, policy and cutout; `None` if all are off."""
    if isinstance(cfg, EventConfig):
        return data.EventAugment(
            flip=cfg.flip,
            roll=cfg.roll,
            rotate=cfg.rotate,
            time_crop=cfg.time_crop,
            policy=data.policy(cfg.policy),
            cutout=cfg.cutout,
        )
    if not (cfg.crop or cfg.flip or cfg.policy or cfg.cutout):
        return None
    return data.Augment(
        crop=cfg.crop,
        flip=cfg.flip,
        pad=cfg.pad,
        policy=data.policy(cfg.policy, fill),
        cutout=cfg.cutout,
        fill=fill,
    )


def ann_of(student: models.Builder) -> models.Builder:
    """Returns the `Builder` of the ANN with the body of a spiking student."""
    ours = {k: v for k, v in student.arguments.items() if k not in SPIKING}
    return models.Builder(student.function, **ours)


def start(net: keras.Model, teacher: keras.Model, scale: float) -> None:
    """Gives a student its teacher's weights, activations divided by `scale`.

    Below 1, a threshold, most of them: an ANN's activations of 2 and more
    would be spikes at every step. Of an `Ensemble` they are the first's.
    """
    if isinstance(teacher, distillation.Ensemble):
        teacher = teacher.teachers[0]
    if scale != 1.0:
        teacher = models.rescale(teacher, scale)
    left = models.transfer(teacher, net)
    used = len(net.weights) - len(left)
    if used < len(teacher.weights):
        raise ValueError(
            f"expected a student that takes all {len(teacher.weights)} weights "
            f"of its teacher {teacher.name!r} for a warm start, received: "
            f"{net.name!r}, which takes {used}, and not, for instance, "
            f"{left[:3]}"
        )


def stored(
    cfg: ClassificationConfig,
    needs_teacher: bool,
    teacher: keras.Model | None,
    train: data.Pipeline,
) -> tuple[keras.Model, data.Pipeline]:
    """Returns teacher and data that read logits from `cfg.teacher_logits`.

    Each seed has a folder of its own in it.
    """
    if not needs_teacher:
        raise ValueError(
            "expected a training with a teacher for teacher_logits, "
            f"received: teacher_logits={cfg.teacher_logits!r}"
        )
    folder = Path(cfg.teacher_logits, str(cfg.seed))
    return distillation.store_logits(teacher, train, folder)


def finish(
    distiller: distillation.Distiller,
    cfg: ClassificationConfig,
    train: data.Pipeline | data.Records,
) -> None:
    """Compiles for the config's optimizer, on a cosine with warm-up."""
    schedule = cosine(cfg, train.steps, cfg.warmup)
    options = {
        "global_clipnorm": cfg.clip or None,
        "use_ema": cfg.ema > 0,
        "ema_momentum": cfg.ema,
    }
    if cfg.optimizer == "adam":
        optimizer = keras.optimizers.Adam(schedule, **options)
    else:
        optimizer = keras.optimizers.SGD(
            schedule,
            momentum=cfg.momentum,
            nesterov=cfg.optimizer == "nesterov",
            **options,
        )
    compile(distiller, cfg, schedule, optimizer)
