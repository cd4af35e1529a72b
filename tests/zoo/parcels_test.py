import json
import re

import h5py
import numpy as np
import pytest

from kerassnn import zoo
from tests.zoo.conftest import make_run

TEXTS = ("config.json", "recipe.py", "environment.json", "history.csv")


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path / "here" / "tiny_kd" / "3", 3, spiking=True)


def kernels(path):
    found = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda name, item: (
                found.update({name: item[()]})
                if isinstance(item, h5py.Dataset) and item.ndim > 1
                else None
            )
        )
    return found


def test_a_run_arrives_in_small_parts(run, tmp_path):
    (run / "log.txt").write_text("epoch 1\n")
    paths = zoo.pack(run, tmp_path / "out", part_bytes=5000)
    *parts, listed = paths
    assert len(parts) > 2
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(
        p.name for p in paths
    )
    for part in parts:
        assert re.fullmatch(r"[A-Za-z0-9._-]+", part.name)
        assert part.stat().st_size <= 5000
    there = zoo.unpack(listed, tmp_path / "there")
    assert there == tmp_path / "there" / "tiny_kd" / "3"
    for name in (*TEXTS, "result.json", "log.txt"):
        assert (there / name).read_bytes() == (run / name).read_bytes()
    given = kernels(run / "student.weights.h5")
    half = kernels(there / "student.weights.h5")
    assert list(half) == list(given)
    for name, kernel in half.items():
        assert kernel.dtype == "float16"
        np.testing.assert_array_equal(kernel, given[name].astype("float16"))


@pytest.mark.slow
def test_what_arrived_is_published_as_what_was_sent(run, tmp_path):
    *_, listed = zoo.pack(run, tmp_path / "out")
    there = zoo.unpack(listed, tmp_path / "there")
    name = "tiny8_kd_digits"
    for source, root in ((run, "a"), (there, "b")):
        zoo.publish([source], name, tmp_path / root)
    digests = [
        json.loads((tmp_path / root / name / "card.json").read_text())["sha256"]
        for root in "ab"
    ]
    weights = "model.weights.h5"
    a, b = (kernels(tmp_path / root / name / weights) for root in "ab")
    for key, kernel in a.items():
        np.testing.assert_array_equal(kernel, b[key])
    assert digests[0]["history.csv"] == digests[1]["history.csv"]


def test_a_run_without_its_end_needs_its_checkpoint(run, tmp_path):
    (run / "result.json").unlink()
    with pytest.raises(ValueError, match="finished run"):
        zoo.pack(run, tmp_path / "out")
    with pytest.raises(ValueError, match="checkpoint.npz"):
        zoo.pack(run, tmp_path / "out", checkpoint=True)
    assert list((tmp_path / "out").iterdir()) == []


def damage(listed, parts):
    parts[1].write_bytes(parts[1].read_bytes()[:-1] + b"\0")


def lose(listed, parts):
    parts[1].unlink()


def lead_out(listed, parts):
    contents = json.loads(listed.read_text())
    contents["files"]["../evil.py"] = "0" * 64
    listed.write_text(json.dumps(contents))


def name_another(listed, parts):
    contents = json.loads(listed.read_text())
    contents["files"]["evil.py"] = contents["files"].pop("recipe.py")
    listed.write_text(json.dumps(contents))


def rename(listed, parts):
    contents = json.loads(listed.read_text())
    listed.write_text(json.dumps({**contents, "recipe": "../up"}))


@pytest.mark.parametrize(
    "spoil", [damage, lose, lead_out, name_another, rename]
)
def test_another_parcel_is_refused_and_leaves_nothing(run, tmp_path, spoil):
    *parts, listed = zoo.pack(run, tmp_path / "out", part_bytes=5000)
    spoil(listed, parts)
    with pytest.raises(ValueError, match="expected"):
        zoo.unpack(listed, tmp_path / "there")
    found = list((tmp_path / "there").rglob("*"))
    assert [path for path in found if path.is_file()] == []


def test_no_run_is_overwritten(run, tmp_path):
    *_, listed = zoo.pack(run, tmp_path / "out")
    with pytest.raises(ValueError, match="no run folder yet"):
        zoo.unpack(listed, tmp_path / "here")


def test_a_part_of_no_size_is_refused(run, tmp_path):
    with pytest.raises(ValueError, match="part_bytes > 0, received: 0"):
        zoo.pack(run, tmp_path / "out", part_bytes=0)
