"""What people do with tasks, at two desks that hear each other."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cop.domain.agreement import Agreement, Agreements, AidClause, Term
from cop.domain.batch import Batch, Delivered
from cop.domain.desk import Command, Operator
from cop.domain.report import Report, kind_of
from cop.domain.task import Answer, Task
from cop.feeds.outbox import Outbox
from cop.picture.picture import Picture
from cop.ui.desk import Desk
from cop.ui.dialogs.decline import DeclineDialog
from cop.ui.labels import Label
from cop.ui.main_window import MainWindow
from cop.ui.task_page import TaskPage
from tests import reports as r
from tests.ui.conftest import RAIL, Clock, MakeDesk, MakeWindow

CITY, GIVER = "charlotte-fire", "gastonia-fd"
CLAUSE = AidClause(
    number="4.2",
    says="Gastonia sends one hazmat company when Charlotte calls.",
    giver=GIVER,
    takers=(CITY,),
    kinds=("hazmat",),
    quantity=1,
    mode="direct",
    answer_within_min=3,
)
PACT = Agreement(
    id="metro-aid", title="Metro Aid", parties=(CITY, GIVER), in_force_from=r.NOON.date(), clauses=(CLAUSE,)
)


class Pair(NamedTuple):
    """The commander's desk and the owner's."""

    city: Desk
    giver: Desk


MakePair = Callable[..., Pair]


@pytest.fixture
def make_pair(make_desk: MakeDesk, sent: list[Command]) -> MakePair:
    """Two desks with the small picture; what either says, both hear."""

    def make(*, direct: bool = False) -> Pair:
        terms = Agreements([Term(PACT, CLAUSE)] if direct else ())
        pair = Pair(make_desk(agreements=terms), make_desk("dispatcher", GIVER, agreements=terms))
        for desk in pair:
            for unit in ("hazmat-4", "hazmat-5", "ladder-1"):
                kind = unit.partition("-")[0]
                known = r.unit(unit, rev=9, callsign=unit.replace("-", " ").title(), kind=kind, status="available")
                desk.take_in(Batch(epoch=1, reports=[r.report(GIVER, known)]))
        for desk, other in ((pair.city, pair.giver), (pair.giver, pair.city)):
            desk.changed.connect(lambda _, desk=desk, other=other: pass_on(desk, other, sent))
        return pair

    return make


def pass_on(desk: Desk, other: Desk, sent: list[Command]) -> None:
    """The network: what was said here is heard there."""
    while sent:
        command = sent.pop(0)
        told = [r.report(desk.operator.agency, body) for body in command.bodies]
        taken = [Delivered(kind_of(body), desk.operator.agency, body.id, "sent") for body in command.bodies]
        other.take_in(Batch(epoch=other.picture.epoch, reports=told))
        desk.take_in(Batch(epoch=desk.picture.epoch, delivered=taken))


def wanted(task_id: str = "n1", **fields: object) -> Task:
    given = {"incident_agency": RAIL[0], "incident": RAIL[1], "objective": "Plug the leak", **fields}
    return r.task(task_id, **given)


def states(pair: Pair, task_id: str, agency: str = CITY) -> tuple[str, str]:
    """Where a task stands at both desks."""
    found = [desk.picture.task_state(desk.picture.tasks[agency, task_id], desk.now()) for desk in pair]
    return found[0], found[1]


def of(desk: Desk, task_id: str) -> Report:
    return desk.picture.tasks[CITY, task_id]


def replacing(desk: Desk, task_id: str) -> Report:
    """The task that took its place."""
    found = desk.picture.standings.replaced_by(of(desk, task_id))
    assert found is not None
    return found


def test_that_several_units_are_asked_in_one_breath_or_none(make_desk: MakeDesk, sent: list[Command]) -> None:
    desk = make_desk()
    refused = desk.tasks.assign([wanted("n1"), wanted("n2", unit="nobody-7")])
    assert refused is not None
    assert refused.reason == "nobody-7: That unit is not in the picture."
    twice = desk.tasks.assign([wanted("n1"), wanted("n2")])
    assert twice is not None
    assert "chosen twice" in twice.reason
    assert not sent
    assert (CITY, "n1") not in desk.picture.tasks
    assert desk.tasks.assign([wanted("n1"), wanted("n2", assignee_agency=CITY, unit="engine-4")]) is None
    assert [[body.id for body in command.bodies] for command in sent] == [["n1", "n2"]]
    assert desk.tasks.assign([]) is not None


def test_that_what_cannot_be_written_to_disk_asks_nobody(make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = make_desk()

    def full(_: Command) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(desk, "_send", full)
    refused = desk.tasks.assign([wanted("n1"), wanted("n2", assignee_agency=CITY, unit="engine-4")])
    assert refused is not None
    assert "disk full" in refused.reason
    assert not {(CITY, "n1"), (CITY, "n2")} & set(desk.picture.tasks)


_KILLED = """
import os, sys
from pathlib import Path
from cop.feeds.outbox import Outbox
from tests import reports as r

