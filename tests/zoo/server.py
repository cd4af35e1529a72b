"""A real HTTP server on this machine, which fails where it is told to."""

import collections
import contextlib
import http.server
import ssl
import threading


class Server(http.server.ThreadingHTTPServer):
    """Serves the files of a folder, ranges included.

    Attributes:
        asked: List of (path, Range header or `None`), one a request.
        faults: Dict of path -> iterator of functions (handler, content,
            start), each of which answers one request in place of the folder.
    """

    def __init__(self, folder, certificate=None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.asked = []
        self.faults = collections.defaultdict(lambda: iter(()))
        scheme = "http"
        if certificate is not None:
            scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = f"{scheme}://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        pass  # the client went away, as it may


@contextlib.contextmanager
def serving(folder, certificate=None):
    """A `Server` that runs, in threads of this process.

    With a certificate, the path of a PEM file that holds its key, too, it
    speaks https.
    """
    server = Server(folder, certificate)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def cut(count):
    """Declares all of the file, and sends `count` bytes."""

    def fault(handler, content, start):
        handler.begin(len(content), start)
        handler.wfile.write(content[start : start + count])

    return fault


def stall(count, until):
    """Sends `count` bytes and no more, until the event is set."""

    def fault(handler, content, start):
        cut(count)(handler, content, start)
        handler.wfile.flush()
        until.wait(10)

    return fault


def after(event):
    """Waits for the event, then serves the file."""

    def fault(handler, content, start):
        event.wait(10)
        handler.serve(content, start)

    return fault


def status(code, **headers):
    """Answers with a status, and no content."""

    def fault(handler, content, start):
        handler.send_response(code)
        for key, value in headers.items():
            handler.send_header(key.replace("_", "-"), value)
        handler.end_headers()

    return fault


def instead(other, **headers):
    """Sends other bytes, whole, whatever range was asked for."""

    def fault(handler, content, start):
        status(200, **headers)(handler, content, start)
        handler.wfile.write(other)

    return fault


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path, given = self.path, self.headers.get("Range")
        self.server.asked.append((path, given))
        file = self.server.folder / path.lstrip("/")
        content = file.read_bytes() if file.is_file() else None
        start = int(given.removeprefix("bytes=")[:-1]) if given else 0
        fault = next(self.server.faults[path], None)
        if fault is not None:
            fault(self, content, start)
        elif content is None:
            self.send_error(404)
        else:
            self.serve(content, start)

    def serve(self, content, start):
        if start and start >= len(content):
            self.send_error(416)
            return
        self.begin(len(content), start)
        self.wfile.write(content[start:])

    def begin(self, size, start):
        self.send_response(206 if start else 200)
        if start:
            span = f"bytes {start}-{size - 1}/{size}"
            self.send_header("Content-Range", span)
        self.send_header("Content-Length", size - start)
        self.end_headers()

    def log_message(self, *args):
        pass
