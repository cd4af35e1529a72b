import pytest

from kerassnn.training import Config
from kerassnn.training import cosine
from kerassnn.training import steps_down

CONFIG = Config(epochs=10, learning_rate=0.5)


def at(schedule, *steps):
    return [float(schedule(step)) for step in steps]


def test_cosine_ends_at_zero():
    assert at(cosine(CONFIG, 10), 0, 50, 100) == pytest.approx([0.5, 0.25, 0])


def test_cosine_after_warmup():
    schedule = cosine(CONFIG, 10, warmup=0.2)
    expected = [0.0, 0.25, 0.5, 0.25, 0.0]
    assert at(schedule, 0, 10, 20, 60, 100) == pytest.approx(expected)


def test_steps_down():
    schedule = steps_down(CONFIG, 10, (0.5, 0.75))
    found = at(schedule, 0, 50, 51, 75, 76)
    assert found == pytest.approx([0.5, 0.5, 0.05, 0.05, 0.005])
