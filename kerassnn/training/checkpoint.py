import dataclasses
import hashlib
import json
import zipfile
import zlib

import keras
import numpy as np

from kerassnn.files import replacing

GROUPS = ("student", "rest", "optimizer", "metrics")
# What reading a file of other bytes raises, in NumPy, zipfile and json.
DAMAGED = (
    AttributeError,
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclasses.dataclass(frozen=True)
class Position:
    """How far a run has come.

    Args:
        epoch: Epoch it is in, from 0.
        step: Steps of that epoch that are done.
        seconds: Time spent in training, in all processes together.
        epoch_seconds: Of these, time spent in this epoch.
        history: One dict for each finished epoch.
    """

    epoch: int = 0
    step: int = 0
    seconds: float = 0.0
    epoch_seconds: float = 0.0
    history: tuple = ()


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """The whole state of a training in one file without pickled objects.

    The frozen teacher is not in it: it is read from its own source again,
    and its digest must be the one that the checkpoint was trained with.

    Args:
        position: A `Position`.
        teacher: sha256 of the teacher's weights, empty without one.
        names: {group: names of its variables}.
        arrays: {group: values of its variables}.
    """

    position: Position
    teacher: str
    names: dict
    arrays: dict

    @classmethod
    def of(cls, distiller, position, teacher):
        """Reads the state of a distiller that has been built by `fit`.

        Raises:
            FloatingPointError: if a weight or the loss is not finite.
        """
        groups = variables(distiller)
        names = {g: [v.path for v in groups[g]] for g in GROUPS}
        arrays = {
            g: [keras.ops.convert_to_numpy(v) for v in groups[g]]
            for g in GROUPS
        }
        for group in GROUPS:
            for name, array in zip(names[group], arrays[group], strict=True):
                _check_finite(name, array, position)
        return cls(position, teacher, names, arrays)

    @classmethod
    def load(cls, path):
        """Reads a checkpoint.

        Raises:
            ValueError: if the file is damaged; the message names it.
        """
        try:
            return cls._load(path)
        except DAMAGED as error:
            raise ValueError(
                f"{path}: expected a checkpoint, received: a damaged file "
                f"({type(error).__name__}: {error})"
            ) from None

    @classmethod
    def _load(cls, path):
        # NumPy leaves a file open that it cannot read.
        with (
            open(path, "rb") as raw,
            np.load(raw, allow_pickle=False) as file,
        ):
            meta = json.loads(str(file["meta"]))
            arrays = {
                group: [file[f"{group}/{i}"] for i in range(len(names))]
                for group, names in meta["names"].items()
            }
        if set(arrays) != set(GROUPS):
            raise ValueError(f"groups {sorted(arrays)}")
        position = Position(**meta["position"])
        return cls(position, meta["teacher"], meta["names"], arrays)

    def save(self, path):
        meta = {
            "position": dataclasses.asdict(self.position),
            "teacher": self.teacher,
            "names": self.names,
        }
        arrays = {
            f"{group}/{i}": array
            for group in GROUPS
            for i, array in enumerate(self.arrays[group])
        }
        with replacing(path) as temporary:
            np.savez(temporary, meta=np.array(json.dumps(meta)), **arrays)

    def restore(self, distiller, groups=GROUPS):
        """Sets the variables of a distiller to the stored values.

        Raises:
            ValueError: if the distiller has other variables or another
                teacher than the one that was saved.
        """
        if digest(distiller.teacher) != self.teacher:
            raise ValueError(
                "expected the teacher that this run was started with, "
                "received a teacher with other weights"
            )
        found = variables(distiller)
        for group in groups:
            stored = [array.shape for array in self.arrays[group]]
            shapes = [tuple(v.shape) for v in found[group]]
            if stored != shapes:
                raise ValueError(
                    f"expected {group} variables of shapes {stored}, "
                    f"received: {shapes}"
                )
            for v, array in zip(found[group], self.arrays[group], strict=True):
                v.assign(array)


def variables(distiller):
    """Returns {group: variables} of all that training changes."""
    student = list(distiller.student.variables)
    teacher = [] if distiller.teacher is None else distiller.teacher.variables
    plan = getattr(distiller.optimizer, "plan", None)
    apart = {id(v) for v in (*student, *teacher)}
    return {
        "student": student,
        "rest": [v for v in distiller.variables if id(v) not in apart],
        # The plan of the schedule is the config's.
        "optimizer": [
            v for v in distiller.optimizer.variables if v is not plan
        ],
        "metrics": list(distiller.metrics_variables),
    }


def digest(model):
    """Returns the sha256 of a model's weights; empty without a model.

    Of stored logits, of which teacher they are.
    """
    if model is None:
        return ""
    found = hashlib.sha256(getattr(model, "digest", "").encode())
    for weight in model.weights:
        found.update(np.ascontiguousarray(keras.ops.convert_to_numpy(weight)))
    return found.hexdigest()


def _check_finite(name, array, position):
    if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
        raise FloatingPointError(
            f"training is no longer finite at epoch {position.epoch + 1}, "
            f"step {position.step}: {name}"
        )
