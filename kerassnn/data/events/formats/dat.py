"""Prophesee's .dat: a text header, then eight bytes an event."""

import re

import numpy as np

from kerassnn.data.events.recording import recording
from kerassnn.data.events.recording import unwrapped

CARS = (120, 100)  # N-CARS's largest recordings; its headers have no size


def read(content):
    """Events of 32 bits t, 14 bits x, 14 bits y and 4 bits p.

    Reference: Sironi et al., HATS: Histograms of Averaged Time Surfaces for
        Robust Event-based Object Classification, CVPR 2018,
        arXiv 1803.07913.
    """
    start = 0
    while content[start : start + 1] == b"%":
        start = content.find(b"\n", start) + 1
        if start == 0:
            raise ValueError("a header that is cut off")
    header, (kind, width) = content[:start], content[start : start + 2]
    if width != 8 or kind not in (0, 12):
        raise ValueError(f"events of kind {kind} with {width} bytes")
    body = content[start + 2 :]
    if len(body) % 8:
        raise ValueError(f"{len(body) % 8} bytes left after the last event")
    time, word = np.frombuffer(body, "<u4").reshape(-1, 2).T
    x, y, p = word & 0x3FFF, word >> 14 & 0x3FFF, word >> 28
    size = [_number(header, name) for name in (b"Width", b"Height")]
    if None in size:
        size = (None, None)
        if len(x) and x.max() < CARS[0] and y.max() < CARS[1]:
            size = CARS
    return recording(x, y, unwrapped(time, 32), np.minimum(p, 1), *size)


def _number(header, name):
    found = re.search(rb"%\s*" + name + rb"\s+(\d{1,5})\s", header)
    return found and int(found[1])
