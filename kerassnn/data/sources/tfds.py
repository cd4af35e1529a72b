"""Image sets through tensorflow-datasets."""

import hashlib
import os

import keras
import numpy as np

from kerassnn import folders

# The first and the last three labels of the 60,000 training images.
LABELS = {
    "mnist": (5, 0, 4, 5, 6, 8),
    "fashion_mnist": (9, 0, 0, 3, 0, 5),
}


def read(name, data_dir, download):
    """The set through tensorflow-datasets, put into its official order.

    Args:
        name: String.
        data_dir: Path, or `None` for the folder of tensorflow-datasets.
        download: Bool. Whether it may be downloaded.

    Returns:
        ((x_train, y_train), (x_test, y_test)).

    Raises:
        ValueError: if the set is not there and may not be downloaded.
        ImportError: if tensorflow-datasets is not installed.
        RuntimeError: if it fails.
    """
    if not download:
        _check_prepared(name, data_dir)
    try:
        import tensorflow_datasets
    except ImportError as error:
        raise ImportError(
            f"{name} is read through tensorflow-datasets: pip install "
            f"tensorflow tensorflow-datasets, or put {name}.npz into data_dir"
        ) from error
    leave_gpus_alone()
    try:
        parts = tensorflow_datasets.load(
            name,
            split=["train", "test"],
            data_dir=data_dir and str(data_dir),
            batch_size=-1,
            download=bool(download),
            # One file after the other, as `_positions` counts them.
            read_config=tensorflow_datasets.ReadConfig(
                interleave_cycle_length=1
            ),
        )
    except Exception as error:
        raise RuntimeError(
            f"tensorflow-datasets could not provide {name}, with "
            f"data_dir={data_dir}: {type(error).__name__}: {error}"
        ) from error
    parts = [tensorflow_datasets.as_numpy(part) for part in parts]
    train, test = parts
    train = _in_order(train, "train")
    _check_labels(name, train[1])
    return train, _in_order(test, "test")


def _check_prepared(name, data_dir):
    folder = data_dir or folders.expanded(
        os.environ.get("TFDS_DATA_DIR") or "~/tensorflow_datasets"
    )
    if (folder / name).is_dir():
        return
    hint = (
        "KERASSNN_OFFLINE is set, so nothing is downloaded"
        if folders.offline()
        else "download=True downloads it there"
    )
    raise ValueError(
        f"expected {name}.npz, or a folder {name} of tensorflow-datasets, in "
        f"{folder}, received: neither ({hint})"
    )


def _in_order(part, split):
    # Prepared sets are shuffled. Where there are ids, they count the
    # official order.
    if "id" in part:
        order = np.argsort(part["id"])
    else:
        order = _positions(split, len(part["label"]))
    return part["image"][order], part["label"][order].astype("int32")


def _positions(split, n):
    """Where each example stands that a builder numbered 0 to n - 1.

    tensorflow-datasets sorts by the MD5 digest of the split's name and the
    example's key, so that a set has the same order wherever it is prepared.
    """
    digests = [
        hashlib.md5(f"{split}{i}".encode(), usedforsecurity=False).hexdigest()
        for i in range(n)
    ]
    return np.argsort(np.argsort(digests))


def _check_labels(name, y):
    known = LABELS.get(name)
    if known is None or len(y) != 60000:
        return
    found = tuple(np.concatenate([y[:3], y[-3:]]).tolist())
    if found != known:
        raise RuntimeError(
            f"expected {name} in its official order, whose labels begin and "
            f"end with {known}, received: {found}; put {name}.npz into "
            "data_dir"
        )


def leave_gpus_alone():
    """Keeps TensorFlow off the GPUs that another backend trains on."""
    if keras.config.backend() == "tensorflow":
        return
    import tensorflow as tf

    try:
        tf.config.set_visible_devices([], "GPU")
    except RuntimeError:
        pass  # The user already runs TensorFlow on them.
