"""Events of a camera that is moved over images."""

import functools
from collections.abc import Iterator

import numpy as np

from kerassnn.data.arguments import check_float
from kerassnn.data.arguments import check_int
from kerassnn.data.events.recording import Recording
from kerassnn.data.events.recording import recording

# Where the image's corner goes, (x, y) in parts of the margin: three saccades
# along a triangle. Fitted to 64 of N-MNIST's training recordings, and so are
# the threshold and the floor.
CORNERS = ((0.07, 0.26), (0.26, 1.12), (1.01, 0.22), (0.07, 0.26))
BATCH = 64  # images that are moved at once
SPARE = 6  # pixels that a sensor is wider and higher than its images


def saccades(
    images: np.ndarray,
    *,
    size: tuple[int, int] | None = None,
    threshold: float = 0.07,
    floor: float = 2.0,
    mismatch: float = 0.1,
    noise: float = 0.1,
    brighter: int = 0,
    duration: int = 100_000,
    steps: int = 24,
    seed: int = 0,
) -> Iterator[Recording]:
    """Simulated recordings of images, as N-MNIST's were made.

    A simulation, not data: train on it, or pre-train, and test on real
    recordings. The image moves along a triangle, in three saccades that
    begin and end slowly. Each pixel remembers the logarithm of the light it
    saw, and sends an event whenever that has changed by the threshold.

    Args:
        images: Array (N, H, W) or (N, H, W, 1), uint8, or floats in [0, 1].
        size: Int pair (height, width) of the sensor; it is larger than the
            images, which move inside it. Defaults to `None`: six pixels more
            than the images, as N-MNIST has it.
        threshold: Number > 0, change of log light that makes an event.
        floor: Number > 0, light of a black pixel; white is `floor + 1`.
        mismatch: Number >= 0, standard deviation of the pixels' thresholds,
            as a part of `threshold`.
        noise: Number >= 0, events a second that a pixel sends of itself.
        brighter: Int, polarity of the events of growing light. Defaults to
            `0`, as in N-MNIST's files.
        duration: Int >= 1, microseconds of one saccade.
        steps: Int >= 1, positions of the image in one saccade; times between
            them are interpolated.
        seed: Int >= 0. A recording depends on it, the image and the image's
            place alone.

    Yields:
        `kerassnn.data.Recording` of every image, in order.

    Raises:
        ValueError: if an argument is not as above, or an image causes no
            event, as a blank one without noise.

    Differs from N-MNIST: the display's flicker, refractory periods and
        readout are not simulated. On 400 digits that the constants were not
        fitted to, ten frames of equal counts correlate with those of the
        real recordings by 0.79, and there are 4 % fewer events.

    Reference: Orchard et al., Converting Static Image Datasets to Spiking
        Neuromorphic Datasets Using Saccades, 2015, arXiv 1507.07629.

    Example:
        >>> frames = np.stack(
        ...     [data.frames(r, 10) for r in data.saccades(images)]
        ... )
    """
    images = _checked(images)
    height, width = images.shape[1:]
    if size is None:
        size = (height + SPARE, width + SPARE)
    for value, least in zip(size, (height, width), strict=True):
        check_int("size", value, least)
    for name, value in (("threshold", threshold), ("floor", floor)):
        check_float(name, value, 1e-3)
    for name, value in (("mismatch", mismatch), ("noise", noise)):
        check_float(name, value)
    for name, value in (("duration", duration), ("steps", steps)):
        check_int(name, value, 1)
    check_int("seed", seed, 0)
    check_int("brighter", brighter, 0, 1)
    path = _path((size[0] - height, size[1] - width), steps)
    times = np.linspace(0, 3 * duration, len(path))
    events = functools.partial(
        _events, path=path, times=times, floor=floor, brighter=brighter
    )
    end = 3 * duration
    return _recordings(
        images, size, events, threshold, mismatch, noise * end / 1e6, seed, end
    )


