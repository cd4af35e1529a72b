"""A time in place of a number of epochs: the same training, said twice."""

import keras
import pytest

from kerassnn import training
from kerassnn.files import read_json

CHOSEN = {"epochs": 3, "warmup": 2 / 3}  # the least: no time is left


@pytest.mark.slow
@pytest.mark.parametrize("ema", (0.0, 0.9))
def test_the_epochs_chosen_give_the_same_training(
    tiny, tmp_path, same_state, ema
):
    given = {"ema": ema}
    part = training.run(
        tiny,
        overrides=given,
        folder=tmp_path / "timed",
        minutes=1e-9,
        stop_after_seconds=0,
    )
    assert not part.finished
    assert part.config["epochs"] is None
    with pytest.raises(ValueError, match="minutes: 1e-09 there, 2.0 now"):
        training.run(
            tiny, overrides=given, folder=tmp_path / "timed", minutes=2.0
        )
    timed = training.run(
        tiny, overrides=given, folder=tmp_path / "timed", minutes=1e-9
    )
    told = training.run(
        tiny, overrides={**given, **CHOSEN}, folder=tmp_path / "told"
    )
    same_state(timed, told)
    assert timed.config == told.config
    command = read_json(timed.folder / "environment.json")["command"]
    assert "--epochs" not in command  # 3 are the recipe's own
    assert f"--warmup={2 / 3}" in command


@pytest.mark.parametrize("wrong", (0, -1, float("nan"), float("inf")))
def test_what_is_no_time_is_refused(tiny, tmp_path, wrong):
    with pytest.raises(ValueError, match="expected minutes > 0"):
        training.run(tiny, folder=tmp_path, minutes=wrong)
    with pytest.raises(ValueError, match="received: both"):
        training.train(tiny, ["--minutes=1", "--epochs=2"])
    assert list(tmp_path.iterdir()) == []


def test_the_length_is_no_part_of_the_compiled_step():
    """It is changed between two steps, and the second one knows."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    schedule = training.Cosine(1.0, steps=10, rising=10)
    optimizer = keras.optimizers.SGD(schedule)
    schedule.attach(optimizer)
    model.compile(optimizer, "mse")
    x = keras.ops.ones((1, 1))
    traced = []
    model.fit(x, x, verbose=0)
    function = model.train_function
    for steps, rising in ((10, 2), (3, 1)):
        schedule.set_length(steps, rising)
        before = keras.ops.convert_to_numpy(model.layers[0].bias)[0]
        error = keras.ops.convert_to_numpy(model(x))[0, 0] - 1.0
        model.fit(x, x, verbose=0)
        after = keras.ops.convert_to_numpy(model.layers[0].bias)[0]
        traced.append((before - after) / (2 * error))
    assert model.train_function is function
    # Half of a rise of 2 steps; then halfway down, in the second of 2 steps.
    assert traced == pytest.approx([0.5, 0.5], abs=1e-3)


def test_the_cosine_is_keras_own_to_the_bit():
    ours = training.Cosine(0.1, 330, 33)
    keras_own = keras.optimizers.schedules.CosineDecay(
        0.0, 297, warmup_target=0.1, warmup_steps=33
    )
    for step in (0, 1, 17, 32, 33, 34, 100, 200, 329, 330, 400):
        assert float(ours(step)) == float(keras_own(step)), step
