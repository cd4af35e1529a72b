"""AEDAT 4, as DV writes it: compressed packets of flatbuffers.

Read here and not through the package `aedat`, which ends the whole process
at some damaged files.
"""

import struct
import xml.etree.ElementTree

import numpy as np

from kerassnn.data.events.recording import recording

LARGEST = 1 << 28  # bytes of one packet once it is decompressed
EVENT = np.dtype(
    {
        "names": ("t", "x", "y", "p"),
        "formats": ("<i8", "<i2", "<i2", "u1"),
        "offsets": (0, 8, 10, 12),
        "itemsize": 16,
    }
)


def read(content):
    """Events of the first stream that holds them.

    Reference: https://docs.inivation.com/software/software-advanced-usage/
        file-formats/aedat-4.0.html
    """
    start = content.find(b"\n") + 1
    (length,) = struct.unpack_from("<I", content, start)
    header = content[start + 4 : start + 4 + length]
    if len(header) < length or header[4:8] != b"IOHE":
        raise ValueError("a header that is cut off or damaged")
    unpack = _decompressor(_number(header, 0, "<i", 0))
    end = _number(header, 1, "<q", -1)
    end = len(content) if end < 0 else end
    stream, width, height = _events_stream(_text(header, 2))
    position, parts = start + 4 + length, []
    while position < end:
        number, size = struct.unpack_from("<ii", content, position)
        position += 8
        if size < 0 or position + size > min(end, len(content)):
            raise ValueError("a packet that is cut off or damaged")
        if number == stream:
            packet = unpack(content[position : position + size])
            parts.append(_events(packet))
        position += size
    if not parts:
        raise ValueError("no packet of events")
    events = np.concatenate(parts)
    fields = (events[name] for name in ("x", "y", "t", "p"))
    return recording(*fields, width, height)


def _events_stream(text):
    """Number, width and height of the first stream of events."""
    try:
        root = xml.etree.ElementTree.fromstring(text)
    except xml.etree.ElementTree.ParseError as error:
        raise ValueError(f"a damaged list of streams: {error}") from error
    for node in root.iter("node"):
        if _attribute(node, "typeIdentifier") == "EVTS":
            info = node.find("node[@name='info']")
            size = [
                None if info is None else _attribute(info, name)
                for name in ("sizeX", "sizeY")
            ]
            return int(node.get("name")), *(s and int(s) for s in size)
    raise ValueError("no stream of events")


def _attribute(node, name):
    found = node.find(f"attr[@key='{name}']")
    return None if found is None else found.text


def _decompressor(kind):
    if kind == 0:
        return bytes
    if kind in (1, 2):
        return _lz4
    if kind in (3, 4):
        return _zstd
    raise ValueError(f"compression of an unknown kind: {kind}")


def _lz4(packet):
    frame = _package("lz4.frame")
    decompressor = frame.LZ4FrameDecompressor()
    try:
        out = decompressor.decompress(packet, max_length=LARGEST)
    except RuntimeError as error:
        raise ValueError(f"a damaged packet: {error}") from error
    if not decompressor.eof:
        raise ValueError("a packet that is damaged or too large")
    return out


def _zstd(packet):
    zstandard = _package("zstandard")
    try:
        with zstandard.ZstdDecompressor().stream_reader(packet) as reader:
            out = reader.read(LARGEST + 1)
    except zstandard.ZstdError as error:
        raise ValueError(f"a damaged packet: {error}") from error
    if len(out) > LARGEST:
        raise ValueError("a packet that is damaged or too large")
    return out


def _package(name):
    try:
        return __import__(name, fromlist=["_"])
    except ImportError as error:
        raise ImportError(
            f"this recording is compressed with {name.split('.')[0]}: "
            "pip install kerassnn[events]"
        ) from error


def _events(packet):
    (length,) = struct.unpack_from("<I", packet, 0)
    table = packet[4 : 4 + length]
    if len(table) < length or table[4:8] != b"EVTS":
        raise ValueError("a damaged packet of events")
    place = _field(table, 0)
    if place is None:
        return np.empty(0, EVENT)
    place += struct.unpack_from("<I", table, place)[0]
    (number,) = struct.unpack_from("<I", table, place)
    if place + 4 + 16 * number > len(table):
        raise ValueError("a damaged packet of events")
    return np.frombuffer(table, EVENT, number, place + 4)


def _field(table, index):
    """Where a field of a flatbuffer's root table stands, or `None`."""
    (root,) = struct.unpack_from("<I", table, 0)
    (back,) = struct.unpack_from("<i", table, root)
    (size,) = struct.unpack_from("<H", table, root - back)
    if 4 + 2 * index >= size:
        return None
    (offset,) = struct.unpack_from("<H", table, root - back + 4 + 2 * index)
    return root + offset if offset else None


def _number(table, index, form, default):
    place = _field(table, index)
    if place is None:
        return default
    return struct.unpack_from(form, table, place)[0]


def _text(table, index):
    place = _field(table, index)
    if place is None:
        raise ValueError("a header without a list of streams")
    place += struct.unpack_from("<I", table, place)[0]
    (length,) = struct.unpack_from("<I", table, place)
    return table[place + 4 : place + 4 + length].decode("utf-8")
