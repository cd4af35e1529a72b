"""The files that TensorBoard reads, read back by TensorFlow."""

import keras
import pytest

from kerassnn import analysis
from kerassnn import callbacks
from kerassnn import distillation
from kerassnn.callbacks.event_file import EventFile
from tests.distillation import nets

X, Y = nets.batch(16)
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
TENSORFLOW = keras.backend.backend() == "tensorflow"


def read(folder):
    """{tag: [(step, value), ...]}, and the steps at which files begin."""
    import tensorflow as tf

    found, starts = {}, []
    for path in sorted(folder.iterdir()):
        for record in tf.data.TFRecordDataset(str(path)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            if event.session_log.status:
                starts.append(event.step)
            for value in event.summary.value:
                pair = (event.step, value.simple_value)
                found.setdefault(value.tag, []).append(pair)
    return found, starts


def fit(distiller, callback, epochs):
    return distiller.fit(
        X,
        Y,
        batch_size=4,
        epochs=epochs,
        validation_data=(X, Y),
        verbose=0,
        callbacks=[callback],
    ).history


@pytest.mark.slow
@pytest.mark.skipif(not TENSORFLOW, reason="TensorFlow reads the files")
def test_curves_of_a_training_in_two_parts(tmp_path):
    distiller = distillation.TSER(nets.student(), nets.teacher())
    optimizer = keras.optimizers.SGD(0.125)
    distiller.compile(optimizer, LOSS, metrics=["accuracy"], run_eagerly=True)
    logs = fit(distiller, callbacks.TensorBoard(tmp_path, X, every=2), 2)
    fit(distiller, callbacks.TensorBoard(tmp_path, X), 1)
    found, starts = read(tmp_path)
    assert starts == [0, 8]
    steps = [step for step, _ in found["train/kd"]]
    assert steps == [4, 8, 12]
    for name in ("loss", "kd", "entropy", "agreement", "accuracy"):
        values = [value for _, value in found[f"train/{name}"][:2]]
        assert values == pytest.approx(logs[name], rel=1e-6)
    values = [value for _, value in found["validation/accuracy"][:2]]
    assert values == pytest.approx(logs["val_accuracy"])
    assert found["train/learning_rate"][0] == (4, 0.125)
    assert [step for step, _ in found["step/loss"]] == [2, 4, 6, 8]
    for layer, rate in analysis.firing_rates(distiller.student, X).items():
        assert found[f"firing_rate/{layer}"][2][1] == pytest.approx(rate)


def test_every_backend_writes(tmp_path):
    distiller = distillation.LogitsKD(nets.student(), nets.teacher())
    eager = keras.backend.backend() != "jax"
    distiller.compile(keras.optimizers.SGD(0.1), LOSS, run_eagerly=eager)
    fit(distiller, callbacks.TensorBoard(tmp_path, X, every=3), 1)
    [path] = tmp_path.iterdir()
    written = path.read_bytes()
    for tag in (b"train/kd", b"validation/loss", b"firing_rate/stage1"):
        assert written.count(tag) == 1


def test_the_checksum_is_that_of_the_standard(tmp_path):
    """CRC-32C of `123456789` is 0xE3069283, masked as records have it."""
    from kerassnn.callbacks import event_file

    crc = 0xE3069283
    masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
    assert event_file._checksum(b"123456789") == masked.to_bytes(4, "little")
    file = EventFile(tmp_path, 3)
    size = file.path.stat().st_size
    file.write(300, {"a/b": 1.5})
    assert file.path.stat().st_size > size


def test_steps_between_values():
    for every in (-1, 1.5, True):
        with pytest.raises(ValueError, match="every"):
            callbacks.TensorBoard("folder", every=every)
