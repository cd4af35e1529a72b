"""`--teacher=a,b`: several teachers, as a command line names them."""

from pathlib import Path

import keras
import numpy as np
import pytest

from kerassnn import data
from kerassnn import distillation
from kerassnn import training
from kerassnn import zoo

RECIPES = Path(__file__).resolve().parents[2] / "recipes"
ANN, SNN = "resnet8_ann_digits", "resnet8_kd_digits"
SHORT = {"epochs": 1, "train_examples": 32, "batch_size": 16}
WARM = {"warm_start": True, "scale": 1.0}


def train(recipe, folder, name=None, **given):
    return training.run(
        RECIPES / f"{recipe}.py",
        overrides={**SHORT, **given},
        folder=folder,
        name=name,
    )


def built(name, **given):
    recipe = training.load_recipe(RECIPES / f"{name}.py")
    return recipe.build(recipe.configure({**SHORT, **given}))[0]


def check_same_kernels(*nets):
    found = [
        [w for w in net.weights if w.path.endswith("kernel")] for net in nets
    ]
    for pair in zip(*found, strict=True):
        a, b = map(keras.ops.convert_to_numpy, pair)
        np.testing.assert_array_equal(a, b)


def test_the_mean_teaches_and_the_first_gives_its_weights():
    distiller = built("resnet8_kd", teacher=f"{ANN}, {SNN}", **WARM)
    assert isinstance(distiller.teacher, distillation.Ensemble)
    first, second = zoo.load(ANN), zoo.load(SNN)
    splits = data.load("digits")
    x = splits.normalise(splits.test[0][:16])
    found = distiller.teacher.predict(x, verbose=0)
    each = [net.predict(x, verbose=0) for net in (first, second)]
    np.testing.assert_allclose(found, sum(each) / 2, rtol=1e-4, atol=1e-4)
    assert abs(each[0] - each[1]).max() > 0.1
    check_same_kernels(distiller.student, first)


def test_of_labels_alone_the_first_gives_its_weights():
    distiller = built("resnet8_hardlabel", teacher=f"{ANN},{SNN}", **WARM)
    assert distiller.teacher is None
    check_same_kernels(distiller.student, zoo.load(ANN))


@pytest.mark.parametrize(
    ("teacher", "told"),
    (
        (f"{ANN},resnet8_an_digits", "resnet8_an_digits.*nearest.*ann"),
        (f"resnet8_an_digits,{ANN}", "resnet8_an_digits"),
        (f"{ANN},runs/none/{{seed}}", "runs/none/3"),
        (f"{ANN},{ANN}", "each once"),
        (f"{ANN},", "each once"),
    ),
)
def test_a_wrong_name_is_told_before_any_work(tmp_path, teacher, told):
    given = {"teacher": teacher, "seed": 3, "dataset": "cifar10"}
    given["data_dir"] = str(tmp_path / "no data")
    with pytest.raises(ValueError, match=told):
        train("resnet19_kd", tmp_path, precision="float32", **given)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_has_not_ended_is_none(tmp_path):
    (tmp_path / "runs" / "0").mkdir(parents=True)
    with pytest.raises(ValueError, match="run folder"):
        built("resnet8_kd", teacher=f"{ANN},{tmp_path}/runs/{{seed}}")


def test_methods_of_feature_maps_are_told_to_take_one():
    with pytest.raises(
        ValueError, match="'ensemble' has no layer for.*'stage1'"
    ):
        built("resnet8_sastc", teacher=f"{ANN},{SNN}")


@pytest.mark.slow
def test_a_run_records_its_teachers(tmp_path):
    train("resnet8_ann", tmp_path, name="mine", seed=1)
    own = f"{tmp_path}/mine/{{seed}}"
    both = train("resnet8_kd", tmp_path, seed=1, teacher=f"{ANN},{own}")
    assert both.result["teacher"] == [ANN, "mine"]
    assert training.read_run(both.folder).result == both.result
    logits = tmp_path / "logits"
    stored = train(
        "resnet8_kd",
        tmp_path / "stored",
        seed=1,
        teacher=f"{ANN},{own}",
        teacher_logits=str(logits),
    )
    assert stored.history[0]["kd"] == pytest.approx(
        both.history[0]["kd"], rel=1e-3
    )
    given = {"teacher": f"{ANN},{SNN}", "warm_start": True}
    plain = train("resnet8_hardlabel", tmp_path, **given)
    assert plain.result["teacher"] == ANN  # no other's weights are in it
