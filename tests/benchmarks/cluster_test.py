"""What an estimate for many devices is made of."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from kerassnn import models
from tests.benchmarks.budget_test import budget
from tests.benchmarks.budget_test import last

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "pages" / "how-to" / "many_devices.md"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("jax") is None, reason="JAX is not here"
    ),
]


def cluster(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.suites.cluster", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_what_follows_from_the_counts():
    (found,) = last(
        cluster(
            *("resnet8_ann", "--devices=2,16", "--batch=10", "--images=1000"),
            *("--peak_tflops=2", "--utilisation=0.5", "--memory_gb_s=1"),
            *("--node=4", "--node_gb_s=8", "--link_gb_s=2", "--latency_us=50"),
        )
    )
    alone = last(budget("resnet8_ann", "--batch_size=10"))
    assert found["flops"] == pytest.approx(
        10 * alone["flops_per_image"], rel=1e-3
    )
    net = models.ResNet8(classes=10, input_shape=(8, 8, 1), width=16)
    norms = [x for x in net.layers if "BatchNorm" in type(x).__name__]
    assert found["norms"] == len(norms)
    trained = 4 * sum(v.shape.num_elements() for v in net.trainable_variables)
    assert found["gradients"] == trained
    assert [row["steps_per_epoch"] for row in found["rows"]] == [50, 6]
    for row, link in zip(found["rows"], (8e9, 2e9), strict=True):
        sent = 2 * trained * (1 - 1 / row["devices"])
        assert row["bytes_sent"] == pytest.approx(sent)
        fast, slow = found["flops"] / 1e12, found["moved"] / 1e9
        assert row["computing_seconds"] == pytest.approx([fast, slow])
        other = sent / link + 2 * len(norms) * 50e-6
        hours = [row["steps"] * (s + other) / 3600 for s in (fast, slow)]
        assert row["hours"] == pytest.approx(hours)


def test_what_is_kept_grows_with_batch_and_terms():
    """A method's adapters keep something, too, and their norms count."""
    small, large = (
        {row["recipe"]: row for row in last(cluster(*names, f"--batch={n}"))}
        for names, n in (
            (["resnet8_hardlabel"], 8),
            (["resnet8_hardlabel", "resnet8_sastc"], 16),
        )
    )
    one, two = small["resnet8_hardlabel"], large["resnet8_hardlabel"]
    assert 1.7 < two["kept"] / one["kept"] <= 2
    assert two["gradients"] == one["gradients"]
    more = large["resnet8_sastc"]
    assert more["kept"] > 1.2 * two["kept"]
    assert more["gradients"] > two["gradients"]
    assert more["norms"] > two["norms"]


def test_the_page_has_what_the_command_prints():
    page = PAGE.read_text(encoding="utf-8")
    call = next(x for x in page.splitlines() if "suites.cluster" in x)
    done = cluster(*call.split("suites.cluster")[1].split())
    assert done.returncode == 0, done.stderr
    *lines, data = done.stdout.splitlines()
    assert len(lines) == 24 and len(json.loads(data)) == 3
    assert "\n".join(lines) in page
