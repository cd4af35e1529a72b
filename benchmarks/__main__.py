"""All benchmarks, one after the other.

    make bench [QUICK=1] [ARGS=--only=floor,rate]

The last line is JSON: the headline of each benchmark, and every target with its
value. The rows behind them go to `build/bench/<name>.json`.
"""

import argparse
import importlib
import json
import platform

from benchmarks.harness import options
from benchmarks.harness import targets
from benchmarks.harness.interleaving import CORES
from benchmarks.harness.interleaving import ROOT

NAMES = (
    "training",
    "saved",
    "floor",
    "inference",
    "distillation",
    "stored",
    "rate",
    "data",
    "events",
    "streaming",
    "scaling",
)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", default=",".join(NAMES))
    options.common(parser)
    args = parser.parse_args()
    effort = options.effort(args)
    total = {"machine": machine(), "quick": args.quick, "targets": {}}
    total = options.marked(total, args)
    for name in args.only.split(","):
        effort.log(f"== {name}")
        module = importlib.import_module(f"benchmarks.suites.{name}")
        shape = module.QUICK if args.quick else module.FULL
        result = options.marked(module.run(effort, **shape), args)
        keep(name, result)
        result["others_cores"] = targets.busiest(result)
        del result["rows"]
        total["targets"].update(result.pop("targets"))
        others = max(total.get("others_cores", 0.0), result["others_cores"])
        total.update({**result, "others_cores": others})
    options.show(total, args.json)
    print(targets.as_line(total), flush=True)


def keep(name, result):
    """Writes a benchmark's whole result."""
    folder = ROOT / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.json.part"
    part.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    part.replace(folder / f"{name}.json")


def machine():
    """Processor and number of cores, without the machine's name."""
    model = platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            lines = [x for x in file if x.startswith("model name")]
    except FileNotFoundError:
        lines = []
    if lines:
        model = lines[0].split(":", 1)[1].strip()
    return f"{CORES} cores, {model}"


if __name__ == "__main__":
    main()
