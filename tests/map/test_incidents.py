"""Incidents on the map."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QPointF

from cop.domain.batch import Batch
from cop.domain.incident import Incident, Link
from cop.domain.report import Retraction
from cop.map.layers.incidents import IncidentLayer, age
from cop.map.layers.labels import LabelLayer
from cop.map.layers.units import UnitLayer
from cop.map.palette import load_palette
from cop.map.projection import place_to_metres
from cop.map.viewport import Viewport
from cop.picture.picture import Picture
from tests.map.scenes import NOON, report

pytestmark = pytest.mark.usefixtures("qapp")


def layer_with(*bodies: Incident) -> tuple[IncidentLayer, Picture]:
    picture = Picture()
    layer = IncidentLayer(picture, load_palette("dark"), lambda: NOON)
    layer.apply(picture.apply(Batch(reports=[report("a", body) for body in bodies])))
    return layer, picture


def located(incident: str, **fields: object) -> Incident:
    return Incident(id=incident, at=NOON, **({"lat": 35.0, "lon": -80.0} | fields))  # type: ignore[arg-type]


def test_that_the_label_says_priority_title_and_age() -> None:
    layer, _ = layer_with(
        located("i", priority=1, type="hazmat", title="Hazmat rail", opened_at=NOON - timedelta(minutes=14))
    )
    assert layer.text(layer.placed()[0]) == "P1 Hazmat rail · 14 min"


def test_that_an_incident_without_a_title_is_called_by_its_type() -> None:
    layer, _ = layer_with(located("i", type="crash", opened_at=NOON))
    assert layer.text(layer.placed()[0]) == "P3 Traffic crash · now"


def test_that_an_incident_without_a_place_is_not_drawn() -> None:
    layer, _ = layer_with(Incident(id="i", at=NOON), Incident(id="j", at=NOON, lat=35.0))
    assert layer.placed() == []


@pytest.mark.parametrize("status", ["closed", "cancelled"])
def test_that_an_incident_that_is_over_leaves_the_map(status: str) -> None:
    layer, picture = layer_with(located("i"))
    assert len(layer.placed()) == 1
    assert layer.apply(picture.apply(Batch(reports=[report("a", located("i", rev=1, status=status))])))
    assert layer.placed() == []


def test_that_the_most_urgent_lies_on_top_and_the_selected_above_it() -> None:
    layer, _ = layer_with(located("low", priority=5), located("high", priority=1), located("mid", priority=3))
    assert [one.key[1] for one in layer.placed()] == ["low", "mid", "high"]
    layer.selected = ("a", "low")
    assert [one.key[1] for one in layer.placed()] == ["mid", "high", "low"]


def test_that_of_incidents_at_one_place_the_topmost_is_hit() -> None:
    layer, _ = layer_with(located("low", priority=5), located("high", priority=1))
    view = Viewport(-8_910_000.0, 4_170_000.0, 20.0, 800, 600)
    at = view.place(35.0, -80.0)
    assert [one.key[1] for one in layer.near(at + QPointF(5, 0), view, 14.0)] == ["high", "low"]
    assert layer.near(at + QPointF(50, 0), view, 14.0) == []


def test_that_ages_move_by_the_minute() -> None:
    picture = Picture()
    time = [NOON]
    layer = IncidentLayer(picture, load_palette("dark"), lambda: time[0])
    layer.tick()
    time[0] += timedelta(seconds=20)
    assert not layer.tick()
    time[0] += timedelta(seconds=40)
    assert layer.tick()


@pytest.mark.parametrize(
    ("minutes", "text"), [(-5, "now"), (0.9, "now"), (1, "1 min"), (59.5, "59 min"), (68, "1 h 08"), (4320, "3 d")]
)
def test_that_an_age_is_said_in_few_characters(minutes: float, text: str) -> None:
    assert age(timedelta(minutes=minutes)) == text


def reported_twice(**second: object) -> tuple[IncidentLayer, Picture]:
    layer, picture = layer_with(located("i", priority=1, title="Leak"), located("j", priority=4, **second))
    layer.apply(picture.apply(Batch(reports=[report("a", Link(id="l", at=NOON, first="a/i", second="a/j"))])))
    return layer, picture


def test_that_another_report_of_an_incident_is_an_echo_below_its_diamond() -> None:
    layer, picture = reported_twice(lat=35.1)
    echo, lead = layer.placed()
    assert (echo.key, echo.echo_of, lead.key, lead.echo_of) == (("a", "j"), ("a", "i"), ("a", "i"), None)
    assert layer.text(lead) == "P1 Leak · now · 2 sources"
    gone = Retraction(id="l", at=NOON, kind="link")
    assert layer.apply(picture.apply(Batch(reports=[report("a", gone)])))
    assert [one.echo_of for one in layer.placed()] == [None, None]


def test_that_two_reports_at_one_place_are_one_diamond() -> None:
    layer, _ = reported_twice()
    assert [one.key for one in layer.placed()] == [("a", "i")]
    placed = layer.get(("a", "j"))
    assert placed is not None
    assert placed.key == ("a", "i")


def test_that_the_report_with_a_place_stands_on_the_map_where_the_leading_one_has_none() -> None:
    layer, picture = reported_twice(lat=35.1)
    layer.apply(
        picture.apply(Batch(reports=[report("a", located("i", rev=1, priority=1, title="Leak", lat=None, lon=None))]))
    )
    assert [(one.key, one.echo_of) for one in layer.placed()] == [(("a", "j"), None)]
    layer.apply(picture.apply(Batch(reports=[report("a", located("i", rev=2, priority=1, status="closed"))])))
    assert [(one.key, one.echo_of) for one in layer.placed()] == [(("a", "j"), None)]


def test_that_an_echo_bears_no_name_until_it_is_selected() -> None:
    layer, picture = reported_twice(lat=35.02)
    view = Viewport(-8_910_000.0, 4_170_000.0, 20.0, 800, 600)
    labels = LabelLayer(picture, UnitLayer(picture, load_palette("dark"), lambda: NOON), layer, load_palette("dark"))
    labels._lay_out(view)
    assert set(labels.boxes(view)[1]) == {("a", "i")}
    layer.selected = ("a", "j")
    labels._lay_out(view)
    assert set(labels.boxes(view)[1]) == {("a", "i"), ("a", "j")}


def test_that_incidents_are_put_in_order_when_they_change_and_not_in_each_frame() -> None:
    layer, picture = layer_with(located("urgent", priority=1), located("other", priority=3))
    view = Viewport(*place_to_metres(35.0, -80.0), 10.0, 800, 600)
    assert [one.key[1] for one in layer.placed()] == ["other", "urgent"]
    assert layer.placed() is layer.placed()
    layer.selected = ("a", "other")
    assert [one.key[1] for one in layer.placed()] == ["urgent", "other"]
    assert [one.key[1] for one in layer.near(QPointF(3, 4), view, 5.0)] == ["other", "urgent"]
    assert not layer.near(QPointF(3, 4), view, 4.9)
    seen, x, y = layer.seen(view)
    assert ([one.key[1] for one in seen], x.tolist(), y.tolist()) == (["urgent", "other"], [0, 0], [0, 0])
    assert not layer.seen(Viewport(view.left + 1, view.top, 10.0, 800, 600))[0]
    layer.apply(picture.apply(Batch(reports=[report("a", Retraction(id="other", at=NOON, kind="incident"))])))
    assert [one.key[1] for one in layer.placed()] == ["urgent"]
