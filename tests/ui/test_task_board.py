"""The task board: where tasks stand, timers, whom to ask next, cards that are dragged, and many of them."""

from datetime import date, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cop.domain.agency import Agency
from cop.domain.agreement import Agreement, Agreements, AidClause, Term
from cop.domain.batch import Batch
from cop.domain.desk import Command
from cop.domain.task import Answer, Task
from cop.ui.desk import Desk
from cop.ui.main_window import MainWindow
from cop.ui.task_board import TaskBoard
from cop.ui.task_card import TaskCard
from cop.ui.task_words import Standing
from tests import reports as r
from tests.ui.conftest import CRASH, RAIL, Clock, MakeDesk, MakeWindow

US = "charlotte-fire"
DECON = (US, "t-decon")


def told(desk: Desk, *said: tuple[str, Task | Answer]) -> None:
    desk.take_in(Batch(epoch=1, reports=[r.report(agency, body) for agency, body in said]))


def our_request(task_id: str, *, rev: int = 1, asked_s: float = 0, **fields: object) -> tuple[str, Task]:
    """We ask Gastonia for Hazmat 4, and wait five minutes."""
    given = {
        "incident_agency": RAIL[0],
        "incident": RAIL[1],
        "unit_kind": "hazmat",
        "asked_at": r.at(asked_s),
        "answer_by": r.at(asked_s + 300),
        **fields,
    }
    return US, r.task(task_id, rev=rev, seconds=asked_s, **given)


def second_hazmat(desk: Desk) -> None:
    """York has a hazmat unit too."""
    reports = [
        r.report("york-fd", Agency(id="york-fd", at=r.at(-900), name="York FD")),
        r.report("york-fd", r.unit("hazmat-9", callsign="Hazmat 9", kind="hazmat", status="available")),
    ]
    desk.take_in(Batch(epoch=2, reports=reports))
    desk.take_in(r.positions_batch(("york-fd", "hazmat-9", 35.0, -81.2, 0), epoch=3))


def columns(window: MainWindow) -> dict[str, list[str]]:
    return {name: [task for _, task in column.shown()] for name, column in window.task_board.columns.items()}


def card_of(window: MainWindow, task_id: str, agency: str = US) -> TaskCard:
    card = window.task_board.card((agency, task_id))
    assert card is not None
    return card


def pass_time(window: MainWindow, clock: Clock, seconds: float) -> None:
    clock.now += timedelta(seconds=seconds)
    window.tick()


def drag(qtbot: QtBot, window: MainWindow, card: TaskCard, column: str) -> None:
    """Take a card with the mouse and put it down in the middle of a column."""
    start = QPoint(20, 8)
    area = window.task_board.columns[column]
    goal = card.mapFromGlobal(area.mapToGlobal(area.rect().center()))
    qtbot.mousePress(card, Qt.MouseButton.LeftButton, pos=start)
    step = QPoint(QApplication.startDragDistance() + 2, 0)
    for place in (start + step, (start + goal) / 2, goal):
        qtbot.mouseMove(card, place)
        QApplication.processEvents()
    qtbot.mouseRelease(card, Qt.MouseButton.LeftButton, pos=goal)


@pytest.mark.parametrize(
    ("task", "answer", "column", "line"),
    [
        ({"draft": True}, None, "requested", "draft · asks nobody yet"),
        ({}, None, "requested", "awaiting consent 0:00"),
        ({}, ("declined", {"reason": "No crew"}), "requested", "Declined: No crew"),
        ({}, ("countered", {"reason": "In an hour"}), "requested", "Countered: In an hour"),
        ({}, ("accepted", {"eta_s": 300}), "accepted", "ETA 5 min"),
        ({}, ("en_route", {}), "en_route", "en route since"),
        ({}, ("on_scene", {}), "on_scene", "0 s on task"),
        ({}, ("released", {"reason": "Fire at home"}), "requested", "Recalled by its owner: Fire at home"),
        ({}, ("complete", {}), "complete", "closed"),
        ({"cancelled": True, "reason": "Not needed"}, None, "complete", "cancelled"),
    ],
)
def test_that_every_state_has_its_place_and_words(
    make_desk: MakeDesk,
    make_window: MakeWindow,
    task: dict[str, object],
    answer: tuple[str, dict[str, object]] | None,
    column: str,
    line: str,
) -> None:
    desk = make_desk()
    window = make_window(desk)
    told(desk, our_request("t", **task))
    if answer is not None:
        told(desk, ("gastonia-fd", r.answer("t", answer[0], **answer[1])))
    assert [name for name, tasks in columns(window).items() if "t" in tasks] == [column]
    assert card_of(window, "t").standing.line.startswith(line)


