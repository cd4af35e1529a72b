"""Several devices take the step of one, for every method."""

import json
import os
import socket
import subprocess
import sys

import keras
import pytest

from kerassnn.distillation import METHODS

BACKEND = keras.backend.backend()
FIRST = ("FitNet", "LogitsKD", "TSER")
SLOW = ("LogitsKD", "SASTC", "TSER")
# TensorFlow's two replicas each see what the one device does; JAX's share it.
KINDS = {"tensorflow": "mirrored", "jax": "jax"}
pytestmark = pytest.mark.skipif(
    BACKEND not in KINDS, reason="Keras has no data parallelism here"
)


def start(kind, replicas, names, **more):
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
            *(kind, str(replicas), *names),
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


def assert_one_step(found, names):
    assert set(found) == set(names)
    far = {name: gaps for name, gaps in found.items() if max(gaps) > 1e-4}
    assert far == {}


@pytest.mark.slow
def test_two_devices_take_the_step_of_one():
    process = start(KINDS[BACKEND], 2, FIRST)
    assert_one_step(result(process, 300), FIRST)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("replicas", "methods"), [(2, METHODS), (4, ("LogitsKD", "SASTC", "TSER"))]
)
def test_methods_on_several_devices(replicas, methods):
    process = start(KINDS[BACKEND], replicas, methods)
    assert_one_step(result(process, 1500), methods)


@pytest.mark.slow
@pytest.mark.skipif(BACKEND != "tensorflow", reason="TensorFlow's strategy")
@pytest.mark.xfail(
    strict=True,
    reason="Keras 3.15: `fit` of any model under MultiWorkerMirroredStrategy "
    "with one device a process cannot reduce its first batch",
)
def test_two_processes_take_the_step_of_one():
    addresses = [f"localhost:{free_port()}" for _ in range(2)]
    processes = []
    for index in range(2):
        task = {"type": "worker", "index": index}
        cluster = {"worker": addresses}
        config = json.dumps({"cluster": cluster, "task": task})
        processes.append(start("workers", 2, SLOW, TF_CONFIG=config))
    for process in processes:
        assert_one_step(result(process, 600), SLOW)


def free_port():
    with socket.socket() as given:
        given.bind(("localhost", 0))
        return given.getsockname()[1]
