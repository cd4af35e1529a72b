"""What every method promises, found by list."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import distillation
from kerassnn.distillation import METHODS
from tests.distillation import nets

BACKEND = keras.backend.backend()
# Those of the default suite, where `methods_test` trains more.
FIRST = {"LogitsKD"}
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@pytest.fixture(
    params=[
        pytest.param(name, marks=() if name in FIRST else pytest.mark.slow)
        for name in METHODS
    ]
)
def name(request):
    return request.param


@keras.saving.register_keras_serializable("kerassnn_tests")
class Count(keras.layers.Layer):
    """Passes its input on and counts how often."""

    def build(self, input_shape):
        self.calls = self.add_weight(shape=(), initializer="zeros", name="n")
        self.calls.trainable = False

    def call(self, inputs):
        self.calls.assign_add(1.0)
        return inputs


def make(name, student=None, teacher=None, **options):
    keras.utils.set_random_seed(1)
    method = METHODS[name]
    student = student or nets.student(widths=(8, 8))
    if not method.needs_teacher:
        return method(student, **options)
    return method(student, teacher or nets.teacher(), **options)


def compiled(model, rate=1e-2, traced=BACKEND == "jax"):
    """Traced where many steps pay for it, and mostly on JAX."""
    model.compile(
        keras.optimizers.Adam(rate),
        LOSS,
        metrics=["accuracy"],
        jit_compile=traced and BACKEND == "jax",
        run_eagerly=not traced,
    )
    return model


def fit(model, epochs=1, samples=16, size=8):
    x, y = nets.batch(samples)
    return model.fit(
        x, y, batch_size=size, epochs=epochs, shuffle=False, verbose=0
    )


def values(variables):
    return [np.copy(ops.convert_to_numpy(v)) for v in variables]


def assert_same(actual, expected):
    for a, b in zip(values(actual), values(expected), strict=True):
        np.testing.assert_array_equal(a, b)


def test_all_lists_every_method():
    all_of_them = {*METHODS, "Combined", "Distiller"}
    listed = {n for n in distillation.__all__ if n in all_of_them}
    found = {
        name
        for name, each in vars(distillation).items()
        if isinstance(each, type) and issubclass(each, distillation.Distiller)
    }
    assert listed == found == all_of_them


def test_all_train_but_the_teacher(name):
    distiller = compiled(make(name))
    distiller.build((8, nets.SIZE, nets.SIZE, 1))
    teacher = distiller.teacher and values(distiller.teacher.weights)
    before = values(distiller.trainable_variables)
    fit(distiller)
    after = values(distiller.trainable_variables)
    still = [
        variable.path
        for variable, a, b in zip(
            distiller.trainable_variables, before, after, strict=True
        )
        if np.array_equal(a, b)
    ]
    assert still == []
    if teacher:
        for a, b in zip(teacher, distiller.teacher.weights, strict=True):
            np.testing.assert_array_equal(a, ops.convert_to_numpy(b))


def test_nets_run_once_a_step_and_the_teacher_only_in_training(name):
    counts = [Count(name="count_student"), Count(name="count_teacher")]
    distiller = compiled(
        make(
            name,
            nets.student(wrap=counts[0]),
            nets.teacher(wrap=counts[1]),
        )
    )
    for count in counts:
        count.calls.assign(0.0)
    x, y = nets.batch(16)

    def counted():
        return [int(ops.convert_to_numpy(count.calls)) for count in counts]

    taught = METHODS[name].needs_teacher
    fit(distiller)
    assert counted() == [2, 2 * taught]
    distiller.evaluate(x, y, batch_size=8, verbose=0)
    distiller.predict(x, batch_size=8, verbose=0)
    assert counted() == [6, 2 * taught]


def student_at(timesteps):
    keras.utils.set_random_seed(2)
    return nets.student(timesteps)


def test_zero_weights_are_plain_training(name):
    # Labels may be compared with every step: at T = 1 that is plain training.
    method = METHODS[name]
    stepwise = method.task_inputs is not distillation.Distiller.task_inputs
    steps = 1 if stepwise else 2
    alone = student_at(4 if method.reruns_student else steps)
    plain = alone
    if method.reruns_student:  # runs 4 steps, and learns from the first 2
        z_t = alone.get_layer("logits_t").output
        plain = keras.Model(alone.input, ops.mean(z_t[:, :2], axis=1))
    # Op by op: XLA would fuse, and so round, the two programs differently.
    fit(compiled(plain, traced=False), epochs=2)
    weights = dict.fromkeys(METHODS[name].default_weights, 0.0) | {"task": 1.0}
    taught = student_at(steps)
    distiller = make(name, taught, loss_weights=weights)
    fit(compiled(distiller, traced=False), epochs=2)
    assert_same(taught.weights, alone.weights)


@pytest.fixture(scope="module")
def wise():
    """Weights of a teacher that knows the batch."""
    keras.utils.set_random_seed(0)
    teacher = nets.teacher((8, 8))
    distiller = distillation.HardLabel(teacher)
    fit(compiled(distiller, traced=True), epochs=60, samples=8)
    return teacher.get_weights()


def test_one_batch_is_learned_by_heart(name, wise):
    teacher = nets.teacher((8, 8))
    teacher.set_weights(wise)
    distiller = compiled(make(name, None, teacher), 2e-2, traced=True)
    first = fit(distiller, samples=8).history
    x, y = nets.batch(8)  # a hundred times in one epoch: epochs cost time
    x, y = np.tile(x, (100, 1, 1, 1)), np.tile(y, 100)
    for _ in range(4):
        distiller.fit(x, y, batch_size=8, shuffle=False, verbose=0)
        last = fit(distiller, epochs=10, samples=8).history
        if max(last["accuracy"]) == 1:
            break
    assert max(last["accuracy"]) == 1
    assert last["loss"][-1] < 0.7 * first["loss"][0]


def test_resumes_exactly_from_a_file(name, tmp_path):
    whole = compiled(make(name))
    fit(whole, epochs=2)
    part = compiled(make(name))
    fit(part)
    path = tmp_path / "distiller.keras"
    part.save(path)
    loaded = keras.saving.load_model(path)
    x, y = nets.batch(16)
    np.testing.assert_array_equal(
        loaded.predict(x, verbose=0), part.predict(x, verbose=0)
    )
    loaded.run_eagerly = BACKEND != "jax"
    if hasattr(
        part, "generator"
    ):  # Keras's files leave out what was drawn so far
        loaded.generator.state.assign(part.generator.state)
    fit(loaded)
    assert_same(loaded.student.weights, whole.student.weights)
    assert_same(loaded.trainable_variables, whole.trainable_variables)
