"""From run folders to an entry of the zoo."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kerassnn.files import sha256
from kerassnn.files import write_text
from kerassnn.publishing.describing import describe
from kerassnn.publishing.describing import stated
from kerassnn.publishing.page import readme
from kerassnn.publishing.placing import check_new
from kerassnn.publishing.placing import drafting
from kerassnn.publishing.placing import place
from kerassnn.publishing.probing import make_probe
from kerassnn.publishing.recipes import is_ours
from kerassnn.publishing.runs import read_baseline
from kerassnn.publishing.runs import read_runs
from kerassnn.publishing.tables import results
from kerassnn.publishing.trained import published_network
from kerassnn.zoo.cards import OWN_RECIPE
from kerassnn.zoo.evaluation import load_splits
from kerassnn.zoo.probe import PROBE
from kerassnn.zoo.schema import ARXIV
from kerassnn.zoo.schema import CARD
from kerassnn.zoo.schema import FILES
from kerassnn.zoo.schema import NAME
from kerassnn.zoo.schema import check_card
from kerassnn.zoo.schema import check_value
from kerassnn.zoo.weights import WEIGHTS
from kerassnn.zoo.weights import read_half
from kerassnn.zoo.weights import save_half


def publish(
    runs: Sequence[str | Path],
    name: str,
    folder: str | Path,
    *,
    baseline_runs: Sequence[str | Path] | None = None,
    paper: dict | None = None,
    references: Sequence[str] = (),
    differences: str = "",
    licence: str = "Apache-2.0",
    data_dir: str | Path | None = None,
    overwrite: bool = False,
) -> Path:
    """Turns the finished runs of one recipe into an entry.

    The weights are those of the first run, in float16, and never chosen by
    their accuracy; mean and standard deviation are over all runs. Accuracy,
    firing rates and energy are measured on the float16 weights. A network
    trained by rate-based backpropagation is published as the plain SNN of
    the same weights. Where the recipe is not one of kerassnn's, its text is
    put beside them as `recipe.py`; nothing that loads an entry runs it. The
    entry appears in one step, or not at all.

    Args:
        runs: List of run folders, such as `runs/resnet8_kd_digits/0`, of
            distinct seeds.
        name: String, `<architecture>_<method>_<dataset>`.
        folder: Folder of entries, such as a checkout's `zoo/`.
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
            exists or is being published by another process.
    """
    runs = read_runs(runs)
    baseline = read_baseline(baseline_runs, runs[0])
    dataset = runs[0].result["dataset"]
    root = Path(folder).resolve()
    target = _target(root, name, dataset, overwrite)
    differs, arxiv = stated(runs[0].result["method"])
    _check_given(paper, references, differences, licence)
    given = {
        "references": sorted(arxiv.union(references)),
        "differences": " ".join(filter(None, (differs, differences))),
        "licence": licence,
    }
    with drafting(target) as draft:
        check_new(target, overwrite)  # another one may just have ended
        model = _artefacts(runs[0], name, draft)
        splits = load_splits(dataset, model, data_dir)
        if model.output_shape[-1] != splits.classes:
            raise ValueError(
                f"expected a network of the {splits.classes} classes of "
                f"{dataset}, on which its accuracy is measured, received: "
                f"{model.output_shape[-1]} classes"
            )
        card = describe(runs, name, model, splits, root, baseline) | given
        card["results"]["paper"] = paper
        _write(card, draft)
        place(target, overwrite)
    results(root)
    return target


def _check_given(paper, references, differences, licence):
    """What the card's check would refuse too, after all the measuring."""
    listed = isinstance(references, (tuple, set))
    check_value(
        [ARXIV], list(references) if listed else references, "references"
    )
    check_value(CARD["differences"], differences, "differences")
    check_value(CARD["licence"], licence, "licence")
    check_value(CARD["results"]["paper"], paper, "paper")
    if paper is not None and not 0 <= paper["value"] <= 1:
        raise ValueError(
            f"expected paper['value'] as a fraction, received: {paper!r}"
        )


def _target(root, name, dataset, overwrite):
    good = isinstance(name, str) and NAME.fullmatch(name)
    ending = f"_{dataset}"
    if not good or not name.endswith(ending) or name.count("_") < 2:
        raise ValueError(
            f"expected a name <architecture>_<method>_{dataset}, received: "
            f"name={name!r}"
        )
    check_new(root / name, overwrite)
    return root / name


def _artefacts(run, name, draft):
    """Writes the entry's files but the card; the model with the weights."""
    model = published_network(run, name)
    save_half(model, draft / WEIGHTS)
    read_half(model, draft / WEIGHTS)
    np.savez(draft / PROBE, **make_probe(model))
    own = [] if is_ours(run) else [OWN_RECIPE]
    for file in ["history.csv", *own]:
        shutil.copyfile(run.folder / file, draft / file)
    return model


def _write(card, draft):
    files = [*FILES, OWN_RECIPE]
    found = [draft / file for file in files if (draft / file).is_file()]
    card["sha256"] = {path.name: sha256(path) for path in found}
    check_card(card, f"{card['name']}/card.json")
    text = json.dumps(card, indent=2, sort_keys=True) + "\n"
    write_text(draft / "card.json", text)
    write_text(draft / "README.md", readme(card))
