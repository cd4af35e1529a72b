"""Imports point one way, and no backend's package is imported for another."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

import kerassnn

PACKAGE = Path(kerassnn.__file__).parent
FILES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
# Part of the library -> the parts it may import.
MAY_IMPORT = {
    "version": set(),
    "files": set(),
    "lazy": set(),
    "locking": set(),
    "drafts": {"locking"},
    "folders": set(),
    "papers": set(),
    "ops": set(),
    "guarding": set(),
    "layers": {"ops"},
    "models": {"layers", "ops"},
    "distillation": {"files", "layers", "models", "ops"},
    "analysis": {"layers", "models", "ops"},
    "export": {"analysis", "drafts", "files", "layers", "models", "ops"},
    "callbacks": {"analysis", "files"},
    "data": {"drafts", "files", "folders", "locking"},
    "zoo": {
        "data",
        "files",
        "folders",
        "layers",
        "lazy",
        "models",
        "ops",
        "version",
    },
    "training": {
        "callbacks",
        "data",
        "distillation",
        "files",
        "folders",
        "guarding",
        "layers",
        "locking",
        "models",
        "ops",
        "version",
        "zoo",
    },
    "publishing": {
        "analysis",
        "data",
        "distillation",
        "files",
        "folders",
        "lazy",
        "locking",
        "models",
        "papers",
        "training",
        "version",
        "zoo",
    },
    "studies": {
        "analysis",
        "data",
        "distillation",
        "files",
        "folders",
        "layers",
        "locking",
        "models",
        "ops",
        "publishing",
        "training",
        "zoo",
    },
}
FREE = {
    "__init__",
    "__main__",
    "citations",
    "cli",
}  # these may import all of them
ON_TENSORFLOW = {"tensorflow_datasets", "keras_cv"}
BACKENDS = {"tensorflow", "jax", "torch"}
TRAIN = '''
import importlib.machinery
import sys

blocked, tried = {blocked!r}, set()


class Blocker:
    """Can be found, as `torch._dynamo` wants, and fails when imported."""

    def find_spec(self, name, path=None, target=None):
        if name in blocked:
            return importlib.machinery.ModuleSpec(name, self, origin=name)

    def create_module(self, spec):
        tried.add(spec.name)
        raise ModuleNotFoundError(f"blocked: {{spec.name}}", name=spec.name)

    def exec_module(self, module):
        pass


sys.meta_path.insert(0, Blocker())

import keras
import kerassnn

assert keras.backend.backend() == {backend!r}
splits = kerassnn.data.load("digits")
x, y = splits.train
x = splits.normalise(x[:16])
body = kerassnn.models.ResNet8
distiller = kerassnn.distillation.LogitsKD(
    body(timesteps=2, neuron=kerassnn.layers.LIF(), width=4), body(width=4)
)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
distiller.compile(keras.optimizers.SGD(0.1), loss)
distiller.fit(x, y[:16], batch_size=16, verbose=0)
student = kerassnn.zoo.load("resnet8_sastc_digits")
student.predict(x, verbose=0)
config = kerassnn.layers.TEBN().get_config()
assert not blocked & set(sys.modules)
# Were it installed, it would be imported, which takes seconds.
assert "tensorflow" not in tried
'''


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path):
    """Absolute names of the modules a file imports, (name, at top level)."""
    tree = parse(path)
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield node.module, id(node) in top
            for alias in node.names:
                yield f"{node.module}.{alias.name}", id(node) in top


def test_the_parts_are_known():
    parts = {name.split(".")[0] for name in FILES}
    assert parts - FREE <= set(MAY_IMPORT)


def test_imports_point_one_way():
    wrong = []
    for name, path in FILES.items():
        part = name.split(".")[0]
        if part in FREE:
            continue
        for module, _ in imports(path):
            root, *rest = module.split(".")
            # `from kerassnn import ops` gives `kerassnn` and `kerassnn.ops`.
            if root == "kerassnn" and rest:
                if rest[0] not in {part, *MAY_IMPORT[part]}:
                    wrong.append(f"{name} imports {module}")
    assert wrong == []


def test_methods_stand_alone():
    methods = "distillation.methods."
    wrong = [
        f"{name} imports {module}"
        for name, path in FILES.items()
        if name.startswith(methods) and not name.endswith("__init__")
        for module, _ in imports(path)
        if module.startswith(f"kerassnn.{methods}")
    ]
    assert wrong == []


ON_A_BACKEND = (
    "data.",
    "distillation.replicas",
    "export.",
    "ops.native",
    "ops.soundness",
)


def test_backends_are_imported_late_and_where_they_must():
    wrong = [
        f"{name} imports {module}"
        for name, path in FILES.items()
        for module, top in imports(path)
        if module.split(".")[0] in {*BACKENDS, *ON_TENSORFLOW}
        and (top or not name.startswith(ON_A_BACKEND))
    ]
    assert wrong == []


def test_keras_is_used_through_its_public_names():
    wrong = []
    for name, path in FILES.items():
        found = [module for module, _ in imports(path)]
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.Attribute):
                found.append(ast.unparse(node))
        wrong += [f"{name}: {f}" for f in found if f.startswith("keras.src")]
    assert wrong == []


def test_the_library_asserts_nothing():
    wrong = [
        f"{name}:{node.lineno}"
        for name, path in FILES.items()
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Assert)
    ]
    assert wrong == []


@pytest.mark.slow
@pytest.mark.numeric
def test_training_imports_no_other_backend():
    """Holds for TensorFlow on JAX and torch, and the other way round.

    There, TensorFlow is not even asked for.
    """
    backend = keras.backend.backend()
    code = TRAIN.format(backend=backend, blocked=BACKENDS - {backend})
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PACKAGE.parent,
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
