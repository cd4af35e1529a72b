import datetime
import importlib.metadata
import os
import platform
import subprocess
import sys

import keras
import numpy as np

from kerassnn.version import __version__


def environment(folder):
    """Returns what a run runs on: versions, hardware, commit, time.

    Args:
        folder: Path inside the git checkout whose commit is wanted.
    """
    backend = keras.backend.backend()
    now = datetime.datetime.now(datetime.UTC)
    return {
        "started": now.isoformat("T", "seconds"),
        "python": platform.python_version(),
        "kerassnn": __version__,
        "keras": keras.version(),
        "backend": backend,
        "backend_version": _version(backend),
        "numpy": np.__version__,
        "platform": platform.platform(),
        "hardware": f"{_processor()}, {os.cpu_count()} cores{_accelerator()}",
        "commit": _commit(folder),
    }


def peak_memory_mb():
    """Returns the process's peak resident memory, `None` if not known."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)


def _version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor()


def _accelerator():
    device = keras.ops.convert_to_tensor(0.0).device
    # JAX's device knows its model, the others only its number.
    name = str(getattr(device, "device_kind", device))
    return "" if "cpu" in name.lower() else f", {name}"


def _commit(folder):
    """The commit, with a plus sign if the checkout was changed since.

    `KERASSNN_COMMIT` gives it for a copy of the files without Git's.
    """
    command = "git describe --always --abbrev=40 --dirty=+ --exclude=*"
    try:
        found = subprocess.run(
            command.split(),
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=10,
        )
        named = found.stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        named = ""
    return named or os.environ.get("KERASSNN_COMMIT") or None
