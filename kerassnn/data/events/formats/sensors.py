"""Sensors by what headers call them."""

import re

# (width, height)
SENSORS = {
    "DVS128": (128, 128),
    "DAVIS128": (128, 128),
    "DAVIS208": (208, 192),
    "DAVIS240": (240, 180),
    "DAVIS346": (346, 260),
    "DAVIS640": (640, 480),
    "DVXPLORER_LITE": (320, 240),
    "DVXPLORER": (640, 480),
}


def sensor(header, pattern):
    """The sensor's name and size as a header's line says, or `None`.

    Args:
        header: Bytes.
        pattern: Regular expression, of bytes, with one group.

    Raises:
        ValueError: if the line names a sensor that is not known.
    """
    found = re.search(pattern, header)
    if found is None:
        return None
    text = found[1].decode("ascii", "replace").strip()
    for name, size in SENSORS.items():
        if name in text.upper():
            return name, size
    raise ValueError(f"a sensor of another kind: {text!r}")
