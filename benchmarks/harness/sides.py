"""The sides of the benchmarks and the settings each of them may choose."""

import itertools
import os

from benchmarks.harness.interleaving import ROOT
from benchmarks.harness.interleaving import Spec

PYTHON = os.environ.get("KERASSNN_PEERS") or str(
    ROOT / "build" / "peers" / "bin" / "python"
)
DTYPES = ("float32", "bfloat16")
BACKENDS = (
    ("tensorflow", True),
    ("tensorflow", False),
    ("jax", True),
    ("torch", False),
)
PEERS = ("spikingjelly", "snntorch", "norse")


def ours(problem, quick=False, **settings):
    """Our sides: backend, XLA on or off, dtype.

    Args:
        problem: Path of the file of `benchmarks.harness.problem`.
        quick: Bool, whether to leave out those that have yet to win, which
            on CPU are all but TensorFlow's.
        settings: As `benchmarks.ours.network` takes them, less the chosen.

    Returns:
        List of `Spec`.
    """
    backends = BACKENDS[:2] if quick else BACKENDS
    return [
        Spec(
            " ".join([backend, *(["xla"] if jit else []), dtype]),
            "benchmarks.ours.network",
            {"problem": str(problem), "dtype": dtype, "jit": jit, **settings},
            {"KERAS_BACKEND": backend},
        )
        for (backend, jit), dtype in itertools.product(backends, DTYPES)
    ]


def peer(library, problem, quick=False, **settings):
    """A peer's sides, its default first.

    The default is what its documentation shows: float32, channels first, not
    compiled, norms not folded. All else is its best setting to be found:
    bfloat16 by autocast, channels last, `torch.compile`, and for inference
    the library's own folding of norms.

    Args:
        library: String, one of `PEERS`.
        problem: Path of the file of `benchmarks.harness.problem`.
        quick: Bool, whether to leave out `torch.compile`, which takes a
            minute a side.
        settings: As `benchmarks.peers.resnet19.build` takes them, less the
            chosen.

    Returns:
        List of `Spec`.
    """
    infers = settings["work"] == "infer" and library == "spikingjelly"
    choices = itertools.product(
        DTYPES,
        (False, True),
        (False,) if quick else (False, True),
        (False, True) if infers else (False,),
    )
    specs = []
    for dtype, channels_last, compiled, fused in choices:
        if infers and compiled and not fused:
            continue  # compiling is for the best setting, and fused is better
        words = [library, dtype]
        words += ["channels-last"] if channels_last else []
        words += ["compiled"] if compiled else []
        words += ["fused"] if fused else []
        chosen = {
            "dtype": dtype,
            "channels_last": channels_last,
            "compile": compiled,
            "fused": fused,
        }
        specs.append(
            Spec(
                " ".join(words),
                f"benchmarks.peers.{library}",
                {"problem": str(problem), **chosen, **settings},
                # A tuning run compiles from nothing, and what is compared
                # later does not compile again.
                {"TORCHINDUCTOR_CACHE_DIR": str(problem) + ".compiled"},
                PYTHON,
            )
        )
    return specs
