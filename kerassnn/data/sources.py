"""Where images come from: scikit-learn, a plain npz, tensorflow-datasets."""

import keras
import numpy as np

from kerassnn.data.stratify import stratified


def digits():
    """scikit-learn's 1,797 8x8 digits: (1437 train, 360 test), 0..16."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ImportError(
            "the digits come with scikit-learn: pip install scikit-learn"
        ) from error
    bunch = load_digits()
    x = bunch.images[..., None].astype("uint8")
    y = bunch.target.astype("int32")
    held = np.zeros(len(y), bool)
    held[stratified(y, 360, seed=0)] = True
    return (x[~held], y[~held]), (x[held], y[held])


def npz(path):
    """Plain arrays x_train, y_train, x_test, y_test from an npz file."""
    keys = ("x_train", "y_train", "x_test", "y_test")
    with np.load(path, allow_pickle=False) as arrays:
        if not set(keys) <= set(arrays.files):
            raise ValueError(
                f"expected {path} with {keys}, received: {arrays.files}"
            )
        x_train, y_train, x_test, y_test = (arrays[key] for key in keys)
    return _pair(x_train, y_train, path), _pair(x_test, y_test, path)


def tfds(name, data_dir):
    """The set through tensorflow-datasets, put into its official order."""
    try:
        import tensorflow_datasets
    except ImportError as error:
        raise ImportError(
            f"{name} is read through tensorflow-datasets: pip install "
            f"tensorflow tensorflow-datasets, or put {name}.npz into data_dir"
        ) from error
    _leave_gpus_alone()
    try:
        parts = tensorflow_datasets.load(
            name, split=["train", "test"], data_dir=data_dir, batch_size=-1
        )
    except Exception as error:
        raise RuntimeError(
            f"tensorflow-datasets could not provide {name}, with "
            f"data_dir={data_dir}: {type(error).__name__}: {error}"
        ) from error
    return tuple(_in_order(tensorflow_datasets.as_numpy(p)) for p in parts)


def _in_order(part):
    # Prepared sets are shuffled; the ids count the official order.
    order = np.argsort(part["id"])
    return part["image"][order], part["label"][order].astype("int32")


def _leave_gpus_alone():
    if keras.config.backend() == "tensorflow":
        return
    import tensorflow as tf

    try:
        tf.config.set_visible_devices([], "GPU")
    except RuntimeError:
        pass  # The user already runs TensorFlow on them.


def _pair(x, y, path):
    if x.dtype != np.uint8 or x.ndim != 4:
        raise ValueError(
            f"expected uint8 images (N, H, W, C) in {path}, received: "
            f"dtype={x.dtype}, shape={x.shape}"
        )
    if y.shape == (len(x), 1):  # keras.datasets writes a column.
        y = y[:, 0]
    return x, y.astype("int32") if y.dtype.kind in "ui" else y
