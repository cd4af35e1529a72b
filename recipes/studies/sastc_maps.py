"""SASTC: where students look, by spike activation maps (their figure 3).

Students of the league of narrow CIFAR-10 entries (ResNet-19 of width 16), run
at T = 4, trained at 2, so that neurons can fire again. Maps of stage 3 on 60
test images: the share of a map's mass within the middle half of the image's
sides, and how accuracy falls as the pixels that the map marks first are
painted over with the mean colour, beside random pixels. Pictured on two
photographs, which are none of CIFAR-10's: china.jpg by danielbuechele and
flower.jpg by vultilion, CC BY 2.0, from scikit-learn, at 32x32 pixels.

Paper: Hong and Wang, AAAI 2025, arXiv 2501.08049, figure 3 (on ImageNet).
Data:  CIFAR-10: --data_dir=FOLDER with cifar10.npz.
Cost:  a minute a student on one core.

    kerassnn study sastc_maps --data_dir=FOLDER
"""

import dataclasses

import numpy as np

from kerassnn import analysis
from kerassnn import data
from kerassnn import models
from kerassnn import studies
from kerassnn import training
from kerassnn import zoo

TITLE = "SASTC: spike activation maps"
PAPER = "Hong and Wang, AAAI 2025, arXiv 2501.08049, figure 3"
SECONDS = 40.0
CELLS = {
    "HardLabel": {"entry": "resnet19w16_hardlabel_cifar10"},
    "LogitsKD": {"entry": "resnet19w16_kd_cifar10"},
    "SASTC": {"entry": "resnet19w16_sastc_cifar10"},
}
LAYER = "stage3_block2_act2"
SHARES = (0.0, 0.1, 0.25, 0.5)  # of the pixels, painted over
PHOTOGRAPHS = ("china.jpg", "flower.jpg")


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    entry: str = ""
    images: int = 60
    timesteps: int = 4

    LIMITED = {**training.Config.LIMITED, "images": "> 0", "timesteps": "> 0"}


CONFIG = Config()
SMOKE = {"images": 6}


def photographs():
    """The middle squares of two photographs at 32x32, uint8."""
    from sklearn.datasets import load_sample_image

    found = []
    for name in PHOTOGRAPHS:
        image = load_sample_image(name)[5:421, 112:528]  # 416 = 13 * 32
        blocks = image.reshape(32, 13, 32, 13, 3).mean(axis=(1, 3))
        found.append(blocks.astype("uint8"))
    return np.stack(found)


def measure(found):
    cfg = found.config
    x, y = data.load("cifar10", data_dir=cfg.data_dir or None).test
    x, y = x[: cfg.images], y[: cfg.images]
    card = zoo.card(cfg.entry)
    net = models.at_timesteps(zoo.load(cfg.entry), cfg.timesteps)

    def seen(images):
        given = zoo.prepare(card["preprocessing"], images)
        maps = analysis.spike_activation_map(net, given, LAYER, size=(32, 32))
        return given, maps[:, 1:].mean(axis=1)

    given, maps = seen(x)
    order = np.argsort(-maps.reshape(len(x), -1), axis=-1, kind="stable")
    chance = np.random.default_rng(0).permuted(order, axis=-1)
    mass = maps / np.maximum(maps.sum(axis=(1, 2), keepdims=True), 1e-9)
    whole = net.predict(given, verbose=0).argmax(-1) == y
    return {
        "centre": mass[:, 8:24, 8:24].sum(axis=(1, 2)).round(4).tolist(),
        "deletion": _deleted(net, given, y, order, whole),
        "random": _deleted(net, given, y, chance, whole),
        "pictures": seen(photographs())[1][:, ::2, ::2].round(2).tolist(),
    }


def _deleted(net, given, y, order, whole):
    """Right or not, image by image, for each share: (images, shares)."""
    found = [whole.astype(int)]
    for share in SHARES[1:]:
        rows = given.reshape(len(given), -1, 3).copy()
        gone = order[:, : round(share * rows.shape[1])]
        np.put_along_axis(rows, gone[..., None], 0.0, axis=1)
        logits = net.predict(rows.reshape(given.shape), verbose=0)
        found.append((logits.argmax(-1) == y).astype(int))
    return np.stack(found, axis=-1).tolist()


def cost(row):
    """What the map's pixels cost beside random ones, mean over the shares."""
    return np.mean(row["random"], axis=-1) - np.mean(row["deletion"], axis=-1)


def verdicts(table):
    rows = {row["cell"]: row for row in table.rows}
    if rows.keys() != CELLS.keys():
        return []
    found = []
    for other in ("LogitsKD", "HardLabel"):
        found.append(
            studies.better(
                f"SASTC's maps have more of their mass in the middle than "
                f"those of {other} (paired over images)",
                rows["SASTC"]["centre"],
                rows[other]["centre"],
            )
        )
        found.append(
            studies.better(
                f"SASTC's maps find what matters better than those of {other}: "
                "painting over what they mark costs more, beside random "
                "pixels (paired over images)",
                cost(rows["SASTC"]),
                cost(rows[other]),
            )
        )
    return found


def draw(table, figure):
    rows = {row["cell"]: row for row in table.rows}
    pictures, curves = figure.subfigures(1, 2, width_ratios=(1.45, 1))
    panels = pictures.subplots(len(PHOTOGRAPHS), 1 + len(rows), squeeze=False)
    for line, image in zip(panels, photographs(), strict=True):
        line[0].imshow(image)
        for axes in line:
            axes.set_xticks([]), axes.set_yticks([])
    for i, (name, row) in enumerate(rows.items(), 1):
        panels[0, i].set_title(name, fontsize=9)
        for line, image, small in zip(
            panels, photographs(), row["pictures"], strict=True
        ):
            line[i].imshow(image, extent=(0, 32, 32, 0))
            line[i].imshow(small, extent=(0, 32, 32, 0), alpha=0.55, cmap="jet")
    panels[0, 0].set_title("32x32 pixels", fontsize=9)
    axes = curves.subplots()
    for name, row in rows.items():
        fall = 100 * np.mean(row["deletion"], axis=0)
        (line,) = axes.plot(np.multiply(100, SHARES), fall, "o-", label=name)
        fall = 100 * np.mean(row["random"], axis=0)
        axes.plot(np.multiply(100, SHARES), fall, ":", color=line.get_color())
    axes.set_xlabel("pixels painted over (%)")
    axes.set_ylabel("accuracy (%); dotted: random pixels")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
