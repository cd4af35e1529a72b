"""The head of an entry's README.md, as the Hub's own client reads it."""

import copy

import pytest

from kerassnn import zoo
from kerassnn.publishing.metadata import metadata
from kerassnn.publishing.page import readme

hub = pytest.importorskip("huggingface_hub")


def read(card):
    found = hub.ModelCard(readme(card), ignore_metadata_errors=False)
    return found.data


@pytest.mark.parametrize("name", ["resnet8_sastc_digits", "resnet8_ann_digits"])
def test_the_client_reads_what_the_card_says(name):
    card = zoo.card(name)
    data = read(card)
    assert data.library_name == "kerassnn"
    assert data.license == "apache-2.0"
    assert data.datasets == ["digits"]
    assert data.metrics == ["accuracy"]
    assert data.model_name == name
    (result,) = data.eval_results
    assert result.metric_type == "accuracy"
    assert result.metric_value == card["results"]["accuracy"]
    assert result.dataset_split == "test"
    assert result.task_type == "image-classification"
    assert ("spiking-neural-network" in data.tags) == bool(card["timesteps"])
    # What the client would write is what we wrote.
    assert hub.ModelCardData(**data.to_dict()).to_dict() == data.to_dict()


def test_a_data_set_has_its_name_at_the_hub():
    card = copy.deepcopy(zoo.card("resnet19w16_sastc_cifar10"))
    assert read(card).datasets == ["uoft-cs/cifar10"]


def test_no_text_of_a_card_ends_the_metadata():
    card = copy.deepcopy(zoo.card("resnet8_sastc_digits"))
    card["method"] = evil = 'a: b\n---\n- "# ± \x85'
    assert read(card).tags == metadata(card)["tags"]
    assert evil in read(card).tags
