import numpy as np
import pytest
from keras import ops

from kerassnn.ops import SURROGATES
from kerassnn.ops import spike
from tests.gradients import assert_close
from tests.gradients import value_and_gradient
from tests.gradients import weighted
from tests.reference import surrogates

pytestmark = pytest.mark.numeric
# None of them within rounding of a kink at 0, +-1/2 or +-1.
V = np.linspace(-1.713, 1.723, 58).astype("float32")


@pytest.fixture(params=SURROGATES, ids=lambda cls: cls.__name__)
def pair(request):
    cls = request.param
    return cls(), surrogates.BY_NAME[cls.__name__]()


def test_every_surrogate_has_a_twin():
    assert {cls.__name__ for cls in SURROGATES} == set(surrogates.BY_NAME)


def test_values_equal_twin(pair):
    ours, twin = pair
    for name in ("primitive", "derivative"):
        actual = ops.convert_to_numpy(getattr(ours, name)(ops.array(V)))
        assert_close(actual, getattr(twin, name)(V.astype("float64")))


def test_derivative_is_autodiff_of_primitive(pair):
    ours, _ = pair
    _, (slope,) = value_and_gradient(lambda v: ops.sum(ours.primitive(v)), V)
    assert_close(slope, ops.convert_to_numpy(ours.derivative(ops.array(V))))


@pytest.mark.parametrize("strict", (False, True))
def test_spike_is_binary_and_backward_is_derivative(pair, strict):
    ours, twin = pair
    v = np.concatenate([V, [0.0]]).astype("float32")
    spikes = ops.convert_to_numpy(spike(ops.array(v), ours, strict))
    np.testing.assert_array_equal(spikes, v > 0 if strict else v >= 0)
    g = np.random.default_rng(0).normal(size=v.shape).astype("float32")
    _, (slope,) = value_and_gradient(
        lambda v: weighted(spike(v, ours, strict), g), v
    )
    assert_close(slope, g * twin.derivative(v.astype("float64")))


@pytest.mark.parametrize("cls", SURROGATES)
@pytest.mark.parametrize("value", (0, -1.0, float("inf"), "2", None))
def test_refuses_what_is_not_positive(cls, value):
    with pytest.raises(ValueError, match="[Rr]eceived"):
        cls(value)


@pytest.mark.parametrize("cls", SURROGATES)
def test_config_round_trip(cls):
    assert vars(cls.from_config(cls(1.7).get_config())) == vars(cls(1.7))
