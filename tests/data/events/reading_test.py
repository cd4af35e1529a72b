"""Every format: files written here, and real ones where they are at hand."""

import io
import pathlib

import numpy as np
import pytest

from kerassnn import data
from tests.data.events import files

SAMPLES = pathlib.Path(__file__).parents[3].parent / "shared/data/events"
MADE = {
    "a.bin": (files.nmnist, (34, 34), 34),
    "a.bs2": (files.nmnist, (34, 34), 34),
    "a.aedat": (files.dvs128, (128, 128), 128),
    "davis.aedat": (files.davis, (240, 180), 180),
    "three.aedat": (files.aedat3, (128, 128), 128),
    "a.dat": (files.dat, (120, 100), 100),
    "a.aedat4": (files.aedat4, (320, 240), 240),
}


def assert_same(recording, expected):
    for name in ("x", "y", "t", "p"):
        np.testing.assert_array_equal(recording.events[name], expected[name])


@pytest.mark.parametrize("name", MADE)
def test_what_is_written_is_read(tmp_path, name):
    write, size, side = MADE[name]
    expected = files.events(width=side, height=side)
    (tmp_path / name).write_bytes(write(expected))
    recording = data.read_events(tmp_path / name)
    assert_same(recording, expected)
    assert (recording.width, recording.height) == size
    assert recording.events.dtype.names == ("x", "y", "t", "p")
    assert len(recording) == 200


@pytest.mark.parametrize("name", MADE)
def test_files_that_are_cut_off_are_told(tmp_path, name):
    content = MADE[name][0](files.events())
    for size in (len(content) - 3, 7, 0):
        (tmp_path / name).write_bytes(content[:size])
        with pytest.raises(ValueError, match=name):
            data.read_events(tmp_path / name)


@pytest.mark.parametrize("name", MADE)
def test_files_of_another_kind_are_told(tmp_path, name):
    for content in (b"hello, world, no events here", bytes(1001)):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=name):
            data.read_events(tmp_path / name)


@pytest.mark.parametrize("name", MADE)
def test_damaged_files_are_told(tmp_path, name):
    """Bytes of all kinds in a file's beginning, where its structure is."""
    content = MADE[name][0](files.events(20))
    rng = np.random.default_rng(0)
    for place in rng.integers(0, min(len(content), 400), 150):
        damaged = bytearray(content)
        size = int(rng.integers(1, 5))
        damaged[place : place + size] = rng.bytes(size)
        (tmp_path / name).write_bytes(damaged)
        try:
            data.read_events(tmp_path / name)  # some are as good as before
        except ValueError as error:
            assert name in str(error)


def test_a_stream_without_a_number(tmp_path):
    content = files.aedat4(files.events())
    content = content.replace(b'<node name="7">', b'<node  nam="7">')
    (tmp_path / "a.aedat4").write_bytes(content)
    with pytest.raises(ValueError, match="a.aedat4"):
        data.read_events(tmp_path / "a.aedat4")


@pytest.mark.parametrize("kind,package", [(1, "lz4.frame"), (3, "zstandard")])
def test_compressed_packets(tmp_path, kind, package):
    compress = pytest.importorskip(package).compress
    expected = files.events()
    (tmp_path / "a").write_bytes(files.aedat4(expected, compress, kind))
    assert_same(data.read_events(tmp_path / "a"), expected)
    (tmp_path / "a").write_bytes(files.aedat4(expected, bytes, kind))
    with pytest.raises(ValueError, match="damaged"):
        data.read_events(tmp_path / "a")


def test_plain_arrays(tmp_path):
    expected = files.events()
    np.savez(tmp_path / "a.npz", **expected)
    recording = data.read_events(str(tmp_path / "a.npz"))
    assert_same(recording, expected)
    np.savez(tmp_path / "a.npz", width=50, height=40, **expected)
    recording = data.read_events(tmp_path / "a.npz")
    assert (recording.width, recording.height) == (50, 40)


