"""Simulated recordings: what moves, how much, and how it is seeded."""

import pathlib
import runpy

import numpy as np
import pytest

from kerassnn import data
from kerassnn.data.events.recording import recording

REAL = pathlib.Path(__file__).parents[3].parent / "shared" / "data"
QUIET = {"noise": 0.0, "mismatch": 0.0}


@pytest.fixture
def images():
    """Bright squares of different sizes on black."""
    out = np.zeros((3, 20, 20), "uint8")
    for i, side in enumerate((2, 4, 8)):
        out[i, 5 : 5 + side, 5 : 5 + side] = 255
    return out


def test_seeded_and_of_each_image_alone(images):
    first, again = (list(data.saccades(images, seed=3)) for _ in range(2))
    other = list(data.saccades(images, seed=4))
    for a, b, c in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(a.events, b.events)
        assert len(a) != len(c) or (a.events != c.events).any()
    alone = next(data.saccades(images[:1], seed=3))
    np.testing.assert_array_equal(alone.events, first[0].events)


def test_more_edges_make_more_events(images):
    counts = [len(r) for r in data.saccades(images, **QUIET)]
    assert counts == sorted(counts) and counts[0] > 0
    fewer = [len(r) for r in data.saccades(images, threshold=0.4, **QUIET)]
    assert all(a < b for a, b in zip(fewer, counts, strict=True))


def test_the_sensor_and_the_time(images):
    for r in data.saccades(images, duration=1000, size=(30, 24)):
        assert (r.height, r.width) == (30, 24)
        assert 0 <= r.events["t"][0] and r.events["t"][-1] <= 3000
    r = next(data.saccades(images[..., None] / 255))
    assert (r.height, r.width) == (26, 26)


def test_every_pixel_comes_back_to_where_it_began(images):
    # The path is closed, so that light grows as often as it falls.
    r = list(data.saccades(images, **QUIET))[2]
    index = r.events["y"].astype(int) * r.width + r.events["x"]
    sign = np.where(r.events["p"] == 0, 1, -1)
    total = np.bincount(index, sign, r.width * r.height)
    assert np.abs(total).max() <= 1
    flipped = list(data.saccades(images, brighter=1, **QUIET))[2]
    np.testing.assert_array_equal(flipped.events["p"], 1 - r.events["p"])


def test_a_square_leads_with_its_bright_edge(images):
    # In the first saccade the image moves to the right and down.
    r = list(data.saccades(images, **QUIET))[2]
    first = r.events[r.events["t"] < 100_000]
    brighter = first["p"] == 0
    for name in ("x", "y"):
        ahead, behind = first[name][brighter], first[name][~brighter]
        assert ahead.mean() > behind.mean() + 1


def test_events_follow_the_closed_form():
    # One white column, moved by whole pixels: log(1.1 / 0.1) = 2.398 is
    # crossed eleven times at steps of 0.2.
    images = np.zeros((1, 6, 6), "uint8")
    images[0, :, 2] = 255
    light = {"threshold": 0.2, "floor": 0.1, **QUIET}
    r = next(data.saccades(images, size=(6, 106), steps=200, **light))
    index = r.events["x"][(r.events["t"] < 100_000) & (r.events["y"] == 3)]
    counts = np.bincount(index, minlength=106)
    passed = counts[13:24]
    assert set(passed.tolist()) <= {21, 22}


def test_noise_alone():
    blank = np.zeros((1, 20, 20), "uint8")
    r = next(data.saccades(blank, noise=5.0))
    expected = 5.0 * 0.3 * 26 * 26
    assert abs(len(r) - expected) < 5 * np.sqrt(expected)
    with pytest.raises(ValueError, match="events"):
        next(data.saccades(blank, noise=0.0))


BAD = [
    ("threshold", 0),
    ("threshold", float("nan")),
    ("floor", float("inf")),
    ("mismatch", -1),
    ("noise", True),
    ("duration", 0.5),
    ("steps", 0),
    ("size", (10, 40)),
    ("seed", -1),
    ("brighter", 2),
]


@pytest.mark.parametrize("name,value", BAD)
def test_arguments(images, name, value):
    with pytest.raises(ValueError, match=name):
        data.saccades(images, **{name: value})


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((2, 8, 8, 3), "uint8"),
        np.zeros((8, 8), "uint8"),
        np.zeros((0, 8, 8), "uint8"),
        np.full((2, 8, 8), 255.0),
        np.full((2, 8, 8), np.nan),
        np.zeros((2, 8, 8), "int64"),
    ],
)
def test_other_images_are_refused(wrong):
    with pytest.raises(ValueError, match="images"):
        data.saccades(wrong)


@pytest.mark.data
def test_simulated_digits_are_like_the_recordings_of_them():
    if not (REAL / "events" / "nmnist1100.npz").is_file():
        pytest.skip("the real recordings are not here")
    read = runpy.run_path(str(REAL / "events" / "load_events.py"))["load"]
    found, about = read(REAL / "events" / "nmnist1100.npz")
    read = runpy.run_path(str(REAL / "mnist" / "load_mnist.py"))["load"]
    images = read(REAL / "mnist" / "mnist.npz")[0]
    chosen = slice(500, 600)  # the constants were fitted to the first 64
    real = [
        recording(r["x"], r["y"], r["t"], r["p"], 34, 34) for r in found[chosen]
    ]
    made = list(data.saccades(images[about["sample_id"][chosen] - 1]))
    alike = [
        np.corrcoef(data.frames(a, 10).ravel(), data.frames(b, 10).ravel())
        for a, b in zip(real, made, strict=True)
    ]
    assert np.mean(alike, axis=0)[0, 1] > 0.75
    ratio = sum(map(len, made)) / sum(map(len, real))
    assert 0.9 < ratio < 1.1
