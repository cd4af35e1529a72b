"""Arguments that were taken and did something else."""

import numpy as np
import pytest

from kerassnn import data

X = np.zeros((8, 8, 8, 3), "uint8")
Y = np.arange(8) % 4
NAN, INF = float("nan"), float("inf")

PIPELINE = [
    ("one_hot", (NAN, INF, True, 4.0, "4", 0)),
    ("start_step", (0.5, True, NAN, -1, 2)),
    ("batch_size", (4.0, True, NAN, 0, None)),
    ("seed", (True, NAN, 0.5, -1)),
    ("epoch", (True, NAN, INF)),
    ("workers", (True, NAN, 0)),
    ("shuffle", (1, "yes", None)),
    ("drop_remainder", (0, "no")),
]
AUGMENT = [
    ("crop", (NAN, INF, True, 1.5, -1)),
    ("cutout", (NAN, True, "8")),
    ("mixup", (NAN, INF, True, -0.1, "1")),
    ("cutmix", (NAN, INF, None)),
    ("flip", (1, "left", NAN)),
    ("fill", (NAN, True, (0, NAN, 0), "black")),
]


def each(table):
    return [(name, value) for name, values in table for value in values]


@pytest.mark.parametrize("name,value", each(PIPELINE))
def test_pipelines_refuse(name, value):
    arguments = {"batch_size": 4, name: value}
    with pytest.raises(ValueError, match=f"received.*{name}="):
        data.Pipeline(X, Y, **arguments)


@pytest.mark.parametrize("name,value", each(AUGMENT))
def test_augmentations_refuse(name, value):
    with pytest.raises(ValueError, match=f"received: {name}="):
        data.Augment(**{name: value})


@pytest.mark.parametrize("name,value", [("n", True), ("n", NAN), ("m", NAN)])
def test_policies_refuse(name, value):
    with pytest.raises(ValueError, match=f"received: {name}="):
        data.RandAugment(**{name: value})


def test_numbers_of_numpy_pass():
    data.Pipeline(X, Y, np.int64(4), one_hot=np.int32(4), seed=np.uint8(1))
    data.Augment(crop=np.int64(1), mixup=np.float32(0.2), fill=np.uint8(3))


@pytest.mark.parametrize("value", [NAN, True, 1, 2.0])
def test_checks_refuse_classes(value):
    with pytest.raises(ValueError, match="classes="):
        data.check(X, Y, value)


@pytest.mark.slow
def test_tensors_of_torch_are_checked_and_fed():
    torch = pytest.importorskip("torch")
    x, y = torch.from_numpy(X), torch.from_numpy(Y)
    data.check(x, y, 4)
    batch = data.Pipeline(x, y, 4, shuffle=False, one_hot=4)[0]
    np.testing.assert_array_equal(batch[1].argmax(1), Y[:4])
    for wrong in (y.float(), y[:, None], y - 1, y + 1):
        with pytest.raises(ValueError, match="labels|integer|shape"):
            data.check(x, wrong, 4)
    bad = x.float()
    bad[0, 0, 0, 0] = NAN
    with pytest.raises(ValueError, match="NaN"):
        data.check(bad, y, 4)
