from collections.abc import Iterable

import numpy as np


class Table:
    """The rows of a study, cell by cell and seed by seed.

    Args:
        rows: List of dicts with `cell`, `seed` and what was measured.
    """

    def __init__(self, rows: Iterable[dict]):
        self.rows = [*rows]

    @property
    def cells(self) -> list[str]:
        """Names of the cells that have been measured, in order."""
        return [*dict.fromkeys(row["cell"] for row in self.rows)]

    def values(self, cell: str, key: str = "accuracy") -> np.ndarray:
        """What was measured in a cell, in the order of the seeds.

        Args:
            cell: String; of no measured cell, there are no values.
            key: String, a name in the rows. Values may be lists.
        """
        chosen = [row for row in self.rows if row["cell"] == cell]
        chosen.sort(key=lambda row: row["seed"])
        return np.array([row[key] for row in chosen], "float64")

    def common(
        self, cells: Iterable[str], key: str = "accuracy"
    ) -> dict[str, np.ndarray]:
        """Values of several cells for the seeds that all of them have."""
        found = {
            cell: {r["seed"]: r[key] for r in self.rows if r["cell"] == cell}
            for cell in cells
        }
        seeds = sorted(set.intersection(*map(set, found.values())))
        return {
            cell: np.array([values[seed] for seed in seeds], "float64")
            for cell, values in found.items()
        }

    def mean(self, cell: str, key: str = "accuracy") -> float:
        """Mean over the seeds; nan of no measured cell."""
        found = self.values(cell, key)
        return found.mean(axis=0) if len(found) else float("nan")

    def std(self, cell: str, key: str = "accuracy") -> float:
        """Sample standard deviation over the seeds; 0 of fewer than two."""
        found = self.values(cell, key)
        return found.std(axis=0, ddof=1) if len(found) > 1 else 0.0

    def pairs(
        self, one: str, other: str, key: str = "accuracy"
    ) -> tuple[np.ndarray, np.ndarray]:
        """Values of two cells for the seeds that both have."""
        first, second = (
            {row["seed"]: row[key] for row in self.rows if row["cell"] == cell}
            for cell in (one, other)
        )
        seeds = sorted(first.keys() & second.keys())
        return tuple(
            np.array([found[seed] for seed in seeds], "float64")
            for found in (first, second)
        )
