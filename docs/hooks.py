"""Pages that are made, not written: tutorials, reference, generated tables.

MkDocs calls `on_startup`, `on_files` and `on_page_markdown`. The tutorials are
executed; with KERASSNN_DOCS_EXECUTE=0 they are not, for a look at the prose.
Nothing here imports the package: names are read from its source.
"""

import ast
import logging
import os
import re
import sys
from pathlib import Path

from mkdocs.structure.files import File

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))

import notebooks  # noqa: E402

README = (ROOT / "README.md").read_text(encoding="utf-8")
OPTIONS = """    options:
      show_root_heading: false
      show_root_toc_entry: false
      heading_level: 3"""


def on_startup(command, dirty):
    # Lists made of other lists are told at run time alone.
    logger = logging.getLogger("mkdocs.plugins.griffe")
    logger.addFilter(lambda r: "Unsupported item in" not in r.getMessage())


def on_files(files, config):
    execute = os.environ.get("KERASSNN_DOCS_EXECUTE") != "0"
    made = {}
    for path in sorted((HERE / "notebooks").glob("*.py")):
        for name, content in notebooks.pages(path, execute).items():
            made[f"tutorials/{name}"] = content
    for name in packages():
        made[f"reference/{name or 'kerassnn'}.md"] = reference(name)
    for name, content in made.items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown, page, config, files):
    """Puts the README's generated tables where a page names them."""
    return re.sub(
        r"^<!-- table: (\w+) -->$",
        lambda found: table(found[1]),
        markdown,
        flags=re.MULTILINE,
    )


def table(name):
    """A table of the README, which a test holds to be up to date."""
    begin, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
    found = README.split(begin)[1].split(end)[0]
    # Its links are relative to the repository.
    return re.sub(r"\[(\w+)\]\([^)]*\)", r"\1", found)


def packages():
    """Names of the packages that have a page each; `""` is the root."""
    shown = imported(parsed("kerassnn"))
    found = [name for module, name, _ in shown if module == "kerassnn"]
    return ["", *found, "analysis.plots"]


def reference(name):
    """The page of what a package makes public; `""` is the root."""
    package = f"kerassnn.{name}".rstrip(".")
    tree = parsed(package)
    lines = [f"# {package}", "", ast.get_docstring(tree) or "", ""]
    for public, place in sorted(names(tree).items()):
        lines += [f"## {package}.{public}", "", f"::: {place}", OPTIONS, ""]
    return "\n".join(lines)


def names(tree):
    """The functions and classes that a package imports, and their places."""
    found = {}
    for module, name, public in imported(tree):
        at = place(module, name)
        if at and name not in ("attach", "is_command"):
            found[public] = at
    return found


def place(module, name):
    """Where a function or class is defined; `None` for anything else."""
    tree = parsed(module)
    kinds = ast.FunctionDef, ast.ClassDef
    if any(isinstance(n, kinds) and n.name == name for n in tree.body):
        return f"{module}.{name}"
    for other, own, public in imported(tree):
        if public == name and other != module:
            return place(other, own)
    return None


def imported(tree):
    """Triples (module, name, name here) of what is imported of ours."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and "kerassnn" in node.module:
            for alias in node.names:
                yield node.module, alias.name, alias.asname or alias.name


def parsed(module):
    path = ROOT.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(path.read_text(encoding="utf-8"))