class Dies:
    def __init__(self, real): self.real, self.count = real, 0
    def execute(self, statement, *values):
        if statement.startswith("INSERT"):
            self.count += 1
            if self.count == 3: os._exit(9)
        return self.real.execute(statement, *values)
    def __getattr__(self, name): return getattr(self.real, name)

outbox = Outbox(Path(sys.argv[1]), "charlotte-fire", "cop/v1")
outbox.put(r.task("first"))
outbox._connection = Dies(outbox._connection)
outbox.put(r.task("n1"), r.task("n2"), r.task("n3"))
"""


def test_that_a_desk_killed_between_two_of_several_tasks_has_asked_none_of_them(tmp_path: Path) -> None:
    died = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path / "outbox.db")], check=False, timeout=60)
    assert died.returncode == 9
    outbox = Outbox(tmp_path / "outbox.db", CITY, "cop/v1")
    assert [body.id for body in outbox.pending_bodies()] == ["first"]
    outbox.put(r.task("n1"), r.task("n2"))
    assert [body.id for body in outbox.pending_bodies()] == ["first", "n1", "n2"]
    outbox.close()


def test_that_a_unit_which_a_clause_gives_is_accepted_at_once_and_its_owner_can_recall_it(make_pair: MakePair) -> None:
    pair = make_pair(direct=True)
    assert pair.city.tasks.assign([wanted()]) is None
    body = of(pair.giver, "n1").body
    assert isinstance(body, Task)
    assert (body.agreement, body.clause, body.unit_kind) == ("metro-aid", "4.2", "hazmat")
    assert body.basis is not None
    assert (body.basis.type, body.basis.priority) == ("rail", 1)
    assert (body.asked_at, body.answer_by) == (r.NOON, r.at(180))
    assert states(pair, "n1") == ("accepted", "accepted")
    assert pair.giver.picture.standings.of(of(pair.giver, "n1")).by_clause
    no_reason = pair.giver.tasks.release(of(pair.giver, "n1"), "")
    assert no_reason is not None
    assert pair.giver.tasks.release(of(pair.giver, "n1"), "Fire at home") is None
    assert states(pair, "n1") == ("released", "released")


def test_that_more_than_a_clause_gives_is_asked_as_any_other(make_pair: MakePair) -> None:
    pair = make_pair(direct=True)
    assert pair.city.tasks.assign([wanted("n1"), wanted("n2", unit="hazmat-5")]) is None
    assert states(pair, "n1") == ("accepted", "accepted")
    assert states(pair, "n2") == ("requested", "requested")
    body = of(pair.city, "n2").body
    assert isinstance(body, Task)
    assert body.answer_by is not None


def test_that_a_unit_offered_instead_is_taken_with_one_act_and_needs_no_second_yes(make_pair: MakePair) -> None:
    pair = make_pair()
    assert pair.city.tasks.assign([wanted()]) is None
    asked = of(pair.giver, "n1")
    assert pair.giver.tasks.reassign(asked, (GIVER, "ladder-1"), "Hazmat 4 is in repair") is None
    assert states(pair, "n1") == ("countered", "countered")
    assert pair.giver.tasks.reassign(asked, (CITY, "engine-4")) is not None
    assert pair.giver.tasks.reassign(asked, (GIVER, "hazmat-4")) is not None
    assert pair.city.tasks.accept_counter(of(pair.city, "n1")) is None
    new = replacing(pair.city, "n1")
    assert isinstance(new.body, Task)
    assert (new.body.unit, new.body.objective) == ("ladder-1", "Plug the leak")
    assert states(pair, "n1") == ("reassigned", "reassigned")
    assert states(pair, new.body.id) == ("accepted", "accepted")
    again = pair.city.tasks.accept_counter(of(pair.city, "n1"))
    assert again is not None


def test_that_the_next_candidate_is_asked_when_an_answer_is_overdue_and_nobody_twice(
    make_pair: MakePair, clock: Clock
) -> None:
    pair = make_pair()
    assert pair.city.tasks.assign([wanted()]) is None
    early = pair.city.tasks.ask_next(of(pair.city, "n1"))
    assert early is not None
    assert "may still come" in early.reason
    clock.now = r.at(301)
    pair.city.take_in(r.positions_batch((GIVER, "hazmat-5", 35.25, -81.0, 300), epoch=4))
    assert states(pair, "n1") == ("expired", "expired")
    assert pair.giver.tasks.ask_next(of(pair.giver, "n1")) is not None  # not theirs to turn elsewhere
    assert pair.city.tasks.next_candidate(of(pair.city, "n1")) == (GIVER, "hazmat-5")
    assert pair.city.tasks.ask_next(of(pair.city, "n1")) is None
    new = replacing(pair.city, "n1")
    assert isinstance(new.body, Task)
    assert new.body.unit == "hazmat-5"
    assert new.body.answer_by == r.at(601)
    assert pair.giver.tasks.answer(of(pair.giver, new.body.id), "declined", "No crew") is None
    following = pair.city.tasks.next_candidate(of(pair.city, new.body.id))
    assert following not in {(GIVER, "hazmat-4"), (GIVER, "hazmat-5")}


def test_that_a_late_yes_still_counts_until_somebody_else_was_asked(make_pair: MakePair, clock: Clock) -> None:
    pair = make_pair()
    assert pair.city.tasks.assign([wanted()]) is None
    clock.now = r.at(400)
    assert pair.giver.tasks.answer(of(pair.giver, "n1"), "accepted") is None
    assert states(pair, "n1") == ("accepted", "accepted")
    assert pair.city.picture.standings.of(of(pair.city, "n1")).late
    assert pair.city.tasks.reassign(of(pair.city, "n1"), (GIVER, "hazmat-5")) is None
    refused = pair.giver.tasks.answer(of(pair.giver, "n1"), "en_route")
    assert refused is not None
    assert refused.reason == "Another task took the place of this one."


def test_that_a_draft_asks_nobody_and_is_filled_in_when_it_is_sent(make_pair: MakePair, clock: Clock) -> None:
    pair = make_pair(direct=True)
    assert pair.city.tasks.draft(wanted()) is None
    assert states(pair, "n1") == ("draft", "draft")
    clock.now = r.at(60)
    assert pair.city.tasks.send_draft(of(pair.city, "n1")) is None
    assert states(pair, "n1") == ("accepted", "accepted")
    body = of(pair.giver, "n1").body
    assert isinstance(body, Task)
    assert (body.asked_at, body.clause, body.draft) == (r.at(60), "4.2", False)
    assert pair.city.tasks.send_draft(of(pair.city, "n1")) is not None


def test_that_two_commanders_of_an_agency_who_act_in_the_same_second_end_the_same(
    make_desk: MakeDesk, sent: list[Command]
) -> None:
    ann, bob = make_desk(), make_desk()
    bob.operator = Operator(CITY, "commander", "Bob")
    known = of(ann, "t-decon")
    assert ann.tasks.cancel(known, "not needed") is None
    assert bob.tasks.reassign(known, (CITY, "engine-4")) is None
    told = [r.report(CITY, body) for command in sent for body in command.bodies]
    pictures = []
    for order in (told, told[::-1]):
        picture = Picture()
        picture.apply(Batch(reports=[known, *order]))
        pictures.append({key: picture.standings.of(one) for key, one in picture.tasks.items()})
    assert pictures[0] == pictures[1]
    assert pictures[0][CITY, "t-decon"].state == "cancelled"
    assert pictures[0][CITY, "t-decon"].reason == "not needed"


def test_that_only_the_owner_ticks_and_only_while_somebody_is_on_it(make_pair: MakePair) -> None:
    pair = make_pair()
    assert pair.city.tasks.assign([wanted(checklist=("Isolate the valve", "Dam the drain"))]) is None
    assert pair.giver.tasks.tick(of(pair.giver, "n1"), 0, done=True) is not None
    assert pair.giver.tasks.answer(of(pair.giver, "n1"), "accepted", eta_s=600) is None
    assert pair.city.tasks.tick(of(pair.city, "n1"), 0, done=True) is not None
    assert pair.giver.tasks.tick(of(pair.giver, "n1"), 1, done=True) is None
    assert pair.giver.tasks.answer(of(pair.giver, "n1"), "on_scene") is None
    answer = pair.city.picture.answer_to(of(pair.city, "n1"))
    assert answer is not None
    assert isinstance(answer.body, Answer)
    assert (answer.body.state, answer.body.checked) == ("on_scene", (1,))
    assert pair.giver.tasks.tick(of(pair.giver, "n1"), 1, done=False) is None
    assert states(pair, "n1") == ("on_scene", "on_scene")


# ---- the page ----


def page_of(window: MainWindow) -> TaskPage:
    """The selection panel's page of tasks."""
    return next(iter(window.selection_panel.findChildren(TaskPage)))


