from kerassnn.data.arguments import check_int


class Steps:
    """Where in an epoch of `steps` batches one begins."""

    steps: int

    @property
    def start_step(self) -> int:
        return self._start_step

    @start_step.setter
    def start_step(self, value: int) -> None:
        check_int("start_step", value, 0, self.steps - 1)
        self._start_step = int(value)

    def __len__(self) -> int:
        return self.steps - self.start_step
