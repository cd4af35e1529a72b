# %% [markdown]
# # Export to NIR and a phone
#
# A student leaves Keras as a file. Each exporter runs the file it has written
# and compares it with the network; a file that computes something else is an
# error, and is not kept. This page needs `pip install kerassnn[nir]`, and
# TensorFlow as backend for LiteRT.

# %%
import time

import numpy as np

import kerassnn

splits = kerassnn.data.load("digits")
x_test, y_test = splits.normalise(splits.test[0]), splits.test[1]
student = kerassnn.zoo.load("resnet8_sastc_digits")

# %% [markdown]
# ## NIR
#
# The Neuromorphic Intermediate Representation is read by simulators and by the
# tools of several chips. Norms are folded into the convolutions; what NIR has
# no word for (a soft reset, max-pooling) is refused by the layer's name.

# %%
kerassnn.export.nir(student, "student.nir", check=x_test[:16])

# %%
import nir

graph = nir.read("student.nir")
names = [type(node).__name__ for node in graph.nodes.values()]
{name: names.count(name) for name in sorted(set(names))}

# %% [markdown]
# ## A phone
#
# LiteRT (TensorFlow Lite) runs on Android, iOS and microcontrollers. float16
# halves the file; int8 needs some training images, from which the ranges of the
# activations are taken. In these two the difference is reported, not judged:
# compare the accuracy.

# %%
images = splits.normalise(splits.train[0][:100])
reports = {}
for precision in ("float32", "float16", "int8"):
    reports[precision] = kerassnn.export.litert(
        student,
        f"{precision}.tflite",
        precision=precision,
        calibration=images if precision == "int8" else None,
        check=x_test[:64],
    )
for precision, report in reports.items():
    print(
        f"{precision}: {report.bytes} bytes, the same class for "
        f"{report.same_class} of {report.samples}"
    )

# %% [markdown]
# The file needs nothing of ours. On a phone this is the LiteRT runtime, here
# TensorFlow's.

# %%
import tensorflow as tf

interpreter = tf.lite.Interpreter("int8.tflite", num_threads=1)
given = interpreter.get_input_details()[0]["index"]
taken = interpreter.get_output_details()[0]["index"]
interpreter.allocate_tensors()
classes, begun = [], time.perf_counter()
for image in x_test:
    interpreter.set_tensor(given, image[None])
    interpreter.invoke()
    classes.append(interpreter.get_tensor(taken).argmax())
seconds = time.perf_counter() - begun
print(f"{np.mean(np.array(classes) == y_test):.4f} of the test images")
print(
    f"{1000 * seconds / len(x_test):.2f} ms an image, one thread, this machine"
)

# %% [markdown]
# ## Other ways out
#
# `export.onnx` writes the whole sequence, or with `stream=True` one timestep
# with its states; `export.saved_model` a folder for TensorFlow Serving.
# `export.predictor` takes stored images of uint8 and answers with a class and
# its probability, so that who serves it needs no constants of ours. From the
# command line: `kerassnn export resnet8_sastc_digits onnx student.onnx`.

# %%
stored = kerassnn.zoo.load("resnet8_sastc_digits", preprocess=True)
kerassnn.export.predictor(stored, "student.keras")

# %%
import keras

predictor = keras.saving.load_model("student.keras")
answer = predictor(splits.test[0][:3].astype("uint8"))
{name: value.numpy().tolist() for name, value in answer.items()}
