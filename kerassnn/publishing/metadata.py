"""What the Hugging Face Hub reads at the head of a README.md."""

import json
from typing import Any

# Names of data sets at the Hub; others go by ours.
DATASETS = {
    "cifar10": "uoft-cs/cifar10",
    "cifar100": "uoft-cs/cifar100",
    "fashion_mnist": "zalando-datasets/fashion_mnist",
    "mnist": "ylecun/mnist",
}


def metadata(card: dict) -> dict:
    """The Hub's metadata of an entry.

    The result is that of the weights that are published, on the whole test
    set, as `kerassnn.zoo.evaluate` measures it.
    """
    dataset = DATASETS.get(card["dataset"], card["dataset"])
    kind = "spiking-neural-network" if card["timesteps"] else "ann"
    measured = {
        "task": {"type": "image-classification"},
        "dataset": {
            "name": card["dataset"],
            "type": dataset,
            "split": "test",
        },
        "metrics": [
            {
                "type": "accuracy",
                "value": card["results"]["accuracy"],
                "name": "test accuracy",
            }
        ],
    }
    return {
        "library_name": "kerassnn",
        "license": card["licence"].lower(),
        "pipeline_tag": "image-classification",
        "tags": ["keras", kind, card["method"]],
        "datasets": [dataset],
        "metrics": ["accuracy"],
        "model-index": [{"name": card["name"], "results": [measured]}],
    }


def front_matter(card: dict) -> str:
    """The same as the YAML that begins a README.md."""
    return "\n".join(["---", *_lines(metadata(card)), "---", ""])


def _lines(value: Any) -> list[str]:
    """Dicts and lists as lines of YAML, of which all other JSON is a part."""
    if isinstance(value, dict):
        found = []
        for key, item in value.items():
            if isinstance(item, (dict, list)):
                found += [f"{key}:", *(f"  {line}" for line in _lines(item))]
            else:
                found.append(f"{key}: {json.dumps(item)}")
        return found
    found = []
    for item in value:
        if isinstance(item, (dict, list)):
            first, *rest = _lines(item)
            found += [f"- {first}", *(f"  {line}" for line in rest)]
        else:
            found.append(f"- {json.dumps(item)}")
    return found
