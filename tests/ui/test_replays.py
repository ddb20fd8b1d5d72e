"""Windows over the past: in the place of the live one or beside it, never mistaken for it, and the present calls."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from cop.domain.area import Alert
from cop.domain.batch import Batch, BrokerState
from cop.domain.desk import Command
from cop.map.palette import RESOURCES, load_palette
from cop.map.view import MapView
from cop.replay.frames import Frame, Late
from cop.ui.desk import Desk
from cop.ui.export_dialog import ExportDialog
from cop.ui.main_window import MainWindow
from cop.ui.replay.meanwhile import in_short
from cop.ui.replay.replays import Replays
from cop.ui.replay.window import PastWindow
from cop.ui.tones import Tones
from tests import reports as r
from tests.ui.conftest import RAIL, Clock, MakeDesk, MakeWindow
from tests.ui.scripted_past import NOON, ScriptedPast

#: the offscreen platform raises and activates no windows
pytestmark = pytest.mark.qt_log_ignore(r"This plugin does not support raise\(\)", extend=True)

MakeReplays = Callable[..., Replays]


@pytest.fixture
def pasts() -> list[ScriptedPast]:
    """The processes that were started."""
    return []


@pytest.fixture
def make_replays(qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, pasts: list[ScriptedPast]) -> MakeReplays:
    def make(*, exercise: str = "") -> Replays:
        def start() -> ScriptedPast:
            pasts.append(ScriptedPast())
            return pasts[-1]

        def make_maps(desk: Desk) -> Callable[[], MapView]:
            return lambda: MapView(desk.picture, desk.ground, RESOURCES / "region", load_palette("dark"), now=desk.now)

        live = make_window(make_desk(exercise=exercise))
        replays = Replays(live, start, make_maps, operation="Operation Steel Rail", period="OP 2")
        replays.player.look()
        replays.player.beat()
        return replays

    return make


def _go(replays: Replays, back_s: float = 840) -> PastWindow:
    window = replays.go(NOON - back_s)
    replays.player.beat()
    QApplication.processEvents()
    return window


def test_that_the_past_stands_where_the_live_window_stood_and_live_brings_it_back(make_replays: MakeReplays) -> None:
    replays = make_replays()
    live = replays.live
    live.select("incident", *RAIL)
    live.unit_dock.raise_()
    live.task_board.setFloating(True)
    place = live.geometry()
    window = _go(replays)
    assert not live.isVisible()
    assert not live.task_board.isVisible()
    assert window.isVisible()
    assert window.geometry() == place
    assert window.task_board.isFloating()
    assert window.selection == ("incident", *RAIL)
    assert window.map_view.moves.look == pytest.approx(live.map_view.moves.look)
    window.setGeometry(place.translated(30, 20))
    window.task_board.setFloating(False)
    QTest.keyClick(window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert replays.here is None
    assert live.isVisible()
    assert live.task_board.isVisible()
    assert live.task_board.isFloating()
    assert live.geometry() == place.translated(30, 20)


def test_that_the_live_window_works_on_behind_the_past(make_replays: MakeReplays) -> None:
    replays = make_replays()
    window = _go(replays)
    replays.live.desk.take_in(Batch(reports=[r.report("charlotte-fire", r.incident("new", title="New one"))]))
    assert ("charlotte-fire", "new") not in window.desk.picture.incidents
    window.bar.live.click()
    assert replays.live.isVisible()
    assert replays.live.incident_dock.model.rowCount() == 3


@pytest.mark.parametrize("exercise", ["", "Steel Rail"])
def test_that_no_window_of_the_past_can_be_taken_for_the_present(make_replays: MakeReplays, exercise: str) -> None:
    replays = make_replays(exercise=exercise)
    window = _go(replays)
    window.maps.open_window()
    windows: list[QMainWindow] = [window, window.maps.windows[0]]
    amber, violet = QColor(load_palette("dark").replay), QColor(load_palette("dark").exercise)
    for one in windows:
        assert one.windowTitle().startswith(f"COP — REPLAY{' — EXERCISE' if exercise else ''} — ")
        QApplication.processEvents()
        picture = one.grab().toImage()
        right, bottom = picture.width() - 1, picture.height() - 1
        for x, y in ((6, 6), (right - 6, 6), (6, bottom - 6), (right // 2, bottom - 6), (right - 6, bottom // 2)):
            assert picture.pixelColor(x, y) == amber
        assert picture.pixelColor(1, 1) == (violet if exercise else amber)
    assert window.top_bar.replay_badge.text() == window.top_bar.clock.text().replace("Then", "REPLAY")
    assert window.desk.now().timestamp() == NOON - 840
    window.maps.close_windows()


def test_that_floating_panels_of_the_past_wear_its_edge(make_replays: MakeReplays) -> None:
    window = _go(make_replays())
    window.resource_dock.setFloating(True)
    assert window.resource_dock.content.property("edge") == "past"


def test_that_the_past_moves_nothing_of_what_the_live_window_remembers(make_replays: MakeReplays) -> None:
    replays = make_replays()
    kept = replays.live.remember()
    window = _go(replays)
    before = {key: kept.value(key) for key in kept.allKeys()}
    window.unit_dock.view.setColumnWidth(0, 222)
    window.incident_dock.setFloating(True)
    window.task_board.everything.setChecked(False)
    window.bar.live.click()
    kept.sync()
    assert {key: kept.value(key) for key in before} == before


def test_that_a_theme_chosen_in_the_past_holds_in_the_present(make_replays: MakeReplays) -> None:
    replays = make_replays()
    window = _go(replays)
    window.change_theme()
    assert replays.live.colours.name == window.colours.name == window.bar.line.colours.name == "light"
    assert replays.bar.line.colours.name == "light"


def test_that_space_plays_and_presses_the_button_that_has_the_keys(
    make_replays: MakeReplays, pasts: list[ScriptedPast]
) -> None:
    window = _go(make_replays())
    window.activateWindow()
    window.map_view.setFocus()
    QTest.keyClick(window.map_view, Qt.Key.Key_Space)
    assert window.player.playing
    QTest.keyClick(window.map_view, Qt.Key.Key_Space)
    assert not window.player.playing
    window.bar.back.setFocus()
    QTest.keyClick(window.bar.back, Qt.Key.Key_Space)
    assert not window.player.playing
    assert pasts[0].acts()[-1] == "step"


def test_that_keys_step_and_change_the_pace(make_replays: MakeReplays, pasts: list[ScriptedPast]) -> None:
    window = _go(make_replays())
    window.map_view.setFocus()
    QTest.keyClick(window.map_view, Qt.Key.Key_Comma)
    window.player.beat()
    assert (pasts[0].acts()[-1], window.player.at) == ("step", NOON - 850)
    assert window.bar.said.text() == "Task Decon corridor: accepted"
    window.player.seek(NOON - 850)
    window.player.beat()
    assert window.bar.said.text() == ""
    QTest.keyClick(window.map_view, Qt.Key.Key_Period)
    window.player.beat()
    assert window.player.at == NOON - 840
    QTest.keyClick(window.map_view, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert window.player.speed == 2
    assert window.bar.speed.currentText() == "2×"


def test_that_the_live_bar_leads_into_the_past(make_replays: MakeReplays, pasts: list[ScriptedPast]) -> None:
    replays = make_replays()
    line = replays.bar.line
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(line.width() // 2, 10))
    replays.player.beat()
    assert replays.here is not None
    assert replays.here.desk.now().timestamp() == pytest.approx(line.at_x(line.width() // 2))
    replays.back_to_live()
    QTest.mouseClick(replays.bar.play, Qt.MouseButton.LeftButton)
    replays.player.beat()
    assert pasts[0].acts()[-1] == "play"
    assert replays.player.at == NOON - 600
    replays.back_to_live()
    QTest.mouseClick(replays.bar.back, Qt.MouseButton.LeftButton)
    replays.player.beat()
    replays.player.beat()
    assert pasts[0].acts()[-1] == "step"


def test_that_a_stray_key_leaves_a_live_window_in_the_present(make_replays: MakeReplays) -> None:
    replays = make_replays()
    replays.live.map_view.setFocus()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Comma, Qt.Key.Key_Period, Qt.Key.Key_Left):
        QTest.keyClick(replays.live.map_view, key)
    assert replays.here is None


def test_that_the_past_says_nothing_aloud_and_tells_no_news(
    make_replays: MakeReplays, monkeypatch: pytest.MonkeyPatch, pasts: list[ScriptedPast]
) -> None:
    replays = make_replays()
    window = _go(replays)
    sounded: list[str] = []
    monkeypatch.setattr(Tones, "is_sounding", lambda tones: sounded.append("tone") or True)
    pasts[0].play_on(10, Batch(reports=[*_asked_of_us(-830, "then"), _warning(-830)]))
    replays.player.beat()
    window.tick()
    assert ("mecklenburg-ems", "then") in window.desk.picture.tasks
    assert (sounded, window.notice.text()) == ([], "")
    replays.live.desk.take_in(Batch(reports=_asked_of_us(-1, "now")))
    assert sounded == ["tone"]


def test_that_a_broker_that_was_lost_then_is_said_of_then(make_replays: MakeReplays, pasts: list[ScriptedPast]) -> None:
    replays = make_replays()
    window = _go(replays)
    lost = BrokerState(state="offline", url="mqtt://b", since=r.at(-900))
    pasts[0].play_on(1, Batch(broker=lost))
    replays.player.beat()
    assert window.banners.texts()[0].startswith("Then: Broker not reached since ")


def test_that_the_present_calls_who_looks_at_the_past(make_replays: MakeReplays, clock: Clock) -> None:
    replays = make_replays()
    window = _go(replays)
    strip = replays._meanwhile
    assert strip is not None
    assert not strip.isVisible()
    desk = replays.live.desk
    desk.take_in(Batch(reports=[*_asked_of_us(-1, "t-new"), _warning(-1)]))
    desk.take_in(
        Batch(reports=[r.report("mecklenburg-ems", r.unit("medic-9", rev=9, callsign="Medic 9", status="emergency"))])
    )
    desk.take_in(Batch(broker=BrokerState(state="offline", url="mqtt://b", since=r.NOON)))
    strip.look()
    assert strip.isVisible()
    said = strip.text()
    assert "Medic 9 calls for help" in said
    assert "1 new request to us" in said
    assert "Tornado <b>Warning</b>" in said
    assert "Broker not reached since" in said
    desk.take_in(Batch(reports=[r.report("mecklenburg-ems", r.unit("medic-9", rev=10, status="available"))]))
    strip.look()
    assert "calls for help" not in strip.text()
    QTest.mouseClick(strip._back, Qt.MouseButton.LeftButton)
    assert replays.here is None
    assert window is not None


def test_that_a_replay_beside_leaves_the_live_window_there_and_there_are_but_a_few(
    make_replays: MakeReplays, pasts: list[ScriptedPast]
) -> None:
    replays = make_replays()
    windows = [replays.open_beside() for _ in range(4)]
    assert replays.live.isVisible()
    assert windows[3] is None
    assert "3 windows over the past" in replays.live.notice.text()
    assert len(pasts) == 4  # one for the live window's bar
    first = windows[0]
    assert first is not None
    for player in (one.player for one in replays.beside):
        player.beat()
    first.player.seek(NOON - 3000)
    first.player.beat()
    assert [one.desk.now().timestamp() for one in replays.beside] == [NOON - 3000, NOON, NOON]
    first.bar.live.click()
    assert [one.closed for one in pasts] == [False, True, False, False]
    assert replays.live.isVisible()


def test_that_closing_the_live_window_closes_what_shows_the_past_and_its_processes(
    make_replays: MakeReplays, pasts: list[ScriptedPast]
) -> None:
    replays = make_replays()
    live = replays.live
    live.task_board.setFloating(True)
    replays.open_beside()
    _go(replays)
    live.close()
    assert (replays.here, replays.beside) == (None, [])
    assert all(one.closed for one in pasts)
    assert not any(one.isVisible() for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
    assert not live.task_board.isHidden()  # as it is to be remembered


def test_that_what_was_heard_later_is_listed_and_leads_to_it(
    make_replays: MakeReplays, pasts: list[ScriptedPast]
) -> None:
    replays = make_replays()
    window = _go(replays)
    pasts[0].late = [Late("position", "mecklenburg-ems", "medic-9", NOON - 900, NOON - 300)]
    window.bar.truth.setCurrentIndex(1)
    window.bar.truth.activated.emit(1)
    replays.player.beat()
    window.tick()
    assert window.bar.late.text() == "1 heard later"
    words, key = window.bar._late[0]
    assert words.startswith("Medic 9 (Mecklenburg EMS): said ")
    assert words.endswith("(10 min later)")
    window.bar.late_chosen.emit(*key)
    assert window.selection == ("unit", "mecklenburg-ems", "medic-9")


def test_that_every_known_agency_can_be_looked_through(make_replays: MakeReplays, pasts: list[ScriptedPast]) -> None:
    replays = make_replays()
    window = _go(replays)
    window.tick()
    reader = window.bar.reader
    assert [reader.itemText(at) for at in range(reader.count())] == [
        "Seen by us",
        "Seen by Gastonia FD",
        "Seen by Mecklenburg EMS",
    ]
    reader.activated.emit(1)
    assert pasts[0].asked[-1][2]["reader"] == "gastonia-fd"
    assert window.banners.texts() == [
        "Not what this desk knew then: what Gastonia FD could see, by what others share with it"
    ]
    reader.activated.emit(0)
    assert window.banners.texts() == []


def test_that_a_picture_saved_in_the_past_says_so(qtbot: QtBot, make_replays: MakeReplays, tmp_path: Path) -> None:
    window = _go(make_replays())
    window.save_picture()
    dialog = window.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    assert Path(dialog.file.text()).name.startswith("cop REPLAY 2026")
    qtbot.waitUntil(dialog.go.isEnabled, timeout=5000)
    file = tmp_path / "then.geojson"
    dialog.file.setText(str(file))
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.saved == file, timeout=5000)
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["replay"].startswith("REPLAY")
    assert document["as_of"].startswith((r.NOON - timedelta(seconds=840)).strftime("%Y-%m-%dT%H:%M:%S"))


def test_that_nothing_at_all_is_sent_while_one_comes_and_goes(make_replays: MakeReplays, sent: list[Command]) -> None:
    replays = make_replays()
    for _ in range(2):
        _go(replays)
        replays.back_to_live()
    assert sent == []


def _asked_of_us(seconds: float, task: str) -> list[r.Report]:
    about = {"assignee_agency": "charlotte-fire", "unit": "engine-4", "incident_agency": RAIL[0], "incident": RAIL[1]}
    return [r.report("mecklenburg-ems", r.task(task, seconds=seconds, objective="Cut out driver", **about))]


def _warning(seconds: float) -> r.Report:
    body = Alert(
        id="w-1",
        at=r.at(seconds),
        event="Tornado Warning",
        headline="Tornado <b>Warning</b>",
        severity="Extreme",
        urgency="Immediate",
        certainty="Observed",
        status="Actual",
        expires_at=r.at(3600),
    )
    return r.report("nws", body)


def test_that_what_a_step_came_to_is_read_where_the_bar_has_no_room(make_replays: MakeReplays) -> None:
    window = _go(make_replays())
    window.resize(1150, 700)
    QApplication.processEvents()
    assert not window.bar.has_room()
    window.player.step(-1)
    window.player.beat()
    assert window.notice.text() == "Task Decon corridor: accepted"


def test_that_trouble_with_the_record_stands_across_the_window(
    make_replays: MakeReplays, pasts: list[ScriptedPast]
) -> None:
    window = _go(make_replays())
    trouble = "The record cannot be read: <b>disk</b>\u202e"
    pasts[0].saying.append(Frame(number=99, at=NOON - 840, batch=Batch(), trouble=trouble))
    window.player.beat()
    assert window.banners.texts() == ["The record cannot be read: <b>disk</b>"]
    window.player.seek(NOON - 700)
    window.player.beat()
    assert window.banners.texts() == []


def test_that_an_empty_window_is_not_taken_for_the_past_while_the_record_is_read(
    make_replays: MakeReplays, pasts: list[ScriptedPast]
) -> None:
    replays = make_replays()
    for back_s in (840, 1200):  # the second time as well
        pasts[0].slow = True
        window = replays.go(NOON - back_s)
        assert window.banners.texts() == ["Reading the record: nothing of that moment is shown yet."]
        assert window.desk.now().timestamp() == NOON - back_s
        pasts[0].answer()
        replays.player.beat()
        assert window.banners.texts() == []
        pasts[0].slow = False
        replays.back_to_live()


def test_that_what_is_not_there_at_a_moment_is_not_said_to_have_been_taken_back(make_replays: MakeReplays) -> None:
    window = _go(make_replays())
    for kind in ("incident", "unit", "task", "resource", "zone", "alert"):
        window.select(kind, "nobody", "nothing")
        window.tick()
        page = window.selection_panel.pages[kind]
        assert page.heading.text() == "Not in the picture at this time"
        assert "took it back" not in page.below.text()


def test_that_what_would_act_on_an_incident_is_grey_in_the_past(make_replays: MakeReplays) -> None:
    window = _go(make_replays())
    window.select("incident", *RAIL)
    window.tick()
    page = window.selection_panel.pages["incident"]
    for name in ("Assign task", "Request resource", "Write in the log"):
        (one,) = [one for one in page.findChildren(QPushButton) if one.accessibleName() == name]
        assert not one.isEnabled()
        assert one.accessibleDescription().startswith("This is the past")


def test_that_the_window_fits_its_screen_whatever_is_said_in_it(make_replays: MakeReplays) -> None:
    replays = make_replays(exercise="Steel Rail")
    window = _go(replays)
    bar = window.top_bar
    window.resize(1280, 800)
    bar.say_requests(12, 3)
    bar.say_conflicts(10, "12 conflicts, 10 ours")
    bar.alerts.setText("12 alerts")
    bar.alerts.show()
    late = [("word", ("unit", "a", "b"))] * 36
    window.bar.show_late(late)
    window.bar.show_readers([("", "us"), ("x", "Mecklenburg County Emergency Medical Services")], "x")
    QApplication.processEvents()
    assert window.minimumSizeHint().width() <= 1280
    assert window.width() == 1280
    for one in (bar.replay_badge, bar.badge, bar.inbox, bar.conflicts, bar.alerts):
        assert one.isVisible()
        assert one.width() >= one.minimumSizeHint().width()
    assert not bar.chip.isVisible()
    window.resize(1920, 1080)
    QApplication.processEvents()
    assert bar.chip.isVisible()


def test_that_what_is_said_of_the_present_ends_with_a_sentence() -> None:
    silent = "Gastonia Fire silent since 19:26, usually every 20 s."
    assert in_short(f"{silent} Ask them by radio or phone: their units may be elsewhere by now. {'x' * 60}").startswith(
        silent
    )
    assert in_short("x" * 200).endswith("…")
    assert in_short("Short.") == "Short."
