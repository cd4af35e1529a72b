"""A small zoo published from made-up runs: a teacher and two students."""

import json
import shutil

import filelock
import keras
import pytest

from kerassnn import layers
from kerassnn import models
from kerassnn import publishing

ANN = "tiny8_ann_digits"
SNN = "tiny8_kd_digits"
ACCURACIES = (0.5, 0.7)


def make_run(
    folder,
    seed,
    *,
    spiking,
    teacher=None,
    accuracy=0.5,
    builder=None,
    **changes,
):
    """A run folder as training leaves it, of an untrained net."""
    keras.utils.set_random_seed(seed)
    if builder is None:
        builder = models.Builder(models.ResNet8, classes=10, width=4)
        if spiking:
            builder.arguments |= {
                "timesteps": 2,
                "neuron": layers.LIF(tau=2.0, v_threshold=0.5),
            }
    model = builder()
    folder.mkdir(parents=True)
    result = {
        "accuracy": accuracy,
        "loss": 1.0,
        "epochs": 3,
        "seconds": 1.5,
        "images_per_second": 9.0,
        "builder": builder.to_json(),
        "dataset": "digits",
        "method": "LogitsKD" if spiking else "HardLabel",
        "method_arguments": {"temperature": 4.0} if spiking else {},
        "teacher": teacher,
        "timesteps": 2 if spiking else None,
        **changes,
    }
    environment = {
        "backend": "tensorflow",
        "backend_version": "2",
        "keras": "3",
        "kerassnn": "0",
        "hardware": "a desk",
        "commit": None,
        "command": f"kerassnn train {folder.parent.name} --seed={seed}",
    }
    for name, value in (
        ("config", {"seed": seed, "epochs": 3}),
        ("result", result),
        ("environment", environment),
    ):
        (folder / f"{name}.json").write_text(json.dumps(value))
    (folder / "recipe.py").write_text("raise SystemExit('never run')\n")
    (folder / "history.csv").write_text("epoch,loss\n0,1.0\n")
    model.save_weights(folder / "student.weights.h5")
    return folder


def make_runs(root, **options):
    """Two runs of one recipe, seeds 0 and 1."""
    return [
        make_run(root / str(seed), seed, accuracy=accuracy, **options)
        for seed, accuracy in enumerate(ACCURACIES)
    ]


@pytest.fixture(scope="session")
def published(tmp_path_factory, worker_id):
    """The folder of a small zoo; tests that change files take `entries`.

    Made by the process that asks first, for all processes of pytest-xdist.
    """
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    made = shared / "published"
    with filelock.FileLock(f"{made}.lock"):
        if not made.exists():
            root = tmp_path_factory.mktemp("publishing")
            _publish(root)
            root.rename(made)
    return made / "zoo"


def _publish(root):
    teachers = make_runs(root / "runs" / "tiny_ann", spiking=False)
    publishing.publish(teachers, ANN, root / "zoo", references=["1512.03385"])
    students = make_runs(root / "runs" / "tiny_kd", spiking=True, teacher=ANN)
    baseline = make_runs(root / "runs" / "tiny_hard", spiking=True)
    publishing.publish(
        students,
        SNN,
        root / "zoo",
        baseline_runs=baseline,
        paper={"value": 0.9512, "tag": "V", "source": "Table 1"},
        differences="It is made up.",
    )


@pytest.fixture
def entries(published, tmp_path, monkeypatch):
    """A copy of the small zoo, the first place that is searched."""
    root = tmp_path / "zoo"
    shutil.copytree(published, root)
    monkeypatch.setenv("KERASSNN_ZOO", str(root))
    return root


def edit_card(folder, change):
    """Rewrites a card through `change(card)`."""
    card = json.loads((folder / "card.json").read_text())
    change(card)
    (folder / "card.json").write_text(json.dumps(card))
