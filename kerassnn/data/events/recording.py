import dataclasses

import numpy as np

FIELDS = ("x", "y", "t", "p")
DISORDER = 0.01  # share of events a sensor may deliver late
# The order of the fields is the public one; the offsets keep every field
# aligned within 16 bytes.
DTYPE = np.dtype(
    {
        "names": FIELDS,
        "formats": ("<u2", "<u2", "<i8", "u1"),
        "offsets": (0, 2, 8, 4),
        "itemsize": 16,
    }
)


@dataclasses.dataclass(frozen=True, eq=False)
class Recording:
    """The events of one recording, and the size of the sensor.

    Args:
        events: Structured array (N,) with the fields x, y (pixels), t
            (microseconds, in order) and p (1 for brighter, 0 for darker, as
            the file has it).
        width: Int, pixels.
        height: Int, pixels.

    Raises:
        ValueError: if there is no event, a field is missing, an event lies
            outside the sensor, or time runs backwards.

    Example:
        >>> recording = kerassnn.data.read_events("mug.aedat")
        >>> recording.events["t"][0], recording.width
    """

    events: np.ndarray
    width: int
    height: int

    def __post_init__(self):
        names = getattr(self.events, "dtype", np.dtype(int)).names or ()
        if not set(FIELDS) <= set(names) or self.events.ndim != 1:
            raise ValueError(
                "expected a structured array (N,) with the fields "
                f"{FIELDS}, received: fields={names}"
            )
        if len(self.events) == 0:
            raise ValueError("expected events, received: none")
        for name, size in (("x", self.width), ("y", self.height)):
            field = self.events[name]
            high = field.max()
            low = 0 if field.dtype.kind == "u" else field.min()
            if low < 0 or high >= size:
                raise ValueError(
                    f"expected events inside a sensor of {self.width} x "
                    f"{self.height} pixels, received: {name} from {low} to "
                    f"{high}"
                )
        time = self.events["t"]
        if np.any(time[1:] < time[:-1]):
            raise ValueError(
                "expected events in order of time, received: time that runs "
                "backwards"
            )

    def __len__(self) -> int:
        return len(self.events)


def recording(
    x: np.ndarray,
    y: np.ndarray,
    t: np.ndarray,
    p: np.ndarray,
    width: int | None = None,
    height: int | None = None,
) -> Recording:
    """A `Recording` from four arrays (N,).

    Args:
        x, y, t, p: Arrays, see `Recording`.
        width: Int; `None` for the smallest sensor that holds all events.
        height: Int, likewise.

    Returns:
        `Recording`; a few events that came late are put into their place.
    """
    x, y, t, p = (np.asarray(field) for field in (x, y, t, p))
    if not len(x) == len(y) == len(t) == len(p):
        raise ValueError(
            "expected x, y, t and p of one length, received: "
            f"{len(x)}, {len(y)}, {len(t)} and {len(p)}"
        )
    if len(x) == 0:
        raise ValueError("expected events, received: none")
    for name, field in (("x", x), ("y", y)):
        if field.dtype in (np.uint8, np.uint16):
            continue
        if field.max() > 65535 or field.min() < 0:
            raise ValueError(
                f"expected {name} in [0, 65535], received: from "
                f"{field.min()} to {field.max()}"
            )
    events = np.empty(len(x), DTYPE)
    for name, field in zip(FIELDS, (x, y, t, p), strict=True):
        events[name] = field
    if width is None:
        width = int(x.max()) + 1
    if height is None:
        height = int(y.max()) + 1
    return ordered(events, int(width), int(height))


def ordered(events, width, height):
    """A `Recording` of events, of which a few may have come late."""
    t = events["t"]
    late = np.count_nonzero(t[1:] < t[:-1])
    # What is all mixed up was never a recording: `Recording` refuses it.
    if 0 < late <= DISORDER * len(t):
        events = events[np.argsort(t, kind="stable")]
    return Recording(events, width, height)


def unwrapped(t, bits):
    """Times of a counter of so many bits that may have started again."""
    back = t[1:] < t[:-1]
    if not back.any():
        return t
    t = t.astype("int64")
    restarts = np.cumsum(back & (t[:-1] - t[1:] > 1 << (bits - 1)))
    t[1:] += restarts << bits
    return t
