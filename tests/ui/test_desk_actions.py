"""What each desk may do in the window: dialogs, refusals in words, the task board, pending marks."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cop.domain.batch import Batch, Delivered
from cop.domain.desk import Command
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.resource import Resource
from cop.domain.task import Answer, Task
from cop.ui.dialogs.assign_task import AssignTaskDialog
from cop.ui.dialogs.decline import DeclineDialog
from cop.ui.dialogs.mark_resource import MarkResourceDialog
from cop.ui.dialogs.open_incident import OpenIncidentDialog
from cop.ui.dialogs.write_log import WriteLogDialog
from cop.ui.keys_dialog import KeysDialog
from cop.ui.main_window import MainWindow
from tests import reports as r
from tests.ui.conftest import CRASH, RAIL, Clock, MakeDesk, MakeWindow

STAGE = ("mecklenburg-ems", "t-stage")
DECON = ("charlotte-fire", "t-decon")


def key(qtbot: QtBot, window: MainWindow, which: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    """Press a key in the active window, as a person does."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.map_view.setFocus()
    qtbot.keyClick(window, which, modifier or Qt.KeyboardModifier.NoModifier)


def columns(window: MainWindow) -> dict[str, list[str]]:
    return {name: [task for _, task in column.shown()] for name, column in window.task_board.columns.items()}


