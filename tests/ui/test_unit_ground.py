"""A unit's page says on whose ground it is, and when that is not its agency's."""

from pytestqt.qtbot import QtBot

from cop.ui.facts import Facts
from cop.ui.labels import Label
from cop.ui.unit_dock import UnitModel
from tests import reports as r
from tests.ui.conftest import MakeDesk, MakeWindow


def facts(page: Facts) -> list[str]:
    """The texts of what can be seen."""
    return [one.text() for one in page.findChildren(Label) if one.isVisible()]


def test_that_a_unit_s_page_says_whose_ground_it_is_on(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    desk = make_desk()
    window = make_window(desk)
    window.select("unit", "charlotte-fire", "engine-4")
    position = window.selection_panel.pages["unit"].position
    for epoch, (lat, lon, said) in enumerate(
        (
            (35.2271, -80.8431, "Light-rail corridor, City of Charlotte, Charlotte Fire District and 2 more"),
            (35.2621, -81.1873, "City of Gastonia, Gaston County · off its agency's ground"),
            (34.0, -77.0, "nobody's ground · off its agency's ground"),
        ),
        start=2,
    ):
        desk.take_in(r.positions_batch(("charlotte-fire", "engine-4", lat, lon, 9_000 * epoch), epoch=epoch))
        assert said in facts(position)


def test_that_an_agency_without_ground_is_never_off_it(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    desk = make_desk()
    window = make_window(desk)
    desk.take_in(r.positions_batch(("red-cross", "van", 34.0, -77.0, 5), epoch=2))
    window.select("unit", "red-cross", "van")
    assert "nobody's ground" in facts(window.selection_panel.pages["unit"].position)


def test_that_the_table_finds_units_off_their_agency_s_ground(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    desk = make_desk(filled=False)
    model = UnitModel(desk, make_window(desk).colours)
    places = (("charlotte-fire", "engine-4", 35.2271, -80.8431), ("charlotte-fire", "engine-9", 35.2621, -81.1873))
    desk.take_in(r.positions_batch(*((*one, 1) for one in (*places, ("red-cross", "van", 34.0, -77.0)))))

    def shown() -> list[str]:
        model.set_filter("off its gr")
        return [desk.picture.tracks.keys[row][1] for row in model.ids()]

    qtbot.waitUntil(lambda: shown() == ["engine-9"])
    desk.take_in(r.positions_batch(("charlotte-fire", "engine-4", 34.0, -77.0, 5), epoch=2))
    assert shown() == ["engine-4", "engine-9"]
