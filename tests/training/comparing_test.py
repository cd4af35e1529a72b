"""One budget for every method: resumed, reported, refused."""

import dataclasses
import json
import sys
from pathlib import Path

import keras
import pytest

from kerassnn import training
from kerassnn.files import write_json
from kerassnn.training.comparing import finished

RECIPE = Path(__file__).parents[2] / "recipes" / "compare_methods.py"
BUDGET = {
    "dataset": "digits",
    "epochs": 1,
    "width": 2,
    "train_examples": 64,
    "teacher": "",
}


def compare(tmp_path, **kwargs):
    return training.compare(
        RECIPE,
        overrides=BUDGET,
        folder=tmp_path / "runs",
        report=tmp_path / "report",
        **kwargs,
    )


@pytest.mark.slow
def test_a_method_at_a_time_and_nothing_twice(tmp_path):
    pytest.importorskip("matplotlib")
    first = compare(tmp_path, methods=["HardLabel"], seeds=2)
    finished = sorted(tmp_path.glob("runs/**/result.json"))
    stamps = [path.stat().st_mtime_ns for path in finished]
    both = compare(tmp_path, methods=["TET"], seeds=2)
    assert [path.stat().st_mtime_ns for path in finished] == stamps
    rows = {row["method"]: row for row in both["rows"]}
    assert rows["HardLabel"] == first["rows"][0]
    assert set(rows) == {"HardLabel", "TET"}
    assert len(rows["TET"]["accuracies"]) == 2
    report = tmp_path / "report" / "compare_methods_digits"
    assert json.loads(report.with_suffix(".json").read_text()) == both
    assert report.with_suffix(".png").read_bytes()[1:4] == b"PNG"


@pytest.mark.slow
def test_only_who_was_taught_has_a_teacher(tmp_path):
    pytest.importorskip("matplotlib")
    found = training.compare(
        RECIPE,
        methods=["HardLabel", "LogitsKD"],
        seeds=1,
        overrides={**BUDGET, "teacher": "resnet8_ann_digits"},
        folder=tmp_path,
        report=tmp_path,
    )
    teachers = {
        path.parents[2].name: json.loads(path.read_text())["teacher"]
        for path in tmp_path.glob("**/result.json")
    }
    name = "resnet8_ann_digits"
    assert teachers == {"HardLabel": None, "LogitsKD": name}
    assert found["teacher"] == name


def test_methods_start_from_the_same_weights():
    recipe = training.load_recipe(RECIPE)
    starts = []
    for method in ("HardLabel", "BlockReplacement"):
        given = {**BUDGET, "method": method, "seed": 3}
        config = recipe.configure(given)
        keras.utils.set_random_seed(config.seed)
        distiller, _ = recipe.build(config)
        starts.append(distiller.student.get_weights())
    assert len(starts[0]) == len(starts[1])
    for plain, rate_based in zip(*starts, strict=True):
        assert (plain == rate_based).all()


@pytest.mark.parametrize(
    "options",
    (
        {"methods": ["Alchemy"]},
        {"methods": []},
        {"methods": ["TET", "TET"]},
        {"methods": ["TET"], "baseline": "Alchemy"},
    ),
    ids=str,
)
def test_wrong_methods_are_refused(tmp_path, options):
    with pytest.raises(ValueError, match="expected methods among METHODS"):
        compare(tmp_path, **options)


def test_what_a_kill_has_left_is_no_seed(tmp_path):
    """Beside a finished run: a draft of it, and a folder of another name."""
    recipe = training.load_recipe(RECIPE)
    config = recipe.configure(BUDGET)
    root = tmp_path / "HardLabel" / "compare_methods_digits"
    for name in ("0", ".0.draft", "copy of 0"):
        (root / name).mkdir(parents=True)
        write_json(root / name / "config.json", dataclasses.asdict(config))
        write_json(root / name / "result.json", {"accuracy": 0.5})
    found = finished(recipe, config, tmp_path)
    assert found == {"HardLabel": [{"accuracy": 0.5}]}


@pytest.mark.parametrize("given", ({"method": "TET"}, {"seed": 7}), ids=str)
def test_what_is_compared_is_no_override(tmp_path, given):
    with pytest.raises(ValueError, match="says what is compared"):
        training.compare(RECIPE, overrides={**BUDGET, **given}, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_recipe_without_methods_is_refused(tmp_path):
    with pytest.raises(ValueError, match="expected a recipe with METHODS"):
        training.compare(RECIPE.with_name("resnet8_kd.py"))


def test_a_missing_matplotlib_is_told_before_any_training(
    tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ValueError, match="kerassnn.plot"):
        compare(tmp_path, methods=["HardLabel"], seeds=1)
    assert not (tmp_path / "runs").exists()
