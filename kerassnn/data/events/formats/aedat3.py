"""AEDAT 3, as cAER writes it: packets of events, little-endian."""

import struct

import numpy as np

from kerassnn.data.events.formats.sensors import sensor
from kerassnn.data.events.recording import recording

END = b"#!END-HEADER"
HEADER = struct.Struct("<hhiiiiii")
POLARITY = 1


def read(content):
    """Polarity events of all packets that hold them.

    Reference: https://docs.inivation.com/software/software-advanced-usage/
        file-formats/aedat-3.1.html
    """
    end = content.find(END)
    position = content.find(b"\n", end) + 1
    if end < 0 or position == 0:
        raise ValueError("a header that is cut off")
    size = sensor(content[:end], rb"#Source \d+:\s*([^\r\n]*)")
    words, times = [], []
    while position < len(content):
        kind, _, width, _, overflow, _, number, _ = HEADER.unpack_from(
            content, position
        )
        position += HEADER.size
        length = width * number
        if width <= 0 or number < 0 or position + length > len(content):
            raise ValueError("a packet that is cut off or damaged")
        if kind == POLARITY:
            if width != 8:
                raise ValueError(f"polarity events of {width} bytes")
            packet = np.frombuffer(content, "<u4", 2 * number, position)
            word, time = packet.reshape(-1, 2).T
            valid = word & 1 == 1
            words.append(word[valid])
            times.append(time[valid].astype("int64") + (overflow << 31))
        position += length
    if not words:
        raise ValueError("no packet of polarity events")
    word, time = np.concatenate(words), np.concatenate(times)
    x, y, p = word >> 17, word >> 2 & 0x7FFF, word >> 1 & 1
    return recording(x, y, time, p, *(size[1] if size else (None, None)))
