"""A page in a real browser, and everything that it did which it should not have done."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:  # where Playwright is not, these tests are skipped, not broken
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request, Route

#: what a page may load beside itself: what it carries in itself
CARRIED = frozenset({"data", "blob", "about"})
#: what a hostile text sets where it comes to run
SENTINEL = "__pwned"
#: what reaches the network without being a request that a browser's own tools show
_PEERS = """
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) {
  if (name in window) {
    window[name] = function () { console.error("the page made a " + name); throw new Error(name); };
  }
}
"""


class Opens(Protocol):
    """Opens a page: `open(path)`; width and height in pixels, `touch` as on a telephone."""

    def __call__(self, path: Path, *, width: int = 1280, height: int = 800, touch: bool = False) -> Watched:
        """Open it and wait until all of it is there."""


class Witness:
    """Stands where the network would begin, and says who came: also what no page has asked for."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.came: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Nobody can come any more."""
        self._listening.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # closed: the session is over
            while True:
                visitor, _ = self._listening.accept()
                with visitor, contextlib.suppress(OSError):
                    visitor.settimeout(1)
                    first = ""  # who only comes and says nothing has come as well
                    with contextlib.suppress(TimeoutError):
                        first = visitor.recv(4096).decode("latin-1").split("\r\n", 1)[0]
                    self.came.append(first or "a connection")


class Watched:
    """One page, opened from its file with no network; `wrongs` says in words all that it should not have done."""

    def __init__(self, context: BrowserContext, path: Path, witness: Witness) -> None:
        self.url = path.resolve().as_uri()
        self.requests: list[str] = []
        self.console: list[str] = []
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        self.others: list[str] = []
        self._witness = witness
        self._came = len(witness.came)
        self._context = context
        context.add_init_script(_PEERS)
        context.on("request", self._asked)
        context.route("**/*", self._let_through)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.page: Page = context.new_page()
        self.page.on("dialog", self._dialog)
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        context.on("page", lambda page: self.others.append(page.url))
        self.page.on("download", lambda one: self.others.append(f"download {one.url}"))
        self.page.goto(self.url, wait_until="load")

    def leavings(self) -> list[str]:
        """What was asked for beyond the file itself and what it carries."""
        asked = [url for url in self.requests if not self._is_its_own(url)]
        return asked + self.at_the_door()

    def at_the_door(self) -> list[str]:
        """What came as far as the network, whatever stopped it there."""
        return self._witness.came[self._came :]

    def wrongs(self) -> list[str]:
        """All that a page that leaves may never do; empty is what every test wants."""
        hints: list[str] = self.page.evaluate(_HINTS)
        ran = [frame.url for frame in self.page.frames if frame.evaluate(f"window.{SENTINEL} !== undefined")]
        found: Mapping[str, list[str]] = {
            "asked for": self.leavings(),
            "said on the console": self.console,
            "failed with": self.errors,
            "put up a dialog": self.dialogs,
            "opened": self.others,
            "ran a hostile text in": ran,
            "went to": [self.page.url] if self.page.url.split("#")[0] != self.url else [],
            "hinted at": hints,
            "framed": [frame.url for frame in self.page.frames[1:]],
        }
        return [f"{what} {one}" for what, those in found.items() for one in those]

    def elements(self) -> dict[str, int]:
        """How many elements of each kind stand in the page, and links by their scheme: text must never add one."""
        counted: dict[str, int] = self.page.evaluate(_COUNT)
        return counted

    def text(self) -> str:
        """All text in the page, shown or not, as a person would read it."""
        said: str = self.page.evaluate("document.documentElement.textContent")
        return said

    def _is_its_own(self, url: str) -> bool:
        return urlsplit(url).scheme in CARRIED or url.split("#", maxsplit=1)[0] == self.url

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)

    def _let_through(self, route: Route) -> None:
        if self._is_its_own(route.request.url):
            route.continue_()
        else:
            route.abort()

    def _said(self, message: ConsoleMessage) -> None:
        self.console.append(f"{message.type}: {message.text}")

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()


#: what makes a browser reach out, or go elsewhere, on its own: it obeys or not, as it likes, so that none is seen going
_HINTS = """() => [...document.querySelectorAll("link, script[type=speculationrules], meta[http-equiv=refresh], base")]
  .filter((one) => !(one.getAttribute("href") || "").startsWith("data:")).map((one) => one.outerHTML)"""
_COUNT = """() => {
  const counted = {};
  const add = (word) => { counted[word] = (counted[word] || 0) + 1; };
  const RUNS = ["href", "src", "action", "formaction", "data", "srcdoc", "xlink:href"];
  for (const one of document.querySelectorAll("*")) {
    add(one.tagName.toLowerCase());
    for (const attribute of one.attributes) {
      if (attribute.name.startsWith("on")) add(one.tagName.toLowerCase() + " " + attribute.name);
      if (attribute.name === "style" && /url|expression|import/i.test(attribute.value)) add("style with an address");
      if (RUNS.includes(attribute.name)) {
        const scheme = attribute.value.trim().match(/^[a-z][a-z0-9+.-]*:/i);
        add(one.tagName.toLowerCase() + " " + attribute.name + " " + (scheme ? scheme[0].toLowerCase() : ""));
      }
    }
  }
  return counted;
}"""


@contextlib.contextmanager
def watched(browser: Browser, witness: Witness, path: Path, **looks: Any) -> Iterator[Watched]:
    """Open a page where only what it carries can be loaded, and close it again."""
    # the loopback is no exception: a page may not ask this computer either
    proxy: Any = {"server": witness.url, "bypass": "<-loopback>"}
    context = browser.new_context(proxy=proxy, accept_downloads=True, locale="en-GB", timezone_id="UTC", **looks)
    context.set_default_timeout(30_000)  # a machine that does much else
    try:
        yield Watched(context, path, witness)
    finally:
        context.close()
