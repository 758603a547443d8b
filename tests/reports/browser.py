"""Chromium without a window, spoken to through chromedriver's HTTP interface (W3C WebDriver): no library needed."""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ARGUMENTS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--lang=en",
)  # fmt: skip
KEYS = {"tab": "\ue004", "enter": "\ue007", "space": " ", "right": "\ue014", "left": "\ue012"}
START_S = 20.0
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
SEARCHES = ["number", "t-1", "zzz", "", "clause 3", "fail", ""]
TYPE = """
const done = arguments[0], q = document.getElementById('q'), texts = %s, took = [];
document.getElementById('matrix').scrollIntoView();
const next = () => {
  if (!texts.length) return done(took);
  q.value = texts.shift();
  const began = performance.now();
  q.dispatchEvent(new Event('input', {bubbles: true}));
  document.body.offsetHeight;
  took.push(performance.now() - began);
  requestAnimationFrame(() => setTimeout(next));
};
next();
"""


def missing() -> str:
    """What is not installed; "" when all is there."""
    return ", ".join(name for name in ("chromium", "chromedriver") if shutil.which(name) is None)


class Browser:
    """One session."""

    def __init__(self, base: str, profile: Path, arguments: Sequence[str] = ()) -> None:
        self._base = base
        options = {
            "binary": shutil.which("chromium"),
            "args": [*ARGUMENTS, f"--user-data-dir={profile}", "--window-size=1280,900", *arguments],
        }
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        started = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{started['sessionId']}"

    def open(self, url: str) -> None:
        self._post("/url", url=url)

    def run(self, script: str, *arguments: Any) -> Any:
        """The value that a script returns."""
        return self._post("/execute/sync", script=script, args=list(arguments))

    def run_async(self, script: str) -> Any:
        """The value that a script hands to its last argument."""
        return self._post("/execute/async", script=script, args=[])

    def keys(self, *names: str) -> None:
        """Press keys one after the other: names of `KEYS`, or text."""
        strokes = [KEYS.get(name, char) for name in names for char in ([name] if name in KEYS else name)]
        actions = [{"type": kind, "value": key} for key in strokes for kind in ("keyDown", "keyUp")]
        self._post("/actions", actions=[{"type": "key", "id": "keys", "actions": actions}])

    def click(self, selector: str) -> None:
        found = self._post("/element", using="css selector", value=selector)
        self._post(f"/element/{found[ELEMENT]}/click")

    def resize(self, width: int, height: int) -> None:
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    def command(self, name: str, **parameters: Any) -> Any:
        """A command of the DevTools protocol."""
        return self._post("/goog/cdp/execute", cmd=name, params=parameters)

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        taken = self.command("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(taken["data"]))

    def print(self, path: Path) -> None:
        page = {"width": 21.0, "height": 29.7}
        path.write_bytes(base64.b64decode(self._post("/print", page=page, background=True)))

    def log(self, kind: str) -> list[dict[str, Any]]:
        """What was logged since the last call: "browser" for the console, "performance" for events."""
        return list(self._post("/se/log", type=kind))

    def requests(self) -> list[str]:
        """The addresses asked for since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        return [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]

    def close(self) -> None:
        self._ask("DELETE", self._session)

    def _post(self, path: str, **body: Any) -> Any:
        return self._ask("POST", self._session + path, body)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"{method} {path}: {error.read().decode()[:600]}") from None


def opening_ms(page: Browser, url: str) -> float:
    """Open a page from nothing; how long it took until all of it was there."""
    page.open("about:blank")
    page.open(url)
    return float(page.run("return performance.getEntriesByType('navigation')[0].loadEventEnd"))


def filtering_ms(page: Browser) -> list[float]:
    """Search an open report for one text after the other; how long each took until the page was laid out again."""
    return list(page.run_async(TYPE % SEARCHES))


@contextmanager
def browser(folder: Path, *arguments: str) -> Iterator[Browser]:
    """A fresh browser that keeps its files in `folder`."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    output = (folder / "chromedriver.log").open("wb")
    driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=output, stderr=output, start_new_session=True)
    try:
        _wait_for(port, driver)
        session = Browser(f"http://127.0.0.1:{port}", folder / "profile", arguments)
        try:
            yield session
        finally:
            session.close()
    finally:
        os.killpg(driver.pid, signal.SIGKILL)  # the browser is in its group
        driver.wait(10)
        output.close()


def _wait_for(port: int, driver: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if driver.poll() is not None or time.monotonic() > end:
                raise AssertionError("chromedriver did not start") from None
            time.sleep(0.05)
