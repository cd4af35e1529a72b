import concurrent.futures
import time

import pytest

from kerassnn.locking import alone


def append(folder, k):
    for i in range(20):
        with alone(folder / ".lock"):
            text = (folder / "list").read_text()
            time.sleep(0.0005)
            (folder / "list").write_text(f"{text}{k}.{i}\n")


def test_nothing_is_lost_between_many(tmp_path):
    """Each opening of the file locks for itself, in one process too."""
    (tmp_path / "list").write_text("")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(append, [tmp_path] * 4, range(4)))
    lines = (tmp_path / "list").read_text().split()
    assert len(set(lines)) == len(lines) == 80
    assert [path.name for path in tmp_path.iterdir()] == ["list"]


def test_a_second_one_is_told(tmp_path):
    with alone(tmp_path / ".lock", wait=False):
        with pytest.raises(BlockingIOError):
            with alone(tmp_path / ".lock", wait=False):
                pass
    (tmp_path / ".lock").touch()  # as a killed process leaves it
    with alone(tmp_path / ".lock", wait=False):
        pass
