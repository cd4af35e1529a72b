"""Scalars in the files that TensorBoard reads, without TensorFlow.

A record is its length, that length's checksum, an `Event` message and its
checksum; a message is a sequence of tagged fields (protocol buffers).
"""

import itertools
import os
import platform
import struct
import time
from pathlib import Path

_NUMBER = itertools.count()
_START = 1  # SessionLog.START: what came later in an earlier file is void


class EventFile:
    """A file of scalars by tag and step, of one run of a process.

    Args:
        folder: Path, made if it is not there; several files of one folder
            are one curve.
        step: Int, at which this file's curve goes on.
    """

    def __init__(self, folder, step):
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{int(time.time())}.{platform.node()}.{os.getpid()}"
        self.path = folder / f"events.out.tfevents.{name}.{next(_NUMBER)}"
        self._write(0, _bytes(3, b"brain.Event:2"))
        self._write(step, _bytes(7, _varint(1 << 3) + _varint(_START)))

    def write(self, step, scalars):
        """Adds values at a step; the file is whole after each call.

        Args:
            step: Int.
            scalars: Dict tag -> float.
        """
        values = b"".join(
            _bytes(1, _bytes(1, tag.encode()) + _float(2, value))
            for tag, value in scalars.items()
        )
        self._write(step, _bytes(5, values))

    def _write(self, step, content):
        now = b"\x09" + struct.pack("<d", time.time())
        event = now + _varint(2 << 3) + _varint(step) + content
        length = struct.pack("<Q", len(event))
        with open(self.path, "ab") as file:
            file.write(length + _checksum(length) + event + _checksum(event))


def _varint(number):
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def _bytes(field, content):
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _float(field, value):
    return _varint(field << 3 | 5) + struct.pack("<f", value)


def _table():
    for number in range(256):
        for _ in range(8):
            number = number >> 1 ^ (0x82F63B78 if number & 1 else 0)
        yield number


_TABLE = tuple(_table())


def _checksum(content):
    """CRC-32C, rotated and moved as in all record files of TensorFlow."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = _TABLE[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    crc = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
    return struct.pack("<I", crc)
