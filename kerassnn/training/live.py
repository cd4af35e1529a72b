import statistics
import sys

from kerassnn.training.progress import duration

CLEAR = "\x1b[2J\x1b[H"  # the screen; what scrolled off it stays


class Live:
    """The table of a comparison while it is trained, a line a method.

    On a terminal it stands at the top, and the progress of the run that is
    trained below; elsewhere it is printed before each run.

    Args:
        name: String, what is compared.
        methods: Sequence of their names, the order of the lines.
        seeds: Int, runs of each method.
        baseline: Name of the method whose mean the others' are compared to.
    """

    def __init__(self, name, methods, seeds, baseline):
        self.name, self.methods = name, methods
        self.seeds, self.baseline = seeds, baseline

    def show(self, runs, method, seed):
        """Prints the table.

        Args:
            runs: `{method: [result, ...]}` of the finished runs.
            method: Name of the method that is trained now.
            seed: Int, its seed.
        """
        lines = self.lines(runs, method, seed)
        start = CLEAR if sys.stdout.isatty() else ""
        print(start + "\n".join(lines), flush=True)

    def lines(self, runs, method, seed):
        """The table as lines of text; arguments as `show`."""
        line = _mean(runs.get(self.baseline, ()))
        found = [f"{self.name}: {method}, seed {seed}{self._left(runs)}"]
        found.append(
            f"{'method':<24} {'runs':>6} {'mean %':>7} {'std':>5} {'gain':>6} "
            f"{'a run':>10}"
        )
        for each in self.methods:
            results = runs.get(each, ())
            mean, gain, seconds = _mean(results), "", ""
            if mean is not None and line is not None:
                gain = f"{mean - line:+.2f}"
            if results:
                seconds = duration(_seconds(results))
            now = "  <" if each == method else ""
            row = (
                f"{each:<24} {len(results):>3}/{self.seeds:<2} "
                f"{'' if mean is None else f'{mean:.2f}':>7} "
                f"{_std(results):>5} {gain:>6} {seconds:>10}{now}"
            )
            found.append(row.rstrip())
        return found

    def _left(self, runs):
        """Words for the time that is left, by the methods' own means."""
        known = {m: _seconds(runs[m]) for m in self.methods if runs.get(m)}
        if not known:
            return ""
        usual = statistics.mean(known.values())
        left = sum(
            max(0, self.seeds - len(runs.get(m, ()))) * known.get(m, usual)
            for m in self.methods
        )
        return f", {duration(left)} left"


def _mean(results):
    """Mean accuracy in percent, `None` of no results."""
    found = [100 * r["accuracy"] for r in results]
    return statistics.mean(found) if found else None


def _std(results):
    found = [100 * r["accuracy"] for r in results]
    return f"{statistics.stdev(found):.2f}" if len(found) > 1 else ""


def _seconds(results):
    return statistics.mean(r["seconds"] for r in results)
