"""AEDAT 2.0, as jAER writes it: big-endian pairs of address and time."""

import numpy as np

from kerassnn.data.events.formats.sensors import sensor
from kerassnn.data.events.recording import DTYPE
from kerassnn.data.events.recording import ordered
from kerassnn.data.events.recording import unwrapped

END = b"#End Of ASCII Header"
# Where a field stands in an address, and its bits.
DVS128 = {"x": (1, 0x7F), "y": (8, 0x7F), "p": (0, 1)}
DAVIS = {"x": (12, 0x3FF), "y": (22, 0x1FF), "p": (11, 1)}
PIECE = 1 << 14  # events
OTHERS = np.uint32(0x80000400)  # frames and IMU samples, triggers, of a DAVIS


def read(content):
    """Events of DVS128 and DAVIS cameras, without frames, IMU, triggers.

    Reference: https://docs.inivation.com/software/software-advanced-usage/
        file-formats/aedat-2.0.html
    """
    start = _end_of_header(content)
    left = (len(content) - start) % 8
    if left:
        raise ValueError(f"{left} bytes left after the last event")
    name, (width, height) = sensor(
        content[:start], rb"#\s*AEChip:\s*([^\r\n]*)"
    ) or ("DVS128", (128, 128))
    dvs128 = name == "DVS128"
    fields = DVS128 if dvs128 else DAVIS
    words = np.frombuffer(content, ">u4", offset=start).reshape(-1, 2)
    events, count = np.empty(len(words), DTYPE), 0
    # In pieces that stay in the processor's cache, which is faster.
    for first in range(0, len(words), PIECE):
        address, time = words[first : first + PIECE].astype("uint32").T
        keep = _dvs128(address) if dvs128 else address & OTHERS == 0
        if not keep.all():
            address, time = address[keep], time[keep]
        part = events[count : count + len(address)]
        for field, (shift, mask) in fields.items():
            part[field] = address >> shift & mask
        part["t"] = time
        count += len(address)
    events = events[:count]
    events["t"] = unwrapped(events["t"], bits=32)
    return ordered(events, width, height)


def _dvs128(address):
    if address.max() >= 1 << 16:
        raise ValueError("addresses that no DVS128 has")
    return address < 1 << 15  # The highest bit marks a sync event.


def _end_of_header(content):
    end = content.find(END)
    if end >= 0:
        start = content.find(b"\n", end) + 1
        if start == 0:
            raise ValueError("a header that is cut off")
        return start
    # Older files: the header ends with the last line of text that begins with
    # "#", a byte that addresses may begin with, too.
    start = 0
    while content[start : start + 1] == b"#":
        end = content.find(b"\n", start) + 1
        line = content[start:end].strip().replace(b"\t", b" ")
        if not (line.isascii() and line.decode("ascii").isprintable()):
            break
        if end == 0:
            raise ValueError("a header that is cut off")
        start = end
    return start
