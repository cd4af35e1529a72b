"""Terms that pass through adapters equal their NumPy twins as a whole."""

import numpy as np
import pytest
from keras import ops

from kerassnn.distillation import METHODS
from tests.distillation import nets
from tests.reference import features
from tests.reference import losses
from tests.reference.complex_step import relu

pytestmark = pytest.mark.numeric
T = 4


def wide(tensors):
    return [ops.convert_to_numpy(t).astype("float64") for t in tensors]


def norm(x, gamma, beta):
    return features.batch_norm(x, gamma, beta, nets.EPSILON)


def semckd(distiller, student, teacher, y):
    def regressor(net):
        first, g1, b1, second, g2, b2, last = wide(net.trainable_weights)

        def run(x):
            x = relu(norm(features.conv(x, first), g1, b1))
            x = relu(norm(features.conv(x, second), g2, b2))
            return features.conv(x, last)

        return run

    maps = [[views["stage1"], views["stage2"]] for views in (student, teacher)]
    mlps = [
        [wide(net.trainable_weights) for net in row]
        for row in (distiller.queries, distiller.keys)
    ]
    regressors = [[regressor(n) for n in row] for row in distiller.regressors]
    return {"feature": features.semckd(*maps, *mlps, regressors)}


def bkdsnn(distiller, student, teacher, y):
    align, first, second = (
        wide(layer.weights)
        for layer in (*distiller.aligns, *distiller.restorers[0])
    )
    maps = student["stage2"], teacher["stage2"]
    kept = np.ones((len(y), maps[1].shape[-1]))
    feature = features.bkdsnn(
        *maps, kept, first, second, lambda x: features.conv(x, *align)
    )
    z, a = student["logits"], teacher["logits"]
    return {"feature": feature, "kd": losses.wsld(a, z, y, 2.0)}


def kdsnn(distiller, student, teacher, y):
    [align] = (wide(layer.weights) for layer in distiller.aligns)
    maps = student["stage2"], teacher["stage2"]
    return {
        "feature": features.kdsnn(*maps, lambda x: features.conv(x, *align))
    }


def fitnet(distiller, student, teacher, y):
    [hint] = (wide(layer.weights) for layer in distiller.regressors)
    maps = student["stage1"], teacher["stage1"]
    return {
        "feature": features.fitnet(*maps, lambda x: features.conv(x, *hint))
    }


def tssd(distiller, student, teacher, y):
    kernel, bias = wide(distiller.weak.weights)
    weak = student["stage1"].mean((1, 2, 3)) @ kernel + bias
    z_t = student["logits_t"]
    assert z_t.shape[1] == 2 * T
    return {
        "temporal": losses.tssd_temporal(z_t, T),
        "spatial": losses.tssd_spatial(z_t.mean(1), weak),
        "weak": losses.ce(weak, y),
    }


def block_replacement(distiller, student, teacher, y):
    [(kernel, gamma, beta)] = (
        wide(net.trainable_weights) for net in distiller.adapters
    )
    layer = distiller.teacher.get_layer
    [rest] = wide(layer("conv2").weights)
    g, b, mean, variance = wide(layer("bn2").weights)
    head = wide(layer("head").weights)
    x = features.conv(student["stage1"].mean(1), kernel)
    x = features.mean_pool_to(relu(norm(x, gamma, beta)), 2)
    x = (features.conv(x, rest) - mean) / np.sqrt(variance + nets.EPSILON)
    hybrid = relu(g * x + b).mean((1, 2)) @ head[0] + head[1]
    a = teacher["logits"]
    return {
        "kd": losses.kd(a, student["logits"], 4.0),
        "hybrid_task": losses.ce(hybrid, y),
        "hybrid_kd": losses.kd(a, hybrid, 4.0),
    }


TWINS = {
    "SemCKD": (semckd, {}),
    "BKDSNN": (bkdsnn, {"drop": 0.0}),
    "KDSNN": (kdsnn, {}),
    "FitNet": (fitnet, {}),
    "TSSD": (tssd, {}),
    "BlockReplacement": (block_replacement, {}),
}


@pytest.mark.parametrize("name", TWINS)
def test_terms_equal_twin(name):
    twin, options = TWINS[name]
    method = METHODS[name]
    student, teacher = nets.student(T), nets.teacher()
    rng = np.random.default_rng(5)
    nets.drawn(teacher.trainable_variables, rng)
    taught = (teacher,) if method.needs_teacher else ()
    distiller = method(student, *taught, **options)
    distiller.build((8, nets.SIZE, nets.SIZE, 1))
    nets.drawn(distiller.trainable_variables, rng)
    x, y = nets.batch(8)
    views = distiller.views(x)
    terms = distiller.loss_terms(ops.convert_to_tensor(y), views)
    given = [
        dict(zip(taps, wide(taps.values()), strict=True))
        for taps in (views["student"], views.get("teacher", {}))
    ]
    for tap in distiller.student_taps:
        assert 0.05 < given[0][tap].mean() < 0.95
    expected = twin(distiller, *given, y)
    for term, value in expected.items():
        actual = float(ops.convert_to_numpy(terms[term]))
        assert actual == pytest.approx(value, rel=5e-6, abs=1e-6), term
