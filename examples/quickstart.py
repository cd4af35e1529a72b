"""From nothing to a published spiking network, on digits, in two minutes.

Trains the ANN teacher, the SASTC student and its twin without a teacher by
their recipes, publishes teacher and student into a local zoo, loads the
student back, evaluates it on the held-out test images and fine-tunes it for
one epoch. The last line is JSON.

    python examples/quickstart.py [FOLDER]      (default: runs/quickstart)
"""

import json
import logging
import os
import sys
import time
from pathlib import Path

import keras

from kerassnn import data
from kerassnn import publishing
from kerassnn import training
from kerassnn import zoo

RECIPES = Path(__file__).resolve().parents[1] / "recipes"
TEACHER = "resnet8_ann_digits"
STUDENT = "resnet8_sastc_digits"


def main(folder):
    begun = time.monotonic()
    folder = Path(folder).resolve()
    shelf = folder / "zoo"
    shelf.mkdir(parents=True, exist_ok=True)
    # The zoo is searched here first, so that the student finds its teacher.
    os.environ["KERASSNN_ZOO"] = str(shelf)
    # Measuring at each T retraces on purpose.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)

    teacher = train("resnet8_ann", folder)
    publishing.publish([teacher.folder], TEACHER, shelf, overwrite=True)
    student = train("resnet8_sastc", folder)
    twin = train("resnet8_hardlabel", folder)
    publishing.publish(
        [student.folder],
        STUDENT,
        shelf,
        baseline_runs=[twin.folder],
        overwrite=True,
    )
    print(f"\nloading {STUDENT} from {shelf}", flush=True)
    loaded = zoo.evaluate(STUDENT)["accuracy"]
    tuned = fine_tune(zoo.load(STUDENT))

    rows = [
        ("ANN teacher", teacher.accuracy),
        ("SNN, labels alone", twin.accuracy),
        ("SNN, SASTC", student.accuracy),
        ("  loaded from the zoo", loaded),
        ("  fine-tuned one epoch", tuned),
    ]
    print("\nAccuracy on the 360 test images:")
    for name, accuracy in rows:
        print(f"  {name:<24} {100 * accuracy:6.2f} %")
    found = {
        "teacher_accuracy": teacher.accuracy,
        "student_accuracy": loaded,
        "student_no_kd_accuracy": twin.accuracy,
        "fine_tuned_accuracy": tuned,
        "timesteps": student.result["timesteps"],
        "backend": keras.backend.backend(),
        "seconds": round(time.monotonic() - begun, 1),
    }
    print(json.dumps(found))


def train(recipe, folder):
    print(f"\ntraining {recipe}", flush=True)
    return training.run(
        RECIPES / f"{recipe}.py", folder=folder / "runs", fresh=True
    )


def fine_tune(model):
    """One epoch on the labels; returns the accuracy on the test images."""
    splits = data.load("digits")
    x, y = splits.train
    train = data.Pipeline(x, y, 64, normalise=splits.normalise)
    model.compile(
        optimizer=keras.optimizers.SGD(1e-3, momentum=0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(train, shuffle=False, verbose=2)
    x, y = splits.test
    accuracy = model.evaluate(splits.normalise(x), y, verbose=0)[1]
    return round(accuracy * len(y)) / len(y)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "runs/quickstart")
