import csv

import pytest

from kerassnn.files import read_json
from kerassnn.files import read_rows
from kerassnn.files import replacing
from kerassnn.files import write_rows
from kerassnn.files import write_text


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(OSError, match="full"), replacing(path) as temporary:
        temporary.write_text("half of the n")
        raise OSError("disk full")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_rows_with_different_keys(tmp_path):
    path = tmp_path / "a.csv"
    write_rows(path, [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "kd": 1.0}])
    with open(path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {"epoch": "1", "loss": "0.5", "kd": ""}
    assert rows[1] == {"epoch": "2", "loss": "", "kd": "1.0"}


@pytest.mark.parametrize("read", (read_json, read_rows))
def test_a_file_of_a_hole_is_not_read(tmp_path, read):
    path = tmp_path / "config.json"
    with open(path, "wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ValueError, match=r"config\.json: expected at most"):
        read(path)
