"""The picture of `docs/after-action.md`: the review of Steel Rail in Chromium. `make screenshots` names the file."""

import os
import shutil
import sys
import tempfile
from datetime import UTC
from pathlib import Path

from playwright.sync_api import sync_playwright

from cop.briefing.occasion import Occasion
from cop.briefing.review_leaving import Told
from cop.briefing.review_page import as_page
from tests.exercise.test_after_action_by_hand import _OPERATOR, reviewed


def main() -> None:
    """Take it."""
    figures = reviewed("steel-rail")
    occasion = Occasion(
        operation=figures.operation, at=figures.ends, made_at=figures.ends, operator=_OPERATOR, exercise=figures.title
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "review.html"
        page.write_bytes(as_page(Told(review=figures, reader=_OPERATOR.agency, whole=True), occasion, zone=UTC))
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), chromium_sandbox=os.geteuid() != 0, args=["--disable-gpu"]
        )
        view = browser.new_page(viewport={"width": 1180, "height": 1340})
        view.goto(page.as_uri())
        view.screenshot(path=sys.argv[1])
        browser.close()


if __name__ == "__main__":
    main()
