"""One equal budget for every method: the same run, seed by seed."""

import dataclasses
import itertools
import statistics
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path

import keras

from kerassnn.files import read_json
from kerassnn.files import replacing
from kerassnn.files import write_json
from kerassnn.training.folder import FREE as MAY_CHANGE
from kerassnn.training.folder import stored_config
from kerassnn.training.live import Live
from kerassnn.training.loop import run
from kerassnn.training.recipe import Recipe
from kerassnn.training.recipe import load_recipe

# Runs may differ in these and still have had one budget.
FREE = ("method", "seed", *MAY_CHANGE)


def compare(
    recipe: Recipe | str | Path,
    *,
    methods: Sequence[str] | None = None,
    baseline: str = "HardLabel",
    seeds: int = 5,
    overrides: Mapping | Sequence[str] | None = None,
    folder: str | Path = "runs",
    report: str | Path = "runs",
) -> dict:
    """Trains every method of a recipe with every seed, and reports.

    The recipe's config has a field `method`, and the recipe lists `METHODS`.
    Each pair of method and seed is a run of its own, resumed where it was
    ended and skipped where it has finished. Before each, a table of all that
    is known is printed. The report is written anew after every run, so that
    it is never behind, and holds every method that has
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
    if not recipe.methods:
        raise ValueError(
            "expected a recipe with METHODS to compare, such as "
            f"compare_methods. Received: {recipe.name}"
        )
    config = recipe.configure(overrides)
    known = recipe.methods_of(config)
    methods = known if methods is None else tuple(methods)
    distinct = len(set(methods)) == len(methods) > 0
    if not distinct or not {*methods, baseline} <= {*known}:
        raise ValueError(
            f"expected methods among METHODS of {recipe.name}, each once, and "
            f"a baseline of them: {list(known)}. Received: "
            f"methods={list(methods)}, baseline={baseline!r}"
        )
    for name in ("method", "seed"):
        given = getattr(config, name)
        if given != getattr(recipe.config, name):
            raise ValueError(
                f"expected {name}s, which says what is compared. Received: "
                f"{name}={given!r}"
            )
    _figure()  # told now, not after all the training
    name = recipe.run_name(config)
    folder, report = Path(folder, name), Path(report)
    report.mkdir(parents=True, exist_ok=True)
    live = Live(name, methods, seeds, baseline)
    for method, seed in itertools.product(methods, range(seeds)):
        live.show(finished(recipe, config, folder), method, seed)
        chosen = dataclasses.replace(config, method=method, seed=seed)
        keras.utils.clear_session()  # else every run's graph is kept
        run(recipe, chosen, folder=folder / method)
        found = summary(name, finished(recipe, config, folder), baseline)
        if getattr(config, "folds", 0):
            found["folds"] = config.folds
        write_json(report / f"{name}.json", found)
    plot(found, report / f"{name}.png")
    return found


def finished(recipe, config, folder):
    """`{method: [result, ...]}` of the finished runs of one budget."""
    runs, name = {}, recipe.run_name(config)
    wanted = {**dataclasses.asdict(config), **dict.fromkeys(FREE)}
    for method in recipe.methods_of(config):
        for path in sorted((folder / method / name).glob("*/")):
            stored = stored_config(path, config)
            # Nothing but a seed's own folder: not what a kill has left.
            if path.name != str(stored["seed"]):
                continue
            result = read_json(path / "result.json")
            if result and {**stored, **dict.fromkeys(FREE)} == wanted:
                runs.setdefault(method, []).append(result)
    return runs


def summary(name, runs, baseline):
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
        "recipe": name,
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
