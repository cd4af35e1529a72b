"""What a wheel takes from beside the package; all else is in setup.cfg."""

from pathlib import Path

from setuptools import setup

ENTRIES = [path.parent for path in sorted(Path("zoo").glob("*/card.json"))]
FILES = {
    Path("recipes"): "*.py",
    Path("recipes", "studies"): "*.py",
    **dict.fromkeys(ENTRIES, "*"),
}

setup(
    data_files=[
        (
            Path("share", "kerassnn", folder).as_posix(),
            [path.as_posix() for path in sorted(folder.glob(pattern))],
        )
        for folder, pattern in FILES.items()
    ]
)
