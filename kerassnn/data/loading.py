"""The data sets by name, with their constants."""

import os
import warnings
from typing import Any

from kerassnn import folders
from kerassnn.data import cache
from kerassnn.data.checks import check
from kerassnn.data.constants import CONSTANTS
from kerassnn.data.events.sets import SETS
from kerassnn.data.events.sets import load_events
from kerassnn.data.events.simulated import SUFFIX
from kerassnn.data.events.simulated import simulate
from kerassnn.data.sources import digits
from kerassnn.data.sources import npz
from kerassnn.data.sources import tfds
from kerassnn.data.sources import tinyimagenet
from kerassnn.data.splits import Splits

NAMES = (*CONSTANTS, *SETS, *(name + SUFFIX for name in CONSTANTS))


def load(
    name: str,
    *,
    data_dir: str | os.PathLike | None = None,
    validation: int = 0,
    seed: int = 0,
    download: bool | None = None,
    **framing: Any,
) -> Splits:
    """Loads a data set as plain arrays.

    `digits` needs scikit-learn and no download. The others are read, in
    this order, from `<data_dir>/<name>.npz` (keys x_train, y_train, x_test,
    y_test), from the decoded copy that an earlier call left, or through
    tensorflow-datasets, which leaves that copy. TensorFlow is imported in
    the last case only. `tinyimagenet` is read from `tiny-imagenet-200.zip`, or
    the folder it unpacks to, in place of that: it is never downloaded.

    Event sets are read from the files of their authors, or from tonic's
    copies, and summed into frames, by default ten of equal event counts. The
    first call of a framing writes them to a memory-mapped file, as the
    decoded copy of image sets; later ones open it. CIFAR10-DVS and
    N-Caltech101 have no official split: 10 % of the recordings, stratified
    and the same in every call, are for testing. `<image set>_saccades` is
    simulated, both parts, by `kerassnn.data.saccades`.

    Args:
        name: String, one of `kerassnn.data.NAMES`.
        data_dir: Folder that holds `<name>.npz`, or the folder `<name>` that
            tensorflow-datasets prepared. The decoded copy stands in its
            subfolder `kerassnn`; without `data_dir`, in `$KERASSNN_HOME`,
            else in `~/.keras/kerassnn`. Defaults to `$KERASSNN_DATA`, else
            to the folder of tensorflow-datasets.
        validation: Int, number of training images held out, stratified. The
            test set is never touched. Defaults to `0`: none.
        seed: Int >= 0, which images are held out.
        download: Bool, whether tensorflow-datasets may download the set.
            Defaults to `None`: only where no folder was given. Nothing is
            ever downloaded while `$KERASSNN_OFFLINE` is set. Event sets are
            downloaded, through tonic, with `True` alone.
        **framing: of event sets, arguments of `kerassnn.data.frames`.

    Returns:
        `kerassnn.data.Splits`, in the official order.

    Raises:
        ValueError: if the name is unknown, the folder does not exist or
            lacks the set, the arrays are not what they should be, or
            `validation` is out of range.
        ImportError: if the package that reads the set is not installed.
        RuntimeError: if tensorflow-datasets cannot provide the set.
    """
    if name not in NAMES:
        raise ValueError(f"expected a name in {NAMES}, received: name={name!r}")
    given = folders.expanded(data_dir) if data_dir else folders.data()
    there = given is None or given.is_dir() or download
    if not there and name != "digits":
        raise ValueError(
            "expected data_dir, a folder that exists, received: "
            f"data_dir={str(given)!r}"
        )
    if name.endswith(SUFFIX):
        images = load(
            name.removesuffix(SUFFIX), data_dir=given, download=download
        )
        return simulate(images, given, framing).hold_out(validation, seed)
    if name in SETS:
        allowed = bool(download) and not folders.offline()
        splits = load_events(name, given, allowed, framing)
        return splits.hold_out(validation, seed)
    if framing:
        raise ValueError(
            f"expected no arguments of event sets for {name}, received: "
            f"{', '.join(framing)}"
        )
    constants = CONSTANTS[name]
    (train, test), class_names = _read(name, given, download)
    if class_names:
        constants = {**constants, "class_names": class_names}
    for x, y in (train, test):
        check(x, y, constants["classes"])
    splits = Splits(
        name=name, train=train, validation=None, test=test, **constants
    )
    return splits.hold_out(validation, seed)


def _read(name, given, download):
    """The pairs of train and test, and names of classes or `()`."""
    if name == "digits":
        return digits.read(), ()
    if given is not None and (given / f"{name}.npz").is_file():
        return npz.read(given / f"{name}.npz"), ()
    folder = cache.folder(name, given)
    pairs = cache.read(folder)
    if pairs is not None:
        return pairs, cache.class_names(folder)
    if name == tinyimagenet.NAME:
        pairs, names = tinyimagenet.read(given)
    else:
        if download is None:
            download = given is None
        pairs = tfds.read(name, given, download and not folders.offline())
        names = ()
    _keep(folder, pairs, names)
    return pairs, names


def _keep(folder, pairs, names):
    try:
        cache.write(folder, pairs, names)
    except OSError as error:
        # A shared folder may be read-only: the set is here all the same.
        warnings.warn(
            f"no decoded copy is left in {folder}, and the next call decodes "
            f"again: {type(error).__name__}: {error}",
            stacklevel=4,
        )
