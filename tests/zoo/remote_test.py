import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from kerassnn import zoo
from kerassnn.zoo import lock
from kerassnn.zoo import registry
from kerassnn.zoo import remote
from kerassnn.zoo import transfer
from kerassnn.zoo.weights import check_digests
from tests.zoo.conftest import edit_card
from tests.zoo.server import after
from tests.zoo.server import cut
from tests.zoo.server import instead
from tests.zoo.server import serving
from tests.zoo.server import stall

CHECKOUT = Path(__file__).resolve().parents[2]
SHIPPED = "resnet8_ann_digits"
NAME = "tiny8_ann_digits"  # the shipped entry, by a name that is only served
CARD, WEIGHTS = f"/{NAME}/card.json", f"/{NAME}/model.weights.h5"
FILES = {"card.json", "history.csv", "model.weights.h5", "probe.npz"}
# What `kerassnn.zoo` does, in a process that does not import Keras for it.
CHILD = """
import sys
import types

for name in ("kerassnn", "kerassnn.data", "kerassnn.zoo"):
    module = sys.modules[name] = types.ModuleType(name)
    module.__path__ = [name.replace(".", "/")]

from kerassnn.zoo import registry
from kerassnn.zoo import remote

folder = registry.find(sys.argv[1])
card = registry.read_card(folder)
print(remote.complete(folder, card, list(card["sha256"]), registry.urls()))
"""


def make_entry(root, name=NAME, **changes):
    shutil.copytree(CHECKOUT / "zoo" / SHIPPED, root / name)
    edit_card(root / name, lambda card: card.update(name=name, **changes))
    zoo.results(root)
    return root


