"""Doubtful and missing places, raw fields, bare requests and unknown words: shown for what they are."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cop.domain.area import Zone
from cop.domain.batch import Batch, FeedHealth, PositionFields
from cop.domain.report import Report
from cop.map.layers.label_words import second_part
from cop.picture.ground import Ground
from cop.picture.home import HomeGround
from cop.ui.desk import Desk
from cop.ui.feed_dock import FeedModel
from cop.ui.incident_dock import IncidentModel
from cop.ui.labels import Label
from cop.ui.received import Received
from cop.ui.resource_dock import ResourceModel
from cop.ui.task_words import standing
from cop.ui.unit_dock import UnitModel
from cop.ui.whereabouts import trusted_place
from cop.ui.wording import breakable, paragraphs
from tests import reports as r
from tests.ui.conftest import MakeDesk, MakeWindow

FAR = {"lat": 75.0, "lon": 37.0}


@pytest.fixture
def desk(make_desk: MakeDesk, ground: Ground) -> Desk:
    """A desk whose picture knows whose ground is where."""
    return make_desk(home=HomeGround(ground))


def column(model: Any, heading: str) -> list[str]:
    """The texts of a column, from above."""
    at = [one.heading for one in model.columns].index(heading)
    return [model.index(row, at).data() for row in range(model.rowCount())]


def shown(widget: Any) -> list[str]:
    """The texts of what can be seen."""
    return [one.text() for one in widget.findChildren(Label) if one.isVisible()]


def test_that_an_incident_in_the_barents_sea_is_doubtful_on_card_and_page_and_nobody_is_near_it(
    desk: Desk, make_window: MakeWindow
) -> None:
    window = make_window(desk)
    desk.take_in(Batch(epoch=1, reports=[r.report("sf-fd", r.incident("i", address="1 Market St", priority=1, **FAR))]))
    view = window.map_view.view
    index = window.incident_dock.model.index_of(("sf-fd", "i"))
    assert "Doubtful place: 6,900 km from the region" in index.data()
    assert "Lead: not known" in index.data()
    window._select_and_show("incident", "sf-fd", "i")
    assert window.map_view.view == view  # the map does not go there by itself
    page = window.selection_panel.incident_page
    said = shown(page)
    assert "Doubtful place: 6,900 km from the region" in said
    assert "Its place is doubtful: nobody can be called near." in said
    assert "The place is doubtful, so no boundary says who leads." in said
    page.show_place.click()
    assert window.map_view.view.rect().contains(window.map_view.view.place(75.0, 37.0))


def test_that_showing_all_incidents_leaves_out_the_doubtful(desk: Desk, make_window: MakeWindow) -> None:
    window = make_window(desk)
    desk.take_in(Batch(epoch=1, reports=[r.report("sf-fd", r.incident("i", **FAR))]))
    window.map_view.show_place(0.0, 0.0)
    window.map_view.fit()
    view = window.map_view.view
    assert view.rect().contains(view.place(35.2425, -80.953))
    assert not view.rect().contains(view.place(75.0, 37.0))


def test_that_a_unit_at_a_doubtful_place_says_so_in_table_tooltip_and_page(
    desk: Desk, make_window: MakeWindow, watched: Any
) -> None:
    model = UnitModel(desk, make_window(desk).colours)
    watched(model)
    desk.take_in(r.positions_batch(("charlotte-fire", "engine-4", 0.0, 0.0, 5), epoch=2))
    model.refresh()
    row = desk.picture.tracks.row_of("charlotte-fire", "engine-4")
    age = [one.heading for one in model.columns].index("Age")
    index = model.index(model.index_of(row).row(), age)
    assert index.data().endswith("place?")
    assert "9,200 km from Charlotte Fire" in index.data(Qt.ItemDataRole.ToolTipRole)
    model.set_filter("doubtful")
    assert column(model, "Callsign") == ["Engine 4"]


def test_that_the_unit_page_says_why_a_place_is_doubtful(desk: Desk, make_window: MakeWindow) -> None:
    window = make_window(desk)
    desk.take_in(r.positions_batch(("charlotte-fire", "engine-4", 0.0, 0.0, 5), epoch=2))
    window._select_and_show("unit", "charlotte-fire", "engine-4")
    assert any(
        text.startswith("Doubtful place: 9,200 km from Charlotte Fire's") for text in shown(window.selection_panel)
    )


def test_that_what_has_no_place_says_not_located_in_every_list(desk: Desk, make_window: MakeWindow) -> None:
    palette = make_window(desk).colours
    desk.take_in(
        Batch(
            epoch=1,
            reports=[
                r.report("a", r.unit("nowhere")),
                r.report("a", r.incident("lost", address="somewhere on I-77")),
                r.report("a", r.resource("team")),
                r.report("a", r.resource("crew", unit="nowhere")),
            ],
        )
    )
    units, resources = UnitModel(desk, palette), ResourceModel(desk, palette)
    units.set_filter("not located")
    assert column(units, "Callsign") == ["NOWHERE"]
    assert column(units, "Age") == ["not located"]
    incidents = IncidentModel(desk)
    assert "somewhere on I-77 · not located" in incidents.index_of(("a", "lost")).data()
    at = [one.heading for one in resources.columns].index("Type")
    assert resources.index(resources.index_of(("a", "team")).row(), at).data().endswith("not located")
    assert "not located" not in resources.index(resources.index_of(("a", "crew")).row(), at).data()
    resources.set_filter("not located", own_only=False)
    assert "team" in column(resources, "Resource")
    assert "crew" not in column(resources, "Resource")


def test_that_beds_are_read_as_so_many_of_so_many(desk: Desk, make_window: MakeWindow) -> None:
    desk.take_in(
        Batch(
            epoch=1,
            reports=[r.report("a", r.resource("icu", kind="beds", quantity=1250, available=8, lat=35.2, lon=-80.8))],
        )
    )
    model = ResourceModel(desk, make_window(desk).colours)
    model.set_filter("beds", own_only=False)
    assert column(model, "Free") == ["8 of 1,250"]


@pytest.mark.parametrize(
    ("task", "who", "line"),
    [
        ({"assignee_agency": "", "unit": ""}, "no unit, no agency named", "nobody asked yet · 1:00"),
        ({"assignee_agency": "gastonia-fd", "unit": ""}, "any unit · Gastonia FD", "awaiting consent 1:00"),
        ({}, "Hazmat 4 · Gastonia FD", "awaiting consent 1:00"),
    ],
)
def test_that_a_request_says_who_is_asked_and_who_is_not(desk: Desk, task: dict[str, str], who: str, line: str) -> None:
    report = r.report("state-em", r.task("bare", seconds=-60, objective="4 × Track dozer", **task))
    desk.take_in(Batch(epoch=1, reports=[report]))
    stands = standing(desk, report)
    assert (stands.who, stands.line) == (who, line)


def test_that_a_bare_request_stands_on_board_page_and_log_and_assigns_nobody(
    qtbot: QtBot, desk: Desk, make_window: MakeWindow
) -> None:
    window = make_window(desk)
    about = {"incident_agency": "mecklenburg-ems", "incident": "mci-1"}
    bare = r.task("bare", objective="4 × Track dozer", assignee_agency="", unit="", **about)
    before = window.incident_dock.model.index_of(("mecklenburg-ems", "mci-1")).data()
    desk.take_in(Batch(epoch=1, reports=[r.report("state-em", bare)]))
    assert window.incident_dock.model.index_of(("mecklenburg-ems", "mci-1")).data() == before
    assert window.task_board.card(("state-em", "bare")) is not None
    window.select("task", "state-em", "bare")
    said = shown(window.selection_panel)
    assert "no unit, no agency named" in said
    assert "Nobody is asked yet." in said
    refusal = desk.tasks.answer(desk.picture.tasks["state-em", "bare"], "accepted")
    assert refusal is not None
    assert refusal.reason.startswith("Nobody is asked yet")
    window.select("incident", "mecklenburg-ems", "mci-1")
    qtbot.waitUntil(lambda: "4 × Track dozer requested, of nobody yet" in shown(window.selection_panel))


def test_that_raw_fields_are_plain_text_few_at_first_and_all_at_a_press(qtbot: QtBot) -> None:
    part = Received()
    qtbot.addWidget(part)
    part.say({})
    assert part.isHidden()
    fields = {f"field {at}": f"<b>{at}</b>" for at in range(20)}
    part.say(fields)
    assert part.texts() == [f"field {at}: <b>{at}</b>" for at in range(6)]
    assert part.more.text() == "Show all 20 fields"
    qtbot.keyClick(part.more, Qt.Key.Key_Space)
    assert len(part.texts()) == 20
    part.say({**fields, "one": "more"})
    assert len(part.texts()) == 21
    part.say(fields, collapse=True)
    assert len(part.texts()) == 6


def test_that_every_page_shows_what_was_lost(desk: Desk, make_window: MakeWindow) -> None:
    window = make_window(desk)
    square = {"type": "Polygon", "coordinates": [[[-81, 35], [-80, 35], [-80, 36], [-81, 35]]]}
    bodies = (
        r.unit("u"),
        r.incident("i"),
        r.resource("r"),
        r.task("t"),
        Zone(id="z", at=r.NOON, name="Works", summary="Night work", geometry=square),
    )
    for body in bodies:
        kind = str(body.__struct_config__.tag)
        said = r.report("gastonia-fd", body)
        lossy = Report(
            agency=said.agency,
            body=said.body,
            source=said.source,
            received_at=said.received_at,
            losses={"kennung": "F-1"},
        )
        desk.take_in(Batch(epoch=1, reports=[lossy]))
        window.select(kind, "gastonia-fd", body.id)
        assert window.selection_panel.pages[kind].received.texts() == ["kennung: F-1"]
        assert window.selection_panel.pages[kind].received.isVisible()


def test_that_what_an_answer_could_not_say_stands_on_the_page_of_its_task(desk: Desk, make_window: MakeWindow) -> None:
    window = make_window(desk)
    said = r.report("gastonia-fd", r.answer("t-decon", "accepted"))
    lossy = Report(
        agency=said.agency, body=said.body, source=said.source, received_at=said.received_at, losses={"price": "4 USD"}
    )
    desk.take_in(Batch(epoch=1, reports=[lossy]))
    window.select("task", "charlotte-fire", "t-decon")
    assert window.selection_panel.pages["task"].received.texts() == ["answer price: 4 USD"]


def test_that_a_zone_says_when_it_holds(desk: Desk, make_window: MakeWindow) -> None:
    window = make_window(desk)
    works = Zone(id="z", at=r.NOON, kind="road_work", name="Works", summary="Night work", starts_at=r.at(3600))
    desk.take_in(Batch(epoch=1, reports=[r.report("ncdot", works)]))
    window.select("zone", "ncdot", "z")
    said = shown(window.selection_panel)
    assert "Night work" in said
    assert "not yet in force" in said
    assert "not located" in said


def test_that_words_nobody_knows_are_counted_in_the_feed_panel(desk: Desk, make_window: MakeWindow) -> None:
    window = make_window(desk)
    health = FeedHealth(
        feed="cad", agency="gastonia-fd", format="eido", state="live", unmapped={"unit kind · <b>E-1": 12, "x": 1}
    )
    desk.take_in(Batch(epoch=1, health=[health]))
    model = FeedModel(desk, window.colours)
    at = [one.heading for one in model.columns].index("Amiss")
    index = model.index(model.index_of("cad").row(), at)
    assert index.data() == "2 unknown words"
    assert "unit kind · &lt;b&gt;E-1" in index.data(Qt.ItemDataRole.ToolTipRole)
    window.feed_dock.show()
    window.feed_dock.refresh()
    window.feed_dock.view.selectRow(window.feed_dock.model.index_of("cad").row())
    assert "2 unknown words, shown as they came:\n    12  unit kind · <b>E-1" in window.feed_dock.detail.toPlainText()


def test_that_an_incident_that_only_exercises_stands_last_in_live_work_and_wears_no_alarm(
    desk: Desk, make_window: MakeWindow
) -> None:
    window = make_window(desk)
    said = r.report("psap", r.incident("drill", priority=1, title="School fire", lat=35.2, lon=-80.8))
    drill = Report(agency="psap", body=said.body, source=said.source, received_at=said.received_at, exercise=True)
    desk.take_in(Batch(epoch=1, reports=[drill]))
    model = window.incident_dock.model
    assert model.id_at(model.index(model.rowCount() - 1, 0)) == ("psap", "drill")
    assert "EXERCISE · School fire" in model.index(model.rowCount() - 1, 0).data()


def test_that_a_long_text_keeps_its_paragraphs_and_a_long_word_can_break() -> None:
    assert paragraphs("one\ntwo\n\n\n* three\n* four\x07\u202e!") == "one two\n\n* three\n* four !"
    assert paragraphs("a" * 9000).endswith("… and 1,000 more characters")
    assert breakable("x" * 50).count("\u200b") == 2


def test_that_buttons_of_the_new_parts_are_named_for_screen_readers(desk: Desk, make_window: MakeWindow) -> None:
    window = make_window(desk)
    for part in (window.alert_dock, window.selection_panel, window.top_bar):
        for one in part.findChildren(QPushButton):
            assert one.accessibleName() or not one.text(), one


def test_that_the_unit_page_shows_what_its_position_said_beside_our_words(desk: Desk, make_window: MakeWindow) -> None:
    window = make_window(desk)
    row = desk.picture.tracks.row_of("charlotte-fire", "engine-4")
    desk.take_in(Batch(epoch=1, fields=[PositionFields(0, {"rot": "3°/min"})]))
    assert desk.picture.position_fields == {row: {"rot": "3°/min"}}
    window.select("unit", "charlotte-fire", "engine-4")
    assert "rot: 3°/min" in shown(window.selection_panel)


def test_that_a_unit_that_jumps_says_how_far_on_page_tooltip_and_label_and_the_map_does_not_follow(
    desk: Desk, make_window: MakeWindow
) -> None:
    window = make_window(desk)
    desk.take_in(r.positions_batch(("charlotte-fire", "engine-4", 36.9, -80.95, 6), epoch=2))
    window._select_and_show("unit", "charlotte-fire", "engine-4")
    jumped = "Doubtful place: jumped 183 km in 11 s. It is believed when it goes on from there"
    assert jumped in shown(window.selection_panel)
    tracks = desk.picture.tracks
    row = tracks.row_of("charlotte-fire", "engine-4")
    assert row is not None
    model = window.unit_dock.model
    age = [one.heading for one in model.columns].index("Age")
    assert jumped in model.index(model.index_of(row).row(), age).data(Qt.ItemDataRole.ToolTipRole)
    measures = window.map_view.layer_set.measures
    looks = {"stale": False, "moving": False, "near": False, "now": 0.0, "measures": measures}
    beside = second_part(tracks, row, **looks, palette=window.colours)
    assert beside is not None
    assert beside.text == "jumped 183 km?"
    assert trusted_place(desk.picture, "unit", ("charlotte-fire", "engine-4")) is None
