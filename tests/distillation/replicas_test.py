"""Several devices take the step of one, for every method."""

import json
import os
import socket
import subprocess
import sys

import keras
import pytest

from kerassnn.distillation import METHODS
from kerassnn.layers import BatchNormalization

BACKEND = keras.backend.backend()
# What these compare, order or normalise within a batch, TensorFlow's replicas
# do within their part of it: the step is the mean of those of the parts.
BY_PART = {
    "BlockReplacement",
    "CKDSNN",
    "EnhancedSelfDistillation",
    "SASTC",
    "SemCKD",
    "Strong2Weak",
    "Weak2Strong",
}
FEW = ("LogitsKD", "SASTC", "TSER")
SYNCED = ("HardLabel", "LogitsKD")  # they have no norms of their own
TOLERANCE = 1e-3  # of the largest step of a variable
tensorflow = pytest.mark.skipif(
    BACKEND != "tensorflow", reason="TensorFlow's strategies"
)
jax = pytest.mark.skipif(BACKEND != "jax", reason="keras.distribution on JAX")


def start(kind, norms, replicas, names, **more):
    flags = f"--xla_force_host_platform_device_count={replicas}"
    environment = {
        **os.environ,
        "KERAS_BACKEND": BACKEND,
        "XLA_FLAGS": flags if kind == "jax" else "",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        **more,
    }
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.distillation.replicas_worker"),
            *(kind, norms, str(replicas), *names),
        ],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def result(process, seconds):
    try:
        out, err = process.communicate(timeout=seconds)
    finally:
        process.kill()
    assert process.returncode == 0, err[-2000:]
    return json.loads(out.splitlines()[-1])


def far(found, names, by_part=BY_PART):
    """What differs from the mean over parts or, if it should not, the whole."""
    assert set(found) == set(names)
    wrong = {}
    for name, gaps in found.items():
        kept = {k: v for k, v in gaps.items() if k == "mean"}
        kept = kept if name in by_part else gaps
        assert kept
        if max(kept.values()) > TOLERANCE:
            wrong[name] = gaps
    return wrong


@pytest.mark.slow
@tensorflow
@pytest.mark.parametrize(
    "replicas", [2, pytest.param(4, marks=pytest.mark.long)]
)
def test_replicas_take_the_step_of_one(replicas):
    process = start("mirrored", "none", replicas, METHODS)
    assert far(result(process, 1500), METHODS) == {}


@pytest.mark.slow
@tensorflow
def test_synchronised_norms_have_the_statistics_of_the_whole_batch():
    process = start("mirrored", "all", 2, SYNCED)
    found = result(process, 600)
    assert {k: v for k, v in found.items() if v["whole"] > TOLERANCE} == {}
    # Else the test would say nothing: a part has other statistics.
    assert min(v["mean"] for v in found.values()) > 0.01


@pytest.mark.slow
@tensorflow
def test_norms_of_a_replica_have_the_statistics_of_its_part():
    found = result(start("mirrored", "own", 2, SYNCED), 600)
    assert far(found, SYNCED, by_part=SYNCED) == {}
    assert min(v["whole"] for v in found.values()) > 0.01


@pytest.mark.slow
@jax
@pytest.mark.parametrize("replicas", [2, 4])
def test_one_program_takes_the_step_of_one_device(replicas):
    methods = METHODS if replicas == 2 else FEW
    # Norms, and all within a batch, are those of the whole of it.
    found = result(start("jax", "own", replicas, methods), 1500)
    assert far(found, methods, by_part=()) == {}


@pytest.mark.slow
@tensorflow
def test_two_processes_take_the_step_of_one():
    cluster = {"worker": free_addresses(2)}
    tasks = [{"type": "worker", "index": i} for i in range(2)]
    both = [{"cluster": cluster, "task": task} for task in tasks]
    more = [{"TF_CONFIG": json.dumps(each)} for each in both]
    for found in together("workers", "none", FEW, more):
        assert far(found, FEW) == {}


@pytest.mark.slow
@jax
def test_one_program_of_two_processes_takes_the_step_of_one():
    cluster = {
        "KERAS_DISTRIBUTION_JOB_ADDRESSES": free_addresses(1)[0],
        "KERAS_DISTRIBUTION_NUM_PROCESSES": "2",
        "XLA_FLAGS": "",
    }
    index = "KERAS_DISTRIBUTION_PROCESS_ID"
    more = [{**cluster, index: str(i)} for i in range(2)]
    for found in together("processes", "own", FEW[:2], more):
        assert far(found, FEW[:2], by_part=()) == {}


def together(kind, norms, names, environments):
    """Results of processes, none of which is left."""
    processes = [start(kind, norms, 2, names, **e) for e in environments]
    try:
        return [result(process, 600) for process in processes]
    finally:
        for process in processes:  # where one failed, the other waits for it
            process.kill()
            process.wait()


@pytest.mark.skipif(BACKEND == "tensorflow", reason="Keras can there")
def test_synchronised_norms_are_refused_where_keras_cannot():
    with pytest.raises(ValueError, match="synchronized=True"):
        BatchNormalization(synchronized=True)


def free_addresses(n):
    held = [socket.socket() for _ in range(n)]
    for each in held:
        each.bind(("localhost", 0))
    addresses = [f"localhost:{each.getsockname()[1]}" for each in held]
    for each in held:
        each.close()
    return addresses
