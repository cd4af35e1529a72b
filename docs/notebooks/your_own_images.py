# %% [markdown]
# # Your own images
#
# From a folder of image files to a spiking network. So that this page needs no
# download, it first draws such a folder: three classes of 16x16 pixels.

# %%
from pathlib import Path

import keras
import numpy as np

import kerassnn

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
shapes = {
    "bars": lambda a, b: a % 4 < 2,
    "rings": lambda a, b: np.hypot(a - 8, b - 8).astype(int) % 4 < 2,
    "squares": lambda a, b: np.maximum(abs(a - 8), abs(b - 8)) % 4 < 2,
}
for name, drawn in shapes.items():
    Path("images", name).mkdir(parents=True)
    for index in range(120):
        a, b = np.mgrid[:16, :16] + rng.integers(0, 4, (2, 1, 1))
        colour = rng.integers(60, 256, 3)
        image = drawn(a, b)[..., None] * colour + rng.normal(0, 60, (16, 16, 3))
        image = np.clip(image, 0, 255).astype("uint8")
        keras.utils.save_img(f"images/{name}/{index}.png", image, scale=False)

# %% [markdown]
# ## Arrays and splits
#
# Images stay uint8 (N, H, W, C); labels are ints. `Splits` keeps the parts
# together with the constants that normalise them, which are those of the
# training images. The test images are a part that nothing else sees.


# %%
def read(folder):
    names = sorted(path.name for path in Path(folder).iterdir())
    paths = [
        (p, k)
        for k, n in enumerate(names)
        for p in sorted(Path(folder, n).iterdir())
    ]
    x = np.stack([np.asarray(keras.utils.load_img(p)) for p, _ in paths])
    return x, np.array([k for _, k in paths], "int32"), tuple(names)


x, y, names = read("images")
order = rng.permutation(len(x))
train, test = order[:270], order[270:]
splits = kerassnn.data.Splits(
    name="shapes",
    classes=len(names),
    scale=255.0,
    mean=tuple(x[train].mean(axis=(0, 1, 2)) / 255),
    std=tuple(x[train].std(axis=(0, 1, 2)) / 255),
    train=(x[train], y[train]),
    validation=None,
    test=(x[test], y[test]),
    class_names=names,
)
splits.input_shape, splits.class_names

# %% [markdown]
# ## Batches with augmentation
#
# A `Pipeline` augments every image on its own, and normalises it. Its order and
# its draws depend on the seed and the epoch alone.

# %%
batches = kerassnn.data.Pipeline(
    *splits.train,
    32,
    augment=kerassnn.data.Augment(crop=2, flip=True, fill=splits.fill),
    normalise=splits.normalise,
)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
x_test, y_test = splits.normalise(splits.test[0]), splits.test[1]


def net(**spiking):
    return kerassnn.models.ResNet8(
        classes=splits.classes,
        input_shape=splits.input_shape,
        width=8,
        **spiking,
    )


def fit(model, epochs):
    model.compile(keras.optimizers.Adam(3e-3), loss, metrics=["accuracy"])
    model.fit(batches, epochs=epochs, shuffle=False, verbose=0)
    return model.evaluate(x_test, y_test, verbose=0)[1]


# %% [markdown]
# ## Teacher and student
#
# The teacher is the same network with ReLUs. Its weights are a good start for
# the student: `transfer` copies them by name.

# %%
teacher = net()
print(f"ANN: {fit(teacher, 10):.3f}")

# %%
student = net(timesteps=4, neuron=kerassnn.layers.LIF(tau=2.0))
kerassnn.models.transfer(teacher, student)
distiller = kerassnn.distillation.LogitsKD(student, teacher, temperature=4.0)
print(f"SNN: {fit(distiller, 10):.3f}")

# %%
image = splits.test[0][:1]
logits = student.predict(splits.normalise(image), verbose=0)
splits.class_names[logits[0].argmax()], splits.class_names[y_test[0]]

# %% [markdown]
# With more images than fit into memory, any `tf.data.Dataset`, `PyDataset` or
# torch `DataLoader` that gives `(x, y)` can be fitted on in place of
# `Pipeline`. A pretrained network of `keras.applications` can be the teacher,
# too: end it in logits, and give the student its input size.
