"""Events summed into frames, the way SpikingJelly or tonic slice them."""

import numpy as np

from kerassnn.data.arguments import check_int
from kerassnn.data.events.recording import Recording

CONVENTIONS = ("spikingjelly", "tonic")
LARGEST = 1 << 31  # values of all frames of one recording


def frames(
    recording: Recording,
    timesteps: int | None = None,
    *,
    by: str = "count",
    window: int | None = None,
    size: tuple[int, int] | None = None,
    convention: str = "spikingjelly",
    dtype: str = "uint16",
) -> np.ndarray:
    """Counts the events of every pixel, polarity and slice of a recording.

    Both libraries slice into T parts of `N // T` events each, or of
    `(t[-1] - t[0]) // T` microseconds; what is left over after the last part
    belongs to it (SpikingJelly) or is dropped (tonic). Windows begin at the
    first event; the last one, which may be cut off, is kept (SpikingJelly 2)
    or dropped (tonic, unless it is the only one).

    Args:
        recording: `kerassnn.data.Recording`.
        timesteps: Int T >= 1, the number of frames.
        by: `"count"` for slices of equal event counts, `"time"` for slices of
            equal time. Defaults to `"count"`.
        window: Int >= 1, microseconds a frame, in place of equal slices. With
            `timesteps` too, exactly T windows from the first event on: later
            events are dropped, missing ones leave frames of zeros.
        size: Int pair (H, W), smaller than the sensor: the events of several
            pixels are summed, as `tonic.transforms.Downsample` sums them.
            `None` for the sensor's own. Defaults to `None`.
        convention: `"spikingjelly"` or `"tonic"`.
        dtype: `"uint16"`, or `"uint8"` for half the memory. Defaults to
            `"uint16"`.

    Returns:
        Array (T, H, W, 2) of `dtype`; the last axis is p.

    Raises:
        ValueError: if an argument is not as above, neither `timesteps` nor
            `window` is given, or a pixel counts more events than `dtype`
            holds.

    Example:
        >>> frames = kerassnn.data.frames(recording, 10, size=(48, 48))
    """
    height, width = check_arguments(
        timesteps,
        by,
        window,
        size,
        convention,
        dtype,
        (recording.height, recording.width),
    )
    events = recording.events
    starts, ends = _slices(
        events["t"], timesteps, by, window, convention == "tonic"
    )
    pixels = height * width * 2
    if len(starts) * pixels > LARGEST:
        raise ValueError(
            f"expected frames of at most {LARGEST} values, received: "
            f"{len(starts)} frames of {height} x {width} x 2"
        )
    out = np.empty((len(starts), pixels), dtype)
    most = np.iinfo(dtype).max
    for frame, start, end in zip(out, starts, ends, strict=True):
        part = events[start:end]
        index = _scaled(part["y"], height, recording.height)
        index *= width
        index += _scaled(part["x"], width, recording.width)
        index *= 2
        index += part["p"] != 0
        counts = np.bincount(index, minlength=pixels)
        if end - start > most and counts.max() > most:
            raise ValueError(
                f"expected at most {most} events a pixel and frame, which "
                f"dtype={dtype!r} holds, received: {counts.max()}"
            )
        frame[:] = counts
    return out.reshape(len(starts), height, width, 2)


def _scaled(position, size, full):
    # `LARGEST` keeps indices below 2^32, and intp is slower to write.
    if size == full:
        return position.astype(np.uint32)
    position = position.astype(np.intp)
    position *= size
    position //= full
    return position.astype(np.uint32)


def _slices(time, timesteps, by, window, tonic):
    """The indices where the events of every frame begin and end."""
    begin, last = int(time[0]), int(time[-1])
    # SpikingJelly's last slice holds what is left over.
    rest = not tonic and (window is None or timesteps is None)
    if window is None and by == "count":
        edges = np.arange(timesteps + 1) * (len(time) // timesteps)
    else:
        if window is None:
            window = (last - begin) // timesteps
        elif timesteps is None:
            timesteps = _windows(last - begin, window, tonic)
        steps = np.arange(timesteps + 1, dtype="int64")
        edges = np.searchsorted(time, begin + window * steps)
    if rest:
        edges[-1] = len(time)
    return edges[:-1], edges[1:]


def _windows(duration, window, tonic):
    whole = duration // window if tonic else -(-duration // window)
    return max(whole, 1)


def check_arguments(timesteps, by, window, size, convention, dtype, sensor):
    """Raises as `frames` does; returns the size (H, W) of the frames."""
    if timesteps is None and window is None:
        raise ValueError(
            "expected timesteps or window, received: timesteps=None, "
            "window=None"
        )
    for name, value in (("timesteps", timesteps), ("window", window)):
        if value is not None:
            check_int(name, value, 1)
    if by not in ("count", "time"):
        raise ValueError(f"expected 'count' or 'time', received: by={by!r}")
    if convention not in CONVENTIONS:
        raise ValueError(
            f"expected one of {CONVENTIONS}, received: "
            f"convention={convention!r}"
        )
    if dtype not in ("uint8", "uint16"):
        raise ValueError(
            f"expected 'uint8' or 'uint16', received: dtype={dtype!r}"
        )
    if size is None:
        return sensor
    if not isinstance(size, tuple | list) or len(size) != 2:
        raise ValueError(f"expected (height, width), received: size={size!r}")
    for value, most in zip(size, sensor, strict=True):
        check_int("size", value, 1, most)
    return size
