"""What a user installs: the files of the wheel, and what it needs."""

import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import kerassnn

ROOT = Path(__file__).resolve().parents[1]
SHARE = f"kerassnn-{kerassnn.__version__}.data/data/share/kerassnn"
LARGEST = 90_000_000  # bytes, as package indexes take them
ENTRY = "tiny8_ann_digits"
FILES = {"card.json", "model.safetensors", "README.md"}
pytestmark = pytest.mark.skipif(
    not (ROOT / "setup.cfg").is_file(), reason="these are not a checkout's"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A copy's wheel, unpacked, and the names in its sdist."""
    copy = tmp_path_factory.mktemp("built") / "copy"
    skipped = shutil.ignore_patterns("__pycache__", "*.egg-info")
    copy.mkdir()
    for name in ("kerassnn", "recipes", "zoo"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=skipped)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, copy)
    entry = copy / "zoo" / ENTRY
    entry.mkdir(parents=True)
    for name in FILES:
        (entry / name).write_text("{}")
    code = (
        "import json; from setuptools import build_meta as b; "
        "print(json.dumps([b.build_wheel('w'), b.build_sdist('s')]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=copy, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    wheel, sdist = json.loads(done.stdout.splitlines()[-1])
    with zipfile.ZipFile(copy / "w" / wheel) as archive:
        archive.extractall(copy / "wheel")
    with tarfile.open(copy / "s" / sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    return copy / "wheel", names


def test_the_version_is_read_without_keras():
    code = (
        "import sys; sys.modules['keras'] = None; "
        "from setuptools.config.setupcfg import read_configuration as r; "
        "print(r('setup.cfg')['metadata']['version'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.strip() == kerassnn.__version__, done.stderr


def test_wheel_holds_the_library_the_recipes_and_the_entries(built):
    wheel, _ = built
    top = {path.name.split("-")[0] for path in wheel.iterdir()}
    assert top == {"kerassnn"}
    modules = {
        path.relative_to(ROOT) for path in (ROOT / "kerassnn").rglob("*.py")
    }
    assert {p.relative_to(wheel) for p in wheel.rglob("*.py")} >= modules
    share = wheel / SHARE
    recipes = {p.relative_to(ROOT) for p in ROOT.glob("recipes/**/*.py")}
    assert {p.relative_to(share) for p in share.rglob("*.py")} == recipes
    entries = {path.name for path in (share / "zoo").iterdir()}
    cards = (ROOT / "zoo").glob("*/card.json")
    assert entries == {ENTRY, *(card.parent.name for card in cards)}
    assert {path.name for path in (share / "zoo" / ENTRY).iterdir()} == FILES


def test_the_wheel_stays_small(built):
    files = [path for path in built[0].rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < LARGEST


def test_wheel_says_what_it_needs(built):
    (found,) = importlib.metadata.distributions(path=[str(built[0])])
    extras = set(found.metadata.get_all("Provides-Extra"))
    assert extras >= {"test", "jax", "torch", "bench", "cv", "events", "hub"}
    needed = {
        re.match("[a-z0-9_-]+", line)[0]
        for line in found.requires
        if "extra ==" not in line
    }
    assert needed == {
        "absl-py",
        "h5py",
        "importlib_resources",
        "keras",
        "numpy",
        "safetensors",
        "scikit-learn",
        "tensorflow",
        "tensorflow-datasets",
    }
    (script,) = found.entry_points
    assert (script.name, script.value) == ("kerassnn", "kerassnn.cli:main")


def test_sdist_can_build_the_wheel_again(built):
    needed = {"setup.cfg", "pyproject.toml", "LICENSE", "README.md"}
    needed |= {f"zoo/{ENTRY}/{name}" for name in FILES}
    needed |= {f"recipes/{p.name}" for p in (ROOT / "recipes").glob("*.py")}
    assert needed <= built[1]
