"""A teacher's logits in a folder, each batch with its images' checksum."""

import threading
import zlib
from pathlib import Path

import numpy as np

from kerassnn.files import read_json
from kerassnn.files import write_json

DTYPES = ("float16", "float32")


class LogitStore:
    """Logits of batches, by epoch and step; what is not there is added.

    Each epoch has a file of records, which are read in place. A record
    counts once its checksum is right, so that one half written when its
    process ended is none, whatever order the system wrote it in.

    Args:
        folder: Path.
        told: Dict for `store.json`: all that the logits depend on, and
            `steps`, `batch_size`, `classes` and `dtype`.
        most: Bytes of the files together, beyond which none is begun.

    Raises:
        ValueError: if the folder holds logits of another teacher or other
            batches.
    """

    def __init__(self, folder, told, most):
        self.folder = Path(folder).expanduser()
        self.steps = told["steps"]
        self.most = most
        shape = (told["batch_size"], told["classes"])
        dtype = np.dtype(told["dtype"]).newbyteorder("<")
        self.record = np.dtype(
            [("images", "<u4"), ("check", "<u4"), ("logits", dtype, shape)]
        )
        self._epochs = {}
        self._lock = threading.Lock()
        self._tell(told)

    def read(self, epoch, step, images, size):
        """Logits (B, K) of a batch, float32, or `None` if there are none.

        Args:
            epoch: Int.
            step: Int.
            images: Int, checksum of the images whose logits are wanted.
            size: Int, B; less than `batch_size` in a last batch.

        Raises:
            ValueError: if the logits are there, and are of other images.
        """
        records = self._records(epoch)
        if records is None:
            return None
        record = records[step]
        logits, found = record["logits"], int(record["images"])
        if int(record["check"]) != _check(found, logits):
            return None
        if found != images:
            raise ValueError(
                f"expected the images whose logits are in {self.folder}, "
                f"received: others, in epoch {epoch + 1}, step {step + 1}; "
                "give another folder, or the data, augmentation and "
                "normalisation that the logits were computed with"
            )
        return logits[:size].astype("float32")

    def write(self, epoch, step, images, logits):
        """Stores the logits of a batch; they come back as they are stored."""
        logits = np.asarray(logits).astype(self.record["logits"].base)
        records = self._records(epoch)
        if records is not None:
            whole = np.zeros(self.record["logits"].shape, logits.dtype)
            whole[: len(logits)] = logits
            records[step] = images, _check(images, whole), whole
        return logits.astype("float32")

    def _records(self, epoch):
        """The records of an epoch, or `None` where there is no place."""
        with self._lock:
            if epoch not in self._epochs:
                self._epochs = {epoch: self._open(epoch), **self._epochs}
                self._epochs = dict([*self._epochs.items()][:2])
            return self._epochs[epoch]

    def _open(self, epoch):
        path = self.folder / f"epoch_{epoch + 1:04}.logits"
        size = self.steps * self.record.itemsize
        if not path.is_file():
            files = self.folder.glob("epoch_*.logits")
            if sum(f.stat().st_size for f in files) + size > self.most:
                return None
        with open(path, "ab") as file:  # two processes may, at one time
            file.truncate(size)
        return np.memmap(path, self.record, "r+", shape=(self.steps,))

    def _tell(self, told):
        path = self.folder / "store.json"
        found = read_json(path)
        if found is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_json(path, told)
        elif found != told:
            found = found if isinstance(found, dict) else {}
            other = [
                f"{name}: {found.get(name)!r} there, {told.get(name)!r} now"
                for name in sorted({*found, *told})
                if found.get(name) != told.get(name)
            ]
            raise ValueError(
                f"expected the logits in {self.folder} to be of this teacher "
                "and these batches; give another folder. Received:\n  "
                + "\n  ".join(other)
            )


def _check(images, logits):
    return zlib.crc32(np.ascontiguousarray(logits), images)
