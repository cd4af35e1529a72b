import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kerassnn import zoo
from kerassnn.cli import main

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "tests" / "training" / "recipes" / "tiny.py"
ANN = ROOT / "recipes" / "resnet8_ann_digits.py"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A zoo of one entry, made by the command line; its folder."""
    folder = tmp_path_factory.mktemp("cli")
    runs, shelf = f"--runs={folder / 'runs'}", folder / "zoo"
    assert main(["distill", str(ANN), "--smoke", runs]) == 0
    name = "--name=resnet8_plain_digits"
    run = str(folder / "runs" / "resnet8_ann_digits" / "0")
    paper = ["--paper=0.9512", "--paper_source=abstract"]
    assert main(["publish", run, name, f"--zoo={shelf}", *paper]) == 0
    return shelf


@pytest.fixture
def shelf(published, monkeypatch):
    monkeypatch.setenv("KERASSNN_ZOO", str(published))


@pytest.mark.parametrize("arguments", [[], ["--help"], ["list", "--help"]])
def test_usage(arguments, capsys):
    assert main(arguments) == 0
    assert "usage: kerassnn COMMAND" in capsys.readouterr().out


def test_unknown_command(capsys):
    assert main(["evalute", "x"]) == 2
    assert "evaluate" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["info"], "entry's name"),
        (["info", "resnet8_nothing_digits"], "nearest"),
        (["list", "a", "b"], "one pattern"),
        (["list", "--jsno"], "Did you mean: json"),
        (["list", "--timesteps=0"], "timesteps"),
        (["list", "--max_parameters=few"], "max_parameters"),
        (["evaluate", "resnet8_nothing_digits"], "nearest"),
        (["distill"], "RECIPE"),
        (["distill", "resnet8_sastc_digit"], "resnet8_sastc_digits"),
        (["distill", str(TINY), "--epoch=3"], "Did you mean: epochs"),
        (["distill", str(TINY), "--epochs=x"], "epochs"),
        (["publish", "--name=a_b_digits"], "RUN"),
        (["publish", "nowhere", "--name=a_b_digits"], "finished run"),
        (["publish", "a", "--name=a_b_digits", "--paper=0.9"], "paper_source"),
        (["publish", "a", "--name=a_b_digits", "--paper=90"], "paper"),
    ],
)
def test_errors_are_one_line_and_code_1(arguments, message, capsys):
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert error.startswith("kerassnn: ")
    assert message in error
    assert "Traceback" not in error


def test_list(shelf, capsys):
    assert main(["list", "*plain*"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    names = ["NAME", "DATASET", "METHOD", "T", "ACCURACY", "PARAMETERS"]
    assert head.split() == [*names, "TEACHER"]
    cells = row.split()
    assert cells[:4] == ["resnet8_plain_digits", "digits", "HardLabel", "-"]
    assert main(["list", "*plain*", "--json"]) == 0
    (card,) = json.loads(capsys.readouterr().out)
    assert card == zoo.card("resnet8_plain_digits")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (
            ["--method=sastc", "--timesteps=2", "--dataset=digits"],
            ["resnet8_sastc_digits"],
        ),
        (["--method=sastc", "--timesteps=3"], []),
        (["--dataset=cifar0"], []),
        (["--max_parameters=10000"], ["resnet8_plain_digits"]),
        (["*_ann_*", "--dataset=digits"], ["resnet8_ann_digits"]),
    ],
)
def test_list_filters(shelf, filters, found, capsys):
    """Of the made entry, of few parameters, and those of this checkout."""
    assert main(["list", *filters, "--json"]) == 0
    cards = json.loads(capsys.readouterr().out)
    assert [card["name"] for card in cards] == found
    assert main(["list", *filters]) == 0
    lines = capsys.readouterr().out.splitlines()
    if found:
        assert [line.split()[0] for line in lines[1:]] == found
    else:
        assert lines == ["no entry is like that"]


def test_info(shelf, capsys):
    assert main(["info", "resnet8_plain_digits", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == zoo.card("resnet8_plain_digits")
    assert found["results"]["paper"] == {
        "value": 0.9512,
        "tag": "V",
        "source": "abstract",
    }
    assert main(["info", "resnet8_plain_digits"]) == 0
    assert "95.12 [V], abstract" in capsys.readouterr().out
    assert main(["info", "resnet8_sastc_digits"]) == 0
    out = capsys.readouterr().out
    card = zoo.card("resnet8_sastc_digits")
    assert out.startswith("resnet8_sastc_digits\n")
    assert f"{100 * card['results']['baseline']['accuracy_mean']:.2f}" in out
    assert "2: 98.06" in out
    assert card["recipe"]["command"] in out
    assert 'zoo.load("resnet8_sastc_digits")' in out
    assert "{" not in out


def test_evaluate_ends_with_json(shelf, capsys):
    assert main(["evaluate", "resnet8_plain_digits"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["accuracy"] == found["card_accuracy"]
    assert 0 <= found["accuracy"] <= 1


def test_help_of_a_recipe_names_its_fields(capsys):
    assert main(["distill", str(TINY), "--help"]) == 0
    out = capsys.readouterr().out
    assert "A small net with dropout" in out
    assert "--width=4  (int)" in out


def test_a_named_recipe_is_found_from_anywhere(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["distill", "resnet8_sastc_digits", "--help"]) == 0
    assert "SASTC" in capsys.readouterr().out


def test_the_process_exits_with_the_code(tmp_path):
    found = subprocess.run(
        [sys.executable, str(TINY), f"--runs={tmp_path}", "--width=no"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert found.returncode == 1
    assert "width" in found.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong", ("/nope/resnet8_sastc_digits.py", "./a.py"))
def test_a_wrong_path_is_no_name_of_a_recipe(wrong, capsys):
    assert main(["distill", wrong]) == 1
    assert "expected a recipe's file or name" in capsys.readouterr().err