def shown(page: TaskPage) -> list[str]:
    return [one.text() for one in page.findChildren(QPushButton) if one.isVisible() and one.isEnabled()]


def test_that_the_owner_ticks_a_line_on_the_page_with_the_mouse(
    qtbot: QtBot, make_pair: MakePair, make_window: MakeWindow
) -> None:
    pair = make_pair(direct=True)
    lines = ("Isolate the valve", "<b>Dam</b> & drain " + "very " * 40)
    assert pair.city.tasks.assign([wanted(checklist=lines, hazards=("Chlorine",), channel="TAC-7")]) is None
    window = make_window(pair.giver)
    window.select("task", CITY, "n1")
    page = page_of(window)
    assert "sent by Metro Aid §4.2 · you can recall it" in page.line.text()
    facts = dict(page.facts.texts())
    assert (facts["Hazards"], facts["Channel"], facts["Work"]) == ("Chlorine", "TAC-7", "Other")
    assert facts["Clause"] == "Metro Aid §4.2 · consent given in advance"
    words = next(one for one in page.checklist.findChildren(Label) if one.text() == lines[0])
    qtbot.mouseClick(words, Qt.MouseButton.LeftButton)
    answer = pair.city.picture.answer_to(of(pair.city, "n1"))
    assert answer is not None
    assert isinstance(answer.body, Answer)
    assert (answer.body.state, answer.body.checked) == ("accepted", (0,))
    assert page._list_title.text() == "CHECKLIST 1/2"


