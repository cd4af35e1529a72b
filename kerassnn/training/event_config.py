import dataclasses
from typing import Any

from kerassnn.data.events.known import event_sets
from kerassnn.training.classification_config import ClassificationConfig
from kerassnn.training.config import check_field
from kerassnn.training.teacher import names_of

SETS = event_sets()


@dataclasses.dataclass(frozen=True)
class EventConfig(ClassificationConfig):
    """What a recipe of event classification can be given.

    A recording is `timesteps` frames of equal event counts, for networks with
    steps and without: an ANN of `kerassnn.models` averages them.

    Args, besides those of `ClassificationConfig`:
        dataset: An event set of `kerassnn.data.NAMES`, but N-Caltech101.
        train_examples: Recordings used, of every class in its share.
        timesteps: T, frames a recording.
        size: Side in pixels that frames are scaled down to, 0 for none.
        roll: Most pixels to roll by, both ways.
        rotate: Most degrees to turn by.
        time_crop: So many frames are emptied, at both ends.
        policy: `"drop"` for EventDrop, `"nda"` for NDA, or `""`.
        train_on: Another set to train on in place of `dataset`, which is for
            testing alone: `"mnist_saccades"` for N-MNIST, for instance.
        initial: An entry's name or a run folder, of the same network, whose
            weights come first, as they are; `""` for the seed's.
        folds: 0, or 2 and more for cross-validation over all recordings: the
            seed says which part is for testing, and all others are trained
            on.
    """

    dataset: str = "nmnist"
    timesteps: int = 10
    size: int = 0
    flip: bool = False
    roll: int = 5
    rotate: float = 0.0
    time_crop: int = 0
    train_on: str = ""
    initial: str = ""
    folds: int = 0

    LIMITED = {
        **ClassificationConfig.LIMITED,
        "timesteps": "> 0",
        "size": ">= 0",
        "roll": ">= 0",
        "rotate": ">= 0",
        "time_crop": ">= 0",
        "folds": ">= 0",
    }
    CHOICES = {
        **ClassificationConfig.CHOICES,
        "dataset": tuple(SETS),
        "policy": ("", "drop", "nda"),
        "train_on": ("", *SETS),
    }

    def __post_init__(self):
        super().__post_init__()
        most = min(SETS[self.dataset][1][:2])
        check_field("size", self.size, self.size <= most, f"<= {most}")
        crop, steps = self.time_crop, self.timesteps
        check_field("time_crop", crop, crop < steps, f"< timesteps={steps}")
        self._check_recordings()

    def _check_recordings(self):
        other, folds = self.train_on, self.folds
        check_field("folds", folds, folds != 1, "0, or >= 2")
        check_field("train_on", other, not (other and folds), "without folds")
        fits = not other or SETS[other][0] == self.classes
        check_field("train_on", other, fits, f"of {self.classes} classes")
        one = not (self.initial and self.warm_start)
        check_field("initial", self.initial, one, "without warm_start")
        one = len(names_of(self.initial or "none")) == 1
        check_field("initial", self.initial, one, "of one network")

    @property
    def classes(self) -> int:
        """Of the data set."""
        return SETS[self.dataset][0]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(T, H, W, C) of a recording."""
        height, width, channels = SETS[self.dataset][1]
        if self.size:
            height = width = self.size
        return (self.timesteps, height, width, channels)

    @property
    def framing(self) -> dict[str, Any]:
        """Dict, what `data.load` is given besides the name."""
        timesteps, height, width, _ = self.input_shape
        return {"timesteps": timesteps, "size": (height, width)}
