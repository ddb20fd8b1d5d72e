"""Command of an incident at the desks: the page, its forms, hand-over with the giver's tasks, what is announced."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from cop.domain.batch import Batch
from cop.domain.command import IncidentCommand, command_id
from cop.domain.desk import Command
from cop.domain.incident import Link
from cop.domain.report import Report
from cop.domain.task import Task
from cop.picture.change import Change, Key
from cop.ui.command_section import CommandSection
from cop.ui.command_words import CommandNews
from cop.ui.desk import Desk
from cop.ui.dialogs.hand_over import HandOverDialog, ReasonDialog, UnifyDialog
from cop.ui.incident_log import lines_of
from cop.ui.incident_page import IncidentPage
from tests import reports as r
from tests.ui.conftest import CRASH, RAIL, Clock

GASTON = "gastonia-fd"
HOSTILE = "<b>bold</b><img src=x onerror=alert(1)> \u202eevil\x00\n" + "w" * 400


def word(agency: str, rev: int, *, incident: Key = RAIL, seconds: float = 0, **fields: object) -> Report:
    head = {"id": command_id(*incident), "at": r.at(seconds), "incident_agency": incident[0], "incident": incident[1]}
    return r.report(agency, IncidentCommand(rev=rev, **{**head, **fields}))  # type: ignore[arg-type]


def hears(desk: Desk, *reports: Report) -> None:
    desk.take_in(Batch(epoch=1, reports=list(reports)))


def passes_on(sent: list[Command], speaker: Desk, *listeners: Desk) -> None:
    """What one desk put on disk comes to the others."""
    while sent:
        command = sent.pop(0)
        for body in command.bodies:
            for desk in listeners:
                hears(desk, r.report(speaker.operator.agency, body))


@pytest.fixture
def section(qtbot: QtBot) -> Callable[[Desk], CommandSection]:
    """The section over a desk, kept up with it."""

    def make(desk: Desk, incident: Key = RAIL) -> CommandSection:
        one = CommandSection(desk)
        one.resize(340, 300)
        qtbot.addWidget(one)
        one.say(desk.picture.incidents[incident])
        desk.changed.connect(lambda _: one.say(desk.picture.incidents[incident]))
        one.show()
        return one

    return make


def shown(section: CommandSection) -> list[str]:
    return [act for act, one in section.buttons.items() if not one.isHidden()]


def press(qtbot: QtBot, section: CommandSection, act: str) -> None:
    qtbot.mouseClick(section.buttons[act], Qt.MouseButton.LeftButton)


def test_that_command_is_taken_by_one_press_and_the_person_is_named(make_desk, section, qtbot, sent) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk()
    one = section(desk)
    assert (one.who.text(), one.expected.text()) == ("Nobody is in command yet", "We are expected to lead")
    press(qtbot, one, "take")
    assert one.who.text() == "We are in command"
    assert one.people.text().startswith("A. Rivera · since ")
    assert one.unsent.text() == "● not sent yet"
    (command,) = sent
    assert isinstance(command.body, IncidentCommand)
    assert (command.body.holds, command.body.role) == (True, "commander")
    assert shown(one) == ["offer", "unify", "relinquish"]


def test_that_a_hand_over_is_offered_by_the_form_and_withdrawn_by_one_press(make_desk, section, qtbot, sent) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk()
    one = section(desk)
    desk.command.take(RAIL)
    press(qtbot, one, "offer")
    dialog = one.opened
    assert isinstance(dialog, HandOverDialog)
    assert "2 open tasks" in dialog.said.text()
    dialog.agency.setCurrentIndex(-1)
    dialog.attempt()
    assert dialog.refusal.text() == "Choose the agency that is to take command."
    dialog.agency.setCurrentIndex(dialog.agency.findData(GASTON))
    dialog.reason.setEditText("Our crew is spent")
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert one.opened is None
    standing = desk.command.standing(RAIL)
    assert standing.state == "handing_over"
    assert "We command until then" in one.open.text()
    assert shown(one) == ["withdraw"]
    press(qtbot, one, "withdraw")
    assert desk.command.standing(RAIL).state == "one"
    assert len(sent) == 3


def test_that_an_offer_to_us_is_seen_at_once_and_stays_until_it_is_answered(
    make_desk, section, qtbot, clock: Clock
) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk(agency=GASTON)
    one, news = section(desk), CommandNews(desk)
    told: list[str] = []
    desk.changed.connect(lambda change: told.extend(news.take(change)))
    hears(desk, word(RAIL[0], 2, holds=True, commander="B3", since=r.at(-600), offered_to=GASTON, reason="Spent"))
    assert told == ["Charlotte Fire offers us command of Hazmat rail derailment: Spent"]
    clock.now = r.at(90)
    one.say(desk.picture.incidents[RAIL])
    assert one.asks.text() == "Charlotte Fire offers us command: Spent · waiting 1:30"
    assert [(asked.kind, asked.agency, asked.incident) for asked in desk.command.waiting_for_us()] == [
        ("hand_over", RAIL[0], RAIL)
    ]
    assert shown(one) == ["accept", "decline"]
    press(qtbot, one, "decline")
    assert isinstance(one.opened, ReasonDialog)
    one.opened.attempt()
    assert "Say why" in one.opened.refusal.text()
    one.opened.reason.setEditText("No chief here")
    one.opened.attempt()
    assert desk.command.waiting_for_us() == []
    assert "declined command: No chief here" in one.notes.text()


def test_that_accepting_takes_over_the_givers_open_tasks_in_one_breath_on_every_desk(
    make_desk, section, qtbot, sent
) -> None:  # type: ignore[no-untyped-def]
    giver, taker, third = (
        make_desk(),
        make_desk(agency=GASTON),
        make_desk(agency="mecklenburg-ems"),
    )
    others = (giver, taker, third)
    giver.command.take(RAIL)
    giver.command.offer(RAIL, GASTON, "Yours now")
    passes_on(sent, giver, taker, third)
    one = section(taker)
    assert one.goes_with.text() == "2 open tasks of Charlotte Fire go with it."
    press(qtbot, one, "accept")
    (command,) = sent
    assert [type(body) for body in command.bodies] == [IncidentCommand, Task, Task]
    passes_on(sent, taker, giver, third)
    for desk in others:
        assert desk.command.standing(RAIL).agencies == (GASTON,)
        states = {key: desk.picture.task_state(report, r.at(0)) for key, report in desk.picture.tasks.items()}
        assert states["charlotte-fire", "t-triage"] == "handed_over"
        assert states["charlotte-fire", "t-decon"] == "handed_over"
        ours = {
            report.body.unit: states[key]
            for key, report in desk.picture.tasks.items()
            if key[0] == GASTON and isinstance(report.body, Task)
        }
        assert ours["medic-9"] == "on_scene"  # the crew works on, whoever commands
        assert states[CRASH[0], "t-stage"] == "requested"  # another incident's task is nobody's to take


def test_that_a_crossed_withdrawal_and_acceptance_end_the_same_on_every_desk(make_desk, sent) -> None:  # type: ignore[no-untyped-def]
    giver, taker = make_desk(), make_desk(agency=GASTON)
    giver.command.take(RAIL)
    giver.command.offer(RAIL, GASTON)
    passes_on(sent, giver, taker)
    offer = taker.command.standing(RAIL).offer_to(GASTON)
    assert offer is not None
    assert giver.command.withdraw(RAIL) is None
    (withdrawn,) = sent
    sent.clear()
    assert taker.command.accept(RAIL, offer) is None  # it has not heard of that yet
    passes_on(sent, taker, giver)
    sent.append(withdrawn)
    passes_on(sent, giver, taker)
    for desk in (giver, taker):
        assert desk.command.standing(RAIL).agencies == (RAIL[0],)
        assert desk.picture.task_state(desk.picture.tasks["charlotte-fire", "t-triage"], r.at(0)) == "on_scene"
    assert taker.command.standing(RAIL).voids


def test_that_an_answer_to_an_offer_that_was_taken_back_is_refused_in_words(make_desk) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk(agency=GASTON)
    hears(desk, word(RAIL[0], 2, holds=True, commander="B3", since=r.at(-600), offered_to=GASTON))
    offer = desk.command.standing(RAIL).offer_to(GASTON)
    assert offer is not None
    hears(desk, word(RAIL[0], 3, holds=True, commander="B3", since=r.at(-600)))
    refusal = desk.command.accept(RAIL, offer)
    assert refusal is not None
    assert refusal.reason == "Charlotte Fire does not offer us command any more."


def test_that_command_is_shared_with_named_leads(make_desk, section, qtbot, sent) -> None:  # type: ignore[no-untyped-def]
    first, second = make_desk(), make_desk(agency=GASTON)
    one, other = section(first), section(second)
    first.command.take(RAIL)
    press(qtbot, one, "unify")
    dialog = one.opened
    assert isinstance(dialog, UnifyDialog)
    dialog.agency.setCurrentIndex(dialog.agency.findData(GASTON))
    dialog.lead.setText("Battalion 3")
    dialog.attempt()
    passes_on(sent, first, second)
    assert other.asks.text() == "Charlotte Fire under Battalion 3 would command together with us"
    assert shown(other)[:2] == ["join", "decline"]
    press(qtbot, other, "join")
    passes_on(sent, second, first)
    for shown_here in (one, other):
        assert shown_here.who.text() == "Unified command"
        assert "Charlotte Fire: Battalion 3" in shown_here.people.text()
        assert "Gastonia FD: A. Rivera" in shown_here.people.text()
    press(qtbot, other, "leave")
    assert isinstance(other.opened, ReasonDialog)
    other.opened.reason.setEditText("Our part is done")
    other.opened.attempt()
    passes_on(sent, second, first)
    assert one.who.text() == "We are in command"


def test_that_command_that_somebody_has_is_taken_only_with_a_reason_and_shown_as_claimed_twice(
    make_desk, section, qtbot
) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk()
    one = section(desk)
    hears(desk, word(GASTON, 1, holds=True, commander="Moss", since=r.at(-60)))
    assert one.who.text() == "Gastonia FD is in command"
    assert one.expected.text() == "We are expected to lead"
    press(qtbot, one, "take_all_the_same")
    dialog = one.opened
    assert isinstance(dialog, ReasonDialog)
    dialog.attempt()
    assert "say why" in dialog.refusal.text()
    dialog.reason.setEditText("Our jurisdiction")
    dialog.attempt()
    assert one.who.text() == "⚠ Command is claimed by Gastonia FD and by Charlotte Fire"
    assert one.who.property("tone") == "bad"
    assert "yield" in shown(one)


@pytest.mark.parametrize("role", ["dispatcher", "liaison"])
def test_that_other_roles_see_why_they_may_not(make_desk, section, role) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk(role)
    one = section(desk)
    assert not one.buttons["take"].isEnabled()
    assert "Only an incident commander" in one.buttons["take"].toolTip()
    refusal = desk.command.take(RAIL)
    assert refusal is not None


def test_that_hostile_words_about_command_stay_words(make_desk, section, qtbot) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk(agency=GASTON)
    one = section(desk)
    news = CommandNews(desk)
    seen: list[Change] = []
    desk.changed.connect(seen.append)
    hears(
        desk,
        word("x" * 64, 1, holds=True, commander=HOSTILE[:256], reason=HOSTILE, since=r.at(0), offered_to=GASTON),
        word("y", 1, holds=True, commander=HOSTILE[:256], reason=HOSTILE, with_agencies=(GASTON, HOSTILE[:200])),
    )
    QApplication.processEvents()
    texts = [*(label.text() for label in one.findChildren(QLabel)), *news.take(seen[0])]
    assert any("<b>bold</b>" in text for text in texts)
    assert not any("\u202e" in text or "\x00" in text for text in texts)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in one.findChildren(QLabel))
    assert one.width() == 340  # nothing that was said widens it
    for dialog in (HandOverDialog(desk, RAIL), UnifyDialog(desk, RAIL)):
        qtbot.addWidget(dialog)
        assert dialog.sizeHint().width() < 900


def test_that_merged_incidents_have_one_command(make_desk) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk()
    desk.command.take(RAIL)
    hears(desk, word("mecklenburg-ems", 1, incident=CRASH, holds=True, commander="EMS 1", since=r.at(5)))
    assert desk.command.standing(CRASH).agencies == ("mecklenburg-ems",)
    hears(desk, r.report(RAIL[0], Link(id="l1", at=r.at(9), first="/".join(RAIL), second="/".join(CRASH))))
    assert desk.command.standing(CRASH) == desk.command.standing(RAIL)
    assert desk.command.standing(RAIL).state == "contested"


def test_that_a_drills_word_commands_nothing_real(make_desk) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk()
    drill = word(GASTON, 1, holds=True, commander="Moss")
    hears(desk, Report(**{**{name: getattr(drill, name) for name in drill.__struct_fields__}, "exercise": True}))
    assert desk.command.standing(RAIL).state == "nobody"


def test_that_what_stood_before_the_desk_came_is_no_news_and_what_changes_is(make_desk) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk()
    news = CommandNews(desk)
    told: list[str] = []
    desk.changed.connect(lambda change: told.extend(news.take(change)))
    hears(desk, word(GASTON, 1, holds=True, commander="Moss", since=r.at(-5000)))
    assert told == []
    hears(desk, word("mecklenburg-ems", 1, holds=True, commander="EMS 1", since=r.at(-1)))
    assert told == ["⚠ Command of Hazmat rail derailment is claimed by Gastonia FD and Mecklenburg EMS"]


def test_that_the_page_says_who_is_in_command_between_who_leads_and_who_is_near(make_desk, qtbot) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk()
    page = IncidentPage(desk)
    page.resize(360, 900)
    qtbot.addWidget(page)
    page.show_object(RAIL)
    page.show()
    QApplication.processEvents()
    change = Change(commands={(GASTON, command_id(*RAIL))})
    assert page.concerns(change)
    tops = [part.mapTo(page, part.rect().topLeft()).y() for part in (page.leads, page.command, page.nearest)]
    assert tops == sorted(tops)


def test_that_the_log_of_an_incident_tells_who_took_and_gave_command(make_desk) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk(agency=GASTON)
    hears(desk, word(RAIL[0], 2, seconds=-20, holds=True, since=r.at(-600), offered_to=GASTON, by="B3", reason="Spent"))
    offer = desk.command.standing(RAIL).offer_to(GASTON)
    assert offer is not None
    desk.command.accept(RAIL, offer)
    told = [line.text for line in lines_of(desk, desk.picture.incidents[RAIL])]
    assert "Gastonia FD, A. Rivera, incident commander took command over from Charlotte Fire" in told
    assert "Charlotte Fire, B3 offered command to Gastonia FD: Spent" in told


def test_that_the_window_says_at_once_that_command_is_offered_to_us(make_desk, make_window) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk(agency=GASTON)
    window = make_window(desk)
    hears(desk, word(RAIL[0], 2, holds=True, commander="B3", since=r.at(-600), offered_to=GASTON, reason="Spent"))
    assert window.notice.text() == "Charlotte Fire offers us command of Hazmat rail derailment: Spent"
