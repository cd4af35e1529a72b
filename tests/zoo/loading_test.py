import resource
import warnings

import keras
import numpy as np
import pytest

from kerassnn import models
from kerassnn import publishing
from kerassnn import zoo
from kerassnn.zoo.loading import PRECISIONS
from tests.zoo.conftest import ANN
from tests.zoo.conftest import SNN
from tests.zoo.conftest import edit_card
from tests.zoo.conftest import make_run

X = np.random.default_rng(0).normal(size=(4, 8, 8, 1)).astype("float32")


def values(model):
    named = models.named_weights(model)
    return {k: keras.ops.convert_to_numpy(v) for k, v in named.items()}


def test_load_gives_the_published_outputs(entries):
    model = zoo.load(SNN)
    with np.load(entries / SNN / "probe.npz") as probe:
        np.testing.assert_allclose(
            model.predict(probe["inputs"], verbose=0),
            probe["logits"],
            atol=1e-3,
        )
    assert model.name == SNN
    assert model.count_params() == zoo.card(SNN)["parameters"]


def test_other_timesteps_run_the_same_weights(entries):
    with pytest.warns(UserWarning, match="timesteps=2"):
        model = zoo.load(SNN, timesteps=9)  # the card goes to 8
    assert model.get_layer("logits_t").output.shape == (None, 9, 10)
    there = zoo.load(SNN).get_weights()
    for a, b in zip(model.get_weights(), there, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_trained_timesteps_raise_no_warning(entries):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        zoo.load(SNN, timesteps=2, weights=False)


def test_timesteps_whose_accuracy_the_card_has_raise_none(entries):
    assert "4" in zoo.card(SNN)["accuracy_by_timesteps"]
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model = zoo.load(SNN, timesteps=4)
    assert model.get_layer("logits_t").output.shape == (None, 4, 10)


def test_an_ann_has_no_timesteps(entries):
    with pytest.raises(ValueError, match="is an ANN"):
        zoo.load(ANN, timesteps=4)


def test_a_new_head_keeps_the_body(entries):
    model, source = zoo.load(SNN, classes=3), zoo.load(SNN)
    assert model.output_shape == (None, 3)
    given = values(source)
    for name, value in values(model).items():
        if not name.startswith("head/"):
            np.testing.assert_array_equal(value, given[name])


@pytest.mark.parametrize("changes", [{}, {"classes": 10}, {"timesteps": 4}])
def test_a_new_head_of_as_many_classes(entries, changes):
    given = values(zoo.load(SNN))
    model = zoo.load(SNN, new_head=True, trainable="head", **changes)
    found = values(model)
    assert found.keys() == given.keys()
    for name, value in found.items():
        same = np.array_equal(value, given[name])
        assert same is not (name == "head/kernel"), name
    trained = {v.path.split("/")[-2] for v in model.trainable_weights}
    assert trained == {"head"}
    np.testing.assert_array_equal(found["head/bias"], 0)
    with pytest.raises(ValueError, match="new_head"):
        zoo.load(SNN, new_head="yes")


def test_as_many_classes_keep_the_head(entries):
    model, source = zoo.load(SNN, classes=10), zoo.load(SNN)
    for a, b in zip(model.get_weights(), source.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_without_weights_the_net_is_new(entries):
    (entries / ANN / "model.safetensors").unlink()
    keras.utils.set_random_seed(1)
    a = zoo.load(ANN, weights=False, classes=7)
    b = zoo.load(ANN, weights=False, classes=7)
    assert a.output_shape == (None, 7)
    a, b = values(a), values(b)
    assert np.any(a["stem_conv/kernel"] != b["stem_conv/kernel"])


@pytest.mark.parametrize(
    "trainable, expected",
    [(True, None), (False, set()), ("head", {"head/kernel", "head/bias"})],
)
def test_trainable(entries, trainable, expected):
    model = zoo.load(SNN, classes=3, trainable=trainable)
    named = models.named_weights(model)
    ids = {id(v) for v in model.trainable_variables}
    found = {name for name, v in named.items() if id(v) in ids}
    if expected is None:
        assert {"stem_conv/kernel", "head/kernel"} <= found
    else:
        assert found == expected


def test_only_the_head_moves_in_fine_tuning(entries):
    model = zoo.load(SNN, classes=3, trainable="head")
    before = values(model)
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(True))
    model.fit(X, np.array([0, 1, 2, 0]), verbose=0)
    moved = {k for k, v in values(model).items() if np.any(v != before[k])}
    assert moved == {"head/kernel", "head/bias"}


def test_unknown_trainable(entries):
    with pytest.raises(ValueError, match="trainable='body'"):
        zoo.load(SNN, trainable="body")


@pytest.mark.parametrize(
    "neuron",
    [
        {
            "module": "os",
            "class_name": "system",
            "config": "true",
            "registered_name": None,
        },
        {
            "module": "keras.layers",
            "class_name": "Lambda",
            "config": {"function": {"class_name": "__lambda__"}},
            "registered_name": None,
        },
        {
            "module": "os",
            "class_name": "DTypePolicy",
            "config": {"name": "float32"},
            "registered_name": None,
        },
        {
            "module": "builtins",
            "class_name": "function",
            "config": "print",
            "registered_name": "function",
        },
        {  # Keras dispatches on the class's name
            "module": "builtins",
            "class_name": "__lambda__",
            "config": {"value": ["", None, None]},
            "registered_name": "kerassnn>LIF",
        },
        {
            "module": "kerassnn.layers.lif",
            "class_name": "LIF",
            "config": {},
            "registered_name": "kerassnn>LIF",
            "build_config": {"input_shape": [None, 2, 4]},
        },
    ],
)
def test_only_our_classes_are_revived(entries, neuron):
    def change(card):
        card["builder"]["arguments"]["neuron"] = neuron

    edit_card(entries / SNN, change)
    with pytest.raises(ValueError, match="registered by kerassnn"):
        zoo.load(SNN)


def test_a_foreign_class_inside_one_of_ours_is_refused(entries):
    def change(card):
        config = card["builder"]["arguments"]["neuron"]["config"]
        config["surrogate"] = {"module": "os", "class_name": "system"}

    edit_card(entries / SNN, change)
    with pytest.raises(ValueError, match="'system'"):
        zoo.load(SNN)


@pytest.mark.parametrize(
    "builder, match",
    [
        ({"name": "eval", "arguments": {}}, "ResNet8"),
        ({"name": "ResNet8", "arguments": {"depth": 3}}, "depth"),
    ],
)
def test_unknown_builders_and_arguments(entries, builder, match):
    edit_card(entries / ANN, lambda card: card.update(builder=builder))
    with pytest.raises(ValueError, match=match):
        zoo.load(ANN)


@pytest.mark.slow
def test_images_of_another_size(entries):
    with pytest.warns(UserWarning, match=r"input_shape=\(8, 8, 1\)") as found:
        model = zoo.load(SNN, input_shape=(12, 10, 1), classes=3)
    mine = [w for w in found if "its card says" in str(w.message)]
    assert [w.filename for w in mine] == [__file__]
    assert model.input_shape == (None, 12, 10, 1)
    assert model.predict(np.ones((2, 12, 10, 1)), verbose=0).shape == (2, 3)
    given = values(zoo.load(SNN))
    for name, value in values(model).items():
        if not name.startswith("head/"):
            np.testing.assert_array_equal(value, given[name])


def test_the_trained_size_raises_no_warning(entries):
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model = zoo.load(SNN, input_shape=(8, 8, 1), classes=3)
    assert model.input_shape == (None, 8, 8, 1)


@pytest.mark.parametrize("shape", [(8, 8, 3), (2, 8, 8, 1)])
def test_other_channels_do_not_fit_the_weights(entries, shape):
    with pytest.raises(ValueError, match="but for H and W, received"):
        zoo.load(ANN, input_shape=shape)


def test_other_channels_suit_a_new_network(entries):
    model = zoo.load(ANN, input_shape=(8, 8, 3), weights=False)
    assert model.input_shape == (None, 8, 8, 3)


@pytest.mark.parametrize("shape", [8, (8, 8), (8, 8, -1), (8, None, 1)])
def test_what_is_no_shape(entries, shape):
    with pytest.raises(ValueError, match="expected input_shape"):
        zoo.load(ANN, input_shape=shape)


@pytest.mark.slow
def test_a_network_without_global_pooling_has_one_size(tmp_path, monkeypatch):
    builder = models.Builder(models.VGG11, input_shape=(8, 8, 1), width=2)
    run = make_run(tmp_path / "0", 0, spiking=False, builder=builder)
    name = publishing.publish([run], "vgg11_ann_digits", tmp_path / "zoo").name
    monkeypatch.setenv("KERASSNN_ZOO", str(tmp_path / "zoo"))
    with pytest.raises(ValueError, match="kernel would have another shape"):
        zoo.load(name, input_shape=(32, 32, 1))


@pytest.mark.parametrize("precision", PRECISIONS)
def test_precision_is_that_of_the_layers_alone(entries, precision):
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = zoo.load(SNN, precision=precision, classes=3)
    assert keras.config.dtype_policy().name == "mixed_bfloat16"
    compute = precision.removeprefix("mixed_")
    for name in ("stem_conv", "stage1_block1_act1"):
        assert model.get_layer(name).compute_dtype == compute
    assert all(v.dtype == "float32" for v in model.trainable_variables)
    assert model.output.dtype == "float32"
    assert np.isfinite(model.predict(X, verbose=0)).all()


def test_precision_is_keras_own_unless_given(entries):
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = zoo.load(SNN)
    assert model.get_layer("stem_conv").compute_dtype == "bfloat16"


def test_weights_of_ones_own_are_no_choice(entries):
    with pytest.raises(ValueError, match="weights='mine.h5'"):
        zoo.load(SNN, weights="mine.h5")


def test_unknown_precision(entries):
    before = keras.config.dtype_policy()
    with pytest.raises(ValueError, match="precision='half'"):
        zoo.load(SNN, precision="half")
    assert keras.config.dtype_policy() == before


@pytest.mark.parametrize(
    "arguments, match",
    [
        ({"width": 1500}, "expected parameters=[0-9]+, that of its builder"),
        ({"width": 10**9}, "parameters|width"),
        ({"width": 5}, "expected parameters="),
        ({"width": "wide"}, f"{SNN}"),
        ({"width": None}, f"{SNN}"),
        ({"input_shape": [8, 8, 3]}, "expected"),
        ({"input_shape": [10**9, 10**9, 10**9]}, f"{SNN}"),
    ],
)
@pytest.mark.parametrize("weights", [True, False])
def test_a_card_of_another_network_builds_nothing(
    entries, arguments, match, weights
):
    def change(card):
        card["builder"]["arguments"] |= arguments

    edit_card(entries / SNN, change)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match=match):
        zoo.load(SNN, weights=weights)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 300_000  # KiB


def test_looking_at_a_network_draws_no_random_number(entries):
    keras.utils.set_random_seed(3)
    found = zoo.load(ANN, weights=False).get_weights()
    keras.utils.set_random_seed(3)
    builder = models.Builder.from_json(zoo.card(ANN)["builder"])
    for a, b in zip(found, builder().get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_weights_bound_to_their_timesteps_say_so():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="expected timesteps=2") as error:
            zoo.load("staaresnet19w16_kd_cifar10", timesteps=4)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("value", [0, -1, 2.0, True, "2"])
@pytest.mark.parametrize("key", ["timesteps", "classes"])
def test_counts_are_positive_integers(entries, key, value):
    with pytest.raises(ValueError, match=f"{key}={value!r}"):
        zoo.load(SNN, **{key: value})