def test_that_a_dispatcher_opens_an_incident_where_the_map_was_clicked(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    window = make_window(make_desk("dispatcher"))
    window.map_view.open_incident_asked.emit(35.3, -80.9)
    dialog = window.dialogs.opened
    assert isinstance(dialog, OpenIncidentDialog)
    assert dialog.place.text() == "17S NV 09091 06317"
    assert "City of Charlotte" in dialog.ground.text()
    dialog.type.setCurrentIndex(dialog.type.findData("hazmat"))
    dialog.priority.setCurrentIndex(0)
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert dialog.refusal.text() == "An incident needs a title."
    assert window.notice.text() == "An incident needs a title."
    assert sent == []
    qtbot.keyClicks(dialog.title, "Spill")
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert window.dialogs.opened is None
    body = sent[0].body
    assert isinstance(body, Incident)
    assert (body.title, body.type, body.priority, body.lat, body.lon) == ("Spill", "hazmat", 1, 35.3, -80.9)
    index = window.incident_dock.model.index(0, 0)
    assert "not sent yet" in index.data()
    assert "17S NV 09091 06317" in index.data()
    assert (window.selection_panel.kind, window.selection_panel.key) == ("incident", ("charlotte-fire", body.id))


def test_that_a_place_that_cannot_be_read_is_refused_beside_the_button(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    window = make_window(make_desk("dispatcher"))
    window.dialogs.open_incident()
    dialog = window.dialogs.opened
    assert isinstance(dialog, OpenIncidentDialog)
    dialog.title.setText("Spill")
    dialog.place.setText("behind the depot")
    dialog.attempt()
    assert dialog.refusal.text().startswith("Place: type US National Grid")
    dialog.place.setText("35.1, -80.9")
    dialog.attempt()
    assert isinstance(sent[0].body, Incident)
    assert (sent[0].body.lat, sent[0].body.lon) == (35.1, -80.9)


def test_that_a_commander_asks_for_a_near_unit_and_the_card_waits_until_it_is_sent(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command], clock: Clock
) -> None:
    desk = make_desk()
    window = make_window(desk)
    window.select("incident", *RAIL)
    row = next(one for one in window.selection_panel.incident_page.nearest.rows if one.name.text() == "Medic 17")
    qtbot.mouseClick(row.asked, Qt.MouseButton.LeftButton)
    dialog = window.dialogs.opened
    assert isinstance(dialog, AssignTaskDialog)
    assert dialog.incident.currentData() == RAIL
    assert dialog.unit() == ("mecklenburg-ems", "medic-17")
    assert dialog.go.text() == "Request"
    dialog.objective.setText("Plug the leak")
    dialog.due.known.setChecked(True)
    dialog.attempt()
    body = sent[0].body
    assert isinstance(body, Task)
    assert (body.assignee_agency, body.unit, body.incident) == ("mecklenburg-ems", "medic-17", RAIL[1])
    assert body.due_at == clock.now + timedelta(minutes=30)
    card = window.task_board.card(("charlotte-fire", body.id))
    assert card is not None
    assert card.standing.pending
    assert "not sent yet" in card.accessibleName()
    desk.take_in(Batch(epoch=1, delivered=[Delivered("task", "charlotte-fire", body.id, "sent")]))
    assert not card.standing.pending
    clock.now += timedelta(seconds=102)
    window.tick()
    assert card.standing.line == "awaiting consent 1:42"


def test_that_a_task_moves_over_the_board_as_its_owner_answers(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    desk = make_desk()
    window = make_window(desk)
    window.select("incident", *RAIL)
    assert columns(window)["requested"] == ["t-stage", "t-decon"]  # what is asked of us stands there always, first
    for rev, (state, column) in enumerate(
        (
            ("accepted", "accepted"),
            ("en_route", "en_route"),
            ("on_scene", "on_scene"),
            ("complete", "complete"),
            ("declined", "requested"),
        ),
        start=1,
    ):
        said = r.answer("t-decon", state, rev=rev, seconds=rev, reason="No crew" if state == "declined" else "")
        desk.take_in(Batch(epoch=1, reports=[r.report("gastonia-fd", said)]))
        shown = columns(window)
        assert [name for name, tasks in shown.items() if "t-decon" in tasks] == [column]
        assert sum(len(tasks) for tasks in shown.values()) == 3
    card = window.task_board.card(DECON)
    assert card is not None
    assert (card.standing.mark, card.standing.line) == ("bad", "Declined: No crew")


def test_that_the_board_shows_one_incident_or_all(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    desk = make_desk(agency="gastonia-fd")
    window = make_window(desk)
    window.select("incident", *CRASH)
    assert window.task_board.heading.text() == "Tasks — MCI bus crash"
    assert columns(window)["on_scene"] == []
    window.task_board.everything.click()
    assert columns(window)["on_scene"] == ["t-triage"]
    assert window.task_board.heading.text() == "Tasks — all incidents"


def test_that_a_request_to_us_stands_out_and_is_accepted_on_its_card(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    window = make_window(make_desk("liaison"))
    assert window.top_bar.inbox.isVisible()
    assert window.top_bar.inbox.text() == "1 request"
    qtbot.mouseClick(window.top_bar.inbox, Qt.MouseButton.LeftButton)
    assert window.selection_panel.key == STAGE
    card = window.task_board.card(STAGE)
    assert card is not None
    assert card.standing.mark == "ask"
    qtbot.mouseClick(card.buttons()["accepted"], Qt.MouseButton.LeftButton)
    assert isinstance(sent[0].body, Answer)
    assert (sent[0].body.state, sent[0].body.requester) == ("accepted", "mecklenburg-ems")
    assert columns(window)["accepted"] == ["t-stage"]
    assert card.standing.pending
    assert not window.top_bar.inbox.isVisible()
    assert card.buttons() == {}


def test_that_a_decline_needs_its_reason(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    window = make_window(make_desk("dispatcher"))
    card = window.task_board.card(STAGE)
    assert card is not None
    qtbot.mouseClick(card.buttons()["declined"], Qt.MouseButton.LeftButton)
    dialog = window.dialogs.opened
    assert isinstance(dialog, DeclineDialog)
    dialog.attempt()
    assert dialog.refusal.text() == "Say why: the commander needs a reason to look elsewhere."
    dialog.reason.setCurrentText("No crew")
    dialog.attempt()
    assert isinstance(sent[0].body, Answer)
    assert (sent[0].body.state, sent[0].body.reason) == ("declined", "No crew")


def test_that_the_owner_moves_its_task_on_from_the_selection_panel(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    desk = make_desk("dispatcher")
    window = make_window(desk)
    window.dialogs.answer_task(*STAGE, "accepted")
    window.select("task", *STAGE)
    page = window.selection_panel.pages["task"]
    for words in ("En route", "On scene", "Done"):

        def offered(words: str = words) -> list[QPushButton]:
            return [one for one in page.findChildren(QPushButton) if one.text() == words and one.isVisible()]

        qtbot.waitUntil(lambda: bool(offered()))
        qtbot.mouseClick(offered()[0], Qt.MouseButton.LeftButton)
    assert [one.body.state for one in sent if isinstance(one.body, Answer)] == [
        "accepted",
        "en_route",
        "on_scene",
        "complete",
    ]


def test_that_a_commander_takes_a_request_back(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    window = make_window(make_desk())
    window.select("task", *DECON)
    qtbot.mouseClick(window.selection_panel.pages["task"].cancel, Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]
    assert isinstance(sent[0].body, Task)
    assert sent[0].body.cancelled
    assert "t-decon" in columns(window)["complete"]


def test_that_a_liaison_marks_an_own_resource(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command], clock: Clock
) -> None:
    window = make_window(make_desk("liaison"))
    window.resource_dock.raise_()
    dock = window.resource_dock
    dock.view.selectRow(dock.model.index_of(("charlotte-fire", "foam")).row())
    assert dock.mark.isEnabled()
    qtbot.mouseClick(dock.mark, Qt.MouseButton.LeftButton)
    dialog = window.dialogs.opened
    assert isinstance(dialog, MarkResourceDialog)
    dialog.availability.setCurrentIndex(dialog.availability.findData("out_of_service"))
    assert dialog.available.value() == 0
    dialog.until.known.setChecked(True)
    dialog.until.edit.setDateTime(dialog.until.edit.dateTime().addDays(-1))
    dialog.attempt()
    assert dialog.refusal.text() == "Until-when is in the past."
    dialog.until.edit.setDateTime(dialog.until.edit.dateTime().addDays(1))
    dialog.attempt()
    body = sent[0].body
    assert isinstance(body, Resource)
    assert (body.availability, body.available, body.until) == ("out_of_service", 0, clock.now + timedelta(hours=4))
    assert "Out of service, not sent yet" in [dock.model.index(row, 4).data() for row in range(dock.model.rowCount())]


def test_that_any_desk_writes_in_the_log_of_the_selected_incident(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    window = make_window(make_desk("liaison"))
    window.select("incident", *RAIL)
    key(qtbot, window, Qt.Key.Key_L)
    dialog = window.dialogs.opened
    assert isinstance(dialog, WriteLogDialog)
    dialog.attempt()
    assert dialog.refusal.text() == "Write what is to stand in the log."
    dialog.text.setPlainText("Foam on its way")
    dialog.attempt()
    body = sent[0].body
    assert isinstance(body, LogEntry)
    assert (body.incident_agency, body.incident, body.text) == (*RAIL, "Foam on its way")
    assert any("Foam on its way" in line.text for line in window.selection_panel.incident_page._log)


@pytest.mark.parametrize(
    ("role", "which", "modifier", "reason"),
    [
        (
            "liaison",
            Qt.Key.Key_A,
            None,
            "Only an incident commander assigns a task; this desk is signed in as liaison.",
        ),
        (
            "commander",
            Qt.Key.Key_M,
            None,
            "Only a liaison marks a resource; this desk is signed in as incident commander.",
        ),
        (
            "liaison",
            Qt.Key.Key_N,
            Qt.KeyboardModifier.ControlModifier,
            "Only a dispatcher or incident commander opens an incident; this desk is signed in as liaison.",
        ),
    ],
)
def test_that_a_key_for_what_a_role_may_not_do_says_why(
    qtbot: QtBot,
    make_desk: MakeDesk,
    make_window: MakeWindow,
    role: str,
    which: Qt.Key,
    modifier: Qt.KeyboardModifier | None,
    reason: str,
) -> None:
    window = make_window(make_desk(role))
    key(qtbot, window, which, modifier)
    assert window.dialogs.opened is None
    assert window.notice.text() == reason


def test_that_buttons_for_what_a_role_may_not_do_are_off_and_say_why(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk("liaison"))
    window.select("incident", *RAIL)
    page = window.selection_panel.incident_page
    for button in (page.assign, page.nearest.rows[0].asked, window.incident_dock.open_button):
        assert not button.isEnabled()
        assert "this desk is signed in as liaison" in button.toolTip()
        assert "this desk is signed in as liaison" in button.accessibleDescription()
    commander = make_window(make_desk("commander"))
    commander.select("resource", "charlotte-fire", "foam")
    assert not commander.resource_dock.mark.isEnabled()
    assert commander.resource_dock.why.text().startswith("Only a liaison marks a resource")


def test_that_a_liaison_does_not_mark_another_agencys_resource(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    window = make_window(make_desk("liaison"))
    window.dialogs.mark_resource("gastonia-fd", "decon")
    assert window.dialogs.opened is None
    assert window.notice.text() == "This resource is Gastonia FD's; only they mark it."


def test_that_the_assign_key_is_about_the_selected_unit_and_the_last_incident(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    window.select("incident", *CRASH)
    window.select("unit", "mecklenburg-ems", "medic-17")
    key(qtbot, window, Qt.Key.Key_A)
    dialog = window.dialogs.opened
    assert isinstance(dialog, AssignTaskDialog)
    assert dialog.incident.currentData() == CRASH
    assert dialog.unit() == ("mecklenburg-ems", "medic-17")
    dialog.units.filter.setText("engine")
    assert dialog.unit() == ("mecklenburg-ems", "medic-17")  # who is chosen stays so, and stands above the list
    dialog.units.choose([])
    dialog.objective.setText("x")
    dialog.attempt()
    assert dialog.refusal.text() == "Choose a unit."


def test_that_letters_typed_into_a_field_are_text_and_not_keys(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.unit_dock.raise_()
    window.unit_dock.filter.setFocus()
    qtbot.keyClicks(window.unit_dock.filter, "alarm")
    assert window.unit_dock.filter.text() == "alarm"
    assert window.dialogs.opened is None


def test_that_the_keys_are_listed(qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow) -> None:
    window = make_window(make_desk())
    key(qtbot, window, Qt.Key.Key_F1)
    dialog = next(one for one in window.findChildren(QDialog) if isinstance(one, KeysDialog))
    assert dialog.isVisible()
    said = [one.text() for one in dialog.findChildren(QLabel)]
    for action in window.window_actions:
        if not action.shortcut().isEmpty():
            assert action.text() in said
            assert action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) in said
    panels = said[said.index("PANELS") + 1 :: 2]
    numbered = [keys for keys in panels if keys[-1].isdigit()]
    assert numbered == sorted(numbered)
    hint = dialog.sizeHint()
    assert hint.width() <= 1366
    assert hint.height() <= 728  # the smallest screen less its bar
    dialog.accept()


def test_that_an_action_that_cannot_be_written_to_disk_is_refused(
    make_desk: MakeDesk, make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk("liaison")
    window = make_window(desk)

    def full(command: Command) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(desk, "_send", full)
    window.dialogs.answer_task(*STAGE, "accepted")
    assert "it could not be written to disk" in window.notice.text()
    assert columns(window)["requested"] == ["t-stage", "t-decon"]


def test_that_a_click_on_a_card_selects_its_task(qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow) -> None:
    window = make_window(make_desk())
    card = window.task_board.card(DECON)
    assert card is not None
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(12, 8))
    assert (window.selection_panel.kind, window.selection_panel.key) == ("task", DECON)
    qtbot.keyClick(window.task_board.card(STAGE), Qt.Key.Key_Return)
    assert window.selection_panel.key == STAGE


def test_that_a_chosen_unit_that_leaves_the_list_is_not_replaced_by_its_neighbour(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    window.dialogs.assign_task("gastonia-fd", "hazmat-4")
    dialog = window.dialogs.opened
    assert isinstance(dialog, AssignTaskDialog)
    dialog.units.filter.setText("medic")
    assert dialog.units.chosen == [("gastonia-fd", "hazmat-4")]


def test_that_what_stands_of_ours_is_said_again_unchanged_where_an_old_word_of_it_was_sent(
    make_desk: MakeDesk, sent: list[Command]
) -> None:
    desk = make_desk("liaison")
    words = [r.task("t-old", rev=1), r.task("t-old", rev=2, cancelled=True, role="commander", by="B. Lee")]
    for agency in ("charlotte-fire", "gastonia-fd"):
        for body in (*words, words[0]):
            desk.take_in(Batch(epoch=1, reports=[r.report(agency, body)]))
    assert [one.body for one in sent] == [words[1]]  # ours, as it was said; what is theirs they say themselves


def test_that_who_sends_old_words_without_end_does_not_keep_the_desk_writing(
    make_desk: MakeDesk, sent: list[Command], clock: Clock
) -> None:
    desk = make_desk("liaison")
    told = [r.report("charlotte-fire", r.task(f"t{n}", rev=rev)) for n in range(300) for rev in (1, 2)]
    desk.take_in(Batch(epoch=1, reports=told))
    old = [r.report("charlotte-fire", r.task(f"t{n}", rev=1)) for n in range(300)]
    for _ in range(30):
        desk.take_in(Batch(epoch=1, reports=old))
    assert [len(one.bodies) for one in sent] == [200]  # one write, and the rest when a second has passed
    clock.now += timedelta(seconds=1)
    desk.tick()
    assert [len(one.bodies) for one in sent] == [200, 200]
    assert all(body.rev == 2 for one in sent for body in one.bodies)


def test_that_no_lead_passes_by_looking_at_another_moment(make_desk: MakeDesk) -> None:
    desk = make_desk(filled=False)
    told: list[object] = []
    desk.lead_passed.connect(told.append)
    first, second = ((35.2271, -80.8431), (35.2621, -81.1873))  # Charlotte, Gastonia
    moments = [
        Batch(epoch=number, reports=[r.report("charlotte-fire", r.incident("a", rev=number, lat=lat, lon=lon))])
        for number, (lat, lon) in enumerate((first, second, first), start=1)
    ]
    leads = []
    for batch in moments:
        desk.take_anew(batch)
        lead = desk.authority.lead(("charlotte-fire", "a"))
        leads.append(lead.agencies if lead is not None else ())
        desk.tick()
    assert leads[0] != leads[1]
    assert (told, list(desk.passed_leads)) == ([], [])
    moved = r.incident("a", rev=9, lat=second[0], lon=second[1])
    desk.take_in(Batch(epoch=9, reports=[r.report("charlotte-fire", moved)]))
    assert len(told) == len(desk.passed_leads) == 1
