"""Labels, weights and data sets that no student can be trained on."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn.distillation import LogitsKD
from tests.distillation import nets

BACKEND = keras.backend.backend()
X, Y = nets.batch(8)
BAD = np.where(np.arange(8) == 0, 7, Y)
LATE = np.where(np.arange(8) == 7, 7, Y)
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def fit(*data, rate=1e-2, **options):
    distiller = LogitsKD(nets.student(), nets.teacher())
    eager = BACKEND != "jax"
    distiller.compile(keras.optimizers.SGD(rate), LOSS, run_eagerly=eager)
    distiller.fit(*data, verbose=0, **options)
    return distiller


class Batches(keras.utils.PyDataset):
    """Two batches of four."""

    def __init__(self, y):
        super().__init__()
        self.y = y

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return X[4 * i : 4 * i + 4], self.y[4 * i : 4 * i + 4]


def generator(y):
    yield from (Batches(y)[i] for i in range(2))


def dataset(y):
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices((X, y)).batch(4)


def loader(y):
    torch = pytest.importorskip("torch")
    data = torch.utils.data.TensorDataset(torch.tensor(X), torch.tensor(y))
    return torch.utils.data.DataLoader(data, batch_size=4)


SOURCES = (Batches, generator, dataset, loader)


@pytest.mark.parametrize(
    "labels, message",
    (
        (BAD[:, None], r"0\.\.2.*0\.\.7"),
        (BAD.astype("float32"), r"0\.\.2.*7"),
        (ops.convert_to_tensor(BAD), r"0\.\.2.*0\.\.7"),
        (Y - 0.5, "whole class numbers"),
        (np.where(BAD == 7, np.nan, 0.0), "labels must be finite"),
        (Y.astype(str), "class numbers.*dtype <U"),
    ),
    ids=("column", "float", "tensor", "fraction", "nan", "text"),
)
def test_labels_that_are_no_class(labels, message):
    with pytest.raises(ValueError, match=message):
        fit(X, labels)


@pytest.mark.parametrize("source", SOURCES, ids=lambda f: f.__name__)
def test_the_first_batch_is_looked_at(source):
    with pytest.raises(ValueError, match=r"labels must lie in 0\.\.2"):
        fit(source(BAD))


def test_a_generator_loses_nothing():
    seen = []

    def counted():
        for batch in generator(Y):
            seen.append(len(batch[0]))
            yield batch

    distiller = fit(counted())
    assert seen == [4, 4]
    assert int(distiller.optimizer.iterations) == 2


# TensorFlow and torch refuse an index out of range in the step itself.
ERROR = FloatingPointError if BACKEND == "jax" else Exception


@pytest.mark.parametrize("column", (False, True))
def test_a_later_batch_does_not_train_silently(column):
    labels = LATE.astype("float32")[:, None] if column else LATE
    with pytest.raises(ERROR):
        fit(generator(labels))
    with pytest.raises(FloatingPointError, match="labels that are no class"):
        fit(generator(np.where(LATE == 7, 1.5, Y)))


def test_weights_of_samples_that_are_not_finite():
    bad = np.where(Y == 1, np.nan, 1.0)
    with pytest.raises(ValueError, match="`sample_weight` must be finite"):
        fit(X, Y, sample_weight=bad)
    with pytest.raises(ValueError, match="`class_weight` must be finite"):
        fit(X, Y, class_weight={0: 1.0, 1: float("inf"), 2: 1.0})


def test_a_last_step_that_ruins_the_weights():
    with pytest.raises(FloatingPointError, match="weights are not finite"):
        fit(X, Y, rate=float("inf"))


def test_a_data_set_of_dicts():
    import tensorflow as tf

    rows = tf.data.Dataset.from_tensor_slices({"image": X, "label": Y})
    with pytest.raises(ValueError, match=r"data\.map.*\['image', 'label'\]"):
        fit(rows.batch(4))


@pytest.mark.parametrize("value", (float("nan"), float("inf"), True, "1"))
def test_loss_weights_and_options_that_are_no_number(value):
    nets_given = nets.student(), nets.teacher()
    with pytest.raises(ValueError, match=r"`loss_weights\['kd'\]` must be"):
        LogitsKD(*nets_given, loss_weights={"kd": value})
    with pytest.raises(ValueError, match="`temperature` must be a positive"):
        LogitsKD(*nets_given, temperature=value)


@pytest.mark.parametrize("floatx", ("float64", "bfloat16"))
def test_another_floatx(floatx):
    before = keras.config.floatx()
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(floatx)
    try:
        fit(X, Y)
    finally:
        keras.config.set_floatx(before)
