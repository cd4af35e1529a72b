"""README.md of an entry and RESULTS.md of them all, from the cards."""

import json
import os
from pathlib import Path

from kerassnn.zoo.registry import read_card
from kerassnn.zoo.remote import INDEX
from kerassnn.zoo.schema import NAME

RESULTS = "RESULTS.md"
COMPARISONS = "comparisons"
HEADER = """# Results

Generated from the cards by `kerassnn.zoo.results`; not edited by hand.

Test accuracy in percent, mean ± standard deviation over the seeds, last
epoch. *Teacher* is who taught it, or whose weights it began with. *Without
distillation* is the same network trained on the labels alone. *Paper* is the
accuracy its authors report, where it was read there. *These weights* is the
accuracy of what is published, the first seed's weights as float16, measured in
float32: what `kerassnn.zoo.evaluate` gives. It moves by some tenths of a point
where the training was in bfloat16; of single seeds, no smaller difference
between two entries tells them apart. Energy is the estimate that each card
explains.

"""
COLUMNS = (
    "Entry",
    "Data set",
    "T",
    "Accuracy",
    "Seeds",
    "These weights",
    "Teacher",
    "Without distillation",
    "Paper",
    "Parameters",
    "nJ an image",
)


def results(folder):
    """Writes `RESULTS.md` of a folder of entries, and `index.json`.

    The latter lists their names to those who find the folder at a URL. The
    same cards give the same bytes, so that a stale table shows in a diff.

    Args:
        folder: Path, such as a checkout's `zoo/`.

    Returns:
        Path of the file.
    """
    folder = Path(folder)
    found = sorted(folder.glob("*/card.json"))
    folders = [
        path.parent for path in found if NAME.fullmatch(path.parent.name)
    ]
    cards = {entry.name: read_card(entry) for entry in folders}
    rows = sorted(
        cards.values(), key=lambda card: (card["dataset"], card["name"])
    )
    text = HEADER + table(COLUMNS, [_row(card, cards) for card in rows])
    for path in sorted((folder / COMPARISONS).glob("*.json")):
        report = json.loads(path.read_text(encoding="utf-8"))
        text += comparison(report, path.with_suffix(".png").name)
    _write(folder / INDEX, json.dumps(sorted(cards), indent=2) + "\n")
    _write(folder / RESULTS, text)
    return folder / RESULTS


def comparison(report, plot):
    """The section on one comparison of methods.

    Args:
        report: Dict, what `kerassnn.training.compare` returns.
        plot: File name of its plot, beside it.
    """
    rows, line = report["rows"], None
    for row in rows:
        if row["method"] == report["baseline"]:
            line = row["mean"]
    cells = [
        (
            _who(row, report["builder"]),
            _spread(row["mean"], row["std"], len(row["accuracies"])),
            "-" if line is None else f"{100 * (row['mean'] - line):+.2f}",
            len(row["accuracies"]),
            f"{row['seconds']:.0f}",
        )
        for row in rows
    ]
    teacher = report["teacher"] or "none"
    return (
        f"\n## Methods compared: {report['recipe']}\n\n"
        f"{report['builder']}, T = {report['timesteps']}, on "
        f"{report['dataset']}, {report['epochs']} epochs, teacher {teacher}: "
        "the same initial weights, batches and schedule for every method of "
        "a seed; a row of another network, which has more weights to begin "
        "with, names it. Test accuracy in percent after the last epoch, mean ± "
        f"standard deviation; gain over {report['baseline']}. What stands "
        "below it is looked into in [FINDINGS.md](../FINDINGS.md).\n\n"
        + table(("Method", "Accuracy", "Gain", "Seeds", "Seconds"), cells)
        + f"\n![Accuracy of every seed]({COMPARISONS}/{plot})\n"
    )


def _who(row, usual):
    other = row.get("builder", usual)
    return row["method"] + ("" if other == usual else f" ({other})")


