"""The picture of `docs/briefing.md`: a briefing map of the busy day in Chromium. `make screenshots` names the file."""

import functools
import os
import shutil
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from playwright.sync_api import sync_playwright
from PySide6.QtGui import QFont, QGuiApplication

from cop.map.icons import png_of
from tests.briefing.browser.pages import busy_picture, occasion, write_page
from tests.map import scenes


def main() -> None:
    """Take it."""
    app = QGuiApplication(sys.argv[:1])
    app.setFont(QFont("DejaVu Sans", 9))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        dark = functools.partial(png_of, theme="dark")
        page = write_page(
            Path(folder) / "map.html", busy_picture(), occasion(), ground=scenes.ground(), draw=png_of, draw_dark=dark
        )
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), chromium_sandbox=os.geteuid() != 0, args=["--disable-gpu"]
        )
        view = browser.new_page(viewport={"width": 1200, "height": 760})
        view.goto(page.as_uri())
        view.wait_for_selector("[data-ready=yes]")
        view.locator("#search").fill("hazmat rail")
        view.keyboard.press("Enter")
        view.locator(".leaflet-popup-close-button").click()
        for _ in range(3):
            view.locator(".leaflet-control-zoom-out").click()
            view.wait_for_timeout(400)
        view.locator(".thing.chosen").click()
        view.locator("#search").fill("")
        view.wait_for_timeout(400)
        view.screenshot(path=sys.argv[1])
        browser.close()


if __name__ == "__main__":
    main()
