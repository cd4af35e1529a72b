"""What messages of the command name: what there is, in place of a guess."""

from pathlib import Path

from kerassnn.cli import main

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "tests" / "training" / "recipes" / "tiny.py"


def told(arguments, capsys):
    """What a command that fails says, in one line."""
    assert main([*map(str, arguments)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_a_field_that_a_recipe_lacks_is_told_with_those_it_has(capsys):
    line = told(["train", TINY, "--nonsense=3"], capsys)
    fields, received = line.split("expected a field of ")[1].split(", rec")
    assert received == "eived: nonsense"
    assert {"epochs", "width", "runs"} <= set(fields.split(", "))


def test_list_names_the_data_sets_that_have_entries(capsys):
    assert main(["list", "--dataset=cifar11"]) == 0
    line = capsys.readouterr().out
    assert line.startswith("no entry is of 'cifar11'; the data sets")
    assert " cifar10, cifar100, digits," in line
    assert main(["list", "--dataset=digits", "--timesteps=77"]) == 0
    assert capsys.readouterr().out == "no entry is like that\n"
