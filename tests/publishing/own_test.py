"""What is the user's own: a neuron that no entry can have, and a recipe."""

import json
import shlex
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from kerassnn import publishing
from kerassnn import training
from kerassnn import zoo
from kerassnn.cli import main
from tests.zoo.conftest import make_run

ROOT = Path(__file__).resolve().parents[2]
ENTRY = "tiny8_kd_digits"
NEURON = '''"""A neuron of one's own."""

import keras

from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import ops
from kerassnn import training


@keras.saving.register_keras_serializable("mine")
class Noleak(layers.SpikingNeuron):
    def step(self, v, current):
        spikes = ops.spike(v + current - self.v_threshold, self.surrogate)
        return spikes, v + current - spikes * self.v_threshold


CONFIG = training.Config()


def student(cfg):
    return models.Builder(
        models.ResNet8, classes=10, width=4, timesteps=2, neuron=Noleak()
    )


def method(cfg, student, teacher):
    return distillation.HardLabel(student)
'''


def test_a_neuron_of_ones_own_is_shared_as_a_file(tmp_path, capsys):
    path = tmp_path / "mine.py"
    path.write_text(NEURON)
    recipe = training.load_recipe(path)
    builder = recipe.student(recipe.config)
    run = make_run(tmp_path / "mine" / "0", 0, spiking=True, builder=builder)
    (run / "recipe.py").write_text(NEURON)
    publish = ["publish", str(run), "--name=a_b_digits", "--zoo=zoo"]
    assert main(publish) == 1
    told = capsys.readouterr().err
    assert "class_name='Noleak'" in told
    assert ".save('student.keras')" in told and "CONTRIBUTING.md" in told
    # As the message says; the class is registered with its recipe.
    student = training.load_student(run)
    student.save(tmp_path / "student.keras")
    loaded = keras.saving.load_model(tmp_path / "student.keras")
    x = np.random.default_rng(0).normal(size=(4, 8, 8, 1)).astype("float32")
    found = [net.predict(x, verbose=0) for net in (student, loaded)]
    np.testing.assert_array_equal(*found)


def test_other_faults_of_a_run_are_told_without_that_advice(tmp_path, capsys):
    run = make_run(tmp_path / "mine" / "0", 0, spiking=True)
    path = run / "result.json"
    path.write_text(path.read_text().replace('"width": 4', '"width": 1e300'))
    publish = ["publish", str(run), "--name=a_b_digits", "--zoo=zoo"]
    assert main(publish) == 1
    told = capsys.readouterr().err
    assert "result.json" in told and "student.keras" not in told


def published(tmp_path, name, text, monkeypatch):
    """The folder of an entry of a run of a recipe with this text."""
    run = make_run(tmp_path / "runs" / name / "0", 0, spiking=False)
    (run / "recipe.py").write_text(text)
    publish = ["publish", str(run), f"--name={ENTRY}", "--zoo", f"{tmp_path}/z"]
    assert main(publish) == 0
    monkeypatch.setenv("KERASSNN_ZOO", f"{tmp_path}/z")
    return tmp_path / "z" / ENTRY


def test_a_recipe_of_ones_own_goes_with_its_entry(
    tmp_path, monkeypatch, capsys
):
    text = "raise SystemExit('never run')\n"
    entry = published(tmp_path, "my_kd2", text, monkeypatch)
    assert "it has it as recipe.py" in capsys.readouterr().out
    assert (entry / "recipe.py").read_text() == text
    command = "kerassnn train recipe.py --seed=0"
    assert f"`{command}`" in (entry / "README.md").read_text()
    assert main(["info", ENTRY]) == 0
    assert f"{command}\n" in capsys.readouterr().out
    publishing.site(tmp_path / "pages")
    assert (
        command
        in (tmp_path / "pages" / "entries" / f"{ENTRY}.html").read_text()
    )
    # It is vouched for, read by nobody, and not run for its entry's name.
    zoo.load(ENTRY)
    zoo.verify(ENTRY)
    assert main(["train", ENTRY]) == 1
    told = capsys.readouterr().err
    assert "'my_kd2'" in told and "nearest" not in told
    words = shlex.split(told.partition(": kerassnn ")[2])
    assert words == ["train", str(entry / "recipe.py"), "--seed=0"]
    (entry / "recipe.py").write_text("")
    with pytest.raises(ValueError, match="recipe.py is not the file"):
        zoo.verify(ENTRY)


def test_a_recipe_of_ours_stays_where_it_is(tmp_path, monkeypatch, capsys):
    text = (ROOT / "recipes" / "resnet8_ann.py").read_text("utf-8")
    _, quotes, code = text.partition('"""\n\n')
    entry = published(
        tmp_path, "resnet8_ann", f'"""Short.{quotes}{code}', monkeypatch
    )
    assert not (entry / "recipe.py").exists()
    assert "recipe.py" not in capsys.readouterr().out
    assert main(["train", ENTRY, "--help"]) == 0
    shutil.rmtree(tmp_path / "z")
    changed = text.replace("epochs: int = ", "epochs: int = 9")
    entry = published(tmp_path / "other", "resnet8_ann", changed, monkeypatch)
    assert (entry / "recipe.py").read_text() == changed
    assert main(["train", ENTRY]) == 1


def test_a_card_that_names_a_folder_with_a_recipe(
    tmp_path, monkeypatch, capsys
):
    text = (ROOT / "recipes" / "resnet8_ann.py").read_text("utf-8")
    entry = published(tmp_path, "resnet8_ann", text, monkeypatch)
    evil = make_run(tmp_path / "z" / "evil" / "0", 0, spiking=False)
    (evil / "recipe.py").write_text("raise SystemExit('never run')\n")
    card = json.loads((entry / "card.json").read_text())
    for flag in (
        f"--teacher={evil}",
        "--teacher=a,z/evil/0",
        "--teacher=../z/evil/0",
    ):
        command = f"kerassnn train resnet8_kd --seed=0 {flag}"
        card["recipe"] |= {
            "command": command,
            "path": "recipes/resnet8_kd.py",
        }
        (entry / "card.json").write_text(json.dumps(card))
        assert main(["train", ENTRY, "--smoke"]) == 1
        assert "names no files" in capsys.readouterr().err


def test_a_damaged_run_of_ours_is_not_built_by_its_recipe(tmp_path):
    run = make_run(tmp_path / "mine" / "0", 0, spiking=True)
    (run / "recipe.py").write_text("raise SystemExit('never run')\n")
    path = run / "result.json"
    path.write_text(path.read_text().replace('"width": 4', '"width": 1e300'))
    with pytest.raises(ValueError, match="finite number"):
        training.load_student(run)


def test_an_entry_whose_recipe_is_nowhere(tmp_path, monkeypatch, capsys):
    entry = published(tmp_path, "my_kd2", "", monkeypatch)
    card = json.loads((entry / "card.json").read_text())
    del card["sha256"]["recipe.py"]  # as entries from before have it
    (entry / "card.json").write_text(json.dumps(card))
    assert main(["train", ENTRY]) == 1
    told = capsys.readouterr().err
    assert "'my_kd2'" in told and "kerassnn train FILE --seed=0" in told
