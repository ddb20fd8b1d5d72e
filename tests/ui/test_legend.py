"""The legend: every word of the tables stands in it, drawn as on the map."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from cop.domain.agency import Agency
from cop.domain.batch import Batch
from cop.domain.rules.alarm import SEVERITIES
from cop.domain.words import AVAILABILITIES, DISCIPLINES, INCIDENT_TYPES, UNIT_KINDS, UNIT_STATUSES, ZONE_KINDS, label
from cop.map.glyphs import RESOURCE_KINDS
from cop.map.legend import Legend
from cop.map.palette import Palette, colour, load_palette
from cop.map.symbols import incident_symbol, unit_symbol
from cop.picture.change import Change
from cop.picture.picture import Picture
from cop.ui.desk import Desk
from cop.ui.labels import Label
from cop.ui.legend_dock import LegendDock
from cop.ui.theme import qt_palette, stylesheet, ui_font
from tests import reports as r
from tests.map.golden import assert_golden
from tests.ui.conftest import MakeDesk

ShowLegend = Callable[..., LegendDock]


@pytest.fixture
def dark() -> Palette:
    return load_palette("dark")


@pytest.fixture
def show_legend(make_desk: MakeDesk, qtbot: QtBot) -> Callable[..., LegendDock]:
    """The dock in a window, in a theme; made, though nobody looked."""

    windows: list[QMainWindow] = []

    def show(palette: Palette, desk: Desk | None = None) -> LegendDock:
        window = QMainWindow()
        windows.append(window)
        window.setPalette(qt_palette(palette))
        window.setStyleSheet(stylesheet(palette))
        qtbot.addWidget(window)
        dock = LegendDock(desk or make_desk(), palette)
        assert dock.area.widget() is None, "nothing is made before anybody looks"
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        window.resize(400, 900)
        with qtbot.waitExposed(window):
            window.show()
        dock.setFont(ui_font())
        return dock

    return show


def said(dock: LegendDock) -> list[str]:
    return [one.text() for one in dock.area.widget().findChildren(Label)]


def test_that_every_word_of_the_tables_stands_in_the_legend(qapp: object, dark: Palette) -> None:
    sections = {one.title: {entry.word for entry in one.entries} for one in Legend(Picture(), dark, 1.0).sections()}
    assert sections["Status of a unit"] == set(UNIT_STATUSES)
    assert sections["Units"] == set(UNIT_KINDS)
    assert sections["Incidents"] == set(INCIDENT_TYPES)
    assert sections["Who leads the selected incident"] == {"leads", "unified", "also", "shared", "open"}
    assert sections["Priority of an incident"] >= {"P1", "P2", "P3", "P4", "P5"}
    assert sections["Facilities and resources"] >= set(RESOURCE_KINDS) | set(AVAILABILITIES)
    assert sections["Alerts"] >= set(SEVERITIES)
    assert sections["Zones and lines"] >= set(ZONE_KINDS) | {f"area {severity}" for severity in SEVERITIES}
    assert sections["How far to trust it"] >= {"stale", "doubtful", "exercise", "heading"}
    assert sections["What it is"] >= {"unit", "incident", "resource", "alert", "cluster"}
    assert sections["Units of no known kind"] | set(UNIT_KINDS) >= set(DISCIPLINES)


@pytest.mark.parametrize("dpr", [1.0, 1.5, 2.0])
def test_that_every_sample_shows_something_and_fits(qapp: object, dark: Palette, dpr: float) -> None:
    for section in Legend(Picture(), dark, dpr).sections():
        for entry in section.entries:
            image = entry.draw().convertToFormat(QImage.Format.Format_ARGB32)
            assert image.width() <= 52 * dpr
            opaque = sum(image.pixelColor(x, x).alpha() > 0 for x in range(min(image.width(), image.height())))
            assert opaque > 2, entry.text


def test_that_samples_are_what_the_map_draws(qapp: object, dark: Palette) -> None:
    sections = {
        one.title: {entry.word: entry for entry in one.entries} for one in Legend(Picture(), dark, 1.0).sections()
    }
    busy = sections["Status of a unit"]["busy"].draw()
    assert busy == unit_symbol(colour(dark.label), "patrol", "busy", stale=False, palette=dark, dpr=1.0)
    flood = incident_symbol("flood", 3, selected=False, palette=dark, dpr=1.0)
    assert sections["Incidents"]["flood"].draw() == flood


def test_that_the_dock_says_every_kind_status_and_type(show_legend: ShowLegend, dark: Palette) -> None:
    words = set(said(show_legend(dark)))
    for table in (UNIT_KINDS, UNIT_STATUSES, INCIDENT_TYPES, AVAILABILITIES, RESOURCE_KINDS):
        assert {label(table, word) for word in table} <= words


def test_that_agencies_are_named_as_plain_text_and_come_and_go(
    show_legend: ShowLegend, make_desk: MakeDesk, dark: Palette
) -> None:
    desk = make_desk()
    dock = show_legend(dark, desk)
    hostile = "<img src=x onerror=alert(1)><b>Sheriff</b>"
    change = desk.picture.apply(
        Batch(reports=[r.report("sheriff", Agency(id="profile", at=r.NOON, name=hostile, disciplines=("law",)))])
    )
    before = dock.area.widget()
    dock.apply(change)
    assert dock.area.widget() is before  # of many agencies that come at once each would hold up the screen
    dock.tick()
    assert any("<img src=x" in text for text in said(dock))
    assert all(one.textFormat() == Qt.TextFormat.PlainText for one in dock.area.widget().findChildren(Label))
    shown = dock.area.widget()
    dock.apply(Change())
    dock.tick()
    assert dock.area.widget() is shown


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_the_legend_looks_as_agreed(show_legend: ShowLegend, qtbot: QtBot, theme: str) -> None:
    dock = show_legend(load_palette(theme))  # type: ignore[arg-type]
    page = dock.area.widget()
    dock.window().resize(400, page.sizeHint().height() + 80)
    qtbot.waitUntil(lambda: dock.area.verticalScrollBar().maximum() == 0)
    assert_golden(dock.grab().toImage(), f"legend-{theme}")
