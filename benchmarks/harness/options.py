"""The options that all benchmarks share, and how each of them is run."""

import argparse
from pathlib import Path

from benchmarks.harness import targets
from benchmarks.harness.comparison import Effort


def main(description, run, full, quick, folders=()):
    """Runs one benchmark from the command line.

    Args:
        description: String, its docstring.
        run: Function (effort, **shape) -> dict with `targets` and `rows`.
        full: Dict of lists of int, the shape by default; each of its keys
            becomes an option.
        quick: Dict, the shape with `--quick`.
        folders: Names of options that are paths of folders.
    """
    parser = argparse.ArgumentParser(
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name in full:
        parser.add_argument(f"--{name}", type=numbers)
    for name in folders:
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument(
        "--sides", default="", help="names; all other sides are left out"
    )
    parser.add_argument("--rounds", type=int, help="slices of each side")
    parser.add_argument("--seconds", type=float, help="least of a slice")
    common(parser)
    args = parser.parse_args()
    shape = dict(quick if args.quick else full)
    known = {*full, *folders}
    shape.update((k, v) for k, v in vars(args).items() if k in known and v)
    result = marked(run(effort(args), **shape), args)
    show(result, args.json)
    print(targets.as_line(result), flush=True)


def common(parser):
    """The options that `python -m benchmarks` has too."""
    parser.add_argument(
        "--quick",
        action="store_true",
        help="smaller shapes, fewer settings and slices",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the JSON line alone"
    )
    parser.add_argument(
        "--processor",
        action="store_true",
        help="processor time of all threads, for a machine that is not quiet",
    )


def effort(args):
    """The `Effort` that the options ask for."""
    chosen = {
        "quick": args.quick,
        "rounds": 3 if args.quick else 6,
        "processor": args.processor,
    }
    for name in ("rounds", "seconds"):
        if getattr(args, name, None) is not None:
            chosen[name] = getattr(args, name)
    if getattr(args, "sides", ""):
        chosen["only"] = tuple(args.sides.split(","))
    if args.json:
        chosen["log"] = lambda text: None
    return Effort(**chosen)


def marked(result, args):
    """A result that says so if its times are the processor's."""
    return {**result, **({"clock": "processor"} if args.processor else {})}


def show(result, as_json):
    """Prints the targets for a person, unless JSON alone is asked for."""
    if not as_json:
        print("\n".join(targets.lines(result)), flush=True)


def numbers(text):
    return [int(number) for number in text.split(",")]
