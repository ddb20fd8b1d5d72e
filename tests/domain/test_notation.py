"""Places as people type and paste them."""

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cop.domain import place_words
from cop.domain.geodesic import distance_and_bearing
from cop.domain.notation import read_place, read_places, why_not

CHARLOTTE = (35.22, -80.84)
#: Wilkinson Blvd, to whom all of these point
RIGHT_HERE = [
    "35.2425, -80.953",
    "35.2425 -80.953",
    "35.2425;-80.953",
    "+35.2425 −80.953",
    "35.2425° N 80.953° W",
    "N35.2425 W80.953",
    "N 35.2425, W 80.953",
    "35.2425 north 80.953 west",
    "80.953W 35.2425N",
    "lat: 35.2425 lon: -80.953",
    "Latitude 35.2425 Longitude -80.953",
    "lon=-80.953 lat=35.2425",
    "lat 35.2425 N, lon 80.953 W",
    "35,2425 -80,953",
    "35,2425; -80,953",
    "35,2425, -80,953",
    "35 14.55 N 80 57.18 W",
    "N 35° 14.550' W 80° 57.180'",
    "35 14.55, -80 57.18",
    "35° 14′ 33″ N 80° 57′ 10.8″ W",
    "35º14’33”N 80º57’10.8”W",
    "35°14'33''N 80°57'10,8''W",
    "35d14m33s N 80d57m10.8s W",
    "35:14:33N 80:57:10.8W",
    "35 14 33 N, 80 57 10.8 W",
    "35 deg 14 min 33 sec N 80 deg 57 min 10.8 sec W",
    "17S NU 04276 99936",
    "17snu0427699936",
    "17S-NU-04276-99936",
    "USNG: 17S NU 04276 99936",
    "17N 504276 3899936",
    "17S 504276 3899936",
    "17 504276mE 3899936mN",
    "UTM zone 17S 504276 m E, 3899936 m N",
    "https://www.google.com/maps/@35.2425,-80.953,15z",
    "https://www.google.com/maps/place/X/@1.0,2.0,15z/data=!3m1!4b1!4m5!3m4!1s0x0!8m2!3d35.2425!4d-80.953",
    "https://maps.google.com/?q=35.2425,-80.953",
    "https://www.google.com/maps/search/?api=1&query=35.2425%2C-80.953",
    "https://www.google.com/maps/dir//35.2425,-80.953",
    "https://www.google.com/maps?q=35%C2%B014'33%22N+80%C2%B057'10.8%22W",
    "https://www.openstreetmap.org/#map=15/35.2425/-80.953",
    "https://www.openstreetmap.org/?mlat=35.2425&mlon=-80.953#map=15/1.0/2.0",
    "https://www.bing.com/maps?cp=35.2425~-80.953&lvl=11",
    "https://maps.apple.com/?ll=35.2425,-80.953&q=Fire",
    "https://waze.com/ul?ll=35.2425%2C-80.953&navigate=yes",
    "geo:35.2425,-80.953",
    "geo:35.2425,-80.953,210;crs=wgs84;u=35",
    "geo:0,0?q=35.2425,-80.953(Wilkinson)",
]


@pytest.mark.parametrize("text", RIGHT_HERE)
def test_that_every_way_to_write_a_place_leads_to_it(text: str) -> None:
    read = read_place(text, CHARLOTTE)
    assert read is not None, why_not(text)
    assert (read.lat, read.lon) == pytest.approx((35.2425, -80.953), abs=2e-5)
    assert not why_not(text, CHARLOTTE)


@pytest.mark.parametrize(
    ("text", "side", "digits"), [("17S NU", 1e5, 0), ("17S NU 0 9", 1e4, 1), ("17S NU 0427 9993", 10.0, 4)]
)
def test_that_a_grid_reference_is_a_cell_and_the_place_its_middle(text: str, side: float, digits: int) -> None:
    read = read_place(text)
    assert read is not None
    assert (read.precision_m, read.text) == (side, text)
    again = place_words.usng(read.lat, read.lon, digits)
    assert again == text or again[:3] != text[:3]  # the middle of a cell on a zone's edge can lie in the next zone
    edge, _ = distance_and_bearing(read.cell[0], read.cell[1])
    assert edge == pytest.approx(side, rel=0.002)


@pytest.mark.parametrize("text", ["NU 0427 9993", "nu04279993", "0427 9993"])
def test_that_a_shortened_grid_reference_is_the_one_nearest_to_the_map(text: str) -> None:
    read = read_place(text, CHARLOTTE)
    assert read is not None
    assert read.text == "17S NU 0427 9993"
    assert "assumed" in read.note
    assert read_place(text) is None  # without a map there is nothing to be near to


def test_that_a_shortened_reference_may_mean_the_neighbouring_zone() -> None:
    eastern = place_words.usng(35.0, -77.99, 4)  # just inside zone 18
    read = read_place(eastern[4:], (35.0, -78.01))
    assert read is not None
    assert read.text == eastern


