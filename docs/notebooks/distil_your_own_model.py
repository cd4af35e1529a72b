# %% [markdown]
# # Distil your own model
#
# A teacher of your own, a spiking student, and what the teacher adds. Any
# functional Keras model that ends in logits can teach.

# %%
import keras

import kerassnn

keras.utils.set_random_seed(0)
splits = kerassnn.data.load("digits")
x, x_test = (splits.normalise(part[0]) for part in (splits.train, splits.test))
y, y_test = splits.train[1], splits.test[1]
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

# %% [markdown]
# ## The teacher
#
# It ends in logits: no softmax. A model that gives probabilities is refused,
# since the losses of distillation would be wrong by a factor.

# %%
teacher = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        keras.layers.Conv2D(32, 3, padding="same", activation="relu"),
        keras.layers.Conv2D(
            32, 3, padding="same", activation="relu", name="middle"
        ),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(10),
    ]
)
teacher.compile("adam", loss, metrics=["accuracy"])
teacher.fit(x, y, batch_size=64, epochs=15, verbose=0)
print(f"teacher: {teacher.evaluate(x_test, y_test, verbose=0)[1]:.4f}")

# %% [markdown]
# ## The student
#
# A builder with a neuron gives an SNN, the same builder without one an ANN with
# the same layer names. A distiller is compiled and fitted as any Keras model;
# `distiller.student` is the trained network and keeps nothing of the teacher.


# %%
def student():
    keras.utils.set_random_seed(1)  # both begin with the same weights
    neuron = kerassnn.layers.LIF(tau=2.0)
    return kerassnn.models.ResNet8(
        classes=10, timesteps=2, neuron=neuron, width=8
    )


def train(distiller):
    distiller.compile(keras.optimizers.Adam(2e-3), loss, metrics=["accuracy"])
    distiller.fit(x, y, batch_size=64, epochs=15, verbose=0)
    return distiller.evaluate(x_test, y_test, verbose=0)[1]


alone = kerassnn.distillation.HardLabel(student())
taught = kerassnn.distillation.LogitsKD(student(), teacher, temperature=4.0)
print(f"labels alone: {train(alone):.4f}")
print(f"with the teacher's logits: {train(taught):.4f}")

# %% [markdown]
# One run each says little: on 360 test images one image is 0.28 points, and
# seeds differ by more. `kerassnn compare` trains every method with several
# seeds.
#
# ## Feature maps
#
# Methods that read feature maps find them by the names of layers, in a nested
# model by a path such as `"backbone/block1"`. The builders name theirs
# `stage1`, `stage2` and so on.

# %%
by_features = kerassnn.distillation.FitNet(
    student(),
    teacher,
    student_taps={"map": "stage1"},
    teacher_taps={"map": "middle"},
    loss_weights={"feature": 10.0},
)
print(f"with a feature map: {train(by_features):.4f}")

# %% [markdown]
# ## Keep it
#
# `.keras` files need `import kerassnn` before they are loaded, which registers
# the layers.

# %%
taught.student.save("student.keras")
again = keras.saving.load_model("student.keras")
abs(again.predict(x_test, verbose=0) - taught.predict(x_test, verbose=0)).max()