def _recordings(images, size, events, threshold, mismatch, noise, seed, end):
    for start in range(0, len(images), BATCH):
        batch = images[start : start + BATCH]
        rngs = [
            np.random.default_rng([seed, start + i]) for i in range(len(batch))
        ]
        limits = np.stack(
            [1 + mismatch * rng.standard_normal(size) for rng in rngs]
        )
        limits = (threshold * np.maximum(limits, 0.1)).astype("float32")
        pixel, time, sign = events(batch, limits)
        which, pixel = np.divmod(pixel, size[0] * size[1])
        edges = np.searchsorted(which, np.arange(len(batch) + 1))
        for i, rng in enumerate(rngs):
            part = slice(edges[i], edges[i + 1])
            yield _recording(
                pixel[part], time[part], sign[part], size, noise, end, rng
            )


def _recording(pixel, time, sign, size, noise, end, rng):
    count = rng.poisson(noise * size[0] * size[1])
    pixel = np.append(pixel, rng.integers(0, size[0] * size[1], count))
    time = np.append(time, rng.uniform(0, end, count)).astype("int64")
    sign = np.append(sign, rng.integers(0, 2, count))
    order = np.argsort(time, kind="stable")
    y, x = np.divmod(pixel[order], size[1])
    return recording(x, y, time[order], sign[order], size[1], size[0])


def _events(images, limits, path, times, floor, brighter):
    """Pixel of the batch, time and polarity of all events, by recordings."""
    height, width = limits.shape[1:]
    before = np.log(floor + _moved(images, path[0], height, width))
    level = before.copy()
    found = []
    for place, start, end in zip(path[1:], times[:-1], times[1:], strict=True):
        now = np.log(floor + _moved(images, place, height, width))
        number = np.trunc((now - level) / limits)
        pixel = np.flatnonzero(number)
        crossed = number.reshape(-1)[pixel]
        step = np.copysign(limits.reshape(-1)[pixel], crossed)
        first = level.reshape(-1)[pixel]
        old, new = (light.reshape(-1)[pixel] for light in (before, now))
        level.reshape(-1)[pixel] += crossed * step * np.sign(crossed)
        # A pixel may cross several thresholds on the way.
        many = np.abs(crossed).astype(int)
        which = np.repeat(np.arange(len(pixel)), many)
        nth = np.arange(len(which)) - np.repeat(np.cumsum(many) - many, many)
        reached = first[which] + (nth + 1) * step[which]
        # Rounding may let a pixel cross whose light stands still.
        change = np.where(new == old, step, new - old)[which]
        share = np.clip((reached - old[which]) / change, 0, 1)
        time = start + (end - start) * share
        sign = (crossed[which] > 0) == brighter
        found.append((pixel[which], time, sign))
        before = now
    pixel, time, sign = map(np.concatenate, zip(*found, strict=True))
    order = np.argsort(pixel // (height * width), kind="stable")
    return pixel[order], time[order], sign[order]


def _moved(images, place, height, width):
    """Images at a place between pixels, on a black sensor (B, H, W)."""
    out = images
    for axis, (offset, side) in enumerate(
        zip(place, (height, width), strict=True), start=1
    ):
        whole = int(np.floor(offset))
        rest = np.float32(offset - whole)
        after = side - whole - out.shape[axis]
        pads = [(0, 0)] * 3
        pads[axis] = (whole, max(after, 0) + 1)
        out = np.pad(out, pads)
        lower = np.take(out, np.arange(side), axis)
        # One pixel further on, which comes in from the other side as black.
        upper = np.take(out, np.arange(side) - 1, axis)
        out = lower + rest * (upper - lower)
    return out


def _path(margin, steps):
    """Places (y, x) of the image's corner, from one saccade to the next."""
    share = np.linspace(0, 1, steps + 1)[1:, None]
    smooth = share**2 * (3 - 2 * share)
    corners = np.array(CORNERS)[:, ::-1] * margin
    parts = [corners[:1]]
    for start, end in zip(corners[:-1], corners[1:], strict=True):
        parts.append(start + smooth * (end - start))
    return np.concatenate(parts)


def _checked(images):
    images = np.asarray(images)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim != 3 or images.size == 0:
        raise ValueError(
            "expected images (N, H, W) or (N, H, W, 1), received: "
            f"images.shape={images.shape}"
        )
    if images.dtype == np.uint8:
        return images.astype("float32") / 255
    low, high = images.min(), images.max()
    if images.dtype.kind != "f" or not (low >= 0 and high <= 1):
        raise ValueError(
            "expected uint8 images, or floats in [0, 1], received: "
            f"images of {images.dtype} from {low} to {high}"
        )
    return images.astype("float32")
