"""A side without a network: notes in a file each step that it takes."""

import time

from benchmarks.harness.worker import serve


def build(settings):
    if settings.get("fails"):
        raise RuntimeError("cannot be built")
    taken = []

    def step():
        print("libraries talk")
        with open(settings["notes"], "a") as file:
            file.write(settings["letter"])
        time.sleep(settings.get("sleeps", 0.0))
        taken.append(0.0)
        return [float(len(taken))]

    return step, {"letter": settings["letter"]}


if __name__ == "__main__":
    serve(build)
