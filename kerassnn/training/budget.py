import dataclasses
import time

RISE = 2  # epochs in which the learning rate rises; the second is measured
SLACK = 1.01  # of an epoch's time


class Budget:
    """A time that a training is to take, in place of a number of epochs.

    The first epochs are the same whatever their number will be. Then as many
    as fit the time that is left are chosen, and from there on the training
    is that of a config with these `epochs` and this `warmup`.

    Args:
        minutes: Float, from the call to the result.
        begun: Float, `time.monotonic()` of the call.
    """

    def __init__(self, minutes, begun):
        self.minutes = minutes
        self.begun = begun
        self.before = None

    def begin(self, distiller, data):
        """Sets the schedule to what all lengths have in common."""
        set_length(distiller, data, 2 * RISE, RISE)
        # Time of the start; that of training is in the positions.
        self.before = time.monotonic() - self.begun

    def choose(self, config, data, position):
        """Returns the config with the number of epochs that fits."""
        row = position.history[RISE - 1]
        test = row["seconds"] * data.test_images / data.train.examples
        left = 60 * self.minutes - self.before - position.seconds - test
        epochs = RISE + max(1, int(left / (SLACK * row["seconds"])))
        print(
            f"{row['seconds']:.1f} s an epoch: {epochs} epochs in "
            f"{self.minutes:g} minutes",
            flush=True,
        )
        return dataclasses.replace(config, epochs=epochs, warmup=RISE / epochs)


def check_budget(minutes, config):
    """Raises ValueError unless a config can be trained for so many minutes."""
    if minutes is None:
        return
    if not 0 < minutes < float("inf"):  # nor not a number
        raise ValueError(f"expected minutes > 0, received: minutes={minutes!r}")
    if not hasattr(config, "warmup"):
        raise ValueError(
            "expected a recipe whose config has `warmup`, of a cosine, for a "
            f"training of minutes={minutes!r}"
        )


def set_length(distiller, data, epochs, rise):
    """Sets the length of a distiller's schedule, in epochs."""
    schedule = getattr(distiller.optimizer, "cosine", None)
    if schedule is None:
        raise ValueError(
            "expected a recipe that compiles with training.cosine for a "
            "training of so many minutes"
        )
    steps = data.train.steps
    schedule.set_length(epochs * steps, rise * steps)
