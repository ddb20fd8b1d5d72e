"""Merging two incidents from their page, taking them apart, and the other owner's say."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cop.domain.batch import Batch
from cop.domain.desk import Command
from cop.domain.incident import Link
from cop.domain.report import Report
from cop.ui.desk import Desk
from cop.ui.dialogs.merge_incidents import MergeDialog
from cop.ui.incident_page import IncidentPage
from tests import reports as r
from tests.ui.conftest import CRASH, RAIL

GASTON = "gastonia-fd"
TANKER = (GASTON, "g1")


def hears(desk: Desk, *reports: Report) -> None:
    desk.take_in(Batch(epoch=1, reports=list(reports)))


def tanker(**fields: object) -> Report:
    given = {"type": "hazmat", "title": "Tanker leaking", "lat": 35.2431, "lon": -80.9535, "opened_at": r.at(-700)}
    return r.report(GASTON, r.incident("g1", **{**given, **fields}))


def passes_on(sent: list[Command], speaker: Desk, *listeners: Desk) -> None:
    while sent:
        for body in sent.pop(0).bodies:
            for desk in listeners:
                hears(desk, r.report(speaker.operator.agency, body))


@pytest.fixture
def page(make_desk, qtbot: QtBot) -> IncidentPage:  # type: ignore[no-untyped-def]
    """The page of the derailment, at a dispatcher's desk of its agency."""
    desk = make_desk("dispatcher")
    hears(desk, tanker())
    one = IncidentPage(desk)
    one.resize(360, 1200)
    qtbot.addWidget(one)
    one.show_object(RAIL)
    desk.changed.connect(lambda _: one.refresh())
    one.show()
    QApplication.processEvents()
    return one


def test_that_the_likely_one_is_chosen_and_two_presses_merge(page, qtbot, sent, watched) -> None:  # type: ignore[no-untyped-def]
    qtbot.mouseClick(page.merge, Qt.MouseButton.LeftButton)
    dialog = page.merge.opened
    assert isinstance(dialog, MergeDialog)
    watched(dialog.model)
    assert dialog.chosen() == TANKER
    assert [dialog.model.id_at(dialog.model.index(row, 0)) for row in range(2)] == [TANKER, CRASH]
    assert "80 m away, begun 2 min apart" in dialog.why.text()
    title, away, *_, likely = (dialog.model.index(0, column).data() for column in range(4))
    assert (title, away, likely) == ("Tanker leaking · 11 min ago\nP3 Hazmat · Gastonia FD", "80 m", "Likely")
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert set(page.desk.picture.same.of(RAIL)) == {RAIL, TANKER}
    (command,) = sent
    assert isinstance(command.body, Link)
    assert command.body.role == "dispatcher"


def test_that_what_was_merged_is_unlinked_by_a_press_on_its_row(page, qtbot, sent) -> None:  # type: ignore[no-untyped-def]
    page.desk.links.merge(RAIL, TANKER)
    (row,) = page.also_reported.rows()
    assert not row.unlink.isHidden()
    qtbot.mouseClick(row.unlink, Qt.MouseButton.LeftButton)
    assert page.desk.picture.same.of(RAIL) == (RAIL,)
    assert page.also_reported.rows() == []
    assert page.desk.picture.links == {}


def test_that_the_other_owner_parts_them_on_every_desk(page, make_desk, sent) -> None:  # type: ignore[no-untyped-def]
    ours, theirs = page.desk, make_desk("commander", GASTON)
    hears(theirs, tanker())
    ours.links.merge(RAIL, TANKER)
    passes_on(sent, ours, theirs)
    assert theirs.picture.same.of(TANKER) == (RAIL, TANKER)
    assert theirs.links.unlink(TANKER, RAIL) is None
    passes_on(sent, theirs, ours)
    for desk in (ours, theirs):
        assert desk.picture.same.of(RAIL) == (RAIL,)
    refusal = ours.links.merge(RAIL, TANKER)
    assert refusal is not None
    assert "Gastonia FD says that these are two" in refusal.reason
    assert theirs.links.merge(TANKER, RAIL) is None
    passes_on(sent, theirs, ours)
    assert set(ours.picture.same.of(RAIL)) == {RAIL, TANKER}


def test_that_nobody_merges_what_is_none_of_theirs(make_desk, qtbot) -> None:  # type: ignore[no-untyped-def]
    desk = make_desk("dispatcher", "matthews-fd")
    hears(desk, tanker())
    refusal = desk.links.merge(RAIL, TANKER)
    assert refusal is not None
    assert refusal.reason == "Neither of these is ours: Charlotte Fire or Gastonia FD says whether they are one."
    dialog = MergeDialog(desk, RAIL)
    qtbot.addWidget(dialog)
    assert dialog.model.rowCount() == 0
    assert "one of the two must be ours" in dialog.why.text()
    dialog.attempt()
    assert dialog.refusal.text() == "Choose the other incident."


def test_that_a_merged_group_takes_in_a_third_through_the_report_that_is_ours(page) -> None:  # type: ignore[no-untyped-def]
    desk = page.desk
    desk.links.merge(RAIL, TANKER)
    assert desk.links.merge(TANKER, CRASH) is None  # neither is ours, but one of their group is
    assert set(desk.picture.same.of(CRASH)) == {RAIL, TANKER, CRASH}
    assert desk.links.unlink(RAIL, CRASH) is None
    assert set(desk.picture.same.of(RAIL)) == {RAIL, TANKER}


def test_that_related_incidents_stay_two_on_the_page(page, qtbot) -> None:  # type: ignore[no-untyped-def]
    qtbot.mouseClick(page.merge, Qt.MouseButton.LeftButton)
    dialog = page.merge.opened
    assert isinstance(dialog, MergeDialog)
    dialog.relation.setCurrentIndex(1)
    assert dialog.go.text() == "Link"
    dialog.attempt()
    assert page.also_reported.rows() == []
    (row,) = page.linked.rows()
    assert row.why.text() == "Related to this"
    qtbot.mouseClick(row.unlink, Qt.MouseButton.LeftButton)
    assert page.linked.rows() == []


def test_that_a_role_that_may_not_merge_sees_why(make_desk, qtbot) -> None:  # type: ignore[no-untyped-def]
    page = IncidentPage(make_desk("liaison"))
    qtbot.addWidget(page)
    page.show_object(RAIL)
    assert not page.merge.isEnabled()
    assert "merges incidents" in page.merge.toolTip()


def test_that_hostile_titles_stay_words_in_the_form(page, qtbot) -> None:  # type: ignore[no-untyped-def]
    hears(page.desk, tanker(rev=2, title="<b>x</b>\u202e\x00" + "w" * 200, address="<img src=x>", type="<i>t</i>"))
    dialog = MergeDialog(page.desk, RAIL)
    qtbot.addWidget(dialog)
    texts = [dialog.model.index(row, 0).data() for row in range(dialog.model.rowCount())]
    assert any("<b>x</b>" in text for text in texts)
    assert not any("\u202e" in text or "\x00" in text for text in texts)
    assert dialog.sizeHint().width() < 900
    tip = dialog.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "<b>" not in tip and "<img" not in tip
