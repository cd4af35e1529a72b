"""`kerassnn.cite`: the papers that docstrings name, as BibTeX."""

import re

import pytest

import kerassnn
from kerassnn import distillation
from kerassnn import layers
from kerassnn import models


def test_it_takes_a_class_an_instance_and_a_name():
    text = kerassnn.cite("SASTC")
    assert text == kerassnn.cite(distillation.SASTC)
    assert text.startswith("@inproceedings{hong2025selfattentive,\n")
    assert "  eprint = {2501.08049},\n" in text
    assert kerassnn.cite(layers.LIF()) == kerassnn.cite("LIF")


@pytest.mark.parametrize("room", (distillation, layers, models))
def test_every_paper_a_docstring_names_can_be_cited(room):
    for name in room.__all__:
        document = getattr(room, name).__doc__ or ""
        _, _, reference = document.partition("Reference: ")
        if not reference:
            continue
        text = kerassnn.cite(name)
        for arxiv in re.findall(r"arXiv\s+(\d{4}\.\d{4,5})", reference):
            assert f"eprint = {{{arxiv}}}" in text, name
        for year in re.findall(r"year = {(\d+)}", text):
            assert year in reference or year == "2016", name
        assert text.count("{") == text.count("}")


def test_what_has_no_paper():
    for thing in ("HardLabel", "SASTCC", len):
        with pytest.raises(ValueError, match="Received"):
            kerassnn.cite(thing)
