import keras
import numpy as np
import pytest

from kerassnn import data
from kerassnn import zoo
from kerassnn.files import sha256
from kerassnn.zoo import evaluation
from kerassnn.zoo.evaluation import accuracy
from kerassnn.zoo.evaluation import running_accuracies
from kerassnn.zoo.preprocessing import prepare
from kerassnn.zoo.weights import save_half
from tests.zoo.conftest import ANN
from tests.zoo.conftest import SNN
from tests.zoo.conftest import edit_card


@pytest.mark.parametrize("name", [ANN, SNN])
def test_verify_replays_the_probe(entries, name):
    found = zoo.verify(name)
    assert found["agreeing"] >= 7
    assert found["logits"] <= 1e-3


@pytest.mark.slow
def test_verify_sees_other_weights_under_the_same_name(entries):
    # Another net, its digest put into the card: only the probe can tell.
    folder = entries / SNN
    keras.utils.set_random_seed(7)
    other = zoo.load(SNN, weights=False)
    save_half(other, folder / "model.safetensors")

    def change(card):
        digest = sha256(folder / "model.safetensors")
        card["sha256"]["model.safetensors"] = digest

    edit_card(folder, change)
    with pytest.raises(ValueError, match="expected the stored outputs"):
        zoo.verify(SNN)


def test_verify_sees_another_neuron(entries):
    def change(card):
        card["builder"]["arguments"]["neuron"]["config"]["v_threshold"] = 0.55

    edit_card(entries / SNN, change)
    with pytest.raises(ValueError, match="expected the stored outputs"):
        zoo.verify(SNN)


@pytest.mark.parametrize("file", ["probe.npz", "history.csv"])
def test_verify_hashes_every_file(entries, file):
    with open(entries / ANN / file, "ab") as stream:
        stream.write(b" ")
    with pytest.raises(ValueError, match=file):
        zoo.verify(ANN)


def test_verify_counts_parameters(entries):
    edit_card(entries / ANN, lambda card: card.update(parameters=1))
    with pytest.raises(ValueError, match="parameters=1"):
        zoo.verify(ANN)


@pytest.mark.parametrize("tolerance", [-1, np.nan, np.inf, "1", True])
def test_a_tolerance_that_is_none_is_refused(entries, tolerance):
    with pytest.raises(ValueError, match="tolerance"):
        zoo.verify(ANN, tolerance=tolerance)


def test_evaluate_agrees_with_the_card(entries):
    found = zoo.evaluate(ANN)
    assert found["images"] == 360
    assert found["accuracy"] == pytest.approx(found["card_accuracy"], abs=3e-3)


@pytest.mark.parametrize("size", (0, -1, 2.5, None))
def test_a_batch_of_no_size_is_refused(entries, size):
    with pytest.raises(ValueError, match="batch_size >= 1"):
        zoo.evaluate(SNN, batch_size=size)


def test_preparation_is_that_of_the_data_set():
    splits = data.load("digits")
    card = {"mean": splits.mean, "std": splits.std, "scale": splits.scale}
    x = splits.test[0][:5]
    np.testing.assert_allclose(prepare(card, x), splits.normalise(x), atol=1e-6)


SAME = {"mean": [0.0], "std": [1.0], "scale": 1.0}


class Oracle:
    """Is right at steps 2 and 3, and surest of it at the last."""

    def __init__(self, steps=None):
        self.steps = steps

    def predict(self, x, batch_size, verbose):
        logits = np.eye(10)[x[:, 0].astype(int)]
        if self.steps is None:
            return logits
        wrong = np.roll(logits, 1, axis=-1)
        return np.stack([wrong, logits, 2 * logits], axis=1)[:, : self.steps]


def test_accuracy_counts_right_answers_over_uneven_batches():
    x = (np.arange(35) % 10)[:, None]
    y = np.where(np.arange(35) < 7, x[:, 0], (x[:, 0] + 1) % 10)
    assert accuracy(Oracle(), SAME, x, y, batch_size=1) == 7 / 35


def test_running_accuracies_are_of_the_logits_so_far():
    x = (np.arange(35) % 9)[:, None]
    right = np.arange(35) < 7
    y = np.where(right, x[:, 0], (x[:, 0] + 1) % 10)
    found = running_accuracies(Oracle(3), SAME, x, y, batch_size=1)
    # Step 1 says the next class, which is the label of the others; after
    # step 2 both classes are as likely, and the first of them is named.
    assert found == [28 / 35, 7 / 35, 7 / 35]


def test_long_measurements_show_how_far_they_are(monkeypatch, capsys):
    monkeypatch.setattr(evaluation, "PATIENCE", -1.0)
    x, y = np.zeros((35, 1)), np.zeros(35, int)
    accuracy(Oracle(), SAME, x, y, batch_size=1, label="a net")
    shown = capsys.readouterr()
    first, *_, last = shown.err.splitlines()
    assert first.startswith("a net: 16 of 35 images")
    assert last.startswith("a net: 35 of 35 images")
    assert shown.out == ""
    accuracy(Oracle(), SAME, x, y, batch_size=1)
    assert capsys.readouterr().err == ""
