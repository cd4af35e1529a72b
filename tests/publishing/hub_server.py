"""The part of the Hub's protocol that an upload needs, on this machine."""

import base64
import contextlib
import hashlib
import http.server
import json
import threading

OID = "0" * 39 + "1"


class Handler(http.server.BaseHTTPRequestHandler):
    """Keeps files in `server.files`, `{repository: {path: bytes}}`.

    With `server.large`, weights go by LFS: by one request each, or by several
    of `server.part` bytes.
    """

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, value, code=200, **headers):
        body = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self):
        owner, name, _, revision, path = self.path[1:].split("/", 4)
        found = self.server.files.get(f"{owner}/{name}", {}).get(path)
        if found is None:
            self.answer({}, 404, X_Error_Code="EntryNotFound")
        else:
            self.answer({}, ETag='"1"', X_Repo_Commit=OID)

    def body(self):
        if "Content-Length" in self.headers:
            return self.rfile.read(int(self.headers["Content-Length"]))
        found = b""
        while size := int(self.rfile.readline(), 16):  # chunked
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def do_PUT(self):
        _, _, oid, part = self.path.split("/")
        self.server.parts.setdefault(oid, {})[int(part)] = self.body()
        self.answer({}, ETag=f'"{part}"')

    def do_POST(self):
        body = self.body()
        if self.path == "/lfs/complete":  # asked without a token
            asked = json.loads(body)
            found = [part["partNumber"] for part in asked["parts"]]
            whole = found == sorted(self.server.parts[asked["oid"]])
            return self.answer({}, 200 if whole else 422)
        self.server.tokens.add(self.headers.get("Authorization"))
        if self.server.refuses:
            return self.answer({"error": "not you"}, 403)
        if self.path == "/api/repos/create":
            asked = json.loads(body)
            name = f"{asked['organization']}/{asked['name']}"
            self.server.files.setdefault(name, {})
            return self.answer({"url": f"{self.server.url}/{name}"})
        if self.path == "/api/validate-yaml":  # of a README.md
            return self.answer({"errors": [], "warnings": []})
        if self.path.endswith(".git/info/lfs/objects/batch"):
            return self.do_batch(json.loads(body)["objects"])
        if self.path == "/lfs/verify":
            return self.do_verify(**json.loads(body))
        _, _, owner, name, what, _ = self.path[1:].split("/")
        return getattr(self, f"do_{what}")(f"{owner}/{name}", body)

    def do_preupload(self, repository, body):
        found = []
        for file in json.loads(body)["files"]:
            large = file["path"].endswith(".safetensors") and self.server.large
            mode = "lfs" if large else "regular"
            rest = {"uploadMode": mode, "shouldIgnore": False}
            found.append({"path": file["path"], **rest})
        self.answer({"files": found})

    def do_batch(self, objects):
        self.answer({"objects": [self.asked(**each) for each in objects]})

    def asked(self, oid, size):
        found = {"oid": oid, "size": size}
        if size > self.server.limit:
            error = {"code": 413, "message": "too large for this place"}
            return {**found, "error": error}
        if oid in self.server.objects:
            return found
        upload = {"href": f"{self.server.url}/lfs/{oid}/1"}
        if self.server.part:
            parts = range(1, 1 + -(-size // self.server.part))
            links = {str(n): f"{self.server.url}/lfs/{oid}/{n}" for n in parts}
            header = {"chunk_size": str(self.server.part), **links}
            href = f"{self.server.url}/lfs/complete"
            upload = {"href": href, "header": header}
        verify = {"href": f"{self.server.url}/lfs/verify"}
        return {**found, "actions": {"upload": upload, "verify": verify}}

    def do_verify(self, oid, size):
        content = b"".join(p for _, p in sorted(self.server.parts[oid].items()))
        good = hashlib.sha256(content).hexdigest() == oid
        if good and len(content) == size:
            self.server.objects[oid] = content
            return self.answer({})
        return self.answer({"error": "other bytes"}, 422)

    def do_commit(self, repository, body):
        lines = [json.loads(line) for line in body.splitlines()]
        for line in lines:
            if line["key"] == "file":
                content = base64.b64decode(line["value"]["content"])
                path = line["value"]["path"]
                self.server.files[repository][path] = content
            if line["key"] == "lfsFile":
                content = self.server.objects[line["value"]["oid"]]
                self.server.files[repository][line["value"]["path"]] = content
        self.server.commits.append(lines[0]["value"]["summary"])
        url = f"{self.server.url}/{repository}/commit/{OID}"
        self.answer({"commitUrl": url, "commitOid": OID})


@contextlib.contextmanager
def serving():
    """Yields a server; its address is `url`."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{server.server_port}"
    server.files, server.commits, server.tokens = {}, [], set()
    server.refuses, server.large = False, False
    server.part, server.limit = None, 1 << 40
    server.objects, server.parts = {}, {}
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
