"""The options that all benchmarks share, and how each of them is run."""

import argparse

from benchmarks.harness import targets
from benchmarks.harness.comparison import Effort


def main(description, run, full, quick):
    """Runs one benchmark from the command line.

    Args:
        description: String, its docstring.
        run: Function (effort, **shape) -> dict with `targets` and `rows`.
        full: Dict of lists of int, the shape by default; each of its keys
            becomes an option.
        quick: Dict, the shape with `--quick`.
    """
    parser = argparse.ArgumentParser(
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name in full:
        parser.add_argument(f"--{name}", type=numbers)
    parser.add_argument(
        "--sides", default="", help="names; all other sides are left out"
    )
    parser.add_argument("--rounds", type=int, help="slices of each side")
    parser.add_argument("--seconds", type=float, help="least of a slice")
    common(parser)
    args = parser.parse_args()
    shape = dict(quick if args.quick else full)
    shape.update((k, v) for k, v in vars(args).items() if k in full and v)
    result = run(effort(args), **shape)
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


def effort(args):
    """The `Effort` that the options ask for."""
    chosen = {"quick": args.quick, "rounds": 3 if args.quick else 6}
    for name in ("rounds", "seconds"):
        if getattr(args, name, None) is not None:
            chosen[name] = getattr(args, name)
    if getattr(args, "sides", ""):
        chosen["only"] = tuple(args.sides.split(","))
    if args.json:
        chosen["log"] = lambda text: None
    return Effort(**chosen)


def show(result, as_json):
    """Prints the targets for a person, unless JSON alone is asked for."""
    if not as_json:
        print("\n".join(targets.lines(result)), flush=True)


def numbers(text):
    return [int(number) for number in text.split(",")]
