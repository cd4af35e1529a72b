"""Small event sets in their authors' layouts."""

import numpy as np
import pytest

from tests.data.events import files


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def nmnist(root):
    seed = 0
    for part, n in (("Train", 3), ("Test", 2)):
        for label in range(10):
            for _ in range(n):
                seed += 1
                path = root / "NMNIST" / part / str(label) / f"{seed:05d}.bin"
                write(path, files.nmnist(files.events(60, seed=seed)))


def cifar10dvs(root):
    names = "airplane automobile bird cat deer dog frog horse ship truck"
    for label, name in enumerate(names.split()):
        for i in range(10):
            e = files.events(40, 128, 128, seed=100 * label + i)
            # tonic's copies are AEDAT 4, the authors' AEDAT 2.0.
            path = root / "cifar10dvs" / name / f"cifar10_{name}_{i}.aedat"
            header = b"#!AER-DAT2.0\r\n# no chip is named\r\n"
            write(path, files.dvs128(e, header))


def dvsgesture(root):
    root = root / "DvsGesture"
    for part, user in (("train", "user01_led"), ("test", "user24_lab")):
        e = files.events(660, 128, 128)
        write(root / f"{user}.aedat", files.aedat3(e))
        rows = ["class,startTime_usec,endTime_usec"]
        edges = np.linspace(0, 300_000, 12).astype(int).tolist()
        for i in range(11):
            rows.append(f"{11 - i},{edges[i]},{edges[i + 1]}")
        write(root / f"{user}_labels.csv", "\n".join(rows).encode())
        write(root / f"trials_to_{part}.txt", f"{user}.aedat\n".encode())


def dvsgesture_of_tonic(root):
    for part, user in (("Train", "user01_led"), ("Test", "user24_lab")):
        for label in range(11):
            e = files.events(50, 128, 128, seed=label)
            array = np.stack([e["x"], e["y"], e["p"], e["t"] // 1000], 1)
            path = root / f"DVSGesture/ibmGesture{part}/{user}/{label}.npy"
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, array.astype("float64"))


def ncaltech101(root):
    for label, name in enumerate(("BACKGROUND_Google", "Faces_easy", "ant")):
        for i in range(10):
            e = files.events(40, 240, 180, seed=10 * label + i)
            path = root / "Caltech101" / name / f"image_{i:04d}.bin"
            write(path, files.nmnist(e))


def shd(root):
    h5py = pytest.importorskip("h5py")
    (root / "SHD").mkdir()
    for part, n in (("train", 40), ("test", 20)):
        rng = np.random.default_rng(n)
        with h5py.File(root / "SHD" / f"shd_{part}.h5", "w") as file:
            file["labels"] = np.arange(n) % 20
            for name, dtype, high in (
                ("times", "float32", 1.0),
                ("units", "uint16", 700),
            ):
                rows = file.create_dataset(
                    f"spikes/{name}", (n,), h5py.vlen_dtype(dtype)
                )
                for i in range(n):
                    rows[i] = (rng.random(50) * high).astype(dtype)


LAYOUTS = {
    "nmnist": nmnist,
    "cifar10dvs": cifar10dvs,
    "dvsgesture": dvsgesture,
    "ncaltech101": ncaltech101,
    "shd": shd,
}
