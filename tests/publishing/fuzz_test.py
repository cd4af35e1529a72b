"""Run folders with every kind of damage: an error that names the file."""

import json
import random
import shutil

import numpy as np
import pytest

from kerassnn import publishing
from kerassnn.publishing import entry
from tests.zoo.conftest import make_run

CASES = 200
NAME = "tiny8_kd_digits"
FILES = (
    "config.json",
    "environment.json",
    "history.csv",
    "recipe.py",
    "result.json",
    "student.weights.h5",
)
ODD = (
    None,
    True,
    -1,
    0.5,
    10**400,
    1e308,
    "",
    "../../outside",
    "\x00",
    [],
    [[[]]],
    {},
    {"class_name": "__lambda__", "config": {"value": "eA=="}},
    {"class_name": "Popen", "module": "subprocess", "config": {}},
)
TEXTS = (b"", b"[", b"\xff\xfe\x00", b"[" * 100_000, b"NaN", b"null", b"[]")


class Measured(Exception):
    """The run was taken for a sound one."""


def paths(value, path=()):
    yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, item in items:
        yield from paths(item, (*path, key))


def damage(folder, rng):
    """Damages one file; returns whether it may still be a sound run."""
    path = folder / rng.choice(FILES)
    kind = rng.choice(["value", "key", "text", "cut", "gone"])
    if path.suffix == ".json" and kind in ("value", "key"):
        value = json.loads(path.read_text())
        place = rng.choice([p for p in paths(value) if p])
        owner = value
        for key in place[:-1]:
            owner = owner[key]
        if kind == "key":
            del owner[place[-1]]
        else:
            owner[place[-1]] = rng.choice(ODD)
        path.write_text(json.dumps(value))
        return path
    content = path.read_bytes()
    if kind == "gone":
        path.unlink()
    elif kind == "cut":
        path.write_bytes(content[: rng.randrange(len(content))])
    else:
        path.write_bytes(rng.choice(TEXTS))
    return path


@pytest.mark.slow
def test_a_damaged_run_is_refused_and_named(tmp_path, monkeypatch):
    run = make_run(tmp_path / "tiny" / "0", 0, spiking=True)
    shutil.copytree(run, tmp_path / "sound")

    def measured(*arguments):
        raise Measured

    # Measuring takes seconds; what is damaged shows before it.
    monkeypatch.setattr(entry, "describe", measured)
    monkeypatch.setattr(entry, "make_probe", lambda model: {})
    refused = 0
    for seed in range(CASES):
        shutil.rmtree(run)
        shutil.copytree(tmp_path / "sound", run)
        path = damage(run, random.Random(seed))
        try:
            publishing.publish([run], NAME, tmp_path / "zoo")
        except Measured:
            continue  # a value that the run does not depend on
        except ValueError as error:
            named = path.name in str(error) or str(run) in str(error)
            assert named or NAME in str(error), (seed, path.name, error)
            refused += 1
        except Exception as error:
            raise AssertionError((seed, path.name)) from error
        left = [p for p in (tmp_path / "zoo").glob("*") if p.name != NAME]
        assert left == [], seed
    assert refused > CASES / 3
    assert {p.name for p in tmp_path.iterdir()} <= {"tiny", "sound", "zoo"}


def test_weights_that_are_not_numbers_are_refused(tmp_path, monkeypatch):
    run = make_run(tmp_path / "tiny" / "0", 0, spiking=False)
    model = entry.read_runs([run])[0].trained()
    values = model.get_weights()
    values[3] = np.full_like(values[3], np.nan)
    model.set_weights(values)
    model.save_weights(run / "student.weights.h5")
    with pytest.raises(ValueError, match="student.weights.h5.*finite"):
        publishing.publish([run], "tiny8_ann_digits", tmp_path / "zoo")
