"""A small Tiny-ImageNet in the layout of its archive."""

import io
import zipfile

import numpy as np
from PIL import Image

ROOT = "tiny-imagenet-200"
# As in the archive, not sorted.
WNIDS = [f"n{(i * 37 % 200) + 1440764:08d}" for i in range(200)]


def jpeg(shade, mode="RGB", size=(64, 64)):
    """A JPEG of one grey, whose bytes are decoded to it exactly."""
    out = io.BytesIO()
    colour = shade if mode == "L" else (shade,) * 3
    Image.new(mode, size, colour).save(out, "JPEG", quality=95)
    return out.getvalue()


def files(train=2, val=1):
    """Dict of names to bytes; image i of class k has grey k, grey i + k."""
    words = "\n".join(f"{w}\tname {i}, else" for i, w in enumerate(WNIDS))
    found = {"wnids.txt": "\n".join(WNIDS).encode()}
    found["words.txt"] = words.replace("name 7,", "name 6,").encode()
    lines = []
    for label, wnid in enumerate(WNIDS):
        for i in range(train):
            # Image 10 stands behind image 9.
            name = f"train/{wnid}/images/{wnid}_{9 + i}.JPEG"
            found[name] = jpeg(label + i, "L" if label % 3 else "RGB")
        found[f"train/{wnid}/{wnid}_boxes.txt"] = b"boxes"
    for n in range(200 * val):
        label = n * 13 % 200
        found[f"val/images/val_{n}.JPEG"] = jpeg(label)
        lines.append(f"val_{n}.JPEG\t{WNIDS[label]}\t0\t0\t62\t62")
    found["val/val_annotations.txt"] = "\n".join(lines).encode()
    return found


def write_folder(root, found):
    for name, content in found.items():
        path = root / ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def write_zip(root, found):
    with zipfile.ZipFile(root / f"{ROOT}.zip", "w") as file:
        for name, content in found.items():
            file.writestr(f"{ROOT}/{name}", content)


def shades(x):
    """The grey of each image."""
    assert (x == x[:, :1, :1, :1]).all()
    return x[:, 0, 0, 0].astype(np.int64)
