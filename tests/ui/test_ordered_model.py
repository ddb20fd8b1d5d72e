"""The table models: Qt's rules kept through every change, and the order that people ask for."""

import random
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.qtbot import QtBot

from cop.domain.batch import Batch, FeedHealth
from cop.domain.report import Retraction
from cop.map.palette import Palette
from cop.ui.feed_dock import FeedModel
from cop.ui.incident_dock import IncidentModel
from cop.ui.ordered_model import Column, OrderedModel
from cop.ui.resource_dock import ResourceModel
from cop.ui.search import Hit, HitModel
from cop.ui.unit_dock import UnitModel
from tests import reports as r
from tests.ui.conftest import CRASH, RAIL, MakeDesk

Watch = Callable[[OrderedModel[Any]], OrderedModel[Any]]


def column(model: OrderedModel[Any], heading: str) -> list[str]:
    at = [one.heading for one in model.columns].index(heading)
    return [str(model.index(row, at).data()) for row in range(model.rowCount())]


class _Letters(OrderedModel[str]):
    def __init__(self) -> None:
        self.letters = ""
        super().__init__((Column("Letter", lambda one: one),))

    def ids(self) -> list[Any]:
        return list(self.letters)

    def row(self, identity: Any) -> str:
        return str(identity)


def test_that_rows_that_come_go_and_move_keep_persistent_indexes_on_their_row(qtbot: QtBot, watched: Watch) -> None:
    model = _Letters()
    watched(model)
    chance = random.Random(7)
    letters = "abcdefghijklmnop"
    for _ in range(80):
        model.descending = chance.random() < 0.5
        held = {
            one: QPersistentModelIndex(model.index_of(one))
            for one in chance.sample(model.letters, len(model.letters) // 2)
        }
        model.letters = "".join(chance.sample(letters, chance.randrange(len(letters))))
        model.refresh()
        assert column(model, "Letter") == sorted(model.letters, reverse=model.descending)
        for one, index in held.items():
            assert index.isValid() == (one in model.letters)
            assert not index.isValid() or index.data() == one


def test_that_units_sort_by_every_heading_and_numbers_in_callsigns_count_as_numbers(
    qtbot: QtBot, watched: Watch, make_desk: MakeDesk, palette: Palette
) -> None:
    model = UnitModel(make_desk(), palette)
    watched(model)
    assert column(model, "Callsign") == ["Engine 4", "Engine 30", "Hazmat 4", "Medic 9", "Medic 17"]
    for at in range(model.columnCount()):
        model.sort(at, Qt.SortOrder.DescendingOrder)
        model.sort(at, Qt.SortOrder.AscendingOrder)
    assert column(model, "Callsign") == ["Hazmat 4", "Medic 17", "Engine 4", "Engine 30", "Medic 9"]
    assert column(model, "Age") == ["2 s", "3 s", "5 s", "8 s", "STALE\n4 min"]


def test_that_units_are_filtered_by_callsign_agency_kind_and_status(
    qtbot: QtBot, watched: Watch, make_desk: MakeDesk, palette: Palette
) -> None:
    model = UnitModel(make_desk(), palette)
    watched(model)
    for text, expected in (
        ("medic 1", ["Medic 17"]),
        ("gastonia", ["Hazmat 4"]),
        ("ambulance", ["Medic 9", "Medic 17"]),
        ("on scene", ["Medic 9"]),
        ("nobody", []),
    ):
        model.set_filter(text)
        assert column(model, "Callsign") == expected


def test_that_a_retracted_unit_leaves_the_table(
    qtbot: QtBot, watched: Watch, make_desk: MakeDesk, palette: Palette
) -> None:
    desk = make_desk()
    model = UnitModel(desk, palette)
    watched(model)
    gone = Retraction(id="hazmat-4", at=r.at(1), kind="unit")
    desk.take_in(Batch(epoch=1, reports=[r.report("gastonia-fd", gone)]))
    model.refresh()
    assert "Hazmat 4" not in column(model, "Callsign")


def test_that_the_queue_shows_the_most_urgent_first_and_of_these_the_newest(
    qtbot: QtBot, watched: Watch, make_desk: MakeDesk
) -> None:
    desk = make_desk()
    model = IncidentModel(desk)
    watched(model)
    newer = r.incident("new", title="Second P1", priority=1, opened_at=r.at(-10))
    desk.take_in(Batch(epoch=1, reports=[r.report("gastonia-fd", newer)]))
    model.refresh()
    assert [model.id_at(model.index(row, 0)) for row in range(3)] == [("gastonia-fd", "new"), RAIL, CRASH]


def test_that_a_closed_incident_leaves_the_queue_for_the_closed_ones(
    qtbot: QtBot, watched: Watch, make_desk: MakeDesk
) -> None:
    desk = make_desk()
    model = IncidentModel(desk)
    watched(model)
    over = r.incident(CRASH[1], rev=5, seconds=3, title="MCI bus crash", status="closed")
    desk.take_in(Batch(epoch=1, reports=[r.report(CRASH[0], over)]))
    model.refresh()
    assert model.open_count() == model.rowCount() == 1
    model.set_filter("closed")
    assert [model.id_at(model.index(0, 0))] == [CRASH]


def test_that_the_queue_is_filtered_by_discipline_assignment_and_own_share(
    qtbot: QtBot, watched: Watch, make_desk: MakeDesk
) -> None:
    desk = make_desk(agency="gastonia-fd")
    model = IncidentModel(desk)
    watched(model)

    def shown(name: str) -> list[Any]:
        model.set_filter(name)
        return [model.id_at(model.index(row, 0)) for row in range(model.rowCount())]

    assert shown("fire") == [RAIL]
    assert shown("ems") == [CRASH]
    assert shown("law") == []
    assert shown("unassigned") == []
    assert shown("mine") == [RAIL]  # its Hazmat 4 is asked for there


def test_that_resources_and_feeds_keep_qts_rules_while_they_change(
    qtbot: QtBot, watched: Watch, make_desk: MakeDesk, palette: Palette
) -> None:
    desk = make_desk()
    resources, feeds = ResourceModel(desk, palette), FeedModel(desk, palette)
    watched(resources)
    watched(feeds)
    assert column(resources, "Resource") == ["Decon unit", "Foam trailer"]
    assert column(resources, "Free") == ["0 of 1", "1 of 2"]
    assert column(feeds, "State") == ["▲ silent", "● live"]
    failed = FeedHealth(feed="fire", agency="charlotte-fire", format="cop-json", state="failed")
    boats = r.report("gastonia-fd", r.resource("boats", name="Boats", quantity=3))
    desk.take_in(Batch(epoch=1, reports=[boats], health=[failed]))
    for model in (resources, feeds):
        for at in range(model.columnCount()):
            model.sort(at, Qt.SortOrder.DescendingOrder)
        model.sort(0, Qt.SortOrder.AscendingOrder)
    assert column(resources, "Resource") == ["Boats", "Decon unit", "Foam trailer"]
    assert column(feeds, "State") == ["✕ failed", "▲ silent"]
    resources.set_filter("committed", own_only=False)
    assert column(resources, "Resource") == ["Decon unit"]
    resources.set_filter("", own_only=True)
    assert column(resources, "Resource") == ["Foam trailer"]


def test_that_search_hits_keep_qts_rules(qtbot: QtBot, watched: Watch) -> None:
    model = HitModel()
    watched(model)
    for words in (("a", "b", "c"), ("c", "d"), ()):
        model.hits = [Hit("Unit", word, "") for word in words]
        model.refresh()
        assert column(model, "Found") == list(words)


def test_that_a_cell_of_a_row_gone_since_the_last_refresh_is_empty_and_not_an_error(
    qtbot: QtBot, make_desk: MakeDesk, palette: Palette
) -> None:
    desk = make_desk()
    model = ResourceModel(desk, palette)
    del desk.picture.resources["gastonia-fd", "decon"]
    assert model.index(0, 0).data() is None
