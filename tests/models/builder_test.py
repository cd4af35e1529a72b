"""A builder with its arguments, to JSON and back; nothing read is run."""

import json
from pathlib import Path

import keras
import pytest

from kerassnn import layers
from kerassnn import models
from kerassnn import ops

CARDS = sorted(Path(__file__).parents[2].glob("zoo/*/card.json"))
BUILDERS = [
    models.Builder(models.ResNet8, width=4, input_shape=(8, 8, 1)),
    models.Builder(models.ResNet8, neuron=layers.LIF.twkd(), norm=None),
    models.Builder(models.VGG11, neuron=layers.ParametricLIF(init_tau=3.0)),
    models.Builder(models.VGG11, neuron=layers.LIF(), norm=layers.TDBN(0.7)),
    models.Builder(models.ResNet8, neuron=layers.LIF(), norm=layers.TEBN()),
    models.Builder(models.ResNet8, flow=models.Analog()),
    models.Builder(models.ResNet8, flow=models.RateBased(layers.LIF())),
    models.Builder(
        models.ResNet19, flow=models.STAA(norm=layers.TDBN(), ratio=2)
    ),
    models.Builder(
        models.ResNet8,
        flow=models.Unrolled(
            layers.IntegrateFire(surrogate=ops.ATan(3.0)),
            encoder=layers.PoissonEncode(4, seed=1),
        ),
    ),
    models.Builder(
        models.ResNet8,
        neuron=layers.LIF(),
        norm=layers.TimeFold(layers.BatchNormalization(scale=False)),
    ),
]


def through_json(builder):
    text = json.dumps(builder.to_json())
    return models.Builder.from_json(json.loads(text))


@pytest.mark.parametrize("builder", BUILDERS, ids=lambda b: str(b)[:60])
def test_to_json_and_back(builder):
    again = through_json(builder)
    assert again.function is builder.function
    assert again == builder
    assert again.arguments.keys() == builder.arguments.keys()


def test_what_is_revived_builds_the_same_network():
    builder = BUILDERS[-2].replace(timesteps=2, width=2)
    net, again = builder(), through_json(builder)()
    for layer in again.layers:
        twin = net.get_layer(layer.name)
        assert type(layer) is type(twin)
    assert again.get_layer("stem_act").surrogate == ops.ATan(3.0)
    assert again.get_layer("encode").timesteps == 4


@pytest.mark.parametrize("card", CARDS, ids=lambda path: path.parent.name)
def test_cards_of_the_zoo(card):
    stored = json.loads(card.read_text())["builder"]
    builder = models.Builder.from_json(stored)
    given = builder.to_json()["arguments"]
    assert given.keys() == stored["arguments"].keys()


def test_what_is_no_trait_of_the_network_is_left_out():
    layers.LIF()
    neuron = layers.LIF(name="mine", dtype="float64")
    config = models.Builder(models.ResNet8, neuron=neuron).to_json()
    found = config["arguments"]["neuron"]["config"]
    assert not {"name", "dtype"} & found.keys()


def test_some_arguments_replaced():
    builder = models.Builder(models.ResNet8, width=4)
    wide = builder.replace(width=8, classes=3)
    assert wide.arguments == {"width": 8, "classes": 3}
    assert builder.arguments == {"width": 4} and builder.name == "ResNet8"


def test_a_rate_based_network_is_published_as_its_plain_twin():
    neuron = layers.LIF(tau=1.25)
    trained = models.Builder(
        models.ResNet8, flow=models.RateBased(neuron), width=2
    )
    plain = models.Builder(models.ResNet8, neuron=neuron, width=2)
    assert trained.published() == plain
    assert plain.published() == plain
    staa = models.Builder(models.ResNet8, flow=models.STAA())
    assert staa.published() == staa


def neuron(**changed):
    stored = models.Builder(models.ResNet8, neuron=layers.LIF()).to_json()
    value = stored["arguments"]["neuron"]
    config = value["config"] | changed.pop("config", {})
    stored["arguments"]["neuron"] = {**value, "config": config, **changed}
    return stored


def argument(**changed):
    return {"name": "ResNet8", "arguments": changed}


def keras_class(name, module="keras.initializers", **config):
    kind = {"class_name": name, "module": module, "registered_name": None}
    return {**kind, "config": config}


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


HOSTILE = [
    None,
    [],
    "ResNet8",
    {"name": "ResNet8"},
    {"name": ["ResNet8"], "arguments": {}},
    {"name": "eval", "arguments": {}},
    {"name": "ResNet8", "arguments": []},
    {"name": "ResNet8", "arguments": {"depth": 3}},
    {"name": "ResNet8", "arguments": {"width": 4}, "more": 1},
    argument(width=10**400),
    argument(width=float("nan")),
    argument(weight_decay=float("inf")),
    argument(width=nested(500)),
    argument(name="x" * 100_000),
    argument(neuron={}),
    argument(neuron={"class_name": "LIF"}),
    argument(neuron={"class_name": ["LIF"], "config": {}}),
    argument(neuron=keras_class("Lambda", "keras.layers")),
    argument(neuron=keras_class("deserialize")),
    argument(neuron=keras_class("Lambda")),
    argument(neuron=keras_class("__lambda__", value=["", None, None])),
    argument(neuron=keras_class("__numpy__", value=[1.0], dtype="float32")),
    argument(neuron=keras_class("function", "builtins")),
    argument(neuron=keras_class("Constant", ["keras.initializers"])),
    argument(neuron=keras_class("Constant", value=[[[]]], depth=2)),
    argument(neuron=keras_class("system", "os")),
    neuron(class_name="__lambda__"),
    neuron(registered_name="kerassnn>Distiller"),
    neuron(class_name="HardLabel", registered_name="kerassnn>HardLabel"),
    neuron(build_config={"input_shape": [None, 2, 4]}),
    neuron(config={"tau": 10**400}),
    neuron(config={"tau": "2.0"}),
    neuron(config={"tau": [2.0]}),
    neuron(config={"unknown": 1}),
    neuron(config={"surrogate": {"module": "os", "class_name": "system"}}),
    neuron(config={"v_threshold": None}),
    {**neuron(), "arguments": {"neuron": {**keras_class("LIF"), "config": 3}}},
]


@pytest.fixture(params=[False, True], ids=["safe", "unsafe"])
def mode(request):
    """Keras's own guard, also where the user has taken it away."""
    if request.param:
        keras.config.enable_unsafe_deserialization()
    yield
    keras.utils.clear_session()


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_description_is_a_value_error(value, mode, monkeypatch):
    monkeypatch.delattr("marshal.loads")
    monkeypatch.delattr("keras.saving.deserialize_keras_object")
    with pytest.raises(ValueError):
        models.Builder.from_json(value)
