"""A small server of the Hub's protocol: one repository of a local folder."""

import contextlib
import hashlib
import http.server
import json
import threading
import urllib.parse
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(http.server.ThreadingHTTPServer):
    """Serves `folder` as a repository's `main`.

    Args:
        folder: Path.
        repository: String, `owner/repo`.

    `requests` lists pairs of method and path; `cut` and `changed` map a
    file's path to the bytes after which the connection ends, once, and to
    what is sent in its place.
    """

    daemon_threads = True

    def __init__(self, folder, repository):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.repository = Path(folder), repository
        self.requests, self.cut, self.changed = [], {}, {}

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.answer(body=False)

    def do_GET(self):
        self.answer(body=True)

    def log_message(self, *args):
        pass

    def answer(self, body):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        self.server.requests.append((self.command, path))
        repository = self.server.repository
        api = f"/api/models/{repository}"
        resolve = f"/{repository}/resolve/"
        if path == api or path.startswith(f"{api}/revision/"):
            self.check_revision(path.removeprefix(f"{api}/revision/"), api)
        elif path.startswith(resolve):
            revision, _, file = path.removeprefix(resolve).partition("/")
            self.send_file(revision, file, body)
        else:
            self.fail(404, "RepoNotFound")

    def check_revision(self, revision, api):
        if revision not in (api, "main", COMMIT):
            return self.fail(404, "RevisionNotFound")
        folder = self.server.folder
        files = [p for p in sorted(folder.rglob("*")) if p.is_file()]
        names = [p.relative_to(folder).as_posix() for p in files]
        self.send(
            json.dumps(
                {
                    "id": self.server.repository,
                    "sha": COMMIT,
                    "siblings": [{"rfilename": name} for name in names],
                }
            ).encode()
        )

    def send_file(self, revision, file, body):
        path = self.server.folder / file
        if revision not in ("main", COMMIT):
            return self.fail(404, "RevisionNotFound")
        if not path.is_file():
            return self.fail(404, "EntryNotFound")
        content = self.server.changed.get(file, path.read_bytes())
        etag = hashlib.sha256(path.read_bytes()).hexdigest()
        start, headers = 0, {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT}
        if "Range" in self.headers:
            first, _, _ = (
                self.headers["Range"].removeprefix("bytes=").partition("-")
            )
            start, size = int(first), len(content)
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        stop = self.server.cut.pop(file, None) if body else None
        self.send(content[start:], headers, body, start > 0, stop)

    def send(self, content, headers=(), body=True, partial=False, stop=None):
        self.send_response(206 if partial else 200)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content[:stop])
        if stop is not None:
            self.close_connection = True

    def fail(self, code, reason):
        self.send_response(code)
        self.send_header("X-Error-Code", reason)
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextlib.contextmanager
def serve(folder, repository="owner/nets"):
    """A running `Hub`."""
    hub = Hub(folder, repository)
    thread = threading.Thread(target=hub.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()
        thread.join()
