"""What `fit` is given, looked at before it trains."""

import types

import keras

from kerassnn.distillation import endings
from kerassnn.distillation import examples
from kerassnn.distillation import replicas
from kerassnn.distillation.compiled import check_loss
from kerassnn.distillation.stop import stopping
from kerassnn.ops import soundness
from kerassnn.ops.checks import check_inputs


def begin(distiller, given):
    """Checks the arguments of `fit`, a dict, builds, and adds a callback."""
    build(distiller, check_fit(distiller, given))
    given["callbacks"] = stopping(given.get("callbacks"), distiller)


def check_fit(distiller, given):
    """Size of the batches of one replica; ValueError for loss or data.

    Refused as well is bfloat16 where the compiler gets it wrong.

    Args:
        distiller: Compiled `Distiller`.
        given: Dict of the arguments of `fit`, whose data may be replaced.
    """
    student, teacher = distiller.student, distiller.teacher
    soundness.check_layers(student, teacher)
    check_loss(getattr(distiller, "loss", None))
    x, y, sample_weight = first(given)
    distiller.view.check_pair(x)
    own = distiller.view.student(x)
    class_weight = given.get("class_weight")
    held_out = given.get("validation_data")
    if isinstance(held_out, (list, tuple)):
        check_inputs("the validation images", held_out[0])
    examples.check_examples(own, y, sample_weight, class_weight, student)
    if distiller.view.paired and x is not None:
        examples.check_images("the teacher's `x`", x[1], teacher)
    endings.check_logits("student", student, own)
    endings.check_logits("teacher", teacher, x, distiller.view.teacher)
    return size(x, given, distiller)


def check_evaluated(x, given):
    """ValueError for arrays that cannot be evaluated.

    Args:
        x: What `evaluate` is given.
        given: Dict of its other arguments. One is Keras's own, in the calls
            of `fit` after each epoch, whose images `check_fit` has seen.
    """
    if not given.get("_use_cached_eval_dataset"):
        check_inputs("`x`", x)


def build(distiller, batch_size):
    """Makes adapters and the like, on the devices that the distiller is on."""
    if not distiller.built:
        with replicas.scope(distiller):
            images = distiller.student.input_shape[1:]
            distiller.build((batch_size, *images))


def first(given):
    """Images, labels and weights that can be looked at before training.

    Arrays are given back whole. A data set is begun once more for it; a
    generator is replaced in `given` by one that has lost nothing.

    Args:
        given: Dict of the arguments of `fit`.

    Returns:
        Images, labels and sample weights, or `None` each.

    Raises:
        ValueError: if a data set gives no batch, or dicts.
    """
    x = given.get("x")
    if x is None or isinstance(x, (list, tuple, dict)) or hasattr(x, "shape"):
        return x, given.get("y"), given.get("sample_weight")
    if isinstance(x, keras.utils.PyDataset):
        batch = x[0]
    elif isinstance(x, types.GeneratorType):
        batch = _next(x)
        given["x"] = _again(batch, x)
    elif hasattr(x, "__iter__"):
        batch = _next(iter(x.take(1) if hasattr(x, "take") else x))
    else:
        return None, None, None  # left to Keras, which says what it takes
    if isinstance(batch, dict):
        raise ValueError(
            "expected batches (images, labels), such as those of "
            'data.map(lambda row: (row["image"], row["label"])). '
            f"Received: dicts with the keys {sorted(batch)}"
        )
    if not isinstance(batch, (list, tuple)):
        batch = (batch,)
    batch = [keras.tree.map_structure(replicas.local, part) for part in batch]
    return (*batch, None, None)[:3]


def size(x, given, model):
    """Samples one replica is given in a step, or `None` if unknown.

    Args:
        x: Images of `first`.
        given: Dict of the arguments of `fit`.
        model: The distiller, whose strategy shares a batch out.
    """
    leaves = [t for t in keras.tree.flatten(x) if hasattr(t, "shape")]
    if not leaves:
        return None
    samples = leaves[0].shape[0]
    if given.get("x") is x:  # arrays, of which Keras makes batches
        samples = min(given.get("batch_size") or 32, samples)
    if _distributed(given.get("x")):
        return samples
    with replicas.scope(model):
        return -(-samples // replicas.count())


def _next(batches):
    for batch in batches:
        return batch
    raise ValueError("expected data of at least one batch. Received: none")


def _again(batch, rest):
    yield batch
    yield from rest


def _distributed(x):
    return type(x).__name__.startswith("Distributed")
