"""Entries for pages: a shipped card changed at will, without weights."""

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = json.loads(
    (ROOT / "zoo" / "resnet8_sastc_digits" / "card.json").read_text()
)
HISTORY = "epoch,accuracy,loss\n1,0.5,2.0\n2,0.75,1.0\n"


def add_entry(folder, name, history=HISTORY, **changes):
    """Writes `name/card.json` and its history; returns the card."""
    card = json.loads(json.dumps(SHIPPED)) | {"name": name} | changes
    digest = hashlib.sha256(history.encode()).hexdigest()
    card["sha256"]["history.csv"] = digest
    place = Path(folder, name)
    place.mkdir(parents=True)
    (place / "history.csv").write_text(history)
    (place / "card.json").write_text(json.dumps(card))
    return card


def add_ann(folder, name, **changes):
    """The same as an ANN, without time."""
    builder = {"name": "ResNet8", "arguments": {}}
    return add_entry(
        folder,
        name,
        builder=builder,
        timesteps=None,
        teacher=None,
        accuracy_by_timesteps=None,
        firing_rates=None,
        **changes,
    )
