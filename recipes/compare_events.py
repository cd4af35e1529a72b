"""Methods on event frames: one student, a teacher a fold, one budget.

Five-fold cross-validation over all recordings that are there: the seed says
which part is for testing, and draws the weights and batches that all methods
of the fold share. The teacher is an ANN on the mean of the frames; each fold
has its own, which has not seen the part either. `STAA` is LogitsKD on a body
with STAA's attention. All weights and temperatures are the methods' defaults
but SASTC's, which `resnet19_sastc` chose. TSSD's task is that of the first
half of the steps; all are measured.

Paper:    none; a comparison of our own.
Data:     N-MNIST, scaled to 17x17, T = 8: 1,100 of its recordings, 220 of them
          a fold.
Hardware: one core of an AMD EPYC.
Time:     21 s of processor time a run of HardLabel, LogitsKD, TWKD or TSSD,
          14 s a teacher's; SASTC and STAA were not measured alone.
Accuracy: zoo/RESULTS.md, the section on comparisons.

    for fold in 0 1 2 3 4; do
      kerassnn train vggsnn_ann --dataset=nmnist --size=17 --width=8 \\
        --epochs=20 --workers=1 --jit_compile=false --folds=5 --seed=$fold
    done
    kerassnn compare compare_events --seeds=5
"""

import dataclasses

from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import training

METHODS = ("HardLabel", "LogitsKD", "SASTC", "TSSD", "TWKD", "STAA")
ARGUMENTS = {"SASTC": {"loss_weights": {"feature": 5.0}}}


@dataclasses.dataclass(frozen=True)
class Config(training.EventConfig):
    method: str = "HardLabel"
    folds: int = 5
    timesteps: int = 8
    size: int = 17
    roll: int = 2
    epochs: int = 6
    batch_size: int = 32
    optimizer: str = "adam"
    learning_rate: float = 5e-3
    weight_decay: float = 0.0
    jit_compile: bool = False
    teacher: str = "runs/vggsnn_ann_nmnist/{seed}"
    width: int = 8

    CHOICES = {**training.EventConfig.CHOICES, "method": METHODS}


CONFIG = Config()
VARIANTS = {"nmnist": {}}
SMOKE = {
    "epochs": 1,
    "folds": 0,
    "batch_size": 10,
    "train_examples": 10,
    "timesteps": 2,
    "teacher": "",
    "width": 4,
}


def student(cfg):
    arguments = {
        "classes": cfg.classes,
        "input_shape": cfg.input_shape,
        "width": cfg.width,
        "timesteps": cfg.timesteps,
        "weight_decay": cfg.weight_decay,
    }
    if cfg.method == "STAA":
        return models.Builder(models.STAAVGGSNN, **arguments)
    return models.Builder(models.VGGSNN, neuron=layers.LIF(), **arguments)


def build(cfg):
    splits, train = training.classification.read(cfg)
    # The plain student is made first, so that its draws are the seed's first.
    plain = student(dataclasses.replace(cfg, method="HardLabel"))
    first, net, teacher = plain(), student(cfg)(), None
    models.transfer(first, net)
    name = "LogitsKD" if cfg.method == "STAA" else cfg.method
    method = distillation.METHODS[name]
    if method.needs_teacher:
        ann = training.classification.ann_of(plain)
        teacher = training.load_teacher(training.teacher_of(cfg), ann)
    nets = (net, teacher) if method.needs_teacher else (net,)
    distiller = method(*nets, **ARGUMENTS.get(cfg.method, {}))
    training.classification.finish(distiller, cfg, train)
    return distiller, training.Data.of(splits, train)
