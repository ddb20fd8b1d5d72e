"""The requests dock: what is missing, by when, filled in one action by a liaison; its forms; hostile texts."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from cop.domain.batch import Batch
from cop.domain.desk import Command
from cop.domain.report import Report
from cop.domain.request import Fill, ResourceRequest
from cop.domain.resource import Resource
from cop.map.palette import load_palette
from cop.ui.desk import Desk
from cop.ui.dialogs.fill_request import FillRequestDialog
from cop.ui.dialogs.hand_over import ReasonDialog
from cop.ui.dialogs.request_resource import RequestResourceDialog
from cop.ui.requests_dock import RequestsDock
from tests import reports as r
from tests.ui.conftest import RAIL, Clock

GASTON, EMS = "gastonia-fd", "mecklenburg-ems"
KEY = (GASTON, "r1")
HOSTILE = "<b>bold</b><img src=x> \u202eevil\x00\n" + "w" * 200


def asked(request_id: str = "r1", agency: str = GASTON, *, rev: int = 1, **fields: object) -> Report:
    given = {"what": "Foam trailers", "kind": "foam", "quantity": 10, "needed_by": r.at(7200), **fields}
    return r.report(agency, ResourceRequest(id=request_id, at=r.at(0), rev=rev, **given))  # type: ignore[arg-type]


def gives(agency: str, quantity: int, state: str = "offered", *, rev: int = 1, **fields: object) -> Report:
    head = {"id": "r1", "requester": GASTON, "at": r.at(5), "rev": rev}
    return r.report(agency, Fill(state=state, quantity=quantity, **{**head, **fields}))  # type: ignore[arg-type]


def hears(desk: Desk, *reports: Report) -> None:
    desk.take_in(Batch(epoch=1, reports=list(reports)))


@pytest.fixture
def dock(qtbot: QtBot) -> Callable[[Desk], RequestsDock]:
    """The dock over a desk, kept up with it."""
    windows = []  # nothing else holds them

    def make(desk: Desk) -> RequestsDock:
        window = QMainWindow()
        windows.append(window)
        qtbot.addWidget(window)
        one = RequestsDock(desk, load_palette("dark"))
        window.addDockWidget(one.side, one)
        window.resize(1100, 320)
        desk.changed.connect(one.apply)
        window.show()
        QApplication.processEvents()
        return one

    return make


def cells(dock: RequestsDock, row: int = 0) -> list[str]:
    return [dock.model.index(row, column).data() for column in range(dock.model.columnCount())]


@pytest.fixture
def foam(make_desk) -> Desk:  # type: ignore[no-untyped-def]
    """A liaison's desk of Charlotte Fire with six foam trailers, three of them free."""
    desk: Desk = make_desk("liaison")
    board = r.resource(
        "foam", rev=3, name="Foam trailer", kind="foam", quantity=6, available=3, availability="available"
    )
    hears(desk, r.report("charlotte-fire", board))
    return desk


def test_that_open_requests_say_what_is_missing_and_by_when(make_desk, dock, watched) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk()
    one = dock(desk)
    watched(one.model)
    assert one.nothing.text() == "No open requests."
    hears(desk, asked(), gives(EMS, 4, "en_route"), gives("matthews-fd", 3))
    assert one.windowTitle() == "Requests 1"
    needed, missing, when, state, givers = cells(one)
    assert needed == "P3  10 × Foam trailers\nGastonia FD"
    assert missing == "3 missing\n7 of 10"
    assert when.endswith("\nin 2 h 00")
    assert (state, givers) == ("Part filled", "Matthews FD 3, Mecklenburg EMS 4 on the way")
    hears(desk, gives("matthews-fd", 8, rev=2))
    assert cells(one)[1] == "2 too many\n12 of 10"


def test_that_a_request_turns_amber_before_its_time_and_red_after_it(make_desk, dock, clock: Clock) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk()
    one = dock(desk)
    hears(desk, asked())
    one.choose(KEY)
    looks = []
    for second in (0, 5500, 7300):
        clock.now = r.at(second)
        one.refresh()
        colour = one.model.index(0, 2).data(Qt.ItemDataRole.ForegroundRole)
        looks.append((one.pane.state.property("tone"), colour.name() if colour is not None else ""))
    assert [tone for tone, _ in looks] == ["warn", "warn", "bad"]
    assert looks[0][1] == "" and len({colour for _, colour in looks}) == 3
    assert cells(one)[2].endswith("1 min over")


