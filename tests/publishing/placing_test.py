"""An entry is there or not, whole, whoever else publishes and dies."""

import os

import pytest

from kerassnn import files
from kerassnn.publishing import placing

NAME = "tiny8_ann_digits"


class Killed(BaseException):
    """Stands for the end of the process."""


def publish(target, text, overwrite=False):
    with placing.drafting(target) as draft:
        (draft / "card.json").write_text(text)
        placing.place(target, overwrite)


def content(root):
    """What of the entry is there, and nothing else."""
    assert [path.name for path in root.iterdir()] == [NAME]
    return (root / NAME / "card.json").read_text()


@pytest.mark.parametrize("swaps", [True, False], ids=["swap", "renames"])
def test_an_entry_is_replaced_on_demand_only(tmp_path, monkeypatch, swaps):
    if not swaps:
        monkeypatch.setattr(placing, "exchange", lambda a, b: False)
    target = tmp_path / "zoo" / NAME
    publish(target, "old")
    with pytest.raises(ValueError, match="overwrite=True"):
        publish(target, "new")
    assert content(target.parent) == "old"
    publish(target, "new", overwrite=True)
    assert content(target.parent) == "new"


@pytest.mark.parametrize("swaps", [True, False], ids=["swap", "renames"])
def test_the_entry_outlives_an_end_before_any_rename(
    tmp_path, monkeypatch, swaps
):
    target, rename = tmp_path / NAME, os.rename
    for last in range(3):
        publish(target, "old", overwrite=True)
        if not swaps:
            monkeypatch.setattr(placing, "exchange", lambda a, b: False)
        left = iter(range(last, -1, -1))

        def dying(*places, left=left):
            if next(left) == 0:
                raise Killed
            rename(*places)

        # A killed process removes nothing.
        with monkeypatch.context() as patch:
            patch.setattr(placing.os, "rename", dying)
            patch.setattr(placing, "_remove", lambda *folders: None)
            try:
                publish(target, "new", overwrite=True)
            except Killed:
                pass
        if swaps:
            assert target.is_dir()  # at no instant is there none
        with pytest.raises(ValueError, match="overwrite=True"):
            publish(target, "another")
        assert content(tmp_path) in ("old", "new")


def test_one_process_at_a_time_publishes_a_name(tmp_path):
    target = tmp_path / NAME
    with placing.drafting(target):
        with pytest.raises(ValueError, match="another process"):
            publish(target, "second")
        publish(tmp_path / "other8_ann_digits", "other")
        placing.place(target, False)
    assert target.is_dir()


def test_folders_are_exchanged_or_left_as_they_are(tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    a.mkdir()
    b.mkdir()
    (a / "name").write_text("a")
    swapped = files.exchange(a, b)
    assert (b if swapped else a).joinpath("name").is_file()
    assert not files.exchange(a, tmp_path / "nowhere")
