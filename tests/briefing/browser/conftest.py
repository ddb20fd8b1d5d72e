"""One headless Chromium for all tests here; a page that did anything it should not fails the test that opened it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.briefing.browser.watching import Opens, Watched, Witness, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: set where there has to be a browser: a test without one fails there, and is skipped elsewhere
MUST = "COP_BROWSER_MUST_BE_HERE"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--disable-gpu",
    "--disable-component-update",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


def _program() -> str:
    found = next((path for name in _NAMES if (path := shutil.which(name))), "")
    if not found:
        words = "no Chromium on this machine: sudo apt-get install --no-install-recommends chromium"
        if os.environ.get(MUST):
            pytest.fail(words)
        pytest.skip(words)
    return found


# of this package, not of the session: while Playwright is there, no other test could run a loop of asyncio
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    program = _program()
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed here: it is for Linux")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, chromium_sandbox=os.geteuid() != 0, args=list(_ARGUMENTS)
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def witness() -> Iterator[Witness]:
    """Who came to the network's door."""
    standing = Witness()
    yield standing
    standing.close()


@pytest.fixture
def unwatched(chromium: Browser, witness: Witness) -> Iterator[Opens]:
    """Opens pages and lets the test judge what they did."""
    with contextlib.ExitStack() as opened:

        def open_page(path: Path, *, width: int = 1280, height: int = 800, touch: bool = False) -> Watched:
            return opened.enter_context(
                watched(chromium, witness, path, viewport={"width": width, "height": height}, has_touch=touch)
            )

        yield open_page


@pytest.fixture
def opened(unwatched: Opens) -> Iterator[Opens]:
    """Opens pages that have to be without fault: at the end of the test each is asked what it did."""
    every: list[Watched] = []

    def open_page(path: Path, *, width: int = 1280, height: int = 800, touch: bool = False) -> Watched:
        every.append(unwatched(path, width=width, height=height, touch=touch))
        return every[-1]

    yield open_page
    assert [one.wrongs() for one in every if one.wrongs()] == []
