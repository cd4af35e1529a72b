"""What a training and a comparison show while they go on."""

import types

import pytest

from kerassnn.training import progress
from kerassnn.training.live import Live


@pytest.fixture
def shown(monkeypatch, capsys):
    """Two epochs of 10 steps, 2 s each, the first begun at its third step."""
    now = [0.0]
    clock = types.SimpleNamespace(monotonic=lambda: now[0])
    monkeypatch.setattr(progress, "time", clock)
    train = types.SimpleNamespace(start_step=2, steps=10)
    callback = progress.Progress(train, every=5.0)
    for epoch, steps in enumerate((8, 10)):
        callback.set_params({"epochs": 2, "steps": steps})
        callback.on_epoch_begin(epoch)
        for batch in range(steps):
            now[0] += 2.0
            callback.on_train_batch_end(batch, {"loss": 0.5})
        callback.on_epoch_end(epoch, {"loss": 0.25})
        train.start_step = 0
    return capsys.readouterr().out.splitlines()


def test_progress_says_the_time_that_is_left(shown):
    assert shown[:3] == [
        "epoch 1/2  step 5/10  loss 0.5  6.0 s  30 s left",
        "epoch 1/2  step 8/10  loss 0.5  12.0 s  24 s left",
        "epoch 1/2  loss 0.25  16.0 s  20 s left",
    ]
    assert shown[-1] == "epoch 2/2  loss 0.25  20.0 s"


def test_durations():
    said = [progress.duration(s) for s in (42.4, 61, 3590, 3700, 11100)]
    assert said == ["42 s", "1 min", "1 h 00 min", "1 h 02 min", "3 h 05 min"]


def test_the_table_of_a_comparison_has_a_line_a_method():
    def results(*accuracies, seconds):
        return [{"accuracy": a, "seconds": seconds} for a in accuracies]

    runs = {
        "HardLabel": results(0.8, 0.81, seconds=60),
        "SASTC": results(0.83, seconds=120),
    }
    live = Live("compare", ("HardLabel", "SASTC", "TSER"), 2, "HardLabel")
    assert live.lines(runs, "SASTC", 1) == [
        "compare: SASTC, seed 1, 5 min left",
        "method                     runs  mean %   std   gain      a run",
        "HardLabel                  2/2    80.50  0.71  +0.00      1 min",
        "SASTC                      1/2    83.00        +2.50      2 min  <",
        "TSER                       0/2",
    ]
    assert live.lines({}, "TSER", 0)[0] == "compare: TSER, seed 0"
