import keras
import numpy as np
import pytest

from kerassnn import callbacks
from kerassnn import distillation
from tests.distillation import nets

X, Y = nets.batch()
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
EAGER = keras.backend.backend() != "jax"


class Said(keras.callbacks.Callback):
    """Puts values of one's own into the logs."""

    def __init__(self, *values):
        super().__init__()
        self.values = values

    def on_epoch_end(self, epoch, logs=None):
        logs["val_accuracy"] = self.values[epoch]


class Kept(keras.callbacks.Callback):
    """The student's predictions after each epoch."""

    def on_train_begin(self, logs=None):
        self.found = []

    def on_epoch_end(self, epoch, logs=None):
        self.found.append(self.model.student.predict(X, verbose=0))


def fit(callback, *values):
    distiller = distillation.LogitsKD(nets.student(), nets.teacher())
    distiller.compile(keras.optimizers.SGD(0.5), LOSS, run_eagerly=EAGER)
    kept = Kept()
    distiller.fit(
        X,
        Y,
        epochs=len(values),
        verbose=0,
        callbacks=[Said(*values), kept, callback],
    )
    return distiller.student, kept.found


@pytest.mark.slow
def test_the_best_student_is_kept_alone(tmp_path):
    path = tmp_path / "deep" / "best.keras"
    best = callbacks.BestStudent(path)
    student, found = fit(best, 0.5, 0.75, float("nan"))
    assert (best.best, best.epoch) == (0.75, 1)
    assert [p.name for p in path.parent.iterdir()] == ["best.keras"]
    loaded = best.load()
    assert type(loaded) is type(student) and not loaded.compiled
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), found[1])
    assert (student.predict(X, verbose=0) != found[1]).any()


@pytest.mark.slow
def test_a_later_training_has_to_beat_it_and_weights_come_back(tmp_path):
    path = tmp_path / "best.keras"
    best = callbacks.BestStudent(path, best=0.9)
    fit(best, 0.5)
    assert best.epoch is None and not path.exists()
    best = callbacks.BestStudent(path, mode="min", restore=True)
    student, found = fit(best, 0.5, 0.25, 0.5)
    np.testing.assert_array_equal(student.predict(X, verbose=0), found[1])


def test_arguments_and_logs(tmp_path):
    for message, given in {
        "ends in .keras": {"path": "best.h5"},
        "held-out": {"path": "a.keras", "monitor": "accuracy"},
        "mode": {"path": "a.keras", "mode": "best"},
    }.items():
        with pytest.raises(ValueError, match=message):
            callbacks.BestStudent(**given)
    best = callbacks.BestStudent("a.keras", monitor="val_loss")
    assert best.mode == "min"
    with pytest.raises(ValueError, match=r"(?s)val_loss.*validation_data"):
        fit(best, 0.5)
