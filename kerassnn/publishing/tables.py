"""RESULTS.md and results.csv of all entries, from their cards."""

import json
import os
import warnings
from pathlib import Path

from kerassnn.files import write_rows
from kerassnn.files import write_text
from kerassnn.locking import alone
from kerassnn.publishing import markdown
from kerassnn.publishing import summary
from kerassnn.zoo.cards import read_card
from kerassnn.zoo.cards import teacher_names
from kerassnn.zoo.schema import NAME

RESULTS = "RESULTS.md"
CSV = "results.csv"
COMPARISONS = "comparisons"
HEADER = """# Results

Generated from the cards by `kerassnn.publishing.results`; not edited by hand.

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


def results(folder: str | Path, readme: str | Path | None = None) -> Path:
    """Writes the tables of a folder of entries.

    `RESULTS.md` for people and `results.csv` for programs. The same cards
    give the same bytes, so that a stale table shows in a diff. An entry whose
    card cannot be read is left out, with a warning.

    Args:
        folder: Path, such as a checkout's `zoo/`.
        readme: Path of a README.md whose tables are written, too; see
            `kerassnn.publishing.summary`.

    Returns:
        Path of `RESULTS.md`.
    """
    folder = Path(folder)
    # Of several publishers the last one to write has seen all entries.
    with alone(folder / ".results.lock"):
        cards = _cards(folder)
        write_text(folder / RESULTS, _results(folder, cards))
        write_rows(folder / CSV, [flat(card) for card in cards.values()])
    if readme is not None:
        place = Path(os.path.relpath(folder, Path(readme).parent)).as_posix()
        text = Path(readme).read_text(encoding="utf-8")
        write_text(readme, summary.written(text, readme_tables(cards, place)))
    return folder / RESULTS


def readme_tables(cards: dict[str, dict], place: str) -> dict[str, str]:
    """`{name: table}` of a README.md; see `summary.written`.

    Args:
        cards: Dict, `{name: card}`.
        place: String, where the entries are as seen from the README.md.
    """
    from kerassnn import distillation  # Keras, which cards do not need

    return {
        "results": summary.best(cards, place),
        "methods": summary.methods(distillation.compatibility()),
    }


def flat(card: dict) -> dict:
    """A card as one row of `results.csv`; accuracies are fractions."""
    shown, baseline = card["results"], card["results"]["baseline"] or {}
    return {
        "name": card["name"],
        "dataset": card["dataset"],
        "method": card["method"],
        "builder": card["builder"]["name"],
        "timesteps": card["timesteps"],
        "parameters": card["parameters"],
        "accuracy_mean": shown["accuracy_mean"],
        "accuracy_std": shown["accuracy_std"],
        "seeds": shown["seeds"],
        "accuracy": shown["accuracy"],
        "baseline_accuracy_mean": baseline.get("accuracy_mean"),
        "teacher": ", ".join(teacher_names(card)) or None,
        "paper": shown["paper"] and shown["paper"]["value"],
        **{key: card["energy"][key] for key in ("sops", "macs", "picojoules")},
        **card["training"],
        "backend": card["backend"]["name"],
        "commit": card["recipe"]["commit"],
        "licence": card["licence"],
    }


def comparison(report: dict, plot: str) -> str:
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
            markdown.spread(row["mean"], row["std"], len(row["accuracies"])),
            "-" if line is None else f"{100 * (row['mean'] - line):+.2f}",
            len(row["accuracies"]),
            f"{row['seconds']:.0f}",
        )
        for row in rows
    ]
    teacher = report["teacher"] or "none"
    if isinstance(teacher, list):
        teacher = " and ".join(teacher)
    folds = ""
    if report.get("folds"):
        folds = (
            f" Each seed tests another of {report['folds']} parts of all "
            "recordings, with a teacher that has not seen it."
        )
    return (
        f"\n## Methods compared: {report['recipe']}\n\n"
        f"{report['builder']}, T = {report['timesteps']}, on "
        f"{report['dataset']}, {report['epochs']} epochs, teacher {teacher}: "
        "the same initial weights, batches and schedule for every method of "
        "a seed; a row of another network, which has more weights to begin "
        "with, names it. Test accuracy in percent after the last epoch, mean ± "
        f"standard deviation; gain over {report['baseline']}.{folds} What "
        "stands below it is looked into in [FINDINGS.md](../FINDINGS.md).\n\n"
        + markdown.table(
            ("Method", "Accuracy", "Gain", "Seeds", "Seconds"), cells
        )
        + f"\n![Accuracy of every seed]({COMPARISONS}/{plot})\n"
    )


def _who(row, usual):
    other = row.get("builder", usual)
    return row["method"] + ("" if other == usual else f" ({other})")


def _row(card, cards):
    shown = card["results"]
    return (
        f"[{card['name']}]({card['name']}/README.md)",
        card["dataset"],
        card["timesteps"] or "-",
        markdown.percent(shown),
        shown["seeds"],
        f"{100 * shown['accuracy']:.2f}",
        _teacher(card, cards),
        markdown.percent(shown["baseline"]),
        markdown.paper(card),
        card["parameters"],
        markdown.nanojoules(card),
    )


def _teacher(card, cards):
    shown = [
        f"{name}: {markdown.percent(cards[name]['results'])}"
        if name in cards
        else name
        for name in teacher_names(card)
    ]
    return ", ".join(shown) or "-"


def _cards(folder):
    """`{name: card}` of the folder's entries, by data set and name."""
    found = {}
    for path in sorted(folder.glob("*/card.json")):
        entry = path.parent
        if NAME.fullmatch(entry.name):
            try:
                found[entry.name] = read_card(entry)
            except ValueError as error:
                warnings.warn(f"left out of tables: {error}", stacklevel=3)
    return dict(
        sorted(found.items(), key=lambda item: (item[1]["dataset"], item[0]))
    )


def _results(folder, cards):
    rows = [_row(card, cards) for card in cards.values()]
    text = HEADER + markdown.table(COLUMNS, rows)
    for path in sorted((folder / COMPARISONS).glob("*.json")):
        report = json.loads(path.read_text(encoding="utf-8"))
        text += comparison(report, path.with_suffix(".png").name)
    return text
