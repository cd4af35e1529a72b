"""Several teachers as one."""

import keras
import numpy as np
import pytest

from kerassnn import distillation
from tests.distillation import nets
from tests.reference import losses as twin

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
EAGER = keras.backend.backend() != "jax"
X, Y = nets.batch()


def teachers():
    found = [nets.teacher(), nets.teacher(widths=(2, 3))]
    for seed, net in enumerate(found):
        nets.drawn(net.trainable_variables, np.random.default_rng(seed))
    return found


def fit(distiller):
    distiller.compile(keras.optimizers.SGD(0.0), LOSS, run_eagerly=EAGER)
    return distiller.fit(X, Y, batch_size=len(X), verbose=0).history


@pytest.mark.numeric
def test_the_mean_is_that_of_numpy():
    each = teachers()
    z = [net.predict(X, verbose=0).astype("float64") for net in each]
    p = [np.exp(a) / np.exp(a).sum(-1, keepdims=True) for a in z]
    given = {"logits": sum(z) / 2, "probabilities": np.log(sum(p) / 2)}
    for mean, expected in given.items():
        net = distillation.Ensemble(each, mean=mean)
        found = net.predict(X, verbose=0)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
        student = nets.student()
        logits = keras.ops.convert_to_numpy(student(X, training=True))
        distiller = distillation.LogitsKD(student, net, temperature=2.0)
        kd = fit(distiller)["kd"][0]
        np.testing.assert_allclose(kd, twin.kd(expected, logits, 2.0), 1e-4)


@pytest.mark.slow
def test_an_ensemble_is_frozen_saved_and_tapped(tmp_path):
    net = distillation.Ensemble(teachers(), mean="probabilities")
    taps = {"stage1": "teacher2/stage1", "stage2": "teacher1/stage2"}
    distiller = distillation.FitNet(
        nets.student(),
        net,
        student_taps=["stage1", "stage2"],
        teacher_taps=taps,
    )
    assert np.isfinite(fit(distiller)["loss"]).all()
    assert net.trainable_variables == []
    distiller.save(tmp_path / "distiller.keras")
    loaded = keras.saving.load_model(tmp_path / "distiller.keras")
    assert loaded.teacher.mean == "probabilities"
    np.testing.assert_array_equal(
        loaded.teacher.predict(X, verbose=0), net.predict(X, verbose=0)
    )


def test_teachers_that_do_not_go_together():
    def refused(message):
        return pytest.raises(ValueError, match=rf"(?s){message}")

    one, two = teachers()
    for given in ([], [one], [one, one]):
        with refused("two or more teachers, each once"):
            distillation.Ensemble(given)
    with refused("mean"):
        distillation.Ensemble([one, two], mean="votes")
    inputs = keras.Input((nets.SIZE, nets.SIZE, 1))
    flat = keras.layers.Flatten()(inputs)
    with refused("one output_shape"):
        more = keras.layers.Dense(nets.CLASSES + 1)(flat)
        distillation.Ensemble([one, keras.Model(inputs, more)])
    with refused("teacher 2 must give logits"):
        soft = keras.layers.Dense(nets.CLASSES, "softmax")(flat)
        distillation.Ensemble([one, keras.Model(inputs, soft)])
    with refused("no layer.*stage1.*teacher1/stage1"):
        distillation.FitNet(
            nets.student(),
            distillation.Ensemble([one, two]),
            student_taps=["stage1"],
            teacher_taps=["stage1"],
        )
