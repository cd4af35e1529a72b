import dataclasses

import pytest

from kerassnn.training import Config
from kerassnn.training import override


@dataclasses.dataclass(frozen=True)
class Own(Config):
    width: int = 8
    teacher: str = ""


def test_overrides_are_parsed_by_the_fields_type():
    flags = ["--width=4", "--learning_rate=1", "--warm_start", "--teacher=a"]
    found = override(Own(), flags)
    assert found == Own(
        width=4, learning_rate=1.0, warm_start=True, teacher="a"
    )
    assert isinstance(found.learning_rate, float)
    assert found.epochs == Own().epochs


def test_overrides_as_a_dict_and_none():
    assert override(Own(), {"width": 4}).width == 4
    assert override(Own(), None) == Own()


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["--widht=4"], "widht.*Did you mean.*width"),
        ({"widht": 4}, "widht.*Did you mean.*width"),
        (["--width=4.5"], "width"),
        (["--warm_start=maybe"], "warm_start"),
        (["width=4"], "--field=value"),
        ({"width": "4"}, "width of type int"),
        ({"width": True}, "width of type int"),
        ({"epochs": 0}, "epochs > 0"),
        ({"learning_rate": float("nan")}, "finite"),
        ({"seed": -1}, "seed >= 0"),
        ({"precision": "float16"}, "precision"),
    ],
)
def test_a_wrong_override_is_named(overrides, message):
    with pytest.raises(ValueError, match=message):
        override(Own(), overrides)


def test_only_plain_types_can_be_fields():
    @dataclasses.dataclass(frozen=True)
    class Listed(Config):
        stages: tuple = (1, 2)

    with pytest.raises(ValueError, match="stages"):
        override(Listed(), ["--epochs=2"])
