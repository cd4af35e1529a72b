"""Run folders in parts of a given size, to be carried between machines."""

import json
import os
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

from kerassnn.zoo.loading import build
from kerassnn.zoo.registry import inside
from kerassnn.zoo.runs import read_runs
from kerassnn.zoo.schema import DIGEST
from kerassnn.zoo.schema import FILE
from kerassnn.zoo.schema import check
from kerassnn.zoo.schema import parse
from kerassnn.zoo.transfer import sha256
from kerassnn.zoo.weights import save_half

TEXTS = (
    "config.json",
    "recipe.py",
    "environment.json",
    "history.csv",
    "result.json",
    "log.txt",
)
STUDENT = "student.weights.h5"
CHECKPOINT = "checkpoint.npz"
NAMES = (*TEXTS, STUDENT, CHECKPOINT)
LIST = {
    "recipe": re.compile(r"[A-Za-z0-9_]+"),
    "seed": re.compile(r"\d+"),
    "files": {FILE: DIGEST},
    "parts": {FILE: DIGEST},
}
PART = 15_000_000  # bytes


def pack(run, folder, *, part_bytes=PART, checkpoint=False):
    """Writes a run folder as parts with a list of what is in them.

    The kernels of the student are written in float16, as an entry's are; all
    else is as it is, and a `log.txt` in the run folder goes along.

    Args:
        run: Path of a run folder, `<root>/<recipe>/<seed>`.
        folder: Path of the folder that takes `<recipe>-<seed>.json`, the
            list, and the parts, `<recipe>-<seed>.00` and so on.
        part_bytes: Int, the largest size of a part.
        checkpoint: Bool. Whether the checkpoint goes along, in full
            precision, so that the run can go on elsewhere.

    Returns:
        List of the paths written.

    Raises:
        ValueError: if the run is not finished and `checkpoint` is not set,
            or has no checkpoint though it is.
    """
    run, folder = Path(run).resolve(), Path(folder)
    if part_bytes < 1:
        raise ValueError(f"expected part_bytes > 0, received: {part_bytes}")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as draft:
        files = _gather(run, Path(draft), checkpoint)
        whole = Path(draft, "whole.zip")
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, path in files.items():
                archive.write(path, name)
        name = f"{run.parent.name}-{run.name}"
        parts = _cut(whole, Path(draft), name, part_bytes)
        contents = {
            "recipe": run.parent.name,
            "seed": run.name,
            "files": {n: sha256(path) for n, path in files.items()},
            "parts": {part.name: sha256(part) for part in parts},
        }
        check(LIST, contents, name)
        listed = Path(draft, f"{name}.json")
        listed.write_text(json.dumps(contents, indent=1), encoding="utf-8")
        for path in (*parts, listed):  # the list last: it says all are there
            os.replace(path, folder / path.name)
    return [folder / path.name for path in (*parts, listed)]


def unpack(listed, root):
    """Makes the run folder again, each byte verified; nothing in it is run.

    Args:
        listed: Path of a `<recipe>-<seed>.json` beside its parts.
        root: Path under which run folders are made.

    Returns:
        Path of the run folder, `<root>/<recipe>/<seed>`.

    Raises:
        ValueError: if the run folder exists, or a part or a file is missing
            or is not what was packed.
    """
    listed, root = Path(listed), Path(root)
    contents = parse(listed.read_text(encoding="utf-8"), listed.name)
    check(LIST, contents, listed.name)
    unknown = sorted(set(contents["files"]) - set(NAMES))
    if unknown:
        raise ValueError(
            f"{listed.name}: expected files of a run, received: {unknown}"
        )
    target = root / contents["recipe"] / contents["seed"]
    if target.exists():
        raise ValueError(f"expected no run folder yet, received: {target}")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".", dir=target.parent))
    try:
        whole = draft / "whole.zip"
        _join(listed.parent, contents["parts"], whole)
        _extract(whole, contents["files"], draft)
        whole.unlink()
        draft.chmod(0o755)
        os.replace(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _gather(run, draft, checkpoint):
    """{name: path} of the files that go along."""
    files = {name: run / name for name in TEXTS if (run / name).is_file()}
    if checkpoint:
        files[CHECKPOINT] = inside(run, CHECKPOINT)
    if "result.json" in files or not checkpoint:
        result = read_runs([run])[0].result
        builder = result["builder"]
        student = build({"name": run.parent.name, "builder": builder})
        student.load_weights(inside(run, STUDENT))
        save_half(student, draft / STUDENT)
        files[STUDENT] = draft / STUDENT
    return files


def _cut(whole, folder, name, size):
    parts = []
    with open(whole, "rb") as file:
        while piece := file.read(size):
            parts.append(folder / f"{name}.{len(parts):02d}")
            parts[-1].write_bytes(piece)
    return parts


def _join(folder, parts, whole):
    with open(whole, "wb") as file:
        for name in parts:
            path = inside(folder, name)
            if sha256(path) != parts[name]:
                raise ValueError(
                    f"expected the part {name} as it was packed, received: "
                    "other bytes"
                )
            file.write(path.read_bytes())


def _extract(whole, files, folder):
    with zipfile.ZipFile(whole) as archive:
        if sorted(archive.namelist()) != sorted(files):
            raise ValueError(
                f"expected the files {sorted(files)}, received: "
                f"{sorted(archive.namelist())}"
            )
        for name, digest in files.items():
            # By its listed name, never by one that the archive gives.
            with archive.open(name) as source, open(folder / name, "wb") as to:
                shutil.copyfileobj(source, to)
            if sha256(folder / name) != digest:
                raise ValueError(
                    f"expected {name} as it was packed, received: other bytes"
                )
