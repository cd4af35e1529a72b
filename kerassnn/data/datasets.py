"""The data sets by name, with their constants."""

import pathlib

from kerassnn.data import cache
from kerassnn.data import sources
from kerassnn.data.checks import check
from kerassnn.data.splits import Splits

# Mean and standard deviation of the training images on the unit scale.
CONSTANTS = {
    "digits": {
        "classes": 10,
        "scale": 16.0,
        "mean": (0.3053,),
        "std": (0.3761,),
    },
    "cifar10": {
        "classes": 10,
        "scale": 255.0,
        "mean": (0.4914, 0.4822, 0.4465),
        "std": (0.2470, 0.2435, 0.2616),
    },
    "cifar100": {
        "classes": 100,
        "scale": 255.0,
        "mean": (0.5071, 0.4867, 0.4408),
        "std": (0.2675, 0.2565, 0.2761),
    },
}
NAMES = tuple(CONSTANTS)


def load(name, *, data_dir=None, validation=0, seed=0):
    """Loads a data set as plain arrays.

    `digits` needs scikit-learn and no download. The CIFAR sets are read, in
    this order, from `<data_dir>/<name>.npz` (keys x_train, y_train, x_test,
    y_test), from the decoded copy that an earlier call left, or through
    tensorflow-datasets, which leaves that copy. TensorFlow is imported in
    the last case only.

    Args:
        name: String, one of `kerassnn.data.NAMES`.
        data_dir: Folder that holds `<name>.npz` or is given to
            tensorflow-datasets. The decoded copy stands in its subfolder
            `kerassnn`; without `data_dir`, in `$KERASSNN_HOME`, else in
            `~/.keras/kerassnn`.
        validation: Int, number of training images held out, stratified. The
            test set is never touched. Defaults to `0`: none.
        seed: Int, which images are held out.

    Returns:
        `kerassnn.data.Splits`, in the official order.

    Raises:
        ValueError: if the name is unknown, the arrays are not what they
            should be, or `validation` is out of range.
        ImportError: if the package that reads the set is not installed.
        RuntimeError: if tensorflow-datasets cannot provide the set.
    """
    if name not in CONSTANTS:
        raise ValueError(f"expected a name in {NAMES}, received: name={name!r}")
    constants = CONSTANTS[name]
    train, test = _read(name, data_dir)
    for x, y in (train, test):
        check(x, y, constants["classes"])
    splits = Splits(
        name=name, train=train, validation=None, test=test, **constants
    )
    return splits.hold_out(validation, seed)


def _read(name, data_dir):
    if name == "digits":
        return sources.digits()
    plain = None if data_dir is None else pathlib.Path(data_dir, f"{name}.npz")
    if plain is not None and plain.is_file():
        return sources.npz(plain)
    folder = cache.folder(name, data_dir)
    pairs = cache.read(folder)
    if pairs is None:
        pairs = sources.tfds(name, data_dir)
        cache.write(folder, pairs)
    return pairs
