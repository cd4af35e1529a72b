import ast
import inspect
import json
import os
from pathlib import Path

import numpy as np
import pytest

from kerassnn import training
from kerassnn import zoo

FOLDER = Path(__file__).resolve().parents[1] / "recipes"
FINETUNE = FOLDER / "finetune.py"
RECIPES = [*sorted(FOLDER.glob("*_*_*.py")), FINETUNE]
# $KERASSNN_DATA names a folder with cifar10.npz; without it they are skipped.
DATA = os.environ.get("KERASSNN_DATA", "")


def case(path):
    marks = [] if path.stem == "resnet8_kd_digits" else [pytest.mark.slow]
    if path != FINETUNE and not path.stem.endswith("_digits"):
        marks.append(pytest.mark.data)
    return pytest.param(path, marks=marks, id=path.stem)


@pytest.mark.parametrize("path", [case(path) for path in RECIPES])
def test_smoke(path, tmp_path):
    """Each recipe trains, in small, and leaves a result and weights."""
    recipe = training.load_recipe(path)
    overrides = {}
    dataset = getattr(recipe.smoke, "dataset", path.stem.split("_")[-1])
    if dataset != "digits":
        if not Path(DATA, f"{dataset}.npz").is_file():
            pytest.skip(f"$KERASSNN_DATA has no {dataset}.npz")
        overrides = {"data_dir": DATA}
    done = training.run(
        recipe, recipe.smoke, overrides=overrides, folder=tmp_path
    )
    assert done.finished
    assert np.isfinite(done.result["loss"])
    assert done.result["dataset"] == dataset
    assert done.result["teacher"] is None
    model = training.load_student(done.folder)
    classes = 100 if path.stem.endswith("_cifar100") else 10
    classes = getattr(recipe.smoke, "classes", classes)
    assert model.output_shape == (None, classes)


@pytest.mark.slow
def test_published_weights_learn_faster_than_fresh_ones(tmp_path):
    """On digits, whose images the entry has seen: the same steps for both."""
    recipe = training.load_recipe(FINETUNE)
    found = {}
    for from_scratch in (False, True):
        overrides = {"epochs": 3, "from_scratch": from_scratch}
        folder = tmp_path / str(from_scratch)
        done = training.run(
            recipe, recipe.smoke, overrides=overrides, folder=folder
        )
        found[from_scratch] = done.accuracy
    assert found[False] > 0.9 > found[True] + 0.1


@pytest.mark.slow
def test_a_fine_tuned_student_is_published_if_it_knows_all_classes(tmp_path):
    recipe = training.load_recipe(FINETUNE)
    runs = {
        classes: training.run(
            recipe,
            recipe.smoke,
            overrides={"classes": classes, "weight_decay": 0.3},
            folder=tmp_path / str(classes),
        )
        for classes in (5, 10)
    }
    name, root = "resnet8_finetune_digits", tmp_path / "zoo"
    with pytest.raises(ValueError, match="10 classes of digits.*5 classes"):
        zoo.publish([runs[5].folder], name, root)
    assert list(root.iterdir()) == []
    zoo.publish([runs[10].folder], name, root)
    card = json.loads((root / name / "card.json").read_text())
    assert card["builder"]["arguments"]["weight_decay"] == 0.3
    # Its weights are now float16.
    found = card["results"]["accuracy"] - runs[10].accuracy
    assert abs(found) * 360 < 2.5


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_is_a_short_document(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    recipe = training.load_recipe(path)
    for word in ("Paper:", "Data:", "Hardware:", "Time:", "Accuracy:"):
        assert word in recipe.doc, word
    assert path.stem in recipe.doc
    parameters = inspect.signature(recipe.build).parameters
    assert list(parameters) == ["cfg"]


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_imports_no_recipe(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.module == "kerassnn"
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
            assert names <= {"dataclasses", "keras", "numpy"}


@pytest.mark.parametrize("one", ["digits", "cifar10"])
def test_the_twin_differs_by_its_teacher_alone(one):
    """Student and baseline have the same network."""
    name = {"digits": "resnet8", "cifar10": "resnet19"}[one]
    specs = []
    for method in ("sastc", "hardlabel"):
        recipe = training.load_recipe(FOLDER / f"{name}_{method}_{one}.py")
        specs.append(recipe.student(recipe.config).spec)
    assert specs[0] == specs[1]