def test_that_the_most_urgent_stands_first_and_what_is_done_is_left_out(make_desk, dock) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk()
    one = dock(desk)
    hears(
        desk,
        asked("late", needed_by=r.at(-60), priority=4),
        asked("first", priority=1),
        asked("over", cancelled=True),
        asked("filled", quantity=2),
        r.report(EMS, Fill(id="filled", requester=GASTON, at=r.at(0), rev=1, quantity=2)),
    )
    assert [one.model.id_at(one.model.index(row, 0))[1] for row in range(3)] == ["late", "first", "filled"]
    assert one.model.rowCount() == 3
    one.over.setChecked(True)
    assert one.model.rowCount() == 4
    one.filter.setText("nothing like it")
    assert one.nothing.text() == "No request passes the filter."


def test_that_a_liaison_fills_in_one_press_and_the_mark_follows_in_the_same_breath(foam, dock, qtbot, sent) -> None:  # type: ignore[no-untyped-def]
    one = dock(foam)
    hears(foam, asked(), gives(EMS, 5))
    one.choose(KEY)
    assert one.pane.quick.text() == "Offer 3 × Foam trailer"
    qtbot.mouseClick(one.pane.quick, Qt.MouseButton.LeftButton)
    (command,) = sent
    assert isinstance(command, Command)
    fill, mark = command.bodies
    assert isinstance(fill, Fill) and isinstance(mark, Resource)
    assert (fill.quantity, fill.resource, fill.requester, fill.role) == (3, "foam", GASTON, "liaison")
    assert (mark.available, mark.availability) == (0, "committed")
    assert cells(one)[1] == "2 missing\n8 of 10"
    assert one.pane.quick.isHidden()
    assert [act for act, button in one.pane.buttons.items() if not button.isHidden()] == [
        "more",
        "en_route",
        "delivered",
        "withdraw",
    ]
    qtbot.mouseClick(one.pane.buttons["en_route"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(one.pane.buttons["delivered"], Qt.MouseButton.LeftButton)
    said = foam.requests.said(foam.picture.requests[KEY])
    assert said is not None and said.state == "delivered"


def test_that_the_form_offers_no_more_than_is_free_and_withdrawing_gives_it_back(foam, dock, sent) -> None:  # type: ignore[no-untyped-def]
    one = dock(foam)
    hears(foam, asked())
    one.choose(KEY)
    one.act("give", *KEY)
    dialog = one.opened
    assert isinstance(dialog, FillRequestDialog)
    assert (dialog.quantity.value(), dialog.quantity.maximum()) == (3, 3)
    dialog.quantity.setValue(2)
    dialog.eta.setValue(45)
    dialog.attempt()
    assert foam.picture.resources["charlotte-fire", "foam"].body.available == 1
    assert "2 offered, there" in one.pane.given.text()
    one.act("more", *KEY)
    assert isinstance(one.opened, FillRequestDialog)
    assert one.opened.quantity.maximum() == 3  # the two that are set aside for it, and the one that is left
    one.opened.reject()
    one.act("withdraw", *KEY)
    assert isinstance(one.opened, ReasonDialog)
    one.opened.attempt()
    assert "Say why" in one.opened.refusal.text()
    one.opened.reason.setEditText("A fire of our own")
    one.opened.attempt()
    assert foam.picture.resources["charlotte-fire", "foam"].body.available == 3
    assert "withdrawn — A fire of our own" in one.pane.given.text()


def test_that_a_request_is_asked_changed_and_cancelled_by_its_form(make_desk, dock, sent) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk()
    one = dock(desk)
    one.set_selection("incident", *RAIL)
    one.request_resource()
    dialog = one.opened
    assert isinstance(dialog, RequestResourceDialog)
    assert dialog.deliver.text() == "Wilkinson Blvd & Old Dowd Rd"
    dialog.attempt()
    assert dialog.refusal.text() == "Say what is needed."
    dialog.what.setEditText("Type 1 engines")
    dialog.quantity.setValue(10)
    dialog.attempt()
    request = sent[0].body
    assert isinstance(request, ResourceRequest)
    assert (request.what, request.quantity, request.incident, request.priority) == ("Type 1 engines", 10, RAIL[1], 1)
    assert request.needed_by is not None
    key = ("charlotte-fire", request.id)
    assert one.chosen() == key
    one.act("change", *key)
    assert isinstance(one.opened, RequestResourceDialog)
    assert one.opened.what.currentText() == "Type 1 engines"
    one.opened.quantity.setValue(8)
    one.opened.attempt()
    changed = desk.picture.requests[key].body
    assert (changed.quantity, changed.rev, changed.needed_by) == (8, 2, request.needed_by)
    one.act("cancel", *key)
    assert isinstance(one.opened, ReasonDialog)
    one.opened.reason.setEditText("Rain")
    one.opened.attempt()
    assert desk.requests.standing(desk.picture.requests[key]).state == "cancelled"
    assert one.model.open == 0


def test_that_others_roles_and_agencies_are_refused_with_the_reason(make_desk, dock) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk("dispatcher")
    one = dock(desk)
    hears(desk, asked())
    one.choose(KEY)
    assert not one.pane.buttons["give"].isEnabled()
    assert one.pane.buttons["change"].isHidden()
    told: list[str] = []
    desk.refused.connect(told.append)
    one.act("give", *KEY)
    assert "gives towards a request" in told[0]
    assert desk.requests.cancel(desk.picture.requests[KEY], "no") is not None
    assert desk.requests.offer(desk.picture.requests[KEY], 1) is not None


def test_that_a_liaison_declines_with_a_reason_and_may_think_again(foam, dock) -> None:  # type: ignore[no-untyped-def]
    one = dock(foam)
    hears(foam, asked(), asked("r2", what="Something else altogether", kind="unknown"))
    assert [report.key[1] for report in foam.requests.open_for_us()] == ["r1", "r2"]
    one.choose(KEY)
    one.act("decline", *KEY)
    assert isinstance(one.opened, ReasonDialog)
    one.opened.reason.setEditText("Below our own minimum cover")
    one.opened.attempt()
    assert [report.key[1] for report in foam.requests.open_for_us()] == ["r2"]
    assert "give" in one.pane.can(foam.picture.requests[KEY], foam.requests.standing(foam.picture.requests[KEY]))
    one.choose((GASTON, "r2"))
    assert one.pane.quick.isHidden()  # nothing of ours is surely what they need


def test_that_what_is_only_of_the_same_kind_is_not_offered_at_once(foam, dock) -> None:  # type: ignore[no-untyped-def]
    one = dock(foam)
    hears(foam, asked(what="Air monitors"), asked("r2", what="Foam, 1,000 l"))
    one.choose(KEY)
    assert one.pane.quick.isHidden()
    one.choose((GASTON, "r2"))
    assert one.pane.quick.text() == "Offer 3 × Foam trailer"


def test_that_hostile_requests_stay_words_and_widen_nothing(foam, dock, qtbot) -> None:  # type: ignore[no-untyped-def]
    one = dock(foam)
    width = one.width()
    hostile = {"what": HOSTILE, "note": HOSTILE * 20, "deliver_to": HOSTILE, "reason": HOSTILE, "nims_type": HOSTILE}
    hears(
        foam,
        asked(kind=HOSTILE, asked_of=("charlotte-fire", HOSTILE), **hostile),
        gives(EMS, 1_000_000, resource=HOSTILE, reason=HOSTILE, state=HOSTILE, eta_s=30 * 86400),
        gives("matthews-fd", 2, reason=HOSTILE),
        gives("cats", 2, "declined", reason=HOSTILE),
    )
    one.choose(KEY)
    for _ in range(3):
        QApplication.processEvents()
    shown = [label.text() for label in one.findChildren(QLabel)] + cells(one)
    assert any("<b>bold</b>" in text for text in shown)
    assert not any("\u202e" in text or "\x00" in text for text in shown)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in one.pane.findChildren(QLabel))
    assert one.width() == width
    for dialog in (
        FillRequestDialog(foam, foam.picture.requests[KEY]),
        RequestResourceDialog(foam, known=foam.picture.requests[KEY]),
    ):
        qtbot.addWidget(dialog)
        assert dialog.sizeHint().width() < 900
