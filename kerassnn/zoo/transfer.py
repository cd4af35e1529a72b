"""Files over HTTP: resumed where they were cut, and verified."""

import hashlib
import http.client
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

TIMEOUT = 30.0  # seconds without a byte
ATTEMPTS = 5
PAUSE = 1.0  # seconds before the second attempt, doubled for each after it
PATIENCE = 5.0  # seconds between two lines of progress
CHUNK = 1 << 18
GONE = (404, 410)
HINT = "KERASSNN_OFFLINE=1 takes what is here and asks no server"
PASSING = (408, 425, 429, 500, 502, 503, 504)


class Missing(Exception):
    """The server has no such file."""


class _Cut(Exception):
    """A transfer that another attempt may finish."""


class _Elsewhere(_Cut):
    """The server does not go on from where the part ends."""


def read(url, limit):
    """The bytes of a small file.

    Args:
        url: String, `http` or `https`.
        limit: Int, the most bytes that are taken.

    Raises:
        Missing: if the server has no such file.
        ConnectionError: if it could not be had, after several attempts.
        ValueError: if the server refuses it, or sends more than `limit`.
    """

    def attempt():
        with _open(url, 0) as response:
            return b"".join(_chunks(url, response, 0, limit))

    return _persist(url, attempt)


def download(url, path, part, digest, limit):
    """Fetches a file, which appears at its place when it is whole and right.

    What an interrupted call has got stays in `part`, and the next one goes on
    from there if the server can.

    Args:
        url: String, `http` or `https`.
        path: Path of the file.
        part: Path beside it that no other process writes to.
        digest: String, its SHA-256.
        limit: Int, the most bytes that are taken.

    Raises:
        Missing, ConnectionError: as `read`.
        ValueError: as `read`, or if the file is not the one with `digest`.
    """
    resumed = part.is_file()
    if not (resumed and sha256(part) == digest):
        _persist(url, lambda: _append(url, path.name, part, limit))
        if resumed and sha256(part) != digest:
            # What was left from before may have been the wrong half.
            part.unlink()
            _persist(url, lambda: _append(url, path.name, part, limit))
    received = sha256(part)
    if received != digest:
        size = part.stat().st_size
        part.unlink()
        raise ValueError(
            f"{url} is not the file that was published: expected "
            f"sha256={digest}, received: sha256={received}, {size} bytes, "
            "which are thrown away"
        )
    os.replace(part, path)


def sha256(path):
    """Hexadecimal SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of(text):
    """Hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(text).hexdigest()


class Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but not out of HTTP nor from https to http."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        scheme = urllib.parse.urlsplit(newurl).scheme
        if scheme not in ("https", req.type):
            raise ValueError(
                f"{req.full_url}: expected a redirect that stays on "
                f"{req.type}, received: {newurl}"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _persist(url, attempt):
    for count in range(1, ATTEMPTS + 1):
        try:
            return attempt()
        except _Cut as error:
            reason = error
        if count < ATTEMPTS:
            pause = PAUSE * 2 ** (count - 1)
            text = f"{url}: {reason}; asked again in {pause:.0f} s"
            print(text, file=sys.stderr, flush=True)
            time.sleep(pause)
    raise ConnectionError(
        f"{url}: expected the whole file, received: {reason}, {ATTEMPTS} "
        f"times; the next call goes on from what has come so far. {HINT}"
    )


def _append(url, name, part, limit):
    start = part.stat().st_size if part.is_file() else 0
    try:
        response = _open(url, start)
    except _Elsewhere:
        part.unlink(missing_ok=True)
        raise
    with response:
        # A server without ranges sends the whole file, by another status.
        start = start if response.status == 206 else 0
        try:
            with open(part, "ab" if start else "wb") as file:
                _write(url, name, response, file, limit)
        except ValueError:  # it is too large
            part.unlink()
            raise


def _write(url, name, response, file, limit):
    total, shown = _total(response, file.tell()), time.monotonic()
    of = "" if total is None else f" of {total / 1e6:.1f}"
    for chunk in _chunks(url, response, file.tell(), limit):
        file.write(chunk)
        if time.monotonic() - shown > PATIENCE:
            shown = time.monotonic()
            text = f"{name}: {file.tell() / 1e6:.1f}{of} MB"
            print(text, file=sys.stderr, flush=True)


def _open(url, start):
    request = urllib.request.Request(url, headers={"User-Agent": "kerassnn"})
    if start:
        request.add_header("Range", f"bytes={start}-")
    opener = urllib.request.build_opener(Redirects)
    try:
        response = opener.open(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        said = f"HTTP {error.code} {error.reason}"
        if error.code == 416:
            raise _Elsewhere(said) from None
        if error.code in GONE:
            raise Missing(f"{url}: {said}") from None
        if error.code in PASSING:
            raise _Cut(said) from None
        raise ValueError(
            f"{url}: expected the file, received: {said}"
        ) from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, (TimeoutError, ConnectionResetError)):
            raise _Cut(error.reason) from None
        raise ConnectionError(
            f"{url}: expected a server that answers, received: "
            f"{error.reason}. {HINT}"
        ) from None
    except (OSError, http.client.HTTPException) as error:
        raise _Cut(f"{type(error).__name__}: {error}") from None
    given = response.headers.get("Content-Range", f"bytes {start}-")
    if response.status == 206 and not given.startswith(f"bytes {start}-"):
        response.close()
        raise _Elsewhere(f"Content-Range {given!r}")
    return response


def _chunks(url, response, start, limit):
    """What a response brings, in pieces; raises `_Cut` if it ends early."""
    done, total = start, _total(response, start)
    while total is None or done < total:
        if max(done, total or 0) > limit:
            raise ValueError(
                f"{url}: expected at most {limit} bytes, received: "
                f"{total or 'more'}"
            )
        try:
            chunk = response.read1(CHUNK)
        except (OSError, http.client.HTTPException) as error:
            raise _Cut(f"{type(error).__name__}: {error}") from None
        if not chunk:
            break
        done += len(chunk)
        yield chunk
    if total is not None and done < total:
        raise _Cut(f"{done} of {total} bytes")


def _total(response, start):
    return None if response.length is None else start + response.length
