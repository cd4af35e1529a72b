"""What is the user's own: a neuron that no entry can have, and a recipe."""

import keras
import numpy as np

from kerassnn import training
from kerassnn.cli import main
from tests.zoo.conftest import make_run

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
