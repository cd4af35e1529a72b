import dataclasses
import os

from kerassnn import folders
from kerassnn.data.constants import STREAMED


@dataclasses.dataclass(frozen=True)
class Shards:
    """A split of a set that tensorflow-datasets prepared: its files.

    Args:
        files: Paths, as strings, in order.
        lengths: Int, records of each.
        class_names: Tuple of K strings.
        features: What tensorflow-datasets parses a record by.
    """

    files: tuple
    lengths: tuple
    class_names: tuple
    features: object

    def parse(self, record):
        """(bytes of a JPEG, label) of a serialised record, inside tf.data."""
        from tensorflow_datasets import decode

        row = self.features.deserialize_example(
            record, decoders={"image": decode.SkipDecoding()}
        )
        return row["image"], row["label"]


def find_shards(name, split, data_dir):
    """The shards of a split, found and counted before any is read.

    Args:
        name: String, a key of `STREAMED`.
        split: String.
        data_dir: Path of the folder of tensorflow-datasets, or `None` for
            `$KERASSNN_DATA`, else its own.

    Raises:
        ValueError: if the set or a file is not there, or is of another form.
        ImportError: if tensorflow-datasets is not installed.
    """
    place = _prepared(name, data_dir)
    try:
        import tensorflow_datasets
    except ImportError as error:
        raise ImportError(
            f"{name} is read through tensorflow-datasets: pip install "
            "tensorflow tensorflow-datasets"
        ) from error
    try:
        info = tensorflow_datasets.builder_from_directory(str(place)).info
        given = info.splits[split]
        files = tuple(str(path) for path in given.filepaths)
        names = tuple(info.features["label"].names)
        kind = info.file_format.value
    except Exception as error:
        raise ValueError(
            f"expected {place} as tensorflow-datasets prepares it, with a "
            f"split {split}, received: {type(error).__name__}: {error}"
        ) from error
    classes = STREAMED[name]["classes"]
    if kind != "tfrecord" or len(names) != classes:
        raise ValueError(
            f"expected {place} with files of TFRecord and {classes} classes, "
            f"received: {kind}, {len(names)} classes"
        )
    missing = [file for file in files if not os.path.isfile(file)]
    if missing or not files:
        raise ValueError(
            f"expected {len(files)} files of {split} in {place}, received: "
            f"none of {len(missing)}, for instance {missing[:1]}"
        )
    return Shards(files, tuple(given.shard_lengths), names, info.features)


def _prepared(name, data_dir):
    """The folder of the newest version that is there."""
    given = folders.expanded(data_dir) if data_dir else folders.data()
    root = given or folders.expanded(
        os.environ.get("TFDS_DATA_DIR") or "~/tensorflow_datasets"
    )
    found = [
        (tuple(int(n) for n in path.parent.name.split(".")), path.parent)
        for path in root.glob(f"{name}/*.*.*/dataset_info.json")
        if path.parent.name.replace(".", "").isdigit()
    ]
    if not found:
        raise ValueError(
            f"expected a folder {name} that tensorflow-datasets prepared in "
            f"{root}, received: none (it is not downloaded for you: see "
            f"https://www.tensorflow.org/datasets/catalog/{name})"
        )
    return max(found)[1]