def test_that_who_asked_sees_the_ticks_and_cannot_make_them(make_pair: MakePair, make_window: MakeWindow) -> None:
    pair = make_pair(direct=True)
    assert pair.city.tasks.assign([wanted(checklist=("Isolate the valve",))]) is None
    window = make_window(pair.city)
    window.select("task", CITY, "n1")
    box = page_of(window).checklist.boxes[0]
    assert not box.isEnabled()
    assert "Gastonia FD ticks its own work" in box.toolTip()
    assert pair.giver.tasks.tick(of(pair.giver, "n1"), 0, done=True) is None
    assert box.isChecked()


def test_that_the_page_offers_each_side_what_it_may_do_next(
    qtbot: QtBot, make_pair: MakePair, make_window: MakeWindow, clock: Clock
) -> None:
    pair = make_pair()
    assert pair.city.tasks.assign([wanted()]) is None
    window = make_window(pair.city)
    window.select("task", CITY, "n1")
    page = page_of(window)
    assert shown(page) == ["Cancel request"]
    clock.now = r.at(310)
    pair.city.take_in(r.positions_batch((GIVER, "hazmat-5", 35.25, -81.0, 300), epoch=4))
    window.tick()
    assert shown(page) == ["Ask next: Hazmat 5 · Gastonia FD", "Cancel request"]
    assert pair.giver.tasks.reassign(of(pair.giver, "n1"), (GIVER, "ladder-1"), "In repair") is None
    assert page.line.text() == "Offers Ladder 1 instead: In repair"
    assert page.said.text().startswith("Countered: A. Rivera, dispatcher, Gastonia FD · ")
    take = next(one for one in page.findChildren(QPushButton) if one.text() == "Take Ladder 1")
    qtbot.mouseClick(take, Qt.MouseButton.LeftButton)
    assert states(pair, "n1") == ("reassigned", "reassigned")
    assert "reassigned to Ladder 1" in page.line.text()
    assert shown(page) == []


def test_that_a_recall_asks_for_its_reason(make_pair: MakePair, make_window: MakeWindow) -> None:
    pair = make_pair(direct=True)
    assert pair.city.tasks.assign([wanted()]) is None
    window = make_window(pair.giver)
    window.dialogs.answer_task(CITY, "n1", "released")
    dialog = window.dialogs.opened
    assert isinstance(dialog, DeclineDialog)
    assert dialog.go.text() == "Recall"
    dialog.attempt()
    assert "Say why" in dialog.refusal.text()
    dialog.reason.setCurrentText("Needed at home")
    dialog.attempt()
    assert states(pair, "n1") == ("released", "released")
    assert pair.city.picture.standings.of(of(pair.city, "n1")).reason == "Needed at home"


def test_that_a_counter_names_one_of_our_units(make_pair: MakePair, make_window: MakeWindow) -> None:
    pair = make_pair()
    assert pair.city.tasks.assign([wanted()]) is None
    window = make_window(pair.giver)
    window.dialogs.answer_task(CITY, "n1", "countered")
    dialog = window.dialogs.opened
    assert isinstance(dialog, DeclineDialog)
    units = [dialog.unit.itemData(at) for at in range(dialog.unit.count())]
    assert units[0] == ""
    assert "hazmat-4" not in units
    dialog.unit.setCurrentIndex(units.index("hazmat-5"))
    dialog.attempt()
    answer = pair.city.picture.answer_to(of(pair.city, "n1"))
    assert answer is not None
    assert isinstance(answer.body, Answer)
    assert (answer.body.state, answer.body.offers) == ("countered", "hazmat-5")
