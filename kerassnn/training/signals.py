import signal
import threading


class Signals:
    """Notes SIGTERM and SIGINT instead of dying, so that a step can end.

    A second signal has its usual effect at once. Outside the main thread
    Python allows no handlers, and signals keep their effect.

    Example:
        >>> with Signals() as signals:
        ...     signals.received is None
        True
    """

    CAUGHT = (signal.SIGTERM, signal.SIGINT)

    def __init__(self):
        self.received = None
        self.previous = {}

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():
            for number in self.CAUGHT:
                self.previous[number] = signal.signal(number, self.note)
        return self

    def __exit__(self, *error):
        for number, handler in self.previous.items():
            signal.signal(number, handler)

    def note(self, number, frame):
        self.received = number
        self.__exit__()
