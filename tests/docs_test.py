"""The documentation: names it uses exist, its Python runs."""

import re
from pathlib import Path

import keras
import pytest

import kerassnn
from kerassnn import training

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("pages/**/*.md"))
NOTEBOOKS = sorted(DOCS.glob("notebooks/*.py"))
PACKAGE = Path(kerassnn.__file__).parent
TEXTS = {path.name: path.read_text("utf-8") for path in PAGES + NOTEBOOKS}
BLOCKS = {
    name: found
    for name, text in TEXTS.items()
    if (found := re.findall(r"^```python\n(.*?)^```", text, re.M | re.S))
}
pytestmark = pytest.mark.skipif(
    not DOCS.is_dir(), reason="the documentation is a checkout's"
)


def exists(name):
    found = kerassnn
    for part in name.split(".")[1:]:
        if not hasattr(found, part):
            return False
        found = getattr(found, part)
    return True


def test_names_exist():
    used = {
        (page, name)
        for page, text in TEXTS.items()
        for name in re.findall(r"\bkerassnn(?:\.\w+)+", text)
    }
    assert len(used) > 80
    assert [pair for pair in sorted(used) if not exists(pair[1])] == []


def test_there_are_five_tutorials_and_all_pages_are_in_the_menu():
    assert len(NOTEBOOKS) == 5
    menu = (DOCS / "mkdocs.yml").read_text("utf-8")
    pages = [path.relative_to(DOCS / "pages").as_posix() for path in PAGES]
    pages += [f"tutorials/{path.stem}.md" for path in NOTEBOOKS]
    assert [page for page in pages if f": {page}\n" not in menu] == []


def test_every_package_has_its_reference():
    menu = (DOCS / "mkdocs.yml").read_text("utf-8")
    rooms = [path.parent.name for path in PACKAGE.glob("*/__init__.py")]
    left = [r for r in rooms if f"reference/{r}.md" not in menu]
    assert left == ["cli"]


def test_run_folders_are_those_that_trainings_write():
    written = set()
    for path in ROOT.glob("recipes/*.py"):
        recipe = training.load_recipe(path)
        for dataset in recipe.variants:
            config = recipe.configure({"dataset": dataset})
            written.add(recipe.run_name(config))
    others = [ROOT / "README.md", *ROOT.glob("recipes/*.py")]
    texts = [*TEXTS.values(), *(path.read_text("utf-8") for path in others)]
    given = r"(?:publish |--baseline=|--teacher=)runs/([a-z0-9_]+)/"
    shown = set(re.findall(given, "".join(texts)))
    assert "resnet8_sastc_digits" in shown <= written


@pytest.mark.slow
@pytest.mark.parametrize("page", BLOCKS)
def test_examples_run(page, tmp_path, monkeypatch):
    if page == "performance.md" and keras.backend.backend() != "tensorflow":
        pytest.skip("it shows tf.function")
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "example"}
    for block in BLOCKS[page]:
        exec(compile(block, page, "exec"), names)
