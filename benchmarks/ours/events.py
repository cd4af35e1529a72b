"""Our side of a benchmark: event recordings, read and framed."""

from benchmarks.harness.worker import serve


def build(settings):
    """Recordings framed, or read, one after the other, when asked.

    Args:
        settings: Dict of `paths`, AEDAT 2.0 files; `timesteps`; and `work`,
            `frame` or `read`.

    Returns:
        Tuple (step, about) for `serve`.
    """
    import keras

    from kerassnn import data

    recordings = [data.read_events(path) for path in settings["paths"]]

    def frame():
        return [
            float(data.frames(recording, settings["timesteps"]).max())
            for recording in recordings
        ]

    def read():
        return [float(len(data.read_events(p))) for p in settings["paths"]]

    events = sum(len(recording) for recording in recordings)
    about = {"keras": keras.__version__, "events": events}
    return {"frame": frame, "read": read}[settings["work"]], about


if __name__ == "__main__":
    serve(build)
