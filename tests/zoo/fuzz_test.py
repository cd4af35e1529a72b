"""Damaged and forged entries: an error that names the file, or the network."""

import json
import random
import resource
import shutil
import sys
import warnings

import numpy as np
import pytest

from kerassnn import zoo
from kerassnn.files import sha256
from tests.zoo.conftest import SNN

CASES = 200
NASTY = (
    None,
    True,
    0,
    -1,
    1.5,
    10**9,
    10**400,
    float("nan"),
    float("inf"),
    "",
    "x" * 10_000,
    "\x1b]0;gone\x07",
    "../../etc/passwd",
    [],
    [[[[]]]],
    {},
    {"class_name": "__lambda__", "config": {"value": ["", None, None]}},
    {"class_name": "system", "config": "true", "module": "os"},
    {"class_name": "Lambda", "config": {}, "module": "keras.layers"},
)
ALARMING = ("os.system", "os.exec", "subprocess.Popen", "socket.connect")
seen, watching = [], [None]


def hook(event, arguments):
    """Notes what a loaded file must never lead to."""
    if watching[0] is None:
        return
    if event in ALARMING:
        seen.append((event, arguments))
    elif event == "open":
        path, mode, _ = arguments
        # By its number, Python opens the bytecode of a module that it caches.
        named = isinstance(path, (str, bytes))
        writes = named and isinstance(mode, str) and set(mode) & set("wax+")
        if writes and not str(path).startswith(watching[0]):
            seen.append((event, arguments))


def places(value):
    """Pairs of a container and a key, of all that JSON holds."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in [*items]:
        yield value, key
        if isinstance(item, (dict, list)):
            yield from places(item)


def forge_card(rng, folder):
    card = json.loads((folder / "card.json").read_text())
    for _ in range(rng.choice((1, 1, 1, 3))):
        parent, key = rng.choice([*places(card)])
        if rng.random() < 0.2:
            del parent[key]
        elif rng.random() < 0.3 and isinstance(parent[key], (int, float)):
            parent[key] *= rng.choice((-1, 0.5, 2, 1000))
        else:
            parent[key] = rng.choice(NASTY)
    (folder / "card.json").write_text(json.dumps(card))


def forge_builder(rng, folder):
    card = json.loads((folder / "card.json").read_text())
    arguments = card["builder"]["arguments"]
    inner = arguments["neuron"]["config"]
    target = rng.choice((arguments, inner))
    extra = ("width", "timesteps", "classes", "input_shape", "norm", "flow")
    key = rng.choice((*target, *extra))
    target[key] = rng.choice((*NASTY, 1500, 100_000, [10**5, 10**5, 1]))
    (folder / "card.json").write_text(json.dumps(card))


def damage(rng, folder, name):
    """Changes bytes, and mostly the digest in the card with them."""
    path = folder / name
    content = bytearray(path.read_bytes())
    kind = rng.randrange(4)
    if kind == 0:
        del content[rng.randrange(len(content)) :]
    elif kind == 1:
        content += rng.randbytes(rng.choice((1, 1000, 10**6)))
    else:
        near = rng.choice((16, 2000, len(content)))
        for _ in range(rng.choice((1, 1, 4))):
            content[rng.randrange(near)] = rng.randrange(256)
    path.write_bytes(content)
    if name != "card.json" and rng.random() < 0.9:
        card = json.loads((folder / "card.json").read_text())
        card["sha256"][name] = sha256(path)
        (folder / "card.json").write_text(json.dumps(card))


def forge(rng, folder):
    kind = rng.randrange(6)
    if kind == 0:
        forge_card(rng, folder)
    elif kind == 1:
        forge_builder(rng, folder)
    elif kind == 2:
        damage(rng, folder, "card.json")
    elif kind == 3:
        damage(rng, folder, "probe.npz")
    else:
        damage(rng, folder, "model.safetensors")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_forged_entry_is_refused_or_is_the_network(published, tmp_path):
    sys.addaudithook(hook)
    genuine = [published / SNN / "probe.npz", published / SNN / "card.json"]
    logits = np.load(genuine[0])["logits"]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    passed = 0
    for case in range(CASES):
        rng, root = random.Random(case), tmp_path / str(case)
        shutil.copytree(published / SNN, root / SNN)
        forge(rng, root / SNN)
        files = sorted(root.rglob("*"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KERASSNN_ZOO", str(root))
            watching[0] = str(tmp_path)
            try:
                assert SNN in zoo.list("tiny8_*")
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    assert set(zoo.list("tiny8_*", timesteps=2)) <= {SNN}
                zoo.verify(SNN)
                found = zoo.load(SNN).predict(
                    np.load(root / SNN / "probe.npz")["inputs"], verbose=0
                )
                # One input of the eight may differ by a spike.
                close = np.abs(found - logits).max(axis=1) < 1e-2
                assert close.sum() >= 7, case
                passed += 1
            except ValueError as error:
                assert SNN in str(error), (case, error)
                assert "\x1b" not in str(error), case
            finally:
                watching[0] = None
        assert sorted(root.rglob("*")) == files, case
        shutil.rmtree(root)
    assert seen == []
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 1_000_000  # KiB
    assert 0 < passed < CASES / 2