def readme(card):
    """The text of an entry's README.md."""
    name, energy = card["name"], card["energy"]
    training, recipe = card["training"], card["recipe"]
    load = f'model = kerassnn.zoo.load("{name}")'
    return "\n".join(
        [
            f"# {name}",
            "",
            "Generated from `card.json`; not edited by hand.",
            "",
            f"    {load}",
            "",
            table(("", ""), facts(card)),
            *_by_timesteps(card),
            *_rates(card),
            f"Energy: {energy['sops']:.0f} SOPs and {energy['macs']:.0f} MACs "
            f"an image, {energy['picojoules'] / 1000:.1f} nJ. "
            f"{energy['assumptions']}",
            "",
            f"Trained by `{recipe['command']}` at commit "
            f"{recipe['commit'] or 'unknown'}: {training['epochs']} epochs in "
            f"{training['seconds']:.0f} s on {training['hardware']}, with "
            f"{card['backend']['name']} {card['backend']['version']} and "
            f"Keras {card['backend']['keras']}.",
            "",
            f"Differs from the paper: {card['differences'] or 'not stated'}",
            "",
            "References: "
            + (", ".join(f"arXiv {i}" for i in card["references"]) or "none"),
            "",
            f"Licence: {card['licence']}",
            "",
        ]
    )


def table(columns, rows):
    """A Markdown table, each line ended."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join("| " + " | ".join(map(str, row)) + " |\n" for row in lines)


def facts(card):
    """Pairs of strings, what an entry is and how good."""
    shown, teacher = card["results"], card["teacher"]
    source = (shown["paper"] or {}).get("source")
    each = ", ".join(f"{100 * a:.2f}" for a in shown["accuracies"])
    return [
        ("Data set", card["dataset"]),
        ("Method", card["method"] + _trained(card)),
        ("Timesteps", card["timesteps"] or "none, an ANN"),
        ("Parameters", card["parameters"]),
        ("Accuracy", f"{_percent(shown)} % (seeds: {each})"),
        ("Accuracy of these weights", f"{100 * shown['accuracy']:.2f} %"),
        ("Selected by", shown["selection"]),
        ("Teacher", teacher["name"] if teacher else "none"),
        ("Without distillation", _percent(shown["baseline"])),
        ("Paper", _paper(card) + (f", {source}" if source else "")),
    ]


def _trained(card):
    rate_based = "flow" in card["method_arguments"]
    return ", by rate-based backpropagation" if rate_based else ""


def _by_timesteps(card):
    found = card["accuracy_by_timesteps"]
    if found is None:
        return []
    order = sorted(found, key=int)
    row = ["Accuracy", *(f"{100 * found[key]:.2f}" for key in order)]
    return [table(["T", *order], [row])]


def _rates(card):
    found = card["firing_rates"]
    if found is None:
        return []
    rows = [(key, f"{rate:.4f}") for key, rate in sorted(found.items())]
    return [table(("Layer", "Firing rate"), rows)]


def _row(card, cards):
    shown = card["results"]
    return (
        f"[{card['name']}]({card['name']}/README.md)",
        card["dataset"],
        card["timesteps"] or "-",
        _percent(shown),
        shown["seeds"],
        f"{100 * shown['accuracy']:.2f}",
        _teacher(card, cards),
        _percent(shown["baseline"]),
        _paper(card),
        card["parameters"],
        f"{card['energy']['picojoules'] / 1000:.1f}",
    )


def _teacher(card, cards):
    if card["teacher"] is None:
        return "-"
    name = card["teacher"]["name"]
    if name not in cards:
        return name
    return f"{name}: {_percent(cards[name]['results'])}"


def _write(path, text):
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def _percent(found):
    if found is None:
        return "-"
    mean, std = found["accuracy_mean"], found["accuracy_std"]
    return _spread(mean, std, len(found["accuracies"]))


def _spread(mean, std, seeds):
    """Percent; one seed has no deviation to show."""
    shown = f"{100 * mean:.2f}"
    return shown if seeds == 1 else f"{shown} ± {100 * std:.2f}"


def _paper(card):
    paper = card["results"]["paper"]
    return (
        "-" if paper is None else f"{100 * paper['value']:.2f} [{paper['tag']}]"
    )
