"""What the whole window looks like at one fixed moment, in both themes."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

import msgspec
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cop.domain.batch import Batch, BrokerState, FeedHealth
from cop.domain.desk import Operator
from cop.domain.incident import Incident, Link
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.domain.resource import Resource
from cop.domain.task import Answer, Task
from cop.map.palette import load_palette
from cop.map.view import MapView
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from cop.ui import theme
from cop.ui.desk import Desk
from cop.ui.labels import Label
from cop.ui.main_window import MainWindow
from tests.map.golden import assert_golden
from tests.map.scenes import AGENCIES, NOON, REGION, busy_day, report
from tests.reports import NOON as OTHER_NOON
from tests.ui.test_feed_dock import DENIED, FLOOD, SHARED, SILENT_SEA

RAIL = ("charlotte-fire", "i1")


@pytest.fixture(autouse=True)
def same_font_and_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The font that every machine of ours has, and the clock of Charlotte."""
    monkeypatch.setattr(theme, "_FAMILIES", ("DejaVu Sans",))
    theme._family.cache_clear()
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
    theme._family.cache_clear()


@pytest.mark.parametrize("name", ["dark", "light"])
def test_that_the_window_looks_as_agreed(
    qtbot: QtBot, ground: Ground, settings: QSettings, name: Literal["dark", "light"]
) -> None:
    window = window_at_work(qtbot, ground, settings, name, (1600, 900))
    window.select("incident", *RAIL)
    window.map_view.show_place(35.24, -80.90, 62_000.0)
    log = window.selection_panel.incident_page
    qtbot.waitUntil(
        lambda: any("Hot zone 1 km set" in one.text() and one.isVisible() for one in log.findChildren(Label))
    )
    QApplication.processEvents()  # cards take the height of their lines
    assert_golden(window.grab().toImage(), f"window-{name}")


@pytest.mark.parametrize("name", ["dark", "light"])
def test_that_an_incident_of_two_sources_looks_as_agreed(
    qtbot: QtBot, ground: Ground, settings: QSettings, name: Literal["dark", "light"]
) -> None:
    window = window_at_work(qtbot, ground, settings, name, (1366, 768))
    smell = Incident(
        id="m-1",
        at=NOON,
        type="hazmat",
        priority=3,
        title="Chemical smell, callers",
        summary="Smoke and a sharp smell along Old Dowd Road.",
        lat=35.25,
        lon=-80.90,
        opened_at=NOON - timedelta(minutes=3),
    )
    link = Link(id="l", at=NOON, first="meck-911/m-1", second="/".join(RAIL))
    window.desk.take_in(Batch(reports=[report("meck-911", smell), report("meck-911", link)]))
    window.select("incident", *RAIL)
    window.map_view.show_place(35.245, -80.93, 20_000.0)
    qtbot.waitUntil(lambda: laid_out(window))
    assert_golden(window.grab().toImage(), f"merged-{name}")


def laid_out(window: MainWindow) -> bool:
    """Whether every line has its room and the next look is the same as this one."""
    labels = [one for one in window.findChildren(Label) if one.isVisible() and one.wordWrap()]
    first = window.grab().toImage()
    QApplication.processEvents()
    return all(one.height() >= one.heightForWidth(one.width()) for one in labels) and window.grab().toImage() == first


def window_at_work(
    qtbot: QtBot, ground: Ground, settings: QSettings, name: Literal["dark", "light"], size: tuple[int, int]
) -> MainWindow:
    """The commander's window on a busy day."""
    picture = Picture()
    busy_day(picture, units=90)
    desk = Desk(
        Operator(agency="charlotte-fire", role="commander", name="A. Rivera"),
        picture,
        ground,
        lambda command: None,
        exercise="Steel Rail",
        now=lambda: NOON,
    )
    desk.take_in(a_day_at_work())
    palette = load_palette(name)
    map_view = MapView(picture, ground, REGION, palette, now=desk.now)
    window = MainWindow(desk, map_view, palette, settings, operation="Operation Steel Rail", period="OP 2")
    window.resize(*size)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window


