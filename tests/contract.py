"""What every layer promises Keras; each check takes a function making one.

Keras offers no public test case of its own. `shape` is that of one sample,
or a list of shapes for a layer of several inputs.
"""

import json

import keras
import numpy as np
from keras import ops

BATCH = 4


def sample(shape, batch=BATCH, seed=0):
    """Positive currents: neurons fire now and then."""
    rng = np.random.default_rng(seed)
    return keras.tree.map_shape_structure(
        lambda s: rng.uniform(0.05, 0.95, s).astype("float32"),
        batched(shape, batch),
    )


def batched(shape, batch):
    if isinstance(shape, list):
        return [(batch, *each) for each in shape]
    return (batch, *shape)


def functional(make, shape):
    inputs = keras.tree.map_shape_structure(
        lambda s: keras.Input(s[1:]), batched(shape, None)
    )
    return keras.Model(inputs, make()(inputs))


def check_config(make, shape, random=False):
    """A layer from the config of another is the same function."""
    layer = make()
    layer.build(batched(shape, None))
    config = layer.get_config()
    for twin in (
        type(layer).from_config(layer.get_config()),
        keras.saving.deserialize_keras_object(
            keras.saving.serialize_keras_object(layer)
        ),
    ):
        if not twin.built:
            twin.build(batched(shape, None))
        assert same_json(twin.get_config(), config)
        twin.set_weights([perturbed(w) for w in layer.get_weights()])
        layer.set_weights(twin.get_weights())
        if not random:
            same(layer(sample(shape)), twin(sample(shape)))


def check_shapes(make, shape):
    """Symbolic shape and dtype are those met in an eager call, batch free."""
    model = functional(make, shape)
    layer = model.layers[-1]
    given = tuples(layer.compute_output_shape(batched(shape, None)))
    assert given == tuples([x.shape for x in model.outputs])
    for batch in (BATCH, 1):
        eager = keras.tree.flatten(model(sample(shape, batch)))
        for symbol, tensor in zip(model.outputs, eager, strict=True):
            assert symbol.shape[0] is None
            assert tuple(tensor.shape) == (batch, *symbol.shape[1:])
            dtype = keras.backend.standardize_dtype(tensor.dtype)
            assert dtype == symbol.dtype


def check_saving(make, shape, folder, random=False):
    """A `.keras` file gives the same model back."""
    model = functional(make, shape)
    model.set_weights([perturbed(w) for w in model.get_weights()])
    path = str(folder / "model.keras")
    model.save(path)
    loaded = keras.saving.load_model(path)
    layers = loaded.layers[-1], model.layers[-1]
    assert same_json(*(layer.get_config() for layer in layers))
    if not random:
        same(model(sample(shape)), loaded(sample(shape)))


def check_mixed(make, shape):
    """Under mixed_bfloat16: bfloat16 out, float32 weights, finite values."""
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = functional(make, shape)
    eager = keras.tree.flatten(model(sample(shape)))
    for each in (*model.outputs, *eager):
        assert keras.backend.standardize_dtype(each.dtype) == "bfloat16"
    assert {v.dtype for v in model.trainable_variables} <= {"float32"}
    for each in eager:
        assert np.isfinite(
            ops.convert_to_numpy(ops.cast(each, "float32"))
        ).all()


def check_training(make, shape, jit_compile=False, policy="float32"):
    """Names of the weights that two steps of training leave unmoved.

    A Dense layer `before_i` stands before every input of the layer under
    test and another behind it, so gradients have to come through.
    """
    keras.config.set_dtype_policy(policy)
    inputs = keras.tree.map_shape_structure(
        lambda s: keras.Input(s[1:]), batched(shape, None)
    )
    positive = keras.initializers.RandomUniform(0.1, 0.6)
    streams = [
        keras.layers.Dense(
            x.shape[-1], "relu", True, positive, name=f"before_{i}"
        )(x)
        for i, x in enumerate(keras.tree.flatten(inputs))
    ]
    x = make()(streams if isinstance(shape, list) else streams[0])
    x = [keras.layers.Flatten()(each) for each in keras.tree.flatten(x)]
    x = keras.layers.Concatenate()(x) if len(x) > 1 else x[0]
    model = keras.Model(inputs, keras.layers.Dense(2, dtype="float32")(x))
    model.compile(
        keras.optimizers.SGD(0.1),
        keras.losses.MeanSquaredError(),
        jit_compile=jit_compile,
    )
    before = [np.copy(value(v)) for v in model.trainable_variables]
    y = np.linspace(-1, 1, 2 * BATCH, dtype="float32").reshape(BATCH, 2)
    history = model.fit(sample(shape), y, BATCH, epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    return {
        v.path.split("/")[0]
        for v, start in zip(model.trainable_variables, before, strict=True)
        if np.array_equal(start, value(v))
    }


def perturbed(weight):
    """A weight moved off its initial value, the same way each time."""
    return weight + np.linspace(0.01, 0.1, weight.size).reshape(weight.shape)


def value(variable):
    return ops.convert_to_numpy(variable)


def same(actual, expected):
    actual, expected = keras.tree.flatten(actual), keras.tree.flatten(expected)
    for a, b in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(value(a), value(b))


def same_json(*configs):
    """Equal in a file, where tuples are lists and built layers say so."""
    first, second = (
        json.loads(json.dumps(c), object_hook=bare) for c in configs
    )
    return first == second


def bare(config):
    return {k: v for k, v in config.items() if k != "build_config"}


def tuples(shapes):
    """A shape, or several, as a list of tuples."""
    if isinstance(shapes[0], (list, tuple)):
        return [tuple(s) for s in shapes]
    return [tuple(shapes)]
