"""The card of an entry that is being published."""

import inspect
import re
from pathlib import Path

import keras

from kerassnn import analysis
from kerassnn import data
from kerassnn import models
from kerassnn.publishing.runs import accuracies
from kerassnn.training import Run
from kerassnn.zoo.cards import read_card
from kerassnn.zoo.evaluation import accuracy
from kerassnn.zoo.evaluation import running_accuracies
from kerassnn.zoo.preprocessing import prepare
from kerassnn.zoo.registry import find
from kerassnn.zoo.schema import ARXIV
from kerassnn.zoo.schema import NAME
from kerassnn.zoo.schema import VERSION
from kerassnn.zoo.schema import check_value
from kerassnn.zoo.weights import WEIGHTS

LONGEST = 8  # accuracy is measured at T = 1 to this
MEASURED = 1000  # test images for rates and energy
DIFFERS = re.compile(r"Differs from the paper: (.+?)(?:\n\n|\Z)", re.DOTALL)
CITED = re.compile(f"arXiv ({ARXIV.pattern})")


def describe(
    runs: list[Run],
    name: str,
    model: keras.Model,
    splits: data.Splits,
    root: Path,
    baseline: list[Run] | None,
) -> dict:
    """Gathers what runs and measurements say about an entry.

    Args:
        runs: List of `Run`, the first being that of the weights.
        name: String.
        model: The model with the weights that are shipped.
        splits: `kerassnn.data.Splits`.
        root: Path, where the teacher's entry is looked for first.
        baseline: List of `Run` or `None`.

    Returns:
        Dict, a card but for what only the publisher knows.
    """
    run = runs[0]
    result = run.result
    teacher = _teacher(result["teacher"], root)
    found = _measure(model, splits, run)
    return {
        "card_version": VERSION,
        "name": name,
        "builder": run.builder.to_json(),
        "dataset": result["dataset"],
        "classes": [*splits.class_names] or None,
        "timesteps": result["timesteps"],
        "parameters": int(model.count_params()),
        "method": result["method"],
        "method_arguments": result["method_arguments"]
        | ({"flow": run.flow} if run.flow else {}),
        "results": {
            **accuracies(runs),
            "accuracy": found.pop("accuracy"),
            "seeds": len(runs),
            "selection": "last epoch",
            "baseline": baseline
            and {**accuracies(baseline), "recipe": baseline[0].recipe},
        },
        "teacher": teacher,
        **found,
        **_origin(run),
    }


def stated(method: str) -> tuple[str, set[str]]:
    """What the docstring of a method says of its paper.

    Args:
        method: String, a class of `kerassnn.distillation`, or another, of
            which nothing is known.

    Returns:
        A pair: the "Differs from the paper" paragraph as one line, `""` if
        there is none, and the set of the arXiv ids.
    """
    known = keras.saving.get_registered_object(f"kerassnn>{method}")
    text = inspect.getdoc(known) or ""
    found = DIFFERS.search(text)
    differs = " ".join(found[1].split()) if found else ""
    return differs, set(CITED.findall(text))


def _measure(model, splits, run):
    preprocessing = {
        "mean": [float(value) for value in splits.mean],
        "std": [float(value) for value in splits.std],
        "scale": float(splits.scale),
        "layout": "BTHWC" if len(model.input_shape) == 5 else "BHWC",
    }
    x, y = splits.test
    some = prepare(preprocessing, x[:MEASURED])
    energy = analysis.energy(model, some)
    energy["assumptions"] += f" Means over {len(some)} test images."
    found = {
        "preprocessing": preprocessing,
        "accuracy": accuracy(model, preprocessing, x, y, label=model.name),
        "energy": energy,
        "accuracy_by_timesteps": None,
        "firing_rates": None,
    }
    timesteps = run.result["timesteps"]
    if timesteps is not None:
        steps = _by_timesteps(model, run.builder, preprocessing, x, y)
        steps[str(timesteps)] = found["accuracy"]
        found["accuracy_by_timesteps"] = steps
        found["firing_rates"] = analysis.firing_rates(model, some)
    return found


def _origin(run):
    environment = run.environment
    return {
        "recipe": {
            "path": run.recipe,
            "commit": environment["commit"],
            "command": environment["command"],
            "sha256": run.recipe_sha256,
        },
        "backend": {
            "name": environment["backend"],
            "version": environment["backend_version"],
            "keras": environment["keras"],
            "kerassnn": environment["kerassnn"],
        },
        "training": {
            "hardware": environment["hardware"],
            "seconds": float(run.result["seconds"]),
            "epochs": run.result["epochs"],
        },
    }


def _by_timesteps(model, builder, preprocessing, x, y):
    """Accuracy at T = 1 to `LONGEST`, of one run over the longest.

    The neurons see no later step, and none of these norms does at test: the
    logits at T are the mean of the first T of a longer run.
    """
    try:
        models.at_timesteps(model, 1)
        longest = builder.replace(timesteps=LONGEST)()
        models.transfer(model, longest, may_differ=())
    except ValueError:  # bound to the T of its weights or its data
        return {}
    steps = keras.Model(longest.inputs, longest.get_layer("logits_t").output)
    label = f"{model.name} at T = 1 to {LONGEST}"
    found = running_accuracies(steps, preprocessing, x, y, label=label)
    return {str(i): value for i, value in enumerate(found, 1)}


def _teacher(name, root):
    if name is None:
        return None
    if isinstance(name, list):
        if len(set(name)) < len(name):
            raise ValueError(
                "expected teachers of entries of their own, which a card can "
                f"name, received: {name}"
            )
        return [_teacher(each, root) for each in name]
    check_value(NAME, name, "teacher")
    here = Path(root, name)
    folder = here if (here / "card.json").is_file() else find(name)
    return {"name": name, "sha256": read_card(folder)["sha256"][WEIGHTS]}
