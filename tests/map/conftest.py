"""Maps to look at and to click on: a window of fixed size, fixed font, fixed time."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cop.map.palette import Palette, load_palette
from cop.map.view import MapView
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from tests.map import scenes

ShowMap = Callable[..., MapView]


@pytest.fixture(autouse=True)
def same_font(qapp: QApplication) -> None:
    """The font that every machine of ours has."""
    qapp.setFont(QFont("DejaVu Sans", 9))


@pytest.fixture(scope="session")
def whole_ground() -> Ground:
    """Every jurisdiction of the region."""
    return scenes.ground()


@pytest.fixture
def palette() -> Palette:
    """The dark theme."""
    return load_palette("dark")


@pytest.fixture
def picture() -> Picture:
    """An empty picture."""
    return Picture()


@pytest.fixture
def show_map(qtbot: QtBot, picture: Picture, palette: Palette) -> ShowMap:
    """Shows a map of an empty region (or another) around Charlotte, 800 × 600 pixels, 40 km across."""

    def show(*, region: Path = Path("nowhere"), ground: Ground | None = None, **options: object) -> MapView:
        options.setdefault("now", lambda: scenes.NOON)
        view = MapView(picture, ground or Ground([]), region, palette, **options)  # type: ignore[arg-type]
        view.resize(800, 600)
        qtbot.addWidget(view)
        with qtbot.waitExposed(view):
            view.show()
        view.setFocus()
        view.show_place(35.24, -80.9, 40_000.0)
        return view

    return show
