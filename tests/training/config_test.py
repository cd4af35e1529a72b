import dataclasses

import pytest

from kerassnn.training import Config
from kerassnn.training import EventConfig
from kerassnn.training import ImageConfig
from kerassnn.training import override
from kerassnn.training import teacher_of


@dataclasses.dataclass(frozen=True)
class Own(Config):
    width: int = 8
    teacher: str = ""
    nested: bool = False


def test_overrides_are_parsed_by_the_fields_type():
    flags = ["--width=4", "--learning_rate=1", "--nested", "--teacher=a"]
    found = override(Own(), flags)
    assert found == Own(width=4, learning_rate=1.0, nested=True, teacher="a")
    assert isinstance(found.learning_rate, float)
    assert found.epochs == Own().epochs


@dataclasses.dataclass(frozen=True)
class Narrower(Own):
    UNUSED = ("width", "momentum")


@pytest.mark.parametrize("name", Narrower.UNUSED)
def test_a_field_that_the_recipe_does_not_read_cannot_be_given(name):
    assert getattr(Narrower(), name) == getattr(Own(), name)
    for overrides in ([f"--{name}=0.5"], {name: 0.5}):
        with pytest.raises(ValueError, match=f"Unknown.*{name}"):
            override(Narrower(), overrides)
    assert override(Narrower(), ["--teacher=a"]).teacher == "a"


def test_overrides_as_a_dict_and_none():
    assert override(Own(), {"width": 4}).width == 4
    assert override(Own(), None) == Own()


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["--widht=4"], "widht.*Did you mean.*width"),
        ({"widht": 4}, "widht.*Did you mean.*width"),
        (["--nonsense=3"], "field of seed, .*nested, received: nonsense"),
        ({"nonsense": 3}, "field of seed, .*nested, received: nonsense"),
        (["--width=4.5"], "width"),
        (["--nested=maybe"], "nested"),
        (["width=4"], "--field=value"),
        ({"width": "4"}, "width of type int"),
        ({"width": True}, "width of type int"),
        ({"epochs": 0}, "epochs > 0"),
        ({"learning_rate": float("nan")}, "finite"),
        ({"seed": -1}, "seed >= 0"),
        ({"precision": "float16"}, "precision"),
        ({"momentum": 5.0}, r"momentum in \[0, 1\)"),
        ({"label_smoothing": 2.0}, r"label_smoothing in \[0, 1\)"),
        ({"weight_decay": float("inf")}, "weight_decay finite"),
        ({"learning_rate": True}, "learning_rate of type float"),
        ({"epochs": 1.0}, "epochs of type int"),
        ({"seed": "0"}, "seed of type int"),
    ],
)
def test_a_wrong_override_is_named(overrides, message):
    with pytest.raises(ValueError, match=message):
        override(Own(), overrides)


@pytest.mark.parametrize(
    "wrong",
    (
        {"ema": 1.0},
        {"warmup": -0.1},
        {"warmup": float("nan")},
        {"scale": 0.0},
        {"clip": -1.0},
        {"cutout": -1},
        {"width": 0},
        {"width": True},
        {"timesteps": -2},
        {"dataset": "cifar11"},
        {"optimizer": "lion"},
        {"policy": "trivial"},
        {"pad": "wrap"},
    ),
    ids=str,
)
def test_what_no_training_can_use_is_refused(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=f"expected {name} .*{name}="):
        ImageConfig(**wrong)


@pytest.mark.parametrize(
    "wrong",
    (
        {"dataset": "cifar10"},
        {"dataset": "ncaltech101"},
        {"timesteps": 0},
        {"size": 35},
        {"roll": -1},
        {"rotate": -1.0},
        {"time_crop": 10},
        {"policy": "auto"},
        {"folds": 1},
        {"train_on": "cifar10"},
        {"train_on": "dvsgesture"},
    ),
    ids=str,
)
def test_what_no_training_on_events_can_use_is_refused(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=f"expected {name} .*{name}="):
        EventConfig(**wrong)


@pytest.mark.parametrize(
    "wrong",
    (
        {"train_on": "mnist_saccades", "folds": 5},
        {"initial": "resnet8_a_b", "warm_start": True},
    ),
    ids=str,
)
def test_two_fields_that_contradict_each_other(wrong):
    with pytest.raises(ValueError, match="without"):
        EventConfig(**wrong)


def test_training_begins_with_the_weights_of_one_network():
    with pytest.raises(ValueError, match="expected initial of one network"):
        EventConfig(initial="resnet8_a_b,resnet8_c_b")


def test_a_teacher_of_each_seed():
    config = EventConfig(seed=3, teacher="runs/ann/{seed}")
    assert teacher_of(config) == "runs/ann/3"
    assert teacher_of(EventConfig(teacher="a_b_c")) == "a_b_c"


def test_only_plain_types_can_be_fields():
    @dataclasses.dataclass(frozen=True)
    class Listed(Config):
        stages: tuple = (1, 2)

    with pytest.raises(ValueError, match="stages"):
        override(Listed(), ["--epochs=2"])
