"""Who leads the selected incident, drawn on the ground."""

from collections.abc import Callable
from datetime import date

import pytest
import shapely
from PySide6.QtGui import QImage, QPainter

from cop.domain.agreement import Agreement, LeadClause, Term
from cop.domain.area import Jurisdiction
from cop.domain.batch import Batch
from cop.domain.incident import Incident
from cop.domain.rules.lead import Lead, Overlap
from cop.map.palette import load_palette
from cop.map.view import MapView
from cop.picture.change import Change
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from tests.map import scenes
from tests.map.golden import assert_golden

ShowMap = Callable[..., MapView]
RAIL = ("charlotte-fire", "i1")
MOU = Agreement(id="mou", title="Regional Hazmat MOU", parties=("charlotte-fire",), in_force_from=date(2024, 1, 1))


def of(ground: Ground, agency: str) -> Jurisdiction:
    return next(one for one in ground.jurisdictions if one.agency == agency)


def led(ground: Ground, *agencies: str) -> Lead:
    """Charlotte Fire leads by a clause (or these in unified command); the hot zone crosses the airport's line."""
    city, airport = of(ground, "charlotte-fire"), of(ground, "airport-police")
    term = Term(MOU, LeadClause(number="3.1", says="Fire leads."), city.geometry, "inside the city")
    over = Overlap("airport property line crosses the hot zone", ("airport-police",), airport)
    also = (of(ground, "nc-highway-patrol"), of(ground, "charlotte-pd"))
    return Lead(agencies or ("charlotte-fire",), "", term, None, also=also, overlaps=(over,), claims=(term,))


def selected(show_map: ShowMap, picture: Picture, ground: Ground, lead: Lead | None) -> MapView:
    view = show_map(region=scenes.REGION, ground=ground)
    view.resize(1000, 700)
    view.apply(scenes.busy_day(picture, units=12))
    view.layer_set.authority.lead_of = lambda _key: lead
    view.set_selection("incident", *RAIL)
    view.show_place(35.225, -80.94, 26_000.0)
    view.settle()
    return view


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_the_ground_of_who_leads_looks_as_agreed(
    show_map: ShowMap, picture: Picture, whole_ground: Ground, theme: str
) -> None:
    view = selected(show_map, picture, whole_ground, led(whole_ground))
    view.set_palette(load_palette("dark" if theme == "dark" else "light"))
    assert_golden(view.grab().toImage(), f"authority-{theme}")


def test_that_unified_command_and_a_place_on_a_line_look_as_agreed(
    show_map: ShowMap, picture: Picture, whole_ground: Ground
) -> None:
    airport = of(whole_ground, "airport-police")
    both = ("charlotte-fire", "airport-police")
    term = Term(MOU, LeadClause(number="3.4", says="Both.", unified=both), airport.geometry, "airport property")
    lead = Lead(both, "", term, on_line=(of(whole_ground, "matthews-pd"),), claims=(term,))
    view = selected(show_map, picture, whole_ground, lead)
    view.show_place(35.19, -80.85, 40_000.0)
    assert_golden(view.grab().toImage(), "authority-unified-dark")


def test_that_nothing_is_asked_or_drawn_while_no_incident_is_selected(
    show_map: ShowMap, picture: Picture, whole_ground: Ground
) -> None:
    view = selected(show_map, picture, whole_ground, led(whole_ground))
    layer = view.layer_set.authority
    assert {one.role for one in layer.grounds} == {"leads", "also", "overlap", "shared"}
    asked = []
    layer.lead_of = asked.append
    view.set_selection("unit", "charlotte-pd", "u0")
    assert layer.grounds == []
    assert not layer.tick()
    assert not layer.apply(Change(incidents={RAIL}, zones={("a", "b")}))
    assert asked == []


def test_that_another_lead_is_drawn_when_the_incident_changes_and_the_same_one_is_not_drawn_anew(
    show_map: ShowMap, picture: Picture, whole_ground: Ground
) -> None:
    view = selected(show_map, picture, whole_ground, led(whole_ground))
    layer, change = view.layer_set.authority, Change(incidents={RAIL})
    assert not layer.apply(change)
    layer.lead_of = lambda _key: led(whole_ground)  # another word for the same
    assert not layer.apply(change)
    layer.lead_of = lambda _key: led(whole_ground, "airport-police")
    assert layer.apply(change)
    layer.lead_of = lambda _key: None  # its place is gone
    assert layer.apply(change)
    assert layer.grounds == []


def test_that_ground_that_cannot_be_cut_everywhere_and_nowhere_do_no_harm(
    show_map: ShowMap, picture: Picture, whole_ground: Ground
) -> None:
    bow = shapely.Polygon([(-81, 35), (-80, 36), (-80, 35), (-81, 36)])  # crosses itself
    broken = Jurisdiction(id="b", name="B", agency="b", discipline="fire", level="special", geometry=bow, area_km2=1.0)
    empty = Jurisdiction(
        id="e", name="E", agency="e", discipline="fire", level="special", geometry=shapely.Polygon(), area_km2=0.0
    )
    everywhere = Term(MOU, LeadClause(number="1", says="x"), None)
    overlaps = (Overlap("b", ("b",), broken), Overlap("e", ("e",), empty), Overlap("t", ("t",), None, everywhere))
    lead = Lead(("b",), "", None, broken, overlaps=overlaps, also=(empty,), on_line=(broken,))
    view = selected(show_map, picture, whole_ground, lead)
    assert not view.grab().isNull()
    view.layer_set.authority.lead_of = lambda _key: Lead(("b",), "", everywhere, claims=(everywhere,))
    view.tick()
    assert view.layer_set.authority.grounds == []


def test_that_large_ground_of_a_clause_is_drawn_with_few_vertices_from_afar(
    show_map: ShowMap, picture: Picture, whole_ground: Ground
) -> None:
    wide = shapely.Point(-81.0, 35.2).buffer(0.5, quad_segs=25_000)
    term = Term(MOU, LeadClause(number="1", says="x"), wide, "around the plant")
    view = selected(show_map, picture, whole_ground, Lead(("a",), "", term, claims=(term,)))
    (ground,) = view.layer_set.authority.grounds
    view.show_place(35.2, -80.9, 300_000.0)
    far, _ = ground.rings(view.view)
    assert len(far.xy) < shapely.get_num_coordinates(wide) / 100
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    view.layer_set.authority.paint(painter, view.view)
    painter.end()


def test_that_it_is_switched_as_other_layers_are_and_selecting_draws_the_ground_anew(
    show_map: ShowMap, picture: Picture, whole_ground: Ground
) -> None:
    view = selected(show_map, picture, whole_ground, led(whole_ground))
    shown = view.grab().toImage()
    view.set_selection("", "", "")
    cleared = view.grab().toImage()
    assert shown != cleared
    view.set_selection("incident", *RAIL)
    assert view.grab().toImage() == shown
    view.set_layer("authority", visible=False)
    hidden = view.grab().toImage()
    assert hidden != shown
    picture.apply(Batch(reports=[scenes.report(RAIL[0], Incident(id="i9", at=scenes.NOON, title="x"))]))
    assert "authority" in [layer.name for layer in view.layer_set.listed()]
