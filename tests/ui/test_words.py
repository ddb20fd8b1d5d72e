"""Words on the screen, and places typed by hand."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.map.palette import RESOURCES, contrast, load_palette
from cop.ui import theme, wording
from cop.ui.labels import tip
from cop.ui.places import load_places, typed_place
from tests import reports as r
from tests.ui.conftest import MakeDesk


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (4080, "1 h 08"), (200_000, "2 d"), (-3, "0 s")],
)
def test_that_a_span_is_said_in_its_largest_fitting_unit(seconds: float, words: str) -> None:
    assert wording.span(seconds) == words


def test_that_a_time_ahead_of_our_clock_is_said_and_not_hidden() -> None:
    assert wording.age(r.NOON + timedelta(minutes=3), r.NOON) == "3 min ahead of our clock"
    assert wording.age(r.NOON - timedelta(seconds=6), r.NOON) == "6 s ago"


def test_that_an_agency_without_a_profile_is_named_from_its_id(make_desk: MakeDesk) -> None:
    picture = make_desk(filled=False).picture
    assert wording.agency_name(picture, "nc-highway-patrol") == "NC Highway Patrol"
    assert wording.agency_name(picture, "gastonia-fd") == "Gastonia FD"
    assert wording.agency_name(picture, "") == "—"


def test_that_feed_text_on_one_line_holds_no_control_or_direction_characters() -> None:
    assert wording.one_line("Eng\u202eine\n\t4\u200b \x07") == "Eng ine 4"


@pytest.mark.parametrize("text", ["17S NU 04276 99936", "17snu0427699936", " 17S NU 0427699936 "])
def test_that_a_typed_grid_is_found_in_any_spacing(text: str) -> None:
    place = typed_place(text)
    assert place is not None
    assert (place.lat, place.lon) == pytest.approx((35.2425, -80.953), abs=2e-5)


@pytest.mark.parametrize(
    ("text", "lat", "lon"),
    [
        ("35.2425, -80.953", 35.2425, -80.953),
        ("35.2425 -80.953", 35.2425, -80.953),
        ("35.2425° N 80.953° W", 35.2425, -80.953),
        ("33.9 s, 151.2 e", -33.9, 151.2),
    ],
)
def test_that_typed_degrees_are_found(text: str, lat: float, lon: float) -> None:
    place = typed_place(text)
    assert place is not None
    assert (place.lat, place.lon) == (lat, lon)


@pytest.mark.parametrize(
    "text", ["", "Engine 30", "95, 10", "10, 190", "17S", "99Z NV 1 1", "17S NV 123", "17S OI 12 34"]
)
def test_that_what_is_no_place_is_none(text: str) -> None:
    assert typed_place(text) is None


@given(st.text(max_size=40))
def test_that_no_typed_text_breaks_the_search_for_a_place(text: str) -> None:
    place = typed_place(text)
    assert place is None or (-90 <= place.lat <= 90 and -180 <= place.lon <= 180)


def test_that_the_regions_places_are_known() -> None:
    names = {place.name for place in load_places(RESOURCES / "region" / "places.geojson")}
    assert {"Charlotte", "Gastonia", "Rock Hill"} <= names


def test_that_a_tooltip_shows_markup_as_text() -> None:
    assert tip("<b>x</b> & y\nz") == "<span>&lt;b&gt;x&lt;/b&gt; &amp; y<br>z</span>"


@pytest.mark.parametrize("name", ["dark", "light"])
def test_that_all_text_reads_at_four_and_a_half_to_one(name: str) -> None:
    p = load_palette(name)  # type: ignore[arg-type]
    for ground in (p.panel, p.raised, p.window):
        for wanted in (p.text, p.muted, p.accent, p.ok, p.warn, p.bad, *p.status.values(), *p.health.values()):
            assert contrast(theme.legible(wanted, ground), ground) >= theme.READABLE
    for ground, preferred in ((p.accent, p.accent_text), (p.bad, "#ffffff"), (p.warn, "#10161d")):
        assert contrast(theme.text_on(ground, preferred), ground) >= theme.READABLE
    assert contrast(p.muted, p.panel) >= theme.READABLE
    assert contrast(p.muted, p.raised) >= theme.READABLE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("EmergencyDepartment", "Emergency department"),
        ("AdultICU", "Adult ICU"),
        ("UASTeam", "UAS team"),
        ("Surge", "Surge"),
        ("SWAT", "SWAT"),
        ("Hazmat decon, type 2", "Hazmat decon, type 2"),
        ("beds", "beds"),
        ("", ""),
    ],
)
def test_that_words_written_without_spaces_are_parted(text: str, words: str) -> None:
    assert wording.in_words(text) == words


def test_that_a_resource_is_not_called_by_its_agencys_name_twice() -> None:
    beds = r.resource("b", name="Mercy Hospital · Adult ICU beds")
    assert wording.resource_name(beds, "Mercy Hospital") == "Adult ICU beds"
    assert wording.resource_name(beds) == "Mercy Hospital · Adult ICU beds"
    assert wording.resource_name(r.resource("h", name="Mercy Hospital"), "Mercy Hospital") == "Mercy Hospital"
    assert wording.resource_name(r.resource("h", name="Engine"), "") == "Engine"


def test_that_a_feed_that_is_called_by_its_format_says_it_once() -> None:
    assert wording.feed_and_format("county cad", "json") == "county cad · json"
    assert wording.feed_and_format("county json", "json") == "county json"
    assert wording.feed_and_format("json", "json") == "json"


def test_that_speeds_and_heights_are_said_in_both_measures() -> None:
    assert wording.speed(10.0, "patrol") == "36 km/h · 22 mph"
    assert wording.speed(10.0, "vessel") == "36 km/h · 19 kn"
    assert wording.altitude(1501.0) == "1,501 m · 4,925 ft"


@pytest.mark.parametrize(
    ("metres", "words"), [(974, "950 m"), (980, "1.0 km"), (1_000, "1.0 km"), (9_940, "9.9 km"), (9_970, "10 km")]
)
def test_that_a_distance_never_rounds_up_to_a_thousand_metres(metres: float, words: str) -> None:
    assert wording.distance(metres) == words
