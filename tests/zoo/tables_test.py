import concurrent.futures
import csv
import json
import shutil
import statistics

import pytest

from kerassnn import publishing
from tests.zoo.conftest import ANN
from tests.zoo.conftest import SNN
from tests.zoo.conftest import edit_card


def test_results_are_reproduced_byte_for_byte(entries):
    before = (entries / "RESULTS.md").read_bytes()
    assert publishing.results(entries) == entries / "RESULTS.md"
    assert (entries / "RESULTS.md").read_bytes() == before


def test_each_entry_stands_beside_what_it_is_compared_with(entries):
    lines = (entries / "RESULTS.md").read_text().splitlines()
    row = next(line for line in lines if f"[{SNN}]" in line)
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    shipped = json.loads((entries / SNN / "card.json").read_text())["results"]
    assert cells[2:9] == [
        "2",
        "60.00 ± 14.14",
        "2",
        f"{100 * shipped['accuracy']:.2f}",
        f"{ANN}: 60.00 ± 14.14",
        "60.00 ± 14.14",
        "95.12 [V]",
    ]


def test_one_seed_shows_no_deviation(entries):
    def change(card):
        card["results"] |= {
            "accuracies": [0.5],
            "accuracy_mean": 0.5,
            "accuracy_std": 0.0,
            "seeds": 1,
        }

    edit_card(entries / SNN, change)
    text = publishing.results(entries).read_text()
    row = next(line for line in text.splitlines() if f"[{SNN}]" in line)
    assert row.split(" | ")[3] == "50.00"


def listed(entries):
    with open(entries / "results.csv", newline="") as file:
        return sorted(row["name"] for row in csv.DictReader(file))


def test_a_removed_entry_leaves_the_table(entries):
    shutil.rmtree(entries / ANN)
    assert listed(entries) == [ANN, SNN]
    text = publishing.results(entries).read_text()
    assert f"[{ANN}]" not in text and f"[{SNN}]" in text
    assert listed(entries) == [SNN]


def test_the_readme_is_made_of_the_card(entries):
    text = (entries / SNN / "README.md").read_text()
    assert f'kerassnn.zoo.load("{SNN}")' in text
    assert "50.00, 70.00" in text
    assert "It is made up." in text


def test_a_comparison_becomes_a_section(entries):
    report = {
        "recipe": "compare_methods_made_up",
        "dataset": "digits",
        "epochs": 2,
        "timesteps": 4,
        "teacher": None,
        "builder": "ResNet8",
        "seeds": 2,
        "baseline": "HardLabel",
        "rows": [
            _comparison_row("SASTC", [0.75, 0.85]),
            _comparison_row("HardLabel", [0.7, 0.7]),
            _comparison_row("TET", [0.65]) | {"builder": "STAAResNet19"},
        ],
    }
    folder = entries / "comparisons"
    folder.mkdir()
    (folder / "made_up.json").write_text(json.dumps(report))
    lines = publishing.results(entries).read_text().splitlines()
    assert "| SASTC | 80.00 ± 7.07 | +10.00 | 2 | 3 |" in lines
    assert "| HardLabel | 70.00 ± 0.00 | +0.00 | 2 | 3 |" in lines
    assert "| TET (STAAResNet19) | 65.00 | -5.00 | 1 | 3 |" in lines
    assert "![Accuracy of every seed](comparisons/made_up.png)" in lines
    assert not any("parts of all recordings" in line for line in lines)
    report["folds"] = 5
    (folder / "made_up.json").write_text(json.dumps(report))
    text = publishing.results(entries).read_text()
    assert "Each seed tests another of 5 parts of all recordings" in text


def _comparison_row(method, accuracies):
    return {
        "method": method,
        "mean": statistics.mean(accuracies),
        "std": statistics.stdev(accuracies) if len(accuracies) > 1 else 0.0,
        "accuracies": accuracies,
        "seconds": 3.0,
    }


def test_rows_of_a_program_hold_what_the_cards_say(entries):
    publishing.results(entries)
    with open(entries / "results.csv", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert set(rows) == {ANN, SNN}
    assert float(rows[SNN]["accuracy_mean"]) == pytest.approx(0.6)
    assert rows[SNN]["teacher"] == ANN and rows[ANN]["teacher"] == ""
    assert rows[ANN]["timesteps"] == ""


def test_a_card_that_cannot_be_read_is_left_out(entries):
    (entries / ANN / "card.json").write_text("{")
    with pytest.warns(UserWarning, match=ANN):
        text = publishing.results(entries).read_text()
    assert f"[{SNN}]" in text and f"[{ANN}]" not in text


def test_publishers_at_once_all_appear(entries):
    """Whoever writes last has seen the entries of all."""
    for k in range(6):
        shutil.copytree(entries / ANN, entries / f"copy{k}_ann_digits")
        edit_card(
            entries / f"copy{k}_ann_digits",
            lambda card, k=k: card.update(name=f"copy{k}_ann_digits"),
        )
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        list(pool.map(publishing.results, [entries] * 6))
    assert len(listed(entries)) == 8
    hidden = [p.name for p in entries.iterdir() if p.name.startswith(".")]
    assert hidden == []
