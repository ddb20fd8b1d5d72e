"""Nothing leaves the past: every act of the desk, every button, every key, every drop is refused with words."""

import inspect
import typing
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

import cop.ui
from cop.authority.reading import load_agreements
from cop.domain.agreement import Agreements, Term
from cop.domain.area import Zone
from cop.domain.batch import Batch
from cop.domain.consent import Consent
from cop.domain.desk import Command, Refusal
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction
from cop.domain.request import ResourceRequest
from cop.domain.rules.command import Offer
from cop.domain.task import Task
from cop.feeds.outbox import Outbox
from cop.map.carried import Assignment
from cop.map.palette import RESOURCES, load_palette
from cop.map.view import MapView
from cop.picture.ground import Ground
from cop.ui.desk import THE_PAST, Desk
from cop.ui.replay.player import Player
from cop.ui.replay.window import PastWindow, desk_of_the_past
from tests import reports as r
from tests.ui.conftest import CRASH, RAIL, MakeDesk, small_picture
from tests.ui.scripted_past import NOON, ScriptedPast

pytestmark = pytest.mark.qt_log_ignore(r"This plugin does not support raise\(\)", extend=True)

_ACTS = ("tasks", "command", "requests", "links", "consents", "details")


@pytest.fixture
def agreements(ground: Ground) -> Agreements:
    return load_agreements([RESOURCES / "agreements"], ground, RESOURCES / "region")[0]


