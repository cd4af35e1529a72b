import math

import keras
from keras import ops


class Cosine(keras.optimizers.schedules.LearningRateSchedule):
    """A linear rise to the peak, then a cosine to 0, of a length to be set.

    Its length is not part of the compiled step but a variable, so that it can
    be chosen while a training runs, and steps of trainings that differ in
    their length alone are compiled once.

    A schedule is also how a rate changes within an epoch: what a callback
    assigns to `optimizer.learning_rate` there does not reach the steps on
    JAX, where Keras gives the step its state at the epoch's beginning.

    Args:
        peak: Float, the learning rate between rise and cosine.
        steps: Int, length of both.
        rising: Int, steps of the rise. Defaults to `0`.
    """

    def __init__(self, peak: float, steps: int, rising: int = 0):
        self.peak = peak
        # Steps of the rise, and of the cosine.
        self.plan = keras.Variable(
            [0.0, 1.0], dtype="float32", trainable=False, name="plan"
        )
        self.set_length(steps, rising)

    def set_length(self, steps: int, rising: int) -> None:
        """Sets the length of both parts together, and of the rise."""
        self.steps, self.rising = steps, rising
        self.plan.assign([rising, max(steps - rising, 1)])

    def attach(self, optimizer: keras.optimizers.Optimizer) -> None:
        """Makes the plan part of an optimizer's state, as JAX needs."""
        optimizer.plan, optimizer.cosine = self.plan, self

    def __call__(self, step):
        step = ops.cast(step, "float32")
        plan = ops.convert_to_tensor(self.plan)
        rising, falling = plan[0], plan[1]
        up = self.peak * (step / ops.maximum(rising, 1.0))
        done = ops.clip(step - rising, 0.0, falling) / falling
        down = self.peak * (0.5 * (1.0 + ops.cos(math.pi * done)))
        return ops.where(step < rising, up, down)

    def get_config(self) -> dict:
        return {"peak": self.peak, "steps": self.steps, "rising": self.rising}
