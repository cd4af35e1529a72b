import numpy as np
import pytest

from kerassnn.data import check


def images(n=4, dtype="float32"):
    return np.zeros((n, 2, 2, 3), dtype)


LABELS = np.array([0, 1, 2, 1])


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float16", "int64"])
def test_good_data_passes(dtype):
    check(images(dtype=dtype), LABELS, 3)
    check(images(dtype=dtype)[:, None], LABELS.astype("uint8"))


def test_large_finite_values_pass():
    check(np.full((4, 2, 2, 3), 1e308), LABELS, 3)


def one_value(value):
    x = images()
    x[1, 0, 1, 2] = value
    return x


BAD = {
    "nan": (one_value(np.nan), LABELS, "NaN"),
    "inf": (one_value(-np.inf), LABELS, "Inf"),
    "bool": (images(dtype=bool), LABELS, "dtype"),
    "object": (images(dtype=object), LABELS, "dtype"),
    "strings": (images().astype(str), LABELS, "dtype"),
    "complex": (images(dtype="complex64"), LABELS, "dtype"),
    "rank": (images()[..., 0], LABELS, "shape"),
    "empty": (images(0), LABELS[:0], "expected images"),
    "no pixels": (np.zeros((4, 0, 2, 3)), LABELS, "expected images"),
    "length": (images(3), LABELS, "as many labels"),
    "high": (images(), np.array([0, 1, 2, 3]), "from 0 to 3"),
    "negative": (images(), np.array([0, 1, 2, -1]), "from -1 to 2"),
    "float labels": (images(), LABELS.astype(float), "integer dtype"),
    "one-hot": (images(), np.eye(4, dtype=int), "shape"),
    "column": (images(), LABELS[:, None], "shape"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_data_is_refused_by_its_name(name):
    x, y, message = BAD[name]
    with pytest.raises(ValueError, match=message):
        check(x, y, 3)


def test_without_classes_only_negative_labels_are_refused():
    check(images(), np.array([0, 1, 2, 99]))
    with pytest.raises(ValueError, match="from -1 to"):
        check(images(), np.array([0, 1, 2, -1]))