def test_that_a_task_that_another_took_the_place_of_is_done_and_says_where_it_went(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    desk = make_desk()
    window = make_window(desk)
    told(desk, our_request("t"), our_request("t2", assignee_agency=US, unit="engine-4", replaces=f"{US}/t"))
    assert "t" in columns(window)["complete"]
    assert card_of(window, "t").standing.line.startswith("reassigned to Engine 4")


def test_that_a_timer_counts_turns_amber_then_red_and_says_so_without_colour(
    make_desk: MakeDesk, make_window: MakeWindow, clock: Clock
) -> None:
    desk = make_desk()
    window = make_window(desk)
    told(desk, our_request("t"))
    card = card_of(window, "t")
    seen = []
    for seconds in (102, 50, 150):
        pass_time(window, clock, seconds)
        seen.append((card.standing.line, card.standing.tone))
    assert seen == [
        ("awaiting consent 1:42", "muted"),
        ("▲ awaiting consent 2:32 · 2:28 left", "warn"),
        ("⚠ no answer · overdue 0:02", "bad"),
    ]
    assert card.property("mark") == "bad"
    assert "overdue 0:02" in card.accessibleName()


def test_that_what_was_sent_by_a_clause_says_by_which(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    clause = AidClause(number="4.1", says="One hazmat unit.", giver="gastonia-fd", takers=(US,), mode="direct")
    paper = Agreement(
        id="mou",
        title="Regional Hazmat MOU",
        parties=(US, "gastonia-fd"),
        in_force_from=date(2020, 1, 1),
        clauses=(clause,),
    )
    desk = make_desk(agreements=Agreements([Term(paper, clause)]))
    window = make_window(desk)
    told(desk, our_request("t", agreement="mou", clause="4.1"))
    assert "t" in columns(window)["accepted"]
    assert card_of(window, "t").standing.line == "accepted by Regional Hazmat MOU §4.1"


@pytest.mark.parametrize("turned", ["overdue", "declined", "released"])
def test_that_who_got_no_unit_asks_the_next_candidate_with_one_press(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command], clock: Clock, turned: str
) -> None:
    desk = make_desk()
    second_hazmat(desk)
    window = make_window(desk)
    told(desk, our_request("t"))
    assert card_of(window, "t").buttons() == {}
    if turned == "overdue":
        clock.now += timedelta(seconds=301)
        desk.take_in(r.positions_batch(("york-fd", "hazmat-9", 35.0, -81.2, 300), epoch=4))
        window.tick()
    else:
        told(desk, ("gastonia-fd", r.answer("t", turned, reason="No crew")))
    qtbot.waitUntil(lambda: "next" in card_of(window, "t").buttons())
    one = card_of(window, "t").buttons()["next"]
    assert one.text() == "Ask Hazmat 9\nYork FD"
    assert one.accessibleName().startswith("Ask Hazmat 9, York FD: ")
    qtbot.mouseClick(one, Qt.MouseButton.LeftButton)
    body = sent[-1].body
    assert isinstance(body, Task)
    assert (body.assignee_agency, body.unit, body.replaces) == ("york-fd", "hazmat-9", f"{US}/t")
    assert "t" in columns(window)["complete"]


def test_that_a_role_that_may_not_ask_sees_why_on_the_next_candidate(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    desk = make_desk("liaison")
    second_hazmat(desk)
    window = make_window(desk)
    told(desk, our_request("t"), ("gastonia-fd", r.answer("t", "declined", reason="No crew")))
    qtbot.waitUntil(lambda: "next" in card_of(window, "t").buttons())
    one = card_of(window, "t").buttons()["next"]
    assert not one.isEnabled()
    assert "assigns a task" in one.toolTip()


def test_that_a_unit_that_is_offered_instead_is_taken_with_one_press(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    desk = make_desk()
    window = make_window(desk)
    desk.take_in(Batch(epoch=1, reports=[r.report("gastonia-fd", r.unit("engine-3", callsign="Engine 3"))]))
    told(desk, our_request("t"), ("gastonia-fd", r.answer("t", "countered", offers="engine-3", reason="Nearer")))
    one = card_of(window, "t").buttons()["offer"]
    assert one.text() == "Take Engine 3 instead"
    qtbot.mouseClick(one, Qt.MouseButton.LeftButton)
    body = sent[-1].body
    assert isinstance(body, Task)
    assert (body.assignee_agency, body.unit, body.replaces) == ("gastonia-fd", "engine-3", f"{US}/t")


def test_that_a_card_is_dragged_to_what_its_owner_says_next_and_nowhere_else(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    desk = make_desk("dispatcher")
    window = make_window(desk)
    told(desk, (US, r.answer("t-stage", "accepted", requester="mecklenburg-ems")))
    stage = card_of(window, "t-stage", "mecklenburg-ems")
    qtbot.waitUntil(lambda: stage.width() > 100)
    drag(qtbot, window, stage, "requested")
    assert sent == []
    assert window.notice.text() == "A task that is accepted cannot become requested."
    drag(qtbot, window, stage, "en_route")
    assert [(one.body.state, one.body.id) for one in sent if isinstance(one.body, Answer)] == [("en_route", "t-stage")]
    assert columns(window)["en_route"] == ["t-stage"]
    decon = card_of(window, "t-decon")
    qtbot.waitUntil(lambda: decon.width() > 100)
    drag(qtbot, window, decon, "accepted")
    assert len(sent) == 1
    assert window.notice.text() == "Only Gastonia FD says how far this task is."


def test_that_the_columns_that_may_take_a_card_are_marked_while_it_is_carried(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk("dispatcher"))
    card = card_of(window, "t-stage", "mecklenburg-ems")
    qtbot.waitUntil(lambda: card.width() > 100)
    area = window.task_board.columns["accepted"]
    qtbot.mousePress(card, Qt.MouseButton.LeftButton, pos=QPoint(20, 8))
    qtbot.mouseMove(card, QPoint(60, 30))
    QApplication.processEvents()
    marks = {name: column.area.property("drop") for name, column in window.task_board.columns.items()}
    assert [name for name, mark in marks.items() if mark] == ["accepted"]
    assert marks["accepted"] == "may"
    goal = card.mapFromGlobal(area.mapToGlobal(area.rect().center()))
    qtbot.mouseMove(card, goal)
    QApplication.processEvents()
    assert area.area.property("drop") == "here"
    qtbot.mouseRelease(card, Qt.MouseButton.LeftButton, pos=card.rect().bottomLeft() + QPoint(-4000, 0))
    assert area.area.property("drop") == ""


def test_that_a_pulse_says_only_the_cards_anew_that_it_touched(
    make_desk: MakeDesk, make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk()
    window = make_window(desk)
    told(desk, *(our_request(f"t{number}", unit=f"u{number}") for number in range(20)))
    said: list[str] = []
    say = TaskCard.say

    def spy(card: TaskCard, standing: Standing, **how: object) -> None:
        said.append(card.key[1])
        say(card, standing, **how)  # type: ignore[arg-type]  # as it is called

    monkeypatch.setattr(TaskCard, "say", spy)
    told(desk, ("gastonia-fd", r.answer("t7", "accepted")))
    assert set(said) == {"t7"}
    said.clear()
    desk.take_in(Batch(epoch=1, reports=[r.report("gastonia-fd", r.unit("u3", callsign="Hazmat 3", rev=2))]))
    assert set(said) == {"t3"}
    assert "Hazmat 3" in card_of(window, "t3").accessibleName()
    said.clear()
    desk.take_in(Batch(epoch=1, reports=[r.report(CRASH[0], r.incident(CRASH[1], rev=9, title="Bus fire"))]))
    assert set(said) == {"t-stage"}
    said.clear()
    desk.take_in(r.positions_batch((US, "engine-4", 35.2, -80.9, 5), epoch=9))
    assert said == []


def test_that_of_a_thousand_tasks_the_first_are_shown_and_more_when_asked(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    desk = make_desk()
    window = make_window(desk)
    told(desk, *(our_request(f"t{number}", asked_s=-number / 10, unit=f"u{number}") for number in range(1000)))
    column = window.task_board.columns["requested"]
    first = column.shown()
    assert len(first) == 40
    assert column.more.isVisible()
    assert column.more.text() == "40 more of 962"

    def scrolled_to() -> bool:
        column.area.ensureWidgetVisible(column.more)
        return column.more.visibleRegion().contains(column.more.rect().center())

    qtbot.waitUntil(scrolled_to)
    qtbot.mouseClick(column.more, Qt.MouseButton.LeftButton)
    assert len(column.shown()) == 80
    assert column.shown()[:40] == first


def test_that_a_press_meant_for_a_card_that_gave_way_is_not_taken_by_the_one_in_its_place(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    desk = make_desk("dispatcher")
    window = make_window(desk)
    board: TaskBoard = window.task_board
    area = board.columns["requested"].area
    qtbot.waitUntil(lambda: area.width() > 100)
    told(desk, ("gastonia-fd", r.task("t-old", seconds=-200, assignee_agency=US, unit="engine-4")))
    old = card_of(window, "t-old", "gastonia-fd")
    area.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    told(
        desk, ("gastonia-fd", r.task("t-old", seconds=-200, rev=2, assignee_agency=US, unit="engine-4", cancelled=True))
    )
    stage = card_of(window, "t-stage", "mecklenburg-ems")
    assert old.key != stage.key
    qtbot.mouseClick(stage.buttons()["accepted"], Qt.MouseButton.LeftButton)
    assert sent == []


def test_that_no_name_widens_a_card(qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow) -> None:
    desk = make_desk()
    reports = [
        r.report("york-fd", Agency(id="york-fd", at=r.at(-900), name="W" * 200)),
        r.report("york-fd", r.unit("hazmat-9", callsign="<b>" + "W" * 200, kind="hazmat", status="available")),
    ]
    desk.take_in(Batch(epoch=2, reports=reports))
    desk.take_in(r.positions_batch(("york-fd", "hazmat-9", 35.0, -81.2, 0), epoch=3))
    window = make_window(desk, (1366, 728))
    before = window.task_board.columns["requested"].width()
    told(desk, our_request("t"), ("gastonia-fd", r.answer("t", "declined", reason="No crew")))
    qtbot.waitUntil(lambda: "next" in card_of(window, "t").buttons())
    card = card_of(window, "t")
    qtbot.waitUntil(lambda: card.buttons()["next"].width() < card.width() < before)
    assert window.task_board.columns["requested"].width() == before


def test_that_our_draft_stands_on_our_board_and_anothers_does_not_until_it_is_asked(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    desk = make_desk()
    window = make_window(desk)
    ours = our_request("ours", draft=True)
    theirs = ("york-fd", r.task("theirs", draft=True, asked_at=r.at(0)))
    desk.take_in(Batch(epoch=1, reports=[r.report(*ours), r.report(*theirs)]))
    assert "ours" in columns(window)["requested"]
    assert "theirs" not in columns(window)["requested"]
    asked = r.task("theirs", rev=2, seconds=5, asked_at=r.at(5))
    desk.take_in(Batch(epoch=1, reports=[r.report("york-fd", asked)]))
    assert "theirs" in columns(window)["requested"]
