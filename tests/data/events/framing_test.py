"""Frames number by number: tonic's own, and SpikingJelly's rule in NumPy."""

import itertools

import numpy as np
import pytest

from kerassnn import data
from kerassnn.data.events.recording import recording
from tests.data.events import files


@pytest.fixture
def made():
    e = files.events(997, 40, 30)
    return recording(e["x"], e["y"], e["t"], e["p"], 40, 30)


def counted(made, start, end, height=30, width=40):
    """One frame, event by event."""
    out = np.zeros((height, width, 2), int)
    for x, y, _, p in made.events[start:end].tolist():
        out[y * height // made.height, x * width // made.width, p] += 1
    return out


def spikingjelly(made, timesteps, by):
    """Its rule for a fixed number of frames: the last takes the rest."""
    t = made.events["t"]
    if by == "count":
        each = len(t) // timesteps
        edges = [i * each for i in range(timesteps)] + [len(t)]
    else:
        each = (t[-1] - t[0]) // timesteps
        edges = [np.sum(t < t[0] + each * i) for i in range(timesteps)]
        edges.append(len(t))
    pairs = itertools.pairwise(edges)
    return np.stack([counted(made, start, end) for start, end in pairs])


def spikingjelly_windows(made, window):
    t = made.events["t"] - made.events["t"][0]
    number = int(np.ceil(t[-1] / window))
    index = np.minimum(t // window, number - 1)
    edges = np.searchsorted(index, np.arange(number + 1))
    pairs = itertools.pairwise(edges)
    return np.stack([counted(made, start, end) for start, end in pairs])


@pytest.mark.parametrize("by", ["count", "time"])
@pytest.mark.parametrize("timesteps", [1, 7, 16])
def test_spikingjelly(made, timesteps, by):
    out = data.frames(made, timesteps, by=by)
    assert out.shape == (timesteps, 30, 40, 2) and out.dtype == np.uint16
    np.testing.assert_array_equal(out, spikingjelly(made, timesteps, by))
    assert out.sum() == len(made)


@pytest.mark.parametrize("window", [1000, 70_000, 10**7])
def test_windows_of_spikingjelly(made, window):
    out = data.frames(made, window=window)
    np.testing.assert_array_equal(out, spikingjelly_windows(made, window))
    assert out.sum() == len(made)


def test_a_window_that_ends_with_the_recording():
    made = recording([0, 0, 1], [0] * 3, [5, 10, 25], [0] * 3, 2, 1)
    out = data.frames(made, window=10)
    assert out[..., 0].tolist() == [[[2, 0]], [[0, 1]]]
    out = data.frames(made, window=10, convention="tonic")
    assert out[..., 0].tolist() == [[[2, 0]], [[0, 0]]]


TONIC = [
    ({"timesteps": 16}, {"n_event_bins": 16}),
    ({"timesteps": 7, "by": "time"}, {"n_time_bins": 7}),
    ({"window": 20_000}, {"time_window": 20_000}),
    ({"window": 10**7}, {"time_window": 10**7}),
]


@pytest.mark.parametrize("by", ["count", "time"])
def test_tonic_drops_what_is_left_over(made, by):
    out = data.frames(made, 6, by=by, convention="tonic")
    whole = data.frames(made, 6, by=by)
    np.testing.assert_array_equal(out[:5], whole[:5])
    t = made.events["t"]
    step = (t[-1] - t[0]) // 6
    end = 6 * (997 // 6) if by == "count" else np.sum(t < t[0] + 6 * step)
    assert end < 997 and out.sum() == end
    np.testing.assert_array_equal(
        out[5], counted(made, 0, end) - out[:5].sum(axis=0, dtype=int)
    )


def test_smaller_frames_sum_pixels(made):
    out = data.frames(made, 5, size=(12, 15))
    np.testing.assert_array_equal(out[0], counted(made, 0, 199, 12, 15))


@pytest.mark.slow  # tonic takes seconds to import
@pytest.mark.parametrize("ours,theirs", TONIC)
def test_tonic(made, ours, theirs):
    functional = pytest.importorskip("tonic.functional")
    expected = functional.to_frame_numpy(made.events, (40, 30, 2), **theirs)
    out = data.frames(made, convention="tonic", **ours)
    np.testing.assert_array_equal(out, expected.transpose(0, 2, 3, 1))


@pytest.mark.slow
def test_smaller_frames_sum_pixels_as_tonic_does(made):
    tonic = pytest.importorskip("tonic")
    shrink = tonic.transforms.Downsample(
        sensor_size=(40, 30, 2), target_size=(15, 12)
    )
    expected = tonic.functional.to_frame_numpy(
        shrink(made.events.copy()), (15, 12, 2), n_event_bins=5
    )
    out = data.frames(made, 5, size=(12, 15), convention="tonic")
    np.testing.assert_array_equal(out, expected.transpose(0, 2, 3, 1))
    np.testing.assert_array_equal(out[0], counted(made, 0, 199, 12, 15))


def test_so_many_windows_and_no_more(made):
    t = made.events["t"] - made.events["t"][0]
    for number in (2, 40):
        out = data.frames(made, number, window=20_000)
        assert len(out) == number
        assert out.sum() == np.sum(t < number * 20_000)


def test_more_frames_than_events():
    made = recording([0, 1], [0, 0], [3, 3], [0, 1], 2, 1)
    for by in ("count", "time"):
        out = data.frames(made, 5, by=by)
        assert out.shape == (5, 1, 2, 2) and out[-1].sum() == 2


def test_pixels_that_count_too_far():
    zeros = np.zeros(70_000, int)
    made = recording(zeros, zeros, zeros, zeros, 1, 1)
    with pytest.raises(ValueError, match="65535"):
        data.frames(made, 1)


def test_bytes_hold_the_same_or_an_error(made):
    out = data.frames(made, 4, dtype="uint8")
    assert out.dtype == np.uint8
    np.testing.assert_array_equal(out, data.frames(made, 4))
    zeros = np.zeros(256, int)
    crowded = recording(zeros, zeros, zeros, zeros, 1, 1)
    with pytest.raises(ValueError, match="dtype='uint8'"):
        data.frames(crowded, 1, dtype="uint8")


BAD = [
    ({}, "timesteps or window"),
    ({"timesteps": 0}, "timesteps=0"),
    ({"timesteps": True}, "timesteps=True"),
    ({"timesteps": 2.0}, "timesteps=2.0"),
    ({"window": float("nan")}, "window=nan"),
    ({"timesteps": 2, "by": "events"}, "by='events'"),
    ({"timesteps": 2, "convention": "norse"}, "convention='norse'"),
    ({"timesteps": 2, "dtype": "float32"}, "dtype='float32'"),
    ({"timesteps": 2, "size": (60, 40)}, "size=60"),
    ({"timesteps": 2, "size": 30}, "size=30"),
    ({"window": 1, "timesteps": 10**7}, "at most"),
]


@pytest.mark.parametrize("arguments,message", BAD)
def test_arguments(made, arguments, message):
    with pytest.raises(ValueError, match=message):
        data.frames(made, **arguments)
