"""A desk with a small picture, and the window over it: real parts, a clock that stands still, sends kept in a list."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from cop.domain.agency import Agency
from cop.domain.agreement import Agreements
from cop.domain.batch import Batch, BrokerState, FeedHealth
from cop.domain.desk import Command, Operator
from cop.domain.log import LogEntry
from cop.map.palette import RESOURCES, Palette, load_palette
from cop.map.view import MapView
from cop.picture.ground import Ground, load_jurisdictions
from cop.picture.home import HomeGround
from cop.picture.picture import Picture
from cop.ui.desk import Desk
from cop.ui.main_window import MainWindow
from cop.ui.ordered_model import OrderedModel
from tests import reports as r

RAIL = ("charlotte-fire", "rail-1")
CRASH = ("mecklenburg-ems", "mci-1")

MakeDesk = Callable[..., Desk]
MakeWindow = Callable[..., MainWindow]


class Clock:
    """Noon, until a test moves it."""

    def __init__(self) -> None:
        self.now = r.NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The desk's clock."""
    return Clock()


@pytest.fixture
def sent() -> list[Command]:
    """What the desk put on disk."""
    return []


@pytest.fixture
def palette() -> Palette:
    """The dark theme."""
    return load_palette("dark")


@pytest.fixture(scope="session")
def ground() -> Ground:
    """The region's jurisdictions."""
    region = RESOURCES / "region"
    files = (region / "special_jurisdictions.geojson", region / "counties.geojson")
    return Ground(one for file in files for one in load_jurisdictions(file))


@pytest.fixture
def make_desk(clock: Clock, sent: list[Command], ground: Ground) -> MakeDesk:
    """A desk of Charlotte Fire (or another) with the small picture of `small_picture` (or an empty one)."""

    def make(
        role: str = "commander",
        agency: str = "charlotte-fire",
        *,
        exercise: str = "",
        filled: bool = True,
        agreements: Agreements | None = None,
        home: HomeGround | None = None,
    ) -> Desk:
        desk = Desk(
            Operator(agency=agency, role=role, name="A. Rivera"),
            Picture(home, agreements),
            ground,
            sent.append,
            exercise=exercise,
            now=clock,
        )
        if filled:
            for batch in small_picture():
                desk.take_in(batch)
        return desk

    return make


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    """An empty settings file."""
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def make_window(qtbot: QtBot, settings: QSettings, palette: Palette, clock: Clock) -> MakeWindow:
    """A shown main window over a desk."""

    def make(desk: Desk, size: tuple[int, int] | None = (1600, 900)) -> MainWindow:
        map_view = MapView(desk.picture, desk.ground, RESOURCES / "region", palette, now=clock)
        window = MainWindow(desk, map_view, palette, settings, operation="Operation Steel Rail", period="OP 2")
        if size is not None:
            window.resize(*size)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        return window

    return make


@pytest.fixture
def watched() -> Callable[[OrderedModel], OrderedModel]:  # type: ignore[type-arg]
    """Puts Qt's own model tester on a model: it warns of every broken rule, and a warning fails the test."""
    testers = []

    def watch(model: OrderedModel) -> OrderedModel:  # type: ignore[type-arg]
        mode = QAbstractItemModelTester.FailureReportingMode.Warning
        testers.append(QAbstractItemModelTester(model, mode))
        return model

    return watch


def small_picture() -> list[Batch]:
    """Four agencies, five units, two incidents, two resources, three tasks, two feeds."""
    told = [
        r.report("charlotte-fire", Agency(id="charlotte-fire", at=r.at(-900), name="Charlotte Fire")),
        r.report("gastonia-fd", Agency(id="gastonia-fd", at=r.at(-900), name="Gastonia FD")),
        r.report("mecklenburg-ems", Agency(id="mecklenburg-ems", at=r.at(-900), name="Mecklenburg EMS")),
        r.report("charlotte-fire", r.unit("engine-4", callsign="Engine 4", kind="engine", status="available")),
        r.report("charlotte-fire", r.unit("engine-30", callsign="Engine 30", kind="engine", status="available")),
        r.report("gastonia-fd", r.unit("hazmat-4", callsign="Hazmat 4", kind="hazmat", status="available")),
        r.report("mecklenburg-ems", r.unit("medic-17", callsign="Medic 17", kind="ambulance", status="available")),
        r.report("mecklenburg-ems", r.unit("medic-9", callsign="Medic 9", kind="ambulance", status="on_scene")),
        r.report(
            RAIL[0],
            r.incident(
                RAIL[1],
                seconds=-40,
                rev=2,
                type="rail",
                priority=1,
                title="Hazmat rail derailment",
                address="Wilkinson Blvd & Old Dowd Rd",
                lat=35.2425,
                lon=-80.953,
                opened_at=r.at(-840),
            ),
        ),
        r.report(
            CRASH[0],
            r.incident(
                CRASH[1],
                type="mass_casualty",
                priority=2,
                title="MCI bus crash",
                lat=35.19,
                lon=-80.77,
                opened_at=r.at(-1860),
            ),
        ),
        r.report("charlotte-fire", r.resource("foam", name="Foam trailer", quantity=2, availability="available")),
        r.report("gastonia-fd", r.resource("decon", name="Decon unit", availability="committed", available=0)),
        r.report(
            "charlotte-fire",
            r.task("t-decon", seconds=-102, incident_agency=RAIL[0], incident=RAIL[1]),
        ),
        r.report(
            "charlotte-fire",
            r.task(
                "t-triage",
                seconds=-700,
                objective="Triage",
                assignee_agency="mecklenburg-ems",
                unit="medic-9",
                incident_agency=RAIL[0],
                incident=RAIL[1],
            ),
        ),
        r.report("mecklenburg-ems", r.answer("t-triage", "on_scene", seconds=-660)),
        r.report(
            "mecklenburg-ems",
            r.task(
                "t-stage",
                seconds=-60,
                objective="Stage at Sharon Amity",
                assignee_agency="charlotte-fire",
                unit="engine-30",
                incident_agency=CRASH[0],
                incident=CRASH[1],
            ),
        ),
        r.report(
            "charlotte-fire",
            LogEntry(
                id="log-1", at=r.at(-500), text="Wind turns west", incident_agency=RAIL[0], incident=RAIL[1], by="B3"
            ),
        ),
    ]
    places = r.positions_batch(
        ("charlotte-fire", "engine-4", 35.25, -80.95, -5),
        ("charlotte-fire", "engine-30", 35.30, -80.85, -8),
        ("gastonia-fd", "hazmat-4", 35.26, -81.18, -2),
        ("mecklenburg-ems", "medic-17", 35.24, -80.95, -3),
        ("mecklenburg-ems", "medic-9", 35.243, -80.954, -240),
    )
    health = [
        FeedHealth(feed="fire", agency="charlotte-fire", format="cop-json", state="live", messages=7, per_second=2.5),
        FeedHealth(
            feed="gastonia",
            agency="gastonia-fd",
            format="cot-xml",
            state="silent",
            messages=3,
            bad=3,
            last_message_at=r.at(-90),
            last_bad_reason="no XML",
            bad_reasons={"no XML": 2, "latitude out of range": 1},
        ),
    ]
    broker = BrokerState(state="online", url="mqtt://127.0.0.1:1883", protocol="MQTT 5", since=r.at(-600))
    return [Batch(epoch=1, reports=told, health=health, broker=broker), places]
