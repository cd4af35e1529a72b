# %% [markdown]
# # Events and streaming
#
# Event cameras send a list of events: pixel, time, brighter or darker. This
# page makes recordings by moving images in front of a simulated camera, sums
# them into frames, trains a spiking student on these with an ANN of the still
# images as its teacher, and runs the student frame by frame.

# %%
# %matplotlib inline
import keras
import numpy as np

import kerassnn

keras.utils.set_random_seed(0)
splits = kerassnn.data.load("digits").take(400)
(x, y), (x_test, y_test) = splits.train, splits.test

# %% [markdown]
# ## Recordings
#
# `read_events` reads AEDAT 2 to 4, N-MNIST's `.bin`, Prophesee's `.dat` and
# others; `data.load("nmnist")` a whole set. Here they are simulated.

# %%
recordings = list(kerassnn.data.saccades(x[..., 0] / np.float32(16)))
recording = recordings[0]
len(recording), recording.width, recording.height, recording.events[:3]

# %% [markdown]
# Frames count the events of each pixel and polarity in T slices, of equal event
# counts or of equal time: (T, H, W, 2).

# %%
timesteps = 6


def framed(images):
    found = kerassnn.data.saccades(images[..., 0] / np.float32(16))
    frames = [kerassnn.data.frames(each, timesteps) for each in found]
    return np.stack(frames).astype("float32") / 4


frames, frames_test = framed(x), framed(x_test)
frames.shape, float(frames.mean())

# %% [markdown]
# ## A student of events, taught by an ANN of images
#
# The teacher sees the still image that a recording was made of:
# `teacher_view="pair"` takes pairs (the student's input, the teacher's).

# %%
student = kerassnn.models.ResNet8(
    input_shape=frames.shape[1:],
    timesteps=timesteps,
    neuron=kerassnn.layers.LIF(tau=2.0),
    width=8,
)
teacher = kerassnn.zoo.load("resnet8_ann_digits")
distiller = kerassnn.distillation.LogitsKD(
    student, teacher, temperature=4.0, teacher_view="pair"
)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
distiller.compile(keras.optimizers.Adam(3e-3), loss, metrics=["accuracy"])
pairs = frames, splits.normalise(x)
distiller.fit(pairs, y, batch_size=50, epochs=20, verbose=0)
logits = student.predict(frames_test, verbose=0)
print(f"{(logits.argmax(axis=1) == y_test).mean():.3f} of simulated recordings")

# %% [markdown]
# A simulation is for training and trying things. What a network is worth on a
# camera's events, only recordings of a camera tell.
#
# ## Frame by frame
#
# `Stream` keeps the potentials between calls. After t frames its logits are
# those of the network unrolled over t frames; at the last one, those of
# `predict`.

# %%
stream = kerassnn.Stream(student)
for t in range(timesteps):
    now = stream.step(frames_test[:1, t])
    print(t + 1, int(now.argmax()), f"{now.max() - np.sort(now[0])[-2]:.2f}")
print("difference to predict:", float(abs(now - logits[:1]).max()))
stream.reset()

# %% [markdown]
# ## What the neurons do

# %%
found = kerassnn.analysis.record(student, frames_test[:4])
name = next(iter(found))
print(name)
kerassnn.analysis.plots.raster(found[name])
