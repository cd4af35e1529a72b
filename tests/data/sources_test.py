"""The route through tensorflow-datasets, on a prepared set of 50 images."""

import os
import subprocess
import sys

import numpy as np
import pytest

from kerassnn import data
from kerassnn.data import cache
from tests.data.datasets_test import cifar_arrays


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    tfds = pytest.importorskip("tensorflow_datasets")
    folder = tmp_path_factory.mktemp("tfds")
    arrays = cifar_arrays()

    class Local(tfds.builder_cls("cifar10")):
        """The official builder over made-up images."""

        url_infos = {}

        def _split_generators(self, dl_manager):
            return {part: self._rows(part) for part in ("train", "test")}

        def _rows(self, part):
            pairs = zip(arrays[f"x_{part}"], arrays[f"y_{part}"], strict=True)
            for i, (image, label) in enumerate(pairs):
                key = f"{part}_{i:05d}"
                yield i, {"id": key, "image": image, "label": int(label)}

    Local.name = "cifar10"  # In the class body it would be registered twice.
    Local(data_dir=str(folder)).download_and_prepare()
    return folder, arrays


def test_the_official_order_comes_back_and_a_copy_is_left(prepared):
    folder, arrays = prepared
    splits = data.load("cifar10", data_dir=folder)
    np.testing.assert_array_equal(splits.train[0], arrays["x_train"])
    np.testing.assert_array_equal(splits.train[1], arrays["y_train"])
    np.testing.assert_array_equal(splits.test[0], arrays["x_test"])
    copy = cache.read(cache.folder("cifar10", folder))
    np.testing.assert_array_equal(copy[1][0], arrays["x_test"])


SCRIPT = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("tensorflow", "tensorflow_datasets"):
            raise ImportError(name)

sys.meta_path.insert(0, Blocker())
from kerassnn import data
splits = data.load("cifar10", data_dir=sys.argv[1], validation=10)
train = data.Pipeline(
    *splits.train, 10, augment=data.Augment(), normalise=splits.normalise
)
print(train[0][0].shape, splits.test[0].sum())
"""


@pytest.mark.slow
def test_the_copy_needs_no_tensorflow(prepared):
    pytest.importorskip("jax")
    folder, arrays = prepared
    data.load("cifar10", data_dir=folder)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder)],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert str(arrays["x_test"].sum()) in done.stdout
    assert "(10, 32, 32, 3)" in done.stdout


def mnist_files(folder, part, x, y):
    """Files as the builders of MNIST read them."""
    paths = [folder / f"{part}-images", folder / f"{part}-labels"]
    paths[0].write_bytes(bytes(16) + x.tobytes())
    paths[1].write_bytes(bytes(8) + y.tobytes())
    return dict(zip(("data_path", "label_path"), map(str, paths), strict=True))


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_sets_without_ids_come_in_their_official_order(tmp_path, name):
    tfds = pytest.importorskip("tensorflow_datasets")
    rng = np.random.default_rng(0)
    arrays = {
        part: (
            rng.integers(0, 256, (n, 28, 28, 1), dtype="uint8"),
            (np.arange(n) * 7 % 10).astype("uint8"),
        )
        for part, n in (("train", 60), ("test", 25))
    }

    class Local(tfds.builder_cls(name), skip_registration=True):
        """The official builder and its own reader over made-up images."""

        url_infos = {}

        def _split_generators(self, dl_manager):
            return {
                part: self._generate_examples(
                    len(y), **mnist_files(tmp_path, part, x, y)
                )
                for part, (x, y) in arrays.items()
            }

    Local.name = name
    Local(data_dir=str(tmp_path)).download_and_prepare()
    splits = data.load(name, data_dir=tmp_path)
    for part, (x, y) in arrays.items():
        np.testing.assert_array_equal(getattr(splits, part)[0], x)
        np.testing.assert_array_equal(getattr(splits, part)[1], y)
    assert len(splits.class_names) == 10


def test_a_failure_of_tfds_is_told(tmp_path, monkeypatch):
    tfds = pytest.importorskip("tensorflow_datasets")

    def fail(*args, **kwargs):
        raise OSError("no route to host")

    monkeypatch.setattr(tfds, "load", fail)
    (tmp_path / "cifar10").mkdir()
    with pytest.raises(RuntimeError, match="no route to host"):
        data.load("cifar10", data_dir=tmp_path)
    assert not list(tmp_path.rglob("*.npy"))
