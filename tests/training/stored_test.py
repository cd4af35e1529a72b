"""`--teacher_logits`: a training whose teacher's logits are on disk."""

import json
from pathlib import Path

import pytest

from kerassnn import training

RECIPES = Path(__file__).resolve().parents[2] / "recipes"
GIVEN = {"epochs": 2, "train_examples": 96, "batch_size": 16, "width": 4}


def train(folder, *, recipe="resnet8_kd", stop=None, **given):
    loaded = training.load_recipe(RECIPES / f"{recipe}.py")
    config = loaded.configure({**GIVEN, **given}, smoke=True)
    return training.run(loaded, config, folder=folder, stop_after_seconds=stop)


@pytest.mark.slow
@pytest.mark.numeric
def test_a_training_is_as_with_the_live_teacher_and_resumes(
    tmp_path, same_state
):
    logits = str(tmp_path / "logits")
    live = train(tmp_path / "live")
    stored = train(tmp_path / "stored", teacher_logits=logits)
    assert [p.name for p in (tmp_path / "logits").iterdir()] == ["0"]
    for a, b in zip(live.history, stored.history, strict=True):
        for name in ("loss", "kd", "agreement"):
            assert a[name] == pytest.approx(b[name], rel=1e-3)
    folder = tmp_path / "parts"
    assert not train(folder, teacher_logits=logits, stop=0).finished
    same_state(train(folder, teacher_logits=logits), stored)
    told = json.dumps(stored.result["method_arguments"])
    assert "view" not in told and "stored" not in told


def test_trainings_without_a_teacher_have_no_logits(tmp_path):
    folder = tmp_path / "logits"
    with pytest.raises(ValueError, match="with a teacher"):
        train(tmp_path, recipe="resnet8_hardlabel", teacher_logits=str(folder))
    assert not folder.exists()


@pytest.mark.parametrize(
    "recipe", ["resnet19_ann", "resnet8_ann", "vggsnn_ann"]
)
def test_recipes_of_teachers_take_none(recipe):
    loaded = training.load_recipe(RECIPES / f"{recipe}.py")
    for field in ("teacher", "teacher_logits", "scale"):
        with pytest.raises(ValueError, match=f"Unknown.*{field}"):
            loaded.configure([f"--{field}=1"])


@pytest.mark.slow
def test_logits_of_methods_of_feature_maps_are_refused(tmp_path):
    with pytest.raises(ValueError, match="SASTC reads feature maps"):
        train(
            tmp_path,
            recipe="resnet8_sastc",
            teacher_logits=str(tmp_path / "logits"),
        )
    assert list(tmp_path.glob("resnet8*")) == []