@pytest.fixture
def leaked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was put into any outbox, or given to any desk to send."""
    put: list[object] = []
    monkeypatch.setattr(Outbox, "put", lambda outbox, *bodies: put.append(bodies))
    monkeypatch.setattr("cop.ui.replay.window._nothing_leaves", put.append)
    return put


def _desk_then(make_desk: MakeDesk, agreements: Agreements, role: str, leaked: list[object]) -> Desk:
    desk = desk_of_the_past(make_desk(role, agreements=agreements), lambda: r.NOON)
    _fill(desk)
    return desk


def _fill(desk: Desk) -> None:
    told, places = small_picture()
    zone = Zone(
        id="z-1",
        at=r.at(-60),
        kind="hot",
        name="Hot zone",
        geometry={"type": "Polygon", "coordinates": [[[-80.9, 35.2], [-80.8, 35.2], [-80.8, 35.3], [-80.9, 35.2]]]},
        expires_at=r.at(600),
    )
    request = ResourceRequest(id="rq-1", at=r.at(-50), what="Foam", quantity=3)
    theirs = ResourceRequest(id="rq-2", at=r.at(-40), what="Foam trailer", quantity=1)
    desk.take_anew(told)
    desk.take_in(places)
    desk.take_in(
        Batch(
            epoch=1,
            reports=[
                r.report("charlotte-fire", zone),
                r.report("charlotte-fire", request),
                r.report("gastonia-fd", theirs),
            ],
        )
    )


def _sample(desk: Desk, name: str, wanted: object) -> object:
    """A fitting value for a parameter of an act."""
    picture, inner = desk.picture, typing.get_args(wanted)
    if wanted is Report:
        return picture.tasks["charlotte-fire", "t-decon"]
    by_type: dict[object, object] = {
        str: "words",
        int: 1,
        bool: True,
        timedelta: timedelta(hours=1),
        datetime: r.NOON,
        Incident: r.incident("new", title="New"),
        Zone: picture.zones["charlotte-fire", "z-1"].body,
        LogEntry: LogEntry(id="l", at=r.NOON, text="words"),
        Task: r.task("new"),
        ResourceRequest: ResourceRequest(id="rq-9", at=r.NOON, what="Foam", quantity=1),
        tuple[str, str]: RAIL,
    }
    if wanted in by_type:
        return by_type[wanted]
    if wanted is Term:
        return next(iter(desk.consents.given()))
    if wanted is Offer:
        return Offer(giver="gastonia-fd", taker="charlotte-fire", at=r.NOON, revs=((RAIL, 1),))
    if type(None) in inner:
        return None
    if typing.get_origin(wanted) in {Iterable, Sequence, list}:
        return [_sample(desk, name, inner[0])]
    raise AssertionError(f"no sample for {name}: {wanted}")


def _acts_of(desk: Desk) -> list[tuple[str, Callable[..., Refusal | None]]]:
    """Every public method of the desk and its acts that takes an action or refuses it."""
    found = []
    for where, holder in [("desk", desk), *((name, getattr(desk, name)) for name in _ACTS)]:
        for name, method in inspect.getmembers(holder, inspect.ismethod):
            if name.startswith("_") or method.__func__.__module__.split(".")[:2] != ["cop", "ui"]:
                continue
            if typing.get_type_hints(method).get("return") == Refusal | None and not name.startswith("may"):
                found.append((f"{where}.{name}", method))
    return found


@pytest.mark.parametrize("role", ["dispatcher", "commander", "liaison"])
def test_that_every_act_of_a_desk_of_the_past_is_refused_with_the_same_words(
    qapp: object, make_desk: MakeDesk, agreements: Agreements, leaked: list[object], sent: list[Command], role: str
) -> None:
    desk = _desk_then(make_desk, agreements, role, leaked)
    acts = _acts_of(desk)
    assert len(acts) >= 40
    before = desk.picture.snapshot().packed()
    for name, act in acts:
        refused: list[str] = []
        desk.refused.connect(refused.append)
        hints = typing.get_type_hints(act)
        given = {
            one.name: _sample(desk, one.name, hints[one.name])
            for one in inspect.signature(act).parameters.values()
            if one.default is inspect.Parameter.empty and one.name != "decided"
        }
        if name.startswith("requests.") and "known" in given:
            given["known"] = desk.picture.requests["charlotte-fire", "rq-1"]
        if name in {"desk.change_incident", "desk.mark_resource"}:
            table = desk.picture.incidents if name.endswith("incident") else desk.picture.resources
            given["known"] = table[RAIL if name.endswith("incident") else ("charlotte-fire", "foam")]
        if name in {"desk.change_zone", "desk.end_zone", "desk.extend_zone"}:
            given["key"] = ("charlotte-fire", "z-1")
        if name == "desk.do":
            given["decided"] = Command(r.task("new"))
        answer = act(**given)
        assert answer == Refusal(THE_PAST), name
        assert refused == [THE_PAST], name
        desk.refused.disconnect()
    assert (leaked, sent) == ([], [])
    assert desk.picture.snapshot().packed() == before


def test_that_a_role_may_do_nothing_in_the_past(qapp: object, make_desk: MakeDesk, agreements: Agreements) -> None:
    desk = desk_of_the_past(make_desk("commander"), lambda: r.NOON)
    for action in ("open_incident", "assign_task", "answer_task", "draw_zone", "write_log", "take_command"):
        assert desk.may(action) == Refusal(THE_PAST)


def test_that_a_desk_of_the_past_says_nothing_again_by_itself(
    qapp: object, make_desk: MakeDesk, agreements: Agreements, leaked: list[object]
) -> None:
    desk = _desk_then(make_desk, agreements, "liaison", leaked)
    refused: list[str] = []
    desk.refused.connect(refused.append)
    term = next(iter(desk.consents.given()))
    named = {"agreement": term.agreement.id, "clause": term.clause.number}
    word = Consent(id="~".join(named.values()), at=r.at(-500), rev=5, state="paused", **named)
    old = r.incident(RAIL[1], seconds=-600, rev=1, title="Old words")
    desk.take_in(Batch(reports=[r.report("charlotte-fire", word)]))
    gone = Retraction(id=word.id, at=r.at(-1), kind="consent")
    desk.take_in(Batch(reports=[r.report("charlotte-fire", gone), r.report("charlotte-fire", old)]))
    for _ in range(3):
        desk.tick()
    assert (leaked, refused) == ([], [])


def test_that_only_the_desk_sends_and_only_where_it_asks_whether_this_is_the_past() -> None:
    folder = Path(cop.ui.__file__).parent
    assert [one.name for one in folder.rglob("*.py") if "desk._send" in one.read_text(encoding="utf-8")] == []
    for method in (Desk.do, Desk.put):
        assert "self.past" in inspect.getsource(method)
    assert inspect.getsource(Desk).count("self._send(") == 2


@pytest.fixture
def window(
    qtbot: QtBot,
    make_desk: MakeDesk,
    agreements: Agreements,
    leaked: list[object],
    settings: object,
) -> PastWindow:
    """The past of a commander's desk, filled, over a process that answers."""
    live = make_desk("commander", agreements=agreements)
    player = Player(ScriptedPast())

    def make_maps(desk: Desk) -> Callable[[], MapView]:
        return lambda: MapView(desk.picture, desk.ground, RESOURCES / "region", load_palette("dark"), now=desk.now)

    one = PastWindow(
        player,
        live,
        make_maps,
        load_palette("dark"),
        settings,  # type: ignore[arg-type]  # the fixture's QSettings
        operation="Operation Steel Rail",
        period="",
        present=lambda: r.NOON,
    )
    qtbot.addWidget(one)
    one.resize(1600, 900)
    with qtbot.waitExposed(one):
        one.show()
    player.seek(NOON - 60)
    player.beat()
    _fill(one.desk)
    one.player.at = NOON
    return one


