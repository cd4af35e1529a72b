"""The pages of the zoo as Chromium shows them."""

import os
from pathlib import Path

import pytest

from kerassnn import publishing
from tests.publishing.browser import CHROMIUM
from tests.publishing.browser import DRIVER
from tests.publishing.browser import browsing
from tests.publishing.cards import add_ann
from tests.publishing.cards import add_entry
from tests.publishing.site_test import HOSTILE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER), reason="needs chromium and chromedriver"
    ),
]
# A folder that keeps the pictures, for somebody to look at.
PICTURES = os.environ.get("KERASSNN_PICTURES")
SHOWN = """
const rows = Array.from(document.querySelectorAll("#entries tbody tr"));
return rows.filter((row) => row.offsetParent).map((row) => row.dataset.name);
"""
CHOOSE = """
const form = document.getElementById("filters");
for (const [name, value] of Object.entries(arguments[0])) {
  form.elements[name].value = value;
  form.elements[name].dispatchEvent(new Event("input", {bubbles: true}));
}
"""
HEADING = """
document.querySelectorAll("#entries thead button")[arguments[0]].click();
"""
MARKS = """
const parts = Array.from(document.querySelectorAll("g[data-entry]"));
return Array.from(new Set(
  parts.filter((part) => part.getBoundingClientRect().width)
    .map((part) => part.dataset.entry)));
"""
TOO_WIDE = """
const wide = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth > wide) return ["it scrolls"];
const outside = (part) => part.getBoundingClientRect().right > wide + 1;
return Array.from(document.querySelectorAll("body *"))
  .filter((part) => outside(part) && !part.closest(".scroll, pre"))
  .map((part) => part.outerHTML.slice(0, 80));
"""
SMALLEST = """
const sizes = Array.from(document.querySelectorAll("svg text")).map((part) => {
  const svg = part.ownerSVGElement;
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  return scale && scale * parseFloat(getComputedStyle(part).fontSize);
});
return Math.min(...sizes.filter(Boolean));
"""


@pytest.fixture(scope="module")
def browser():
    with browsing() as found:
        yield found


@pytest.fixture
def pages(tmp_path, monkeypatch, browser):
    zoo = tmp_path / "zoo"
    teacher = {"name": "page_ann_digits", "sha256": "0" * 64}
    add_ann(zoo, "page_ann_digits", method="HardLabel", parameters=9)
    add_entry(zoo, "page_sastc_digits", teacher=teacher, parameters=200)
    add_entry(zoo, "page_kd_digits", teacher=teacher, method="LogitsKD")
    add_ann(zoo, "page_ann_cifar10", dataset="cifar10", parameters=30)
    add_entry(zoo, "page_bad_digits", **HOSTILE)
    monkeypatch.setenv("KERASSNN_ZOO", str(zoo))
    index = publishing.site(tmp_path / "site", "page_*")
    browser.resize(1400, 900)
    browser.open(index)
    browser.run(CHOOSE, {"search": ""})
    return index


def test_filters_leave_what_they_say(browser, pages):
    assert len(browser.run(SHOWN)) == 5
    browser.run(CHOOSE, {"kind": "ANN"})
    assert browser.run(SHOWN) == ["page_ann_cifar10", "page_ann_digits"]
    browser.run(CHOOSE, {"dataset": "cifar10"})
    assert browser.run(SHOWN) == browser.run(MARKS) == ["page_ann_cifar10"]
    count = browser.run("return document.getElementById('count').value")
    assert count == "1 of 5 entries"
    # The choice is in the address, and comes back with it.
    browser.run("location.reload()")
    assert browser.run(SHOWN) == ["page_ann_cifar10"]
    browser.run("document.querySelector('#filters [type=reset]').click()")
    browser.run(CHOOSE, {"method": "LogitsKD", "timesteps": "2"})
    assert browser.run(SHOWN) == ["page_kd_digits"]
    browser.run(CHOOSE, {"method": "", "timesteps": "", "search": "SAS"})
    assert browser.run(SHOWN) == ["page_sastc_digits"]


def test_headings_sort(browser, pages):
    browser.run(HEADING, 8)
    found = browser.run(SHOWN)
    assert found[:3] == ["page_ann_digits", "page_ann_cifar10", found[2]]
    assert found[2] == "page_sastc_digits"
    browser.run(HEADING, 8)
    assert browser.run(SHOWN)[-1] == "page_ann_digits"
    browser.run(CHOOSE, {"sort": "0"})
    assert browser.run(SHOWN) == sorted(browser.run(SHOWN))


def test_no_request_leaves_the_folder_and_no_card_runs(browser, pages):
    browser.requests(), browser.complaints()
    home = pages.parent.resolve().as_uri()
    paths = [pages, *sorted(pages.parent.glob("entries/*.html"))]
    for path in paths:
        browser.open(path)
        assert browser.run("return window.hurt === undefined")
        assert not browser.run("return document.images.length")
    asked = browser.requests()
    assert len(asked) >= len(paths)
    assert [url for url in asked if not url.startswith(home)] == []
    assert browser.complaints() == []


@pytest.mark.parametrize("width", [400, 1400])
def test_pages_fit(browser, pages, width):
    browser.resize(width, 900)
    entries = pages.parent / "entries"
    for path in (pages, entries / "page_kd_digits.html"):
        browser.open(path)
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            browser.picture(Path(PICTURES, f"{path.stem}_{width}.png"))
        assert browser.run(TOO_WIDE) == []
        assert browser.run(SMALLEST) >= 10  # pixels
