"""Studies go on where they ended, and their verdicts are computed."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from kerassnn import studies
from kerassnn.cli import main

ROOT = Path(__file__).resolve().parents[2]
STUDIES = sorted((ROOT / "recipes" / "studies").glob("*.py"))
ON_CIFAR = {
    "conversion",
    "features",
    "league",
    "recalibration",
    "sastc_maps",
    "short_training",
    "warm_start",
}
# $KERASSNN_DATA names a folder with cifar10.npz; without it they are skipped.
DATA = os.environ.get("KERASSNN_DATA", "")
FEW = "a test needs two seeds at least"


def test_a_study_goes_on_where_it_ended(study, tmp_path, capsys):
    log, report = tmp_path / "log", tmp_path / "zoo" / "studies"
    how = {"overrides": {"log": str(log)}, "report": report}
    found = studies.run(study, seeds=2, cells=["low"], **how)
    assert not found["complete"]
    assert "nothing" not in (tmp_path / "zoo" / "STUDIES.md").read_text()
    found = studies.run(study, **how)
    assert found["complete"]
    calls = log.read_text().splitlines()
    # What was measured is not measured again; seeds come one after another.
    assert calls == ["low 0", "low 1", "high 0", "high 1", "low 2", "high 2"]
    assert "4 of 6 cells to measure" in capsys.readouterr().out
    stored = json.loads((report / "nothing.json").read_text())
    assert stored == found
    assert [row["accuracy"] for row in found["rows"]] == pytest.approx(
        [1.0, 1.1, 1.4, 2.0, 2.2, 2.8]
    )
    # By hand: gaps 1, 1.1, 1.4.
    gaps = np.array([1.0, 1.1, 1.4])
    t = gaps.mean() / (gaps.std(ddof=1) / np.sqrt(3))
    assert found["verdicts"][0]["verdict"] == "holds"
    p = float(found["verdicts"][0]["test"].split("p = ")[1])
    assert p == pytest.approx(1 - t / np.sqrt(t**2 + 2), rel=1e-2)
    page = (tmp_path / "zoo" / "STUDIES.md").read_text()
    for text in (
        "[Nothing: much ado](#nothing-much-ado)",
        "What it says of itself.",
        "| High is higher | **holds** |",
        "![Nothing: much ado](studies/nothing.png)",
        f"    kerassnn study {study} --report={report} --log=",
        "6 measurements, 3 seeds",
    ):
        assert text in page
    assert (report / "nothing.png").stat().st_size > 1000
    with pytest.raises(ValueError, match="of other settings; give --fresh"):
        studies.run(study, **{**how, "overrides": {"tall": 3}})


def test_the_command_measures_in_small_elsewhere(study, tmp_path, capsys):
    flags = [str(study), "--smoke", f"--log={tmp_path / 'log'}", "--json"]
    flags.append(f"--runs={tmp_path / 'runs'}")
    assert main(["study", *flags]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["config"]["tall"] == 2
    assert found["verdicts"][0]["verdict"] == "too close to tell"
    assert found["verdicts"][0]["test"] == f"+100.00 points; {FEW}"
    assert (tmp_path / "runs/smoke/studies/nothing.json").is_file()
    assert main(["study", str(study), "--cells=hihg"]) == 1
    assert "['high', 'low']" in capsys.readouterr().err
    assert main(["study"]) == 0
    assert "league" in capsys.readouterr().out.splitlines()


def test_verdicts_of_differences():
    noise = np.array([0.5, -0.4, 0.3, -0.5, 0.2, -0.1])
    other = np.linspace(80, 81, 6)
    verdicts = [
        studies.better("", other + shift + noise, other).verdict
        for shift in (2.0, -2.0, 0.0)
    ]
    assert verdicts == ["holds", "does not hold here", "too close to tell"]
    same = {"a": other + 0.01 * noise, "b": other}
    assert studies.level("", same, "b", 0.1).verdict == "holds"
    same["a"] = other + 1 + 0.01 * noise
    assert studies.level("", same, "b", 0.1).verdict == "does not hold here"
    same["a"] = other + noise
    assert studies.level("", same, "b", 0.1).verdict == "too close to tell"
    low, high = (other - 3 + noise, other), (other + 3 + noise, other)
    close = other + noise, other
    for pairs, some, expected in (
        ([low, low], False, "holds"),
        ([low, close], False, "too close to tell"),
        ([low, high], False, "does not hold here"),
        ([close, low], True, "holds"),
        ([high, high], True, "does not hold here"),
        ([high, close], True, "too close to tell"),
    ):
        given = dict(enumerate(pairs))
        given = {str(name): pair for name, pair in given.items()}
        assert studies.all_below("", given, some).verdict == expected
    rising = np.arange(8.0) ** 3
    assert studies.correlated("", np.arange(8), rising).verdict == "holds"
    found = studies.correlated("", np.arange(8), rising, sign=-1).verdict
    assert found == "does not hold here"


def test_cells_of_few_seeds_share_their_spread():
    random = np.random.default_rng(0)
    seeds = random.normal(size=4)
    cells = {
        name: shift + seeds + 0.1 * random.normal(size=4)
        for name, shift in {"base": 0, "up": 1, "down": -1, "same": 0}.items()
    }
    found = studies.better_than("base", cells)
    assert {name: verdict for name, (verdict, _) in found.items()} == {
        "up": "holds",
        "down": "does not hold here",
        "same": "too close to tell",
    }
    # Least squares of cell and seed effects, by a matrix of indicators.
    y = np.concatenate([*cells.values()])
    rows = np.kron(np.eye(4), np.ones((4, 1)))
    design = np.hstack([rows, np.tile(np.eye(4), (4, 1))[:, 1:]])
    coefficients, square = np.linalg.lstsq(design, y)[:2]
    inverse = np.linalg.inv(design.T @ design)
    contrast = np.array([-1.0, 1, 0, 0, 0, 0, 0])
    error = np.sqrt(square[0] / 9 * (contrast @ inverse @ contrast))
    gap = contrast @ coefficients
    p = 2 * stats.t.sf(abs(gap) / error, 9)
    text = found["up"][1]
    assert text.startswith(f"{100 * gap:+.2f} ± ")
    assert "9 degrees of freedom at 0.05 / 3" in text
    assert float(text.split("p = ")[1]) == pytest.approx(p, rel=1e-2)
    # The limit printed is that of the decision.
    least = error * stats.t.ppf(1 - 0.05 / 6, 9)
    assert f"± {100 * least:.2f} points" in text
    one = {name: values[:1] for name, values in cells.items()}
    assert studies.better_than("base", one)["up"][1] == FEW
    assert studies.level("", one, "base", 0.1).test == FEW
    with pytest.raises(ValueError, match="as many values in each cell"):
        studies.better_than("base", {**cells, "up": [1.0]})
    for few in ({}, {"up": [1.0]}, {"base": [1.0]}, {"base": [], "up": []}):
        with pytest.raises(ValueError, match="'base' and others with values"):
            studies.better_than("base", few)
    rows = [
        {"cell": cell, "seed": seed, "accuracy": value}
        for cell, values in cells.items()
        for seed, value in enumerate(values)
    ]
    # Of a cell with another seed than the rest, that one is left out.
    table = studies.Table([*rows[1:], {**rows[0], "seed": 9}])
    common = table.common(cells)
    for cell, values in cells.items():
        np.testing.assert_array_equal(common[cell], values[1:])


def test_the_mismatch_of_equal_and_of_unlike_layers():
    random = np.random.default_rng(0)
    maps = random.normal(size=(6, 2, 2, 3))
    spikes = np.stack([maps, maps], axis=1)
    # Rows of length one: the Frobenius distance from G to itself is 0.
    assert studies.stm_score([spikes], [2.0 * maps]) < -30
    eye = np.eye(6).reshape(6, 1, 1, 6)
    ones = np.ones((6, 1, 1, 1))
    # Between I and the matrix of 1/sqrt(6): sqrt(6 (2 - 2 / sqrt(6))).
    expected = 0.5 * np.log(6 * (2 - 2 / np.sqrt(6)))
    spikes = np.stack([eye, eye], axis=1)
    assert studies.stm_score([spikes], [ones]) == pytest.approx(expected)
    weights = np.full((2, 1, 2), 0.5)
    half = studies.stm_score([spikes], [ones, eye], weights)
    assert half == pytest.approx(expected + np.log(0.5))


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_a_study_is_a_short_document(path):
    study = studies.load_study(path)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 225
    for word in ("Paper:", "Data:", "Cost:", f"kerassnn study {path.stem}"):
        assert word in study.doc, word
    assert study.verdicts(studies.Table([])) == []
    fields = set().union(*study.cells.values())
    assert fields <= set(vars(study.config))


@pytest.mark.slow
@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_smoke(path, tmp_path):
    given = {}
    if path.stem in ON_CIFAR:
        pytest.importorskip("imagecorruptions")
        if not Path(DATA, "cifar10.npz").is_file():
            pytest.skip("$KERASSNN_DATA has no cifar10.npz")
        given = {"data_dir": DATA}
    found = studies.run(
        path,
        smoke=True,
        overrides=given,
        folder=tmp_path / "runs",
        report=tmp_path / "studies",
    )
    assert len(found["rows"]) == 2
    assert (tmp_path / "studies" / f"{path.stem}.png").is_file()
