"""Our side of a benchmark: event recordings, read and framed."""

from benchmarks.harness.worker import serve


def build(settings):
    """One recording framed, or read and framed, when asked.

    Args:
        settings: Dict of `path`, an AEDAT 2.0 file; `timesteps`; and `work`,
            `frame` or `read`.

    Returns:
        Tuple (step, about) for `serve`.
    """
    import keras

    from kerassnn import data

    recording = data.read_events(settings["path"])

    def frame():
        out = data.frames(recording, settings["timesteps"])
        return [float(counts.max()) for counts in out]

    def read():
        out = data.read_events(settings["path"])
        return [float(len(out))]

    about = {"keras": keras.__version__, "events": len(recording)}
    return {"frame": frame, "read": read}[settings["work"]], about


if __name__ == "__main__":
    serve(build)
