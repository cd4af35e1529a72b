"""One equal budget for every method: the same run, seed by seed."""

import dataclasses
import itertools
import statistics
from pathlib import Path

import keras

from kerassnn.training.files import read_json
from kerassnn.training.files import replacing
from kerassnn.training.files import write_json
from kerassnn.training.folder import FREE as MAY_CHANGE
from kerassnn.training.folder import stored_config
from kerassnn.training.loop import run
from kerassnn.training.overrides import override
from kerassnn.training.recipe import load_recipe

# Runs may differ in these and still have had one budget.
FREE = ("method", "seed", *MAY_CHANGE)


def compare(
    recipe,
    *,
    methods=None,
    baseline="HardLabel",
    seeds=5,
    overrides=None,
    folder="runs",
    report="runs",
):
    """Trains every method of a recipe with every seed, and reports.

    The recipe's config has a field `method`, and the recipe lists `METHODS`.
    Each pair of method and seed is a run of its own, resumed where it was
    ended and skipped where it has finished. The report is written anew after
    every run, so that it is never behind, and holds every method that has
    finished runs in `folder`, so that they may be trained one at a time.

    Args:
        recipe: Path of the recipe file.
        methods: Names; defaults to the recipe's `METHODS`.
        baseline: The method whose mean is the line to beat.
        seeds: Number of seeds, 0 to `seeds - 1`.
        overrides: `{field: value}` or list of `"--field=value"`.
        folder: Path under which run folders are made.
        report: Path of the folder of `<recipe>.json` and `<recipe>.png`.

    Returns:
        The report: dict with what all runs share and `rows`, best mean
        first.

    Raises:
        ValueError: if the recipe has no `METHODS`, a method or the baseline
            is not among them or twice, the overrides choose a method or a
            seed, or Matplotlib is not installed.
    """
    recipe = load_recipe(recipe)
    methods = tuple(recipe.methods if methods is None else methods)
    if not recipe.methods:
        raise ValueError(
            "expected a recipe with METHODS to compare, such as "
            f"compare_methods_digits. Received: {recipe.name}"
        )
    distinct = len(set(methods)) == len(methods) > 0
    if not distinct or not {*methods, baseline} <= {*recipe.methods}:
        raise ValueError(
            f"expected methods among METHODS of {recipe.name}, each once, and "
            f"a baseline of them: {list(recipe.methods)}. Received: "
            f"methods={list(methods)}, baseline={baseline!r}"
        )
    config = override(recipe.config, overrides)
    for name in ("method", "seed"):
        given = getattr(config, name)
        if given != getattr(recipe.config, name):
            raise ValueError(
                f"expected {name}s, which says what is compared. Received: "
                f"{name}={given!r}"
            )
    _figure()  # told now, not after all the training
    folder, report = Path(folder, recipe.name), Path(report)
    report.mkdir(parents=True, exist_ok=True)
    for method, seed in itertools.product(methods, range(seeds)):
        print(f"{recipe.name}: {method}, seed {seed}", flush=True)
        chosen = dataclasses.replace(config, method=method, seed=seed)
        keras.utils.clear_session()  # else every run's graph is kept
        run(recipe, chosen, folder=folder / method)
        found = summary(recipe, finished(recipe, config, folder), baseline)
        write_json(report / f"{recipe.name}.json", found)
    plot(found, report / f"{recipe.name}.png")
    return found


def finished(recipe, config, folder):
    """`{method: [result, ...]}` of the finished runs of one budget."""
    runs = {}
    wanted = {**dataclasses.asdict(config), **dict.fromkeys(FREE)}
    for method in recipe.methods:
        for path in sorted((folder / method / recipe.name).glob("*/")):
            stored = stored_config(path, recipe)
            result = read_json(path / "result.json")
            if result and {**stored, **dict.fromkeys(FREE)} == wanted:
                runs.setdefault(method, []).append(result)
    return runs


def summary(recipe, runs, baseline):
    """The report of `{method: [result, ...]}`."""
    rows = [
        {
            "method": method,
            "builder": results[0]["builder"]["name"],
            "mean": statistics.mean(r["accuracy"] for r in results),
            "std": _std([r["accuracy"] for r in results]),
            "accuracies": [r["accuracy"] for r in results],
            "seconds": round(statistics.mean(r["seconds"] for r in results), 1),
        }
        for method, results in runs.items()
    ]
    some = runs.get(baseline, next(iter(runs.values())))[0]
    # Of the runs that had one: plain training has none.
    teachers = [r["teacher"] for results in runs.values() for r in results]
    return {
        "recipe": recipe.name,
        "dataset": some["dataset"],
        "epochs": some["epochs"],
        "timesteps": some["timesteps"],
        "teacher": next(filter(None, teachers), None),
        "builder": some["builder"]["name"],
        "seeds": max(len(results) for results in runs.values()),
        "baseline": baseline,
        "rows": sorted(rows, key=lambda r: (-r["mean"], r["method"])),
    }


def table(report):
    """The report as lines of text, best mean first."""
    rows = report["rows"]
    line = next(
        (r["mean"] for r in rows if r["method"] == report["baseline"]), None
    )
    lines = [f"{'method':<24} {'mean %':>7} {'std':>5} {'gain':>6}  n"]
    for r in rows:
        gain = "" if line is None else f"{100 * (r['mean'] - line):+.2f}"
        lines.append(
            f"{r['method']:<24} {100 * r['mean']:>7.2f} "
            f"{100 * r['std']:>5.2f} {gain:>6}  {len(r['accuracies'])}"
        )
    return lines


def plot(report, path):
    """Draws the accuracies, one method a row, and the baseline's mean."""
    rows = report["rows"][::-1]
    size = (7, 0.3 * len(rows) + 1.2)
    figure = _figure()(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    for y, row in enumerate(rows):
        own = row["method"] == report["baseline"]
        color = "#c44e52" if own else "#4c72b0"
        values = [100 * a for a in row["accuracies"]]
        axes.plot(values, [y] * len(values), "o", color=color, alpha=0.35)
        axes.errorbar(
            100 * row["mean"], y, xerr=100 * row["std"], fmt="D", color=color
        )
        if own:
            axes.axvline(100 * row["mean"], color=color, lw=1, ls="--")
    axes.set_yticks(range(len(rows)), [r["method"] for r in rows])
    axes.set_xlabel(
        f"test accuracy on {report['dataset']} (%): seeds, mean and std"
    )
    axes.grid(axis="x", alpha=0.3)
    with replacing(path) as temporary:
        figure.savefig(temporary, dpi=120, format="png", metadata={})


def _figure():
    """Matplotlib's class; ValueError if it is not installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ValueError(
            "expected Matplotlib for the plot: pip install 'kerassnn[plot]'"
        ) from error
    return Figure


def _std(values):
    return statistics.stdev(values) if len(values) > 1 else 0.0
