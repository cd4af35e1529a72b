"""Early exit against the same decisions made one by one, in NumPy."""

import numpy as np
import pytest

from kerassnn import analysis
from kerassnn import layers
from kerassnn import models
from kerassnn.analysis import plots
from tests.models.stepwise_test import frames
from tests.models.stepwise_test import student
from tests.models.stepwise_test import unrolled


def softmax(logits):
    p = np.exp(logits - logits.max())
    return p / p.sum()


def decided(logits, y, threshold):
    """(mean steps, accuracy) of inputs that stop when they are sure."""
    steps, right = [], []
    for rows, label in zip(logits, y, strict=True):
        for t, row in enumerate(rows, 1):
            if softmax(row).max() >= threshold or t == len(rows):
                steps.append(t)
                right.append(row.argmax() == label)
                break
    return np.array(steps), np.mean(right)


def case(name="ResNet8", n=24):
    """A student, inputs, and labels that later steps get right more often."""
    net = student(name)
    x, _ = frames(net, batch=2 * n)
    logits = unrolled(net, x)
    y = logits[:, -1].argmax(-1)
    y[::4] = (y[::4] + 1) % 7
    return net, x, y, logits


@pytest.mark.slow
@pytest.mark.numeric
@pytest.mark.parametrize("name", ["ResNet8", "VGGSNN"])
def test_decisions_are_those_made_one_by_one(name):
    n = 24
    net, x, y, logits = case(name, n)
    found = analysis.anytime(
        net, x[:n], y[:n], (x[n:], y[n:]), tolerance=0.05, batch_size=16
    )
    own, others = (logits[:n], y[:n]), (logits[n:], y[n:])
    expected = (own[0].argmax(-1) == own[1][:, None]).mean(0)
    np.testing.assert_allclose(found.accuracies, expected)
    # Off the confidences themselves, which rounding may move.
    steps, accuracy = decided(*own, found.threshold - 1e-6)
    assert found.steps == pytest.approx(steps.mean())
    assert found.accuracy == pytest.approx(accuracy)
    np.testing.assert_allclose(
        found.exits, np.bincount(steps, minlength=4)[1:] / n
    )
    full = (others[0][:, -1].argmax(-1) == others[1]).mean()
    _, kept = decided(*others, found.threshold - 1e-6)
    assert kept >= full - 0.05 - 1e-9
    np.testing.assert_allclose(found.trade[0], [1, expected[0]])
    np.testing.assert_allclose(found.trade[-1], [3, expected[-1]])
    assert (np.diff(found.trade[:, 0]) >= 0).all()
    assert (found.inputs, found.held_out) == (n, n)


@pytest.mark.slow
def test_no_other_threshold_stops_earlier_without_the_loss():
    n = 24
    net, x, y, logits = case(n=n)
    full = (logits[n:, -1].argmax(-1) == y[n:]).mean()
    held = x[n:], y[n:]
    least = analysis.anytime(net, x[:n], y[:n], held, tolerance=0.0).threshold
    sure = np.unique([[softmax(r).max() for r in rows] for rows in logits[n:]])
    fine = [t for t in sure if decided(logits[n:], y[n:], t)[1] >= full - 1e-9]
    # From the top down, until one loses.
    losing = [t for t in sure if t not in fine]
    assert least > max(losing, default=0.0)
    assert least <= min(t for t in fine if t > max(losing, default=0.0)) + 1e-2
    any_loss = analysis.anytime(net, x[:n], y[:n], held, tolerance=0.99)
    assert any_loss.steps == 1.0


@pytest.mark.slow
def test_images_run_at_another_t_and_are_drawn(tmp_path):
    pytest.importorskip("matplotlib")
    net, x, y, _ = case()
    found = analysis.anytime(net, x, y, (x, y), timesteps=5)
    assert found.accuracies.shape == found.exits.shape == (5,)
    figure = plots.anytime(found)
    figure.savefig(tmp_path / "figure.png")
    upper, lower = figure.axes
    line, curve, chosen = upper.lines
    np.testing.assert_allclose(line.get_ydata(), 100 * found.accuracies)
    np.testing.assert_allclose(curve.get_xdata(), found.trade[:, 0])
    assert chosen.get_xydata().tolist() == [[found.steps, 100 * found.accuracy]]
    heights = [bar.get_height() for bar in lower.patches]
    assert sum(heights) == pytest.approx(100)
    assert "%" in upper.get_ylabel() and "steps" in lower.get_xlabel()


def test_wrong_arguments_are_refused():
    net = models.VGGSNN(
        width=2, neuron=layers.LIF(), input_shape=(2, 16, 16, 2)
    )
    x, y = np.zeros((3, 2, 16, 16, 2), "float32"), np.zeros(3, int)
    for wrong, message in (
        ({"timesteps": 3}, "timesteps=3"),
        ({"tolerance": 1.0}, "tolerance=1.0"),
        ({"batch_size": 0}, "batch_size"),
        ({"held_out": (x, y[:2])}, "expected inputs"),
        ({"x": x[:, :1]}, "expected inputs"),
    ):
        given = {"x": x, "y": y, "held_out": (x, y), **wrong}
        with pytest.raises(ValueError, match=message):
            analysis.anytime(net, **given)


@pytest.mark.slow
def test_a_student_that_needs_all_steps_is_refused():
    attentive = models.STAAResNet18(
        classes=3, timesteps=2, input_shape=(8, 8, 3), width=2
    )
    x, y = np.zeros((3, 8, 8, 3), "float32"), np.zeros(3, int)
    with pytest.raises(ValueError, match="which needs all"):
        analysis.anytime(attentive, x, y, (x, y))
