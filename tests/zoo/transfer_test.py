import itertools
import threading
import urllib.request

import numpy as np
import pytest

from kerassnn.zoo import transfer
from tests.zoo.server import cut
from tests.zoo.server import instead
from tests.zoo.server import serving
from tests.zoo.server import stall
from tests.zoo.server import status

CONTENT = np.random.default_rng(0).bytes(500_000)
DIGEST = transfer.sha256_of(CONTENT)
NAME = "/model.weights.h5"


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(transfer, "PAUSE", 0.0)
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / NAME[1:]).write_bytes(CONTENT)
    with serving(tmp_path / "served") as running:
        yield running


@pytest.fixture
def path(tmp_path):
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache" / "model.weights.h5"


def download(server, path, limit=1_000_000, digest=DIGEST):
    part = path.with_name("part")
    transfer.download(server.url + NAME, path, part, digest, limit)
    assert path.read_bytes() == CONTENT
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def ranges(server):
    return [given for _, given in server.asked]


def test_a_file_comes_in_one_request(server, path, capsys):
    download(server, path)
    assert ranges(server) == [None]
    assert capsys.readouterr() == ("", "")


def test_what_was_cut_goes_on_where_it_ended(server, path):
    server.faults[NAME] = iter([cut(100_000), cut(200_000), cut(0)])
    download(server, path)
    rest = ["bytes=100000-", "bytes=300000-", "bytes=300000-"]
    assert ranges(server) == [None, *rest]


def test_a_later_call_goes_on_too(server, path):
    server.faults[NAME] = itertools.repeat(cut(10_000))
    with pytest.raises(ConnectionError, match="50000 of 500000 bytes, 5 times"):
        download(server, path)
    assert not path.exists()
    server.faults[NAME] = iter(())
    download(server, path)
    assert ranges(server)[-1] == "bytes=50000-"


def test_a_whole_part_needs_its_name_only(server, path):
    path.with_name("part").write_bytes(CONTENT)
    download(server, path)
    assert server.asked == []


def test_a_server_without_ranges_begins_anew(server, path):
    server.faults[NAME] = iter([cut(100_000), instead(CONTENT)])
    download(server, path)
    assert ranges(server) == [None, "bytes=100000-"]


@pytest.mark.parametrize(
    "answer", [status(416), status(206, Content_Range="bytes 7-9/10")]
)
def test_a_range_that_is_refused_or_another_begins_anew(server, path, answer):
    server.faults[NAME] = iter([cut(100_000), answer])
    download(server, path)
    assert ranges(server) == [None, "bytes=100000-", None]


def test_a_part_of_another_file_begins_anew(server, path):
    path.with_name("part").write_bytes(b"other" * 100)
    download(server, path)
    assert ranges(server) == ["bytes=500-", None]


def test_a_part_that_is_too_long_begins_anew(server, path):
    path.with_name("part").write_bytes(CONTENT + b"more")
    download(server, path)
    assert ranges(server) == ["bytes=500004-", None]


@pytest.mark.parametrize("other", [b"other", CONTENT[:-1], b""])
def test_another_file_is_thrown_away(server, path, other):
    server.faults[NAME] = iter([instead(other)])
    received = transfer.sha256_of(other)
    match = f"sha256={DIGEST}, received: sha256={received}, {len(other)} bytes"
    with pytest.raises(ValueError, match=match):
        download(server, path)
    assert list(path.parent.iterdir()) == []
    download(server, path)


def test_a_server_that_falls_silent_is_asked_again(server, path, monkeypatch):
    monkeypatch.setattr(transfer, "TIMEOUT", 0.2)
    done = threading.Event()
    server.faults[NAME] = iter([stall(100_000, done)])
    download(server, path)
    assert ranges(server) == [None, "bytes=100000-"]
    server.faults[NAME] = itertools.repeat(stall(1, done))
    path.unlink()
    with pytest.raises(ConnectionError, match="TimeoutError.*OFFLINE"):
        download(server, path)
    done.set()


@pytest.mark.parametrize("code", [429, 503])
def test_a_busy_server_is_asked_again(server, path, capsys, code):
    server.faults[NAME] = iter([cut(1000), status(code)])
    download(server, path)
    first, second = capsys.readouterr().err.splitlines()
    assert "1000 of 500000 bytes; asked again in 0 s" in first
    assert f"HTTP {code}" in second
    assert ranges(server) == [None, "bytes=1000-", "bytes=1000-"]


def test_a_refusal_is_told_at_once(server, path):
    server.faults[NAME] = iter([status(403)])
    with pytest.raises(ValueError, match="HTTP 403 Forbidden"):
        download(server, path)
    assert len(server.asked) == 1


def test_no_server_is_told_at_once(server, path, monkeypatch):
    monkeypatch.setattr(transfer, "PAUSE", 60.0)
    with serving(path.parent) as other:
        pass
    with pytest.raises(ConnectionError, match="expected a server.*OFFLINE"):
        download(other, path)


def test_a_file_that_is_not_there(server):
    with pytest.raises(transfer.Missing, match="HTTP 404"):
        transfer.read(f"{server.url}/nothing", 100)


@pytest.mark.parametrize(
    "headers", [{}, {"Content_Length": str(2**50)}], ids=["unsaid", "said"]
)
def test_no_more_is_taken_than_may_come(server, path, headers):
    server.faults[NAME] = iter([instead(bytes(3_000_000), **headers)])
    with pytest.raises(ValueError, match="expected at most 1000000 bytes"):
        download(server, path)
    assert list(path.parent.iterdir()) == []
    with pytest.raises(ValueError, match="expected at most 1000 bytes"):
        transfer.read(server.url + NAME, 1000)


def test_redirects_within_http_are_followed(server, path):
    server.faults["/old"] = iter([status(302, Location=NAME)])
    assert transfer.read(f"{server.url}/old", 1_000_000) == CONTENT


@pytest.mark.parametrize("scheme", ["file", "ftp"])
def test_redirects_out_of_http_are_refused(server, path, tmp_path, scheme):
    secret = f"{scheme}://{tmp_path}/served{NAME}"
    server.faults[NAME] = iter([status(302, Location=secret)])
    with pytest.raises(ValueError, match=f"received: .*{scheme}://"):
        download(server, path)
    assert list(path.parent.iterdir()) == []


def test_redirects_from_https_to_http_are_refused():
    request = urllib.request.Request("https://127.0.0.1/a")
    follow = transfer.Redirects().redirect_request
    answer = (None, 302, "Found", {})
    with pytest.raises(ValueError, match="stays on https"):
        follow(request, *answer, "http://127.0.0.1/a")
    followed = follow(request, *answer, "https://127.0.0.1/b")
    assert followed.full_url == "https://127.0.0.1/b"


def test_long_transfers_tell_how_far_they_are(
    server, path, monkeypatch, capsys
):
    monkeypatch.setattr(transfer, "PATIENCE", 0.0)
    monkeypatch.setattr(transfer, "CHUNK", 250_000)
    server.faults[NAME] = iter([cut(200_000)])
    download(server, path)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1] == "model.weights.h5: 0.5 of 0.5 MB"
