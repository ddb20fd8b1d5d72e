"""Images that must not change unseen: compared with a tolerance, written anew with COP_GOLDEN=write."""

import os
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

FOLDER = Path(__file__).parents[1] / "golden"
SEEN = Path(__file__).parents[2] / "build" / "golden"

#: another version of Qt or FreeType moves the edges of letters; a changed colour or a missing part is far more
_MEAN_DIFFERENCE = 1.5
_DIFFERENT_PIXELS = 0.02
_DIFFERENT_BY = 40


def assert_golden(image: QImage, name: str) -> None:
    """Compare with `tests/golden/<name>.png`; what was seen instead is left in build/golden."""
    wanted_path = FOLDER / f"{name}.png"
    if os.environ.get("COP_GOLDEN") == "write":
        assert image.save(str(wanted_path))
        return
    if not wanted_path.exists():
        pytest.fail(f"no golden image {wanted_path.name}: write it with COP_GOLDEN=write and look at it")
    problem = difference(_pixels(image), _pixels(QImage(str(wanted_path))))
    if problem:
        SEEN.mkdir(parents=True, exist_ok=True)
        image.save(str(SEEN / f"{name}.png"))
        pytest.fail(f"{name}: {problem}; see build/golden/{name}.png")


def difference(seen: np.ndarray, wanted: np.ndarray) -> str:
    """What is wrong with an image of shape (height, width, 3), empty if nothing is."""
    if seen.shape != wanted.shape:
        return f"is {seen.shape[1]} × {seen.shape[0]}, not {wanted.shape[1]} × {wanted.shape[0]}"
    apart = np.abs(seen.astype(int) - wanted.astype(int)).max(axis=2)
    different = float((apart > _DIFFERENT_BY).mean())
    if apart.mean() > _MEAN_DIFFERENCE or different > _DIFFERENT_PIXELS:
        return f"differs by {apart.mean():.2f} on average, {100 * different:.2f} % of the pixels plainly"
    return ""


def _pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    # a copy: the bytes belong to an image that is gone when this returns
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
