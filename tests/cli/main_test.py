import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import keras
import numpy as np
import pytest

import kerassnn
from kerassnn import data
from kerassnn import distillation
from kerassnn import export
from kerassnn import zoo
from kerassnn.cli import main
from kerassnn.cli.commands import COMMANDS
from kerassnn.cli.terminal import say

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "tests" / "training" / "recipes" / "tiny.py"
ANN = ROOT / "recipes" / "resnet8_ann.py"
COMMAND = f"{sys.executable} -m kerassnn.cli"
PUBLISH = ["publish", "--name=a_b_digits", "--zoo=zoo"]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A zoo of one entry, made by the command line; its folder."""
    folder = tmp_path_factory.mktemp("cli")
    runs, shelf = f"--runs={folder / 'runs'}", folder / "zoo"
    assert main(["train", str(ANN), "--smoke", runs]) == 0
    name = "--name=resnet8_plain_digits"
    run = str(folder / "runs" / "resnet8_ann_digits" / "0")
    paper = ["--paper=0.9512", "--paper_source=abstract"]
    assert main(["publish", run, name, f"--zoo={shelf}", *paper]) == 0
    return shelf


@pytest.fixture
def shelf(published, monkeypatch):
    monkeypatch.setenv("KERASSNN_ZOO", str(published))


@pytest.mark.parametrize("arguments", [[], ["--help"], ["help"]])
def test_usage(arguments, capsys):
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert "usage: kerassnn COMMAND" in out
    assert all(f"  {name} " in out for name in COMMANDS)


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"kerassnn {kerassnn.__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_has_a_line_for_each_flag(name, capsys):
    assert main([name, "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"usage: kerassnn {name}")
    for action in COMMANDS[name].parser()._actions:
        assert action.help and action.help.split()[0] in out


def test_unknown_command(capsys):
    assert main(["evalute", "x"]) == 2
    assert "evaluate" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["info"], "NAME"),
        (["info", "resnet8_nothing_digits"], "nearest"),
        (["list", "a", "b"], "no further argument"),
        (["list", "--jsno"], "did you mean --json"),
        (["list", "--timesteps=0"], "timesteps"),
        (["list", "--max_parameters=few"], "max_parameters"),
        (["evaluate", "resnet8_nothing_digits"], "nearest"),
        (["verify", "resnet8_nothing_digits"], "nearest"),
        (["train"], "RECIPE"),
        (["train", "resnet8_sastc_digit"], "resnet8_sastc"),
        (["train", str(TINY), "--epoch=3"], "Did you mean: epochs"),
        (["train", str(TINY), "--epochs=x"], "epochs"),
        (["publish", "--name=a_b_digits", "--zoo=z"], "RUN"),
        (["publish", "a", "--name=a_b_digits"], "--zoo"),
        ([*PUBLISH, "nowhere"], "run folder"),
        ([*PUBLISH, "a", "--paper=0.9"], "paper_source"),
        ([*PUBLISH, "a", "--paper=90"], "from 0 to 1"),
        (["export", "a", "litert-int4", "b"], "litert-int8"),
        (["export", "a", "litert", "b", "--calibrate=9"], "int8 alone"),
        (["export", "a", "litert-int8", "b", "--calibrate=0"], "calibrate"),
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
        (line,) = lines
        assert line.startswith("no entry is ")


def test_info_tells_a_method_known_from_an_abstract(capsys):
    for method, name in (("tssd", "TSSD"), ("kd", "LogitsKD")):
        assert main(["info", f"resnet19w16_{method}_cifar10"]) == 0
        told = "from its paper's abstract alone" in capsys.readouterr().out
        assert told == distillation.METHODS[name].abstract_only


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


def test_evaluate(shelf, capsys):
    assert main(["evaluate", "resnet8_plain_digits", "--json", "--check"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["accuracy"] == found["card_accuracy"]
    assert main(["evaluate", "resnet8_plain_digits"]) == 0
    out = capsys.readouterr().out
    assert f"{100 * found['accuracy']:.2f} %" in out and "{" not in out


def test_evaluate_fails_where_the_card_says_otherwise(shelf, monkeypatch):
    wrong = {"accuracy": 0.8, "card_accuracy": 0.9, "images": 100}
    found = {"dataset": "digits", **wrong}
    monkeypatch.setattr(zoo, "evaluate", lambda *args, **kwargs: found)
    assert main(["evaluate", "a"]) == 0
    assert main(["evaluate", "a", "--check"]) == 1


def test_verify(shelf, capsys):
    assert main(["verify", "*plain*"]) == 0
    assert "resnet8_plain_digits: right on" in capsys.readouterr().out
    assert main(["verify", "resnet8_plain_digits", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["agreeing"] >= 7


@pytest.mark.slow
@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="LiteRT")
@pytest.mark.parametrize(
    ("flags", "count"), [([], 100), (["--calibrate=16"], 16)]
)
def test_export_of_int8_sees_training_images_alone(
    shelf, tmp_path, monkeypatch, flags, count
):
    tf = pytest.importorskip("tensorflow")
    splits, given = data.load("digits"), []
    write = export.litert

    def noting(*args, **kwargs):
        given.append(kwargs["calibration"])
        return write(*args, **kwargs)

    monkeypatch.setattr(export, "litert", noting)
    path = str(tmp_path / "net.tflite")
    start = ["export", "resnet8_plain_digits", "litert-int8", path]
    assert main([*start, *flags]) == 0
    file = tf.lite.Interpreter(path)
    kinds = [detail["dtype"] for detail in file.get_tensor_details()]
    assert kinds.count(np.int8) > 10
    assert {d["dtype"] for d in file.get_input_details()} == {np.float32}
    (images,) = given
    assert len(images) == count
    known = {x.tobytes() for x in splits.normalise(splits.train[0])}
    assert {x.tobytes() for x in images} <= known


@pytest.mark.slow
@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="LiteRT")
def test_export_of_a_stream_takes_frame_and_states(tmp_path):
    tf = pytest.importorskip("tensorflow")
    sizes = {}
    for form in ("litert-stream", "litert-stream-float16"):
        path = tmp_path / f"{form}.tflite"
        assert main(["export", "resnet8_sastc_digits", form, str(path)]) == 0
        file = tf.lite.Interpreter(str(path)).get_signature_runner()
        names = set(file.get_input_details())
        assert "frame" in names and len(names) > 2
        assert set(file.get_output_details()) == names - {"frame"} | {"logits"}
        sizes[form] = path.stat().st_size
    assert sizes["litert-stream-float16"] < 0.75 * sizes["litert-stream"]


def test_help_of_a_recipe_names_its_fields(capsys):
    assert main(["train", str(TINY), "--help"]) == 0
    out = capsys.readouterr().out
    assert "A small net with dropout" in out
    assert "--width=4  (int)" in out


def test_a_named_recipe_is_found_from_anywhere(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("resnet8_sastc", "recipes/resnet8_sastc.py"):
        assert main(["train", name, "--help"]) == 0
        assert "SASTC" in capsys.readouterr().out
    # An entry is trained as its card says.
    assert main(["train", "resnet8_sastc_digits", "--help"]) == 0
    assert "SASTC" in capsys.readouterr().out


@pytest.mark.slow
def test_the_process_exits_with_the_code(tmp_path):
    found = subprocess.run(
        [
            *(sys.executable, "-m", "kerassnn.cli", "train", str(TINY)),
            *(f"--runs={tmp_path}", "--width=no"),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert found.returncode == 1
    assert "width" in found.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong", ("/nope/resnet8_sastc_digits.py", "./a.py"))
def test_a_wrong_path_is_no_name_of_a_recipe(wrong, capsys):
    assert main(["train", wrong]) == 1
    assert "expected a recipe's file or name" in capsys.readouterr().err


def start(code, **environment):
    return subprocess.run(
        ["bash", "-c", code.replace("kerassnn", COMMAND)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_a_reader_that_goes_away():
    code = "set -o pipefail; kerassnn list --json | true"
    done = start(code)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_terminal_of_ascii_only():
    code = "kerassnn info resnet8_sastc_digits"
    done = start(code, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert (done.returncode, done.stderr) == (0, "")
    assert " +- " in done.stdout


def test_a_backend_that_there_is_not():
    code = "kerassnn verify resnet8_sastc_digits"
    done = start(code, KERAS_BACKEND="tensorflwo")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "KERAS_BACKEND" in line and "tensorflow, jax, torch" in line


def test_controls_of_a_card_do_not_reach_the_terminal(
    published, tmp_path, monkeypatch, capsys
):
    shutil.copytree(published, tmp_path / "zoo")
    path = tmp_path / "zoo" / "resnet8_plain_digits" / "card.json"
    card = json.loads(path.read_text())
    evil = "\x1b[2Jgone\x9b\u202e"
    card["licence"] = card["method"] = card["differences"] = evil
    path.write_text(json.dumps(card))
    monkeypatch.setenv("KERASSNN_ZOO", str(tmp_path / "zoo"))
    for arguments in (["info", path.parent.name], ["list", "*plain*"]):
        for more in ([], ["--json"]):
            with warnings.catch_warnings():
                warnings.simplefilter("always")
                main([*arguments, *more])
            out, err = capsys.readouterr()
            assert "plain" in out + err
            assert not set("\x1b\x9b\u202e") & set(out + err)


def test_controls_are_shown_as_escapes(capsys):
    say("a\tb\n\x1b[2J\x9b\u202e\ud800 ±")
    assert capsys.readouterr().out == ("a\tb\n\\x1b[2J\\x9b\\u202e\\ud800 ±\n")
