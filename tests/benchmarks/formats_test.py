"""What the benchmark of formats says of an entry, on few images."""

import keras
import pytest

from benchmarks.harness.comparison import Effort
from benchmarks.suites import formats


@pytest.mark.slow
@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TensorFlow's converter"
)
def test_an_entry():
    effort = Effort(log=lambda text: None)
    found = formats.run(effort, digits=[40], cifar10=[0])
    rows = {row["form"]: row for row in found["rows"]}
    assert found["litert_same_class"] >= 0.97
    full, half, short = (rows[p]["bytes"] for p in formats.PRECISIONS)
    assert short < half < 0.6 * full
    assert all(rows[p]["image_ms"] > 0 for p in formats.PRECISIONS)
    assert all(row["accuracy"] > 0.9 for row in rows.values())
    assert len(rows) == 6