@pytest.fixture
def root():
    """A folder as `tmp_path`, but one that every user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder).resolve()


@pytest.fixture(autouse=True)
def home(root, monkeypatch):
    """The cache of this test, and no other zoo than the checkout's."""
    for name in ("KERASSNN_ZOO", "KERASSNN_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KERASSNN_HOME", str(root / "home"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(transfer, "PAUSE", 0.0)
    return root / "home"


@pytest.fixture
def server(root, monkeypatch):
    with serving(make_entry(root / "served")) as running:
        monkeypatch.setenv("KERASSNN_ZOO", running.url)
        yield running


def fetch(name=NAME):
    """The folder in which all files of an entry are, verified."""
    return check_digests(registry.find(name), zoo.card(name))


def asked(server):
    return [path for path, _ in server.asked]


def test_an_entry_at_a_url_loads_and_verifies(server):
    assert zoo.verify(NAME)["agreeing"] >= 7
    assert sorted(set(asked(server))) == sorted(
        f"/{NAME}/{file}" for file in FILES
    )


def test_afterwards_no_server_is_needed(server, monkeypatch):
    folder = fetch()
    server.asked.clear()
    assert zoo.load(NAME).name == NAME
    assert server.asked == []
    monkeypatch.setenv("KERASSNN_OFFLINE", "1")
    assert fetch() == folder
    assert NAME in zoo.list()
    assert server.asked == []


def test_what_was_downloaded_is_an_entry_like_any_other(server, monkeypatch):
    folder = fetch()
    assert FILES <= {path.name for path in folder.iterdir()}
    assert not list(folder.glob(".*.part"))
    monkeypatch.setenv("KERASSNN_ZOO", str(folder.parent))
    assert fetch() == folder


@pytest.fixture
def secure(root, monkeypatch):
    """A server that speaks https, and its certificate, signed by itself."""
    certificate, both = root / "certificate.pem", root / "both.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x"
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-out", certificate, "-keyout", both]
    made = subprocess.run([*command.split(), *names, *files], text=True)
    assert made.returncode == 0
    both.write_text(both.read_text() + certificate.read_text())
    with serving(make_entry(root / "served"), both) as running:
        monkeypatch.setenv("KERASSNN_ZOO", running.url)
        yield running, certificate


NO_OPENSSL = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl makes the certificate"
)


@NO_OPENSSL
def test_https_of_a_certificate_that_is_trusted(secure, monkeypatch):
    server, certificate = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server.faults[WEIGHTS] = iter([cut(1000)])
    assert FILES <= {path.name for path in fetch().iterdir()}
    assert (WEIGHTS, "bytes=1000-") in server.asked


@NO_OPENSSL
def test_https_of_any_other_certificate(secure):
    with pytest.raises(ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch()
    assert secure[0].asked == []


def test_a_card_costs_no_weights(server):
    assert zoo.card(NAME)["name"] == NAME
    zoo.load(NAME, weights=False)
    assert zoo.list("tiny*", dataset="digits") == [NAME]
    assert set(asked(server)) == {CARD, "/index.json"}


@pytest.mark.parametrize("value", ["1", "yes"])
def test_offline_nothing_is_asked(server, monkeypatch, value):
    monkeypatch.setenv("KERASSNN_OFFLINE", value)
    with pytest.raises(ValueError, match="KERASSNN_OFFLINE is set"):
        zoo.load(NAME)
    assert SHIPPED in zoo.list() and NAME not in zoo.list()
    assert zoo.card(SHIPPED)["name"] == SHIPPED
    assert server.asked == []


def test_offline_a_card_alone_has_no_weights(server, monkeypatch):
    zoo.card(NAME)
    monkeypatch.setenv("KERASSNN_OFFLINE", "1")
    assert zoo.card(NAME)["name"] == NAME
    with pytest.raises(ValueError, match="KERASSNN_OFFLINE is set"):
        zoo.load(NAME)


def test_offline_zero_is_online(server, monkeypatch):
    monkeypatch.setenv("KERASSNN_OFFLINE", "0")
    assert fetch()


@pytest.mark.parametrize("first", ["folder", "url"])
def test_the_parts_are_searched_in_order(server, tmp_path, monkeypatch, first):
    folder = make_entry(tmp_path / "own", differences="the folder's")
    edit_card(
        server.folder / NAME, lambda card: card.update(differences="the url's")
    )
    parts = {"folder": str(folder), "url": server.url}
    order = sorted(parts, key=lambda part: part != first)
    named = os.pathsep.join(parts[part] for part in order)
    monkeypatch.setenv("KERASSNN_ZOO", named)
    assert zoo.card(NAME)["differences"] == f"the {first}'s"
    assert zoo.list("tiny*") == [NAME]


def test_urls_are_told_from_the_colons_between_them(monkeypatch, tmp_path):
    named = [
        str(tmp_path),
        "http://[::1]:80/a",
        "https://example.org",
        "http://127.0.0.1:8000/zoo/",
        str(tmp_path.parent),
    ]
    monkeypatch.setenv("KERASSNN_ZOO", os.pathsep.join(named))
    assert [str(place) for place in registry.places()[:5]] == named


@pytest.mark.parametrize(
    "url",
    [
        "s3://zoo",
        "file:///tmp",
        "http://",
        "http://user@host/zoo",
        "http://host/zoo?key=1",
        "http://host/a b",
        "http://host:99999/",
        "https://host/{name}",
    ],
)
def test_urls_that_cannot_be_are_refused(monkeypatch, url):
    monkeypatch.setenv("KERASSNN_ZOO", url)
    with pytest.raises(ValueError, match="not supported"):
        zoo.list()


def test_what_a_url_does_not_have_is_searched_further(server):
    assert zoo.card(SHIPPED)["name"] == SHIPPED
    assert asked(server) == [f"/{SHIPPED}/card.json"]


def test_an_unknown_name_comes_with_what_is_there(server):
    with pytest.raises(ValueError, match=f"{NAME}.*Searched: {server.url}"):
        zoo.load("tiny8_ann_digit")


def test_weights_that_are_not_there_are_no_entry(server):
    (server.folder / NAME / "model.weights.h5").unlink()
    match = f"no such file.*model.weights.h5.*nor is it at {server.url}"
    with pytest.raises(ValueError, match=match):
        zoo.load(NAME)


def test_without_an_index_the_entry_loads(server):
    (server.folder / remote.INDEX).unlink()
    assert NAME not in zoo.list()
    fetch()
    assert NAME in zoo.list()


@pytest.mark.parametrize("text", ['["../x"]', "{}", "<html>", '["a_b"'])
def test_an_index_is_a_list_of_names(server, text):
    (server.folder / remote.INDEX).write_text(text)
    with pytest.raises(ValueError, match="index.json.*expected"):
        zoo.list()


def test_two_servers_never_mix(server, tmp_path, monkeypatch):
    other = make_entry(tmp_path / "other", differences="another")
    here = fetch()
    with serving(other) as second:
        monkeypatch.setenv("KERASSNN_ZOO", second.url)
        there = fetch()
        assert len(asked(second)) >= 4
    assert here.parents[1] != there.parents[1]
    assert zoo.card(NAME)["differences"] == "another"
    monkeypatch.setenv("KERASSNN_ZOO", server.url)
    assert zoo.card(NAME)["differences"] != "another"


def test_a_card_is_asked_for_until_the_entry_is_whole(server):
    zoo.card(NAME)
    edit_card(server.folder / NAME, lambda card: card.update(differences="new"))
    assert zoo.card(NAME)["differences"] == "new"
    fetch()
    edit_card(server.folder / NAME, lambda card: card.update(differences="x"))
    assert zoo.card(NAME)["differences"] == "new"


def test_a_damaged_file_is_fetched_again(server, monkeypatch):
    folder = fetch()
    (folder / "model.weights.h5").write_bytes(b"damaged")
    monkeypatch.setenv("KERASSNN_OFFLINE", "1")
    with pytest.raises(ValueError, match="damaged one, as .*weights"):
        zoo.load(NAME)
    monkeypatch.delenv("KERASSNN_OFFLINE")
    server.asked.clear()
    assert fetch() == folder
    assert asked(server) == [WEIGHTS]


def test_a_damaged_card_is_fetched_again(server):
    folder = fetch()
    edit_card(folder, lambda card: card.update(differences="damaged"))
    assert zoo.card(NAME)["differences"] != "damaged"


def test_a_user_s_own_file_is_never_mended(server, tmp_path, monkeypatch):
    folder = make_entry(tmp_path / "own")
    own = folder / NAME / "model.weights.h5"
    own.write_bytes(b"mine")
    named = os.pathsep.join([str(folder), server.url])
    monkeypatch.setenv("KERASSNN_ZOO", named)
    with pytest.raises(ValueError, match="not the file that was published"):
        zoo.load(NAME)
    assert own.read_bytes() == b"mine"


def test_wrong_weights_are_refused_and_leave_nothing(server):
    server.faults[WEIGHTS] = itertools.repeat(instead(b"wrong"))
    expected = zoo.card(NAME)["sha256"]["model.weights.h5"]
    with pytest.raises(ValueError, match=f"expected sha256={expected}"):
        zoo.load(NAME)
    folder = registry.find(NAME)
    assert not list(folder.glob("*weights*"))
    server.faults.clear()
    assert fetch() == folder


def test_a_cut_download_goes_on_in_the_next_call(server):
    server.faults[WEIGHTS] = iter([cut(1000)] * transfer.ATTEMPTS)
    with pytest.raises(ConnectionError, match="5000 of"):
        zoo.load(NAME)
    assert fetch()
    assert server.asked[-1] == (f"/{NAME}/probe.npz", None)
    assert (WEIGHTS, "bytes=5000-") in server.asked


@pytest.mark.parametrize(
    "text, match",
    [
        ("<html>", "expected JSON"),
        ("[" * 100_000, "expected JSON"),
        ("{}", "expected the keys"),
        (json.dumps("x" * 2_000_000), "at most 1000000 bytes"),
    ],
)
def test_a_card_is_checked_before_it_is_kept(server, home, text, match):
    (server.folder / NAME / "card.json").write_text(text)
    with pytest.raises(ValueError, match=match):
        zoo.card(NAME)
    assert not home.exists()


@pytest.mark.parametrize("file", ["../../evil.py", "/evil.py", ".lock"])
def test_a_card_names_no_file_outside_its_folder(server, home, file):
    def change(card):
        card["sha256"][file] = "0" * 64

    edit_card(server.folder / NAME, change)
    with pytest.raises(ValueError, match="expected a string like"):
        zoo.load(NAME)
    assert not home.exists()


def test_a_card_of_another_name_is_refused(server):
    edit_card(server.folder / NAME, lambda card: card.update(name=SHIPPED))
    with pytest.raises(ValueError, match=f"expected name='{NAME}'"):
        zoo.card(NAME)


def test_an_entry_far_beyond_its_parameters_is_refused(server, monkeypatch):
    folder = server.folder / NAME
    sizes = [(folder / file).stat().st_size for file in FILES - {"card.json"}]
    monkeypatch.setattr(remote, "PER_PARAMETER", 0)
    monkeypatch.setattr(remote, "BESIDES", sum(sizes) - 1)
    with pytest.raises(ValueError, match="expected at most .* bytes"):
        zoo.load(NAME)
    monkeypatch.setattr(remote, "BESIDES", sum(sizes))
    assert fetch()


@pytest.fixture
def read_only(home):
    """The cache, to which not even root writes while a test runs."""
    home.mkdir(exist_ok=True)
    home.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield home
    os.seteuid(user)
    home.chmod(0o755)


def test_a_read_only_cache_is_told(server, read_only):
    match = f"can be written, received: {read_only}.*KERASSNN_HOME"
    with pytest.raises(ValueError, match=match):
        zoo.load(NAME)


def test_a_cache_that_is_a_file_is_told(server, home):
    home.write_text("")
    with pytest.raises(ValueError, match="can be written"):
        zoo.load(NAME)


def test_a_read_only_cache_that_has_the_entry_serves_it(server, request):
    folder = fetch()
    request.getfixturevalue("read_only")
    server.asked.clear()
    assert fetch() == folder
    assert server.asked == []


def child():
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, NAME],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_two_processes_at_once_download_once(server):
    both = threading.Event()
    server.faults[WEIGHTS] = iter([after(both)])
    children = [child(), child()]
    wait_for(lambda: asked(server).count(CARD) == 2)
    both.set()
    said = [process.communicate(timeout=30) for process in children]
    assert [process.returncode for process in children] == [0, 0], said
    assert asked(server).count(WEIGHTS) == 1
    assert said[0][0] == said[1][0] == f"{fetch()}\n"


def test_a_killed_process_leaves_what_the_next_goes_on_from(server, home):
    never = threading.Event()
    server.faults[WEIGHTS] = iter([stall(50_000, never)])
    process = child()
    pattern = "zoo/*/*/*/.model.weights.h5.part"
    wait_for(lambda: list(home.glob(pattern)))
    (part,) = home.glob(pattern)
    wait_for(lambda: part.stat().st_size > 0)
    process.kill()
    process.communicate(timeout=30)
    never.set()
    had = part.stat().st_size
    assert fetch()
    assert (WEIGHTS, f"bytes={had}-") in server.asked


def test_without_locks_each_process_writes_to_its_own_part(server, monkeypatch):
    monkeypatch.setattr(lock, "fcntl", None)
    here, parts = threading.Event(), []

    def look(handler, content, start):
        folder = registry.find(NAME)
        parts.extend(path.name for path in folder.glob(".*.part"))
        after(here)(handler, content, start)

    server.faults[WEIGHTS] = iter([cut(1000), look])
    here.set()
    folder = fetch()
    (part,) = parts
    assert part != ".model.weights.h5.part" and "weights" in part
    assert not list(folder.glob(".*.part"))


@pytest.fixture
def installed(server, tmp_path, monkeypatch):
    """`pip install`, with a large entry's card and without its weights."""
    monkeypatch.delenv("KERASSNN_ZOO")
    monkeypatch.setattr(registry, "PACKAGE", tmp_path / "site" / "kerassnn")
    share = make_entry(tmp_path / "site" / "share" / "kerassnn" / "zoo") / NAME
    (share / "model.weights.h5").unlink()
    monkeypatch.setattr(remote, "URL", server.url + "/{name}/{file}")
    return share


def test_large_weights_come_from_the_one_url(installed, server):
    assert NAME in zoo.list()
    assert zoo.card(NAME)["name"] == NAME
    assert server.asked == []
    assert zoo.verify(NAME)["agreeing"] >= 7
    assert asked(server) == [WEIGHTS]
    assert zoo.load(NAME).name == NAME
    assert asked(server) == [WEIGHTS]
    assert not (installed / "model.weights.h5").exists()


def test_the_installed_card_pins_what_the_url_sends(installed, server):
    make = make_entry(server.folder.parent / "other", differences="another")
    weights = make / NAME / "model.weights.h5"
    weights.write_bytes(b"other weights")
    shutil.copytree(make, server.folder, dirs_exist_ok=True)
    with pytest.raises(ValueError, match="is not the file that was published"):
        zoo.load(NAME)


def test_a_mirror_stands_before_the_one_url(
    installed, server, tmp_path, monkeypatch
):
    (tmp_path / "mirror" / NAME).mkdir(parents=True)
    shutil.copy(
        server.folder / NAME / "model.weights.h5", tmp_path / "mirror" / NAME
    )
    with serving(tmp_path / "mirror") as mirror:
        monkeypatch.setenv("KERASSNN_ZOO", mirror.url)
        fetch()
        assert asked(mirror)[-1] == WEIGHTS
    assert server.asked == []


def test_weights_without_any_url_are_not_published(installed, monkeypatch):
    monkeypatch.setattr(remote, "URL", None)
    with pytest.raises(ValueError, match="weights.*not published yet"):
        zoo.load(NAME)
