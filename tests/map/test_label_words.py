"""What labels say: names whole, status or speed from near, ages always."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.domain.batch import Batch
from cop.domain.incident import Incident
from cop.map.layers.label_words import callsign_lines, incident_lines, speed_words
from cop.map.lettering import text_width, whole
from cop.map.measures import Measures
from cop.map.projection import to_degrees
from tests.map.label_scene import FAR, NEAR, VIEW, Scene, at_near
from tests.map.scenes import NOON, report

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.mark.parametrize(
    "callsign", ["Engine 1", "Engine 12", "Mecklenburg County Emergency Management Mobile Command"]
)
def test_that_a_callsign_is_written_out_whole(callsign: str) -> None:
    assert " ".join(callsign_lines(callsign, selected=False)) == callsign
    scene = Scene()
    scene.put_units([(400.0, 300.0)], {})
    scene.name(callsign)
    box = scene.boxes()["u0"]
    longest = max(text_width(line, 12) for line in callsign_lines(callsign, selected=False))
    assert box.width() >= longest + 10


@settings(max_examples=200)
@given(st.text(max_size=256), st.text(max_size=256))
def test_that_two_units_are_never_written_alike_unless_they_are_called_alike(first: str, second: str) -> None:
    shown = [callsign_lines(one, selected=False) for one in (first, second)]
    for text, lines in zip((first, second), shown, strict=True):
        assert "".join(lines).replace(" ", "") == whole(text).replace(" ", "") or lines[0].startswith("(")
        assert "".join(callsign_lines(text, selected=True)).replace(" ", "") in {
            whole(text).replace(" ", ""),
            "(noname)",
        }


def test_that_a_name_too_long_for_the_map_is_said_to_be_long_and_shown_where_it_is_selected() -> None:
    hostile = "Engine 1 " * 28
    assert callsign_lines(hostile, selected=False) == (f"(name of {len(hostile)} characters)",)
    assert " ".join(callsign_lines(hostile, selected=True)) == hostile.strip()
    scene = Scene()
    scene.put_units([(400.0, 300.0)], {})
    scene.name(hostile)
    small = scene.boxes()["u0"]
    scene.labels.selected_unit = scene.row("u0")
    assert scene.boxes()["u0"].height() > 3 * small.height()


def test_that_a_title_wraps_and_is_not_cut() -> None:
    scene = Scene()
    title = "Hazardous materials release at the intermodal yard, northbound track"
    lat, lon = to_degrees(VIEW.left + 4000.0, VIEW.top - 3000.0)
    body = Incident(id="i0", at=NOON, title=title, priority=1, lat=float(lat), lon=float(lon))
    scene.tell(Batch(reports=[report("a", body)]))
    placed = scene.incidents.placed()[0]
    lines = incident_lines(scene.incidents, placed)
    assert len(lines) == 2
    assert " ".join(lines) == scene.incidents.text(placed)
    assert title in " ".join(lines)
    assert scene.boxes()["i0"].height() > 30


def test_that_from_near_labels_say_status_or_speed_and_from_far_they_do_not() -> None:
    scene = Scene()
    places = [(300.0, 100.0), (300.0, 200.0)]
    scene.view = FAR
    scene.put_units(places, {0: "on_scene", 1: "en_route"}, speed=np.array([0.0, 18.7]))
    scene.boxes()
    assert (scene.said("u0"), scene.said("u1")) == ("", "")
    scene.view = NEAR
    scene.put_units(at_near(places), speed=np.array([0.0, 18.7]))
    scene.boxes()
    assert (scene.said("u0"), scene.said("u1")) == ("On scene", "42 mph")


def test_that_the_age_of_a_stale_position_is_always_said_and_grows_without_messages() -> None:
    scene = Scene()
    scene.view = FAR
    scene.put_units([(300.0, 100.0)], {})
    scene.now = NOON + timedelta(minutes=4, seconds=30)
    scene.units.tick()
    scene.labels.relayout()
    scene.boxes()
    assert scene.said("u0") == "4 min old"
    scene.now += timedelta(minutes=1)
    assert scene.labels.tick()
    scene.boxes()
    assert scene.said("u0") == "5 min old"
    assert not scene.labels.tick()


def test_that_a_units_setting_of_metres_says_kilometres_an_hour() -> None:
    assert speed_words(10.0, Measures("metric")) == "36 km/h"
    assert speed_words(10.0, Measures("both")) == "22 mph"
