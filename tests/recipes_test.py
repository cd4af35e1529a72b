import ast
import json
import os
import shlex
from pathlib import Path

import numpy as np
import pytest

from kerassnn import models
from kerassnn import publishing
from kerassnn import training
from kerassnn import zoo
from kerassnn.cli.recipes import find_recipe
from kerassnn.cli.recipes import find_training
from kerassnn.zoo.cards import teachers_of
from tests.data import archives
from tests.data import tfrecords
from tests.data.events import layouts

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "recipes"
FINETUNE = FOLDER / "finetune.py"
RECIPES = sorted(FOLDER.glob("*.py"))
ENTRIES = sorted(path.parent.name for path in ROOT.glob("zoo/*/card.json"))
QUICK = {("resnet8_kd", "digits")}
# Sets that a test writes in their layout.
WRITTEN = {
    **layouts.LAYOUTS,
    "tinyimagenet": lambda root: archives.write_zip(root, archives.files()),
    "imagenet2012": tfrecords.write,
}
# $KERASSNN_DATA names a folder with cifar10.npz; without it they are skipped.
DATA = os.environ.get("KERASSNN_DATA", "")


def cases():
    """Each recipe on each of its data sets; one is quick enough for all."""
    for path in RECIPES:
        recipe = training.load_recipe(path)
        small = recipe.configure(smoke=True).dataset
        for dataset in recipe.variants or [small]:
            quick = (path.stem, dataset) in QUICK
            marks = [] if quick else [pytest.mark.slow]
            if dataset not in ("digits", *WRITTEN):
                marks.append(pytest.mark.data)
            name = f"{path.stem}-{dataset}"
            yield pytest.param(path, dataset, marks=marks, id=name)


@pytest.mark.parametrize(("path", "dataset"), [*cases()])
def test_smoke(path, dataset, tmp_path):
    """Each recipe trains, in small, and leaves a result and weights."""
    recipe = training.load_recipe(path)
    given = {"dataset": dataset}
    if dataset in WRITTEN:
        WRITTEN[dataset](tmp_path)
        given["data_dir"] = str(tmp_path)
        if dataset == "tinyimagenet":
            # oneDNN in TensorFlow 2.21 corrupts memory in convolutions of
            # 64x64 images to 2 or 4 channels, as the stem at width 4 has.
            given |= {"width": 16, "train_examples": 64}
    elif dataset != "digits":
        if not Path(DATA, f"{dataset}.npz").is_file():
            pytest.skip(f"$KERASSNN_DATA has no {dataset}.npz")
        given["data_dir"] = DATA
    config = recipe.configure(given, smoke=True)
    done = training.run(recipe, config, folder=tmp_path / "runs")
    assert done.finished
    assert np.isfinite(done.result["loss"])
    assert done.result["dataset"] == dataset
    assert done.result["teacher"] is None
    model = training.load_student(done.folder)
    assert model.output_shape == (None, config.classes)


@pytest.mark.slow
def test_published_weights_learn_faster_than_fresh_ones(tmp_path):
    """On digits, whose images the entry has seen: the same steps for both."""
    recipe = training.load_recipe(FINETUNE)
    found = {}
    for from_scratch in (False, True):
        given = {"epochs": 3, "from_scratch": from_scratch}
        folder = tmp_path / str(from_scratch)
        config = recipe.configure(given, smoke=True)
        done = training.run(recipe, config, folder=folder)
        found[from_scratch] = done.accuracy
    assert found[False] > 0.9 > found[True] + 0.1


@pytest.mark.slow
def test_a_fine_tuned_student_is_published_if_it_knows_all_classes(tmp_path):
    recipe = training.load_recipe(FINETUNE)
    runs = {}
    for classes in (5, 10):
        given = {"classes": classes, "weight_decay": 0.3}
        config = recipe.configure(given, smoke=True)
        folder = tmp_path / str(classes)
        runs[classes] = training.run(recipe, config, folder=folder)
    name, root = "resnet8_finetune_digits", tmp_path / "zoo"
    with pytest.raises(ValueError, match="10 classes of digits.*5 classes"):
        publishing.publish([runs[5].folder], name, root)
    assert list(root.iterdir()) == []
    publishing.publish([runs[10].folder], name, root)
    card = json.loads((root / name / "card.json").read_text())
    assert card["builder"]["arguments"]["weight_decay"] == 0.3
    # Its weights are now float16.
    found = card["results"]["accuracy"] - runs[10].accuracy
    assert abs(found) * 360 < 2.5


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_is_a_short_document(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 135
    recipe = training.load_recipe(path)
    for word in ("Paper:", "Data:", "Hardware:", "Time:", "Accuracy:"):
        assert word in recipe.doc, word
    assert f" {path.stem}" in recipe.doc
    for line in recipe.doc.split("Accuracy:")[1].split():
        if line.startswith("zoo/"):
            assert (ROOT / line.strip(",.;")).exists(), line


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_imports_no_recipe(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.module == "kerassnn"
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
            assert names <= {"dataclasses", "keras", "numpy"}


@pytest.mark.parametrize("network", ["resnet8", "resnet19", "vggsnn"])
def test_the_twin_differs_by_its_teacher_alone(network):
    """Student and baseline have the same network."""
    builders = []
    for method in ("sastc", "hardlabel"):
        recipe = training.load_recipe(FOLDER / f"{network}_{method}.py")
        builders.append(recipe.student(recipe.config))
    assert builders[0] == builders[1]


@pytest.mark.parametrize("name", ENTRIES)
def test_a_cards_command_builds_what_the_card_says(name):
    """The recipe of that name, with these fields, trains this network."""
    card = zoo.card(name)
    command = card["recipe"]["command"]
    if "/" in command:  # of runs that whoever reads the card may not have
        with pytest.raises(ValueError, match="names no files"):
            find_training(name)
        path = find_recipe(card["recipe"]["path"])
        fields = shlex.split(command)[3:]
    else:
        path, fields, called = find_training(name)
        assert called == name
    assert f"recipes/{path.name}" == card["recipe"]["path"]
    recipe = training.load_recipe(path)
    config = recipe.configure(fields)
    assert config.dataset == card["dataset"]
    assert config.epochs == card["training"]["epochs"]
    found = recipe.student(config).published()
    said = models.Builder.from_json(card["builder"])
    for new in ("classes", "input_shape"):  # fields that cards came to have
        if new in found.arguments:
            said.arguments.setdefault(new, found.arguments[new])
    assert found.to_json() == said.to_json()
    teachers = [teacher["name"] for teacher in teachers_of(card)]
    if teachers:
        assert config.teacher.split(",") == teachers


def test_the_recipe_that_full_size_entries_come_from():
    """Fields of the trainings on a GPU, and of those on two cores."""
    ann = training.load_recipe(FOLDER / "resnet19_ann.py").config
    assert (ann.batch_size, ann.learning_rate, ann.clip) == (500, 0.3, 0.0)
    student = training.load_recipe(FOLDER / "resnet19_sastc.py")
    config = student.configure({"dataset": "cifar100"})
    assert config.teacher == "resnet19_ann_cifar100"
    assert (config.batch_size, config.learning_rate) == (250, 0.1)
    assert (config.clip, config.scale, config.feature) == (1.0, 2.0, 5.0)
    for fields in (ann, config):
        assert (fields.cutout, fields.policy, fields.ema) == (12, "", 0.0)
        assert fields.optimizer == "nesterov"