def _dialogs() -> list[QDialog]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]


def test_that_no_button_of_any_panel_sends_anything(window: PastWindow, leaked: list[object]) -> None:
    pressed = 0
    chosen = [
        ("incident", *RAIL),
        ("incident", *CRASH),
        ("unit", "charlotte-fire", "engine-4"),
        ("task", "charlotte-fire", "t-decon"),
        ("task", "mecklenburg-ems", "t-stage"),
        ("resource", "charlotte-fire", "foam"),
        ("zone", "charlotte-fire", "z-1"),
    ]
    for one in chosen:
        window.select(*one)
        for dock in window.docks:
            dock.show()
            dock.raise_()
            QApplication.processEvents()
            for button in dock.content.findChildren(QPushButton):
                if not _is_there(button):
                    continue
                pressed += 1
                button.click()
                _put_away(window)
    assert pressed > 60
    assert leaked == []


def _is_there(button: QWidget) -> bool:
    try:
        return button.isVisible() and button.isEnabled()
    except RuntimeError:  # the button before took it away
        return False


def _put_away(window: PastWindow) -> None:
    """What came up may be looked at; whatever it would do, it does it in vain."""
    for dialog in _dialogs():
        for button in dialog.findChildren(QPushButton):
            if _is_there(button) and button.text() not in {"Cancel", "Close"}:
                button.click()
        if dialog.isVisible():
            dialog.close()
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()


@pytest.mark.qt_log_ignore(r"This plugin does not support", extend=True)
def test_that_no_action_or_key_of_the_window_opens_a_form_or_sends(window: PastWindow, leaked: list[object]) -> None:
    window.select("incident", *RAIL)
    said = []
    window.desk.refused.connect(said.append)
    for action in window.window_actions:
        name = action.objectName()
        if name in {"past_live", "save_picture", "show_keys", "map_window", "what_is_here"} or name.startswith("share"):
            continue  # these look, or let leave what was: nothing is sent
        action.trigger()
        QApplication.processEvents()
        assert _dialogs() == [], action.objectName()
        window.map_view.take_tool(None)
    assert {THE_PAST} == set(said)
    assert len(said) >= 4
    for number in range(1, 7):
        QTest.keyClick(window, str(number))
    assert _dialogs() == []
    assert leaked == []


def test_that_units_cannot_be_put_on_an_incident(window: PastWindow, leaked: list[object]) -> None:
    said: list[str] = []
    window.desk.refused.connect(said.append)
    meant = Assignment(units=(("charlotte-fire", "engine-4"),), incident=RAIL)
    window.map_view.assigned.emit(meant)
    window.task_board.assigned.emit(meant)
    window.map_view.task_asked.emit("charlotte-fire", "engine-4")
    window.map_view.open_incident_asked.emit(35.2, -80.9)
    assert said == [THE_PAST] * 4
    assert _dialogs() == []
    assert leaked == []


def test_that_no_zone_is_drawn_changed_or_ended(window: PastWindow, leaked: list[object]) -> None:
    said: list[str] = []
    window.desk.refused.connect(said.append)
    window.map_view.draw_zone_asked.emit("circle", 35.2, -80.9)
    for what in ("change", "points", "end", "extend"):
        window.zone_work.act(what, "charlotte-fire", "z-1")
    assert said == [THE_PAST] * 5
    assert window.map_view.tool is None
    assert _dialogs() == []
    assert leaked == []


def test_that_the_keys_of_the_inbox_answer_nothing(window: PastWindow, leaked: list[object]) -> None:
    inbox = window.inbox_dock
    inbox.show()
    inbox.raise_()
    QApplication.processEvents()
    inbox.list.setFocus()
    assert inbox.list.model().rowCount() >= 1
    inbox.list.setCurrentIndex(inbox.list.model().index(0, 0))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_D, Qt.Key.Key_1, Qt.Key.Key_C, Qt.Key.Key_1, Qt.Key.Key_R, Qt.Key.Key_1):
        QTest.keyClick(inbox.list, key)
        _put_away(window)
    assert leaked == []
