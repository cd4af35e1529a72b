"""Headless Chromium by the WebDriver protocol, which is JSON over HTTP."""

import base64
import contextlib
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

DRIVER = shutil.which("chromedriver")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SWITCHES = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-dev-shm-usage",
]
# Whatever asks a server gets nothing, and the log shows that it asked.
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


class Browser:
    """One window of Chromium; see `browsing`."""

    def __init__(self, port):
        self._address = f"http://127.0.0.1:{port}"
        self._wait()
        options = {"args": [*SWITCHES, NOWHERE], "binary": CHROMIUM}
        capabilities = {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"},
        }
        started = self._post(
            "/session", capabilities={"alwaysMatch": capabilities}
        )
        self._address += f"/session/{started['sessionId']}"

    def open(self, path):
        self._post("/url", url=path.resolve().as_uri())

    def run(self, script, *arguments):
        """What JavaScript returns; `arguments` as in a function."""
        return self._post("/execute/sync", script=script, args=[*arguments])

    def resize(self, width, height):
        self._post(
            "/goog/cdp/execute",
            cmd="Emulation.setDeviceMetricsOverride",
            params={
                "width": width,
                "height": height,
                "deviceScaleFactor": 1,
                "mobile": False,
            },
        )

    def picture(self, path):
        """Writes the whole page as a PNG."""
        found = self._post(
            "/goog/cdp/execute",
            cmd="Page.captureScreenshot",
            params={"captureBeyondViewport": True},
        )
        path.write_bytes(base64.b64decode(found["data"]))

    def requests(self):
        """Addresses that were asked for since the last call."""
        events = [
            json.loads(entry["message"])["message"]
            for entry in self._post("/se/log", type="performance")
        ]
        return [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]

    def complaints(self):
        """What stands in the console: errors, what the policy refused."""
        return [e["message"] for e in self._post("/se/log", type="browser")]

    def close(self):
        request = urllib.request.Request(self._address, method="DELETE")
        urllib.request.urlopen(request, timeout=60).close()

    def _post(self, path, **content):
        request = urllib.request.Request(
            self._address + path,
            json.dumps(content).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode()[:500]) from None

    def _wait(self):
        for _ in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self._address}/status").close()
                return
            time.sleep(0.1)
        raise RuntimeError("chromedriver does not answer")


@contextlib.contextmanager
def browsing():
    """Yields a `Browser`, and ends what it started."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    driver = subprocess.Popen(
        [DRIVER, f"--port={port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        browser = Browser(port)
        try:
            yield browser
        finally:
            browser.close()
    finally:
        driver.terminate()
        driver.wait(30)