def a_day_at_work() -> Batch:
    """Tasks in every column, a request to us, resources, a log, feeds of which one is silent and one has failed."""

    def at(minutes: float) -> dict[str, object]:
        return {"at": NOON - timedelta(minutes=minutes)}

    told: list[Report] = []
    asked = (
        ("decon", "Decon corridor", "gastonia-pd", "u3", ""),
        ("close", "Close I-85 NB exit 33", "nc-highway-patrol", "u8", "declined"),
        ("evacuate", "Evacuate Old Dowd Rd", "charlotte-pd", "u15", "accepted"),
        ("attack", "Fire attack", "charlotte-fire", "u1", "en_route"),
        ("triage", "Triage", "mecklenburg-ems", "u2", "on_scene"),
        ("size-up", "Size-up", "charlotte-fire", "u16", "complete"),
    )
    for minutes, (task, objective, agency, unit, answer) in enumerate(asked, start=2):
        about = {"incident_agency": RAIL[0], "incident": RAIL[1], "assignee_agency": agency, "unit": unit}
        told.append(report(RAIL[0], Task(id=task, objective=objective, **about, **at(minutes + 4))))
        if answer:
            reason = "All on the interstate" if answer == "declined" else ""
            said = Answer(id=task, requester=RAIL[0], state=answer, reason=reason, **at(minutes))
            told.append(report(agency, said))
    ours = {"assignee_agency": RAIL[0], "unit": "u31", "incident_agency": "mecklenburg-ems", "incident": "i2"}
    told.append(report("mecklenburg-ems", Task(id="extricate", objective="Extrication", **ours, **at(1.7))))
    rail = Incident(
        id=RAIL[1],
        rev=2,
        type="hazmat",
        priority=1,
        title="Hazmat rail derailment",
        address="Wilkinson Blvd & Old Dowd Rd",
        summary="Six cars off the track, one chlorine car leaks. Wind from the west.",
        lat=35.2425,
        lon=-80.953,
        opened_at=NOON - timedelta(minutes=14),
        **at(0.7),
    )
    told.append(report(RAIL[0], rail))
    told.append(report(RAIL[0], Resource(id="foam", name="Foam trailer", quantity=2, available=2, **at(30))))
    about = {"incident_agency": RAIL[0], "incident": RAIL[1], "by": "B3"}
    told.append(report(RAIL[0], LogEntry(id="l1", text="Hot zone 1 km set", **about, **at(7))))
    states = {3: "silent", 9: "failed"}
    health = [
        FeedHealth(feed=agency, agency=agency, format="cop-json", state=states.get(place, "live"), last_message_at=NOON)
        for place, agency in enumerate(AGENCIES)
    ]
    return Batch(reports=told, health=health, broker=BrokerState(state="online", url="mqtt://127.0.0.1", since=NOON))


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("size", [(1280, 800), (1600, 900), (1920, 1080)], ids=lambda size: str(size[0]))
def test_that_feeds_in_trouble_look_as_agreed(
    qtbot: QtBot, ground: Ground, settings: QSettings, name: Literal["dark", "light"], size: tuple[int, int]
) -> None:
    window = window_at_work(qtbot, ground, settings, name, size)
    window.desk.picture.feeds.clear()
    broker = BrokerState(
        state="online",
        url="mqtts://broker.example.org:8883",
        place=2,
        brokers=2,
        since=NOON - timedelta(hours=1),
        reconnects=2,
        round_trip_s=1.4,
        journal_error="the disk is full (/srv/cop/journal)",
    )
    window.desk.take_in(Batch(health=[today(one) for one in (SHARED, FLOOD, DENIED, SILENT_SEA)], broker=broker))
    window._show_dock(window.feed_dock)
    window.tick()
    window.notice.hide()
    window.feed_dock.view.selectRow(1)
    qtbot.waitUntil(lambda: laid_out(window))
    assert_golden(window.grab().toImage(), f"feeds-{size[0]}-{name}")


def today(health: FeedHealth) -> FeedHealth:
    """The same feed on the day of these pictures."""

    def then(at: datetime | None) -> datetime | None:
        return at and at + (NOON - OTHER_NOON)

    voices = [msgspec.structs.replace(one, last_message_at=then(one.last_message_at)) for one in health.voices]
    return msgspec.structs.replace(health, voices=voices, last_message_at=then(health.last_message_at))
