# %% [markdown]
# # Load and predict
#
# The zoo holds trained spiking networks and the ANNs that taught them. An entry
# is a plain `keras.Model`; this page loads one, measures it and looks at what
# its neurons do. It needs no download and no GPU.

# %%
# %matplotlib inline
import kerassnn

kerassnn.zoo.list()

# %% [markdown]
# A card says what is known of an entry: how it was trained, how accurate it is,
# and the SHA-256 of its files, which is compared when it is loaded.

# %%
card = kerassnn.zoo.card("resnet8_sastc_digits")
{key: card[key] for key in ("dataset", "method", "timesteps", "parameters")}

# %% [markdown]
# `preprocess=True` gives a model that takes images as they are stored. There is
# no state to reset between batches.

# %%
splits = kerassnn.data.load("digits")  # 8x8 images, no download
x_test, y_test = splits.test
model = kerassnn.zoo.load("resnet8_sastc_digits", preprocess=True)
logits = model.predict(x_test, verbose=0)
print(f"{(logits.argmax(axis=1) == y_test).mean():.4f} of the test images")

# %% [markdown]
# ## Other numbers of timesteps
#
# The same weights run at any T, fewer timesteps for less energy. A warning says
# that the card's accuracy is that of another T; the card has those from 1 to 8.

# %%
import warnings

for timesteps in (1, 2, 4):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = kerassnn.zoo.load("resnet8_sastc_digits", timesteps=timesteps)
    logits = net.predict(splits.normalise(x_test), verbose=0)
    print(timesteps, f"{(logits.argmax(axis=1) == y_test).mean():.4f}")

# %%
kerassnn.analysis.plots.accuracy_by_timesteps([card])

# %% [markdown]
# ## Spikes and energy
#
# Without `preprocess`, a model takes images that are normalised as in training,
# as everything else here does. The firing rates are measured, and so is the
# energy that follows from them; the estimate says what it assumes.

# %%
net = kerassnn.zoo.load("resnet8_sastc_digits")
x = splits.normalise(x_test[:100])
kerassnn.analysis.firing_rates(net, x)

# %%
teacher = kerassnn.zoo.load("resnet8_ann_digits")
for each in (teacher, net):
    found = kerassnn.analysis.energy(each, x)
    print(f"{each.name}: {found['picojoules'] / 1000:.1f} nJ an image")
print(found["assumptions"])
