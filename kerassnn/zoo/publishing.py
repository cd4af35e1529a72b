"""From run folders to an entry of the zoo."""

import json
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

from kerassnn import data
from kerassnn import models
from kerassnn.zoo.describing import describe
from kerassnn.zoo.describing import stated
from kerassnn.zoo.loading import build
from kerassnn.zoo.packaging import ship
from kerassnn.zoo.probe import PROBE
from kerassnn.zoo.probe import make_probe
from kerassnn.zoo.registry import checkout_root
from kerassnn.zoo.runs import read_baseline
from kerassnn.zoo.runs import read_runs
from kerassnn.zoo.schema import ARXIV
from kerassnn.zoo.schema import CARD
from kerassnn.zoo.schema import FILES
from kerassnn.zoo.schema import NAME
from kerassnn.zoo.schema import check
from kerassnn.zoo.schema import check_card
from kerassnn.zoo.tables import readme
from kerassnn.zoo.tables import results
from kerassnn.zoo.weights import WEIGHTS
from kerassnn.zoo.weights import save_half
from kerassnn.zoo.weights import sha256


def publish(
    runs,
    name,
    folder=None,
    *,
    baseline_runs=None,
    paper=None,
    references=(),
    differences="",
    licence="Apache-2.0",
    data_dir=None,
    overwrite=False,
):
    """Turns the finished runs of one recipe into an entry.

    The weights are those of the first run, in float16, and never chosen by
    their accuracy; mean and standard deviation are over all runs. Accuracy,
    firing rates and energy are measured on the float16 weights. A network
    trained by rate-based backpropagation is published as the plain SNN of
    the same weights. The entry appears in one step, or not at all.

    Args:
        runs: List of run folders, `runs/<recipe>/<seed>`, of distinct seeds.
        name: String, `<architecture>_<method>_<dataset>`.
        folder: Folder of entries. `None` is the checkout's `zoo/`, whose new
            entry is also listed in `setup.cfg`, to travel in the wheel.
        baseline_runs: Run folders of the same network trained without
            distillation, or `None`.
        paper: `None` or a dict: `value`, the accuracy the paper reports, as
            a fraction, `tag` (`"V"`: read in the paper), and `source`.
        references: arXiv ids, besides those in the method's docstring.
        differences: String, how the recipe differs from the paper, besides
            what the method's docstring says.
        licence: String, SPDX.
        data_dir: Folder of the data sets.
        overwrite: Bool, whether an entry of this name is replaced.

    Returns:
        Path of the entry's folder.

    Raises:
        ValueError: if the runs do not belong together, the name does not fit
            them, the network knows only some of the classes, or the entry
            exists.
    """
    runs = read_runs(runs)
    baseline = read_baseline(baseline_runs, runs[0])
    dataset = runs[0].result["dataset"]
    root = _root(folder)
    target = _target(root, name, dataset, overwrite)
    differs, arxiv = stated(runs[0].result["method"])
    _check_given(paper, references, differences, licence)
    given = {
        "references": sorted(arxiv.union(references)),
        "differences": " ".join(filter(None, (differs, differences))),
        "licence": licence,
    }
    root.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=root))
    try:
        model = _artefacts(runs[0], name, draft)
        splits = data.load(dataset, data_dir=data_dir)
        if model.output_shape[-1] != splits.classes:
            raise ValueError(
                f"expected a network of the {splits.classes} classes of "
                f"{dataset}, on which its accuracy is measured, received: "
                f"{model.output_shape[-1]} classes"
            )
        card = describe(runs, name, model, splits, root, baseline) | given
        card["results"]["paper"] = paper
        _write(card, draft)
        _replace(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    results(root)
    checkout = checkout_root()
    if checkout is not None and root == checkout / "zoo":
        ship(checkout / "setup.cfg", target)
    return target


def _check_given(paper, references, differences, licence):
    """What the card's check would refuse too, after all the measuring."""
    listed = isinstance(references, (tuple, set))
    check([ARXIV], list(references) if listed else references, "references")
    check(CARD["differences"], differences, "differences")
    check(CARD["licence"], licence, "licence")
    check(CARD["results"]["paper"], paper, "paper")
    if paper is not None and not 0 <= paper["value"] <= 1:
        raise ValueError(
            f"expected paper['value'] as a fraction, received: {paper!r}"
        )


def _root(folder):
    if folder is not None:
        return Path(folder).resolve()
    checkout = checkout_root()
    if checkout is None:
        raise ValueError(
            "expected folder=... (--zoo), where the entry goes: this is no "
            "checkout, received: folder=None"
        )
    return checkout / "zoo"


def _target(root, name, dataset, overwrite):
    good = isinstance(name, str) and NAME.fullmatch(name)
    ending = f"_{dataset}"
    if not good or not name.endswith(ending) or name.count("_") < 2:
        raise ValueError(
            f"expected a name <architecture>_<method>_{dataset}, received: "
            f"name={name!r}"
        )
    if (root / name).exists() and not overwrite:
        raise ValueError(
            f"expected a new entry or overwrite=True, received: name={name!r}, "
            "which exists"
        )
    return root / name


def _artefacts(run, name, draft):
    """Writes weights, probe and history; the model with those weights."""
    trained = build({"name": name, "builder": run.result["builder"]})
    trained.load_weights(run.folder / "student.weights.h5")
    model = trained
    if run.flow is not None:
        model = build({"name": name, "builder": run.builder})
        models.transfer(trained, model, may_differ=())
    save_half(model, draft / WEIGHTS)
    model.load_weights(draft / WEIGHTS)
    np.savez(draft / PROBE, **make_probe(model))
    shutil.copyfile(run.folder / "history.csv", draft / "history.csv")
    return model


def _write(card, draft):
    card["sha256"] = {file: sha256(draft / file) for file in FILES}
    check_card(card, f"{card['name']}/card.json")
    text = json.dumps(card, indent=2, sort_keys=True) + "\n"
    (draft / "card.json").write_text(text, encoding="utf-8")
    (draft / "README.md").write_text(readme(card), encoding="utf-8")
    draft.chmod(0o755)  # `mkdtemp` lets nobody else read


def _replace(draft, target):
    if not target.exists():
        os.replace(draft, target)
        return
    # No file system swaps two folders portably: for an instant there is
    # neither, but never a half of one.
    old = Path(
        tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=draft.parent)
    )
    os.replace(target, old / target.name)
    os.replace(draft, target)
    shutil.rmtree(old)
