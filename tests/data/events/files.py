"""Small recordings in the formats of event cameras."""

import struct

import numpy as np


def events(n=200, width=34, height=34, seed=0):
    """Random events as a dict of int64 arrays, in order of time."""
    rng = np.random.default_rng(seed)
    return {
        "x": rng.integers(0, width, n),
        "y": rng.integers(0, height, n),
        "t": np.sort(rng.integers(0, 300_000, n)),
        "p": rng.integers(0, 2, n),
    }


def nmnist(e):
    t = e["t"]
    columns = [e["x"], e["y"], e["p"] << 7 | t >> 16, t >> 8 & 255, t & 255]
    return np.stack(columns, 1).astype("u1").tobytes()


def dvs128(e, header=b"#!AER-DAT2.0\r\n# AEChip: DVS128\r\n"):
    address = e["y"] << 8 | e["x"] << 1 | e["p"]
    return header + np.stack([address, e["t"]], 1).astype(">u4").tobytes()


def davis(e):
    header = b"#!AER-DAT2.0\r\n# AEChip: eu.seebetter.DAVIS240C\r\n"
    end = b"#End Of ASCII Header\r\n"
    address = e["y"] << 22 | e["x"] << 12 | e["p"] << 11
    rows = np.stack([address, e["t"]], 1)
    others = rows[:3] | np.array([1 << 31, 0])  # frames
    rows = np.concatenate([others, rows, others]).astype(">u4")
    return header + end + rows.tobytes()


def aedat3(e, source=b"DVS128"):
    header = b"#!AER-DAT3.1\r\n#Source 0: " + source + b"\r\n#!END-HEADER\r\n"
    word = e["x"] << 17 | e["y"] << 2 | e["p"] << 1 | 1
    rows = np.stack([word, e["t"]], 1).astype("<u4")
    packets = [header]
    for part in np.array_split(rows, 3):
        n = len(part)
        packets.append(struct.pack("<hhiiiiii", 1, 0, 8, 4, 0, n, n, n))
        packets.append(part.tobytes())
        packets.append(struct.pack("<hhiiiiii", 0, 0, 8, 4, 0, 1, 1, 1))
        packets.append(bytes(8))  # a special event
    return b"".join(packets)


def dat(e, header=b"% Data file\n% Version 2\n"):
    word = e["x"] | e["y"] << 14 | e["p"] << 28
    rows = np.stack([e["t"], word], 1).astype("<u4")
    return header + b"\x00\x08" + rows.tobytes()


def aedat4(e, compress=bytes, kind=0, width=320, height=240):
    text = (
        '<dv version="2.0"><node name="outInfo"><node name="7">'
        '<attr key="typeIdentifier" type="string">EVTS</attr>'
        f'<node name="info"><attr key="sizeX" type="int">{width}</attr>'
        f'<attr key="sizeY" type="int">{height}</attr></node>'
        "</node></node></dv>"
    ).encode()
    # Root at 20, whose table of fields (three of them) stands at 8.
    header = struct.pack("<I4sHHHHH2x", 20, b"IOHE", 10, 24, 4, 8, 16)
    header += struct.pack("<iiqI4x", 12, kind, -1, 8)
    header += struct.pack("<I", len(text)) + text
    content = b"#!AER-DAT4.0\r\n" + struct.pack("<I", len(header)) + header
    parts = zip(
        *(np.array_split(e[k], 2) for k in ("t", "x", "y", "p")), strict=True
    )
    for t, x, y, p in parts:
        rows = b"".join(
            struct.pack("<qhhb3x", *row)
            for row in zip(
                t.tolist(), x.tolist(), y.tolist(), p.tolist(), strict=True
            )
        )
        packet = struct.pack("<I4sHHH2x", 16, b"EVTS", 6, 8, 4)
        packet += struct.pack("<iI", 8, 4) + struct.pack("<I", len(t)) + rows
        packet = compress(struct.pack("<I", len(packet)) + packet)
        content += struct.pack("<ii", 7, len(packet)) + packet
    other = b"something else"
    return content + struct.pack("<ii", 3, len(other)) + other
