"""`kerassnn site`: what its pages hold, and that a card stays text."""

import html.parser

import pytest

from kerassnn import publishing
from kerassnn.cli import main
from tests.publishing.cards import SHIPPED
from tests.publishing.cards import add_ann
from tests.publishing.cards import add_entry

SCRIPT = "</td></table><script>window.hurt = 1</script>"
IMAGE = '"><img src="https://elsewhere.example/x" onerror="window.hurt = 1">'
LOADING = {"src", "href", "action", "data", "poster", "srcset", "style"}
HOSTILE = {
    "method": SCRIPT,
    "licence": IMAGE,
    "differences": SCRIPT + IMAGE,
    "firing_rates": {SCRIPT: 0.5, IMAGE: 0.25},
    "energy": SHIPPED["energy"] | {"assumptions": IMAGE},
    "recipe": SHIPPED["recipe"] | {"command": SCRIPT, "commit": IMAGE},
    "backend": dict.fromkeys(("name", "version", "keras", "kerassnn"), IMAGE),
    "training": SHIPPED["training"] | {"hardware": IMAGE},
}


class Page(html.parser.HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(path.read_text(encoding="utf-8"))
        self.text = "".join(self.words)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words.append(data)

    def loads(self):
        """What its elements point at."""
        return {
            value
            for _, attributes in self.tags
            for key, value in attributes.items()
            if key in LOADING
        }


@pytest.fixture
def entries(tmp_path, monkeypatch):
    """An SNN, its teacher, and one by somebody who means harm."""
    zoo = tmp_path / "zoo"
    add_ann(zoo, "page_ann_digits", method="HardLabel")
    teacher = {"name": "page_ann_digits", "sha256": "0" * 64}
    add_entry(zoo, "page_kd_digits", teacher=teacher)
    bad = f'epoch,accuracy,"{SCRIPT}",loss\n1,0.5,1,"""<b>"""\n2,1e999,[],NaN\n'
    add_entry(zoo, "page_bad_digits", history=bad, **HOSTILE)
    monkeypatch.setenv("KERASSNN_ZOO", str(zoo))
    return zoo


def test_what_a_card_says_is_text(entries, tmp_path):
    index = publishing.site(tmp_path / "site", "page_*")
    pages = [Page(path) for path in (tmp_path / "site").rglob("*.html")]
    assert len(pages) == 4
    for page in pages:
        kinds = [tag for tag, _ in page.tags]
        assert kinds.count("script") == 1 and "img" not in kinds
        names = {name for _, given in page.tags for name in given}
        assert not [name for name in names if name.startswith("on")]
        assert not [at for at in page.loads() if ":" in at or "//" in at]
    assert SCRIPT in Page(index).text
    bad = Page(tmp_path / "site" / "entries" / "page_bad_digits.html").text
    assert SCRIPT in bad and IMAGE in bad


def test_an_entry_has_its_page(entries, tmp_path):
    publishing.site(tmp_path / "site", "page_*")
    path = tmp_path / "site" / "entries" / "page_kd_digits.html"
    page = Page(path)
    for part in (
        SHIPPED["recipe"]["command"],
        SHIPPED["recipe"]["sha256"],
        SHIPPED["sha256"]["model.safetensors"],
        f"{100 * SHIPPED['accuracy_by_timesteps']['4']:.2f}",
        SHIPPED["energy"]["assumptions"],
        "348.8 nJ",
    ):
        assert part in page.text
    assert "page_ann_digits.html" in page.loads()
    # Accuracy at each T, and the curves of accuracy and loss.
    assert [tag for tag, _ in page.tags].count("svg") == 3
    linked = {(path.parent / at).resolve() for at in page.loads()}
    assert all(target.is_file() for target in linked)


def test_the_table_says_what_the_filters_read(entries, tmp_path):
    tags = Page(publishing.site(tmp_path, "page_*")).tags
    rows = {
        given["data-name"]: given
        for tag, given in tags
        if tag == "tr" and "data-name" in given
    }
    assert rows["page_kd_digits"]["data-kind"] == "SNN"
    assert rows["page_kd_digits"]["data-timesteps"] == "2"
    assert rows["page_ann_digits"]["data-kind"] == "ANN"
    assert rows["page_bad_digits"]["data-method"] == SCRIPT


def test_pages_of_entries_that_went_away_go(entries, tmp_path):
    pages = tmp_path / "site" / "entries"
    publishing.site(tmp_path / "site", "page_*")
    (pages / "mine.html").write_text("<p>by hand")
    publishing.site(tmp_path / "site", "page_kd*")
    left = {path.name for path in pages.iterdir()}
    assert left == {"page_kd_digits.html", "mine.html"}


def test_a_curve_that_was_not_published_is_not_drawn(entries, tmp_path):
    history = entries / "page_kd_digits" / "history.csv"
    history.write_text("epoch,loss\n1,0\n2,0\n")
    with pytest.warns(UserWarning, match="page_kd_digits has no curve"):
        publishing.site(tmp_path / "site", "page_kd*")
    page = tmp_path / "site" / "entries" / "page_kd_digits.html"
    assert "training loss" not in page.read_text()


def test_numbers_at_the_end_of_what_a_card_takes(entries, tmp_path):
    for index, picojoules in enumerate((0, 5e-324, 1e-3, 1e30)):
        energy = SHIPPED["energy"] | {"picojoules": picojoules}
        add_entry(entries, f"page_e{index}_digits", energy=energy)
    steps = {"2": SHIPPED["results"]["accuracy"], "9999": 0}
    add_entry(entries, "page_t_digits", accuracy_by_timesteps=steps)
    text = publishing.site(tmp_path, "page_*").read_text()
    assert "nan" not in text and "inf" not in text


def test_the_command(entries, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["site", "pages", "--entries=page_*"]) == 0
    assert "pages/index.html" in capsys.readouterr().out
    assert main(["site", "pages", "--entries=nothing_*"]) == 1
    assert "nothing_*" in capsys.readouterr().err


def test_the_same_cards_give_the_same_pages(entries, tmp_path):
    def read(folder):
        publishing.site(folder, "page_*")
        files = [path for path in folder.rglob("*") if path.is_file()]
        return {p.relative_to(folder): p.read_bytes() for p in files}

    found = read(tmp_path / "one")
    assert found == read(tmp_path / "other")
