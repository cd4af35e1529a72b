"""Every operation against Pillow, exactly."""

import numpy as np
import pytest

from kerassnn.data import AutoAugment
from kerassnn.data import RandAugment
from kerassnn.data.augmentation import operations
from kerassnn.data.augmentation.auto_augment import SUB_POLICIES
from kerassnn.data.augmentation.operations import OPERATIONS
from kerassnn.data.augmentation.operations import ORDER

FILL = (9, 99, 199)


def pictures():
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 256, (4, 32, 32, 3), dtype="uint8")
    ramp = np.add.outer(np.arange(32), 2 * np.arange(32))[..., None]
    dull = 60 + (ramp + [0, 7, 30]) // 2
    flat = np.broadcast_to([7, 70, 170], (32, 32, 3))
    few = rng.choice([3, 250], (32, 32, 3), p=[0.9, 0.1])
    return np.concatenate([noise, np.stack([dull, flat, few])]).astype("uint8")


def transformed(image, matrix):
    from PIL import Image

    mode = Image.Transform.AFFINE
    return image.transform(image.size, mode, matrix, fillcolor=FILL)


def by_pillow(image, name, amount):
    from PIL import ImageEnhance
    from PIL import ImageOps

    enhancers = {
        "brightness": ImageEnhance.Brightness,
        "color": ImageEnhance.Color,
        "contrast": ImageEnhance.Contrast,
        "sharpness": ImageEnhance.Sharpness,
    }
    if name in enhancers:
        return enhancers[name](image).enhance(1 + amount)
    return {
        "identity": lambda: image,
        "shear_x": lambda: transformed(image, (1, amount, 0, 0, 1, 0)),
        "shear_y": lambda: transformed(image, (1, 0, 0, amount, 1, 0)),
        "translate_x": lambda: transformed(image, (1, 0, amount * 32, 0, 1, 0)),
        "translate_y": lambda: transformed(image, (1, 0, 0, 0, 1, amount * 32)),
        "rotate": lambda: image.rotate(amount, fillcolor=FILL),
        "posterize": lambda: ImageOps.posterize(image, int(amount)),
        "solarize": lambda: ImageOps.solarize(image, amount),
        "auto_contrast": lambda: ImageOps.autocontrast(image),
        "equalize": lambda: ImageOps.equalize(image),
        "invert": lambda: ImageOps.invert(image),
    }[name]()


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", ORDER)
def test_an_operation_is_pillows(name, sign):
    image_of = pytest.importorskip("PIL.Image").fromarray
    operation = OPERATIONS[name]
    x = pictures()
    strength = np.linspace(0, 1, len(x))
    amount = operation.amount(strength) * (sign if operation.signed else 1)
    if name == "posterize":
        amount = np.round(amount)
    out = operation.function(x, amount, FILL)
    assert out.dtype == np.uint8
    for image, a, result in zip(x, amount, out, strict=True):
        expected = np.asarray(by_pillow(image_of(image), name, a))
        np.testing.assert_array_equal(result, expected, err_msg=f"{a}")


@pytest.mark.parametrize("name", ORDER)
def test_gray_images_pass_through_every_operation(name):
    x = pictures()[..., :1]
    out = OPERATIONS[name].function(x, np.full(len(x), 1.0), 128)
    assert out.shape == x.shape and out.dtype == np.uint8


def test_each_image_gets_the_operation_drawn_for_it():
    x = pictures()
    drawn = np.array([ORDER.index("invert"), 0] * 4)[: len(x)]
    out = operations.apply_drawn(
        x, drawn, np.ones(len(x)), np.random.default_rng(0), 0
    )
    np.testing.assert_array_equal(out[::2], 255 - x[::2])
    np.testing.assert_array_equal(out[1::2], x[1::2])


def test_the_sign_is_drawn_for_every_image():
    x = np.repeat(pictures()[4:5], 400, axis=0)
    drawn = np.full(400, ORDER.index("brightness"))
    out = operations.apply_drawn(
        x, drawn, np.ones(400), np.random.default_rng(0), 0
    )
    brighter = (out.mean(axis=(1, 2, 3)) > x[0].mean()).sum()
    assert 150 < brighter < 250


def test_auto_augment_draws_sub_policies_evenly(monkeypatch):
    seen = []

    def record(x, drawn, strength, rng, fill):
        seen.append((drawn, strength))
        return x

    monkeypatch.setattr(
        "kerassnn.data.augmentation.auto_augment.apply_drawn", record
    )
    n = 200_000
    AutoAugment()(np.zeros((n, 1, 1, 3), "uint8"), np.random.default_rng(0))
    assert len(SUB_POLICIES) == 25
    for step, (drawn, _) in enumerate(seen):
        share = np.bincount(drawn, minlength=len(ORDER)) / n
        for op, name in enumerate(ORDER[1:], start=1):
            rows = [p[step] for p in SUB_POLICIES if p[step][0] == name]
            expected = sum(row[1] for row in rows) / 25
            assert abs(share[op] - expected) < 0.004, (step, name)


@pytest.mark.parametrize("policy", [AutoAugment(), RandAugment(2, 9)])
def test_a_policy_is_decided_by_its_generator(policy):
    x = pictures()
    runs = [policy(x, np.random.default_rng(s)) for s in (0, 0, 1)]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert (runs[0] != runs[2]).any()
    np.testing.assert_array_equal(x, pictures())


def test_images_of_a_batch_draw_their_own_operations():
    x = np.repeat(pictures()[:1], 64, axis=0)
    out = RandAugment(2, 9)(x, np.random.default_rng(0))
    assert len({bytes(image) for image in out}) > 40


def test_no_operations_change_nothing():
    x = pictures()
    out = RandAugment(0)(x, np.random.default_rng(0))
    np.testing.assert_array_equal(out, x)


@pytest.mark.parametrize("n, m", [(-1, 9), (1.5, 9), (2, 31), (2, -1)])
def test_rand_augment_refuses(n, m):
    with pytest.raises(ValueError, match="received"):
        RandAugment(n, m)


@pytest.mark.parametrize(
    "x", [np.zeros((2, 8, 8, 3), "float32"), np.zeros((2, 8, 8, 2), "uint8")]
)
def test_policies_refuse_what_is_no_image(x):
    with pytest.raises(ValueError, match="uint8"):
        AutoAugment()(x, np.random.default_rng(0))
