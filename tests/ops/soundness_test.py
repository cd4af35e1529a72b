"""bfloat16 is refused where the compiler gets it wrong, and only there."""

import keras
import numpy as np
import pytest

from kerassnn import training
from kerassnn import zoo
from kerassnn.distillation import LogitsKD
from kerassnn.ops import soundness
from tests.distillation import nets
from tests.training.conftest import TINY

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
ENTRY = "resnet8_sastc_digits"


@pytest.fixture
def wrong(monkeypatch):
    monkeypatch.setattr(soundness, "bfloat16_is_right", lambda: False)


@pytest.mark.numeric
def test_a_probe_that_is_not_finite_is_wrong(monkeypatch):
    soundness.bfloat16_is_right.cache_clear()
    for value in (np.nan, 0.5):
        monkeypatch.setattr(soundness, "_probe", lambda v=value: np.full(64, v))
        found = soundness.bfloat16_is_right()
        soundness.bfloat16_is_right.cache_clear()
        assert found == (keras.backend.backend() != "jax")
    monkeypatch.undo()
    values = soundness._probe() if keras.backend.backend() == "jax" else 1.0
    assert soundness.bfloat16_is_right() == bool(np.all(values == 1.0))


def test_only_bfloat16_is_refused(wrong):
    soundness.check_dtypes(["float32", "float16", "int32"])
    with pytest.raises(ValueError, match="ynn_fusion_type= .*float32"):
        soundness.check_dtypes(["float32", "bfloat16"])


def test_a_teacher_in_bfloat16_is_refused_before_training(wrong):
    keras.config.set_dtype_policy("mixed_bfloat16")
    teacher = nets.teacher()
    keras.config.set_dtype_policy("float32")
    distiller = LogitsKD(nets.student(), teacher)
    distiller.compile("sgd", LOSS)
    with pytest.raises(ValueError, match="ynn_fusion_type="):
        distiller.fit(*nets.batch(4), batch_size=4, verbose=0)


def test_a_run_in_bfloat16_is_refused_before_its_folder(wrong, tmp_path):
    with pytest.raises(ValueError, match="ynn_fusion_type="):
        training.run(
            TINY, overrides=["--precision=mixed_bfloat16"], folder=tmp_path
        )
    assert not [*tmp_path.rglob("config.json")]
    assert keras.config.dtype_policy().name == "float32"


def test_an_entry_in_bfloat16_is_refused(wrong):
    with pytest.raises(ValueError, match="ynn_fusion_type="):
        zoo.load(ENTRY, precision="mixed_bfloat16")


def test_where_it_is_right_nothing_is_refused(monkeypatch):
    monkeypatch.setattr(soundness, "bfloat16_is_right", lambda: True)
    zoo.load(ENTRY, precision="mixed_bfloat16", weights=False)
    soundness.check_dtypes(["bfloat16"])
