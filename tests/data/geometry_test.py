import numpy as np
import pytest

from kerassnn.data.augmentation.geometry import crop_flip
from kerassnn.data.augmentation.geometry import cutout


def numbered(batch=64, height=7, width=6):
    """Images whose pixel (i, j) holds (i, j, 1)."""
    rows, cols = np.indices((height, width))
    image = np.stack([rows, cols, np.ones_like(rows)], axis=-1)
    return np.repeat(image[None], batch, axis=0).astype("uint8")


@pytest.mark.parametrize("pad", ["reflect", "zeros"])
def test_every_result_is_a_window_of_the_padded_image(pad):
    x = numbered()
    mode = "reflect" if pad == "reflect" else "constant"
    padded = np.pad(x[0], ((2, 2), (2, 2), (0, 0)), mode=mode)
    windows = {
        (i, j, flip): padded[i : i + 7, j : j + 6][:, :: -1 if flip else 1]
        for i in range(5)
        for j in range(5)
        for flip in (False, True)
    }
    known = {image.tobytes(): key for key, image in windows.items()}
    rng = np.random.default_rng(0)
    drawn = [
        known[image.tobytes()]
        for _ in range(20)
        for image in crop_flip(x, rng, 2, True, pad)
    ]
    counts = [drawn.count(key) for key in windows]
    # 1,280 draws over 50 windows: 25.6 each, five sigma is 25.
    assert min(counts) > 4 and max(counts) < 52


def test_nothing_asked_nothing_changed():
    x = numbered()
    out = crop_flip(x, np.random.default_rng(0), 0, False, "reflect")
    np.testing.assert_array_equal(out, x)
    assert out is not x


@pytest.mark.parametrize("size", [1, 3, 4, 40])
def test_cutout_paints_one_square_cut_by_the_border(size):
    x = np.zeros((3000, 9, 9, 3), "uint8")
    cutout(x, np.random.default_rng(0), size, (1, 2, 3))
    painted = x[..., 0] == 1
    assert (x[painted] == (1, 2, 3)).all() and not x[~painted].any()
    rows, cols = painted.any(axis=2), painted.any(axis=1)
    area = painted.sum(axis=(1, 2))
    np.testing.assert_array_equal(area, rows.sum(1) * cols.sum(1))
    assert area.max() == min(size, 9) ** 2
    # The centre is a pixel of the image, corners and borders included.
    assert painted.any(axis=0).all() and area.min() >= 1


def test_cutout_paints_all_places_alike():
    x = np.zeros((8100, 9, 9, 1), "uint8")
    cutout(x, np.random.default_rng(0), 1, 1)
    counts = x[..., 0].sum(axis=0, dtype=int)
    assert counts.min() > 50 and counts.max() < 150
