import zipfile

import keras
import numpy as np
import pytest

from kerassnn import layers
from kerassnn import models
from kerassnn.publishing.probing import make_probe
from kerassnn.zoo.probe import replay


def student(timesteps=2, v_threshold=0.5):
    neuron = layers.LIF(tau=2.0, v_threshold=v_threshold)
    return models.ResNet8(5, timesteps, neuron, width=4)


@pytest.fixture
def probed(tmp_path):
    model = student()
    probe = make_probe(model)
    np.savez(tmp_path / "probe.npz", **probe)
    return model, probe, tmp_path


def test_the_model_is_left_as_it_was():
    model = student()
    before = model.get_weights()
    make_probe(model)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_shapes_and_spread(probed):
    _, probe, _ = probed
    assert probe["inputs"].shape == (8, 8, 8, 1)
    assert probe["logits"].shape == (8, 5)
    assert probe["tap"].shape == (8, 4)
    assert len(np.unique(probe["logits"].round(4), axis=0)) == 8


def test_the_tap_is_a_mean_rate(probed):
    model, probe, _ = probed
    stage = keras.Model(model.inputs, model.get_layer("stage1").output)
    spikes = stage.predict(probe["inputs"], verbose=0)
    np.testing.assert_allclose(
        probe["tap"], spikes.mean(axis=(1, 2, 3)), atol=1e-6
    )


def test_roundings_do_not_move_it(probed):
    model, _, folder = probed
    rng = np.random.default_rng(1)
    noisy = [
        w * (1 + 1e-7 * rng.normal(size=w.shape)) for w in model.get_weights()
    ]
    model.set_weights([w.astype("float32") for w in noisy])
    distances = replay(model, folder)
    assert np.sum(distances["logits"] < 1e-3) >= 7
    assert np.sum(distances["tap"] < 1e-3) >= 7


@pytest.mark.parametrize("change", [{"timesteps": 3}, {"v_threshold": 0.52}])
def test_other_dynamics_do(probed, change):
    model, _, folder = probed
    other = student(**change)
    other.set_weights(model.get_weights())
    assert np.sum(replay(other, folder)["logits"] < 1e-3) < 7


def test_a_small_change_of_one_kernel_does(probed):
    model, _, folder = probed
    layer = model.get_layer("stage2_block1_conv1")
    layer.set_weights([w * 1.02 for w in layer.get_weights()])
    assert np.sum(replay(model, folder)["logits"] < 1e-3) < 7


def test_a_silent_model_is_refused():
    with pytest.raises(ValueError, match="alike"):
        make_probe(student(v_threshold=1e6))


def refused(model, folder, probe, match):
    np.savez(folder / "probe.npz", **probe)
    with pytest.raises(ValueError, match=match) as error:
        replay(model, folder)
    assert f"{folder.name}/probe.npz" in str(error.value)


def test_arrays_are_checked(probed):
    model, probe, folder = probed
    refused(model, folder, {"logits": probe["logits"]}, "expected the arrays")
    few = probe | {"logits": probe["logits"][:, :3]}
    refused(model, folder, few, r"received: shape=\(8, 3\)")
    other = probe | {"tap": probe["tap"].astype("float64")}
    refused(model, folder, other, "dtype=float64")
    nan = probe | {"tap": probe["tap"] * np.nan}
    refused(model, folder, nan, "finite")


def test_the_number_of_inputs_is_fixed(probed):
    model, probe, folder = probed
    many = {k: np.concatenate([a, a]) for k, a in probe.items()}
    refused(model, folder, many, "expected")
    half = {k: a[:4] for k, a in probe.items()}
    refused(model, folder, half, r"received: shape=\(4, ")


def test_nothing_is_unpickled(probed):
    model, probe, folder = probed
    pickled = probe | {"tap": np.array([print], object)}
    refused(model, folder, pickled, "expected tap")


def test_what_would_expand_is_not_unpacked(probed):
    """A gigabyte of zeros in a megabyte: refused by its header."""
    model, probe, folder = probed
    path = folder / "probe.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in probe:
            header = {"descr": "<f4", "fortran_order": False}
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array_header_1_0(
                    file, {**header, "shape": (8, 2**21)}
                )
                file.write(bytes(2**20))
    with pytest.raises(ValueError, match="received: shape"):
        replay(model, folder)


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", bytes(100)])
def test_what_is_no_archive_is_refused(probed, content):
    model, _, folder = probed
    (folder / "probe.npz").write_bytes(content)
    with pytest.raises(ValueError, match="probe.npz: BadZipFile"):
        replay(model, folder)