SPOILT = {
    "backwards": ("t", np.arange(200)[::-1], "order of time"),
    "outside": ("x", np.full(200, 50), "inside a sensor"),
    "negative": ("y", np.full(200, -1), r"\[0, 65535\]"),
    "float": ("t", np.linspace(0, 1, 200), "whole numbers"),
    "polarity": ("p", np.full(200, 7), "p from 7"),
    "short": ("p", np.zeros(3, int), "one length"),
    "pickled": ("t", np.array([{}] * 200), "pickle"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_spoilt_arrays_are_told(tmp_path, name):
    key, array, message = SPOILT[name]
    arrays = {**files.events(), key: array, "width": 34, "height": 34}
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(ValueError, match=message):
        data.read_events(tmp_path / "a.npz")


def test_times_that_start_again_go_on(tmp_path):
    expected = files.events(width=128, height=128)
    expected["t"] = expected["t"] + (1 << 32) - 150_000
    e = {**expected, "t": expected["t"] & 0xFFFFFFFF}
    (tmp_path / "a.aedat").write_bytes(files.dvs128(e))
    assert_same(data.read_events(tmp_path / "a.aedat"), expected)
    (tmp_path / "a.dat").write_bytes(files.dat(e))
    assert_same(data.read_events(tmp_path / "a.dat"), expected)


def test_a_few_late_events_are_put_into_their_place(tmp_path):
    e = files.events(width=128, height=128)
    late = np.arange(200)
    late[[70, 71]] = [71, 70]
    assert e["t"][70] < e["t"][71]
    swapped = {name: field[late] for name, field in e.items()}
    (tmp_path / "a.aedat").write_bytes(files.aedat3(swapped))
    assert_same(data.read_events(tmp_path / "a.aedat"), e)


def test_addresses_that_begin_as_headers_do(tmp_path):
    # Of a DAVIS, without the line that ends a header.
    e = files.events(width=240, height=180)
    e["y"][0], e["x"][0] = ord("#") << 2, 100
    content = files.davis(e).replace(b"#End Of ASCII Header\r\n", b"")
    start = content.index(b"C\r\n") + 3
    content = content[:start] + content[start + 24 :]  # without the frames
    assert content[start : start + 1] == b"#"
    (tmp_path / "a.aedat").write_bytes(content)
    assert_same(data.read_events(tmp_path / "a.aedat"), e)


def test_overflows_of_nmnist(tmp_path):
    e = {key: value[:4] for key, value in files.events().items()}
    e["t"] = np.array([10, 20, 30, 40])
    content = files.nmnist(e)
    marker = bytes([0, 240, 0, 0, 25])
    (tmp_path / "a.bin").write_bytes(content[:10] + marker + content[10:])
    t = data.read_events(tmp_path / "a.bin").events["t"]
    assert t.tolist() == [10, 20, 30 + 8192, 40 + 8192]


def test_larger_sensors_of_the_same_format(tmp_path):
    expected = files.events(width=233, height=170)
    (tmp_path / "a.bin").write_bytes(files.nmnist(expected))
    recording = data.read_events(tmp_path / "a.bin")
    assert recording.width == expected["x"].max() + 1
    (tmp_path / "a.dat").write_bytes(
        files.dat(expected, b"% Width 1280\n% Height 720\n")
    )
    recording = data.read_events(tmp_path / "a.dat")
    assert (recording.width, recording.height) == (1280, 720)


def test_spike_trains_of_matlab(tmp_path):
    io_ = pytest.importorskip("scipy.io")
    matrix = np.zeros((101, 3))
    matrix[[57, 3, 99], [0, 1, 2]] = [1, -1, 1]
    matrix[100] = [0.1, 0.25, 0.5]
    content = io.BytesIO()
    io_.savemat(content, {"spiketrain": matrix})
    (tmp_path / "a.mat").write_bytes(content.getvalue())
    recording = data.read_events(tmp_path / "a.mat")
    expected = {
        "x": [7, 3, 9],
        "y": [5, 0, 9],
        "t": [100_000, 250_000, 500_000],
        "p": [1, 0, 1],
    }
    assert_same(recording, expected)
    for spoilt in (content.getvalue()[:300], content.getvalue()[:128]):
        (tmp_path / "a.mat").write_bytes(spoilt)
        with pytest.raises(ValueError, match="a.mat"):
            data.read_events(tmp_path / "a.mat")


# Counts, sensors, first and last events of the real files.
REAL = {
    "dvs128_screwdriver_aedat2.aedat": (
        127186,
        (128, 128),
        (111, 118, 187421131, 1),
        (67, 13, 192188787, 1),
    ),
    "davis_imu_translboxes.aedat": (
        162771,
        (240, 180),
        (156, 36, 294976755, 0),
        (233, 40, 297049406, 0),
    ),
    "sample.aedat4": (
        111954,
        (320, 240),
        (154, 204, 1605537493718345, 0),
        (88, 237, 1605537494308262, 1),
    ),
    "nmnist_train_00001.bs2": (
        4681,
        (34, 34),
        (18, 16, 893, 1),
        (10, 10, 305924, 0),
    ),
    "sample_nmnist.bin": (4325, (34, 34), (7, 15, 654, 1), (21, 14, 311175, 1)),
    "sample_ncars.dat": (2009, (120, 100), (25, 8, 0, 0), (75, 28, 99952, 1)),
    "sample_stmnist.mat": (
        2346,
        (10, 10),
        (5, 4, 196626, 0),
        (6, 4, 895744, 1),
    ),
}


def sample(name):
    path = SAMPLES / "samples" / name
    if not path.is_file():
        pytest.skip("the real recordings are not here")
    return path


@pytest.mark.parametrize("name", REAL)
def test_real_recordings(name):
    if name.endswith("4"):
        pytest.importorskip("lz4")
    count, size, first, last = REAL[name]
    recording = data.read_events(sample(name))
    assert len(recording) == count
    assert (recording.width, recording.height) == size
    assert recording.events[0].tolist() == first
    assert recording.events[-1].tolist() == last


def test_a_header_alone_is_no_recording():
    with pytest.raises(ValueError, match="received: none"):
        data.read_events(sample("sample_aedat_header.aedat"))


@pytest.mark.slow  # tonic takes seconds to import
def test_other_libraries_read_the_same():
    io_ = pytest.importorskip("tonic.io")
    wizard = pytest.importorskip("expelliarmus").Wizard
    fields = np.dtype([(name, int) for name in "xytp"])
    for name in ("sample_nmnist.bin", "nmnist_train_00001.bs2"):
        theirs = io_.read_mnist_file(str(sample(name)), fields)
        assert_same(data.read_events(sample(name)), theirs)
    path = sample("sample_ncars.dat")
    assert_same(data.read_events(path), wizard(encoding="dat").read(path))


def test_the_package_aedat_reads_the_same():
    aedat = pytest.importorskip("aedat")
    path = sample("sample.aedat4")
    packets = [p["events"] for p in aedat.Decoder(path) if "events" in p]
    theirs = np.concatenate(packets)
    names = {"t": "t", "x": "x", "y": "y", "p": "on"}
    expected = {ours: theirs[name] for ours, name in names.items()}
    assert_same(data.read_events(path), expected)


@pytest.mark.parametrize("name", REAL)
def test_damaged_recordings_hurt_nobody(tmp_path, name):
    rng = np.random.default_rng(0)
    content = np.frombuffer(sample(name).read_bytes(), "u1")[:40_000]
    path = tmp_path / name
    for head in (100, 1000, len(content)) * 4:
        spoilt = content[: rng.integers(1, len(content))].copy()
        where = rng.integers(0, min(head, len(spoilt)), 4)
        spoilt[where] = rng.integers(0, 256, 4)
        path.write_bytes(spoilt.tobytes())
        try:
            data.read_events(path)
        except ValueError as error:
            assert name in str(error)