@pytest.mark.parametrize("text", ["35.24 80.95", "35 80", "35, 80", "35 14.4 80 57", "35°14'24\" 80°57'0\""])
def test_that_figures_without_letters_or_signs_say_that_the_hemisphere_is_guessed(text: str) -> None:
    near, literal = read_places(text, CHARLOTTE)
    assert near.lon < 0 < literal.lon
    assert "is assumed" in near.note
    assert "is assumed" in literal.note
    (alone,) = read_places(text)
    assert alone.lon > 0
    assert "is assumed" in alone.note


def test_that_an_s_after_a_zone_is_said_to_be_the_band_or_the_south() -> None:
    band, south = read_places("17S 504276 3899936", CHARLOTTE)
    assert (band.lat > 0, south.lat > 0) == (True, False)
    assert ("band" in band.note, "southern" in south.note) == (True, True)
    (sydney,) = read_places("56S 334000 6250000")  # no place of band S has this northing
    assert sydney.lat == pytest.approx(-33.877, abs=0.001)


def test_that_a_link_that_only_shows_a_map_says_so() -> None:
    read = read_place("https://www.openstreetmap.org/#map=15/35.2425/-80.953")
    assert read is not None
    assert "Middle of the linked map" in read.note


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("95, 10", "latitude goes to 90"),
        ("10, 190", "longitude goes to 180"),
        ("35.2N 80.9", "E or W"),
        ("-35 N 80 W", "speak against"),
        ("35 61 N 80 10 W", "go to 59"),
        ("35.5 30 N 80 10 W", "Only the last"),
        ("35 N 80 N", "Both"),
        ("17S NU 123", "same number of digits"),
        ("17S NU 04276 9993", "same number of digits"),
        ("17S NU 042769 999363", "at most five"),
        ("17T NU 04 04", "no square NU in 17T"),
        ("99Z NV 1 1", "zone 99"),
        ("17I NV 1 1", "band I"),
        ("17T 504276 3899936", "not in band T"),
        ("17S 50427 3899936", ""),
        ("17S 950427 3899936", "easting"),
        ("https://maps.app.goo.gl/abc", "short link"),
        ("https://example.org/", "names no place"),
        ("https://maps.google.com/?q=135.2,-80.9", "no latitude"),
        ("geo:1,2;crs=nad27", "coordinate system"),
        ("///filled.count.soap", "what3words"),
        ("https://w3w.co/filled.count.soap", "what3words"),
        ("867X+2G Charlotte", "Plus codes"),
    ],
)
def test_that_what_cannot_be_a_place_says_why(text: str, reason: str) -> None:
    assert read_place(text, CHARLOTTE) is None
    assert reason in why_not(text, CHARLOTTE)


@pytest.mark.parametrize("text", ["", "Engine 30", "12 Main St", "704-555-1212", "2026-11-22", "I-85 33", "17S", "P1"])
def test_that_other_words_are_no_place_and_no_complaint(text: str) -> None:
    assert read_place(text, CHARLOTTE) is None
    assert not why_not(text, CHARLOTTE)


places = st.tuples(st.floats(-79.9, 83.9), st.floats(-179.99, 179.99))


@settings(deadline=None)
@given(places)
@example((32.0, 0.0))  # the edge of two bands
def test_that_every_notation_leads_back_to_the_place(place: tuple[float, float]) -> None:
    for write, metres in (
        (place_words.degrees, 1.2),
        (place_words.ddm, 2.0),
        (place_words.dms, 3.2),
        (place_words.usng, 1.5),
    ):
        text = write(*place)
        read = read_place(text)
        assert read is not None, (text, why_not(text))
        assert distance_and_bearing(place, (read.lat, read.lon))[0] <= metres, text
    text = place_words.utm(*place)
    nearest = min(distance_and_bearing(place, (one.lat, one.lon))[0] for one in read_places(text))
    assert nearest <= 2.0, text


@settings(deadline=None)
@given(places, st.integers(0, 5))
def test_that_a_cell_of_any_size_holds_the_place_that_it_was_made_of(place: tuple[float, float], digits: int) -> None:
    text = place_words.usng(*place, digits)
    read = read_place(text)
    assert read is not None, text
    again = place_words.usng(read.lat, read.lon, digits)
    assert again == text or again[:3] != text[:3]  # the middle of a cell on a zone's edge can lie in the next zone
    assert distance_and_bearing(place, (read.lat, read.lon))[0] <= 1.5 * 10 ** (5 - digits)


fragments = st.lists(
    st.sampled_from(
        [*"0123456789", *"NSEWnsewdm°'\"′″.,;:/|+-−° ", "17S", "NU", "lat", "lon", "geo:", "https://", "?q="]
    ),
    max_size=30,
).map("".join)


@settings(deadline=None, max_examples=400)
@given(st.one_of(st.text(max_size=80), fragments), st.one_of(st.none(), places))
def test_that_no_text_raises_or_leads_out_of_the_world(text: str, near: tuple[float, float] | None) -> None:
    for read in read_places(text, near):
        assert abs(read.lat) <= 90
        assert abs(read.lon) <= 180.0001
        assert math.isfinite(read.precision_m)
    why_not(text, near)


@pytest.mark.parametrize(
    "text", ["1" * 1_048_576, "35." * 300_000, "°" * 1999, "17SNU" + "1" * 1990, "https://" + "a." * 990, "1 " * 999]
)
def test_that_a_text_without_end_is_no_place(text: str) -> None:
    assert read_place(text, CHARLOTTE) is None
