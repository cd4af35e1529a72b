"""Notebooks, kept as Python, executed and written as pages."""

import os
import re
import tempfile
import time
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbconvert import MarkdownExporter

ROOT = Path(__file__).resolve().parents[1]
# In a notebook TensorFlow writes these to stdout.
LOG = re.compile(r"^(INFO|WARNING):tensorflow:.*\n?", re.MULTILINE)
LONGEST = 600  # seconds of one cell, on a machine that has other work


def pages(path: Path, execute: bool) -> dict[str, str | bytes]:
    """A notebook as files of the site: the page, its pictures, the notebook.

    Args:
        path: Path of the notebook in jupytext's percent format.
        execute: Bool, whether its cells are run.

    Returns:
        Dict from file names to contents.
    """
    notebook = jupytext.read(path)
    given = nbformat.writes(notebook)
    if execute:
        run(notebook, path.stem)
    # The names of pictures are unique among all notebooks.
    resources = {"unique_key": path.stem, "output_files_dir": "pictures"}
    text, resources = MarkdownExporter().from_notebook_node(
        notebook, resources=resources
    )
    link = f"[Download this page as a notebook]({path.stem}.ipynb)\n"
    return {
        f"{path.stem}.md": f"{text}\n\n---\n\n{link}",
        f"{path.stem}.ipynb": given,
        **resources.get("outputs", {}),
    }


def _printed(outputs: list) -> list:
    """The outputs without what TensorFlow logs, of no interest to readers."""
    found = []
    for output in outputs:
        if output.output_type == "stream":
            output.text = LOG.sub("", output.text)
            if output.name == "stderr" or not output.text:
                continue
        found.append(output)
    return found


def run(notebook, name: str) -> None:
    """Executes all cells in a folder that is removed afterwards."""
    # The kernel imports this checkout, and leaves nothing in it.
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(
            notebook,
            timeout=LONGEST,
            startup_timeout=LONGEST,
            kernel_name="python3",
            coalesce_streams=True,
            resources={"metadata": {"path": folder}},
        ).execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = _printed(cell.outputs)
    print(f"{name}: {time.monotonic() - begun:.0f} s", flush=True)
